"""What a map tells of one row of a layer, and by which names places are found on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from gis.crs import rd_to_lonlat
from maps import wording
from maps.site.frame import segment
from maps.site.shelf import plain
from maps.site.tables import Field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.schema import Column
    from maps.site.frame import Frame
    from maps.site.shelf import Shelf
    from maps.site.words import Values

NAMES: Final = (
    "name", "name_nl", "park_name", "site_name", "label", "function", "from_name", "element_id", "subject",
)  # fmt: skip
"""Columns by which readers know a row, the best first."""
NAMES_EN: Final = ("name_en",)
PLACES: Final = ("municipality_name", "host", "sub_area")
PARKS: Final = ("park_evidence", "parks")
"""Layers by which a park is found, the best first."""
MUNICIPALITIES: Final = "municipalities"
MOST: Final = 8
"""Facts that fit beside a map; the page and the table have them all."""
DIGITS: Final = 6
"""Of degrees: 0.1 m."""
Pair = str | tuple[str, str]
TOLD: Final[dict[str, tuple[Pair, ...]]] = {
    "park_evidence": (
        "heavy", ("permitted_low", "permitted_high"), ("usable_hmc_certain_ha", "usable_hmc_possible_ha"),
        "connection", "usable_quay_m", "heavy_and_water", "issuable_ha", "area_ha",
    ),
    "plot_evidence": (
        "heavy", ("permitted_low", "permitted_high"), ("usable_low", "usable_high"), "connection", "status",
        "area_ha",
    ),
    "reservation_zones": ("kind", "park_name", "functions", "from_year", "area_ha", "water", "category"),
    "usable_zones": ("category", "governed_by_zone", "reading", "objects", "area_ha"),
    "usable_blocks": ("category", "governed_by_zone", "reading", "objects", "area_ha"),
}  # fmt: skip
"""What is told of rows of a layer; of other layers the first columns."""
UNTOLD: Final = frozenset({"municipality_code", "municipality_codes", "park_id", "sources", "geometry"})


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What a map tells of one row.

    Attributes
    ----------
    layer, title, place
        Name of its layer, its own name, and where it lies (empty where that is not known).
    rows
        Label, value as it reads, and whether it was not assessed.
    links
        Text and address of pages about it.
    point
        Longitude and latitude of a point on it, degrees.
    box
        Its bounds: west, south, east, north in degrees.
    """

    layer: str
    title: str
    place: str
    rows: tuple[tuple[str, str, bool], ...]
    links: tuple[tuple[str, str], ...]
    point: tuple[float, float]
    box: tuple[float, float, float, float]


def row_facts(shelf: Shelf, values: Values, frame: Frame, name: str, identifier: str) -> RowFacts | None:
    """Tell of one row; None when the reader sees no such row, or it has no place."""
    found = _row(shelf, name, identifier)
    if found is None:
        return None
    layer = shelf.layers[name]
    row = plain(found)[0]
    english = frame.language == "en"
    points, boxes = _placed(found.geometry.to_numpy())
    return RowFacts(
        layer.label_en if english else layer.label_nl,
        title_of(shelf, frame, name, row),
        ", ".join(
            dict.fromkeys(
                str(row[place]) for place in PLACES if place in row and not wording.missing(row[place])
            )
        ),
        tuple(_told(shelf, values, name, row)),
        tuple(_links(shelf, frame, name, row)),
        points[0],
        boxes[0],
    )


def _row(shelf: Shelf, name: str, identifier: str) -> gpd.GeoDataFrame | None:
    layer = shelf.layers.get(name)
    if layer is None or layer.identifier is None or shelf.column(name, layer.identifier) is None:
        return None
    table = shelf.read(name)
    if not isinstance(table, gpd.GeoDataFrame):
        return None
    same = (table[layer.identifier].astype("string") == identifier).fillna(value=False)
    found = table[same.to_numpy(dtype=bool)].iloc[:1]
    shapes = found.geometry.to_numpy()
    return found if len(shapes) and shapely.is_geometry(shapes[0]) and not shapes[0].is_empty else None


def title_of(shelf: Shelf, frame: Frame, name: str, row: dict[str, Any]) -> str:
    """Give the name by which readers know a row; its identifier where it has none."""
    column = title_column(shelf, frame, name)
    if column is not None and not wording.missing(row[column.name]):
        return str(row[column.name])
    return str(row[shelf.layers[name].identifier or ""])


