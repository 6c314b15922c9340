"""Work over several threads or processes gives the same, in the order asked."""

from __future__ import annotations

import os

import pytest

from gis.parallel import map_each, map_processes, map_slices


def squared(number: int) -> int:
    return number * number


def where(_: int) -> int:
    return os.getpid()


def refuse_two(number: int) -> int:
    if number == 2:
        raise ValueError("two is refused")
    return number


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    items = [5, 3, 9, 1]
    assert map_processes(squared, items, workers) == [25, 9, 81, 1]
    assert map_each(squared, items, threads=workers) == [25, 9, 81, 1]
    assert map_processes(squared, [], workers) == []


def test_one_worker_stays_in_this_process_and_two_leave_it() -> None:
    assert map_processes(where, [1, 2], 1) == [os.getpid()] * 2
    assert os.getpid() not in map_processes(where, [1, 2], 2)


def test_an_error_in_a_process_arrives_as_itself() -> None:
    with pytest.raises(ValueError, match="two is refused"):
        map_processes(refuse_two, [1, 2, 3], 2)


def test_slices_cover_the_rows_once() -> None:
    found = map_slices(lambda part: list(range(7))[part], 7, size=3, threads=2)
    assert found == [[0, 1, 2], [3, 4, 5], [6]]
