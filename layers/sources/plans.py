"""Ruimtelijke plannen: the plans that touch an area, and of each plan its objects of one kind.

The API asks for a key and speaks HAL: lists under ``_embedded``, the next page under ``_links``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import orjson

from gis.crs import RD
from layers.sources.addresses import linked, with_query
from layers.sources.faults import FetchError
from layers.sources.features import FeatureFile
from layers.sources.ogc_features import asked
from layers.sources.paging import PageWatch
from layers.sources.reading import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from layers.sources.client import Answer, Client
    from layers.sources.journal import Journal
    from layers.sources.wanted import Got, Wanted

_ACCEPT: Final = "application/hal+json"


def fetch_plans(client: Client, journal: Journal, wanted: Wanted, target: Path) -> Got:
    """Fetch the objects of one kind, such as ``functieaanduidingen``, of all plans in the area.

    Raises
    ------
    FetchError
        With the name of what is wrong.
    """
    base = wanted.url.rstrip("/")
    watch = PageWatch(client.limits)
    with FeatureFile(target.parent) as gathered:
        for plan in _plans(client, journal, wanted, base):
            url = with_query(
                f"{base}/plannen/{quote(plan, safe='')}/{wanted.kind}", {"pageSize": wanted.page}
            )
            for page in _pages(client, journal, wanted, url, b""):
                features = [_feature(one, plan) for one in _embedded(page, wanted.kind)]
                gathered.page({"type": "FeatureCollection", "features": features}, watch, None)
        return gathered.write(target, RD, wanted.area, None, ("the service states no count",))


def _plans(client: Client, journal: Journal, wanted: Wanted, base: str) -> Iterator[str]:
    """Name the plans that touch the area, each once, in order."""
    if wanted.area is None:
        raise FetchError("bad_address", "plans are always asked for an area")
    west, south, east, north = wanted.area
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    question = {"_geo": {"intersects": {"type": "Polygon", "coordinates": [ring]}}}
    url = with_query(f"{base}/plannen/_zoek", {"pageSize": wanted.page})
    found: dict[str, None] = {}
    for page in _pages(client, journal, wanted, url, orjson.dumps(question)):
        for plan in _embedded(page, "plannen"):
            if not isinstance(plan.get("id"), str):
                raise FetchError("not_data", "a plan has no id")
            found[plan["id"]] = None
    yield from found


def _pages(
    client: Client, journal: Journal, wanted: Wanted, url: str, body: bytes
) -> Iterator[dict[str, Any]]:
    """Give the pages of one list; the question is the same for each."""
    seen = PageWatch(client.limits)
    following: str | None = url
    while following is not None:
        seen.link(following)
        request = asked(wanted, following, _ACCEPT)
        if body:
            request = replace(
                request, body=body, extra=(*request.extra, ("Content-Type", "application/json"))
            )
        page, where = client.ask(request, journal, _page)
        yield page
        link = (page.get("_links") or {}).get("next")
        following = None if not isinstance(link, dict) else linked(where, link.get("href"), wanted.hosts)


def _page(answer: Answer) -> tuple[dict[str, Any], str]:
    said = answer.headers.get("content-crs", "")
    if said and "28992" not in said:
        raise FetchError("wrong_crs", f"asked EPSG:28992, and the answer says {said[:80]}")
    found = read_json(answer)
    if not isinstance(found.get("_links", {}), dict) or not isinstance(found.get("_embedded", {}), dict):
        raise FetchError("not_data", "this is no list of plans or objects")
    return found, answer.url


def _embedded(page: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = page.get("_embedded", {}).get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FetchError("not_data", f"the list of {name} is no list")
    return found


def _feature(found: dict[str, Any], plan: str) -> dict[str, Any]:
    """Make a feature of one object; its plan goes along, links do not."""
    values = {
        name: value for name, value in found.items() if name != "geometrie" and not name.startswith("_")
    }
    shape = found.get("geometrie")
    if not isinstance(shape, dict | None):
        raise FetchError("not_data", "a geometry is no object")
    return {"type": "Feature", "properties": {**values, "plan": plan}, "geometry": shape}
