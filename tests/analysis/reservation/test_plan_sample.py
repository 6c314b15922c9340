"""The plan of the sample region: it passes every check of tables and geometry, whatever the order of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analysis.reservation.assemble import assemble
from analysis.reservation.checker import check_plan
from analysis.reservation.model import build_model
from analysis.reservation.plan import make_plan
from analysis.reservation.plan_tables import plan_tables
from layers.parameters import Parameters
from layers.release import open_release

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.reservation.problem import Plan, ReservationProblem

pytestmark = pytest.mark.xdist_group("plan")
ASKED = {"aims": ("shortage", "people"), "seconds": None, "nodes": 2_000, "gap": 1e-3}
REFERENCE_YEAR = 2026


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    given = Parameters()
    return given.model_copy(update={"reservation": given.reservation.model_copy(update=ASKED)})


@pytest.fixture(scope="module")
def inputs(balanced_release: Path) -> dict[str, Any]:
    release = open_release(balanced_release)
    return {name: release.table(name) for name in release.names}


Made = tuple["ReservationProblem", dict[str, Any], "Plan"]


@pytest.fixture(scope="module")
def made(inputs: dict[str, Any], parameters: Parameters) -> Made:
    problem, tables = assemble(inputs, parameters, reference_year=REFERENCE_YEAR)
    return problem, {**inputs, **tables}, make_plan(problem, parameters.reservation)


def test_it_passes_the_checks_of_rules_tables_and_geometry(made: Made, parameters: Parameters) -> None:
    problem, tables, plan = made
    written = plan_tables(problem, plan, parameters.reservation)
    found = check_plan(problem, plan, tables={**tables, **written}, parameters=parameters.reservation)
    assert found == ()
    assert plan.chosen.sum() > 50
    assert {aim.status for aim in plan.aims} <= {"optimal", "within_gap"}


def test_a_plot_moved_next_to_a_noisy_one_is_seen(made: Made, parameters: Parameters) -> None:
    problem, tables, plan = made
    quiet = [at for at in np.flatnonzero(plan.chosen) if problem.function[at] in problem.quiet]
    noisy = [at for at in np.flatnonzero(plan.chosen) if problem.function[at] in problem.noisy]
    ids = problem.sites["site_id"].astype(str).to_numpy()
    parks = problem.sites["park_id"].astype(str).to_numpy()
    # within one park, parts without plots may share an outline
    moved, still = next(
        (one, two) for one in quiet for two in noisy if parks[problem.site[one]] != parks[problem.site[two]]
    )
    plots = tables["plots"].set_index("plot_id", drop=False)
    plots.loc[ids[problem.site[moved]], "geometry"] = plots.loc[ids[problem.site[still]], "geometry"]
    found = check_plan(problem, plan, tables={**tables, "plots": plots}, parameters=parameters.reservation)
    assert {"neighbour_space", "overlap"} <= {violation.kind for violation in found}


def test_rows_in_another_order_give_the_same_plan(
    made: Made, inputs: dict[str, Any], parameters: Parameters
) -> None:
    problem, _, plan = made
    shuffled = {name: table.sample(frac=1, random_state=3) for name, table in inputs.items()}
    other, _ = assemble(shuffled, parameters, reference_year=REFERENCE_YEAR)
    one, two = build_model(problem).model, build_model(other).model
    assert np.array_equal(one.matrix.toarray(), two.matrix.toarray())
    assert np.array_equal(one.row_low, two.row_low)
    again = make_plan(other, parameters.reservation)
    assert (again.start == plan.start).all()
    assert [(aim.name, aim.status) for aim in again.aims] == [(aim.name, aim.status) for aim in plan.aims]
    assert [aim.final for aim in again.aims] == pytest.approx([aim.final for aim in plan.aims], rel=1e-9)
