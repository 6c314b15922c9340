"""Addresses of services: which are allowed, which lie on the same host, and how a query is written."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from layers.sources.faults import FetchError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

_PORTS: Final = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
LONGEST: Final = 8_000
"""Characters of an address; longer ones are refused by servers as well."""


def checked(url: str) -> str:
    """Give an address back when it is one that may be asked.

    Raises
    ------
    FetchError
        ``bad_address`` unless it is http or https with a host and without a user name.
    """
    if len(url) > LONGEST or _UNSAFE.search(url):
        raise FetchError("bad_address", f"{url[:80]!r} is too long or holds spaces or control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise FetchError("bad_address", f"{url[:80]!r}: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        raise FetchError("bad_address", f"{url[:80]!r} is not an http or https address")
    if parts.username is not None or parts.password is not None:
        raise FetchError("bad_address", "an address may not hold a user name or password")
    return url


def same_host(first: str, second: str) -> bool:
    """Tell whether two addresses lie on one host and port; going from http to https is allowed."""
    one, other = urlsplit(first), urlsplit(second)
    if one.hostname != other.hostname:
        return False
    if one.scheme == other.scheme:
        return _port(one) == _port(other)
    return (one.scheme, other.scheme) == ("http", "https") and _port(one) == 80 and _port(other) == 443  # noqa: PLR2004


def is_private_enough(url: str) -> bool:
    """Tell whether a key may travel to this address: encrypted, or never leaving this machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return True
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def linked(base: str, link: object, hosts: frozenset[str] = frozenset()) -> str:
    """Follow a link that a service gave; it must stay on the same host.

    Parameters
    ----------
    base
        The address whose answer holds the link.
    link
        What the answer says.
    hosts
        Other host names that the recipe trusts, over https only.

    Raises
    ------
    FetchError
        ``link_elsewhere`` or ``bad_address``.
    """
    if not isinstance(link, str) or not link:
        raise FetchError("bad_address", "a link of the service is not a text")
    goal = checked(urljoin(base, link))
    parts = urlsplit(goal)
    if not same_host(base, goal) and not (parts.scheme == "https" and parts.hostname in hosts):
        raise FetchError("link_elsewhere", f"{_host(base)} points to {_host(goal)}")
    return goal


def with_query(url: str, query: Mapping[str, str | int]) -> str:
    """Add parameters to an address; those that are there already under the same name are replaced."""
    parts = urlsplit(url)
    names = {name.lower() for name in query}
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)]
    kept = [(name, value) for name, value in kept if name.lower() not in names]
    return urlunsplit(parts._replace(query=urlencode([*kept, *query.items()], safe=":/,"), fragment=""))


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]
