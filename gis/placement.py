"""Which coordinate system coordinates really are in, when a file says nothing or says it wrong.

Dutch data comes in metres RD New or in degrees, sometimes with the axes swapped, and the four cannot be
confused: their ranges do not meet. So a wrong label is recognised from the coordinates, mended and recorded;
what is not recognised is refused and never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.crs import (
    DEGREE_BOUNDS,
    RD,
    RD_BOUNDS,
    is_degrees,
    is_known,
    is_rd,
    move_to_rd,
    outside,
)
from gis.errors import InputError, Problem
from gis.records import Record

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

_ETRS89 = "EPSG:4258"
_ELSEWHERE, _RD, _RD_SWAPPED, _DEGREES, _DEGREES_SWAPPED = range(5)
_SWAPPED: Final = (_RD_SWAPPED, _DEGREES_SWAPPED)
_MOST: Final = 0.5


@dataclass(frozen=True, slots=True)
class Placed:
    """Geometry in RD New.

    Attributes
    ----------
    geometry
        EPSG:28992, None where the row is set aside.
    records
        How it came there.
    """

    geometry: NDArray[np.object_]
    records: tuple[Record, ...]


def looks(geometry: NDArray[np.object_]) -> NDArray[np.int_]:
    """Tell for each geometry what its coordinates look like.

    Returns
    -------
    NDArray of int
        0 none of these, 1 RD New, 2 RD New with swapped axes, 3 degrees, 4 degrees with swapped axes; for
        missing geometry 0. Judged by the middle of the bounding box.
    """
    box = shapely.bounds(geometry)
    x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    found = np.zeros(len(geometry), dtype=int)
    # the later ones win, so that unswapped RD is preferred in the corner where both would do
    for code, bounds, first, second in (
        (_DEGREES_SWAPPED, DEGREE_BOUNDS, y, x),
        (_DEGREES, DEGREE_BOUNDS, x, y),
        (_RD_SWAPPED, RD_BOUNDS, y, x),
        (_RD, RD_BOUNDS, x, y),
    ):
        west, south, east, north = bounds
        found[(first >= west) & (first <= east) & (second >= south) & (second <= north)] = code
    return found


def in_rd(geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which geometries have coordinates that look like RD New, see `looks`."""
    return np.asarray(looks(geometry) == _RD)


def place(
    geometry: NDArray[np.object_],
    stated: pyproj.CRS | None,
    *,
    named: pyproj.CRS | None = None,
    file: str | None = None,
    mostly_rd: bool = False,
) -> Placed:
    """Bring geometry to RD New, mending a missing or wrong coordinate system.

    Parameters
    ----------
    geometry
        Flat geometries with finite coordinates; None where a row is already set aside.
    stated
        The coordinate system that the file states.
    named
        The one that the user names instead.
    file
        Named in messages.
    mostly_rd
        These are some rows of a layer of which most are in RD New, whatever these are.

    Returns
    -------
    Placed
        Geometry in EPSG:28992 and what was done.

    Raises
    ------
    InputError
        When the system is missing and the coordinates are not in RD New, or when the coordinates fit
        neither the system nor anything known.
    """
    records: list[Record] = []
    crs = _chosen(stated, named, records)
    look = looks(geometry)
    present = ~shapely.is_missing(geometry)
    if not present.any():
        return Placed(geometry, tuple(records))
    expected = _expected(crs)
    main = _RD if mostly_rd else _main(look[present])
    if crs is None:
        _assume_rd(main, records, file)
        expected = _RD
    done = geometry.copy()
    if expected in (_RD, _DEGREES):
        _place_known(done, look, present, main, expected, records, file)
    else:
        _place_other(done, crs, main, records, file)
    _set_aside_lost(done, records)
    return Placed(done, tuple(records))


def _chosen(stated: pyproj.CRS | None, named: pyproj.CRS | None, records: list[Record]) -> pyproj.CRS | None:
    """Prefer the system that the user names; one that says nothing of the place counts as missing."""
    if stated is not None and not is_known(stated):
        stated = None
    if named is None:
        return stated
    if stated is not None and named.name != stated.name and not (is_rd(named) and is_rd(stated)):
        records.append(Record("crs_named", "noted", before=stated.name, after=named.name))
    return named


def _expected(crs: pyproj.CRS | None) -> int:
    """Tell what coordinates of a system should look like."""
    if crs is None:
        return _ELSEWHERE
    if is_rd(crs):
        return _RD
    return _DEGREES if is_degrees(crs) and _near_etrs89(crs) else _ELSEWHERE


def _near_etrs89(crs: pyproj.CRS) -> bool:
    """Tell whether degrees need no datum shift; Amersfoort degrees do."""
    return any(name in f"{crs.name} {crs.datum}" for name in ("WGS 84", "ETRS89", "World Geodetic", "ETRF"))


