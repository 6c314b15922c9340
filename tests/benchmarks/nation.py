"""A made-up country of Dutch size with a fixed seed: parks, plots, homes, waterways and municipalities.

A smaller scale is a smaller country at the same density, so that a tenth of the data asks a tenth of the
answers. Coordinates are metres, rounded to the millimetre as files carry them. Rows lie in the order of the
towns that they belong to, as in a registry that starts its identifiers with the municipality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SEED: Final = 20260101
HOMES_PER_PARK: Final = 250
RD: Final = "EPSG:28992"
EXTENT: Final = (13_600.0, 306_900.0, 278_000.0, 619_000.0)
"""Where the Netherlands lie in RD New, metres."""
REACHES_M: Final = (100.0, 200.0, 300.0, 500.0, 700.0, 1000.0)
CELL_M: Final = 500.0
"""Mean width of the cells that municipal borders follow: some hundreds of vertices each."""
GRID_M: Final = 0.001
SEGMENTS_PER_ROUTE: Final = 50
VERTICES_PER_SEGMENT: Final = 8
CEMT_SHARES: Final = (0.30, 0.15, 0.15, 0.08, 0.10, 0.05, 0.07, 0.05, 0.01, 0.02, 0.01, 0.01)
"""Shares of routes per CEMT class from 0 on; a tenth of all routes has no class."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Row counts of the layers."""

    parks: int
    plots: int
    homes: int
    waterways: int
    municipalities: int
    towns: int


@dataclass(frozen=True, slots=True)
class Nation:
    """The layers as an engine gets them, before any index; rows are named by their position.

    Attributes
    ----------
    parks
        Polygons with ``reach`` (the guide distance of the park's category, metres).
    plots, municipalities
        Polygons.
    waterways
        Lines with ``cemt`` and ``rank`` (position of the class, -1 without one).
    x, y
        Homes, float64.
    """

    parks: gpd.GeoDataFrame
    plots: gpd.GeoDataFrame
    waterways: gpd.GeoDataFrame
    municipalities: gpd.GeoDataFrame
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def sizes(scale: float, homes_per_park: int = HOMES_PER_PARK) -> Sizes:
    """Give the row counts at a scale; 1.0 is the nation, by default with a ninth of its homes."""
    parks, routes, municipalities, towns = (max(round(n * scale), 2) for n in (4000, 400, 340, 2000))
    return Sizes(
        parks=parks,
        plots=15 * parks,
        homes=homes_per_park * parks,
        waterways=SEGMENTS_PER_ROUTE * routes,
        municipalities=municipalities,
        towns=towns,
    )


def write_nation(folder: Path, scale: float, homes_per_park: int = HOMES_PER_PARK) -> None:
    """Make the layers and write them as GeoParquet, the homes as plain columns."""
    rng = np.random.Generator(np.random.PCG64(SEED))
    count = sizes(scale, homes_per_park)
    extent = _extent(scale)
    towns, spread, weight = _towns(rng, count, extent)
    routes = _routes(rng, count, extent)
    parks = _parks(rng, count, extent, towns, spread, routes)
    x, y = _homes(rng, count, extent, towns, spread, weight, parks)
    layers = {
        "parks": {"reach": rng.choice(REACHES_M, len(parks))},
        "plots": {},
        "municipalities": {},
        "waterways": _classes(rng, count),
    }
    shapes = {
        "parks": parks,
        "plots": _plots(rng, count, parks),
        "municipalities": _municipalities(rng, count, extent),
        "waterways": _segments(routes),
    }
    for name, columns in layers.items():
        gpd.GeoDataFrame(columns, geometry=shapes[name], crs=RD).to_parquet(folder / f"{name}.parquet")
    pd.DataFrame({"x": x, "y": y}).to_parquet(folder / "homes.parquet")


def read_nation(folder: Path) -> Nation:
    """Read what `write_nation` wrote."""
    names = ("parks", "plots", "waterways", "municipalities")
    homes = pd.read_parquet(folder / "homes.parquet")
    return Nation(
        **{name: gpd.read_parquet(folder / f"{name}.parquet") for name in names},
        x=homes["x"].to_numpy(),
        y=homes["y"].to_numpy(),
    )


def _extent(scale: float) -> NDArray[np.float64]:
    west, south, east, north = EXTENT
    side = np.sqrt(scale)
    return np.array([west, south, west + (east - west) * side, south + (north - south) * side])


