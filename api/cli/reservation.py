"""Commands about the reservation plan: make it, question it, share functions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api.jobs.changes import Changes
    from layers.release import Release

STEPS = 12
"""Steps of making a plan, for the progress bar."""
TOP = 10

ReleaseFolder = Annotated[
    Path,
    typer.Argument(metavar="RELEASE", help="Folder of a release, or releases/ with the start of its name."),
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]
LockIn = Annotated[
    list[str] | None,
    typer.Option("--lock-in", metavar="PLACE=F05", help="Site or park that must get a function; repeatable."),
]
LockOut = Annotated[
    list[str] | None,
    typer.Option("--lock-out", metavar="PLACE[=F05]", help="Site or park that must not; repeatable."),
]
Weight = Annotated[
    list[str] | None,
    typer.Option("--weight", metavar="CRITERION=2", help="Weight of a criterion; repeatable."),
]
Function = Annotated[str, typer.Option("--function", metavar="F05", help="Function, or one of its classes.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(reserve)
    app.command("why")(why)
    app.command("why-not")(why_not)
    app.command("what-if")(what_if)
    app.command()(allocate)


def reserve(
    path: ReleaseFolder,
    *,
    lock_in: LockIn = None,
    lock_out: LockOut = None,
    weight: Weight = None,
    aims: Annotated[
        str | None,
        typer.Option(
            "--aims", metavar="NAMES", help="Aims in their order, with commas: shortage,people,suitability."
        ),
    ] = None,
    certain_only: Annotated[
        bool, typer.Option("--certain-only", help="Only sites that fit under the strict reading.")
    ] = False,
    robust: Annotated[
        bool, typer.Option("--robust", help="Other weights, futures and alternatives as well (minutes).")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder of releases [default: beside RELEASE]."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a reservation plan: which sites to keep for what, from when, and why."""
    from api.cli.output import print_json, progress, stdout
    from api.cli.plan_tables import print_plan
    from api.jobs.reserve import reserve as reserve_job
    from api.jobs.show_plan import show_plan
    from layers.release import open_release

    parent = open_release(path)
    settings: dict[str, Any] = {"certain_only": True} if certain_only else {}
    if aims is not None:
        settings["aims"] = tuple(name.strip() for name in aims.split(","))
    changes = _changes(lock_in, lock_out, _weights(weight or []), settings)
    with progress(STEPS) as tell:
        release = reserve_job(parent, out or parent.path.parent, changes, robust=robust, progress=tell)
    answer = show_plan(release)
    _log(release, "reserve", _asked(changes) | {"robust": robust, "parent": parent.name}, release.name)
    if as_json:
        print_json(answer)
    else:
        print_plan(stdout(), answer)


def why(
    path: ReleaseFolder,
    park: Annotated[str, typer.Argument(metavar="PARK", help="Id or (part of a) name of a park.")],
    *,
    as_json: Json = False,
) -> None:
    """Explain what the plan reserves on a park, and what replaces it."""
    from api.jobs.ask import ask_why

    _answer(path, "why", {"park": park}, lambda release: ask_why(release, park), as_json=as_json)


def why_not(
    path: ReleaseFolder,
    park: Annotated[str, typer.Argument(metavar="PARK", help="Id or (part of a) name of a park.")],
    *,
    function: Function,
    as_json: Json = False,
) -> None:
    """Explain why a park is not reserved for a function, or what that would cost."""
    from api.jobs.ask import ask_why_not

    asked = {"park": park, "function": function}
    _answer(path, "why-not", asked, lambda release: ask_why_not(release, park, function), as_json=as_json)


