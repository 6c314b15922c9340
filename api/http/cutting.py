"""Cut a release to what one caller may see, before anything is computed on it.

Ids, filters, counts, boxes, tiles, downloads and error texts are all made from the result, so what is outside
a scope cannot come through any of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import geopandas as gpd
import numpy as np
import shapely

from api.http.access.territory import Territory
from api.jobs.ties import Kind, may_be_shared, tie_of
from layers.export_settings import UNDECIDED
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

    from api.http.scope import Scope
    from api.jobs.ties import Tie
    from layers.release import Release
    from layers.schema import Column, Layer

    Table: TypeAlias = pd.DataFrame | gpd.GeoDataFrame


def is_undecided(release: Release) -> bool:
    """Tell whether nothing was decided in a release yet; also when its project does not say."""
    return release.project.get("procedure_status", UNDECIDED[0]) in UNDECIDED


def exists_for(release: Release, scope: Scope) -> bool:
    """Tell whether a release exists for a caller; one that does not is answered as one that never was."""
    return scope.undecided or not is_undecided(release)


def visible_tables(release: Release, scope: Scope) -> dict[str, Table]:
    """Give what a caller may see of a release.

    Parameters
    ----------
    release
        As it is on disk; its own layer catalogue says which level each layer and column has.
    scope
        Of the caller.

    Returns
    -------
    dict
        Name of the layer to its rows in EPSG:28992, in catalogue order; new tables with the columns that the
        scope may see, ``geometry`` last. Empty when the release does not exist for this caller.

    Notes
    -----
    Who sees the whole region gets layers and columns by level. Who sees a territory gets, of what is not
    public: own rows only, by attribute, with shapes clipped to the municipalities; a layer that is tied to
    no place is left out. Columns that are not public in a public layer are empty outside the territory.
    As long as nothing was decided, results count as not public for who sees a territory only.
    """
    return {name: cut.table for name, cut in cut_tables(release, scope).items()}


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A table as a caller may see it; whole when every row is as it is and only columns were left out."""

    table: Table
    whole: bool


def cut_tables(release: Release, scope: Scope) -> dict[str, Cut]:
    """Give what `visible_tables` gives, each with whether it was cut."""
    if not exists_for(release, scope):
        return {}
    cutter = _Cutter(release if release.kept is not None else release.remembering(), scope)
    return {layer.name: cut for layer in release.layers.values() for cut in cutter.given(layer)}


@dataclass(frozen=True, eq=False)
class _Cutter:
    release: Release
    scope: Scope
    territories: dict[frozenset[str], Territory] = field(default_factory=dict)

    def given(self, layer: Layer) -> Iterator[Cut]:
        """Yield the table of a layer, or nothing."""
        tie = tie_of(layer.name)
        level = self._level_of(layer)
        if level is Level.PUBLIC or (layer.level is Level.PUBLIC and tie.kind is Kind.GENERAL):
            yield self._public(layer, tie)
            return
        place = self._place_of(layer, level)
        if place is None:
            yield Cut(_chosen(self.release.table(layer.name), layer.visible(self.scope.level)), whole=True)
        elif place and tie.rules:
            yield Cut(self._cut(layer, tie, self._territory(place)), whole=False)

    def _level_of(self, layer: Layer) -> Level:
        """Give the level of a layer for this caller; what was found is not public before it is decided."""
        limited = self.scope.territory is not None or self.scope.shares
        if layer.level is Level.PUBLIC and layer.role == "result" and limited and is_undecided(self.release):
            return Level.MUNICIPALITY
        return layer.level

    def _place_of(self, layer: Layer, level: Level) -> frozenset[str] | None:
        if may_be_shared(layer) or self.scope.level.allows(level):
            return self.scope.territory_of(layer.name, level)
        return frozenset()

    def _public(self, layer: Layer, tie: Tie) -> Cut:
        """Give all rows; columns that are not public are empty in rows of others."""
        columns = layer.visible(self.scope.level)
        table = _chosen(self.release.table(layer.name), columns)
        hidden = [column.name for column in columns if column.level is not Level.PUBLIC]
        if self.scope.territory is None or not hidden:
            return Cut(table, whole=True)
        territory = self._territory(self.scope.territory)
        own = territory.own(layer.name)
        for name in hidden:
            table[name] = table[name].where(own)
        return Cut(_without_mentions(table, tie, territory, hidden), whole=False)

    def _cut(self, layer: Layer, tie: Tie, territory: Territory) -> Table:
        """Give own rows, clipped."""
        allowed = layer.level if self._is_shared(layer) else self.scope.level
        columns = [column for column in layer.columns if allowed.allows(column.level)]
        table = _chosen(self.release.table(layer.name), columns)[territory.own(layer.name)]
        table = table.reset_index(drop=True)
        if isinstance(table, gpd.GeoDataFrame):
            shapes = np.asarray(table.geometry.to_numpy(), dtype=object)
            clipped = territory.clipped(shapes)
            kept = ~shapely.is_missing(clipped) | shapely.is_missing(shapes)
            table = table.set_geometry(gpd.GeoSeries(clipped, index=table.index, crs=table.crs))
            table = table[kept].reset_index(drop=True)
        return _without_mentions(table, tie, territory, [column.name for column in columns])

    def _is_shared(self, layer: Layer) -> bool:
        return any(share.layer == layer.name for share in self.scope.shares)

    def _territory(self, codes: frozenset[str]) -> Territory:
        if codes not in self.territories:
            self.territories[codes] = Territory(self.release, codes)
        return self.territories[codes]


def _chosen(table: Table, columns: Iterable[Column]) -> Table:
    geometry = ["geometry"] if isinstance(table, gpd.GeoDataFrame) else []
    # a shallow copy: columns are replaced, never written into
    return table[[column.name for column in columns] + geometry].copy(deep=False)


def _without_mentions(table: Table, tie: Tie, territory: Territory, names: list[str]) -> Table:
    """Empty the lists that name a row that belongs to others."""
    for column, (layer, key) in tie.mentions.items():
        if column in names:
            table[column] = table[column].where(territory.known(table[column], layer, key))
    return table
