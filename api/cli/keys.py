"""Commands for whoever runs the service: keys of callers, and whether the audit log is whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.reservation import Json  # noqa: TC001 - typer reads the annotations
from api.cli.sessions import register as register_sessions
from api.jobs.roles import Role  # noqa: TC001 - typer reads the annotations
from api.jobs.variables import KEYS_VARIABLE

DAYS = 365
KeyFile = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", envvar=KEYS_VARIABLE, help="File of keys; made when absent."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the person or program that uses the key.")]
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, max=731, help="Days until the key ends.")]
FILE = Path("keys.json")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    keys = typer.Typer(no_args_is_help=True, help="Keys with which programs reach the service.")
    keys.command("add")(add)
    keys.command("list")(list_keys)
    keys.command("revoke")(revoke)
    keys.command("rotate")(rotate)
    app.add_typer(keys, name="keys")
    audit = typer.Typer(no_args_is_help=True, help="The log of who saw or changed what.")
    audit.command("verify")(verify_audit)
    # typer makes a group of one command into that command; a callback keeps it a group
    audit.callback()(_group)
    app.add_typer(audit, name="audit")
    register_sessions(app)


def _group() -> None:
    """Look after the log of who saw or changed what."""


def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What the key may see.")],
    *,
    municipality: Annotated[
        list[str] | None,
        typer.Option("--municipality", metavar="GM0344", help="Code; repeatable, for role municipality."),
    ] = None,
    days: Days = DAYS,
    file: KeyFile = FILE,
    as_json: Json = False,
) -> None:
    """Add a key and show it once."""
    from api.jobs.keys import add_key

    now = _now()
    until = now + dt.timedelta(days=days)
    secret = add_key(file, name, role, frozenset(municipality or []), until=until, now=now)
    _show_secret(name, secret, until, as_json=as_json)


def list_keys(*, file: KeyFile = FILE, as_json: Json = False) -> None:
    """List the keys: who, what and until when, never the key itself."""
    from rich.table import Table

    from api.cli.output import plain, print_json, stdout
    from api.jobs.keys import read_keys

    now = _now()
    rows: list[dict[str, Any]] = [
        {
            "name": key.name,
            "role": key.role.value,
            "territory": sorted(key.territory),
            "until": min(key.until, key.revoked or key.until).date().isoformat(),
            "good": key.is_good(now),
        }
        for key in read_keys(file)
    ]
    if as_json:
        print_json({"keys": rows})
        return
    table = Table("Name", "Role", "Municipalities", "Until", "Good")
    for row in rows:
        good = "yes" if row["good"] else "no"
        table.add_row(plain(row["name"]), row["role"], " ".join(row["territory"]), row["until"], good)
    stdout().print(table)


def revoke(name: Name, *, file: KeyFile = FILE) -> None:
    """Take back the keys of a name, at once, also in running services."""
    from api.cli.output import plain, stdout
    from api.jobs.keys import revoke_key

    count = revoke_key(file, name, now=_now())
    stdout().print(f"Revoked {count} of {plain(name)}.", markup=False)


def rotate(
    name: Name,
    *,
    days: Days = DAYS,
    overlap: Annotated[
        int,
        typer.Option("--overlap-days", metavar="N", min=0, max=60, help="Days that the old key stays good."),
    ] = 0,
    file: KeyFile = FILE,
    as_json: Json = False,
) -> None:
    """Give a name a new key and show it once."""
    from api.jobs.keys import rotate_key

    now = _now()
    until = now + dt.timedelta(days=days)
    secret = rotate_key(file, name, until=until, now=now, overlap=dt.timedelta(days=overlap))
    _show_secret(name, secret, until, as_json=as_json)


def verify_audit(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="The audit log.")],
    *,
    head: Annotated[
        str | None, typer.Option("--head", metavar="N:HASH", help="End of the log as it was noted earlier.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Look whether anything in the audit log was changed, taken out, moved or cut off."""
    from api.cli.output import print_json, stdout
    from api.jobs.chain import verify
    from gis.errors import InputError, Problem

    if not log.is_file():
        raise InputError(Problem(f"{log} does not exist", "Give the file that the service writes."))
    found = verify(log, head)
    if as_json:
        print_json({"records": found.head.number, "head": str(found.head), "problems": list(found.problems)})
        raise typer.Exit(1 if found.problems else 0)
    if found.problems:
        repair = "Compare the log with a copy of it, and find out who could write there."
        raise InputError(*(Problem(problem, repair, file=log.name) for problem in found.problems))
    stdout().print(f"{log.name} is whole: {found.head.number} records. Note its end elsewhere: {found.head}",
                   markup=False, soft_wrap=True)  # fmt: skip


def _show_secret(name: str, secret: str, until: dt.datetime, *, as_json: bool) -> None:
    from api.cli.output import plain, print_json, stderr, stdout

    if as_json:
        print_json({"name": name, "key": secret, "until": until.isoformat()})
        return
    stdout().print(secret, markup=False)
    stderr().print(
        f"This is the only time that the key of {plain(name)} is shown. It is good until {until:%Y-%m-%d}.",
        markup=False,
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
