"""How long the main job takes on the sample region, as a user starts it."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMMAND: Final = (sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main())")
LIMIT_S: Final = 600.0


def time_sample_region(folder: Path, repeat: int) -> tuple[list[float], str]:
    """Make the sample with ``demo``, then time ``run`` on it into new folders.

    Parameters
    ----------
    folder
        An empty folder.
    repeat
        How many runs.

    Returns
    -------
    seconds, error
        Wall time per run, start of the interpreter included; or none and the last line of the error.
    """
    error = _call("demo", str(folder / "sample"), "--main-only")
    project = folder / "sample" / "project.toml"
    if error or not project.exists():
        return [], error or "demo made no project.toml"
    seconds = []
    for number in range(repeat):
        begin = time.perf_counter()
        error = _call("run", str(project), "--out", str(folder / f"releases-{number}"))
        if error:
            return [], error
        seconds.append(time.perf_counter() - begin)
    return seconds, ""


def describe(seconds: Sequence[float], error: str) -> dict[str, object]:
    """Put the outcome into words and figures for the report."""
    return {"error": error} if error else {"median_s": median(seconds), "seconds": list(seconds)}


def _call(*arguments: str) -> str:
    """Run the command line; gives the last line of the error, empty when all went well."""
    try:
        done = subprocess.run(
            [*COMMAND, *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end within {LIMIT_S:.0f} s"
    if done.returncode == 0:
        return ""
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"
