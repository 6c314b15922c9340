"""Reading through GDAL: offline, leaving nothing behind, warnings recorded and errors put in words."""

from __future__ import annotations

import mmap
import re
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from gis.crs import stated_crs
from gis.errors import InputError, Problem
from gis.records import Record
from gis.table import Header, Table
from gis.wkb import read_wkb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

MAX_ROWS: Final = 20_000_000
ARROW_FROM: Final = 50_000
"""From how many rows on the columnar path is worth its start-up; below it the plain path is as fast."""
_ARROW_SAFE_DRIVERS: Final = ("GPKG", "FlatGeobuf")
_PLAIN_TYPES: Final = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")
_CURVE_TYPES: Final = ("Curve", "Surface", "Circular", "Compound")
_GDAL_ERRORS = (DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError)
_ARC = re.compile(rb"<(?:\w+:)?(?:Arc|Circle)\w*[\s>]")
_OFFLINE: Final = {
    "GML_DOWNLOAD_SCHEMA": "NO",
    "OSR_SET_FROM_USER_INPUT_ALLOW_NETWORK_ACCESS": "NO",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:1",
    "GDAL_HTTP_CONNECTTIMEOUT": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
}
_SINGLE: Final = (".geojson", ".geojsonl", ".fgb", ".shp")
"""Formats of one layer each, for which listing the layers would only read the file once more."""
_HEIGHT = re.compile(r"^(?:2\.5D |3D |Measured )")


def _refuse(shown: str, message: str, repair: str, *, layer: str | None = None) -> InputError:
    where = f"layer {layer!r}: {message}" if layer else message
    return InputError(Problem(where, repair, file=shown))


def read_header(path: Path, shown: str, layer: str | None, options: dict[str, str]) -> Header:
    """Read which columns one layer has; see `gis.files.read_header`."""
    with _apart(path, options) as place, _gdal(place, shown, layer, []):
        chosen = _choose_layer(place, shown, layer)
        info = pyogrio.read_info(place, layer=chosen, **options)
    row_id = info.get("fid_column")
    return Header(chosen, tuple(info["fields"]), (row_id.lower(),) if row_id else ())


def read_layer(path: Path, shown: str, layer: str | None, options: dict[str, str]) -> Table:
    """Read one layer; see `gis.files.read`.

    Parameters
    ----------
    path
        The file or folder on disk.
    shown
        How it is called in messages.
    layer
        Layer inside it; None when it has just one.
    options
        GDAL open options, from `gis.hostile.check_content`.
    """
    with _apart(path, options) as place:
        return _read(place, shown, layer, options)


@contextmanager
def _offline() -> Iterator[None]:
    """Keep GDAL from the network while it reads: schemas, linked coordinate systems and the like.

    A proxy that nobody answers is the one switch that holds for every driver.
    """
    before = {key: pyogrio.get_gdal_config_option(key) for key in _OFFLINE}
    pyogrio.set_gdal_config_options(_OFFLINE)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextmanager
def _apart(path: Path, options: dict[str, str]) -> Iterator[Path]:
    """Give GML another place, because GDAL leaves a .gfs file beside it and reads one that it finds there."""
    if not options:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="kringruimte-") as folder:
        copy = Path(folder) / path.name
        try:
            copy.symlink_to(path.resolve())
        except OSError:
            # not every system lets a user make links
            shutil.copyfile(path, copy)
        yield copy


