"""A document as a Word file that a municipality can edit: real headings, lists, captions and styles."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import docx as python_docx
from docx.opc.packuri import CONTENT_TYPES_URI, PACKAGE_URI
from docx.opc.pkgwriter import _ContentTypesItem
from docx.oxml.ns import qn
from docx.shared import Mm

from gis.errors import InputError
from layers.documents import Article, Facts, Figure, Heading, Items, Paragraph, Table
from layers.exports.zipped import pack
from maps.documents import docx_styles as names
from maps.documents import style
from maps.documents.content import WHOLE_LINES, letter, lines_of, prepare, shares
from maps.documents.docx_xml import Bookmarks, element, facts, field, link, paragraph, run, table
from maps.documents.pdf import CROWDED_FROM, STEP_PT, compiled, short_status, too_long
from maps.documents.words import LOCALES, prefix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docx.document import Document as WordDocument

    from layers.documents import Document, Part
    from maps.documents.content import Content, Numbered, Picture

TONES: Final = {
    "plain": "Normal",
    "lead": names.LEAD,
    "concept": names.CONCEPT,
    "warning": names.WARNING,
    "source": names.SOURCE,
}
LABEL_SHARE: Final = 0.32
"""Of the width, for the labels of facts."""


def draw(document: Document, pictures: Mapping[Figure, Picture]) -> bytes:
    """Write a document as a Word file.

    Parameters
    ----------
    document
        What is said; one that must fit on one A4 is made smaller, down to `style.SMALLEST_PT`. Whether it
        fits is measured with a font that is wider than the one of the file.
    pictures
        Figure to its picture, for every figure in the document.

    Returns
    -------
    bytes
        A docx, the same for the same document and pictures.

    Raises
    ------
    InputError
        With everything that `maps.documents.content.prepare` finds wrong; when what must fit on one page does
        not.
    """
    content = prepare(document, pictures)
    size = _fitted(content, pictures) if document.one_page else style.BODY_PT
    word = python_docx.Document(BytesIO(names.blank(size, document.language, tight=document.one_page)))
    writer = _Writer(word, content, pictures)
    writer.write()
    _properties(word, content)
    return pack(_files(word))


def _fitted(content: Content, pictures: Mapping[Figure, Picture]) -> float:
    """Give the largest size in which the document fits on one page."""
    size = style.BODY_PT
    while size >= style.SMALLEST_PT:
        if compiled(content, pictures, size, office=True)[1] == 1:
            return size
        size -= STEP_PT
    raise InputError(too_long(content))


class _Writer:
    """Writes the parts of a document behind each other."""

    def __init__(self, word: WordDocument, content: Content, pictures: Mapping[Figure, Picture]) -> None:
        self._word = word
        self._content = content
        self._pictures = pictures
        self._bookmarks = Bookmarks()
        self._tight = content.document.one_page
        self._width = names.text_width(tight=self._tight)
        self._lists = 100

    def write(self) -> None:
        body = self._word.element.body
        end = body.find(qn("w:sectPr"))
        for block in self._blocks():
            end.addprevious(block)
        if not self._tight:
            self._edges()

    def _blocks(self) -> Iterator[Any]:
        head = self._content.document
        yield paragraph("Title", run(head.title))
        if head.subtitle:
            yield paragraph("Subtitle", run(head.subtitle))
        if head.status:
            yield paragraph(names.STATUS, run(f"{self._content.words.status}: {head.status}"))
        if self._content.contents:
            yield from self._contents()
        for numbered in self._content.parts:
            yield from self._part(numbered)

    def _contents(self) -> Iterator[Any]:
        """Write the list of contents as a field that Word can renew, with what it shows until then."""
        yield paragraph(names.CONTENTS, run(self._content.words.contents))
        begin = [
            element("w:r", element("w:fldChar", fldCharType="begin")),
            element("w:r", _instruction(' TOC \\o "1-2" \\n \\h \\z \\u ')),
            element("w:r", element("w:fldChar", fldCharType="separate")),
        ]
        finish = [element("w:r", element("w:fldChar", fldCharType="end"))]
        headings = self._content.contents
        for number, heading in enumerate(headings):
            entry = link(self._bookmarks.name(heading.anchor), heading.text)
            last = number == len(headings) - 1
            yield paragraph(
                f"TOC{heading.level}", *(begin if number == 0 else []), entry, *(finish if last else [])
            )

    def _part(self, numbered: Numbered) -> Iterator[Any]:
        part: Part = numbered.part
        if isinstance(part, Heading):
            yield paragraph(f"Heading{part.level}", *self._bookmarks.around(part.anchor, run(part.text)))
        elif isinstance(part, Paragraph):
            before = prefix(part.tone, part.text, self._content.words)
            runs = [run(before, bold=True)] if before else []
            yield paragraph(TONES[part.tone], *runs, run(part.text))
        elif isinstance(part, Items):
            yield from self._items(part)
        elif isinstance(part, Facts):
            widths = _widths((LABEL_SHARE, 1 - LABEL_SHARE), self._width)
            yield facts(part.pairs, ", ".join(pair[0] for pair in part.pairs[:3]), widths, names.CELL)
            yield _gap()
        elif isinstance(part, Table):
            small = len(part.columns) >= CROWDED_FROM
            widths = _widths(shares(part.columns, part.rows), self._width)
            yield self._caption(numbered, keep=True)
            yield table(part, numbered.caption, widths, names.SMALL_CELL if small else names.CELL)
            yield _gap()
        elif isinstance(part, Figure):
            yield self._picture(part)
            yield self._caption(numbered)
        else:
            yield from self._article(part)

    def _caption(self, numbered: Numbered, *, keep: bool = False) -> Any:
        """Write a caption whose number Word can renew."""
        properties = [element("w:keepNext")] if keep else []
        word, dot, rest = numbered.caption.partition(". ")
        if self._tight or not dot:
            return paragraph("Caption", run(numbered.caption), properties=properties)
        label, _, number = word.rpartition(" ")
        return paragraph(
            "Caption", run(f"{label} "), *field(f"SEQ {label} \\* ARABIC", number), run(f". {rest}"),
            properties=properties,
        )  # fmt: skip

    def _items(self, items: Items) -> Iterator[Any]:
        properties = []
        if items.numbered:
            self._lists += 1
            root = self._word.part.numbering_part.element
            start = element("w:lvlOverride", element("w:startOverride", val="1"), ilvl="0")
            abstract = element("w:abstractNumId", val=str(names.NUMBERS))
            root.append(element("w:num", abstract, start, numId=str(self._lists)))
            properties = [
                element("w:numPr", element("w:ilvl", val="0"), element("w:numId", val=str(self._lists)))
            ]
        for text in items.texts:
            own = [_copied(item) for item in properties]
            yield paragraph(names.NUMBERED if items.numbered else names.BULLET, run(text), properties=own)

    def _picture(self, figure: Figure) -> Any:
        picture = self._pictures[figure]
        inline = self._word.part.new_pic_inline(
            BytesIO(picture.png), Mm(picture.width_mm), Mm(picture.height_mm)
        )
        inline.docPr.set("descr", picture.alternative)
        inline.docPr.set("title", "")
        drawing = element("w:drawing", inline)
        return paragraph("Normal", element("w:r", drawing), properties=[element("w:keepNext")])

    def _article(self, article: Article) -> Iterator[Any]:
        """Write rule text with its numbers as text, so that they come along when it is copied into a plan."""
        word = self._content.words.article
        lines = [(names.ARTICLE, f"{word} {article.number} {article.title}")]
        single = len(article.clauses) == 1
        for number, clause in enumerate(article.clauses, start=1):
            lines.append((names.CLAUSE, clause.text if single else f"{number}.\t{clause.text}"))
            lines += [(names.PART, f"\t{letter(place)}.\t{text}") for place, text in enumerate(clause.parts)]
        whole = lines_of(article) <= WHOLE_LINES
        for place, (name, text) in enumerate(lines):
            properties = [element("w:keepNext")] if whole and place < len(lines) - 1 else []
            if place == len(lines) - 1:
                properties.append(element("w:spacing", after="160"))
            if single and name == names.CLAUSE:
                properties.append(element("w:ind", left="0", firstLine="0"))
            yield paragraph(name, run(text), properties=properties)

    def _edges(self) -> None:
        """Write header and footer: what it is, its status and the page."""
        section, head, words = self._word.sections[0], self._content.document, self._content.words
        stops = element("w:tabs", element("w:tab", val="right", pos=str(self._width)))
        top = section.header.paragraphs[0]._p  # noqa: SLF001 - python-docx has no public name for it
        top.getparent().replace(
            top,
            paragraph(
                "Header", run(f"{head.title}\t{short_status(head.status)}"), properties=[_copied(stops)]
            ),
        )
        bottom = section.footer.paragraphs[0]._p  # noqa: SLF001
        shown = [run(f"\t{words.page} "), *field("PAGE", "1"), run(f" {words.of} "), *field("NUMPAGES", "1")]
        bottom.getparent().replace(bottom, paragraph("Footer", *shown, properties=[_copied(stops)]))


def _instruction(code: str) -> Any:
    made = element("w:instrText")
    made.text = code
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def _copied(item: Any) -> Any:
    from copy import deepcopy

    return deepcopy(item)


def _gap() -> Any:
    """Give the empty line that Word needs between tables."""
    return paragraph("Normal", properties=[element("w:spacing", after="0", line="160", lineRule="exact")])


def _widths(parts: tuple[float, ...], full: int) -> list[int]:
    return [round(part * full) for part in parts]


def _properties(word: WordDocument, content: Content) -> None:
    head, core = content.document, word.core_properties
    core.title, core.subject, core.comments = head.title, head.subtitle, head.status
    core.language = LOCALES.get(head.language, LOCALES["nl"])
    core.author = core.last_modified_by = core.keywords = core.category = ""
    core.created = core.modified = core.last_printed = names.FIXED.replace(tzinfo=None)
    core.revision = 1


def _files(word: WordDocument) -> dict[str, bytes]:
    """Give the files of a Word document, packed once and not twice as its own writer would have it."""
    package = word.part.package
    if package is None:
        raise ValueError("the document belongs to no file")
    parts = package.parts
    for part in parts:
        part.before_marshal()
    kinds = _ContentTypesItem.from_parts(parts)  # type: ignore[no-untyped-call]
    found = {CONTENT_TYPES_URI: kinds.blob, PACKAGE_URI.rels_uri: package.rels.xml}
    for part in parts:
        found[part.partname] = part.blob
        if len(part.rels):
            found[part.partname.rels_uri] = part.rels.xml
    return {
        uri.lstrip("/"): content.encode() if isinstance(content, str) else content
        for uri, content in found.items()
    }
