"""Runs engines side by side: a process each, rounds in turn, answers and peak memory at the end.

This process stays small on purpose: a child's peak memory is never reported lower than what its parent held
when it was started.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
STOP_S: Final = 60.0


@dataclass(slots=True)
class Run:
    """What one engine did.

    Attributes
    ----------
    seconds
        Per step the counted rounds.
    answers
        The file with the answers of the last round.
    absent
        Why the engine is not there, else empty.
    """

    engine: str
    answers: Path
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak_mib: float = 0.0
    remarks: dict[str, str] = field(default_factory=dict)
    absent: str = ""

    def median(self, step: str) -> float:
        """Give the median seconds of a step."""
        return median(self.seconds[step])

    @property
    def total(self) -> float:
        """Sum of the medians."""
        return sum(self.median(step) for step in self.seconds)


def make_nation(folder: Path, scale: float) -> None:
    """Make the data in a process of its own."""
    folder.mkdir()
    subprocess.run([*_worker(), "make", str(folder), str(scale)], cwd=ROOT, check=True)


def run_engines(
    engines: Sequence[str],
    folder: Path,
    steps: Sequence[str],
    *,
    repeat: int,
    warm_up: bool = True,
    progress: Callable[[str], None],
) -> dict[str, Run]:
    """Take the steps with each engine, one round of each engine after the other.

    Parameters
    ----------
    engines
        Names as `tests.benchmarks.steps.open_engine` knows them.
    folder
        Where `make_nation` wrote.
    steps
        Names of steps.
    repeat
        Rounds that count.
    warm_up
        Whether a first round is left out.
    progress
        Is told what happens.

    Raises
    ------
    RuntimeError
        When an engine stops halfway.
    """
    runs, workers = {}, {}
    try:
        for engine in engines:
            progress(f"{engine}: prepare")
            run = Run(engine, folder / f"answers-{engine}.npz")
            worker = _start(engine, folder, steps, run.answers)
            workers[engine] = worker
            message = _hear(engine, worker)
            run.absent = str(message.get("absent", ""))
            run.remarks = dict(message.get("ready", {}))
            runs[engine] = run
        present = [run for run in runs.values() if not run.absent]
        for number in range(-1 if warm_up else 0, repeat):
            for run in present:
                progress(
                    f"{run.engine}: warm-up" if number < 0 else f"{run.engine}: {number + 1} of {repeat}"
                )
                seconds = _ask(run.engine, workers[run.engine], "round")
                if number >= 0:
                    for step, value in seconds.items():
                        run.seconds.setdefault(step, []).append(float(value))
        for run in present:
            run.peak_mib = float(_ask(run.engine, workers[run.engine], "stop")["peak_mib"])
    finally:
        for worker in workers.values():
            _end(worker)
    return runs


def _worker() -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.worker"]


def _start(engine: str, folder: Path, steps: Sequence[str], answers: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*_worker(), engine, str(folder), ",".join(steps), str(answers)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _ask(engine: str, worker: subprocess.Popen[str], word: str) -> dict[str, Any]:
    assert worker.stdin is not None
    worker.stdin.write(word + "\n")
    worker.stdin.flush()
    return _hear(engine, worker)


def _hear(engine: str, worker: subprocess.Popen[str]) -> dict[str, Any]:
    assert worker.stdout is not None
    line = worker.stdout.readline()
    if not line:
        raise RuntimeError(f"the engine {engine} stopped; its error stands above")
    message: dict[str, Any] = json.loads(line)
    return message


def _end(worker: subprocess.Popen[str]) -> None:
    """Close the worker's input, on which it stops by itself, and wait for it."""
    if worker.stdin is not None:
        worker.stdin.close()
    try:
        worker.wait(STOP_S)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    if worker.stdout is not None:
        worker.stdout.close()
