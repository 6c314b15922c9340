"""Services on loopback that publish a table in every way that we fetch, and that can be made to misbehave.

Written apart from the code under test: a look-alike of OGC API Features, WFS 2.0, ArcGIS FeatureServer, ATOM
and plain files with ETag and ranges. `Services.spoil` sees every answer before it goes out and may change it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import mapping

from gis.crs import rd_to_lonlat, to_rd

if TYPE_CHECKING:
    import geopandas as gpd

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    number: int


@dataclass(frozen=True)
class Reply:
    """One answer; ``stop_after`` breaks the connection after so many bytes of the body."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    stop_after: int | None = None
    declare_length: bool = True

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def with_json(self, values: Any) -> Reply:
        return replace(self, body=json.dumps(values).encode())

    def with_header(self, name: str, value: str) -> Reply:
        return replace(self, headers={**self.headers, name: value})


Spoil = Callable[[Asked, Reply], Reply]


def as_is(asked: Asked, reply: Reply) -> Reply:
    return reply


class Services:
    """A server for one table in EPSG:28992; use it as a context."""

    def __init__(self, table: gpd.GeoDataFrame, *, page: int = 1000) -> None:
        self.table = table.reset_index(drop=True)
        self.largest_page = page
        self.files: dict[str, bytes] = {}
        self.feeds: dict[str, str] = {}
        self.spoil: Spoil = as_is
        self.log: list[Asked] = []
        self.counts = True
        self.offers_rd = True
        self.json_wfs = True
        self.obeys_box = True
        self.plans: dict[str, list[dict[str, Any]]] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                owner._serve(self)

            do_POST = do_GET  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def features_url(self) -> str:
        return f"{self.base}/ogc"

    @property
    def wfs_url(self) -> str:
        return f"{self.base}/wfs"

    @property
    def arcgis_url(self) -> str:
        return f"{self.base}/arcgis/rest/services/parks/FeatureServer/0"

    def file_url(self, name: str) -> str:
        return f"{self.base}/files/{name}"

    def asked(self, part: str) -> list[Asked]:
        return [one for one in self.log if part in one.path]

    # serving

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        with self._lock:
            asked = Asked(handler.command, parts.path, query, headers, body, len(self.log))
            self.log.append(asked)
        reply = _conditional(asked, self.spoil(asked, self._answer(asked)))
        self._send(handler, reply)

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        try:
            handler.send_response(reply.status)
            for name, value in reply.headers.items():
                handler.send_header(name, value)
            if reply.status != 304 and reply.declare_length:
                handler.send_header("Content-Length", str(len(reply.body)))
            else:
                handler.close_connection = True
            handler.end_headers()
            if reply.status != 304:
                handler.wfile.write(reply.body[: reply.stop_after])
        except (BrokenPipeError, ConnectionResetError):
            handler.close_connection = True
        if reply.stop_after is not None:
            handler.close_connection = True

    def _answer(self, asked: Asked) -> Reply:
        routes = {
            "/ogc/collections/parks/items": self._items,
            "/ogc/collections/parks": self._collection,
            "/wfs": self._wfs,
            "/arcgis/": self._arcgis,
            "/files/": self._file,
            "/atom/": self._feed,
            "/plans/": self._plans,
        }
        found = next((route for start, route in routes.items() if asked.path.startswith(start)), None)
        return Reply(b'{"code": "NotFound"}', 404) if found is None else found(asked)

    def _collection(self, _: Asked) -> Reply:
        systems = [CRS84_URI, RD_URI] if self.offers_rd else [CRS84_URI]
        return Reply(json.dumps({"id": "parks", "crs": systems, "links": []}).encode())

    def _feed(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/atom/")
        body = self.feeds[name].replace("BASE", self.base).encode()
        return Reply(body, headers={"Content-Type": "application/atom+xml"})

    # OGC API Features

    def _items(self, asked: Asked) -> Reply:
        system = asked.query.get("crs", CRS84_URI)
        rows = self.table
        if "bbox" in asked.query:
            box = tuple(float(one) for one in asked.query["bbox"].split(","))
            rows = rows[self._in_box(rows, box, asked.query.get("bbox-crs", CRS84_URI))]
        limit = min(int(asked.query.get("limit", "10")), self.largest_page)
        start = int(asked.query.get("offset", "0"))
        page = rows.iloc[start : start + limit]
        found: dict[str, Any] = {
            "type": "FeatureCollection",
            "features": geojson_features(page, lonlat=system == CRS84_URI),
            "numberReturned": len(page),
            "links": [],
        }
        if self.counts:
            found["numberMatched"] = len(rows)
        if start + limit < len(rows):
            following = urlencode({**asked.query, "offset": start + limit})
            found["links"].append({"rel": "next", "href": f"{self.base}{asked.path}?{following}"})
        headers = {"Content-Type": "application/geo+json", "Content-Crs": f"<{system}>"}
        return Reply(json.dumps(found).encode(), headers=headers)

    def _in_box(self, rows: gpd.GeoDataFrame, box: tuple[float, ...], system: str) -> np.ndarray:
        if not self.obeys_box:
            return np.ones(len(rows), dtype=bool)
        west, south, east, north = box
        shape = shapely.box(west, south, east, north)
        if system == CRS84_URI:
            shape = to_rd(np.array([shapely.segmentize(shape, 0.01)], dtype=object), "OGC:CRS84")[0]
        return np.asarray(shapely.intersects(rows.geometry.to_numpy(), shape))

    # WFS 2.0

    def _wfs(self, asked: Asked) -> Reply:
        query = {name.lower(): value for name, value in asked.query.items()}
        xml = {"Content-Type": "text/xml"}
        if query["request"] == "GetCapabilities":
            formats = ["application/gml+xml; version=3.2", *(["application/json"] if self.json_wfs else [])]
            values = "".join(f"<ows:Value>{one}</ows:Value>" for one in formats)
            system = "28992" if self.offers_rd else "4326"
            return Reply(CAPABILITIES.format(values=values, system=system).encode(), headers=xml)
        rows = self.table
        if "bbox" in query:
            box = tuple(float(one) for one in query["bbox"].split(",")[:4])
            rows = rows[self._in_box(rows, box, RD_URI)]
        matched = str(len(rows)) if self.counts else "unknown"
        if query.get("resulttype") == "hits":
            return Reply(
                f'<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" numberMatched="{matched}"'
                ' numberReturned="0"/>'.encode(),
                headers=xml,
            )
        start, count = int(query["startindex"]), min(int(query["count"]), self.largest_page)
        page = rows.iloc[start : start + count]
        if "json" not in query.get("outputformat", ""):
            return Reply(gml(page, matched).encode(), headers=xml)
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
        found = {"type": "FeatureCollection", "features": geojson_features(page), "crs": crs}
        return Reply(json.dumps(found).encode())

    # ArcGIS

    def _arcgis(self, asked: Asked) -> Reply:
        fields = esri_fields(self.table)
        if not asked.path.endswith("/query"):
            about = {
                "id": 0,
                "name": "parks",
                "type": "Feature Layer",
                "geometryType": esri_type(self.table),
                "fields": fields,
                "objectIdField": "OBJECTID",
                "maxRecordCount": self.largest_page,
                "advancedQueryCapabilities": {"supportsPagination": True},
            }
            return Reply(json.dumps(about).encode())
        query = asked.query
        rows = self.table
        if "geometry" in query:
            rows = rows[self._in_box(rows, tuple(float(one) for one in query["geometry"].split(",")), RD_URI)]
        if query.get("returnCountOnly") == "true":
            return Reply(json.dumps({"count": len(rows)}).encode())
        start = int(query.get("resultOffset", "0"))
        count = min(int(query.get("resultRecordCount", "1000")), self.largest_page)
        page = rows.iloc[start : start + count]
        found: dict[str, Any] = {
            "objectIdFieldName": "OBJECTID",
            "geometryType": esri_type(self.table),
            "spatialReference": {"wkid": 28992, "latestWkid": 28992},
            "fields": fields,
            "features": [
                {
                    "attributes": {"OBJECTID": int(number) + 1, **plain(row.drop("geometry"))},
                    "geometry": esri_geometry(row.geometry),
                }
                for number, row in page.iterrows()
            ],
        }
        if start + count < len(rows):
            found["exceededTransferLimit"] = True
        return Reply(json.dumps(found).encode())

    # files and plans

    def _file(self, asked: Asked) -> Reply:
        name = asked.path.removeprefix("/files/")
        if name not in self.files:
            return Reply(b"no such file", 404)
        body = self.files[name]
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = {"Content-Type": "application/octet-stream", "ETag": etag, "Accept-Ranges": "bytes"}
        if asked.headers.get("if-none-match") == etag:
            return Reply(b"", 304, {"ETag": etag})
        span = asked.headers.get("range")
        if span and asked.headers.get("if-range") == etag:
            start = int(span.removeprefix("bytes=").rstrip("-"))
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
            return Reply(body[start:], 206, headers)
        return Reply(body, 200, headers)

    def _plans(self, asked: Asked) -> Reply:
        if asked.headers.get("x-api-key") != "sleutel":
            return Reply(b'{"code": "401"}', 401)
        parts = asked.path.removeprefix("/plans/").split("/")
        start = int(asked.query.get("page", "0"))
        if parts == ["plannen", "_zoek"]:
            everything: list[dict[str, Any]] = [{"id": name} for name in self.plans]
            name, size = "plannen", 2
        else:
            everything, name, size = self.plans[parts[1]], parts[2], 3
        found: dict[str, Any] = {"_embedded": {name: everything[start : start + size]}, "_links": {}}
        if start + size < len(everything):
            following = urlencode({**asked.query, "page": start + size})
            found["_links"]["next"] = {"href": f"{self.base}{asked.path}?{following}"}
        return Reply(json.dumps(found).encode(), headers={"Content-Crs": "epsg:28992"})


CAPABILITIES = """<?xml version="1.0" encoding="UTF-8"?>
<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0"
  xmlns:ows="http://www.opengis.net/ows/1.1">
<ows:OperationsMetadata><ows:Operation name="GetFeature"><ows:Parameter name="outputFormat">
<ows:AllowedValues>{values}</ows:AllowedValues></ows:Parameter></ows:Operation></ows:OperationsMetadata>
<wfs:FeatureTypeList><wfs:FeatureType><wfs:Name>app:parks</wfs:Name>
<wfs:DefaultCRS>urn:ogc:def:crs:EPSG::{system}</wfs:DefaultCRS></wfs:FeatureType></wfs:FeatureTypeList>
</wfs:WFS_Capabilities>"""


def _conditional(asked: Asked, reply: Reply) -> Reply:
    """Give a page an ETag, unless it has one, and 304 to who has that already."""
    if reply.status != 200 or "Content-Type" not in reply.headers or asked.path.startswith("/files/"):
        return reply
    etag = reply.headers.get("ETag") or f'W/"{hashlib.sha256(reply.body).hexdigest()[:16]}"'
    if asked.headers.get("if-none-match") == etag:
        return Reply(b"", 304, {"ETag": etag})
    return reply.with_header("ETag", etag)


def packed(reply: Reply) -> Reply:
    return replace(reply, body=gzip.compress(reply.body, mtime=0)).with_header("Content-Encoding", "gzip")


def plain(row: pd.Series) -> dict[str, Any]:
    return {
        str(name): None if pd.isna(value) else value.item() if hasattr(value, "item") else value
        for name, value in row.items()
    }


def geojson_features(rows: gpd.GeoDataFrame, *, lonlat: bool = False) -> list[dict[str, Any]]:
    shapes = rows.geometry.to_numpy()
    shapes = rd_to_lonlat(shapes) if lonlat else shapes
    return [
        {
            "type": "Feature",
            "id": int(number) + 1,
            "properties": plain(row.drop("geometry")),
            "geometry": None if shape is None else mapping(shape),
        }
        for (number, row), shape in zip(rows.iterrows(), shapes, strict=True)
    ]


def gml(rows: gpd.GeoDataFrame, matched: str) -> str:
    members = []
    for number, row in rows.iterrows():
        values = "".join(
            f"<app:{name}>{str(value).replace('&', '&amp;').replace('<', '&lt;')}</app:{name}>"
            for name, value in plain(row.drop("geometry")).items()
            if value is not None
        )
        shape = gml_shape(row.geometry)
        members.append(
            f'<wfs:member><app:parks gml:id="parks.{int(number) + 1}">{values}'
            f"<app:geom>{shape}</app:geom></app:parks></wfs:member>"
        )
    return (
        '<?xml version="1.0"?><wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs/2.0" '
        'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:app="http://app.invalid/" '
        f'numberMatched="{matched}" numberReturned="{len(rows)}">{"".join(members)}</wfs:FeatureCollection>'
    )


def gml_shape(shape: Any) -> str:
    polygons = shape.geoms if shape.geom_type == "MultiPolygon" else [shape]

    def ring(points: Any) -> str:
        values = " ".join(f"{x!r} {y!r}" for x, y in (map(float, point[:2]) for point in points.coords))
        return f"<gml:LinearRing><gml:posList>{values}</gml:posList></gml:LinearRing>"

    parts = "".join(
        f"<gml:surfaceMember><gml:Polygon><gml:exterior>{ring(one.exterior)}</gml:exterior>"
        + "".join(f"<gml:interior>{ring(hole)}</gml:interior>" for hole in one.interiors)
        + "</gml:Polygon></gml:surfaceMember>"
        for one in polygons
    )
    return f'<gml:MultiSurface srsName="urn:ogc:def:crs:EPSG::28992">{parts}</gml:MultiSurface>'


def esri_type(table: gpd.GeoDataFrame) -> str:
    kind = table.geometry.iloc[0].geom_type.removeprefix("Multi")
    return {
        "Polygon": "esriGeometryPolygon",
        "LineString": "esriGeometryPolyline",
        "Point": "esriGeometryPoint",
    }[kind]


def esri_fields(table: gpd.GeoDataFrame) -> list[dict[str, str]]:
    fields = [{"name": "OBJECTID", "type": "esriFieldTypeOID"}]
    for name in table.columns.drop("geometry"):
        kind = table[name].dtype.kind
        said = {"i": "esriFieldTypeInteger", "f": "esriFieldTypeDouble"}.get(kind, "esriFieldTypeString")
        fields.append({"name": str(name), "type": said})
    return fields


def esri_geometry(shape: Any) -> dict[str, Any]:
    kind = shape.geom_type
    if kind == "Point":
        return {"x": shape.x, "y": shape.y}
    parts = list(shape.geoms) if kind.startswith("Multi") else [shape]
    if "Line" in kind:
        return {"paths": [[list(point[:2]) for point in one.coords] for one in parts]}
    rings = []
    for one in parts:
        # clockwise outside, counter-clockwise holes
        turned = shapely.geometry.polygon.orient(one, sign=-1.0)
        rings += [[list(point[:2]) for point in ring.coords] for ring in (turned.exterior, *turned.interiors)]
    return {"rings": rings}
