"""What belongs to no release: signing in and out, the accessibility statement, style sheet and scripts."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from api.http.access.signing_in import cookie_name
from api.http.answers import house_of
from api.http.problems import add_handlers, not_found
from api.http.site.language import InLanguage
from api.http.site.visit import check_origin, drawn, frame_of, read_form
from api.jobs.audit import Seen, note
from maps.site.frame import ENGLISH
from maps.site.statics import static_files

if TYPE_CHECKING:
    from api.http.answers import House
    from api.jobs.keys import Key

OUTSIDE: Final = re.compile(rf"(?:{ENGLISH})?/(?:inloggen|uitloggen|toegankelijkheid)|/statisch/.*")
READ: Final = ["GET", "HEAD"]
FOR_EVER: Final = "public, max-age=31536000, immutable"
_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1000}")
"""An address within this service: no other host, nothing unprintable, no backslash."""

router = APIRouter()


def create_outside(house: House) -> InLanguage:
    """Make the application of what belongs to no release."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.house = house
    add_handlers(app)
    app.include_router(router)
    return InLanguage(app)


@router.api_route("/statisch/{digest}/{name}", methods=READ)
def static(digest: str, name: str) -> Response:
    """Give a file; its address holds what it holds, so it may be kept for ever."""
    found = static_files().get(name)
    if found is None or found.digest != digest:
        raise not_found("Dit bestand bestaat niet.")
    headers = {"Cache-Control": FOR_EVER, "ETag": f'"{found.digest}"', "Content-Type": found.media}
    return Response(found.body, headers=headers)


@router.api_route("/toegankelijkheid", methods=READ)
def accessibility(request: Request) -> Response:
    """Give the accessibility statement."""
    return drawn(request, frame_of(request, None), "accessibility.html")


@router.api_route("/inloggen", methods=READ)
def sign_in_form(request: Request) -> Response:
    """Give the form to sign in with a key."""
    house = house_of(request)
    if house.sign_in is None:
        raise not_found("Bij deze dienst kan niemand inloggen.")
    onward = onward_of(request.query_params.get("verder", ""), "/")
    return drawn(request, frame_of(request, None), "sign_in.html", onward=onward, wrong="")


@router.post("/inloggen")
async def sign_in(request: Request) -> Response:
    """Sign in."""
    house = house_of(request)
    if house.sign_in is None or house.keys is None:
        raise not_found("Bij deze dienst kan niemand inloggen.")
    check_origin(request)
    form = await read_form(request, part_bytes=2_000)
    onward = onward_of(str(form.get("verder", "")), "/")
    now = request.state.now()
    key = await run_in_threadpool(house.keys.find, str(form.get("sleutel", "")).strip(), now)
    frame = frame_of(request, None)
    if key is None:
        wrong = frame.text(
            "Deze sleutel is niet geldig. Kijk of u hem helemaal hebt overgenomen, "
            "of vraag de provincie om een nieuwe.",
            "This key is not valid. See whether you copied all of it, or ask the province for a new one.",
        )
        return drawn(
            request, frame, "sign_in.html", HTTPStatus.UNPROCESSABLE_ENTITY, onward=onward, wrong=wrong
        )
    await run_in_threadpool(_noted, house, key, "sign-in", request)
    encrypted = bool(getattr(request.state, "encrypted", False))
    answer = Response(
        status_code=HTTPStatus.SEE_OTHER, headers={"Location": onward, "Cache-Control": "no-store"}
    )
    answer.set_cookie(
        cookie_name(encrypted=encrypted),
        house.sign_in.cookie(key, now),
        max_age=int(house.sign_in.lasts.total_seconds()),
        path="/",
        secure=encrypted,
        httponly=True,
        samesite="lax",
    )
    return answer


@router.post("/uitloggen")
def sign_out(request: Request) -> Response:
    """Sign out in this browser; no token is asked for: at worst somebody has to sign in again."""
    check_origin(request)
    encrypted = bool(getattr(request.state, "encrypted", False))
    where = frame_of(request, None).url("/")
    answer = Response(
        status_code=HTTPStatus.SEE_OTHER, headers={"Location": where, "Cache-Control": "no-store"}
    )
    answer.delete_cookie(
        cookie_name(encrypted=encrypted), path="/", secure=encrypted, httponly=True, samesite="lax"
    )
    # what the browser keeps of pages for this reader goes as well
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def onward_of(text: str, otherwise: str) -> str:
    """Give where to go after signing in: an address within this service, whatever was asked for."""
    return text if _PATH.fullmatch(text) else otherwise


def _noted(house: House, key: Key, action: str, request: Request) -> None:
    """Write down who signed in; what cannot be noted is not done (InputError)."""
    if house.audit is not None:
        seen = Seen(f"key:{key.name}", key.role.value, action, "/inloggen", "", "", HTTPStatus.SEE_OTHER)
        note(house.audit, seen, request.state.now())
