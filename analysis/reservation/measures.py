"""What the criteria of suitability measure per site, and per site and function; NaN where not assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.space.profile import load_chains
from gis.overlay import overlaps
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.candidates import Scene

NATURE = ("natura2000", "natuurnetwerk", "nnn")
FAR_M = 20_000.0
"""Farther than this counts as this far."""


def measured(scene: Scene, tables: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
    """Measure everything that value functions ask.

    Returns
    -------
    dict
        Name of the measure to numbers or codes, ``(sites, functions)``.
    """
    sites, classes = scene.sites, scene.classes
    table = sites.table
    first = sites.availability.hectares[:, 0] / np.maximum(table["area_ha"].to_numpy(dtype=float), 1e-9)
    status, wait = _grid(scene, tables)
    of_site: dict[str, NDArray[Any]] = {
        "usable_quay_m": table["usable_quay_m"].to_numpy(dtype=np.float64, na_value=np.nan),
        "shore_m": table["shore_m"].to_numpy(dtype=np.float64, na_value=np.nan),
        "compactness": _compactness(scene),
        "main_road_m": _main_road(scene, tables),
        "grid_status": status,
        "grid_wait": wait,
        "free_share": np.clip(first, 0.0, 1.0),
        "nature_m": _nature(scene, tables),
        "owner_kind": table["owner_kind"].astype(object).to_numpy(),
    }
    shape = (len(sites), len(classes))
    result = {name: np.broadcast_to(values[:, None], shape) for name, values in of_site.items()}
    typical = classes["typical_ha"].to_numpy(dtype=np.float64)[None, :]
    room = table["area_ha"].to_numpy(dtype=np.float64)[:, None] * scene.judged.share
    return result | {
        "room": room / typical,
        "margin_steps": _margin(scene),
        "circular_near": _circular_near(scene, tables),
        "dwellings": np.full(shape, np.nan) if "housing_plans" not in tables else scene.conflict,
        "persons": scene.people,
    }


def _margin(scene: Scene) -> NDArray[np.float64]:
    """Give the categories above what a function asks: permitted and, unless governed, usable."""
    sites, system = scene.sites, scene.sites.system
    rank = np.array([system.rank(str(label)) for label in scene.classes["category"]], dtype=np.float64)
    permitted = sites.permitted["low"].astype(np.float64)
    place = {name: number for number, name in enumerate(system.labels)}
    usable = np.array(sites.table["usable_low"].map(place).to_numpy(dtype=np.float64, na_value=np.nan))
    usable[sites.governed] = np.inf
    least = np.fmin(permitted, usable)
    # a park without plots has no rank of its own: half of its land has at least the middle rank
    shares = sites.land.category[0]
    half = np.argmax(np.cumsum(shares[:, ::-1], axis=1) >= 0.5, axis=1)  # noqa: PLR2004 (the middle)
    least = np.where(sites.is_plot, least, shares.shape[1] - 1 - half)
    least[sites.permitted["low"] == 0] = np.nan
    return np.asarray(least[:, None] - rank[None, :])


def _compactness(scene: Scene) -> NDArray[np.float64]:
    """Give the share of the smallest rectangle around a plot that it fills."""
    shapes = scene.sites.shapes
    rectangle = np.asarray(shapely.area(shapely.oriented_envelope(shapes)))
    share = np.asarray(shapely.area(shapes)) / np.where(rectangle > 0, rectangle, np.nan)
    return np.where(scene.sites.is_plot, share, np.nan)


def _main_road(scene: Scene, tables: Mapping[str, Any]) -> NDArray[np.float64]:
    layer = tables.get("barriers")
    if layer is None or not layer["kind"].isin(["main_road"]).any():
        return np.full(len(scene.sites), np.nan)
    rows = layer["kind"].isin(["main_road"]).to_numpy(dtype=bool)
    return _gap(scene, np.asarray(layer.geometry.to_numpy(), dtype=object)[rows])


def _nature(scene: Scene, tables: Mapping[str, Any]) -> NDArray[np.float64]:
    layer = tables.get("protected_areas")
    if layer is None:
        return np.full(len(scene.sites), np.nan)
    words = layer["kind"].fillna("").str.lower().str.replace("[^a-z0-9]", "", regex=True)
    rows = np.array([any(name in str(word) for name in NATURE) for word in words], dtype=bool)
    return _gap(scene, np.asarray(layer.geometry.to_numpy(), dtype=object)[rows])


def _gap(scene: Scene, shapes: NDArray[Any]) -> NDArray[np.float64]:
    if not len(shapes):
        return np.full(len(scene.sites), FAR_M)
    _, gap = Targets(shapes).nearest(scene.sites.shapes, limit=FAR_M)
    return np.asarray(np.minimum(gap, FAR_M), dtype=np.float64)


def _grid(scene: Scene, tables: Mapping[str, Any]) -> tuple[NDArray[np.object_], NDArray[np.float64]]:
    """Give the status of the grid and the years after the first year of the plan until there is room."""
    count = len(scene.sites)
    status, wait = np.full(count, None, dtype=object), np.full(count, np.nan)
    layer = tables.get("grid_congestion")
    if layer is None or not len(layer):
        return status, wait
    best = overlaps(scene.sites.shapes, np.asarray(layer.geometry.to_numpy(), dtype=object)).largest(count)
    inside = best >= 0
    status[inside] = layer["status"].to_numpy(dtype=object)[best[inside]]
    since = scene.sites.table["grid_from"].to_numpy(dtype=np.float64)
    known = inside & np.isin(status.astype(str), ("none", "limited", "full"))
    wait[known] = 0.0
    wait[known & ~np.isnan(since)] = np.maximum(since - scene.sites.years[0], 0.0)[known & ~np.isnan(since)]
    return status, np.where(np.isfinite(wait), wait, np.nan)


def _circular_near(scene: Scene, tables: Mapping[str, Any]) -> NDArray[np.float64]:
    """Count facilities and circular firms of the same or a linked function near each site."""
    shape = (len(scene.sites), len(scene.classes))
    points, functions = _circular(tables)
    if points is None:
        return np.full(shape, np.nan)
    linked: dict[str, set[str]] = {}
    for one, two in load_chains():
        linked.setdefault(one, {one}).add(two)
        linked.setdefault(two, {two}).add(one)
    result = np.zeros(shape)
    for number, function in enumerate(scene.classes["function_id"]):
        rows = np.flatnonzero(np.isin(functions.astype(str), sorted(linked.get(function, {function}))))
        if len(rows):
            found = Targets(points[rows]).sum_within(scene.sites.shapes, scene.book.settings["clustering_m"])
            result[:, number] = found
    return result


def _circular(tables: Mapping[str, Any]) -> tuple[NDArray[Any] | None, NDArray[np.object_]]:
    """Give places and functions of what is circular now; None when neither layer is there."""
    points, functions = [], []
    facilities = tables.get("circular_facilities")
    if facilities is not None:
        points.append(shapely.centroid(facilities.geometry.to_numpy()))
        functions.append(facilities["function"].to_numpy(dtype=object))
    firms, verdicts = tables.get("businesses"), tables.get("circular_businesses")
    if firms is not None and verdicts is not None:
        circular = verdicts[verdicts["verdict"] == "circular"].set_index("business_id")["function_id"]
        points.append(firms.geometry.to_numpy())
        functions.append(firms["business_id"].map(circular).to_numpy(dtype=object))
    if not points:
        return None, np.zeros(0, dtype=object)
    return np.concatenate(points), np.concatenate(functions)
