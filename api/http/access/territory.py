"""Which rows of a release belong to a set of municipalities, and what of their shapes lies in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from api.jobs.ties import (
    ByArea,
    ByCode,
    ByPlace,
    ByRow,
    ByRows,
    BySubArea,
    BySubject,
    ByValue,
    tie_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from api.jobs.ties import Rule
    from layers.release import Release

    Mask = NDArray[np.bool_]

BORDERS: Final = "municipalities"
SUBJECTS: Final = {"park": "park_evidence", "plot": "plot_evidence"}
SUB_AREA, MUNICIPALITY, PARK = "sub_area", "municipality", "park"
_LISTED: Final = re.compile(r"\s*;\s*")


@dataclass(frozen=True, eq=False)
class Territory:
    """Some municipalities in one release.

    Attributes
    ----------
    release
        Read as a whole, whoever asks: what belongs to whom does not depend on who sees it.
    codes
        Codes of the municipalities.
    """

    release: Release
    codes: frozenset[str]
    _masks: dict[str, Mask] = field(default_factory=dict, repr=False)
    _ids: dict[tuple[str, str | None], frozenset[str]] = field(default_factory=dict, repr=False)

    def own(self, name: str) -> Mask:
        """Tell of each row of a layer whether it belongs to these municipalities; none of an untied layer."""
        if name not in self._masks:
            self._masks[name] = self._computed(name)
        return self._masks[name]

    def ids(self, name: str, column: str | None = None) -> frozenset[str]:
        """Give the ids, or the values of another column, of the own rows of a layer."""
        if name not in self.release.layers:
            return frozenset()
        key = (name, column)
        if key not in self._ids:
            chosen = column or self.release.layer(name).identifier
            if chosen is None:
                raise ValueError(f"rows of {name} have no id that another layer could name")
            values, own = self.release.table(name)[chosen].astype("string"), self.own(name)
            # a value that a row of others has as well, such as a name, does not tell whose it is
            self._ids[key] = frozenset(values[own].dropna()) - frozenset(values[~own].dropna())
        return self._ids[key]

    @cached_property
    def boundary(self) -> shapely.Geometry:
        """The municipalities as one shape in EPSG:28992; empty when the release does not draw them."""
        if BORDERS not in self.release.layers:
            return shapely.Polygon()
        table = self.release.table(BORDERS)
        shapes = table.geometry.to_numpy()[table["municipality_code"].isin(self.codes).to_numpy(dtype=bool)]
        boundary = shapely.union_all(shapes)
        shapely.prepare(boundary)
        return boundary

    @cached_property
    def sub_areas(self) -> frozenset[str]:
        """Names of the sub-areas of which every municipality is here."""
        if BORDERS not in self.release.layers:
            return frozenset()
        table = self.release.table(BORDERS)
        here = table["municipality_code"].isin(self.codes)
        whole = here.groupby(table["sub_area"]).all()
        return frozenset(whole.index[whole.to_numpy(dtype=bool)].astype(str))

    def clipped(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Cut shapes off at the boundary.

        Parameters
        ----------
        shapes
            In EPSG:28992; None for a row without a shape.

        Returns
        -------
        numpy.ndarray
            New shapes of the same dimension; None where nothing of it is left.
        """
        result = np.array(shapes, dtype=object)
        present = ~shapely.is_missing(result)
        # what is wholly inside keeps its own vertices
        crossing = present & ~shapely.covered_by(result, self.boundary)
        for row in np.flatnonzero(crossing):
            result[row] = _kept(shapely.intersection(result[row], self.boundary), result[row])
        return result

    def known(self, values: pd.Series[Any], layer: str, column: str) -> Mask:
        """Tell of each list behind ``;`` whether it names rows of these municipalities only."""
        own = self.ids(layer, column)
        return _mask(values, lambda text: set(_LISTED.split(text)) <= own, missing=True)

    def _computed(self, name: str) -> Mask:
        table = self.release.table(name)
        rules = tie_of(name).rules
        own = np.full(len(table), bool(rules))
        for rule in rules:
            own &= self._held(rule, table)
        return own

    def _held(self, rule: Rule, table: pd.DataFrame) -> Mask:
        match rule:
            case ByPlace():
                held = self._within(table)
            case BySubject():
                subjects = {word: self.ids(layer) for word, layer in SUBJECTS.items()}
                held = _chosen_by(table, "subject", "subject_id", subjects)
            case ByArea(column):
                areas = {MUNICIPALITY: self.codes, PARK: self.ids(SUBJECTS[PARK]), SUB_AREA: self.sub_areas}
                held = _chosen_by(table, "scope", column, areas)
            case ByCode(columns):
                held = np.logical_and.reduce([_listed(table, name, self.codes) for name in columns])
            case ByRows(column, layer):
                held = _listed(table, column, self.ids(layer), missing=True)
            case ByRow(column, layers):
                ids = frozenset[str]().union(*(self.ids(layer) for layer in layers))
                held = _isin(table, column, ids)
            case BySubArea(column):
                held = _isin(table, column, self.sub_areas)
            case ByValue(column, values):
                held = _isin(table, column, values)
        return held

    def _within(self, table: pd.DataFrame) -> Mask:
        if "geometry" not in table:
            return np.zeros(len(table), dtype=bool)
        places = shapely.point_on_surface(np.asarray(table["geometry"].to_numpy(), dtype=object))
        return np.asarray(shapely.contains_properly(self.boundary, places), dtype=bool)


def _isin(table: pd.DataFrame, column: str, values: Iterable[str]) -> Mask:
    # a release of an earlier version may lack the column: then nothing is own
    if column not in table:
        return np.zeros(len(table), dtype=bool)
    return np.asarray(table[column].isin(list(values)).to_numpy(dtype=bool), dtype=bool)


def _chosen_by(table: pd.DataFrame, kind: str, column: str, places: dict[str, frozenset[str]]) -> Mask:
    found = np.zeros(len(table), dtype=bool)
    for word, ids in places.items():
        found |= _isin(table, kind, [word]) & _isin(table, column, ids)
    return found


def _listed(table: pd.DataFrame, column: str, values: frozenset[str], *, missing: bool = False) -> Mask:
    if column not in table:
        return np.zeros(len(table), dtype=bool)
    return _mask(table[column], lambda text: set(_LISTED.split(text)) <= values, missing=missing)


def _mask(values: pd.Series[Any], holds: Callable[[str], bool], *, missing: bool) -> Mask:
    return np.array(
        [missing if pd.isna(value) or value == "" else holds(str(value)) for value in values], dtype=bool
    )


def _kept(found: shapely.Geometry, before: shapely.Geometry) -> shapely.Geometry | None:
    """Keep the parts of the dimension that the shape had: a polygon that touches leaves no line."""
    parts = np.array([found], dtype=object)
    while (shapely.get_type_id(parts) == shapely.GeometryType.GEOMETRYCOLLECTION).any():
        parts = shapely.get_parts(parts)
    wanted = (shapely.get_dimensions(parts) == shapely.get_dimensions(before)) & ~shapely.is_empty(parts)
    if not wanted.any():
        return None
    return parts[wanted][0] if wanted.sum() == 1 else shapely.union_all(parts[wanted])
