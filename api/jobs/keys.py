"""Keys with which programs reach the service: random, kept as a hash, named, ending and revocable.

A key has 256 bits out of the random source of the operating system. That is beyond guessing, so one round
of SHA-256 keeps it safe; the slow hashes that passwords need would cost time at every request for nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field, replace
from pathlib import Path  # noqa: TC003 - dataclasses of the service are inspected
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.jobs.private_file import locked, read_private, write_private
from api.jobs.roles import Role, territory_problem
from api.jobs.watched import Watched
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX: Final = "kring_"
"""Lets people and scanners see what leaked."""
RANDOM_BYTES: Final = 32
SHAPE: Final = re.compile(r"kring_[A-Za-z0-9_-]{43}", re.ASCII)
NAME: Final = re.compile(r"[^\W_][\w .@'()-]{0,59}")
MOST_KEYS: Final = 5_000
LONGEST: Final = dt.timedelta(days=731)
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key.

    Attributes
    ----------
    name
        Of the person or program; also in the audit log.
    role, territory
        What it may see; codes of municipalities for role municipality.
    sha256
        Hash of the key, hexadecimal.
    created, until
        From and to when it is good, UTC.
    revoked
        When it was taken back; None when it was not.
    """

    name: str
    role: Role
    territory: frozenset[str]
    sha256: str = field(repr=False)
    created: dt.datetime
    until: dt.datetime
    revoked: dt.datetime | None = None

    def is_good(self, now: dt.datetime) -> bool:
        """Tell whether the key opens something at a moment."""
        return self.created <= now < self.until and (self.revoked is None or now < self.revoked)


def hash_of(secret: str) -> str:
    """Hash a key (SHA-256, hexadecimal)."""
    return hashlib.sha256(secret.encode()).hexdigest()


