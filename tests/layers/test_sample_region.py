"""Municipalities and waterways of the sample: what someone who knows the province would check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers.facts import read_facts
from layers.sample.build import layers

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED = Path(__file__).resolve().parents[2] / ".." / "shared"

MUNICIPALITIES = {
    "Amersfoort", "Baarn", "Bunnik", "Bunschoten", "De Bilt", "De Ronde Venen", "Eemnes", "Houten", "IJsselstein",
    "Leusden", "Lopik", "Montfoort", "Nieuwegein", "Oudewater", "Renswoude", "Rhenen", "Soest", "Stichtse Vecht",
    "Utrecht", "Utrechtse Heuvelrug", "Veenendaal", "Vijfheerenlanden", "Wijk bij Duurstede", "Woerden", "Woudenberg",
    "Zeist",
}  # fmt: skip

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


@pytest.fixture(scope="module")
def made() -> Mapping[str, gpd.GeoDataFrame]:
    return layers()


@pytest.fixture(scope="module")
def towns(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["gemeenten_voorbeeld.parquet"].set_index("naam")


@pytest.fixture(scope="module")
def waterways(made: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    return made["vnds_voorbeeld.fgb"].set_index("name")


def test_every_municipality_is_there_under_its_own_name(towns: gpd.GeoDataFrame) -> None:
    assert set(towns.index) == MUNICIPALITIES
    assert towns["identificatie"].is_unique


def test_municipalities_fit_without_gaps_or_overlaps(towns: gpd.GeoDataFrame) -> None:
    shapes = towns.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert whole.geom_type == "Polygon"
    assert shapely.get_num_interior_rings(whole) == 0
    assert whole.area == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)


def test_areas_are_about_right_and_in_the_right_order(towns: gpd.GeoDataFrame) -> None:
    facts = read_facts("municipalities_utrecht").set_index("name")["area_km2"].astype(float)
    area = towns.geometry.area / 1e6
    ratio = area / facts[area.index]
    assert ratio.between(0.85, 1.15).all(), ratio
    assert area.rank().corr(facts[area.index].rank()) > 0.98
    assert area.idxmax() == "Vijfheerenlanden"
    assert set(area.nsmallest(4).index) == {"Renswoude", "Veenendaal", "IJsselstein", "Nieuwegein"}


def test_every_district_of_cbs_lies_in_its_own_municipality(towns: gpd.GeoDataFrame) -> None:
    facts = read_facts("districts_utrecht")
    shape = dict(zip(towns["identificatie"], towns.geometry, strict=True))
    lost = [
        row["name"]
        for row in facts.to_dict("records")
        if not shape[row["municipality_code"]].contains(shapely.Point(float(row["x_m"]), float(row["y_m"])))
    ]
    assert len(facts) == 222
    assert lost == []


def test_borders_look_like_the_real_ones(towns: gpd.GeoDataFrame) -> None:
    real = SHARED / "data" / "real" / "cbs_tmap_2022" / "utrecht_gemeenten_2022.geojson"
    if not real.exists():
        pytest.skip("the shared folder with real data is not beside the checkout")
    truth = gpd.read_file(real).to_crs("EPSG:28992").set_index("code").geometry
    for town in towns.itertuples():
        other = truth[town.identificatie]
        same = town.geometry.intersection(other).area / town.geometry.union(other).area
        assert same > 0.8, (town.Index, same)


@pytest.mark.parametrize(
    ("place", "x", "y"),
    [
        ("Nigtevecht", 130_000, 475_800),
        ("Nieuwersluis", 128_500, 468_500),
        ("Maarssenbroek", 130_300, 460_500),
        ("Utrecht West", 133_500, 457_400),
        ("Plettenburg in Nieuwegein", 135_800, 449_700),
        ("Het Klooster in Nieuwegein", 136_600, 447_900),
        ("'t Goy", 143_900, 445_900),
    ],
)
def test_the_canal_passes_the_right_places(
    waterways: gpd.GeoDataFrame, place: str, x: float, y: float
) -> None:
    # points inside districts of CBS 2022
    assert waterways.geometry["Amsterdam-Rijnkanaal"].distance(shapely.Point(x, y)) < 1_500, place


def test_waterways_meet_where_they_meet(waterways: gpd.GeoDataFrame) -> None:
    line = waterways.geometry
    assert line["Amsterdam-Rijnkanaal"].intersects(line["Lek"]) or (
        line["Amsterdam-Rijnkanaal"].distance(line["Neder-Rijn"]) < 100
    )
    for one, other in [
        ("Lekkanaal", "Amsterdam-Rijnkanaal"),
        ("Lekkanaal", "Lek"),
        ("Merwedekanaal benoorden de Lek", "Lek"),
        ("Merwedekanaal benoorden de Lek", "Amsterdam-Rijnkanaal"),
        ("Merwedekanaal bezuiden de Lek", "Lek"),
        ("Lek", "Neder-Rijn"),
        ("Oude Rijn", "Leidsche Rijn"),
        ("Hollandsche IJssel", "Merwedekanaal benoorden de Lek"),
    ]:
        assert line[one].distance(line[other]) < 120, (one, other)
    assert line["Eem"].distance(line["Eemmeer"]) < 400  # the axis of a lake lies far from its shore


def test_waterways_carry_the_class_of_the_fact_table(waterways: gpd.GeoDataFrame) -> None:
    code = waterways["code"]
    assert code["Amsterdam-Rijnkanaal"] == "_VIb"
    assert code["Lek"] == "_Va"
    assert code["Eem"] == "_III"
    assert code["Hollandsche IJssel"] == "_II"
    assert pd.isna(code["Linge"])
    assert pd.isna(code["Energiehaven (Lage Weide)"])


def test_axes_lie_within_some_hundreds_of_metres_of_the_real_ones(waterways: gpd.GeoDataFrame) -> None:
    real = SHARED / "data" / "real" / "osm_waterways_vaarweg" / "utrecht_plus5km_named_waterways.gpkg"
    if not real.exists():
        pytest.skip("the shared folder with real data is not beside the checkout")
    truth = gpd.read_file(real, layer="waterways")
    names = ["Amsterdam-Rijnkanaal", "Lekkanaal", "Lek", "Eem", "Vecht", "Oude Rijn", "Kromme Rijn", "Linge"]
    for name in names:
        there = shapely.union_all(truth.geometry[truth["name"] == name].to_numpy())
        here = waterways.geometry[name]
        steps = shapely.line_interpolate_point(here, np.arange(0.0, here.length, 200.0))
        assert np.percentile(shapely.distance(steps, there), 90) < 700, name
