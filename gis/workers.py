"""Parts of a job on threads, on processes or on a cluster that is there already, results in order.

One small interface over executors of others: a thread pool, a pool of spawned processes, or the executor of a
dask.distributed client (`gis.cluster`). Parts are drawn from their source as room comes free and results are
given out in order, so neither all parts nor all results have to be in memory at once. A worker that dies
costs its parts another try and never the job.
"""

from __future__ import annotations

import ctypes
import platform
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ThreadPoolExecutor, wait
from concurrent.futures.process import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol, TypeVar

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

A = TypeVar("A")
T = TypeVar("T")

RETRIES = 3
"""How often a part is tried again after its worker died."""
AHEAD = 2
"""Parts per worker that are under way, so that none waits for the next."""
HELD = 4
"""Results per worker that are held at most while an earlier one is awaited."""
PATIENCE_S = 5.0
"""How long to wait before looking whether there are workers left at all."""
KEPT_BYTES, OWN_PIECE_BYTES = 256 * 1024**2, 32 * 1024**2
"""What a process of ours keeps of freed memory, and from which size on an array is handed back at once."""
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of settings in ``malloc.h`` of glibc."""


class Workers(Protocol):
    """Whatever does the parts of a job."""

    @property
    def count(self) -> int:
        """How many parts are done at the same time, at most."""

    def each(self, function: Callable[[A], T], items: Iterable[A]) -> Iterator[T]:
        """Give the results in the order of `items`, as they come; `items` may be a generator.

        `function` stands at the top of a module; it, its items and its results must fit in a pickle where
        the work leaves this process.
        """

    def map(self, function: Callable[[A], T], items: Iterable[A]) -> list[T]:
        """Give all results, in the order of `items`."""


@dataclass(frozen=True, slots=True)
class Here:
    """No others: this thread does the parts itself, one after the other."""

    count: int = 1

    def each(self, function: Callable[[A], T], items: Iterable[A]) -> Iterator[T]:
        """Do each part when its result is asked."""
        return (function(item) for item in items)

    def map(self, function: Callable[[A], T], items: Iterable[A]) -> list[T]:
        """Do all parts."""
        return [function(item) for item in items]


class Pool:
    """Workers behind an executor of ``concurrent.futures``.

    Parameters
    ----------
    make
        Makes an executor; called again when one broke because a process in it died.
    count
        How many parts are done at the same time.
    """

    def __init__(self, make: Callable[[], Executor], count: int) -> None:
        self.count = count
        self._make = make
        self._executor = make()

    def close(self) -> None:
        """Drop what has not begun and stop the executor."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def map(self, function: Callable[[A], T], items: Iterable[A]) -> list[T]:
        """Give all results, in the order of `items`."""
        # all are kept anyway, so a slow part holds up no other
        return list(self._ordered(function, items, float("inf")))

    def each(self, function: Callable[[A], T], items: Iterable[A]) -> Iterator[T]:
        """Give the results in order; a few per worker are held at most while an earlier one is awaited."""
        return self._ordered(function, items, HELD * self.count)

    def _ordered(self, function: Callable[[A], T], items: Iterable[A], held: float) -> Iterator[T]:
        source = enumerate(items)
        again: list[tuple[int, A]] = []
        tries: dict[int, int] = {}
        running: dict[Future[T], tuple[int, A]] = {}
        finished: dict[int, T] = {}
        turn = 0
        try:
            while True:
                for number, item in again:
                    running[self._submit(function, item)] = (number, item)
                again.clear()
                while len(running) < AHEAD * self.count and len(finished) < held:
                    part = next(source, None)
                    if part is None:
                        break
                    running[self._submit(function, part[1])] = part
                if not running:
                    return
                for future in self._wait(running):
                    part = running.pop(future)
                    try:
                        finished[part[0]] = self._result(future)
                    except BrokenExecutor:
                        again.append(part)
                if again:
                    # every part that was under way is lost with the pool; nobody can tell which one did it
                    again.extend(running.values())
                    running.clear()
                    again.sort(key=itemgetter(0))
                    _count_tries(again, tries)
                    self._renew()
                while turn in finished:
                    yield finished.pop(turn)
                    turn += 1
        finally:
            for future in running:
                future.cancel()

    def _submit(self, function: Callable[[A], T], item: A) -> Future[T]:
        try:
            return self._executor.submit(function, item)
        except BrokenExecutor as error:
            lost: Future[T] = Future()
            lost.set_exception(error)
            return lost

    def _result(self, future: Future[T]) -> T:
        return future.result()

    def _wait(self, running: Iterable[Future[T]]) -> set[Future[T]]:
        """Wait until something is finished."""
        while True:
            done, _ = wait(running, timeout=PATIENCE_S, return_when=FIRST_COMPLETED)
            if done:
                return done
            self._look()

    def _look(self) -> None:
        """Raise when nobody is left to do the work; called now and then while nothing is finished."""

    def _renew(self) -> None:
        """Put another executor in the place of one that broke."""
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._make()


def _count_tries(parts: Iterable[tuple[int, A]], tries: dict[int, int]) -> None:
    """Note that parts were lost; an InputError for one that was lost too often."""
    for number, _ in parts:
        tries[number] = tries.get(number, 0) + 1
        if tries[number] > RETRIES:
            raise worker_died(number)


def worker_died(number: int | None = None) -> InputError:
    """Give the error for a part whose workers keep dying."""
    which = "a part" if number is None else f"part {number + 1}"
    return InputError(
        Problem(
            f"The workers that did {which} of the work died, {RETRIES + 1} times in a row",
            "Give them more memory, use fewer workers at once, or cut the work into more parts.",
        )
    )


@contextmanager
def open_workers(
    workers: int = 1,
    *,
    scheduler: str | None = None,
    threads: bool = False,
    same: Callable[[], str] | None = None,
) -> Iterator[Workers]:
    """Open workers for the time of a job.

    Parameters
    ----------
    workers
        How many; with 1 this thread does the work itself. With a scheduler it is what the cluster has.
    scheduler
        Address of a dask.distributed scheduler that runs already, ``tcp://host:port``; its workers need the
        same version of this package.
    threads
        Whether to use threads of this process in place of processes of their own: right for work inside
        array functions that release the interpreter lock.
    same
        At the top of a module; what it answers (such as a hash of the code) must be the same here and on the
        workers of a cluster, for other code may give other results without anybody noticing.

    Raises
    ------
    InputError
        When there is no such scheduler, it has no workers or they run other code, or dask.distributed is not
        installed.
    """
    if scheduler is not None:
        from gis.cluster import open_cluster

        with open_cluster(scheduler, same) as cluster:
            yield cluster
    elif workers <= 1:
        yield Here()
    else:
        pool = Pool(
            (lambda: ThreadPoolExecutor(workers)) if threads else lambda: _processes(workers), workers
        )
        try:
            yield pool
        finally:
            pool.close()


def _processes(workers: int) -> ProcessPoolExecutor:
    # a fork would copy the threads of a solver or of shapely that ran before
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=keep_freed_memory)


def keep_freed_memory() -> None:
    """Let this process use freed memory again, where it would give each array of some megabytes back.

    Getting a page anew from the system costs more than many an array function does with it: measured, a
    fifth of the time of a worker. Other C libraries than glibc stay as they are.
    """
    if platform.libc_ver()[0] == "glibc":
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, OWN_PIECE_BYTES)
        library.mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
