"""A document as PDF/UA-1 (ISO 14289-1), typeset by typst from a fixed template.

What a document says is handed over as JSON and used as text only, in a folder that holds nothing but that,
the template and the pictures; so no text can become markup, a path or a package.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gis.errors import InputError, Problem
from layers.documents import Article, Figure, Heading, Items, Paragraph, Table
from maps.documents import style
from maps.documents.content import WHOLE_LINES, WHOLE_ROWS, lines_of, prepare, shares
from maps.documents.words import prefix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from typst import Compiler, Fonts

    from layers.documents import Document, Part
    from maps.documents.content import Content, Numbered, Picture

STANDARD: Final = "ua-1"
LONG_WORD: Final = 40
LONG_CELL_WORD: Final = 22
"""A word longer than this may be broken, in running text and in a table; an id of 36 signs is not."""
BREAK: Final = "\u200b"
TABLE_SIZE: Final = 0.9
CROWDED: Final = 0.8
"""Size of the text of a table relative to running text, and of one with many columns."""
CROWDED_FROM: Final = 7
SHORT_STATUS: Final = 60
TALL_CELL: Final = 900
"""Signs from which on a cell may be broken over pages."""
STEP_PT: Final = 0.5
OFFICE_STAND_IN: Final = "DejaVu Sans"
"""Wider than Arial in every letter, so what fits with it fits in Word."""
OFFICE_LEADING: Final = 0.1
_PAGE: Final = re.compile(rb"/Type ?/Page\b")


def draw(document: Document, pictures: Mapping[Figure, Picture]) -> bytes:
    """Write a document as a PDF.

    Parameters
    ----------
    document
        What is said; one that must fit on one A4 is made smaller, down to `style.SMALLEST_PT`.
    pictures
        Figure to its picture, for every figure in the document.

    Returns
    -------
    bytes
        A tagged PDF without a date in it.

    Raises
    ------
    InputError
        With everything that `maps.documents.content.prepare` finds wrong; when what must fit on one page does
        not; for text that none of the fonts can show.
    """
    return typeset(prepare(document, pictures), pictures)


def typeset(content: Content, pictures: Mapping[Figure, Picture]) -> bytes:
    """Write a document that is ready to be drawn; see `draw`."""
    if not content.document.one_page:
        return compiled(content, pictures, style.BODY_PT)[0]
    size = style.BODY_PT
    while size >= style.SMALLEST_PT:
        data, pages = compiled(content, pictures, size)
        if pages == 1:
            return data
        size -= STEP_PT
    raise InputError(too_long(content))


def too_long(content: Content) -> Problem:
    """Say that a document does not fit on one page."""
    return Problem(
        f"the document does not fit on one A4, not even in {style.SMALLEST_PT} points",
        "Say less, or leave out a table or picture.",
        file=content.document.name,
    )


def compiled(
    content: Content,
    pictures: Mapping[Figure, Picture],
    size: float,
    *,
    office: bool = False,
) -> tuple[bytes, int]:
    """Typeset in one size; `office` stands in for Word with a font that is wider than its own.

    Returns
    -------
    tuple
        The PDF and how many pages it has.
    """
    from typst import TypstError

    with tempfile.TemporaryDirectory(prefix="kringruimte-") as folder:
        root = Path(folder)
        values = _values(content, pictures, size, root)
        if office:
            values["fonts"] = [OFFICE_STAND_IN]
            values["leading"] += OFFICE_LEADING
        (root / "content.json").write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        (root / "document.typ").write_bytes(_template())
        try:
            data = _compiler(root, office=office).compile(
                str(root / "document.typ"), format="pdf", pdf_standards=[STANDARD]
            )
        except TypstError as error:
            message = str(error.message).replace(folder, "").strip()
            problem = Problem(
                f"the PDF cannot be made: {message}",
                "Leave out signs that the font does not have, such as pictograms.",
                file=content.document.name,
            )
            raise InputError(problem) from error
    if not isinstance(data, bytes):
        raise TypeError("a PDF is one file")
    return data, len(_PAGE.findall(data))


def _values(content: Content, pictures: Mapping[Figure, Picture], size: float, root: Path) -> dict[str, Any]:
    """Give what the template draws; pictures are written in the folder."""
    head, tight = content.document, content.document.one_page
    status = head.status
    return {
        "title": head.title,
        "subtitle": head.subtitle,
        "status": status,
        "status_short": short_status(status),
        "language": head.language,
        "one_page": tight,
        "contents": bool(content.contents),
        "words": {name: getattr(content.words, name) for name in ("page", "of", "status", "contents")},
        "fonts": list(style.PDF_FONTS),
        "size": size,
        "margin": style.TIGHT_MARGIN_MM if tight else style.MARGIN_MM,
        "leading": 0.5 if tight else 0.62,
        "spacing": 0.75 if tight else 0.95,
        "tight": 0.5 if tight else 0.62,
        "figure": 0.9 if tight else 1.3,
        "above": [1.0, 0.9] if tight else [2.0, 1.6],
        "heads": [1.2, 1.08] if tight else [1.4, 1.15],
        "title_size": 1.5 if tight else 1.9,
        "table_size": TABLE_SIZE,
        "whole": WHOLE_ROWS,
        "colours": {
            "ink": style.INK,
            "soft": style.SOFT,
            "accent": style.ACCENT,
            "line": style.LINE,
            "band": style.BAND,
        },
        "boxes": {tone: {"fill": box.fill, "line": box.line} for tone, box in style.BOXES.items()},
        "article": {"fill": style.ARTICLE.fill, "line": style.ARTICLE.line},
        "parts": [
            {"kind": type(numbered.part).__name__, **_part(numbered, content, pictures, root)}
            for numbered in content.parts
        ],
    }


def short_status(text: str) -> str:
    """Give the sentences of a status that fit beside the title on every page; the first one always."""
    kept = ""
    for sentence in re.split(r"(?<=[.;]) ", text):
        longer = f"{kept} {sentence}".strip()
        if kept and len(longer) > SHORT_STATUS:
            break
        kept = longer
    return kept.removesuffix(";")


def _part(
    numbered: Numbered, content: Content, pictures: Mapping[Figure, Picture], root: Path
) -> dict[str, Any]:
    part: Part = numbered.part
    words = content.words
    if isinstance(part, Heading):
        return {"level": part.level, "text": part.text, "anchor": part.anchor}
    if isinstance(part, Table):
        return _table(part, numbered.caption)
    if isinstance(part, Article):
        return _article(part, words.article)
    if isinstance(part, Figure):
        return _picture(pictures[part], numbered.caption, root)
    if isinstance(part, Paragraph):
        before = prefix(part.tone, part.text, words)
        made: dict[str, Any] = {"text": _broken(part.text), "tone": part.tone, "prefix": before}
    elif isinstance(part, Items):
        made = {"texts": [_broken(text) for text in part.texts], "numbered": part.numbered}
    else:
        made = {"pairs": [[_broken(label, LONG_CELL_WORD), _broken(value)] for label, value in part.pairs]}
    return made


def _picture(picture: Picture, caption: str, root: Path) -> dict[str, Any]:
    """Write a picture in the folder, an equal one once."""
    path = root / f"{hashlib.sha256(picture.png).hexdigest()}.png"
    if not path.exists():
        path.write_bytes(picture.png)
    return {
        "path": f"/{path.name}",
        "width": picture.width_mm,
        "alternative": picture.alternative,
        "caption": caption,
    }


def _table(table: Table, caption: str) -> dict[str, Any]:
    return {
        "caption": caption,
        "labels": [_broken(column.label, LONG_CELL_WORD) for column in table.columns],
        "right": [column.align == "right" for column in table.columns],
        "rows": [[_broken(cell, LONG_CELL_WORD) for cell in row] for row in table.rows],
        "tall": max((len(cell) for row in table.rows for cell in row), default=0) > TALL_CELL,
        "shares": list(shares(table.columns, table.rows)),
        "size": CROWDED if len(table.columns) >= CROWDED_FROM else TABLE_SIZE,
    }


def _article(article: Article, word: str) -> dict[str, Any]:
    return {
        "head": f"{word} {article.number} {article.title}",
        "long": lines_of(article) > WHOLE_LINES,
        "clauses": [
            {"text": _broken(clause.text), "parts": [_broken(text) for text in clause.parts]}
            for clause in article.clauses
        ],
    }


def _broken(text: str, length: int = LONG_WORD) -> str:
    """Let a very long word be broken, such as the name of a file."""
    if len(text) <= length:
        return text
    return re.sub(rf"\S{{{length}}}(?=\S)", lambda found: found.group() + BREAK, text)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return (files("maps.documents") / "document.typ").read_bytes()


@lru_cache(maxsize=2)
def _fonts(*, office: bool) -> Fonts:
    """Give fonts that came along with what is installed, never those of the machine."""
    import typst

    if not office:
        return typst.Fonts(include_system_fonts=False)
    import matplotlib as mpl

    return typst.Fonts(
        include_system_fonts=False, font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")]
    )


def _compiler(root: Path, *, office: bool) -> Compiler:
    import typst

    return typst.Compiler(root=str(root), font_paths=_fonts(office=office), ignore_system_fonts=True)
