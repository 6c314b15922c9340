"""Shared functions over municipalities: the whole step, and one function at a time for a live session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.sharing.alignment import find_alignment, find_partners, needs_alignment
from analysis.sharing.allocation import Allocation, allocate_all, allocate_one, joint_rules, rules_left
from analysis.sharing.curve import CurvePoint, equity_curve, point_of
from analysis.sharing.figures import find_figures
from analysis.sharing.handouts import handouts
from analysis.sharing.instance import Instance, build_instance, capacity_short, unknown_function
from analysis.sharing.limits import limits_of
from analysis.sharing.places import find_places
from analysis.sharing.stated import stated_assumptions
from analysis.sharing.tables import all_facilities, assignments, burdens, equity, service_areas
from analysis.sharing.travel import Travel, find_travel
from gis.errors import InputError, Problem
from gis.parallel import map_processes
from layers.dutch import list_nl, number_nl
from layers.results_sharing import SHARING_LAYERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.sharing.location import LocationOutcome, SiteRule
    from analysis.solving.outcome import Limits
    from layers.parameters import Parameters

_SOME: Final = 1e-6
CURVE_GAP: Final = 5e-3
"""Gap asked of a point of the curve: seconds of travel do not change a choice."""
MANY: Final = 6
"""From so many functions on, more processes are worth their start."""
WORKERS: Final = 2


@dataclass(frozen=True)
class Survey:
    """What is measured once for all functions.

    Attributes
    ----------
    figures, places, plots, travel
        As their modules give them.
    municipalities
        The layer, sorted by code.
    names
        Name per code.
    """

    figures: pd.DataFrame
    places: pd.DataFrame
    plots: pd.DataFrame
    travel: Travel
    municipalities: pd.DataFrame
    names: pd.Series


def survey(tables: Mapping[str, Any], parameters: Parameters) -> Survey:
    """Measure places, times and figures.

    Raises
    ------
    InputError
        When the release holds no candidates.
    """
    places, plots = find_places(tables, parameters)
    areas = tables["municipalities"].sort_values("municipality_code", ignore_index=True)
    known = places[places["municipality_code"].isin(areas["municipality_code"])]
    travel = find_travel(tables, parameters, known.drop_duplicates("site_id"))
    names = areas.set_index("municipality_code")["name"].astype(object)
    return Survey(find_figures(tables), known.reset_index(drop=True), plots, travel, areas, names)


def share_functions(tables: Mapping[str, Any], parameters: Parameters) -> dict[str, pd.DataFrame]:
    """Find which functions need alignment and allocate them over the municipalities.

    Parameters
    ----------
    tables
        All tables of a release by name, with those of the reservation candidates.
    parameters
        ``sharing`` decides; everything else is used as it stands in the release.

    Returns
    -------
    dict
        ``alignment_functions``, ``alignment_partners``, ``shared_functions`` (geometry),
        ``shared_assignments``, ``shared_service_areas`` (geometry), ``shared_equity``, ``shared_burdens``,
        ``shared_handouts``, ``shared_travel``, ``shared_assumptions``.

    Raises
    ------
    InputError
        When the release holds no candidates, a parameter names an unknown function, or a number of facilities
        is asked that the places do not allow; all of them at once.
    """
    found = survey(tables, parameters)
    alignment = find_alignment(tables, found.figures)
    instances, reasons = _instances(found, parameters, _wanted(alignment, found, parameters))
    sharing = parameters.sharing
    limits = limits_of(sharing)
    rules = joint_rules(instances, found.plots, sharing.burdens_per_host)
    allocation = allocate_all(instances, rules, limits)
    alignment = _with_result(alignment, allocation, reasons)
    chosen = all_facilities(allocation, found.names)
    served = pd.concat(
        [
            assignments(instance, allocation.outcomes[name], found.travel, found.names)
            for name, instance in allocation.instances.items()
        ],
        ignore_index=True,
    ).sort_values(["function_id", "municipality_code", "facility_id"], ignore_index=True)
    hosted = burdens(chosen, tables, allocation, sharing.burdens_per_host)
    curves = _curves(allocation, parameters, limits)
    return in_declared_order(
        {
            "alignment_functions": alignment,
            "alignment_partners": find_partners(tables, found.figures, found.travel),
            "shared_functions": chosen,
            "shared_assignments": served,
            "shared_service_areas": service_areas(chosen, served, tables),
            "shared_equity": curves,
            "shared_burdens": hosted,
            "shared_handouts": handouts(tables, alignment, chosen, served, hosted),
            "shared_travel": found.travel.table(),
            "shared_assumptions": stated_assumptions(parameters, found.travel),
        }
    )


def in_declared_order(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Put the columns of each table in the order in which its layer declares them."""
    layers = {layer.name: layer for layer in SHARING_LAYERS}
    result = {}
    for name, table in tables.items():
        columns = [column.name for column in layers[name].columns]
        result[name] = table[[*columns, "geometry"]] if "geometry" in table else table[columns]
    return result


