"""Columns that park and plot tables have in common, and how a table gets its declared form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.usable import Binding, Distances, binding, count_within, sight_lines
from analysis.water import connect
from gis.arrays import at_places
from gis.crs import RD
from layers.results import RESULT_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.categories import CategorySystem
    from analysis.everyone import Everyone
    from analysis.in_use import InUse, UnderUse
    from analysis.situation import Situation
    from analysis.subjects import (
        Permitted,
    )


def complete(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Add the declared columns that nothing was found for: not assessed."""
    absent = [column for column in RESULT_BY_NAME[name].columns if column.name not in table]
    empty = {column.name: np.nan if column.kind == "number" else None for column in absent}
    return table.assign(**empty)


def conform(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table its declared columns in their order, sorted."""
    layer = RESULT_BY_NAME[name]
    columns = [column.name for column in layer.columns]
    table = complete(name, table)
    order = [layer.identifier] if layer.identifier else list(layer.order)
    if layer.shape == "table":
        return pd.DataFrame(table[columns]).sort_values(order, ignore_index=True)
    frame: pd.DataFrame = gpd.GeoDataFrame(table[[*columns, "geometry"]], geometry="geometry", crs=RD)
    return frame.sort_values(order, ignore_index=True)


def stack(name: str, *tables: pd.DataFrame | None) -> pd.DataFrame:
    """Put tables of one kind below each other; without any, an empty table with the declared columns."""
    parts = [table for table in tables if table is not None and len(table)]
    if parts:
        return stack_alike(parts)
    columns = [column.name for column in RESULT_BY_NAME[name].columns]
    return pd.DataFrame(columns=[*columns, "geometry"] if RESULT_BY_NAME[name].shape != "table" else columns)


def stack_alike(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put tables below each other, each column of the type that it would have had in one piece.

    A column in which a part knows nothing has another type there than where something is known.
    """
    filled = [table for table in tables if len(table)]
    if len(filled) <= 1:
        return filled[0] if filled else tables[0]
    names = list(dict.fromkeys(name for table in filled for name in table.columns))
    columns = {name: _column([table[name] for table in filled]) for name in names}
    made = pd.DataFrame(columns)
    first = filled[0]
    return (
        gpd.GeoDataFrame(made, geometry="geometry", crs=first.crs)
        if isinstance(first, gpd.GeoDataFrame)
        else made
    )


def _column(parts: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    kinds = {part.dtype for part in parts}
    if len(kinds) == 1 or all(pd.api.types.is_numeric_dtype(kind) for kind in kinds):
        return pd.concat(parts, ignore_index=True)
    return pd.Series(np.concatenate([part.to_numpy(dtype=object) for part in parts]))


def add_permitted(result: pd.DataFrame, permitted: Permitted, situation: Situation) -> None:
    """Write the permitted category as labels, with its source and the verdict on the threshold."""
    result["permitted_low"] = situation.system.label(permitted.low, permitted.known)
    result["permitted_high"] = situation.system.label(permitted.high, permitted.known)
    result["permitted_source"] = permitted.source
    result["permitted_hmc"] = permitted.verdict(situation.threshold)


def add_binding(
    result: pd.DataFrame,
    subject: str,
    shapes: NDArray[Any],
    measured: Distances,
    permitted: Permitted,
    situation: Situation,
) -> pd.DataFrame:
    """Add the binding object and counts; give the lines to the binding objects (not for everybody)."""
    objects, system = situation.objects, situation.system
    if objects is None:
        raise ValueError("binding objects need sensitive objects")
    wanted = np.where(permitted.known, permitted.low, situation.threshold)
    found: Binding = binding(measured, wanted, system, step=situation.parameters.margin_step_m)
    has = found.target >= 0
    result["binding_kind"] = pd.Series(at_places(objects.kind, found.target), dtype="string")
    result["binding_distance_m"] = found.distance
    result["binding_required_m"] = found.required
    result["binding_margin_m"] = found.margin
    counts = count_within(shapes, measured, objects, {"low": permitted.low, "high": permitted.high}, system)
    for reading, values in counts.items():
        result[f"objects_in_distance_{reading}"] = np.where(permitted.known, values, np.nan)
    rows = np.flatnonzero(has)
    identifiers = result[f"{subject}_id"].to_numpy(dtype=object)[rows]
    own_park = situation.plot_park if subject == "plot" else np.arange(len(shapes), dtype=np.int64)
    target = found.target[rows]
    return pd.DataFrame(
        {
            "binding_id": [f"{subject}-{identifier}" for identifier in identifiers],
            "subject": subject,
            "subject_id": identifiers,
            "object_id": objects.identifier[target],
            "kind": objects.kind[target],
            "inside_park": (objects.park[target] >= 0) & (objects.park[target] == own_park[rows]),
            "distance_m": found.distance[rows],
            "required_m": found.required[rows],
            "margin_m": found.margin[rows],
            "geometry": sight_lines(shapes, objects, found)[rows],
        }
    )


def add_use(result: pd.DataFrame, use: InUse | None, under: UnderUse, system: CategorySystem) -> None:
    """Write the category in use and the hectares of under-use."""
    if use is not None:
        known = use.all_known
        result["in_use_low"] = system.label(use.low, known)
        result["in_use_high"] = system.label(use.high, known)
    result["underuse_certain_ha"] = under.certain
    result["underuse_possible_ha"] = under.possible
    result["in_use_unknown_ha"] = under.unknown


def add_water(
    result: pd.DataFrame,
    subject: str,
    identifier: str,
    subjects: Everyone,
    claim: pd.Series[str],
    designated: pd.Series[str],
    use: InUse | None,
    situation: Situation,
    extra: dict[str, pd.DataFrame],
) -> None:
    """Write the water connection, and keep its evidence per class and per rung in `extra`."""
    result["water_claim"] = claim.to_numpy()
    result["water_designation"] = designated.to_numpy()
    result["water_in_use"] = "not_assessed" if use is None else use.water
    found = connect(subjects, situation.tables, situation.parameters)
    if found is None:
        result[["connection", "connection_possible", "quay_confirmed"]] = "not_assessed"
    else:
        for name in found.table.columns:
            result[name] = found.table[name].to_numpy()
        classes = found.by_class
        classes["subject"] = subject
        rows = classes.pop("subject_row").to_numpy(dtype=np.int64)
        classes["subject_id"] = result[identifier].to_numpy(dtype=object)[rows]
        extra["classes"] = classes
    extra["rungs"] = _rungs(result, subject, identifier)


RUNGS: tuple[tuple[str, str, str], ...] = (
    ("registry_claim", "water_claim", "parks"),
    ("navigable_water", "nearest_waterway_m", "waterways"),
    ("shore", "shore_m", "waterways"),
    ("quay_object", "quay_m", "quays"),
    ("plan_designation", "water_designation", "plots"),
    ("municipal_confirmation", "quay_confirmed", "quays"),
    ("firm_uses_water", "water_in_use", "businesses"),
)


def _rungs(result: pd.DataFrame, subject: str, identifier: str) -> pd.DataFrame:
    """Keep each piece of evidence as a row of its own with the layer that it comes from."""
    parts = []
    for rung, column, source in RUNGS:
        if column not in result:
            continue
        values = result[column]
        present = values.notna() & ~values.isin(["not_assessed"])
        # as objects, for a column of numbers without any value would stay one of numbers
        said = values[present].astype(object)
        text = said.map(lambda value: f"{value:.1f}" if isinstance(value, float) else str(value))
        if rung == "navigable_water":
            name = result.loc[present, "nearest_waterway_name"].fillna("zonder naam")
            cemt = result.loc[present, "nearest_waterway_cemt"].fillna("klasse onbekend")
            text = text + " m; " + name.astype(str) + "; CEMT " + cemt.astype(str)
        parts.append(
            pd.DataFrame(
                {
                    "subject": subject,
                    "subject_id": result.loc[present, identifier].to_numpy(dtype=object),
                    "rung": rung,
                    "value": text.to_numpy(dtype=object),
                    "source": source,
                }
            )
        )
    return stack_alike(parts)