class KeyRing:
    """The keys of a file, read again whenever the file changes.

    Parameters
    ----------
    path
        The file; without it there are no keys.
    """

    def __init__(self, path: Path) -> None:
        self._file: Watched[tuple[Key, ...]] = Watched(path, read_keys, ())

    def find(self, secret: str, now: dt.datetime) -> Key | None:
        """Give the good key of a secret, or None without a word why.

        Every key is compared, each in constant time, so the time taken tells nothing about any of them. A
        file that cannot be read or is damaged opens nothing.
        """
        if not SHAPE.fullmatch(secret):
            return None
        found, given = None, hash_of(secret)
        for key in self.keys():
            if hmac.compare_digest(key.sha256, given) and key.is_good(now):
                found = key
        return found

    def keys(self) -> tuple[Key, ...]:
        """Give every key, good or not; none when the file is damaged, see `check`."""
        return self._file.now()

    def check(self) -> None:
        """Refuse to start with a file that cannot be used; InputError says why."""
        self._file.check()


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read the keys of a file.

    Raises
    ------
    InputError
        When the file cannot be read, others may read it, or it is damaged; never with anything out of it.
    """
    data = read_private(path)
    if data is None:
        return ()
    try:
        values = orjson.loads(data)
        keys = tuple(_key_in(item) for item in values["keys"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # the error itself may quote what it stumbled over
        raise InputError(
            Problem(
                f"{path} is not a file of keys", "Restore it from a copy, or remove it and add keys again."
            )
        ) from error
    return keys


def add_key(
    path: Path, name: str, role: Role, territory: frozenset[str], *, until: dt.datetime, now: dt.datetime
) -> str:
    """Add a key and give it; it cannot be had a second time.

    Raises
    ------
    InputError
        For a name that has a good key or cannot be used, a role without or with municipalities that it must
        or cannot have, and an end in the past or more than two years away.
    """
    problem = _name_problem(name) or _role_problem(role) or territory_problem(role, territory)
    problem = problem or _end_problem(until, now)
    if problem:
        raise InputError(Problem(problem[0].upper() + problem[1:], "Change that and try again."))

    def added(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        if any(key.name == name and key.is_good(now) for key in keys):
            raise InputError(
                Problem(f"There is a key named {name}", "Rotate it, revoke it or take another name.")
            )
        if len(keys) >= MOST_KEYS:
            raise InputError(
                Problem(f"{path} holds {MOST_KEYS} keys", "Remove the file and add the keys in use.")
            )
        return (*keys, Key(name, role, territory, hash_of(secret), now, until))

    secret = new_secret()
    _change(path, added)
    return secret


def revoke_key(path: Path, name: str, *, now: dt.datetime) -> int:
    """Take back every good key of a name, at once, and tell how many; InputError when there is none."""
    good = 0

    def revoked(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        nonlocal good
        good = len(_good(path, keys, name, now))
        return tuple(
            replace(key, revoked=now) if key.name == name and key.is_good(now) else key for key in keys
        )

    _change(path, revoked)
    return good


def rotate_key(
    path: Path, name: str, *, until: dt.datetime, now: dt.datetime, overlap: dt.timedelta = dt.timedelta()
) -> str:
    """Give a name a new key; the old one stays good for as long as `overlap`, by default no longer.

    Raises
    ------
    InputError
        When the name has no good key, and for an end that `add_key` would refuse.
    """
    problem = _end_problem(until, now)
    if problem:
        raise InputError(Problem(problem[0].upper() + problem[1:], "Change that and try again."))
    secret = new_secret()

    def rotated(keys: tuple[Key, ...]) -> tuple[Key, ...]:
        before = _good(path, keys, name, now)[-1]
        ending = tuple(
            replace(key, revoked=min(key.revoked or key.until, now + overlap))
            if key.name == name and key.is_good(now)
            else key
            for key in keys
        )
        return (*ending, replace(before, sha256=hash_of(secret), created=now, until=until, revoked=None))

    _change(path, rotated)
    return secret


def new_secret() -> str:
    """Make a key out of the random source of the operating system."""
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def _good(path: Path, keys: tuple[Key, ...], name: str, now: dt.datetime) -> list[Key]:
    found = [key for key in keys if key.name == name and key.is_good(now)]
    if not found:
        raise InputError(Problem(f"{path} has no good key named {name}", "Run: kringruimte keys list"))
    return found


def _change(path: Path, change: Callable[[tuple[Key, ...]], tuple[Key, ...]]) -> None:
    with locked(path):
        keys = change(read_keys(path))
        body = orjson.dumps({"keys": [_key_out(key) for key in keys]}, option=orjson.OPT_INDENT_2)
        write_private(path, body)


def _key_out(key: Key) -> dict[str, Any]:
    return {
        "name": key.name,
        "role": key.role.value,
        "territory": sorted(key.territory),
        "sha256": key.sha256,
        "created": key.created.isoformat(),
        "until": key.until.isoformat(),
        "revoked": key.revoked.isoformat() if key.revoked else None,
    }


def _key_in(item: dict[str, Any]) -> Key:
    role, territory = Role(item["role"]), frozenset(item["territory"])
    problem = _name_problem(item["name"]) or _role_problem(role) or territory_problem(role, territory)
    if problem or not _HASH.fullmatch(item["sha256"]):
        raise ValueError(problem or "no hash")
    revoked = item["revoked"]
    return Key(
        item["name"],
        role,
        territory,
        item["sha256"],
        _moment(item["created"]),
        _moment(item["until"]),
        None if revoked is None else _moment(revoked),
    )


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment


def _name_problem(name: str) -> str | None:
    if NAME.fullmatch(name):
        return None
    return "a name has 1 to 60 letters, digits, spaces and . @ ' ( ) - _, and begins with a letter or digit"


def _role_problem(role: Role) -> str | None:
    return "everybody has role public without a key" if role is Role.PUBLIC else None


def _end_problem(until: dt.datetime, now: dt.datetime) -> str | None:
    if now < until <= now + LONGEST:
        return None
    return f"the end of a key lies in the future, at most {LONGEST.days} days away"
