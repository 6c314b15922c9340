"""Turns: what is dear to make is made for a few readers at a time; who would wait too long is told so."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from api.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BUSY: Final = (
    "De dienst is nu bezig voor anderen. Wacht een halve minuut. Ga dan terug in uw browser en probeer het "
    "opnieuw; wat u invulde, staat er dan meestal nog."
)
RETRY_AFTER_S: Final = 30


class Turns:
    """Gives a limited number of turns at a time.

    Parameters
    ----------
    at_once
        Turns that are given at the same time.
    waiting
        How many may wait for one; the next is sent away.
    seconds
        How long one waits before being sent away. Together with the work itself it stays within the time in
        which an answer must begin (`api.http.settings.Settings.first_byte_s`).
    """

    def __init__(self, at_once: int = 2, waiting: int = 6, seconds: float = 6.0) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._waiting = waiting
        self._seconds = seconds
        self._queue = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Take a turn for as long as the context lasts.

        Work in a thread cannot be stopped; `anyio.to_thread.run_sync` inside the context keeps the turn until
        the thread is done, also when the reader has left.

        Raises
        ------
        RequestError
            503 with Retry-After, when too many wait or it takes too long.
        """
        await self._take()
        try:
            yield
        finally:
            self._places.release()

    async def _take(self) -> None:
        if not self._places.locked():
            await self._places.acquire()
            return
        if self._queue >= self._waiting:
            raise busy()
        self._queue += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._places.acquire()
        except TimeoutError:
            raise busy() from None
        finally:
            self._queue -= 1


def busy() -> RequestError:
    """Make the problem of who would wait too long."""
    headers = {"Retry-After": str(RETRY_AFTER_S)}
    return RequestError(HTTPStatus.SERVICE_UNAVAILABLE, BUSY, headers=headers)
