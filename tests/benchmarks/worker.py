"""One engine in a process of its own: takes a round of steps each time it is asked to.

It reads ``round`` lines from standard input and writes one line of JSON each, so that the rounds of several
engines can alternate and a busy machine hurts them alike. At the end it saves the answers and tells its peak
memory, which is why nothing else may run in this process.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks.nation import read_nation, write_nation
from tests.benchmarks.steps import Answer, EngineAbsentError, open_engine

if TYPE_CHECKING:
    from collections.abc import Mapping


def serve(name: str, folder: Path, steps: list[str], answers: Path) -> None:
    """Answer until standard input ends or says something else than ``round``."""
    nation = read_nation(folder)
    with open_engine(name, nation) as engine:
        _tell({"ready": engine.remarks()})
        found: dict[str, Answer] = {}
        for line in sys.stdin:
            if line.strip() != "round":
                break
            engine.start_round()
            seconds = {}
            for step in steps:
                take = engine.step(step)
                gc.collect()
                begin = time.perf_counter()
                found[step] = take()
                seconds[step] = time.perf_counter() - begin
            _tell(seconds)
    kibibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    save_answers(answers, found)
    _tell({"peak_mib": kibibytes / 1024})


def save_answers(path: Path, found: Mapping[str, Answer]) -> None:
    """Write answers as arrays named by step and key."""
    arrays: dict[str, Any] = {
        f"{step} {key}": value for step, one in found.items() for key, value in one.items()
    }
    np.savez(path, **arrays)


def _tell(message: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    """Make a nation, or serve an engine: ``make FOLDER SCALE [HOMES_PER_PARK]`` or ``NAME FOLDER STEPS ANSWERS``."""
    if arguments[0] == "make":
        write_nation(Path(arguments[1]), float(arguments[2]), *map(int, arguments[3:]))
        return
    name, folder, steps, answers = arguments
    try:
        serve(name, Path(folder), steps.split(","), Path(answers))
    except EngineAbsentError as error:
        _tell({"absent": str(error)})


if __name__ == "__main__":
    main(sys.argv[1:])
