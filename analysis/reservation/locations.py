"""Sites put together by zone within a park: what may leave the house instead of single plots.

A zone is all land of one park with one kind of protection. It carries hectares, the functions as motivation
and the earliest year; which plot is meant for which function stays inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from analysis.reservation.labels import LABELS
from layers.facts import read_facts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

KEEP: Final = "keep"
GRID_M: Final = 0.001
RD: Final = "EPSG:28992"
SQUARE_METRES: Final = 10_000.0
CLASSES: Final = {
    "category_unknown": (),
    "category_light": ("0", "1", "2", "3.1", "3.2"),
    "category_4_1": ("4.1",),
    "category_4_2": ("4.2",),
    "category_5_up": ("5.1", "5.2", "5.3", "6"),
}
WATERS: Final = {
    "at_water": ("own_quay", "public_quay", "adjacent"),
    "near_water": ("near",),
    "dry": ("none",),
    "water_unknown": ("not_assessed",),
}


def dissolve(sites: pd.DataFrame, surveyed: Any) -> gpd.GeoDataFrame:
    """Put sites together by park and kind of protection.

    Parameters
    ----------
    sites
        As `analysis.reservation.protection` decides: ``site_id``, ``park_id``, ``kind``, ``label`` ...
    surveyed
        ``reservation_sites`` with geometry (EPSG:28992) and evidence.

    Returns
    -------
    GeoDataFrame
        ``reservation_zones``: polygons on a grid of a millimetre that never overlap; where sites share ground
        (a park without plots) it goes to what the plan chooses, ``shares_ground_with`` names the other kind.
    """
    rank = dict(zip(*(read_facts("protection_kinds")[name] for name in ("kind", "rank")), strict=True))
    land = surveyed.set_index("site_id").reindex(sites["site_id"])
    rows = sites.assign(
        shape=land.geometry.to_numpy(),
        category=land["permitted_low"].astype(object).to_numpy(),
        water=land["connection"].astype(object).fillna("not_assessed").to_numpy(),
        heavy=land["heavy"].to_numpy(dtype=bool),
        wet=land["wet"].to_numpy(dtype=bool),
        order=[int(rank[kind]) for kind in sites["kind"]],
    )
    rows["order"] += np.where(rows["kind"] == KEEP, len(rank), 0)
    found: list[dict[str, object]] = []
    shapes: list[BaseGeometry] = []
    for _, park in rows.sort_values(["park_id", "order", "site_id"]).groupby("park_id", sort=True):
        taken: BaseGeometry = shapely.Polygon()
        first = len(found)
        for _, part in park.groupby("order", sort=True):
            shape = shapely.union_all(part["shape"].to_numpy(), grid_size=GRID_M)
            shape = _polygons(shapely.difference(shape, taken, grid_size=GRID_M))
            if shape.is_empty:
                for row in found[first:]:
                    row["shares_ground_with"] = _joined(row["shares_ground_with"], part["kind"].iloc[0])
                continue
            taken = shapely.union_all([taken, shape], grid_size=GRID_M)
            found.append(_row(part, shape))
            shapes.append(shape)
    columns = list(_row(rows.iloc[:0], shapely.Polygon())) if not found else list(found[0])
    table = pd.DataFrame(found, columns=columns)
    table["from_year"] = table["from_year"].astype("Int64")
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=RD), crs=RD)


def _row(part: pd.DataFrame, shape: BaseGeometry) -> dict[str, object]:
    """Describe one zone."""
    hectares = part["area_ha"].to_numpy(dtype=np.float64)
    first = part.iloc[0] if len(part) else None
    by_label = {
        label: float(hectares[(part["label"] == label).to_numpy(dtype=bool)].sum()) for label in LABELS
    }
    functions = sorted({str(name) for name in part["function"] if name is not None and not pd.isna(name)})
    started = part["from_year"].dropna()
    categories = part["category"].to_numpy(dtype=object)
    known = {
        name: np.isin(categories.astype(str), list(labels)) for name, labels in CLASSES.items() if labels
    }
    unknown = ~np.any(list(known.values()), axis=0) if len(part) else np.zeros(0, dtype=bool)
    row: dict[str, object] = {
        "zone_id": "" if first is None else f"{first['park_id']}-{first['kind']}",
        "park_id": None if first is None else first["park_id"],
        "park_name": None if first is None else first["park_name"],
        "municipality_code": None if first is None else first["municipality_code"],
        "sub_area": None if first is None else first["sub_area"],
        "kind": None if first is None else first["kind"],
        "label": max(by_label, key=lambda name: (by_label[name], -LABELS.index(name))),
        "sites": len(part),
        "area_ha": shape.area / SQUARE_METRES,
        "chosen_ha": float(hectares[(part["chosen"] == "yes").to_numpy(dtype=bool)].sum()),
        "heavy_ha": float(hectares[part["heavy"].to_numpy(dtype=bool)].sum()),
        "wet_ha": float(hectares[part["wet"].to_numpy(dtype=bool)].sum()),
        "grid_ha": float(hectares[(part["grid"] == "full").to_numpy(dtype=bool)].sum()),
    }
    for name in CLASSES:
        mask = known.get(name, unknown)
        row[f"{name}_ha"] = float(hectares[mask].sum())
    for name, words in WATERS.items():
        row[f"{name}_ha"] = float(hectares[part["water"].isin(words).to_numpy(dtype=bool)].sum())
    for label, value in by_label.items():
        row[f"{label}_ha"] = value
    row["functions"] = ";".join(functions) or None
    row["from_year"] = None if started.empty else int(started.min())
    row["shares_ground_with"] = None
    row["reasons"] = ";".join(sorted(set(part["rule_id"].astype(str)))) or None
    return row


def _joined(before: object, kind: object) -> str:
    return str(kind) if before is None else f"{before};{kind}"


def _polygons(shape: BaseGeometry) -> BaseGeometry:
    """Keep the polygons of a shape, one geometry."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and not part.is_empty]
    whole = shapely.union_all(parts, grid_size=GRID_M) if parts else shapely.Polygon()
    return shapely.normalize(whole)
