"""A GIO as an input of a project: reservations that exist, or areas that an ordinance protects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import pandas as pd

from gis.errors import InputError, Problem
from layers.exports.gio.reader import RD, read_gio
from layers.inputs import HARDNESS

if TYPE_CHECKING:
    from pathlib import Path

LayerName = Literal["reservations", "protected_areas"]


def gio_as_layer(
    path: Path,
    layer: LayerName,
    *,
    function: str | None = None,
    year: int | None = None,
    kind: str | None = None,
    hardness: str | None = None,
) -> gpd.GeoDataFrame:
    """Read a GIO with the columns of an input layer.

    Parameters
    ----------
    path
        The GML file.
    layer
        ``reservations`` or ``protected_areas``.
    function, year
        Of all reservations in it, such as ``F05``; None for unknown.
    kind, hardness
        Of all protected areas in it; None for the label of the group, and for unknown.

    Returns
    -------
    GeoDataFrame
        EPSG:28992; ids are those of the geometries, ``basis`` or ``name`` say where each comes from. Write it
        as GeoPackage or GeoParquet and name that file in the project.

    Raises
    ------
    InputError
        When the GIO cannot be read, or the hardness is not known.
    """
    if hardness is not None and hardness not in HARDNESS:
        message = f"{hardness!r} is no hardness"
        raise InputError(Problem(message, f"Choose one of: {', '.join(HARDNESS)}.", field="hardness"))
    gio = read_gio(path)
    name = gio["naam"].fillna(gio["groep"])
    if layer == "reservations":
        table = pd.DataFrame(
            {
                "reservation_id": gio["id"],
                "name": name,
                "function": pd.Series([function] * len(gio), dtype="string"),
                "year": pd.Series([year] * len(gio), dtype="Int64"),
                "basis": gio["expression"],
                "remark": gio["groep"],
            }
        )
    else:
        table = pd.DataFrame(
            {
                "area_id": gio["id"],
                "name": name,
                "kind": gio["groep"] if kind is None else pd.Series([kind] * len(gio), dtype="string"),
                "hardness": pd.Series([hardness] * len(gio), dtype="string"),
            }
        )
    return gpd.GeoDataFrame(table, geometry=gio.geometry, crs=RD)
