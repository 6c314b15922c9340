"""Ask of any polygon what it would cost if sensitive buildings came there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio.errors
import shapely

from analysis.plan_test import plan_test
from api.jobs.corrected import read_corrected
from api.jobs.show import plain_rows
from gis.crs import RD, RD_BOUNDS, to_rd
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.project import Project

AREA = 2
DEGREES_MAXIMUM = 360.0
REPAIR = "Give a file with one or more polygons that GDAL reads, such as GeoJSON."


def ask_polygon(
    project: Project, polygon_file: Path, *, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Read a polygon and a project's layers, and measure what a plan there would cost.

    Parameters
    ----------
    project
        See `layers.project.load_project`.
    polygon_file
        Any vector file; its polygons are taken together.
    progress
        Called with what begins, in English.

    Returns
    -------
    dict
        ``project``, ``polygon_file``, and the rows of ``figures``, ``by_category``, ``parks`` and ``rights``
        (see `analysis.plan_test.plan_test`).

    Raises
    ------
    InputError
        When the polygon or the layers cannot be used.
    """
    polygon = read_polygon(polygon_file)
    inputs = read_corrected(project, progress=progress)
    if progress is not None:
        progress("measuring what the polygon would cost")
    answers = plan_test(polygon, inputs.tables, project.parameters)
    tables = {name: plain_rows(table) for name, table in answers.items()}
    return {"project": project.name, "sample": project.sample, "polygon_file": polygon_file.name, **tables}


def read_polygon(path: Path) -> shapely.Geometry:
    """Read the polygons of a file as one, in EPSG:28992.

    Raises
    ------
    InputError
        When the file is absent, unreadable, holds no polygon or holds one that is not valid.
    """
    if not path.is_file():
        raise InputError(Problem("The file does not exist", REPAIR, file=str(path)))
    try:
        frame = gpd.read_file(path, engine="pyogrio", columns=[])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as error:
        raise InputError(Problem(f"The file cannot be read: {error}", REPAIR, file=str(path))) from error
    return _one_polygon(_geometry(frame, path), path)


def _geometry(frame: Any, path: Path) -> NDArray[np.object_]:
    """Give geometry in EPSG:28992; GeoJSON that holds metres while its format says degrees is believed."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.geometry.isna().all():
        raise InputError(Problem("The file holds no geometry", REPAIR, file=str(path)))
    geometry = frame.geometry.dropna().to_numpy()
    coordinates = shapely.get_coordinates(geometry)
    if not len(coordinates) or not np.isfinite(coordinates).all():
        raise InputError(
            Problem("The polygon is empty or holds coordinates that are not numbers", REPAIR, file=str(path))
        )
    west, south, east, north = RD_BOUNDS
    in_rd = ((coordinates >= (west, south)) & (coordinates <= (east, north))).all()
    in_degrees = (np.abs(coordinates) <= DEGREES_MAXIMUM).all()
    metres = frame.crs is None or frame.crs.is_geographic
    if metres and in_rd and not in_degrees:
        return np.asarray(geometry, dtype=object)
    return to_rd(geometry, RD if frame.crs is None else frame.crs)


def _one_polygon(geometry: NDArray[np.object_], path: Path) -> shapely.Geometry:
    areas = geometry[shapely.get_dimensions(geometry) == AREA]
    if not len(areas):
        raise InputError(Problem("The file holds no polygon", REPAIR, file=str(path)))
    invalid = np.flatnonzero(~shapely.is_valid(areas))
    if len(invalid):
        reason = shapely.is_valid_reason(areas[invalid[0]])
        raise InputError(
            Problem(
                f"The polygon is not valid: {reason}",
                "Draw it again without lines that cross.",
                file=str(path),
                rows=tuple(str(row + 1) for row in invalid.tolist()),
            )
        )
    union: shapely.Geometry = shapely.union_all(areas)
    return union
