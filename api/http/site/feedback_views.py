"""From reports and facts to what pages of feedback show, for one visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from api.jobs.feedback_file import State
from api.jobs.park_facts import park_facts
from api.jobs.roles import Role
from layers.correctable import CORRECTABLE, EXISTS, word
from maps.site.feedback import (
    FactView,
    FormView,
    ReportView,
    day,
    fact_groups,
    form_choices,
    label_of,
    number_of_pages,
    page_of,
    state_words,
    subject_of,
)
from maps.site.frame import segment
from maps.site.tables import Paging

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from api.http.site.visit import Visit
    from api.jobs.feedback_file import Report
    from api.jobs.park_facts import Fact, ParkFacts
    from maps.site.feedback import FactGroup

PER_PAGE: Final = 50
MOST_FACTS: Final = 300
"""Facts on one page; a park with more plots has further pages."""
LAYER, OBJECT, FIELD, BEFORE = "laag", "object", "veld", "was"
AFTER, SOURCE, EXPLANATION, REASON = "waarde", "bron", "toelichting", "reden"
ENTRIES: Final = {"after": AFTER, "source": SOURCE, "explanation": EXPLANATION, "reason": REASON}
"""Field of a fault to the entry of the form."""
UNKNOWN: Final = "?"
"""Stands in a form for a value that the release does not know; no value of ours is written so."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One page of the facts of a park."""

    groups: tuple[FactGroup, ...]
    paging: Paging


def own_park(visit: Visit, park_id: str) -> ParkFacts | None:
    """Give a park that this reader may report about; None for every other, and for every other reader."""
    if visit.frame.reader is None or visit.caller.role is not Role.MUNICIPALITY:
        return None
    return park_facts(park_id, visit.caller.scope.territory or (), visit.table)


def report_link(visit: Visit, park_id: str) -> str:
    """Give the address where this reader reports about a park; empty where that cannot be."""
    if visit.house.feedback is None or own_park(visit, park_id) is None:
        return ""
    return visit.frame.url(f"/terreinen/{segment(park_id)}/terugmelden")


def facts_view(visit: Visit, park: ParkFacts, reports: Iterable[Report], number: int) -> Facts:
    """Show the facts of a park with what the release says, and where to correct them."""
    running = {
        (each.draft.layer, each.draft.object_id, each.draft.field): each.name
        for each in reports
        if each.state is State.OPEN and each.draft.municipality == park.municipality
    }
    address = f"/terreinen/{segment(park.park_id)}/terugmelden"
    last = number_of_pages(len(park.facts), MOST_FACTS)
    number = min(number, last)
    chosen: Sequence[Fact] = page_of(park.facts, number, MOST_FACTS)
    views = [_fact(visit, fact, address, running.get(fact.key, "")) for fact in chosen]
    groups = fact_groups(views, [fact.layer for fact in chosen], visit.frame)
    return Facts(groups, paging_of(visit, address, number, last))


def form_view(visit: Visit, park: ParkFacts, fact: Fact) -> FormView:
    """Show the form for one fact."""
    column, frame = fact.column, visit.frame
    hidden = (
        (LAYER, fact.layer),
        (OBJECT, fact.object_id),
        (FIELD, fact.field),
        (BEFORE, UNKNOWN if fact.before is None else fact.before),
    )
    return FormView(
        subject_of(fact.layer, fact.object_id, fact.object_name, frame),
        label_of(fact.layer, fact.field, frame),
        word(column, fact.before, frame.language),
        fact.before is None,
        form_choices(column, fact.field, fact.before, frame),
        fact.field == EXISTS,
        column.unit or "",
        _remark(visit, park, fact),
        hidden,
    )


def report_view(visit: Visit, report: Report) -> ReportView:
    """Show a report to its own municipality or to an editor; only an editor reads who reported."""
    said, frame = report.draft, visit.frame
    column = CORRECTABLE[said.layer][said.field]
    decided = report.decided_at
    editor = visit.caller.role is Role.EDITOR
    return ReportView(
        report.name,
        subject_of(said.layer, said.object_id, said.object_name, frame),
        said.park_id or "",
        label_of(said.layer, said.field, frame),
        word(column, said.before, frame.language),
        word(column, said.after, frame.language),
        said.source,
        said.explanation,
        said.reporter.partition(":")[2] or said.reporter if editor else "",
        _municipality_name(visit, said.municipality),
        said.release,
        day(report.time.date(), frame),
        report.state.value,
        state_words(report.state.value, frame),
        report.reason or "",
        "" if decided is None else day(decided.date(), frame),
    )


def paging_of(visit: Visit, address: str, number: int, last: int) -> Paging:
    """Give where one is in a list."""

    def to(page: int) -> str:
        return visit.frame.url(f"{address}?bladzijde={page}") if 1 <= page <= last else ""

    return Paging(number, last, to(number - 1), to(number + 1))


def page_number(visit: Visit) -> int:
    """Read which page of a list is asked; the first one for anything else than a number."""
    text = visit.request.query_params.get("bladzijde", "1")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) <= 4 and int(text) else 1  # noqa: PLR2004


def _fact(visit: Visit, fact: Fact, address: str, running: str) -> FactView:
    query = urlencode({LAYER: fact.layer, OBJECT: fact.object_id, FIELD: fact.field})
    return FactView(
        subject_of(fact.layer, fact.object_id, fact.object_name, visit.frame),
        label_of(fact.layer, fact.field, visit.frame),
        word(fact.column, fact.before, visit.frame.language),
        fact.before is None,
        visit.frame.url(f"{address}?{query}"),
        running,
    )


def _remark(visit: Visit, park: ParkFacts, fact: Fact) -> str:
    """Say when another fact decides: the category of plots comes before that of the register."""
    plots = any(
        (one.layer, one.field) == ("plots", "max_category") and one.before is not None for one in park.facts
    )
    if (fact.layer, fact.field) != ("parks", "max_category") or not plots:
        return ""
    return visit.text(
        "Dit terrein heeft kavels met een eigen categorie uit het plan, en die gaan voor. Klopt de categorie "
        "van een kavel niet, meld dan die kavel.",
        "This park has plots with a category of their own from the plan, and these come first. Is the "
        "category of a plot wrong, then report that plot.",
    )


def _municipality_name(visit: Visit, code: str) -> str:
    table = visit.table("municipalities")
    if table is None or "name" not in table:
        return code
    found = table.loc[(table["municipality_code"] == code).to_numpy(dtype=bool, na_value=False), "name"]
    return str(found.iloc[0]) if len(found) else code
