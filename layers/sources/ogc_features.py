"""OGC API - Features, parts 1 and 2: a collection to its last page, in the system that was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from gis.crs import RD
from layers.sources.addresses import linked, with_query
from layers.sources.client import Asked
from layers.sources.faults import FetchError
from layers.sources.features import FeatureFile
from layers.sources.paging import PageWatch
from layers.sources.reading import read_json
from layers.sources.wanted import CRS84, box_text, lonlat_box

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.sources.client import Answer, Client
    from layers.sources.journal import Journal
    from layers.sources.wanted import Got, Wanted

RD_URI: Final = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84_URI: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_RD_ENDINGS: Final = ("/EPSG/0/28992", "/EPSG/9.9.1/28992", ":EPSG::28992")
_ACCEPT: Final = "application/geo+json, application/json;q=0.9"


def fetch_features(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Fetch a collection into a GeoParquet file.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    base = wanted.url.rstrip("/")
    collection = client.ask(asked(wanted, f"{base}/collections/{quote(wanted.name)}"), journal, _collection)
    system = _offered(collection, wanted.crs)
    query = _first_query(wanted, system)
    url = with_query(f"{base}/collections/{quote(wanted.name)}/items", query)
    watch = PageWatch(client.limits)
    with FeatureFile(target.parent) as gathered:
        following: str | None = url
        while following is not None:
            watch.link(following)
            page, where = client.ask(asked(wanted, following), journal, lambda answer: _page(answer, system))
            rows = gathered.page(page, watch, _count(page))
            following = _next(page, where, wanted.hosts)
            if following is not None and not rows:
                raise FetchError("repeated_page", "an empty page says that more follows")
        watch.finish()
        crs = RD if system == RD_URI else CRS84
        return gathered.write(target, crs, wanted.area, watch.counted, _notes(watch, system, wanted))


def asked(wanted: Wanted, url: str, accept: str = _ACCEPT) -> Asked:
    """Make the request for an address, with what the recipe adds to each."""
    full = with_query(url, wanted.query) if wanted.query else url
    return Asked(
        full,
        accept,
        extra=tuple(sorted(wanted.headers.items())),
        secrets=tuple(sorted(wanted.secrets.items())),
        hosts=wanted.hosts,
    )


def _collection(answer: Answer) -> dict[str, Any]:
    found = read_json(answer)
    if "id" not in found and "links" not in found:
        raise FetchError("not_data", "this is no description of a collection")
    return found


def _offered(collection: Mapping[str, Any], crs: str) -> str:
    """Choose the system: RD New when it is wanted and offered, else longitude and latitude."""
    systems = [one for one in collection.get("crs") or [] if isinstance(one, str)]
    storage = collection.get("storageCrs")
    everywhere = [*systems, *([storage] if isinstance(storage, str) else [])]
    if crs == RD and any(one.endswith(_RD_ENDINGS) for one in everywhere):
        return RD_URI
    return CRS84_URI


def _first_query(wanted: Wanted, system: str) -> dict[str, str | int]:
    query: dict[str, str | int] = {"limit": wanted.page}
    if system == RD_URI:
        query["crs"] = RD_URI
    if wanted.area is not None and system == RD_URI:
        query |= {"bbox": box_text(wanted.area), "bbox-crs": RD_URI}
    elif wanted.area is not None:
        query["bbox"] = box_text(lonlat_box(wanted.area))
    return query


def _page(answer: Answer, system: str) -> tuple[dict[str, Any], str]:
    """Read a page and check that it says to be in the system that was asked."""
    found = read_json(answer)
    said = answer.headers.get("content-crs", "").strip().strip("<>")
    if said and not _same(said, system):
        raise FetchError("wrong_crs", f"asked {system}, and the answer says {said[:80]}")
    if not isinstance(found.get("features"), list):
        raise FetchError("not_data", "this is no collection of features")
    stated = found.get("numberReturned")
    if isinstance(stated, int) and stated != len(found["features"]):
        detail = f"a page says {stated:,} features and has {len(found['features']):,}"
        raise FetchError("cut_short", detail, again=True)
    return found, answer.url


def _same(said: str, system: str) -> bool:
    if system == RD_URI:
        return said.endswith(_RD_ENDINGS)
    return said.endswith(("/CRS84", "/CRS84h", ":CRS84"))


def _count(page: Mapping[str, Any]) -> int | None:
    found = page.get("numberMatched")
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _next(page: Mapping[str, Any], where: str, hosts: frozenset[str]) -> str | None:
    """Give the address of the next page."""
    links = page.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next":
            return linked(where, link.get("href"), hosts)
    return None


def _notes(watch: PageWatch, system: str, wanted: Wanted) -> tuple[str, ...]:
    notes = []
    if watch.counted is None:
        notes.append("the service states no count, so completeness rests on its last page")
    if system == CRS84_URI and wanted.crs == RD:
        notes.append("the service does not offer EPSG:28992; fetched in longitude and latitude")
    return tuple(notes)
