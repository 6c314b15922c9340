"""The file of reports by municipalities about facts: what is in it, and that nothing else is."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.jobs.free_text import clean_line, clean_lines
from api.jobs.private_file import LARGEST, read_private, write_private
from api.jobs.roles import CODE
from gis.errors import InputError, Problem
from layers.correctable import CORRECTABLE, EXISTS, NO, YES, Fault, read_value
from layers.corrections import Correction

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LONGEST_SOURCE: Final = 300
LONGEST_EXPLANATION: Final = 1_000
LONGEST_REASON: Final = 500
LONGEST_ID: Final = 200
LONGEST_NAME: Final = 120
_NUMBER: Final = re.compile(r"(?:TM-)?0*([1-9]\d{0,5})", re.IGNORECASE | re.ASCII)


class State(StrEnum):
    """How far a report is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a municipality says of one fact.

    Attributes
    ----------
    municipality
        Code of the municipality that says it.
    layer, object_id, field
        Which fact, see `layers.correctable.CORRECTABLE`.
    object_name, park_id
        What the object is called, and the park where it was reported.
    before
        What the release says, as `layers.correctable.written` gives it.
    after
        What it should be.
    source
        Where the right value can be found; everybody may read it in the next release.
    explanation
        For the province only.
    reporter
        Who reports, as the service knows them; never in a release.
    release
        Name of the release that was looked at.
    """

    municipality: str
    layer: str
    object_id: str
    field: str
    before: str | None
    after: str
    source: str
    reporter: str
    release: str
    object_name: str | None = None
    park_id: str | None = None
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A draft that was sent in.

    Attributes
    ----------
    number
        From 1 on, in the order in which reports came in.
    draft
        What was said.
    time
        When it came in, UTC.
    state, reason, decided_by, decided_at
        What the province made of it; the last three are None while it is open.
    """

    number: int
    draft: Draft
    time: dt.datetime
    state: State = State.OPEN
    reason: str | None = None
    decided_by: str | None = None
    decided_at: dt.datetime | None = None

    @property
    def name(self) -> str:
        """What people call it, such as ``TM-0012``."""
        return f"TM-{self.number:04d}"

    def correction(self) -> Correction:
        """Give it as a correction for a run; an accepted report only."""
        if self.state is not State.ACCEPTED or self.decided_at is None or self.reason is None:
            raise ValueError(f"{self.name} was not accepted")
        said = self.draft
        return Correction(
            self.name,
            said.layer,
            said.object_id,
            said.field,
            said.before,
            said.after,
            said.park_id,
            said.municipality,
            said.source,
            self.reason,
            self.decided_at.date().isoformat(),
        )


def number_of(text: str) -> int | None:
    """Read ``TM-0012`` or ``12``; None when it is neither."""
    found = _NUMBER.fullmatch(text.strip())
    return None if found is None else int(found[1])


def cleaned(draft: Draft) -> tuple[Draft, tuple[Fault, ...]]:
    """Give a draft as it may be kept, and what is wrong with it, in the order of the form."""
    column = CORRECTABLE.get(draft.layer, {}).get(draft.field)
    source, explanation = clean_line(draft.source), clean_lines(draft.explanation)
    faults: list[Fault] = []
    after = draft.after
    if column is None or not _identified(draft):
        faults.append(Fault("field", "Dit veld kunt u niet corrigeren.", "This field cannot be corrected."))
    else:
        read = read_value(column, draft.after)
        after, found = (draft.after, read) if isinstance(read, Fault) else (read, _unchanged(draft, read))
        faults += [] if found is None else [found]
    faults += _length("source", source, 1, LONGEST_SOURCE)
    faults += _length("explanation", explanation, 0, LONGEST_EXPLANATION)
    kept = {
        **asdict(draft),
        "after": after,
        "source": source,
        "explanation": explanation,
        "object_name": None if draft.object_name is None else clean_line(draft.object_name)[:LONGEST_NAME],
        "reporter": clean_line(draft.reporter)[:LONGEST_NAME],
    }
    return Draft(**kept), tuple(faults)


