"""Every page, asked by every role of a release that is open and of one in which nothing was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from api.http.site.routers import PAGES
from tests.support.two_municipalities import CODES

if TYPE_CHECKING:
    from tests.support.served import Served

A = CODES["A"]
ROLES = (None, "a", "b", "guest", "board", "province", "editor")
REGION = {"province", "editor"}
INSIDE = {"board", *REGION}
"""For whom the release in which nothing was decided exists."""


def all_of(status: int = 200) -> dict[str | None, int]:
    return dict.fromkeys(ROLES, status)


def only(*roles: str | None, status: int = 200, other: int = 404) -> dict[str | None, int]:
    return {role: status if role in roles else other for role in ROLES}


NOBODY = all_of(404)
SIGNED_IN = {**all_of(), None: 303}
# method and template to the address that is asked, what comes of it in a draft, and the form that is sent
RULES: dict[tuple[str, str], tuple[str, dict[str | None, int], Any]] = {
    ("GET", "/"): ("/", all_of(), None),
    ("GET", "/gemeenten"): ("/gemeenten", all_of(), None),
    ("GET", "/gemeenten/{code}"): (f"/gemeenten/{A}", all_of(), None),
    # the values of this release are no categories, so packages are asked for in tests of their own
    ("GET", "/gemeenten/{code}/keuzepakket"): ("/gemeenten/GM9999/keuzepakket", NOBODY, None),
    ("POST", "/gemeenten/{code}/keuzepakket"): ("/gemeenten/GM9999/keuzepakket", NOBODY, {"dialect": "x"}),
    ("GET", "/kaart"): ("/kaart", all_of(), None),
    ("GET", "/kaart/namen"): ("/kaart/namen", all_of(), None),
    ("GET", "/kaart/lagen/{name}/{identifier:path}"): (
        "/kaart/lagen/reservation_zones/A-zone_id",
        only("a", *INSIDE),
        None,
    ),
    ("GET", "/lagen"): ("/lagen", all_of(), None),
    ("GET", "/lagen/{name}"): ("/lagen/reservation_zones", only("a", "b", *INSIDE), None),
    ("GET", "/onbekend"): ("/onbekend", all_of(), None),
    ("GET", "/plantoets"): ("/plantoets", all_of(), None),
    # it comes as one form with a file
    ("POST", "/plantoets"): ("/plantoets", all_of(400), {"grens": ""}),
    # this service computes no sessions and takes no reports
    ("GET", "/sessies"): ("/sessies", SIGNED_IN, None),
    ("GET", "/sessies/{session_id}"): ("/sessies/west-2026", only("board") | {None: 303}, None),
    ("POST", "/sessies/{session_id}"): ("/sessies/west-2026", {**NOBODY, None: 303}, {}),
    ("GET", "/sessies/{session_id}/notulen"): (
        "/sessies/west-2026/notulen",
        only("board") | {None: 303},
        None,
    ),
    ("GET", "/terreinen/{park_id}"): ("/terreinen/A-park_id", all_of(), None),
    ("GET", "/terreinen/{park_id}/terugmelden"): ("/terreinen/A-park_id/terugmelden", NOBODY, None),
    ("POST", "/terreinen/{park_id}/terugmelden"): ("/terreinen/A-park_id/terugmelden", NOBODY, {}),
    ("GET", "/terugmeldingen"): ("/terugmeldingen", NOBODY, None),
    ("GET", "/terugmeldingen/{name}"): ("/terugmeldingen/TM-0001", NOBODY, None),
    ("POST", "/terugmeldingen/{name}"): ("/terugmeldingen/TM-0001", NOBODY, {}),
    ("GET", "/vergelijken"): ("/vergelijken", all_of(), None),
}


def test_every_page_has_a_rule() -> None:
    routes = {
        (method, route.path)  # type: ignore[attr-defined]
        for router in PAGES
        for route in router.routes
        for method in route.methods - {"HEAD"}  # type: ignore[attr-defined]
    }
    assert routes == set(RULES), "a new page needs a rule here"


@pytest.mark.parametrize("route", RULES, ids=" ".join)
def test_who_sees_a_page_of_a_draft(served: Served, route: tuple[str, str]) -> None:
    path, expected, form = RULES[route]
    found = {role: ask(served, route[0], path, role, form) for role in ROLES}
    assert found == expected


@pytest.mark.parametrize("route", RULES, ids=" ".join)
def test_no_page_of_a_release_in_which_nothing_was_decided_exists_outside(
    secret: Served, route: tuple[str, str]
) -> None:
    path, _, form = RULES[route]
    for role in ROLES:
        if role not in INSIDE:
            assert ask(secret, route[0], path, role, form) == 404, role


def ask(served: Served, method: str, path: str, role: str | None, form: Any) -> int:
    """Ask as a program that sends its key, which no page can make it do."""
    sent = {} if form is None else {"data": form}
    return served.ask(path, role, method, **sent).status_code
