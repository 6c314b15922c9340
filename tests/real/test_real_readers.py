"""The readers on real Dutch files, against facts that are true in the world."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from gis.errors import InputError
from layers.read import read_layer
from layers.source import LayerSource

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.read import SourceRecord

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason="the shared folder with real Dutch data is not beside the checkout"
    ),
]


class Read:
    """One layer read from a real file."""

    def __init__(self, ours: str, path: str, columns: dict[str, str], **more: Any) -> None:
        file = REAL / path
        if not file.exists():
            pytest.skip(f"{path} is not in the shared folder")
        source = LayerSource(
            path=path, source="see PROVENANCE.md", licence="see PROVENANCE.md", columns=columns, **more
        )
        result = read_layer(ours, source, REAL)
        self.table: gpd.GeoDataFrame = result.table
        self.source: SourceRecord = result.source
        self.quality = pd.DataFrame(result.quality)
        gone = self.quality[self.quality["action"].isin(["set_aside", "merged"])]["row"].nunique()
        assert self.source.rows_in == self.source.rows_out + gone == pyogrio_rows(file, more.get("layer")), (
            path
        )
        assert shapely.is_valid(self.table.geometry.to_numpy()).all()
        assert self.table.crs.to_epsg() == 28992

    def rows(self, rule: str) -> pd.DataFrame:
        return self.quality[self.quality["rule"] == rule]


def pyogrio_rows(file: Path, layer: str | None) -> int:
    if file.suffix == ".parquet":
        return len(pd.read_parquet(file))
    return int(pyogrio.read_info(file, layer=layer, force_feature_count=True)["features"])


# IBIS, Rijssen-Holten


@pytest.fixture(scope="module")
def ibis() -> Read:
    columns = {
        "park_id": "RINNUMMER",
        "name": "BEDRIJVENT",
        "year": "JAAR",
        "gross_ha": "OPPBRUTO",
        "net_ha": "OPPNETTO",
    }
    return Read("parks", "ibis_rijssen_holten/IBIS_BEDRIJVENTERREINEN.json", columns)


def test_twenty_parks_come_from_twenty_two_features_and_the_difference_is_explained(ibis: Read) -> None:
    assert (ibis.source.rows_in, ibis.source.rows_out) == (22, 20)
    merged = ibis.rows("part_of")
    # Veeneslagen, one number over three features
    assert merged["feature_id"].tolist() == ["130060", "130060"]
    assert ibis.table["park_id"].is_unique


def test_square_metres_are_recognised_and_agree_with_the_polygons_within_a_percent(ibis: Read) -> None:
    assert set(ibis.rows("unit_m2_layer")["field"]) == {"gross_ha", "net_ha"}
    drawn = ibis.table.geometry.area / 1e4
    assert (abs(ibis.table["gross_ha"] - drawn) / drawn < 0.01).all()
    # the 20 values of OPPBRUTO added up by hand, the repeated total of Veeneslagen once: 3,326,637 m2
    assert ibis.table["gross_ha"].sum() == pytest.approx(332.6637, abs=1e-6)


def test_the_total_of_veeneslagen_counts_once(ibis: Read) -> None:
    row = ibis.table.set_index("park_id").loc["130060"]
    assert row["gross_ha"] == pytest.approx(0.7923)
    assert row["geometry"].geom_type == "MultiPolygon"
    assert ibis.rows("total_repeated")["before"].tolist() == ["3 x 0.7923", "3 x 0.7923"]


def test_v1900_and_a_broken_before_1950_are_no_years_and_keep_their_original(ibis: Read) -> None:
    table = ibis.table.set_index("park_id")
    assert ibis.rows("year_before")["before"].tolist() == ["v1900"] * 3
    assert ibis.rows("year_unreadable")["before"].tolist() == ["\ufffd1950"] * 2
    assert table["year"].isna().sum() == 5
    assert table.loc["692", "year"] == 1977


def test_what_the_file_does_not_hold_is_missing_and_said_so(ibis: Read) -> None:
    assert ibis.table["max_category"].isna().all()
    assert "max_category" in ibis.rows("columns_missing")["after"].iloc[0]


def test_the_parks_lie_in_rijssen_holten(ibis: Read) -> None:
    towns = Read(
        "municipalities",
        "cbs_tmap_2022/nl_gemeenten_2022.gpkg",
        {"municipality_code": "code", "name": "name"},
    )
    home = towns.table[towns.table["name"] == "Rijssen-Holten"].geometry.iloc[0]
    assert (ibis.table.geometry.intersection(home).area / ibis.table.geometry.area > 0.99).all()


# waterways


def test_fis_sections_bring_their_class(tmp_path: Path) -> None:
    columns = {"waterway_id": "index", "name": "Name", "cemt": "Code", "width_m": "GeneralWidth"}
    found = Read("waterways", "fis_corridor_waal/depths-emo-bctn.geojson", columns)
    assert len(found.table) == 111
    # from the Maasvlakte over the Waal to Nijmegen: nearly all of it takes six barges
    assert found.table["cemt"].value_counts().to_dict().keys() == {"VIc", "Va"}
    assert (found.table["cemt"] == "VIc").mean() > 0.9
    raw = pd.read_json(REAL / "fis_corridor_waal/depths-emo-bctn.geojson", typ="series")
    stated = sum(item["properties"]["Code"] is not None for item in raw["features"])
    assert found.table["cemt"].notna().sum() == stated


def test_nwb_vaarwegen_have_no_class_so_none_is_made_up() -> None:
    columns = {"waterway_id": "VWK_ID", "name": "VWG_NAAM"}
    found = Read("waterways", "nwb_vaarwegen_zuidholland/vaarwegen_pzh.gpkg", columns)
    assert len(found.table) == 66
    assert found.table["cemt"].isna().all()
    assert {"Hollandsche IJssel", "Oude Rijn"} <= set(found.table["name"])
    assert "cemt" in found.rows("columns_missing")["after"].iloc[0]


def test_the_amsterdam_rijnkanaal_passes_utrecht_with_its_real_length() -> None:
    columns = {"waterway_id": "vw_id"}
    found = Read("waterways", "osm_waterways_vaarweg/utrecht_main_waterways_and_harbours.geojson", columns)
    canal = found.table[found.table["name"] == "Amsterdam-Rijnkanaal"]
    # 72 km from Amsterdam to Tiel; the source holds 74.3 km with its branches
    assert canal.geometry.length.sum() == pytest.approx(74_300, rel=0.03)


def test_one_layer_of_several_and_a_clear_error_without_a_choice() -> None:
    path, columns = "osm_waterways_vaarweg/utrecht_plus5km_named_waterways.gpkg", {"waterway_id": "vw_id"}
    found = Read("waterways", path, columns, layer="waterways")
    assert len(found.table) == 3514
    with pytest.raises(InputError, match="waterways, named_points"):
        Read("waterways", path, columns)


def test_forty_six_thousand_named_waterways_from_geoparquet() -> None:
    found = Read("waterways", "osm_waterways_vaarweg/nl_named_waterways.parquet", {"waterway_id": "vw_id"})
    assert len(found.table) == 46_796


def test_bgt_water_with_its_history_is_refused_and_read_when_the_project_selects_what_is_current() -> None:
    path, columns = "bgt_otterlo/bgt_otterlo.gpkg", {"waterway_id": "lokaalID", "name": "plus_type"}
    with pytest.raises(InputError, match="share the identifier"):
        Read("waterways", path, columns, layer="waterdeel")
    now = Read("waterways", path, columns, layer="waterdeel", only={"eindRegistratie": [""]})
    assert 0 < len(now.table) < 1163
    assert (now.rows("not_selected")["action"] == "set_aside").all()


# buildings as sensitive objects


def test_bag_buildings_of_doesburg_in_use() -> None:
    found = Read(
        "sensitive_objects",
        "bag_doesburg/bag_pand_doesburg_current.gpkg",
        {"object_id": "identificatie"},
        constants={"kind": "unknown"},
        only={"status": ["Pand in gebruik", "Pand in gebruik (niet ingemeten)", "Verbouwing pand"]},
    )
    # 7,204 in use, 3 not yet measured, 14 being rebuilt
    assert len(found.table) == 7221
    assert found.source.rows_in == 7797
    assert set(found.table["kind"]) == {"unknown"}
    # Doesburg lies where the IJssel and the Oude IJssel meet
    assert found.table.total_bounds == pytest.approx([205078, 445632, 209126, 450114], abs=10)


def test_bgt_buildings_with_their_history() -> None:
    path, columns = "bgt_otterlo/bgt_otterlo.gpkg", {"object_id": "lokaalID"}
    found = Read(
        "sensitive_objects",
        path,
        columns,
        layer="pand",
        constants={"kind": "unknown"},
        only={"eindRegistratie": [""]},
    )
    assert 500 < len(found.table) < 1031
    assert set(found.table.geometry.geom_type) <= {"Polygon", "MultiPolygon"}


# municipalities


@pytest.fixture(scope="module")
def towns_2022() -> Read:
    columns = {"municipality_code": "code", "inhabitants": "population"}
    return Read("municipalities", "cbs_tmap_2022/utrecht_gemeenten_2022.geojson", columns)


@pytest.fixture(scope="module")
def towns_2024() -> Read:
    columns = {"municipality_code": "gemeentecode", "name": "gemeentenaam", "inhabitants": "aantal_inwoners"}
    return Read(
        "municipalities", "cbs_gemeenten_2024_geoinzicht/utrecht_gemeenten_2024_stats.geojson", columns
    )


def test_utrecht_has_twenty_six_municipalities_in_both_years(towns_2022: Read, towns_2024: Read) -> None:
    for found in (towns_2022, towns_2024):
        assert len(found.table) == 26
        assert {"Utrecht", "Vijfheerenlanden", "De Bilt", "Stichtse Vecht"} <= set(found.table["name"])
    assert set(towns_2022.table["municipality_code"]) == set(towns_2024.table["municipality_code"])


def test_the_province_is_as_large_and_as_full_as_it_is(towns_2022: Read, towns_2024: Read) -> None:
    # the province polygon of the same source: 1,553.7 km2
    assert towns_2022.table.geometry.area.sum() / 1e6 == pytest.approx(1553.7, abs=1.0)
    assert 1_360_000 < towns_2022.table["inhabitants"].sum() < 1_380_000
    assert 1_380_000 < towns_2024.table["inhabitants"].sum() < 1_410_000


def test_degrees_land_on_the_same_places_in_both_years(towns_2022: Read, towns_2024: Read) -> None:
    # both are simplified, so centres may differ by tens of metres, not by a datum shift of a hundred or more
    first = towns_2022.table.set_index("municipality_code").geometry.centroid
    second = towns_2024.table.set_index("municipality_code").geometry.centroid
    assert first.distance(second).median() < 60


def test_the_transformation_agrees_with_the_same_borders_published_in_rd(towns_2022: Read) -> None:
    columns = {"municipality_code": "code", "name": "name"}
    nation = Read("municipalities", "cbs_tmap_2022/nl_gemeenten_2022.gpkg", columns).table.set_index(
        "municipality_code"
    )
    utrecht = towns_2022.table.set_index("municipality_code")
    # the degrees are rounded to 6 decimals, about 0.1 m, and were made with a plain transformation
    moved = utrecht.geometry.centroid.distance(nation.geometry.loc[utrecht.index].centroid)
    assert moved.max() < 1.0


# protected areas and others


def test_natura_2000_areas_have_their_published_size() -> None:
    columns = {"area_id": "gebiedsnummer", "name": "naam"}
    found = Read(
        "protected_areas",
        "natura2000_nl/utrecht_plus5km_natura2000.gpkg",
        columns,
        constants={"hardness": "very_hard"},
    )
    sizes = (found.table.set_index("name").geometry.area / 1e4).to_dict()
    stated = pyogrio.read_dataframe(REAL / "natura2000_nl/utrecht_plus5km_natura2000.gpkg").set_index("naam")[
        "area_ha"
    ]
    assert len(found.table) == 17
    for name, area in stated.items():
        assert sizes[name] == pytest.approx(area, rel=0.01), name


def test_all_natura_2000_areas_also_those_far_out_at_sea_stay() -> None:
    found = Read(
        "protected_areas", "natura2000_nl/nl_natura2000.gpkg", {"area_id": "gebiedsnummer", "name": "naam"}
    )
    assert found.source.rows_in == 160
    assert "Doggersbank" in set(found.table["name"])


def test_the_canal_as_water_surface() -> None:
    found = Read(
        "waterways",
        "krw_waterbodies_nlmod/utrecht_plus5km_krw_waterbodies.gpkg",
        {"waterway_id": "LOCALID", "name": "OWMNAAM"},
    )
    assert any("Amsterdam-Rijnkanaal" in name for name in found.table["name"])


def test_power_station_sites_and_the_closed_landfill() -> None:
    sites = Read(
        "policy_structure",
        "omgevingsregeling_grootschalige_opwekking/nl_grootschalige_elektriciteitsopwekking.geojson",
        {"element_id": "OBJECTID", "name": "naam"},
        constants={"authority_level": "national"},
    )
    assert len(sites.table) == 21
    # the site on Lage Weide, 27.3 ha
    utrecht = sites.table[sites.table.geometry.distance(shapely.Point(132000, 458500)) < 2000]
    assert utrecht.geometry.area.tolist() == pytest.approx([273_000], rel=0.01)
    for name in ("geojson", "gpkg"):
        path = f"pv26_gesloten_stortplaats/pv26_gebied_gesloten_stortplaats.{name}"
        if (REAL / path).exists():
            landfill = Read("protected_areas", path, {"area_id": "OBJECTID", "name": "NAAM"})
            assert landfill.table.geometry.area.iloc[0] / 1e4 == pytest.approx(37.2, abs=0.1)


def test_businesses_from_the_industrial_sites() -> None:
    found = Read(
        "businesses",
        "hotmaps_industrial_nl/nl_industrial_sites.geojson",
        {"business_id": "SiteID", "name": "CompanyName"},
    )
    assert len(found.table) == 133
    assert set(found.table.geometry.geom_type) == {"Point"}


@pytest.mark.parametrize("name", ["GIO-13eeecaa.gml", "GIO-83e52bbe.gml"])
def test_a_gio_of_zeeland_is_read_or_refused_in_words(name: str) -> None:
    # STOP wraps its geometry in elements of its own; whatever GDAL makes of it, nothing escapes
    try:
        found = Read("protected_areas", f"stop_gio_pv29_zeeland/{name}", {"area_id": "naam"}).table
    except InputError as refusal:
        found = refusal
    if isinstance(found, InputError):
        assert all(problem.repair for problem in found.problems)
    else:
        assert np.isfinite(found.total_bounds).all()
