"""Run a function over items or slices of an index, on threads or in processes, results in order.

Shapely releases the interpreter lock inside its array functions, so threads help without copying data; what
computes in Python or in a solver needs processes.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

A = TypeVar("A")
T = TypeVar("T")

_MOST: ContextVar[int | None] = ContextVar("_MOST", default=None)


@contextmanager
def at_most(threads: int) -> Iterator[None]:
    """Keep to so many threads within this context: one where other workers have the other processors."""
    token = _MOST.set(threads)
    try:
        yield
    finally:
        _MOST.reset(token)


def thread_count(threads: int | None = None) -> int:
    """Give how many threads to use: as asked, else as the context allows, else one per processor."""
    return threads or _MOST.get() or os.cpu_count() or 1


def slices(length: int, size: int) -> Iterator[slice]:
    """Cut ``range(length)`` into consecutive slices of at most `size`."""
    for start in range(0, length, size):
        yield slice(start, min(start + size, length))


def map_each(function: Callable[[A], T], items: Sequence[A], *, threads: int | None = None) -> list[T]:
    """Call `function` for each item and give the results in order.

    Parameters
    ----------
    function
        Must not change shared state; several calls may run at once.
    items
        What to call it with.
    threads
        Number of threads; None for what `at_most` allows or else the number of processors, 1 to stay in
        this thread.
    """
    count = min(thread_count(threads), len(items))
    if count <= 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(function, items))


def map_slices(
    function: Callable[[slice], T], length: int, *, size: int, threads: int | None = None
) -> list[T]:
    """Call `function` for each slice of ``range(length)`` and give the results in slice order.

    Parameters
    ----------
    function
        Takes a slice; must not change shared state.
    length
        Number of rows to divide.
    size
        Rows per slice.
    threads
        As in `map_each`.
    """
    return map_each(function, list(slices(length, size)), threads=threads)


def map_processes(function: Callable[[A], T], items: Sequence[A], workers: int) -> list[T]:
    """Call `function` for each item in processes of their own and give the results in order.

    Parameters
    ----------
    function
        At the top of a module; it, its items and its results must fit in a pickle.
    items
        What to call it with.
    workers
        Number of processes; 1 to stay in this one.
    """
    count = min(workers, len(items))
    if count <= 1:
        return [function(item) for item in items]
    # a fork would copy the threads of a solver that ran before
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        return list(pool.map(function, items))
