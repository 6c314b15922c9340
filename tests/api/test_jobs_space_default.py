"""What a run does without being asked: all that the layers allow, and it says what they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from api.cli.main import main
from api.jobs.balance import show_balance
from api.jobs.compare import compare
from api.jobs.run import main_only, run
from gis.errors import InputError
from layers.project import load_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

PROJECT = """
[project]
name = "Proefgebied"
authority = "Provincie Voorbeeld"
reference_date = 2026-01-01
sample = true
{parameters}
[layers.parks]
path = "parks.csv"
wkt = "shape"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"
columns = {{ park_id = "RIN", name = "NAAM", max_category = "CAT" }}

[layers.municipalities]
path = "municipalities.geojson"
source = "hand-made"
licence = "CC0"
"""
MORE = """
[layers.sensitive_objects]
path = "objects.csv"
x = "x"
y = "y"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"

[layers.waterways]
path = "water.csv"
wkt = "shape"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"
"""
SHORT = "[parameters.space]\ndraws = 200\nsamples = 4\n"
PARK = shapely.box(131000, 458000, 131400, 458500)
CANAL = shapely.LineString([(129000, 456000), (134000, 456000)])


def no_views(*_: object) -> None:
    """Make no views."""


def write(folder: Path, *, parameters: str = SHORT, more: str = "", **columns: Any) -> Path:
    """Write a project of one park in one municipality of three by five kilometres."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parks.csv").write_text(f'RIN,NAAM,CAT,shape\nR1,Noord,4.2,"{PARK.wkt}"\n', encoding="utf-8")
    (folder / "objects.csv").write_text("object_id,kind,x,y\nH1,home,133800,459900\n", encoding="utf-8")
    water = f'waterway_id,name,cemt,width_m,shape\nK,Kanaal,Va,50,"{CANAL.wkt}"\n'
    (folder / "water.csv").write_text(water, encoding="utf-8")
    table = {"municipality_code": ["GM0150"], "name": ["Deventer"], **columns}
    area = [shapely.box(129000, 455000, 134000, 460000)]
    gpd.GeoDataFrame(table, geometry=area, crs="EPSG:28992").to_file(folder / "municipalities.geojson")
    (folder / "project.toml").write_text(PROJECT.format(parameters=parameters) + more, encoding="utf-8")
    return folder / "project.toml"


def made(project: Path) -> Release:
    return run(load_project(project), project.parent / "releases", render=no_views)


def gaps(release: Release) -> dict[str, str]:
    table = release.table("not_assessed").set_index("item_id")
    return {name: table["why_nl"][name] for name in ("land_balance", "usable_surface") if name in table.index}


def test_parks_and_municipalities_are_enough_for_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = write(tmp_path, parameters="")
    release = made(project)
    assert "balance" not in release.names
    assert "surface_by_area" not in release.names
    found = gaps(release)
    assert "inwoners" in found["land_balance"]
    assert "gevoelige objecten" in found["usable_surface"]
    rows = release.table("not_assessed").set_index("item_id").loc["land_balance"]
    assert (rows["parks"], rows["area_ha"]) == (1, 20.0)
    # with all views, on the terminal, in words
    assert main(["run", str(project), "--out", str(tmp_path / "with views")]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    # cells of a table break lines, so single words are looked for
    assert "verkenningsgebieden" in shown
    assert "inwoners" in shown


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({}, "Van geen enkele gemeente"),
        ({"inhabitants": [0.0], "sub_area": ["Oost"]}, "Van geen enkele gemeente"),
        ({"inhabitants": [100_000.0]}, "geen deelgebieden"),
    ],
)
def test_what_the_balance_lacks_is_said(tmp_path: Path, columns: dict[str, Any], reason: str) -> None:
    release = made(write(tmp_path, **columns))
    assert reason in gaps(release)["land_balance"]
    with pytest.raises(InputError, match="holds no balance"):
        show_balance(release)


