"""Delimited text (CSV): encoding and separator found out, binary content refused, geometry from columns."""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gis.errors import InputError, Problem
from gis.numbers import parse_numbers
from gis.records import Record
from gis.wkb import NESTING_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SUFFIXES: Final = (".csv", ".tsv", ".txt")
MAX_BYTES: Final = 2 * 1024**3
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DELIMITERS = (";", ",", "\t", "|")
_WKT_NAMES = ("wkt", "geom", "geometry", "the_geom", "geometrie")
_XY_NAMES = (
    ("x", "y"),
    ("x_rd", "y_rd"),
    ("rd_x", "rd_y"),
    ("xcoord", "ycoord"),
    ("x_coord", "y_coord"),
    ("x_coordinaat", "y_coordinaat"),
    ("lon", "lat"),
    ("longitude", "latitude"),
    ("lengtegraad", "breedtegraad"),
)
_SRID = re.compile(r"\s*SRID=(\d+);\s*", re.IGNORECASE)
_CURVED = re.compile(
    r"\s*(?:CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)", re.IGNORECASE
)


def _refuse(shown: str, message: str, repair: str, rows: tuple[str, ...] = ()) -> InputError:
    return InputError(Problem(message, repair, file=shown, rows=rows))


def decode(data: bytes, shown: str) -> tuple[str, list[Record]]:
    """Decode text as UTF-8, else UTF-16 with a mark, else Windows-1252, and refuse binary content."""
    records: list[Record] = []
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    text = None
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "cp1252":
            records.append(Record("encoding", "repaired", before="cp1252", after="utf-8"))
        break
    # every byte is a character in latin-1, so this finds the line also where decoding failed
    found = _CONTROL.search(text if text is not None else data.decode("latin-1"))
    if text is None or found is not None:
        line = 1 if found is None else found.string.count("\n", 0, found.start()) + 1
        message = f"the file is no text: it holds binary data from line {line} on"
        raise _refuse(shown, message, "Export the file again.")
    return text, records


@contextmanager
def _long_fields() -> Iterator[None]:
    """Let a field be as long as a polygon needs; the standard limit is 131,072 characters."""
    usual = csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def _delimiter(first_line: str) -> str:
    """Find the separator in the first line."""
    counts = {mark: first_line.count(mark) for mark in _DELIMITERS}
    return max(counts, key=lambda mark: counts[mark])


def read_table(path: Path, shown: str, *, header_only: bool = False) -> tuple[pd.DataFrame, list[Record]]:
    """Read a delimited file with every value as text; empty values become None.

    Raises
    ------
    InputError
        When it is not text, has no header, repeats a column or has rows of another length.
    """
    if path.stat().st_size > MAX_BYTES:
        raise _refuse(shown, "the text file is larger than 2 GB", "Convert it to GeoParquet or GeoPackage.")
    data = path.read_bytes()
    text, records = decode(data, shown)
    first_line = text.lstrip("\n").partition("\n")[0]
    try:
        with _long_fields():
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first_line), strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(header, shown)
            rows = [] if header_only else [row for row in reader if row]
    except csv.Error as error:
        raise _refuse(
            shown, f"the text cannot be read as a table: {error}", "Export the file again."
        ) from error
    wrong = tuple(str(number) for number, row in enumerate(rows, start=1) if len(row) != len(header))
    if wrong:
        message = f"rows have another number of values than the header, which has {len(header)}"
        raise _refuse(shown, message, "Put quotes around values that hold the separator.", wrong)
    columns = {name: [row[place] or None for row in rows] for place, name in enumerate(header)}
    return pd.DataFrame(columns, columns=header, dtype=object), records


def _check_header(header: list[str], shown: str) -> None:
    if not any(header):
        raise _refuse(shown, "the table has no header", "Put the column names on the first line.")
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        message = f"the column {twice[0]!r} occurs more than once"
        raise _refuse(shown, message, "Give every column its own name.")


