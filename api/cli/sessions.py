"""Commands about sessions: which group sees which layers of a sub-area together, and what came out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from api.cli.reservation import Json, ReleaseFolder  # noqa: TC001 - typer reads the annotations
from api.jobs.variables import OUTCOMES_VARIABLE, SESSIONS_VARIABLE

SessionFile = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", envvar=SESSIONS_VARIABLE, help="File; made when absent."),
]
SessionId = Annotated[str, typer.Argument(metavar="ID", help="Such as west-2026.")]
FILE, CHAIN = Path("sessions.json"), Path("outcomes.jsonl")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    sessions = typer.Typer(no_args_is_help=True, help="Sessions in which a group sees a sub-area together.")
    sessions.command("open")(open_command)
    sessions.command("list")(list_sessions)
    sessions.command("close")(close)
    sessions.command("outcomes")(outcomes)
    app.add_typer(sessions, name="sessions")


def open_command(
    session_id: SessionId,
    path: ReleaseFolder,
    *,
    sub_area: Annotated[str, typer.Option("--sub-area", metavar="NAME", help="Where layers are shared.")],
    layer: Annotated[list[str], typer.Option("--layer", metavar="NAME", help="Shared layer; repeatable.")],
    member: Annotated[
        list[str] | None,
        typer.Option("--member", metavar="key:NAME", help="Who takes part, or login:NAME; repeatable."),
    ] = None,
    municipalities: Annotated[
        bool, typer.Option("--municipalities", help="All municipalities of the sub-area take part.")
    ] = False,
    name: Annotated[str | None, typer.Option("--name", help="What people call it.")] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", min=1, max=184, help="Days it takes.")] = 30,
    secret_because: Annotated[
        str, typer.Option("--secret-because", metavar="TEXT", help="Ground of secrecy, for the members.")
    ] = "",
    file: SessionFile = FILE,
) -> None:
    """Share layers of one sub-area of a release with a group, for a limited time."""
    from api.cli.output import plain, stdout
    from api.jobs.sessions import Session, open_session, territory_of
    from layers.release import open_release

    release, now = open_release(path), _now()
    session = Session(
        session_id,
        name or session_id,
        release.name,
        territory_of(release, sub_area),
        frozenset(layer),
        now,
        now + dt.timedelta(days=days),
        frozenset(member or []),
        municipalities,
        secret_because,
    )
    open_session(file, session, release, now)
    stdout().print(f"Session {plain(session_id)} is on until {session.until:%Y-%m-%d}.", markup=False)


def list_sessions(*, file: SessionFile = FILE, as_json: Json = False) -> None:
    """List the sessions: who sees what of which release until when."""
    from rich.table import Table

    from api.cli.output import plain, print_json, stdout
    from api.jobs.sessions import read_sessions

    now = _now()
    rows = [
        {
            "id": each.id,
            "release": each.release,
            "territory": sorted(each.territory),
            "layers": sorted(each.layers),
            "members": [*sorted(each.members), *(["municipalities"] if each.municipalities else [])],
            "until": min(each.until, each.closed or each.until).date().isoformat(),
            "on": each.is_on(now),
        }
        for each in read_sessions(file)
    ]
    if as_json:
        print_json({"sessions": rows})
        return
    table = Table("Id", "Release", "Municipalities", "Layers", "Members", "Until", "On")
    for row in rows:
        texts = [" ".join(value) if isinstance(value, list) else str(value) for value in row.values()]
        table.add_row(*(plain(text) for text in texts))
    stdout().print(table)


def close(session_id: SessionId, *, file: SessionFile = FILE) -> None:
    """End a session at once, also in running services."""
    from api.cli.output import plain, stdout
    from api.jobs.sessions import close_session

    close_session(file, session_id, _now())
    stdout().print(f"Closed {plain(session_id)}.", markup=False)


def outcomes(
    target: Annotated[Path, typer.Argument(metavar="GEOJSON", help="File for [layers.session_outcomes].")],
    *,
    chain: Annotated[
        Path, typer.Option("--chain", metavar="FILE", envvar=OUTCOMES_VARIABLE, help="What was recorded.")
    ] = CHAIN,
) -> None:
    """Write what sessions agreed on or objected to as the layer that the next run reads."""
    from api.cli.output import stdout
    from api.jobs.outcomes import write_outcomes

    stdout().print(f"{write_outcomes(chain, target)} outcomes.")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