def test_the_municipality_that_lacks_inhabitants_is_named(tmp_path: Path) -> None:
    project = write(tmp_path)
    halves = [shapely.box(129000, 455000, 131000, 460000), shapely.box(131000, 455000, 134000, 460000)]
    columns: dict[str, list[Any]] = {"municipality_code": ["GM0150", "GM0200"]}
    columns |= {"name": ["Deventer", "Apeldoorn"], "inhabitants": [100_000.0, None], "sub_area": ["Oost"] * 2}
    frame = gpd.GeoDataFrame(columns, geometry=halves, crs="EPSG:28992")
    frame.to_file(tmp_path / "municipalities.geojson")
    assert gaps(made(project))["land_balance"].endswith("Apeldoorn.")


def test_inhabitants_and_sub_areas_are_enough_for_a_balance_in_another_province(tmp_path: Path) -> None:
    release = made(write(tmp_path, inhabitants=[136_987.3], sub_area=["Oost"]))
    assert "land_balance" not in gaps(release)
    inputs = release.table("balance_inputs").set_index("name")
    # the published 338 ha of 1,369,873 people, for a tenth of them
    assert inputs["mid"]["regular.by_2030"] == pytest.approx(33.8)
    assert inputs["status"]["regular.by_2030"] == "assumption"
    assert inputs["mid"]["demand.key.company"] == 1.0
    assert (inputs["unit"]["regular.by_2030"], inputs["unit"]["demand.key.company"]) == ("ha", "verhouding")
    assert inputs["unit_en"]["demand.key.company"] == "ratio"
    assert show_balance(release)["shortage"]


def test_homes_are_enough_for_the_surface(tmp_path: Path) -> None:
    release = made(write(tmp_path, more=MORE))
    assert list(gaps(release)) == ["land_balance"]
    assert {name for name in release.manifest["files"] if name.startswith("data/surface/")} == {
        f"data/surface/{name}.tif"
        for name in ("usable_low", "usable_high", "room_low", "room_high", "exclusions")
    }
    assumed = release.table("assumptions").set_index("assumption_id")
    assert assumed["value"]["surface_built_up_m"] == "50.0"
    assert assumed["status"]["hardness_hard"] in {"assumption", "to_verify", "sourced"}
    assert assumed["value"]["parameter_water_near_m"] == "500.0"
    # the sample says of every row that it is made up
    for name in ("exploration_areas", "exploration_conditions"):
        table = release.table(name)
        assert len(table)
        assert table["remark"].str.startswith("voorbeeld").all()


def test_above_the_limit_there_is_a_surface_without_exploration_areas(tmp_path: Path) -> None:
    """The municipality holds 500 by 500 cells of 10 m: a quarter of a million."""
    within = made(write(tmp_path / "a", parameters=SHORT + "exploration_cells = 250_000\n", more=MORE))
    above = made(write(tmp_path / "b", parameters=SHORT + "exploration_cells = 249_999\n", more=MORE))
    assert "exploration_areas" in within.names
    assert "exploration_areas" not in above.names
    assert within.table("surface_by_area").equals(above.table("surface_by_area"))
    assert "exploration_areas" in set(above.table("not_assessed")["item_id"])
    assert "exploration_areas" not in set(within.table("not_assessed")["item_id"])


def test_the_switch_gives_the_release_of_a_project_that_says_so(
    tmp_path: Path, new_project: Callable[[Path], Path]
) -> None:
    project = new_project(tmp_path)
    off = made(project)
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("assess = false\nsurface = false\n", ""), encoding="utf-8")
    asked = load_project(project)
    assert asked.parameters.space.assess
    assert asked.parameters.space.surface
    switched = run(main_only(asked), tmp_path / "releases", render=no_views)
    assert switched.path == off.path
    assert switched.project["parameters"]["space"]["assess"] is False
    assert gaps(switched)["land_balance"] == "Uitgezet voor dit project (assess = false)."


def test_comparing_names_each_parameter_that_differs(tmp_path: Path) -> None:
    first = made(write(tmp_path / "a", parameters=SHORT + "surface = false\n"))
    second = made(write(tmp_path / "b", parameters=SHORT.replace("200", "300")))
    found = {row["name"]: (row["before"], row["after"]) for row in compare(first, second)["parameters"]}
    assert found == {"space.surface": (False, True), "space.draws": (200, 300)}
