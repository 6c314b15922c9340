"""WFS 2.0: a feature type to its last page, as GeoJSON where the service has it, else as GML."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyproj
import shapely

from gis.crs import RD, is_rd
from gis.errors import InputError
from gis.files import read
from gis.locate import locate
from layers.sources.addresses import with_query
from layers.sources.faults import FetchError
from layers.sources.features import FeatureFile
from layers.sources.ogc_features import asked
from layers.sources.paging import PageWatch
from layers.sources.parquet import ParquetSink
from layers.sources.reading import local_name, read_json, read_xml
from layers.sources.tables import as_arrow
from layers.sources.wanted import box_text

if TYPE_CHECKING:
    from lxml import etree  # type: ignore[import-untyped]

    from gis.table import Table
    from layers.sources.client import Answer, Client
    from layers.sources.journal import Journal
    from layers.sources.wanted import Got, Wanted

JSON_FORMATS: Final = (
    "application/geo+json",
    "application/json",
    "application/json; subtype=geojson",
    "application/vnd.geo+json",
    "geojson",
    "json",
)
_URN: Final = "urn:ogc:def:crs:EPSG::28992"
_XML: Final = "application/xml, text/xml;q=0.9"


@dataclass(frozen=True, slots=True)
class _Offer:
    """How the service calls the feature type, and its format of JSON if it has one."""

    type_name: str
    json_format: str | None


def fetch_wfs(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Fetch a feature type into a GeoParquet file.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    about = with_query(wanted.url, {"service": "WFS", "version": "2.0.0", "request": "GetCapabilities"})
    offer = client.ask(asked(wanted, about, _XML), journal, lambda answer: _offered(answer, wanted))
    base = with_query(wanted.url, _query(wanted, offer))
    counted = client.ask(asked(wanted, with_query(base, {"resultType": "hits"}), _XML), journal, _hits)
    watch = PageWatch(client.limits, counted)
    notes = () if counted is not None else ("the service states no count",)
    if counted == 0:
        raise FetchError("empty", "the service counts no features in the area")
    if offer.json_format is None:
        return _as_gml(client, journal, wanted, base, watch, target, notes)
    with FeatureFile(target.parent) as gathered:
        while _more(watch):
            url = _page_url(base, wanted, watch, offer.json_format)
            page = client.ask(asked(wanted, url, "application/json"), journal, _json_page)
            if not gathered.page(page, watch, None):
                break
        watch.finish()
        return gathered.write(target, RD, wanted.area, counted, notes)


def _offered(answer: Answer, wanted: Wanted) -> _Offer:
    """Look in the capabilities whether the type, the system and a format of JSON are offered."""
    root = read_xml(answer)
    if local_name(root) != "WFS_Capabilities":
        raise FetchError("not_data", f"capabilities were asked and {local_name(root)} came")
    types = {_text(one, "Name"): one for one in root.iter("{*}FeatureType")}
    plain = wanted.name.rpartition(":")[2]
    name = next((one for one in types if one == wanted.name), None)
    name = name or next((one for one in types if one.rpartition(":")[2] == plain), None)
    if name is None:
        listed = ", ".join(sorted(filter(None, types)))[:300]
        raise FetchError("no_such_layer", f"{wanted.name}; it has: {listed or 'none'}")
    systems = [
        str(one.text)
        for one in types[name].iter("{*}DefaultCRS", "{*}OtherCRS", "{*}DefaultSRS", "{*}OtherSRS")
    ]
    if systems and not any(one.rstrip().endswith((":28992", "/28992")) for one in systems):
        raise FetchError("wrong_crs", f"EPSG:28992 is not offered, only {', '.join(systems)[:200]}")
    formats = {" ".join(str(one.text).split()).lower(): str(one.text).strip() for one in _formats(root)}
    chosen = next((formats[one] for one in JSON_FORMATS if one in formats), None)
    return _Offer(name, chosen)


def _formats(root: etree._Element) -> list[etree._Element]:
    """List the elements that name an output format of GetFeature."""
    return [
        value
        for operation in root.iter("{*}Operation")
        if operation.get("name") == "GetFeature"
        for parameter in operation.iter("{*}Parameter")
        if parameter.get("name", "").lower() == "outputformat"
        for value in parameter.iter("{*}Value")
        if value.text
    ]


def _text(element: etree._Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None or found.text is None else found.text.strip()


def _query(wanted: Wanted, offer: _Offer) -> dict[str, str | int]:
    query: dict[str, str | int] = {
        "service": "WFS",
        "version": "2.0.0",
        "request": "GetFeature",
        "typeNames": offer.type_name,
        "srsName": _URN,
    }
    if wanted.area is not None:
        query["bbox"] = f"{box_text(wanted.area)},{_URN}"
    return query


def _page_url(base: str, wanted: Wanted, watch: PageWatch, output: str | None) -> str:
    query: dict[str, str | int] = {"count": wanted.page, "startIndex": watch.rows}
    if wanted.sort is not None:
        query["sortBy"] = wanted.sort
    if output is not None:
        query["outputFormat"] = output
    return with_query(base, query)


def _hits(answer: Answer) -> int | None:
    """Read how many features there are; None when the service says "unknown"."""
    root = read_xml(answer)
    said = root.get("numberMatched") or root.get("numberOfFeatures") or ""
    if local_name(root) != "FeatureCollection":
        raise FetchError("not_data", f"a count was asked and {local_name(root)} came")
    return int(said) if said.isdecimal() else None


def _more(watch: PageWatch) -> bool:
    return watch.counted is None or watch.rows < watch.counted


def _json_page(answer: Answer) -> dict[str, Any]:
    """Read a page and check the system that it states in the older way."""
    found = read_json(answer)
    if not isinstance(found.get("features"), list):
        raise FetchError("not_data", "this is no collection of features")
    stated = found.get("crs")
    properties = stated.get("properties") if isinstance(stated, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str) and not name.endswith(("28992", "28992/")):
        raise FetchError("wrong_crs", f"asked EPSG:28992, and the answer says {name[:80]}")
    return found


def _as_gml(
    client: Client,
    journal: Journal,
    wanted: Wanted,
    base: str,
    watch: PageWatch,
    target: Path,
    notes: tuple[str, ...],
) -> Got:
    """Fetch pages of GML; each is read by GDAL and checked to be in RD New."""
    pages: list[Table] = []
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        while _more(watch):
            url = _page_url(base, wanted, watch, None)
            body = client.ask(asked(wanted, url, _XML), journal, _gml_page)
            if not _has_members(body):
                break
            pages.append(_read_gml(body, Path(folder)))
            _watch_gml(watch, pages[-1])
    watch.finish()
    if not pages:
        raise FetchError("empty", "there are no features in the area")
    frame = pd.concat([page.frame for page in pages], ignore_index=True)
    shapes = np.concatenate([page.geometry for page in pages if page.geometry is not None])
    with ParquetSink(target, pyproj.CRS.from_user_input(RD), wanted.area) as sink:
        sink.add(as_arrow(frame), shapely.to_wkb(shapes))
    return sink.got(watch.counted, notes)


def _gml_page(answer: Answer) -> bytes:
    root = read_xml(answer)
    if local_name(root) != "FeatureCollection":
        raise FetchError("not_data", f"features were asked and {local_name(root)} came")
    return answer.body


def _has_members(body: bytes) -> bool:
    return b"member>" in body or b"featureMember" in body


def _read_gml(body: bytes, folder: Path) -> Table:
    path = folder / "page.gml"
    path.write_bytes(body)
    try:
        found = read(locate(path.name, folder))
    except InputError as error:
        raise FetchError("unreadable", error.problems[0].message) from error
    if found.geometry is None:
        raise FetchError("geometry_changed", "the features have no geometry")
    if found.crs is not None and not is_rd(found.crs):
        raise FetchError("wrong_crs", f"asked EPSG:28992, and the answer says {found.crs.name}")
    return found


def _watch_gml(watch: PageWatch, page: Table) -> None:
    names = page.frame["gml_id"] if "gml_id" in page.frame else [None] * len(page.frame)
    shapes = page.geometry if page.geometry is not None else np.array([])
    # the time in the head of a page differs, so the features themselves are compared
    content = b"".join(one or b"" for one in shapely.to_wkb(shapes)) + page.frame.to_csv().encode()
    watch.page(content, [None if pd.isna(one) else str(one) for one in names], len(page.frame), None)
