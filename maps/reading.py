"""A release as a reader of one level sees it: the only way in which maps and reports get at tables.

Whatever a level may not see cannot end up in a picture, because it is taken out here. What a hidden table
does give is how many rows of it share some property, and what everybody may know of adopted housing plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np

from layers.exports.themes import THEMES, theme_of
from layers.schema import Level
from maps import wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.classes import ClassStyle
    from layers.release import Release
    from layers.schema import Column, Layer

CERTAIN = "_certain_ha"
"""How columns end that hold what is sure; their ``_possible_ha`` partner holds what may come on top."""

EXACT_ZONES = "usable_zones"
ZONE_BLOCKS = "usable_blocks"

ADOPTED = "hard"
"""Phase of a housing plan that has been adopted, so that everybody may know of it."""
OF_ADOPTED = {
    "balance_housing": (
        "name", "sub_area", "phase", "plan_year", "year", "counts", "rule", "free_lost_low_ha",
        "free_lost_high_ha", "extra_low_ha", "extra_high_ha", "extra_apart_low_ha", "extra_apart_high_ha",
    ),
}  # fmt: skip
"""Tables for the province to what everybody may know of them about an adopted plan: the plan and the land
that it takes, nothing about the firms that are there."""

SHARED_CODES = 3
"""How many codes a column shares with a theme before the theme's names hold for it."""


