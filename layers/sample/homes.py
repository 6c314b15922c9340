"""Homes: one point for about twenty dwellings, spread round the districts of CBS 2022.

The number of dwellings of every district is kept to the last one. Where they stand is made up: built-up land
has about the density that belongs to its urbanity, in knots that look like streets, and nobody lives in the
water or, but for a few, on a park.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.sample.frame import fact_rows, generator, read_rows

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park

PER_POINT = 20
_DWELLINGS_PER_HA = {
    "extremely urbanised": 55.0,
    "strongly urbanised": 35.0,
    "moderately urbanised": 28.0,
    "hardly urbanised": 22.0,
    "not urbanised": 12.0,
}
"""Gross density of built-up land, an assumption."""
_SCATTERED = {"hardly urbanised": 0.08, "not urbanised": 0.25}
"""Part of the points that lies outside the settlement, over the countryside of the district."""
_KNOT = 25
_KNOT_SPREAD_M = 110.0
_KEEP_FROM_PARK_M = 45.0
_KEEP_FROM_WATER_M = 12.0
_ROUNDS = 80
_WIDEN = 1.06
_INSIDE = ("VB002", "VB010", "VB014", "VB020", "VB028", "VB032", "VB036", "VB040", "VB059", "VB069")
"""Parks that get one old home inside their boundary."""


@dataclass(frozen=True, slots=True)
class Homes:
    """Points with their weight.

    Attributes
    ----------
    xy
        Shape (n, 2), metres in EPSG:28992.
    weight
        Shape (n,), dwellings.
    place
        Shape (n,), code of the district, or the name of the place outside the province.
    """

    xy: NDArray[np.float64]
    weight: NDArray[np.int64]
    place: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class _Town:
    """Part of a district: its middle, its radius (m) and the points it gets."""

    x: float
    y: float
    radius: float
    points: int
    knots: bool


def shares(dwellings: int) -> NDArray[np.int64]:
    """Divide dwellings over points of about twenty, so that they add up exactly."""
    number = max(1, round(dwellings / PER_POINT))
    least, more = divmod(dwellings, number)
    return np.where(np.arange(number) < more, least + 1, least).astype(np.int64)


def inside(municipalities: gpd.GeoDataFrame, parks: list[Park], water: BaseGeometry) -> Homes:
    """Place the homes of the 222 districts, each inside its municipality.

    Parameters
    ----------
    municipalities
        With ``identificatie``, in EPSG:28992.
    parks, water
        Where nobody lives.
    """
    estates = shapely.union_all([park.shape for park in parks])
    blocked = estates.buffer(_KEEP_FROM_PARK_M, quad_segs=2).union(
        water.buffer(_KEEP_FROM_WATER_M, quad_segs=2)
    )
    land = {
        code: shape.buffer(-10.0).difference(blocked)
        for code, shape in zip(municipalities["identificatie"], municipalities.geometry, strict=True)
    }
    for shape in land.values():
        shapely.prepare(shape)
    rng = generator("homes")
    settlements: dict[str, list[dict[str, str]]] = {}
    for row in read_rows("settlements"):
        settlements.setdefault(row["district"], []).append(row)
    places: list[NDArray[np.float64]] = []
    weights, names = [], []
    for row in fact_rows("districts_utrecht"):
        dwellings = int(row["dwellings"])
        if not dwellings:
            continue
        weight = shares(dwellings)
        towns = _towns(row, settlements.get(row["code"], []), len(weight))
        places += [_fill(town, land[row["municipality_code"]], rng) for town in towns]
        weights.append(weight)
        names += [row["code"]] * len(weight)
    xy: NDArray[np.float64] = np.concatenate(places).round(1)
    _move_inside(xy, {park.rin: park for park in parks})
    return Homes(xy, np.concatenate(weights), np.array(names, dtype=object))


def outside(province: BaseGeometry) -> Homes:
    """Place some homes just outside the province: their distance reaches in."""
    rng = generator("homes outside")
    clear = province.buffer(5.0)
    shapely.prepare(clear)
    places, names = [], []
    for row in read_rows("neighbours"):
        x, y, number = float(row["x_km"]) * 1000, float(row["y_km"]) * 1000, int(row["points"])
        points = np.array([x, y]) + rng.normal(0.0, 550.0, (4 * number, 2))
        points = points[~shapely.contains_xy(clear, points)][:number]
        places.append(points)
        names += [row["place"]] * len(points)
    xy: NDArray[np.float64] = np.concatenate(places).round(1)
    return Homes(xy, np.full(len(xy), PER_POINT, dtype=np.int64), np.array(names, dtype=object))


def _towns(row: dict[str, str], typed: list[dict[str, str]], points: int) -> list[_Town]:
    """Divide the points of a district over its settlements and its countryside."""
    x, y = float(row["x_m"]), float(row["y_m"])
    whole = math.sqrt(float(row["area_ha"]) * 10_000.0 / math.pi)
    density = _DWELLINGS_PER_HA[row["urbanity"]]
    scattered = round(points * _SCATTERED.get(row["urbanity"], 0.0))
    middles = [(float(t["x_km"]) * 1000, float(t["y_km"]) * 1000, float(t["share"])) for t in typed] or [
        (x, y, 1.0)
    ]
    towns, left = [], points - scattered
    for number, (town_x, town_y, share) in enumerate(middles, start=1):
        mine = left if number == len(middles) else round((points - scattered) * share)
        left -= mine
        built = math.sqrt(mine * PER_POINT / density * 10_000.0 / math.pi)
        towns.append(_Town(town_x, town_y, min(built, whole), mine, knots=True))
    towns.append(_Town(x, y, whole, scattered, knots=False))
    return [town for town in towns if town.points]


def _fill(town: _Town, land: BaseGeometry, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points of a town until all lie on its land; the disc grows when it is full.

    Raises
    ------
    ValueError
        When there is no land within reach.
    """
    middle = np.array([town.x, town.y])
    found = np.empty((town.points, 2))
    todo = np.arange(town.points)
    reach = town.radius
    for _ in range(_ROUNDS):
        if town.knots:
            middles = middle + reach * _disc(max(1, math.ceil(town.points / _KNOT)), rng)
            near = rng.normal(0.0, min(_KNOT_SPREAD_M, reach / 3), (len(todo), 2))
            drawn = middles[todo % len(middles)] + near
        else:
            drawn = middle + reach * _disc(len(todo), rng)
        good = shapely.contains_xy(land, drawn)
        found[todo[good]] = drawn[good]
        todo = todo[~good]
        if not len(todo):
            return found
        reach *= _WIDEN
    raise ValueError(f"no land for homes within {reach:.0f} m of ({town.x:.0f}, {town.y:.0f})")


def _disc(number: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw points in the unit disc by rejection: no sines, so the same bits on every processor."""
    kept = np.empty((0, 2))
    while len(kept) < number:
        drawn = rng.uniform(-1.0, 1.0, (2 * number, 2))
        kept = np.concatenate([kept, drawn[(drawn**2).sum(axis=1) <= 1.0]])
    return kept[:number]


def _move_inside(xy: NDArray[np.float64], parks: dict[str, Park]) -> None:
    """Move the nearest home of a few parks inside: old homes that the park grew round."""
    for rin in _INSIDE:
        spot = shapely.get_coordinates(parks[rin].shape.representative_point())[0] + (60.0, 25.0)
        nearest = int(np.argmin(((xy - spot) ** 2).sum(axis=1)))
        xy[nearest] = np.round(spot, 1)
