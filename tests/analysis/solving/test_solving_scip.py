"""SCIP, where it is installed, against every solution of small programmes; a clear word where it is not."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analysis.solving import kernel, scip
from analysis.solving.errors import SolverError
from analysis.solving.outcome import Limits
from analysis.solving.proof import feasible

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from analysis.solving.model import Model

EXACT = Limits(gap=0.0, seconds=None)


def test_value_and_bound_equal_the_best_of_every_solution(
    programme: Callable[[int], Model], solutions: Callable[[Model], NDArray[np.float64]]
) -> None:
    pytest.importorskip("pyscipopt")
    for seed in range(60):
        model = programme(seed)
        every = solutions(model)
        outcome = scip.solve_full(model, EXACT)
        if not len(every):
            assert outcome.status == "infeasible"
            continue
        best = min(model.value(x) for x in every)
        assert outcome.values is not None
        assert feasible(model, outcome.values)
        assert outcome.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert outcome.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
        assert outcome.solver.startswith("SCIP")


def test_a_first_solution_never_gets_worse(
    programme: Callable[[int], Model], solutions: Callable[[Model], NDArray[np.float64]]
) -> None:
    pytest.importorskip("pyscipopt")
    model = programme(1)
    first = solutions(model)[0]
    assert scip.solve_full(
        model, Limits(gap=0.0, nodes=1, seconds=None), start=first
    ).objective <= model.value(first)


def test_without_the_optional_package_the_error_says_what_to_install(
    programme: Callable[[int], Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyscipopt", None)
    with pytest.raises(SolverError, match=r"kringruimte\[scip\]"):
        scip.solve_full(programme(0), EXACT)


def test_the_ladder_solves_whole_models_with_scip_when_asked(
    programme: Callable[[int], Model], solutions: Callable[[Model], NDArray[np.float64]]
) -> None:
    pytest.importorskip("pyscipopt")
    for seed in range(40):
        model = programme(seed)
        every = solutions(model)
        outcome = kernel.solve(model, replace(EXACT, engine="scip"))
        assert outcome.solver.startswith("HiGHS")
        assert "SCIP" in outcome.solver
        if len(every):
            best = min(model.value(x) for x in every)
            assert outcome.objective == pytest.approx(best, rel=1e-6, abs=1e-6)
            assert outcome.bound == pytest.approx(best, rel=1e-6, abs=1e-6)
        else:
            assert outcome.status == "infeasible"


def test_a_project_that_asks_scip_without_having_it_stops_before_any_work(
    programme: Callable[[int], Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyscipopt", None)
    with pytest.raises(SolverError, match=r"kringruimte\[scip\]"):
        kernel.solve(programme(0), replace(EXACT, engine="scip"))
