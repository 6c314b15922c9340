"""The ladder against every solution of small programmes, against plain HiGHS, and against itself elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from analysis.solving import highs, kernel
from analysis.solving.clock import Clock
from analysis.solving.columns import Sliceable
from analysis.solving.errors import NoSolutionError, SolverError
from analysis.solving.neighbourhoods import Improver
from analysis.solving.outcome import Limits
from analysis.solving.proof import feasible

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.solving.model import Model

    Draw = Callable[[int], Model]
    Listed = Callable[[Model], NDArray[np.float64]]

ROOT = Path(__file__).resolve().parents[3]
EXACT = Limits(gap=0.0, seconds=None)
REPEAT = """
import sys
sys.path.insert(0, {folder!r})
from conftest import draw_province
from analysis.solving import kernel
from analysis.solving.outcome import Limits
kernel.SMALL, kernel.MIDDLE, kernel.PATIENCE = 0, 0, 4
found = kernel.solve(draw_province(3), Limits(gap=2e-3, nodes=5, seconds=None))
print(found.values.tobytes().hex(), found.bound.hex(), found.status)
"""


@pytest.fixture
def all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every step of the ladder for small programmes too."""
    monkeypatch.setattr(kernel, "SMALL", 0)
    monkeypatch.setattr(kernel, "MIDDLE", 0)
    monkeypatch.setattr(kernel, "PATIENCE", 4)


