"""Feedback (terugmelding): a municipality corrects a fact, the province decides, the next run applies it.

Reports are kept in one private file. The province accepts or declines each with a reason; the next run of a
project that names the file applies what was accepted and writes it down in the release. Who reported stays in
the file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from api.jobs.feedback_file import (
    LONGEST_NAME,
    Draft,
    Report,
    State,
    cleaned,
    read_reports,
    reason_faults,
    write_reports,
)
from api.jobs.free_text import clean_line
from api.jobs.private_file import locked
from api.jobs.watched import Watched
from gis.errors import InputError, Problem
from layers.correctable import Fault

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    from layers.corrections import Correction

MOST_OPEN: Final = 50
"""Open reports of one municipality."""
MOST: Final = 2_000
"""Reports in one file."""


class FeedbackRefusedError(InputError):
    """A report that cannot be taken; says at which entries of the form, Dutch and English."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__(*(Problem(fault.en.rstrip("."), "Change it and try again.", field=fault.field)
                           for fault in faults))  # fmt: skip


class ReportBook:
    """The reports of a file, read again whenever the file changes; none while it is damaged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Watched[tuple[Report, ...] | None] = Watched(path, read_reports, None)

    @property
    def is_whole(self) -> bool:
        """Whether the file can be used at this moment; without this a damaged one looks empty."""
        return self._file.now() is not None

    def all(self) -> tuple[Report, ...]:
        """Give every report, open ones first and of those the oldest first, then the latest decisions."""
        reports = self._file.now() or ()
        still = [each for each in reports if each.state is State.OPEN]
        done = [each for each in reports if each.state is not State.OPEN]
        return (*still, *sorted(done, key=_decided, reverse=True))

    def of(self, codes: Iterable[str]) -> tuple[Report, ...]:
        """Give the reports of some municipalities, in the same order."""
        own = frozenset(codes)
        return tuple(each for each in self.all() if each.draft.municipality in own)

    def find(self, number: int | None) -> Report | None:
        """Give one report; None when there is none of that number."""
        return next((each for each in self._file.now() or () if each.number == number), None)

    def check(self) -> None:
        """Refuse to start with a file that cannot be used; InputError says why."""
        self._file.check()


def add_report(path: Path, draft: Draft, now: dt.datetime) -> Report:
    """Keep a report.

    Parameters
    ----------
    path
        File of reports; made, readable by its owner only, when absent.
    draft
        What was said. Whether this reporter may speak of that object is for the caller to know.
    now
        This moment.

    Raises
    ------
    FeedbackRefusedError
        For a field that may not be corrected, a value that does not fit it, texts that are missing or too
        long, a fact about which this municipality has an open report, and too many open reports.
    InputError
        When the file is damaged, full or cannot be written.
    """
    kept, faults = cleaned(draft)
    if faults:
        raise FeedbackRefusedError(*faults)
    with locked(path):
        reports = read_reports(path)
        fault = _too_many(reports, kept)
        if fault is not None:
            raise FeedbackRefusedError(fault)
        report = Report(len(reports) + 1, kept, now)
        write_reports(path, (*reports, report))
    return report


def decide(path: Path, number: int, *, accept: bool, reason: str, by: str, now: dt.datetime) -> Report:
    """Accept or decline an open report.

    Parameters
    ----------
    path
        File of reports.
    number
        Of the report.
    accept
        Whether the next run applies it.
    reason
        Why; the municipality reads it, and everybody does in a release when the report is accepted.
    by
        Who decides, in the file only.
    now
        This moment.

    Raises
    ------
    FeedbackRefusedError
        Without a reason or with one that is too long, and for a report that was decided before.
    InputError
        When there is no report of that number, or the file cannot be used.
    """
    faults = reason_faults(reason)
    if faults:
        raise FeedbackRefusedError(*faults)
    state = State.ACCEPTED if accept else State.DECLINED
    with locked(path):
        reports = read_reports(path)
        found = next((each for each in reports if each.number == number), None)
        if found is None:
            raise InputError(Problem(f"There is no report {number}", "Run: kringruimte feedback list"))
        if found.state is not State.OPEN:
            raise FeedbackRefusedError(
                Fault("decision", f"{found.name} is al beoordeeld.", f"{found.name} was decided before.")
            )
        decided = replace(
            found,
            state=state,
            reason=clean_line(reason),
            decided_by=clean_line(by)[:LONGEST_NAME],
            decided_at=now,
        )
        write_reports(path, [decided if each.number == number else each for each in reports])
    return decided


def accepted_corrections(reports: Iterable[Report]) -> tuple[Correction, ...]:
    """Give what was accepted, in the order of the decisions, so that a later one goes on from an earlier."""
    accepted = [each for each in reports if each.state is State.ACCEPTED]
    return tuple(each.correction() for each in sorted(accepted, key=_decided))


def _decided(report: Report) -> tuple[dt.datetime, int]:
    return (report.decided_at or report.time, report.number)


def _too_many(reports: tuple[Report, ...], draft: Draft) -> Fault | None:
    """Refuse what is there already or would flood the province."""
    still = [each for each in reports if each.state is State.OPEN]
    subject = (draft.municipality, draft.layer, draft.object_id, draft.field)
    for each in still:
        said = each.draft
        if (said.municipality, said.layer, said.object_id, said.field) == subject:
            return Fault(
                "after",
                f"Over dit gegeven loopt al een melding van uw gemeente: {each.name}.",
                f"There is an open report of your municipality about this fact already: {each.name}.",
            )
    if Counter(each.draft.municipality for each in still)[draft.municipality] >= MOST_OPEN:
        return Fault(
            "after",
            f"Uw gemeente heeft {MOST_OPEN} open meldingen. Wacht tot de provincie er een paar beoordeelt.",
            f"Your municipality has {MOST_OPEN} open reports. Wait until the province has decided on some.",
        )
    if len(reports) >= MOST:
        return Fault(
            "after",
            "De lijst met meldingen is vol. Neem contact op met de provincie.",
            "The list of reports is full. Please contact the province.",
        )
    return None
