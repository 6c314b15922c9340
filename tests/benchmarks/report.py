"""The results as tables for people and as plain data for machines."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from tests.benchmarks.nation import sizes
from tests.benchmarks.steps import FURTHER, STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from tests.benchmarks.runner import Run

OURS: Final = "ours"
GOAL_RATIO: Final = 2.0
GOAL_MIB: Final = 2048.0
GOAL_SAMPLE_S: Final = 10.0
LIBRARIES: Final = ("numpy", "shapely", "geopandas", "pandas", "pyarrow", "psycopg")


def gather(
    *,
    scale: float,
    repeat: int,
    runs: Mapping[str, Run],
    small: Run,
    further: Run | None,
    ties: Mapping[str, int],
    sample: dict[str, object],
) -> dict[str, Any]:
    """Put everything that was measured into one dictionary, ready for JSON."""
    ours = runs[OURS]
    others = {name: run.total for name, run in runs.items() if name != OURS and not run.absent}
    best = min(others, key=others.__getitem__, default=None)
    return {
        "machine": machine(),
        "scale": scale,
        "repeat": repeat,
        "rows": asdict(sizes(scale)),
        "engines": {name: _engine(run) for name, run in runs.items()},
        "equal_targets_differ": dict(ties),
        "sum_s": {OURS: ours.total, **others},
        "fastest_other": best,
        "ratio": others[best] / ours.total if best else None,
        "peak_mib": ours.peak_mib,
        "growth": growth(scale, ours, small),
        "further": _engine(further) if further else None,
        "sample_region": sample,
    }


def _engine(run: Run) -> dict[str, Any]:
    if run.absent:
        return {"absent": run.absent}
    steps = {step: {"median_s": run.median(step), "seconds": run.seconds[step]} for step in run.seconds}
    return {"steps": steps, "peak_mib": run.peak_mib, **run.remarks}


def growth(scale: float, full: Run, small: Run) -> dict[str, dict[str, float]]:
    """Compare the time at full scale with a tenth of it, against what n log n allows."""
    result = {}
    for step in full.seconds:
        rows, fewer = (getattr(sizes(size), STEPS[step].layer) for size in (scale, scale / 10))
        result[step] = {
            "small_s": small.median(step),
            "ratio": full.median(step) / small.median(step),
            "n_log_n": rows * log(rows) / (fewer * log(fewer)),
        }
    return result


def machine() -> dict[str, str]:
    """Describe where this ran."""
    import shapely

    processor = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.exists():
        lines = described.read_text(encoding="utf-8").splitlines()
        processor = next(
            (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), processor
        )
    return {
        "processor": processor,
        "cores": str(os.cpu_count()),
        "load in 1, 5, 15 minutes": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "Python": sys.version.split()[0],
        **{name: version(name) for name in LIBRARIES},
        "GEOS of shapely": shapely.geos_version_string,
    }


def show(console: Console, results: Mapping[str, Any]) -> None:
    """Print the tables."""
    rows = results["rows"]
    console.print(
        f"\nEvidence for a made-up nation at scale {results['scale']:g}: {rows['parks']:,} parks, {rows['plots']:,} plots, "
        f"{rows['homes']:,} homes, {rows['waterways']:,} waterway segments, "
        f"{rows['municipalities']:,} municipalities"
    )
    console.print(_steps_table(results))
    for name, engine in results["engines"].items():
        if "absent" in engine:
            console.print(f"{name}: absent ({engine['absent']})")
    console.print(f"Answers equal. {_ties(results['equal_targets_differ'])}")
    for line in _verdicts(results):
        console.print(line)
    console.print(_growth_table(results["growth"], results["scale"]))
    if results["further"]:
        console.print(_further_table(results["further"]))
    console.print(_sample(results["sample_region"]))
    console.print(", ".join(f"{key} {value}" for key, value in results["machine"].items()), highlight=False)
    for name, engine in results["engines"].items():
        notes = [
            f"{key}: {value}" for key, value in engine.items() if isinstance(value, str) and key != "absent"
        ]
        if notes:
            console.print(f"{name}: {'; '.join(notes)}", highlight=False)


def _steps_table(results: Mapping[str, Any]) -> Table:
    engines = {name: engine["steps"] for name, engine in results["engines"].items() if "steps" in engine}
    table = Table(title=f"Median seconds of {results['repeat']} rounds, * the fastest")
    table.add_column("step")
    for name in engines:
        table.add_column(name, justify="right")
    table.add_column("fastest other / ours", justify="right")
    for step in engines[OURS]:
        medians = {name: taken[step]["median_s"] for name, taken in engines.items()}
        table.add_row(f"{step}  {STEPS[step].title}", *_marked(medians), _times(medians))
    table.add_section()
    table.add_row("sum", *_marked(results["sum_s"]), _times(results["sum_s"]))
    peaks = (f"{results['engines'][name]['peak_mib']:,.0f}" for name in engines)
    table.add_row("peak memory, MiB (of a server: the client's)", *peaks)
    return table


def _marked(medians: Mapping[str, float]) -> list[str]:
    least = min(medians.values())
    return [f"[bold]* {value:.3f}[/]" if value == least else f"{value:.3f}" for value in medians.values()]


def _times(medians: Mapping[str, float]) -> str:
    others = [value for name, value in medians.items() if name != OURS]
    return f"{min(others) / medians[OURS]:.1f} x" if others else "-"


def _ties(ties: Mapping[str, int]) -> str:
    parts = [f"{count} in {name}" for name, count in ties.items()]
    return f"Nearest targets that differ because they are equally near: {', '.join(parts)}." if parts else ""


def _verdicts(results: Mapping[str, Any]) -> list[str]:
    lines = []
    if results["ratio"] is not None:
        lines.append(
            f"Sum: {results['ratio']:.1f} times as fast as {results['fastest_other']} "
            f"(goal {GOAL_RATIO:g}): {_met(results['ratio'] >= GOAL_RATIO)}"
        )
    lines.append(
        f"Peak memory {results['peak_mib']:,.0f} MiB (goal {GOAL_MIB:,.0f}): {_met(results['peak_mib'] < GOAL_MIB)}"
    )
    return lines


def _met(good: object) -> str:
    return "[green]met[/]" if good else "[red]not met[/]"


def _growth_table(growth_of: Mapping[str, Mapping[str, float]], scale: float) -> Table:
    table = Table(title=f"Ours from scale {scale / 10:g} to {scale:g}: time may grow as n log n")
    for column in ("step", "seconds at a tenth", "times as long", "n log n", ""):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step, row in growth_of.items():
        good = _met(row["ratio"] <= row["n_log_n"])
        table.add_row(step, f"{row['small_s']:.4f}", f"{row['ratio']:.1f}", f"{row['n_log_n']:.1f}", good)
    return table


def _further_table(engine: Mapping[str, Any]) -> Table:
    table = Table(
        title=f"Ours only, one round; peak memory {engine['peak_mib']:,.0f} MiB with homes as objects"
    )
    table.add_column("step")
    table.add_column("seconds", justify="right")
    for step, taken in engine["steps"].items():
        table.add_row(f"{step}  {FURTHER[step].title}", f"{taken['median_s']:.1f}")
    return table


def _sample(sample: Mapping[str, Any]) -> str:
    if "error" in sample:
        return f"Sample region: not measured ({sample['error']})"
    if "median_s" not in sample:
        return "Sample region: not asked"
    seconds = sample["median_s"]
    return f"Sample region, kringruimte run: {seconds:.1f} s (goal {GOAL_SAMPLE_S:g} s): {_met(seconds < GOAL_SAMPLE_S)}"
