"""Word, PDF and web page hold the words of the document, in its order, and nothing that it does not say."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import docx as python_docx
import lxml.html  # type: ignore[import-untyped]
import pypdf
from docx.oxml.ns import qn

from layers.documents import Article, Document, Facts, Figure, Heading, Items, Paragraph, Table
from maps.documents import docx, html, pdf

if TYPE_CHECKING:
    from maps.documents.content import Picture

FIELDS = ("fldChar", "instrText")


def expected(document: Document) -> list[str]:
    """Write by hand what a reader should come across, captions and labels included."""
    found = [document.title, document.subtitle, f"Status: {document.status}", "Inhoud"]
    found += [part.text for part in document.parts if isinstance(part, Heading) and part.level <= 2]
    tables = figures = 0
    for part in document.parts:
        if isinstance(part, Heading):
            found.append(part.text)
        elif isinstance(part, Paragraph):
            found.append({"warning": "Let op: ", "source": "Bron: "}.get(part.tone, "") + part.text)
        elif isinstance(part, Items):
            found += part.texts
        elif isinstance(part, Facts):
            found += [text for pair in part.pairs for text in pair]
        elif isinstance(part, Table):
            tables += 1
            found.append(f"Tabel {tables}. {part.caption}")
            found += [column.label for column in part.columns] + [cell for row in part.rows for cell in row]
        elif isinstance(part, Figure):
            figures += 1
            found.append(f"Kaart {figures}. {part.caption}")
        elif isinstance(part, Article):
            found.append(f"Artikel {part.number} {part.title}")
            for clause in part.clauses:
                found += [clause.text, *clause.parts]
    return words(" ".join(found))


def words(text: str) -> list[str]:
    return text.replace("\u200b", "").split()


def words_of_html(data: bytes) -> list[str]:
    root = lxml.html.fromstring(data.decode())
    blocks = [*root.xpath("//header"), *root.xpath("//nav"), *root.xpath("//main")]
    return words(" ".join(" ".join(block.itertext()) for block in blocks))


def words_of_docx(data: bytes) -> list[str]:
    body = python_docx.Document(io.BytesIO(data)).element.body
    paragraphs = body.iter(qn("w:p"))
    text = " ".join("".join(_shown(node) for node in paragraph.iter()) for paragraph in paragraphs)
    # numbers of rule text are written out in Word, so that they can be copied
    return words(re.sub(r"(?:(?<=\s)|^)(?:\d+\.|[a-z]\.)\t", "", text))


def _shown(node: Any) -> str:
    if node.tag == qn("w:t"):
        return str(node.text or "")
    return "\t" if node.tag == qn("w:tab") and node.getparent().tag == qn("w:r") else ""


def words_of_pdf(data: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(data))
    return words("\n".join(page.extract_text() for page in reader.pages))


def test_the_web_page_says_what_the_document_says(
    document: Document, pictures: dict[Figure, Picture]
) -> None:
    assert words_of_html(html.draw(document, pictures)) == expected(document)


def test_the_word_file_says_what_the_document_says(
    document: Document, pictures: dict[Figure, Picture]
) -> None:
    assert words_of_docx(docx.draw(document, pictures)) == expected(document)


def test_the_pdf_says_what_the_document_says(document: Document, pictures: dict[Figure, Picture]) -> None:
    # lines break inside long words and after hyphens, so letters are compared and not words
    letters = "".join(words_of_pdf(pdf.draw(document, pictures)))
    place = 0
    for word in expected(document):
        found = letters.find(word, place)
        assert found >= 0, f"{word!r} does not come after what stands before it"
        # between two words nothing but page edges, repeated headers, list marks and dots of the contents
        assert found - place < 600
        place = found + len(word)


def test_the_pdf_holds_no_more_than_page_edges_and_repeated_headers(
    document: Document, pictures: dict[Figure, Picture]
) -> None:
    said = "\n".join(expected(document))
    extra = [word for word in words_of_pdf(pdf.draw(document, pictures)) if word not in said]
    marks = re.compile(r"[\d.•]+|[a-z]\.|Pagina|van")
    assert [word for word in extra if not marks.fullmatch(word)] == []
