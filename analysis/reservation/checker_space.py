"""Check a plan against geometry: areas, overlaps, neighbours, housing plans, existing reservations."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from analysis.reservation.checked import Violation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from analysis.reservation.checked import Choice
    from analysis.reservation.problem import ReservationProblem
    from layers.parameters_reservation import ReservationParameters

M2_PER_HA = 10_000.0
SLACK_HA = 2e-3
"""Hectares that a figure may be off by the decimals of a table and the grid of 1 mm."""
INSIDE = 0.5
"""Share of a site within an area from which on the area speaks of it."""
CLAIM = 0.1
"""Share of a site that a housing plan may take when the release does not say; see the rule housing_claim."""


def check_space(
    problem: ReservationProblem,
    choices: Sequence[Choice],
    tables: Mapping[str, Any],
    parameters: ReservationParameters | None,
) -> Iterable[Violation]:
    """Check what can be measured; layers that are not there are not checked."""
    shapes = _shapes(choices, tables)
    known = [choice for choice in choices if choice.site in shapes]
    if "reservation_sites" in tables or "plots" in tables:
        for choice in choices:
            if choice.site not in shapes:
                yield Violation("site", (choice.site,), "reserved, and no such place is in the layers")
    yield from _areas(known, shapes, tables)
    if parameters is not None and "reservation_functions" in tables:
        yield from _noise(known, shapes, tables["reservation_functions"], parameters)
    if parameters is not None and tables.get("housing_plans") is not None:
        yield from _housing(problem, known, shapes, tables, parameters)
    yield from _spoken_for(known, shapes, tables)


def _shapes(choices: Sequence[Choice], tables: Mapping[str, Any]) -> dict[str, Any]:
    """Give the polygon of each chosen site: its plot, or the place that the plan gives it."""
    wanted = {choice.site for choice in choices}
    found: dict[str, Any] = {}
    # plots come last: the input itself, not what was made of it
    for name, column in (("reservation_sites", "site_id"), ("plots", "plot_id")):
        layer = tables.get(name)
        if layer is not None:
            places = zip(layer[column].astype(str), np.asarray(layer["geometry"]), strict=True)
            found |= {site: shape for site, shape in places if site in wanted and shape is not None}
    return found


def _areas(
    choices: Sequence[Choice], shapes: Mapping[str, Any], tables: Mapping[str, Any]
) -> Iterable[Violation]:
    """No more hectares count than there are, and no land counts twice."""
    for choice in choices:
        area = shapely.area(shapes[choice.site]) / M2_PER_HA
        if choice.hectares[-1] > area + SLACK_HA:
            yield Violation(
                "area", (choice.site,), f"{choice.hectares[-1]:.3f} ha count on {area:.3f} ha of land"
            )
    per_park: dict[str, float] = defaultdict(float)
    for choice in choices:
        per_park[choice.park] += choice.hectares[-1]
    parks = tables.get("parks")
    if parks is not None:
        areas = dict(zip(parks["park_id"].astype(str), shapely.area(np.asarray(parks.geometry)), strict=True))
        for park, hectares in per_park.items():
            if park in areas and hectares > areas[park] / M2_PER_HA + SLACK_HA:
                yield Violation(
                    "area", (park,), f"{hectares:.2f} ha count on {areas[park] / M2_PER_HA:.2f} ha"
                )
    # parts of one park without plots share its outline; the sum per park holds those
    for one, two in _pairs_within(choices, shapes, 0.0):
        if one.park == two.park and shapely.equals(shapes[one.site], shapes[two.site]):
            continue
        shared = shapely.area(shapely.intersection(shapes[one.site], shapes[two.site])) / M2_PER_HA
        smallest = min(shapely.area(shapes[one.site]), shapely.area(shapes[two.site])) / M2_PER_HA
        # layers drawn apart overlap by slivers
        if shared > max(SLACK_HA, 0.05 * smallest):
            yield Violation("overlap", (one.site, two.site), f"{shared:.3f} ha are reserved twice")


def _noise(
    choices: Sequence[Choice],
    shapes: Mapping[str, Any],
    functions: pd.DataFrame,
    parameters: ReservationParameters,
) -> Iterable[Violation]:
    """No quiet function lies within the neighbour distance of a large noise maker."""
    loud = set(functions.loc[functions["large_noise_maker"] == "yes", "function"].astype(str))
    asked = set(parameters.quiet_functions)
    quiet = {
        str(name)
        for name, of in zip(functions["function"], functions["function_id"], strict=True)
        if name in asked or of in asked
    }
    for one, two in _pairs_within(choices, shapes, parameters.neighbour_m):
        for noisy, still in ((one, two), (two, one)):
            if noisy.function in loud and still.function in quiet:
                metres = float(shapely.distance(shapes[noisy.site], shapes[still.site]))
                yield Violation(
                    "neighbour_space",
                    (noisy.site, still.site),
                    f"{noisy.function} lies {metres:.0f} m from {still.function}",
                )


def _housing(
    problem: ReservationProblem,
    choices: Sequence[Choice],
    shapes: Mapping[str, Any],
    tables: Mapping[str, Any],
    parameters: ReservationParameters,
) -> Iterable[Violation]:
    """No reservation stands in a housing plan that goes ahead."""
    plans = tables["housing_plans"]
    every = parameters.housing == "exclude_all"
    goes_ahead = np.asarray((plans["phase"] == "hard").fillna(False), dtype=bool) | every
    limit = CLAIM
    rules = tables.get("reservation_rules")
    if rules is not None:
        limit = float(rules.set_index("rule_id").loc["housing_claim", "threshold"])
    names = plans["plan_id"].astype(str).to_numpy()[goes_ahead]
    areas = np.asarray(plans.geometry)[goes_ahead]
    plots = tables.get("plots")
    known = set(plots["plot_id"].astype(str)) if plots is not None else set()
    # a part of a park without plots has no place of its own within it
    for choice in (choice for choice in choices if choice.site in known):
        shape = shapes[choice.site]
        share = shapely.area(shapely.intersection(shape, areas)) / shapely.area(shape)
        for name, part in zip(names[share > limit + 1e-3], share[share > limit + 1e-3], strict=True):
            yield Violation("housing_space", (choice.site, str(name)), f"{part:.0%} lies in a housing plan")
    priced = set(problem.plans["plan_id"].astype(str)) & set(names) if len(problem.plans) else set()
    for name in sorted(priced):
        yield Violation("housing_priced", (name,), "a hard housing plan has a price")


def _spoken_for(
    choices: Sequence[Choice], shapes: Mapping[str, Any], tables: Mapping[str, Any]
) -> Iterable[Violation]:
    """Existing reservations keep their function, and what a session objected to is not reserved."""
    reservations = tables.get("reservations")
    if reservations is not None and len(reservations):
        for choice, row in _inside(choices, shapes, reservations):
            wanted = str(reservations["function"].iloc[row])
            if not _same(wanted, choice.function):
                name = str(reservations["reservation_id"].iloc[row])
                yield Violation("reserved_before", (choice.site, name), f"the land is reserved for {wanted}")
    outcomes = tables.get("session_outcomes")
    if outcomes is not None and len(outcomes):
        for choice, row in _inside(choices, shapes, outcomes):
            function = outcomes["function"].iloc[row]
            means = pd.isna(function) or str(function) == "all" or _same(str(function), choice.function)
            if outcomes["outcome"].iloc[row] == "objected" and means:
                name = str(outcomes["outcome_id"].iloc[row])
                yield Violation("objected", (choice.site, name), f"a session objected to {choice.function}")


def _same(wanted: str, function: str) -> bool:
    return function == wanted or function.split("-", maxsplit=1)[0] == wanted


def _inside(choices: Sequence[Choice], shapes: Mapping[str, Any], layer: Any) -> Iterable[tuple[Choice, int]]:
    """Give the chosen sites that lie for the greater part in the polygons of a layer, with its rows."""
    areas: NDArray[Any] = np.asarray(layer.geometry)
    for choice in choices:
        shape = shapes[choice.site]
        share = shapely.area(shapely.intersection(shape, areas)) / shapely.area(shape)
        for row in np.flatnonzero(share > INSIDE).tolist():
            yield choice, row


def _pairs_within(
    choices: Sequence[Choice], shapes: Mapping[str, Any], distance: float
) -> Iterable[tuple[Choice, Choice]]:
    """Give the pairs of chosen sites within a distance, each once, by comparing all of them."""
    polygons = np.array([shapes[choice.site] for choice in choices], dtype=object)
    boxes = shapely.bounds(polygons) if len(polygons) else np.empty((0, 4))
    for one, two in combinations(range(len(choices)), 2):
        apart = max(
            boxes[one, 0] - boxes[two, 2],
            boxes[two, 0] - boxes[one, 2],
            boxes[one, 1] - boxes[two, 3],
            boxes[two, 1] - boxes[one, 3],
        )
        if apart <= distance and shapely.distance(polygons[one], polygons[two]) <= distance:
            yield choices[one], choices[two]
