"""The styles of a Word document: what a municipality changes once to make a document its own."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from maps.documents import style
from maps.documents.docx_xml import TWIPS_PER_MM, element
from maps.documents.words import LOCALES

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

    from maps.documents.style import Box

FIXED: Final = datetime(1980, 1, 1, tzinfo=UTC)
LEAD, CONCEPT, WARNING, SOURCE, STATUS = "KringKern", "KringConcept", "KringLetOp", "KringBron", "KringStatus"
ARTICLE, CLAUSE, PART = "KringRegelKop", "KringRegelLid", "KringRegelOnderdeel"
CELL, SMALL_CELL, BULLET, NUMBERED = "KringTabeltekst", "KringTabeltekstKlein", "KringPunten", "KringNummers"
CONTENTS = "KringInhoud"
STEP: Final = 360
"""Indent of a clause, in twentieths of a point; parts of a clause stand two steps in."""
BULLETS, NUMBERS = 90, 91
"""Numbers of our list definitions in the file."""


@lru_cache(maxsize=8)
def blank(size: float, language: str, *, tight: bool) -> bytes:
    """Give a Word file without text that holds the styles.

    Parameters
    ----------
    size
        Of running text, in points.
    language
        Of the text.
    tight
        With small margins and little white, for what must fit on one page.
    """
    document = docx.Document()
    _page(document, style.TIGHT_MARGIN_MM if tight else style.MARGIN_MM)
    _defaults(document, language)
    _styles(document, size, tight=tight)
    _lists(document)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def text_width(*, tight: bool) -> int:
    """Give the width between the margins, in twentieths of a point."""
    margin = style.TIGHT_MARGIN_MM if tight else style.MARGIN_MM
    return round((style.PAGE_MM[0] - 2 * margin) * TWIPS_PER_MM)


def _page(document: WordDocument, margin: float) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(style.PAGE_MM[0]), Mm(style.PAGE_MM[1])
    section.left_margin = section.right_margin = Mm(margin)
    section.top_margin = section.bottom_margin = Mm(margin)
    section.header_distance = section.footer_distance = Mm(11)


def _defaults(document: WordDocument, language: str) -> None:
    """Set font and language of everything; the fonts of the theme would win from those of a style."""
    locale = LOCALES.get(language, LOCALES["nl"])
    root = document.styles.element
    properties = root.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in list(properties):
        if child.tag in {qn("w:rFonts"), qn("w:lang")}:
            properties.remove(child)
    properties.insert(0, _fonts())
    properties.append(element("w:lang", val=locale, eastAsia=locale, bidi="ar-SA"))
    settings = document.settings.element
    for old in settings.findall(qn("w:themeFontLang")):
        old.set(qn("w:val"), locale)


def _fonts() -> Any:
    name = style.OFFICE_FONT
    return element("w:rFonts", ascii=name, hAnsi=name, eastAsia=name, cs=name)


def _styles(document: WordDocument, size: float, *, tight: bool) -> None:
    make = _Maker(document)
    after = 3.0 if tight else 6.0
    make.text("Normal", "Normal", size, after=after, line=1.08 if tight else 1.15)
    make.text("Title", "Title", size * (1.5 if tight else 2.2), bold=True, colour=style.ACCENT, after=3)
    make.text("Subtitle", "Subtitle", size * 1.15, colour=style.SOFT, after=after)
    heads = ((1.2, 8.0), (1.08, 6.0), (1.0, 4.0), (1.0, 4.0)) if tight else (
        (1.55, 22.0), (1.25, 15.0), (1.08, 11.0), (1.0, 9.0)
    )  # fmt: skip
    for level, (factor, before) in enumerate(heads, start=1):
        colour = (style.ACCENT, style.INK, style.INK, style.SOFT)[level - 1]
        make.text(
            f"Heading{level}", f"Heading {level}", size * factor, bold=True, colour=colour, before=before,
            after=after / 2 + 1, keep=True,
        )  # fmt: skip
    make.text("Caption", "Caption", size * 0.95, bold=True, colour=style.INK, before=after, after=4)
    make.text("Header", "Header", 8.5, colour=style.SOFT)
    make.text("Footer", "Footer", 8.5, colour=style.SOFT)
    for level, bold in ((1, True), (2, False)):
        made = make.text(f"TOC{level}", f"toc {level}", size, bold=bold, after=1.5, indent=(level - 1) * STEP)
        made.element.get_or_add_pPr()
    make.text(CONTENTS, "Kring inhoud", size * 1.2, bold=True, colour=style.ACCENT, before=10, after=4)
    for identifier, name, tone, factor in (
        (LEAD, "Kring kern", "lead", 1.05), (CONCEPT, "Kring concept", "concept", 1.0),
        (WARNING, "Kring let op", "warning", 1.0),
    ):  # fmt: skip
        make.text(
            identifier, name, size * factor, before=after, after=after + 2, keep_lines=True,
            box=style.BOXES[tone],  # type: ignore[index]
        )  # fmt: skip
    make.text(STATUS, "Kring status", size, bold=True, after=after + 3, box=style.BOXES["concept"])
    make.text(SOURCE, "Kring bron", size * 0.88, colour=style.SOFT, after=after)
    make.text(ARTICLE, "Kring regel kop", size, bold=True, before=after, box=style.ARTICLE, keep=True)
    make.text(CLAUSE, "Kring regel lid", size, box=style.ARTICLE, indent=STEP, hanging=STEP)
    make.text(PART, "Kring regel onderdeel", size, box=style.ARTICLE, indent=2 * STEP, hanging=2 * STEP)
    make.text(CELL, "Kring tabeltekst", size * 0.88, before=1.5, after=1.5, line=1.05)
    make.text(SMALL_CELL, "Kring tabeltekst klein", size * 0.78, before=1.5, after=1.5, line=1.0)
    make.text(BULLET, "Kring punten", size, after=after / 2, numbering=BULLETS)
    make.text(NUMBERED, "Kring nummers", size, after=after / 2, numbering=NUMBERS)
    _table_style(document)


class _Maker:
    """Makes paragraph styles, or changes those that every Word file has."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._known = {found.style_id: found for found in document.styles}

    def text(
        self, identifier: str, name: str, size: float, *, bold: bool = False, colour: str = style.INK,
        before: float = 0.0, after: float = 0.0, line: float | None = None, keep: bool = False,
        keep_lines: bool = False, box: Box | None = None, indent: int = 0, hanging: int = 0,
        numbering: int | None = None,
    ) -> Any:  # fmt: skip
        made = self._known.get(identifier)
        if made is None:
            made = self._document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            made.element.set(qn("w:styleId"), identifier)
            made.base_style = self._document.styles["Normal"]
            made.quick_style = True
            made.hidden = False
            self._known[identifier] = made
        _font(made, size, colour, bold=bold)
        for child in list(made.element.get_or_add_pPr()):
            if child.tag != qn("w:outlineLvl"):
                made.element.pPr.remove(child)
        layout = made.paragraph_format
        layout.space_before, layout.space_after = Pt(before), Pt(after)
        if line is not None:
            layout.line_spacing = line
        layout.keep_with_next = keep or None
        layout.keep_together = keep_lines or None
        _placed(made.element.pPr, box, indent, hanging, numbering)
        return made


