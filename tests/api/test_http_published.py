"""A published release from end to end: tiles made beforehand, files in parts, caching, and what is public."""

from __future__ import annotations

import asyncio
import gzip
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import mapbox_vector_tile
import pytest

from api.http.running import make_service
from api.http.settings import Settings
from api.jobs.keys import add_key
from api.jobs.publication import TILES
from api.jobs.publish import publish, withdraw
from api.jobs.roles import Role
from layers.tiles.decode import layer_names
from tests.api.test_http_running import lifespan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

    from layers.release import Release

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ITEMS = "/v1/collections/park_evidence/items"
GRID = "/v1/collections/park_evidence/tiles/WebMercatorQuad"


class Service:
    """A service that was started, and the key of the province."""

    def __init__(self, app: ASGIApp, loop: asyncio.AbstractEventLoop, key: str, folder: Path) -> None:
        self.app, self.loop, self.key, self.folder = app, loop, key, folder

    def get(self, path: str, *, known: bool = False, **options: Any) -> httpx.Response:
        """Ask, without gzip being undone by the client's wishes unless they are given."""
        headers = dict(options.pop("headers", {}))
        if known:
            headers["Authorization"] = f"Bearer {self.key}"

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.get(path, headers=headers, **options)

        return self.loop.run_until_complete(send())


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Release:
    from tests.api.conftest import HAND

    made: Release = HAND.write_release(tmp_path_factory.mktemp("decided"), status="adopted")
    return made


