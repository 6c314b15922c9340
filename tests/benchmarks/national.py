"""``python -m tests.benchmarks.national``: the nation with nine million homes, from GeoParquet to evidence.

Three questions, each by itself with ``--only``:

- ``postgis``: out of core on all workers beside PostGIS, loading told apart, answers asserted equal, peak memory;
- ``strong``: each step with one worker and with two, in turn;
- ``weak``: one nation and several side by side on the same workers, time and memory per worker.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.table import Table

from tests.benchmarks.memory import Watch, processor_seconds
from tests.benchmarks.nation import sizes
from tests.benchmarks.national_data import HOMES_PER_PARK
from tests.benchmarks.report import machine
from tests.benchmarks.steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
QUESTIONS: Final = ("postgis", "strong", "weak")
GOAL_MIB: Final = 2048.0
GOAL_STRONG: Final = 1.7
GOAL_WEAK: Final = 1.15
STOP_S: Final = 120.0


@dataclass(slots=True)
class Side:
    """A process that works, seen from outside."""

    process: subprocess.Popen[str]
    watch: Watch
    ready: dict[str, Any] = field(default_factory=dict)
    loading_cpu: float = 0.0

    def ask(self, words: str) -> dict[str, Any]:
        """Send a line and wait for the answer."""
        if self.process.stdin is None:
            raise RuntimeError("the process takes no input")
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Wait for a line."""
        line = "" if self.process.stdout is None else self.process.stdout.readline()
        if not line:
            raise RuntimeError("a side of the benchmark stopped; its error stands above")
        message: dict[str, Any] = json.loads(line)
        return message


