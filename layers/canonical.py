"""One way to write a table, so that equal content gives equal bytes and an equal hash.

Columns come in declared order and type, rows sorted, numbers rounded to their declared decimals and
coordinates on a grid of 1 mm. Nothing is left out: a row that came in is in the table.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.schema import Column, Kind, Layer

RD = "EPSG:28992"
GRID_M = 0.001
"""Grid on which coordinates are written, in metres."""
GRID_DECIMALS = 3
AREA = 2
"""Dimension of what has an area."""

DTYPES: dict[Kind, str] = {
    "text": "string",
    "code": "string",
    "category": "string",
    "cemt": "string",
    "date": "string",
    "number": "float64",
    "integer": "Int64",
    "year": "Int64",
    "boolean": "boolean",
}
"""The pandas type of each kind of column."""

_NULLABLE: dict[Kind, str] = {"number": "Float64"}

SOURCE_POINTERS = {"data_quality": ("row",)}
"""Columns that point at a place in a source file. The recipe already holds the hash of that file, so they
stay out of the hash of the tables: the same rows in another order are the same content."""


def canonical_table(layer: Layer, frame: pd.DataFrame) -> pd.DataFrame | gpd.GeoDataFrame:
    """Bring a table into its one canonical form.

    Parameters
    ----------
    layer
        What the table should be.
    frame
        The table; a GeoDataFrame in EPSG:28992 unless the layer's shape is ``table``. Declared columns that
        it lacks are filled with missing values.

    Returns
    -------
    pandas.DataFrame or geopandas.GeoDataFrame
        A new table; the one that came in is not changed.

    Raises
    ------
    ValueError
        For a column that is not declared, a CRS other than EPSG:28992, an infinite number, or an identifier
        that is missing or occurs twice. These are defects of whatever made the table.
    """
    _refuse_unknown_columns(layer, frame)
    plain = _canonical_columns(layer, pd.DataFrame(frame))
    if layer.shape == "table":
        return plain.iloc[_row_order(layer, plain, None)].reset_index(drop=True)
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs != RD:
        raise ValueError(f"layer {layer.name}: a GeoDataFrame in {RD} is needed")
    geometry = canonical_geometry(frame.geometry.to_numpy())
    order = _row_order(layer, plain, geometry)
    return gpd.GeoDataFrame(plain.iloc[order].reset_index(drop=True), geometry=geometry[order], crs=RD)


def canonical_geometry(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Put geometry on the 1 mm grid, flat, valid and in one order of rings, parts and vertices.

    Parameters
    ----------
    geometry
        Shapely geometries in EPSG:28992, shape (n,); None for no geometry.

    Returns
    -------
    numpy.ndarray
        New geometries, shape (n,). What collapses on the grid becomes None.
    """
    result = shapely.force_2d(np.asarray(geometry, dtype=object))
    has_area = shapely.get_dimensions(result) == AREA
    result[~has_area] = shapely.transform(result[~has_area], lambda xy: np.round(xy, GRID_DECIMALS) + 0.0)
    result[has_area] = _areas_on_grid(result[has_area])
    result[shapely.is_empty(result)] = None
    # a round trip through WKB sheds the precision model, which would leak into later overlays
    return shapely.from_wkb(shapely.to_wkb(shapely.normalize(result)))


def table_digest(layer: Layer, frame: pd.DataFrame) -> str:
    """Hash the values of a canonical table, not the bytes of any file.

    Parameters
    ----------
    layer
        What the table is.
    frame
        The table as `canonical_table` gives it.

    Returns
    -------
    str
        SHA-256, hexadecimal.
    """
    pointers = SOURCE_POINTERS.get(layer.name, ())
    columns = [column for column in layer.columns if column.name not in pointers]
    if pointers:
        rest = frame.drop(columns=list(pointers))
        frame = rest.sort_values([column.name for column in columns], kind="stable", na_position="first")
    digest = hashlib.sha256()
    digest.update(orjson.dumps([layer.name, len(frame), [[c.name, c.kind, c.decimals] for c in columns]]))
    for column in columns:
        digest.update(_column_bytes(frame[column.name]))
    if layer.shape != "table":
        wkb = shapely.to_wkb(np.asarray(frame["geometry"], dtype=object), byte_order=1, output_dimension=2)
        sizes = np.array([-1 if item is None else len(item) for item in wkb], dtype="<i8")
        digest.update(sizes.tobytes())
        digest.update(b"".join(item for item in wkb if item is not None))
    return digest.hexdigest()


