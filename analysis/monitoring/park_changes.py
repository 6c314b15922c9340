"""What happened to parks between two releases: came, went, other category, less frontage, more homes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.categories import load_categories
from analysis.monitoring.attribution import FRONTAGE
from analysis.objects import prepare_objects
from analysis.usable import count_within, measure
from gis.overlay import overlaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

SAME_PLACE: Final = 0.5
"""Two parks lie in the same place when their overlap is at least this share of both (assumption)."""
KINDS: Final = ("appeared", "vanished", "category", "frontage", "homes")
Rows = list[dict[str, Any]]


def park_changes(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    old_tables: Mapping[str, gpd.GeoDataFrame],
    new_tables: Mapping[str, gpd.GeoDataFrame],
) -> dict[str, Rows]:
    """List what happened to parks, by kind of change.

    Parameters
    ----------
    old, new
        ``park_evidence`` of both releases, EPSG:28992.
    old_tables, new_tables
        Cleaned input layers of both, to tell new objects from a distance that became longer.

    Returns
    -------
    dict
        `KINDS` to rows in the order of the parks: ``appeared`` and ``vanished`` (with ``same_place``: the
        park of the other release that lies there, so that a new number is not taken for a new park),
        ``category``, ``frontage`` (only what became less or is no longer known, metres) and ``homes`` (only
        parks with more sensitive objects within the distance of their permitted category, as counts).
    """
    before, after = old.set_index("park_id"), new.set_index("park_id")
    both = before.index.intersection(after.index).sort_values()
    gone, come = before.index.difference(after.index), after.index.difference(before.index)
    heirs = _same_place(before.loc[gone], after.loc[come])
    return {
        "appeared": _named(after, come, {new: old for old, new in heirs.items()}),
        "vanished": _named(before, gone, heirs),
        "category": _categories(before.loc[both], after.loc[both]),
        "frontage": _frontage(before.loc[both], after.loc[both]),
        "homes": _homes(before.loc[both], after.loc[both], old_tables, new_tables),
    }


def _same_place(gone: gpd.GeoDataFrame, come: gpd.GeoDataFrame) -> dict[str, str]:
    """Find for vanished parks the new one that took their place."""
    if not len(gone) or not len(come):
        return {}
    found = overlaps(gone.geometry.to_numpy(), come.geometry.to_numpy())
    smallest = SAME_PLACE * np.maximum(
        gone.geometry.area.to_numpy()[found.shape], come.geometry.area.to_numpy()[found.area]
    )
    same = found.size >= smallest
    pairs = zip(gone.index[found.shape[same]], come.index[found.area[same]], strict=True)
    return {str(old): str(new) for old, new in pairs}


def _named(frame: pd.DataFrame, ids: pd.Index[Any], same: Mapping[str, str]) -> Rows:
    return [
        {
            "park_id": park,
            "name": _plain(frame.loc[park, "name"]),
            "area_ha": _plain(frame.loc[park, "area_ha"]),
            "same_place": same.get(park),
        }
        for park in ids.sort_values()
    ]


def _categories(old: pd.DataFrame, new: pd.DataFrame) -> Rows:
    """List parks whose permitted category, or the category in use, is another one."""
    rows: Rows = []
    for park in new.index:
        for what in ("permitted", "in_use"):
            names = (f"{what}_low", f"{what}_high")
            was, now = (tuple(_plain(frame[name].get(park)) for name in names if name in frame)
                        for frame in (old, new))  # fmt: skip
            if was != now:
                rows.append(_row(new, park, what, before=list(was), after=list(now)))
    return rows


def _frontage(old: pd.DataFrame, new: pd.DataFrame) -> Rows:
    rows: Rows = []
    for park in new.index:
        for name in (name for name in FRONTAGE if name in old and name in new):
            was, now = _plain(old.loc[park, name]), _plain(new.loc[park, name])
            if was is None or (now is not None and now >= was) or (now is None and was == 0):
                continue
            lost = None if now is None else round(was - now, 1)
            rows.append(_row(new, park, name, before=was, after=now, lost_m=lost))
    return rows


def _homes(
    old: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    old_tables: Mapping[str, gpd.GeoDataFrame],
    new_tables: Mapping[str, gpd.GeoDataFrame],
) -> Rows:
    names = ("objects_in_distance_low", "objects_in_distance_high")
    if not all(name in frame for name in names for frame in (old, new)):
        return []
    was, now = (frame[list(names)].to_numpy(dtype=float, na_value=np.nan) for frame in (old, new))
    more = np.flatnonzero((now > was).any(axis=1))
    if not len(more):
        return []
    recounted = near_parks(old.iloc[more], old_tables, new_tables)
    rows = []
    for place, park in enumerate(more):
        extra = None if recounted is None else recounted[place] - was[park]
        rows.append(
            _row(
                new,
                new.index[park],
                "objects_in_distance",
                before=was[park].tolist(),
                after=now[park].tolist(),
                # what is left came with another category, boundary or kind of surroundings
                by_objects=None if extra is None else _numbers(extra),
                by_distance=None if extra is None else _numbers(now[park] - was[park] - extra),
            )
        )
    return rows


def near_parks(
    parks: gpd.GeoDataFrame,
    tables: Mapping[str, gpd.GeoDataFrame],
    objects_of: Mapping[str, gpd.GeoDataFrame],
) -> NDArray[np.float64] | None:
    """Count the sensitive objects of one release within the distances of parks of another.

    Parameters
    ----------
    parks
        Rows of ``park_evidence``, indexed by park: their boundary and permitted category stay as they are.
    tables
        Input layers of the release of the parks: their plots and surroundings stay as well.
    objects_of
        Input layers of the release whose sensitive objects are counted.

    Returns
    -------
    ndarray or None
        Shape (n, 2), low and high as in the evidence; NaN where no category is known. None without objects.
    """
    if "sensitive_objects" not in objects_of:
        return None
    kept = {name: tables[name] for name in ("plots", "surroundings") if name in tables}
    objects = prepare_objects(
        {**kept, "parks": tables["parks"], "sensitive_objects": objects_of["sensitive_objects"]}
    )
    if objects is None:
        return None
    system = load_categories()
    shapes = np.asarray(parks.geometry.to_numpy())
    position = {park: row for row, park in enumerate(tables["parks"]["park_id"])}
    own = np.array([position.get(park, -1) for park in parks.index], dtype=np.int64)
    measured = measure(shapes, own, np.full(len(parks), -1), objects, float(system.quiet[-1]))
    low, _ = system.interval(parks["permitted_low"])
    _, high = system.interval(parks["permitted_high"])
    counts = count_within(shapes, measured, objects, {"low": low, "high": high}, system)
    result = np.column_stack([counts["low"], counts["high"]])
    result[low == 0] = np.nan
    return result


def _row(frame: pd.DataFrame, park: Any, what: str, **values: Any) -> dict[str, Any]:
    return {"park_id": str(park), "name": _plain(frame.loc[park, "name"]), "what": what, **values}


def _numbers(values: NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else float(value) for value in values]


def _plain(value: Any) -> Any:
    """Give a value of a table as JSON has it; None where it is missing."""
    return None if value is None or pd.isna(value) else value
