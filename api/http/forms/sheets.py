"""Downloads for a spreadsheet: CSV and XLSX."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers.exports.words import UNITS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from api.http.forms.content import Content
    from layers.schema import Column

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet would run as a formula."""
WKT_COLUMN: Final = "wkt"
RD_COLUMNS: Final = ("rd_x", "rd_y")
ROWS: Final = 1_048_575
"""Rows of a sheet under its header."""
CELL: Final = 32_767
"""Characters of a cell."""
CUT: Final = " [afgekapt]"
SHEET: Final = "Gegevens"
README: Final = "Leesmij"


class TooManyRowsError(Exception):
    """A sheet cannot hold so many rows."""


def write_csv(content: Content) -> bytes:
    """Write CSV (RFC 4180, UTF-8 with BOM): attributes, RD of points, geometry as WKT in the asked system.

    Missing is an empty cell, yes and no are ``true`` and ``false``. A text that a spreadsheet would take
    for a formula gets an apostrophe in front.
    """
    target = io.StringIO(newline="")
    rows = csv.writer(target, lineterminator="\r\n")
    names = [column.name for column in content.columns]
    taken = set(names)
    extra = [] if content.rd is None else [_free(name, taken) for name in RD_COLUMNS]
    shape = [] if content.geometry is None else [_free(WKT_COLUMN, taken)]
    rows.writerow([*names, *extra, *shape])
    for place, values in enumerate(content.records()):
        cells = [_cell(values[name]) for name in names]
        if content.rd is not None:
            cells += [_number(value) for value in content.rd[place].tolist()]
        if content.geometry is not None:
            cells.append(_wkt(content.geometry[place], content.crs.decimals))
        rows.writerow(cells)
    return target.getvalue().encode("utf-8-sig")


def write_xlsx(content: Content) -> bytes:
    """Write a workbook: a sheet that says what it is, and one with the attributes and the RD of points.

    Raises
    ------
    TooManyRowsError
        When a sheet cannot hold the rows.
    """
    import xlsxwriter

    if len(content.frame) > ROWS:
        raise TooManyRowsError(f"{len(content.frame)} rows; a sheet holds {ROWS}")
    target = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    facts = content.facts.lines(content.layer)
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties(
            {
                "title": content.layer.label_nl,
                "author": content.facts.authority,
                "comments": f"Uitgave {content.facts.release}; {content.facts.licence}",
                "created": datetime.combine(content.facts.reference_date, datetime.min.time()),
            }
        )
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        _write_rows(book.add_worksheet(SHEET), content, bold)
        sheet = book.add_worksheet(README)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 100)
        for row, (name, text) in enumerate(facts.items()):
            sheet.write_string(row, 0, name, bold)
            sheet.write_string(row, 1, text)
    return target.getvalue()


def _write_rows(sheet: Any, content: Content, bold: Any) -> None:
    heads = [_head(column) for column in content.columns]
    heads += [] if content.rd is None else ["RD x (m)", "RD y (m)"]
    for position, head in enumerate(heads):
        sheet.write_string(0, position, head, bold)
        sheet.set_column(position, position, min(max(len(head) + 2, 10), 40))
    for row, values in enumerate(content.records(), start=1):
        for position, column in enumerate(content.columns):
            _write_cell(sheet, row, position, values[column.name])
        if content.rd is not None:
            _write_place(sheet, row, len(content.columns), content.rd[row - 1])
    sheet.freeze_panes(1, 1)
    if heads:
        sheet.autofilter(0, 0, max(len(content.frame), 1), len(heads) - 1)


def _write_cell(sheet: Any, row: int, position: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool | np.bool_):
        sheet.write_boolean(row, position, bool(value))
    elif isinstance(value, int | float | np.number):
        sheet.write_number(row, position, float(value))
    else:
        text = str(value)
        # a cell that is too long would be refused as a whole
        sheet.write_string(row, position, text if len(text) <= CELL else text[: CELL - len(CUT)] + CUT)


def _write_place(sheet: Any, row: int, position: int, place: NDArray[np.float64]) -> None:
    for offset, value in enumerate(place.tolist()):
        if np.isfinite(value):
            sheet.write_number(row, position + offset, value)


def _head(column: Column) -> str:
    return f"{column.label_nl} ({UNITS.get(column.unit, column.unit)})" if column.unit else column.label_nl


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | float | np.number):
        return _number(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _number(value: Any) -> str:
    """Write a number with as few digits as give it back, never in powers of ten."""
    if not np.isfinite(value):
        return ""
    return str(int(value)) if float(value).is_integer() else np.format_float_positional(value, trim="-")


def _wkt(geometry: Any, decimals: int) -> str:
    if geometry is None:
        return ""
    return str(shapely.to_wkt(geometry, rounding_precision=decimals, trim=True))


def _free(name: str, taken: set[str]) -> str:
    """Give the name, with a low line behind it for every column that already has it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
