"""Parts of a job on workers: results in order, and a worker that dies costs another try."""

from __future__ import annotations

import os
import platform
import resource
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gis import workers as module
from gis.errors import InputError
from gis.workers import Here, open_workers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def squared(number: int) -> int:
    return number * number


def where(_: int) -> tuple[int, int]:
    return os.getpid(), threading.get_ident()


def refuse_two(number: int) -> int:
    if number == 2:
        raise ValueError("two is refused")
    return number


def die_once(item: tuple[int, Path]) -> int:
    number, mark = item
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def pages_asked(times: int) -> int:
    """Make and forget arrays of 4 MB, and count the pages that the system had to give."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(times):
        # two at once, so that the upper one lies at the edge of what the process holds
        np.ones(500_000) + np.ones(500_000)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


WAYS = {
    "here": partial(open_workers, 1),
    "threads": partial(open_workers, 2, threads=True),
    "processes": partial(open_workers, 2),
}


@pytest.mark.parametrize("way", WAYS)
def test_results_come_in_the_order_of_the_items(way: str) -> None:
    with WAYS[way]() as workers:
        assert workers.map(squared, range(40)) == [number * number for number in range(40)]
        assert list(workers.each(squared, iter([5, 3, 9]))) == [25, 9, 81]
        assert workers.map(squared, []) == []


def test_one_worker_is_this_thread_threads_stay_in_the_process_and_processes_leave_it() -> None:
    with open_workers(1) as workers:
        assert isinstance(workers, Here)
        assert workers.map(where, [1]) == [(os.getpid(), threading.get_ident())]
    with open_workers(2, threads=True) as workers:
        (process, thread), *_ = workers.map(where, [1])
        assert process == os.getpid()
        assert thread != threading.get_ident()
    with open_workers(2) as workers:
        assert os.getpid() not in {process for process, _ in workers.map(where, [1, 2])}


@pytest.mark.parametrize("way", WAYS)
def test_an_error_arrives_as_itself_and_the_workers_stay_usable(way: str) -> None:
    with WAYS[way]() as workers:
        with pytest.raises(ValueError, match="two is refused"):
            workers.map(refuse_two, range(9))
        assert workers.map(squared, [4]) == [16]


def test_parts_are_drawn_as_room_comes_free() -> None:
    drawn = 0

    def source() -> Iterator[int]:
        nonlocal drawn
        for number in range(1000):
            drawn += 1
            yield number

    with open_workers(2, threads=True) as workers:
        results = workers.each(squared, source())
        assert [next(results) for _ in range(3)] == [0, 1, 4]
        # under way, held, and those given out
        assert drawn <= 2 * (module.AHEAD + module.HELD + module.AHEAD) + 3


def test_a_process_that_is_killed_costs_another_try(tmp_path: Path) -> None:
    mark = tmp_path / "died"
    with open_workers(2) as workers:
        found = workers.map(die_once, [(number, mark) for number in range(12)])
        assert mark.exists()
        assert found == list(range(12))
        assert workers.map(squared, [6]) == [36]


def test_a_part_that_kills_every_worker_ends_with_one_line() -> None:
    with open_workers(2) as workers, pytest.raises(InputError) as caught:
        workers.map(die, range(6))
    assert "died, 4 times in a row" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library than glibc stays as it is")
def test_a_process_uses_freed_memory_again() -> None:
    with open_workers(2) as workers:
        workers.map(pages_asked, [10] * 8)
        asked = workers.map(pages_asked, [100] * 4)
    # handed back each time these would be 100 x 3 arrays x 977 pages
    assert max(asked) < 100 * 977
