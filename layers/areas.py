"""Stated areas against drawn areas: square metres taken for hectares, net above gross.

A polygon gives its own area, so a column in the wrong unit shows itself: it is ten thousand times too large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.errors import Problem
from gis.records import Record

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from layers.identity import Rows

_HA: Final = 1e4
_GROSS: Final = "gross_ha"
_AGREES: Final = 3.0
"""Stated and drawn gross area may differ by this factor and still show the unit."""
_IMPOSSIBLE: Final = 100.0
"""No part of an area can be this many times the whole, so such a value is in square metres."""
_TOLERANCE: Final = 0.10
_ROUNDING: Final = 1e-6
_PAIRS: Final = (
    ("net_ha", _GROSS, "net_above_gross"),
    ("issuable_ha", _GROSS, "issuable_above_gross"),
    ("issuable_ha", "net_ha", "issuable_above_net"),
)


def area_columns(rows: Rows) -> list[str]:
    """List the columns in hectares of a layer of areas."""
    if rows.layer.shape != "polygon":
        return []
    return [column.name for column in rows.layer.columns if column.unit == "ha"]


def mend_layer_units(rows: Rows, stated: frozenset[str]) -> None:
    """Convert columns that are in square metres as a whole, in place.

    Judged on rows with an identifier of their own, because a total that is repeated on each part does not
    fit the part.

    Parameters
    ----------
    rows
        The layer before its parts are merged.
    stated
        Columns whose unit the project names; these are checked and not changed.
    """
    names = area_columns(rows)
    if not names or rows.layer.identifier is None:
        return
    keys = rows.frame[rows.layer.identifier]
    own = rows.alive & ~keys.duplicated(keep=False).to_numpy()
    judged = own if own.any() else rows.alive
    drawn = shapely.area(rows.geometry) / _HA
    for name in names:
        ratio = _ratio(rows.frame[name], drawn, judged)
        if not len(ratio):
            continue
        middle = float(np.median(ratio))
        if name in stated:
            _check_stated(rows, name, middle)
        elif _is_square_metres(name, middle):
            rows.frame[name] = rows.frame[name] / _HA
            rows.records.append(Record("unit_m2_layer", "repaired", None, name, "m2", "ha"))


def _ratio(
    values: pd.Series[float], drawn: NDArray[np.float64], judged: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Give stated over drawn area for the rows that can tell."""
    stated = values.to_numpy(dtype=np.float64)
    able = judged & (stated > 0) & (drawn > 0)
    return stated[able] / drawn[able]


def _is_square_metres(name: str, middle: float) -> bool:
    """Tell from the usual ratio whether a column is in square metres."""
    if name == _GROSS:
        return _HA / _AGREES <= middle <= _HA * _AGREES
    return middle >= _IMPOSSIBLE


def _check_stated(rows: Rows, name: str, middle: float) -> None:
    """Refuse a unit that the project names and the polygons contradict."""
    if name != _GROSS:
        return
    for factor, unit in ((_HA, "m2"), (1 / _HA, "ha")):
        if factor / _AGREES <= middle <= factor * _AGREES:
            problem = Problem(
                f"the unit in the project file is wrong: the polygons show that the file is in {unit}",
                f'Write units.{name} = "{unit}".',
                rows.file,
                rows.layer.name,
                name,
            )
            rows.problems.append(problem)


def mend_row_units(rows: Rows) -> None:
    """Convert single rows that are in another unit than the rest, after merging, in place."""
    names = area_columns(rows)
    if not names:
        return
    drawn = shapely.area(rows.geometry) / _HA
    for name in names:
        values = rows.frame[name].to_numpy(dtype=np.float64).copy()
        able = np.flatnonzero(rows.alive & (values > 0) & (drawn > 0))
        for place in map(int, able):
            ratio = values[place] / drawn[place]
            if _is_square_metres(name, ratio):
                _change(rows, name, place, values, 1 / _HA, "unit_m2_row")
            elif name == _GROSS and 1 / _HA / _AGREES <= ratio <= 1 / _HA * _AGREES:
                _change(rows, name, place, values, _HA, "unit_ha_row")
        rows.frame[name] = values


def _change(rows: Rows, name: str, place: int, values: NDArray[np.float64], factor: float, rule: str) -> None:
    before = values[place]
    values[place] = before * factor
    rows.records.append(
        Record(rule, "repaired", rows.row(place), name, f"{before:.10g}", f"{values[place]:.10g}")
    )


def note_contradictions(rows: Rows) -> None:
    """Note areas that contradict each other or the polygon; nothing is changed."""
    names = area_columns(rows)
    if _GROSS not in names:
        return
    drawn = shapely.area(rows.geometry) / _HA
    gross = rows.frame[_GROSS].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = rows.alive & (gross > 0) & (np.abs(gross - drawn) > _TOLERANCE * drawn)
    for place in map(int, np.flatnonzero(off)):
        before, after = f"{gross[place]:.4g} ha", f"{drawn[place]:.4g} ha"
        rows.records.append(Record("area_differs", "noted", rows.row(place), _GROSS, before, after))
    for part, whole, rule in _PAIRS:
        if part not in names or whole not in names:
            continue
        less, more = (rows.frame[name].to_numpy(dtype=np.float64) for name in (part, whole))
        for place in map(int, np.flatnonzero(rows.alive & (less > more + _ROUNDING))):
            before = f"{less[place]:.4g} > {more[place]:.4g} ha"
            rows.records.append(Record(rule, "noted", rows.row(place), part, before))
