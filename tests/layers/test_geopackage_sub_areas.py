"""GeoPackages per sub-area: names that are safe, what is in them for whom, and the balance on the polygons."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pandas as pd
import pyogrio
import pytest
import shapely

from layers.exports.geopackage import write_geopackage, write_sub_area
from layers.exports.sub_areas import area_balance, area_shape, area_slugs, slugs
from layers.exports.themes import SHORTAGE_CLASSES, shortage_class
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

WEST = shapely.box(130000, 455000, 140000, 465000)
EAST = shapely.box(150000, 455000, 160000, 470000)


def _short(area: str, group: str, year: int, *band: float) -> dict[str, Any]:
    p10, p50, p90 = band
    return {
        "scope": "sub_area", "area": area, "year": year, "group": group, "water": "any", "rule": "floor",
        "p10_ha": p10, "p50_ha": p50, "p90_ha": p90, "share_short": 0.75,
    }  # fmt: skip


BALANCE = [
    _short("Noord & West", "total", 2035, 10.0, 24.0, 40.0),
    _short("Noord & West", "5.1+", 2035, 1.0, 2.0, 3.0),
    _short("Noord & West", "total", 2050, 20.0, 48.0, 80.0),
    _short("Oost", "total", 2035, 0.0, 1.0, 2.0),
    # another rule, water and scope, which the layer does not show
    {**_short("Oost", "total", 2050, 9.0, 9.0, 9.0), "rule": "free_light_first"},
    {**_short("Oost", "5.1+", 2035, 9.0, 9.0, 9.0), "water": "at_water"},
    {**_short("province", "total", 2035, 9.0, 9.0, 9.0), "scope": "province"},
    # no polygon has this name
    _short("Elders", "total", 2035, 5.0, 5.0, 5.0),
]
DEMAND = [
    {"function_id": function, "sub_area": area, "year": 2035, "p10_ha": 1.0, "p50_ha": value, "p90_ha": 9.0}
    for function, area, value in (
        ("total", "Noord & West", 3.0), ("F01", "Noord & West", 2.0), ("total", "province", 8.0),
    )
]  # fmt: skip
AREAS = [
    {"sub_area_id": "D1", "name": "Noord & West", "geometry": WEST},
    {"sub_area_id": "Oost", "name": None, "geometry": EAST},
]
PLACES = [("RIN1", "Noord & West"), ("RIN2", "Oost")]


@pytest.fixture
def balanced(
    tmp_path: Path,
    write: Callable[..., Release],
    tables: dict[str, pd.DataFrame],
    table_of: Callable[..., Any],
) -> Release:
    """Give the hand-made release with two sub-areas, their balance, and water that crosses a border."""
    parks = tables["park_evidence"].copy()
    parks["sub_area"] = [dict(PLACES)[park] for park in parks["park_id"]]
    waterways = [
        {"waterway_id": "V1", "name": "Kanaal", "geometry": shapely.LineString([(139000, 460000), (151000, 460000)])},
        {"waterway_id": "V2", "name": "Ver weg", "geometry": shapely.LineString([(0, 0), (10, 10)])},
    ]  # fmt: skip
    changed = {
        "park_evidence": parks,
        "waterways": table_of("waterways", waterways),
        "sub_areas": table_of("sub_areas", AREAS),
        "balance_groups": table_of("balance_groups", BALANCE),
        "demand_bands": table_of("demand_bands", DEMAND),
    }
    return write(tmp_path / "balanced", **changed)


def layers_of(path: Path) -> list[str]:
    return [str(name) for name in pyogrio.list_layers(path)[:, 0]]


def test_slugs_are_safe_different_and_the_same_every_time() -> None:
    names = ["U16 West", "u16-west", "../../etc/passwd", "Één & Twéé", "", "東京", "CON", "x" * 80]
    found = slugs(names)
    assert found == slugs(reversed(names))
    assert found["U16 West"] == "u16-west"
    assert found["u16-west"] == "u16-west-2"
    assert found["../../etc/passwd"] == "etc-passwd"
    assert found["Één & Twéé"] == "een-twee"
    # Windows takes no file named CON
    assert found["CON"] == "deelgebied-con"
    assert {found[""], found["東京"]} == {"deelgebied", "deelgebied-2"}
    assert len(found["x" * 80]) == 40
    assert len(set(found.values())) == len(names)
    for slug in found.values():
        assert slug == slug.lower()
        assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_sub_area_needs_a_balance_and_a_shape(balanced: Release, release: Release) -> None:
    # Elders has no shape; a row without a name goes by its identifier
    assert area_slugs(balanced, Level.PUBLIC) == {"Noord & West": "noord-west", "Oost": "oost"}
    assert area_slugs(release, Level.PUBLIC) == {}
    assert area_balance(release, Level.PUBLIC) is None


def test_shapes_come_from_municipalities_when_there_is_no_layer_of_sub_areas(
    tmp_path: Path, write: Callable[..., Release], table_of: Callable[..., Any]
) -> None:
    places = [
        {"municipality_code": code, "name": code, "sub_area": area, "geometry": shapely.box(x, 0, x + 1000, 1000)}
        for code, area, x in (("GM1", "Noord & West", 0), ("GM2", "Noord & West", 1000), ("GM3", None, 9000))
    ]  # fmt: skip
    made = write(
        tmp_path / "releases",
        municipalities=table_of("municipalities", places),
        balance_groups=table_of("balance_groups", BALANCE),
    )
    assert area_slugs(made, Level.PUBLIC) == {"Noord & West": "noord-west"}
    shape = area_shape(made, Level.PUBLIC, "Noord & West")
    assert shapely.equals(shape, shapely.box(0, 0, 2000, 1000))
    with pytest.raises(KeyError):
        area_shape(made, Level.PUBLIC, "Oost")


def test_the_balance_stands_on_the_polygons(balanced: Release) -> None:
    found = area_balance(balanced, Level.PUBLIC)
    assert found is not None
    assert (found.years, found.groups) == ((2035, 2050), ("total", "5.1+"))
    rows = found.frame.set_index("sub_area")
    west, east = rows.loc["Noord & West"], rows.loc["Oost"]
    # 10 km by 10 km is 10,000 ha
    assert west["area_ha"] == 10_000.0
    bands = [west[f"shortage_2035_total_{bound}_ha"] for bound in ("p10", "p50", "p90")]
    assert bands == [10.0, 24.0, 40.0]
    assert west["shortage_2035_5_1_p50_ha"] == 2.0
    assert west["demand_2035_p50_ha"] == 3.0
    assert west["share_short_2035"] == 0.75
    assert east["shortage_2035_total_p50_ha"] == 1.0
    # what the balance does not say is missing, not zero
    for name in ("shortage_2035_5_1_p50_ha", "shortage_2050_total_p50_ha", "demand_2035_p50_ha"):
        assert pd.isna(east[name])
    assert [column.name for column in found.layer.columns] == [*found.frame.drop(columns="geometry")]


def test_a_sub_area_holds_what_lies_in_it_and_its_rows(balanced: Release, tmp_path: Path) -> None:
    path = tmp_path / "west.gpkg"
    write_sub_area(balanced, path, Level.PUBLIC, "noord-west")
    assert layers_of(path)[0] == "sub_area_balance"
    parks = pyogrio.read_dataframe(path, layer="park_evidence")
    assert parks["park_id"].tolist() == ["RIN1"]
    area = pyogrio.read_dataframe(path, layer="sub_area_balance")
    assert area["sub_area"].tolist() == ["Noord & West"]
    assert area["shortage_2050_total_p50_ha"].tolist() == [48.0]
    # the canal crosses the border and stays whole
    water = pyogrio.read_dataframe(path, layer="waterways")
    assert water["waterway_id"].tolist() == ["V1"]
    assert water.length.tolist() == [12_000.0]
    assert set(pyogrio.read_dataframe(path, layer="balance_groups")["area"]) == {"Noord & West"}
    assert len(pyogrio.read_dataframe(path, layer="demand_bands")) == 2


def test_zones_are_in_blocks_for_everybody_and_exact_for_the_province(
    balanced: Release, tmp_path: Path
) -> None:
    found = {}
    for level in (Level.PUBLIC, Level.PROVINCE):
        path = tmp_path / f"{level.value}.gpkg"
        write_sub_area(balanced, path, level, "noord-west")
        found[level] = set(layers_of(path))
    assert "usable_blocks" in found[Level.PUBLIC]
    assert not found[Level.PUBLIC] & {"usable_zones", "binding_objects", "housing_effects", "balance_housing"}
    assert "usable_zones" in found[Level.PROVINCE]
    assert "usable_blocks" not in found[Level.PROVINCE]
    assert "binding_objects" in found[Level.PROVINCE]


def test_no_secret_of_the_province_is_in_a_public_sub_area(balanced: Release, tmp_path: Path) -> None:
    path = tmp_path / "public.gpkg"
    write_sub_area(balanced, path, Level.PUBLIC, "noord-west")
    assert b"park/RIN1/H1" not in path.read_bytes()
    assert b"houseboat" not in path.read_bytes()


def test_an_unknown_sub_area_is_refused(balanced: Release, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_sub_area(balanced, tmp_path / "a.gpkg", Level.PUBLIC, "elders")


def test_two_folders_and_a_second_run_give_the_same_bytes(balanced: Release, tmp_path: Path) -> None:
    found = []
    for folder in ("one", "another/deeper"):
        path = tmp_path / folder / "west.gpkg"
        path.parent.mkdir(parents=True)
        write_sub_area(balanced, path, Level.PROVINCE, "noord-west")
        found.append(path.read_bytes())
    write_sub_area(balanced, path, Level.PROVINCE, "noord-west")
    assert found == [path.read_bytes()] * 2


def test_the_whole_release_has_the_layer_with_a_style_per_year(balanced: Release, tmp_path: Path) -> None:
    path = tmp_path / "release.gpkg"
    write_geopackage(balanced, path, Level.PUBLIC)
    assert pyogrio.read_info(path, layer="sub_area_balance")["features"] == 2
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            "SELECT styleName, styleQML, useAsDefault FROM layer_styles "
            "WHERE f_table_name = 'sub_area_balance' ORDER BY id"
        ).fetchall()
        titles = dict(
            connection.execute(
                "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'sub_area_balance'"
            ).fetchall()
        )
    # of two years the later one is the middle
    assert [name for name, _, _ in rows] == [
        "Tekort 2050: alle categorieën, P50",
        "Tekort 2035: alle categorieën, P50",
    ]
    assert [default for _, _, default in rows] == [1, 0]
    rules = {rule.get("label"): rule.get("filter") for rule in ET.fromstring(rows[0][1]).iter("rule")}  # noqa: S314 - our own text
    assert list(rules) == [style.label_nl for style in SHORTAGE_CLASSES]
    assert rules["25 tot en met 45 ha"] == (
        '"shortage_2050_total_p50_ha" >= 22.5 AND "shortage_2050_total_p50_ha" < 47.5'
    )
    assert titles["shortage_2035_5_1_p10_ha"] == "Tekort 2035: categorie 5.1 en zwaarder, P10"


@pytest.mark.parametrize(
    ("hectares", "found"),
    # shown in steps of 5: 2.4 as 0, 2.5 as 5, 22.4 as 20, 22.5 as 25, 47.5 as 50
    [(0.0, "none"), (2.4, "none"), (2.5, "some"), (22.4, "some"), (22.5, "more"), (47.4, "more"),
     (47.5, "much"), (None, "not_assessed"), (float("nan"), "not_assessed")],
)  # fmt: skip
def test_classes_of_shortage_follow_what_is_shown(hectares: float | None, found: str) -> None:
    assert shortage_class(hectares) == found


def test_a_hidden_layer_of_sub_areas_is_not_replaced(
    tmp_path: Path, balanced: Release, tables: dict[str, pd.DataFrame], facts: dict[str, Any]
) -> None:
    from layers.release_writer import ReleaseWriter

    held = {
        name: balanced.table(name)
        for name in ("park_evidence", "municipalities", "sub_areas", "balance_groups")
    }
    recipe = {**balanced.manifest["recipe"], "project": {"name": "Verborgen"}}
    with ReleaseWriter(tmp_path / "hidden", recipe) as writer:
        writer.write_data(held, facts, {"sub_areas": Level.MUNICIPALITY})
        made = writer.commit()
    assert area_slugs(made, Level.PUBLIC) == {}
    assert area_slugs(made, Level.PROVINCE) == {"Noord & West": "noord-west", "Oost": "oost"}