def what_if(
    path: ReleaseFolder,
    *,
    transform: Annotated[
        str | None, typer.Option("--transform", metavar="PARK|FILE", help="Park or polygon that changes.")
    ] = None,
    lock_in: LockIn = None,
    lock_out: LockOut = None,
    weight: Weight = None,
    as_json: Json = False,
) -> None:
    """Tell what a transformation, or other locks and weights would change."""
    from api.jobs.ask import ask_changes, ask_transform
    from api.jobs.plan_test import read_polygon

    if (transform is None) == (lock_in is None and lock_out is None and weight is None):
        raise typer.BadParameter("ask either --transform, or --lock-in, --lock-out and --weight")
    if transform is not None:
        polygon = Path(transform)
        file = polygon if polygon.suffix and polygon.exists() else None
        name = polygon.stem if file is not None else transform

        def ask(release: Release) -> dict[str, Any]:
            return ask_transform(release, name, None if file is None else read_polygon(file))

        asked: dict[str, Any] = {"transform": transform}
    else:
        changes = _changes(lock_in, lock_out, _weights(weight or []), {})

        def ask(release: Release) -> dict[str, Any]:
            return ask_changes(release, changes)

        asked = _asked(changes)
    _answer(path, "what-if", asked, ask, as_json=as_json)


def allocate(
    path: ReleaseFolder,
    *,
    function: Annotated[
        list[str],
        typer.Option("--function", metavar="F05=1", help="Function with how many facilities; repeatable."),
    ],
    within: Annotated[
        float, typer.Option("--within", help="Longest way of a municipality, in minutes.")
    ] = 30.0,
    in_km: Annotated[bool, typer.Option("--km", help="The limit is in kilometres.")] = False,
    as_json: Json = False,
) -> None:
    """Tell where facilities can serve all municipalities within a limit, and who gets which."""
    from api.cli.output import print_json, stdout
    from api.cli.plan_tables import print_allocation
    from api.jobs.share import ask_allocation
    from layers.release import open_release

    release = open_release(path)
    facilities = _numbers(function)
    answer = ask_allocation(release, facilities, within=within, unit="km" if in_km else "min")
    asked = {"facilities": facilities, "within": within, "unit": answer["unit"]}
    _log(release, "allocate", asked, str(answer["functions"][0]["answer_nl"]))
    if as_json:
        print_json(answer)
    else:
        print_allocation(stdout(), release.project, answer)


def _answer(
    path: Path,
    command: str,
    asked: dict[str, Any],
    ask: Callable[[Release], dict[str, Any]],
    *,
    as_json: bool,
) -> None:
    """Ask a release, log the step and print the answer."""
    from api.cli.output import print_json, stdout
    from api.cli.plan_tables import print_explanation
    from layers.release import open_release

    release = open_release(path)
    answer = ask(release)
    sentences = answer["sentences"] or [s for site in answer.get("sites", []) for s in site["sentences"][:1]]
    _log(release, command, asked, sentences[0]["text_nl"])
    if as_json:
        print_json(answer)
    else:
        print_explanation(stdout(), release.project, answer)


def _log(release: Release, command: str, asked: dict[str, Any], answer: str) -> None:
    from api.jobs.steps import log_step

    # the clock is the caller's: what is computed never looks at it
    moment = datetime.now(UTC).astimezone()
    folder = release.path.parent
    log_step(folder, moment=moment, command=command, release=release.name, asked=asked, answer=answer)


def _changes(
    lock_in: Sequence[str] | None,
    lock_out: Sequence[str] | None,
    weights: dict[str, float],
    settings: dict[str, Any],
) -> Changes:
    from api.jobs.changes import Changes

    return Changes(tuple(lock_in or ()), tuple(lock_out or ()), weights, settings)


def _asked(changes: Changes) -> dict[str, Any]:
    return {
        "lock_in": list(changes.lock_in),
        "lock_out": list(changes.lock_out),
        "weights": dict(changes.weights),
        "settings": dict(changes.settings),
    }


def _weights(given: Sequence[str]) -> dict[str, float]:
    weights, problems = {}, []
    for item in given:
        name, _, value = item.partition("=")
        try:
            weights[name] = float(value)
        except ValueError:
            problems.append(Problem(f"{item!r} is no weight", "Write it as people=2.", field="weight"))
    if problems:
        raise InputError(*problems)
    return weights


def _numbers(given: Sequence[str]) -> dict[str, int]:
    numbers, problems = {}, []
    for item in given:
        name, _, value = item.partition("=")
        if name and (value or "1").isdigit() and int(value or 1) > 0:
            numbers[name] = int(value or 1)
        else:
            problems.append(
                Problem(f"{item!r} is no function with a number", "Write it as F05=1.", field="function")
            )
    if problems:
        raise InputError(*problems)
    return numbers
