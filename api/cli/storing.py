"""Commands about PostGIS: store a release in a database, list what is stored, drop what is withdrawn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gis.database import Address
    from layers.release import Release

VARIABLE = "KRING_POSTGIS"
_ADDRESS = "postgresql://user@host/database"
_HELP = "Database with PostGIS to store it in; its password comes from PGPASSWORD or ~/.pgpass."
To = Annotated[str | None, typer.Option("--to", metavar=_ADDRESS, help=_HELP)]
In = Annotated[str | None, typer.Option("--in", metavar=_ADDRESS, help=_HELP)]
ReleaseFolder = Annotated[
    Path,
    typer.Argument(metavar="RELEASE", help="Folder of a release, or the start of its name."),
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(store)
    app.command()(stored)
    app.command()(unstore)


def store(
    path: ReleaseFolder,
    *,
    to: To = None,
    as_json: Json = False,
) -> None:
    """Store a release in PostGIS, whole or not at all; a second time changes nothing."""
    from layers.release import open_release

    release = open_release(path)
    address = _address(to, "--to")
    schema, now = store_in(address, release)
    if as_json:
        from api.cli.output import print_json

        print_json({"release": release.name, "schema": schema, "stored": now})


def stored(*, database: In = None, as_json: Json = False) -> None:
    """List the releases that are stored in PostGIS."""
    from dataclasses import asdict

    from rich.table import Table

    from api.cli.output import plain, print_json, stdout

    address = _address(database, "--in")
    from layers.postgis.store import stored_releases

    found = stored_releases(address)
    if as_json:
        print_json({"releases": [asdict(one) for one in found]})
        return
    table = Table("Release", "Schema", "Project", "Status")
    for one in found:
        table.add_row(*(plain(text) for text in (one.name, one.schema, one.title, one.status)))
    stdout().print(table)


def unstore(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whole name of a stored release.")],
    *,
    database: In = None,
    as_json: Json = False,
) -> None:
    """Drop a stored release from PostGIS; its folder stays. Withdraw it first where a service shows it."""
    from api.cli.output import print_json, stdout
    from gis.errors import InputError, Problem

    address = _address(database, "--in")
    if not re.fullmatch(r"[0-9a-f]{16}", name):
        message = f"{name!r} is not the whole name of a release"
        raise InputError(Problem(message, "List them with kringruimte stored."))
    from layers.postgis.store import drop

    drop(address, name)
    if as_json:
        print_json({"dropped": name})
        return
    stdout().print(f"Release {name} is dropped from {address}.", soft_wrap=True)


def place_to_store(text: str) -> Address:
    """Read an address and refuse a database that could not take a release, before any work is done."""
    address = _address(text, "--to")
    from layers.postgis.store import check_place

    check_place(address)
    return address


def store_in(address: Address, release: Release) -> tuple[str, bool]:
    """Store a release and say so on stderr; give its schema and whether it was stored now."""
    from api.cli.output import progress, stderr
    from layers.postgis.own_tables import schema_of
    from layers.postgis.store import store as store_release

    with progress(len(release.names) + 3) as tell:
        now = store_release(address, release, progress=tell)
    schema = schema_of(release.name)
    what = "is stored in" if now else "was stored before and is whole in"
    stderr().print(f"Release {release.name} {what} {address}, schema {schema}.", soft_wrap=True)
    return schema, now


def _address(given: str | None, option: str) -> Address:
    import os

    from gis.database import EXAMPLE, read_address
    from gis.errors import InputError, Problem

    text = given or os.environ.get(VARIABLE)
    if not text:
        message = "no database is named"
        raise InputError(Problem(message, f"Give {option} {EXAMPLE}, or set {VARIABLE}."))
    return read_address(text, place=option if given else VARIABLE)
