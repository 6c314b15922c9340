"""Which facts of which park a municipality may correct: by attribute for parks, by place for quays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from api.jobs.park_facts import own_parks, park_facts

if TYPE_CHECKING:
    from collections.abc import Callable

RD = "EPSG:28992"
PARK = shapely.box(0, 0, 100, 100)
TABLES = {
    "park_evidence": gpd.GeoDataFrame(
        {
            "park_id": ["R1", "R2", "R3", "R4"],
            "name": ["zuid", None, "Noord", "Los"],
            "municipality_code": ["GM0001", "GM0002", "GM0001;GM0002", None],
        },
        geometry=[PARK, shapely.box(200, 0, 300, 100), shapely.box(90, 200, 110, 300), PARK],
        crs=RD,
    ),
    "parks": pd.DataFrame({"park_id": ["R1", "R2"], "max_category": ["4", None], "net_ha": [1.25, 2.0]}),
    "municipalities": gpd.GeoDataFrame(
        {"municipality_code": ["GM0001", "GM0002"]},
        geometry=[shapely.box(-500, -500, 120, 500), shapely.box(120, -500, 500, 500)],
        crs=RD,
    ),
    # inside, 20 m away, 20 m away across the border, 49 and 51 m away
    "quays": gpd.GeoDataFrame(
        {"quay_id": ["K1", "K2", "K3", "K4", "K5"], "usable": pd.array([True, None, True, True, True])},
        geometry=[shapely.Point(x, y) for x, y in ((50, 50), (50, 120), (121, 50), (-49, 50), (-51, 50))],
        crs=RD,
    ),
    "plots": pd.DataFrame(
        {"plot_id": ["P2", "P1", "P9"], "park_id": ["R1", "R1", "R2"], "status": ["vacant"] * 3}
    ),
}


@pytest.fixture
def read() -> Callable[[str], pd.DataFrame | None]:
    return TABLES.get


def test_the_facts_of_an_own_park(read: Callable[[str], pd.DataFrame | None]) -> None:
    park = park_facts("R1", ["GM0001"], read)
    assert park is not None
    assert (park.name, park.municipality) == ("zuid", "GM0001")
    assert [(fact.layer, fact.object_id, fact.field, fact.before) for fact in park.facts] == [
        ("parks", "R1", "max_category", "4"),
        ("parks", "R1", "net_ha", "1.25"),
        ("quays", "K1", "exists", "yes"),
        ("quays", "K1", "usable", "yes"),
        ("quays", "K2", "exists", "yes"),
        ("quays", "K2", "usable", None),
        ("quays", "K4", "exists", "yes"),
        ("quays", "K4", "usable", "yes"),
        ("plots", "P1", "status", "vacant"),
        ("plots", "P2", "status", "vacant"),
    ]
    assert park.find("quays", "K3", "exists") is None
    assert park.find("parks", "R2", "net_ha") is None


@pytest.mark.parametrize(
    ("park_id", "codes", "own"),
    [
        ("R1", ["GM0002"], False),
        ("R1", [], False),
        ("R1", ["GM0002", "GM0001"], True),
        ("R3", ["GM0001"], False),
        ("R3", ["GM0001", "GM0002"], True),
        ("R4", ["GM0001"], False),
        ("R9", ["GM0001"], False),
        ("", ["GM0001"], False),
    ],
)
def test_whose_a_park_is(
    read: Callable[[str], pd.DataFrame | None], park_id: str, codes: list[str], *, own: bool
) -> None:
    assert (park_facts(park_id, codes, read) is not None) is own


def test_own_parks_are_listed_by_name(read: Callable[[str], pd.DataFrame | None]) -> None:
    assert own_parks(["GM0001"], read) == (("R1", "zuid"),)
    assert own_parks(["GM0001", "GM0002"], read) == (("R3", "Noord"), ("R2", "R2"), ("R1", "zuid"))
    assert own_parks([], read) == ()


def test_what_a_reader_may_not_see_has_no_facts(read: Callable[[str], pd.DataFrame | None]) -> None:
    hidden = park_facts("R1", ["GM0001"], lambda name: None if name in {"quays", "plots"} else read(name))
    assert hidden is not None
    assert {fact.layer for fact in hidden.facts} == {"parks"}
    assert park_facts("R1", ["GM0001"], lambda _: None) is None
