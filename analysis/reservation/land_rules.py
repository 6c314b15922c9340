"""The rules of eligibility one by one: what a site has against what each function asks.

Every function gives records for all sites and functions at once, in the strict and the wide reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.objects import READINGS, SURROUNDINGS, assumed
from analysis.reservation.asked import Asked, Easing, Record, record, whole
from gis.proximity import Targets
from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.rulebook import RuleBook
    from analysis.reservation.sites import Sites
    from analysis.reservation.surroundings import PlanReach
    from layers.parameters import Parameters

SLACK_HA = 1e-9


def site_records(sites: Sites, asked: Asked, book: RuleBook) -> list[Record]:
    """Judge what concerns a site whatever the function: kept, protected, transformed."""
    nothing = np.full((len(sites), len(asked)), np.nan)
    never = np.zeros((len(sites), len(asked)), dtype=bool)
    kept = np.broadcast_to(sites.occupied[:, None], never.shape)
    found = [record("kept", kept, never, nothing, nothing)]
    transformed = sites.table["transformed"].to_numpy(dtype=np.float64)
    shares = (("protected", sites.excluded_share), ("transformation", transformed))
    for rule, share in shares:
        limit = book.threshold(rule)
        value = whole(sites, asked, share)
        found.append(record(rule, value > limit, never, value, np.full(value.shape, limit), at_most=True))
    return found


def plan_records(sites: Sites, asked: Asked, plans: PlanReach, book: RuleBook) -> list[Record]:
    """Judge hard housing plans: on the site, and within the guide distance around it."""
    shape = (len(sites), len(asked))
    limit = book.threshold("housing_claim")
    claim, nearest = np.zeros(len(sites)), {reading: np.full(shape, np.inf) for reading in READINGS}
    value, required = np.full(shape, np.nan), np.full(shape, np.nan)
    rows = np.flatnonzero(plans.hard[plans.plan])
    np.maximum.at(claim, plans.site[rows], plans.claimed[rows])
    for row in rows:
        place = plans.site[row]
        for reading in READINGS:
            margin = np.round(plans.distance[row] - plans.required[reading][row], 3)
            closer = margin < nearest[reading][place]
            nearest[reading][place] = np.where(closer, margin, nearest[reading][place])
            if reading == "high":
                value[place] = np.where(closer, plans.distance[row], value[place])
                required[place] = np.where(closer, plans.required[reading][row], required[place])
    governed = sites.governed[:, None]
    far = Record(
        "housing_distance",
        (nearest["high"] < 0) & ~governed,
        (nearest["low"] < 0) & (nearest["high"] >= 0) & ~governed,
        value,
        required,
        np.where(np.isfinite(nearest["high"]), nearest["high"], np.nan),
    )
    taken = whole(sites, asked, claim)
    never = np.zeros(shape, dtype=bool)
    return [
        record("housing_claim", taken > limit, never, taken, np.full(taken.shape, limit), at_most=True),
        far,
    ]


def noise_record(sites: Sites, asked: Asked) -> Record:
    """Judge large noise makers: only where a noise budget governs; possible where it is not known."""
    outside = ~sites.governed[:, None]
    loud, perhaps = (np.asarray(asked.noise == word, dtype=bool)[None, :] for word in ("yes", "unknown"))
    away = np.full(len(sites), np.nan)
    if sites.governed.any():
        shapes = sites.shapes
        _, gap = Targets(shapes[sites.governed]).nearest(shapes)
        away = np.asarray(gap, dtype=np.float64)
    value = whole(sites, asked, away)
    return record("noise_zone", outside & loud, outside & perhaps, value, np.zeros_like(value), at_most=True)


def permitted_record(sites: Sites, asked: Asked, easing: Easing) -> Record:
    """Judge the category that the plan permits, in steps of category."""
    known = (sites.permitted["low"] > 0)[:, None]
    low, high = (sites.permitted[reading][:, None] + easing.permitted_steps for reading in READINGS)
    rank = np.broadcast_to(asked.rank[None, :], (len(sites), len(asked)))
    fails, doubtful = known & (high < rank), known & (low < rank)
    value = np.where(known, np.where(fails, high, low), np.nan).astype(np.float64)
    return record("permitted_category", fails, doubtful, value, rank.astype(np.float64))


def distance_record(sites: Sites, asked: Asked, easing: Easing) -> tuple[Record, NDArray[np.bool_]]:
    """Judge the distance of plots to sensitive objects; where a noise budget governs it does not count."""
    shape = (len(sites), len(asked))
    nothing = np.full(shape, np.nan)
    counts = (sites.is_plot & ~sites.governed)[:, None]
    never = np.zeros(shape, dtype=bool)
    if sites.distances is None:
        # without a layer of objects nothing is known about homes: never certain
        return record("usable_category", never, np.broadcast_to(counts, shape), nothing, nothing), never
    measured = sites.distances.without_inside if easing.without_inside else sites.distances.with_inside
    found = {reading: _tightest(measured[reading], asked, reading) for reading in READINGS}
    outside = _tightest(sites.distances.without_inside["high"], asked, "high")
    fails = counts & (found["high"][0] < 0)
    doubtful = counts & ~fails & (found["low"][0] < 0)
    margin, value, required = (
        np.where(fails, high, low) for low, high in zip(found["low"], found["high"], strict=True)
    )
    margin = np.where(np.isfinite(margin), margin, np.nan)
    value = np.where(np.isfinite(value), value, np.nan)
    found_record = Record("usable_category", fails, doubtful, value, required, margin)
    return found_record, fails & (outside[0] >= 0)


def _tightest(
    distance: NDArray[np.float64], asked: Asked, reading: str
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give margin, distance and guide distance of the surroundings with the least margin, to 1 mm."""
    best = np.full((len(distance), len(asked)), np.inf)
    value, required = best.copy(), best.copy()
    for number in range(len(SURROUNDINGS)):
        asks = asked.distance[assumed(number, reading)][None, :]
        here = distance[:, number][:, None]
        margin = np.round(here - asks, 3)
        closer = margin < best
        best = np.where(closer, margin, best)
        value, required = np.where(closer, here, value), np.where(closer, asks, required)
    quiet = np.broadcast_to(asked.distance["quiet"][None, :], required.shape)
    return best, value, np.where(np.isfinite(required), required, quiet)


