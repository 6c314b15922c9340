"""What is in the files besides text: structure for who listens, language, styles, and the same bytes twice."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import docx as python_docx
import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]
import pypdf
import pytest
from docx.oxml.ns import qn

from gis.errors import InputError
from layers.documents import Clause, Column, Document, Figure, Heading, Items, Paragraph, Table
from maps.documents import docx, html, pdf, style
from maps.patterns import luminance

if TYPE_CHECKING:
    from maps.documents.content import Picture

    Pictures = dict[Figure, Picture]


def contrast(first: str, second: str) -> float:
    """WCAG 2.1, definition of contrast ratio."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_colours_of_text_reach_the_contrast_of_wcag_aa() -> None:
    fills = ["#ffffff", style.BAND, style.ARTICLE.fill, *(box.fill for box in style.BOXES.values())]
    for colour in (style.INK, style.SOFT, style.ACCENT, style.LINK):
        assert min(contrast(colour, fill) for fill in fills) >= 4.5


def test_colours_of_the_web_page_are_those_of_the_other_files() -> None:
    sheet = html.style_sheet()
    for colour in (style.INK, style.SOFT, style.ACCENT, style.LINE, style.BAND, style.ARTICLE.fill):
        assert colour in sheet


@pytest.mark.parametrize("drawer", [docx, pdf, html])
def test_two_runs_give_the_same_bytes(drawer: Any, document: Document, pictures: Pictures) -> None:
    assert drawer.draw(document, pictures) == drawer.draw(document, pictures)


@pytest.mark.parametrize("drawer", [docx, pdf, html])
def test_everything_wrong_with_a_document_is_told_at_once(drawer: Any, document: Document) -> None:
    wrong = (
        Heading(2, "Te diep", "a"),
        Heading(1, "Goed", "a"),
        Heading(1, "Naam", "1 naam"),
        Table("Scheef", (Column("A"), Column("B")), (("1",),)),
        Figure("cover", "Zonder plaat", "alt", "GM0001"),
    )
    with pytest.raises(InputError) as caught:
        drawer.draw(replace(document, parts=wrong), {})
    text = str(caught.value)
    for part in (
        "level 2",
        "'a' occurs twice",
        "'1 naam' is no name",
        "'Scheef' has 1 rows",
        "'Zonder plaat'",
    ):
        assert part in text


def test_control_signs_and_text_direction_marks_are_taken_out(document: Document) -> None:
    text = "a\x00b\x07c \u202eomgekeerd\u202c\n nieuwe  regel\u2028x"
    data = docx.draw(replace(document, parts=(Paragraph(text),)), {})
    assert "abc omgekeerd nieuwe regel x" in [
        p.text for p in python_docx.Document(io.BytesIO(data)).paragraphs
    ]
    assert (
        "abc omgekeerd nieuwe regel x" in html.draw(replace(document, parts=(Paragraph(text),)), {}).decode()
    )


# --- web page ---------------------------------------------------------------------------------------------


