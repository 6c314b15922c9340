"""Writing the layers of the sample in the formats in which real sources come, the same bytes every time."""

from __future__ import annotations

import csv
import json
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyogrio
import shapely

from gis.crs import rd_to_lonlat

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

_DEGREE_DECIMALS = 8
"""About a millimetre."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FILE_MODE = 0o644


def write_parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoParquet in EPSG:28992."""
    frame.to_parquet(path, index=False, compression="zstd")


def write_flatgeobuf(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write FlatGeobuf in EPSG:28992."""
    pyogrio.write_dataframe(frame, path, driver="FlatGeobuf")


def geojson(frame: gpd.GeoDataFrame, *, degrees: bool) -> bytes:
    """Give GeoJSON as bytes.

    Parameters
    ----------
    frame
        In EPSG:28992.
    degrees
        Longitude and latitude as the standard (RFC 7946) wants, or else RD New with a ``crs`` member as
        Dutch portals give it.
    """
    shapes = frame.geometry.to_numpy()
    shapes = shapely.set_precision(rd_to_lonlat(shapes), 0) if degrees else shapes
    decimals = _DEGREE_DECIMALS if degrees else 2
    rows = frame.drop(columns="geometry").astype(object).to_dict("records")
    features = [
        {
            "type": "Feature",
            "properties": {key: _plain(value) for key, value in row.items()},
            "geometry": _rounded(json.loads(shapely.to_geojson(shape)), decimals),
        }
        for row, shape in zip(rows, shapes, strict=True)
    ]
    whole: dict[str, Any] = {"type": "FeatureCollection"}
    if not degrees:
        whole["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False, separators=(",", ":")) for feature in features)
    head = json.dumps(whole, ensure_ascii=False)[:-1]
    return f'{head}, "features": [\n{lines}\n]}}\n'.encode()


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON in RD New with a ``crs`` member."""
    path.write_bytes(geojson(frame, degrees=False))


def write_geojson_degrees(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON in longitude and latitude."""
    path.write_bytes(geojson(frame, degrees=True))


def write_zipped_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON in RD New inside a zip, with a fixed date."""
    entry = zipfile.ZipInfo(f"{path.stem}.geojson", date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = _FILE_MODE << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(entry, geojson(frame, degrees=False), compresslevel=9)


def write_csv_points(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write CSV as Dutch spreadsheets do: semicolons, decimal commas, X and Y in metres in RD New."""
    flat = frame.drop(columns="geometry")
    flat = flat.assign(X=frame.geometry.x.round(1), Y=frame.geometry.y.round(1))
    _write_csv(flat, path, delimiter=";", decimal=",")


def write_csv_wkt(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write CSV with the geometry as well-known text in RD New."""
    text = shapely.to_wkt(frame.geometry.to_numpy(), rounding_precision=2)
    _write_csv(frame.drop(columns="geometry").assign(WKT=text), path, delimiter=",", decimal=".")


def _write_csv(frame: pd.DataFrame, path: Path, *, delimiter: str, decimal: str) -> None:
    """Write a table with line feeds and empty cells for what is missing."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
        writer.writerow(frame.columns)
        for row in frame.astype(object).to_numpy().tolist():
            writer.writerow([_cell(_plain(value), decimal) for value in row])


def _cell(value: Any, decimal: str) -> Any:
    """Write one cell; only numbers get the decimal sign."""
    if value is None:
        return ""
    return str(value).replace(".", decimal) if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    """Turn a cell into what JSON can hold; a whole number stays whole."""
    if value is None or value is pd.NA:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if np.isnan(value):
            return None
        return int(value) if value.is_integer() else round(value, 6)
    return value


def _rounded(geometry: dict[str, Any], decimals: int) -> dict[str, Any]:
    """Round the coordinates of a GeoJSON geometry."""

    def walk(part: Any) -> Any:
        if isinstance(part, list):
            return [walk(item) for item in part]
        return round(part, decimals)

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}