def zone_record(sites: Sites, asked: Asked, share: dict[str, NDArray[np.float64]]) -> Record:
    """Judge parks without plots: the hectares where permitted and usable category fit."""
    area = sites.table["area_ha"].to_numpy(dtype=np.float64)[:, None]
    whole = (~sites.is_plot & (sites.permitted["low"] > 0))[:, None]
    low, high = (area * share[reading] for reading in READINGS)
    asks = np.broadcast_to(asked.minimum[None, :], high.shape)
    fails = whole & (high + SLACK_HA < asks)
    doubtful = whole & (low + SLACK_HA < asks)
    value = np.where(whole, np.where(fails, high, low), np.nan)
    return record("usable_zone", fails, doubtful, value, asks)


def water_records(sites: Sites, asked: Asked, parameters: Parameters) -> list[Record]:
    """Judge the place at water of a large enough class, for functions that need it."""
    needs = asked.needs_water[None, :]
    wet = {reading: sites.wet[reading][:, None] for reading in READINGS}
    beside = sites.waterside[:, None]
    away = whole(sites, asked, sites.table["nearest_waterway_m"].to_numpy(dtype=np.float64))
    near = np.full(away.shape, parameters.water_adjacent_m)
    unmeasured = (sites.table["connection"].isna()).to_numpy(dtype=bool)[:, None]
    place = record("water", needs & ~beside & ~unmeasured, needs & ~wet["low"], away, near, at_most=True)
    asks = float(CEMT_CLASSES.index(parameters.cemt_threshold))
    found = np.where(sites.cemt >= 0, sites.cemt, np.nan).astype(np.float64)
    value = whole(sites, asked, found)
    small = needs & beside & ~wet["high"]
    return [place, record("water_class", small, np.zeros_like(small), value, np.full(value.shape, asks))]


def area_records(sites: Sites, asked: Asked, together: NDArray[np.float64]) -> list[Record]:
    """Judge the size: of what is free or comes free as a whole, or of what is expected to be left.

    Parameters
    ----------
    together
        Hectares in one place in the last year, ``(sites, functions)``.
    """
    kind = sites.availability.kind.astype(str)
    in_use = np.isin(kind, ("stays", "released"))[:, None]
    asks = np.broadcast_to(asked.minimum[None, :], together.shape)
    transformed = sites.table["transformed"].to_numpy(dtype=np.float64)
    area = sites.table["area_ha"].to_numpy(dtype=np.float64)
    size = whole(sites, asked, area * (1.0 - sites.excluded_share) * (1.0 - transformed))
    never = np.zeros(size.shape, dtype=bool)
    left = np.where(in_use, together, np.nan)
    return [
        record(
            "minimum_area", (size + SLACK_HA < asks) & ~in_use & sites.is_plot[:, None], never, size, asks
        ),
        record("in_use", in_use & (together + SLACK_HA < asks), never, left, asks),
    ]


def unknown_records(sites: Sites, asked: Asked) -> list[Record]:
    """Mark what is not known: the issue status, the permitted category."""
    nothing = np.full((len(sites), len(asked)), np.nan)
    never = np.zeros(nothing.shape, dtype=bool)
    marks = (
        ("status_unknown", sites.availability.kind == "unknown"),
        ("permitted_unknown", sites.permitted["low"] == 0),
    )
    return [
        record(
            rule, np.broadcast_to(np.asarray(mark, dtype=bool)[:, None], never.shape), never, nothing, nothing
        )
        for rule, mark in marks
    ]