@pytest.fixture
def trial_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat small programmes as those of middle size."""
    monkeypatch.setattr(kernel, "SMALL", 0)


@pytest.mark.parametrize("steps", ["few", "trial", "all"])
def test_value_and_bound_equal_the_best_of_every_solution(
    programme: Draw, solutions: Listed, steps: str, request: pytest.FixtureRequest
) -> None:
    if steps != "few":
        request.getfixturevalue("all_steps" if steps == "all" else "trial_first")
    without = 0
    for seed in range(250):
        model = programme(seed)
        every = solutions(model)
        outcome = kernel.solve(model, EXACT)
        if not len(every):
            without += 1
            assert outcome.status == "infeasible"
            assert outcome.values is None
            continue
        best = min(model.value(x) for x in every)
        assert outcome.objective == pytest.approx(best, rel=1e-7, abs=1e-7), seed
        assert outcome.bound == pytest.approx(best, rel=1e-6, abs=1e-6), seed
        assert outcome.values is not None
        assert feasible(model, outcome.values)
        assert outcome.bound <= outcome.objective
    assert without > 0


@pytest.mark.usefixtures("all_steps")
@pytest.mark.parametrize("middle", [0, 10_000])
def test_the_ladder_agrees_with_plain_highs(
    province: Draw, middle: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # of middle size: tried whole without success, then improved in short tries
    monkeypatch.setattr(kernel, "MIDDLE", middle)
    monkeypatch.setattr(kernel, "TRIAL_NODES", 0)
    for seed in range(2):
        model = province(seed)
        limits = Limits(gap=5e-3, seconds=None)
        ours, plain = kernel.solve(model, limits), highs.solve_full(model, limits)
        assert ours.gap <= limits.gap
        # each bound holds for the solution of the other
        assert ours.bound <= plain.objective + 1e-6
        assert plain.bound <= ours.objective + 1e-6


@pytest.mark.usefixtures("all_steps")
def test_a_first_solution_never_gets_worse_and_a_wrong_one_is_not_used(
    programme: Draw, solutions: Listed
) -> None:
    for seed in range(40):
        model = programme(seed)
        every = solutions(model)
        if not len(every):
            continue
        first = every[len(every) // 2]
        outcome = kernel.solve(model, Limits(gap=0.0, nodes=0, seconds=None), start=first)
        assert outcome.objective <= model.value(first)
        wrong = np.full(len(first), 0.5)
        assert kernel.solve(model, EXACT, start=wrong).objective == pytest.approx(
            min(model.value(x) for x in every)
        )


@pytest.mark.usefixtures("all_steps")
def test_without_time_a_first_solution_comes_back_with_a_bound(province: Draw) -> None:
    model = province(1)
    first = np.where(model.integer, 0.0, 1e3)
    outcome = kernel.solve(model, Limits(gap=1e-6, seconds=0.0), start=first)
    assert outcome.status == "limit"
    assert outcome.objective <= model.value(first)
    assert outcome.bound <= kernel.solve(model, Limits(gap=2e-2, seconds=None)).objective


@pytest.mark.usefixtures("all_steps")
def test_without_time_and_without_a_first_solution_is_an_error(province: Draw) -> None:
    model = province(1)
    # nothing may be short, so that a rounded relaxation is no solution
    model = model.bounded(model.low, np.where(model.integer, model.high, 1.0))
    with pytest.raises(SolverError):
        kernel.solve(model, Limits(gap=1e-6, seconds=0.0))


@pytest.mark.usefixtures("all_steps")
def test_a_model_called_without_solution_by_presolve_only_is_solved(
    programme: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = highs.search

    def doubtful(model: Model, effort: highs.Effort, *, start: NDArray[np.float64] | None) -> highs.Search:
        if effort.options.get("presolve") != "off":
            raise NoSolutionError
        return real(model, effort, start=start)

    model = programme(1)
    expected = kernel.solve(model, EXACT).objective
    monkeypatch.setattr(kernel, "search", doubtful)
    monkeypatch.setattr("analysis.solving.neighbourhoods.highs.search", doubtful)
    assert kernel.solve(model, EXACT).objective == pytest.approx(expected)


@pytest.mark.usefixtures("all_steps")
def test_the_same_model_gives_the_same_solution_in_other_processes(province: Draw) -> None:
    found = [_in_another_process(seed) for seed in ("0", "4242")]
    assert found[0] == found[1]
    here = kernel.solve(province(3), Limits(gap=2e-3, nodes=5, seconds=None))
    assert here.values is not None
    assert feasible(province(3), here.values)


def _in_another_process(hash_seed: str) -> str:
    code = REPEAT.format(folder=str(Path(__file__).parent))
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_part_of_a_model_is_the_model_with_the_rest_fixed(programme: Draw, solutions: Listed) -> None:
    for seed in range(60):
        model, rng = programme(seed), np.random.default_rng(seed)
        every = solutions(model)
        if not len(every):
            continue
        x = every[int(rng.integers(len(every)))]
        free = np.union1d(np.flatnonzero(rng.random(len(x)) < 0.5), np.flatnonzero(~model.integer))
        part = Sliceable.of(model).part(free, x)
        assert part.value(x[free]) == pytest.approx(model.value(x))
        same = (np.delete(every, free, axis=1) == np.delete(x, free)).all(axis=1)
        best = min(model.value(other) for other in every[same])
        assert highs.solve_full(part, EXACT).objective == pytest.approx(best)


def test_neighbourhoods_only_improve_and_keep_every_rule(province: Draw) -> None:
    model = province(2)
    relaxed = highs.solve_lp(model)
    first = np.where(model.integer, 0.0, 1e3)
    pool = np.flatnonzero(model.integer)
    improver = Improver(Sliceable.of(model), pool, relaxed.values, first, 7, first=80, most_nodes=20)
    improver.run(Clock.start(None), bound=relaxed.objective, gap=0.02, patience=8)
    assert feasible(model, improver.best)
    assert improver.value == pytest.approx(model.value(improver.best))
    assert relaxed.objective <= improver.value < model.value(first)


def test_a_continuous_model_needs_no_more_than_its_relaxation(programme: Draw) -> None:
    model = programme(0)
    loose = replace(model, integer=np.zeros_like(model.integer))
    outcome = kernel.solve(loose, EXACT)
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(highs.solve_lp(model).objective)
