"""Vector tiles (Mapbox Vector Tile 2.1) from a layer, one tile at a time, the same bytes every time.

Why not a library: live tiles of what only some may see must come as fast as from PostGIS, and the archives
of a release must hold what the live tiles would. `mapbox-vector-tile` (pure Python) takes seconds for a full
tile of 20,000 polygons; GDAL's driver writes whole folders through a temporary database, never one tile, and
makes ids and types that differ from ours. So polygons are clipped, made valid and rounded by GEOS and turned
into bytes as arrays. Both are used as oracles in the tests.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from layers.tiles.commands import draw
from layers.tiles.wire import block, number, text, tile_value, varint, varints

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.schema import Column
    from layers.tiles.grids import Bounds, Grid

EXTENT: Final = 4096
"""Units along the side of a tile."""
BUFFER: Final = 64
"""Units round a tile that it holds as well, so that outlines and symbols are whole at its edge."""
VERSION: Final = 2
GZIP: Final = 31
LEVEL: Final = 6
FEATURE, ID, GEOMETRY = varint(2 << 3 | 2), varint(1 << 3), varint(4 << 3 | 2)
"""Starts of fields that are written for every feature."""
TYPES: Final = (1, 2, 3)
"""Point, line and polygon by dimension."""
COLLECTION: Final = 7


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Geometries of a layer as far as they lie in some area.

    Attributes
    ----------
    rows
        Which features of the layer they belong to, growing.
    geometry
        In the coordinates of a grid; points, lines and polygons, single or multi-part.
    """

    rows: NDArray[np.int64]
    geometry: NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class TileLayer:
    """One layer made ready for the tiles of one grid.

    Attributes
    ----------
    name
        Of the layer in the tiles.
    whole
        All of it.
    tree
        Index over the geometries of `whole`.
    ids
        Feature ids: the position in the table, from 1.
    keys
        Names of the attributes, as they are written.
    values
        Every value that occurs, as it is written.
    codes
        Position in `values` by feature and attribute; -1 where there is none.
    """

    name: str
    whole: Cut
    tree: shapely.STRtree
    ids: NDArray[np.int64]
    keys: tuple[bytes, ...]
    values: tuple[bytes, ...]
    codes: NDArray[np.int64]

    @property
    def bounds(self) -> Bounds | None:
        """West, south, east, north in the coordinates of the grid; None without geometry."""
        if not len(self.whole.rows):
            return None
        west, south, east, north = shapely.total_bounds(self.whole.geometry).tolist()
        return west, south, east, north


def prepare(name: str, frame: gpd.GeoDataFrame, columns: Sequence[Column], grid: Grid) -> TileLayer:
    """Make a layer ready for the tiles of a grid.

    Parameters
    ----------
    name
        Of the layer.
    frame
        In EPSG:28992; rows without geometry are in no tile.
    columns
        What a feature carries; columns that the frame lacks are left out.
    grid
        Where it is placed.

    Raises
    ------
    InputError
        When a geometry lies outside the area of RDNAPTRANS2018.
    """
    whole = _apart(grid.place(np.asarray(frame.geometry.to_numpy(), dtype=object)))
    there = [column for column in columns if column.name in frame.columns]
    codes, values = _coded(frame, there)
    return TileLayer(
        name=name,
        whole=whole,
        tree=shapely.STRtree(whole.geometry),
        ids=np.arange(1, len(frame) + 1),
        keys=tuple(text(3, column.name) for column in there),
        values=values,
        codes=codes,
    )


def _apart(geometry: NDArray[np.object_]) -> Cut:
    """Leave out what is empty, and split collections by dimension, because a feature holds one kind."""
    rows = np.flatnonzero(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)))
    kept = geometry[rows]
    mixed = shapely.get_type_id(kept) == COLLECTION
    if not mixed.any():
        return Cut(rows, kept)
    split: list[tuple[int, Any]] = list(zip(rows[~mixed].tolist(), kept[~mixed], strict=True))
    for row, one in zip(rows[mixed].tolist(), kept[mixed], strict=True):
        split += [(row, part) for dimension in (0, 1, 2) if (part := _of_dimension(one, dimension))]
    split.sort(key=lambda pair: pair[0])
    out = np.empty(len(split), dtype=object)
    out[:] = [part for _, part in split]
    return Cut(np.array([row for row, _ in split], dtype=np.int64), out)


