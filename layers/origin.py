"""Where a layer is read from: a file, or a table in a database whose address stands in the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pyproj

from gis import files
from gis.errors import InputError, Problem
from gis.locate import locate, sha256

if TYPE_CHECKING:
    from pathlib import Path

    from gis.database import Address
    from gis.locate import Location
    from gis.postgis_lookup import TablePlace
    from gis.table import Header, Table
    from layers.schema import Layer
    from layers.source import LayerSource

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OF_FILES: Final = ("path", "layer")
_EXAMPLE: Final = 'postgis = "schema.table" and database = "PROVINCE_DB"'


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """What a layer was read from.

    Attributes
    ----------
    table
        What it holds.
    shown
        How a release calls it: the file relative to the project, or ``postgis:schema.table``.
    sha256
        Hash of the file, or of the content that was read from the table.
    """

    table: Table
    shown: str
    sha256: str


def header_of(source: LayerSource, root: Path) -> Header:
    """Read which columns a layer's source has.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    if source.postgis is None:
        return files.read_header(locate(_path(source), root), source.layer)
    address, place = _database(source)
    from gis import postgis

    return postgis.read_header(address, place)


def read_origin(layer: Layer, source: LayerSource, root: Path) -> Origin:
    """Read a layer's source as it is.

    Parameters
    ----------
    layer
        What it should become; of a database only what its columns need is read.
    source
        Where it lies.
    root
        The folder that relative paths start from.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    if source.postgis is None:
        location = locate(_path(source), root)
        found = files.read(location, source.layer, x=source.x, y=source.y, wkt=source.wkt)
        return Origin(found, shown_file(location, root), sha256(location))
    address, place = _database(source)
    from gis import postgis

    found, digest = postgis.read(address, place, _wanted(layer, source), named=named_crs(source))
    placed = files.with_geometry(found, place.shown, x=source.x, y=source.y, wkt=source.wkt)
    return Origin(placed, place.shown, digest)


def named_crs(source: LayerSource) -> pyproj.CRS | None:
    """Read the coordinate system that the project names; InputError for one that does not exist."""
    if source.crs is None:
        return None
    try:
        return pyproj.CRS.from_user_input(source.crs)
    except pyproj.exceptions.CRSError as error:
        message = f"the coordinate system {source.crs!r} is not known"
        problem = Problem(message, 'Use a code such as "EPSG:28992".', source.place, field="crs")
        raise InputError(problem) from error


def _wanted(layer: Layer, source: LayerSource) -> set[str]:
    """Name the columns whose values are read."""
    named = {source.columns.get(column.name, column.name) for column in layer.columns}
    shaped = {name for name in (source.x, source.y, source.wkt) if name is not None}
    return named | set(source.only) | shaped


def _path(source: LayerSource) -> str:
    if source.path is None:
        repair = f"Add it, or name a table in PostGIS with {_EXAMPLE}."
        raise InputError(Problem("the key 'path' is missing", repair, field="path"))
    for key in ("database", "geometry"):
        if getattr(source, key) is not None:
            message = f"{key} is for a table in PostGIS, and this layer is a file"
            raise InputError(Problem(message, "Leave out one of the two.", source.path, field=key))
    return source.path


def _database(source: LayerSource) -> tuple[Address, TablePlace]:
    """Find the address and the table. Nothing that could be an address is repeated in a message."""
    from gis.database import EXAMPLE, read_address
    from gis.postgis_lookup import TablePlace

    for key in _OF_FILES:
        if getattr(source, key) is not None:
            message = f"{key} is for a file, and this layer is a table in PostGIS"
            raise InputError(Problem(message, "Leave out one of the two.", field=key))
    schema, _, name = (source.postgis or "").partition(".")
    if not schema or not name or ":" in schema or "/" in schema:
        message = "postgis names no table"
        raise InputError(Problem(message, f"Write {_EXAMPLE}.", field="postgis"))
    place = TablePlace(schema, name, source.geometry)
    variable = source.database
    if variable is None or not _VARIABLE.fullmatch(variable):
        message = "database must be the name of an environment variable with the address of the database"
        repair = "Put the address there, so that no password stands in the project file."
        raise InputError(Problem(message, repair, place.shown, field="database"))
    text = os.environ.get(variable)
    if not text:
        message = f"the environment variable {variable} is not set"
        raise InputError(Problem(message, f"Set it to {EXAMPLE}.", place.shown, field="database"))
    return read_address(text, place=variable), place


def shown_file(location: Location, root: Path) -> str:
    """Name a source file without the place of the project on this machine."""
    path = location.path.resolve()
    inner = "" if location.inner is None else f"/{location.inner}"
    try:
        return path.relative_to(root.resolve()).as_posix() + inner
    except ValueError:
        return path.name + inner
