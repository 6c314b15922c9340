"""One side of the national benchmark in a process of its own, so that its memory can be watched.

It reads a line from standard input for each thing it should do and answers with a line of JSON.
"""

from __future__ import annotations

import gc
import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.steps import FIRST_CLASS, STEPS, EngineAbsentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.parquet_stream import Stream
    from gis.workers import Workers
    from tests.benchmarks.steps import Answer


WAKE_S = 0.2


def tell(message: Mapping[str, object]) -> None:
    """Answer with a line of JSON."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def rounds() -> Any:
    """Wait for lines that ask for a round."""
    for line in sys.stdin:
        word = line.strip()
        if word == "stop":
            return
        yield word


def serve_ours(folder: Path, cache: Path, workers: int, answers: Path | None) -> None:
    """Load, then take a round of steps each time it is asked; ``STEP WORKERS`` asks one step of so many."""
    from gis.workers import keep_freed_memory, open_workers
    from tests.benchmarks import streamed

    # one worker is this process; it should be no worse off than the others
    keep_freed_memory()
    shutil.rmtree(cache, ignore_errors=True)
    begin = time.perf_counter()
    with open_workers(workers) as pool:
        # workers are there before anything is measured of a step, and starting them counts as loading
        pool.map(streamed.wake, [WAKE_S] * 2 * workers)
        streams = streamed.open_layers(folder, cache)
        tell({"ready": {"load": time.perf_counter() - begin}})
        found: dict[str, Answer] = {}
        for word in rounds():
            if word == "round":
                tell(_timed(streams, list(STEPS), pool, found))
            else:
                step, count = word.split()
                if int(count) == workers:
                    tell(_timed(streams, [step], pool, found))
                else:
                    with open_workers(int(count)) as others:
                        tell(_timed(streams, [step], others, found))
    if answers is not None:
        _save(answers, found)
    tell({"done": True})


def _timed(
    streams: dict[str, Stream], steps: list[str], pool: Workers, found: dict[str, Answer]
) -> dict[str, float]:
    """Take steps in one pass over the parts: seconds of all workers per step, and the whole by the clock."""
    from tests.benchmarks import streamed

    gc.collect()
    begin = time.perf_counter()
    answers, seconds = streamed.take_steps(streams, steps, pool, FIRST_CLASS)
    found.update(answers)
    return {**seconds, "all": time.perf_counter() - begin}


def serve_postgis(folder: Path, answers: Path, *, cluster: bool) -> None:
    """Load, then take a round of steps each time it is asked."""
    from tests.benchmarks.national_postgis import open_national

    with open_national(folder, cluster=cluster) as (engine, seconds):
        tell({"ready": {"load": sum(seconds.values()), **seconds}, **engine.remarks()})
        found = {}
        for _ in rounds():
            taken = {}
            for step in STEPS:
                begin = time.perf_counter()
                found[step] = engine.step(step)()
                taken[step] = time.perf_counter() - begin
            tell({**taken, "all": sum(taken.values())})
    _save(answers, found)
    tell({"done": True})


def _save(path: Path, found: Mapping[str, Any]) -> None:
    from tests.benchmarks.worker import save_answers

    save_answers(path, found)


def main(arguments: list[str]) -> None:
    """Make data, compare answers or serve one side."""
    word, *rest = arguments
    if word == "make":
        from tests.benchmarks.national_data import write_national

        write_national(Path(rest[0]), float(rest[1]))
    elif word == "beside":
        from tests.benchmarks.national_data import write_side_by_side

        write_side_by_side(Path(rest[0]), Path(rest[1]), int(rest[2]), float(rest[3]))
    elif word == "compare":
        from tests.benchmarks.agreement import assert_equal
        from tests.benchmarks.national_data import read_national

        tell({"ties": assert_equal(read_national(Path(rest[0])), Path(rest[1]), Path(rest[2]))})
    elif word == "ours":
        serve_ours(Path(rest[0]), Path(rest[1]), int(rest[2]), Path(rest[3]) if len(rest) > 3 else None)
    else:
        try:
            serve_postgis(Path(rest[0]), Path(rest[1]), cluster=rest[2:] != ["plain"])
        except EngineAbsentError as error:
            tell({"absent": str(error)})


if __name__ == "__main__":
    main(sys.argv[1:])
