"""Where the tiles of a snapshot come from: the archives of its release, or its tables."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd

from layers.tiles.archive import Archive
from layers.tiles.grids import GRIDS
from layers.tiles.pyramid import archive_path
from layers.tiles.tileset import join_sets, live_tileset

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from layers.schema import Column, Layer
    from layers.tiles.grids import Grid
    from layers.tiles.tileset import TileSet


class TileSource(Protocol):
    """Where the tiles of a snapshot come from."""

    def get(self, collection: str | None, grid: str) -> TileSet | None:
        """Give the tiles of a collection, or of all together, in a grid; None when there are none."""


class StoredTiles:
    """Tiles of a release from its archives; each is opened when it is first asked for.

    Parameters
    ----------
    folder
        ``views/tiles`` of the release.
    collections
        What the reader may see, in the order of the catalogue. Archives of other layers are never opened.
    """

    def __init__(self, folder: Path, collections: Collection[str]) -> None:
        self._folder = folder
        self._collections = tuple(collections)
        self._found: dict[tuple[str | None, str], TileSet | None] = {}
        self._lock = threading.Lock()

    def get(self, collection: str | None, grid: str) -> TileSet | None:
        """Give the tiles of a collection, or of all together, in a grid; None when there are none."""
        if grid not in GRIDS or (collection is not None and collection not in self._collections):
            return None
        with self._lock:
            if (collection, grid) not in self._found:
                self._found[collection, grid] = self._open(collection, GRIDS[grid])
            return self._found[collection, grid]

    def _open(self, collection: str | None, grid: Grid) -> TileSet | None:
        if collection is not None:
            path = self._folder / archive_path(grid, collection)
            return Archive(path).tiles if path.is_file() else None
        path = self._folder / archive_path(grid)
        if not path.is_file():
            return None
        together = Archive(path).tiles
        if {layer.name for layer in together.layers} <= set(self._collections):
            return together
        # the reader sees fewer layers than the archive of all holds
        own = [one for name in self._collections if (one := self._open(name, grid)) is not None]
        return join_sets(own) if own else None


class LiveTiles:
    """Tiles made from tables when they are asked for; a layer is made ready when it is first asked for.

    Parameters
    ----------
    tables
        By name, EPSG:28992, cut to what the reader may see.
    layers
        Descriptions by name, in the order of the catalogue.
    columns
        The columns that the reader may see, by name of the layer.
    """

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        layers: Mapping[str, Layer],
        columns: Mapping[str, Sequence[Column]],
    ) -> None:
        self._tables = {
            name: frame
            for name in layers
            if name in columns and isinstance(frame := tables.get(name), gpd.GeoDataFrame)
        }
        self._layers = layers
        self._columns = columns
        self._found: dict[tuple[str | None, str], TileSet | None] = {}
        self._lock = threading.RLock()

    def get(self, collection: str | None, grid: str) -> TileSet | None:
        """Give the tiles of a collection, or of all together, in a grid; None when there are none."""
        if grid not in GRIDS or (collection is not None and collection not in self._tables):
            return None
        with self._lock:
            if (collection, grid) not in self._found:
                self._found[collection, grid] = self._make(collection, GRIDS[grid])
            return self._found[collection, grid]

    def _make(self, collection: str | None, grid: Grid) -> TileSet | None:
        if collection is None:
            own = [one for name in self._tables if (one := self.get(name, grid.id)) is not None]
            return join_sets(own) if own else None
        return live_tileset(self._tables, [(self._layers[collection], self._columns[collection])], grid)
