"""A document as one accessible web page: no script, nothing from elsewhere, one style sheet inside."""

from __future__ import annotations

import base64
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from maps.documents.content import prepare, shares
from maps.documents.words import prefix
from maps.webmap import content_policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Template

    from layers.documents import Document, Figure, Heading, Table
    from maps.documents.content import Picture

PIXELS_PER_MM: Final = 96 / 25.4
FULL: Final = 0.98


def draw(document: Document, pictures: Mapping[Figure, Picture]) -> bytes:
    """Write a document as a web page.

    Parameters
    ----------
    document
        What is said.
    pictures
        Figure to its picture, for every figure in the document.

    Returns
    -------
    bytes
        HTML 5 in UTF-8 with landmarks, a skip link, headings in order and a print style. Its policy allows no
        script and no request.

    Raises
    ------
    InputError
        With everything that `maps.documents.content.prepare` finds wrong.
    """
    content = prepare(document, pictures)
    head, style = content.document, style_sheet()
    shown = {figure: _shown(picture) for figure, picture in pictures.items()}
    return template("document.html.j2").render(
        csp=content_policy([], [style]),
        style=Markup(style),  # noqa: S704 - a file of ours
        language=head.language,
        title=head.title,
        subtitle=head.subtitle,
        status=head.status,
        words=content.words,
        contents=nested(content.contents),
        parts=content.parts,
        pictures=shown,
        prefix=prefix,
        wide=_wide,
    ).encode()  # fmt: skip


def nested(headings: Sequence[Heading]) -> list[dict[str, Any]]:
    """Put headings of the second level under the one of the first level before them."""
    found: list[dict[str, Any]] = []
    for heading in headings:
        entry: dict[str, Any] = {"text": heading.text, "anchor": heading.anchor, "below": []}
        (found if heading.level == 1 or not found else found[-1]["below"]).append(entry)
    return found


@lru_cache(maxsize=1)
def style_sheet() -> str:
    """Read the style sheet of documents."""
    return (files("maps.documents") / "document.css").read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def template(name: str) -> Template:
    """Give a template of this folder: escaped, and strict about what is absent."""
    return Environment(
        loader=PackageLoader("maps", "documents"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    ).get_template(name)  # fmt: skip


def _shown(picture: Picture) -> dict[str, Any]:
    return {
        "source": f"data:image/png;base64,{base64.b64encode(picture.png).decode()}",
        "alternative": picture.alternative,
        "width": round(picture.width_mm * PIXELS_PER_MM),
        "height": round(picture.height_mm * PIXELS_PER_MM),
    }


def _wide(table: Table) -> bool:
    return sum(shares(table.columns, table.rows)) > FULL
