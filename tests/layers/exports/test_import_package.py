"""The import package as a whole: sound, the same twice, honest about what changed, refused when broken."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis.errors import InputError
from layers.export_settings import ExportSettings, export_settings
from layers.exports.gio.reader import read_gio_bytes
from layers.exports.import_package import build
from layers.exports.location_id import exact_shape, location_id
from layers.exports.was_wordt import earlier_files, earlier_locations, earlier_package
from layers.exports.zipped import pack
from tests.support.package_region import PROJECT, RD, Tables, box, region, zone_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.exports.gio.ow import Purpose
    from layers.exports.import_package import ImportPackage

    Errors = Callable[[Mapping[str, bytes], Path], list[str]]


def gml(package: ImportPackage) -> str:
    return next(data.decode() for path, data in package.files.items() if path.endswith(".gml"))


def opened(package: ImportPackage, folder: Path, layer: str) -> gpd.GeoDataFrame:
    path = folder / "reservering.gpkg"
    path.write_bytes(package.files["reservering.gpkg"])
    return gpd.read_file(path, layer=layer)


@pytest.mark.parametrize("purpose", ["visie", "verordening"])
def test_every_official_file_is_valid_against_the_official_schemas(
    tables: Tables, settings: ExportSettings, purpose: Purpose, official_errors: Errors, tmp_path: Path
) -> None:
    package = build(tables, settings, purpose=purpose)
    assert official_errors(package.files, tmp_path) == []
    again = build(tables, settings, purpose=purpose, previous=earlier_files(package.files))
    assert official_errors(again.files, tmp_path) == []


def test_two_runs_give_the_same_bytes_whatever_the_order_of_rows_and_rings(
    tables: Tables, settings: ExportSettings
) -> None:
    first = pack(build(tables, settings, purpose="visie").files)
    assert pack(build(region(), settings, purpose="visie").files) == first
    shuffled = region()
    zones = shuffled["reservation_zones"].iloc[::-1].reset_index(drop=True)
    shuffled["reservation_zones"] = zones.set_geometry(shapely.reverse(zones.geometry.to_numpy()), crs=RD)
    shuffled["municipalities"] = shuffled["municipalities"].iloc[::-1].reset_index(drop=True)
    assert pack(build(shuffled, settings, purpose="visie").files) == first


def test_files_come_in_one_order_and_hold_no_more_than_is_promised(vision: ImportPackage) -> None:
    stem = "reservering-visie-voorstel"
    assert list(vision.files)[:14] == [
        "LEESMIJ.txt", "reservering.gpkg", f"gio/{stem}.gml", f"gio/{stem}.gfs", f"gio/{stem}.sld",
        f"gio/GIO_{stem}.xml", "ow/owGebieden.xml", "ow/owGebiedengroepen.xml", "ow/owGebiedsaanwijzingen.xml",
        "ow/owDivisieteksten.xml", "ow/owTekstdelen.xml", "ow/manifest-ow.xml", "was-wordt.csv",
        "was-wordt.geojson",
    ]  # fmt: skip
    assert vision.name == "importpakket-visie-voorstel"


def test_a_one_metre_edit_of_one_zone_changes_that_location_and_nothing_else(
    settings: ExportSettings,
) -> None:
    before = build(region(), settings, purpose="visie")
    edited = region()
    zones = edited["reservation_zones"]
    shapes = list(zones.geometry)
    shapes[4] = box(1_750, 1_750, 1_851, 1_850)
    edited["reservation_zones"] = zones.set_geometry(shapes, crs=RD)
    after = build(edited, settings, purpose="visie", previous=earlier_files(before.files))
    changes = after.changes.set_index("zone_id")
    assert changes["verandering"].value_counts().to_dict() == {"ongewijzigd": 4, "gewijzigd": 1}
    row = changes.loc["P4-explore"]
    assert (row["verandering"], row["wat"]) == ("gewijzigd", "geometrie")
    # 100 m by 1 m is 0.01 ha
    assert (row["was_ha"], row["wordt_ha"]) == (1.0, 1.01)
    assert (row["verschil_ha"], row["erbij_ha"], row["eraf_ha"]) == (0.01, 0.01, 0.0)
    assert row["locatie_id"] != row["locatie_id_was"]
    same = changes[changes["verandering"] == "ongewijzigd"]
    assert (same["locatie_id"] == same["locatie_id_was"]).all()
    assert (same[["verschil_ha", "erbij_ha", "eraf_ha"]] == 0).all(axis=None)
    # in the GIO too only one location differs
    old, new = read_gio_bytes(gml(before).encode(), "a"), read_gio_bytes(gml(after).encode(), "b")
    assert len(set(old["id"]) - set(new["id"])) == 1
    assert len(set(new["id"]) - set(old["id"])) == 1


def test_a_change_names_the_version_that_it_changes(settings: ExportSettings) -> None:
    before = build(region(), settings, purpose="visie")
    assert "wasID" not in gml(before)
    after = build(region(), settings, purpose="visie", previous=earlier_files(before.files))
    work = "/join/id/regdata/pv99/2026/reservering-visie-voorstel"
    assert f"<geo:wasID>{work}/nld@2026-03-01;1</geo:wasID>" in gml(after)
    # a second version of one day gets a number of its own
    assert f"<geo:FRBRExpression>{work}/nld@2026-03-01;2</geo:FRBRExpression>" in gml(after)
    third = build(region(), settings, purpose="visie", previous=earlier_files(after.files))
    assert f"{work}/nld@2026-03-01;3<" in gml(third)


def test_a_package_of_another_alternative_is_compared_but_not_named_as_the_earlier_version(
    settings: ExportSettings,
) -> None:
    before = build(region(), settings, purpose="visie")
    other = export_settings(PROJECT, "proef", alternative="minder hinder")
    after = build(region(), other, purpose="visie", previous=earlier_files(before.files))
    assert "wasID" not in gml(after)
    assert set(after.changes["verandering"]) == {"ongewijzigd"}


def test_new_gone_and_another_kind_of_protection_are_told_apart(settings: ExportSettings) -> None:
    before = build(region(), settings, purpose="visie")
    zones = region()["reservation_zones"]
    rows = [
        ("P1", "Kade", "GM0001", "keep", zones.geometry.iloc[0]),
        ("P1", "Kade", "GM0001", "allocate", zones.geometry.iloc[1]),
        ("P2", "Ringweg", "GM0001", "allocate", zones.geometry.iloc[2]),
        ("P5", "Nieuw", "GM0003", "reserve", box(2_100, 100, 2_200, 200)),
    ]
    tables = region() | {"reservation_zones": zone_table(rows)}
    after = build(tables, settings, purpose="visie", previous=earlier_files(before.files))
    found = after.changes[["zone_id", "verandering", "wat"]].astype(object)
    assert [tuple(row) for row in found.where(found.notna(), None).to_numpy()] == [
        ("P5-reserve", "nieuw", None),
        ("P1-allocate", "gewijzigd", "beschermingsvorm, naam"),
        ("P3-reserve", "vervallen", None),
        ("P4-explore", "vervallen", None),
        ("P1-keep", "ongewijzigd", None),
        ("P2-allocate", "ongewijzigd", None),
    ]
    page = after.files["was-wordt.html"].decode()
    assert "1 nieuw, 1 gewijzigd, 2 vervallen, 2 ongewijzigd." in page
    # what is gone is called by the name that it had
    assert '<th scope="row">Grens (reserveren)</th>' in page
    assert "niet beoordeeld" not in page


def test_an_earlier_package_is_read_as_zip_folder_or_gio(vision: ImportPackage, tmp_path: Path) -> None:
    zipped = tmp_path / "pakket.zip"
    zipped.write_bytes(pack(vision.files))
    folder = tmp_path / "pakket"
    for path, data in vision.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    one = earlier_package(zipped)
    for other in (
        earlier_package(folder),
        earlier_package(folder / "gio" / "reservering-visie-voorstel.gml"),
    ):
        assert other.expression == one.expression
        assert list(other.locations["locatie_id"]) == list(one.locations["locatie_id"])
    assert one.locations["zone_id"].tolist()[0] == "P1-keep"


def test_a_bare_gio_as_the_earlier_package_matches_by_name_and_kind(settings: ExportSettings) -> None:
    before = build(region(), settings, purpose="visie")
    bare = {path: data for path, data in before.files.items() if path.endswith(".gml")}
    edited = region()
    shapes = list(edited["reservation_zones"].geometry)
    shapes[4] = box(1_750, 1_750, 1_851, 1_850)
    edited["reservation_zones"] = edited["reservation_zones"].set_geometry(shapes, crs=RD)
    after = build(edited, settings, purpose="visie", previous=earlier_files(bare))
    assert after.changes["verandering"].value_counts().to_dict() == {"ongewijzigd": 4, "gewijzigd": 1}


def test_an_earlier_release_without_a_package_can_be_compared_with(settings: ExportSettings) -> None:
    from layers.exports.locations import find_locations

    earlier = earlier_locations(find_locations(region(), settings).proposed)
    after = build(region(), settings, purpose="visie", previous=earlier)
    assert set(after.changes["verandering"]) == {"ongewijzigd"}
    assert "wasID" not in gml(after)


@pytest.mark.parametrize("content", [b"no zip", b""])
def test_an_earlier_package_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pakket.zip"
    path.write_bytes(content)
    with pytest.raises(InputError, match="zip"):
        earlier_package(path)
    with pytest.raises(InputError, match="cannot be read"):
        earlier_package(tmp_path / "weg.gml")


@pytest.mark.parametrize(
    "name",
    [
        "A & B <Terrein> \"quote\" 'enkel'",
        "Çéÿ Großmarkt 's-Gravenland Łódź 日本",
        "n" * 300,
        "Terrein 3.2 (fase 1.b)",
        "regel\neen\ttab \x07bel\x00",
        "=HYPERLINK(1)",
        "]]> &amp; <!-- --> <?x?>",
    ],
    ids=["xml", "diacritics", "300", "dots", "control", "formula", "markup"],
)
def test_names_of_every_kind_come_through_every_file(
    settings: ExportSettings, name: str, official_errors: Errors, tmp_path: Path
) -> None:
    tables = region()
    tables["reservation_zones"]["park_name"] = name
    package = build(tables, settings, purpose="visie")
    assert official_errors(package.files, tmp_path) == []
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    back = read_gio_bytes(gml(package).encode(), "a")
    assert set(back["naam"]) >= {f"{plain} (behouden)"}
    csv = pd.read_csv(io.BytesIO(package.files["tabellen/locaties.csv"]), sep=";", encoding="utf-8-sig")
    assert not csv["naam"].str.startswith("=").any()
    for path, data in package.files.items():
        if path.endswith((".html", ".csv", ".txt", ".json", ".geojson")):
            assert not any(sign in data for sign in (b"\x00", b"\x07")), path


def test_parks_with_one_name_are_told_apart_by_their_municipality(settings: ExportSettings) -> None:
    tables = region()
    zones = tables["reservation_zones"]
    zones.loc[[1, 3], "park_name"] = "Kade"
    zones.loc[3, "municipality_code"] = "GM0002"
    package = build(tables, settings, purpose="visie")
    names = set(read_gio_bytes(gml(package).encode(), "a")["naam"])
    assert {"Kade, Oostdorp (reserveren)", "Kade, Westdorp & Zn (reserveren)"} <= names


def test_a_dot_in_the_join_name_is_refused_with_the_official_code(tables: Tables) -> None:
    settings = export_settings(PROJECT, "proef", join_name="reservering.v2")
    with pytest.raises(InputError, match="STOP1000") as caught:
        build(tables, settings, purpose="visie")
    assert "LVBB2017" in str(caught.value)


@pytest.mark.parametrize(
    "alternative", ["Voorstel 2.1", "Minder & meer <hinder>", "É" * 300, "日本", "../../etc"]
)
def test_any_name_of_an_alternative_gives_a_lawful_identifier(
    tables: Tables, alternative: str, official_errors: Errors, tmp_path: Path
) -> None:
    package = build(tables, export_settings(PROJECT, "proef", alternative=alternative), purpose="visie")
    assert official_errors(package.files, tmp_path) == []
    assert all(".." not in path for path in package.files)
    assert pack(package.files)


def test_overlapping_zones_of_different_kinds_are_refused_with_the_official_code(
    settings: ExportSettings,
) -> None:
    tables = region()
    shapes = list(tables["reservation_zones"].geometry)
    shapes[1] = box(250, 100, 500, 300)
    tables["reservation_zones"] = tables["reservation_zones"].set_geometry(shapes, crs=RD)
    with pytest.raises(InputError, match="STOP3025") as caught:
        build(tables, settings, purpose="visie")
    assert "Kade (behouden)" in str(caught.value)
    assert "Kade (reserveren)" in str(caught.value)


def test_two_equal_geometries_are_found_before_anything_is_compared(settings: ExportSettings) -> None:
    before = build(region(), settings, purpose="visie")
    tables = region()
    shapes = list(tables["reservation_zones"].geometry)
    shapes[3] = shapely.reverse(shapes[1])
    tables["reservation_zones"] = tables["reservation_zones"].set_geometry(shapes, crs=RD)
    with pytest.raises(InputError, match="STOP3013") as caught:
        build(tables, settings, purpose="visie", previous=earlier_files(before.files))
    assert "OZON0370" in str(caught.value)


def test_a_zone_without_area_is_refused(settings: ExportSettings) -> None:
    tables = region()
    shapes = list(tables["reservation_zones"].geometry)
    shapes[0] = shapely.Polygon()
    tables["reservation_zones"] = tables["reservation_zones"].set_geometry(shapes, crs=RD)
    with pytest.raises(InputError, match=r"GEOMETRY\.03\.1"):
        build(tables, settings, purpose="visie")


def test_a_zone_outside_the_country_is_refused(settings: ExportSettings) -> None:
    tables = region()
    shapes = list(tables["reservation_zones"].geometry)
    shapes[0] = shapely.box(900_000, 456_000, 900_100, 456_100)
    tables["reservation_zones"] = tables["reservation_zones"].set_geometry(shapes, crs=RD)
    with pytest.raises(InputError, match="TPOD2700"):
        build(tables, settings, purpose="visie")


@pytest.mark.parametrize("absent", ["reservation_zones", "municipalities"])
def test_a_release_without_a_plan_is_refused(settings: ExportSettings, absent: str) -> None:
    tables = region()
    del tables[absent]
    with pytest.raises(InputError, match="no locations"):
        build(tables, settings, purpose="visie")
    empty = region()
    empty["reservation_zones"] = empty["reservation_zones"].iloc[:0]
    with pytest.raises(InputError, match="no locations"):
        build(empty, settings, purpose="visie")


def test_a_function_in_a_vision_is_refused_and_in_an_ordinance_is_one_choice(tables: Tables) -> None:
    settings = export_settings(PROJECT, "proef", annotation="functie_reserveringsgebied")
    with pytest.raises(InputError, match="TPOD2504"):
        build(tables, settings, purpose="visie")
    package = build(tables, settings, purpose="verordening")
    text = package.files["ow/owGebiedsaanwijzingen.xml"].decode()
    assert "typegebiedsaanwijzing/id/concept/Functie" in text
    assert "functie/id/concept/Reserveringsgebied" in text
    other = export_settings(PROJECT, "proef", annotation="ruimtelijkgebruik_bedrijventerrein")
    text = build(tables, other, purpose="verordening").files["ow/owGebiedsaanwijzingen.xml"].decode()
    assert "concept/RuimtelijkGebruik" in text


def test_a_vision_is_spatial_use_and_indicative(vision: ImportPackage) -> None:
    assert "concept/RuimtelijkGebruik" in vision.files["ow/owGebiedsaanwijzingen.xml"].decode()
    assert "idealisatie/id/concept/Indicatief" in vision.files["ow/owTekstdelen.xml"].decode()
    assert b"Functie" not in b"".join(data for path, data in vision.files.items() if path.startswith("ow/"))


def test_a_location_across_the_border_is_in_the_tables_of_both_municipalities(vision: ImportPackage) -> None:
    # 300 m by 100 m, of which 100 m in Oostdorp and 200 m in Westdorp
    for name, hectares in (("gm0001-oostdorp", "1"), ("gm0002-westdorp-zn", "2")):
        data = vision.files[f"tabellen/gemeenten/{name}.csv"]
        table = pd.read_csv(io.BytesIO(data), sep=";", dtype=str, encoding="utf-8-sig").set_index("zone_id")
        row = table.loc["P3-reserve"]
        assert (row["oppervlakte_ha"], row["in_gemeente_ha"]) == ("3", hectares)
        assert row["ligt_in"] == "Westdorp & Zn (2,0 ha); Oostdorp (1,0 ha)"


def test_the_part_of_a_municipality_that_lies_apart_is_its_own(vision: ImportPackage) -> None:
    data = vision.files["tabellen/gemeenten/gm0001-oostdorp.csv"]
    table = pd.read_csv(io.BytesIO(data), sep=";", dtype=str, encoding="utf-8-sig")
    assert set(table["zone_id"]) == {"P1-keep", "P1-reserve", "P2-allocate", "P3-reserve", "P4-explore"}
    other = pd.read_csv(
        io.BytesIO(vision.files["tabellen/gemeenten/gm0002-westdorp-zn.csv"]), sep=";", encoding="utf-8-sig"
    )
    assert list(other["zone_id"]) == ["P3-reserve"]


def test_a_municipality_without_locations_gets_that_answer(vision: ImportPackage) -> None:
    page = vision.files["tabellen/gemeenten/gm0003-leegdorp.html"].decode()
    assert "In deze gemeente zijn geen locaties voorgesteld." in page


def test_what_was_weighed_or_rejected_is_in_the_geopackage_only(
    weighed: Tables, settings: ExportSettings, tmp_path: Path
) -> None:
    package = build(weighed, settings, purpose="visie")
    candidates = opened(package, tmp_path, "kandidaten")
    rejected = opened(package, tmp_path, "afgewezen")
    assert candidates[["zone_id", "oordeel", "oppervlakte_ha"]].to_numpy().tolist() == [
        ["P6-certain", "zeker geschikt, niet gekozen", 1.0],
        ["P6-not_assessed", "niet beoordeeld", 1.0],
    ]
    assert rejected[["zone_id", "oordeel", "oppervlakte_ha"]].to_numpy().tolist() == [
        ["P6-no", "afgewezen", 2.0]
    ]
    assert rejected["categorie_4_1_ha"].tolist() == [2.0]
    official = b"".join(data for path, data in package.files.items() if path.startswith(("gio/", "ow/")))
    assert b"Weegland" not in official
    assert b"Weegland" not in package.files["tabellen/locaties.csv"]


def test_a_candidate_across_the_border_says_in_which_municipalities_it_lies(
    weighed: Tables, settings: ExportSettings, tmp_path: Path
) -> None:
    sites = weighed["reservation_sites"]
    shapes = list(sites.geometry)
    shapes[2] = box(950, 1_500, 1_050, 1_600)
    weighed["reservation_sites"] = sites.set_geometry(shapes, crs=RD)
    candidates = opened(build(weighed, settings, purpose="visie"), tmp_path, "kandidaten")
    assert candidates["ligt_in"].tolist() == ["Oostdorp (0,5 ha); Westdorp & Zn (0,5 ha)", "Oostdorp"]


def test_ground_that_is_proposed_is_no_candidate_as_well(
    weighed: Tables, settings: ExportSettings, tmp_path: Path
) -> None:
    sites = weighed["reservation_sites"]
    shapes = list(sites.geometry)
    # half of this site lies in the zone that is kept
    shapes[2] = box(50, 100, 150, 200)
    weighed["reservation_sites"] = sites.set_geometry(shapes, crs=RD)
    candidates = opened(build(weighed, settings, purpose="visie"), tmp_path, "kandidaten")
    assert candidates["oppervlakte_ha"].tolist() == [0.5, 1.0]


def test_a_candidate_in_what_is_proposed_is_found(weighed: Tables, settings: ExportSettings) -> None:
    from dataclasses import replace

    from layers.exports.import_package import _only_proposed
    from layers.exports.locations import find_locations

    found = find_locations(weighed, settings)
    assert _only_proposed(found) == []
    wrong = found.candidates.set_geometry([found.proposed.geometry.iloc[0]] * len(found.candidates), crs=RD)
    assert {item.code for item in _only_proposed(replace(found, candidates=wrong))} == {"KRING01"}


@pytest.fixture
def weighed() -> Tables:
    """The region with a park of four sites that were weighed and are not proposed."""
    shapes = [box(100 * place, 1_500, 100 * place + 100, 1_600) for place in range(4)]
    sites = gpd.GeoDataFrame(
        {
            "site_id": [f"P6-{place}" for place in range(4)],
            "park_id": "P6",
            "park_name": "Weegland",
            "municipality_code": "GM0001",
            "sub_area": "Midden",
            "area_ha": 1.0,
            "permitted_low": ["4.1", "4.1", "4.1", None],
            "connection": ["near", "none", None, "own_quay"],
        },
        geometry=shapes,
        crs=RD,
    )
    verdicts = [("P6-0", "no"), ("P6-1", "no"), ("P6-2", "no"), ("P6-2", "certain"), ("P6-3", "not_assessed")]
    candidates = pd.DataFrame(
        [(site, "F10", verdict, "water" if verdict == "no" else None) for site, verdict in verdicts],
        columns=["site_id", "function", "verdict", "rule_id"],
    )
    return region() | {"reservation_sites": sites, "reservation_candidates": candidates}


def test_the_geopackage_holds_what_is_promised_of_each_location(
    tables: Tables, settings: ExportSettings, tmp_path: Path
) -> None:
    tables["zone_instruments"] = pd.DataFrame(
        {"zone_id": ["P1-keep", "P1-keep"], "instrument_id": ["B05", "B03"]}
    )
    tables["reservation_functions"] = pd.DataFrame(
        {"function": ["F10", "F11"], "name_nl": ["grondstoffendepot", "betonrecycling"]}
    )
    tables["site_protection"] = pd.DataFrame(
        {"site_id": ["a", "b"], "park_id": ["P1", "P1"], "kind": ["reserve", "reserve"]}
    )
    tables["reservation_plan"] = pd.DataFrame(
        {"site_id": ["a", "b"], "suitability": [0.5, 0.8], "last_ha": [1.0, 2.0]}
    )
    layer = opened(build(tables, settings, purpose="visie"), tmp_path, "voorgesteld").set_index("zone_id")
    assert len(layer) == 5
    keep, reserve = layer.loc["P1-keep"], layer.loc["P1-reserve"]
    assert keep["groep_id"] == "behouden"
    assert keep["procedurestatus"] == "ontwerp"
    assert keep["status"].startswith("Concept, juridisch te toetsen")
    assert keep["bouwstenen"] == "B03, B05"
    assert keep["oppervlakte_ha"] == 4.0
    assert "kringloop" in keep["reden"]
    assert reserve["functies"] == "grondstoffendepot en betonrecycling"
    assert reserve["vanaf_jaar"] == 2030
    # one hectare of 0.5 and two of 0.8
    assert reserve["score"] == pytest.approx(0.7)
    assert pd.isna(keep["score"])
    expected = location_id(exact_shape(box(100, 100, 300, 300)), settings.namespace)
    assert keep["locatie_id"] == str(expected)


def test_the_geopackage_has_styles_titles_metadata_and_sources(vision: ImportPackage, tmp_path: Path) -> None:
    path = tmp_path / "reservering.gpkg"
    path.write_bytes(vision.files["reservering.gpkg"])
    with closing(sqlite3.connect(path)) as connection:
        styles = connection.execute(
            "SELECT f_table_name, useAsDefault, styleQML FROM layer_styles"
        ).fetchall()
        title = connection.execute(
            "SELECT title FROM gpkg_data_columns WHERE table_name = 'voorgesteld' AND column_name = 'naam'"
        ).fetchone()
        metadata = connection.execute("SELECT md_standard_uri, metadata FROM gpkg_metadata").fetchall()
        times = {row[0] for row in connection.execute("SELECT last_change FROM gpkg_contents")}
    assert [(name, default) for name, default, _ in styles] == [
        ("voorgesteld", 1), ("kandidaten", 1), ("afgewezen", 1), ("was_wordt", 1),
    ]  # fmt: skip
    assert 'label="behouden"' in styles[0][2]
    assert title == ("Naam",)
    assert len(metadata) == 1
    assert metadata[0][1].encode() == vision.files["metadata.xml"]
    assert times == {"2026-03-01T00:00:00.000Z"}
    sources = gpd.read_file(path, layer="locatie_bronnen")
    # five locations, and no plots in these tables, so each rests on the parks
    assert sources[["laag", "bron", "datum"]].drop_duplicates().to_numpy().tolist() == [
        ["parks", "tekening", "2026-01-01"]
    ]
    assert len(sources) == 5


def test_the_settings_that_are_not_given_are_told_and_stand_as_concept(vision: ImportPackage) -> None:
    assert set(vision.findings["code"]) == {"CONCEPT"}
    assert set(vision.findings["ernst"]) == {"waarschuwing"}
    assert set(vision.findings["plaats"]) == {
        "regulation", "goal", "text_wid", "background_date", "licence", "contact.email",
    }  # fmt: skip
    assert "CONCEPT-omgevingsvisie" in vision.files["ow/manifest-ow.xml"].decode()


def test_validation_tells_each_rule_and_does_not_claim_what_was_not_checked(vision: ImportPackage) -> None:
    content = json.loads(vision.files["validatie.json"])
    assert content["fouten"] == 0
    outcome = {rule["code"]: rule["uitkomst"] for rule in content["regels"]}
    assert outcome["STOP3025"] == "in orde"
    assert outcome["STOP3027"] == "niet gecontroleerd"
    assert outcome["LVBB2003"] == "niet gecontroleerd"
    assert outcome["CONCEPT"] == "6 waarschuwingen"


def test_pages_are_accessible_tables(vision: ImportPackage) -> None:
    from xml.etree import ElementTree as ET

    for path, data in vision.files.items():
        if not path.endswith(".html"):
            continue
        text = data.decode()
        assert text.startswith('<!DOCTYPE html>\n<html lang="nl">')
        body = text[text.index("<body>") : text.index("</body>") + 7]
        tree = ET.fromstring(body)  # noqa: S314 - made above
        assert len(tree.findall(".//h1")) == 1
        for table in tree.iter("table"):
            assert table.find("caption") is not None
            assert all(cell.get("scope") == "col" for cell in table.findall("thead/tr/th"))
            assert all(row.find("th") is not None for row in table.findall("tbody/tr"))


def test_the_changes_as_geojson_are_in_rd(vision: ImportPackage, tmp_path: Path) -> None:
    path = tmp_path / "was-wordt.geojson"
    path.write_bytes(vision.files["was-wordt.geojson"])
    layer = gpd.read_file(path)
    assert layer.crs == RD
    assert len(layer) == 5
    assert set(layer["verandering"]) == {"nieuw"}


def test_the_metadata_is_valid_iso_19139(vision: ImportPackage) -> None:
    from layers.exports.gio.schemas import catalogued
    from layers.exports.gio.xml import compile_schema, parse, schema_errors
    from tests.support.package_region import SHARED

    folder = SHARED / "data" / "stop" / "schema"
    if not folder.exists():
        pytest.skip("the shared folder with the official schemas is not beside the checkout")
    # GML 3.2.1 brings ISO 19139 along
    schema = compile_schema("http://schemas.opengis.net/gml/3.2.1/gml.xsd", catalogued(folder))
    assert schema_errors(parse(vision.files["metadata.xml"], "m"), schema) == []
    broken = vision.files["metadata.xml"].replace(b"gmd:dateStamp", b"gmd:dateStump")
    assert schema_errors(parse(broken, "m"), schema)


def test_a_geometry_keeps_the_id_under_which_it_was_delivered_before(settings: ExportSettings) -> None:
    before = build(region(), settings, purpose="visie")
    ours = read_gio_bytes(gml(before).encode(), "a")["id"].iloc[0]
    # other software numbered the first location anew
    theirs = "11111111-2222-4333-8444-555555555555"
    files = {
        path: data.replace(ours.encode(), theirs.encode()) if path.startswith(("gio/", "tabellen/")) else data
        for path, data in before.files.items()
    }
    after = build(region(), settings, purpose="visie", previous=earlier_files(files))
    assert set(after.changes["verandering"]) == {"ongewijzigd"}
    assert read_gio_bytes(gml(after).encode(), "b")["id"].iloc[0] == theirs
    assert theirs.encode() in after.files["ow/owGebieden.xml"]
    assert ours.encode() not in b"".join(after.files.values())


ANOTHER_RUN = """
import hashlib
from layers.export_settings import export_settings
from layers.exports.import_package import build
from layers.exports.zipped import pack
from tests.support.package_region import PROJECT, region
print(hashlib.sha256(pack(build(region(), export_settings(PROJECT, "proef"), purpose="visie").files)).hexdigest())
"""


def test_another_process_with_another_hash_seed_and_time_zone_gives_the_same_bytes(
    vision: ImportPackage,
) -> None:
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_RUN],
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo", "PYTHONPATH": str(root)},
    )
    assert done.stdout.strip() == hashlib.sha256(pack(vision.files)).hexdigest()
