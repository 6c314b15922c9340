"""Two releases side by side: which parks came, went or changed, and what that does to the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from api.jobs.show import plain_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.release import Release

PARKS = "park_evidence"
KEY = "park_id"


def compare(before: Release, after: Release) -> dict[str, Any]:
    """Compare two releases.

    Parameters
    ----------
    before, after
        Any two; only columns that both hold are compared.

    Returns
    -------
    dict
        ``same_tables`` (whether all tables are equal), ``tables`` (names of those that are not),
        ``parameters`` and ``totals`` (name, before, after), ``appeared`` and ``vanished`` (park id and name),
        ``changed`` (park, column, label, unit, before, after), in the order of ids and declared columns.
    """
    old, new = (release.table(PARKS).set_index(KEY) for release in (before, after))
    both = old.index.intersection(new.index).sort_values()
    return {
        "before": before.name,
        "after": after.name,
        "same_tables": before.manifest["tables_sha256"] == after.manifest["tables_sha256"],
        "tables": _other_tables(before, after),
        "parameters": _differing(before.project["parameters"], after.project["parameters"]),
        "totals": _totals(before, after),
        "appeared": _named(new, new.index.difference(old.index)),
        "vanished": _named(old, old.index.difference(new.index)),
        "changed": _changes(after, old.loc[both], new.loc[both]),
    }


def differs(old: pd.Series[Any], new: pd.Series[Any]) -> NDArray[np.bool_]:
    """Tell per row whether two columns differ; two missing values are equal, one is not."""
    gone, come = old.isna().to_numpy(dtype=bool), new.isna().to_numpy(dtype=bool)
    result: NDArray[np.bool_] = gone != come
    present = ~gone & ~come
    result[present] = old.to_numpy(dtype=object)[present] != new.to_numpy(dtype=object)[present]
    return result


def _changes(after: Release, old: pd.DataFrame, new: pd.DataFrame) -> list[dict[str, Any]]:
    columns = [c for c in after.layer(PARKS).columns if c.name in old.columns and c.name in new.columns]
    found: list[tuple[str, int, dict[str, Any]]] = []
    for position, column in enumerate(columns):
        rows = differs(old[column.name], new[column.name])
        found.extend(
            (park_id, position, _change(park_id, new, column.name, column.label_nl, column.unit, values))
            for park_id, values in _pairs(old, new, column.name, rows)
        )
    moved = ~shapely.equals_exact(old["geometry"].to_numpy(), new["geometry"].to_numpy(), tolerance=0.0)
    found.extend(
        (park_id, len(columns), _change(park_id, new, "geometry", "Begrenzing", "ha", values))
        for park_id, values in _areas(old, new, moved)
    )
    return [change for _, _, change in sorted(found, key=lambda item: item[:2])]


def _pairs(
    old: pd.DataFrame, new: pd.DataFrame, column: str, rows: NDArray[np.bool_]
) -> list[tuple[str, tuple[Any, Any]]]:
    before = plain_rows(old.loc[rows, [column]])
    after = plain_rows(new.loc[rows, [column]])
    ids = old.index[rows]
    return [
        (str(park_id), (was[column], now[column]))
        for park_id, was, now in zip(ids, before, after, strict=True)
    ]


def _areas(
    old: pd.DataFrame, new: pd.DataFrame, rows: NDArray[np.bool_]
) -> list[tuple[str, tuple[float, float]]]:
    was = np.round(shapely.area(old["geometry"].to_numpy()[rows]) / 10_000, 3)
    now = np.round(shapely.area(new["geometry"].to_numpy()[rows]) / 10_000, 3)
    pairs = zip(old.index[rows], was.tolist(), now.tolist(), strict=True)
    return [(str(park_id), (before, after)) for park_id, before, after in pairs]


def _change(
    park_id: str, new: pd.DataFrame, column: str, label: str, unit: str | None, values: tuple[Any, Any]
) -> dict[str, Any]:
    name = new["name"].get(park_id)
    return {
        "park_id": park_id,
        "name": None if name is pd.NA else name,
        "column": column,
        "label_nl": label,
        "unit": unit,
        "before": values[0],
        "after": values[1],
    }


def _named(frame: pd.DataFrame, ids: pd.Index[Any]) -> list[dict[str, Any]]:
    chosen = frame.loc[ids.sort_values(), ["name", "area_ha"]].reset_index()
    return plain_rows(chosen)


def _other_tables(before: Release, after: Release) -> list[str]:
    old, new = (release.manifest["tables"] for release in (before, after))
    return [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]


def _totals(before: Release, after: Release) -> list[dict[str, Any]]:
    layer = after.layer("summary")
    old, new = (_total_row(release) for release in (before, after))
    return [
        {
            "column": column.name,
            "label_nl": column.label_nl,
            "unit": column.unit,
            "before": old.get(column.name),
            "after": new.get(column.name),
        }
        for column in layer.columns
        if column.kind in {"number", "integer"}
    ]


def _total_row(release: Release) -> dict[str, Any]:
    summary = release.table("summary")
    rows = plain_rows(summary[summary["scope"] == "total"])
    return rows[0] if rows else {}


def _differing(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, Any]]:
    """List the parameters that differ, those inside a table under ``table.name``."""
    before, after = _flat(old), _flat(new)
    return [
        {"name": name, "before": before.get(name), "after": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give nested tables as one, keys joined by dots; an empty table holds nothing."""
    result: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            result |= _flat(value, f"{prefix}{name}.")
        else:
            result[f"{prefix}{name}"] = value
    return result
