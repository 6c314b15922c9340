"""What there is to know of a set of tiles: its layers, their columns, where they lie and at which zoom."""

from __future__ import annotations

import gzip
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.crs import rd_to_lonlat
from layers.tiles.encode import compress, live_tile, prepare
from layers.tiles.grids import GRIDS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import geopandas as gpd

    from layers.schema import Column, Kind, Layer
    from layers.tiles.encode import TileLayer
    from layers.tiles.grids import Bounds, Grid

    Read = Callable[[int, int, int], bytes]

CROWDED: Final = 25_000
"""Features in a tile, on average, from which on a zoom level is left out as too coarse for a layer."""
MANY: Final = 60_000
"""Tiles of one zoom level from which on it is left out as too fine: the whole country at the last one has
7,000. It bounds the work of one layer."""
TYPES: dict[Kind, str] = {"number": "Number", "integer": "Number", "year": "Number", "boolean": "Boolean"}
"""Type of a column in the terms of TileJSON; all others are strings."""
EDGE_M: Final = 5_000.0
"""Distance of points on the edge of a box that are transformed to find its bounds in degrees."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a layer: its name, type as in TileJSON, title and unit (empty for none)."""

    name: str
    type: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One layer of a set of tiles.

    Attributes
    ----------
    name, title, description
        Of the layer.
    dimension
        0, 1 or 2 for points, lines and areas; None when they are mixed.
    fields
        Its columns.
    limits
        The tiles that it reaches into, by growing zoom level; zoom levels that are not here have none.
    bounds
        West, south, east, north in degrees (CRS84).
    """

    name: str
    title: str
    description: str
    dimension: int | None
    fields: tuple[Field, ...]
    limits: tuple[Limits, ...]
    bounds: Bounds


@dataclass(frozen=True, slots=True, eq=False)
class TileSet:
    """Tiles of one or more layers in one grid, from an archive or made when asked for.

    Attributes
    ----------
    grid
        How they are cut.
    layers
        What is in them.
    read
        Gives a tile by zoom level, row and column, as gzip; empty when it holds nothing.
    """

    grid: Grid
    layers: tuple[LayerFacts, ...]
    read: Read

    @property
    def limits(self) -> tuple[Limits, ...]:
        """The tiles that any of the layers reaches into, by growing zoom level."""
        return joined_limits(self.layers)

    @property
    def bounds(self) -> Bounds:
        """West, south, east, north in degrees (CRS84)."""
        return joined_bounds(self.layers)


def joined_bounds(layers: Sequence[LayerFacts]) -> Bounds:
    """Give the bounds of one or more layers together: west, south, east, north in degrees."""
    edges = np.array([layer.bounds for layer in layers])
    west, south = edges[:, :2].min(axis=0).tolist()
    east, north = edges[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def joined_limits(layers: Iterable[LayerFacts]) -> tuple[Limits, ...]:
    """Give the tiles that any of some layers reaches into, by growing zoom level."""
    by_zoom: dict[int, list[Limits]] = {}
    for layer in layers:
        for limits in layer.limits:
            by_zoom.setdefault(limits.zoom, []).append(limits)
    return tuple(
        Limits(
            zoom,
            min(one.min_row for one in found),
            max(one.max_row for one in found),
            min(one.min_col for one in found),
            max(one.max_col for one in found),
        )
        for zoom, found in sorted(by_zoom.items())
    )


def describe(
    layer: Layer, columns: Sequence[Column], frame: gpd.GeoDataFrame, ready: TileLayer, grid: Grid
) -> LayerFacts | None:
    """Describe a layer as it is in the tiles of a grid.

    Parameters
    ----------
    layer, columns
        Its description, and the columns that the tiles carry.
    frame
        Its table, EPSG:28992.
    ready
        The same, made ready for the grid.
    grid
        The grid.

    Returns
    -------
    LayerFacts or None
        None when nothing of the layer lies in the grid.
    """
    if ready.bounds is None:
        return None
    kinds = np.unique(shapely.get_dimensions(ready.whole.geometry))
    return LayerFacts(
        name=layer.name,
        title=layer.label_nl,
        description=layer.description_nl or f"{layer.label_nl} ({layer.label_en})",
        dimension=int(kinds[0]) if len(kinds) == 1 else None,
        fields=tuple(
            Field(column.name, TYPES.get(column.kind, "String"), column.label_nl, column.unit or "")
            for column in columns
            if column.name in frame.columns
        ),
        limits=zoom_limits(grid, ready.bounds, len(ready.whole.rows)),
        bounds=degrees(frame),
    )


def zoom_limits(grid: Grid, bounds: Bounds, features: int) -> tuple[Limits, ...]:
    """Choose the zoom levels of a layer and give the tiles that it reaches into at each.

    Parameters
    ----------
    grid
        The grid.
    bounds
        Of the layer, in the coordinates of the grid.
    features
        How many there are.

    Returns
    -------
    tuple of Limits
        From where a tile holds no more than `CROWDED` features on average, to the last zoom level of the
        grid or where there are no more than `MANY` tiles; empty when the layer lies outside the grid.
    """
    found = [limits for zoom in range(grid.first, grid.last + 1) if (limits := grid.limits(bounds, zoom))]
    while len(found) > 1 and found[-1].count > MANY:
        found.pop()
    while len(found) > 1 and features / found[0].count > CROWDED:
        found.pop(0)
    return tuple(found)


def degrees(frame: gpd.GeoDataFrame) -> Bounds:
    """Give the bounds in degrees (CRS84) of a table in EPSG:28992 that has geometry."""
    west, south, east, north = frame.total_bounds
    # points along the edges, which bend in degrees; a box of one point or line has them too
    x = np.linspace(west, east, int(np.ceil((east - west) / EDGE_M)) + 1)
    y = np.linspace(south, north, int(np.ceil((north - south) / EDGE_M)) + 1)
    edges = [(x, np.full(len(x), side)) for side in (south, north)]
    edges += [(np.full(len(y), side), y) for side in (west, east)]
    along = np.column_stack([np.concatenate(parts) for parts in zip(*edges, strict=True)])
    points = np.asarray(shapely.points(along), dtype=object)
    west, south, east, north = shapely.total_bounds(rd_to_lonlat(points)).tolist()
    return west, south, east, north


def live_tileset(
    tables: Mapping[str, gpd.GeoDataFrame], layers: Iterable[tuple[Layer, Sequence[Column]]], grid: Grid
) -> TileSet | None:
    """Make a set of tiles that are encoded when they are asked for.

    Parameters
    ----------
    tables
        Tables by name of their layer, EPSG:28992, cut to what the reader may see.
    layers
        Layers with the columns that the tiles carry; those without table or without geometry are left out.
    grid
        The grid.

    Returns
    -------
    TileSet or None
        None when nothing is left. Safe to be used by several threads.
    """
    ready: list[tuple[LayerFacts, TileLayer]] = []
    for layer, columns in layers:
        if layer.name not in tables:
            continue
        made = prepare(layer.name, tables[layer.name], columns, grid)
        facts = describe(layer, columns, tables[layer.name], made, grid)
        if facts is not None and facts.limits:
            ready.append((facts, made))
    if not ready:
        return None

    def read(zoom: int, row: int, col: int) -> bytes:
        wanted = (made for facts, made in ready if _reaches(facts, zoom, row, col))
        tile = live_tile(wanted, grid, zoom, row, col)
        return compress(tile) if tile else b""

    return TileSet(grid, tuple(facts for facts, _ in ready), read)


def _reaches(facts: LayerFacts, zoom: int, row: int, col: int) -> bool:
    return any(limits.zoom == zoom and limits.holds(row, col) for limits in facts.limits)


def to_metadata(grid: Grid, layers: Sequence[LayerFacts]) -> dict[str, Any]:
    """Describe a set of tiles for the metadata of an archive; it says which grid its numbers mean."""
    return {
        "name": layers[0].title if len(layers) == 1 else "Alle lagen",
        "type": "overlay",
        "tile_matrix_set": grid.id,
        "crs": grid.crs,
        "vector_layers": [
            {
                "id": layer.name,
                "description": layer.title,
                "minzoom": layer.limits[0].zoom,
                "maxzoom": layer.limits[-1].zoom,
                "fields": {field.name: field.type for field in layer.fields},
            }
            for layer in layers
        ],
        "layers": [asdict(layer) for layer in layers],
    }


def from_metadata(metadata: Mapping[str, Any], read: Read) -> TileSet:
    """Read a set of tiles back from the metadata of an archive.

    Raises
    ------
    KeyError, TypeError
        When it was not written by `to_metadata`.
    """
    layers = tuple(
        LayerFacts(
            **{
                **layer,
                "fields": tuple(Field(**field) for field in layer["fields"]),
                "limits": tuple(Limits(**limits) for limits in layer["limits"]),
                "bounds": tuple(layer["bounds"]),
            }
        )
        for layer in metadata["layers"]
    )
    return TileSet(GRIDS[metadata["tile_matrix_set"]], layers, read)


def join_sets(sets: Sequence[TileSet]) -> TileSet:
    """Put sets of tiles of one grid together: a tile of several layers is their tiles behind each other.

    Parameters
    ----------
    sets
        One or more, all of the same grid.
    """
    if len(sets) == 1:
        return sets[0]

    def read(zoom: int, row: int, col: int) -> bytes:
        found = [tile for one in sets if (tile := one.read(zoom, row, col))]
        return found[0] if len(found) == 1 else join_tiles(found)

    return TileSet(sets[0].grid, tuple(layer for one in sets for layer in one.layers), read)


def join_tiles(tiles: Sequence[bytes]) -> bytes:
    """Put tiles of different layers together, gzip in and out; empty of none."""
    return compress(b"".join(map(gzip.decompress, tiles))) if tiles else b""
