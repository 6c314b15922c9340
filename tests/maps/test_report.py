"""The report: figures first, one measure at a time, what is assumed, and nothing that may not go out."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from layers.schema import Level
from maps import ranking, report_tables
from maps.reading import View
from maps.report import report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release


class Tables(HTMLParser):
    """Gathers tables as lists of rows of texts, and every start tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.tables: list[list[list[str]]] = []
        self.title = ""
        self._cell: list[str] | None = None
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self._cell = []
        self._in_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self.tables[-1][-1].append("".join(self._cell).strip())
            self._cell = None
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)
        if self._in_title:
            self.title += data

    def row(self, head: str) -> list[str]:
        return next(row for table in self.tables for row in table if row and row[0] == head)


@pytest.fixture(scope="module")
def text(region: Release) -> str:
    return report(View(region, Level.PUBLIC)).decode()


@pytest.fixture(scope="module")
def page(text: str) -> Tables:
    return Tables(text)


def test_the_report_is_one_dutch_file_without_script_or_network(text: str, page: Tables) -> None:
    assert ("html", {"lang": "nl"}) in page.tags
    assert page.title == "Ruimte voor circulaire bedrijven: Proefgebied & omstreken"
    assert "script" not in {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        for name in ("src", "href", "srcset", "action"):
            if name in attributes:
                assert attributes[name].startswith(("#", "data:")), (tag, attributes)
        assert "style" not in attributes
    assert "@import" not in text
    assert "url(" not in text
    policy = next(attributes["content"] for _, attributes in page.tags if "http-equiv" in attributes)
    assert "script-src 'none'" in policy
    assert "default-src 'none'" in policy


def test_the_headline_gives_what_is_sure_and_what_is_possible(text: str) -> None:
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")
    assert "Dit rapport gaat over 10 terreinen, samen 661 ha." in plain
    # three parks are certain, three possible, one governed by its zone, one not assessed
    assert "Op 3 daarvan is zeker ruimte voor een hoge milieucategorie, op 3 mogelijk" in plain
    assert (
        "Voor 1 terrein is dat niet beoordeeld. Voor 1 terrein ontbreekt een deel van het antwoord." in plain
    )
    assert "Hoge categorie toegestaan 1.235 ha zeker" in plain
    # 139.84 sure and 70.94 on top make 210.78
    assert "Toegestaan én indicatief benutbaar 140 ha zeker, mogelijk tot 211 ha" in plain
    assert "Op nog eens 42 ha is een hoge categorie toegestaan" in plain


def test_the_share_of_assumed_figures_is_told(text: str, region: Release) -> None:
    assert "75 % van de gebruikte cijfers (3 van 4)" in text
    share = report_tables.assumed_share(View(region, Level.PUBLIC))
    assert share is not None
    assert [(part["label"], part["count"], part["width"]) for part in share["parts"]] == [
        ("bron", "1", 25.0),
        ("aanname", "2", 50.0),
        ("te verifiëren", "1", 25.0),
    ]


def test_areas_have_their_figures_and_empty_ones_say_so(page: Tables) -> None:
    assert page.row("De Bilt") == ["De Bilt", "geen bedrijventerreinen"]
    assert page.row("Totaal")[1:6] == ["10", "1", "661", "1.235", "140 tot 211"]
    assert page.row("U16 West")[1] == "3"


def test_many_areas_without_parks_are_only_counted(tmp_path: Path, make: Callable[..., Release]) -> None:
    total = {"scope": "total", "area_id": "total", "area_name": "Totaal", "parks": 1}
    areas = [
        {
            "scope": "municipality",
            "area_id": f"GM{number:04d}",
            "area_name": f"Plaats {number}",
            "parks": int(number == 7),
        }
        for number in range(30)
    ]
    found = report(View(make(tmp_path, rows={"summary": [total, *areas]}), Level.PUBLIC)).decode()
    assert "Zonder bedrijventerreinen in dit project: 29 gemeenten." in found
    assert "Plaats 7" in found
    assert "Plaats 8" not in found


def test_when_nothing_is_assessed_no_zero_is_claimed(
    tmp_path: Path, make: Callable[..., Release], region: Release
) -> None:
    rows = [
        {"park_id": "A", "name": "Terrein", "heavy": "not_assessed", "connection": "not_assessed",
         "connection_possible": "not_assessed", "geometry": region.table("parks").geometry[0]}
    ]  # fmt: skip
    total = {"scope": "total", "area_id": "total", "area_name": "Totaal", "parks": 1, "parks_not_assessed": 1}
    made = make(
        tmp_path,
        rows={"park_evidence": rows, "summary": [total]},
        facts={"sample": False, "note": "Bij benadering."},
    )
    found = report(View(made, Level.PUBLIC)).decode()
    assert "Of daar ruimte is voor een hoge milieucategorie, is niet beoordeeld." in found
    assert "Op 0 daarvan" not in found
    assert "<strong>Let op.</strong> Bij benadering." in found


def test_losses_to_housing_are_totals_only(text: str, page: Tables) -> None:
    assert "nemen samen 3,6 tot 18 ha ruimte voor hoge categorie weg" in text
    for table in page.tables:
        assert not [head for head in table[0] if "woningbouw" in head.lower()]


@pytest.mark.parametrize(
    ("key", "names"),
    [
        (
            "heavy",
            ["Lage Weide", "De Wieken", "De Liesbosch", "Barwoutswaarder", "Overvecht-Noord", "Plettenburg"],
        ),
        ("usable-quay", ["Lage Weide", "De Liesbosch"]),
        ("governed", ["De Isselt"]),
        ("shore", ["Lage Weide", "De Isselt", "De Liesbosch", "De Wieken", "Plettenburg"]),
    ],
)
def test_parks_are_in_the_order_of_one_measure(region: Release, key: str, names: list[str]) -> None:
    rows = ranking.listed(View(region, Level.PUBLIC), key, 20)
    assert [row["title"] for row in rows] == names


def test_parks_without_an_answer_are_counted_apart(region: Release) -> None:
    view = View(region, Level.PUBLIC)
    measure = next(measure for measure in ranking.MEASURES if measure.key == "heavy")
    rows, nothing, unknown = ranking.ranked(view, measure)
    assert (len(rows), nothing, unknown) == (6, 3, 1)
    assert rows[0]["text"] == "96 tot 119 ha"


def test_the_reader_picks_the_measure_without_script(text: str, page: Tables) -> None:
    picks = [
        attributes["id"] for tag, attributes in page.tags if tag == "input" and attributes["type"] == "radio"
    ]
    assert picks == [f"kies-{measure.key}" for measure in ranking.MEASURES]
    for pick in picks:
        key = pick.removeprefix("kies-")
        assert f'<label for="{pick}">' in text
        assert f'id="lijst-{key}"' in text
        assert f"#kies-{key}:checked ~ .lijsten #lijst-{key}" in text


def test_no_home_plan_firm_or_remark_is_named(text: str, secrets: tuple[str, ...]) -> None:
    for secret in secrets:
        assert secret not in text
    assert "Uitspraken uit ateliers waarbij de berekening anders uitkomt: 1." in text


def test_names_are_escaped(tmp_path: Path, make: Callable[..., Release], hostile: str) -> None:
    made = make(tmp_path, facts={"name": hostile, "authority": hostile, "note": hostile})
    found = report(View(made, Level.PUBLIC)).decode()
    assert hostile not in found
    assert "&lt;script&gt;alert" in found


def test_quality_is_counted_per_rule_in_plain_dutch(page: Tables) -> None:
    assert page.row("Gevoelige objecten")[1:] == ["De rij is gelijk aan een eerdere.", "apart gezet", "1"]
    rows = [row for table in page.tables for row in table]
    assert ["Bedrijventerreinen", "Deze oppervlakte stond in m2.", "hersteld", "3"] in rows


def test_what_was_not_assessed_is_listed_most_land_first(page: Tables) -> None:
    table = next(table for table in page.tables if table[0][:2] == ["Wat", "Waarom"])
    assert table[1] == ["Rustig of gemengd gebied", "De laag staat niet in het project.", "10", "789 ha"]
    assert table[2][0] == "Toegestane categorie"


def test_every_figure_is_listed_with_value_status_and_source(page: Tables) -> None:
    assert page.row("Richtafstand categorie 5.2, rustig gebied")[1:] == ["700 m", "aanname", "VNG 2009"]
    assert page.row("Drempel hoge milieucategorie")[1:] == ["4.1", "aanname", "standaardwaarde"]
    assert page.row("Categorie van SBI 381")[2] == "te verifiëren"


def test_sources_have_date_and_licence(page: Tables) -> None:
    rows = [row for table in page.tables for row in table]
    assert ["Bedrijventerreinen", "IBIS", "31 december 2024", "CC0", "12", "10"] in rows
    assert ["Vaarwegen", "Rijkswaterstaat", "niet opgegeven", "CC0", "4", "4"] in rows


def test_missing_figures_say_so(tmp_path: Path, make: Callable[..., Release]) -> None:
    made = make(
        tmp_path,
        rows={
            "summary": [{"scope": "total", "area_id": "total", "area_name": "Totaal", "parks": 10}],
            "assumptions": [],
        },
    )
    found = report(View(made, Level.PUBLIC)).decode()
    assert '<span class="value unknown">niet beoordeeld</span>' in found
    plain = re.sub(r"<[^>]+>", " ", found)
    assert not re.search(r"\b(nan|NaN|None|<NA>)\b", plain)
    assert "Deze uitgave bevat geen lijst van cijfers." in found
