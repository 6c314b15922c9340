"""The project file: every mistake gives one error with its place and its repair, all at once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from gis.errors import InputError, Problem
from layers.project import Project, load_project
from layers.read import read_inputs

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
[project]
name = "Proef"
authority = "Provincie"
reference_date = 2026-01-01
"""
PARKS = """
[layers.parks]
path = "parks.gpkg"
source = "IBIS"
licence = "CC0-1.0"
date = 2024-01-01
columns = { park_id = "RIN", name = "NAAM", gross_ha = "BRUTO" }
"""
TOWNS = """
[layers.municipalities]
path = "towns.geojson"
source = "CBS"
licence = "CC BY 4.0"
"""


def square(x: float, y: float = 463000, size: float = 100) -> shapely.Polygon:
    return shapely.box(x, y, x + size, y + size)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parks = {"RIN": ["1", "2"], "NAAM": ["A", "B"], "BRUTO": [1.0, 1.0], "SOORT": ["x", "y"]}
    gpd.GeoDataFrame(parks, geometry=[square(155000), square(156000)], crs=28992).to_file(
        tmp_path / "parks.gpkg"
    )
    towns = {"municipality_code": ["GM0307"], "name": ["Amersfoort"]}
    gpd.GeoDataFrame(towns, geometry=[square(150000, 460000, 10000)], crs=28992).to_file(
        tmp_path / "towns.geojson"
    )
    return tmp_path


def load(folder: Path, text: str) -> Project:
    path = folder / "project.toml"
    path.write_text(text, "utf-8")
    return load_project(path)


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        load(folder, text)
    for problem in caught.value.problems:
        assert problem.message
        assert problem.repair.endswith((".", "?"))
    return caught.value.problems


def only(folder: Path, text: str) -> Problem:
    (problem,) = problems(folder, text)
    return problem


def test_a_good_project_loads_with_its_defaults(folder: Path) -> None:
    project = load(folder, HEAD + PARKS + TOWNS)
    assert project.name == "Proef"
    assert project.reference_date == dt.date(2026, 1, 1)
    assert project.procedure_status == "exploration"
    assert project.sample is False
    assert project.parameters.hmc_threshold == "4.1"
    assert project.root == folder
    assert project.layers["parks"].date == "2024-01-01"
    assert set(read_inputs(project).tables) == {"parks", "municipalities"}


def test_a_project_dumps_to_plain_values_without_its_place_on_disk(folder: Path) -> None:
    dumped = load(folder, HEAD + PARKS + TOWNS).model_dump(mode="json")
    assert dumped["reference_date"] == "2026-01-01"
    assert str(folder) not in str(dumped)


