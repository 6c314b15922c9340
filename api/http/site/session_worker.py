"""The calculation of a session screen: one at a time, in a process that stays warm, and never too long.

A process of its own, because the solver counts processor time and must be stopped when it runs wild; one that
stays, because a screen answers within seconds. It ends by itself when nobody asked anything for a while.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gis.errors import InputError, KringError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

    from api.jobs.minutes import State

BUSY: Final = (
    "Er wordt nu te veel tegelijk gerekend. Uw stap is niet gezet; probeer het over een minuut opnieuw."
)
LATE: Final = "De berekening duurde te lang en is gestopt. Uw stap is niet gezet; probeer het opnieuw."
BROKEN: Final = "De berekening is gestopt door een fout. Uw stap is niet gezet; probeer het opnieuw."
IDLE_S: Final = 900.0
_MERCY_S: Final = 2.0


class CalculationError(KringError):
    """A calculation that gave no answer: too busy, too late or broken; in Dutch."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a session asks.

    Attributes
    ----------
    release
        Folder of the release.
    state, territory, before, site
        As `api.jobs.session_plan.territory_answer` takes them.
    """

    release: Path
    state: State
    territory: frozenset[str]
    before: Sequence[Mapping[str, Any]] | None
    site: str = ""


class Calculator:
    """Answers questions of sessions.

    Parameters
    ----------
    seconds
        On the wall for one answer, the start of the process included.
    waiting
        Questions that may wait for the one at work.
    patience
        Seconds that a question waits for its turn; with `seconds` less than what the service gives an answer.
    """

    def __init__(self, *, seconds: float = 14.0, waiting: int = 3, patience: float = 4.0) -> None:
        self._seconds, self._patience = seconds, patience
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(waiting + 1)
        self._worker: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._read: Path | None = None

    def answer(self, question: Question) -> dict[str, Any]:
        """Answer a question.

        Raises
        ------
        InputError
            When the question cannot be right, in one Dutch line.
        CalculationError
            When there was no answer.
        """
        if not self._places.acquire(blocking=False):
            raise CalculationError(BUSY)
        try:
            if not self._turn.acquire(timeout=self._patience):
                raise CalculationError(BUSY)
            try:
                return self._ask(question)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def warm(self, release: Path | None = None) -> None:
        """Start the process, and let it read a release, when nobody is at work: an answer comes sooner."""
        if self._turn.acquire(blocking=False):
            try:
                pipe = self._connection()
                if release is not None and release != self._read:
                    pipe.send(release)
                    self._read = release
            except OSError:
                # it just ended; whoever asks starts another one
                self._stop()
            finally:
                self._turn.release()

    def close(self) -> None:
        """Stop the process."""
        with self._turn:
            self._stop()

    def _ask(self, question: Question) -> dict[str, Any]:
        end = time.monotonic() + self._seconds
        try:
            pipe = self._connection()
            self._read = question.release
            pipe.send(question)
            if not pipe.poll(max(0.0, end - time.monotonic())):
                self._stop()
                raise CalculationError(LATE)
            kind, content = pipe.recv()
        except (EOFError, OSError) as error:
            self._stop()
            raise CalculationError(BROKEN) from error
        if kind == "refused":
            raise InputError(*content)
        if kind != "done":
            raise CalculationError(BROKEN)
        found: dict[str, Any] = content
        return found

    def _connection(self) -> Connection:
        if self._pipe is not None and self._worker is not None and self._worker.is_alive():
            return self._pipe
        self._stop()
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._worker = context.Process(target=_work, args=(theirs,), daemon=True)
        self._worker.start()
        theirs.close()
        self._pipe = ours
        return ours

    def _stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._worker is not None and self._worker.is_alive():
            self._worker.terminate()
            self._worker.join(_MERCY_S)
            if self._worker.is_alive():
                self._worker.kill()
                self._worker.join()
        self._pipe = self._worker = self._read = None


def _work(pipe: Connection) -> None:
    """Answer questions until the other side is gone, or nobody asked anything for a while.

    A folder alone is a release that will be asked about: it is read, and nothing is said.
    """
    from api.jobs.ask import asked_of
    from api.jobs.session_plan import territory_answer
    from layers.release import open_release

    held: dict[Path, Any] = {}

    def read(release: Path) -> Any:
        if release not in held:
            # of the release that is asked now and no other, so that memory stays bounded
            held.clear()
            held[release] = asked_of(open_release(release))
        return held[release]

    while pipe.poll(IDLE_S):
        try:
            given: Question | Path = pipe.recv()
        except EOFError:
            return
        if not isinstance(given, Question):
            with suppress(KringError):
                # what is wrong with it is told to who asks
                read(given)
            continue
        try:
            asked = read(given.release)
            pipe.send(
                ("done", territory_answer(asked, given.state, given.territory, given.before, given.site))
            )
        except InputError as error:
            pipe.send(("refused", error.problems))
        except KringError:
            pipe.send(("failed", None))
