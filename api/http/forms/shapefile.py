"""Shapefiles in a zip, with what the format loses written beside it."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyogrio
import shapely

from api.http.forms.content import COLLECTION
from layers.exports.geopackage import MULTI
from layers.exports.zipped import pack

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from api.http.forms.content import Content
    from layers.schema import Column

NAME_LENGTH: Final = 10
"""Characters of a field name in dBASE."""
TEXT_BYTES: Final = 254
"""Bytes of a text in dBASE."""
NAMES_FILE: Final = "veldnamen.csv"
README: Final = "LEESMIJ.txt"
PARTS: Final = {0: "_punten", 1: "_lijnen", 2: "_vlakken"}
"""A shapefile holds one kind of geometry, so a mixed layer becomes several."""
ORDER: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def write_shapefile(content: Content) -> bytes:
    """Write a zip with the shapefile, the table of field names and a LEESMIJ; a table gives a dBASE file.

    Texts longer than dBASE can hold are cut at a whole character, and the table of names says so.
    """
    content = replace(content, geometry=_plain(content.geometry))
    short = short_names([column.name for column in content.columns])
    cut = {column.name: _cut(content.frame[column.name]) for column in content.columns if _is_text(column)}
    shortened = [name for name, (_, count) in cut.items() if count]
    frame = content.frame.assign(**{name: values for name, (values, _) in cut.items()}).rename(columns=short)
    files: dict[str, bytes] = {
        README: _readme(content),
        NAMES_FILE: _names(content.columns, short, shortened),
    }
    for suffix, rows, kind in _parts(content):
        files |= _write(content, frame, suffix, rows, kind)
    return pack(files)


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Give every name one of at most ten ASCII characters that differs from the others in any case."""
    given: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
        short, number = plain[:NAME_LENGTH], 1
        while short.lower() in taken:
            number += 1
            tail = f"_{number}"
            short = plain[: NAME_LENGTH - len(tail)] + tail
        taken.add(short.lower())
        given[name] = short
    return given


def _is_text(column: Column) -> bool:
    return column.kind not in {"number", "integer", "year", "boolean"}


def _cut(values: pd.Series[Any]) -> tuple[pd.Series[Any], int]:
    """Cut texts to what dBASE holds and count those that were cut."""
    count = 0

    def fit(text: str) -> str:
        nonlocal count
        data = text.encode()
        if len(data) <= TEXT_BYTES:
            return text
        count += 1
        return data[:TEXT_BYTES].decode(errors="ignore")

    cut = [None if pd.isna(value) else fit(str(value)) for value in values]
    return pd.Series(cut, index=values.index, dtype="string"), count


def _parts(content: Content) -> list[tuple[str, NDArray[np.bool_] | None, str | None]]:
    """Give the shapefiles that are needed: end of the name, rows and type of geometry."""
    if content.geometry is None:
        return [("", None, None)]
    found = shapely.get_dimensions(content.geometry)
    kinds = sorted({int(kind) for kind in found[found >= 0]})
    if not kinds:
        usual = {"point": 0, "line": 1}.get(content.layer.shape, 2)
        return [("", None, _type(content.geometry, usual))]
    if len(kinds) == 1:
        return [("", None, _type(content.geometry, kinds[0]))]
    parts: list[tuple[str, NDArray[np.bool_] | None, str | None]] = []
    for kind in kinds:
        # rows without geometry go with the first, so that no row is lost
        rows = (found == kind) | ((found < 0) & (kind == kinds[0]))
        parts.append((PARTS[kind], rows, _type(content.geometry[rows], kind)))
    return parts


def _plain(geometry: NDArray[np.object_] | None) -> NDArray[np.object_] | None:
    """Keep of a collection of lines and areas only the kind of the highest dimension."""
    if geometry is None or not (mixed := shapely.get_type_id(geometry) == COLLECTION).any():
        return geometry
    plain = geometry.copy()
    for place in np.flatnonzero(mixed):
        parts = shapely.get_parts(geometry[place])
        kinds = shapely.get_dimensions(parts)
        plain[place] = shapely.union_all(parts[kinds == kinds.max()]) if len(parts) else None
    return plain


def _type(geometry: NDArray[np.object_], kind: int) -> str:
    """Single points stay single; lines and polygons have no other form in a shapefile."""
    multi = bool((shapely.get_num_geometries(geometry) > 1).any())
    return "Point" if kind == 0 and not multi else MULTI[kind]


def _write(
    content: Content, frame: pd.DataFrame, suffix: str, rows: NDArray[np.bool_] | None, kind: str | None
) -> dict[str, bytes]:
    import geopandas as gpd

    name = f"{content.layer.name}{suffix}"
    options: dict[str, Any] = {
        "driver": "ESRI Shapefile",
        "encoding": "UTF-8",
        # else it holds the day of writing
        "layer_options": {"DBF_DATE_LAST_UPDATE": content.facts.reference_date.isoformat()},
    }
    with TemporaryDirectory(prefix="kring-") as folder:
        place = Path(folder)
        if content.geometry is None or kind is None:
            _write_table(frame, place / f"{name}.dbf", options)
        else:
            kept = np.full(len(frame), True) if rows is None else rows
            geometry = content.geometry[kept]
            if kind != "Point":
                options["promote_to_multi"] = True
            else:
                geometry = np.asarray([_single(item) for item in geometry], dtype=object)
            part = gpd.GeoDataFrame(
                frame.loc[kept].reset_index(drop=True), geometry=geometry, crs=content.crs.stored
            )
            pyogrio.write_dataframe(part, place / f"{name}.shp", geometry_type=kind, **options)
        found = {path.suffix: path for path in place.iterdir()}
        return {f"{name}{suffix}": found[suffix].read_bytes() for suffix in ORDER if suffix in found}


def _write_table(frame: pd.DataFrame, path: Path, options: Mapping[str, Any]) -> None:
    """Write a dBASE file alone; GDAL names it when told a shapefile without geometry."""
    try:
        pyogrio.write_dataframe(frame, path.with_suffix(".shp"), **options)
    except pyogrio.errors.DataSourceError:
        # it looks for the .shp afterwards, which a table does not have
        if not path.is_file():
            raise


def _single(item: Any) -> Any:
    return item.geoms[0] if item is not None and item.geom_type == "MultiPoint" and item.geoms else item


def _names(columns: Sequence[Column], short: Mapping[str, str], shortened: Sequence[str]) -> bytes:
    target = io.StringIO(newline="")
    rows = csv.writer(target)
    rows.writerow(["veld", "kolom", "titel", "eenheid", "afgekapt"])
    rows.writerows(
        [short[c.name], c.name, c.label_nl, c.unit or "", "ja" if c.name in shortened else "nee"]
        for c in columns
    )
    return target.getvalue().encode("utf-8-sig")


def _readme(content: Content) -> bytes:
    lines = [f"{name}: {text}" for name, text in content.facts.lines(content.layer).items()]
    lines += [
        f"coördinatenstelsel: {content.crs.stored}",
        "",
        f"Een shapefile kent veldnamen van {NAME_LENGTH} tekens; {NAMES_FILE} geeft de volledige namen.",
        f"Teksten langer dan {TEXT_BYTES} bytes zijn afgekapt; {NAMES_FILE} noemt in welke kolommen.",
        "Van een plek die uit vlakken en lijnen of punten bestaat, zijn alleen de vlakken overgenomen.",
        "Een GeoPackage kent deze grenzen niet.",
    ]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
