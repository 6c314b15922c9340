"""What the web map carries: packed geometry, the classes of every theme and popups as plain text.

Texts are written here, in one place; the script in the page only puts them on the screen as text, so that
a name with markup in it stays a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from layers.exports.themes import housing_class
from layers.parameters import CEMT_CLASSES
from layers.schema import Level
from maps import geometry, popups, sub_area_overlay, wording
from maps.extent import extent, within_reach

if TYPE_CHECKING:
    from maps.popups import Sections
    from maps.reading import View

MUNICIPALITY_TOLERANCE_M = 20.0
WATERWAY_TOLERANCE_M = 5.0
AREA_TOLERANCE_M = 5.0

THEMES = (
    ("heavy", "verdict", "heavy", "heavy"),
    ("permitted", "category", "permitted_low", "permitted_high"),
    ("usable", "category", "usable_low", "usable_high"),
    ("water", "connection", "connection", "connection_possible"),
    ("housing", "housing", "housing_lost_low_ha", "housing_lost_high_ha"),
    ("housing", "housing", "housing_hard_lost_low_ha", "housing_hard_lost_high_ha"),
)
"""Theme, its classes, and the columns of the strict and of the wide reading; of two rows for one theme the
first whose columns a reader may see."""

WATER_BANDS = (
    ("small", "tot en met CEMT II", "II"),
    ("medium", "CEMT III tot en met IVb", "IVb"),
    ("large", "vanaf CEMT Va", CEMT_CLASSES[-1]),
)
"""Waterways are drawn in three widths; the exact class stands in the popup."""


def payload(view: View) -> dict[str, Any]:
    """Gather all that a web map of this level shows, as plain values for JSON."""
    # plots are public as data; the map that goes out stays with parks and zones, so that it stays small
    plots = _features(view, "plot_evidence", popups.PLOT) if view.level.allows(Level.PROVINCE) else None
    return {
        "bounds": _bounds(view),
        "parks": _features(view, "park_evidence", popups.PARK),
        "plots": plots,
        "zones": _zones(view),
        "municipalities": _places(view),
        "waterways": _waterways(view),
        "overlays": _overlays(view),
    }


def themes_shown(view: View) -> list[tuple[str, str, str]]:
    """Give the themes that this release can show: theme, classes and title, titles out of the catalogue."""
    parks, zones = view.columns("park_evidence"), view.columns(view.zones)
    shown: list[tuple[str, str, str]] = []
    for theme, classes, low, _ in THEMES:
        column = zones.get("category") if theme == "usable" else parks.get(low)
        if column is not None and theme not in {known for known, _, _ in shown}:
            shown.append((theme, classes, wording.without_side(column.label_nl)))
    return shown


def water_band(cemt: Any) -> str:
    """Give the width band of a CEMT class; ``unknown`` where the class is missing."""
    if wording.missing(cemt):
        return "unknown"
    rank = CEMT_CLASSES.index(str(cemt))
    return next(band for band, _, last in WATER_BANDS if rank <= CEMT_CLASSES.index(last))


def themes_of(view: View, layer: str, row: dict[str, Any]) -> dict[str, list[str]]:
    """Give the class of a feature per theme, in the strict and the wide reading."""
    visible = view.columns(layer)
    result: dict[str, list[str]] = {}
    for theme, classes, low, high in THEMES:
        if low not in visible or high not in visible or theme in result:
            continue
        if classes == "housing":
            result[theme] = [
                housing_class(None if wording.missing(row[name]) else float(row[name]))
                for name in (low, high)
            ]
        else:
            result[theme] = [view.class_of(classes, row[name]).code for name in (low, high)]
    return result


def _display(shapes: Any, tolerance_m: float = geometry.SIMPLIFY_M) -> list[Any]:
    thin = geometry.lonlat(geometry.simplified(shapes, tolerance_m))
    return [geometry.packed(shape) for shape in thin]


def _bounds(view: View) -> list[list[float]]:
    return geometry.bounds(geometry.lonlat([shapely.box(*extent(view))]))


def _nearby(view: View, name: str) -> tuple[list[dict[str, Any]], Any]:
    """Give the rows and geometries of a layer that lie in or around what the map shows."""
    kept = within_reach(view, name)
    rows = [row for row, keep in zip(view.rows(name), kept, strict=True) if keep]
    return rows, view.geometry(name)[kept]


def _features(view: View, name: str, sections: Sections) -> dict[str, Any] | None:
    if not view.has(name):
        return None
    chosen = popups.fields(view, name, sections)
    identifier = str(view.layer(name).identifier)
    items = []
    for row, shape in zip(view.rows(name), _display(view.geometry(name)), strict=True):
        title = row.get("name")
        items.append(
            {
                "id": str(row[identifier]),
                "park": None if wording.missing(row.get("park_id")) else str(row["park_id"]),
                "title": str(row[identifier]) if wording.missing(title) else str(title),
                "place": ""
                if wording.missing(row.get("municipality_name"))
                else str(row["municipality_name"]),
                "themes": themes_of(view, name, row),
                "texts": popups.texts(view, chosen, row),
                "g": shape,
            }
        )
    return {**_heads(chosen), "items": items}


def _heads(chosen: popups.Fields) -> dict[str, Any]:
    return {"sections": chosen.sections, "labels": [[section, label] for section, label, _ in chosen.rows]}


def _zones(view: View) -> dict[str, Any] | None:
    name = view.zones
    if not view.has(name):
        return None
    chosen = popups.fields(view, name, popups.ZONE)
    items = [
        {
            "park": str(row["park_id"]),
            "reading": 0 if row["reading"] == "low" else 1,
            "inside": row["objects"] == "with_inside",
            "class": view.class_of("category", row["category"]).code,
            "governed": bool(row["governed_by_zone"])
            if not wording.missing(row["governed_by_zone"])
            else False,
            "texts": popups.texts(view, chosen, row),
            "g": shape,
        }
        for row, shape in zip(view.rows(name), _display(view.geometry(name)), strict=True)
        if shape
    ]
    return {**_heads(chosen), "items": items}


def _places(view: View) -> list[dict[str, Any]]:
    name = "municipalities"
    rows, shapes = _nearby(view, name)
    if not rows:
        return []
    thin = geometry.lonlat(geometry.simplified_together(shapes, MUNICIPALITY_TOLERANCE_M))
    labels = geometry.lonlat(geometry.label_points(shapes))
    return [
        {"title": str(row["name"]), "g": geometry.packed(shape), "label": _latlon(point)}
        for row, shape, point in zip(rows, thin, labels, strict=True)
    ]


def _latlon(point: shapely.Point | None) -> list[float] | None:
    return None if point is None else [round(point.y, 6), round(point.x, 6)]


def _waterways(view: View) -> dict[str, Any] | None:
    sections = (("Vaarweg", ("cemt", "width_m")),)
    found = _overlay(view, "waterways", sections, show=True, tolerance_m=WATERWAY_TOLERANCE_M)
    if found is not None:
        for item, row in zip(found["items"], _nearby(view, "waterways")[0], strict=True):
            item["band"] = water_band(row.get("cemt"))
    return found


def _overlays(view: View) -> list[dict[str, Any]]:
    """Give the further layers that can be switched on, each only where its level is reached."""
    remarks = ("group", "session", "date", "status", "subject", "stated", "text")
    found = (
        _overlay(view, "quays", (("Kade", ("kind", "length_m", "usable", "confirmed_by")),)),
        _overlay(view, "zoned_estates", (("Terrein", ("kind",)),)),
        _overlay(view, "protected_areas", (("Gebied", ("kind", "hardness")),), tolerance_m=AREA_TOLERANCE_M),
        _overlay(view, "housing_effects", popups.PLAN, show=True),
        _overlay(view, "binding_objects", popups.BINDING),
        _overlay(view, "atelier", (("Atelier", remarks),)),
        sub_area_overlay.overlay(view),
    )
    return [overlay for overlay in found if overlay is not None]


def _overlay(
    view: View,
    name: str,
    sections: Sections,
    *,
    show: bool = False,
    tolerance_m: float = geometry.SIMPLIFY_M,
) -> dict[str, Any] | None:
    rows, shapes = _nearby(view, name)
    if not rows:
        return None
    chosen = popups.fields(view, name, sections)
    items = [
        {"title": _title(view, name, row), "texts": popups.texts(view, chosen, row), "g": shape}
        for row, shape in zip(rows, _display(shapes, tolerance_m), strict=True)
    ]
    return {
        "id": name.replace("_", "-"),
        "title": view.layer(name).label_nl,
        "show": show,
        "points": bool((shapely.get_dimensions(shapes) == 0).any()),
        **_heads(chosen),
        "items": items,
    }


def _title(view: View, name: str, row: dict[str, Any]) -> str:
    layer = view.layer(name)
    for column in ("name", layer.identifier):
        if column is not None and not wording.missing(row.get(column)):
            return str(row[column])
    return layer.label_nl
