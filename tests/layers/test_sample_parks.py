"""The parks of the sample: in their real place, with the faults of a real registry and plots that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely

from layers.sample.build import layers

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd


REAL_PARKS = {
    "Utrecht": ["Lage Weide", "Werkspoorkwartier", "Cartesius", "Strijkviertel", "Nedal/KWS"],
    "Nieuwegein": ["Het Klooster", "De Liesbosch", "Plettenburg-De Wiers", "Laagraven"],
    "Amersfoort": ["Isselt", "De Wieken-Vinkenhoef", "De Brand", "Calveen"],
    "Woerden": ["Barwoutswaarder", "Polanen", "Putkop", "Breeveld"],
    "Stichtse Vecht": ["De Corridor", "Merenveld"],
    "De Ronde Venen": ["Mijdrecht (Industrieweg)"],
    "Wijk bij Duurstede": ["Broekweg", "Langshaven"],
    "Houten": ["Rondeel", "Doornkade", "Meerpaal", "De Schaft"],
    "IJsselstein": ["Lagedijk"],
    "Montfoort": ["IJsselveld"],
    "Oudewater": ["Tappersheul"],
    "Vijfheerenlanden": ["De Hagen", "De Biezen", "Vianen Lek", "Nieuw-Schaik", "Meerkerk", "Lexmond"],
    "Bunschoten": ["De Kronkels", "Haarbrug", "Zuid"],
    "Rhenen": ["Remmerden"],
    "Veenendaal": ["Nijverkamp", "Het Ambacht", "De Batterijen", "Compagnie"],
    "Lopik": ["De Copen", "De Markt"],
}
"""Municipality to its parks in the fact table business_parks_utrecht."""


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
def waterways(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["vnds_voorbeeld.fgb"].set_index("name")


def test_the_real_parks_are_in_their_real_municipality(
    parks: gpd.GeoDataFrame, towns: gpd.GeoDataFrame
) -> None:
    by_name = parks.dissolve("PLAN_NAAM")
    for town, names in REAL_PARKS.items():
        for name in names:
            shape = by_name.geometry[name]
            assert shape.difference(towns.geometry[town]).area < 1.0, (name, town)


def test_made_up_parks_say_so_in_their_name_and_lie_where_it_says(
    parks: gpd.GeoDataFrame, towns: gpd.GeoDataFrame
) -> None:
    real = {name for names in REAL_PARKS.values() for name in names}
    others = parks[~parks["PLAN_NAAM"].isin(real)]
    assert len(others) > 30
    for row in others.itertuples():
        assert row.PLAN_NAAM.startswith("Voorbeeldterrein ")
        town = row.PLAN_NAAM.removeprefix("Voorbeeldterrein ").rpartition(" ")[0]
        assert row.geometry.difference(towns.geometry[town]).area < 1.0


def test_every_municipality_has_a_park_and_some_have_no_heavy_one(
    parks: gpd.GeoDataFrame, towns: gpd.GeoDataFrame
) -> None:
    middle = parks.geometry.representative_point()
    heavy = parks["MAX_MILEUCATEGORIE_CODE"].isin(["4", "5"])
    without_heavy = set()
    for town in towns.itertuples():
        here = middle.within(town.geometry)
        assert here.any(), town.Index
        if not heavy[here].any():
            without_heavy.add(town.Index)
    assert without_heavy == {"Bunnik", "De Bilt", "Eemnes", "Renswoude"}


def test_parks_do_not_overlap_each_other_or_the_water(
    parks: gpd.GeoDataFrame, waterways: gpd.GeoDataFrame
) -> None:
    latest = parks[parks["JAAR"] >= 2022].geometry.to_numpy()
    left, right = shapely.STRtree(latest).query(latest, predicate="intersects")
    shared = shapely.area(shapely.intersection(latest[left], latest[right]))
    assert (shared[left != right] < 1.0).all()
    water = waterways.geometry.buffer(waterways["width_m"] / 2, cap_style="flat").to_numpy()
    wet = shapely.STRtree(water).query(latest, predicate="intersects")
    assert shapely.area(shapely.intersection(latest[wet[0]], water[wet[1]])).sum() == pytest.approx(0, abs=1)


def test_lage_weide_is_about_as_large_as_it_is_and_lies_on_the_canal(
    parks: gpd.GeoDataFrame, waterways: gpd.GeoDataFrame
) -> None:
    park = parks.set_index("PLAN_NAAM").geometry["Lage Weide"]
    assert park.area / 1e4 == pytest.approx(216, rel=0.1)
    assert park.distance(waterways.geometry["Amsterdam-Rijnkanaal"]) < 100 / 2 + 10
    for basin in ("Industriehaven", "Energiehaven", "Kernhaven"):
        assert park.distance(waterways.geometry[f"{basin} (Lage Weide)"]) < 60


def test_plots_lie_in_their_park_and_apart(
    made: Mapping[str, gpd.GeoDataFrame], parks: gpd.GeoDataFrame
) -> None:
    plots = made["kavels_voorbeeld.fgb"]
    shape = parks.dissolve("RIN_NUMMER").geometry
    assert plots["KAVEL_ID"].is_unique
    assert 0.6 < plots["RIN_NUMMER"].nunique() / parks["RIN_NUMMER"].nunique() < 0.75
    for rin, own in plots.groupby("RIN_NUMMER"):
        pieces = own.geometry.to_numpy()
        assert 8 <= len(pieces) <= 60
        assert shapely.area(shapely.difference(pieces, shape[rin])).max() < 5.0, rin
        assert shapely.union_all(pieces).area == pytest.approx(shapely.area(pieces).sum(), abs=20.0)


def test_no_plot_is_planned_above_the_category_of_its_park(
    made: Mapping[str, gpd.GeoDataFrame], parks: gpd.GeoDataFrame
) -> None:
    main = parks.drop_duplicates("RIN_NUMMER").set_index("RIN_NUMMER")["MAX_MILEUCATEGORIE_CODE"]
    plots = made["kavels_voorbeeld.fgb"].dropna(subset="MAX_CAT_PLAN")
    for row in plots.itertuples():
        if not pd.isna(main[row.RIN_NUMMER]):
            assert int(row.MAX_CAT_PLAN[0]) <= int(main[row.RIN_NUMMER])


def test_quays_lie_on_the_edge_of_a_park(
    made: Mapping[str, gpd.GeoDataFrame], parks: gpd.GeoDataFrame
) -> None:
    quays = made["kaden_voorbeeld.csv"]
    edge = shapely.union_all(parks.geometry.boundary.to_numpy())
    assert (shapely.distance(quays.geometry.to_numpy(), edge) < 1.0).all()
    assert (abs(quays.geometry.length - quays["LENGTE_M"]) < 10).all()
    assert {"eigen", "openbaar", "onbekend"} == set(quays["SOORT"])
    assert {"ja", "nee", ""} == set(quays["BRUIKBAAR"])


def test_housing_plans_come_near_the_heavy_parks(
    made: Mapping[str, gpd.GeoDataFrame], parks: gpd.GeoDataFrame
) -> None:
    plans = made["woningbouw_voorbeeld.geojson"].geometry
    park = parks.drop_duplicates("PLAN_NAAM").set_index("PLAN_NAAM").geometry
    assert 20 <= len(plans) <= 30
    for name in ("Lage Weide", "Werkspoorkwartier", "Isselt"):
        assert plans.distance(park[name]).min() < 400, name


def test_the_registry_holds_the_faults_of_a_real_one(parks: gpd.GeoDataFrame) -> None:
    rows = parks.set_index("PLAN_NAAM")
    assert parks["MAX_MILEUCATEGORIE_CODE"].isna().sum() == 2
    assert (parks["GEM_CODES"] == "GM0000").sum() == 2
    assert {"GM0545", "GM0707"} <= set(parks["GEM_CODES"])  # Leerdam and Zederik, gone since 2019
    assert rows["GEM_CODES"]["Laagraven"] == "GM0356,GM0344"
    assert len(rows.loc[["De Wieken-Vinkenhoef"]]) == 2
    assert len(set(rows.loc[["De Wieken-Vinkenhoef"], "HA_BRUTO"])) == 1
    assert sorted(rows.loc[["De Hagen"], "JAAR"]) == [2019, 2024]
    square = rows.loc["De Copen"]
    assert square["HA_BRUTO"] == pytest.approx(square.geometry.area, rel=0.01)
    assert (parks["HA_NETTO"] > parks["HA_BRUTO"]).sum() == 1


def test_the_registry_area_is_that_of_the_shape(parks: gpd.GeoDataFrame) -> None:
    latest = parks[parks["JAAR"] >= 2022]
    whole = latest.dissolve("RIN_NUMMER", aggfunc="first")
    odd = {"De Copen", "Voorbeeldterrein Bunnik 1"}
    plain = whole[~whole["PLAN_NAAM"].isin(odd)]
    assert (abs(plain.geometry.area / 1e4 / plain["HA_BRUTO"] - 1) < 0.01).all()
