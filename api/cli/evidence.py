"""The command that assesses a region of which the sensitive objects do not fit in memory."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from api.cli.spreading import Parts, Processes, Scheduler, open_crew, refuse_both

STEPS = 4
"""Steps that are not the reading of a layer, for the progress bar."""


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
    workers: Processes = None,
    parts: Parts = None,
    scheduler: Scheduler = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")] = False,
) -> None:
    """Assess parks and plots where the sensitive objects (GeoParquet) do not fit in memory; no release."""
    from api.cli.output import print_json, print_lines, progress, stdout
    from api.cli.tables import print_paths
    from api.jobs.evidence import write_evidence
    from layers.project import load_project

    refuse_both(workers, scheduler)
    project = load_project(project_file)
    print_lines([*project.warnings])
    with (
        open_crew(workers, scheduler) as crew,
        progress(len(project.layers) + STEPS) as tell,
    ):
        made = write_evidence(project, out, workers=crew, parts=parts, progress=tell)
    if as_json:
        print_json({"evidence": str(made.path), **made.facts})
        return
    print_paths(stdout(), {"Onderbouwing": str(made.path)})
