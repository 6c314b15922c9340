"""What the pages of feedback show: facts to correct, a form, reports, and corrections of a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from layers.correctable import CORRECTABLE, EXISTS, options, word
from layers.results_corrections import CORRECTIONS
from maps.site.tables import Cell, Head, Row, Table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from layers.schema import Column
    from maps.site.frame import Frame
    from maps.site.shelf import Shelf

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "open": ("nog niet beoordeeld", "not decided yet"),
    "accepted": ("aanvaard", "accepted"),
    "declined": ("afgewezen", "declined"),
}
MONTHS: Final = (
    ("januari", "January"), ("februari", "February"), ("maart", "March"), ("april", "April"), ("mei", "May"),
    ("juni", "June"), ("juli", "July"), ("augustus", "August"), ("september", "September"),
    ("oktober", "October"), ("november", "November"), ("december", "December"),
)  # fmt: skip
_OBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "parks": ("Terrein", "Park"),
    "plots": ("Kavel", "Plot"),
    "quays": ("Kade", "Quay"),
}
_LABELS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("quays", EXISTS): ("Bestaat", "Exists"),
    ("quays", "usable"): ("Bruikbaar", "Usable"),
}
"""Shorter or plainer than the label of the column."""


@dataclass(frozen=True, slots=True)
class FactView:
    """One fact as it reads, and where one corrects it; `running` names the report that is open about it."""

    subject: str
    label: str
    value: str
    missing: bool
    href: str
    running: str


@dataclass(frozen=True, slots=True)
class FactGroup:
    """The facts about one kind of object: the name of each object with its facts."""

    id: str
    heading: str
    objects: tuple[tuple[str, tuple[FactView, ...]], ...]
    named: bool
    """Whether objects are named: the park is what the whole page is about."""


@dataclass(frozen=True, slots=True)
class FormView:
    """The form for one fact.

    Attributes
    ----------
    subject, label, present, missing
        Which fact, and what the release says of it.
    choices
        Value and words of what can be chosen; empty for a number and for what is gone.
    gone
        Whether all that can be said is that it is gone.
    unit
        Of a number.
    remark
        What one must know before one reports this; empty when there is nothing.
    hidden
        Names and values that go along.
    """

    subject: str
    label: str
    present: str
    missing: bool
    choices: tuple[tuple[str, str], ...]
    gone: bool
    unit: str
    remark: str
    hidden: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report as it reads; `reporter` and `explanation` are empty for who may not read them."""

    name: str
    subject: str
    park_id: str
    label: str
    before: str
    after: str
    source: str
    explanation: str
    reporter: str
    municipality: str
    release: str
    day: str
    state: str
    state_words: str
    reason: str
    decided: str


def day(moment: dt.date, frame: Frame) -> str:
    """Write a day, 1 maart 2026."""
    return f"{moment.day} {MONTHS[moment.month - 1][frame.language == 'en']} {moment.year}"


def subject_of(layer: str, object_id: str, name: str | None, frame: Frame) -> str:
    """Name an object: kind, and name or number."""
    # a release may know more kinds of objects than this program
    kind = frame.text(*_OBJECTS.get(layer, (layer, layer)))
    if name is None:
        return f"{kind} {object_id}"
    return f"{kind} {name}" if layer == "parks" else f"{kind} {name} ({object_id})"


def label_of(layer: str, field: str, frame: Frame) -> str:
    """Name a field."""
    column = CORRECTABLE[layer][field]
    return frame.text(*_LABELS.get((layer, field), (column.label_nl, column.label_en)))


def fact_groups(facts: Iterable[FactView], layers: Iterable[str], frame: Frame) -> tuple[FactGroup, ...]:
    """Put facts under a heading for each kind of object, in the order in which they come."""
    headings = {
        "parks": frame.text("Het terrein", "The park"),
        "quays": frame.text("Kaden bij het terrein", "Quays at the park"),
        "plots": frame.text("Kavels", "Plots"),
    }
    found: dict[str, dict[str, list[FactView]]] = {}
    for fact, layer in zip(facts, layers, strict=True):
        found.setdefault(layer, {}).setdefault(fact.subject, []).append(fact)
    return tuple(
        FactGroup(
            f"feiten-{name}",
            headings[name],
            tuple((subject, tuple(rows)) for subject, rows in objects.items()),
            named=name != "parks",
        )
        for name, objects in found.items()
    )


def form_choices(column: Column, field: str, before: str | None, frame: Frame) -> tuple[tuple[str, str], ...]:
    """Give what can be chosen instead of the present value."""
    if field == EXISTS:
        return ()
    return tuple((value, word(column, value, frame.language)) for value in options(column) if value != before)


def state_words(state: str, frame: Frame) -> str:
    """Name the state of a report."""
    return frame.text(*STATES[state])


def corrections_of(shelf: Shelf, frame: Frame, *, most: int = 50, **equal: Any) -> Table | None:
    """Make the table of the corrections of this release about a park or a municipality.

    Parameters
    ----------
    shelf
        What the reader may see.
    frame
        Of the page.
    most
        How many are shown, applied ones first.
    equal
        Column and value by which they are chosen: ``park_id=...`` or ``municipality_code=...``.

    Returns
    -------
    Table or None
        None where the release has none about it, or none for this reader.
    """
    rows = shelf.rows(CORRECTIONS, **equal)
    if not rows:
        return None
    chosen = sorted(rows, key=lambda row: (row["applied"] != "yes", str(row["correction_id"])))[:most]
    heads = (
        ("Object", "Object"), ("Gegeven", "Fact"), ("Was", "Before"), ("Is nu", "After"),
        ("Bron", "Source"), ("Besluit van de provincie", "Decision of the province"),
        ("Toegepast", "Applied"),
    )  # fmt: skip
    return Table(
        "correcties",
        frame.text("Wat is gecorrigeerd na een melding", "What was corrected after a report"),
        tuple(Head(frame.text(*head)) for head in heads),
        tuple(Row(_correction(row, frame), str(row["correction_id"])) for row in chosen),
        CORRECTIONS,
    )


def _correction(row: Mapping[str, Any], frame: Frame) -> tuple[Cell, ...]:
    layer, field, lang = str(row["layer"]), str(row["field"]), "nl" if frame.language == "en" else ""
    column = CORRECTABLE.get(layer, {}).get(field)
    label = str(row["field_en" if frame.language == "en" else "field_nl"] or field)
    why = str(row["why_en" if frame.language == "en" else "why_nl"] or "")
    yes = row["applied"] == "yes"
    applied = frame.text("ja", "yes") if yes else frame.text("nee", "no")

    def value(name: str) -> Cell:
        text = row[name]
        if column is None:
            return Cell(str(text or ""))
        return Cell(word(column, text, frame.language), missing=text is None)

    decided = f" ({row['decided']})" if row["decided"] else ""
    return (
        Cell(subject_of(layer, str(row["object_id"]), row["object_name"], frame)),
        Cell(frame.text(*_LABELS[layer, field]) if (layer, field) in _LABELS else label),
        value("before"),
        value("after"),
        Cell(str(row["source"] or ""), lang=lang),
        Cell(f"{row['reason'] or ''}{decided}", lang=lang),
        Cell(applied if yes else f"{applied}. {why}"),
    )


def number_of_pages(count: int, per_page: int) -> int:
    """Give how many pages a list takes; an empty one takes one."""
    return max(1, -(-count // per_page))


def page_of(items: Sequence[Any], number: int, per_page: int) -> Sequence[Any]:
    """Give the items of one page, from 1 on."""
    return items[(number - 1) * per_page : number * per_page]
