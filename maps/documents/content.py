"""A document made ready to be drawn: text without control signs, numbered captions, checked pictures.

Word, PDF and web page all draw what comes out here, so that they cannot say different things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gis.errors import InputError, Problem
from layers.documents import Figure, Heading, Table
from maps.documents.words import Words, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.documents import Article, Column, Document, Part

LISTED_LEVELS: Final = 2
"""Headings down to this level stand in the list of contents."""
LISTED_FROM: Final = 5
LONG_WORDS: Final = 1600
"""A document with fewer of those headings, or with fewer words, needs no list of contents."""
DEEPEST: Final = 4
_WHITE: Final = re.compile(r"[ \t\r\n\v\f\u2028\u2029]+")
# what XML 1.0 cannot hold, and signs that turn the direction of a text
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_ANCHOR: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")

WHOLE_ROWS: Final = 10
"""A table of so many rows or fewer stays on one page."""
WHOLE_LINES: Final = 14
"""An article of so many lines or fewer stays on one page."""
LINE_LENGTH: Final = 95
CAPACITY: Final = 100
"""Characters of table text that fit across a page."""
WIDEST_CELL: Final = 150
EMPTY_CELL: Final = 22
LONGEST_WORD: Final = 18
PADDING: Final = 3


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for a document.

    Attributes
    ----------
    png
        The file.
    width_mm, height_mm
        On paper.
    alternative
        What is read aloud instead of it.
    """

    png: bytes
    width_mm: float
    height_mm: float
    alternative: str


@dataclass(frozen=True, slots=True)
class Numbered:
    """A part and the caption that it bears, such as ``Tabel 3. Kavels``; empty for a part without one."""

    part: Part
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A document that is ready to be drawn.

    Attributes
    ----------
    document
        Its head; draw `parts` and not the parts that it holds.
    parts
        In reading order.
    contents
        Headings of the list of contents; none when the document is short.
    words
        Of its language.
    """

    document: Document
    parts: tuple[Numbered, ...]
    contents: tuple[Heading, ...]
    words: Words


def prepare(document: Document, pictures: Mapping[Figure, Picture]) -> Content:
    """Make a document ready to be drawn.

    Parameters
    ----------
    document
        What is said.
    pictures
        Figure to its picture.

    Raises
    ------
    InputError
        With every heading that skips a level, anchor that is not unique, row of a table that does not fit its
        columns, and figure without a picture.
    """
    problems = list(_problems(document, pictures))
    if problems:
        raise InputError(*problems)
    words = words_of(document.language)
    numbers = {Table: 0, Figure: 0}
    parts = []
    for part in document.parts:
        clean = part if isinstance(part, Figure) else _cleaned(part)
        caption = ""
        if isinstance(part, Table | Figure):
            kind = type(part)
            numbers[kind] += 1
            word = words.table if kind is Table else words.figure
            text = clean_text(part.caption)
            caption = text if document.one_page else f"{word} {numbers[kind]}. {text}"
        parts.append(Numbered(clean, caption))
    headings = tuple(
        numbered.part
        for numbered in parts
        if isinstance(numbered.part, Heading) and numbered.part.level <= LISTED_LEVELS
    )
    long = len(headings) >= LISTED_FROM and _words(document) >= LONG_WORDS
    listed = headings if long and not document.one_page else ()
    return Content(_cleaned(replace(document, parts=())), tuple(parts), listed, words)


def clean_text(text: str) -> str:
    """Take control signs out of a text and make all white space one space; a non-breaking space stays."""
    return _CONTROL.sub("", _WHITE.sub(" ", text)).strip(" ")


def shares(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """Divide the width of a page over the columns of a table.

    Every column gets the room of its longest word first, and of what is left a share by how much it holds.

    Returns
    -------
    tuple of float
        Share of the width of the page per column; together 1, or less for a table that needs no full width.
    """
    wanted, needed = [], []
    for number, column in enumerate(columns):
        cells = [column.label, *(row[number] for row in rows)]
        words = [len(word) for cell in cells for word in cell.split(" ")]
        need = min(max(words, default=1), LONGEST_WORD) + PADDING
        longest = max(len(cell) for cell in cells[1:]) if rows else 0
        if rows and not longest:
            # somebody is going to write here
            longest = EMPTY_CELL
        wanted.append(max(min(longest, WIDEST_CELL) + PADDING, need))
        needed.append(need)
    total, least = sum(wanted), sum(needed)
    if total <= CAPACITY:
        full = max(total, round(0.55 * CAPACITY))
        return tuple(width / total * full / CAPACITY for width in wanted)
    if least >= CAPACITY:
        return tuple(width / least for width in needed)
    spare = (CAPACITY - least) / (total - least)
    return tuple((need + spare * (want - need)) / CAPACITY for want, need in zip(wanted, needed, strict=True))


def lines_of(article: Article) -> int:
    """Estimate how many lines an article takes."""
    texts = [text for clause in article.clauses for text in (clause.text, *clause.parts)]
    return 1 + sum(1 + len(text) // LINE_LENGTH for text in texts)


def letter(number: int) -> str:
    """Give the letter of a part of a clause: 0 is a, 25 is z, 26 is aa."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _words(value: Any) -> int:
    """Count the words of a document or of a piece of it."""
    if isinstance(value, str):
        return len(value.split())
    if isinstance(value, tuple):
        return sum(map(_words, value))
    if is_dataclass(value):
        return sum(_words(getattr(value, field.name)) for field in fields(value))
    return 0


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _cleaned(getattr(value, field.name)) for field in fields(value)})
    return value


def _problems(document: Document, pictures: Mapping[Figure, Picture]) -> list[Problem]:
    found: list[tuple[str, str]] = []
    level, anchors = 0, set()
    for part in document.parts:
        if isinstance(part, Heading):
            if not 1 <= part.level <= min(level + 1, DEEPEST):
                found.append(
                    (f"heading {part.text!r} of level {part.level} comes after {level}", "Skip no level.")
                )
            if not _ANCHOR.fullmatch(part.anchor):
                found.append((f"anchor {part.anchor!r} is no name", "Use letters, digits and hyphens."))
            if part.anchor in anchors:
                found.append((f"anchor {part.anchor!r} occurs twice", "Give each heading its own."))
            level = part.level
            anchors.add(part.anchor)
        elif isinstance(part, Table):
            if not part.columns:
                found.append((f"table {part.caption!r} has no columns", "Give it one."))
            wrong = sum(len(row) != len(part.columns) for row in part.rows)
            if wrong:
                found.append(
                    (f"table {part.caption!r} has {wrong} rows of another length", "Fill every cell.")
                )
        elif isinstance(part, Figure) and part not in pictures:
            found.append((f"figure {part.caption!r} has no picture", "Draw it first."))
    return [Problem(message, repair, file=document.name) for message, repair in found]
