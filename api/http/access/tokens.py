"""Tokens of the organisation's own login (OIDC): whose they are and which role that gives."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import jwt

from api.http.access.key_set import ALGORITHMS, KeySet, reader_of
from api.jobs.roles import Role, territory_problem
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 8_192
"""Bytes of a token; checked before anything is read of it."""
LEEWAY: Final = dt.timedelta(seconds=60)
"""For clocks that differ."""
TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
REQUIRED: Final = ("iss", "aud", "exp", "iat", "sub")
_KEY_ID: Final = 200
_NAME: Final = re.compile(r"[\w.@:|/+=-]{1,80}")
_TYPES: Final = {None, "jwt", "at+jwt", "application/at+jwt"}


@dataclass(frozen=True, slots=True)
class Grant:
    """What one value of the claim gives.

    Attributes
    ----------
    role, territory
        The role; codes of municipalities for role municipality.
    """

    role: Role
    territory: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TokenSettings:
    """Which tokens count, and for what.

    Attributes
    ----------
    issuer, audience
        That a token must name, to the letter.
    keys
        File or https address with the public keys of the login (``jwks_uri``).
    claim
        Name of the claim with groups or roles; dots lead into objects (``realm_access.roles``).
    grants
        Value of the claim to what it gives; a token with none of them opens nothing.
    """

    issuer: str
    audience: str
    keys: str
    claim: str = "roles"
    grants: Mapping[str, Grant] = field(default_factory=dict)

    def check(self) -> None:
        """Refuse settings that cannot be meant; InputError names each."""
        empty = [name for name in ("issuer", "audience", "keys", "claim") if not getattr(self, name)]
        problems = [
            Problem(f"{name} of the login is empty", "Give it, or leave out the login.") for name in empty
        ]
        for value, grant in self.grants.items():
            wrong = territory_problem(grant.role, grant.territory)
            if grant.role is Role.PUBLIC:
                wrong = "everybody has role public without a token"
            if wrong:
                problems.append(Problem(f"{self.claim} {value}: {wrong}", "Change what this value gives."))
        if not self.grants:
            problems.append(Problem("No value of the claim gives a role", "Give at least one."))
        if problems:
            raise InputError(*problems)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token is of.

    Attributes
    ----------
    name
        ``sub`` of the token.
    grant
        What it gives.
    """

    name: str
    grant: Grant


class TokenReader:
    """Reads tokens.

    Parameters
    ----------
    settings
        Which ones count; checked here.
    keys
        Where the keys come from; `settings.keys` when left out.
    """

    def __init__(self, settings: TokenSettings, keys: KeySet | None = None) -> None:
        settings.check()
        self._settings = settings
        self._keys = keys or KeySet(reader_of(settings.keys))

    def read(self, token: str, now: dt.datetime) -> Identity | None:
        """Give whose token this is; None, without a word why, for one that does not count."""
        if len(token) > LONGEST or not TOKEN.fullmatch(token):
            return None
        try:
            claims = self._claims(token, now)
        # anything can be in a token, and what trips the library over opens nothing either
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None
        if claims is None or not _in_time(claims, now):
            return None
        name, grant = claims["sub"], self._grant(claims)
        if grant is None or not isinstance(name, str) or not _NAME.fullmatch(name):
            return None
        return Identity(name, grant)

    def _claims(self, token: str, now: dt.datetime) -> dict[str, Any] | None:
        header = jwt.get_unverified_header(token)
        kid, algorithm = header.get("kid"), header.get("alg")
        if algorithm not in ALGORITHMS or not isinstance(kid, str) or len(kid) > _KEY_ID:
            return None
        kind = header.get("typ")
        if "crit" in header or (kind if kind is None else str(kind).lower()) not in _TYPES:
            return None
        key = self._keys.find(kid, algorithm, now)
        if key is None:
            return None
        # the algorithm is that of the key, which was looked up under it; times are held to `now` by us
        return jwt.decode(
            token,
            key,
            algorithms=[key.algorithm_name],
            issuer=self._settings.issuer,
            audience=self._settings.audience,
            options={
                "require": list(REQUIRED),
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )

    def _grant(self, claims: dict[str, Any]) -> Grant | None:
        found: Any = claims
        for part in self._settings.claim.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        values = [found] if isinstance(found, str) else found if isinstance(found, list) else []
        grants = [
            self._settings.grants[value]
            for value in values
            if isinstance(value, str) and value in self._settings.grants
        ]
        if not grants:
            return None
        order = list(Role)
        role = max((grant.role for grant in grants), key=order.index)
        territories = [grant.territory for grant in grants if grant.role is role]
        return Grant(role, frozenset[str]().union(*territories))


def _in_time(claims: Mapping[str, Any], now: dt.datetime) -> bool:
    moment, leeway = now.timestamp(), LEEWAY.total_seconds()
    times = [claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])]
    for value in times:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return False
    ends, issued, starts = times
    return bool(moment < ends + leeway and issued <= moment + leeway and starts <= moment + leeway)
