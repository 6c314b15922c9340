"""The composer of the choice package: a council's choices in a form, answered with the package as a zip."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from anyio import to_thread
from fastapi import APIRouter, Response
from starlette.datastructures import UploadFile

from api.http.package_rights import package_stems
from api.http.problems import RequestError, not_found
from api.http.site.visit import Seen, form_of, page, page_status
from api.jobs.composing import offers_of, packed
from api.jobs.package import Packer
from gis.errors import InputError
from layers.selection import parse_selection
from layers.selection_file import selection_toml
from maps.site.package import dialect_words, given_of_offers, package_view
from maps.site.package_faults import Fault, faults_of
from maps.site.package_form import choices_of, given_of_form, given_of_selection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from starlette.datastructures import FormData

    from api.http.site.visit import Visit
    from layers.selection import Selection
    from maps.site.package_form import Given
    from maps.site.package_offer import Offer

READ: Final = ["GET", "HEAD"]
NO_PACKAGE: Final = "Er is geen gemeente met deze code in deze uitgave."
TEMPLATE: Final = "package.html"
FILE: Final = "bestand"
FILE_BYTES: Final = 64 * 1024
"""The largest file with choices; one of every block with every parameter is under 10 kB."""
BUSY: Final = (
    "De dienst is nu bezig. Wacht een halve minuut en druk opnieuw op de knop; uw keuzes staan er nog.",
    "The service is busy. Wait half a minute and press the button again; your choices are still there.",
)
ZIP: Final = "application/zip"
TOML: Final = "application/toml"
NEEDED: Final = "park_evidence"
router = APIRouter()


def may_compose(visit: Visit, code: str) -> bool:
    """Tell whether this reader may compose the package of a municipality, by the rule for ready ones."""
    return NEEDED in visit.shown.release.names and code in package_stems(visit.shown)


@dataclass(frozen=True, slots=True, eq=False)
class _Desk:
    """What one request composes with."""

    visit: Visit
    code: str
    packer: Packer
    offers: Sequence[Offer]

    def drawing(self, given: Given, faults: Sequence[Fault] = (), *, loaded: bool = False) -> dict[str, Any]:
        """Give what the template asks for."""
        name = self.packer.names()[self.code]
        return {
            "view": package_view(self.code, name, self.offers, given, faults, self.visit.frame),
            "dialects": dialect_words(self.visit.frame),
            "faults": [(fault.field, fault.text) for fault in faults],
            "loaded": loaded,
        }

    def again(
        self, status: HTTPStatus, given: Given, faults: Sequence[Fault] = (), *, loaded: bool = False
    ) -> Response:
        """Give the form back with everything that was filled in."""
        return page_status(self.visit, status, TEMPLATE, **self.drawing(given, faults, loaded=loaded))


@router.api_route("/gemeenten/{code}/keuzepakket", methods=READ, include_in_schema=False)
def composer(visit: Seen, code: str) -> Response:
    """Give the form."""
    desk = _desk(visit, code)
    return page(visit, TEMPLATE, **desk.drawing(given_of_offers(desk.offers)))


@router.post("/gemeenten/{code}/keuzepakket", include_in_schema=False)
async def compose(visit: Seen, code: str) -> Response:
    """Give the package of what was chosen, the choices as a file, or the form with what is wrong."""
    desk = await to_thread.run_sync(_desk, visit, code)
    form = await form_of(visit, files=1)
    try:
        return await (_loaded(desk, form) if form.get("actie") == "laden" else _composed(desk, form))
    finally:
        await form.close()


async def _composed(desk: _Desk, form: FormData) -> Response:
    """Answer with the package, or with the choices as a file."""
    visit, code = desk.visit, desk.code
    given = given_of_form(_texts(form), desk.packer.blocks)
    raw, selection, faults = choices_of(given, desk.packer.blocks, code, visit.frame.language)
    if faults:
        return await to_thread.run_sync(desk.again, HTTPStatus.UNPROCESSABLE_ENTITY, given, faults)
    if form.get("actie") == "bewaren":
        text = selection_toml(raw, f"Keuzes voor het keuzepakket van {code}, uitgave {visit.frame.release}")
        return _file(text.encode(), TOML, f"keuzes-{package_stems(visit.shown)[code]}.toml")
    try:
        async with visit.house.turns.turn():
            name, content = await to_thread.run_sync(_make, visit, code, selection)
    except RequestError as error:
        # what was filled in is kept in the page
        fault = Fault("", visit.text(*BUSY))
        answer = await to_thread.run_sync(desk.again, error.status, given, (fault,))
        answer.headers.update(error.headers)
        return answer
    return _file(content, ZIP, name)


def _desk(visit: Visit, code: str) -> _Desk:
    """Open what the page is made with; 404 for whom there is no package."""
    if not may_compose(visit, code):
        raise not_found(NO_PACKAGE)
    packer = Packer(visit.shown.release)
    return _Desk(visit, code, packer, offers_of(packer, code))


def _make(visit: Visit, code: str, selection: Selection) -> tuple[str, bytes]:
    return packed(Packer(visit.shown.release, selection=selection), code)


async def _loaded(desk: _Desk, form: FormData) -> Response:
    """Fill in the choices of a file."""
    before, frame = given_of_offers(desk.offers), desk.visit.frame
    refuse = partial(to_thread.run_sync, desk.again, HTTPStatus.UNPROCESSABLE_ENTITY, before)
    file = form.get(FILE)
    content = await file.read(FILE_BYTES + 1) if isinstance(file, UploadFile) else b""
    if not content:
        text = frame.text("Kies eerst een bestand met keuzes.", "Choose a file with choices first.")
        return await refuse((Fault(FILE, text),))
    if len(content) > FILE_BYTES:
        text = frame.text(
            "Dit bestand is te groot om keuzes te bevatten.", "This file is too large to hold choices."
        )
        return await refuse((Fault(FILE, text),))
    try:
        selection = parse_selection(content, desk.packer.blocks)
    except InputError as error:
        faults = faults_of(error.problems, frame.language)
        # nothing of the file is filled in, so nothing in the form is wrong but the file
        return await refuse(tuple(Fault(FILE, fault.text) for fault in faults))
    own = selection.of(desk.code)
    if own is None:
        text = frame.text(
            f"In dit bestand staan geen keuzes van {desk.code}.",
            f"This file holds no choices of {desk.code}.",
        )
        return await refuse((Fault(FILE, text),))
    given = given_of_selection(own, before, desk.packer.blocks)
    return await to_thread.run_sync(partial(desk.again, HTTPStatus.OK, given, loaded=True))


def _texts(form: FormData) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value)
    return found


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, headers=headers, media_type=media)
