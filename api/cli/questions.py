"""Commands that answer a planner's questions of a release that is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.reservation import Json, ReleaseFolder  # noqa: TC001 - typer reads the annotations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console

    from layers.release import Release

Sort = Annotated[str, typer.Option("--sort", help="Largest first by heavy, net, quay or shore.")]
Top = Annotated[int, typer.Option("--top", min=1, max=1000, help="How many.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command()(parks)
    app.command()(demand)
    app.command()(released)
    app.command()(plan)
    app.command()(unknowns)


def parks(
    path: ReleaseFolder,
    *,
    water: Annotated[
        bool, typer.Option("--water", help="Only where room and usable water come together.")
    ] = False,
    sort: Sort = "heavy",
    as_json: Json = False,
) -> None:
    """List the parks with room for a high environmental category, and how sure that is."""
    from api.cli.question_tables import print_parks
    from api.jobs.questions import find_parks

    _answer(path, lambda release: find_parks(release, water=water, sort=sort), print_parks, as_json=as_json)


def demand(path: ReleaseFolder, *, as_json: Json = False) -> None:
    """Show the heavy and wet land that circular functions need, and the shortage per sub-area."""
    from api.cli.question_tables import print_demand
    from api.jobs.questions import find_demand

    _answer(path, find_demand, print_demand, as_json=as_json)


def released(path: ReleaseFolder, *, as_json: Json = False) -> None:
    """Show what shrinking linear activity frees, when, and whether it fits what is asked."""
    from api.cli.question_tables import print_released
    from api.jobs.questions import find_released

    _answer(path, find_released, print_released, as_json=as_json)


def plan(path: ReleaseFolder, *, top: Top = 10, as_json: Json = False) -> None:
    """Show a reservation plan: which sites first, why, and how they hold under other weights."""
    from api.cli.plan_tables import print_plan
    from api.jobs.show_plan import show_plan

    _answer(
        path,
        lambda release: show_plan(release, top=top),
        print_plan,
        as_json=as_json,
        banner=False,
    )


def unknowns(path: ReleaseFolder, *, top: Top = 10, as_json: Json = False) -> None:
    """Show what is not known: questions for research, what was not assessed, what is disputed."""
    from api.cli.question_tables import print_unknowns
    from api.jobs.questions import find_unknowns

    _answer(path, lambda release: find_unknowns(release, top=top), print_unknowns, as_json=as_json)


def _answer(
    path: Path,
    ask: Callable[[Release], dict[str, Any]],
    show: Callable[[Console, dict[str, Any]], None],
    *,
    as_json: bool,
    banner: bool = True,
) -> None:
    from api.cli.output import print_json, stdout
    from api.cli.tables import print_banner
    from layers.release import open_release

    release = open_release(path)
    answer = ask(release)
    if as_json:
        print_json(answer)
        return
    console = stdout()
    if banner:
        print_banner(console, release.project)
    show(console, answer)
