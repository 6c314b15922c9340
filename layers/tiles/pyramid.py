"""Make the tiles of the layers of a release beforehand, one archive per layer and one of all, for each grid.

Each tile is cut out of the piece that its parent held, so the work does not grow with the number of tiles
times the number of features. GDAL's driver was measured for this: 20,000 polygons in the RD grid take it
twice the processor time, and it writes that grid into folders only. With one encoder, a tile from an archive
holds what it would hold when it is made on request.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import geopandas as gpd

from layers.schema import Level
from layers.tiles.archive import Archive, tile_number, write_archive
from layers.tiles.encode import buffered, compress, cut, encode, prepare
from layers.tiles.grids import GRIDS
from layers.tiles.tileset import describe, join_tiles, joined_bounds, joined_limits, to_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    import pandas as pd

    from layers.schema import Layer
    from layers.tiles.encode import Cut, TileLayer
    from layers.tiles.grids import Grid, Limits
    from layers.tiles.tileset import LayerFacts

SUFFIX: Final = ".pmtiles"


def archive_path(grid: Grid, layer: str | None = None) -> str:
    """Name the archive of a layer, or of all layers, relative to the folder of tiles."""
    return f"{grid.id}/{layer}{SUFFIX}" if layer else f"{grid.id}{SUFFIX}"


def build(
    tables: Mapping[str, pd.DataFrame],
    layers: Iterable[Layer],
    folder: Path,
    *,
    level: Level = Level.PUBLIC,
    grids: Iterable[Grid] = tuple(GRIDS.values()),
) -> tuple[str, ...]:
    """Make the archives of all layers that readers of a level may see.

    Parameters
    ----------
    tables
        Tables by name of their layer, EPSG:28992; those of other layers are not looked at.
    layers
        Descriptions, in the order of the catalogue.
    folder
        Where the archives go, such as ``views/tiles``; made when it is not there.
    level
        Who the tiles are for: only layers and columns that it may see are in them.
    grids
        For which grids; two processes can make one each.

    Returns
    -------
    tuple of str
        The files that were written, as `archive_path` names them. Layers without geometry have none.
    """
    shown = [
        (layer, frame)
        for layer in layers
        if layer.visible(level) and isinstance(frame := tables.get(layer.name), gpd.GeoDataFrame)
    ]
    written: list[str] = []
    for grid in grids:
        (folder / grid.id).mkdir(parents=True, exist_ok=True)
        made: list[LayerFacts] = []
        for layer, frame in shown:
            path = folder / archive_path(grid, layer.name)
            facts = build_layer(layer, frame, grid, path, level=level)
            if facts is not None:
                made.append(facts)
                written.append(archive_path(grid, layer.name))
        if made:
            join(grid, made, folder)
            written.append(archive_path(grid))
    return tuple(written)


def build_layer(
    layer: Layer, frame: gpd.GeoDataFrame, grid: Grid, path: Path, *, level: Level
) -> LayerFacts | None:
    """Make the archive of one layer; None, and no file, when nothing of it lies in the grid."""
    columns = layer.visible(level)
    ready = prepare(layer.name, frame, columns, grid)
    facts = describe(layer, columns, frame, ready, grid)
    if facts is None or not facts.limits:
        return None
    tiles = {tile_number(*place): compress(tile) for place, tile in pyramid(ready, grid, facts.limits)}
    if not tiles:
        return None
    write_archive(path, sorted(tiles.items()), to_metadata(grid, [facts]), facts.bounds)
    return facts


def pyramid(
    layer: TileLayer, grid: Grid, limits: tuple[Limits, ...]
) -> Iterator[tuple[tuple[int, int, int], bytes]]:
    """Encode every tile of a layer that holds something, as zoom level, row, column and bytes."""
    below = {one.zoom: next_one for one, next_one in pairwise(limits)}
    first = limits[0]
    waiting: list[tuple[Limits, int, int, Cut]] = [
        (first, row, col, layer.whole)
        for row in range(first.min_row, first.max_row + 1)
        for col in range(first.min_col, first.max_col + 1)
    ]
    while waiting:
        here, row, col, piece = waiting.pop()
        bounds = grid.bounds(here.zoom, row, col)
        own = cut(piece, buffered(bounds))
        if not len(own.rows):
            continue
        tile = encode(layer, own, bounds)
        if tile:
            yield (here.zoom, row, col), tile
        deeper = below.get(here.zoom)
        if deeper is not None:
            children = ((2 * row + down, 2 * col + right) for down in (0, 1) for right in (0, 1))
            waiting += [(deeper, *child, own) for child in children if deeper.holds(*child)]


def join(grid: Grid, layers: list[LayerFacts], folder: Path) -> None:
    """Make the archive of all layers: a tile of several layers is their tiles behind each other."""
    archives = [Archive(folder / archive_path(grid, layer.name)) for layer in layers]
    numbers = sorted(
        tile_number(limits.zoom, row, col)
        for limits in joined_limits(layers)
        for row in range(limits.min_row, limits.max_row + 1)
        for col in range(limits.min_col, limits.max_col + 1)
    )

    def tiles() -> Iterator[tuple[int, bytes]]:
        for number in numbers:
            found = [tile for archive in archives if (tile := archive.read_number(number))]
            if found:
                yield number, found[0] if len(found) == 1 else join_tiles(found)

    write_archive(folder / archive_path(grid), tiles(), to_metadata(grid, layers), joined_bounds(layers))
