"""The workers of a dask.distributed cluster that is there already.

The optional extra ``cluster`` brings dask; it is imported only when a cluster is asked for. Parts go to the
scheduler inside their tasks and are not scattered: what was scattered dies with the worker that holds it,
what is in a task is sent again to the next worker. Only a few parts per worker are under way at a time, so
the scheduler never holds them all.
"""

from __future__ import annotations

import re
import time
from concurrent.futures import CancelledError
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from gis.errors import InputError, Problem
from gis.workers import RETRIES, Pool, worker_died

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

T = TypeVar("T")

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}/?")
CONNECT_S = 10.0
"""How long to wait for a scheduler to answer, and for it to have a worker."""
NO_WORKERS_S = 120.0
"""How long work may lie without any worker before the job ends: long enough for a cluster to replace them."""


class Cluster(Pool):
    """The workers behind a client of dask.distributed.

    Parameters
    ----------
    client
        A connected ``distributed.Client``.
    """

    def __init__(self, client: Any) -> None:
        # retries cover errors such as a full disk of one worker; a worker that dies is the scheduler's
        # business: it gives the task to another, up to its setting allowed-failures
        super().__init__(lambda: client.get_executor(retries=RETRIES, pure=False), _threads(client))
        self._client = client
        self._killed = import_module("distributed").KilledWorker
        self._alone_since: float | None = None

    def close(self) -> None:
        """Drop what has not begun; the cluster stays."""
        self._executor.shutdown(wait=False)

    def _result(self, future: Future[T]) -> T:
        try:
            return future.result()
        except self._killed as error:
            raise worker_died() from error
        except CancelledError as error:
            raise InputError(
                Problem(
                    "The scheduler of the cluster went away while the work was under way",
                    "Start it again and run once more.",
                )
            ) from error

    def _look(self) -> None:
        if _threads(self._client):
            self._alone_since = None
            return
        now = time.monotonic()
        self._alone_since = now if self._alone_since is None else self._alone_since
        if now - self._alone_since > NO_WORKERS_S:
            raise _no_workers(self._client.scheduler.address)


@contextmanager
def open_cluster(address: str, same: Callable[[], str] | None = None) -> Iterator[Cluster]:
    """Connect to a scheduler for the time of a job.

    Parameters
    ----------
    address
        ``tcp://host:port`` or ``tls://host:port``.
    same
        As in `gis.workers.open_workers`; asked of the workers that are there now.

    Raises
    ------
    InputError
        When dask.distributed is not installed, the address is none, nobody answers, there is no worker, or
        a worker runs other code.
    """
    if not ADDRESS.fullmatch(address):
        # the address itself is not shown: whoever mistypes may have put a password into it
        raise InputError(
            Problem("The address of the scheduler cannot be used", "Write it as tcp://host:port.")
        )
    try:
        dask, distributed = import_module("dask"), import_module("distributed")
    except ImportError as error:
        raise InputError(
            Problem(
                "Work on a cluster needs dask.distributed, which is not installed",
                "Install it with: pip install 'kringruimte[cluster]'.",
            )
        ) from error
    # a part is the data that a worker needs, and belongs in its task; see above
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"}):
        client = _client(distributed, address)
        try:
            if same is not None:
                _check_same(client, same)
            cluster = Cluster(client)
            try:
                yield cluster
            finally:
                cluster.close()
        finally:
            client.close()


def _client(distributed: Any, address: str) -> Any:
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(
            Problem(
                f"No scheduler of dask.distributed answers at {address}",
                "Start one there with: dask scheduler, and workers with: dask worker ADDRESS.",
            )
        ) from error
    try:
        client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as error:
        client.close()
        raise _no_workers(address) from error
    return client


def _check_same(client: Any, same: Callable[[], str]) -> None:
    """Refuse workers on which something is not as it is here."""
    here = same()
    # an error of one worker, such as a package that it lacks, is an answer too
    answers = client.run(same, on_error="return")
    other = sorted(worker for worker, answer in answers.items() if answer != here)
    if other:
        raise InputError(
            Problem(
                f"{len(other)} of {len(answers)} workers of the cluster do not run the code that runs here, "
                f"such as {other[0]}",
                "Install the same version of kringruimte on all of them, with its locked dependencies.",
            )
        )


def _threads(client: Any) -> int:
    """Count the threads of the workers that are there now."""
    return sum(client.nthreads().values())


def _no_workers(address: str) -> InputError:
    return InputError(
        Problem(f"The scheduler at {address} has no workers", f"Start some with: dask worker {address}.")
    )