def test_the_web_page_has_landmarks_headings_in_order_and_names_for_everything(
    document: Document, pictures: Pictures
) -> None:
    root = lxml.html.fromstring(html.draw(document, pictures).decode())
    assert root.get("lang") == "nl"
    assert [len(root.xpath(f"//{tag}")) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    levels = [
        int(node.tag[1])
        for node in root.xpath("//h1 | //main//*[self::h2 or self::h3 or self::h4 or self::h5]")
    ]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    names = root.xpath("//@id")
    assert len(names) == len(set(names))
    for link in root.xpath("//a/@href"):
        assert link.startswith("#")
        assert link[1:] in names
    for table in root.xpath("//table"):
        assert table.xpath("caption")
        assert table.xpath("thead//th[@scope='col']")
        assert all(row[0].get("scope") == "row" for row in table.xpath("tbody/tr"))
    assert root.xpath("//img/@alt") == ['Kaart met "één" <terrein>']
    assert root.xpath("//a[@class='skip']/@href") == ["#main_content"]


def test_the_web_page_holds_no_script_and_a_policy_that_allows_none(
    document: Document, pictures: Pictures
) -> None:
    data = html.draw(document, pictures).decode()
    root = lxml.html.fromstring(data)
    assert not root.xpath("//script | //link | //iframe | //object | //form")
    assert not root.xpath("//@style | //@onclick | //@onload")
    policy = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "script-src 'none'" in policy
    sheet = re.search(r"<style>(.*?)</style>", data, re.DOTALL)
    assert sheet is not None
    digest = base64.b64encode(hashlib.sha256(sheet.group(1).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "http" not in re.sub(r"http-equiv", "", data)


def test_an_anchor_of_the_text_never_is_one_of_the_page_itself(document: Document) -> None:
    headings = tuple(Heading(1, "x", name) for name in ("inhoud", "main", "contents-heading", "main-content"))
    root = lxml.html.fromstring(
        html.draw(replace(document, parts=(*headings, Paragraph("w " * 2000))), {}).decode()
    )
    names = root.xpath("//@id")
    assert len(names) == len(set(names))


# --- pdf --------------------------------------------------------------------------------------------------


def tags(reader: pypdf.PdfReader) -> list[Any]:
    """Give the elements of the structure tree, depth first."""
    found: list[Any] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append(node)
            if "/K" in node:
                walk(node["/K"])

    walk(root_of(reader)["/StructTreeRoot"]["/K"])
    return found


def root_of(reader: pypdf.PdfReader) -> Any:
    return reader.trailer["/Root"]


def test_the_pdf_is_tagged_named_and_in_dutch(document: Document, pictures: Pictures) -> None:
    data = pdf.draw(document, pictures)
    reader = pypdf.PdfReader(io.BytesIO(data))
    root = root_of(reader)
    assert root["/Lang"].startswith("nl")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == document.title
    assert "/CreationDate" not in reader.metadata
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds = [str(node["/S"]) for node in tags(reader)]
    assert {
        "/Title",
        "/H1",
        "/H2",
        "/H3",
        "/H4",
        "/P",
        "/L",
        "/LI",
        "/Table",
        "/TH",
        "/TD",
        "/Caption",
    } <= set(kinds)
    # 3 and 3 columns of headers, marked once although the first table runs over pages
    assert kinds.count("/TH") == 6
    alternatives = [str(node["/Alt"]) for node in tags(reader) if str(node["/S"]) == "/Figure"]
    assert alternatives == ['Kaart met "één" <terrein>']
    assert len(reader.outline) > 0


def test_text_that_looks_like_typst_stays_text_and_reads_no_file(document: Document) -> None:
    for text in (
        '#read("content.json")',
        "#panic()",
        "](",
        "$",
        '#import "@preview/cetz:0.3.0"',
        "\\u{41}",
        "*x",
        "/*",
    ):
        data = pdf.draw(
            replace(
                document, title=text, status=text,
                parts=(
                    Heading(1, text, "a"), Paragraph(text, "warning"), Items((text,)),
                    Table(text, (Column(text),), ((text,),)),
                ),
            ),
            {},
        )  # fmt: skip
        shown = pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text()
        assert shown.replace("\u200b", "").count(text) >= 6


def test_signs_that_no_font_has_are_told_and_not_left_out(document: Document) -> None:
    with pytest.raises(InputError, match="PDF cannot be made") as caught:
        pdf.draw(replace(document, parts=(Paragraph("een 😀 lach"),)), {})
    assert "😀" in str(caught.value)
    assert "kringruimte-" not in str(caught.value)


# --- word -------------------------------------------------------------------------------------------------


def word_xml(data: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return lxml.etree.fromstring(archive.read(name))


def test_the_word_file_has_real_headings_lists_captions_and_rule_styles(
    document: Document, pictures: Pictures
) -> None:
    read = python_docx.Document(io.BytesIO(docx.draw(document, pictures)))
    styles = [paragraph.style.name for paragraph in read.paragraphs if paragraph.style is not None]
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3", "Heading 4", "Caption", "Kring regel kop",
                 "Kring regel lid", "Kring regel onderdeel", "Kring punten", "Kring nummers", "Kring let op"):  # fmt: skip
        assert name in styles
    levels = {
        found.style_id: found.element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}") for found in read.styles
    }
    assert [levels[f"Heading{level}"].get(qn("w:val")) for level in range(1, 5)] == ["0", "1", "2", "3"]
    body = read.element.body
    assert [node.get("descr") for node in body.iter(qn("wp:docPr"))] == ['Kaart met "één" <terrein>']
    codes = [node.text.strip() for node in body.iter(qn("w:instrText"))]
    assert codes[0].startswith("TOC")
    assert [code for code in codes if code.startswith("SEQ")] == [
        "SEQ Kaart \\* ARABIC", "SEQ Tabel \\* ARABIC", "SEQ Tabel \\* ARABIC",
    ]  # fmt: skip
    marks = {node.get(qn("w:name")) for node in body.iter(qn("w:bookmarkStart"))}
    assert {node.get(qn("w:anchor")) for node in body.iter(qn("w:hyperlink"))} <= marks
    assert all(len(mark) <= 40 and re.fullmatch(r"\w+", mark) for mark in marks)


def test_tables_in_word_repeat_their_header_and_bear_a_name(document: Document, pictures: Pictures) -> None:
    read = python_docx.Document(io.BytesIO(docx.draw(document, pictures)))
    facts, long, _ = read.tables
    assert [len(list(row._tr.iter(qn("w:tblHeader")))) for row in long.rows] == [1, *[0] * 40]
    assert all(len(list(row._tr.iter(qn("w:cantSplit")))) == 1 for row in long.rows)
    names = [table._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) for table in (facts, long)]
    assert names[1] == "Tabel 1. Kavels & <meer>"
    assert not list(facts._tbl.iter(qn("w:tblHeader")))


def test_numbered_lists_in_word_start_anew(document: Document, pictures: Pictures) -> None:
    data = docx.draw(document, pictures)
    body = word_xml(data, "word/document.xml")
    used = [
        node.get(qn("w:val"))
        for paragraph in body.iter(qn("w:p"))
        if paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}").get(qn("w:val")) == "KringNummers"
        for node in paragraph.iter(qn("w:numId"))
    ]
    assert len(used) == 3
    assert used[0] == used[1] != used[2]
    known = {node.get(qn("w:numId")) for node in word_xml(data, "word/numbering.xml").iter(qn("w:num"))}
    assert set(used) <= known


