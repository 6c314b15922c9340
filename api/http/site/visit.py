"""One visit of a page: who reads which release, and the answer with all its headers."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData  # noqa: TC002 - part of what routes annotate

from api.http import answers, documents
from api.http.access.signing_in import cookie_in
from api.http.answers import caller_of, digest, house_of, shown_of
from api.http.caching import Coding, choose_coding, compress
from api.http.problems import RequestError
from api.http.shown import Shown  # noqa: TC001 - FastAPI reads the annotation
from api.jobs.roles import Role
from maps.site.drawing import draw
from maps.site.frame import ENGLISH, Frame, Reader
from maps.site.shelf import Shelf
from maps.site.statics import statics_digest
from maps.site.words import Values

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from api.http.access.caller import Caller
    from api.http.answers import House
    from api.http.snapshot import FeatureCollection
    from maps.site.frame import Language

FORM_BYTES: Final = 64 * 1024
"""The largest text of one field of a form."""
MOST_FIELDS: Final = 400
REFUSED_FORM: Final = (
    "Dit formulier is niet meer geldig. Ga terug, laad de pagina opnieuw en verstuur het nog een keer."
)
SIGN_IN: Final = "/inloggen"
REPORTING: Final = frozenset({Role.MUNICIPALITY, Role.EDITOR})
"""Who has reports about facts to see: a municipality its own, an editor all of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """One visit.

    Attributes
    ----------
    request
        As it came.
    shown
        What the reader sees of the release.
    house
        What the service has beside it.
    caller
        Who reads.
    frame
        What surrounds the content of the page.
    """

    request: Request
    shown: Shown
    house: House
    caller: Caller
    frame: Frame

    @property
    def collections(self) -> Mapping[str, FeatureCollection]:
        """Layers and tables that the reader may see."""
        return self.shown.snapshot.collections

    def table(self, name: str) -> pd.DataFrame | gpd.GeoDataFrame | None:
        """Give a table as far as the reader may see it; None when there is none for this reader."""
        found = self.collections.get(name)
        return None if found is None else found.source.table()

    @property
    def shelf(self) -> Shelf:
        """All tables that the reader may see, as rows."""
        return shelf_of(self.shown)

    @property
    def values(self) -> Values:
        """Writes values in the language of the page."""
        return Values(self.shown.snapshot.view, self.frame.language)

    def text(self, dutch: str, english: str) -> str:
        """Give the text of the page's language."""
        return self.frame.text(dutch, english)


def shelf_of(shown: Shown) -> Shelf:
    """Give all tables of a release as far as a reader may see them."""
    found = shown.snapshot.collections
    return Shelf(
        {name: item.layer for name, item in found.items()},
        {name: item.columns for name, item in found.items()},
        lambda name: found[name].source.table(),
    )


async def visit_of(request: Request, shown: Annotated[Shown, Depends(shown_of)]) -> Visit:
    """Give the visit of a page of a release; a dependency of its routes."""
    return Visit(request, shown, house_of(request), caller_of(request), frame_of(request, shown))


Seen = Annotated[Visit, Depends(visit_of)]


def frame_of(request: Request, shown: Shown | None) -> Frame:
    """Make the frame of a page.

    Parameters
    ----------
    request
        As it came.
    shown
        None for a page that belongs to no release.
    """
    house, caller, root = house_of(request), caller_of(request), request.scope.get("root_path", "")
    outer = root.removesuffix(ENGLISH)
    named = bool(getattr(request.state, "named", False)) and shown is not None
    release = f"/releases/{shown.release.name}" if named and shown is not None else ""
    base = outer.removesuffix(release) if house.public_url is None else urlsplit(house.public_url).path
    cookie = _cookie(request)
    known = caller.name and caller.role is not Role.PUBLIC
    language: Language = "en" if getattr(request.state, "language", "nl") == "en" else "nl"
    about = {} if shown is None else _about(shown)
    return Frame(
        language=language,
        base=base,
        root=release,
        path=quote(request.scope["path"].removeprefix(root) or "/", safe="/"),
        query=request.url.query,
        reader=_reader(caller) if known else None,
        token=house.sign_in.token(cookie) if known and cookie and house.sign_in is not None else "",
        can_sign_in=house.sign_in is not None,
        reports=bool(known) and house.feedback is not None and caller.role in REPORTING,
        **about,
    )


def _about(shown: Shown) -> dict[str, str]:
    project = shown.snapshot.project
    return {
        "title": str(project["name"]),
        "authority": str(project.get("authority") or ""),
        "note": documents.sample_note(shown.snapshot),
        "release": shown.release.name,
        "status": str(project.get("procedure_status") or "exploration"),
        "date": str(project.get("reference_date") or ""),
    }


def _reader(caller: Caller) -> Reader:
    name = caller.name.partition(":")[2]
    return Reader(name, caller.role.value, tuple(sorted(caller.scope.territory or ())))


