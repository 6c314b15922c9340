"""One row per feature: years, parts, repeats and double identifiers, each settled and recorded.

A registry gives one park in several rows: one per reference year, or one per polygon with the total repeated
on each. The latest year counts and parts become one. Whatever else shares an identifier is a mistake that
only its owner can repair, and is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis.errors import Problem
from gis.mending import GRID_M
from gis.records import Record
from layers import labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.schema import Column, Layer

_SAME_PLACE: Final = 0.5
"""Share of the smaller area from which on two shapes are the same place in two versions."""
_FAR_M: Final = 500.0
_ADDED_UNITS: Final = ("ha", "m2", "inhabitants", "dwellings", "jobs")
"""Units of amounts that belong to an area, so that parts add up."""
_AREA_UNITS: Final = {"ha": 1e4, "m2": 1.0}


@dataclass(slots=True)
class Rows:
    """A layer while it is being settled; changed in place.

    Attributes
    ----------
    layer
        What the layer should be.
    frame
        Typed attributes, index is the row number.
    geometry
        EPSG:28992, in the order of `frame`.
    alive
        Which rows are still in the result.
    records, problems
        What was done, and what stops the layer.
    file
        Named in problems.
    """

    layer: Layer
    frame: pd.DataFrame
    geometry: NDArray[np.object_]
    alive: NDArray[np.bool_]
    records: list[Record]
    problems: list[Problem]
    file: str

    def row(self, place: int) -> int:
        """Give the row number of a position."""
        return int(self.frame.index[place])

    def names(self) -> list[str]:
        """Name every row by its identifier, else by its number."""
        identifier = self.layer.identifier
        if identifier is None:
            return [f"row {row}" for row in self.frame.index]
        values = plain(self.frame[identifier])
        return [
            f"row {row}" if value is None else str(value)
            for row, value in zip(self.frame.index, values, strict=True)
        ]

    def put(self, place: int, name: str, value: Any) -> None:
        """Change one value."""
        changed = self.frame[name].copy()
        changed.iloc[place] = value
        self.frame[name] = changed

    def take_out(self, place: int, rule: str, *, merged: bool = False, after: str | None = None) -> None:
        """Take a row out of the result, with its record."""
        self.alive[place] = False
        self.records.append(
            Record(rule, "merged" if merged else "set_aside", self.row(place), None, None, after)
        )


def plain(column: pd.Series[Any]) -> NDArray[np.object_]:
    """Give values as Python objects, None where there is none: looking at one of them then costs little."""
    values: NDArray[np.object_] = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    return values


def settle(rows: Rows) -> None:
    """Leave one row per identifier, in place."""
    name = rows.layer.identifier
    if name is None:
        return
    keys = rows.frame[name]
    present = np.flatnonzero(rows.alive & keys.notna().to_numpy())
    twice = keys.iloc[present].duplicated(keep=False).to_numpy()
    groups: dict[str, list[int]] = {}
    texts = plain(keys)
    for place in present[twice]:
        groups.setdefault(texts[place], []).append(int(place))
    if not groups:
        return
    values = {column.name: plain(rows.frame[column.name]) for column in rows.layer.columns}
    for key in sorted(groups):
        _settle_group(rows, key, groups[key], values)


def _settle_group(rows: Rows, key: str, places: list[int], values: dict[str, NDArray[np.object_]]) -> None:
    """Settle the rows of one identifier; `values` holds the attributes as they came in."""
    places = _drop_identical(rows, places, values)
    if rows.layer.name == "parks":
        places = _latest_year(rows, places, values["year"])
    if len(places) == 1:
        return
    reason = _why_not_one(rows, places)
    if reason is not None:
        problem = Problem(
            f"{len(places)} rows share the identifier {key!r}: {reason}",
            "Give each its own identifier, or keep one of them.",
            rows.file,
            rows.layer.name,
            rows.layer.identifier,
            tuple(str(rows.row(place)) for place in places),
        )
        rows.problems.append(problem)
        return
    _merge(rows, key, places)


def _drop_identical(rows: Rows, places: list[int], values: dict[str, NDArray[np.object_]]) -> list[int]:
    """Set aside rows that equal an earlier one in everything."""
    seen: dict[object, int] = {}
    kept = []
    for place in places:
        shape = shapely.normalize(rows.geometry[place])
        fingerprint = (tuple(column[place] for column in values.values()), shapely.to_wkb(shape))
        if fingerprint in seen:
            rows.take_out(place, "identical_row", after=f"row {rows.row(seen[fingerprint])}")
        else:
            seen[fingerprint] = place
            kept.append(place)
    return kept


def _latest_year(rows: Rows, places: list[int], years: NDArray[np.object_]) -> list[int]:
    """Keep the latest year; a row without a year is a part, unless it lies over the latest."""
    known = [int(years[place]) for place in places if years[place] is not None]
    if not known:
        return places
    latest = max(known)
    newest = [place for place in places if years[place] == latest]
    union = shapely.union_all(rows.geometry[newest]) if len(known) < len(places) else None
    kept = []
    for place in places:
        year = years[place]
        if year is None:
            older = union is not None and _shared(rows.geometry[place], union) >= _SAME_PLACE
        else:
            older = year < latest
        if older:
            rows.alive[place] = False
            before = None if year is None else str(year)
            rows.records.append(
                Record("older_year", "set_aside", rows.row(place), "year", before, str(latest))
            )
        else:
            kept.append(place)
    return kept


def _shared(first: shapely.Geometry, second: shapely.Geometry) -> float:
    """Give the shared area as a share of the smaller of two areas."""
    smaller = min(shapely.area(first), shapely.area(second))
    return 0.0 if smaller == 0 else float(shapely.area(shapely.intersection(first, second)) / smaller)


def _why_not_one(rows: Rows, places: list[int]) -> str | None:
    """Tell why rows with one identifier cannot be parts of one feature; None when they can."""
    shapes = rows.geometry[places]
    if (shapely.get_dimensions(shapes) < 1).any():
        return "they are different points"
    overlap = any(
        _shared(shapes[i], shapes[j]) >= _SAME_PLACE
        for i in range(len(places))
        for j in range(i + 1, len(places))
    )
    if overlap:
        return "they lie over each other and differ"
    if rows.layer.name == "parks":
        names = rows.frame["name"].iloc[places].dropna().str.casefold().unique()
        apart = shapely.distance(shapes[:1], shapes[1:]).max()
        if len(names) > 1 and apart > _FAR_M:
            return f"they have different names and lie {apart:.0f} m apart"
        return None
    if rows.layer.name == "municipalities" and _merged_here(rows, places):
        return None
    identifier = rows.layer.identifier
    differing = [
        column.name
        for column in rows.layer.columns
        if column.name != identifier and len(rows.frame[column.name].iloc[list(places)].unique()) > 1
    ]
    return f"they differ in {', '.join(differing)}" if differing else None


def _merged_here(rows: Rows, places: list[int]) -> bool:
    """Tell whether municipalities share a code because they merged after the data was made."""
    former = {record.row for record in rows.records if record.rule == "municipality_former"}
    return any(rows.row(place) in former for place in places)


def _merge(rows: Rows, key: str, places: list[int]) -> None:
    """Make one feature of several rows: the largest carries it, the others go into it."""
    shapes = rows.geometry[places]
    size = np.where(shapely.get_dimensions(shapes) == 2, shapely.area(shapes), shapely.length(shapes))  # noqa: PLR2004
    # ties go to the first row of the file
    main = places[int(np.argmax(np.round(size, 3)))]
    for column in rows.layer.columns:
        if column.name == rows.layer.identifier:
            continue
        value = _merged_value(rows, column, places, main, size)
        rows.put(main, column.name, value)
    if rows.layer.name == "municipalities":
        _current_name(rows, key, main)
    rows.geometry[main] = _joined(shapes)
    for place in places:
        if place != main:
            rows.take_out(place, "part_of", merged=True, after=f"row {rows.row(main)}")


def _joined(shapes: NDArray[np.object_]) -> shapely.Geometry:
    """Join parts: areas are united, lines collected as they are."""
    if (shapely.get_dimensions(shapes) == 2).all():  # noqa: PLR2004
        return shapely.union_all(shapes, grid_size=GRID_M)
    return shapely.union_all(shapes)


def _merged_value(
    rows: Rows, column: Column, places: Sequence[int], main: int, size: NDArray[np.float64]
) -> Any:
    """Give the value of a column for a feature that came in parts."""
    given = rows.frame[column.name].iloc[list(places)]
    distinct = given.dropna().unique()
    row = rows.row(main)
    if len(distinct) == 0:
        return given.iloc[0]
    listed = " | ".join(map(_text, given.dropna()))
    if len(distinct) == 1:
        if column.kind == "number" and column.unit in _ADDED_UNITS and given.notna().sum() > 1:
            return _once_or_sum(rows, column, given, row, size)
        return distinct[0]
    if column.kind == "number" and column.unit in _ADDED_UNITS:
        total = float(given.dropna().sum())
        rows.records.append(Record("parts_summed", "repaired", row, column.name, listed, _text(total)))
        return total
    if column.kind == "category":
        value = max(map(str, distinct), key=labels.category_rank)
    else:
        own = rows.frame[column.name].iloc[main]
        value = distinct[0] if pd.isna(own) else own
    rows.records.append(Record("parts_differ", "noted", row, column.name, listed, _text(value)))
    return value


def _once_or_sum(
    rows: Rows, column: Column, given: pd.Series[Any], row: int, size: NDArray[np.float64]
) -> float:
    """Decide whether an equal value on each part is the repeated total or the value of that part.

    Only where each part is itself as large as the value says, do the parts add up.
    """
    value = float(given.dropna().iloc[0])
    metres = value * _AREA_UNITS.get(column.unit or "", np.nan)
    if value and np.isfinite(metres) and np.allclose(size, metres, rtol=0.1):
        total = value * int(given.notna().sum())
        rows.records.append(
            Record(
                "parts_summed", "repaired", row, column.name, f"{len(given)} x {_text(value)}", _text(total)
            )
        )
        return total
    if not value:
        # nothing, however often repeated, is nothing
        return value
    rows.records.append(
        Record("total_repeated", "repaired", row, column.name, f"{len(given)} x {_text(value)}", _text(value))
    )
    return value


def _text(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _current_name(rows: Rows, key: str, main: int) -> None:
    """Give a municipality that came in as its former parts its current name."""
    current = {former.current_code: former.current_name for former in labels.former_codes().values()}
    if key in current:
        rows.put(main, "name", current[key])
