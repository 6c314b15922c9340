"""The whole job on real Dutch data: what it says must be true in the world."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from api.jobs.run import run
from layers.project import load_project

if TYPE_CHECKING:
    from layers.release import Release

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason="the shared folder with real data is not beside the checkout"
    ),
]

RIJSSEN_HOLTEN = """
[project]
name = "Rijssen-Holten"
authority = "Provincie Overijssel"
reference_date = 2022-01-01
note = "Woningen bij benadering: willekeurige punten binnen CBS-wijken 2022, elk voor twintig woningen."

[layers.parks]
path = "{real}/ibis_rijssen_holten/IBIS_BEDRIJVENTERREINEN.json"
source = "IBIS, gemeente Rijssen-Holten"
date = "2017-08-01"
licence = "open data"
columns = {{ park_id = "RINNUMMER", name = "BEDRIJVENT", gross_ha = "OPPBRUTO", net_ha = "OPPNETTO", year = "JAAR" }}

[layers.municipalities]
path = "{real}/cbs_tmap_2022/nl_gemeenten_2022.gpkg"
source = "CBS 2022"
date = "2022-01-01"
licence = "CC-BY-4.0"
columns = {{ municipality_code = "code", name = "name", inhabitants = "population" }}

[layers.waterways]
path = "{real}/osm_waterways_vaarweg/nl_named_waterways.parquet"
source = "OpenStreetMap (c) bijdragers"
date = "2025-08-30"
licence = "ODbL-1.0"
columns = {{ waterway_id = "vw_id", name = "name" }}

[layers.protected_areas]
path = "{real}/natura2000_nl/nl_natura2000.gpkg"
source = "Natura 2000, RVO"
date = "2026-08-01"
licence = "CC-BY-4.0"
columns = {{ area_id = "gebiedsnummer", name = "naam" }}
constants = {{ kind = "Natura 2000", hardness = "very_hard" }}

[layers.sensitive_objects]
path = "homes.csv"
source = "CBS wijken 2022, punten bij benadering"
date = "2022-01-01"
licence = "CC-BY-4.0"
crs = "EPSG:28992"
x = "x"
y = "y"
columns = {{ object_id = "id", kind = "kind", weight = "weight" }}
"""

LAGE_WEIDE = """
[project]
name = "Lage Weide"
authority = "Provincie Utrecht"
reference_date = 2024-01-01

[layers.parks]
path = "{real}/omgevingsregeling_grootschalige_opwekking/nl_grootschalige_elektriciteitsopwekking.geojson"
source = "Omgevingsregeling"
date = "2024-01-01"
licence = "openbaar"
columns = {{ park_id = "OBJECTID", name = "naam" }}

[layers.municipalities]
path = "{real}/cbs_tmap_2022/utrecht_gemeenten_2022.geojson"
source = "CBS 2022"
date = "2022-01-01"
licence = "CC-BY-4.0"
columns = {{ municipality_code = "code", name = "name" }}

