"""The command that assesses a region of which the sensitive objects do not fit in memory."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

STEPS = 4
"""Steps that are not the reading of a layer, for the progress bar."""
MOST_WORKERS, MOST_PARTS = 1024, 100_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(evidence)


def evidence(
    project_file: Annotated[Path, typer.Argument(metavar="PROJECT", help="Project file (TOML).")],
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder for the tables; earlier evidence is replaced."),
    ],
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, max=MOST_WORKERS, help="Processes of this machine [default: 1]."),
    ] = None,
    parts: Annotated[
        int | None,
        typer.Option(
            "--parts", min=1, max=MOST_PARTS, help="Parts to cut the region into [default: by size]."
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="ADDRESS", help="Work on a dask.distributed cluster, tcp://host:port."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")] = False,
) -> None:
    """Assess parks and plots where the sensitive objects (GeoParquet) do not fit in memory; no release."""
    from api.cli.output import print_json, print_lines, progress, stdout
    from api.cli.tables import print_paths
    from api.jobs.evidence import write_evidence
    from gis.workers import open_workers
    from layers.project import load_project
    from layers.recipe import code_here

    if workers is not None and scheduler is not None:
        raise typer.BadParameter("a cluster has workers of its own; give --workers or --scheduler, not both")
    project = load_project(project_file)
    print_lines([*project.warnings])
    with (
        open_workers(workers or 1, scheduler=scheduler, same=code_here) as crew,
        progress(len(project.layers) + STEPS) as tell,
    ):
        made = write_evidence(project, out, workers=crew, parts=parts, progress=tell)
    if as_json:
        print_json({"evidence": str(made.path), **made.facts})
        return
    print_paths(stdout(), {"Onderbouwing": str(made.path)})
