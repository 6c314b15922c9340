"""What the service serves: one release, read once, as far as the reader may see it, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from api.http.memory import MemorySource
from maps.reading import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import pandas as pd

    from api.http.cql import ValueType
    from api.http.source import Box, FeatureSource
    from layers.release import Release
    from layers.schema import Column, Kind, Layer, Level

    MakeSource = Callable[[Layer, pd.DataFrame | gpd.GeoDataFrame], FeatureSource]

MAP_PAGES = ("views/planner/map.html", "views/map.html")
"""Map pages, the most detailed first."""

VALUE_TYPES: Final[dict[Kind, ValueType]] = {
    "number": "number",
    "integer": "number",
    "year": "number",
    "boolean": "boolean",
    "date": "date",
}
"""Kind of column to the type that it has in a filter; all others are text."""


@dataclass(frozen=True, eq=False)
class FeatureCollection:
    """One table as features.

    Attributes
    ----------
    layer
        Its description.
    columns
        The columns that the reader may see.
    source
        Its features.
    types
        Column name to its type in a filter.
    """

    layer: Layer
    columns: tuple[Column, ...]
    source: FeatureSource
    types: Mapping[str, ValueType] = field(init=False)

    def __post_init__(self) -> None:
        types = {column.name: VALUE_TYPES.get(column.kind, "text") for column in self.columns}
        object.__setattr__(self, "types", types)

    @property
    def count(self) -> int:
        """The number of features."""
        return self.source.count

    @property
    def extent(self) -> Box | None:
        """West, south, east, north in degrees; None without geometry."""
        return self.source.extent

    @property
    def placed(self) -> bool:
        """Whether features have a place."""
        return self.layer.shape != "table"


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One release for one kind of reader.

    Attributes
    ----------
    name
        Name of the release.
    project
        Its project facts.
    level
        What readers may see.
    tag
        Short name of all that readers may see, for cache keys.
    collections
        Collections by name, in catalogue order; only those that the reader may see.
    map_page
        The map page for this level; None when the release has none.
    view
        Writes single values as readers see them.
    """

    name: str
    project: Mapping[str, Any]
    level: Level
    tag: str
    collections: Mapping[str, FeatureCollection]
    map_page: bytes | None
    view: View


def take_snapshot(
    release: Release,
    tables: Mapping[str, pd.DataFrame | gpd.GeoDataFrame],
    level: Level,
    tag: str,
    *,
    map_level: Level | None = None,
    make_source: MakeSource = MemorySource,
) -> Snapshot:
    """Make a release ready to be served to one kind of reader.

    Parameters
    ----------
    release
        A whole release.
    tables
        Table name to the rows, columns and geometry (EPSG:28992) that the reader may see; what is not in
        them does not exist for the reader.
    level
        Up to which readers see values.
    tag
        Short name of all that readers may see.
    map_level
        Up to which level they see the map page, which is of the whole region; None for no map page.
    make_source
        Makes the source of one table.

    Returns
    -------
    Snapshot
        Immutable; nothing is read from disk afterwards.
    """
    return Snapshot(
        name=release.name,
        project=release.project,
        level=level,
        tag=tag,
        collections={
            name: FeatureCollection(
                layer=layer,
                columns=tuple(column for column in layer.columns if column.name in tables[name].columns),
                source=make_source(layer, tables[name]),
            )
            for name, layer in release.layers.items()
            if name in tables
        },
        map_page=None if map_level is None else _map_page(release, map_level),
        view=View(release, level),
    )


def _map_page(release: Release, level: Level) -> bytes | None:
    files = release.manifest["files"]
    for relative in MAP_PAGES:
        if relative in files and level.allows(release.file_level(relative)):
            return (release.path / relative).read_bytes()
    return None
