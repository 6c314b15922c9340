"""The benchmark of the solver compares like with like: its model and the shared one have the same solutions."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analysis.solving import highs
from analysis.solving.outcome import Limits
from tests.benchmarks.reservation_model import (
    GENERATOR,
    Compact,
    instance,
    naive_model,
    reference_objective,
    start_period_model,
)
from tests.benchmarks.runner import ROOT
from tests.benchmarks.solver import verdicts

if TYPE_CHECKING:
    from collections.abc import Sequence

needs_generator = pytest.mark.skipif(
    not GENERATOR.is_file(), reason="the shared folder with the generator is not beside the checkout"
)


@needs_generator
@pytest.mark.parametrize("compact", ["none", "pair", "open"])
def test_the_model_and_the_reference_have_the_same_objective(compact: Compact) -> None:
    drawn = instance(60, 13, 11, compact)
    model = start_period_model(drawn)
    # one form is the other after a change of columns, so that the relaxations too are equal
    ours, reference = highs.solve_lp(model), highs.solve_lp(naive_model(drawn))
    assert ours.objective == pytest.approx(reference.objective, rel=1e-9)
    found = highs.solve_full(model, Limits(gap=0.2, seconds=None))
    assert found.values is not None
    assert reference_objective(drawn, model, found.values) == pytest.approx(found.objective)


@needs_generator
def test_a_solution_that_the_reference_forbids_is_noticed() -> None:
    drawn = instance(60, 13, 11, "none")
    model = start_period_model(drawn)
    with pytest.raises(AssertionError, match="above its side"):
        reference_objective(drawn, model, np.where(model.integer, 1.0, 1e4))


@needs_generator
@pytest.mark.parametrize("solver", ["ours", "highs", "scip"])
def test_a_run_in_its_own_process_tells_gap_time_and_memory(solver: str) -> None:
    if solver == "scip":
        pytest.importorskip("pyscipopt")
    found = _worker(["one", solver, "60", "13", "11", "open", "0.2", "30"])
    assert 0 <= found["gap"] <= 0.2
    assert found["bound"] <= found["objective"]
    assert found["peak_mib"] > 0


@needs_generator
def test_draws_tell_a_gap_each() -> None:
    found = _worker(["draws", "60", "13", "11", "12", "1"])
    assert len(found["gaps"]) == 12
    assert max(found["gaps"]) < 1


def _worker(words: Sequence[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.solver_worker", *words],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_verdicts_ask_for_goal_time_and_the_smallest_gap() -> None:
    def run(solver: str, gap: float, cpu: float = 59.0) -> dict[str, object]:
        return {"solver": solver, "seed": 7, "compact": "none", "run": {"gap": gap, "cpu_s": cpu}}

    (good,) = verdicts([run("ours", 0.004), run("highs", 0.005)], 60)
    assert good.count("[green]met") == 2
    (late,) = verdicts([run("ours", 0.004, cpu=70), run("highs", 0.005)], 60)
    assert "not met" in late
    (beaten,) = verdicts([run("ours", 0.004), run("highs", 0.003)], 60)
    assert beaten.count("not met") == 1
