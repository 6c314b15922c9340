"""Writing a raster of codes window by window as a Cloud-Optimised GeoTIFF with a colour table.

The driver copies a finished raster, so the windows first go into a plain tiled file beside the target.
Nothing in the result depends on the clock or the folder: the same cells give the same bytes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import rasterio
import rasterio.shutil

from gis.crs import RD
from gis.parallel import thread_count
from gis.rasters import NODATA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

    from gis.rasters import Grid, Window

BLOCK: Final = 512
CACHE_BYTES: Final = 256 * 1024**2
"""Blocks that GDAL may keep while it copies; its own limit grows with the machine."""
Colour = tuple[int, int, int, int]
Overview = Literal["mode", "nearest"]


def colour(hexadecimal: str) -> Colour:
    """Turn ``"#rrggbb"`` into red, green, blue and full opacity, 0 to 255."""
    digits = hexadecimal.removeprefix("#")
    red, green, blue = (int(digits[place : place + 2], 16) for place in (0, 2, 4))
    return red, green, blue, 255


class CogWriter:
    """A raster of codes that is being written; it exists once the context ends without an error.

    Parameters
    ----------
    path
        Where it goes; its folder must exist.
    grid
        The cells, in EPSG:28992.
    colours
        Code to red, green, blue, opacity.
    tags
        Name to text, written into the file for whoever opens it.
    overview
        What a cell of an overview shows: what most of its cells have, or one of them.
    """

    def __init__(
        self,
        path: Path,
        grid: Grid,
        *,
        colours: Mapping[int, Colour],
        tags: Mapping[str, str] | None = None,
        overview: Overview = "mode",
    ) -> None:
        self._path = path
        self._grid = grid
        self._colours = {**colours, NODATA: (0, 0, 0, 0)}
        self._tags = dict(tags or {})
        self._overview = overview
        self._folder = tempfile.TemporaryDirectory(prefix=".raster-", dir=path.parent)
        self._plain = Path(self._folder.name) / "plain.tif"
        self._file: Any = None

    def __enter__(self) -> Self:
        """Open the plain file."""
        self._file = rasterio.open(
            self._plain,
            "w",
            driver="GTiff",
            width=self._grid.columns,
            height=self._grid.rows,
            count=1,
            dtype="uint8",
            crs=RD,
            transform=self._grid.transform,
            nodata=NODATA,
            tiled=True,
            blockxsize=BLOCK,
            blockysize=BLOCK,
            compress="deflate",
            zlevel=1,
            bigtiff="if_safer",
        )
        self._file.write_colormap(1, self._colours)
        self._file.update_tags(**self._tags)
        return self

    def write(self, window: Window, codes: NDArray[np.uint8]) -> None:
        """Write the codes of a window, ``(rows, columns)``; windows are best multiples of 512 cells."""
        place = ((window.row, window.row + window.rows), (window.column, window.column + window.columns))
        self._file.write(codes, 1, window=place)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Turn the plain file into a cloud-optimised one, unless something went wrong."""
        self._file.close()
        try:
            if kind is None:
                self._optimise()
        finally:
            self._folder.cleanup()

    def _optimise(self) -> None:
        done = self._plain.with_name("done.tif")
        with rasterio.Env(GDAL_CACHEMAX=CACHE_BYTES):
            rasterio.shutil.copy(
                self._plain,
                done,
                driver="COG",
                COMPRESS="DEFLATE",
                BLOCKSIZE=str(BLOCK),
                OVERVIEW_RESAMPLING=self._overview.upper(),
                BIGTIFF="IF_SAFER",
                # the same bytes, however many
                NUM_THREADS=str(thread_count()),
            )
        done.replace(self._path)
