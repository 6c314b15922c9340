"""Parts of a job on a real dask.distributed cluster on loopback."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from gis import cluster as module
from gis.errors import InputError
from gis.workers import open_workers
from layers.recipe import code_here
from tests.support.dask_cluster import local_cluster, pids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import LocalCluster


def squared(number: int) -> int:
    return number * number


def weighed(item: bytes) -> tuple[int, int]:
    return len(item), os.getpid()


def refuse_two(number: int) -> int:
    if number == 2:
        raise ValueError("two is refused")
    return number


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def process() -> str:
    return str(os.getpid())


def not_there() -> str:
    if multiprocessing.parent_process() is not None:
        raise ImportError("no such package here")
    return "here"


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with local_cluster() as started:
        yield started


def test_results_come_in_order_from_the_processes_of_the_cluster(cluster: LocalCluster) -> None:
    with open_workers(scheduler=cluster.scheduler_address) as workers:
        assert workers.count == 2
        assert workers.map(squared, range(50)) == [number * number for number in range(50)]
        # parts of more than 10 MB go in their tasks, without a warning
        found = list(workers.each(weighed, (bytes(12_000_000) for _ in range(4))))
        assert {size for size, _ in found} == {12_000_000}
        assert {pid for _, pid in found} <= set(pids(cluster))
        with pytest.raises(ValueError, match="two is refused"):
            workers.map(refuse_two, range(4))


def test_a_worker_that_is_killed_costs_another_try(cluster: LocalCluster) -> None:
    with open_workers(scheduler=cluster.scheduler_address) as workers:
        results = workers.each(squared, range(200))
        found = [next(results) for _ in range(100)]
        os.kill(pids(cluster)[0], signal.SIGKILL)
        assert found + list(results) == [number * number for number in range(200)]


def test_a_part_that_kills_every_worker_ends_with_one_line(cluster: LocalCluster) -> None:
    with open_workers(scheduler=cluster.scheduler_address) as workers:
        with pytest.raises(InputError, match="died, 4 times in a row") as caught:
            workers.map(die, range(6))
        assert "\n" not in str(caught.value)


def test_workers_that_run_other_code_are_refused(cluster: LocalCluster) -> None:
    address = cluster.scheduler_address
    with open_workers(scheduler=address, same=code_here) as workers:
        assert workers.map(squared, [3]) == [9]
    # what differs from process to process stands for other code
    for other in (process, not_there):
        with pytest.raises(InputError) as caught, open_workers(scheduler=address, same=other):
            pass
        assert "2 of 2 workers of the cluster do not run the code" in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["", "127.0.0.1:8786", "http://127.0.0.1:1", "tcp://u:geheim@127.0.0.1:1", "tcp://h", "tcp://h:1 x"],
)
def test_an_address_that_is_none_is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(InputError) as caught, open_workers(scheduler=address):
        pass
    assert str(caught.value) == "The address of the scheduler cannot be used. Write it as tcp://host:port."


def test_a_scheduler_that_does_not_answer_is_one_line_in_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 1.0)
    with pytest.raises(InputError) as caught, open_workers(scheduler="tcp://127.0.0.1:1"):
        pass
    assert str(caught.value).startswith(
        "No scheduler of dask.distributed answers at tcp://127.0.0.1:1. Start"
    )
    assert "\n" not in str(caught.value)


def test_a_scheduler_without_workers_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 1.0)
    with (
        local_cluster(0) as empty,
        pytest.raises(InputError) as caught,
        open_workers(scheduler=empty.scheduler_address),
    ):
        pass
    assert "has no workers" in str(caught.value)


def test_without_dask_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError) as caught, open_workers(scheduler="tcp://127.0.0.1:1"):
        pass
    assert "pip install 'kringruimte[cluster]'" in str(caught.value)


def test_dask_is_not_imported_before_a_cluster_is_asked_for() -> None:
    import subprocess

    code = "import sys, api.jobs.run, api.cli.main, gis.workers; assert not {'dask', 'distributed'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
