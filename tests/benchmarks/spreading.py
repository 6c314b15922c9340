"""``python -m tests.benchmarks.spreading PROJECT``: evidence, surface and Monte Carlo run with one worker and two.

Each in turn, median of five; one worker is this process on one thread. The layers of PROJECT are read once.
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Final

from analysis.parts import assess_in_parts
from analysis.space.balance_run import run_balance
from analysis.space.demand_run import DemandSettings, run_demand
from analysis.space.montecarlo import simulate
from analysis.space.surface import write_surfaces
from gis.parallel import at_most
from gis.workers import Here, keep_freed_memory, open_workers
from layers.project import load_project
from layers.read import read_inputs
from tests.benchmarks.report import machine

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis.workers import Workers
    from layers.project import Project

TIMES: Final = 5
DRAWS: Final = 40_000


def steps_of(project: Project, folder: Path) -> dict[str, Callable[[Workers], object]]:
    """Make ready what each step needs."""
    tables, parameters = read_inputs(project).tables, project.parameters
    evidence = assess_in_parts(tables, parameters, Here())
    years = tuple(parameters.space.years)
    demand = run_demand(evidence, tables, parameters, settings=DemandSettings(years=years, draws=100))
    if demand.demand is None:
        raise SystemExit("the municipalities of this project have no inhabitants")
    models = run_balance(
        evidence,
        tables,
        parameters,
        demand=demand.demand,
        released=demand.released,
        sub_areas=demand.sub_areas,
        years=years,
        reference_year=project.reference_date.year,
        land=demand.land,
    ).simulation.models
    return {
        "evidence": lambda crew: assess_in_parts(tables, parameters, crew),
        "surface": lambda crew: write_surfaces(folder, tables, parameters, workers=crew),
        f"{DRAWS:,} draws": lambda crew: simulate(models, draws=DRAWS, threads=1, workers=crew),
    }


def seconds(work: Callable[[], object]) -> float:
    """Take the time of something."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def alone(work: Callable[[], object]) -> float:
    """Take the time of something on one thread."""
    with at_most(1):
        return seconds(work)


def main() -> None:
    """Measure and print."""
    keep_freed_memory()
    project = load_project(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder, open_workers(1) as one, open_workers(2) as two:
        for name, step in steps_of(project, Path(folder)).items():
            step(two)
            pairs = [(alone(partial(step, one)), seconds(partial(step, two))) for _ in range(TIMES)]
            first, second = (median(column) for column in zip(*pairs, strict=True))
            ratio = median(slow / fast for slow, fast in pairs)
            sys.stdout.write(f"{name:14} {first:6.2f} s  {second:6.2f} s  {ratio:.2f} times as fast\n")
    sys.stdout.write(", ".join(f"{key} {value}" for key, value in machine().items()) + "\n")


if __name__ == "__main__":
    main()