@contextmanager
def _gdal(path: Path, shown: str, layer: str | None, records: list[Record]) -> Iterator[None]:
    """Turn GDAL's errors into ours and its warnings into records."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with _offline():
                yield
        except _GDAL_ERRORS as error:
            message = f"the file cannot be read: {_tidy(error, path)}"
            repair = "Check that the file is whole and not open elsewhere, or export it again."
            raise _refuse(shown, message, repair, layer=layer) from error
        except (OSError, ValueError, MemoryError, UnicodeError) as error:
            message = f"the file cannot be read: {_tidy(error, path)}"
            raise _refuse(shown, message, "Export the file again.", layer=layer) from error
    said = sorted({_tidy(warning.message, path) for warning in caught})
    records.extend(Record("gdal_warning", "noted", before=text) for text in said if _matters(text))


def _tidy(error: Exception | Warning | str, path: Path) -> str:
    """Give the first line of a message without folders, which differ from one machine to the next."""
    text = " ".join((str(error) or type(error).__name__).split("; It might help")[0].split())
    return text.replace(str(path), path.name).replace(str(path.parent), "")[:300]


def _matters(text: str) -> bool:
    """Tell whether a warning says something about the data instead of about how it was opened."""
    return "open option" not in text and "use_arrow" not in text


def _choose_layer(path: Path, shown: str, layer: str | None) -> str | None:
    """Choose the layer: the one asked for, else the only one, else the only one with geometry."""
    if layer is None and path.suffix.lower() in _SINGLE:
        return None
    listed = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    names = [name for name, _ in listed]
    if layer is not None:
        if layer in names:
            return layer
        same = [name for name in names if name.lower() == layer.lower()]
        message = f"there is no layer {layer!r}; there are: {', '.join(names) or 'none'}"
        raise _refuse(shown, message, f"Name the layer {same[0]!r}." if same else "Name one of these layers.")
    if not names:
        repair = "Export the data to a GeoPackage with the program that made it."
        raise _refuse(shown, "the file holds no layers that GDAL can read", repair)
    shaped = [name for name, kind in listed if kind is not None]
    if len(names) == 1 or len(shaped) == 1:
        return shaped[0] if shaped else names[0]
    message = f"the file holds several layers and none is chosen: {', '.join(names)}"
    raise _refuse(shown, message, f'Choose one, such as layer = "{(shaped or names)[0]}".')


def _read(path: Path, shown: str, layer: str | None, options: dict[str, str]) -> Table:
    """Read one layer through GDAL."""
    records: list[Record] = []
    with _gdal(path, shown, layer, records):
        chosen = _choose_layer(path, shown, layer)
        info = pyogrio.read_info(path, layer=chosen, force_feature_count=True, **options)
        _check_size(info, shown, chosen)
        meta, wkb, columns, fids = _columns(path, chosen, info, options)
        _check_complete(info, len(fids), shown, chosen)
    frame = pd.DataFrame(columns)
    fid = info.get("fid_column") or None
    if fid in frame:
        fid = None
    if fid is not None:
        # the row id of a database may serve as identifier
        frame[fid] = fids
    geometry = None
    if wkb is not None:
        geometry = read_wkb(wkb, records)
        if any(word in str(info["geometry_type"]) for word in _CURVE_TYPES) or (options and _has_arcs(path)):
            records.append(Record("curves", "repaired", before=str(info["geometry_type"])))
    return Table(frame, geometry, stated_crs(meta["crs"], records), tuple(records), fid)


def _columns(
    path: Path, layer: str | None, info: dict[str, Any], options: dict[str, str]
) -> tuple[dict[str, Any], NDArray[np.object_] | None, dict[str, Any], NDArray[np.int64]]:
    """Read attributes and WKB, in columns at once where that is safe and worth it."""
    plain = _HEIGHT.sub("", str(info["geometry_type"])) in _PLAIN_TYPES
    if plain and info["driver"] in _ARROW_SAFE_DRIVERS and info["features"] >= ARROW_FROM:
        meta, table = pyogrio.raw.read_arrow(path, layer=layer, return_fids=True, datetime_as_string=True)
        frame = table.to_pandas()
        # the names of the two extra columns are GDAL's
        names = [name for name in frame.columns if name not in info["fields"]]
        fid = next((name for name in names if "fid" in name.lower()), None)
        shape = next(name for name in names if name != fid)
        fids = np.arange(len(frame)) if fid is None else frame[fid].to_numpy()
        return meta, frame[shape].to_numpy(dtype=object), {n: frame[n] for n in info["fields"]}, fids
    meta, fids, wkb, data = pyogrio.raw.read(
        path, layer=layer, return_fids=True, datetime_as_string=True, **options
    )
    columns = {str(name): values for name, values in zip(meta["fields"], data, strict=True)}
    return meta, wkb, columns, fids


def _check_size(info: dict[str, Any], shown: str, layer: str | None) -> None:
    if info["features"] > MAX_ROWS:
        message = f"{info['features']:,} rows, more than the limit of {MAX_ROWS:,}"
        raise _refuse(shown, message, "Cut the data to the area that matters.", layer=layer)


def _check_complete(info: dict[str, Any], read_rows: int, shown: str, layer: str | None) -> None:
    """Refuse a file that announces more rows than it gives: GDAL does not always complain."""
    if 0 <= read_rows < info["features"]:
        message = (
            f"only {read_rows:,} of {info['features']:,} rows can be read: the file is damaged or cut short"
        )
        raise _refuse(shown, message, "Export or fetch the file again.", layer=layer)


def _has_arcs(path: Path) -> bool:
    """Tell whether GML holds arcs, which GDAL replaces without saying so."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as text:
        return _ARC.search(text) is not None
