"""Pieces of WordprocessingML (ISO/IEC 29500) as lxml elements; faster than the cells of python-docx."""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser

from maps.documents.content import WHOLE_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.documents import Table

SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
TWIPS_PER_MM: Final = 1440 / 25.4
BOOKMARK_LENGTH: Final = 40
WORD: Final = {"w": nsmap["w"]}


def element(tag: str, *children: Any, **values: str) -> Any:
    """Make an element such as ``w:p``; values are attributes in the namespace of Word."""
    made = oxml_parser.makeelement(
        _named(tag), {_named(f"w:{name}"): text for name, text in values.items()}, WORD
    )
    made.extend(children)
    return made


@lru_cache(maxsize=256)
def _named(tag: str) -> str:
    return str(qn(tag))


def run(text: str, *, bold: bool = False) -> Any:
    """Make a run of text; a tab in it becomes a tab of Word."""
    made = element("w:r")
    if bold:
        made.append(element("w:rPr", element("w:b")))
    for number, piece in enumerate(text.split("\t")):
        if number:
            made.append(element("w:tab"))
        if piece:
            made.append(written(piece))
    return made


def written(text: str, tag: str = "w:t") -> Any:
    """Make an element with text whose spaces are kept."""
    made = element(tag)
    made.text = text
    made.set(SPACE, "preserve")
    return made


def paragraph(style: str, *children: Any, properties: Sequence[Any] = ()) -> Any:
    """Make a paragraph in a style; `properties` stand in the order that the schema wants."""
    return element("w:p", element("w:pPr", element("w:pStyle", val=style), *properties), *children)


def field(code: str, shown: str) -> list[Any]:
    """Make a field with what it shows until Word works it out anew."""
    return [
        element("w:r", element("w:fldChar", fldCharType="begin")),
        element("w:r", written(f" {code} ", "w:instrText")),
        element("w:r", element("w:fldChar", fldCharType="separate")),
        run(shown),
        element("w:r", element("w:fldChar", fldCharType="end")),
    ]


class Bookmarks:
    """Gives headings their names in Word, which are short and know no hyphen."""

    def __init__(self) -> None:
        self._numbers: Iterator[int] = count(1)
        self._names: dict[str, str] = {}

    def name(self, anchor: str) -> str:
        """Give the name of an anchor, the same every time."""
        if anchor not in self._names:
            plain = anchor.replace("-", "_")[: BOOKMARK_LENGTH - 6]
            self._names[anchor] = f"_k{len(self._names) + 1}_{plain}"[:BOOKMARK_LENGTH]
        return self._names[anchor]

    def around(self, anchor: str, *children: Any) -> list[Any]:
        """Put a bookmark round what a heading holds."""
        number = str(next(self._numbers))
        start = element("w:bookmarkStart", id=number, name=self.name(anchor))
        return [start, *children, element("w:bookmarkEnd", id=number)]


def link(name: str, text: str) -> Any:
    """Make a link to a bookmark."""
    return element("w:hyperlink", run(text), anchor=name, history="1")


def table(shown: Table, caption: str, widths: Sequence[int], style: str) -> Any:
    """Make a table whose header row is repeated on every page and whose rows stay whole.

    Parameters
    ----------
    shown
        The table.
    caption
        Read aloud as its name.
    widths
        Of its columns, in twentieths of a point.
    style
        Identifier of the paragraph style of its cells.
    """
    properties = _table_properties(caption, sum(widths), header=True)
    made = element("w:tbl", properties, _grid(widths))
    head = [(column.label, column.align) for column in shown.columns]
    made.append(_row(head, widths, style, header=True))
    sides = [column.align for column in shown.columns]
    last = len(shown.rows) - 1
    whole = len(shown.rows) <= WHOLE_ROWS
    for number, row in enumerate(shown.rows):
        cells = list(zip(row, sides, strict=True))
        made.append(_row(cells, widths, style, keep=whole and number < last))
    return made


def facts(pairs: Sequence[tuple[str, str]], caption: str, widths: Sequence[int], style: str) -> Any:
    """Make a table of labels and values; the first column heads its row."""
    made = element("w:tbl", _table_properties(caption, sum(widths), header=False), _grid(widths))
    last, whole = len(pairs) - 1, len(pairs) <= WHOLE_ROWS
    for number, pair in enumerate(pairs):
        cells = [(text, "left") for text in pair]
        made.append(_row(cells, widths, style, keep=whole and number < last))
    return made


def _table_properties(caption: str, width: int, *, header: bool) -> Any:
    return element(
        "w:tblPr",
        element("w:tblStyle", val="KringTabel"),
        element("w:tblW", w=str(width), type="dxa"),
        element("w:tblLayout", type="fixed"),
        element(
            "w:tblLook", val="04A0" if header else "0480", firstRow="1" if header else "0", lastRow="0",
            firstColumn="1", lastColumn="0", noHBand="1", noVBand="1",
        ),
        element("w:tblCaption", val=caption),
    )  # fmt: skip


def _grid(widths: Sequence[int]) -> Any:
    return element("w:tblGrid", *(element("w:gridCol", w=str(width)) for width in widths))


def _row(
    cells: Sequence[tuple[str, str]],
    widths: Sequence[int],
    style: str,
    *,
    header: bool = False,
    keep: bool = False,
) -> Any:
    properties = element("w:trPr", element("w:cantSplit"))
    if header:
        properties.append(element("w:tblHeader"))
    made = element("w:tr", properties)
    for number, ((text, align), width) in enumerate(zip(cells, widths, strict=True)):
        side = [element("w:jc", val="right")] if align == "right" else []
        together = [element("w:keepNext")] if header or keep else []
        content = paragraph(style, run(text, bold=header or number == 0), properties=[*together, *side])
        made.append(element("w:tc", element("w:tcPr", element("w:tcW", w=str(width), type="dxa")), content))
    return made
