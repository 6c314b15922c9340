"""A release as GeoPackage: what is in it, for whom, and that it is the same every time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pyogrio
import pytest

from layers.exports.geopackage import write_geopackage
from layers.exports.themes import housing_class, theme_of
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from layers.release import Release

SECRET_LAYERS = {
    "sensitive_objects",
    "binding_objects",
    "housing_effects",
    "housing_rights",
    "disagreements",
    "data_quality",
    "usable_zones",
}


@pytest.fixture
def public(tmp_path: Path, release: Release) -> Path:
    path = tmp_path / "public" / "release.gpkg"
    path.parent.mkdir()
    write_geopackage(release, path, Level.PUBLIC)
    return path


@pytest.fixture
def planner(tmp_path: Path, release: Release) -> Path:
    path = tmp_path / "planner" / "release.gpkg"
    path.parent.mkdir()
    write_geopackage(release, path, Level.PROVINCE)
    return path


def query(path: Path, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def test_every_visible_layer_is_there_with_its_rows(public: Path, planner: Path, release: Release) -> None:
    names = {str(name) for name in pyogrio.list_layers(planner)[:, 0]}
    assert names == {*release.names, "layer_styles"}
    assert {str(name) for name in pyogrio.list_layers(public)[:, 0]} == names - SECRET_LAYERS
    for name in release.names:
        info = pyogrio.read_info(planner, layer=name)
        assert info["features"] == len(release.table(name))


def test_geometry_is_in_rd_and_of_one_kind(planner: Path) -> None:
    info = pyogrio.read_info(planner, layer="park_evidence")
    assert info["crs"] == "EPSG:28992"
    assert info["geometry_type"] == "MultiPolygon"
    assert info["total_bounds"] == (131000.0, 458000.0, 156300.0, 464200.0)
    assert pyogrio.read_info(planner, layer="binding_objects")["geometry_type"] == "MultiLineString"
    assert pyogrio.read_info(planner, layer="sensitive_objects")["geometry_type"] == "MultiPoint"


def test_the_file_is_a_geopackage_of_version_1_3(public: Path) -> None:
    assert query(public, "PRAGMA application_id") == [(0x47504B47,)]
    assert query(public, "PRAGMA user_version") == [(10300,)]
    assert query(public, "PRAGMA integrity_check") == [("ok",)]
    assert query(public, "PRAGMA foreign_key_check") == []


def test_columns_above_the_level_are_left_out(public: Path, planner: Path) -> None:
    # the kind of owner of a plot is for the province
    assert "owner_kind" not in pyogrio.read_info(public, layer="plots")["fields"]
    assert "owner_kind" in pyogrio.read_info(planner, layer="plots")["fields"]


def test_no_identifier_of_a_home_is_in_the_public_file(public: Path, planner: Path) -> None:
    assert b"park/RIN1/H1" in planner.read_bytes()
    assert b"park/RIN1/H1" not in public.read_bytes()
    assert b"houseboat" not in public.read_bytes()


def test_exact_zones_do_not_go_out_but_their_blocks_do(public: Path, planner: Path) -> None:
    # the edge of an exact zone is an arc round a home
    assert "usable_zones" in set(pyogrio.list_layers(planner)[:, 0])
    assert "usable_zones" not in set(pyogrio.list_layers(public)[:, 0])
    assert "usable_blocks" in set(pyogrio.list_layers(public)[:, 0])


def test_layers_and_columns_have_dutch_titles(public: Path) -> None:
    titles = dict(query(public, "SELECT table_name, identifier FROM gpkg_contents"))
    assert titles["park_evidence"] == "Bedrijventerreinen: categorie en water"
    assert titles["summary"] == "Cijfers per gemeente en deelgebied"
    columns = dict(
        query(public, "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'park_evidence'")
    )
    assert columns["shore_m"] == "Oeverlengte"
    assert set(columns) == set(pyogrio.read_info(public, layer="park_evidence")["fields"])


def test_values_survive(public: Path) -> None:
    parks = pyogrio.read_dataframe(public, layer="park_evidence")
    park = parks.set_index("park_id").loc["RIN1"]
    assert (park["name"], park["permitted_low"], park["connection"]) == ("Lage Weide", "5.1", "own_quay")
    assert park["heavy_certain_ha"] == 12.346
    assert parks["usable_quay_m"].isna().all()


def test_each_layer_has_one_default_style_on_its_geometry(public: Path, release: Release) -> None:
    rows = query(public, "SELECT f_table_name, f_geometry_column, useAsDefault FROM layer_styles")
    shapes = {name for name in release.names if release.layer(name).shape != "table"} - SECRET_LAYERS
    assert {name for name, _, _ in rows} == shapes
    assert {column for _, column, _ in rows} == {"geom"}
    defaults = [name for name, _, default in rows if default]
    assert sorted(defaults) == sorted(shapes)


def test_styles_show_every_class_with_its_colour_and_dutch_label(public: Path, release: Release) -> None:
    found = query(
        public, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'park_evidence' AND useAsDefault"
    )
    root = ET.fromstring(found[0][0])  # noqa: S314 - our own text
    renderer = root.find("renderer-v2")
    assert renderer is not None
    assert renderer.get("attr") == "coalesce(\"heavy\", 'not_assessed')"
    shown = [(item.get("value"), item.get("label")) for item in renderer.iter("category")]
    assert shown == [(style.code, style.label_nl) for style in release.classes("verdict")]
    symbols = {symbol.get("name"): symbol for symbol in renderer.findall("symbols/symbol")}
    for item, style in zip(renderer.iter("category"), release.classes("verdict"), strict=True):
        layers = symbols[item.get("symbol")].findall("layer")
        options = {option.get("name"): option.get("value") for option in layers[0].iter("Option")}
        red, green, blue = (int(style.fill[start : start + 2], 16) for start in (1, 3, 5))
        assert options["color"] == f"{red},{green},{blue},255"
        kinds = [layer.get("class") for layer in layers[1:]]
        wanted = {"diagonal": ["LinePatternFill"], "cross": ["LinePatternFill"] * 2, "horizontal": ["LinePatternFill"],
                  "dots": ["PointPatternFill"]}  # fmt: skip
        assert kinds == wanted.get(style.pattern, [])


def test_styles_ask_only_for_columns_that_are_in_the_file(public: Path) -> None:
    for name, qml in query(public, "SELECT f_table_name, styleQML FROM layer_styles"):
        root = ET.fromstring(qml)  # noqa: S314 - our own text
        fields = set(pyogrio.read_info(public, layer=name)["fields"])
        assert {alias.get("field") for alias in root.iter("alias")} == fields


def test_the_default_style_of_zones_shows_one_answer(public: Path) -> None:
    rows = query(
        public,
        "SELECT styleName, styleQML FROM layer_styles WHERE f_table_name = 'usable_blocks' ORDER BY id",
    )
    assert len(rows) == 4
    assert rows[0][0].endswith("strenge lezing, met objecten op het terrein")
    renderer = ET.fromstring(rows[0][1])[0]  # noqa: S314 - our own text
    assert "\"reading\" = 'low' AND \"objects\" = 'with_inside'" in renderer.attrib["attr"]


def test_housing_plans_are_coloured_by_what_they_cost(planner: Path, release: Release) -> None:
    found = query(planner, "SELECT styleQML FROM layer_styles WHERE f_table_name = 'housing_effects'")
    root = ET.fromstring(found[0][0])  # noqa: S314 - our own text
    rules = {rule.get("label"): rule.get("filter") for rule in root.iter("rule")}
    assert list(rules) == [style.label_nl for style in release.classes("housing")]
    assert rules["verlies meer dan 5 ha"] == '"lost_alone_high_ha" > 5'


def test_two_folders_and_a_second_run_give_the_same_bytes(tmp_path: Path, release: Release) -> None:
    found = []
    for name in ("one", "another/deeper"):
        path = tmp_path / name / "release.gpkg"
        path.parent.mkdir(parents=True)
        write_geopackage(release, path, Level.PROVINCE)
        found.append(path.read_bytes())
    write_geopackage(release, path, Level.PROVINCE)
    assert found == [path.read_bytes()] * 2


def test_times_in_the_file_are_the_reference_date(planner: Path) -> None:
    times = {row[0] for row in query(planner, "SELECT last_change FROM gpkg_contents")}
    times |= {row[0] for row in query(planner, "SELECT update_time FROM layer_styles")}
    assert times == {"2026-01-01T00:00:00.000Z"}


@pytest.mark.parametrize("before", [None, "2001-02-03T04:05:06Z"])
def test_what_gdal_was_told_before_is_put_back(tmp_path: Path, release: Release, before: str | None) -> None:
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    try:
        write_geopackage(release, tmp_path / "a.gpkg", Level.PUBLIC)
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def test_an_empty_layer_keeps_its_kind(
    tmp_path: Path, write: Callable[..., Release], table_of: Callable[..., pd.DataFrame]
) -> None:
    made = write(tmp_path / "releases", plots=table_of("plots", []))
    write_geopackage(made, tmp_path / "a.gpkg", Level.PUBLIC)
    info = pyogrio.read_info(tmp_path / "a.gpkg", layer="plots")
    assert (info["features"], info["geometry_type"]) == (0, "MultiPolygon")


def test_columns_find_their_theme_in_the_catalogue(release: Release) -> None:
    parks = release.layer("park_evidence").by_name
    assert theme_of(parks["permitted_low"], release.classes) == "category"
    assert theme_of(parks["heavy"], release.classes) == "verdict"
    assert theme_of(parks["connection_possible"], release.classes) == "connection"
    # yes and no are no verdicts, and a registry may claim what no class has
    assert theme_of(parks["water_designation"], release.classes) is None
    assert theme_of(parks["water_claim"], release.classes) is None
    assert theme_of(parks["shore_m"], release.classes) is None


@pytest.mark.parametrize(
    ("lost", "found"),
    [
        (None, "not_assessed"),
        (0.0, "no_loss"),
        (0.001, "some_loss"),
        (5.0, "some_loss"),
        (5.001, "much_loss"),
    ],
)
def test_housing_classes_follow_their_labels(lost: float | None, found: str) -> None:
    assert housing_class(lost) == found
