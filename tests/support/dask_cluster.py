"""A dask.distributed cluster on loopback, of two processes that can be killed."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import LocalCluster


@contextmanager
def local_cluster(workers: int = 2) -> Iterator[LocalCluster]:
    """Start a scheduler and workers, each in a process of its own with one thread."""
    # dask has no types
    start: Any = import_module("distributed").LocalCluster
    with start(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # no dashboard, and a free port for what is left of it: two tests may run at the same time
        dashboard_address="127.0.0.1:0",
        scheduler_kwargs={"dashboard": False},
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


def pids(cluster: LocalCluster) -> list[int]:
    """Give the process of each worker."""
    return [nanny.pid for nanny in cluster.workers.values()]
