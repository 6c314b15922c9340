"""Draw pages from templates: escaped, with every name known, in the language of the frame."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup

from maps.site.frame import segment
from maps.site.statics import static_address
from maps.site.words import ROLES, STATUS_WORDS, number, procedure

if TYPE_CHECKING:
    from maps.site.frame import Frame

TEMPLATES: Final = Path(__file__).parent / "templates"


@functools.lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["segment"] = segment
    return environment


def draw(template: str, frame: Frame, **data: Any) -> str:
    """Draw a page.

    Parameters
    ----------
    template
        File in ``templates``.
    frame
        What surrounds the content.
    data
        What the template asks for; a name that is missing is an error, never an empty text.

    Returns
    -------
    str
        HTML.
    """
    language = frame.language

    def spoken(status: str) -> str:
        return STATUS_WORDS[status][language == "en"]

    def by_thousands(value: Any, decimals: int = 0) -> str:
        return number(value, decimals, language)

    found = _environment().get_template(template)
    return found.render(
        frame=frame,
        t=frame.text,
        url=frame.url,
        service=frame.service,
        outside=frame.outside,
        static=lambda name: frame.base + static_address(name),
        spoken=spoken,
        numbered=by_thousands,
        procedure=procedure(frame.status, language),
        roles={role: words[language == "en"] for role, words in ROLES.items()},
        nothing=Markup(""),
        **data,
    )
