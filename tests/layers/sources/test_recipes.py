"""Recipes are data that can be trusted to be complete: every part has a status, every mistake its message."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from gis.errors import InputError, Problem
from layers.inputs import INPUT_BY_NAME
from layers.sources.faults import FAULTS, FetchError
from layers.sources.fetching import CONNECTORS
from layers.sources.plan import fetch_plan
from layers.sources.recipes import read_recipe, recipe_names

if TYPE_CHECKING:
    from pathlib import Path

ASKED_FOR = {
    # what the issue names, and the layer that it becomes
    "ibis_wfs": "parks",
    "ibis_arcgis": "parks",
    "ibis_provincie": "parks",
    "gemeenten": "municipalities",
    "cbs_gemeenten": "municipalities",
    "cbs_wijken": "sub_areas",
    "bag_woningen": "sensitive_objects",
    "vnds": "waterways",
    "nwb_vaarwegen": "waterways",
    "bgt_kademuren": "quays",
    "top10nl_havens": "quays",
    "natura2000": "protected_areas",
    "grondwater": "protected_areas",
    "ruimtelijke_plannen": "plots",
    "gio_beschermd": "protected_areas",
    "gio_reserveringen": "reservations",
    "lisa": "businesses",
    "woningbouwplannen": "housing_plans",
    "netcapaciteit": "grid_congestion",
    "gezoneerde_terreinen": "zoned_estates",
    "geluidproductieplafonds": "zoned_estates",
    "eigendom": "plots",
}
OWN = """
name = "eigen"
layer = "waterways"
title_nl = "Eigen"
title_en = "Own"
connector = "file"
source = "Provincie"
licence = "CC0-1.0"

[where]
url = "https://example.invalid/a.gpkg"

[columns]
waterway_id = { field = "nr", status = "sourced" }

