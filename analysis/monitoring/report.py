"""The monitoring as documents: the two-yearly report, and one page for the yearly progress letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis.monitoring.indicators import TYPES
from analysis.monitoring.measures import ASSESSED, FROM_BASE, NOT_ASSESSED
from analysis.monitoring.words import (
    STATUSES,
    TRENDS,
    TYPE_MEANING,
    target_nl,
    value_nl,
)
from analysis.monitoring.words import TYPES as TYPE_NAMES
from layers.documents import Column, Document, Facts, Heading, Items, Paragraph, Part, Table
from layers.dutch import list_nl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.monitoring.monitor import Followed

REPORT, LETTER = "monitoringsrapport", "voortgangsbrief-tabel"
READING: Final = (
    "Twee getallen met tot ertussen zijn de bandbreedte: lager of hoger kan de waarde met deze gegevens niet "
    "zijn. Wij noemen iets pas hoger of lager als de bandbreedtes van beide metingen elkaar niet raken."
)


@dataclass(frozen=True, slots=True)
class Head:
    """What documents say about themselves.

    Attributes
    ----------
    authority, project
        Names.
    year, release
        Of now.
    base_year, base_release
        Of the base measurement; None without one.
    status
        What the document is and is not.
    warnings
        What makes the two moments hard to compare, in Dutch.
    note
        What the release says of its data.
    """

    authority: str
    project: str
    year: int
    release: str
    base_year: int | None
    base_release: str | None
    status: str
    warnings: tuple[str, ...]
    note: str = ""

    @property
    def base_label(self) -> str:
        """Heading of the column of the base measurement."""
        return "Nulmeting" if self.base_year is None else f"Nulmeting ({self.base_year})"


def report(followed: Sequence[Followed], head: Head) -> Document:
    """Write the two-yearly monitoring report."""
    parts: list[Part] = [
        Heading(1, "Hoe staat het ervoor?", "stand"),
        Paragraph(answer(followed, head), tone="lead"),
        *_changes(followed),
        Table(
            "Alle indicatoren, nulmeting en nu",
            (
                Column("Indicator"),
                Column("Soort"),
                Column(head.base_label, "right"),
                Column(f"Nu ({head.year})", "right"),
                Column("Verschil"),
            ),
            tuple(
                (
                    f"{item.indicator.id} {item.indicator.name_nl}",
                    TYPE_NAMES[item.indicator.type].lower(),
                    value_nl(item.indicator, item.base),
                    value_nl(item.indicator, item.now),
                    TRENDS[item.trend],
                )
                for item in followed
            ),
        ),
        Paragraph(READING),
        *_comparability(head),
    ]
    for kind in TYPES:
        parts += _kind(kind, [item for item in followed if item.indicator.type == kind], head)
    parts += [*_open(followed), *_sources(followed, head)]
    return Document(
        name=REPORT,
        title=f"Monitor ruimte voor de kringloop {head.year}",
        subtitle=f"Tweejaarlijks monitoringsrapport van {head.authority}",
        status=head.status,
        parts=tuple(parts),
    )


def letter(followed: Sequence[Followed], head: Head) -> Document:
    """Write the table of intended results for the yearly progress letter, one page."""
    rows = tuple(
        (
            f"{item.indicator.id} {item.indicator.name_nl}",
            value_nl(item.indicator, item.base),
            value_nl(item.indicator, item.now),
            target_nl(item.indicator),
            TRENDS[item.trend],
        )
        for item in followed
    )
    columns = (
        Column("Indicator"),
        Column(head.base_label, "right"),
        Column(f"Nu ({head.year})", "right"),
        Column("Beoogd resultaat"),
        Column("Verschil"),
    )
    parts: list[Part] = [
        Paragraph(answer(followed, head), tone="lead"),
        Table("Beoogde resultaten en stand", columns, rows),
        *(Paragraph(text, tone="warning") for text in head.warnings),
        Paragraph(f"Bron: uitgave {head.release}, {head.project}. {READING}", tone="source"),
    ]
    return Document(
        name=LETTER,
        title=f"Beoogde resultaten ruimte voor de kringloop {head.year}",
        subtitle=f"Bij de jaarlijkse voortgangsbrief van {head.authority}",
        status=head.status,
        parts=tuple(parts),
        one_page=True,
    )


def answer(followed: Sequence[Followed], head: Head) -> str:
    """Say in two sentences how many indicators are known and what can be compared."""
    known = sum(item.now.status == ASSESSED for item in followed)
    both = [item for item in followed if item.trend not in {NOT_ASSESSED, "since_base"}]
    first = f"Van de {len(followed)} indicatoren {'is' if known == 1 else 'zijn'} er {known} beoordeeld."
    if head.base_year is None:
        return f"{first} Er is geen nulmeting, dus verschillen zijn niet beoordeeld."
    moved = sum(item.trend in {"higher", "lower"} for item in both)
    difference = "geen enkele" if moved == 0 else str(moved)
    return (
        f"{first} {len(both)} daarvan {'is' if len(both) == 1 else 'zijn'} te vergelijken met "
        f"de nulmeting; bij {difference} is er een duidelijk verschil."
    )


def _changes(followed: Sequence[Followed]) -> list[Part]:
    texts = tuple(
        f"{item.indicator.name_nl}: van {value_nl(item.indicator, item.base)} naar "
        f"{value_nl(item.indicator, item.now)}, {TRENDS[item.trend]}."
        for item in followed
        if item.trend in {"higher", "lower"}
    )
    return [Items(texts)] if texts else []


def _comparability(head: Head) -> list[Part]:
    if not head.warnings:
        return []
    return [
        Heading(1, "Waar let u op bij het vergelijken?", "vergelijken"),
        *(Paragraph(text, tone="warning") for text in head.warnings),
    ]


def _kind(kind: str, followed: Sequence[Followed], head: Head) -> list[Part]:
    if not followed:
        return []
    parts: list[Part] = [
        Heading(1, f"{TYPE_NAMES[kind]}-indicatoren", kind),
        Paragraph(TYPE_MEANING[kind]),
    ]
    for item in followed:
        parts += _one(item, head)
    return parts


def _one(item: Followed, head: Head) -> list[Part]:
    indicator = item.indicator
    pairs = [
        (head.base_label, value_nl(indicator, item.base)),
        (f"Nu ({head.year})", value_nl(indicator, item.now)),
        ("Verschil", TRENDS[item.trend]),
        ("Beoogd resultaat", target_nl(indicator)),
        ("Bron", indicator.source),
        ("Status van de definitie", STATUSES[indicator.status]),
    ]
    parts: list[Part] = [
        Heading(2, f"{indicator.id} {indicator.name_nl}", indicator.id.lower()),
        Paragraph(indicator.definition_nl),
        Facts(tuple(pairs)),
    ]
    notes = [
        f"{when}: {measured.reason_nl or measured.note_nl}"
        for when, measured in ((head.base_label, item.base), (f"Nu ({head.year})", item.now))
        if measured is not None and (measured.reason_nl or measured.note_nl)
    ]
    return [*parts, *([Items(tuple(notes))] if notes else [])]


def _open(followed: Sequence[Followed]) -> list[Part]:
    missing = [item for item in followed if item.now.status == NOT_ASSESSED]
    head = Heading(1, "Wat is niet beoordeeld?", "niet-beoordeeld")
    if not missing:
        return [head, Paragraph("Alle indicatoren zijn nu beoordeeld.")]
    texts = tuple(f"{item.indicator.name_nl}. {item.now.reason_nl}" for item in missing)
    return [
        head,
        Paragraph("Van deze indicatoren zeggen de gegevens nu niets. Dat is geen nul."),
        Items(texts),
    ]


def _sources(followed: Sequence[Followed], head: Head) -> list[Part]:
    since = [item.indicator.id for item in followed if item.base and item.base.status == FROM_BASE]
    pairs = [("Project", head.project), ("Uitgave nu", f"{head.release} ({head.year})")]
    if head.base_release is not None:
        pairs.append(("Uitgave nulmeting", f"{head.base_release} ({head.base_year})"))
    if since:
        pairs.append(("Tellen vanaf de nulmeting", list_nl(since)))
    parts: list[Part] = [Heading(1, "Verantwoording", "verantwoording"), Facts(tuple(pairs))]
    text = (
        "Alle cijfers komen uit de genoemde uitgaven; de tabellen bij dit rapport bevatten dezelfde cijfers."
    )
    parts.append(Paragraph(f"{text} {head.note}".strip(), tone="source"))
    return parts
