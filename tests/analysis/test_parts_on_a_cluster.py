"""A region assessed on a cluster of which a worker is killed half way is that region all the same."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.evidence import assess
from analysis.parts import assess_in_parts
from gis.workers import open_workers
from layers.parameters import Parameters
from tests.analysis.test_parts import assert_same
from tests.support.dask_cluster import local_cluster, pids
from tests.support.random_region import random_region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gis.workers import Workers


@dataclass
class Murder:
    """Workers of which one is killed when the second result is in."""

    workers: Workers
    victim: int
    killed: bool = False

    @property
    def count(self) -> int:
        return self.workers.count

    def each(self, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
        for number, result in enumerate(self.workers.each(function, items)):
            if number == 1 and not self.killed:
                os.kill(self.victim, signal.SIGKILL)
                self.killed = True
            yield result

    def map(self, function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return list(self.each(function, items))


def test_a_worker_killed_half_way_changes_nothing() -> None:
    tables, parameters = random_region(12), Parameters()
    with local_cluster() as cluster, open_workers(scheduler=cluster.scheduler_address) as workers:
        murder = Murder(workers, pids(cluster)[0])
        found = assess_in_parts(tables, parameters, murder, parts=6)
    assert murder.killed
    assert_same(assess(tables, parameters), found)
