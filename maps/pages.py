"""The pages that are written from templates: their names, how they link, and how templates are filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from layers.schema import Level

if TYPE_CHECKING:
    from maps.reading import View

REPORT = "report.html"
SPACE = "space.html"
UNKNOWNS = "unknowns.html"
"""Where pages stand among the views; those for planners stand one folder down."""


def environment() -> Environment:
    """Give the environment in which the pages are written: escaped, and strict about what is absent."""
    return Environment(
        loader=PackageLoader("maps", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def public(view: View, page: str) -> str:
    """Give the address of a public page, as seen from a page for readers of the view's level."""
    return f"../{page}" if view.level.allows(Level.PROVINCE) else page