def _of_dimension(geometry: Any, dimension: int) -> Any:
    """Give the parts of a collection that have one dimension, as one geometry; None when there are none."""
    parts = np.array([geometry], dtype=object)
    while (shapely.get_type_id(parts) >= COLLECTION - 3).any():
        parts = shapely.get_parts(parts)
    wanted = parts[(shapely.get_dimensions(parts) == dimension) & ~shapely.is_empty(parts)]
    kinds = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
    return kinds[dimension](wanted) if len(wanted) else None


def _coded(frame: gpd.GeoDataFrame, columns: Sequence[Column]) -> tuple[NDArray[np.int64], tuple[bytes, ...]]:
    """Give every value a number, one series over all columns of a table, as they are met."""
    codes = np.full((len(frame), len(columns)), -1, dtype=np.int64)
    pool: dict[bytes, int] = {}
    for place, column in enumerate(columns):
        own, found = pd.factorize(frame[column.name])
        known = [pool.setdefault(_value(value, column), len(pool)) for value in found]
        codes[:, place] = np.array([*known, -1], dtype=np.int64)[own]
    return codes, tuple(block(4, value) for value in pool)


def _value(value: Any, column: Column) -> bytes:
    match column.kind:
        case "number":
            return tile_value(float(value))
        case "integer" | "year":
            return tile_value(int(value))
        case "boolean":
            return tile_value(bool(value))
        case _:
            return tile_value(str(value))


def buffered(bounds: Bounds) -> Bounds:
    """Widen the bounds of a tile by its buffer."""
    margin = (bounds[2] - bounds[0]) * BUFFER / EXTENT
    return bounds[0] - margin, bounds[1] - margin, bounds[2] + margin, bounds[3] + margin


def cut(whole: Cut, box: Bounds) -> Cut:
    """Cut geometries to a box; what only touches it with a lower dimension is left out."""
    extent = shapely.bounds(whole.geometry)
    west, south, east, north = box
    near = (extent[:, 0] <= east) & (extent[:, 2] >= west) & (extent[:, 1] <= north) & (extent[:, 3] >= south)
    rows, geometry, extent = whole.rows[near], whole.geometry[near], extent[near]
    crosses = (extent[:, 0] < west) | (extent[:, 2] > east) | (extent[:, 1] < south) | (extent[:, 3] > north)
    if not crosses.any():
        return Cut(rows, geometry)
    geometry = geometry.copy()
    dimension = shapely.get_dimensions(geometry)
    geometry[crosses] = shapely.intersection(geometry[crosses], shapely.box(*box))
    for place in np.flatnonzero(crosses & (shapely.get_type_id(geometry) == COLLECTION)):
        geometry[place] = _of_dimension(geometry[place], int(dimension[place]))
    left = (shapely.get_dimensions(geometry) == dimension) & ~shapely.is_empty(geometry)
    return Cut(rows[left], geometry[left])


def encode(layer: TileLayer, part: Cut, bounds: Bounds) -> bytes:
    """Write a layer of one tile.

    Parameters
    ----------
    layer
        The layer.
    part
        Its geometries in the tile and its buffer.
    bounds
        Of the tile, without buffer.

    Returns
    -------
    bytes
        A ``layers`` field of a tile; tiles of several layers are these behind each other. Empty when nothing
        is left of the layer on the grid of 4,096 units.
    """
    dimensions = shapely.get_dimensions(part.geometry)
    drawn = [
        (dimension, *_drawn(part, dimensions == dimension, bounds, dimension))
        for dimension in np.unique(dimensions).tolist()
    ]
    rows = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(own for _, own, _ in drawn)]))
    if not len(rows):
        return b""
    tags, keys, values = _tags(layer, rows)
    place = {row: position for position, row in enumerate(rows.tolist())}
    features: list[tuple[int, bytes]] = []
    for dimension, own, geometry in drawn:
        kind = number(3, TYPES[dimension]) + GEOMETRY
        for row, feature, shape in zip(own.tolist(), layer.ids[own].tolist(), geometry, strict=True):
            message = b"".join((ID, varint(feature), tags[place[row]], kind, varint(len(shape)), shape))
            features.append((row, b"".join((FEATURE, varint(len(message)), message))))
    features.sort(key=lambda pair: pair[0])
    head = (number(15, VERSION), text(1, layer.name))
    body = (*(feature for _, feature in features), *keys, *values, number(5, EXTENT))
    return block(3, b"".join((*head, *body)))