class View:
    """The tables, labels and classes of a release that a reader of `level` may see.

    Attributes
    ----------
    release
        The release that is shown.
    level
        Who looks at it.
    step
        The step in metres to which distances are shown.
    """

    def __init__(self, release: Release, level: Level) -> None:
        self.release = release
        self.level = level
        self._whole: dict[str, pd.DataFrame] = {}
        self._tables: dict[str, pd.DataFrame] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._columns: dict[str, dict[str, Column]] = {}
        self._styles: dict[str, dict[str, ClassStyle]] = {}
        self._themes: dict[Column, str | None] = {}
        self.step = float(release.project.get("parameters", {}).get("margin_step_m", 5.0))

    def at(self, level: Level) -> View:
        """Give the same release as a reader of another level sees it, without reading its files again."""
        other = View(self.release, level)
        other._whole = self._whole
        return other

    def has(self, name: str) -> bool:
        """Tell whether the release holds a layer and this level may see it."""
        return name in self.release.names and bool(self.release.layer(name).visible(self.level))

    def layer(self, name: str) -> Layer:
        """Give the description of a layer."""
        return self.release.layer(name)

    @property
    def zones(self) -> str:
        """Name of the layer with usable-category zones: exact ones, or blocks for who may not see those."""
        return EXACT_ZONES if self.has(EXACT_ZONES) else ZONE_BLOCKS

    def columns(self, name: str) -> dict[str, Column]:
        """Give the visible columns of a layer by name; empty when it is absent or hidden."""
        if name not in self.release.names:
            return {}
        if name not in self._columns:
            visible = self.release.layer(name).visible(self.level)
            self._columns[name] = {column.name: column for column in visible}
        return self._columns[name]

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Give the visible part of a table row by row, without geometry; no rows when absent or hidden.

        A missing value is None, whatever the type of its column. The rows are shared: change nothing in them.
        """
        if not self.has(name):
            return []
        if name not in self._rows:
            self._rows[name] = self._make_rows(name)
        return self._rows[name]

    def _make_rows(self, name: str) -> list[dict[str, Any]]:
        table, names = self._table(name), list(self.columns(name))
        values = [
            table[column].astype(object).where(table[column].notna(), None).to_numpy() for column in names
        ]
        return [dict(zip(names, row, strict=True)) for row in zip(*values, strict=True)]

    def geometry(self, name: str) -> NDArray[np.object_]:
        """Give the geometries of a layer in EPSG:28992, shape (n,), in the order of `rows`."""
        if not self.has(name):
            return np.empty(0, dtype=object)
        table = self._table(name)
        if not isinstance(table, gpd.GeoDataFrame):
            raise TypeError(f"layer {name} has no geometry")
        return np.asarray(table.geometry.to_numpy(), dtype=object)

    def counts(self, name: str, by: Sequence[str]) -> list[tuple[tuple[Any, ...], int]]:
        """Count the rows of a table, a hidden one included, by the values of some columns.

        Nothing but the counts leaves the table, so `by` names columns of codes, rules and their fixed
        sentences, never of identifiers, names or what somebody wrote.
        """
        if name not in self.release.names:
            return []
        sizes = self._read(name).groupby(list(by), dropna=False, sort=True).size()
        return [(key if isinstance(key, tuple) else (key,), int(size)) for key, size in sizes.items()]

    def adopted(self, name: str) -> list[dict[str, Any]]:
        """Give the rows of a table about housing plans that were adopted, as far as everybody may know them.

        A project that keeps the table from the province keeps these rows back as well.
        """
        kept = OF_ADOPTED.get(name)
        if kept is None or name not in self.release.names:
            return []
        if not Level.PROVINCE.allows(self.release.level(name)):
            return []
        table = self._read(name)
        own = table.loc[(table["phase"] == ADOPTED).fillna(value=False).to_numpy(dtype=bool), list(kept)]
        plain = own.astype(object).where(own.notna(), None)
        return [dict(zip(kept, row, strict=True)) for row in plain.itertuples(index=False, name=None)]

    def total(self, name: str, column: str) -> float | None:
        """Add up a visible column; None when it is hidden, or when every value is missing."""
        if column not in self.columns(name):
            return None
        values = [row[column] for row in self.rows(name) if not wording.missing(row[column])]
        return float(sum(values)) if values else None

    def classes(self, theme: str) -> tuple[ClassStyle, ...]:
        """Give the classes of a theme in legend order."""
        return self.release.classes(theme)

    def class_of(self, theme: str, code: Any) -> ClassStyle:
        """Give the class of a code; the class for what was not assessed when the value is missing.

        Raises
        ------
        KeyError
            For a code that the catalogue does not know, which is a defect of whatever made the release.
        """
        wanted = "not_assessed" if wording.missing(code) else str(code)
        return self._by_code(theme)[wanted]

    def _read(self, name: str) -> pd.DataFrame:
        if name not in self._whole:
            self._whole[name] = self.release.table(name)
        return self._whole[name]

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            names = list(self.columns(name))
            shaped = self.release.layer(name).shape != "table"
            table = self._read(name)[[*names, "geometry"] if shaped else names]
            self._tables[name] = table
        return self._tables[name]

    def _by_code(self, theme: str) -> dict[str, ClassStyle]:
        if theme not in self._styles:
            self._styles[theme] = {style.code: style for style in self.classes(theme)}
        return self._styles[theme]

    def _theme_of(self, column: Column) -> str | None:
        if column not in self._themes:
            self._themes[column] = theme_of(column, self.classes)
        return self._themes[column]

    def show(self, column: Column, value: Any) -> str:
        """Write one value the way readers see it, with the catalogue's class names and units."""
        if wording.missing(value):
            return wording.MISSING
        if column.kind in {"number", "integer"}:
            return wording.quantity(value, column.unit, self.step)
        theme = self._theme_of(column)
        if theme is not None:
            return self.class_of(theme, value).label_nl
        if column.kind == "code":
            return self._code_label(column, str(value))
        if column.kind == "boolean":
            return wording.yes_no(value)
        return str(int(value)) if column.kind == "year" else str(value)

    def _code_label(self, column: Column, code: str) -> str:
        # a column may hold a code beside the classes of a theme, such as a claim that is unknown
        for theme in THEMES:
            styles = self._by_code(theme)
            if code in styles and len(styles.keys() & set(column.allowed)) >= SHARED_CODES:
                return styles[code].label_nl
        return wording.code(code)

    def show_interval(self, low: Column, high: Column, row: dict[str, Any]) -> str:
        """Write an interval out of two columns.

        Columns that end in ``certain_ha`` and ``possible_ha`` hold what is sure and what may come on top, so
        the interval runs from the first to their sum; other pairs hold the ends themselves.
        """
        first, second = row[low.name], row[high.name]
        if low.name.endswith(CERTAIN) and not wording.missing(first) and not wording.missing(second):
            second = first + second
        return wording.interval(self.show(low, first), self.show(high, second))