def reason_faults(reason: str) -> list[Fault]:
    """Tell what is wrong with the reason of a decision."""
    return _length("reason", clean_line(reason), 1, LONGEST_REASON)


def read_reports(path: Path) -> tuple[Report, ...]:
    """Read the reports of a file; InputError when it cannot be read, others may read it, or it is damaged."""
    data = read_private(path)
    if data is None:
        return ()
    try:
        items = orjson.loads(data)["reports"]
        reports = tuple(_report_in(item, number) for number, item in enumerate(items, start=1))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            Problem(f"{path} is not a file of reports", "Restore it from a copy, or remove it.")
        ) from error
    return reports


def write_reports(path: Path, reports: Iterable[Report]) -> None:
    """Write the reports of a file; InputError when they no longer fit."""
    body = orjson.dumps({"reports": [_report_out(each) for each in reports]}, option=orjson.OPT_INDENT_2)
    if len(body) > LARGEST:
        # the file could not be read again
        raise InputError(Problem(f"{path} is full", "Move it away, name a new file, and keep the old one."))
    write_private(path, body)


def _identified(draft: Draft) -> bool:
    ids = (draft.object_id, *([] if draft.park_id is None else [draft.park_id]))
    return bool(CODE.fullmatch(draft.municipality)) and all(
        0 < len(each) <= LONGEST_ID and each.isprintable() for each in ids
    )


def _unchanged(draft: Draft, after: str) -> Fault | None:
    if draft.field == EXISTS and (draft.before, after) != (YES, NO):
        return Fault("after", "U kunt alleen melden dat iets weg is.", "You can only report that it is gone.")
    if draft.before == after:
        return Fault("after", "Dit is al de waarde in de uitgave.", "The release says this already.")
    return None


def _length(field: str, text: str, least: int, most: int) -> list[Fault]:
    if len(text) < least:
        return [Fault(field, *_EMPTY[field])]
    if len(text) > most:
        nl = f"Gebruik ten hoogste {most} tekens; dit zijn er {len(text)}."
        return [Fault(field, nl, f"Use at most {most} characters; these are {len(text)}.")]
    return []


_EMPTY: Final = {
    "source": (
        "Schrijf waar de juiste waarde staat, zoals een plan of een besluit.",
        "Say where the right value can be found, such as a plan or a decision.",
    ),
    "reason": ("Geef een reden; de gemeente leest die.", "Give a reason; the municipality reads it."),
}


def _report_out(report: Report) -> dict[str, Any]:
    return {
        "number": report.number,
        **asdict(report.draft),
        "time": report.time.isoformat(),
        "state": report.state.value,
        "reason": report.reason,
        "decided_by": report.decided_by,
        "decided_at": report.decided_at.isoformat() if report.decided_at else None,
    }


def _report_in(item: dict[str, Any], number: int) -> Report:
    draft = Draft(**{name: item[name] for name in Draft.__dataclass_fields__})
    kept, faults = cleaned(draft)
    state = State(item["state"])
    decided_at = None if item["decided_at"] is None else _moment(item["decided_at"])
    report = Report(
        number, draft, _moment(item["time"]), state, item["reason"], item["decided_by"], decided_at
    )
    # what the service wrote is clean; anything else was put there by something else
    if item["number"] != number or faults or kept != draft or not _consistent(report):
        raise ValueError("no report")
    return report


def _consistent(report: Report) -> bool:
    decision = (report.reason, report.decided_by, report.decided_at)
    if report.state is State.OPEN:
        return decision == (None, None, None)
    if None in decision or report.reason is None or report.decided_by is None:
        return False
    texts = (report.reason, report.decided_by)
    return all(clean_line(text) == text for text in texts) and not reason_faults(report.reason)


def _moment(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
