"""Commands about what is published: which release of a project the service shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.jobs.publication import Entry

ProjectPlace = Annotated[
    Path,
    typer.Option("--project", metavar="PROJECT", help="Project file, or the folder with published.json."),
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(publish)
    app.command()(withdraw)


def publish(
    path: Annotated[
        Path, typer.Argument(metavar="RELEASE", help="Folder of a release, or the start of its name.")
    ],
    *,
    project: ProjectPlace,
    secrecy_ground: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Why a release in which nothing was decided is not open (Woo)."),
    ] = None,
    secrecy_ends: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Until which day it is not open.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a release the one that the service shows; running services follow by themselves."""
    from datetime import UTC, datetime

    from api.cli.output import print_json, stdout
    from api.jobs.publication import place_of, read_secrecy
    from api.jobs.publish import publish as publish_release
    from layers.release import open_release

    secrecy = read_secrecy(secrecy_ground, secrecy_ends)
    folder, key = place_of(project)
    entry = publish_release(open_release(path), folder, now=datetime.now(UTC), key=key, secrecy=secrecy)
    if as_json:
        print_json({"published": entry.model_dump(mode="json"), "folder": str(folder)})
        return
    stdout().print(f"Release {entry.name} is current since {entry.since:%Y-%m-%d %H:%M:%S} UTC{_for(entry)}.")


def withdraw(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whole name of a published release.")],
    *,
    project: ProjectPlace,
    as_json: Json = False,
) -> None:
    """Show a release to nobody any longer; the one before it becomes current again."""
    from datetime import UTC, datetime

    from api.cli.output import print_json, stdout
    from api.jobs.publication import place_of
    from api.jobs.publish import withdraw as withdraw_release

    folder, key = place_of(project)
    after = withdraw_release(folder, key, name, now=datetime.now(UTC))
    current = after.current(undecided=False)
    if as_json:
        print_json({"withdrawn": name, "current": None if current is None else current.name})
        return
    rest = "none is current now" if current is None else f"{current.name} is current for everybody"
    stdout().print(f"Release {name} is withdrawn; {rest}.")


def _for(entry: Entry) -> str:
    if entry.secrecy is None:
        return ""
    return f", only for who may see it, until {entry.secrecy.ends.isoformat()} ({entry.secrecy.ground})"
