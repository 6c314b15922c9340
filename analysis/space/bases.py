"""Regions that figures were published for, and how a figure is carried to another region.

A published total belongs to the people of its region. In that region it holds as it stands; elsewhere it is
scaled by inhabitants, and is an assumption from then on, with a note that says so. A file of a user without
a column ``base`` states figures of the user's own region, which are never scaled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.data_files import Field, read_data_file
from analysis.space.quantities import STATUSES
from gis.delimited import read_table
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from analysis.data_files import DataFile, Range

BASE = Field("base", filled=False)
"""The column that names the region of a figure; empty, or absent in a user's file, for the own region."""
Relation = Literal["same", "part", "other"]

_FIELDS = (
    Field("base_id"),
    Field("region_nl"),
    Field("region_en"),
    Field("municipalities"),
    Field("inhabitants", "number", minimum=1),
    Field("year", "number", minimum=1900, maximum=2200),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True, slots=True)
class Region:
    """The region of a project.

    Attributes
    ----------
    municipalities
        Codes, such as ``GM0344``.
    inhabitants
        Of all of them together.
    """

    municipalities: frozenset[str]
    inhabitants: float


@dataclass(frozen=True, slots=True)
class Base:
    """The region that figures were published for.

    Attributes
    ----------
    municipalities
        Codes of the municipalities that it holds.
    inhabitants, year
        How many people live there, and when they were counted.
    status, source
        Of the number of inhabitants.
    """

    region_nl: str
    region_en: str
    municipalities: frozenset[str]
    inhabitants: float
    year: int
    status: str
    source: str

    def relation(self, region: Region | None) -> Relation:
        """Tell whether a project has the region of this base, a part of it, or lies elsewhere.

        Without a region figures stay as published.
        """
        if region is None or region.municipalities == self.municipalities:
            return "same"
        return "part" if region.municipalities < self.municipalities else "other"

    def scaled(self, figure: Range, region: Region | None) -> Range:
        """Carry a total to a region by inhabitants; the same where it is the region of the base."""
        if region is None or self.relation(region) == "same":
            return figure
        factor = region.inhabitants / self.inhabitants
        note = (
            f"omgerekend naar inwoners: {self._people()}, dit gebied {_whole(region.inhabitants)}; "
            "dat het cijfer per inwoner gelijk is, is een aanname"
        )
        return replace(
            figure,
            low=figure.low * factor,
            mid=figure.mid * factor,
            high=figure.high * factor,
            status="assumption",
            source=f"{figure.source}; {note}",
        )

    def borrowed(self, figure: Range, region: Region | None) -> Range:
        """Take a ratio of the base for a part of it: the same number, as an assumption."""
        if self.relation(region) == "same":
            return figure
        note = f"cijfer van {self.region_nl}, voor dit gebied een aanname"
        return replace(figure, status="assumption", source=f"{figure.source}; {note}")

    def _people(self) -> str:
        return f"{self.region_nl} {_whole(self.inhabitants)} ({self.year})"


def _whole(number: float) -> str:
    """Write a whole number with Dutch separators."""
    return f"{number:,.0f}".replace(",", ".")


def region_of(tables: Mapping[str, gpd.GeoDataFrame]) -> Region:
    """Give the region of a project: its municipalities and those of their inhabitants that are known."""
    layer = tables["municipalities"]
    codes = frozenset(str(code) for code in layer["municipality_code"])
    return Region(codes, float(layer["inhabitants"].astype(float).sum()))


def load_bases(path: Path | None = None) -> dict[str, Base]:
    """Read the regions that figures were published for, by identifier.

    Parameters
    ----------
    path
        A user's own file in place of ``figure_bases.csv``.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("figure_bases", path, _FIELDS, ("base_id",))
    file.stop()
    return {str(row["base_id"]): _base(row) for row in file.table.to_dict("records")}


def _base(row: Mapping[Any, Any]) -> Base:
    codes = (code.strip() for code in str(row["municipalities"]).split(";"))
    return Base(
        region_nl=str(row["region_nl"]),
        region_en=str(row["region_en"]),
        municipalities=frozenset(code for code in codes if code),
        inhabitants=float(row["inhabitants"]),
        year=int(row["year"]),
        status=str(row["status"]),
        source=str(row["source"]),
    )


def based(name: str, fields: tuple[Field, ...], path: Path | None) -> tuple[Field, ...]:
    """Add ``base`` to the columns of a file that has it; `name` and `path` as in `read_data_file`."""
    if path is not None:
        return (*fields, BASE) if BASE.name in _columns(path) else fields
    with as_file(files("layers") / "data" / f"{name}.csv") as shipped:
        return (*fields, BASE) if BASE.name in _columns(shipped) else fields


def _columns(path: Path) -> Collection[str]:
    if not path.is_file():
        return ()
    try:
        return list(read_table(path, path.name, header_only=True)[0].columns)
    except InputError:
        # a file that cannot be read is reported where its rows are read
        return ()


def bases_of(file: DataFile, bases: Mapping[str, Base]) -> list[Base | None]:
    """Give the base of every row, None for the own region; an unknown one is noted as a problem."""
    if BASE.name not in file.table:
        return [None] * len(file.table)
    file.check_known(BASE.name, bases, "the base")
    return [bases.get(name) for name in file.texts(BASE.name)]


def only_totals(file: DataFile, bases: Sequence[Base | None], unit: str = "ha") -> None:
    """Note rows with a base that are no total: a share or a year cannot be scaled by inhabitants."""
    stated = np.array([base is not None for base in bases], dtype=bool)
    other = stated & (np.array(file.texts("unit"), dtype=object) != unit)
    file.report(f"only totals in {unit} can have a base", "Leave base empty here.", BASE.name, other)
