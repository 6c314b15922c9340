"""Feedback: a municipality says that a fact is wrong, an editor of the province decides."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from api.http.problems import RequestError, not_found
from api.http.site.feedback_views import (
    AFTER,
    BEFORE,
    ENTRIES,
    EXPLANATION,
    FIELD,
    LAYER,
    OBJECT,
    PER_PAGE,
    REASON,
    SOURCE,
    UNKNOWN,
    facts_view,
    form_view,
    own_park,
    page_number,
    paging_of,
    report_view,
)
from api.http.site.visit import REPORTING, Seen, form_of, page, page_status, redirect, signed_in
from api.jobs.feedback import FeedbackRefusedError, add_report, decide
from api.jobs.feedback_file import (
    LONGEST_EXPLANATION,
    LONGEST_REASON,
    LONGEST_SOURCE,
    Draft,
    State,
    number_of,
)
from api.jobs.park_facts import own_parks
from api.jobs.roles import Role
from gis.errors import InputError
from layers.correctable import Fault
from maps.site.feedback import number_of_pages, page_of
from maps.site.frame import segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api.http.site.visit import Visit
    from api.jobs.feedback import ReportBook
    from api.jobs.feedback_file import Report
    from api.jobs.park_facts import Fact, ParkFacts

READ: Final = ["GET", "HEAD"]
PART_BYTES: Final = 16_000
NO_REPORTS: Final = "Deze dienst neemt geen meldingen aan."
NOT_NOW: Final = "De meldingen kunnen nu niet worden gelezen of bewaard. Probeer het later opnieuw."
NO_PARK: Final = "Er is geen bedrijventerrein met dit nummer waarover u iets kunt melden."
NO_FACT: Final = "Dit gegeven staat niet in deze uitgave, of u kunt het niet corrigeren."
NO_REPORT: Final = "Er is geen melding met dit nummer."
router = APIRouter()


@router.api_route("/terreinen/{park_id}/terugmelden", methods=READ, include_in_schema=False)
def report_form(visit: Seen, park_id: str) -> Response:
    """Give the facts of a park to choose from, or the form for the one that was chosen."""
    book, park = _reporting(visit, park_id)
    asked = visit.request.query_params
    if FIELD not in asked:
        view = facts_view(visit, park, book.of([park.municipality]), page_number(visit))
        return page(visit, "feedback_facts.html", park=park, view=view)
    fact = _fact(park, asked.get(LAYER, ""), asked.get(OBJECT, ""), asked.get(FIELD, ""))
    return page(visit, "feedback_form.html", **_form(visit, park, fact))


@router.post("/terreinen/{park_id}/terugmelden", include_in_schema=False)
async def report(visit: Seen, park_id: str) -> Response:
    """Take a report."""
    book, park = await run_in_threadpool(_reporting, visit, park_id)
    form = await form_of(visit, part_bytes=PART_BYTES)
    given = {
        name: str(form.get(name, "")) for name in (LAYER, OBJECT, FIELD, BEFORE, AFTER, SOURCE, EXPLANATION)
    }
    fact = _fact(park, given[LAYER], given[OBJECT], given[FIELD])
    if given[BEFORE] != (UNKNOWN if fact.before is None else fact.before):
        # a newer release was published since the form was opened
        faults: Sequence[Fault] = (
            Fault(
                "after",
                "De waarde in de uitgave is intussen veranderd. Kijk of uw melding nog nodig is.",
                "The value in the release has changed meanwhile. See whether your report is still needed.",
            ),
        )
    else:
        draft = Draft(
            park.municipality, fact.layer, fact.object_id, fact.field, fact.before, given[AFTER],
            given[SOURCE], visit.caller.name, visit.shown.release.name, fact.object_name, park.park_id,
            given[EXPLANATION],
        )  # fmt: skip
        try:
            kept = await run_in_threadpool(add_report, book.path, draft, visit.request.state.now())
        except FeedbackRefusedError as error:
            faults = error.faults
        except InputError as error:
            raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, NOT_NOW) from error
        else:
            return redirect(visit, f"/terugmeldingen/{kept.name}?ontvangen=ja")
    filled = _form(visit, park, fact, given, faults)
    return page_status(visit, HTTPStatus.UNPROCESSABLE_ENTITY, "feedback_form.html", **filled)


@router.api_route("/terugmeldingen", methods=READ, include_in_schema=False)
def reports(visit: Seen) -> Response:
    """List the reports that the reader may see."""
    if visit.house.feedback is None:
        return page_status(visit, HTTPStatus.NOT_FOUND, "feedback_none.html")
    book = _book(visit)
    found = _visible(visit, book)
    last = number_of_pages(len(found), PER_PAGE)
    number = min(page_number(visit), last)
    editor = visit.caller.role is Role.EDITOR
    return page(
        visit, "feedback_list.html", editor=editor, count=len(found),
        still_open=sum(each.state is State.OPEN for each in found),
        rows=[report_view(visit, each) for each in page_of(found, number, PER_PAGE)],
        parks=() if editor else own_parks(visit.caller.scope.territory or (), visit.table),
        paging=paging_of(visit, "/terugmeldingen", number, last),
    )  # fmt: skip


@router.api_route("/terugmeldingen/{name}", methods=READ, include_in_schema=False)
def one_report(visit: Seen, name: str) -> Response:
    """Give one report: to its municipality as a receipt, to an editor with the form to decide."""
    found = _one(visit, _book(visit), name)
    received = visit.request.query_params.get("ontvangen") == "ja"
    return page(visit, "feedback_report.html", **_decision(visit, found), received=received)


@router.post("/terugmeldingen/{name}", include_in_schema=False)
async def decision(visit: Seen, name: str) -> Response:
    """Accept or decline a report."""
    book = _book(visit)
    found = await run_in_threadpool(_one, visit, book, name)
    if visit.caller.role is not Role.EDITOR:
        raise not_found(NO_REPORT)
    form = await form_of(visit, part_bytes=PART_BYTES)
    chosen, reason = str(form.get("besluit", "")), str(form.get(REASON, ""))
    faults: list[Fault] = []
    if chosen not in {State.ACCEPTED.value, State.DECLINED.value}:
        faults.append(
            Fault("decision", "Kies of u de melding aanvaardt of afwijst.", "Choose to accept or to decline.")
        )
    try:
        if not faults:
            await run_in_threadpool(
                decide, book.path, found.number, accept=chosen == State.ACCEPTED.value, reason=reason,
                by=visit.caller.name, now=visit.request.state.now(),
            )  # fmt: skip
            return redirect(visit, f"/terugmeldingen/{found.name}")
    except FeedbackRefusedError as error:
        faults += error.faults
        found = _one(visit, book, name)
    except InputError as error:
        raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, NOT_NOW) from error
    data = _decision(visit, found, chosen, reason, faults)
    return page_status(visit, HTTPStatus.UNPROCESSABLE_ENTITY, "feedback_report.html", **data, received=False)


def _book(visit: Visit) -> ReportBook:
    """Give the reports for who has any to see; sign in first."""
    if visit.house.feedback is None:
        raise not_found(NO_REPORTS)
    signed_in(visit)
    if visit.caller.role not in REPORTING:
        raise not_found(NO_REPORT)
    return _whole(visit.house.feedback)


def _reporting(visit: Visit, park_id: str) -> tuple[ReportBook, ParkFacts]:
    """Give the reports and a park of the reader; a park of others is one that never was."""
    if visit.house.feedback is None:
        raise not_found(NO_REPORTS)
    signed_in(visit)
    park = own_park(visit, park_id)
    if park is None:
        raise not_found(NO_PARK)
    return _whole(visit.house.feedback), park


def _whole(book: ReportBook) -> ReportBook:
    """Refuse to show a file that cannot be read as one without reports."""
    if not book.is_whole:
        raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, NOT_NOW)
    return book


def _fact(park: ParkFacts, layer: str, object_id: str, field: str) -> Fact:
    fact = park.find(layer, object_id, field)
    if fact is None:
        raise not_found(NO_FACT)
    return fact


def _visible(visit: Visit, book: ReportBook) -> tuple[Report, ...]:
    if visit.caller.role is Role.EDITOR:
        return book.all()
    return book.of(visit.caller.scope.territory or ())


def _one(visit: Visit, book: ReportBook, name: str) -> Report:
    found = book.find(number_of(name))
    if found is None or found.name != name or found not in _visible(visit, book):
        raise not_found(NO_REPORT)
    return found


def _form(
    visit: Visit,
    park: ParkFacts,
    fact: Fact,
    given: dict[str, str] | None = None,
    faults: Sequence[Fault] = (),
) -> dict[str, object]:
    entries = {name: (given or {}).get(name, "") for name in (AFTER, SOURCE, EXPLANATION)}
    return {
        "park": park,
        "view": form_view(visit, park, fact),
        "action": visit.frame.url(f"/terreinen/{segment(park.park_id)}/terugmelden"),
        "filled": entries,
        "longest": {SOURCE: LONGEST_SOURCE, EXPLANATION: LONGEST_EXPLANATION},
        **_wrong(visit, faults),
    }


def _decision(
    visit: Visit, found: Report, chosen: str = "", reason: str = "", faults: Sequence[Fault] = ()
) -> dict[str, object]:
    editor = visit.caller.role is Role.EDITOR
    return {
        "view": report_view(visit, found),
        "editor": editor,
        "deciding": editor and found.state is State.OPEN,
        "chosen": chosen,
        "reason": reason,
        "longest": LONGEST_REASON,
        **_wrong(visit, faults),
    }


def _wrong(visit: Visit, faults: Sequence[Fault]) -> dict[str, object]:
    """Give what is wrong, for the summary and at the entries."""
    told = [(ENTRIES.get(fault.field, "besluit"), visit.text(fault.nl, fault.en)) for fault in faults]
    return {"faults": told, "wrong": dict(reversed(told))}