def page(visit: Visit, template: str, **data: Any) -> Response:
    """Answer with a page; what is for everybody may be kept, what is for a reader is not.

    `data` must follow from the address, the release, the reader and how the service is set up.
    """
    if visit.frame.reader is not None or not visit.shown.scope.is_public:
        policy = content_security_policy(visit.house)
        return drawn(visit.request, visit.frame, template, policy=policy, **data)
    house = visit.house
    flags = [house.sign_in, house.sessions, house.jobs, house.packages]
    state = digest(f"{statics_digest()} {[flag is not None for flag in flags]} {house.ground}".encode())
    policy = content_security_policy(house)
    return answers.send(
        visit.request, visit.shown, documents.PAGE,
        lambda: draw(template, visit.frame, **data).encode(),
        extra={"Content-Security-Policy": policy, "Referrer-Policy": REFERRER}, state=state,
    )  # fmt: skip


def page_status(visit: Visit, status: HTTPStatus, template: str, **data: Any) -> Response:
    """Answer with a page that is not kept, such as a form with what is wrong with it."""
    policy = content_security_policy(visit.house)
    return drawn(visit.request, visit.frame, template, status, policy=policy, **data)


REFERRER: Final = "same-origin"
"""Pages tell where one comes from to this service only; with less, browsers would not say so of forms."""


def content_security_policy(house: House) -> str:
    """Give the policy of our pages: what this service serves itself, and a background where one is set."""
    ground = "" if house.ground is None else f" https://{urlsplit(house.ground.address).netloc}"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{ground}; "
        f"connect-src 'self'{ground}; font-src 'self'; worker-src blob: 'self'; child-src blob:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def drawn(
    request: Request,
    frame: Frame,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    policy: str = "",
    **data: Any,
) -> Response:
    """Answer with a page for one reader, now."""
    coding = choose_coding(request.headers.get("accept-encoding"))
    body = compress(draw(template, frame, **data).encode(), coding)
    headers = {
        **({} if coding is Coding.IDENTITY else {"Content-Encoding": coding.value}),
        "Content-Security-Policy": policy or content_security_policy_of_all(),
        "Referrer-Policy": REFERRER,
        "Cache-Control": "private, no-store",
        "Vary": "Accept-Encoding, Authorization, Cookie",
    }
    return Response(body, status.value, headers=headers, media_type=documents.PAGE)


def content_security_policy_of_all() -> str:
    """Give the policy of pages that belong to no release."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def signed_in(visit: Visit) -> Reader:
    """Give who is signed in, or send the reader to the page where one signs in and back."""
    if visit.frame.reader is not None:
        return visit.frame.reader
    where = f"{visit.frame.outside(SIGN_IN)}?verder={quote(visit.frame.here, safe='')}"
    raise RequestError(HTTPStatus.SEE_OTHER, "Log eerst in.", headers={"Location": where})


def redirect(visit: Visit, path: str) -> Response:
    """Send the reader on after a form was taken, so that loading again sends nothing twice."""
    headers = {"Location": visit.frame.url(path), "Cache-Control": "no-store"}
    return Response(status_code=HTTPStatus.SEE_OTHER, headers=headers)


async def form_of(visit: Visit, *, files: int = 0, part_bytes: int = FORM_BYTES) -> FormData:
    """Read a form of a page of ours.

    Parameters
    ----------
    visit
        Of the page that the form was sent to.
    files
        How many files it may hold.
    part_bytes
        The largest field, bytes.

    Raises
    ------
    RequestError
        403 when it was not made for this reader on a page of this service, 400 when it cannot be read.
    """
    check_origin(visit.request)
    form = await read_form(visit.request, files=files, part_bytes=part_bytes)
    check_token(visit, str(form.get("token", "")))
    return form


async def read_form(request: Request, *, files: int = 0, part_bytes: int = FORM_BYTES) -> FormData:
    """Read a form, whoever sent it; RequestError 400 when it is none."""
    from starlette.exceptions import HTTPException

    try:
        return await request.form(max_files=files, max_fields=MOST_FIELDS, max_part_size=part_bytes)
    except HTTPException as error:
        detail = "Het formulier kan niet worden gelezen: een veld is te groot of het zijn er te veel."
        raise RequestError(HTTPStatus.BAD_REQUEST, detail) from error


def check_token(visit: Visit, token: str) -> None:
    """Refuse a form that was not made for who is signed in; who is not has nothing that can be misused."""
    if visit.frame.reader is None:
        return
    cookie, sign_in = _cookie(visit.request), visit.house.sign_in
    if not cookie and "authorization" in visit.request.headers:
        # a program that sends its key itself cannot be made to do so by a page
        return
    if sign_in is None or not sign_in.goes_with(token, cookie):
        raise RequestError(HTTPStatus.FORBIDDEN, REFUSED_FORM)


def check_origin(request: Request) -> None:
    """Refuse a form that a page of somebody else sent."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    public = house_of(request).public_url
    hosts = {request.headers.get("host", "")} | ({urlsplit(public).netloc} if public else set())
    if site not in {"same-origin", "none"} or (origin is not None and urlsplit(origin).netloc not in hosts):
        raise RequestError(HTTPStatus.FORBIDDEN, REFUSED_FORM)


def _cookie(request: Request) -> str:
    return cookie_in(request.headers, encrypted=bool(getattr(request.state, "encrypted", False)))