def geometry_columns(
    names: list[str], x: str | None, y: str | None, wkt: str | None, shown: str
) -> tuple[str, ...]:
    """Choose the columns that hold the geometry: those named, else well-known names.

    Returns
    -------
    tuple
        One name (WKT), two names (x and y), or none.

    Raises
    ------
    InputError
        When a named column does not exist, or only one of x and y is named.
    """
    if (x is None) != (y is None):
        raise _refuse(shown, "only one of x and y is named", "Name both the x and the y column.")
    asked = (wkt,) if wkt is not None else (x, y) if x is not None and y is not None else ()
    missing = [name for name in asked if name not in names]
    if missing:
        message = f"there is no column {missing[0]!r} to take geometry from"
        raise _refuse(shown, message, f"Choose from: {', '.join(names)}.")
    if asked:
        return asked
    lower = {name.lower(): name for name in names}
    for name in _WKT_NAMES:
        if name in lower:
            return (lower[name],)
    for first, second in _XY_NAMES:
        if first in lower and second in lower:
            return (lower[first], lower[second])
    return ()


def geometry_from(
    table: pd.DataFrame, chosen: tuple[str, ...]
) -> tuple[NDArray[np.object_], str | None, list[Record]]:
    """Make geometry from a WKT column or from x and y.

    Returns
    -------
    tuple
        Geometries, None where there is none or it cannot be read; the coordinate system that the texts name
        (``SRID=28992;POINT ...``), if any; and a record for each that cannot be read.
    """
    if len(chosen) == 1:
        return _from_wkt(table[chosen[0]], chosen[0])
    texts = [np.array([None if pd.isna(v) else str(v) for v in table[name]], dtype=object) for name in chosen]
    xy = np.column_stack([parse_numbers(column) for column in texts])
    records = []
    for row in np.flatnonzero(np.isnan(xy).any(axis=1)):
        values = [column[row] for column in texts]
        if any(value is not None for value in values):
            before = ", ".join("" if value is None else value for value in values)
            records.append(Record("bad_coordinates", "noted", int(row) + 1, ", ".join(chosen), before))
    points = np.full(len(table), None, dtype=object)
    good = ~np.isnan(xy).any(axis=1)
    points[good] = shapely.points(xy[good])
    return points, None, records


def _from_wkt(column: pd.Series[str], name: str) -> tuple[NDArray[np.object_], str | None, list[Record]]:
    """Read WKT; curves are made straight by GDAL, because shapely does not know them."""
    texts = np.array([None if pd.isna(value) else str(value) for value in column], dtype=object)
    records: list[Record] = []
    prefixes = {match[1] for text in texts if text is not None and (match := _SRID.match(text))}
    if prefixes:
        texts = np.array([None if text is None else _SRID.sub("", text) for text in texts], dtype=object)
    for row, text in enumerate(texts):
        if text is not None and text.upper().count("COLLECTION") > NESTING_LIMIT:
            records.append(Record("broken_geometry", "noted", row + 1, name, text[:80]))
            texts[row] = None
    curved = np.array([value is not None and _CURVED.match(value) is not None for value in texts], dtype=bool)
    geometry = np.full(len(texts), None, dtype=object)
    with np.errstate(invalid="ignore"):
        geometry[~curved] = shapely.from_wkt(texts[~curved], on_invalid="ignore")
    if curved.any():
        geometry[curved] = _straighten(texts[curved])
        records.append(Record("curves", "repaired", after=str(int(curved.sum()))))
    records.extend(
        Record("broken_geometry", "noted", row, name, str(text)[:80])
        for row, (text, made) in enumerate(zip(texts, geometry, strict=True), start=1)
        if text is not None and made is None
    )
    return geometry, f"EPSG:{prefixes.pop()}" if len(prefixes) == 1 else None, records


def _straighten(texts: NDArray[np.object_]) -> NDArray[np.object_]:
    """Let GDAL turn arcs in WKT into short straight pieces."""
    import pyogrio

    lines = "".join(f'{number},"{text.strip()}"\n' for number, text in enumerate(texts))
    with tempfile.TemporaryDirectory(prefix="kringruimte-") as folder, warnings.catch_warnings():
        # a text that GDAL cannot read comes out as None and is recorded by the caller
        warnings.simplefilter("ignore")
        path = Path(folder) / "curves.csv"
        path.write_text(f"row,WKT\n{lines}", "utf-8")
        _, _, wkb, _ = pyogrio.raw.read(path)
    straight: NDArray[np.object_] = shapely.from_wkb(wkb, on_invalid="ignore")
    return straight