@contextmanager
def side(*arguments: object, watched: bool = True) -> Iterator[Side]:
    """Start a process that works; ready once it has loaded. Watching its memory takes some processor time."""
    process = subprocess.Popen(
        _worker(*arguments), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        watch = Watch(process.pid)
        with watch if watched else nullcontext():
            one = Side(process, watch)
            one.ready = one.hear()
            one.loading_cpu = processor_seconds(process.pid)
            yield one
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _worker(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "tests.benchmarks.national_worker", *map(str, arguments)]


def _do(*arguments: object) -> str:
    return subprocess.run(_worker(*arguments), cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    options = _options(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120)
    results: dict[str, Any] = {"machine": machine(), "rows": vars_of(options.scale)}
    with tempfile.TemporaryDirectory(prefix="kringruimte-nation-", dir=options.place) as name:
        place = Path(name)
        nation = place / "nation"
        nation.mkdir()
        _tell("making the nation")
        _do("make", nation, options.scale)
        if "postgis" in options.only:
            results["postgis"] = beside_postgis(nation, place, options)
            _show_postgis(console, results["postgis"], options)
        if "strong" in options.only:
            results["strong"] = strong(nation, place, options)
            _show_strong(console, results["strong"], options)
        if "weak" in options.only:
            results["weak"] = weak(nation, place, options)
            _show_weak(console, results["weak"], options)
    console.print(f"Rows of one nation: {results['rows']}", highlight=False)
    console.print(", ".join(f"{key} {value}" for key, value in results["machine"].items()), highlight=False)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.national",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--scale", type=float, default=1.0, help="share of a nation (default 1.0)")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=list(QUESTIONS), help="with commas"
    )
    parser.add_argument(
        "--workers", type=int, default=min(os.cpu_count() or 1, 2), help="processes (default 2)"
    )
    parser.add_argument("--repeat", type=int, default=3, help="rounds beside PostGIS (default 3)")
    parser.add_argument("--strong-repeat", type=int, default=5, help="rounds of strong scaling (default 5)")
    parser.add_argument(
        "--weak",
        type=lambda text: [int(each) for each in text.split(",")],
        default=[1, 10],
        help="how many nations side by side, with commas (default 1,10)",
    )
    parser.add_argument("--weak-repeat", type=int, default=1, help="rounds of weak scaling (default 1)")
    parser.add_argument(
        "--plain", action="store_true", help="do not let PostGIS put its rows in the order of a curve"
    )
    parser.add_argument("--place", type=Path, help="folder for the data (default the temporary folder)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    options = parser.parse_args(arguments)
    if set(options.only) - set(QUESTIONS):
        parser.error(f"--only takes {', '.join(QUESTIONS)}")
    return options


def vars_of(scale: float) -> dict[str, int]:
    """Give the rows of a nation."""
    count = sizes(scale, HOMES_PER_PARK)
    return {name: getattr(count, name) for name in ("parks", "plots", "homes", "waterways", "municipalities")}


def _tell(text: str) -> None:
    Console(stderr=True).print(text, style="dim", highlight=False)


def beside_postgis(nation: Path, place: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Take the steps on both sides, one round of each after the other, and compare the answers."""
    answers = {name: place / f"{name}.npz" for name in ("ours", "postgis")}
    _tell("ours: loading")
    with side("ours", nation, place / "cache", options.workers, answers["ours"]) as ours:
        _tell("PostGIS: loading")
        how = ["plain"] if options.plain else []
        with side("postgis", nation, answers["postgis"], *how) as other:
            sides = {"ours": ours} | ({} if "absent" in other.ready else {"postgis": other})
            seconds: dict[str, list[dict[str, float]]] = {name: [] for name in sides}
            for number in range(options.repeat):
                for name, one in sides.items():
                    _tell(f"{name}: {number + 1} of {options.repeat}")
                    before = processor_seconds(one.process.pid)
                    taken = one.ask("round")
                    seconds[name].append({**taken, "cpu": processor_seconds(one.process.pid) - before})
            for one in sides.values():
                one.ask("stop")
        result: dict[str, Any] = {"absent": other.ready.get("absent"), "workers": options.workers}
        for name, one in sides.items():
            steps = {step: median(taken[step] for taken in seconds[name]) for step in STEPS}
            result[name] = {
                "load": one.ready["ready"]["load"],
                "loading": one.ready["ready"],
                "steps": steps,
                "sum": median(taken["all"] for taken in seconds[name]),
                "cpu": median(taken["cpu"] for taken in seconds[name]),
                "load_cpu": one.loading_cpu,
                "seconds": seconds[name],
                "peak_mib": one.watch.peak_mib,
                "largest_worker_mib": one.watch.largest_mib,
            } | {key: value for key, value in one.ready.items() if key != "ready"}
    if "postgis" in sides:
        _tell("comparing answers")
        result["ties"] = json.loads(_do("compare", nation, *answers.values()))["ties"]
    return result


def strong(nation: Path, place: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Take each step with one worker and with two, in turn."""
    taken: dict[str, dict[str, list[float]]] = {step: {"1": [], "2": []} for step in STEPS}
    with side("ours", nation, place / "cache", 2, watched=False) as ours:
        for number in range(options.strong_repeat):
            _tell(f"strong scaling: {number + 1} of {options.strong_repeat}")
            for step, times in taken.items():
                for workers, found in times.items():
                    found.append(ours.ask(f"{step} {workers}")["all"])
        ours.ask("stop")
    return {
        step: {
            "one": median(times["1"]),
            "two": median(times["2"]),
            "ratio": median(one / two for one, two in zip(times["1"], times["2"], strict=True)),
            "seconds": times,
        }
        for step, times in taken.items()
    }


def weak(nation: Path, place: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Load and take the steps for more and more nations on the same workers."""
    result = {}
    for copies in options.weak:
        folder = nation
        if copies > 1:
            folder = place / f"nations-{copies}"
            folder.mkdir()
            _tell(f"putting {copies} nations side by side")
            _do("beside", nation, folder, copies, options.scale)
        _tell(f"weak scaling: {copies} nations")
        with side("ours", folder, place / "cache", options.workers) as ours:
            sums = [ours.ask("round") for _ in range(options.weak_repeat)]
            ours.ask("stop")
            result[str(copies)] = {
                "load": ours.ready["ready"]["load"],
                "steps": median(taken["all"] for taken in sums),
                "rounds": sums,
                "peak_mib": ours.watch.peak_mib,
                "largest_worker_mib": ours.watch.largest_mib,
            }
        if folder != nation:
            for file in folder.iterdir():
                file.unlink()
    return result


def _met(good: bool) -> str:  # noqa: FBT001
    return "[green]met[/]" if good else "[red]not met[/]"


def _show_postgis(console: Console, found: dict[str, Any], options: argparse.Namespace) -> None:
    sides = [name for name in ("ours", "postgis") if name in found]
    table = Table(
        title=f"Seconds, median of {options.repeat} rounds; ours on {found['workers']} workers in one pass, "
        "their seconds added up per step"
    )
    table.add_column("step")
    for name in sides:
        table.add_column(name, justify="right")
    for step in STEPS:
        table.add_row(
            f"{step}  {STEPS[step].title}", *(f"{found[name]['steps'][step]:.2f}" for name in sides)
        )
    table.add_section()
    table.add_row("all steps, by the clock", *(f"{found[name]['sum']:.2f}" for name in sides))
    table.add_row("loading", *(f"{found[name]['load']:.2f}" for name in sides))
    table.add_row("with loading", *(f"{found[name]['load'] + found[name]['sum']:.2f}" for name in sides))
    table.add_section()
    table.add_row("processor seconds: all steps", *(f"{found[name]['cpu']:.2f}" for name in sides))
    table.add_row("processor seconds: loading", *(f"{found[name]['load_cpu']:.2f}" for name in sides))
    console.print(table)
    ours = found["ours"]
    console.print(
        f"Peak memory of ours, all processes: {ours['peak_mib']:,.0f} MiB, the largest worker "
        f"{ours['largest_worker_mib']:,.0f} MiB (goal under {GOAL_MIB:,.0f} together): "
        f"{_met(ours['peak_mib'] < GOAL_MIB)}"
    )
    if "postgis" not in found:
        console.print(f"PostGIS: absent ({found['absent']})")
        return
    other = found["postgis"]
    console.print(
        f"Answers equal; nearest targets that differ because they are equally near: {found['ties']}."
    )
    for what, extra in (("without loading", 0.0), ("with loading", 1.0)):
        ratio = (other["sum"] + extra * other["load"]) / (ours["sum"] + extra * ours["load"])
        console.print(f"PostGIS / ours {what}: {ratio:.2f} (goal above 1): {_met(ratio > 1)}")
    console.print(f"{other['PostgreSQL']}; {other['PostGIS']}", highlight=False)


def _show_strong(console: Console, found: dict[str, Any], options: argparse.Namespace) -> None:
    table = Table(title=f"Strong scaling, {os.cpu_count()} cores, median of {options.strong_repeat}")
    for column in ("step", "one worker, s", "two workers, s", "times as fast", f"goal {GOAL_STRONG}"):
        table.add_column(column, justify="left" if column == "step" else "right")
    for step, row in found.items():
        met = _met(row["ratio"] >= GOAL_STRONG)
        title = f"{step}  {STEPS[step].title}"
        table.add_row(title, f"{row['one']:.2f}", f"{row['two']:.2f}", f"{row['ratio']:.2f}", met)
    total = sum(row["one"] for row in found.values()), sum(row["two"] for row in found.values())
    table.add_section()
    ratio = total[0] / total[1]
    table.add_row("sum", f"{total[0]:.2f}", f"{total[1]:.2f}", f"{ratio:.2f}", _met(ratio >= GOAL_STRONG))
    console.print(table)


def _show_weak(console: Console, found: dict[str, Any], options: argparse.Namespace) -> None:
    table = Table(title=f"Weak scaling on {options.workers} workers, {os.cpu_count()} cores")
    columns = ("nations", "loading, s", "steps, s", "together, s", "of linear", "all, MiB", "worker, MiB", "")
    for column in columns:
        table.add_column(column, justify="right")
    first, *_ = found
    base = (found[first]["load"] + found[first]["steps"]) / int(first)
    for copies, row in found.items():
        total = row["load"] + row["steps"]
        share = total / (base * int(copies))
        table.add_row(
            copies,
            f"{row['load']:.1f}",
            f"{row['steps']:.1f}",
            f"{total:.1f}",
            f"{share:.2f}",
            f"{row['peak_mib']:,.0f}",
            f"{row['largest_worker_mib']:,.0f}",
            _met(share <= GOAL_WEAK),
        )
    console.print(table)


if __name__ == "__main__":
    main()
