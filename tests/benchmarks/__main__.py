"""``python -m tests.benchmarks``: the evidence of a made-up nation, and the solver of the reservation plan.

The evidence is measured beside geopandas and PostGIS, the solver beside plain HiGHS and SCIP. Nothing here
fails on time; it fails when engines disagree.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console

from tests.benchmarks import solver
from tests.benchmarks.runner import Run, make_nation, run_engines
from tests.benchmarks.sample_region import describe, time_sample_region
from tests.benchmarks.steps import FURTHER, STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENGINES: Final = ("ours", "geopandas", "postgis")
SAMPLE: Final = "sample"
EVIDENCE, SOLVER = "evidence", "solver"
WIDTH: Final = 120


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, compare and report."""
    options = _options(arguments)
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    status = Console(stderr=True)

    def progress(text: str) -> None:
        status.print(text, style="dim", highlight=False)

    results: dict[str, object] = {}
    if EVIDENCE in options.only:
        with tempfile.TemporaryDirectory(prefix="kringruimte-bench-") as place:
            results = _measure(options, Path(place), progress)
        from tests.benchmarks.report import show

        show(console, results)
    if SOLVER in options.only:
        solved = solver.measure(
            options.solver_parts, options.seeds, options.seconds, progress, solvers=options.solvers
        )
        results[SOLVER] = solved
        solver.show(console, solved)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = (*STEPS, *FURTHER, SAMPLE)
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="share of a nation (default 1.0)")
    parser.add_argument(
        "--repeat", type=int, default=3, help="rounds that count, after a warm-up (default 3)"
    )
    parser.add_argument(
        "--steps", default=",".join(known), help=f"which of {', '.join(known)}, with commas (default all)"
    )
    parser.add_argument(
        "--only", type=_list, default=[EVIDENCE, SOLVER], help=f"{EVIDENCE} or {SOLVER} (default both)"
    )
    parser.add_argument(
        "--solver-parts",
        type=_list,
        default=list(solver.PARTS),
        help=f"which of {', '.join(solver.PARTS)}, with commas (default all)",
    )
    parser.add_argument(
        "--solvers",
        type=_list,
        default=list(solver.SOLVERS),
        help=f"which of {', '.join(solver.SOLVERS)}, with commas (default all)",
    )
    parser.add_argument(
        "--seeds",
        type=lambda text: [int(each) for each in _list(text)],
        default=list(solver.SEEDS),
        help="of the made-up provinces, with commas (default 7,8,9)",
    )
    parser.add_argument(
        "--seconds", type=float, default=solver.SECONDS, help="processor time per solver (default 60)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    options = parser.parse_args(arguments)
    options.steps = _list(options.steps)
    for asked, names in (
        (options.steps, known),
        (options.only, (EVIDENCE, SOLVER)),
        (options.solver_parts, solver.PARTS),
        (options.solvers, solver.SOLVERS),
    ):
        strange = [name for name in asked if name not in names]
        if strange:
            parser.error(f"no such step or part: {', '.join(strange)}")
    if not set(options.steps) & set(STEPS):
        parser.error(f"name at least one of {', '.join(STEPS)}")
    if options.scale <= 0 or options.repeat < 1 or options.seconds <= 0:
        parser.error("scale, repeat and seconds must be above zero")
    return options


def _list(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _measure(options: argparse.Namespace, place: Path, progress: Callable[[str], None]) -> dict[str, object]:
    steps = [step for step in options.steps if step in STEPS]
    sample: dict[str, object] = {}
    if SAMPLE in options.steps:
        progress("sample region")
        sample = describe(*time_sample_region(place, options.repeat))
    progress("making the nation, and a tenth of it")
    nation, tenth = place / "nation", place / "tenth"
    make_nation(nation, options.scale)
    make_nation(tenth, options.scale / 10)
    runs = run_engines(ENGINES, nation, steps, repeat=options.repeat, progress=progress)
    small = run_engines(ENGINES[:1], tenth, steps, repeat=options.repeat, progress=progress)[ENGINES[0]]
    further = _further(options, nation, progress)
    progress("comparing answers")
    # imported late, so that this process is small when it starts the others
    from tests.benchmarks.agreement import assert_agreement
    from tests.benchmarks.report import gather

    ours = runs[ENGINES[0]]
    ties = {
        name: assert_agreement(nation, ours.answers, run.answers)
        for name, run in runs.items()
        if run is not ours and not run.absent
    }
    return gather(
        scale=options.scale,
        repeat=options.repeat,
        runs=runs,
        small=small,
        further=further,
        ties=ties,
        sample=sample,
    )


def _further(options: argparse.Namespace, nation: Path, progress: Callable[[str], None]) -> Run | None:
    steps = [step for step in options.steps if step in FURTHER]
    if not steps:
        return None
    return run_engines(["further"], nation, steps, repeat=1, warm_up=False, progress=progress)["further"]


if __name__ == "__main__":
    main()
