"""A fetch in a process of its own that is killed at its n-th function call."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from api.jobs.fetch import fetch
from layers.sources.client import make_http
from layers.sources.limits import Limits

LIMITS = Limits(pause_s=0.0, attempts=2)


class StoppedClock:
    """Always the same moment."""

    def now(self) -> datetime:
        return datetime(2026, 11, 1, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        pass


def fetch_until(project: str, call: int, told: str) -> None:
    """Fetch a project; with a positive number die at that call, else write how many there were."""
    calls = 0

    def count(*_: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)

    with make_http(LIMITS, trust_env=False) as http:
        sys.setprofile(count)
        try:
            report = fetch(Path(project), clock=StoppedClock(), limits=LIMITS, http=http)
        finally:
            sys.setprofile(None)
    Path(told).write_text(f"{report.state} {calls}", "utf-8")
