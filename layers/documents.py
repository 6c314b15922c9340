"""What a document says, apart from how it looks: parts in reading order.

`analysis` writes documents as these parts and `maps` draws them as Word, PDF and web page, so that the three
always say the same. All text is Dutch unless `Document.language` says otherwise; texts hold no markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right"]
FigureKind = Literal["cover", "block", "location"]
Tone = Literal["plain", "lead", "concept", "warning", "source"]
"""``lead``: the answer at the top; ``concept``: that a text is a draft to be tested by a lawyer;
``warning``: a condition that must be met; ``source``: where numbers come from and what their status is."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading.

    Attributes
    ----------
    level
        1 to 4, under the title of the document; levels are never skipped.
    text
        What it says.
    anchor
        Unique in the document, letters, digits and hyphens; links and bookmarks are made from it.
    """

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list of short texts, bulleted or numbered."""

    texts: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a label and a value, such as the properties of a location."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    label: str
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header row; the first column heads its row.

    Attributes
    ----------
    caption
        What the table shows; read aloud before it.
    columns, rows
        Cells are text as people read it: decimal comma, "niet beoordeeld" where nothing is known.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A map to be drawn where it stands.

    Attributes
    ----------
    kind
        ``cover`` shows the whole municipality, ``block`` the locations of a building block, ``location`` one
        location with its surroundings.
    caption, alternative
        What stands under it, and what is read aloud instead of it.
    municipality
        Its code.
    locations
        Ids of the locations that are drawn, in order; none for a cover.
    """

    kind: FigureKind
    caption: str
    alternative: str
    municipality: str
    locations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered paragraph (lid) of an article, with its parts (onderdelen)."""

    text: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """Rule text as it would stand in a plan.

    Attributes
    ----------
    number
        Such as ``x.1``; a draft holds no number of its own.
    title
        Heading (opschrift).
    clauses
        One clause stands unnumbered, several are numbered.
    """

    number: str
    title: str
    clauses: tuple[Clause, ...]


Part = Heading | Paragraph | Items | Facts | Table | Figure | Article


@dataclass(frozen=True, slots=True)
class Document:
    """A document.

    Attributes
    ----------
    name
        File stem: lower-case letters, digits and hyphens.
    title, subtitle
        On top.
    status
        What it is and what it is not: "Concept, juridisch te toetsen", and "voorbeeld" for the sample region.
    parts
        In reading order.
    one_page
        Whether it must fit on one A4.
    language
        Of the text.
    """

    name: str
    title: str
    subtitle: str
    status: str
    parts: tuple[Part, ...]
    one_page: bool = False
    language: str = "nl"
