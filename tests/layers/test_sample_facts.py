"""The fact tables that ship with the product: normalised, complete and true to their source."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from layers.facts import read_facts
from layers.parameters import CATEGORIES, CEMT_CLASSES

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared" / "facts"


def shared(name: str) -> list[dict[str, str]]:
    path = SHARED / name
    if not path.exists():
        pytest.skip("the shared folder with fact tables is not beside the checkout")
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_categories_are_complete_and_in_order() -> None:
    table = read_facts("environmental_categories")
    assert tuple(table["category"]) == CATEGORIES
    assert table["rank"].astype(int).tolist() == list(range(1, 11))
    assert table["distance_quiet_m"].astype(int).tolist() == [10, 30, 50, 100, 200, 300, 500, 700, 1000, 1500]
    assert table["distance_mixed_m"].astype(int).tolist() == [0, 10, 30, 50, 100, 200, 300, 500, 700, 1000]
    assert set(table["status_quiet"]) | set(table["status_mixed"]) <= {"sourced", "assumption", "to_verify"}


def test_categories_agree_with_the_fact_source() -> None:
    ours = read_facts("environmental_categories").set_index("category")
    for row in shared("environmental_categories.csv"):
        for column in (
            "distance_quiet_m",
            "distance_mixed_m",
            "status_quiet",
            "status_mixed",
            "main_category",
        ):
            assert ours.loc[row["category"], column] == row[column]


def test_cemt_classes_are_complete_and_in_order() -> None:
    table = read_facts("cemt_classes")
    assert tuple(table["cemt"]) == CEMT_CLASSES
    four = table.set_index("cemt").loc["IVb"]
    assert four[["length_m_min", "beam_m_max", "payload_t_max"]].isna().all()
    assert "to verify" in four["remark"]
    five = table[table["cemt"] == "Va"]
    bounds = five[["length_m_min", "length_m_max", "payload_t_min", "payload_t_max"]].astype(float)
    assert bounds.to_numpy().tolist() == [[110, 135, 2051, 4000]]


def test_every_activity_has_the_category_of_its_largest_distance() -> None:
    table = read_facts("activities_sbi2008")
    distance = read_facts("environmental_categories").set_index("distance_quiet_m")["category"]
    largest = table[["odour_m", "dust_m", "noise_m", "danger_m"]].astype(int).max(axis=1)
    assert (table["max_distance_m"].astype(int) == largest).all()
    assert (table["max_distance_m"].map(distance) == table["category"]).all()


def test_activity_codes_are_digits_and_variants_have_rows_of_their_own() -> None:
    table = read_facts("activities_sbi2008")
    assert table["sbi"].str.fullmatch(r"\d{2,6}").all()
    assert not table[["sbi", "activity", "size_class"]].fillna("").duplicated().any()
    for code in ("28", "33", "41", "42", "43", "2451", "2452", "2453", "2454"):
        assert (table["sbi"] == code).sum() == 2, code
    paper = table[table["sbi"] == "1712"]
    assert paper["size_class"].tolist() == ["p.c. < 3 t/u", "p.c. 3-15 t/u", "p.c. >= 15 t/u"]
    assert paper["category"].tolist() == ["3.1", "4.1", "4.2"]


def test_flags_stand_in_columns_of_their_own() -> None:
    table = read_facts("activities_sbi2008")
    shredder = table[table["sbi"] == "383201"].iloc[0]
    assert (shredder["zonable"], shredder["continuous_noise"], shredder["risk"]) == ("true", "false", "false")
    assert shredder["large_noise_maker"] == "yes"
    plastics = table[table["activity"] == "Kunststofverwerking met fenolharsen"].iloc[0]
    assert (plastics["risk"], plastics["danger_m"]) == ("true", "200")
    assert set(table["large_noise_maker"]) == {"yes", "no", "unknown"}


def test_no_row_of_the_activity_source_is_lost() -> None:
    table = read_facts("activities_sbi2008")
    source = shared("activities_sbi2008.csv")
    variants = {"28 / 33": 2, "2451-2454": 4, "41-43": 3}
    expected = sum(variants.get(row["sbi"], 1) * len(row["category"].split(" / ")) for row in source)
    assert len(table) == expected
    assert set(table["status"]) == {"to_verify"}


def test_districts_and_cells_are_those_of_the_source() -> None:
    districts = read_facts("districts_utrecht")
    assert districts["dwellings"].astype(int).sum() == 601_096
    cells = read_facts("municipality_cells_utrecht")
    theirs = shared("municipalities_grid_1km.csv")
    assert len(cells) == len(theirs) == 1560
    assert cells["share"].astype(float).sum() == pytest.approx(sum(float(row["share"]) for row in theirs))


def test_every_row_carries_a_status() -> None:
    for name in ("districts_utrecht", "municipality_cells_utrecht", "activities_sbi2008", "cemt_classes"):
        assert set(read_facts(name)["status"]) <= {"sourced", "assumption", "to_verify"}, name
