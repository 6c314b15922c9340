"""How often a caller may ask: a bucket of tokens each, that fills again at a steady pace."""

from __future__ import annotations

import ipaddress
import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from api.http.access.errors import too_many

IPV6_HOME: Final = 64
"""Bits of an IPv6 address that one subscriber has for itself; the rest it may change at will."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How much one caller may ask.

    Attributes
    ----------
    burst
        Requests at once.
    per_second
        Requests in the long run.
    callers
        How many callers are remembered; beyond that the one that was silent longest is forgotten.
    """

    burst: float = 120
    per_second: float = 30
    callers: int = 20_000

    def __post_init__(self) -> None:
        if not (0 < self.burst < math.inf and 0 < self.per_second < math.inf and self.callers > 0):
            raise ValueError("burst, per_second and callers are above zero")


class Limiter:
    """Counts in this process; with several workers each one counts for itself.

    Parameters
    ----------
    rate
        The same for each caller.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        # key to tokens left and when that was; in the order of last use
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, now: float, cost: float = 1) -> None:
        """Count a request.

        Parameters
        ----------
        key
            Of the caller, see `key_of`.
        now
            Seconds on a clock that never goes back.
        cost
            In requests; more for what takes more, at most a whole bucket.

        Raises
        ------
        AccessError
            429 with ``Retry-After``; such a request costs nothing.
        """
        cost = min(cost, self._rate.burst)
        with self._lock:
            left, then = self._buckets.pop(key, (self._rate.burst, now))
            left = min(self._rate.burst, left + max(0.0, now - then) * self._rate.per_second)
            enough = left >= cost
            self._buckets[key] = (left - cost if enough else left, max(now, then))
            while len(self._buckets) > self._rate.callers:
                self._buckets.popitem(last=False)
        if not enough:
            raise too_many((cost - left) / self._rate.per_second)

    def __len__(self) -> int:
        return len(self._buckets)


def key_of(caller: str, address: str) -> str:
    """Give the key of a caller: its name, or for who has none its network address.

    Parameters
    ----------
    caller
        Name as in `api.http.access.caller.Caller`; empty for everybody.
    address
        Of the other end of the connection, or what a proxy that is trusted says it is.
    """
    if caller:
        return f"caller {caller}"
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "address unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return f"address {found.ipv4_mapped}"
        return f"address {ipaddress.ip_network((found, IPV6_HOME), strict=False).network_address}"
    return f"address {found}"