def _wanted(alignment: pd.DataFrame, found: Survey, parameters: Parameters) -> tuple[str, ...]:
    """Give the functions to allocate, and refuse names that are not known."""
    named = [*parameters.sharing.functions, *parameters.sharing.facilities]
    unknown = [name for name in dict.fromkeys(named) if name not in found.figures.index]
    if unknown:
        raise InputError(
            *(problem for name in unknown for problem in unknown_function(name, found.figures.index).problems)
        )
    return tuple(sorted(set(parameters.sharing.functions))) or needs_alignment(alignment)


def _instances(
    found: Survey, parameters: Parameters, functions: tuple[str, ...]
) -> tuple[dict[str, Instance], dict[str, str]]:
    """Make the problems; a function without places or figures keeps its reason."""
    instances: dict[str, Instance] = {}
    reasons: dict[str, str] = {}
    wrong: list[Problem] = []
    for name in functions:
        asked = parameters.sharing.facilities.get(name)
        try:
            instances[name] = build_instance(
                name,
                found.places,
                found.travel,
                found.municipalities,
                found.figures,
                facilities=asked,
                single=parameters.sharing.single,
            )
        except InputError as error:
            # a number that was asked for must be possible; a lack of places is a result
            if asked is not None or name in parameters.sharing.functions:
                wrong += error.problems
            else:
                reasons[name] = error.problems[0].message
    if wrong:
        raise InputError(*wrong)
    if not instances:
        raise InputError(
            Problem(
                "no function has both a catchment and an eligible place",
                "See alignment_functions and reservation_candidates for why.",
                layer="reservation_candidates",
            )
        )
    return instances, reasons


def _with_result(alignment: pd.DataFrame, allocation: Allocation, reasons: dict[str, str]) -> pd.DataFrame:
    """Add what became of each function."""
    rows = []
    for name in alignment["function_id"].astype(str):
        row: dict[str, Any] = {"result": "not_allocated", "facilities": 0, "places": 0, "unserved": np.nan}
        row["result_nl"] = reasons.get(name, "")
        if name in allocation.instances:
            instance, outcome = allocation.instances[name], allocation.outcomes[name]
            unserved = instance.unserved(outcome)
            row["result"] = "short" if unserved > _SOME else "allocated"
            row["facilities"] = int(outcome.opened[: len(instance.places)].sum())
            row["places"] = len(instance.places)
            row["unserved"] = unserved
            if unserved > _SOME:
                row["result_nl"] = (
                    f"Capaciteit tekort: {number_nl(unserved)} inwoners hebben geen plek bij "
                    f"{row['facilities']} voorzieningen op {row['places']} geschikte terreinen."
                )
            if instance.unreached:
                more = f"Niet beoordeeld, want de reistijd is onbekend: {list_nl(instance.unreached)}."
                row["result_nl"] = f"{row['result_nl']} {more}".lstrip()
        elif name in reasons:
            row["result"] = "no_place"
            row["result_nl"] = "Geen enkel terrein komt in aanmerking."
        rows.append(row)
    return pd.concat([alignment, pd.DataFrame(rows)], axis=1)


def _curves(allocation: Allocation, parameters: Parameters, limits: Limits) -> pd.DataFrame:
    """Give the curve of every function, side by side when there are many."""
    sharing = parameters.sharing
    seconds = None if limits.seconds is None else sharing.curve_seconds * max(1, len(sharing.equity_loss))
    each = replace(limits, seconds=seconds, gap=max(limits.gap, CURVE_GAP))
    tasks = [
        _Curve(
            name,
            instance,
            allocation.outcomes[name],
            tuple(rules_left(allocation.instances, allocation.opened, allocation.rules, name)),
            sharing.equity_loss,
            sharing.tail_share,
            each,
        )
        for name, instance in allocation.instances.items()
    ]
    workers = WORKERS if len(tasks) >= MANY and sharing.equity_loss else 1
    return pd.concat(map_processes(_curve, tasks, workers), ignore_index=True)


@dataclass(frozen=True)
class _Curve:
    """What the curve of one function is made from."""

    name: str
    instance: Instance
    cheapest: LocationOutcome
    rules: tuple[SiteRule, ...]
    losses: tuple[float, ...]
    share: float
    limits: Limits


