"""A GIO of somebody else's ordinance as an input layer of a project."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio

from api.jobs.deliver import deliver
from gis.errors import InputError, Problem
from layers.exports.gio.as_layer import gio_as_layer

if TYPE_CHECKING:
    from layers.exports.gio.as_layer import LayerName

SUFFIX = ".gpkg"


def write_gio_layer(
    path: Path,
    layer: LayerName,
    target: Path,
    *,
    function: str | None = None,
    year: int | None = None,
    kind: str | None = None,
    hardness: str | None = None,
    replace: bool = False,
) -> int:
    """Read a GIO and write it as a GeoPackage that a project file can name.

    Parameters
    ----------
    path
        The GML file of the GIO.
    layer
        Which input layer it is to be.
    target
        GeoPackage to write.
    function, year, kind, hardness
        As `layers.exports.gio.as_layer.gio_as_layer` takes them.

    Returns
    -------
    int
        Number of areas.
    """
    if target.suffix.lower() != SUFFIX:
        message = "a layer is written as GeoPackage"
        raise InputError(Problem(message, f"Let the name end in {SUFFIX}.", file=str(target)))
    table = gio_as_layer(path, layer, function=function, year=year, kind=kind, hardness=hardness)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / target.name
        pyogrio.write_dataframe(table, file, layer=layer, driver="GPKG")
        deliver(target.parent, target.name, file.read_bytes(), replace=replace)
    return len(table)
