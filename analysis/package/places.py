"""Where the building blocks of one municipality work: zones, parks and rings, each with a stable id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.package.facts import AT_WATER, HEAVY, own_rows
from layers.exports.kinds import KIND_BY_CODE
from layers.exports.location_id import exact_shape, location_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.package.settings import PackageSettings
    from layers.building_blocks import Block

RD: Final = "EPSG:28992"
GROUND_NL: Final = {"zone": "zone", "park": "bedrijventerrein", "ring": "strook rond het terrein"}
COLUMNS: Final = (
    "location_id", "ground", "zone_id", "park_id", "park_name", "kind", "kind_nl", "name", "area_ha",
    "blocks", "functions", "from_year", "procedure_status", "municipality_code", "neighbours", "status",
)  # fmt: skip
SMALLEST_M2: Final = 100.0
"""A smaller piece is drawing noise along a border."""


@dataclass(frozen=True, slots=True)
class Place:
    """One working area.

    Attributes
    ----------
    id
        Stable: equal for an equal shape.
    ground
        ``zone``, ``park`` or ``ring``.
    row
        What the release says of it.
    shape
        EPSG:28992, on the grid of 1 mm.
    neighbours
        Other municipalities that it reaches into (before it was cut at the border).
    """

    id: str
    ground: str
    name: str
    row: Mapping[str, Any]
    shape: shapely.MultiPolygon
    neighbours: tuple[str, ...] = ()


class Places:
    """Finds the places of blocks in one municipality; rings are made for the width that was chosen."""

    def __init__(
        self, tables: Mapping[str, pd.DataFrame], municipality: str, settings: PackageSettings
    ) -> None:
        self._settings = settings
        self._areas = tables["municipalities"]
        self._code = municipality
        zones = own_rows(tables, "reservation_zones", municipality)
        self.zones = [self._zone(row) for row in _records(zones, "zone_id")]
        parks = own_rows(tables, "park_evidence", municipality)
        self.parks = [self._park(row) for row in _records(parks, "park_id")]
        hosted = own_rows(tables, "shared_functions", municipality, "host_code")
        self._hosts = set() if hosted is None else set(hosted["site_id"].astype(str))
        self._plots = own_rows(tables, "plot_evidence", municipality)
        instruments = tables.get("zone_instruments")
        self._fitting: dict[str, set[str]] = {}
        if instruments is not None:
            for zone, block in zip(instruments["zone_id"], instruments["instrument_id"], strict=True):
                self._fitting.setdefault(str(block), set()).add(str(zone))

    def of(self, block: Block, width_m: float | None = None) -> list[Place]:
        """Give the places of a block.

        Parameters
        ----------
        block
            Its ``ground`` says where it works.
        width_m
            Width of a ring in metres.
        """
        finders = {
            "parks": lambda: self.parks,
            "heavy_parks": lambda: _above(self.zones, "heavy_ha") or self._heavy_parks(),
            "water": lambda: _above(self.zones, "wet_ha") or self._water_parks(),
            "hosted": lambda: [park for park in self.parks if str(park.row["park_id"]) in self._hosts],
            "all_zones": lambda: self.zones,
            "zones": lambda: self._fitting_zones(block.id),
            "ring": lambda: self._rings(width_m or 0.0),
        }
        finder = finders.get(block.ground)
        return finder() if finder is not None else []

    def _heavy_parks(self) -> list[Place]:
        return [park for park in self.parks if park.row.get("heavy") in HEAVY]

    def _water_parks(self) -> list[Place]:
        return [park for park in self.parks if park.row.get("connection") in AT_WATER]

    def _fitting_zones(self, block: str) -> list[Place]:
        fitting = self._fitting.get(block)
        return [zone for zone in self.zones if fitting is None or zone.row["zone_id"] in fitting]

    def _rings(self, width_m: float) -> list[Place]:
        rings = (self._ring(park, width_m) for park in self._heavy_parks())
        return [ring for ring in rings if ring is not None]

    def _zone(self, row: Mapping[str, Any]) -> Place:
        kind = KIND_BY_CODE[str(row["kind"])].label_nl
        name = f"{row['park_name']}, {kind}"
        return self._placed("zone", name, row, row["geometry"])

    def _park(self, row: Mapping[str, Any]) -> Place:
        return self._placed("park", str(row["name"]), row, row["geometry"])

    def _placed(self, ground: str, name: str, row: Mapping[str, Any], shape: Any) -> Place:
        inside, others = self._within(shape)
        exact = exact_shape(inside)
        return Place(str(location_id(exact, self._settings.namespace)), ground, name, row, exact, others)

    def _within(self, shape: shapely.Geometry) -> tuple[shapely.Geometry, tuple[str, ...]]:
        """Cut a shape at the border, for a council rules its own land only; with whom it reaches into.

        What stays within drawing noise of the border is left as it is, and so keeps its id.
        """
        codes = self._areas["municipality_code"].astype(str).to_numpy()
        names = self._areas["name"].astype(str).to_numpy()
        areas = np.asarray(self._areas["geometry"].to_numpy(), dtype=object)
        reach = shapely.area(shapely.intersection(areas, shape)) > SMALLEST_M2
        others = tuple(sorted(str(name) for name in names[reach & (codes != self._code)]))
        if not others or not (reach & (codes == self._code)).any():
            return shape, others
        return shapely.intersection(shape, shapely.union_all(areas[codes == self._code])), others

    def _ring(self, park: Place, width_m: float) -> Place | None:
        ring = shapely.difference(shapely.buffer(self._heavy_land(park), width_m, quad_segs=8), park.shape)
        inside, others = self._within(ring)
        if shapely.area(inside) < SMALLEST_M2:
            return None
        exact = exact_shape(inside)
        key = str(location_id(exact, self._settings.namespace))
        return Place(key, "ring", f"strook rond {park.name}", park.row, exact, others)

    def _heavy_land(self, park: Place) -> shapely.Geometry:
        """Give the plots of a park with a high category permitted; the whole park when none is known."""
        if self._plots is None:
            return park.shape
        own = self._plots[self._plots["park_id"] == park.row["park_id"]]
        own = own[own["permitted_hmc"].isin(("certain", "possible"))]
        return shapely.union_all(own["geometry"].to_numpy()) if len(own) else park.shape


def locations(chosen: Sequence[tuple[str, Sequence[Place]]], settings: PackageSettings) -> gpd.GeoDataFrame:
    """Give the working areas of a package, once each, with the blocks that work there.

    Parameters
    ----------
    chosen
        Block ids with their places, in order.
    settings
        Of the package.

    Returns
    -------
    GeoDataFrame
        EPSG:28992, sorted by ground, park and kind. Two areas with the same shape are one location.
    """
    found: dict[str, Place] = {}
    blocks: dict[str, list[str]] = {}
    for block, places in chosen:
        for place in places:
            found.setdefault(place.id, place)
            blocks.setdefault(place.id, []).append(block)
    order = sorted(found.values(), key=_order)
    rows = [_described(place, blocks[place.id], settings) for place in order]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return gpd.GeoDataFrame(frame, geometry=[place.shape for place in order], crs=RD)


def _order(place: Place) -> tuple[int, str, str, str]:
    row = place.row
    return list(GROUND_NL).index(place.ground), str(row["park_id"]), str(row.get("kind", "")), place.id


def _described(place: Place, blocks: list[str], settings: PackageSettings) -> dict[str, Any]:
    row = place.row
    kind = str(row["kind"]) if place.ground == "zone" else None
    return {
        "location_id": place.id,
        "ground": place.ground,
        "zone_id": row["zone_id"] if place.ground == "zone" else None,
        "park_id": row["park_id"],
        "park_name": row["park_name"] if place.ground == "zone" else row["name"],
        "kind": kind,
        "kind_nl": None if kind is None else KIND_BY_CODE[kind].label_nl,
        "name": place.name,
        "area_ha": round(float(shapely.area(place.shape)) / 10_000, 3),
        "blocks": ";".join(sorted(blocks)),
        "functions": _text(row.get("functions")),
        "from_year": _text(row.get("from_year")),
        "procedure_status": settings.status_nl,
        "municipality_code": row["municipality_code"],
        "neighbours": ", ".join(place.neighbours) or None,
        "status": "Concept, juridisch te toetsen" + ("; voorbeeld" if settings.sample else ""),
    }


def _above(places: list[Place], column: str) -> list[Place]:
    return [place for place in places if float(place.row.get(column) or 0) > 0]


def _records(table: Any, key: str) -> list[Mapping[str, Any]]:
    return [] if table is None else list(table.sort_values(key).to_dict("records"))


def _text(value: object) -> str | None:
    return None if value is None or pd.isna(value) else str(value)  # type: ignore[call-overload]
