"""Reading vector data of any format, without trusting it.

Whatever is wrong with a file ends in an `InputError` that names it; what GDAL had to say while reading ends
in records. No Python warning and no bare GDAL error escapes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis import delimited, gdal, geoparquet
from gis.crs import stated_crs
from gis.errors import InputError, Problem
from gis.hostile import check_content
from gis.locate import opened
from gis.table import Header, Table

if TYPE_CHECKING:
    from gis.locate import Location


def read_header(location: Location, layer: str | None) -> Header:
    """Read which columns a data set has.

    Parameters
    ----------
    location
        Where the data set lies.
    layer
        Layer inside the file; None when it has just one.

    Raises
    ------
    InputError
        When the file or the layer cannot be read.
    """
    with opened(location) as path:
        options = check_content(path, location.shown)
        kind = path.suffix.lower()
        if kind in delimited.SUFFIXES:
            _no_layer(layer, location.shown)
            frame, _ = delimited.read_table(path, location.shown, header_only=True)
            return Header(None, tuple(frame.columns))
        if kind in geoparquet.SUFFIXES:
            _no_layer(layer, location.shown)
            return Header(None, geoparquet.read_columns(path, location.shown))
        return gdal.read_header(path, location.shown, layer, options)


def read(
    location: Location,
    layer: str | None = None,
    *,
    x: str | None = None,
    y: str | None = None,
    wkt: str | None = None,
) -> Table:
    """Read a data set as it is.

    Parameters
    ----------
    location
        Where the data set lies.
    layer
        Layer inside the file; None when it has just one.
    x, y, wkt
        Columns with the geometry, for tables without one; well-known names are found without being named.

    Returns
    -------
    Table
        Attributes, geometry, coordinate system and what was found on the way.

    Raises
    ------
    InputError
        When the file or the layer cannot be read completely.
    """
    with opened(location) as path:
        options = check_content(path, location.shown)
        kind = path.suffix.lower()
        if kind in delimited.SUFFIXES:
            _no_layer(layer, location.shown)
            frame, records = delimited.read_table(path, location.shown)
            found = Table(frame, None, None, tuple(records))
        elif kind in geoparquet.SUFFIXES:
            _no_layer(layer, location.shown)
            found = Table(*geoparquet.read(path, location.shown))
        else:
            found = gdal.read_layer(path, location.shown, layer, options)
    found.frame.index = pd.RangeIndex(1, len(found.frame) + 1)
    return with_geometry(found, location.shown, x=x, y=y, wkt=wkt)


def _no_layer(layer: str | None, shown: str) -> None:
    if layer is not None:
        message = f"this kind of file has no layers, and layer {layer!r} is asked for"
        raise InputError(Problem(message, "Leave out the layer.", file=shown))


def with_geometry(found: Table, shown: str, *, x: str | None, y: str | None, wkt: str | None) -> Table:
    """Make geometry from columns when a table has none of its own or other columns are asked for.

    Parameters
    ----------
    found
        As it was read.
    shown
        How it is called in messages.
    x, y, wkt
        Columns with the geometry; None to look for well-known names.

    Raises
    ------
    InputError
        When a column that is named is not there.
    """
    if found.geometry is not None and wkt is None and x is None and y is None:
        return found
    names = [str(name) for name in found.frame.columns]
    chosen = delimited.geometry_columns(names, x, y, wkt, shown)
    if not chosen:
        return found
    geometry, stated, records = delimited.geometry_from(found.frame, chosen)
    frame = found.frame.drop(columns=list(chosen))
    crs = found.crs if stated is None else stated_crs(stated, records)
    return Table(frame, geometry, crs, found.records + tuple(records), found.row_id)
