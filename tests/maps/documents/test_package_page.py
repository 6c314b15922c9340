from __future__ import annotations

import lxml.html  # type: ignore[import-untyped]
import pytest

from maps.documents.package_page import PackageHead, package_page, size_text

FILES = {
    "regels-bij-activiteiten.json": b"x" * 950,
    "keuzepakket.html": b"x" * 12_345,
    "keuzepakket.docx": b"x" * 1_449_999,
    "locaties.gpkg": b"x" * 100_000,
    "een-a4.pdf": b"x" * 50_000,
    "een-a4.docx": b"x" * 50_000,
    "dossiers/locatiedossier #1 & meer.pdf": b"x",
    "index.html": b"",
}
HEAD = PackageHead(
    'Súd & "Noord" <b>',
    "Concept",
    "Eén terrein telt.",
    ("Let op & kijk.",),
    {"locaties.gpkg": "Eigen uitleg."},
    {"een-a4.pdf": "Op één blad"},
)


def rows(page: bytes) -> list[list[str]]:
    root = lxml.html.fromstring(page.decode())
    return [[" ".join(cell.text_content().split()) for cell in row] for row in root.xpath("//tbody/tr")]


def test_every_file_is_listed_with_purpose_and_size_what_is_read_first_on_top() -> None:
    found = rows(package_page(HEAD, FILES))
    assert [row[0] for row in found] == [
        "Op één blad", "Keuzepakket", "locatiedossier #1 & meer", "locaties", "regels-bij-activiteiten",
    ]  # fmt: skip
    assert all(all(row) for row in found)
    assert [row[2] for row in found] == [
        "Word, te bewerken: een-a4.docx 50 kB PDF, toegankelijk: een-a4.pdf 50 kB",
        "Word, te bewerken: keuzepakket.docx 1,4 MB webpagina: keuzepakket.html 12 kB",
        "PDF, toegankelijk: dossiers/locatiedossier #1 & meer.pdf 1 byte",
        "GeoPackage (RD): locaties.gpkg 100 kB",
        "JSON (uitwisseling): regels-bij-activiteiten.json 950 bytes",
    ]
    assert found[3][1] == "Eigen uitleg."
    headings = lxml.html.fromstring(package_page(HEAD, FILES).decode()).xpath("//h3")
    assert [node.text_content() for node in headings] == [
        "Om te lezen en te besluiten", "Per plek", "Kaartbestanden", "Voor software",
    ]  # fmt: skip


def test_links_lead_to_the_files_whatever_is_in_their_name() -> None:
    root = lxml.html.fromstring(package_page(HEAD, FILES).decode())
    links = root.xpath("//tbody//a/@href")
    assert "dossiers/locatiedossier%20%231%20%26%20meer.pdf" in links
    assert not root.xpath("//script")
    assert root.xpath("//h1")[0].text_content() == 'Keuzepakket voor Súd & "Noord" <b>'


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (1_000_000, "1,0 MB"), (2_350_000, "2,4 MB")],
)
def test_sizes_read_as_people_write_them(size: int, text: str) -> None:
    assert size_text(size) == text
