from __future__ import annotations

import io
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from PIL import Image

from layers.documents import Document, Figure, Heading
from layers.exports.kinds import KIND_BY_CODE
from maps.documents.pictures import AREA, Atlas, Face, draw_figure
from maps.documents.sheet import MM

COVER = Figure("cover", "Gemeente", "Kaart", "GM0001")
BLOCK = Figure("block", "Bouwsteen", "Kaart", "GM0001", ("P1-keep", "P1-reserve"))
LOCATION = Figure("location", "Plek", "Kaart", "GM0001", ("P1-keep",))


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def colours(png: bytes) -> set[tuple[int, ...]]:
    return {tuple(map(int, colour)) for colour in np.unique(pixels(png).reshape(-1, 3), axis=0)}


def rgb(text: str) -> tuple[int, ...]:
    return tuple(int(text[at : at + 2], 16) for at in (1, 3, 5))


@pytest.mark.parametrize("figure", [COVER, BLOCK, LOCATION], ids=lambda figure: figure.kind)
def test_a_map_is_the_same_twice_and_bears_no_date(figure: Figure, tables: dict[str, pd.DataFrame]) -> None:
    picture = draw_figure(tables, figure)
    assert picture == draw_figure(tables, figure)
    assert picture.png == Atlas(tables).draw(figure).png
    assert b"tIME" not in picture.png
    assert b"tEXt" not in picture.png
    assert pixels(picture.png).shape[:2] == (round(picture.height_mm * MM), round(166 * MM))
    assert picture.alternative == "Kaart"


def test_zones_bear_the_colour_of_their_kind_of_protection(tables: dict[str, pd.DataFrame]) -> None:
    both = colours(draw_figure(tables, BLOCK).png)
    assert {rgb(KIND_BY_CODE[kind].fill) for kind in ("keep", "reserve")} <= both
    one = colours(draw_figure(tables, LOCATION).png)
    assert rgb(KIND_BY_CODE["keep"].fill) in one
    assert rgb(KIND_BY_CODE["reserve"].fill) not in one


def test_a_working_area_without_a_kind_is_no_proposal_to_explore(tables: dict[str, pd.DataFrame]) -> None:
    zones = tables["reservation_zones"]
    own = zones.assign(location_id=["een", "twee"], kind=None, zone_id=None)
    found = colours(draw_figure(tables, Figure("block", "x", "x", "GM0001", ("een",)), locations=own).png)
    assert rgb(AREA.fill) in found
    assert rgb(KIND_BY_CODE["explore"].fill) not in found


def test_white_paper_stays_white(tables: dict[str, pd.DataFrame]) -> None:
    assert tuple(pixels(draw_figure(tables, COVER).png)[-2, -2]) == (255, 255, 255)


def test_housing_plans_that_are_not_adopted_are_not_drawn(tables: dict[str, pd.DataFrame]) -> None:
    plans = tables["housing_plans"]
    without = {**tables, "housing_plans": plans[plans["phase"] == "hard"]}
    none = {**tables, "housing_plans": plans.iloc[:0]}
    wide = Figure("block", "x", "x", "GM0001")
    assert draw_figure(tables, wide).png == draw_figure(without, wide).png
    assert draw_figure(tables, wide).png != draw_figure(none, wide).png


def test_homes_and_firms_in_the_tables_change_nothing(tables: dict[str, pd.DataFrame]) -> None:
    more = {
        **tables,
        "sensitive_objects": tables["parks"],
        "businesses": tables["parks"],
        "binding_objects": tables["parks"],
    }
    for figure in (COVER, BLOCK, LOCATION):
        assert draw_figure(more, figure).png == draw_figure(tables, figure).png


def test_a_sample_is_stamped(tables: dict[str, pd.DataFrame]) -> None:
    stamped = draw_figure(tables, COVER, shown=Face(sample=True))
    assert rgb("#fff3c4") in colours(stamped.png)
    assert rgb("#fff3c4") not in colours(draw_figure(tables, COVER).png)


def test_locations_of_a_package_are_found_by_their_own_id(tables: dict[str, pd.DataFrame]) -> None:
    zones = tables["reservation_zones"]
    own = zones.assign(location_id=["een", "twee"], kind=["explore", "explore"])
    atlas = Atlas(tables, locations=own)
    figure = Figure("location", "x", "x", "GM0001", ("een",))
    assert rgb(KIND_BY_CODE["explore"].fill) in colours(atlas.draw(figure).png)
    assert Atlas(tables).with_locations(own).draw(figure) == atlas.draw(figure)
    with pytest.raises(KeyError):
        Atlas(tables).draw(figure)


def test_a_map_can_be_drawn_from_very_little(tables: dict[str, pd.DataFrame]) -> None:
    little = {"municipalities": tables["municipalities"]}
    assert draw_figure(little, COVER).png
    with pytest.raises(ValueError, match="GM0009"):
        draw_figure(little, Figure("cover", "x", "x", "GM0009"))


def test_water_and_quays_may_be_lines_areas_or_points(tables: dict[str, pd.DataFrame]) -> None:
    plain = draw_figure(tables, LOCATION).png
    for name, colour in (("waterways", "#2a6ea6"), ("quays", "#062f5c")):
        for shape in (shapely.box(101_050, 400_950, 101_250, 401_050), shapely.Point(101_200, 401_200)):
            table = gpd.GeoDataFrame({"name": ["x"], "cemt": ["Va"]}, geometry=[shape], crs=28992)
            drawn = draw_figure({**tables, name: table}, LOCATION).png
            assert rgb(colour) in colours(drawn)
            assert drawn != plain


def test_municipalities_far_from_every_park_are_left_out(tables: dict[str, pd.DataFrame]) -> None:
    known = tables["municipalities"]
    far = gpd.GeoDataFrame(
        {"municipality_code": ["GM0003"], "name": ["Ver"]},
        geometry=[shapely.box(3e5, 6e5, 3.1e5, 6.1e5)],
        crs=28992,
    )
    more: Any = pd.concat([known, far], ignore_index=True)
    assert draw_figure({**tables, "municipalities": more}, COVER).png == draw_figure(tables, COVER).png
    with pytest.raises(ValueError, match="GM0003"):
        draw_figure({**tables, "municipalities": more}, Figure("cover", "x", "x", "GM0003"))


def test_figures_of_a_document_are_drawn_once_each(tables: dict[str, pd.DataFrame]) -> None:
    document = Document("x", "x", "", "", (Heading(1, "x", "x"), COVER, BLOCK, COVER))
    assert list(Atlas(tables).pictures(document)) == [COVER, BLOCK]