def _drawn(
    part: Cut, own: NDArray[np.bool_], bounds: Bounds, dimension: int
) -> tuple[NDArray[np.int64], list[bytes]]:
    """Draw the features of one dimension; gives their rows and packed geometry."""
    rows, geometry = _rounded(part.rows[own], part.geometry[own], bounds, areas=dimension == TYPES[1])
    drawn = draw(geometry, dimension)
    cuts = drawn.start.tolist()
    shapes = [drawn.data[start:stop] for start, stop in pairwise(cuts)]
    return rows[drawn.rows], shapes


def _rounded(
    rows: NDArray[np.int64], geometry: NDArray[np.object_], bounds: Bounds, *, areas: bool
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Bring geometries to whole tile coordinates; areas stay valid, with rings in the right direction."""
    scale = EXTENT / (bounds[2] - bounds[0])

    def place(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([(xy[:, 0] - bounds[0]) * scale, (bounds[3] - xy[:, 1]) * scale])

    whole = np.asarray(shapely.transform(geometry, lambda xy: np.rint(place(xy))), dtype=object)
    if not areas:
        return rows, whole
    broken = ~shapely.is_valid(whole)
    if broken.any():
        # a polygon that rounding lets cross itself is rounded by GEOS, which keeps it valid
        exact = shapely.transform(geometry[broken], place)
        whole[broken] = shapely.set_precision(shapely.make_valid(exact), 1.0)
    left = (shapely.get_dimensions(whole) == TYPES[1]) & ~shapely.is_empty(whole)
    for number_ in np.flatnonzero(left & (shapely.get_type_id(whole) == COLLECTION)):
        whole[number_] = _of_dimension(whole[number_], TYPES[1])
    # counter-clockwise by the numbers is clockwise on a screen, where y runs down
    return rows[left], np.asarray(shapely.orient_polygons(whole[left]), dtype=object)


def _tags(layer: TileLayer, rows: NDArray[np.int64]) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """Write the tags of features, and the keys and values that they refer to."""
    codes = layer.codes[rows]
    there = codes >= 0
    keys = np.flatnonzero(there.any(axis=0))
    values = np.unique(codes[there])
    if not len(keys):
        return [b""] * len(rows), [], []
    key_of = np.zeros(codes.shape[1], dtype=np.int64)
    key_of[keys] = np.arange(len(keys))
    pairs = np.stack(
        [np.broadcast_to(key_of, codes.shape)[there], np.searchsorted(values, codes[there])], axis=1
    )
    data, byte = varints(pairs.ravel().astype(np.uint32))
    start = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(2 * there.sum(axis=1), out=start[1:])
    cuts = byte[start].tolist()
    head = varint(2 << 3 | 2)
    tags = [
        head + varint(stop - begin) + data[begin:stop] if stop > begin else b""
        for begin, stop in pairwise(cuts)
    ]
    return tags, [layer.keys[place] for place in keys], [layer.values[place] for place in values]


def live_layer(layer: TileLayer, grid: Grid, zoom: int, row: int, col: int) -> bytes:
    """Write a layer of one tile straight from its geometry; empty when nothing of it lies there."""
    bounds = grid.bounds(zoom, row, col)
    box = buffered(bounds)
    near = np.sort(layer.tree.query(shapely.box(*box)))
    found = Cut(layer.whole.rows[near], layer.whole.geometry[near])
    return encode(layer, cut(found, box), bounds) if len(near) else b""


def live_tile(layers: Iterable[TileLayer], grid: Grid, zoom: int, row: int, col: int) -> bytes:
    """Write one tile of some layers, not compressed; empty when it holds nothing."""
    return b"".join(live_layer(layer, grid, zoom, row, col) for layer in layers)


def compress(tile: bytes) -> bytes:
    """Compress a tile with gzip, without a time in it."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP)
    return packer.compress(tile) + packer.flush()
