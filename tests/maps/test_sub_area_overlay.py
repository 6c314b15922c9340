"""The layer of the web map with the balance per sub-area."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import shapely

from layers.schema import Level
from maps.reading import View
from maps.sub_area_overlay import overlay
from maps.webmap import web_map

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

HOSTILE = "<script>alert('x')</script>"


def _short(area: str, group: str, year: int, *band: float) -> dict[str, Any]:
    p10, p50, p90 = band
    return {
        "scope": "sub_area", "area": area, "year": year, "group": group, "water": "any", "rule": "floor",
        "p10_ha": p10, "p50_ha": p50, "p90_ha": p90, "share_short": 0.914,
    }  # fmt: skip


ROWS: dict[str, list[dict[str, Any]]] = {
    "sub_areas": [
        {"sub_area_id": "D1", "name": "U16 Midden", "geometry": shapely.box(127500, 441000, 140000, 462500)},
        {"sub_area_id": "D2", "name": HOSTILE, "geometry": shapely.box(140000, 441000, 150000, 462500)},
    ],
    "balance_groups": [
        _short("U16 Midden", "total", 2035, 22.4, 33.0, 52.6),
        _short("U16 Midden", "5.1+", 2035, 0.0, 2.4, 7.6),
        _short("U16 Midden", "total", 2050, 60.0, 80.0, 100.0),
        _short(HOSTILE, "total", 2050, 0.0, 1.0, 2.0),
    ],
    "demand_bands": [
        {"function_id": "total", "sub_area": "U16 Midden", "year": 2035, "p10_ha": 8.0, "p50_ha": 12.0, "p90_ha": 18.0}
    ],
}  # fmt: skip


@pytest.fixture
def balanced(tmp_path: Path, make: Callable[..., Release]) -> Release:
    return make(tmp_path, rows=ROWS)


def test_a_popup_has_demand_and_shortage_per_year_and_group(balanced: Release) -> None:
    found = overlay(View(balanced, Level.PUBLIC))
    assert found is not None
    assert (found["id"], found["title"]) == ("sub-area-balance", "Ruimtebalans per deelgebied")
    assert found["show"] is False
    assert found["sections"] == ["In 2035: P50 (P10 tot P90)", "In 2050: P50 (P10 tot P90)"]
    labels = [label for section, label in found["labels"] if section == 0]
    assert labels == [
        "Circulaire vraag", "Tekort: alle categorieën", "Tekort: categorie 5.1 en zwaarder",
        "Aandeel van de doorrekeningen met tekort",
    ]  # fmt: skip
    item = next(item for item in found["items"] if item["title"] == "U16 Midden")
    # to 5 ha: 33 is 35, 22.4 is 20, 52.6 is 55; 2.4 is 0 and 7.6 is 10
    assert item["texts"][:4] == ["10 (10 tot 20) ha", "35 (20 tot 55) ha", "0 (0 tot 10) ha", "91 %"]
    assert item["texts"][4:6] == ["niet beoordeeld", "80 (60 tot 100) ha"]
    # the later of two years is the middle one, and 80 ha is 50 or more
    assert found["year"] == 2050
    assert item["look"] == "much"
    assert next(item["look"] for item in found["items"] if item["title"] == HOSTILE) == "none"


def test_the_map_offers_the_layer_switched_off_with_its_legend(balanced: Release) -> None:
    page = web_map(View(balanced, Level.PUBLIC)).decode()
    box = re.search(r'<input type="checkbox" data-group="sub-area-balance"([^>]*)>', page)
    assert box is not None
    assert "checked" not in box[1]
    assert 'data-legend="sub-area-balance" hidden' in page
    assert "Tekort per deelgebied in 2050" in page
    for code in ("none", "some", "more", "much", "not_assessed"):
        assert f'id="p-shortage-{code}"' in page
    assert HOSTILE not in page
    data = json.loads(re.search(r'id="gegevens">(.*?)</script>', page, re.DOTALL)[1])  # type: ignore[index]
    assert [overlay["id"] for overlay in data["overlays"]][-1] == "sub-area-balance"


def test_a_release_without_a_balance_has_no_such_layer(region: Release) -> None:
    assert overlay(View(region, Level.PUBLIC)) is None
    assert "sub-area-balance" not in re.findall(
        r'data-group="([^"]+)"', web_map(View(region, Level.PUBLIC)).decode()
    )
