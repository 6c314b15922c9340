"""Businesses in the parks with activity code, jobs and floor: made up, heavier where the park is heavier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.sample.frame import EXAMPLE, fact_rows, generator, read_rows, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park
    from layers.sample.plots import Plot

NUMBER = 1_200
_BY_WATER = ("52242", "2363", "2399", "46735", "383202", "381")
_PERMITTED = {True: 0.12, False: 0.9}
"""Part of the firms whose permit gives a category: activities in the guide table, and those that are not."""
_WATER_KNOWN = 0.7


@dataclass(frozen=True, slots=True)
class _Activity:
    """An activity that the sample hands out, with its weight per main category of the park."""

    sbi: str
    weights: dict[int, float]
    jobs: float
    area_m2: float
    category: str
    listed: bool


def _activities() -> list[_Activity]:
    """Read the hand-typed activities."""
    listed = {row["sbi"] for row in fact_rows("activities_sbi2008")}
    return [
        _Activity(
            row["sbi"],
            {number: float(row[f"in_{number}"]) for number in (2, 3, 4, 5)},
            float(row["jobs"]),
            float(row["area_m2"]),
            row["category"],
            row["sbi"] in listed,
        )
        for row in read_rows("activities")
    ]


def businesses_layer(parks: list[Park], plots: list[Plot]) -> gpd.GeoDataFrame:
    """Make about 1,200 businesses, spread over the parks by area, on their plots where these exist."""
    rng = generator("businesses")
    activities = _activities()
    areas = np.array([park.shape.area for park in parks])
    numbers = np.maximum(np.floor(NUMBER * areas / areas.sum()), 2).astype(int)
    own: dict[str, list[Plot]] = {}
    for plot in plots:
        own.setdefault(plot.park.rin, []).append(plot)
    rows: list[dict[str, Any]] = []
    points: list[BaseGeometry] = []
    for park, number in zip(parks, numbers.tolist(), strict=True):
        weights = np.array([activity.weights[park.category] for activity in activities])
        picked = rng.choice(len(activities), size=number, p=weights / weights.sum())
        where = _points(park, own.get(park.rin, []), number, rng)
        for index, (point, wet) in zip(picked.tolist(), where, strict=True):
            rows.append(_row(len(rows) + 1, activities[index], rng, wet=wet))
            points.append(point)
    return table(rows, points)


def _points(
    park: Park, plots: list[Plot], number: int, rng: np.random.Generator
) -> list[tuple[shapely.Point, bool]]:
    """Draw points in a park, one plot after the other, and tell which lie on a plot at the water."""
    found: list[tuple[shapely.Point, bool]] = []
    order = rng.permutation(len(plots)).tolist() if plots else []
    for index in range(number):
        plot = plots[order[index % len(order)]] if order else None
        shape = park.shape if plot is None else plot.shape
        west, south, east, north = shape.bounds
        drawn = np.round(rng.uniform((west, south), (east, north), (60, 2)), 1)
        good = drawn[shapely.contains_xy(shape, drawn)]
        point = shapely.Point(good[0]) if len(good) else shape.representative_point()
        found.append((point, plot is not None and plot.at_water))
    return found


def _row(number: int, activity: _Activity, rng: np.random.Generator, *, wet: bool) -> dict[str, Any]:
    """Make up one business."""
    jobs = round(activity.jobs * float(rng.uniform(0.4, 1.8)), 1)
    area = round(activity.area_m2 * float(rng.uniform(0.4, 1.8)), -1)
    permitted = float(rng.random()) < _PERMITTED[activity.listed]
    known = float(rng.random()) < _WATER_KNOWN
    uses = "ja" if wet and activity.sbi in _BY_WATER else "nee"
    return {
        "VESTIGING": f"VV{number:05d}",
        "NAAM": f"Voorbeeldbedrijf {number:04d}",
        "SBI2008": activity.sbi,
        "BANEN": jobs,
        "OPP_M2": area,
        "VERGUNNING_CAT": activity.category if permitted else "",
        "WATERGEBRUIK": uses if wet and known else "",
        "OPMERKING": f"{EXAMPLE}: verzonnen bedrijf",
    }
