"""The plan test: give a polygon, read what it costs. Nothing of it is kept."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Response
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.http.problems import RequestError, not_found
from api.http.site.maps import map_of
from api.http.site.visit import Seen, check_origin, check_token, page, page_status
from api.jobs.plan_answer import TABLES, PlanAnswer, Sight, answer_plan
from api.jobs.plan_refused import MAX_BYTES, PolygonError
from api.jobs.plan_upload import READ_AS, Drawn, read_text, read_upload
from gis.errors import ReleaseError
from layers.schema import Level
from maps.site.plan_picture import draw_plan
from maps.site.plan_test import (
    Answer,
    Form,
    as_text,
    categories_table,
    figures_table,
    form_view,
    lead_of,
    parks_table,
    place_of,
    rules_of,
)
from maps.site.words import procedure

if TYPE_CHECKING:
    from starlette.requests import Request

    from api.http.site.visit import Visit
    from maps.site.map_state import MapState

READ: Final = ["GET", "HEAD"]
FILE, TEXT, PARK, PLOT = "bestand", "grens", "terrein", "kavel"
LAYERS: Final = {PARK: "parks", PLOT: "plots"}
MAP_LAYERS: Final = ("park_evidence", "municipalities")
FIELDS: Final = 8
ID_LENGTH: Final = 200
NO_PAGE: Final = "Deze pagina bestaat niet."
OLD_RELEASE: Final = "Deze uitgave is met een andere versie gemaakt. Toets het plan op de nieuwste uitgave."
UNREADABLE: Final = (
    "Het formulier kan niet worden gelezen. Laad de pagina opnieuw en verstuur het nog een keer."
)
SEVERAL: Final = (
    "U hebt het plan op meer dan één manier gegeven. Laat er één staan en maak de andere leeg.",
    "You gave the plan in more than one way. Keep one and empty the others.",
)
router = APIRouter()


class _InMemory(MultiPartParser):
    """Reads forms without a file on disk: the service has bounded the body before."""

    spool_max_size = 1024**3


@router.api_route("/plantoets", methods=READ, include_in_schema=False)
def plan_form(visit: Seen) -> Response:
    """Give the form; ``terrein`` or ``kavel`` in the address fill it in."""
    given = visit.request.query_params
    form = _form(visit, park=given.get(PARK, "")[:ID_LENGTH], plot=given.get(PLOT, "")[:ID_LENGTH])
    return page(visit, "plan_test.html", form=form, errors=[], map=_map(visit))


@router.post("/plantoets", include_in_schema=False)
async def plan_test(visit: Seen) -> Response:
    """Test a plan."""
    check_origin(visit.request)
    given = await _given(visit.request)
    check_token(visit, str(given.get("token", "")))
    fields = {name: str(given.get(name, "")).strip() for name in (TEXT, PARK, PLOT)}
    upload = given.get(FILE)
    data = await upload.read() if isinstance(upload, UploadFile) else b""
    await given.close()
    if sum(map(bool, (data, *fields.values()))) > 1:
        return _refused(visit, fields, TEXT if fields[TEXT] else PARK, visit.text(*SEVERAL))
    field = next((name for name, value in fields.items() if value), FILE)

    def work() -> tuple[Drawn, PlanAnswer]:
        drawn = _drawn(visit, field, data, fields[field] if field != FILE else "")
        return drawn, _answer(visit, drawn)

    try:
        drawn, answer = await visit.house.plans.work(work)
    except PolygonError as error:
        return _refused(visit, fields, field, visit.text(error.nl, error.en))
    except ReleaseError as error:
        raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, OLD_RELEASE) from error
    read_as = "" if field in LAYERS else visit.text(*READ_AS[drawn.read_as])
    view = _view(visit, answer, read_as)
    return page_status(visit, HTTPStatus.OK, "plan_test_answer.html", view=view)


async def _given(request: Request) -> FormData:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise RequestError(HTTPStatus.BAD_REQUEST, UNREADABLE)
    parser = _InMemory(
        request.headers, request.stream(), max_files=1, max_fields=FIELDS, max_part_size=MAX_BYTES + 1
    )
    try:
        return await parser.parse()
    except MultiPartException as error:
        raise RequestError(HTTPStatus.BAD_REQUEST, UNREADABLE) from error


def _form(visit: Visit, **filled: str) -> Form:
    sight = sight_of(visit)
    uncounted = not (sight.everywhere or sight.codes or sight.signed_in)
    form = form_view(visit.shelf, uncounted=uncounted, **filled)
    if form is None:
        raise not_found(NO_PAGE)
    return form


def _refused(visit: Visit, fields: dict[str, str], field: str, text: str) -> Response:
    form = _form(visit, text=fields[TEXT], park=fields[PARK], plot=fields[PLOT][:ID_LENGTH])
    errors = [(field, text)]
    return page_status(
        visit, HTTPStatus.UNPROCESSABLE_ENTITY, "plan_test.html", form=form, errors=errors, map=_map(visit)
    )


def _map(visit: Visit) -> MapState:
    """Make the map on which a plan can be drawn."""
    title = visit.text("Teken het plan op de kaart", "Draw the plan on the map")
    return map_of(visit, MAP_LAYERS, title=title, usual=MAP_LAYERS, embedded=True, share=False)


def _drawn(visit: Visit, field: str, data: bytes, value: str) -> Drawn:
    if field == FILE:
        return read_upload(data)
    if field == TEXT:
        return read_text(value)
    polygon = place_of(visit.shelf, LAYERS[field], value)
    if polygon is None:
        raise PolygonError("unknown_place")
    return Drawn(polygon, "rd", stated=True)


def _answer(visit: Visit, drawn: Drawn) -> PlanAnswer:
    tables = {name: table for name in TABLES if (table := visit.table(name)) is not None}
    if "parks" not in tables or "municipalities" not in tables:
        raise not_found(NO_PAGE)
    status = visit.frame.status
    words = (procedure(status, "nl"), procedure(status, "en"))
    return answer_plan(drawn.polygon, tables, visit.shown.release, sight_of(visit), words)


def sight_of(visit: Visit) -> Sight:
    """Tell how far the reader of a page sees homes and firms."""
    scope = visit.shown.scope
    everywhere = scope.territory is None and scope.level.allows(Level.PROVINCE)
    codes = scope.territory if scope.level.allows(Level.MUNICIPALITY) else None
    return Sight(everywhere, codes or frozenset(), visit.frame.reader is not None)


def _view(visit: Visit, answer: PlanAnswer, read_as: str) -> Answer:
    frame, shelf = visit.frame, visit.shelf
    overlap: dict[str, Any] = next(row for row in answer.figures if row["figure"] == "parks_overlap")
    rules = rules_of(answer.rules, frame)
    return Answer(
        lead=lead_of(answer.figures, rules, frame),
        figures=figures_table(answer.figures, shelf, frame),
        categories=categories_table(answer.by_category, float(overlap["low"]), frame),
        parks=parks_table(answer.parks, shelf, frame),
        rules=rules,
        paragraph=answer.paragraph[frame.language],
        translation=answer.paragraph["nl" if frame.language == "en" else "en"],
        limits=answer.limits[frame.language],
        read_as=read_as,
        picture=draw_plan(answer.polygon, answer.surroundings),
        text=as_text(answer.polygon),
    )
