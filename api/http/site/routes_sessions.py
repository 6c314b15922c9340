"""The pages of sessions: which ones, the screen of one with its steps, and its minutes as text."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from analysis.reservation.classes import PLANNED
from api.http.logs import FIELDS
from api.http.problems import RequestError, not_found
from api.http.site.maps import bounds_of, map_about
from api.http.site.session_view import HERE, Names, minute_rows, minutes_text, session_view
from api.http.site.session_worker import CalculationError, Question
from api.http.site.visit import Seen, form_of, page_status, redirect, signed_in
from api.jobs.derive import parameters_of
from api.jobs.minutes import StaleStepError, check_seen, read_asked, read_steps, replay, take_step
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from starlette.datastructures import FormData

    from api.http.site.session_worker import Calculator
    from api.http.site.visit import Visit
    from api.jobs.minutes import Asked, Step
    from api.jobs.sessions import Session

READ: Final = ["GET", "HEAD"]
NO_SESSION: Final = "Deze sessie bestaat niet, of u neemt er nu niet aan deel."
PLAN: Final = "reservation_plan"
PROPOSAL: Final = "proposal"
SAME_WEIGHTS: Final = "Dit zijn de gewichten die er al gelden."
NO_MINUTES: Final = (
    "De notulen van deze sessie kunnen nu niet worden gelezen of geschreven. Er is geen stap gezet. "
    "Meld het aan de beheerder van de dienst."
)
WEIGHT: Final = "gewicht_"
LOG: Final = logging.getLogger("kring.sessions")

router = APIRouter()


@router.api_route("/sessies", methods=READ, include_in_schema=False)
def sessions(visit: Seen) -> Response:
    """List the sessions that the reader takes part in now."""
    signed_in(visit)
    for session in visit.caller.sessions:
        if session.release == visit.shown.release.name:
            _warm(visit, session)
    rows = [
        {
            "name": one.name,
            # the screen of a session belongs to the release that it is about
            "href": replace(visit.frame, root=f"/releases/{one.release}").url(f"/sessies/{one.id}"),
            "until": f"{one.until.astimezone(HERE):%d-%m-%Y}",
            "release": one.release,
        }
        for one in sorted(visit.caller.sessions, key=lambda one: (one.until, one.id))
    ]
    return page_status(visit, HTTPStatus.OK, "sessions.html", rows=rows)


@router.api_route("/sessies/{session_id}", methods=READ, include_in_schema=False)
def session_screen(visit: Seen, session_id: str) -> Response:
    """Give the screen of a session."""
    session = _session(visit, session_id)
    _warm(visit, session)
    return _screen(visit, session, HTTPStatus.OK)


@router.post("/sessies/{session_id}", include_in_schema=False)
async def take(visit: Seen, session_id: str) -> Response:
    """Take a step in a session."""
    session = _session(visit, session_id)
    form = await form_of(visit, part_bytes=2_000)
    return await run_in_threadpool(_taken, visit, session, form)


@router.api_route("/sessies/{session_id}/notulen", methods=READ, include_in_schema=False)
def minutes(visit: Seen, session_id: str) -> Response:
    """Give the minutes of a session as text."""
    session = _session(visit, session_id)
    steps = _steps(visit, session)
    rows = minute_rows(steps, _weights(visit), _names(visit))
    return Response(
        minutes_text(session, rows, visit.frame),
        media_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="notulen-{session.id}.txt"',
            "Cache-Control": "private, no-store",
            "Vary": "Authorization, Cookie",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _session(visit: Visit, session_id: str) -> Session:
    """Give a session that the reader takes part in now; the same answer for all others."""
    signed_in(visit)
    wanted = (session_id, visit.shown.release.name)
    found = next((one for one in visit.caller.sessions if (one.id, one.release) == wanted), None)
    if found is None:
        raise not_found(NO_SESSION)
    return found


def _can_step(visit: Visit, session: Session) -> bool:
    house = visit.house
    return house.minutes is not None and house.calculator is not None and PLAN in session.layers


def _warm(visit: Visit, session: Session) -> None:
    """Let the calculation start while the reader reads."""
    if _can_step(visit, session) and visit.house.calculator is not None:
        visit.house.calculator.warm(visit.shown.release.path)


def _steps(visit: Visit, session: Session) -> tuple[Step, ...]:
    if visit.house.minutes is None:
        return ()
    try:
        return read_steps(visit.house.minutes, session)
    except InputError as error:
        raise _broken(error) from error


def _broken(error: InputError) -> RequestError:
    """Say that the file is not usable; what it is called is for the log of the service."""
    LOG.error("minutes of a session cannot be used", extra={FIELDS: {"problem": str(error)}})
    return RequestError(HTTPStatus.SERVICE_UNAVAILABLE, NO_MINUTES)


def _taken(visit: Visit, session: Session, form: FormData) -> Response:
    """Take the step that a form asks; what is wrong stands on the page and is not recorded."""
    folder, calculator = visit.house.minutes, visit.house.calculator
    if folder is None or calculator is None or PLAN not in session.layers:
        raise not_found(NO_SESSION)
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        asked = _asked_in(given)
        _calculated(visit, session, asked, given.get("stap", ""), folder, calculator)
    except StaleStepError as error:
        return _screen(visit, session, HTTPStatus.CONFLICT, given=given, errors=[("", str(error))])
    except CalculationError as error:
        return _screen(visit, session, HTTPStatus.SERVICE_UNAVAILABLE, given=given, errors=[("", str(error))])
    except InputError as error:
        if any(problem.repair for problem in error.problems):
            # no line of ours for who takes the step, but a file that cannot be read or written
            raise _broken(error) from error
        errors = [(problem.field or "", problem.message) for problem in error.problems]
        return _screen(visit, session, HTTPStatus.UNPROCESSABLE_ENTITY, given=given, errors=errors)
    return redirect(visit, f"/sessies/{session.id}#uitkomst")


def _asked_in(given: Mapping[str, str]) -> Asked:
    # a button in the table says all in its value
    row = given.get("rij", "").split(" ")
    if len(row) == 3:  # noqa: PLR2004 (what, site and function)
        return read_asked(row[0], row[1], row[2])
    weights = {name.removeprefix(WEIGHT): value for name, value in given.items() if name.startswith(WEIGHT)}
    return read_asked(given.get("doe", ""), given.get("plek", ""), given.get("functie", ""), weights)


def _calculated(
    visit: Visit, session: Session, asked: Asked, seen: str, folder: Path, calculator: Calculator
) -> None:
    """Calculate a step and record it; nothing is recorded when anything is wrong."""
    steps = read_steps(folder, session)
    # looked at before anything is computed, and once more when it is recorded
    number = int(seen) if seen.isdecimal() and len(seen) < 7 else -1  # noqa: PLR2004
    check_seen(steps, number)
    now = replay(steps)
    if asked.action == "weights":
        known = _weights(visit)
        if set(asked.weights) != set(known):
            raise InputError(Problem("Vul alle gewichten in.", "", field="doe"))
        if dict(asked.weights) == {**known, **now.weights}:
            raise InputError(Problem(SAME_WEIGHTS, "", field="doe"))
    state = now.after(asked)
    before = steps[-1].outcome["plan"] if steps else None
    fresh = asked.site if asked.action in {"lock_in", "lock_out"} else ""
    path = visit.shown.release.path
    # a step without a new lock has nothing to check again
    question = Question(path, state, session.territory, before, fresh)
    outcome = calculator.answer(question)
    moment = visit.request.state.now()
    take_step(folder, session, asked, outcome, seen=number, caller=visit.caller.name, now=moment)


def _screen(
    visit: Visit,
    session: Session,
    status: HTTPStatus,
    *,
    given: Mapping[str, str] | None = None,
    errors: Sequence[tuple[str, str]] = (),
) -> Response:
    names = _names(visit)
    steps = _steps(visit, session)
    plan = _plan(visit, session)
    view = session_view(session, steps, plan, _weights(visit), names)
    return page_status(
        visit,
        status,
        "session.html",
        view=view,
        map=map_about(
            visit,
            bounds_of(visit, "municipalities", "municipality_code", session.territory),
            session.name,
            share=False,
        ),
        functions=sorted(names.functions.items()),
        can_step=_can_step(visit, session) and plan is not None,
        given=dict(given or {}),
        errors=[(field, _in_dutch(visit, text)) for field, text in errors],
        wrong={field for field, _ in errors},
    )


def _in_dutch(visit: Visit, text: str) -> str:
    """Mark a refusal on a page in English as the Dutch that it is."""
    return Markup('<span lang="nl">{}</span>').format(text) if visit.frame.language == "en" else text


def _plan(visit: Visit, session: Session) -> list[dict[str, Any]] | None:
    """Give the places of the territory as the release has them; None when the session shares no plan."""
    table = visit.table(PLAN) if PLAN in session.layers else None
    if table is None:
        return None
    own = table[(table["plan"] == PROPOSAL) & table["municipality_code"].isin(session.territory)]
    rows = own.rename(columns={"last_ha": "hectares"}).sort_values("site_id").to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _weights(visit: Visit) -> dict[str, float]:
    """Give the weights of the release."""
    weights = parameters_of(visit.shown.release).reservation.weights
    return {str(name): float(value) for name, value in weights.items()}


def _names(visit: Visit) -> Names:
    towns = visit.table("municipalities")
    municipalities = (
        {}
        if towns is None
        else dict(zip(towns["municipality_code"].astype(str), towns["name"].astype(str), strict=True))
    )
    english = visit.frame.language == "en"
    return Names(visit.frame, _functions(visit, english=english), municipalities)


def _functions(visit: Visit, *, english: bool) -> dict[str, str]:
    """Name the functions: as the release does where the reader sees that, else as the product does."""
    column = "name_en" if english else "name_nl"
    table = visit.table("reservation_functions")
    if table is None:
        return {code: names[english] for code, names in _shipped().items()}
    rows = table[table["role"] == PLANNED].drop_duplicates("function_id")
    return dict(zip(rows["function_id"].astype(str), rows[column].astype(str), strict=True))


@cache
def _shipped() -> Mapping[str, tuple[str, str]]:
    from analysis.space.functions import load_catalogue

    functions = load_catalogue().functions
    return {code: (one.name_nl, one.name_en) for code, one in functions.items()}
