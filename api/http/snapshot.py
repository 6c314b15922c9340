"""What the service serves: one release, read once, as far as the level allows, ready to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import orjson
import shapely

from gis.crs import rd_to_lonlat
from maps.reading import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from api.http.queries import Box, ItemsQuery
    from layers.release import Release
    from layers.schema import Column, Layer, Level

LONLAT_DECIMALS = 9
"""Decimals of degrees that are served: a tenth of a millimetre."""
MAP_PAGES = ("views/planner/map.html", "views/map.html")
"""Map pages, the most detailed first."""


@dataclass(frozen=True, eq=False)
class FeatureCollection:
    """One table as features.

    Attributes
    ----------
    layer
        Its description.
    columns
        The columns that the level allows.
    ids
        Feature ids in the order in which features are served.
    place
        Feature id to its position.
    features
        Each feature as GeoJSON bytes, in CRS84.
    tree, positions
        Index over the geometries and the position of the feature of each; None and empty without geometry.
    extent
        West, south, east, north in degrees; None without geometry.
    """

    layer: Layer
    columns: tuple[Column, ...]
    ids: tuple[str, ...]
    place: Mapping[str, int]
    features: tuple[bytes, ...]
    tree: shapely.STRtree | None
    positions: NDArray[np.integer[Any]]
    extent: Box | None

    def select(self, query: ItemsQuery) -> tuple[list[bytes], int]:
        """Give the features of one page, and how many there are over all pages."""
        stop = query.offset + query.limit
        if query.bbox is None:
            return list(self.features[query.offset : stop]), len(self.features)
        found = self._within(query.bbox)
        return [self.features[position] for position in found[query.offset : stop]], len(found)

    def feature(self, feature_id: str) -> bytes | None:
        """Give one feature, or None when there is none with that id."""
        position = self.place.get(feature_id)
        return None if position is None else self.features[position]

    def _within(self, bbox: Box) -> list[int]:
        if self.tree is None:
            return []
        west, south, east, north = bbox
        across = west > east
        boxes = (
            [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
            if across
            else [shapely.box(west, south, east, north)]
        )
        hits = [self.tree.query(box, predicate="intersects") for box in boxes]
        positions: list[int] = np.unique(self.positions[np.concatenate(hits)]).tolist()
        return positions


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One release at one level.

    Attributes
    ----------
    name
        Name of the release.
    project
        Its project facts.
    level
        What readers may see.
    collections
        Collections by name, in catalogue order; only those that the level allows.
    map_page
        The map page for this level; None when the release has none.
    view
        Writes single values as readers see them.
    """

    name: str
    project: Mapping[str, Any]
    level: Level
    collections: Mapping[str, FeatureCollection]
    map_page: bytes | None
    view: View


def take_snapshot(release: Release, level: Level) -> Snapshot:
    """Read a release into memory, as far as a level allows.

    Parameters
    ----------
    release
        A whole release.
    level
        What readers may see.

    Returns
    -------
    Snapshot
        Immutable; nothing is read from disk afterwards.
    """
    collections = {
        name: _collection(release, name, level)
        for name, layer in release.layers.items()
        if layer.visible(level)
    }
    return Snapshot(
        name=release.name,
        project=release.project,
        level=level,
        collections=collections,
        map_page=_map_page(release, level),
        view=View(release, level),
    )


def _collection(release: Release, name: str, level: Level) -> FeatureCollection:
    layer = release.layer(name)
    frame = release.visible(name, level)
    count = len(frame)
    ids = frame[layer.identifier].tolist() if layer.identifier else [str(n + 1) for n in range(count)]
    geometry = _lonlat(frame) if isinstance(frame, gpd.GeoDataFrame) else np.full(count, None, dtype=object)
    positions = np.flatnonzero(geometry != None)  # noqa: E711 (elementwise over an object array)
    placed = geometry[positions]
    return FeatureCollection(
        layer=layer,
        columns=layer.visible(level),
        ids=tuple(ids),
        place={feature_id: position for position, feature_id in enumerate(ids)},
        features=_features(frame, ids, geometry),
        tree=shapely.STRtree(placed) if len(placed) else None,
        positions=positions,
        extent=_extent(placed) if len(placed) else None,
    )


def _extent(placed: NDArray[np.object_]) -> Box:
    west, south, east, north = shapely.total_bounds(placed).tolist()
    return west, south, east, north


def _lonlat(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Bring geometry to CRS84 with rings in the direction that GeoJSON (RFC 7946) asks for."""
    degrees = rd_to_lonlat(frame.geometry.to_numpy())
    rounded = shapely.transform(degrees, lambda xy: np.round(xy, LONLAT_DECIMALS))
    oriented: NDArray[np.object_] = np.asarray(shapely.orient_polygons(rounded), dtype=object)
    return oriented


def _features(frame: pd.DataFrame, ids: list[str], geometry: NDArray[np.object_]) -> tuple[bytes, ...]:
    plain = frame.drop(columns="geometry", errors="ignore").astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    shapes = shapely.to_geojson(geometry)
    return tuple(
        orjson.dumps(
            {
                "type": "Feature",
                "id": feature_id,
                "geometry": None if shape is None else orjson.Fragment(shape),
                "properties": row,
            }
        )
        for feature_id, shape, row in zip(ids, shapes, rows, strict=True)
    )


def _map_page(release: Release, level: Level) -> bytes | None:
    files = release.manifest["files"]
    for relative in MAP_PAGES:
        if relative in files and level.allows(release.file_level(relative)):
            return (release.path / relative).read_bytes()
    return None
