"""Tokens of the organisation's login: forged, strayed, expired and rotated ones."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from api.http.access.key_set import FRESH, LARGEST, PAUSE, STALE, KeySet, check_source, keys_of, reader_of
from api.http.access.tokens import LONGEST, Grant, TokenReader, TokenSettings
from api.jobs.roles import Role
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
ISSUER, AUDIENCE = "https://login.example.nl/realm", "kringruimte"
GRANTS = {
    "planners": Grant(Role.PROVINCE),
    "redactie": Grant(Role.EDITOR),
    "utrecht": Grant(Role.MUNICIPALITY, frozenset({"GM0344"})),
    "houten": Grant(Role.MUNICIPALITY, frozenset({"GM0321"})),
}
SETTINGS = TokenSettings(ISSUER, AUDIENCE, "unused.json", "roles", GRANTS)
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, kid: str, **changes: Any) -> dict[str, Any]:
    algorithm = (
        jwt.algorithms.RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else jwt.algorithms.ECAlgorithm
    )
    values = json.loads(algorithm.to_jwk(key.public_key()))
    values.pop("key_ops", None)
    return {**values, "kid": kid, "use": "sig"} | changes


def key_set(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": list(keys)}).encode()


SET = key_set(jwk(RSA, "one"), jwk(CURVE, "curve"))


def claims(**changes: Any) -> dict[str, Any]:
    moment = int(NOW.timestamp())
    given = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "ann@example.nl",
        "iat": moment - 10,
        "nbf": moment - 10,
        "exp": moment + 300,
        "roles": ["planners"],
    }
    return {name: value for name, value in (given | changes).items() if value is not ...}


def signed(
    key: Any = RSA, algorithm: str = "RS256", headers: dict[str, Any] | None = None, **changes: Any
) -> str:
    return jwt.encode(claims(**changes), key, algorithm, {"kid": "one"} if headers is None else headers)


def part(values: Any) -> str:
    data = values if isinstance(values, bytes) else json.dumps(values).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def reader() -> TokenReader:
    return TokenReader(SETTINGS, KeySet(lambda: SET))


@pytest.mark.parametrize(("key", "algorithm", "kid"), [(RSA, "RS256", "one"), (CURVE, "ES256", "curve")])
def test_a_token_gives_its_role(reader: TokenReader, key: Any, algorithm: str, kid: str) -> None:
    found = reader.read(signed(key, algorithm, {"kid": kid}), NOW)
    assert found
    assert (found.name, found.grant) == ("ann@example.nl", Grant(Role.PROVINCE))


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ("redactie", Grant(Role.EDITOR)),
        (["utrecht"], Grant(Role.MUNICIPALITY, frozenset({"GM0344"}))),
        (["utrecht", "houten", "x"], Grant(Role.MUNICIPALITY, frozenset({"GM0344", "GM0321"}))),
        (["utrecht", "planners"], Grant(Role.PROVINCE)),
        ([], None),
        (["PLANNERS"], None),
        (["planners "], None),
        ("planners,redactie", None),
        ([["planners"]], None),
        ([None, 1], None),
        ({"planners": True}, None),
        (None, None),
        (..., None),
    ],
)
def test_the_claim_is_mapped_to_the_highest_role(
    reader: TokenReader, roles: Any, expected: Grant | None
) -> None:
    found = reader.read(signed(roles=roles), NOW)
    assert (found.grant if found else None) == expected


def test_a_claim_may_lie_in_an_object() -> None:
    settings = TokenSettings(ISSUER, AUDIENCE, "x", "realm_access.roles", GRANTS)
    reader = TokenReader(settings, KeySet(lambda: SET))
    assert reader.read(signed(realm_access={"roles": ["planners"]}), NOW)
    assert reader.read(signed(realm_access="planners"), NOW) is None


@pytest.mark.parametrize(
    ("changes", "good"),
    [
        ({"exp": -59}, True),
        ({"exp": -60}, False),
        ({"exp": -3600}, False),
        ({"nbf": 60}, True),
        ({"nbf": 61}, False),
        ({"iat": 61}, False),
        ({"nbf": ...}, True),
        ({"nbf": ..., "iat": 61}, False),
    ],
)
def test_times_count_to_the_second_with_a_minute_of_grace(
    reader: TokenReader, changes: dict[str, Any], *, good: bool
) -> None:
    moment = int(NOW.timestamp())
    shifted: dict[str, Any] = {
        name: value if value is ... else moment + value for name, value in changes.items()
    }
    assert (reader.read(signed(**shifted), NOW) is not None) is good


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": ...},
        {"aud": AUDIENCE.upper()},
        {"aud": f"{AUDIENCE}/"},
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"iss": ...},
        {"iss": [ISSUER]},
        {"exp": ...},
        {"exp": None},
        {"exp": True},
        {"iat": ...},
        {"sub": ...},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a\nb"},
        {"sub": "x" * 81},
    ],
    ids=str,
)
def test_wrong_claims_open_nothing(reader: TokenReader, changes: dict[str, Any]) -> None:
    try:
        token = signed(**changes)
    except TypeError:
        # the library does not sign it; whoever signs by hand may
        token = by_hand(changes)
    assert reader.read(token, NOW) is None


def by_hand(changes: dict[str, Any]) -> str:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    text = f"{part({'alg': 'RS256', 'kid': 'one'})}.{part(claims(**changes))}"
    return f"{text}.{part(RSA.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


@pytest.mark.parametrize("value", ["1e400", "NaN", '"9999999999"', "[9999999999]", "-1"])
def test_an_end_that_is_no_number_opens_nothing(reader: TokenReader, value: str) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    body = json.dumps(claims(exp=4242)).replace("4242", value).encode()
    text = f"{part({'alg': 'RS256', 'kid': 'one'})}.{part(body)}"
    token = f"{text}.{part(RSA.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"
    assert reader.read(token, NOW) is None


def test_the_token_signed_by_hand_is_good_when_nothing_is_wrong_with_it(reader: TokenReader) -> None:
    assert reader.read(by_hand({}), NOW)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_no_signature_opens_nothing(reader: TokenReader, algorithm: str) -> None:
    text = f"{part({'alg': algorithm, 'kid': 'one'})}.{part(claims())}"
    for token in (f"{text}.", f"{text}.{part(b'x')}", text):
        assert reader.read(token, NOW) is None


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(reader: TokenReader, algorithm: str) -> None:
    pem = RSA.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    der = RSA.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for secret in (pem, pem.strip(), der, SET, json.dumps(jwk(RSA, "one")).encode(), b""):
        text = f"{part({'alg': algorithm, 'kid': 'one'})}.{part(claims())}"
        digest = hmac.new(secret, text.encode(), getattr(hashlib, f"sha{algorithm[2:]}")).digest()
        assert reader.read(f"{text}.{part(digest)}", NOW) is None


def test_other_algorithms_and_the_key_of_another_open_nothing(reader: TokenReader) -> None:
    assert reader.read(signed(RSA, "RS512"), NOW) is None
    assert reader.read(signed(RSA, "PS256"), NOW) is None
    assert reader.read(signed(OTHER), NOW) is None, "the id of one key, signed with another"
    assert reader.read(signed(CURVE, "ES256", {"kid": "one"}), NOW) is None
    assert reader.read(signed(RSA, "RS256", {"kid": "curve"}), NOW) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"kid": "two"},
        {"kid": "../../etc/passwd"},
        {"kid": "x" * 201},
        {"kid": "one", "crit": ["exp"]},
        {"kid": "one", "typ": "dpop+jwt"},
        {"kid": "two", "jwk": jwk(OTHER, "two")},
        {"kid": "two", "jku": "http://127.0.0.1:9/keys"},
    ],
    ids=["none", "absent", "path", "long", "critical", "type", "own key", "own address"],
)
def test_what_the_header_says_leads_nowhere_else(reader: TokenReader, headers: dict[str, Any]) -> None:
    assert reader.read(signed(OTHER if "jwk" in headers else RSA, headers=headers), NOW) is None


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b.c",
        "a.b",
        "....",
        "é.é.é",
        "e30.e30.e30",
        "bnVsbA.bnVsbA.bnVsbA",
        " " * 50,
        "A" * 5000,
        "\x00.\x00.\x00",
        f"{part(b'[' * 3000)}.e30.e30",
    ],
)
def test_garbage_opens_nothing(reader: TokenReader, token: str) -> None:
    assert reader.read(token, NOW) is None


def test_a_changed_token_opens_nothing(reader: TokenReader) -> None:
    token = signed()
    head, body, signature = token.split(".")
    assert reader.read(token, NOW)
    assert reader.read(f"{head}.{part(claims(roles=['redactie']))}.{signature}", NOW) is None
    assert reader.read(f"{head}.{body}.{signature[:-8]}", NOW) is None
    assert reader.read(f"{head}.{body}.{signature}\n", NOW) is None
    assert reader.read(f" {token}", NOW) is None


def test_a_token_that_is_too_long_is_not_looked_at() -> None:
    reads: list[int] = []
    reader = TokenReader(SETTINGS, KeySet(lambda: reads.append(1) or SET))  # type: ignore[func-returns-value]
    token = signed(padding="x" * LONGEST)
    assert len(token) > LONGEST
    assert reader.read(token, NOW) is None
    assert reads == []


class TestKeySet:
    """Keys come and go."""

    def test_a_rotated_key_is_found_and_the_old_one_goes(self) -> None:
        sets = [SET]
        keys = KeySet(lambda: sets[-1])
        reader = TokenReader(SETTINGS, keys)
        assert reader.read(signed(), NOW)
        sets.append(key_set(jwk(OTHER, "two")))
        new = signed(OTHER, headers={"kid": "two"}, exp=int(NOW.timestamp()) + 10**6)
        assert reader.read(new, NOW + PAUSE - SECOND) is None, (
            "not yet, a set was read less than a minute ago"
        )
        assert reader.read(new, NOW + PAUSE)
        assert reader.read(signed(), NOW + PAUSE) is None, "the old key is no longer in the set"

    def test_a_key_that_was_taken_back_goes_within_the_hour_without_a_new_one(self) -> None:
        sets = [SET]
        reader = TokenReader(SETTINGS, KeySet(lambda: sets[-1]))
        token = signed(exp=int(NOW.timestamp()) + 10**6)
        assert reader.read(token, NOW)
        sets.append(key_set(jwk(CURVE, "curve")))
        assert reader.read(token, NOW + FRESH - SECOND)
        assert reader.read(token, NOW + FRESH) is None

    def test_a_flood_of_unknown_keys_reads_once_a_minute(self) -> None:
        reads: list[int] = []
        keys = KeySet(lambda: reads.append(1) or SET)  # type: ignore[func-returns-value]
        for second in range(180):
            assert keys.find(f"no{second}", "RS256", NOW + second * SECOND) is None
        assert len(reads) == 3

    def test_a_login_that_is_away_is_asked_once_a_minute_and_its_keys_last_a_day(self) -> None:
        answers: list[bytes | Exception] = [SET]
        reads: list[int] = []

        def read() -> bytes:
            reads.append(1)
            if isinstance(answers[-1], Exception):
                raise answers[-1]
            return answers[-1]

        keys = KeySet(read)
        assert keys.find("one", "RS256", NOW)
        answers.append(OSError("away"))
        assert keys.find("one", "RS256", NOW + FRESH)
        assert keys.find("one", "RS256", NOW + FRESH + SECOND)
        assert len(reads) == 2
        assert keys.find("one", "RS256", NOW + STALE - SECOND)
        assert keys.find("one", "RS256", NOW + STALE) is None
        answers.append(b"<html>")
        assert keys.find("one", "RS256", NOW + STALE + PAUSE) is None
        answers.append(SET)
        assert keys.find("one", "RS256", NOW + STALE + 2 * PAUSE)
        assert keys.age(NOW + STALE + 2 * PAUSE) == dt.timedelta(0)

    def test_only_strong_public_signing_keys_of_the_two_kinds_are_taken(self) -> None:
        weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
        curve = ec.generate_private_key(ec.SECP384R1())
        secret = {"kty": "oct", "k": part(b"x" * 32), "kid": "secret", "alg": "HS256"}
        found = keys_of(
            key_set(
                jwk(RSA, "good"),
                jwk(RSA, "alg", alg="RS512"),
                jwk(RSA, "encrypts", use="enc"),
                jwk(weak, "weak"),
                jwk(curve, "curve"),
                {**jwk(RSA, "x"), "kid": None},
                {"kty": "RSA", "kid": "broken"},
                jwk(RSA, "twice"),
                jwk(OTHER, "twice"),
                secret,
            )
        )
        assert set(found) == {("good", "RS256")}

    @pytest.mark.parametrize(
        "data", [b"", b"[]", b"{}", b'{"keys": {}}', b"\xff", b'{"keys": [' + b"1," * 70 + b"1]}"]
    )
    def test_what_is_no_set_of_keys_is_refused(self, data: bytes) -> None:
        with pytest.raises(ValueError):
            keys_of(data)


class Login(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/keys")
            self.end_headers()
            return
        self.send_response(503 if self.path == "/broken" else 200)
        self.end_headers()
        self.wfile.write(b" " * (LARGEST + 1) if self.path == "/large" else SET)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def login() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Login)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


class TestSource:
    """Where the keys are read."""

    def test_from_an_address_and_from_a_file(self, login: str, tmp_path: Path) -> None:
        assert set(check_source(f"{login}/keys")) == {("one", "RS256"), ("curve", "ES256")}
        path = tmp_path / "keys.json"
        path.write_bytes(SET)
        assert set(check_source(str(path))) == {("one", "RS256"), ("curve", "ES256")}

    @pytest.mark.parametrize("path", ["/large", "/away", "/broken"])
    def test_too_much_a_detour_or_an_error_is_refused(self, login: str, path: str) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            check_source(login + path)
        assert KeySet(reader_of(login + path)).find("one", "RS256", NOW) is None

    @pytest.mark.parametrize(
        "source",
        [
            "http://login.example.nl/keys",
            "ftp://x/keys",
            "file:///etc/passwd",
            "http://127.0.0.1.example.nl/",
        ],
    )
    def test_an_address_without_encryption_is_refused(self, source: str) -> None:
        with pytest.raises(InputError, match="https"):
            reader_of(source)

    def test_a_file_that_is_too_large_absent_or_empty_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "keys.json"
        for data in (None, b" " * (LARGEST + 1), key_set()):
            if data is not None:
                path.write_bytes(data)
            with pytest.raises(InputError):
                check_source(str(path))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"issuer": ""}, "issuer"),
        ({"audience": ""}, "audience"),
        ({"grants": {}}, "No value"),
        ({"grants": {"x": Grant(Role.MUNICIPALITY)}}, "at least one municipality"),
        ({"grants": {"x": Grant(Role.PUBLIC)}}, "everybody"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_at_the_start(changes: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"issuer": ISSUER, "audience": AUDIENCE, "keys": "x", "grants": GRANTS} | changes
    with pytest.raises(InputError, match=words):
        TokenReader(TokenSettings(**given))
