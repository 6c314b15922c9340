"""A table of parks behind services on loopback, a clock that nobody waits for, and one layer fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from layers.sources.cache import Cache
from layers.sources.client import Client, make_http
from layers.sources.fetching import Outcome, fetch_layer
from layers.sources.limits import Limits
from layers.sources.manifest import read_manifest
from layers.sources.plan import Item, fetch_plan
from layers.sources.recipes import Where
from tests.support.services import Services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gis.errors import Problem

AREA = [130_000, 450_000, 140_000, 460_000]


def parks(rows: int = 25) -> gpd.GeoDataFrame:
    """Squares of 100 m in a row, with a value that is empty on the first page."""
    shapes: list[Any] = [
        shapely.box(130_000 + 300 * i, 455_000, 130_100 + 300 * i, 455_100.25) for i in range(rows)
    ]
    shapes[3] = shapely.MultiPolygon([shapes[3], shapely.box(130_950, 455_300, 130_990, 455_390)])
    return gpd.GeoDataFrame(
        {
            "RIN_NUMMER": [f"{100 + i:04d}" for i in range(rows)],
            "PLAN_NAAM": [f"Terrein {i} <é&>" for i in range(rows)],
            "JAAR": [2022 + i % 3 for i in range(rows)],
            "HA_BRUTO": [None if i < 10 else 1.25 + i for i in range(rows)],
        },
        geometry=shapes,
        crs=28992,
    )


@dataclass
class FakeClock:
    """Time that only passes when somebody sleeps."""

    start: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=round(sum(self.slept)))

    def monotonic(self) -> float:
        return sum(self.slept)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


RECIPES = {
    "ogc_features": "gemeenten",
    "wfs": "ibis_wfs",
    "arcgis": "ibis_arcgis",
    "atom": "ibis_wfs",
    "file": "ibis_wfs",
}


class Bench:
    """Fetches the layer of parks into a folder, in any of the ways."""

    def __init__(self, folder: Path, services: Services) -> None:
        self.folder = folder
        self.services = services
        self.clock = FakeClock()
        self.limits = Limits(pause_s=0.0, read_s=60.0)

    def item(self, connector: str, **where: Any) -> tuple[Item, Any]:
        base = {
            "ogc_features": {"url": self.services.features_url, "name": "parks"},
            "wfs": {"url": self.services.wfs_url, "name": "parks"},
            "arcgis": {"url": self.services.arcgis_url},
            "file": {"url": self.services.file_url("parks.geojson"), "extent": "whole"},
            "atom": {"url": f"{self.services.base}/atom/feed.xml", "name": "parks", "extent": "whole"},
        }[connector]
        raw = {
            "fetch": {"area": AREA, "margin_m": 0},
            "layers": {"parks": {"recipe": "ibis_wfs", "fetch": {"page": 10, **base, **where}}},
        }
        problems: list[Problem] = []
        plan = fetch_plan(raw, self.folder, "project.toml", problems)
        assert not problems, problems
        item = plan.items["parks"]
        recipe = item.recipe.model_copy(update={"connector": connector})
        item = Item(item.layer, recipe, Where.model_validate(item.where.model_dump()), item.table)
        return item, plan.wanted(item)

    def fetch(self, connector: str = "ogc_features", *, offline: bool = False, **where: Any) -> Outcome:
        item, wanted = self.item(connector, **where)
        folder = self.folder / "fetched"
        folder.mkdir(exist_ok=True)
        http = None if offline else make_http(self.limits, trust_env=False)
        try:
            client = Client(http, Cache(folder / "cache"), self.clock, self.limits)
            return fetch_layer(client, item, wanted, read_manifest(folder))
        finally:
            if http is not None:
                http.close()

    def table(self, outcome: Outcome) -> gpd.GeoDataFrame:
        assert outcome.failed is None, outcome.failed
        assert outcome.copy is not None
        return gpd.read_parquet(self.folder / "fetched" / outcome.copy.file)


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(parks()) as running:
        yield running


@pytest.fixture
def bench(tmp_path: Path, services: Services) -> Bench:
    return Bench(tmp_path, services)