def _font(made: Any, size: float, colour: str, *, bold: bool) -> None:
    properties = made.element.get_or_add_rPr()
    for child in list(properties):
        properties.remove(child)
    properties.append(_fonts())
    made.font.size = Pt(round(size * 2) / 2)
    made.font.bold = bold
    made.font.color.rgb = RGBColor.from_string(colour.removeprefix("#").upper())


def _placed(properties: Any, box: Box | None, indent: int, hanging: int, numbering: int | None) -> None:
    """Add border, shading, list and indent in the order that the schema wants."""
    spacing = properties.find(qn("w:spacing"))
    if numbering is not None:
        number = element("w:numPr", element("w:ilvl", val="0"), element("w:numId", val=str(numbering)))
        spacing.addprevious(number)
    if box is not None:
        line = {"val": "single", "sz": "24", "space": "8", "color": box.line.removeprefix("#")}
        fill = box.fill.removeprefix("#")
        spacing.addprevious(element("w:pBdr", element("w:left", **line)))
        spacing.addprevious(element("w:shd", val="clear", color="auto", fill=fill))
    if hanging:
        stops = [element("w:tab", val="left", pos=str(stop)) for stop in range(STEP, indent + 1, STEP)]
        spacing.addprevious(element("w:tabs", *stops))
    if indent:
        spacing.addnext(element("w:ind", left=str(indent), **({"hanging": str(hanging)} if hanging else {})))


def _table_style(document: WordDocument) -> None:
    line = {"val": "single", "sz": "4", "space": "0", "color": style.LINE.removeprefix("#")}
    thick = {**line, "sz": "12", "color": style.ACCENT.removeprefix("#")}
    borders = element(
        "w:tblBorders", *(element(f"w:{side}", **line) for side in ("top", "bottom", "insideH"))
    )
    margins = element(
        "w:tblCellMar", *(element(f"w:{side}", w="70", type="dxa") for side in ("left", "right"))
    )
    header = element(
        "w:tblStylePr",
        element("w:rPr", element("w:b")),
        element(
            "w:tcPr",
            element("w:tcBorders", element("w:bottom", **thick)),
            element("w:shd", val="clear", color="auto", fill=style.BAND.removeprefix("#")),
            element("w:vAlign", val="bottom"),
        ),
        type="firstRow",
    )
    document.styles.element.append(
        element(
            "w:style",
            element("w:name", val="Kring tabel"),
            element("w:basedOn", val="TableNormal"),
            element("w:uiPriority", val="99"),
            element("w:tblPr", element("w:tblInd", w="0", type="dxa"), borders, margins),
            header,
            type="table",
            customStyle="1",
            styleId="KringTabel",
        )
    )


def _lists(document: WordDocument) -> None:
    """Define lists with points and with numbers; each numbered list in a text starts anew."""
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    for number, kind, text, font in (
        (BULLETS, "bullet", "\u2022", style.OFFICE_FONT),
        (NUMBERS, "decimal", "%1.", style.OFFICE_FONT),
    ):
        level = element(
            "w:lvl",
            element("w:start", val="1"),
            element("w:numFmt", val=kind),
            element("w:lvlText", val=text),
            element("w:lvlJc", val="left"),
            element("w:pPr", element("w:ind", left=str(STEP), hanging=str(STEP))),
            element("w:rPr", element("w:rFonts", ascii=font, hAnsi=font)),
            ilvl="0",
        )
        kind_of_list = element("w:multiLevelType", val="singleLevel")
        root.append(element("w:abstractNum", kind_of_list, level, abstractNumId=str(number)))
    for number in (BULLETS, NUMBERS):
        root.append(element("w:num", element("w:abstractNumId", val=str(number)), numId=str(number)))
