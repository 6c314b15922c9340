"""Features as GeoJSON bytes: the one place where they are written, whatever keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import shapely

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray


def properties_bytes(rows: Sequence[dict[Hashable, Any]]) -> list[bytes]:
    """Write the attributes of each row."""
    return [orjson.dumps(row) for row in rows]


def feature_bytes(
    ids: Sequence[str], properties: Sequence[bytes], geometry: NDArray[np.object_]
) -> tuple[bytes, ...]:
    """Write features from their ids, their attributes as written and their geometry as it is served."""
    shapes = shapely.to_geojson(geometry)
    return tuple(
        b'{"type":"Feature","id":%b,"geometry":%b,"properties":%b}'
        % (orjson.dumps(feature_id), b"null" if shape is None else shape.encode(), written)
        for feature_id, shape, written in zip(ids, shapes, properties, strict=True)
    )
