"""Processor time that is left; a busy machine does not stretch it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

_HURRY = 0.05


@dataclass(frozen=True, slots=True)
class Clock:
    """Processor time of this process, from a beginning to an end.

    Attributes
    ----------
    begin, end
        On `time.process_time`; the end is infinite without limit.
    began_on_wall
        On `time.perf_counter`, to know how much of the processor we are getting.
    """

    begin: float
    end: float
    began_on_wall: float

    @classmethod
    def start(cls, seconds: float | None) -> Clock:
        """Start now."""
        now = time.process_time()
        end = float("inf") if seconds is None else now + seconds
        return cls(begin=now, end=end, began_on_wall=time.perf_counter())

    @property
    def used(self) -> float:
        """Seconds since the beginning."""
        return time.process_time() - self.begin

    @property
    def left(self) -> float:
        """Seconds until the end, never below zero."""
        return max(0.0, self.end - time.process_time())

    def left_of(self, share: float) -> float | None:
        """Give a share of the seconds until the end; None without limit."""
        return None if math.isinf(self.end) else share * self.left

    @property
    def over(self) -> bool:
        """Whether the end has come."""
        return time.process_time() >= self.end

    @property
    def left_on_wall(self) -> float:
        """Seconds on the wall in which the processor time that is left will pass, by what passed so far."""
        used = self.used
        stretch = (time.perf_counter() - self.began_on_wall) / used if used > _HURRY else 1.0
        return self.left * max(1.0, stretch)

    def part(self, share: float) -> Clock:
        """Give a clock that starts now and ends after a share of what is left."""
        now = time.process_time()
        return Clock(begin=now, end=now + share * (self.end - now), began_on_wall=time.perf_counter())
