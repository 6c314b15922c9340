"""Where so many facilities serve all municipalities within n minutes or km, and who gets which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.sharing.capacitated import solve_location
from analysis.sharing.instance import build_instance, capacity_short, number_of_places
from analysis.sharing.limits import limits_of
from analysis.sharing.share import survey
from analysis.sharing.tables import all_facilities, assignments
from gis.errors import InputError, Problem
from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.sharing.instance import Instance
    from analysis.sharing.location import LocationOutcome
    from analysis.sharing.share import Survey
    from analysis.solving.outcome import Limits
    from layers.parameters import Parameters

_SOME: Final = 1e-6
FAR_MINUTES: Final = 500.0
"""What an inhabitant beyond the limit counts: serving within the limit comes before nearness."""


@dataclass(frozen=True)
class CoverageAnswer:
    """The answer per function.

    Attributes
    ----------
    functions
        One row per function: number asked, ``smallest_number`` that serves all within the limit (missing when
        none does), ``smallest_limit`` within which the number asked serves all, inhabitants and
        municipalities within the limit, ``short`` of capacity, ``gap`` and ``answer_nl``.
    facilities, assignments
        Sites and who gets which, as in the tables of the release; ``within`` tells who is within the limit.
    """

    functions: pd.DataFrame
    facilities: pd.DataFrame
    assignments: pd.DataFrame


def coverage_answer(
    tables: Mapping[str, Any],
    parameters: Parameters,
    facilities: Mapping[str, int],
    *,
    within: float,
    unit: str = "min",
) -> CoverageAnswer:
    """Answer the question for each function.

    Parameters
    ----------
    tables, parameters
        As `analysis.sharing.share.share_functions`.
    facilities
        Number per function id, such as ``{"F05": 1, "F10": 3}``.
    within
        Limit on the way of a municipality.
    unit
        ``min`` or ``km``.

    Raises
    ------
    InputError
        For unknown functions, functions without places, numbers that the places do not allow.

    Notes
    -----
    When the number asked cannot hold all inhabitants, the places are chosen without regard to capacity and
    what is short is stated.
    """
    if not facilities or within <= 0 or unit not in ("min", "km"):
        raise InputError(
            Problem(
                f"asked was {dict(facilities)} within {within:g} {unit}",
                "Name at least one function with its number, and a limit above zero in min or km.",
                field="within",
            )
        )
    found = survey(tables, parameters)
    rows, chosen, served = [], [], []
    for function, number in sorted(facilities.items()):
        row, sites, who = _one(found, parameters, function, number, within, unit)
        rows.append(row)
        chosen.append(sites)
        served.append(who)
    return CoverageAnswer(pd.DataFrame(rows), pd.concat(chosen), pd.concat(served, ignore_index=True))


def _one(
    found: Survey, parameters: Parameters, function: str, number: int, within: float, unit: str
) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame]:
    from analysis.sharing.allocation import Allocation

    instance = _instance(found, parameters, function, number, limited=True)
    short = capacity_short(instance)
    if short > _SOME:
        instance = _instance(found, parameters, function, number, limited=False)
    sharing = parameters.sharing
    limits = limits_of(sharing)
    reach = _reach(instance, found, unit)
    outcome = solve_location(_priced(instance, reach > within), limits)
    smallest = smallest_number(instance, reach, within, limits)
    nearest = smallest_limit(instance, reach, limits)
    who = assignments(instance, outcome, found.travel, found.names)
    who["within"] = np.where(who["minutes" if unit == "min" else "km"] <= within + _SOME, "yes", "no")
    allocation = Allocation({function: instance}, {function: outcome}, (), {function: outcome.bound}, ())
    sites = all_facilities(allocation, found.names)
    far = sorted(str(name) for name in who.loc[who["within"] == "no", "municipality"].unique())
    row = {
        "function_id": function,
        "name_nl": instance.figure["name_nl"],
        "asked": number,
        "within": within,
        "unit": unit,
        "smallest_number": smallest,
        "smallest_limit": nearest,
        "municipalities": len(instance.codes),
        "municipalities_within": len(instance.codes) - len(far),
        "inhabitants_within": float(who.loc[who["within"] == "yes", "inhabitants"].sum()),
        "inhabitants": float(instance.people.sum()),
        "short": short,
        "basis": found.travel.basis,
        "gap": outcome.gap,
        "not_assessed": ";".join(instance.left_out),
    }
    row["answer_nl"] = _answer_nl(row, sites, far)
    return row, sites, who


def _instance(
    found: Survey, parameters: Parameters, function: str, number: int, *, limited: bool
) -> Instance:
    return build_instance(
        function,
        found.places,
        found.travel,
        found.municipalities,
        found.figures,
        facilities=number,
        single=parameters.sharing.single,
        limited=limited,
    )


def _reach(instance: Instance, found: Survey, unit: str) -> NDArray[np.float64]:
    """Give minutes or km per link; the place that serves nobody is out of reach."""
    if unit == "min":
        matrix = instance.minutes.copy()
    else:
        row = {code: place for place, code in enumerate(found.travel.municipalities)}
        column = {site: place for place, site in enumerate(found.travel.sites)}
        rows = [row[str(code)] for code in instance.codes]
        columns = [column[str(site)] for site in instance.places["site_id"]]
        kilometres = found.travel.kilometres[np.ix_(rows, columns)]
        matrix = np.hstack([kilometres, np.zeros((len(rows), 1))])
    matrix[:, -1] = np.inf
    return np.asarray(matrix[instance.problem.client, instance.problem.site])


def _priced(instance: Instance, far: NDArray[np.bool_]) -> Any:
    """Let every inhabitant beyond the limit count for more than nearness can win."""
    problem = instance.problem
    nobody = problem.site == len(instance.places)
    extra = np.where(far & ~nobody, FAR_MINUTES, 0.0) * instance.share[problem.client]
    return replace(problem, cost=problem.cost + extra)


def smallest_number(
    instance: Instance, reach: NDArray[np.float64], within: float, limits: Limits
) -> int | None:
    """Give the fewest facilities that serve all within the limit, None when no number does."""
    outcome = _cover(instance, reach, within, len(instance.places), limits)
    return None if outcome is None else int(outcome.opened[: len(instance.places)].sum())


def smallest_limit(instance: Instance, reach: NDArray[np.float64], limits: Limits) -> float | None:
    """Give the smallest limit within which the number asked serves all, None when no limit does."""
    values = np.unique(reach[np.isfinite(reach)])
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if _cover(instance, reach, float(values[middle]), instance.number[1], limits) is None:
            low = middle + 1
        else:
            high = middle
    return float(values[low]) if low < len(values) else None


def _cover(
    instance: Instance, reach: NDArray[np.float64], within: float, most: int, limits: Limits
) -> LocationOutcome | None:
    """Serve all within a limit from as few places as can be; None when that takes more than `most`."""
    problem = instance.problem
    near = reach <= within + _SOME
    if not np.isin(np.arange(problem.clients), problem.client[near]).all():
        return None
    places = len(instance.places)
    part = replace(
        problem,
        client=problem.client[near],
        site=problem.site[near],
        cost=np.zeros(int(near.sum())),
        fixed=np.append(np.ones(places), 0.0),
        rules=(number_of_places(places, 0, most),),
    )
    outcome = solve_location(part, limits)
    return outcome if outcome.feasible else None


def _answer_nl(row: dict[str, Any], sites: pd.DataFrame, far: list[str]) -> str:
    """Say it in words."""
    unit = "minuten" if row["unit"] == "min" else "km"
    where = list_nl(
        [f"{site} ({host})" for site, host in zip(sites["site_name"], sites["host"], strict=True)]
    )
    limit = f"{number_nl(row['within'])} {unit}"
    text = f"{row['name_nl']}: {row['asked']} op {where}. "
    if far:
        text += (
            f"Binnen {limit} liggen {row['municipalities_within']} van de {row['municipalities']} gemeenten"
        )
        text += f"; verder weg: {list_nl(far, most=6)}. "
    else:
        text += f"Alle {row['municipalities']} gemeenten liggen binnen {limit}. "
    if row["smallest_number"] is None:
        text += "Geen enkel aantal haalt dat voor alle gemeenten. "
    else:
        text += f"Het kleinste aantal dat dat voor alle gemeenten haalt is {row['smallest_number']}. "
    if row["smallest_limit"] is not None:
        reached = number_nl(row["smallest_limit"], 1)
        text += f"Met {row['asked']} is {reached} {unit} haalbaar voor alle gemeenten."
    if row["short"] > _SOME:
        text += (
            f" Let op: zo'n aantal is te klein voor {number_nl(row['short'])} inwoners; de plekken zijn "
            "gekozen zonder op capaciteit te letten."
        )
    return text
