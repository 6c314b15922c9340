"""One shared function as a location problem: municipalities are served from places within their limits.

Costs are minutes, averaged over all inhabitants: what municipality m costs from place s is its share of the
inhabitants times the minutes. Beside the places stands one that serves nobody at a high price, so that a
lack of capacity shows as inhabitants without a facility and never as a failure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.sharing.figures import capacity_of
from analysis.sharing.location import LocationOutcome, LocationProblem, SiteRule
from analysis.sharing.places import opening_minutes
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.sharing.travel import Travel

UNSERVED_MINUTES: Final = 1000.0
"""What an inhabitant without a facility counts, far above any time: shortage comes first."""
THOUSAND: Final = 1000.0
_SOME: Final = 1e-6


@dataclass(frozen=True)
class Instance:
    """A function with its places and municipalities.

    Attributes
    ----------
    function
        Its id.
    figure
        As a row of `analysis.sharing.figures.find_figures`.
    places
        Its rows of `analysis.sharing.places.find_places`, numbered from zero.
    codes, people, demand
        Municipalities that can be served, their inhabitants and their demand (inhabitants, or kt a year).
    left_out
        Municipalities without a known time or number of inhabitants: not assessed.
    unreached
        Names of places to which no time is known from anywhere; they are no candidates: not assessed.
    minutes
        ``(municipalities, places + 1)``; the last column is the place that serves nobody.
    measure
        ``catchment`` (inhabitants) or ``throughput`` (kt a year).
    number
        Fewest and most facilities.
    asked
        Whether the number was asked for, or follows from capacity.
    problem
        Places first, the place that serves nobody last.
    """

    function: str
    figure: pd.Series
    places: pd.DataFrame
    codes: NDArray[Any]
    people: NDArray[np.float64]
    demand: NDArray[np.float64]
    left_out: tuple[str, ...]
    unreached: tuple[str, ...]
    minutes: NDArray[np.float64]
    measure: str
    number: tuple[int, int]
    asked: bool
    problem: LocationProblem

    @property
    def link_minutes(self) -> NDArray[np.float64]:
        """Minutes of each link, ``(e,)``."""
        return np.asarray(self.minutes[self.problem.client, self.problem.site], dtype=np.float64)

    @property
    def share(self) -> NDArray[np.float64]:
        """Share of the inhabitants per municipality."""
        return np.asarray(self.people / self.people.sum(), dtype=np.float64)

    def unserved(self, outcome: LocationOutcome) -> float:
        """Give the demand without a facility, in inhabitants or kt."""
        nobody = self.problem.site == len(self.places)
        return float(outcome.served[nobody] @ self.demand[self.problem.client[nobody]])

    def mean_minutes(self, outcome: LocationOutcome) -> NDArray[np.float64]:
        """Give the mean minutes per municipality over those that are served, missing when nobody is."""
        served = self.problem.site < len(self.places)
        client, share = self.problem.client[served], outcome.served[served]
        total = np.bincount(client, weights=share, minlength=len(self.codes))
        time = np.bincount(client, weights=share * self.link_minutes[served], minlength=len(self.codes))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(total > _SOME, time / total, np.nan)

    def with_number(self, low: int, high: int) -> Instance:
        """Give the same function with another number of facilities."""
        rule = number_of_places(len(self.places), low, high)
        return replace(self, number=(low, high), problem=replace(self.problem, rules=(rule,)))


def number_of_places(places: int, low: int, high: int) -> SiteRule:
    """Bound the number of facilities; the place that serves nobody does not count."""
    return SiteRule("number", np.arange(places), np.ones(places), low, high)


def build_instance(
    function: str,
    places: pd.DataFrame,
    travel: Travel,
    municipalities: pd.DataFrame,
    figures: pd.DataFrame,
    *,
    facilities: int | tuple[int, int] | None = None,
    single: bool = True,
    measure: str = "catchment",
    demand: pd.Series | None = None,
    limited: bool = True,
) -> Instance:
    """Make the problem of one function.

    Parameters
    ----------
    function
        Its id.
    places
        Candidate places of this or of all functions.
    travel
        Times.
    municipalities
        ``municipality_code``, ``inhabitants``.
    figures
        As `analysis.sharing.figures.find_figures`.
    facilities
        Number asked, or fewest and most; what capacity asks for when not given.
    single
        Whether a municipality uses one place, or as few as its size asks; else it may split at will.
    measure, demand
        ``catchment`` with inhabitants, or ``throughput`` with kt a year per municipality code.
    limited
        Whether places have a capacity.

    Raises
    ------
    InputError
        For an unknown function, one without a catchment or one without any candidate place.
    """
    if function not in figures.index:
        raise unknown_function(function, figures.index)
    figure = pd.Series(figures.loc[function])
    mine = places[(places["function_id"] == function) & (places["lock"].fillna("") != "out")]
    mine = mine.sort_values("site_id", ignore_index=True)
    column = {name: place for place, name in enumerate(travel.sites)}
    minutes = travel.minutes[:, [column[str(name)] for name in mine["site_id"]]]
    _check(function, figure, mine, minutes, measure)
    reached = np.flatnonzero(np.isfinite(minutes).any(axis=0))
    unreached = mine.drop(index=mine.index[reached])
    mine, minutes = mine.iloc[reached].reset_index(drop=True), minutes[:, reached]
    people = municipalities.set_index("municipality_code")["inhabitants"].astype("Float64").astype(np.float64)
    codes = np.array(travel.municipalities, dtype=object)
    count = np.asarray(people.reindex(codes), dtype=np.float64)
    wanted = count if demand is None else np.asarray(demand.reindex(codes), dtype=np.float64)
    known = np.isfinite(minutes).any(axis=1) & np.isfinite(count) & np.isfinite(wanted) & (count > 0)
    capacity = np.full(len(mine), np.inf)
    if limited:
        capacity = capacity_of(mine["largest_ha"].to_numpy(dtype=np.float64), figure, measure)
    problem = _problem(
        figure, mine, minutes[known], count[known], wanted[known], capacity, single=single, measure=measure
    )
    outside = np.full((int(known.sum()), 1), UNSERVED_MINUTES)
    instance = Instance(
        function=function,
        figure=figure,
        places=mine,
        codes=codes[known],
        people=count[known],
        demand=wanted[known],
        left_out=tuple(str(code) for code in codes[~known]),
        unreached=tuple(unreached["site_name"].astype(str)),
        minutes=np.hstack([minutes[known], outside]),
        measure=measure,
        number=(0, len(mine)),
        asked=facilities is not None,
        problem=problem,
    )
    return instance.with_number(*_number(instance, capacity, facilities))


def unknown_function(function: str, known: pd.Index) -> InputError:
    """Say that a function is not known."""
    listed = ", ".join(str(name) for name in known)
    return InputError(
        Problem(f"the function {function!r} is not known", f"Use one of: {listed}.", field="function")
    )


def _check(
    function: str, figure: pd.Series, places: pd.DataFrame, minutes: NDArray[np.float64], measure: str
) -> None:
    if np.isnan(float(figure[f"{measure}_mid"])):
        raise InputError(
            Problem(
                f"no {measure} is known for {function}, so that its number and capacity cannot be told",
                "Give the figure in the file function_figures of the project.",
                layer="demand_figures",
                rows=(function,),
            )
        )
    if not len(places):
        raise InputError(
            Problem(
                f"no place is eligible for {function}, 0 candidates in all municipalities",
                f"See which rule forbids them with `kringruimte why-not PARK --function {function}`.",
                layer="reservation_candidates",
                rows=(function,),
            )
        )
    if not np.isfinite(minutes).any():
        raise InputError(
            Problem(
                f"no place of {function} can be reached over the road network",
                "Repair the layer roads, or leave it out to use the approximation.",
                layer="roads",
                rows=(function,),
            )
        )
    agreed = (places["lock"] == "in").to_numpy(dtype=np.bool_)
    lost = places[agreed & ~np.isfinite(minutes).any(axis=0)]
    if len(lost):
        raise InputError(
            Problem(
                f"a place that was agreed on for {function} cannot be reached over the road network",
                "Repair the layer roads, or take the outcome back.",
                layer="roads",
                rows=tuple(lost["site_id"].astype(str)),
            )
        )


def _problem(
    figure: pd.Series,
    places: pd.DataFrame,
    minutes: NDArray[np.float64],
    people: NDArray[np.float64],
    demand: NDArray[np.float64],
    capacity: NDArray[np.float64],
    *,
    single: bool,
    measure: str,
) -> LocationProblem:
    total = people.sum()
    costs = np.hstack([minutes, np.full((len(people), 1), UNSERVED_MINUTES)]) * (people / total)[:, None]
    client, site = np.nonzero(np.isfinite(costs))
    scale = THOUSAND if measure == "catchment" else 1.0
    # a place of usual size must be able to take a part, not only the largest one
    usual = float(figure[f"{measure}_mid"])
    largest = min(capacity.max(initial=0.0), usual) if np.isfinite(usual) else capacity.max(initial=0.0)
    parts = np.ones(len(people), dtype=np.int64)
    if np.isfinite(capacity).all() and largest > 0:
        parts = np.maximum(1, np.ceil(demand / largest - _SOME)).astype(np.int64)
    opening = opening_minutes(places).to_numpy(dtype=np.float64)
    catchment = float(figure["catchment_mid"])
    catchment = total / max(1, len(places)) if np.isnan(catchment) else min(catchment, total)
    return LocationProblem(
        demand=demand / scale,
        capacity=np.append(capacity / scale, np.inf),
        fixed=np.append(opening * catchment / total, 0.0),
        client=client.astype(np.int64),
        site=site.astype(np.int64),
        cost=costs[client, site],
        portions=parts if single else None,
        must_open=np.append((places["lock"] == "in").to_numpy(dtype=np.bool_), True),
        may_open=np.ones(len(places) + 1, dtype=np.bool_),
    )


def _number(
    instance: Instance, capacity: NDArray[np.float64], facilities: int | tuple[int, int] | None
) -> tuple[int, int]:
    """Give the number asked, else what the middle figure or, when that is more, capacity asks for."""
    count, locked = len(instance.places), int(instance.problem.must_open[:-1].sum())
    if facilities is not None:
        low, high = (facilities, facilities) if isinstance(facilities, int) else facilities
        if low > count or high < locked or low > high or high < 1:
            what = f"{low}" if low == high else f"{low} to {high}"
            raise InputError(
                Problem(
                    f"{what} facilities of {instance.function} were asked; {count} places are eligible and "
                    f"{locked} are locked in",
                    "Ask a number between these.",
                    field="parameters.sharing.facilities",
                    rows=(instance.function,),
                )
            )
        return low, high
    total = float(instance.demand.sum())
    wanted = math.ceil(total / float(instance.figure[f"{instance.measure}_mid"]) - _SOME)
    largest = np.cumsum(np.sort(capacity)[::-1])
    enough = int(np.searchsorted(largest, total - _SOME)) + 1
    number = min(count, max(wanted, enough, locked, 1))
    return number, number


def capacity_short(instance: Instance) -> float:
    """Give how much demand the largest places of the number asked cannot hold together."""
    capacity = instance.problem.capacity[:-1]
    scale = THOUSAND if instance.measure == "catchment" else 1.0
    locked = instance.problem.must_open[:-1]
    rest = np.sort(capacity[~locked])[::-1][: max(0, instance.number[1] - int(locked.sum()))]
    return max(0.0, float(instance.demand.sum() - scale * (capacity[locked].sum() + rest.sum())))
