"""The monitoring of a world that can be worked out by hand, from two releases to documents and tables."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import docx
import orjson
import pandas as pd
import pypdf
import pytest

from api.cli.main import main
from api.jobs.derive import derive, parameters_of
from api.jobs.monitor import monitor
from gis.errors import InputError
from tests.support.tiny_world import FAR, PARKS, box, make_world, no_views, point

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

NAMES = {
    f"{stem}{suffix}"
    for stems, suffixes in (
        (("metingen", "indicatoren"), (".csv", ".parquet")),
        (("monitoringsrapport", "voortgangsbrief-tabel"), (".docx", ".pdf", ".html")),
    )
    for stem in stems
    for suffix in suffixes
}
VERDICTS = {"F0": "circular", "F1": "circular", "F2": "possible"} | {
    f"G{number}": "circular" for number in range(3)
}


def plots(status: str) -> list[dict[str, Any]]:
    """Make five plots of 0.2 ha in park A."""
    return [
        {"plot_id": f"K{n}", "park_id": "A", "status": status, "geometry": box((20 * n, 0, 20 * n + 20, 100))}
        for n in range(5)
    ]


FIRMS = [
    *({"business_id": f"F{n}", "sbi": "38", "geometry": point(20 * n + 10, 50)} for n in range(3)),
    *({"business_id": f"G{n}", "sbi": "38", "geometry": point(2010, 10 + n)} for n in range(3)),
]


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """Make the base of 2024 and the world of 2026.

    In between, 1 ha of plots was issued: 0.4 ha to circular firms, 0.2 ha to one that may be and 0.4 ha to
    unknown ones. Park B lost 0.4 ha, of which 0.3 ha was announced, and its last 0.6 ha got a home beside it.
    """
    folder = tmp_path_factory.mktemp("worlds")
    base = make_world(
        folder / "base",
        date="2024-01-01",
        park_facts={"A": {"transformation_ha": 0.0}, "B": {"transformation_ha": 0.3}},
        more={"plots": plots("vacant")},
    )
    made = make_world(
        folder / "now",
        homes=(FAR, ("H1", 2090.0, 130.0)),
        parks={**PARKS, "B": ("4.1", (2000.0, 0.0, 2060.0, 100.0))},
        park_facts={"A": {"transformation_ha": 0.0}, "B": {"transformation_ha": 0.0}},
        more={
            "plots": plots("issued"),
            "businesses": FIRMS,
            "reservations": [
                {
                    "reservation_id": "R",
                    "function": "F01",
                    "basis": "besluit",
                    "geometry": box((0, 0, 30, 100)),
                }
            ],
        },
    )
    verdicts = pd.DataFrame({"business_id": list(VERDICTS), "verdict": list(VERDICTS.values())})
    now = derive(
        made,
        folder / "derived",
        {"circular_businesses": verdicts},
        parameters_of(made),
        {"job": "test"},
        render=no_views,
    )
    return base, now


@pytest.fixture
def adopted(tmp_path: Path) -> Path:
    path = tmp_path / "besluiten.csv"
    path.write_text(
        "municipality_code;block_id;date;decision\nGM0344;B01;2025-06-01;Raad 12\n", encoding="utf-8"
    )
    return path


def test_every_indicator_has_the_value_of_the_hand(
    worlds: tuple[Release, Release], tmp_path: Path, adopted: Path
) -> None:
    base, now = worlds
    made = monitor(now, tmp_path / "out", base=base, adopted=adopted)
    values = made.values.set_index(["indicator_id", "moment"])
    bands = {
        key: tuple(None if pd.isna(row[name]) else row[name] for name in ("low", "mid", "high"))
        for key, row in values.iterrows()
    }
    nothing = (None, None, None)
    assert bands == {
        ("M01", "base"): (2.0, None, 2.0),
        ("M01", "now"): (1.0, None, 1.0),
        ("M02", "base"): nothing,  # no businesses, and no shore either
        ("M02", "now"): nothing,
        ("M03", "base"): nothing,
        ("M03", "now"): (0.3, 0.3, 0.3),
        ("M04", "base"): nothing,
        ("M04", "now"): (0.3, None, 0.4),
        ("M05", "base"): nothing,
        ("M05", "now"): (40.0, None, 100.0),
        ("M06", "base"): nothing,
        ("M06", "now"): (5.0, None, 6.0),
        ("M07", "base"): (0.0, 0.0, 0.0),
        ("M07", "now"): (1.0, 1.0, 1.0),
        ("M08", "base"): nothing,
        ("M08", "now"): nothing,
        ("M09", "base"): (0.3, 0.3, 0.3),
        ("M09", "now"): (0.0, 0.0, 0.0),
    }
    assert set(values["year"].xs("base", level="moment")) == {2024}
    assert set(values["year"].xs("now", level="moment")) == {2026}
    without = values[values["status"] == "not_assessed"]
    assert without["reason_nl"].notna().all()
    trends = {item.indicator.id: item.trend for item in made.followed}
    assert trends == {
        "M01": "lower",
        "M02": "not_assessed",
        "M03": "not_assessed",
        "M04": "since_base",
        "M05": "since_base",
        "M06": "not_assessed",
        "M07": "higher",
        "M08": "not_assessed",
        "M09": "lower",
    }
    assert made.warnings == ()


def test_tables_read_the_same_as_csv_and_as_parquet(worlds: tuple[Release, Release], tmp_path: Path) -> None:
    base, now = worlds
    monitor(now, tmp_path, base=base)
    assert {path.name for path in tmp_path.iterdir()} == NAMES
    for stem, rows in (("metingen", 18), ("indicatoren", 9)):
        data = (tmp_path / f"{stem}.csv").read_bytes()
        assert data.startswith(b"\xef\xbb\xbf"), "Excel and Power BI see by this mark that it is UTF-8"
        text = pd.read_csv(io.BytesIO(data), sep=";", decimal=",", encoding="utf-8-sig")
        typed = pd.read_parquet(tmp_path / f"{stem}.parquet")
        assert len(text) == len(typed) == rows
        assert list(text.columns) == list(typed.columns)
        for name in typed.select_dtypes("number").columns:
            assert text[name].astype(float).tolist() == pytest.approx(
                typed[name].astype(float).tolist(), nan_ok=True
            )
    measured = pd.read_parquet(tmp_path / "metingen.parquet")
    assert not measured.duplicated(["indicator_id", "year"]).any()
    assert set(measured["indicator_id"]) <= set(
        pd.read_parquet(tmp_path / "indicatoren.parquet")["indicator_id"]
    )


def words(path: Path) -> str:
    """Give all text of a Word file in one line, tables included."""
    file = docx.Document(str(path))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(part.text for part in file.paragraphs), *cells]).split())


def test_documents_hold_the_values_and_what_is_not_known(
    worlds: tuple[Release, Release], tmp_path: Path, adopted: Path
) -> None:
    base, now = worlds
    monitor(now, tmp_path / "out", base=base, adopted=adopted)
    report = words(tmp_path / "out" / "monitoringsrapport.docx")
    letter = words(tmp_path / "out" / "voortgangsbrief-tabel.docx")
    for text in (report, letter):
        assert "Nulmeting (2024)" in text
        assert "Nu (2026)" in text
        assert "40 tot 100 %" in text
        assert "niet beoordeeld" in text
        assert "In 2035: circulair ondernemen is de norm" in text
        assert "voorbeeld met verzonnen gegevens" in text
        assert "Van de 9 indicatoren zijn er 7 beoordeeld. 3 daarvan" in text
    assert "Er is in deze uitgave geen reserveringsplan gemaakt." in report
    assert "niet openbaar" not in report, "the release was adopted"
    page = pypdf.PdfReader(tmp_path / "out" / "voortgangsbrief-tabel.pdf")
    assert len(page.pages) == 1
    assert "40 tot 100 %" in " ".join(page.pages[0].extract_text().split())


def test_without_a_base_nothing_is_compared(worlds: tuple[Release, Release], tmp_path: Path) -> None:
    made = monitor(worlds[1], tmp_path)
    assert set(made.values["moment"]) == {"now"}
    assert {item.trend for item in made.followed} == {"not_assessed"}
    assert "De nulmeting van 2024 is niet gegeven" in made.warnings[0]
    assert "De nulmeting van 2024 is niet gegeven" in words(tmp_path / "voortgangsbrief-tabel.docx")
    lost = made.values.set_index("indicator_id").loc["M04"]
    assert lost["status"] == "not_assessed"
    assert pd.isna(lost["value"])


def test_what_makes_the_moments_hard_to_compare_is_said(
    worlds: tuple[Release, Release], tmp_path: Path
) -> None:
    strict = make_world(tmp_path / "strict", parameters='hmc_threshold = "4.2"', date="2025-01-01")
    found = " ".join(monitor(worlds[1], tmp_path / "out", base=strict).warnings)
    assert "vraagt een nulmeting van 2024. Deze vergelijking gebruikt een uitgave van 2025." in found
    assert "andere parameters gemaakt: hmc_threshold." in found


def test_a_second_run_gives_the_same_bytes_and_other_content_is_not_overwritten(
    worlds: tuple[Release, Release], tmp_path: Path
) -> None:
    base, now = worlds
    monitor(now, tmp_path, base=base)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monitor(now, tmp_path, base=base)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    with pytest.raises(InputError, match="other content"):
        monitor(now, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first, "nothing half-written"
    monitor(now, tmp_path, replace=True)
    assert (tmp_path / "metingen.csv").read_bytes() != first["metingen.csv"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("municipality_code,block_id,date,decision\nGM9999,B01,2025-01-01,x\n", "GM9999"),
        ("municipality_code,block_id,date,decision\nGM0344,B99,2025-01-01,x\n", "B99"),
        ("municipality_code,block_id,date,decision\nGM0344,B01,1 juni,x\n", "no date"),
        ("municipality_code,block_id,date\nGM0344,B01,2025-01-01\n", "decision"),
        ("", "no header"),
    ],
)
def test_a_bad_list_of_decisions_is_refused_and_nothing_is_written(
    worlds: tuple[Release, Release], tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        monitor(worlds[1], tmp_path / "out", adopted=path)
    assert not (tmp_path / "out").exists()


def test_a_base_that_is_later_is_refused(worlds: tuple[Release, Release], tmp_path: Path) -> None:
    base, now = worlds
    with pytest.raises(InputError, match="later than the release"):
        monitor(base, tmp_path / "out", base=now)
    assert not (tmp_path / "out").exists()


def test_the_command_line_tells_values_reasons_and_files(
    worlds: tuple[Release, Release], tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    base, now = (str(world.path) for world in worlds)
    arguments = ["monitor", now, "--base", base, "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    text = " ".join(capsysbinary.readouterr().out.decode().split())
    assert "40 tot 100 %" in text
    assert "M07: Er is geen lijst met besluiten van gemeenten gegeven." in text
    assert main([*arguments, "--json"]) == 0
    answer = orjson.loads(capsysbinary.readouterr().out)
    rows = {(row["indicator_id"], row["moment"]): row for row in answer["values"]}
    assert (rows["M01", "now"]["value"], rows["M01", "now"]["trend"]) == (1.0, "lower")
    assert rows["M08", "now"]["value"] is None
    assert len(answer["files"]) == len(NAMES)
    wrong = tmp_path / "own.csv"
    wrong.write_text("id,type\nM01,effect\n", encoding="utf-8")
    assert main([*arguments, "--indicators", str(wrong)]) == 1
    assert b"measure" in capsysbinary.readouterr().err
