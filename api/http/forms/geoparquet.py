"""GeoParquet 1.1, and plain Parquet for tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import orjson
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from api.http.forms.content import Content

FACTS = b"kringruimte"
"""Key of the metadata that holds the facts as JSON."""


def write_geoparquet(content: Content) -> bytes:
    """Write the rows with geometry as WKB and the facts beside the metadata of GeoParquet."""
    import geopandas as gpd

    rows = content.geo()
    first = io.BytesIO()
    if isinstance(rows, gpd.GeoDataFrame):
        named = rows.set_crs(content.crs.code, allow_override=True)
        named.to_parquet(first, index=False, compression="zstd", geometry_encoding="WKB")
    else:
        rows.to_parquet(first, index=False, compression="zstd")
    # geopandas writes the metadata of GeoParquet and takes none of ours
    table = pq.read_table(first)
    facts = {FACTS: orjson.dumps(content.facts.lines(content.layer))}
    target = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({**(table.schema.metadata or {}), **facts}), target, compression="zstd"
    )
    return target.getvalue()