def _main(look: NDArray[np.int_]) -> int:
    """Give what most rows look like."""
    count = np.bincount(look, minlength=5)
    best = int(count.argmax())
    return best if count[best] >= _MOST * len(look) else _ELSEWHERE


def _assume_rd(main: int, records: list[Record], file: str | None) -> None:
    """Take RD New when no system is stated and the coordinates fit; else refuse."""
    if main in (_RD, _RD_SWAPPED):
        records.append(Record("crs_missing", "repaired", after=RD))
        return
    message = "no coordinate system is stated and the coordinates are not in RD New"
    degrees = main in (_DEGREES, _DEGREES_SWAPPED)
    code = "EPSG:4326" if degrees else "EPSG:28992"
    hint = " (they look like degrees)" if degrees else ""
    raise InputError(
        Problem(message + hint, f'Name it in the project file, such as crs = "{code}".', file=file)
    )


def _place_known(
    geometry: NDArray[np.object_],
    look: NDArray[np.int_],
    present: NDArray[np.bool_],
    main: int,
    expected: int,
    records: list[Record],
    file: str | None,
) -> None:
    """Place geometry that should be RD New or degrees, whichever of the four forms it has, in place."""
    if main == _ELSEWHERE:
        stated = "RD New" if expected == _RD else "degrees"
        message = f"the coordinates are stated to be {stated} but do not lie in or near the Netherlands"
        raise InputError(Problem(message, "Check the coordinate system of the file.", file=file))
    actual = np.where(look == _ELSEWHERE, main, look)
    for code in (_RD_SWAPPED, _DEGREES, _DEGREES_SWAPPED, _RD):
        rows = np.flatnonzero(present & (actual == code))
        if not len(rows):
            continue
        _tell(code, expected, rows, len(rows) == int(present.sum()) or code == main, records)
        if code in _SWAPPED:
            geometry[rows] = shapely.transform(geometry[rows], lambda xy: xy[:, ::-1])
        if code in (_DEGREES, _DEGREES_SWAPPED):
            geometry[rows] = move_to_rd(geometry[rows], _ETRS89)


def _tell(code: int, expected: int, rows: NDArray[np.int_], whole: bool, records: list[Record]) -> None:  # noqa: FBT001
    """Record what was wrong, for the layer when it holds for most rows, else by row."""
    found = []
    is_metres = code in (_RD, _RD_SWAPPED)
    if is_metres != (expected == _RD):
        rule = "crs_metres" if is_metres else "crs_degrees"
        found.append(Record(rule, "repaired", after=RD if is_metres else _ETRS89))
    elif not is_metres and whole:
        found.append(Record("crs_transformed", "repaired", before=_ETRS89, after=RD))
    if code in _SWAPPED:
        found.append(Record("axes_swapped", "repaired", before="y, x", after="x, y"))
    for record in found:
        if whole:
            records.append(record)
        else:
            records.extend(
                Record(record.rule, record.action, int(row) + 1, None, record.before, record.after)
                for row in rows
            )


def _place_other(
    geometry: NDArray[np.object_],
    crs: pyproj.CRS | None,
    main: int,
    records: list[Record],
    file: str | None,
) -> None:
    """Transform geometry of another system, in place, and refuse a result outside the country."""
    if crs is None:
        return
    moved = move_to_rd(geometry, crs)
    inside = looks(moved)[~shapely.is_missing(moved)] == _RD
    if inside.mean() >= _MOST:
        records.append(Record("crs_transformed", "repaired", before=crs.name, after=RD))
        geometry[:] = moved
        return
    if main == _RD:
        records.append(Record("crs_metres", "repaired", before=crs.name, after=RD))
        return
    message = f"the coordinates do not lie in or near the Netherlands when read as {crs.name}"
    raise InputError(Problem(message, "Check the coordinate system of the file.", file=file))


def _set_aside_lost(geometry: NDArray[np.object_], records: list[Record]) -> None:
    """Set aside what cannot be placed, and note what lies far away, in place."""
    lost = outside(geometry)
    box = shapely.bounds(geometry)
    # a point at exactly 0, 0 is what many systems write for an unknown place
    null = np.isclose(box, 0.0, atol=1e-9).all(axis=1)
    for row in np.flatnonzero(lost | null):
        records.append(Record("outside_grid" if lost[row] else "null_place", "set_aside", int(row) + 1))
        geometry[row] = None
    far = ~shapely.is_missing(geometry) & (looks(geometry) != _RD)
    records.extend(Record("far_away", "noted", int(row) + 1) for row in np.flatnonzero(far))