@pytest.fixture(scope="module")
def service(decided: Release, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("published")
    publish(decided, folder, now=NOW)
    moment = datetime.now(UTC)
    key = add_key(
        folder / "keys.json", "plan", Role.PROVINCE, frozenset(), until=moment + timedelta(days=1), now=moment
    )
    app = make_service(Settings(publication=folder, keys=folder / "keys.json"))
    with asyncio.Runner() as runner:
        started = lifespan(app)
        runner.run(started.__aenter__())
        yield Service(app, runner.get_loop(), key, folder)
        runner.run(started.__aexit__(None, None, None))


def test_what_is_published_is_for_everybody_and_may_be_kept(service: Service, decided: Release) -> None:
    answer = service.get(ITEMS)
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("public, max-age=60")
    assert answer.headers["x-release"] == decided.name
    assert answer.headers["last-modified"] == "Sun, 01 Nov 2026 00:00:00 GMT"
    assert answer.headers["access-control-allow-origin"] == "*"
    again = service.get(ITEMS, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = service.get(ITEMS, headers={"If-Modified-Since": answer.headers["last-modified"]})
    assert since.status_code == 304
    named = service.get(f"/releases/{decided.name}{ITEMS}")
    assert "immutable" in named.headers["cache-control"]
    assert named.headers["etag"] != answer.headers["etag"], "its links are others"


def test_the_same_in_another_coding_or_for_another_reader_is_another_answer(service: Service) -> None:
    tags = {
        service.get(ITEMS, known=known, headers={"Accept-Encoding": coding}).headers["etag"]
        for known in (True, False)
        for coding in ("identity", "gzip", "br")
    }
    assert len(tags) == 6
    assert "private" in service.get(ITEMS, known=True).headers["cache-control"]


def test_parameters_in_another_order_are_the_same_question(service: Service) -> None:
    one, other = (service.get(f"{ITEMS}?{query}") for query in ("limit=1&f=json", "f=json&limit=1"))
    assert one.headers["etag"] == other.headers["etag"]


def test_tiles_for_everybody_were_made_when_it_was_published(service: Service, decided: Release) -> None:
    made = service.folder / TILES / decided.name / "WebMercatorQuad" / "park_evidence.pmtiles"
    assert made.is_file()
    limits = service.get(GRID).json()["tileMatrixSetLimits"][-1]
    place = f"{GRID}/{limits['tileMatrix']}/{limits['minTileRow']}"
    found = None
    for col in range(limits["minTileCol"], limits["maxTileCol"] + 1):
        answer = service.get(f"{place}/{col}")
        assert answer.status_code in {200, 204}
        found = answer if answer.status_code == 200 else found
    assert found is not None
    assert list(mapbox_vector_tile.decode(found.content)) == ["park_evidence"]
    assert found.headers["content-encoding"] == "gzip"
    plain = service.get(str(found.url), headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == found.content, "the client of httpx unpacks"
    assert layer_names(gzip.compress(plain.content)) == ("park_evidence",)
    assert plain.headers["etag"] != found.headers["etag"]


def test_a_tile_is_the_same_whether_it_was_made_before_or_now(service: Service) -> None:
    limits = service.get(GRID).json()["tileMatrixSetLimits"]
    checked = 0
    for level in limits[:8]:
        row, col = level["minTileRow"], level["minTileCol"]
        path = f"{GRID}/{level['tileMatrix']}/{row}/{col}"
        stored, live = service.get(path), service.get(path, known=True)
        decoded = [mapbox_vector_tile.decode(one.content) if one.content else {} for one in (stored, live)]
        shapes = [
            [feature["geometry"] for feature in one.get("park_evidence", {}).get("features", [])]
            for one in decoded
        ]
        # the province sees more columns of the same places
        assert shapes[0] == shapes[1]
        checked += len(shapes[0])
    assert checked > 0


def test_it_is_ready_when_a_tile_decodes(service: Service) -> None:
    assert service.get("/readyz").json() == {"status": "ok"}


def test_releases_are_listed_with_their_own_address(service: Service, decided: Release) -> None:
    (one,) = service.get("/v1/releases").json()["releases"]
    assert (one["id"], one["status"], one["until"]) == (decided.name, "adopted", None)
    assert service.get(one["links"][0]["href"]).status_code == 200


def test_what_may_change_is_never_called_immutable(service: Service, decided: Release) -> None:
    named = f"/releases/{decided.name}/v1"
    for path in ("", "/conformance", "/openapi.json", "/api", "/releases", "/packages", "/api?f=html"):
        answer = service.get(f"{named}{path}")
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["cache-control"], path
        assert "last-modified" not in answer.headers, path
        again = service.get(f"{named}{path}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304
    assert "immutable" in service.get(f"{named}/collections").headers["cache-control"]


def test_a_list_of_releases_that_changed_is_another_answer(
    decided: Release, write: Callable[..., Release], recipe: dict[str, Any], tmp_path: Path
) -> None:
    earlier = write(tmp_path / "earlier", {**recipe, "number": 2}, status="adopted")
    folder = tmp_path / "published"
    publish(earlier, folder, now=NOW)
    publish(decided, folder, now=NOW + timedelta(days=1))
    app = make_service(Settings(publication=folder, follow_s=0.05))
    with asyncio.Runner() as runner:
        started = lifespan(app)
        runner.run(started.__aenter__())
        service = Service(app, runner.get_loop(), "", folder)
        before = service.get("/v1/releases")
        assert len(before.json()["releases"]) == 2
        withdraw(folder, None, earlier.name, now=NOW + timedelta(days=2))
        for _ in range(200):
            after = service.get("/v1/releases", headers={"If-None-Match": before.headers["etag"]})
            if after.status_code == 200:
                break
            time.sleep(0.05)
        assert [one["id"] for one in after.json()["releases"]] == [decided.name]
        runner.run(started.__aexit__(None, None, None))


@pytest.mark.parametrize("form", ["geojson", "gpkg", "fgb", "parquet", "csv", "xlsx", "shp"])
def test_a_filtered_set_as_a_file(service: Service, form: str) -> None:
    path = f"/v1/collections/park_evidence/download?f={form}"
    everything, one = service.get(path), service.get(f"{path}&filter=area_ha>10")
    assert everything.status_code == one.status_code == 200
    assert everything.headers["content-disposition"].startswith("attachment")
    assert everything.content != one.content
    assert service.get(path).content == everything.content, "the same bytes every time"


@pytest.mark.parametrize(("query", "parameter"), [
    ("", "f"), ("?f=doc", "f"), ("?f=csv&limit=1", "limit"), ("?f=csv&crs=x", "crs"), ("?f=csv&filter=x", "filter"),
])  # fmt: skip
def test_a_download_that_cannot_be(service: Service, query: str, parameter: str) -> None:
    answer = service.get(f"/v1/collections/park_evidence/download{query}")
    assert answer.status_code == 400
    assert parameter in {one["parameter"] for one in answer.json()["errors"]}


def test_where_a_layer_comes_from(service: Service, decided: Release) -> None:
    answer = service.get("/v1/collections/park_evidence/metadata")
    facts = answer.json()["properties"]
    assert facts["release"] == decided.name
    assert facts["features"] == 2
    assert service.get("/v1/collections/park_evidence/metadata?f=html").text.count("<tr>") >= 9


def test_a_public_address_is_in_links(decided: Release) -> None:
    app = make_service(Settings(release=decided.path, public_url="https://kaarten.voorbeeld.invalid/ruimte"))
    with asyncio.Runner() as runner:
        service = Service(app, runner.get_loop(), "", decided.path)
        links = service.get("/v1", headers={"host": "evil.example"}).json()["links"]
    assert all(link["href"].startswith("https://kaarten.voorbeeld.invalid/ruimte/v1") for link in links)
