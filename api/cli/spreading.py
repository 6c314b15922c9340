"""Options of commands that spread their work: processes of this machine, or a cluster that runs already."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gis.workers import Workers

MOST_WORKERS, MOST_PARTS = 1024, 100_000
Processes = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=MOST_WORKERS, help="Processes of this machine [default: 1]."),
]
Parts = Annotated[
    int | None,
    typer.Option("--parts", min=1, max=MOST_PARTS, help="Parts to cut the region into [default: by size]."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", help="Work on a dask.distributed cluster, tcp://host:port."
    ),
]


def refuse_both(workers: int | None, scheduler: str | None) -> None:
    """Refuse processes and a cluster together, before any work is done."""
    if workers is not None and scheduler is not None:
        raise typer.BadParameter("a cluster has workers of its own; give --workers or --scheduler, not both")


@contextmanager
def open_crew(workers: int | None, scheduler: str | None) -> Iterator[Workers]:
    """Open who does the work; those of a cluster must run the same code as this process."""
    from gis.workers import open_workers
    from layers.recipe import code_here

    with open_workers(workers or 1, scheduler=scheduler, same=code_here) as crew:
        yield crew
