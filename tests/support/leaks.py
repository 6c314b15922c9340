"""Look for what a cut release tells about municipalities that are not in its territory, by brute force.

Whose a row is, is found here from its shape or from the shapes of what it names, never from the code that cuts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from layers.schema import Level

if TYPE_CHECKING:
    from layers.release import Release

# "VB001>VB014:road:2030" names two hubs; the ids themselves hold letters, digits, dots and hyphens
WORD = re.compile(r"[\w.-]+")
NEARBY_M = 1e-6


@dataclass
class Oracle:
    """What belongs to others than the municipalities of `codes`, in a release."""

    release: Release
    codes: frozenset[str]
    tables: dict[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> Any:
        if name not in self.tables:
            self.tables[name] = self.release.table(name)
        return self.tables[name]

    @cached_property
    def boundary(self) -> shapely.Geometry:
        table = self.table("municipalities")
        return shapely.union_all(table[table["municipality_code"].isin(self.codes)].geometry.to_numpy())

    @cached_property
    def hidden(self) -> list[str]:
        """Layers that not everybody may see."""
        return [name for name, layer in self.release.layers.items() if layer.level is not Level.PUBLIC]

    @cached_property
    def public_words(self) -> set[str]:
        """Every word in what everybody may see."""
        words: set[str] = set()
        for name, layer in self.release.layers.items():
            for column in layer.visible(Level.PUBLIC):
                words.update(words_of(self.table(name)[column.name]))
        return words

    def foreign(self, name: str) -> pd.Series[bool]:
        """Tell of each row of a layer with shapes whether nothing of it lies in the territory."""
        table = self.table(name)
        return pd.Series(~shapely.intersects(table.geometry.to_numpy(), self.boundary), index=table.index)

    @cached_property
    def foreign_words(self) -> set[str]:
        """Ids and names of rows of others in layers with shapes that not everybody may see."""
        found: set[str] = set()
        near: set[str] = set()
        for name in self.hidden:
            layer, table = self.release.layer(name), self.table(name)
            if layer.shape == "table" or not len(table):
                continue
            foreign = self.foreign(name)
            assert layer.identifier
            found.update(table.loc[foreign, layer.identifier].astype(str))
            # an own facility that serves others has the id of its area of service, which lies elsewhere
            near.update(table.loc[~foreign, layer.identifier].astype(str))
        return found - near - self.public_words

    @cached_property
    def foreign_names(self) -> set[str]:
        """Names that only rows of others carry, in layers that not everybody may see."""
        found: set[str] = set()
        for name in self.hidden:
            table = self.table(name)
            if isinstance(table, gpd.GeoDataFrame) and "name" in table and len(table):
                foreign = self.foreign(name)
                found |= set(table.loc[foreign, "name"].dropna()) - set(table.loc[~foreign, "name"].dropna())
        public: set[str] = set()
        for name, layer in self.release.layers.items():
            if "name" in layer.by_name and layer.level is Level.PUBLIC:
                public |= set(self.table(name)["name"].dropna())
        return found - public


def words_of(values: pd.Series[Any]) -> set[str]:
    """Give every word in a column."""
    return {word for value in values.dropna().astype(str).unique() for word in WORD.findall(value)}


def outside(table: Any, boundary: shapely.Geometry) -> int:
    """Count the vertices of a table that lie outside a boundary."""
    points = shapely.points(shapely.get_coordinates(table.geometry.to_numpy()))
    return int((shapely.distance(points, boundary) > NEARBY_M).sum())
