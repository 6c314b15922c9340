"""The reservation plan of a release: candidates, the plan, who shares what, the structure and the pilots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.pilots.find import find_pilots
from analysis.reservation.assemble import assemble
from analysis.reservation.checker import check_plan
from analysis.reservation.clash_tables import explain_shortage
from analysis.reservation.conflicts import find_conflicts
from analysis.reservation.plan import make_plan
from analysis.reservation.plan_tables import plan_tables
from analysis.reservation.protection import propose_locations
from analysis.reservation.relaxations import relaxations_of
from analysis.reservation.tradeoff import trade_off, trade_off_table
from analysis.reservation.validate import check_problem
from analysis.sharing.share import share_functions
from analysis.structure.build import build_structure
from api.jobs.changes import Changes
from api.jobs.derive import ReleaseTables, derive, parameters_of
from gis.errors import InputError, Problem, ReleaseError
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from analysis.reservation.problem import Plan, ReservationProblem
    from layers.parameters import Parameters
    from layers.release import Release

UNDECIDED = ("exploration", "candidate")
"""Statuses in the procedure in which nothing has been proposed to anybody yet."""


def reserve(
    parent: Release,
    out: Path,
    changes: Changes | None = None,
    *,
    robust: bool = False,
    progress: Callable[[str], None] | None = None,
    render: Callable[..., None] | None = None,
) -> Release:
    """Make the reservation plan of a release, as a release of its own.

    Parameters
    ----------
    parent
        A release with land demand.
    out
        Folder of releases.
    changes
        To the parameters of the release.
    robust
        Whether weights, futures, alternatives and replacements are worked through as well (minutes).

    Returns
    -------
    Release
        The parent's tables with the plan beside them, and the parent on record.

    Raises
    ------
    InputError
        When the release holds no land demand, or the parameters cannot be used; see
        `analysis.reservation.assemble.assemble`.
    ReleaseError
        When the plan does not pass the independent check, or the release cannot be written.
    """
    tell = progress or _silent
    _require_demand(parent)
    parameters = (changes or Changes()).apply(parameters_of(parent))
    tables = ReleaseTables(parent)
    tell("judging sites")
    year = int(str(parent.project["reference_date"])[:4])
    problem, made = assemble(tables, parameters, reference_year=year)
    settings = parameters.reservation
    check_problem(
        problem, weights={str(name): value for name, value in settings.weights.items()}, aims=settings.aims
    )
    tell("making the plan")
    plan = make_plan(problem, settings)
    all_tables = {**tables, **made}
    refuse_broken(problem, plan, all_tables, parameters)
    made |= plan_tables(problem, plan, settings)
    all_tables |= made
    made |= _explained(problem, plan, all_tables, parameters, tell)
    labels: pd.DataFrame | None = None
    if robust:
        from analysis.reservation.robust import assess_robustness

        tell("trying other weights, futures and alternatives")
        made |= assess_robustness(problem, plan, all_tables, parameters, progress=tell)
        labels = made["site_labels"]
    made |= propose_locations(problem, plan, {**all_tables, **made}, parameters, labels=labels)
    tell("sharing functions over municipalities")
    made |= share_functions({**all_tables, **made}, parameters)
    tell("drawing the structure and the pilots")
    made |= build_structure({**all_tables, **made}, parameters)
    made |= find_pilots({**all_tables, **made}, parameters, reference_year=year)
    step = {"job": "reserve", "robust": robust, "solver": plan.solver}
    levels = levels_of(made, str(parent.project["procedure_status"]))
    return derive(parent, out, made, parameters, step, levels=levels, progress=tell, render=render)


def levels_of(names: Iterable[str], procedure_status: str) -> dict[str, Level]:
    """Give who may see what a plan proposes.

    Locations that are not decided on yet are worth money to who buys land, so until the status of the project
    is draft or later everything that a plan says stays inside the province.
    """
    if procedure_status not in UNDECIDED:
        return {}
    return dict.fromkeys(names, Level.PROVINCE)


def _explained(
    problem: ReservationProblem,
    plan: Plan,
    tables: Mapping[str, Any],
    parameters: Parameters,
    tell: Callable[[str], None],
) -> dict[str, pd.DataFrame]:
    """Tell what runs short and why, what it costs in people, and what housing plans and reservations do."""
    settings = parameters.reservation
    tell("looking for ways out")
    names = dict(
        zip(
            tables["reservation_functions"]["function"].astype(str),
            tables["reservation_functions"]["name_nl"].astype(str),
            strict=True,
        )
    )
    relaxations = relaxations_of(tables, parameters)
    made = explain_shortage(problem, plan, settings, relaxations, names=names)
    # a curve has two axes
    if len(settings.aims) > 1:
        curve = trade_off(problem, settings, start=plan.start)
        made["plan_tradeoff"] = trade_off_table(problem, curve, settings)
    return {**made, **find_conflicts(problem, plan.start, tables, parameters)}


def refuse_broken(
    problem: ReservationProblem, plan: Plan, tables: Mapping[str, Any], parameters: Parameters
) -> None:
    """Refuse a plan that the independent check does not pass.

    Raises
    ------
    ReleaseError
        With every rule that is broken.
    """
    found = check_plan(problem, plan, tables=tables, parameters=parameters.reservation)
    if found:
        lines = "\n".join(f"{item.kind} {', '.join(item.ids)}: {item.message}" for item in found)
        raise ReleaseError(f"The plan does not pass the check, so nothing is released:\n{lines}")


def _require_demand(release: Release) -> None:
    if "land_demand" not in release.names:
        raise InputError(
            Problem(
                "this release holds no land demand, so there is nothing to reserve for",
                "Put assess = true under [parameters.space] in the project file and run the project again.",
                file=str(release.path),
            )
        )


def _silent(message: str) -> None:
    """Tell nobody."""
