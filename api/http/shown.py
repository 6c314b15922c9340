"""One release for each kind of reader, in every form in which it is served, cut before anything is made."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from api.http.cutting import cut_tables, exists_for, is_undecided
from api.http.memory import MemorySource
from api.http.snapshot import take_snapshot
from api.http.styles import make_book
from api.http.tile_sources import LiveTiles, StoredTiles
from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from api.http.scope import Scope
    from api.http.snapshot import MakeSource, Snapshot
    from api.http.source import FeatureSource
    from api.http.styles import StyleBook
    from api.http.tile_sources import TileSource
    from layers.release import Release
    from layers.schema import Layer

KEPT: Final = 12
"""Kinds of readers of one release that stay in memory; each holds what it may see, once."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What one kind of reader sees of a release.

    Attributes
    ----------
    release
        As it is on disk. Nothing is read from it for an answer but files that `may_see_files` allows.
    scope
        Of the reader.
    snapshot, tiles, book
        Features, tiles and styles, of what the scope holds and nothing else.
    """

    release: Release
    scope: Scope
    snapshot: Snapshot
    tiles: TileSource
    book: StyleBook

    def may_see_file(self, relative: str) -> bool:
        """Tell whether a file of the release is for this reader; files are of the whole region."""
        level = files_level(self.release, self.scope)
        known = relative in self.release.manifest["files"]
        return known and level is not None and level.allows(self.release.file_level(relative))


class Showing:
    """Makes what each kind of reader sees of one release, and keeps what was asked for last.

    Parameters
    ----------
    release
        A whole release.
    tiles
        Folder with the tiles for everybody that were made beforehand; None to make them when asked for.
    kept
        How many kinds of readers stay in memory.
    make_source
        Makes the source of the features of a table that a reader sees whole; `api.http.stored.Database`
        makes one in PostGIS. By default they are in memory, as are always those that were cut for one
        reader: for everybody written beforehand, for others when they are asked for.
    """

    def __init__(
        self,
        release: Release,
        tiles: Path | None = None,
        *,
        kept: int = KEPT,
        make_source: MakeSource | None = None,
    ) -> None:
        self._release = release if release.kept is not None else release.remembering()
        self._tiles = tiles
        self._kept = kept
        self._make_source = make_source
        self._made: OrderedDict[str, Shown] = OrderedDict()
        self._books = threading.Lock()
        self._making = threading.Lock()

    @property
    def release(self) -> Release:
        """The release."""
        return self._release

    def held(self, scope: Scope) -> Shown | None:
        """Give what a reader sees when it is in memory already."""
        with self._books:
            found = self._made.get(scope.tag)
            if found is not None:
                self._made.move_to_end(scope.tag)
            return found

    def of(self, scope: Scope) -> Shown | None:
        """Give what a reader sees; None when the release does not exist for it."""
        if not exists_for(self._release, scope):
            return None
        found = self.held(scope)
        if found is not None:
            return found
        # one at a time, so that memory stays bounded and the same is not made twice
        with self._making:
            found = self.held(scope)
            if found is None:
                found = self._make(scope)
                with self._books:
                    self._made[scope.tag] = found
                    while len(self._made) > self._kept:
                        self._made.popitem(last=False)
            return found

    def _make(self, scope: Scope) -> Shown:
        release = self._release
        cut = cut_tables(release, scope)
        tables = {name: one.table for name, one in cut.items()}
        in_memory = partial(MemorySource, ready=scope.is_public)
        whole_source = self._make_source or in_memory

        def make_source(layer: Layer, frame: pd.DataFrame | gpd.GeoDataFrame) -> FeatureSource:
            return (whole_source if cut[layer.name].whole else in_memory)(layer, frame)

        snapshot = take_snapshot(
            release,
            tables,
            scope.level,
            scope.tag,
            map_level=files_level(release, scope),
            make_source=make_source,
        )
        columns = {name: item.columns for name, item in snapshot.collections.items()}
        everybody = scope.level is Level.PUBLIC and scope.territory is None and not scope.shares
        tiles: TileSource
        if everybody and self._tiles is not None:
            tiles = StoredTiles(self._tiles, tables)
        else:
            tiles = LiveTiles(tables, release.layers, columns)
        book = make_book(
            tables,
            [(release.layers[name], own) for name, own in columns.items()],
            release.classes,
            title=str(release.project["name"]),
            attribution=str(release.project.get("authority", "")),
        )
        return Shown(release, scope, snapshot, tiles, book)


def files_level(release: Release, scope: Scope) -> Level | None:
    """Give the level up to which a reader sees files that are of the whole region; None for no file at all.

    Who sees a territory or a session only gets no more of them than everybody does, and nothing while nothing
    was decided: what was found is then not public for them.
    """
    limited = scope.territory is not None or bool(scope.shares)
    if limited:
        return None if is_undecided(release) else Level.PUBLIC
    return scope.level
