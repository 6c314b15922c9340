"""What the start page and the page of what is not known say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from maps.site.municipality import fields_of
from maps.site.tables import make_table

if TYPE_CHECKING:
    from maps.site.frame import Frame
    from maps.site.shelf import Shelf
    from maps.site.tables import Table
    from maps.site.words import Values


@dataclass(frozen=True, slots=True)
class Named:
    """A municipality as it is listed."""

    code: str
    name: str
    sub_area: str


@dataclass(frozen=True, slots=True)
class StartView:
    """What the start page shows.

    Attributes
    ----------
    municipalities
        All of them, by name.
    own
        Those of who is signed in.
    plan
        Whether the reader sees a plan.
    """

    municipalities: tuple[Named, ...]
    own: tuple[Named, ...]
    plan: bool


@dataclass(frozen=True, slots=True)
class UnknownsView:
    """What is not known: questions for research, what was not assessed, and which figures rest on what."""

    agenda: Table | None
    not_assessed: Table | None
    assumptions: Table | None
    questions: int


def start_view(shelf: Shelf, frame: Frame) -> StartView:
    """Make what the start page shows."""
    rows = shelf.rows("municipalities") or []
    listed = sorted(
        (
            Named(str(row["municipality_code"]), str(row.get("name") or row["municipality_code"]),
                  str(row.get("sub_area") or ""))
            for row in rows
        ),
        key=lambda one: (one.name.casefold(), one.code),
    )  # fmt: skip
    own = frame.reader.municipalities if frame.reader else ()
    return StartView(
        tuple(listed), tuple(one for one in listed if one.code in own), shelf.has("reservation_plan")
    )


def unknowns_view(shelf: Shelf, values: Values, frame: Frame) -> UnknownsView | None:
    """Make what the page of what is not known shows; None when the reader has no such table."""
    t, english = frame.text, frame.language == "en"
    agenda = shelf.rows("research_agenda")
    missing = shelf.rows("not_assessed")
    figures = shelf.rows("assumptions")
    if agenda is None and missing is None and figures is None:
        return None

    def made(layer: str, caption: str, wanted: tuple[str, ...], name: str, order: str) -> Table | None:
        rows = shelf.rows(layer)
        if not rows:
            return None
        ordered = sorted(rows, key=lambda row: (row[order] is None, row[order]))
        return make_table(name, caption, fields_of(shelf, layer, wanted), ordered, values)

    side = "en" if english else "nl"
    return UnknownsView(
        made("research_agenda", t("Vragen voor onderzoek, de belangrijkste eerst", "Questions for research"),
             ("question_nl", "rank", "why_nl", "worth_ha", "status", "source"), "vragen", "rank"),
        made("not_assessed", t("Wat niet is beoordeeld", "What was not assessed"),
             (f"what_{side}", f"why_{side}", "parks", "area_ha"), "niet-beoordeeld", "item_id"),
        made("assumptions", t("Gebruikte cijfers en aannamen", "Figures and assumptions used"),
             (f"name_{side}", "value", "unit", "status", "source"), "cijfers", "assumption_id"),
        len(agenda or ()),
    )  # fmt: skip
