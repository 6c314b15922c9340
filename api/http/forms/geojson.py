"""GeoJSON (RFC 7946), with the older ``crs`` member where the coordinates are not CRS84."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely

from api.http.forms.content import Crs

if TYPE_CHECKING:
    from api.http.forms.content import Content


def write_geojson(content: Content) -> bytes:
    """Write a feature collection, one feature a line; a table gives features without geometry."""
    head: dict[str, Any] = {"type": "FeatureCollection", "name": content.layer.name}
    if content.geometry is not None and content.crs is not Crs.CRS84:
        head["crs"] = {"type": "name", "properties": {"name": content.crs.urn}}
    head["metadata"] = content.facts.lines(content.layer)
    lines = b",\n".join(_features(content))
    # the members of the head and an array that follows them
    return orjson.dumps(head)[:-1] + b',"features":[\n' + lines + b"\n]}\n"


def _features(content: Content) -> list[bytes]:
    rows = content.records()
    if content.geometry is None:
        shapes = np.full(len(rows), None, dtype=object)
    else:
        # outer rings run counterclockwise
        shapes = shapely.to_geojson(shapely.orient_polygons(content.geometry))
    key = content.layer.identifier
    return [
        orjson.dumps(
            {
                "type": "Feature",
                **({} if key is None or row.get(key) is None else {"id": row[key]}),
                "geometry": None if shape is None else orjson.Fragment(shape),
                "properties": row,
            }
        )
        for shape, row in zip(shapes, rows, strict=True)
    ]
