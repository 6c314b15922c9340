"""Who asks: deny by default, and the same answer to every credential that does not count."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.datastructures import Headers

from api.http.access.caller import EVERYBODY, AccessSettings, Caller, identify
from api.http.access.errors import NOT_KNOWN, AccessError
from api.http.access.key_set import KeySet
from api.http.access.tokens import Grant, TokenReader, TokenSettings
from api.http.cutting import exists_for, visible_tables
from api.http.scope import PUBLIC, Scope
from api.jobs.keys import KeyRing, add_key, revoke_key
from api.jobs.roles import Role
from api.jobs.sessions import Session, SessionBook, open_session
from layers.schema import Level
from tests.support.two_municipalities import CODES, release_of

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
CURVE = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    path, nowhere = tmp_path / "keys.json", frozenset[str]()
    made = {
        "a": add_key(path, "a", Role.MUNICIPALITY, frozenset({CODES["A"]}), until=NOW + DAY, now=NOW),
        "b": add_key(path, "b", Role.MUNICIPALITY, frozenset({CODES["B"]}), until=NOW + DAY, now=NOW),
        "water": add_key(path, "water", Role.SESSION, nowhere, until=NOW + DAY, now=NOW),
        "plan": add_key(path, "plan", Role.PROVINCE, nowhere, until=NOW + DAY, now=NOW),
        "edit": add_key(path, "edit", Role.EDITOR, nowhere, until=NOW + DAY, now=NOW),
        "gone": add_key(path, "gone", Role.EDITOR, nowhere, until=NOW + DAY, now=NOW),
    }
    revoke_key(path, "gone", now=NOW)
    return made


@pytest.fixture
def settings(tmp_path: Path, secrets: dict[str, str]) -> AccessSettings:
    import json

    import jwt

    session = Session(
        "west-1", "West", "0" * 16, frozenset({CODES["A"]}), frozenset({"reservation_zones"}), NOW, NOW + DAY,
        frozenset({"key:water", "key:b"}), municipalities=True,
    )  # fmt: skip
    open_session(tmp_path / "sessions.json", session, release_of(), NOW)
    keys = {**json.loads(jwt.algorithms.ECAlgorithm.to_jwk(CURVE.public_key())), "kid": "one"}
    keys.pop("key_ops", None)
    grants = {"planners": Grant(Role.PROVINCE), "a": Grant(Role.MUNICIPALITY, frozenset({CODES["A"]}))}
    tokens = TokenReader(
        TokenSettings("https://login", "kring", "x", "roles", grants),
        KeySet(lambda: json.dumps({"keys": [keys]}).encode()),
    )
    return AccessSettings(KeyRing(tmp_path / "keys.json"), tokens, SessionBook(tmp_path / "sessions.json"))


def token(*roles: str, sub: str = "ann") -> str:
    import jwt

    moment = int(NOW.timestamp())
    claims = {
        "iss": "https://login",
        "aud": "kring",
        "sub": sub,
        "iat": moment,
        "exp": moment + 60,
        "roles": list(roles),
    }
    return jwt.encode(claims, CURVE, "ES256", {"kid": "one"})


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def asked(settings: AccessSettings, header: str, now: dt.datetime = NOW) -> Caller:
    return identify({"Authorization": header}, settings, now)


def test_without_a_credential_everybody(settings: AccessSettings) -> None:
    assert identify({}, settings, NOW) is EVERYBODY
    assert identify({"Accept": "x", "Cookie": "a=b", "X-Api-Key": "kring_x"}, settings, NOW).scope is PUBLIC


@pytest.mark.parametrize(
    ("name", "role", "scope"),
    [
        ("a", Role.MUNICIPALITY, Scope(Level.MUNICIPALITY, frozenset({"GM0001"}), undecided=False)),
        ("water", Role.SESSION, PUBLIC),
        ("plan", Role.PROVINCE, Scope(Level.PROVINCE, None, undecided=True)),
        ("edit", Role.EDITOR, Scope(Level.EDITOR, None, undecided=True)),
    ],
)
def test_a_key_counts_as_bearer_and_as_password(
    settings: AccessSettings, secrets: dict[str, str], name: str, role: Role, scope: Scope
) -> None:
    secret = secrets[name]
    headers = [
        f"Bearer {secret}",
        f"bearer {secret}",
        f"BEARER  {secret}",
        basic(f"{name}:{secret}"),
        basic(f":{secret}"),
        basic(f"wie dan ook:{secret}"),
    ]
    for header in headers:
        found = asked(settings, header)
        assert (found.name, found.role, found.scope) == (f"key:{name}", role, scope)
        assert secret not in repr(found)


def test_a_token_counts_as_bearer_only(settings: AccessSettings) -> None:
    found = asked(settings, f"Bearer {token('planners')}")
    assert (found.name, found.role, found.scope.undecided) == ("login:ann", Role.PROVINCE, True)
    with pytest.raises(AccessError):
        asked(settings, basic(f"ann:{token('planners')}"))


def test_every_bad_credential_gets_the_same_answer(settings: AccessSettings, secrets: dict[str, str]) -> None:
    good = secrets["edit"]
    headers = [
        "", " ", "Bearer", "Bearer ", "Basic", "Basic ", "Digest x", good, f"Token {good}", f"Bearer\t{good}",
        f"Bearer {good}x", f"Bearer {good[:-1]}", f"Bearer {good} {good}", f"Bearer kring_{'A' * 43}",
        f"Bearer {secrets['gone']}", f"Bearer {hashlib.sha256(good.encode()).hexdigest()}", f"Bearer {'x' * 20_000}",
        "Basic !!!!", "Basic " + good, basic(good), basic("edit:"), basic(":"), basic(f"{good}:"), basic(f"edit:{good}\n"),
        "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode(), basic("edit:kring_" + "A" * 43), basic(""),
        f"Bearer {token()}", f"Bearer {token('unknown')}", f"Bearer {token('planners')[:-4]}", "Bearer a.b.c", "Bearer null",
    ]  # fmt: skip
    answers = set()
    for header in headers:
        with pytest.raises(AccessError) as error:
            asked(settings, header)
        found = error.value
        answers.add((found.status, found.detail, tuple(found.headers.items()), str(found.problem())))
        assert found.__cause__ is None
    (answer,) = answers
    assert answer[:2] == (401, NOT_KNOWN)
    assert dict(answer[2])["WWW-Authenticate"].startswith('Bearer realm="kringruimte"')
    assert dict(answer[2])["Cache-Control"] == "no-store"


def test_a_key_that_ended_is_turned_away_and_not_taken_for_everybody(
    settings: AccessSettings, secrets: dict[str, str]
) -> None:
    with pytest.raises(AccessError):
        asked(settings, f"Bearer {secrets['edit']}", NOW + DAY)


def test_two_credentials_are_one_too_many(settings: AccessSettings, secrets: dict[str, str]) -> None:
    good = f"Bearer {secrets['edit']}".encode()
    for pair in ([good, good], [good, b"Bearer x"], [b"", good]):
        headers = Headers(raw=[(b"authorization", value) for value in pair])
        with pytest.raises(AccessError):
            identify(headers, settings, NOW)
    assert identify(Headers(raw=[(b"authorization", good)]), settings, NOW).role is Role.EDITOR


def test_without_keys_or_login_no_credential_counts(secrets: dict[str, str]) -> None:
    for header in (f"Bearer {secrets['edit']}", f"Bearer {token('planners')}", basic(f":{secrets['edit']}")):
        with pytest.raises(AccessError):
            asked(AccessSettings(), header)


class TestReleases:
    """What a caller may see of a release depends on that release."""

    def seen(
        self, settings: AccessSettings, header: str, release: str = "0" * 16, now: dt.datetime = NOW
    ) -> Any:
        scope, whole = asked(settings, header, now).scope_of(release), release_of()
        return visible_tables(whole, scope) if exists_for(whole, scope) else None

    def test_an_undecided_release_exists_for_planners_editors_and_its_session(
        self, settings: AccessSettings, secrets: dict[str, str]
    ) -> None:
        exists = {
            name: self.seen(settings, f"Bearer {secrets[name]}") is not None
            for name in ("a", "b", "water", "plan", "edit")
        }
        assert exists == dict.fromkeys(("a", "b", "water", "plan", "edit"), True)
        other = {
            name: self.seen(settings, f"Bearer {secrets[name]}", "f" * 16) is not None for name in exists
        }
        assert other == {"a": False, "b": False, "water": False, "plan": True, "edit": True}
        assert not exists_for(release_of(), identify({}, settings, NOW).scope_of("0" * 16))

    def test_the_session_shows_its_layer_there_and_nothing_else(
        self, settings: AccessSettings, secrets: dict[str, str]
    ) -> None:
        whole = release_of()
        for name, own in (("a", ["A-park_id"]), ("b", ["B-park_id"]), ("water", None)):
            tables = self.seen(settings, f"Bearer {secrets[name]}")
            assert tables["reservation_zones"]["zone_id"].tolist() == ["A-zone_id"]
            assert (tables["park_evidence"]["park_id"].tolist() if "park_evidence" in tables else None) == own
            hidden = {each for each in tables if whole.layer(each).level is not Level.PUBLIC}
            assert hidden == {"reservation_zones"}

    def test_a_login_is_not_a_key_of_the_same_name(self, settings: AccessSettings) -> None:
        found = asked(settings, f"Bearer {token('a', sub='water')}")
        assert found.name == "login:water"
        assert len(found.sessions) == 1, "as a municipality of the sub-area"
        assert asked(settings, f"Bearer {token('planners', sub='water')}").sessions == ()

    def test_after_the_session_the_release_is_gone(
        self, settings: AccessSettings, secrets: dict[str, str]
    ) -> None:
        moment = NOW + DAY - dt.timedelta(seconds=1)
        assert self.seen(settings, f"Bearer {secrets['water']}", now=moment) is not None
        with pytest.raises(AccessError):
            asked(settings, f"Bearer {secrets['water']}", NOW + DAY)
