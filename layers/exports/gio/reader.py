"""A GIO read back as a layer: existing reservations, protected areas of somebody's ordinance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.errors import InputError, Problem
from layers.exports.gio.check_gio import FAULTS
from layers.exports.gio.geometry import ETRS89_URN, RD_URN, has_area
from layers.exports.gio.parsed import is_gio, parse_gio
from layers.exports.gio.xml import parse

if TYPE_CHECKING:
    from pathlib import Path

    from layers.exports.gio.parsed import ParsedGio, ParsedLocation

RD: Final = "EPSG:28992"
COLUMNS: Final = (
    "id",
    "naam",
    "groepID",
    "groep",
    "normwaarde",
    "work",
    "expression",
    "achtergrond",
    "datum",
)


def read_gio(path: Path) -> gpd.GeoDataFrame:
    """Read a GIO of STOP, ours or anybody's.

    Parameters
    ----------
    path
        The GML file.

    Returns
    -------
    GeoDataFrame
        One row per location in EPSG:28992, in order of the file: ``id``, ``naam``, ``groepID``, ``groep``
        (its label), ``normwaarde``, ``work``, ``expression``, ``achtergrond`` and ``datum`` of the
        background. Areas are multipolygons; corners are as written, so what was written on 1 mm comes back
        on 1 mm. Coordinates in ETRS89 are transformed.

    Raises
    ------
    InputError
        When it is no GIO, or with every location whose geometry cannot be used.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"the GIO cannot be read: {error.strerror}"
        raise InputError(Problem(message, "Check the path.", file=path.name)) from error
    return read_gio_bytes(data, path.name)


def read_gio_bytes(data: bytes, file: str) -> gpd.GeoDataFrame:
    """Read a GIO from memory; see above."""
    root = parse(data, file)
    if not is_gio(root):
        message = "this XML is no GIO of STOP"
        repair = "Give the GML file with GeoInformatieObjectVaststelling, not the companion XML."
        raise InputError(Problem(message, repair, file=file))
    gio = parse_gio(root, file)
    problems = [problem for location in gio.locations for problem in _problems(location, file)]
    if not gio.locations:
        problems.append(Problem("this GIO holds no locations", "Ask for a GIO that does.", file=file))
    if problems:
        raise InputError(*problems)
    return _table(gio)


def _problems(location: ParsedLocation, file: str) -> list[Problem]:
    texts = [f"boog {arc}" for arc in location.raw.arcs]
    texts += [f"{FAULTS[code]} bij {where}" for code, where in location.raw.faults if code in FAULTS]
    unknown = sorted({name for name, _ in location.raw.names} - {RD_URN, ETRS89_URN})
    texts += [f"coördinatenstelsel {name}" for name in unknown]
    if location.shape is None and not texts:
        texts.append("geen geometrie")
    repair = "Ask its owner for a corrected GIO."
    return [
        Problem(f"the geometry of {location.place} cannot be used: {text}", repair, file=file)
        for text in texts
    ]


def _table(gio: ParsedGio) -> gpd.GeoDataFrame:
    labels = dict(gio.groups)
    background, date = gio.background()
    rows = [
        (
            location.id,
            location.name or None,
            next(iter(location.groups), None),
            labels.get(next(iter(location.groups), "")),
            next(iter((*location.amounts, *location.words)), None),
            gio.work,
            gio.expression,
            background or None,
            date or None,
        )
        for location in gio.locations
    ]
    shapes = np.array([location.shape for location in gio.locations], dtype=object)
    wrong = np.array([has_area(shape) and not shapely.is_valid(shape) for shape in shapes], dtype=bool)
    shapes[wrong] = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=list(COLUMNS)).astype("string"), geometry=list(shapes), crs=RD
    )