def _towns(
    rng: np.random.Generator, count: Sizes, extent: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give the centre, the spread in metres and the share of the homes of each town."""
    centre = rng.uniform(extent[:2], extent[2:], (count.towns, 2))
    weight = rng.lognormal(0.0, 1.2, count.towns)
    weight /= weight.sum()
    # every town as dense as the others: about 2,500 homes in a square kilometre
    spread = np.sqrt(weight * count.homes / 2500.0 / (4.0 * np.pi)) * 1000.0
    return centre, spread, weight


def _routes(rng: np.random.Generator, count: Sizes, extent: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let each route wander: ``(routes, vertices, 2)``."""
    number = count.waterways // SEGMENTS_PER_ROUTE
    steps = SEGMENTS_PER_ROUTE * (VERTICES_PER_SEGMENT - 1)
    heading = rng.uniform(0.0, 2.0 * np.pi, (number, 1))
    heading = heading + np.cumsum(rng.normal(0.0, 0.12, (number, steps)), axis=1)
    length = rng.uniform(40.0, 140.0, (number, steps))
    moves = np.stack((np.cos(heading) * length, np.sin(heading) * length), axis=-1)
    start = rng.uniform(extent[:2], extent[2:], (number, 1, 2))
    return np.round(start + np.concatenate((np.zeros((number, 1, 2)), np.cumsum(moves, axis=1)), axis=1), 3)


def _segments(routes: NDArray[np.float64]) -> NDArray[Any]:
    """Cut routes into lines of equally many vertices, neighbours sharing one."""
    first = np.arange(SEGMENTS_PER_ROUTE) * (VERTICES_PER_SEGMENT - 1)
    vertex = first[:, None] + np.arange(VERTICES_PER_SEGMENT)
    return np.asarray(shapely.linestrings(routes[:, vertex].reshape(-1, VERTICES_PER_SEGMENT, 2)))


def _classes(rng: np.random.Generator, count: Sizes) -> dict[str, NDArray[Any]]:
    number = count.waterways // SEGMENTS_PER_ROUTE
    rank = rng.choice(len(CEMT_CLASSES), number, p=CEMT_SHARES)
    rank[rng.random(number) < 0.1] = -1
    # a nation without any water for large ships would make a step empty
    rank[0] = CEMT_CLASSES.index("Va")
    rank = np.repeat(rank, SEGMENTS_PER_ROUTE)
    label = np.array([*CEMT_CLASSES, None], dtype=object)[rank]
    return {"cemt": label, "rank": rank}


def _stars(
    rng: np.random.Generator, centre: NDArray[np.float64], area: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Draw a polygon of 24 to 36 vertices around each centre, about as large as asked."""
    number = rng.integers(24, 37, len(centre))
    owner = np.repeat(np.arange(len(centre)), number)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(number) - number, number)
    angle = (place + rng.uniform(0.1, 0.9, len(owner))) * 2.0 * np.pi / number[owner]
    # two slow waves make a shape with arms, the noise makes a drawn boundary
    wave = 1.0 + 0.30 * np.cos(2 * angle + rng.uniform(0, 6, len(centre))[owner])
    wave += 0.15 * np.cos(3 * angle + rng.uniform(0, 6, len(centre))[owner]) + rng.normal(0, 0.04, len(owner))
    radius = np.sqrt(area / np.pi)[owner] * np.clip(wave, 0.3, None)
    vertex = centre[owner] + np.column_stack((np.cos(angle), np.sin(angle))) * radius[:, None]
    return np.asarray(shapely.polygons(shapely.linearrings(np.round(vertex, 3), indices=owner)))


def _parks(
    rng: np.random.Generator,
    count: Sizes,
    extent: NDArray[np.float64],
    towns: NDArray[np.float64],
    spread: NDArray[np.float64],
    routes: NDArray[np.float64],
) -> NDArray[Any]:
    """Place parks at the edge of towns, beside water and in the open; none over another."""
    many = count.parks * 2
    town = np.sort(rng.integers(0, len(towns), many))
    direction = rng.uniform(0.0, 2.0 * np.pi, many)
    away = spread[town] * rng.uniform(1.5, 3.0, many) + rng.uniform(100.0, 600.0, many)
    centre = towns[town] + np.column_stack((np.cos(direction), np.sin(direction))) * away[:, None]
    kind = rng.random(many)
    beside = np.flatnonzero(kind < 0.2)
    vertices = routes.reshape(-1, 2)
    shore = vertices[rng.integers(0, len(vertices), len(beside))]
    centre[beside] = shore + rng.normal(0.0, 150.0, (len(beside), 2))
    apart = np.flatnonzero(kind > 0.9)
    centre[apart] = rng.uniform(extent[:2], extent[2:], (len(apart), 2))
    shapes = _stars(rng, centre, rng.lognormal(np.log(120_000.0), 1.0, many))
    bounds = shapely.bounds(shapes)
    good = (bounds[:, :2] > extent[:2]).all(1) & (bounds[:, 2:] < extent[2:]).all(1)
    good &= shapely.is_valid(shapes)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=20.0)
    good[np.maximum(one, other)[one != other]] = False
    chosen = np.sort(rng.permutation(np.flatnonzero(good))[: count.parks])
    if len(chosen) < count.parks:
        raise ValueError("too few places for parks")
    return np.asarray(shapes[chosen])


def _homes(
    rng: np.random.Generator,
    count: Sizes,
    extent: NDArray[np.float64],
    towns: NDArray[np.float64],
    spread: NDArray[np.float64],
    weight: NDArray[np.float64],
    parks: NDArray[Any],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spread homes around towns and a tenth over the country; one in thirty of those in parks stays."""
    many = round(count.homes * 1.4) + 1000
    town = np.sort(rng.choice(len(towns), many, p=weight))
    spots = towns[town] + rng.normal(0.0, 1.0, (many, 2)) * spread[town][:, None]
    apart = np.flatnonzero(rng.random(many) < 0.1)
    spots[apart] = rng.uniform(extent[:2], extent[2:], (len(apart), 2))
    spots = np.round(spots, 3)
    good = np.asarray((spots > extent[:2]).all(1) & (spots < extent[2:]).all(1))
    _, inside = shapely.STRtree(_points(spots)).query(parks, predicate="contains")
    good[inside] &= rng.random(len(inside)) < 1 / 30
    chosen = np.sort(rng.permutation(np.flatnonzero(good))[: count.homes])
    if len(chosen) < count.homes:
        raise ValueError("too few places for homes")
    return spots[chosen, 0], spots[chosen, 1]


def _plots(rng: np.random.Generator, count: Sizes, parks: NDArray[Any]) -> NDArray[Any]:
    """Divide parks into cells around random spots; one in seven is drawn some metres off."""
    share = shapely.area(parks) ** 0.7
    park = np.sort(rng.choice(len(parks), count.plots, p=share / share.sum()))
    corner, owner = shapely.get_coordinates(parks, return_index=True)
    first = np.searchsorted(owner, park)
    place = first + rng.integers(0, np.bincount(owner)[park] - 1)
    centre = np.add.reduceat(corner, np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]]))
    centre /= np.bincount(owner)[:, None]
    edge = corner[place] + rng.random((count.plots, 1)) * (corner[place + 1] - corner[place])
    spots = centre[park] + (edge - centre[park]) * np.sqrt(rng.random((count.plots, 1))) * 0.98
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), ordered=True))
    cut = shapely.intersection(cells, parks[park])
    parts, row = shapely.get_parts(cut, return_index=True)
    order = np.lexsort((-shapely.area(parts), row))
    largest = parts[order[np.r_[True, row[order][1:] != row[order][:-1]]]]
    shift = rng.uniform(-25.0, 25.0, (count.plots, 2)) * (rng.random((count.plots, 1)) < 1 / 7)
    vertex, plot = shapely.get_coordinates(largest, return_index=True)
    return np.asarray(shapely.set_precision(shapely.set_coordinates(largest, vertex + shift[plot]), GRID_M))


def _municipalities(rng: np.random.Generator, count: Sizes, extent: NDArray[np.float64]) -> NDArray[Any]:
    """Join small cells to the nearest centre, so that neighbours share every border vertex."""
    cells = round(np.prod(extent[2:] - extent[:2]) / CELL_M**2)
    spots = rng.uniform(extent[:2], extent[2:], (cells, 2))
    small = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(spots), ordered=True))
    small = shapely.intersection(small, shapely.box(*extent))
    centres = _points(rng.uniform(extent[:2], extent[2:], (count.municipalities, 2)))
    # bent space gives bent borders
    bent = spots + 1500.0 * np.sin(spots[:, ::-1] / 4000.0)
    _, owner = shapely.STRtree(centres).query_nearest(_points(bent), all_matches=False)
    return np.array(
        [shapely.coverage_union_all(small[owner == number]) for number in range(count.municipalities)],
        dtype=object,
    )


def _points(spots: NDArray[np.float64]) -> NDArray[Any]:
    return np.asarray(shapely.points(spots))