def title_column(shelf: Shelf, frame: Frame, name: str) -> Column | None:
    """Give the column by which readers know rows; None where there is none but the identifier."""
    names = (*NAMES_EN, *NAMES) if frame.language == "en" else NAMES
    return next((found for one in names if (found := shelf.column(name, one)) is not None), None)


def fields(shelf: Shelf, name: str, most: int = MOST) -> list[Field]:
    """Choose what is told of the rows of a layer, as far as the reader may see it."""
    by_name = {column.name: column for column in shelf.columns[name]}
    layer = shelf.layers[name]
    shown = {layer.identifier, *NAMES, *NAMES_EN, *PLACES, *UNTOLD}
    entries = TOLD.get(name) or tuple(one for one in by_name if one not in shown)
    made = []
    for entry in entries:
        columns = [by_name[one] for one in ((entry,) if isinstance(entry, str) else entry) if one in by_name]
        if columns:
            made.append(Field(columns[0], columns[1] if len(columns) > 1 else None))
    return made[:most]


def _told(shelf: Shelf, values: Values, name: str, row: dict[str, Any]) -> list[tuple[str, str, bool]]:
    told = []
    for field in fields(shelf, name):
        cell = field.cell(values, row)
        if not (cell.missing and field.column.name == "remark"):
            told.append((field.head(values).text, cell.text, cell.missing))
    return told


def _links(shelf: Shelf, frame: Frame, name: str, row: dict[str, Any]) -> list[tuple[str, str]]:
    found = []
    park, code = row.get("park_id"), row.get("municipality_code")
    if not wording.missing(park) and shelf.has("park_evidence"):
        text = frame.text("Alles over dit terrein", "All about this park")
        found.append((text, frame.url(f"/terreinen/{segment(park)}")))
    if name == MUNICIPALITIES and not wording.missing(code):
        text = frame.text("De pagina van deze gemeente", "The page of this municipality")
        found.append((text, frame.url(f"/gemeenten/{segment(code)}")))
    return found


def places(shelf: Shelf) -> list[dict[str, Any]]:
    """List parks and municipalities with name and place, to be found on a map, sorted by name."""
    listed = []
    parks = next((name for name in PARKS if shelf.has(name)), None)
    for name in filter(None, (parks, MUNICIPALITIES)):
        if not shelf.has(name) or shelf.column(name, "name") is None:
            continue
        table = shelf.read(name)
        if isinstance(table, gpd.GeoDataFrame):
            listed += _listed(table, shelf, name)
    return sorted(listed, key=lambda place: (place["name"].casefold(), place["layer"], place["id"]))


def _listed(table: gpd.GeoDataFrame, shelf: Shelf, name: str) -> list[dict[str, Any]]:
    shapes = table.geometry.to_numpy()
    kept = shapely.is_geometry(shapes) & ~shapely.is_empty(shapes) & table["name"].notna().to_numpy()
    points, boxes = _placed(shapes[kept])
    key = shelf.layers[name].identifier or ""
    return [
        {
            "layer": name,
            "id": str(row[key]),
            "name": str(row["name"]),
            "where": str(row.get("municipality_name") or ""),
            "point": point,
            "box": box,
        }
        for row, point, box in zip(plain(table[kept]), points, boxes, strict=True)
    ]


def _placed(
    shapes: Sequence[Any],
) -> tuple[list[tuple[float, float]], list[tuple[float, float, float, float]]]:
    """Give a point on each shape and the bounds of each, degrees."""
    if not len(shapes):
        return [], []
    points = shapely.get_coordinates(rd_to_lonlat(shapely.point_on_surface(shapes)))
    # corners of a box in RD are not those of a box in degrees, so all four are moved
    edges = np.asarray(shapely.box(*shapely.bounds(shapes).T), dtype=object)
    boxes = shapely.bounds(rd_to_lonlat(edges))
    return (
        [(float(lon), float(lat)) for lon, lat in np.round(points, DIGITS)],
        [(float(w), float(s), float(e), float(n)) for w, s, e, n in np.round(boxes, DIGITS)],
    )
