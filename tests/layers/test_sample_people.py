"""Homes, other sensitive objects and firms of the sample: the right number, in places that make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from layers.facts import read_facts
from layers.sample.build import layers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


@pytest.fixture(scope="module")
def made() -> Mapping[str, gpd.GeoDataFrame]:
    return layers()


@pytest.fixture(scope="module")
def towns(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["gemeenten_voorbeeld.parquet"].set_index("naam")


@pytest.fixture(scope="module")
def parks(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["ibis_voorbeeld.geojson"]


@pytest.fixture(scope="module")
def objects(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["bag_voorbeeld.parquet"]


@pytest.fixture(scope="module")
def waterways(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["vnds_voorbeeld.fgb"].set_index("name")


def test_dwellings_add_up_to_the_last_one(objects: gpd.GeoDataFrame, towns: gpd.GeoDataFrame) -> None:
    homes = objects[objects["GEBRUIKSDOEL"] == "woonfunctie"]
    inside = homes["OPMERKING"].str.contains("WK")
    assert homes.loc[inside, "AANTAL"].sum() == 601_096
    assert 200 <= (~inside).sum() <= 500
    province = shapely.union_all(towns.geometry.to_numpy())
    shapely.prepare(province)
    points = homes.geometry
    assert shapely.contains_xy(province, points[inside].x, points[inside].y).all()
    assert not shapely.contains_xy(province, points[~inside].x, points[~inside].y).any()


def test_each_district_keeps_its_own_number_of_dwellings(objects: gpd.GeoDataFrame) -> None:
    facts = read_facts("districts_utrecht").set_index("code")["dwellings"].astype(int)
    homes = objects[objects["GEBRUIKSDOEL"] == "woonfunctie"]
    found = homes.groupby(homes["OPMERKING"].str.removeprefix("voorbeeld "))["AANTAL"].sum()
    for code, dwellings in facts.items():
        assert found.get(code, 0) == dwellings, code


def test_a_point_stands_for_about_twenty_dwellings(objects: gpd.GeoDataFrame) -> None:
    homes = objects[objects["GEBRUIKSDOEL"] == "woonfunctie"]
    assert homes["AANTAL"].between(1, 30).all()
    assert 18 < homes["AANTAL"].mean() < 22


def test_nobody_lives_in_the_water_and_few_on_a_park(
    objects: gpd.GeoDataFrame, parks: gpd.GeoDataFrame, waterways: gpd.GeoDataFrame
) -> None:
    homes = objects[objects["GEBRUIKSDOEL"] == "woonfunctie"].geometry.to_numpy()
    water = waterways.geometry.buffer(waterways["width_m"] / 2, cap_style="flat").to_numpy()
    assert len(np.unique(shapely.STRtree(water).query(homes, predicate="intersects")[0])) == 0
    inside = np.unique(shapely.STRtree(parks.geometry.to_numpy()).query(homes, predicate="intersects")[0])
    assert len(inside) == 10


def test_all_kinds_of_sensitive_object_occur(objects: gpd.GeoDataFrame) -> None:
    assert set(objects["GEBRUIKSDOEL"]) == {
        "woonfunctie", "onderwijsfunctie", "gezondheidszorgfunctie", "kinderdagverblijf met bedden", "ligplaats",
        "standplaats", "bedrijfswoning", "voormalige bedrijfswoning", "nog niet gebouwd", "onbekend",
    }  # fmt: skip


def test_houseboats_lie_on_the_water(objects: gpd.GeoDataFrame, waterways: gpd.GeoDataFrame) -> None:
    boats = objects[objects["GEBRUIKSDOEL"] == "ligplaats"].geometry.to_numpy()
    water = waterways.geometry.buffer(waterways["width_m"] / 2).to_numpy()
    assert len(boats) > 50
    assert len(np.unique(shapely.STRtree(water).query(boats, predicate="intersects")[0])) == len(boats)


def test_company_homes_name_a_plot_that_holds_them(
    made: Mapping[str, gpd.GeoDataFrame], objects: gpd.GeoDataFrame
) -> None:
    plots = made["kavels_voorbeeld.fgb"].set_index("KAVEL_ID").geometry
    company = objects[objects["GEBRUIKSDOEL"].str.contains("bedrijfswoning")]
    assert len(company) > 10
    for row in company.itertuples():
        assert plots[row.KAVEL_ID].contains(row.geometry)


def test_surroundings_cover_a_part_only_and_do_not_overlap(
    made: Mapping[str, gpd.GeoDataFrame], towns: gpd.GeoDataFrame
) -> None:
    areas = made["omgevingstype_voorbeeld.geojson"].geometry.to_numpy()
    whole = shapely.area(towns.geometry.to_numpy()).sum()
    assert 0.1 < shapely.area(areas).sum() / whole < 0.5
    assert shapely.union_all(areas).area == pytest.approx(shapely.area(areas).sum(), rel=1e-4)


def test_businesses_stand_in_parks_and_their_codes_are_digits(
    made: Mapping[str, gpd.GeoDataFrame], parks: gpd.GeoDataFrame
) -> None:
    firms = made["bedrijven_voorbeeld.csv"]
    assert 1_000 <= len(firms) <= 1_300
    assert firms["SBI2008"].str.fullmatch(r"\d{2,6}").all()
    inside = shapely.STRtree(parks.geometry.to_numpy()).query(
        firms.geometry.to_numpy(), predicate="intersects"
    )
    assert len(np.unique(inside[0])) == len(firms)
