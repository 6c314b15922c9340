"""Restrictions as data: what comes along is complete, and a bad file is told whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from analysis.space.exploration_near import ExplorationSettings
from analysis.space.surface_assumptions import surface_assumptions
from analysis.space.surface_rules import SurfaceSettings
from gis.errors import InputError
from layers.canonical import canonical_table
from layers.inputs import HARDNESS
from layers.parameters import Parameters
from layers.restrictions import (
    hardness_of,
    read_hardness_classes,
    read_protected_kinds,
    read_provincial_rules,
)
from layers.results import RESULT_BY_NAME
from layers.results_surface import EXCLUSION_STYLES, EXCLUSIONS, SURFACE_LAYERS

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "rule_id,article,area_nl,applies,check,text_nl,text_en,status,source\n"


def test_very_hard_and_hard_exclude_and_the_rest_stays_as_a_condition() -> None:
    treatment = read_hardness_classes().set_index("hardness")["treatment"].to_dict()
    assert [treatment[name] for name in HARDNESS] == ["excluded", "excluded", "condition", "condition"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("Natura 2000", "very_hard"),
        ("natura2000", "very_hard"),
        ("Waterwingebied", "very_hard"),
        ("Grondwaterbeschermingsgebied", "medium"),
        ("Werelderfgoed (Limes)", "medium"),
        ("Werelderfgoed Hollandse Waterlinies", "hard"),
        ("Stiltegebied", "soft"),
        ("Gesloten stortplaats", "medium"),
        ("iets", "unknown"),
        (pd.NA, "unknown"),
    ],
)
def test_a_kind_has_a_hardness(kind: object, expected: str) -> None:
    assert hardness_of([kind], [pd.NA], read_protected_kinds()) == [expected]
    assert hardness_of([kind], ["soft"], read_protected_kinds()) == ["soft"]


def test_the_instruction_rules_are_to_be_verified_and_have_their_conditions() -> None:
    rules = read_provincial_rules()
    assert set(rules["article"]) == {"9.9", "9.11", "9.16", "9.18", "9.19", "9.20"}
    assert set(rules["status"]) == {"to_verify"}
    # the article itself and its eight conditions
    assert (rules["article"] == "9.16").sum() == 9
    assert rules.loc[rules["check"] == "plots_to_5_ha", "text_nl"].tolist() == [
        "Heeft geen kavels groter dan 5 ha."
    ]


def test_everything_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "regels.csv"
    path.write_text(
        HEAD.replace(",source", "")
        + "1,9.9,Gebied,outside_parks,none,tekst,text,sourced\n"
        + "1,9.9,Gebied,elsewhere,none,,text,sourced\n"
        + "2,9.9,Gebied,outside_parks,none,tekst,text,certain\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_provincial_rules(path)
    told = {(problem.field, problem.rows) for problem in caught.value.problems}
    assert told == {
        ("source", ()),
        ("rule_id", ("1", "2")),
        ("applies", ("2",)),
        ("text_nl", ("2",)),
        ("status", ("3",)),
    }
    assert {problem.file for problem in caught.value.problems} == {"regels.csv"}


def test_a_class_without_a_row_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "klassen.csv"
    path.write_text(
        "hardness,label_nl,label_en,treatment,meaning_nl,status,source\n"
        "hard,hard,hard,excluded,x,assumption,x\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="medium, soft, unknown, very_hard"):
        read_hardness_classes(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00a"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "soorten.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"soorten\.csv"):
        read_protected_kinds(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_protected_kinds(tmp_path / "weg.csv")


def test_every_setting_is_listed_as_an_assumption_with_its_value() -> None:
    rows = surface_assumptions(Parameters(), SurfaceSettings(), ExplorationSettings(minimum_ha=7.5))
    values = rows.set_index("assumption_id")["value"]
    assert values["surface_minimum_ha"] == "7.5"
    assert (values["surface_near_water_m"], values["surface_category"]) == ("500.0", "4.1")
    assert (values["hardness_medium"], values["protected_limes"]) == ("condition", "medium")
    assert len(canonical_table(RESULT_BY_NAME["assumptions"], rows)) == len(rows)


def test_every_exclusion_has_a_class_and_no_label_says_zoekgebied() -> None:
    assert tuple(style.code for style in EXCLUSION_STYLES) == EXCLUSIONS
    words = [
        text
        for layer in SURFACE_LAYERS
        for text in (layer.label_nl, layer.description_nl, *(column.label_nl for column in layer.columns))
    ]
    assert not any("zoekgebied" in text.lower() for text in words)
