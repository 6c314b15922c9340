"""With the plan held fixed, one plot that is drawn a metre wider changes one location and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from analysis.reservation.locations import dissolve
from layers.exports.import_package import build
from layers.exports.was_wordt import earlier_files
from tests.support.package_region import RD, box, municipalities

if TYPE_CHECKING:
    from layers.export_settings import ExportSettings
    from tests.support.package_region import Tables

KINDS = ("keep", "keep", "reserve", "allocate", "keep", "explore")


def tables(widened: int | None) -> Tables:
    """Make six plots in two parks, 1 ha each with 10 m between them; one of them may be a metre wider."""
    shapes = [box(110 * place, 100, 110 * place + 100 + (place == widened), 200) for place in range(6)]
    ids = [f"K{place}" for place in range(6)]
    parks = ["P1"] * 3 + ["P2"] * 3
    surveyed = gpd.GeoDataFrame(
        {"site_id": ids, "permitted_low": "4.1", "connection": "near", "heavy": True, "wet": False},
        geometry=shapes,
        crs=RD,
    )
    sites = pd.DataFrame(
        {
            "site_id": ids, "park_id": parks, "park_name": parks, "municipality_code": "GM0001",
            "sub_area": "Midden", "kind": KINDS, "label": "not_assessed", "chosen": "no", "grid": "free",
            "function": None, "from_year": pd.array([None] * 6, dtype="Int64"), "rule_id": "P10",
            "area_ha": [shape.area / 1e4 for shape in shapes],
        }
    )  # fmt: skip
    return {"reservation_zones": dissolve(sites, surveyed), "municipalities": municipalities()}


@pytest.mark.parametrize("plot", range(6))
def test_one_plot_of_a_zone(settings: ExportSettings, plot: int) -> None:
    before = build(tables(None), settings, purpose="visie")
    after = build(tables(plot), settings, purpose="visie", previous=earlier_files(before.files))
    changes = after.changes
    zone = f"{'P1' if plot < 3 else 'P2'}-{KINDS[plot]}"
    changed = changes[changes["verandering"] != "ongewijzigd"]
    assert changed[["zone_id", "verandering", "wat"]].to_numpy().tolist() == [
        [zone, "gewijzigd", "geometrie"]
    ]
    # a strip of one metre by a hundred
    assert changed["verschil_ha"].tolist() == [0.01]
    assert len(changes) == 5
