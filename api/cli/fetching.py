"""Commands about fetching: layers from the services that publish them, and the recipes for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from api.jobs.fetch import FetchReport
    from layers.sources.fetching import Outcome

ProjectFile = Annotated[Path, typer.Argument(metavar="PROJECT", help="Project file (TOML).")]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]
LACKING = 1
"""Exit code when a layer could not be had at all."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(fetch)
    app.command()(recipes)


def fetch(
    project_file: ProjectFile,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Use only what was fetched before.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="LAYER", help="This layer; may be repeated.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fetch the layers that name a recipe, with where they came from; a break costs nothing."""
    from api.cli.output import print_json, progress
    from api.jobs.fetch import fetch as fetch_job
    from layers.inputs import INPUT_LAYERS

    with progress(len(INPUT_LAYERS)) as tell:
        report = fetch_job(project_file, only=tuple(only or ()), offline=offline, progress=tell)
    if as_json:
        print_json(_plain(report))
    else:
        _print(report)
    raise typer.Exit(LACKING if report.state == "lacking" else 0)


def recipes(*, as_json: Json = False) -> None:
    """List the recipes: for which layer, in which way, and how much of each is still to be verified."""
    from rich.table import Table

    from api.cli.output import plain, print_json, stdout
    from layers.sources.recipes import read_recipe, recipe_names

    found = [read_recipe(name) for name in recipe_names()]
    if as_json:
        print_json({"recipes": [one.model_dump(mode="json") for one in found]})
        return
    table = Table("Recipe", "Layer", "How", "To verify", "What")
    for column in table.columns[:4]:
        column.no_wrap = True
    for one in found:
        parts = [*one.status.values(), *(column.status for column in one.columns.values())]
        open_parts = f"{parts.count('to_verify')} of {len(parts)}"
        row = (one.name, one.layer, one.connector, open_parts, one.title_en)
        table.add_row(*(plain(text) for text in row))
    stdout().print(table)


def _plain(report: FetchReport) -> dict[str, Any]:
    from dataclasses import asdict

    from layers.sources.fetching import plain_outcome

    return {
        "folder": str(report.folder),
        "state": report.state,
        "layers": [plain_outcome(one) for one in report.outcomes],
        "files": [asdict(one) for one in report.files],
    }


def _print(report: FetchReport) -> None:
    from rich.table import Table

    from api.cli.output import plain, print_lines, stdout

    table = Table("Layer", "Features", "Fetched", "From", "Remarks")
    for one in report.outcomes:
        table.add_row(*(plain(text) for text in _row(one)))
    for own in report.files:
        table.add_row(
            own.layer, "", "", plain(own.path or "a file of your own"), "" if own.path else "lacking"
        )
    stdout().print(table)
    lines = [_said(one) for one in report.outcomes if one.failed]
    lines += [f"layer {own.layer}: {own.problem}" for own in report.files if own.problem]
    print_lines([plain(line) for line in lines])


def _row(one: Outcome) -> tuple[str, ...]:
    from urllib.parse import urlsplit

    if one.copy is None:
        return one.layer, "none", "", "", "not fetched"
    counted = "no count stated" if one.copy.counted is None else ""
    cut = f"{one.copy.cut} outside the area left out" if one.copy.cut else ""
    old = "an earlier copy" if one.failed else ""
    remarks = "; ".join(filter(None, (old, counted, cut, *one.copy.notes)))
    host = urlsplit(one.copy.url).hostname or ""
    return one.layer, str(one.copy.rows), one.copy.fetched[:16].replace("T", " "), host, remarks


def _said(one: Outcome) -> str:
    from layers.sources.faults import FAULTS

    if one.failed is None:
        return ""
    dutch, english = FAULTS[one.failed.fault]
    rest = (
        "Nothing is in use for this layer."
        if one.copy is None
        else f"The copy of {one.copy.fetched[:10]} stays in use."
    )
    return f"layer {one.layer}: {english} ({dutch}): {one.failed.detail}. {rest}"
