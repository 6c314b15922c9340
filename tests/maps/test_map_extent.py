"""What part of the country a map shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.schema import Level
from maps.extent import extent, within_reach
from maps.payload import payload
from maps.reading import View

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

PLACES: list[dict[str, Any]] = [
    {"municipality_code": "GM0001", "name": "Hier", "geometry": shapely.box(130000, 450000, 140000, 460000)},
    {
        "municipality_code": "GM0002",
        "name": "Ernaast",
        "geometry": shapely.box(140000, 450000, 150000, 460000),
    },
    {
        "municipality_code": "GM0003",
        "name": "Ver weg",
        "geometry": shapely.box(200000, 550000, 210000, 560000),
    },
]
WATERS: list[dict[str, Any]] = [
    {
        "waterway_id": "V1",
        "name": "Kanaal",
        "geometry": shapely.LineString([(131000, 451000), (139000, 459000)]),
    },
    {
        "waterway_id": "V2",
        "name": "Verre vaart",
        "geometry": shapely.LineString([(200000, 550000), (210000, 560000)]),
    },
    {"waterway_id": "V3", "name": "Zonder plek", "geometry": None},
]
PARK: dict[str, Any] = {
    "park_id": "A", "name": "Terrein", "heavy": "no", "connection": "none", "connection_possible": "none",
    "geometry": shapely.box(132000, 452000, 133000, 453000),
}  # fmt: skip


@pytest.fixture
def view(tmp_path: Path, make: Callable[..., Release]) -> View:
    rows: dict[str, list[dict[str, Any]]] = {"municipalities": PLACES, "waterways": WATERS}
    rows |= {"park_evidence": [PARK], "plot_evidence": [], "usable_zones": [], "usable_blocks": []}
    return View(make(tmp_path, rows=rows), Level.PUBLIC)


def test_a_map_shows_the_parks_and_the_municipalities_they_lie_in(view: View) -> None:
    assert extent(view) == (130000, 450000, 140000, 460000)


def test_what_lies_far_off_is_left_out_and_what_lies_around_is_kept(view: View) -> None:
    assert within_reach(view, "municipalities").tolist() == [True, True, False]
    assert within_reach(view, "waterways").tolist() == [True, False, False]
    found = payload(view)
    assert [place["title"] for place in found["municipalities"]] == ["Hier", "Ernaast"]
    assert [item["title"] for item in found["waterways"]["items"]] == ["Kanaal"]


def test_without_parks_all_municipalities_show(tmp_path: Path, make: Callable[..., Release]) -> None:
    made = make(tmp_path, rows={"park_evidence": [], "municipalities": PLACES})
    assert extent(View(made, Level.PUBLIC)) == (130000, 450000, 210000, 560000)


def test_nothing_to_show_is_an_error(tmp_path: Path, make: Callable[..., Release]) -> None:
    made = make(tmp_path, rows={"park_evidence": [], "municipalities": []})
    with pytest.raises(ValueError, match="no geometry"):
        extent(View(made, Level.PUBLIC))