def _curve(task: _Curve) -> pd.DataFrame:
    points = [
        point_of(task.instance, task.cheapest, 0.0, task.share),
        *equity_curve(
            task.instance,
            task.cheapest,
            task.rules,
            losses=task.losses,
            share=task.share,
            limits=task.limits,
        ),
    ]
    return equity(task.name, task.instance, points)


@dataclass(frozen=True)
class Allocated:
    """One function, allocated live.

    Attributes
    ----------
    instance, outcome
        The problem and its solution.
    facilities, assignments, service_areas, curve
        Tables as of the whole step.
    short
        Demand that the largest places of the number asked cannot hold, zero when they can.
    """

    instance: Instance
    outcome: LocationOutcome
    facilities: pd.DataFrame
    assignments: pd.DataFrame
    service_areas: pd.DataFrame
    curve: pd.DataFrame
    short: float


def allocate(
    tables: Mapping[str, Any],
    parameters: Parameters,
    *,
    function: str,
    facilities: int | tuple[int, int] | None = None,
    single: bool | None = None,
    measure: str = "catchment",
    curve: bool = False,
) -> Allocated:
    """Allocate one function by itself.

    Parameters
    ----------
    tables, parameters
        As `share_functions`.
    function
        Its id.
    facilities
        Number, or fewest and most; that of the parameters or of capacity when not given.
    single
        Whether a municipality uses one place; that of the parameters when not given.
    measure
        ``catchment`` for inhabitants, ``throughput`` for kt a year as the land demand estimates them.
    curve
        Whether the price of fairness is worked out too.

    Raises
    ------
    InputError
        For an unknown function, one without places, and a number of facilities that is too small: with how
        much capacity is short.
    """
    found = survey(tables, parameters)
    sharing = parameters.sharing
    instance = build_instance(
        function,
        found.places,
        found.travel,
        found.municipalities,
        found.figures,
        facilities=sharing.facilities.get(function) if facilities is None else facilities,
        single=sharing.single if single is None else single,
        measure=measure,
        demand=tonnes(tables, function) if measure == "throughput" else None,
    )
    limits = limits_of(sharing)
    instance, outcome = allocate_one(instance, limits)
    _refuse_short(instance, outcome)
    allocation = Allocation({function: instance}, {function: outcome}, (), {function: outcome.bound}, ())
    chosen = all_facilities(allocation, found.names)
    served = assignments(instance, outcome, found.travel, found.names)
    points: list[CurvePoint] = [point_of(instance, outcome, 0.0, sharing.tail_share)]
    if curve:
        points += equity_curve(
            instance, outcome, (), losses=sharing.equity_loss, share=sharing.tail_share, limits=limits
        )
    return Allocated(
        instance=instance,
        outcome=outcome,
        facilities=chosen,
        assignments=served,
        service_areas=service_areas(chosen, served, tables),
        curve=equity(function, instance, points),
        short=capacity_short(instance),
    )


def _refuse_short(instance: Instance, outcome: LocationOutcome) -> None:
    """Name the capacity that is short."""
    unserved = instance.unserved(outcome)
    if unserved <= _SOME:
        return
    unit = "inhabitants" if instance.measure == "catchment" else "kt a year"
    short = capacity_short(instance)
    why = (
        f"the largest {instance.number[1]} of {len(instance.places)} places hold {short:,.0f} {unit} too few"
        if short > _SOME
        else "no division of whole municipalities fits"
    )
    raise InputError(
        Problem(
            f"{instance.number[1]} facilities of {instance.function} are too few: {unserved:,.0f} {unit} "
            f"have no place ({why})",
            "Ask more facilities, let municipalities split, or find larger places.",
            field="parameters.sharing.facilities",
            rows=(instance.function,),
        )
    )


def tonnes(tables: Mapping[str, Any], function: str) -> pd.Series:
    """Give kt a year per municipality: what the land demand expects per sub-area, by inhabitants within it.

    Raises
    ------
    InputError
        When the release holds no tonnes for this function.
    """
    capacity = tables.get("secondary_capacity")
    rows = None if capacity is None else capacity[capacity["function_id"] == function]
    if rows is None or not len(rows):
        raise InputError(
            Problem(
                f"no tonnes are known for {function}",
                "Allocate by inhabitants, or assess the land demand first.",
                layer="secondary_capacity",
                rows=(function,),
            )
        )
    last = rows[rows["year"] == rows["year"].max()].groupby("sub_area")["tonnes_mid"].sum()
    areas = tables["municipalities"].set_index("municipality_code").sort_index()
    people = areas["inhabitants"].astype("Float64").astype(np.float64)
    share = people / people.groupby(areas["sub_area"]).transform("sum")
    return pd.Series(areas["sub_area"].map(last).astype(np.float64) * share / 1000.0)
