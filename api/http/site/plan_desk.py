"""Where plans are tested: a few at once, each within its time, none of them kept."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
from anyio import to_thread

from api.http.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
AT_ONCE: Final = 2
WAIT_S: Final = 3.0
DEADLINE_S: Final = 15.0
"""Together less than the service gives any answer, so that this one says what to do."""
LOOK_S: Final = 0.05
BUSY: Final = (
    "Er worden nu al andere plannen getoetst. Wacht enkele seconden en verstuur uw plan opnieuw; er is niets "
    "bewaard."
)
LATE: Final = (
    "De toets van dit plan duurde te lang. Vereenvoudig de grens of toets een kleiner gebied; er is niets "
    "bewaard."
)


class PlanDesk:
    """Does heavy work in threads, not more than a few at once.

    Work in a thread cannot be stopped: it keeps its place until it is done, so that late work cannot pile up.
    """

    def __init__(
        self, at_once: int = AT_ONCE, wait_s: float = WAIT_S, deadline_s: float = DEADLINE_S
    ) -> None:
        self._places = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s
        self._deadline_s = deadline_s

    async def work(self, job: Callable[[], T]) -> T:
        """Do a job.

        Raises
        ------
        RequestError
            503 when there was no place in time, or it took too long.
        """
        await self._place()
        begun = False

        def run() -> T:
            nonlocal begun
            begun = True
            try:
                return job()
            finally:
                self._places.release()

        try:
            with anyio.fail_after(self._deadline_s):
                # a limiter of its own: other work in threads must not keep a place waiting
                limiter = anyio.CapacityLimiter(1)
                return await to_thread.run_sync(run, abandon_on_cancel=True, limiter=limiter)
        except TimeoutError as error:
            raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, LATE, headers={"Retry-After": "30"}) from error
        finally:
            if not begun:
                self._places.release()

    async def _place(self) -> None:
        deadline = anyio.current_time() + self._wait_s
        while not self._places.acquire(blocking=False):
            if anyio.current_time() >= deadline:
                raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, BUSY, headers={"Retry-After": "5"})
            await anyio.sleep(LOOK_S)