def test_a_bare_year_and_windows_line_ends_and_a_mark_are_accepted(folder: Path) -> None:
    text = (HEAD + PARKS + TOWNS).replace("2024-01-01", "2024").replace("\n", "\r\n")
    (folder / "project.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_project(folder / "project.toml").layers["parks"].date == "2024"


# the file itself


def test_broken_toml_names_its_line(folder: Path) -> None:
    problem = only(folder, "[project]\nname = \n")
    assert "line 2, column 8" in problem.message
    assert problem.file == "project.toml"


def test_a_backslash_in_a_path_is_broken_toml_with_a_hint(folder: Path) -> None:
    assert (
        "written twice" in only(folder, HEAD + PARKS.replace("parks.gpkg", "data\\parks.gpkg") + TOWNS).repair
    )


def test_a_project_file_that_is_missing_binary_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00\x01")
    for name, message in (
        ("gone.toml", "does not exist"),
        ("binary.toml", "not UTF-8"),
        (".", "cannot be read"),
    ):
        with pytest.raises(InputError, match=message):
            load_project(tmp_path / name)


def test_an_empty_project_file_says_what_is_missing(folder: Path) -> None:
    found = problems(folder, "")
    assert {problem.field or problem.layer for problem in found} == {
        "parks", "municipalities", "project.name", "project.authority", "project.reference_date",
    }  # fmt: skip


# keys and values


@pytest.mark.parametrize(
    ("change", "field", "repair"),
    [
        (("authority", "autority"), "project.autority", "Did you mean 'authority'?"),
        (("[layers.parks]", "[parameters]\nhmc_treshold = '4.1'\n[layers.parks]"), "parameters.hmc_treshold",
         "Did you mean 'hmc_threshold'?"),
        (('path = "parks', 'colums = {}\npath = "parks'), "layers.parks.colums", "Did you mean 'columns'?"),
        (("[layers.municipalities]", "[paramaters]\n[layers.municipalities]"), "paramaters", "Did you mean 'parameters'?"),
    ],
)  # fmt: skip
def test_an_unknown_key_suggests_the_nearest(
    folder: Path, change: tuple[str, str], field: str, repair: str
) -> None:
    found = [p for p in problems(folder, (HEAD + PARKS + TOWNS).replace(*change)) if p.field == field]
    assert [problem.repair for problem in found] == [repair]


def test_an_unknown_layer_suggests_the_nearest(folder: Path) -> None:
    found = only(folder, HEAD + PARKS + TOWNS + TOWNS.replace("municipalities", "waterway"))
    assert (found.layer, found.repair) == ("waterway", "Did you mean 'waterways'?")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (('"Proef"', "5"), "project.name"),
        (("2026-01-01", '"morgen"'), "project.reference_date"),
        (("[layers.parks]", "[parameters]\nwater_near_m = -5\n[layers.parks]"), "parameters.water_near_m"),
        (("[layers.parks]", "[parameters]\nhmc_threshold = '4'\n[layers.parks]"), "parameters.hmc_threshold"),
        (('"parks.gpkg"', "7"), "layers.parks.path"),
        (('{ park_id = "RIN"', "{ park_id = 3"), "layers.parks.columns.park_id"),
        (('"Proef"', '"Proef"\nprocedure_status = "klaar"'), "project.procedure_status"),
        (('"Proef"', '"Proef"\nsample = "ja"'), "project.sample"),
        (('source = "IBIS"', 'source = ""'), "layers.parks.source"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_kind_names_its_key(folder: Path, change: tuple[str, str], field: str) -> None:
    assert only(folder, (HEAD + PARKS + TOWNS).replace(*change)).field == field


def test_layers_that_are_no_table(folder: Path) -> None:
    assert any("layers must be a table" in p.message for p in problems(folder, "layers = 5\n" + HEAD))


def test_parameters_inside_project_are_put_in_their_place(folder: Path) -> None:
    found = problems(folder, HEAD + "[project.parameters]\nhmc_threshold = '4.1'\n" + PARKS + TOWNS)
    assert [problem.repair for problem in found] == ["Write it as [parameters]."]


# files and columns


def test_a_required_layer_must_be_there(folder: Path) -> None:
    found = only(folder, HEAD + PARKS)
    assert found.layer == "municipalities"
    assert "[layers.municipalities]" in found.repair


def test_a_missing_file_names_the_layer(folder: Path) -> None:
    found = only(folder, HEAD + PARKS.replace("parks.gpkg", "park.gpkg") + TOWNS)
    assert (found.file, found.layer) == ("park.gpkg", "parks")
    assert "Did you mean parks.gpkg?" in found.repair


def test_a_wrong_column_lists_those_that_exist(folder: Path) -> None:
    found = only(folder, HEAD + PARKS.replace('"BRUTO"', '"BRUT"') + TOWNS)
    assert (found.layer, found.field) == ("parks", "gross_ha")
    assert "Did you mean 'BRUTO'? The file has: RIN, NAAM, BRUTO, SOORT." in found.repair


def test_a_required_column_that_is_not_mapped(folder: Path) -> None:
    found = only(folder, HEAD + PARKS.replace('name = "NAAM", ', "") + TOWNS)
    assert (found.layer, found.field) == ("parks", "name")
    assert 'columns.name = "..."' in found.repair


@pytest.mark.parametrize(
    ("line", "field", "message"),
    [
        ('units = { gross_ha = "acre" }', "gross_ha", "unit 'acre' is not known"),
        ('units = { name = "m2" }', "name", "has no unit"),
        ('units = { bruto = "m2" }', "bruto", "no column of this layer"),
        ('values = { water_claim = { E = "quay" } }', "water_claim", "'quay', which is no code"),
        ('constants = { water_claims = "near" }', "water_claims", "no column of this layer"),
        ("constants = { gross_ha = 5 }", "gross_ha", "both mapped and given as a constant"),
        ('only = { SORT = ["x"] }', "SORT", "no column 'SORT'"),
        ('x = "OOST"\ny = "NOORD"', "x", "no column 'OOST'"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_mapping(folder: Path, line: str, field: str, message: str) -> None:
    found = [p for p in problems(folder, HEAD + PARKS + line + TOWNS) if p.field == field]
    assert len(found) == 1
    assert message in found[0].message
    assert found[0].layer == "parks"


def test_one_column_of_the_file_for_two_of_ours(folder: Path) -> None:
    found = only(
        folder, HEAD + PARKS.replace('gross_ha = "BRUTO"', 'gross_ha = "BRUTO", net_ha = "BRUTO"') + TOWNS
    )
    assert (found.field, "'gross_ha' and 'net_ha'" in found.message) == ("net_ha", True)


def test_the_identifier_may_share_its_column(folder: Path) -> None:
    assert load(folder, HEAD + PARKS.replace('park_id = "RIN"', 'park_id = "NAAM"') + TOWNS)


def test_a_level_may_be_stricter_but_not_looser(folder: Path) -> None:
    homes = TOWNS.replace("municipalities", "housing_plans") + "columns = { plan_id = 'name' }\n"
    assert (
        load(folder, HEAD + PARKS + TOWNS + homes + 'level = "editor"\n').layers["housing_plans"].level
        == "editor"
    )
    assert only(folder, HEAD + PARKS + TOWNS + homes + 'level = "public"\n').field == "level"


def test_an_unknown_coordinate_system(folder: Path) -> None:
    project = load(folder, HEAD + PARKS + TOWNS + 'crs = "EPSG:99999"\n')
    with pytest.raises(InputError, match=r"layer municipalities, field crs: .*EPSG:99999"):
        read_inputs(project)


def test_all_mistakes_of_a_project_come_at_once_also_those_in_the_data(folder: Path) -> None:
    bad = {"id": ["w1", "w1"], "cemt": ["IVa", "Va"]}
    lines = [
        shapely.LineString([(155000, 463000), (156000, 463000)]),
        shapely.LineString([(0, 463000), (5, 463000)]),
    ]
    gpd.GeoDataFrame(bad, geometry=lines, crs=28992).to_file(folder / "water.gpkg")
    text = (
        HEAD.replace("authority", "autority")
        + PARKS.replace('"BRUTO"', '"BRUT"')
        + TOWNS.replace("towns", "gone")
        + '[layers.waterways]\npath = "water.gpkg"\nsource = "x"\nlicence = "y"\ncolumns = { waterway_id = "id" }\n'
        + "[parameters]\nwater_near_m = -1\n"
    )
    found = problems(folder, text)
    assert [(p.layer, p.field) for p in found] == [
        (None, "project.authority"),
        (None, "parameters.water_near_m"),
        (None, "project.autority"),
        ("parks", "gross_ha"),
        ("municipalities", None),
        ("waterways", "waterway_id"),
    ]
    assert found[-1].rows == ("1", "2")