[layers.waterways]
path = "{real}/osm_waterways_vaarweg/utrecht_main_waterways_and_harbours.geojson"
source = "OpenStreetMap (c) bijdragers"
date = "2025-08-30"
licence = "ODbL-1.0"
columns = {{ waterway_id = "vw_id", name = "name" }}
"""


def draw_homes(folder: Path) -> None:
    """Put one point for twenty dwellings at random places in the districts around Rijssen-Holten."""
    districts = gpd.read_file(REAL / "cbs_tmap_2022" / "nl_wijken_2022.gpkg")
    districts = districts[districts.intersects(shapely.box(222_000, 470_000, 240_000, 486_000))]
    rng = np.random.default_rng(2022)
    rows: list[dict[str, Any]] = []
    for code, dwellings, area in zip(
        districts["code"], districts["dwelling_total"], districts.geometry, strict=True
    ):
        number = max(1, round(dwellings / 20)) if dwellings > 0 else 0
        shapely.prepare(area)
        found = 0
        west, south, east, north = area.bounds
        while found < number:
            x, y = rng.uniform(west, east), rng.uniform(south, north)
            if shapely.contains_xy(area, x, y):
                rows.append(
                    {"id": f"{code}-{found}", "kind": "home", "weight": dwellings / number, "x": x, "y": y}
                )
                found += 1
    pd.DataFrame(rows).to_csv(folder / "homes.csv", index=False)


@pytest.fixture(scope="module")
def rijssen_holten(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("rijssen")
    draw_homes(folder)
    (folder / "project.toml").write_text(RIJSSEN_HOLTEN.format(real=REAL), encoding="utf-8")
    project = load_project(folder / "project.toml")
    # the municipalities are those of the whole country, of which a surface takes minutes
    space = project.parameters.space.model_copy(update={"surface": False})
    parameters = project.parameters.model_copy(update={"space": space})
    return run(project.model_copy(update={"parameters": parameters}), folder / "releases")


def test_what_the_project_lacks_or_switches_off_is_said(rijssen_holten: Release) -> None:
    gaps = rijssen_holten.table("not_assessed").set_index("item_id")["why_nl"]
    assert "Uitgezet" in gaps["usable_surface"]
    assert "deelgebieden" in gaps["land_balance"]
    assert "exploration_areas" not in rijssen_holten.names


def test_twenty_parks_from_twenty_two_features_with_the_difference_explained(rijssen_holten: Release) -> None:
    parks = rijssen_holten.table("park_evidence")
    assert len(parks) == 20
    quality = rijssen_holten.table("data_quality")
    merged = quality[(quality["layer"] == "parks") & (quality["action"] == "merged")]
    # RIN 130060 came in three parts
    assert set(merged["feature_id"]) == {"130060"}
    assert 22 - len(merged[merged["rule"].str.contains("part")]) in (19, 20)
    assert rijssen_holten.project["sources"] is not None
    assert len(parks["park_id"].unique()) == 20


def test_hectares_agree_with_the_registry_within_one_percent(rijssen_holten: Release) -> None:
    # OPPBRUTO is in square metres there and repeats on every part; Terrein Slaghekke is 4100 against 4128 m2
    parks = rijssen_holten.table("park_evidence")
    ratio = parks["area_ha"] / parks["gross_ha"]
    assert ((ratio - 1).abs() < 0.01).all()
    # the twenty figures of the registry add up to 3,326,637 m2
    assert parks["gross_ha"].sum() == pytest.approx(332.6637, abs=0.001)


def test_the_nearest_twente_canal_lies_more_than_six_kilometres_away(rijssen_holten: Release) -> None:
    parks = rijssen_holten.table("parks").set_index("park_id")
    water = rijssen_holten.table("waterways")
    canal = shapely.union_all(
        water.loc[water["name"].fillna("").str.startswith("Twentekanaal")].geometry.to_numpy()
    )
    gaps = parks.geometry.distance(canal)
    assert gaps.min() == pytest.approx(6_180, abs=30)
    assert parks.loc[gaps.idxmin(), "name"] == "Enterstraat"


def test_without_category_and_class_nothing_is_claimed_and_the_report_says_so(
    rijssen_holten: Release,
) -> None:
    parks = rijssen_holten.table("park_evidence")
    assert (parks["permitted_source"] == "not_assessed").all()
    assert (parks["heavy"] == "not_assessed").all()
    assert set(parks["connection"]) <= {"not_assessed", "none"}
    assert (parks["connection"] == "not_assessed").any()
    items = rijssen_holten.table("not_assessed").set_index("item_id")
    assert items.loc["permitted", "parks"] == 20
    assert 1 <= int(str(items.loc["water_class", "parks"])) <= 20
    report = (rijssen_holten.path / "views" / "report.html").read_text(encoding="utf-8")
    assert "niet beoordeeld" in report.lower()
    assert "Woningen bij benadering" in report


def test_the_parks_lie_in_rijssen_holten(rijssen_holten: Release) -> None:
    assert set(rijssen_holten.table("park_evidence")["municipality_name"]) == {"Rijssen-Holten"}


def test_homes_make_an_interval_because_the_surroundings_are_unknown(rijssen_holten: Release) -> None:
    zones = rijssen_holten.table("usable_zones")
    heavy = zones[
        (zones["objects"] == "with_inside") & zones["category"].isin(["4.1", "4.2", "5.1", "5.2", "5.3", "6"])
    ]
    heavy = heavy.groupby("reading")["area_ha"].sum()
    assert heavy["low"] < heavy["high"]


def test_the_manifest_knows_every_source(rijssen_holten: Release) -> None:
    manifest = json.loads((rijssen_holten.path / "manifest.json").read_text(encoding="utf-8"))
    licences = {source["layer"]: source["licence"] for source in manifest["sources"]}
    assert licences["waterways"] == "ODbL-1.0"
    assert len(licences) == 5


def test_the_power_station_of_lage_weide_lies_in_utrecht_beside_a_harbour(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(LAGE_WEIDE.format(real=REAL), encoding="utf-8")
    release = run(load_project(tmp_path / "project.toml"), tmp_path / "releases")
    sites = release.table("park_evidence")
    here = sites[sites["municipality_name"] == "Utrecht"]
    assert len(here) == 1
    site = here.iloc[0]
    assert "haven" in site["nearest_waterway_name"].lower()
    assert site["nearest_waterway_m"] < 50.0
    assert site["area_ha"] == pytest.approx(27.3, abs=0.1)
    assert site["connection"] == "not_assessed"
