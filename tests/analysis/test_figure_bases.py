"""Published totals belong to the people of a region: elsewhere they are scaled, and said to be assumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.space.bases import Region, load_bases, region_of
from analysis.space.flows import load_flows
from analysis.space.stated import stated
from gis.errors import InputError
from layers.facts import read_facts

DATA = Path(__file__).parents[2] / "layers" / "data"
UTRECHT = frozenset(read_facts("municipalities_utrecht")["code"])
HERE = Region(UTRECHT, 1_401_200.0)
ELSEWHERE = Region(frozenset({"GM0150", "GM0200"}), 136_987.3)  # a tenth of the people of the base
WANTED = ("regular.by_2030", "regular.start_year", "regular.heavy_share")


def figure(name: str, region: Region | None, file: str = "regular_demand") -> tuple[float, str, str]:
    found = stated(file, WANTED if file == "regular_demand" else (), region=region)
    row = found.position(name)
    return float(found.mid[row]), found.status[row], found.source[row]


def test_the_base_is_the_province_as_counted() -> None:
    base = load_bases()["utrecht"]
    facts = read_facts("municipalities_utrecht")
    assert base.municipalities == UTRECHT
    assert base.inhabitants == facts["population_2022"].astype(int).sum() == 1_369_873


def test_in_its_own_region_a_total_stays_as_published() -> None:
    # more people than when it was published: the published total is of the region, not of a head
    assert figure("regular.by_2030", HERE) == figure("regular.by_2030", None)
    assert figure("regular.by_2030", HERE)[:2] == (338.0, "to_verify")
    assert figure("intensification.by_2030", HERE, "intensification")[:2] == (84.5, "sourced")


def test_elsewhere_it_goes_by_inhabitants_and_is_an_assumption() -> None:
    hectares, status, source = figure("regular.by_2030", ELSEWHERE)
    assert hectares == pytest.approx(33.8)
    assert status == "assumption"
    assert "1.369.873" in source
    assert "aanname" in source
    assert figure("intensification.by_2030", ELSEWHERE, "intensification")[0] == pytest.approx(8.45)
    # years and shares are no totals
    assert figure("regular.start_year", ELSEWHERE) == figure("regular.start_year", None)
    assert figure("regular.heavy_share", ELSEWHERE) == figure("regular.heavy_share", None)


def test_a_part_of_the_region_gets_its_share_by_inhabitants() -> None:
    part = Region(frozenset({"GM0344"}), 1_369_873 / 4)
    hectares, status, _ = figure("regular.by_2030", part)
    assert hectares == pytest.approx(84.5)
    assert status == "assumption"


def test_the_waste_key_holds_where_it_was_measured() -> None:
    keys = {
        name: load_flows(region=region).keys["company"].ratio
        for name, region in {
            "published": None,
            "here": HERE,
            "part": Region(frozenset({"GM0344"}), 361_742.0),
            "elsewhere": ELSEWHERE,
        }.items()
    }
    assert keys["published"] == keys["here"]
    assert (keys["here"].mid, keys["here"].status) == (0.84, "sourced")
    assert (keys["part"].mid, keys["part"].status) == (0.84, "assumption")
    assert (keys["elsewhere"].low, keys["elsewhere"].mid, keys["elsewhere"].high) == (0.67, 1.0, 1.49)
    assert keys["elsewhere"].status == "assumption"


def test_a_users_file_without_bases_states_totals_of_the_own_region(tmp_path: Path) -> None:
    own = pd.read_csv(DATA / "regular_demand.csv", dtype=str, keep_default_na=False).drop(columns="base")
    own.to_csv(tmp_path / "eigen.csv", index=False)
    found = stated("regular_demand", WANTED, tmp_path / "eigen.csv", region=ELSEWHERE)
    assert found.mid[found.position("regular.by_2030")] == 338.0
    assert found.status[found.position("regular.by_2030")] == "to_verify"


@pytest.mark.parametrize(
    ("row", "base", "message"),
    [("regular.by_2030", "utrect", "'utrect' is not known"), ("regular.heavy_share", "utrecht", "totals")],
)
def test_a_wrong_base_is_named(tmp_path: Path, row: str, base: str, message: str) -> None:
    own = pd.read_csv(DATA / "regular_demand.csv", dtype=str, keep_default_na=False)
    own.loc[own["name"] == row, "base"] = base
    own.to_csv(tmp_path / "eigen.csv", index=False)
    with pytest.raises(InputError, match=message) as caught:
        stated("regular_demand", WANTED, tmp_path / "eigen.csv")
    assert row in str(caught.value)


def test_own_bases_replace_those_that_come_along(tmp_path: Path) -> None:
    bases = pd.read_csv(DATA / "figure_bases.csv", dtype=str)
    bases.assign(inhabitants="136987.3").to_csv(tmp_path / "bases.csv", index=False)
    found = stated("regular_demand", WANTED, region=ELSEWHERE, bases=tmp_path / "bases.csv")
    assert found.mid[found.position("regular.by_2030")] == pytest.approx(338.0)
    bases.assign(inhabitants="0").to_csv(tmp_path / "bases.csv", index=False)
    with pytest.raises(InputError, match="inhabitants"):
        stated("regular_demand", WANTED, bases=tmp_path / "bases.csv")


def test_the_region_of_a_project_is_its_municipalities(scene: Any) -> None:
    rows = [
        {"municipality_code": code, "inhabitants": people, "geometry": shapely.box(x, 0, x + 1000, 1000)}
        for x, (code, people) in enumerate([("GM0001", 10.0), ("GM0002", 20.0)])
    ]
    assert region_of(scene(municipalities=rows)) == Region(frozenset({"GM0001", "GM0002"}), 30.0)


def test_no_shipped_total_is_without_its_base() -> None:
    """Every amount that grows with a region names the region that it was published for."""
    for name in ("regular_demand", "intensification", "supply_assumptions"):
        table = pd.read_csv(DATA / f"{name}.csv", keep_default_na=False)
        bare = table[(table["unit"] == "ha") & (table.get("base", "") == "")]
        assert bare.empty, bare["name"].tolist()
    flows = pd.read_csv(DATA / "material_flows.csv")
    stated_kt = flows["national_kt"].notna().to_numpy()
    assert np.array_equal(stated_kt, flows["national_inhabitants"].notna().to_numpy())
