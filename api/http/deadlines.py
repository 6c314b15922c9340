"""Limits on time and on work at once: a slow or flooded service says so instead of hanging."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import anyio

from api.http.health import ALIVE, READY
from api.http.metrics import METRICS
from api.http.problems import problem_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXEMPT: Final = frozenset({ALIVE, READY, METRICS})
"""Who watches the service must see it when it is full."""

LOG: Final = logging.getLogger("kring.deadlines")


class Gate:
    """Passes messages on until it is closed, and remembers whether an answer began."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False
        self._closed = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if self._closed:
            return
        self.started = True
        await self._send(message)

    def close(self) -> None:
        """Let nothing through any more."""
        self._closed = True


class Deadline:
    """Answers 503 when an answer did not begin in time, and breaks off one that takes too long.

    Work in a thread cannot be stopped: it goes on unseen and keeps its place in `Capacity` until it is done,
    so that late work cannot pile up.
    """

    def __init__(self, app: ASGIApp, first_s: float, whole_s: float, refused: Callable[[str], None]) -> None:
        self._app = app
        self._first_s = first_s
        self._whole_s = whole_s
        self._refused = refused
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        gate = Gate(send)
        stop = anyio.CancelScope()
        task = asyncio.ensure_future(self._work(stop, scope, receive, gate))
        try:
            done, _ = await asyncio.wait({task}, timeout=self._first_s)
            if not done and gate.started:
                done, _ = await asyncio.wait({task}, timeout=self._whole_s - self._first_s)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if done:
            task.result()
            return
        gate.close()
        self._leave(task, stop)
        self._refused("late")
        if not gate.started:
            answer = problem_response(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "Het antwoord duurde te lang. Vraag minder tegelijk, of probeer het later opnieuw.",
                {"Retry-After": "30"},
            )
            await answer(scope, receive, send)

    async def _work(self, stop: anyio.CancelScope, scope: Scope, receive: Receive, gate: Gate) -> None:
        with stop:
            await self._app(scope, receive, gate.send)

    def _leave(self, task: asyncio.Task[None], stop: anyio.CancelScope) -> None:
        """Stop late work and keep hold of it until it has ended."""
        self._late.add(task)
        task.add_done_callback(self._ended)
        # unlike Task.cancel this waits for a thread, which would else go on without holding its place
        stop.cancel()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._late.discard(task)
        if not task.cancelled() and task.exception() is not None:
            LOG.error("late work failed", exc_info=task.exception())


class Capacity:
    """Works on a limited number of requests at once; the others wait a while and are then sent away."""

    def __init__(self, app: ASGIApp, at_once: int, queue_s: float, refused: Callable[[str], None]) -> None:
        self._app = app
        self._places = asyncio.Semaphore(at_once)
        self._queue_s = queue_s
        self._refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request."""
        if scope["type"] != "http" or scope["path"] in EXEMPT:
            await self._app(scope, receive, send)
            return
        if not await self._place():
            self._refused("busy")
            answer = problem_response(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "De dienst heeft het nu te druk. Probeer het over enkele seconden opnieuw.",
                {"Retry-After": "5"},
            )
            await answer(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._places.release()

    async def _place(self) -> bool:
        if not self._places.locked():
            return await self._places.acquire()
        try:
            async with asyncio.timeout(self._queue_s):
                return await self._places.acquire()
        except TimeoutError:
            return False
