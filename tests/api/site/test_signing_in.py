"""Signing in on the pages: the cookie, its end, forms of others, and what a signed-in reader sees."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from api.http.access.signing_in import ENCRYPTED, PLAIN, SignIn, cookie_in
from api.http.site.outside import onward_of
from api.jobs.keys import KeyRing, add_key, revoke_key, rotate_key
from api.jobs.roles import Role
from tests.support.served import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.api.site.conftest import Visitor
    from tests.support.served import Served

HOUR = dt.timedelta(hours=1)
DAYS = dt.timedelta(days=30)


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    add_key(tmp_path / "keys.json", "a", Role.PROVINCE, frozenset(), until=NOW + DAYS, now=NOW)
    return KeyRing(tmp_path / "keys.json")


def test_a_cookie_stands_for_the_key_until_its_end(ring: KeyRing) -> None:
    sign_in = SignIn(b"s" * 32)
    cookie = sign_in.cookie(ring.keys()[0], NOW)
    assert sign_in.key_of(cookie, ring, NOW + HOUR) == ring.keys()[0]
    assert sign_in.key_of(cookie, ring, NOW + sign_in.lasts) is None
    assert SignIn(b"t" * 32).key_of(cookie, ring, NOW + HOUR) is None, "another secret"


def test_a_cookie_ends_with_its_key(ring: KeyRing, tmp_path: Path) -> None:
    sign_in = SignIn(b"s" * 32)
    cookie = sign_in.cookie(ring.keys()[0], NOW)
    rotate_key(tmp_path / "keys.json", "a", until=NOW + DAYS, now=NOW)
    after = NOW + HOUR
    assert sign_in.key_of(cookie, KeyRing(tmp_path / "keys.json"), after) is None, (
        "it was sealed with the old one"
    )
    again = KeyRing(tmp_path / "keys.json")
    fresh = sign_in.cookie(again.keys()[-1], NOW)
    assert sign_in.key_of(fresh, again, after) is not None
    revoke_key(tmp_path / "keys.json", "a", now=after)
    assert sign_in.key_of(fresh, KeyRing(tmp_path / "keys.json"), after + HOUR) is None


def test_no_bit_of_a_cookie_can_be_changed(ring: KeyRing) -> None:
    sign_in = SignIn(b"s" * 32)
    cookie = sign_in.cookie(ring.keys()[0], NOW)
    for place in range(len(cookie)):
        other = "A" if cookie[place] != "A" else "B"
        changed = cookie[:place] + other + cookie[place + 1 :]
        assert sign_in.key_of(changed, ring, NOW + HOUR) is None, place
    for odd in ("", ".", "...", cookie + ".x", cookie * 2, "é.1.2.3", "a.99999999999999999999.b.c"):
        assert sign_in.key_of(odd, ring, NOW + HOUR) is None


def test_a_token_goes_with_one_cookie_and_differs_each_time() -> None:
    sign_in = SignIn(b"s" * 32)
    tokens = {sign_in.token("one") for _ in range(20)}
    assert len(tokens) == 20
    assert all(sign_in.goes_with(token, "one") for token in tokens)
    assert not any(sign_in.goes_with(token, "two") for token in tokens)
    assert not sign_in.goes_with("", "one")
    assert not sign_in.goes_with("é", "one")
    assert not sign_in.goes_with(sign_in.token(""), "")


def test_a_secret_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SignIn(b"short")


def test_the_cookie_is_found_among_others_and_not_when_there_are_two() -> None:
    def found(header: str, *, encrypted: bool = False) -> str:
        return cookie_in({"Cookie": header}, encrypted=encrypted)

    assert found(f"x=1; {PLAIN}=value; y=2") == "value"
    assert found(f"bad[=1; {PLAIN}=value") == "value"
    assert found(f"{PLAIN}=one; {PLAIN}=two") == ""
    assert found(f"{PLAIN}=value", encrypted=True) == "", (
        "over TLS only the name that browsers protect counts"
    )
    assert found(f"{ENCRYPTED}=value", encrypted=True) == "value"
    assert found(f"{PLAIN}={'x' * 5000}") == ""


@pytest.mark.parametrize(
    "text",
    ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a\nb", "/a b", "/\t/x", "/é"],
)
def test_after_signing_in_one_stays_here(text: str) -> None:
    assert onward_of(text, "/") == "/"


def test_after_signing_in_one_goes_on() -> None:
    assert onward_of("/en/gemeenten/GM0589?x=1&y=%20", "/") == "/en/gemeenten/GM0589?x=1&y=%20"


def test_sign_in_see_and_sign_out(served: Served, visitor: Callable[[Served, str | None], Visitor]) -> None:
    browser = visitor(served, None)
    answer = browser.sign_in(served.keys["a"], "/gemeenten/GM0001")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/gemeenten/GM0001"
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert served.keys["a"] not in answer.headers["set-cookie"]
    page = browser.ask("/")
    assert "Uitloggen" in page.text
    assert page.headers["cache-control"] == "private, no-store"
    assert "Cookie" in page.headers["vary"]
    gone = browser.ask("/uitloggen", "POST")
    assert gone.status_code == 303
    assert 'kring=""' in gone.headers["set-cookie"]


def test_a_wrong_key_is_told_in_dutch_and_english(
    served: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    browser = visitor(served, None)
    wrong = browser.sign_in("kring_" + "x" * 43)
    assert wrong.status_code == 422
    assert "Deze sleutel is niet geldig" in wrong.text
    assert "set-cookie" not in wrong.headers
    english = browser.ask("/en/inloggen", "POST", data={"sleutel": "x", "verder": "/"})
    assert "This key is not valid" in english.text


def test_a_form_of_somebody_else_signs_nobody_in(
    served: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    browser = visitor(served, None)
    for headers in (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    ):
        answer = browser.ask(
            "/inloggen", "POST", data={"sleutel": served.keys["a"], "verder": "/"}, headers=headers
        )
        assert answer.status_code == 403, headers
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_a_cookie_reads_for_programs_and_changes_nothing(
    served: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    browser = visitor(served, "province")
    seen = {c["id"] for c in browser.ask("/v1/collections").json()["collections"]}
    public = {c["id"] for c in visitor(served, None).ask("/v1/collections").json()["collections"]}
    assert "site_protection" in seen - public
    answer = browser.ask("/v1/session-outcomes", "POST", json={})
    stranger = visitor(served, None).ask("/v1/session-outcomes", "POST", json={})
    assert (answer.status_code, answer.json()) == (stranger.status_code, stranger.json())


def test_who_signs_in_stands_in_the_log(
    served: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    visitor(served, "editor")
    assert served.house.audit is not None
    assert '"sign-in"' in served.house.audit.read_text(encoding="utf-8")


def test_static_files_are_for_ever_and_only_by_their_digest(served: Served) -> None:
    from maps.site.statics import static_address

    answer = served.ask(static_address("site.css"))
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]
    assert served.ask("/statisch/0000000000000000/site.css").status_code == 404
    assert served.ask("/statisch/x/..%2f..%2fpyproject.toml").status_code == 404