def tables_digest(digests: Mapping[str, str]) -> str:
    """Hash the hashes of all tables of a release (table name to digest) into one."""
    return hashlib.sha256(orjson.dumps(sorted(digests.items()))).hexdigest()


def _refuse_unknown_columns(layer: Layer, frame: pd.DataFrame) -> None:
    known = {column.name for column in layer.columns}
    if layer.shape != "table":
        known.add(frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else "geometry")
    unknown = sorted(set(map(str, frame.columns)) - known)
    if unknown:
        raise ValueError(f"layer {layer.name}: columns that are not declared: {', '.join(unknown)}")


def _canonical_columns(layer: Layer, frame: pd.DataFrame) -> pd.DataFrame:
    index = pd.RangeIndex(len(frame))
    absent = pd.Series(pd.NA, index=index, dtype="object")
    values = frame.set_axis(index, axis=0)
    plain = pd.DataFrame(
        {column.name: values.get(column.name, absent) for column in layer.columns}, index=index
    )
    # numbers pass through the nullable type, which takes every spelling of missing
    typed = plain.astype(
        {column.name: _NULLABLE.get(column.kind, DTYPES[column.kind]) for column in layer.columns}
    )
    for column in layer.columns:
        if column.kind == "number":
            typed[column.name] = _rounded(layer, column, typed[column.name])
    return typed


def _rounded(layer: Layer, column: Column, values: pd.Series[Any]) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = values.to_numpy(dtype="float64", na_value=np.nan)
    if np.isinf(numbers).any():
        raise ValueError(f"layer {layer.name}, column {column.name}: infinite number")
    return np.round(numbers, column.decimals) + 0.0  # adding zero turns -0.0 into 0.0


def _areas_on_grid(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Snap polygons to the grid; one that an overlay left invalid by a rounding error is made valid first."""
    areas = areas.copy()
    invalid = ~shapely.is_valid(areas)
    areas[invalid] = shapely.make_valid(areas[invalid], method="structure", keep_collapsed=False)
    return shapely.set_precision(areas, GRID_M, mode="valid_output")


def _row_order(
    layer: Layer, plain: pd.DataFrame, geometry: NDArray[np.object_] | None
) -> NDArray[np.integer[Any]]:
    if layer.identifier is not None:
        keys = plain[layer.identifier]
        if keys.isna().any():
            raise ValueError(f"layer {layer.name}: a row without {layer.identifier}")
        if keys.duplicated().any():
            twice = sorted(set(keys[keys.duplicated()]))[:10]
            raise ValueError(f"layer {layer.name}: {layer.identifier} occurs twice: {', '.join(twice)}")
        return keys.argsort(kind="stable").to_numpy()
    # rows without an identifier are told apart by all they hold, so that their order never matters
    names = [*layer.order, *(name for name in plain.columns if name not in layer.order)]
    keyed = plain if geometry is None else plain.assign(_wkb=shapely.to_wkb(geometry, hex=True))
    names += [] if geometry is None else ["_wkb"]
    return keyed.sort_values(names, kind="stable", na_position="first").index.to_numpy()


def _column_bytes(values: pd.Series[Any]) -> bytes:
    if values.dtype == "float64":
        return values.to_numpy(dtype="<f8").tobytes()
    items = (None if item is pd.NA else item for item in values.tolist())
    return orjson.dumps(list(items), option=orjson.OPT_APPEND_NEWLINE)
