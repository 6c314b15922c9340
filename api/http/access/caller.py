"""Who asks, and what that caller may see of a release."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from api.http.access.errors import not_known
from api.http.access.signing_in import cookie_in
from api.http.scope import PUBLIC, Scope, Share
from api.jobs.keys import PREFIX
from api.jobs.roles import Role

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from api.http.access.signing_in import SignIn
    from api.http.access.tokens import TokenReader
    from api.jobs.keys import Key, KeyRing
    from api.jobs.sessions import Session, SessionBook

HEADER: Final = "authorization"
LONGEST: Final = 12_000
"""Characters of the header."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    name
        ``key:`` or ``login:`` and the name; empty for everybody. In the audit log, never in an answer.
    role
        Which role that gives.
    scope
        What the role gives by itself.
    sessions
        That this caller takes part in now.
    """

    name: str
    role: Role
    scope: Scope
    sessions: tuple[Session, ...] = ()

    def scope_of(self, release: str) -> Scope:
        """Give what this caller may see of a release.

        Parameters
        ----------
        release
            Its whole name. Only a session about this very release adds to the scope of the role, or lets it
            exist while it is undecided.
        """
        shares = [
            Share(layer, tuple(sorted(session.territory)))
            for session in self.sessions
            if session.release == release
            for layer in session.layers
        ]
        return self.scope.sharing(*shares) if shares else self.scope


EVERYBODY: Final = Caller("", Role.PUBLIC, PUBLIC)


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """By what callers are known.

    Attributes
    ----------
    keys, tokens, sessions
        None where the service has none; then such a credential does not count.
    sign_in
        Opens the cookies of the pages; None where nobody can sign in.
    everybody
        Who asks without a credential. Only a service for one user on this machine gives more than PUBLIC.
    """

    keys: KeyRing | None = None
    tokens: TokenReader | None = None
    sessions: SessionBook | None = None
    everybody: Caller = EVERYBODY
    sign_in: SignIn | None = None


def identify_cookie(
    headers: Mapping[str, str], settings: AccessSettings, now: dt.datetime, *, encrypted: bool
) -> Caller | None:
    """Tell who is signed in on the pages.

    Parameters
    ----------
    headers, settings, now
        As for `identify`.
    encrypted
        Whether the request came over an encrypted connection, which decides how the cookie is called.

    Returns
    -------
    Caller or None
        None for a request without a cookie that counts: a cookie that ended is no attempt to guess.
    """
    cookie = cookie_in(headers, encrypted=encrypted)
    if not cookie or settings.keys is None or settings.sign_in is None:
        return None
    key = settings.sign_in.key_of(cookie, settings.keys, now)
    return None if key is None else _caller_of_key(key, settings, now)


def _caller_of_key(key: Key, settings: AccessSettings, now: dt.datetime) -> Caller:
    name = f"key:{key.name}"
    sessions = settings.sessions.of(name, key.role, key.territory, now) if settings.sessions else ()
    return Caller(name, key.role, scope_of_role(key.role, key.territory), sessions)


def identify(headers: Mapping[str, str], settings: AccessSettings, now: dt.datetime) -> Caller:
    """Tell who asks.

    Parameters
    ----------
    headers
        Of the request; ``items()`` gives a repeated header repeatedly, as Starlette's does.
    settings
        By what callers are known.
    now
        This moment, with a time zone.

    Returns
    -------
    Caller
        `AccessSettings.everybody` for a request without a credential.

    Raises
    ------
    AccessError
        401 for every credential that does not count, the same whatever is wrong with it.
    """
    given = [value for name, value in headers.items() if name.lower() == HEADER]
    if not given:
        return settings.everybody
    if len(given) > 1 or len(given[0]) > LONGEST:
        raise not_known()
    secret = _secret_in(given[0])
    if secret is None:
        raise not_known()
    found = _of_key(secret, settings, now) or _of_token(given[0], secret, settings, now)
    if found is None:
        raise not_known()
    name, role, territory = found
    sessions = settings.sessions.of(name, role, territory, now) if settings.sessions else ()
    return Caller(name, role, scope_of_role(role, territory), sessions)


def scope_of_role(role: Role, territory: frozenset[str]) -> Scope:
    """Give what a role sees by itself: a municipality what is in it, the province and editors the region."""
    own = territory if role is Role.MUNICIPALITY else None
    return Scope(role.level, own, undecided=role.sees_undecided)


def _secret_in(header: str) -> str | None:
    """Give the token of a bearer header, or the password of a basic one, which is how QGIS sends a key."""
    scheme, _, rest = header.partition(" ")
    value = rest.strip(" ")
    if scheme.lower() == "bearer":
        return value or None
    if scheme.lower() != "basic":
        return None
    try:
        _, colon, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, ValueError):
        return None
    return password if colon and password.startswith(PREFIX) else None


def _of_key(
    secret: str, settings: AccessSettings, now: dt.datetime
) -> tuple[str, Role, frozenset[str]] | None:
    key = settings.keys.find(secret, now) if settings.keys else None
    return None if key is None else (f"key:{key.name}", key.role, key.territory)


def _of_token(
    header: str, secret: str, settings: AccessSettings, now: dt.datetime
) -> tuple[str, Role, frozenset[str]] | None:
    if settings.tokens is None or header[:7].lower() != "bearer " or secret.startswith(PREFIX):
        return None
    identity = settings.tokens.read(secret, now)
    if identity is None:
        return None
    return f"login:{identity.name}", identity.grant.role, identity.grant.territory
