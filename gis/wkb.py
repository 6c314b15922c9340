"""Geometry out of the well-known bytes that files hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray


NESTING_LIMIT: Final = 5_000
"""Collections inside collections; some more and GEOS runs out of stack and takes the process with it."""
_HEADER_BYTES = 9
_MULTI = re.compile(
    rb"\x01[\x04-\x07]\x00\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]|\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]\x00\x00[\x04-\x07]|"
    rb"\x01(?:[\xec-\xef]\x03|[\xd4-\xd7]\x07|[\xbc-\xbf]\x0b)\x00\x00|"
    rb"\x00\x00\x00(?:\x03[\xec-\xef]|\x07[\xd4-\xd7]|\x0b[\xbc-\xbf])"
)
"""The start of any multi-part geometry or collection, in either byte order, with or without Z, M and SRID."""


def _is_bottomless(blob: bytes | None) -> bool:
    """Tell whether bytes may hold collections nested beyond all reason."""
    if blob is None or len(blob) < NESTING_LIMIT * _HEADER_BYTES or not _MULTI.match(blob):
        return False
    return sum(1 for _ in _MULTI.finditer(blob)) > NESTING_LIMIT


def read_wkb(wkb: NDArray[np.object_], records: list[Record]) -> NDArray[np.object_]:
    """Make geometries; one that is broken beyond reading becomes None, with a record.

    Parameters
    ----------
    wkb
        Bytes, or None where there is no geometry.
    records
        Receives a record for each geometry that is mended or cannot be read.
    """
    deep = [row for row, blob in enumerate(wkb) if _is_bottomless(blob)]
    if deep:
        wkb = wkb.copy()
        wkb[deep] = None
        records.extend(Record("broken_geometry", "noted", row + 1) for row in deep)
    # coordinates that are no numbers are judged later, by row
    with np.errstate(invalid="ignore"):
        geometry: NDArray[np.object_] = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
        pairs = zip(wkb, geometry, strict=True)
        lost = [row for row, (raw, made) in enumerate(pairs) if raw and made is None]
        if lost:
            # the usual defect, a ring that is not closed, can be mended
            geometry[lost] = shapely.from_wkb(wkb[lost], on_invalid="fix")
    for row in lost:
        if geometry[row] is None:
            records.append(Record("broken_geometry", "noted", row + 1))
        else:
            records.append(Record("unclosed_ring", "repaired", row + 1))
    return geometry
