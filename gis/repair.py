"""Geometry made fit to measure with: every repair recorded by row, nothing dropped without a record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from gis.errors import InputError, Problem
from gis.mending import GRID_M, TIME_LIMIT_S, mend_all
from gis.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Want = Literal["polygon", "line", "point", "any"]

VERTEX_LIMIT: Final = 1_000_000
"""Most vertices that one geometry may have; more is refused before anything is computed with it."""
SLIVER_AREA_M2: Final = 1.0
SLIVER_WIDTH_M: Final = 0.1
"""A part smaller than this, or narrower on average (twice the area over the perimeter), is a sliver."""

_POINT, _LINE, _POLYGON = 0, 1, 2
_WANTED: Final = {"point": _POINT, "line": _LINE, "polygon": _POLYGON}
_COLLECTION = 7
_PLACE = re.compile(r"\[.*\]$")


@dataclass(frozen=True, slots=True)
class Repaired:
    """Geometry after repair.

    Attributes
    ----------
    geometry
        As many as came in; None where the row is set aside.
    records
        What was done, by row (first row 1) or for the layer.
    """

    geometry: NDArray[np.object_]
    records: tuple[Record, ...]


def check_vertices(
    geometry: NDArray[np.object_],
    label: Callable[[int], str],
    *,
    limit: int = VERTEX_LIMIT,
    file: str | None = None,
) -> None:
    """Refuse geometries with more vertices than can be handled in reasonable time, by row id.

    Parameters
    ----------
    geometry
        Geometries of any kind.
    label
        Gives what the row at a position is called in messages.
    limit
        Most vertices of one geometry.
    file
        Named in messages.

    Raises
    ------
    InputError
        Naming the rows.
    """
    count = shapely.get_num_coordinates(geometry)
    if (count > limit).any():
        rows = tuple(label(int(row)) for row in np.flatnonzero(count > limit))
        problem = Problem(
            f"geometry with {count.max():,} vertices, more than the limit of {limit:,}",
            "Simplify these geometries or cut them into pieces.",
            file=file,
            rows=rows,
        )
        raise InputError(problem)


def flatten(geometry: NDArray[np.object_]) -> Repaired:
    """Drop heights and measures and set aside what has no finite coordinates."""
    records: list[Record] = []
    with np.errstate(invalid="ignore"):
        return _flattened(geometry, records)


def _flattened(geometry: NDArray[np.object_], records: list[Record]) -> Repaired:
    high = shapely.has_z(geometry)
    if high.any():
        records.append(Record("height_dropped", "repaired", before=_rows(high)))
    flat: NDArray[np.object_] = np.asarray(shapely.force_2d(geometry), dtype=object).copy()
    missing = shapely.is_missing(flat) | shapely.is_empty(flat)
    coordinates, index = shapely.get_coordinates(flat, return_index=True)
    infinite = np.zeros(len(flat), dtype=bool)
    infinite[index[~np.isfinite(coordinates).all(axis=1)]] = True
    records += [Record("no_geometry", "set_aside", int(row) + 1) for row in np.flatnonzero(missing)]
    records += [Record("not_finite", "set_aside", int(row) + 1) for row in np.flatnonzero(infinite)]
    flat[missing | infinite] = None
    return Repaired(flat, tuple(records))


def _rows(mask: NDArray[np.bool_]) -> str:
    """Say how many rows out of how many, for a record about a whole layer."""
    return f"{int(mask.sum())}/{len(mask)}"


def repair(
    geometry: NDArray[np.object_],
    label: Callable[[int], str],
    want: Want,
    *,
    time_limit: float = TIME_LIMIT_S,
    file: str | None = None,
) -> Repaired:
    """Repair the geometry of a layer.

    Coordinates go to a grid of 1 mm, repeated points go, invalid geometry is made valid, only parts of the
    wanted dimension stay, and slivers go.

    Parameters
    ----------
    geometry
        Two-dimensional geometries in metres, finite; None where a row is already set aside.
    label
        Gives what the row at a position is called in messages.
    want
        The kind of geometry that the layer holds.
    time_limit
        Seconds for making large geometries valid.
    file
        Named in messages.

    Raises
    ------
    InputError
        When large geometries cannot be made valid within the time limit, naming them.
    """
    records: list[Record] = []
    done = _on_grid(geometry, records)
    _make_valid(done, label, records, time_limit, file)
    _keep_dimension(done, want, records)
    _drop_slivers(done, records)
    _unwrap(done, records)
    return Repaired(done, tuple(records))


def _on_grid(geometry: NDArray[np.object_], records: list[Record]) -> NDArray[np.object_]:
    """Round coordinates to 1 mm and remove points that repeat the one before."""
    decimals = round(-np.log10(GRID_M))
    done: NDArray[np.object_] = np.asarray(
        shapely.transform(geometry, lambda xy: np.round(xy, decimals)), dtype=object
    )
    drawn = shapely.get_dimensions(done) > _POINT
    if drawn.any():
        before = shapely.get_num_coordinates(done)
        done[drawn] = shapely.remove_repeated_points(done[drawn], 0.0)
        fewer = shapely.get_num_coordinates(done) < before
        if fewer.any():
            records.append(Record("repeated_points", "repaired", before=_rows(fewer)))
    return done


def _make_valid(
    geometry: NDArray[np.object_],
    label: Callable[[int], str],
    records: list[Record],
    time_limit: float,
    file: str | None,
) -> None:
    """Make invalid geometry valid, in place."""
    wrong = np.flatnonzero(~shapely.is_valid(geometry) & ~shapely.is_missing(geometry))
    if not len(wrong):
        return
    reasons = shapely.is_valid_reason(geometry[wrong])
    areas = shapely.area(geometry[wrong])
    mended, failed = mend_all(geometry[wrong], time_limit=time_limit)
    if failed.any():
        problem = Problem(
            f"geometry is invalid and cannot be repaired within {time_limit:g} seconds",
            "Repair or simplify these geometries in a GIS first.",
            file=file,
            rows=tuple(label(int(row)) for row in wrong[failed]),
        )
        raise InputError(problem)
    for row, reason, area, made in zip(wrong, reasons, areas, mended, strict=True):
        before = f"{_PLACE.sub('', reason)}; {area:.1f} m2"
        records.append(Record("invalid", "repaired", int(row) + 1, None, before, f"{made.area:.1f} m2"))
    geometry[wrong] = mended


def _keep_dimension(geometry: NDArray[np.object_], want: Want, records: list[Record]) -> None:
    """Keep the parts that the layer holds, in place; rows without any are set aside."""
    present = ~shapely.is_missing(geometry)
    collapsed = present & shapely.is_empty(geometry)
    for row in np.flatnonzero(collapsed):
        records.append(Record("collapsed", "set_aside", int(row) + 1))
        geometry[row] = None
    for row in np.flatnonzero(present & (shapely.get_type_id(geometry) == _COLLECTION)):
        target = int(shapely.get_dimensions(geometry[row])) if want in ("any", "point") else _WANTED[want]
        parts = _flat_parts(geometry[row])
        kept = parts[shapely.get_dimensions(parts) == target]
        if len(kept):
            geometry[row] = shapely.union_all(kept, grid_size=GRID_M)
            after = f"{len(kept)}/{len(parts)}"
            records.append(Record("mixed_geometry", "repaired", int(row) + 1, None, None, after))
    if want == "any":
        return
    if want == "point":
        _to_points(geometry, records)
        return
    for row in np.flatnonzero(
        ~shapely.is_missing(geometry) & (shapely.get_dimensions(geometry) != _WANTED[want])
    ):
        records.append(
            Record("wrong_dimension", "set_aside", int(row) + 1, None, geometry[row].geom_type, want)
        )
        geometry[row] = None


def _flat_parts(geometry: shapely.Geometry) -> NDArray[np.object_]:
    """Take a collection apart, also collections inside it."""
    parts: NDArray[np.object_] = shapely.get_parts(np.array([geometry], dtype=object))
    while (shapely.get_type_id(parts) == _COLLECTION).any():
        parts = shapely.get_parts(parts)
    return shapely.get_parts(parts)


def _to_points(geometry: NDArray[np.object_], records: list[Record]) -> None:
    """Turn what is no single point into one that lies on it, in place."""
    point_type = 0
    for row in np.flatnonzero(~shapely.is_missing(geometry) & (shapely.get_type_id(geometry) != point_type)):
        kind = geometry[row].geom_type
        geometry[row] = shapely.set_precision(shapely.point_on_surface(geometry[row]), GRID_M)
        records.append(Record("to_point", "repaired", int(row) + 1, None, kind, "Point"))


def _drop_slivers(geometry: NDArray[np.object_], records: list[Record]) -> None:
    """Remove sliver parts of areas, in place; an area that is a sliver as a whole is set aside."""
    areas = np.flatnonzero(shapely.get_dimensions(geometry) == _POLYGON)
    if not len(areas):
        return
    parts, index = shapely.get_parts(geometry[areas], return_index=True)
    size = shapely.area(parts)
    thin = (size < SLIVER_AREA_M2) | (2 * size < SLIVER_WIDTH_M * shapely.length(parts))
    for place in np.unique(index[thin]):
        row = int(areas[place])
        mine = slice(*np.searchsorted(index, (place, place + 1)))
        kept = parts[mine][~thin[mine]]
        before = f"{size[mine][thin[mine]].sum():.3f} m2"
        if len(kept):
            geometry[row] = shapely.multipolygons(kept)
            records.append(Record("sliver_part", "repaired", row + 1, None, before))
        else:
            geometry[row] = None
            records.append(Record("sliver", "set_aside", row + 1, None, before))


def _unwrap(geometry: NDArray[np.object_], records: list[Record]) -> None:
    """Write one-part geometry as single, and record areas that do consist of several parts."""
    count = shapely.get_num_geometries(geometry)
    multi = np.isin(shapely.get_type_id(geometry), (4, 5, 6))
    single = multi & (count == 1)
    geometry[single] = shapely.get_geometry(geometry[single], 0)
    several = multi & (count > 1) & (shapely.get_dimensions(geometry) == _POLYGON)
    records.extend(
        Record("multi_part", "noted", int(row) + 1, None, None, str(int(count[row])))
        for row in np.flatnonzero(several)
    )