[status]
source = "sourced"
licence = "sourced"
url = "sourced"
"""


def test_the_recipes_that_were_asked_for_are_there() -> None:
    assert {name: read_recipe(name).layer for name in recipe_names()} == ASKED_FOR


@pytest.mark.parametrize("name", ASKED_FOR)
def test_every_recipe_is_whole(name: str) -> None:
    raw = tomllib.loads((files("layers") / "data" / "recipes" / f"{name}.toml").read_text("utf-8"))
    recipe = read_recipe(name)
    assert recipe.connector in {*CONNECTORS, "import"}
    assert set(raw["columns"]) <= set(INPUT_BY_NAME[recipe.layer].by_name)
    assert all(
        column["status"] in {"sourced", "assumption", "to_verify"} for column in raw["columns"].values()
    )
    given = {"source", "licence", *raw.get("where", {})}
    given |= {part for part in ("units", "values", "constants", "only") if part in raw}
    assert set(raw["status"]) == given
    if recipe.where.url:
        assert recipe.where.url.startswith("https://")
    if recipe.connector == "import":
        assert recipe.ask_nl
        assert recipe.ask_en


def test_no_key_stands_in_a_recipe() -> None:
    # only names of variables of our own
    for name in recipe_names():
        assert all(one.startswith("KRING_") for one in read_recipe(name).where.secrets.values())


def test_every_fault_is_worded_in_both_languages() -> None:
    assert all(dutch and english and dutch != english for dutch, english in FAULTS.values())


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('name = "eigen"', 'name = "anders"', "the recipe is called 'anders'"),
        ('layer = "waterways"', 'layer = "waterway"', "Did you mean 'waterways'?"),
        ('connector = "file"', 'connector = "ftp"', "input should be"),
        ("waterway_id =", "water_id =", "which is no column of this layer"),
        ("waterway_id = {", "name = {", "this column is required and not mapped"),
        ('url = "sourced"\n', "", "this part has no status"),
        ('url = "sourced"\n', 'url = "sourced"\npage = "sourced"\n', "a status for a part that is not there"),
        ('status = "sourced" }', 'status = "sure" }', "input should be"),
        ('connector = "file"', 'connector = "import"', "nothing says where the file is asked for"),
        ("[where]", "[were]", "extra inputs are not permitted"),
        ("[columns]", "[columns", "the recipe is no valid TOML at line 13"),
        ('url = "https', 'page = 0\nurl = "https', "greater than or equal to 1"),
        ("[status]", '[units]\nwidth_m = "inch"\n[status]', "unit 'inch' is not known"),
    ],
)
def test_a_mistake_in_a_recipe_is_named(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in OWN
    (tmp_path / "eigen.toml").write_text(OWN.replace(before, after, 1), "utf-8")
    with pytest.raises(InputError) as caught:
        read_recipe("eigen", tmp_path)
    assert message in str(caught.value)
    assert all(problem.file == "eigen.toml" and problem.repair for problem in caught.value.problems)


def test_a_recipe_of_ones_own_goes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "vnds.toml").write_text(OWN.replace('"eigen"', '"vnds"'), "utf-8")
    assert read_recipe("vnds", tmp_path).source == "Provincie"
    assert read_recipe("nwb_vaarwegen", tmp_path).source.startswith("Rijkswaterstaat")


@pytest.mark.parametrize("name", ["ibis", "../recipes/vnds", "", "VNDS"])
def test_a_recipe_that_is_not_there(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="there is no recipe"):
        read_recipe(name, tmp_path)


def plan_of(layers: dict[str, object], root: Path, fetch: dict[str, object]) -> list[Problem]:
    problems: list[Problem] = []
    fetch_plan({"fetch": fetch, "layers": layers}, root, "project.toml", problems)
    return problems


@pytest.mark.parametrize(
    ("layers", "fetch", "message"),
    [
        ({"parks": {"recipe": "vnds"}}, {}, "is for the layer 'waterways'"),
        ({"parks": {"recipe": 5}}, {}, "a recipe is named by a text"),
        ({"parks": {"recipe": "ibis_wsf"}}, {}, "Did you mean 'ibis_wfs'?"),
        ({"parks": {"recipe": "ibis_wfs", "fetch": {"uri": "x"}}}, {}, "extra inputs"),
        ({"parks": {"recipe": "ibis_wfs", "fetch": 3}}, {}, "fetch must be a table"),
        ({}, {"folder": "../elders"}, "leads out of the folder"),
        ({}, {"folder": "/elders"}, "leads out of the folder"),
        ({}, {"margin_m": -1}, "greater than or equal to 0"),
        ({}, {"area": [1, 2, 3]}, "at least 4 items"),
        ({}, {"aera": [1, 2, 3, 4]}, "extra inputs"),
    ],
)
def test_a_mistake_in_the_project_is_named(
    tmp_path: Path, layers: dict[str, object], fetch: dict[str, object], message: str
) -> None:
    found = plan_of(layers, tmp_path, fetch)
    assert any(message in str(problem) for problem in found), found


@pytest.mark.parametrize("area", [None, [5.0, 52.0, 5.2, 52.1], [140_000, 450_000, 130_000, 460_000]])
def test_an_area_that_is_none(tmp_path: Path, area: list[float] | None) -> None:
    fetch = {} if area is None else {"area": area}
    plan = fetch_plan({"fetch": fetch}, tmp_path, "p", [])
    with pytest.raises(InputError):
        plan.box()


def test_the_margin_is_added_on_all_sides(tmp_path: Path) -> None:
    plan = fetch_plan({"fetch": {"area": [130_000, 450_000, 140_000, 460_000]}}, tmp_path, "p", [])
    assert plan.box() == (128_000, 448_000, 142_000, 462_000)


def test_the_area_may_be_the_outline_of_a_file(tmp_path: Path) -> None:
    import geopandas as gpd
    import shapely

    shape = gpd.GeoSeries([shapely.box(130_000, 450_000, 140_000, 460_000)], crs=28992)
    shape.to_file(tmp_path / "provincie.gpkg")
    plan = fetch_plan({"fetch": {"area": "provincie.gpkg", "margin_m": 500}}, tmp_path, "p", [])
    assert plan.box() == (129_500, 449_500, 140_500, 460_500)


def test_a_key_that_is_not_there_is_asked_for(tmp_path: Path) -> None:
    raw = {
        "fetch": {"area": [130_000, 450_000, 140_000, 460_000]},
        "layers": {"plots": {"recipe": "ruimtelijke_plannen"}},
    }
    plan = fetch_plan(raw, tmp_path, "p", [])
    with pytest.raises(FetchError, match="KRING_RUIMTELIJKE_PLANNEN_KEY"):
        plan.wanted(plan.items["plots"], {})
    wanted = plan.wanted(plan.items["plots"], {"KRING_RUIMTELIJKE_PLANNEN_KEY": "k"})
    assert wanted.secrets == {"X-Api-Key": "k"}
