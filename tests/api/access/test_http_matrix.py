"""Every route for every role and every kind of data; a route without a rule fails."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from api.http.app import ROUTERS
from api.jobs.chain import read_chain
from api.jobs.keys import add_key, revoke_key
from api.jobs.roles import Role
from layers.schema import Level
from tests.support.served import NOW, Served, serve
from tests.support.two_municipalities import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAYER = "reservation_zones"
ROLES = (None, "a", "b", "guest", "board", "province", "editor")
REGION = {"province", "editor"}
ALL = set(ROLES)


@dataclass(frozen=True)
class Kind:
    """One kind of data: in which release it is, and who may see the layer and the release."""

    status: str
    raised: Level | None
    layer: set[str | None]
    release: set[str | None]


KINDS = {
    "public": Kind("adopted", Level.PUBLIC, ALL, ALL),
    "municipality": Kind("adopted", Level.MUNICIPALITY, {"a", "b", "board", *REGION}, ALL),
    "province": Kind("adopted", Level.PROVINCE, {"board", *REGION}, ALL),
    "undecided": Kind("exploration", Level.PROVINCE, {"board", *REGION}, {"board", *REGION}),
}
EXECUTION: dict[str, Any] = {"inputs": {}}
OUTCOME = {
    "session": "west-2026", "function": "F05", "outcome": "agreed", "layer": LAYER, "place": "A-zone_id",
    "party": "Waterschap",
}  # fmt: skip


def everybody(kind: Kind) -> dict[str | None, int]:
    """For who sees the release."""
    return {role: 200 if role in kind.release else 404 for role in ROLES}


def layer(kind: Kind) -> dict[str | None, int]:
    """For who sees the layer."""
    return {role: 200 if role in kind.layer else 404 for role in ROLES}


def region(kind: Kind, status: int = 200) -> dict[str | None, int]:
    """For who sees the whole region."""
    return {role: status if role in REGION & kind.release else 404 for role in ROLES}


def only(*roles: str, status: int = 200) -> Callable[[Kind], dict[str | None, int]]:
    """For these roles, where the release exists for them."""
    return lambda kind: {role: status if role in {*roles} & kind.release else 404 for role in ROLES}


def nobody(kind: Kind) -> dict[str | None, int]:
    """For nobody: such a thing is not there."""
    return dict.fromkeys(ROLES, 404)


# template to the address that is asked, the rule, and what is sent
RULES: dict[tuple[str, str], tuple[str, Any, Any]] = {
    ("GET", "/v1"): ("/v1", everybody, None),
    ("GET", "/v1/"): ("/v1/", everybody, None),
    ("GET", "/v1/conformance"): ("/v1/conformance", everybody, None),
    ("GET", "/v1/openapi.json"): ("/v1/openapi.json", everybody, None),
    ("GET", "/v1/api"): ("/v1/api", everybody, None),
    ("GET", "/v1/collections"): ("/v1/collections", everybody, None),
    **{
        ("GET", f"/v1/collections/{{name}}{end}"): (f"/v1/collections/{LAYER}{end}", layer, None)
        for end in ("", "/schema", "/feature-schema", "/queryables", "/metadata", "/items", "/tiles", "/styles")
    },
    ("GET", "/v1/collections/{name}/items/{feature_id:path}"): (
        f"/v1/collections/{LAYER}/items/A-zone_id",
        # A's row is not B's
        lambda kind: layer(kind) | ({} if "b" not in kind.layer or None in kind.layer else {"b": 404}),
        None,
    ),
    ("GET", "/v1/collections/{name}/download"): (f"/v1/collections/{LAYER}/download?f=csv", layer, None),
    ("GET", "/v1/collections/{name}/tiles/{grid}"): (
        f"/v1/collections/{LAYER}/tiles/WebMercatorQuad", layer, None,
    ),
    ("GET", "/v1/collections/{name}/tiles/{grid}/{zoom}/{row}/{col}"): (
        f"/v1/collections/{LAYER}/tiles/WebMercatorQuad/8/84/131", layer, None,
    ),
    ("GET", "/v1/map"): ("/v1/map", nobody, None),
    ("GET", "/v1/tileMatrixSets"): ("/v1/tileMatrixSets", everybody, None),
    ("GET", "/v1/tileMatrixSets/{grid}"): ("/v1/tileMatrixSets/WebMercatorQuad", everybody, None),
    ("GET", "/v1/tiles"): ("/v1/tiles", everybody, None),
    ("GET", "/v1/tiles/{grid}"): ("/v1/tiles/WebMercatorQuad", everybody, None),
    ("GET", "/v1/tiles/{grid}/{zoom}/{row}/{col}"): ("/v1/tiles/WebMercatorQuad/8/84/131", everybody, None),
    ("GET", "/v1/styles"): ("/v1/styles", everybody, None),
    ("GET", "/v1/styles/{style}"): (f"/v1/styles/{LAYER}-kind", layer, None),
    ("GET", "/v1/styles/{style}/metadata"): (f"/v1/styles/{LAYER}-kind/metadata", layer, None),
    ("GET", "/v1/styles/{style}/legend"): (f"/v1/styles/{LAYER}-kind/legend", layer, None),
    ("GET", "/v1/rasters"): ("/v1/rasters", everybody, None),
    ("GET", "/v1/rasters/{name}"): ("/v1/rasters/usable_low", region, None),
    ("GET", "/v1/packages"): ("/v1/packages", everybody, None),
    ("GET", "/v1/packages/{code}"): (f"/v1/packages/{CODES['A']}", only("a", *REGION), None),
    ("GET", "/v1/releases"): ("/v1/releases", everybody, None),
    ("GET", "/v1/processes"): ("/v1/processes", everybody, None),
    ("GET", "/v1/processes/{process}"): ("/v1/processes/why", region, None),
    ("POST", "/v1/processes/{process}/execution"): (
        "/v1/processes/why/execution", only(*REGION, status=400), EXECUTION,
    ),
    ("GET", "/v1/jobs"): ("/v1/jobs", everybody, None),
    ("GET", "/v1/jobs/{job}"): ("/v1/jobs/x", nobody, None),
    ("DELETE", "/v1/jobs/{job}"): ("/v1/jobs/x", nobody, None),
    ("GET", "/v1/jobs/{job}/results"): ("/v1/jobs/x/results", nobody, None),
    ("POST", "/v1/session-outcomes"): ("/v1/session-outcomes", only("board", status=201), OUTCOME),
}  # fmt: skip


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Served]]:
    made = {
        name: serve(tmp_path_factory.mktemp(name), status=kind.status, raised=kind.raised, jobs=True)
        for name, kind in KINDS.items()
    }
    yield made
    for served in made.values():
        assert served.house.jobs is not None
        served.house.jobs.close()


def test_every_route_has_a_rule() -> None:
    routes = {
        (method, route.path)  # type: ignore[attr-defined]
        for router in ROUTERS
        for route in router.routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }
    assert routes == set(RULES), "a new route needs a rule here"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", RULES, ids=" ".join)
def test_who_may_what(houses: dict[str, Served], route: tuple[str, str], kind: str) -> None:
    path, rule, body = RULES[route]
    expected = rule(KINDS[kind])
    for role in ROLES:
        sent = {} if body is None else {"json": body}
        answer = houses[kind].ask(path, role, route[0], **sent)
        # an empty tile is an answer too
        status = 200 if answer.status_code == 204 else answer.status_code
        assert status == expected[role], (role, answer.text[:200])
        if status == 404:
            assert answer.headers["content-type"] == "application/problem+json"
        if route[0] == "GET" and status == 200 and "jobs" not in path and "processes" not in path:
            shared = role in {None, "guest"} and KINDS[kind].status == "adopted"
            assert ("private" not in answer.headers["cache-control"]) == shared, role
            assert "Authorization" in answer.headers["vary"]


BAD = [
    "Bearer kring_" + "x" * 43, "Bearer ", "Bearer", "Basic", "Basic !!!", "Basic a3Jpbmc6", "Digest x", "x",
    "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer " + "a" * 20_000, "Bearer a.b.c", "Basic " + "eA==",
]  # fmt: skip


@pytest.mark.parametrize("header", BAD)
def test_a_credential_that_does_not_count_opens_less_than_none(
    houses: dict[str, Served], header: str
) -> None:
    served = houses["public"]
    answer = served.ask("/v1", None, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["title"] == "Niet aangemeld"
    assert header[7:20] not in answer.text or len(header) < 9


def test_a_key_in_the_way_of_qgis(houses: dict[str, Served]) -> None:
    served = houses["province"]
    path = f"/v1/collections/{LAYER}"
    assert served.ask(path, None, auth=("anything", served.keys["province"])).status_code == 200
    assert served.ask(path, None, auth=(served.keys["province"], "")).status_code == 401


def test_a_key_that_ended_or_was_taken_back(tmp_path: Any) -> None:
    served = serve(tmp_path, status="adopted", raised=Level.PROVINCE)
    file, path = tmp_path / "keys.json", f"/v1/collections/{LAYER}"
    past = NOW - dt.timedelta(days=3)
    ended = add_key(file, "ended", Role.PROVINCE, frozenset(), until=NOW - dt.timedelta(days=1), now=past)
    assert served.ask(path, None, headers={"Authorization": f"Bearer {ended}"}).status_code == 401
    assert served.ask(path, "province").status_code == 200
    revoke_key(file, "province", now=NOW)
    assert served.ask(path, "province").status_code == 401


def test_who_saw_what_is_noted_without_what_was_looked_for(tmp_path: Any) -> None:
    served = serve(tmp_path, status="adopted", raised=Level.MUNICIPALITY)
    served.ask(f"/v1/collections/{LAYER}/items?filter=zone_id%3D%27secret%27", "a")
    served.ask("/v1", None)
    served.ask("/v1/collections/nothing", "province")
    log = tmp_path / "audit.jsonl"
    noted = list(read_chain(log))
    assert [(one["caller"], one["status"]) for one in noted] == [("key:a", 200), ("key:province", 404)]
    assert noted[0]["route"] == f"/v1/collections/{{name}}/items {LAYER}"
    assert noted[0]["release"] == served.release.name
    text = log.read_text()
    assert "secret" not in text
    assert not [key for key in served.keys.values() if key in text]


def test_what_cannot_be_noted_is_not_given(tmp_path: Any) -> None:
    served = serve(tmp_path, status="adopted", raised=Level.MUNICIPALITY)
    (tmp_path / "audit.jsonl").mkdir()
    answer = served.ask(f"/v1/collections/{LAYER}/items", "a")
    assert answer.status_code == 503
    assert "A-zone_id" not in answer.text
    assert served.ask("/v1", None).status_code == 200


def test_a_package_that_was_made_again_is_another_answer(tmp_path: Any) -> None:
    served = serve(tmp_path, status="adopted", raised=Level.MUNICIPALITY)
    path = f"/v1/packages/{CODES['A']}"
    before = served.ask(path, "a")
    assert before.content == b"package of A-name"
    (file,) = (tmp_path / "packages").rglob("keuzepakket-a-name.zip")
    file.write_bytes(b"another one")
    after = served.ask(path, "a", headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.content) == (200, b"another one")
    part = served.ask(path, "a", headers={"Range": "bytes=8-10"})
    assert (part.status_code, part.content) == (206, b"one")


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
@pytest.mark.parametrize("path", ["/v1/session-outcomes", "/v1/processes/why/execution"])
def test_a_page_of_somebody_else_cannot_send_a_body(houses: dict[str, Served], path: str, media: str) -> None:
    who = "board" if "session" in path else "province"
    content = json.dumps(OUTCOME).encode()
    answer = houses["undecided"].ask(path, who, "POST", content=content, headers={"Content-Type": media})
    assert answer.status_code == 415


def test_problems_say_where(houses: dict[str, Served]) -> None:
    answer = houses["public"].ask(f"/v1/collections/{LAYER}/items?limit=x&nothing=1&bbox=1,2")
    assert answer.status_code == 400
    assert [one["parameter"] for one in answer.json()["errors"]] == ["nothing", "limit", "bbox"]
    body = houses["undecided"].ask("/v1/session-outcomes", "board", "POST", json={})
    assert body.status_code == 400
    assert {one["in"] for one in json.loads(body.text)["errors"]} == {"body"}
