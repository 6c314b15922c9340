"""How much of each polygon has which code in rasters: exact, also for cells that a polygon cuts."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import rasterio
from exactextract import exact_extract
from exactextract.raster import RasterioRasterSource

from gis.crs import RD
from gis.rasters import M2_PER_HA, NODATA

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

NOTHING = -1


class _Together(RasterioRasterSource):  # type: ignore[misc] # the base class has no types
    """Several rasters of codes read as one: the parts of cells that a polygon cuts are computed once."""

    def __init__(self, sources: Sequence[Any], codes: Sequence[int]) -> None:
        super().__init__(sources[0])
        self._sources = sources
        self._codes = codes

    def nodata_value(self) -> int:
        return NOTHING

    def read_window(self, x0: int, y0: int, nx: int, ny: int) -> NDArray[np.int32]:
        place = ((y0, y0 + ny), (x0, x0 + nx))
        joint = np.zeros((ny, nx), dtype=np.int32)
        nothing = np.zeros((ny, nx), dtype=bool)
        for source, codes in zip(self._sources, self._codes, strict=True):
            read = source.read(1, window=place)
            nothing |= read == NODATA
            joint = joint * codes + read
        joint[nothing] = NOTHING
        return joint


def code_areas(
    paths: Sequence[Path], shapes: NDArray[Any], codes: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Measure the hectares of each code in each polygon, for rasters on one grid.

    A cell that a polygon cuts counts for the part that lies in it. A cell without data in one of the rasters
    counts in none.

    Parameters
    ----------
    paths
        Rasters of codes in EPSG:28992, one band each, at most four or so: the product of `codes` must fit
        in 31 bits.
    shapes
        Polygons in EPSG:28992.
    codes
        How many codes each raster has, from 0 on.

    Returns
    -------
    list
        Per raster hectares, ``(polygons, codes)``.

    Raises
    ------
    ValueError
        When the rasters are not on one grid.
    """
    result = [np.zeros((len(shapes), number)) for number in codes]
    if not len(shapes):
        return result
    with ExitStack() as stack:
        sources = [stack.enter_context(rasterio.open(path)) for path in paths]
        if len({(source.shape, source.transform) for source in sources}) > 1:
            raise ValueError("the rasters are not on one grid")
        cell_ha = sources[0].transform.a ** 2 / M2_PER_HA
        frame = gpd.GeoDataFrame(geometry=shapes, crs=RD)
        found = exact_extract(_Together(sources, codes), frame, ["unique", "frac", "count"], output="pandas")
    cells = found["count"].to_numpy(dtype=float)
    for row, (present, share) in enumerate(zip(found["unique"], found["frac"], strict=True)):
        # in the order of the codes, so that sums do not depend on how they were found
        order = np.argsort(present)
        rest, hectares = present[order], share[order] * cells[row] * cell_ha
        for areas in reversed(result):
            rest, code = np.divmod(rest, areas.shape[1])
            areas[row] = np.bincount(code, weights=hectares, minlength=areas.shape[1])
    return result
