"""ArcGIS FeatureServer: a layer to its last page by resultOffset, as Esri JSON read by GDAL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
import pyarrow as pa
import pyogrio
import pyproj

from gis.crs import RD
from layers.sources.addresses import with_query
from layers.sources.faults import FetchError
from layers.sources.features import gdal_quiet
from layers.sources.ogc_features import asked
from layers.sources.paging import PageWatch
from layers.sources.parquet import ParquetSink
from layers.sources.reading import read_json
from layers.sources.wanted import box_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.sources.client import Answer, Client
    from layers.sources.journal import Journal
    from layers.sources.wanted import Got, Wanted

_WKID: Final = 28992
_ACCEPT: Final = "application/json"
_KNOWN: Final = (
    "objectIdFieldName",
    "geometryType",
    "spatialReference",
    "hasZ",
    "hasM",
    "fields",
    "features",
)


@dataclass(frozen=True, slots=True)
class _About:
    """What a layer says about itself."""

    id_field: str | None
    largest: int
    pages: bool


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    ids: tuple[Any, ...]
    content: bytes
    more: bool


def fetch_arcgis(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Fetch a layer into a GeoParquet file.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    url = wanted.url.rstrip("/")
    about = client.ask(asked(wanted, with_query(url, {"f": "json"}), _ACCEPT), journal, _about)
    base = with_query(f"{url}/query", {"f": "json", **_filter(wanted)})
    count_url = with_query(base, {"returnCountOnly": "true"})
    counted = client.ask(asked(wanted, count_url, _ACCEPT), journal, _count)
    if counted == 0:
        raise FetchError("empty", "the service counts no features in the area")
    watch = PageWatch(client.limits, counted)
    with ParquetSink(target, pyproj.CRS.from_user_input(RD), wanted.area) as sink:
        more = True
        while more:
            page_url = with_query(base, _page_query(wanted, about, watch.rows))
            page = client.ask(asked(wanted, page_url, _ACCEPT), journal, lambda got: _page(got, about))
            watch.page(page.content, page.ids, len(page.ids), None)
            if page.ids:
                _write(page, sink)
            # a full page that says nothing may also be the last one, so the count decides
            more = bool(page.ids) and (page.more or watch.rows < counted)
            if more and not about.pages:
                detail = f"only the first {watch.rows:,} of {counted:,} features, for it cannot page"
                raise FetchError("fewer", detail)
        watch.finish()
    return sink.got(counted)


def _about(answer: Answer) -> _About:
    """Read the description of the layer."""
    found = read_json(answer)
    fields = found.get("fields")
    if not isinstance(fields, list) or "geometryType" not in found:
        raise FetchError("not_data", "this is no layer with features")
    name = found.get("objectIdField")
    if not isinstance(name, str):
        kinds = {one.get("type"): one.get("name") for one in fields if isinstance(one, dict)}
        name = kinds.get("esriFieldTypeOID")
    largest = found.get("maxRecordCount")
    more = found.get("advancedQueryCapabilities")
    pages = more.get("supportsPagination", True) if isinstance(more, dict) else True
    return _About(name, largest if isinstance(largest, int) and largest > 0 else 1000, bool(pages))


def _filter(wanted: Wanted) -> dict[str, str | int]:
    """Say what is selected, the same for the count and for the pages."""
    query: dict[str, str | int] = {"where": "1=1"}
    if wanted.area is not None:
        query |= {
            "geometry": box_text(wanted.area),
            "geometryType": "esriGeometryEnvelope",
            "inSR": _WKID,
            "spatialRel": "esriSpatialRelIntersects",
        }
    return query


def _page_query(wanted: Wanted, about: _About, offset: int) -> dict[str, str | int]:
    query: dict[str, str | int] = {
        "outFields": "*",
        "outSR": _WKID,
        "returnGeometry": "true",
        "resultOffset": offset,
        "resultRecordCount": min(wanted.page, about.largest),
    }
    order = wanted.sort or about.id_field
    return query if order is None else {**query, "orderByFields": order}


def _count(answer: Answer) -> int:
    found = read_json(answer).get("count")
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise FetchError("not_data", "a count was asked and none came")
    return found


def _page(answer: Answer, about: _About) -> _Page:
    """Read a page and check its system."""
    found = read_json(answer)
    features = found.get("features")
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise FetchError("not_data", "this is no set of features")
    if features:
        _check_system(found.get("spatialReference"))
    ids = tuple(_id_of(feature, about.id_field) for feature in features)
    # GDAL tells formats apart by content, and some of its formats are instructions: it sees known keys alone
    body = orjson.dumps({key: found[key] for key in _KNOWN if key in found})
    return _Page(body, ids, orjson.dumps(features), found.get("exceededTransferLimit") is True)


def _check_system(stated: object) -> None:
    systems = stated if isinstance(stated, dict) else {}
    # the latest number counts; older servers only have the first
    if systems.get("latestWkid", systems.get("wkid")) != _WKID:
        raise FetchError("wrong_crs", f"asked EPSG:28992, and the answer says {str(stated)[:80]}")


def _id_of(feature: Mapping[str, Any], name: str | None) -> Any:
    values = feature.get("attributes")
    if not isinstance(values, dict):
        raise FetchError("not_data", "a feature has no attributes")
    return values.get(name) if name is not None else None


def _write(page: _Page, sink: ParquetSink) -> None:
    """Let GDAL read one page; its fields are described in it, so that types do not differ per page."""
    with gdal_quiet():
        meta, table = pyogrio.raw.read_arrow(page.body, datetime_as_string=True)
    shape = meta["geometry_name"] or "wkb_geometry"
    if shape not in table.column_names:
        raise FetchError("geometry_changed", "the features have no geometry")
    if table.num_rows != len(page.ids):
        raise FetchError("unreadable", f"only {table.num_rows:,} of {len(page.ids):,} features can be read")
    sink.add(pa.table(table.drop_columns([shape])), table.column(shape).to_numpy())
