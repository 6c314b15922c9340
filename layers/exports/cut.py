"""What a release holds about one sub-area: the layers that a map of it needs, and its rows of the balance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import shapely

from layers.exports.sub_areas import area_balance, area_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.release import Release
    from layers.schema import Column, Layer, Level

    Content = tuple[Layer, Sequence[Column], pd.DataFrame]

Rule = Literal["sub_area", "area", "park_id", "subject_id", "touches", "inside"]

CUT: Final[tuple[tuple[str, Rule], ...]] = (
    ("park_evidence", "sub_area"),
    ("plot_evidence", "sub_area"),
    ("usable_zones", "park_id"),
    ("usable_blocks", "park_id"),
    ("exploration_areas", "sub_area"),
    ("waterways", "touches"),
    ("quays", "touches"),
    ("zoned_estates", "touches"),
    ("protected_areas", "touches"),
    ("municipalities", "inside"),
    ("housing_effects", "sub_area"),
    ("binding_objects", "subject_id"),
    ("balance_groups", "area"),
    ("demand_bands", "sub_area"),
    ("supply", "sub_area"),
    ("balance_housing", "sub_area"),
)
"""Layer or table to what decides that a row belongs: a column with the name of the sub-area, the park or plot
that it is about, its place (features that cross the border stay whole), or a point inside it."""

INSTEAD: Final = {"usable_blocks": "usable_zones"}
"""A layer that is left out for who may see the exact one."""


def cut(release: Release, level: Level, name: str) -> Iterator[Content]:
    """Give the layers and tables of one sub-area.

    Parameters
    ----------
    release
        Read through its ``data/`` only.
    level
        Who it is for.
    name
        Name of a sub-area that `layers.exports.sub_areas.area_slugs` knows.

    Yields
    ------
    tuple
        Description, visible columns and rows; the balance of the sub-area on its polygon comes first.
        A feature of which something belongs is whole, so that its hectares stay right.
    """
    shape = area_shape(release, level, name)
    shapely.prepare(shape)
    balance = area_balance(release, level, [name])
    if balance is not None:
        yield balance.layer, balance.layer.columns, balance.frame
    subjects: list[Any] = []
    for table, rule in CUT:
        if table not in release.names or not release.layer(table).visible(level):
            continue
        exact = INSTEAD.get(table)
        if exact in release.names and release.layer(exact).visible(level):
            continue
        layer = release.layer(table)
        columns = layer.visible(level)
        frame = release.visible(table, level)
        if rule not in {"touches", "inside"} and rule not in frame:
            continue
        own = frame[_belongs(frame, rule, name, shape, subjects)].reset_index(drop=True)
        if table in {"park_evidence", "plot_evidence"}:
            subjects += own[layer.identifier].tolist()
        yield layer, columns, own


def _belongs(
    frame: pd.DataFrame, rule: Rule, name: str, shape: shapely.Geometry, subjects: list[Any]
) -> NDArray[np.bool_]:
    if rule in {"touches", "inside"}:
        shapes = np.asarray(frame["geometry"].to_numpy(), dtype=object)
        places = shapely.point_on_surface(shapes) if rule == "inside" else shapes
        return np.asarray(shapely.intersects(shape, places), dtype=bool)
    if rule in {"park_id", "subject_id"}:
        return frame[rule].isin(subjects).to_numpy(dtype=bool)
    return (frame[rule] == name).fillna(value=False).to_numpy(dtype=bool)
