"""Commands about feedback: what municipalities reported about facts, and what the province makes of it."""

from __future__ import annotations

import datetime as dt
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.reservation import Json  # noqa: TC001 - typer reads the annotations
from api.jobs.variables import FEEDBACK_VARIABLE

if TYPE_CHECKING:
    from api.jobs.feedback_file import Report

FILE = Path("feedback.json")
ReportFile = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", envvar=FEEDBACK_VARIABLE, help="File of reports."),
]
Number = Annotated[str, typer.Argument(metavar="REPORT", help="Such as TM-0012.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; the municipality reads it.")]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who decides [default: the user of this machine].")
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    feedback = typer.Typer(
        no_args_is_help=True, help="What municipalities reported about facts, and what became of it."
    )
    feedback.command("list")(list_reports)
    feedback.command("show")(show)
    feedback.command("accept")(accept)
    feedback.command("decline")(decline)
    app.add_typer(feedback, name="feedback")


def list_reports(
    *,
    still_open: Annotated[bool, typer.Option("--open", help="Only what has not been decided.")] = False,
    file: ReportFile = FILE,
    as_json: Json = False,
) -> None:
    """List the reports, open ones first."""
    from rich.table import Table

    from api.cli.output import plain, print_json, stderr, stdout
    from api.jobs.feedback import ReportBook
    from api.jobs.feedback_file import State

    book = ReportBook(file)
    book.check()
    if not file.exists():
        # no error: the service makes the file with the first report
        note = f"{file} is not there: no report was made yet, or --file names another file than the service"
        stderr().print(plain(note), markup=False, soft_wrap=True)
    reports = [each for each in book.all() if not still_open or each.state is State.OPEN]
    if as_json:
        print_json({"reports": [_facts(each) for each in reports]})
        return
    table = Table("Report", "Municipality", "Object", "Field", "Before", "After", "State")
    for each in reports:
        said, (before, after) = each.draft, _words(each)
        cells = (each.name, said.municipality, f"{said.layer} {said.object_id}", said.field)
        table.add_row(*(plain(text) for text in (*cells, before, after, each.state.value)))
    stdout().print(table)


def show(number: Number, *, file: ReportFile = FILE, as_json: Json = False) -> None:
    """Show one report with its explanation, and the decision on it."""
    from api.cli.output import plain, print_json, stdout
    from api.jobs.feedback import ReportBook
    from gis.errors import InputError, Problem

    book = ReportBook(file)
    book.check()
    report = book.find(_number(number))
    if report is None:
        raise InputError(Problem(f"There is no report {number}", "Run: kringruimte feedback list"))
    if as_json:
        print_json(_facts(report))
        return
    for name, value in _facts(report).items():
        if value not in (None, ""):
            stdout().print(f"{name}: {plain(str(value))}", markup=False, soft_wrap=True)


def accept(number: Number, *, reason: Reason, by: By = None, file: ReportFile = FILE) -> None:
    """Accept a report: the next run of the project applies it and writes it down."""
    _decide(number, accepted=True, reason=reason, by=by, file=file)


def decline(number: Number, *, reason: Reason, by: By = None, file: ReportFile = FILE) -> None:
    """Decline a report: the facts stay as they are, and the municipality reads why."""
    _decide(number, accepted=False, reason=reason, by=by, file=file)


def _decide(number: str, *, accepted: bool, reason: str, by: str | None, file: Path) -> None:
    from api.cli.output import plain, stdout
    from api.jobs.feedback import decide

    report = decide(
        file,
        _number(number),
        accept=accepted,
        reason=reason,
        by=by or getpass.getuser(),
        now=dt.datetime.now(dt.UTC).replace(microsecond=0),
    )
    text = f"{report.name} was {report.state.value}: {plain(report.reason or '')}"
    stdout().print(text, markup=False, soft_wrap=True)
    if accepted:
        hint = f'A project applies it when it says: corrections = "{file.name}", under [project].'
        stdout().print(hint, markup=False, soft_wrap=True)


def _number(text: str) -> int:
    from api.jobs.feedback_file import number_of
    from gis.errors import InputError, Problem

    number = number_of(text)
    if number is None:
        raise InputError(Problem(f"{text} is no number of a report", "Write it as TM-0012 or 12."))
    return number


def _words(report: Report) -> tuple[str, str]:
    from layers.correctable import CORRECTABLE, word

    column = CORRECTABLE[report.draft.layer][report.draft.field]
    return word(column, report.draft.before, "en"), word(column, report.draft.after, "en")


def _facts(report: Report) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "report": report.name,
        "state": report.state.value,
        **asdict(report.draft),
        "time": report.time.isoformat(),
        "reason": report.reason,
        "decided_by": report.decided_by,
        "decided_at": report.decided_at.isoformat() if report.decided_at else None,
    }
