"""Whether the service lives, and whether it can answer."""

from __future__ import annotations

import logging
import threading
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import orjson
from starlette.responses import Response

from api.http.logs import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ALIVE: Final = "/healthz"
READY: Final = "/readyz"
KEEP_S: Final = 2.0
"""Seconds that a verdict stands, so that asking often costs nothing."""

LOG: Final = logging.getLogger("kring.health")


class Readiness:
    """Tries what the service needs.

    Parameters
    ----------
    probes
        Name to a function that raises when something does not work, such as decoding a tile of the release
        that is served.
    """

    def __init__(self, probes: Mapping[str, Callable[[], object]]) -> None:
        self._probes = dict(probes)
        self._lock = threading.Lock()
        self._until = 0.0
        self._failed: tuple[str, ...] = ()

    def failed(self) -> tuple[str, ...]:
        """Name the probes that fail."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._failed = tuple(name for name, probe in self._probes.items() if not _works(name, probe))
                self._until = time.monotonic() + KEEP_S
            return self._failed


def _works(name: str, probe: Callable[[], object]) -> bool:
    try:
        probe()
    except Exception:
        LOG.exception("probe failed", extra={FIELDS: {"probe": name}})
        return False
    return True


def alive() -> Response:
    """Answer that the process runs."""
    return _answer({"status": "ok"}, HTTPStatus.OK)


def ready(readiness: Readiness) -> Response:
    """Answer whether requests can be answered; why not is in the log, the answer only names the probe."""
    failed = readiness.failed()
    if failed:
        return _answer({"status": "unavailable", "failed": list(failed)}, HTTPStatus.SERVICE_UNAVAILABLE)
    return _answer({"status": "ok"}, HTTPStatus.OK)


def _answer(body: Mapping[str, object], status: HTTPStatus) -> Response:
    return Response(
        orjson.dumps(body), status, headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
