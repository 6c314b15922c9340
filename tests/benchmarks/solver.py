"""The solver of the reservation plan on made-up provinces, beside plain HiGHS and SCIP at equal time.

Every run has a process of its own and one thread; time is processor time, gaps are proven and computed by us,
and every solution is held against the model of the shared generator.
"""

from __future__ import annotations

import json
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from tests.benchmarks.runner import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rich.console import Console

PARTS: Final = ("4000", "50000", "draws")
"""What can be measured: 4,000 plots beside others, 50,000 plots, and many draws of weights."""
SEEDS: Final = (7, 8, 9)
OURS: Final = "ours"
SOLVERS: Final = (OURS, "highs", "scip")
GOALS: Final[Mapping[str, float]] = {"none": 0.01, "pair": 0.02, "open": 0.03}
"""Largest proven gap per kind of compactness, 4,000 plots and 15 functions."""
SECONDS: Final = 60.0
CLOSE: Final = 1e-4
"""Gap at which a run may stop before its time."""
LARGE_GAP: Final = 0.01
LARGE_SECONDS: Final = 600.0
LARGE_MIB: Final = 2048.0
DRAWS: Final = 300
DRAWS_WORKERS: Final = 2
DRAWS_CPU_S: Final = 480.0
"""Four minutes on two cores."""
DRAWS_GAP: Final = 0.05
OVERSHOOT: Final = 1.02
"""Share of the time asked that still counts as within it: a step that has begun is finished."""


def measure(
    parts: Sequence[str],
    seeds: Sequence[int],
    seconds: float,
    progress: Callable[[str], None],
    *,
    solvers: Sequence[str] = SOLVERS,
) -> dict[str, Any]:
    """Measure the parts asked, one run after the other."""
    found: dict[str, Any] = {"seconds": seconds}
    if "4000" in parts:
        runs = []
        for compact in GOALS:
            for seed in seeds:
                for solver in solvers:
                    progress(f"solver: 4,000 plots, compact {compact}, seed {seed}: {solver}")
                    case = (solver, 4000, 15, seed, compact, CLOSE, seconds)
                    runs.append(
                        {"solver": solver, "seed": seed, "compact": compact, "run": _run("one", *case)}
                    )
        found["4000"] = runs
    if "50000" in parts:
        progress("solver: 50,000 plots")
        found["50000"] = _run("one", OURS, 50_000, 20, seeds[0], "none", LARGE_GAP, LARGE_SECONDS)
    if "draws" in parts:
        progress("solver: draws of weights")
        found["draws"] = _run("draws", 4000, 15, seeds[0], DRAWS, DRAWS_WORKERS)
    return found


def _run(*arguments: object) -> dict[str, Any]:
    words = [str(each) for each in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.solver_worker", *words],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def show(console: Console, found: Mapping[str, Any]) -> None:
    """Print tables and verdicts."""
    if "4000" in found:
        console.print(_runs_table(found["4000"], found["seconds"]))
        for line in verdicts(found["4000"], found["seconds"]):
            console.print(line)
    if "50000" in found:
        console.print(_large(found["50000"]))
    if "draws" in found:
        console.print(_draws(found["draws"]))


def _runs_table(runs: Sequence[Mapping[str, Any]], seconds: float) -> Table:
    table = Table(
        title=f"4,000 plots x 15 functions x 2 years, {seconds:.0f} CPU seconds asked, 1 thread each"
    )
    for column in ("compact", "seed", "solver", "CPU s", "objective", "bound", "proven gap", "nodes", "MiB"):
        table.add_column(column, justify="left" if column in {"compact", "solver"} else "right")
    for each in runs:
        run, name = each["run"], (each["compact"], str(each["seed"]), each["solver"])
        if "error" in run:
            table.add_row(
                *name, f"{run['cpu_s']:.1f}", "-", "-", run["error"], "-", f"{run['peak_mib']:,.0f}"
            )
            continue
        table.add_row(
            *name,
            f"{run['cpu_s']:.1f}",
            f"{run['objective']:,.1f}",
            f"{run['bound']:,.1f}",
            f"{run['gap']:.2%}",
            f"{run['nodes']:,}",
            f"{run['peak_mib']:,.0f}",
        )
    return table


def verdicts(runs: Sequence[Mapping[str, Any]], seconds: float) -> list[str]:
    """Say, per kind of compactness, whether the gap is within its goal and below that of every other."""
    lines = []
    for compact, goal in GOALS.items():
        of_kind = [each for each in runs if each["compact"] == compact]
        ours = {each["seed"]: each["run"] for each in of_kind if each["solver"] == OURS}
        if not ours:
            continue
        worst = max(_gap(run) for run in ours.values())
        in_time = all(run["cpu_s"] <= OVERSHOOT * seconds for run in ours.values())
        smaller = all(
            _gap(ours[each["seed"]]) < _gap(each["run"]) for each in of_kind if each["solver"] != OURS
        )
        line = (
            f"compact {compact}: largest gap {worst:.2%} (goal {goal:.0%}): {_met(worst <= goal and in_time)}"
        )
        if len(of_kind) > len(ours):
            line += f"; smaller than the others every time: {_met(smaller)}"
        lines.append(line)
    return lines


def _gap(run: Mapping[str, Any]) -> float:
    return float(run.get("gap", "inf"))


def _large(run: Mapping[str, Any]) -> str:
    if "error" in run:
        return f"50,000 plots x 20 functions x 2 years: {run['error']}"
    good = (
        run["gap"] <= LARGE_GAP and run["cpu_s"] <= OVERSHOOT * LARGE_SECONDS and run["peak_mib"] <= LARGE_MIB
    )
    return (
        f"50,000 plots x 20 functions x 2 years: proven gap {run['gap']:.2%} in {run['cpu_s']:.0f} CPU s, "
        f"peak memory {run['peak_mib']:,.0f} MiB, objective {run['objective']:,.0f} "
        f"(goal {LARGE_GAP:.0%}, {LARGE_SECONDS:.0f} s, {LARGE_MIB:,.0f} MiB): {_met(good)}"
    )


def _draws(run: Mapping[str, Any]) -> str:
    gaps = run["gaps"]
    good = run["cpu_s"] <= DRAWS_CPU_S and median(gaps) <= DRAWS_GAP
    return (
        f"{len(gaps)} draws of weights, 4,000 plots: {run['cpu_s']:.0f} CPU s over {run['workers']} processes "
        f"({run['wall_s']:.0f} s on the wall), gap median {median(gaps):.2%}, largest {max(gaps):.2%} "
        f"(goal {DRAWS_CPU_S:.0f} CPU s, median {DRAWS_GAP:.0%}): {_met(good)}"
    )


def _met(good: object) -> str:
    return "[green]met[/]" if good else "[red]not met[/]"
