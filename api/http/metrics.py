"""Metrics in the text that Prometheus reads; every label has a small, fixed set of values.

With several workers each counts in files of one folder (``PROMETHEUS_MULTIPROC_DIR``, set before they start)
and any of them gives the sum; without that folder a worker gives its own figures.
"""

from __future__ import annotations

import hmac
import os
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.responses import Response

from api.http.problems import problem_response

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pydantic import SecretStr

METRICS: Final = "/metrics"
FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds."""
REASONS: Final = ("address", "body", "busy", "late")


class Metrics:
    """The figures of one service; each has its own registry, so that two in one process do not meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "kring_requests", "Answers", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "kring_request_seconds", "Time until the answer was complete", ["route"],
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.sent = Counter("kring_sent_bytes", "Bytes of bodies", ["route"], registry=self.registry)
        self.at_work = Gauge(
            "kring_requests_at_work", "Requests that are being worked on",
            registry=self.registry, multiprocess_mode="livesum",
        )  # fmt: skip
        self.refused = Counter(
            "kring_refused", "Requests refused before they were answered", ["reason"], registry=self.registry
        )
        self.flips = Counter(
            "kring_publications", "Times that a publication was followed", registry=self.registry
        )
        self.problem = Gauge(
            "kring_publication_problem", "1 while what is published cannot be opened",
            registry=self.registry, multiprocess_mode="livemax",
        )  # fmt: skip
        for reason in REASONS:
            self.refused.labels(reason)

    def count(self, scope: Mapping[str, Any], status: int, seconds: float, sent: int) -> None:
        """Count one answer."""
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else OTHER
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)
        self.sent.labels(route).inc(sent)

    def published(self, what: str, problem: str | None) -> None:
        """Count what a follower reports."""
        self.problem.set(0 if problem is None else 1)
        if what == "published":
            self.flips.inc()

    def text(self) -> bytes:
        """Give everything as text."""
        if FOLDER_VARIABLE not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


def route_of(scope: Mapping[str, Any]) -> str:
    """Give the route that answered, as a template such as ``/v1/collections/{name}``, else ``other``."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else OTHER


def metrics_answer(metrics: Metrics, token: SecretStr | None, authorization: str | None) -> Response:
    """Answer with the metrics to who holds the token; for others, and without a token, there is nothing."""
    expected = b"" if token is None else f"Bearer {token.get_secret_value()}".encode()
    given = (authorization or "").encode()
    if token is None or not hmac.compare_digest(expected, given):
        return problem_response(HTTPStatus.NOT_FOUND, "Dit adres bestaat niet. Begin bij /v1.")
    return Response(metrics.text(), headers={"Cache-Control": "no-store"}, media_type=CONTENT_TYPE_LATEST)
