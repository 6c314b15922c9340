"""How patient and how polite fetching is, and the clock that it lives by."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

MIB: Final = 1024**2


class Clock(Protocol):
    """Time as fetching sees it; tests bring their own, so that nothing really waits."""

    def now(self) -> datetime:
        """Give the time of day, with its time zone."""
        ...

    def monotonic(self) -> float:
        """Give seconds that never run back."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Give the time of day in UTC, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)

    def monotonic(self) -> float:
        """Give seconds that never run back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of a service at most, and what is taken from it at most.

    Attributes
    ----------
    attempts
        How often one request is made before it counts as failed.
    first_wait_s
        Seconds before the second attempt; doubled for each next one.
    longest_wait_s
        Seconds; a service that asks to wait longer is left alone for today.
    pause_s
        Least seconds between the starts of two requests: at most ten a second.
    connect_s, read_s
        Seconds without any sign of life.
    answer_s, download_s
        Seconds for one answer and for one file, from first to last byte.
    answer_bytes, file_bytes
        Bytes of one answer and of one file, unpacked.
    ratio
        How often larger than what travelled an unpacked answer may be, from 16 MiB on.
    redirects
        How many are followed, on the same host.
    pages, features
        Of one layer.
    resume_hours
        How old an unfinished fetch may be to be taken up again.
    """

    attempts: int = 5
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0
    pause_s: float = 0.1
    connect_s: float = 10.0
    read_s: float = 60.0
    answer_s: float = 300.0
    download_s: float = 4 * 3600.0
    answer_bytes: int = 128 * MIB
    file_bytes: int = 4 * 1024 * MIB
    ratio: int = 200
    redirects: int = 5
    pages: int = 20_000
    features: int = 20_000_000
    resume_hours: float = 24.0
