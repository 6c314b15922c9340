"""Which firms are circular, and which rule decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.space.circular_business import by_rule, classify, load_rules
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "rule_id,priority,kind,pattern,sbi_version,verdict,function_id,reason_nl,status,source\n"


def firms(*rows: tuple[str, str | None, str | None, str | None]) -> gpd.GeoDataFrame:
    """Firms by identifier, name, code and version."""
    table = pd.DataFrame(rows, columns=["business_id", "name", "sbi", "sbi_version"], dtype="string")
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(0, 0)] * len(rows), crs="EPSG:28992")


def verdicts(table: gpd.GeoDataFrame, *rules: Path) -> dict[str, tuple[str, str]]:
    found = classify(table, load_rules(*rules))
    return {
        str(row["business_id"]): (str(row["verdict"]), str(row["rule_id"]))
        for row in found.to_dict("records")
    }


def test_the_shipped_definition_decides_and_says_by_which_rule() -> None:
    found = verdicts(
        firms(
            ("1", "Kringloop De Één", "4779", "SBI-2008"),
            ("2", "Bakker", "38.32", "SBI-2008"),
            ("3", "Garage", "4520", "SBI-2008"),
            ("4", "Software", "6201", "SBI-2008"),
            ("5", None, None, None),
            ("6", "Circulaire Advies BV", "7112", "SBI-2008"),
            ("7", "Puinbrekerij Zuid", "383202", "SBI-2008"),
        )
    )
    assert found["1"] == ("circular", "K01")
    assert found["2"] == ("circular", "S03")
    assert found["3"] == ("possible", "S12")
    assert found["4"] == ("not_circular", "no_rule")
    assert found["5"] == ("not_assessed", "no_rule")
    # a name alone makes nobody circular
    assert found["6"] == ("possible", "K11")
    assert found["7"] == ("circular", "K03")


def test_a_code_of_another_version_is_not_matched() -> None:
    found = verdicts(firms(("1", "Naam", "3832", "SBI-2025"), ("2", "Naam", "3832", None)))
    assert found["1"] == ("not_circular", "no_rule")
    assert found["2"][0] == "circular"


def test_a_list_of_the_province_comes_before_words_and_codes(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(
        HEADER
        + "A,1,exclude,7;9,,not_circular,,Op de lijst,assumption,provincie\n"
        + "B,2,include,8,,circular,,Op de lijst,assumption,provincie\n"
        + "C,3,sbi,38,SBI-2008,circular,,Afval,assumption,provincie\n"
    )
    found = verdicts(
        firms(("7", "x", "3811", "SBI-2008"), ("8", "y", "6201", "SBI-2008"), ("9", "z", "1", None)), path
    )
    assert found == {"7": ("not_circular", "A"), "8": ("circular", "B"), "9": ("not_circular", "A")}


def test_among_equal_priorities_the_first_rule_id_decides(tmp_path: Path) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(
        HEADER
        + "Z,1,keyword,afval,,circular,,Woord,assumption,provincie\n"
        + "A,1,keyword,afval,,possible,,Woord,assumption,provincie\n"
    )
    assert verdicts(firms(("1", "ÁFVAL BV", None, None)), path) == {"1": ("possible", "A")}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A,1,sbi,38,,circular,,x,assumption,y", "the SBI code has no version"),
        ("A,1,sbi,3899,SBI-2008,circular,,x,assumption,y", "the SBI code does not exist"),
        ("A,1,exclude,7,,circular,,x,assumption,y", "an exclude list must say not_circular"),
        ("A,1,regex,.*,,circular,,x,assumption,y", "the code 'regex' is not known"),
        ("A,-1,keyword,q,,circular,,x,assumption,y", "a value lies below 0"),
        ("A,1,keyword,q,,circular,F99,x,assumption,y", "the function 'F99' is not known"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "rules.csv"
    path.write_text(HEADER + row + "\n")
    with pytest.raises(InputError, match=message):
        load_rules(path, functions=["F01"])


def test_counts_per_rule() -> None:
    table = firms(
        ("1", "Kringloop", None, None), ("2", "Kringloop Twee", None, None), ("3", "Bakker", None, None)
    )
    found = by_rule(classify(table, load_rules()), np.array([4.0, 6.0, 9.0]))
    counted = found.set_index("rule_id")
    assert counted.loc["K01", "establishments"] == 2
    assert counted.loc["K01", "jobs"] == 10.0
    assert counted.loc["no_rule", "jobs"] == 9.0
