"""Tables for people: CSV that a Dutch spreadsheet opens, and web pages that a screen reader can read."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final
from xml.etree import ElementTree as ET

import pandas as pd

from layers.dutch import number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would take for a formula."""
NOTHING: Final = "niet beoordeeld"
STYLE: Final = (
    "body{font:1rem/1.5 'Segoe UI',Arial,sans-serif;color:#1a1a1a;background:#fff;margin:0 auto;padding:1rem;"
    "max-width:75rem}h1{font-size:1.6rem}h2{font-size:1.25rem;margin-top:2rem}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}"
    "caption{text-align:left;font-weight:bold;padding:.5rem 0}"
    "th,td{border:1px solid #767676;padding:.35rem .5rem;text-align:left;vertical-align:top}"
    "td:not(.n){min-width:8rem}thead th{background:#f0ecf4}td.n{text-align:right;white-space:nowrap}"
    ".s{overflow-x:auto}"
    ".let-op{border-left:.4rem solid #5d2d86;padding:.5rem 1rem;background:#f7f4fa}"
)


def as_csv(frame: pd.DataFrame) -> bytes:
    """Write a table as CSV: semicolons, decimal commas, UTF-8 with a mark, names of columns as they are.

    A text that a spreadsheet would run as a formula gets an apostrophe in front of it.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    names = [name for name in frame.columns if name != "geometry"]
    writer.writerow(names)
    for row in frame[names].itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return target.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    if missing(value):
        return ""
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def missing(value: Any) -> bool:
    """Tell whether a cell holds nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)  # noqa: PLR0124 nan


def shown(value: Any, decimals: int = 1) -> str:
    """Write a value as people read it; nothing is "niet beoordeeld"."""
    if missing(value):
        return NOTHING
    return number_nl(float(value), decimals) if isinstance(value, float) else str(value)


class Page:
    """A web page of one file, with headings, texts and tables.

    Parameters
    ----------
    title
        Of the page.
    note
        What every reader must know first, in a box.
    """

    def __init__(self, title: str, note: str = "") -> None:
        self._root = ET.Element("html", {"lang": "nl"})
        head = ET.SubElement(self._root, "head")
        ET.SubElement(head, "meta", {"charset": "utf-8"})
        ET.SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
        ET.SubElement(head, "title").text = title
        ET.SubElement(head, "style").text = STYLE
        self._main = ET.SubElement(ET.SubElement(self._root, "body"), "main")
        ET.SubElement(self._main, "h1").text = title
        if note:
            ET.SubElement(self._main, "p", {"class": "let-op"}).text = note

    def heading(self, text: str) -> None:
        """Add a heading."""
        ET.SubElement(self._main, "h2").text = text

    def paragraph(self, text: str) -> None:
        """Add running text."""
        ET.SubElement(self._main, "p").text = text

    def table(
        self, caption: str, labels: Mapping[str, str], frame: pd.DataFrame, numbers: Sequence[str] = ()
    ) -> None:
        """Add a table; the first column heads its row.

        Parameters
        ----------
        caption
            What it shows.
        labels
            Column to its heading, in order; other columns are left out.
        frame
            The rows.
        numbers
            Columns that stand to the right.
        """
        holder = ET.SubElement(self._main, "div", {"class": "s", "role": "region", "tabindex": "0"})
        holder.set("aria-label", caption)
        table = ET.SubElement(holder, "table")
        ET.SubElement(table, "caption").text = caption
        row = ET.SubElement(ET.SubElement(table, "thead"), "tr")
        for label in labels.values():
            ET.SubElement(row, "th", {"scope": "col"}).text = label
        body = ET.SubElement(table, "tbody")
        for values in frame[list(labels)].itertuples(index=False):
            row = ET.SubElement(body, "tr")
            for place, (name, value) in enumerate(zip(labels, values, strict=True)):
                if place == 0:
                    ET.SubElement(row, "th", {"scope": "row"}).text = shown(value)
                else:
                    kind = {"class": "n"} if name in numbers else {}
                    ET.SubElement(row, "td", kind).text = shown(value)

    def write(self) -> bytes:
        """Give the page."""
        ET.indent(self._root, " ")
        return f"<!DOCTYPE html>\n{ET.tostring(self._root, encoding='unicode', method='html')}\n".encode()
