"""Geometry out of the well-known bytes that files hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray


def read_wkb(wkb: NDArray[np.object_], records: list[Record]) -> NDArray[np.object_]:
    """Make geometries; one that is broken beyond reading becomes None, with a record.

    Parameters
    ----------
    wkb
        Bytes, or None where there is no geometry.
    records
        Receives a record for each geometry that is mended or cannot be read.
    """
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
