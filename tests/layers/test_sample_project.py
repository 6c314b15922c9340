"""The sample through the reader that real sources go through: its faults must be repaired, nothing lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely

from layers.project import load_project
from layers.read import Inputs, read_inputs
from layers.sample.build import write_sample

if TYPE_CHECKING:
    from layers.project import Project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return load_project(write_sample(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="module")
def inputs(project: Project) -> Inputs:
    return read_inputs(project)


def test_the_project_says_that_it_is_a_sample(project: Project) -> None:
    assert project.sample
    assert project.authority == "Voorbeeldprovincie"
    assert "geen echte grenzen" in project.note


def test_every_layer_comes_in_whole(inputs: Inputs) -> None:
    rows = {name: len(table) for name, table in inputs.tables.items()}
    assert rows["municipalities"] == 26
    assert rows["parks"] == 86
    assert rows["sub_areas"] == 5
    for source in inputs.sources:
        lost = source.rows_in - source.rows_out
        assert lost == (3 if source.layer == "parks" else 0), source.layer


def test_no_code_is_left_untranslated(inputs: Inputs) -> None:
    unreadable = inputs.quality[
        inputs.quality["rule"].isin(["not_a_code", "not_yes_or_no", "category_unreadable"])
    ]
    assert unreadable.empty, unreadable.to_string()


def test_the_faults_of_the_registry_are_repaired(inputs: Inputs) -> None:
    parks = inputs.tables["parks"].set_index("park_id")
    assert parks.loc["VB044", "gross_ha"] == pytest.approx(20.0, abs=0.1)
    assert parks.loc["VB044", "gross_ha"] == pytest.approx(parks.geometry["VB044"].area / 1e4, rel=0.01)
    assert parks.loc["VB011", "gross_ha"] == pytest.approx(parks.geometry["VB011"].area / 1e4, rel=0.01)
    assert parks.loc["VB030", "year"] == 2024
    assert parks.loc["VB033", "municipality_code"] == "GM1961"
    assert parks["max_category"].isna().sum() == 2
    assert {"VB024", "VB074"} <= set(parks.index[parks["municipality_code"].isna()])


def test_dwellings_survive_reading(inputs: Inputs) -> None:
    objects = inputs.tables["sensitive_objects"]
    homes = objects[objects["kind"] == "home"]
    province = shapely.union_all(inputs.tables["municipalities"].geometry.to_numpy())
    shapely.prepare(province)
    inside = shapely.contains_xy(province, homes.geometry.x, homes.geometry.y)
    assert homes.loc[inside, "weight"].sum() == 601_096


def test_municipalities_still_fit_after_reading(inputs: Inputs) -> None:
    assert shapely.coverage_is_valid(inputs.tables["municipalities"].geometry.to_numpy())


def test_waterways_keep_their_class(inputs: Inputs) -> None:
    cemt = inputs.tables["waterways"].set_index("name")["cemt"]
    assert cemt["Amsterdam-Rijnkanaal"] == "VIb"
    assert cemt["Eem"] == "III"
    assert cemt.isna().sum() == 4  # the Linge and the three basins: to be verified


def test_layers_in_degrees_land_in_the_province(inputs: Inputs) -> None:
    for name in ("surroundings", "protected_areas", "atelier"):
        west, south, east, north = inputs.tables[name].total_bounds
        assert 112_000 < west < east < 172_500, name
        assert 428_000 < south < north < 480_000, name