def test_the_word_file_is_in_dutch_in_a_font_that_every_office_has(
    document: Document, pictures: Pictures
) -> None:
    data = docx.draw(document, pictures)
    styles = word_xml(data, "word/styles.xml")
    assert styles.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}").get(qn("w:val")) == "nl-NL"
    for name in ("Normal", "Heading1", "KringTabeltekst"):
        found = styles.xpath(f"//w:style[@w:styleId='{name}']//w:rFonts/@w:ascii", namespaces=styles.nsmap)
        assert found == ["Arial"]
    read = python_docx.Document(io.BytesIO(data))
    assert read.core_properties.title == document.title
    assert read.core_properties.created.year == 1980
    assert document.status.split(".")[0] in read.sections[0].header.paragraphs[0].text
    assert "PAGE" in read.sections[0].footer._element.xml
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"


def test_the_word_file_holds_the_files_that_its_library_would_write(
    document: Document, pictures: Pictures
) -> None:
    data = docx.draw(document, pictures)
    again = io.BytesIO()
    python_docx.Document(io.BytesIO(data)).save(again)
    with zipfile.ZipFile(io.BytesIO(data)) as ours, zipfile.ZipFile(again) as theirs:
        assert sorted(ours.namelist()) == sorted(theirs.namelist())
        for name in ("[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"):
            both = [
                lxml.etree.tostring(lxml.etree.fromstring(file.read(name)), method="c14n")
                for file in (ours, theirs)
            ]
            assert both[0] == both[1]


# --- one page ---------------------------------------------------------------------------------------------


def pages(data: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(data)).pages)


def test_what_must_fit_on_one_page_does(short: Document) -> None:
    assert pages(pdf.draw(short, {})) == 1
    full = short
    # add lines until the ordinary size would need a second page
    while pages(pdf.draw(replace(full, one_page=False), {})) == 1:
        full = replace(full, parts=(*full.parts, Items(("Een punt van een gewone lengte op de lijst." * 2,))))
    assert pages(pdf.draw(full, {})) == 1
    size = python_docx.Document(io.BytesIO(docx.draw(full, {}))).styles["Normal"].font.size
    assert size is not None
    assert style.SMALLEST_PT <= size.pt <= style.BODY_PT


@pytest.mark.parametrize("drawer", [docx, pdf])
def test_what_cannot_fit_on_one_page_is_refused_by_name(drawer: Any, short: Document) -> None:
    long = replace(short, parts=(*short.parts, *[Paragraph("Te veel tekst. " * 40)] * 24))
    with pytest.raises(InputError, match="does not fit on one A4") as caught:
        drawer.draw(long, {})
    assert "een-a4" in str(caught.value)


def test_the_web_page_of_one_page_numbers_no_captions(short: Document) -> None:
    table = Table("Cijfers", (Column("A"),), (("1",),))
    assert "<caption>Cijfers</caption>" in html.draw(replace(short, parts=(table,)), {}).decode()


def test_clauses_and_parts_are_lettered_beyond_z(document: Document) -> None:
    from layers.documents import Article

    parts = tuple(f"onderdeel {number};" for number in range(28))
    article = Article("x.9", "Lang", (Clause("Eerste."), Clause("Tweede:", parts)))
    read = python_docx.Document(io.BytesIO(docx.draw(replace(document, parts=(article,)), {})))
    texts = [paragraph.text for paragraph in read.paragraphs]
    assert "1.\tEerste." in texts
    assert "\tz.\tonderdeel 25;" in texts
    assert "\taa.\tonderdeel 26;" in texts


def test_a_cell_longer_than_a_page_runs_on_and_is_not_cut_off(document: Document) -> None:
    long = " ".join(f"woord{number}" for number in range(1500))
    data = pdf.draw(
        replace(document, parts=(Table("Lang", (Column("A"), Column("B")), (("1", long), ("2", "x"))),)), {}
    )
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert "woord1499" in " ".join(page.extract_text() for page in reader.pages)
