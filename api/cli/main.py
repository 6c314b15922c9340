"""The command line ``kringruimte``: thin commands over the jobs.

Exit codes: 0 done, 1 bad input, 2 usage, 130 stopped by the user.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.deliveries import register as register_deliveries
from api.cli.evidence import register as register_evidence
from api.cli.feedback import register as register_feedback
from api.cli.fetching import register as register_fetching
from api.cli.keys import register as register_keys
from api.cli.publish import register as register_publish
from api.cli.questions import register as register_questions
from api.cli.reservation import register as register_reservation
from api.cli.spreading import Parts, Processes, Scheduler, open_crew, refuse_both
from api.cli.storing import To, place_to_store, store_in
from api.cli.storing import register as register_storing
from gis.errors import InputError, KringError, Problem
from layers.schema import Level
from layers.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.release import Release

DONE, BAD_INPUT = 0, 1
EXTRA_STEPS = 7
"""Steps of a run that are not the reading of a layer, for the progress bar."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO})
"""What a disk can refuse; other errors of the operating system are defects of ours."""

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:  # noqa: FBT001 (typer passes the flag by position)
    if asked:
        typer.echo(f"kringruimte {__version__}")
        raise typer.Exit


@app.callback()
def common(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Which business parks carry high environmental categories and reach water."""


ProjectFile = Annotated[Path, typer.Argument(metavar="PROJECT", help="Project file (TOML).")]
ReleaseFolder = Annotated[
    Path,
    typer.Argument(metavar="RELEASE", help="Folder of a release, or releases/ with the start of its name."),
]
Json = Annotated[bool, typer.Option("--json", help="Write the result as JSON to stdout.")]
MainOnly = Annotated[
    bool,
    typer.Option("--main-only", help="Leave out land demand, balance and usable-category surface."),
]


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder for the sample; made when absent.")],
    *,
    main_only: MainOnly = False,
    as_json: Json = False,
) -> None:
    """Write the sample region and make its release."""
    from api.cli.output import print_json, progress, stdout
    from api.cli.tables import print_paths
    from api.jobs.sample import demo as make_demo
    from layers.inputs import INPUT_LAYERS

    with progress(len(INPUT_LAYERS) + EXTRA_STEPS + 1) as tell:
        project_file, release = make_demo(folder, main_only=main_only, progress=tell)
    if as_json:
        print_json({"project": str(project_file), **_made(release)})
        return
    _print_release(release)
    print_paths(stdout(), {"Project": str(project_file)})


@app.command()
def check(
    path: Annotated[
        Path, typer.Argument(metavar="PROJECT|RELEASE", help="Project file, or folder of a release.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Look for every problem of a project without running it, or verify that a release is whole."""
    if path.is_dir():
        _check_release(path, as_json=as_json)
    else:
        _check_project(path, as_json=as_json)


@app.command()
def run(
    project_file: ProjectFile,
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder of releases [default: releases/ beside PROJECT]."),
    ] = None,
    main_only: MainOnly = False,
    to: To = None,
    workers: Processes = None,
    parts: Parts = None,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Make a release from a project's layers; workers and parts change how fast, never what."""
    from api.cli.output import print_json, print_lines, progress
    from api.jobs.run import main_only as without_space
    from api.jobs.run import run as run_job
    from layers.project import load_project

    refuse_both(workers, scheduler)
    database = None if to is None else place_to_store(to)
    project = load_project(project_file)
    print_lines([*project.warnings])
    if main_only:
        project = without_space(project)
    with (
        open_crew(workers, scheduler) as crew,
        progress(len(project.layers) + EXTRA_STEPS) as tell,
    ):
        folder = out or project_file.parent / "releases"
        release = run_job(project, folder, progress=tell, workers=crew, parts=parts)
    if as_json:
        print_json(_made(release))
    else:
        _print_release(release)
    if database is not None:
        store_in(database, release)


@app.command()
def show(
    path: ReleaseFolder,
    park: Annotated[
        str | None, typer.Argument(metavar="[PARK]", help="Id or (part of a) name of a park.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Show a release, or all evidence of one park."""
    from api.cli.output import print_json, stdout
    from api.cli.tables import print_banner, print_gaps, print_park, print_summary
    from api.jobs.show import show_park, show_release
    from layers.release import open_release

    release = open_release(path)
    answer = show_release(release) if park is None else show_park(release, park)
    if as_json:
        print_json(answer)
        return
    console = stdout()
    print_banner(console, release.project)
    if park is None:
        print_summary(console, answer["summary"], answer["parameters"])
        print_gaps(console, answer["not_assessed"])
    else:
        print_park(console, answer)


@app.command()
def balance(path: ReleaseFolder, *, as_json: Json = False) -> None:
    """Show land demand against supply: which space runs short, when and how sure."""
    from api.cli.output import print_json, stdout
    from api.cli.tables import print_balance, print_banner
    from api.jobs.balance import show_balance
    from layers.release import open_release

    release = open_release(path)
    answer = show_balance(release)
    if as_json:
        print_json(answer)
        return
    console = stdout()
    print_banner(console, release.project)
    print_balance(console, answer)


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="RELEASE", help="The earlier release.")],
    after: Annotated[Path, typer.Argument(metavar="RELEASE", help="The later release.")],
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the causes, for which the evidence is computed again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show which parks came, went or changed between two releases, and whether data or parameters did it."""
    from api.cli.cause_tables import print_causes
    from api.cli.output import print_json, progress, stdout
    from api.cli.tables import print_comparison
    from api.jobs.compare import compare as compare_releases
    from api.jobs.compare_causes import MOST_RUNS, causes
    from layers.release import open_release

    old, new = open_release(before), open_release(after)
    answer = compare_releases(old, new)
    if not quick:
        with progress(MOST_RUNS) as tell:
            answer["causes"] = causes(old, new, progress=tell)
    if as_json:
        print_json(answer)
        return
    print_comparison(stdout(), answer)
    if not quick:
        print_causes(stdout(), answer["causes"])


@app.command()
def serve(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PROJECT|RELEASE",
            help="Project file whose published release is followed, or one release.",
        ),
    ],
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    level: Annotated[Level, typer.Option(help="What readers of a single release may see.")] = Level.PUBLIC,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
) -> None:
    """Serve what is published, or one release, as OGC API Features, rooted at /v1."""
    from api.cli.output import stderr
    from api.cli.serving import run_server
    from api.jobs.serving import refuse_exposure, refuse_taken_port, what_to_serve

    refuse_exposure(host, level)
    served = what_to_serve(path, level)
    refuse_taken_port(host, port)
    shown = f"[{host}]" if ":" in host else host
    stderr().print(f"Serving {served.title} at http://{shown}:{port}/v1, stop with Ctrl+C")
    run_server(served.environment, host=host, port=port, workers=workers)


@app.command("test-plan")
def plan(
    project_file: ProjectFile,
    polygon: Annotated[
        Path, typer.Argument(metavar="POLYGON", help="File with the polygon, such as GeoJSON.")
    ],
    *,
    as_json: Json = False,
) -> None:
    """Measure what sensitive buildings in a polygon would cost."""
    from api.cli.output import print_json, progress, stdout
    from api.cli.tables import print_plan_test
    from api.jobs.plan_test import ask_polygon
    from layers.project import load_project

    project = load_project(project_file)
    with progress(len(project.layers) + 1) as tell:
        answer = ask_polygon(project, polygon, progress=tell)
    if as_json:
        print_json(answer)
    else:
        print_plan_test(stdout(), answer)


register_evidence(app)
register_fetching(app)
register_questions(app)
register_reservation(app)
register_deliveries(app)
register_publish(app)
register_keys(app)
register_storing(app)
register_feedback(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Without the name of the program; those of the process by default.

    Returns
    -------
    int
        Exit code.
    """
    try:
        app(args=None if arguments is None else list(arguments), prog_name="kringruimte")
    except KringError as error:
        from api.cli.output import print_error

        print_error(error)
        return BAD_INPUT
    except BrokenPipeError:
        # the reader of our output went away, such as head; nothing more can be written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        if error.errno not in FULL:
            raise
        from api.cli.output import print_lines

        place = f"{error.filename}: " if error.filename else ""
        print_lines(
            [f"{place}{error.strerror}. Nothing half-made is left; make room or choose another folder."]
        )
        return BAD_INPUT
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else DONE
    return DONE


def _made(release: Release) -> dict[str, object]:
    views = {
        name.removeprefix("views/"): str(release.path / name)
        for name in release.manifest["files"]
        if name.startswith("views/")
    }
    from api.jobs.show import summary_rows
    from api.jobs.space import space_gaps

    return {
        "release": str(release.path),
        "name": release.name,
        "tables_sha256": release.manifest["tables_sha256"],
        "summary": summary_rows(release),
        "not_assessed": space_gaps(release),
        "views": views,
    }


def _print_release(release: Release) -> None:
    from api.cli.output import stdout
    from api.cli.tables import print_banner, print_gaps, print_paths, print_shortage, print_summary
    from api.jobs.balance import show_balance
    from api.jobs.show import summary_rows
    from api.jobs.space import space_gaps

    console = stdout()
    print_banner(console, release.project)
    print_summary(console, summary_rows(release), release.project["parameters"])
    if "balance_groups" in release.names:
        console.print()
        print_shortage(console, show_balance(release)["shortage"])
    gaps = space_gaps(release)
    if gaps:
        console.print()
        print_gaps(console, gaps)
    views = release.path / "views"
    names = {
        "Kaart om te mailen": "map.html",
        "Kaart als plaatje": "map.png",
        "Rapport": "report.html",
        "Ruimtebalans": "space.html",
        "Werkmap met tabellen": "tables.xlsx",
        "Voor QGIS": "release.gpkg",
        "Per deelgebied": "sub_areas",
        "Met alle details": "planner",
    }
    console.print()
    print_paths(
        console,
        {
            "Uitgave": str(release.path),
            **{label: str(views / name) for label, name in names.items() if (views / name).exists()},
        },
    )


def _check_release(path: Path, *, as_json: bool) -> None:
    from api.cli.output import print_json, stdout
    from layers.release import open_release

    release = open_release(path)
    problems = release.verify()
    if as_json:
        print_json({"release": release.name, "problems": [_problem(problem) for problem in problems]})
        raise typer.Exit(BAD_INPUT if problems else DONE)
    if problems:
        raise InputError(*problems)
    stdout().print(f"Release {release.name} is whole: {len(release.manifest['files'])} files.")


def _check_project(path: Path, *, as_json: bool) -> None:
    from dataclasses import asdict

    from api.cli.output import print_json, print_lines, progress, stdout
    from api.cli.tables import print_check
    from api.jobs.check import check_project
    from layers.inputs import INPUT_LAYERS

    with progress(len(INPUT_LAYERS)) as tell:
        found = check_project(path, progress=tell)
    sources = [asdict(source) for source in found.sources]
    if as_json:
        problems = [_problem(problem) for problem in found.problems]
        print_json(
            {
                "project": found.name,
                "problems": problems,
                "warnings": found.warnings,
                "sources": sources,
                "quality": found.quality,
            }
        )
        raise typer.Exit(BAD_INPUT if problems else DONE)
    if found.problems:
        raise InputError(*found.problems)
    print_lines([*found.warnings])
    print_check(stdout(), sources, found.quality)
    stdout().print("No problems: this project can be run.")


def _problem(problem: Problem) -> dict[str, object]:
    from dataclasses import asdict

    return {**asdict(problem), "text": str(problem)}
