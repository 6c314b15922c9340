"""Supply: the land that stands free at once, comes later, or waits for a soft plan, per class and year.

Land that is to be transformed counts once: its vacant part leaves the supply here, its occupied part returns
as replacement demand in `analysis.space.regular`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.space.matching import CLASSES, WATERS
from analysis.space.stated import stated
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.land import Land
    from analysis.space.quantities import Quantities

FIGURES = (
    "supply.category_reading",
    "supply.water_reading",
    "supply.at_once_share",
    "supply.option_share",
    "supply.option_years",
    "supply.soft_share",
    "supply.soft_years",
    "supply.soft_issue_years",
    "supply.grid_share",
    "transformation.end_year",
)
KINDS = ("at_once", "later", "soft")
READINGS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Category reading and water reading: 0 strict, 1 wide."""
TABLE_COLUMNS = (
    "park_id",
    "park_name",
    "sub_area",
    "kind",
    "plan",
    "grid_until",
    "category",
    "water",
    "strict_ha",
    "wide_ha",
    "counted_ha",
)


def transformed_share(
    end_year: NDArray[np.float64], years: NDArray[np.float64], reference_year: int
) -> NDArray[np.float64]:
    """Give which part of a transformation is done, ``(draws, years)``; it goes evenly to its end."""
    span = np.maximum(end_year - reference_year, 1.0)
    return np.clip((years[None, :] - reference_year) / span[:, None], 0.0, 1.0)


@dataclass(frozen=True)
class _Part:
    """Hectares that come free under the same conditions, per reading ``(4, sub-areas, 10, 3)``."""

    kind: str
    grid_from: float
    transformed: bool
    hectares: NDArray[np.float64]


@dataclass(frozen=True)
class SupplyModel:
    """Supply as a function of its uncertain inputs.

    Attributes
    ----------
    quantities
        The uncertain inputs.
    sub_areas
        Names, sorted.
    years
        Ascending.
    reference_year
        The year in which the land was surveyed.
    land
        Units that stand free.
    left_out
        Hectares that are not counted, with the reason: ``sub_area``, ``reason``, ``ha``.
    """

    quantities: Quantities
    sub_areas: tuple[str, ...]
    years: tuple[int, ...]
    reference_year: int
    land: Land
    left_out: pd.DataFrame
    parts: tuple[_Part, ...]

    def evaluate(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the hectares that can be had.

        Parameters
        ----------
        values
            ``(draws, k)`` in the order of `quantities`.

        Returns
        -------
        ndarray
            Net hectares, ``(draws, sub-areas, years, 10, 3)``.
        """
        result = np.zeros((len(values), len(self.sub_areas), len(self.years), *CLASSES))
        mix = self._mix(values)
        for part in self.parts:
            weight = self._weight(part, values)
            hectares = np.zeros((len(values), *part.hectares.shape[1:]))
            for reading, cells in enumerate(part.hectares):
                hectares += mix[:, reading, None, None, None] * cells
            for year in range(len(self.years)):
                result[:, :, year] += weight[:, year, None, None, None] * hectares
        return result

    def table(self) -> pd.DataFrame:
        """List the land per park, kind and class: strict, wide, and as counted at mid assumptions."""
        land = self.land
        values = self.quantities.mid[None, :]
        mix = self._mix(values)[0]
        shares = np.stack([land.classes(*reading) for reading in READINGS])
        kinds = _kinds(land)
        counted = np.array([self._share(kind, values)[0] for kind in kinds])
        unit, category, water = np.nonzero(shares.sum(axis=0))
        here = shares[:, unit, category, water] * land.table["ha"].to_numpy(dtype=float)[unit]
        grid = land.table["grid_from"].to_numpy(dtype=float)[unit]
        table = land.table.loc[unit, ["park_id", "park_name", "sub_area", "plan"]].reset_index(drop=True)
        table = table.assign(
            kind=kinds[unit],
            grid_until=np.where(np.isfinite(grid), grid, np.nan),
            category=np.array(CATEGORIES, dtype=object)[category],
            water=np.array(WATERS, dtype=object)[water],
            strict_ha=here[0],
            wide_ha=here[-1],
            counted_ha=counted[unit] * (mix[:, None] * here).sum(axis=0),
        )
        grouped = table[list(TABLE_COLUMNS)].groupby(list(TABLE_COLUMNS[:8]), dropna=False, sort=True)
        return pd.DataFrame(grouped.sum().reset_index())

    def with_land(self, land: Land) -> SupplyModel:
        """Give the same model for other land, such as what is left when a housing plan goes ahead."""
        return SupplyModel(
            self.quantities,
            self.sub_areas,
            self.years,
            self.reference_year,
            land,
            self.left_out,
            _parts(land, self.sub_areas),
        )

    def _mix(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weight of each pair of readings, ``(draws, 4)``; they add up to one."""
        category, water = (self._of(f"supply.{axis}_reading", values) for axis in ("category", "water"))
        strict_wide = ((1.0 - category, category), (1.0 - water, water))
        return np.stack([strict_wide[0][first] * strict_wide[1][second] for first, second in READINGS], 1)

    def _share(self, kind: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the share of the land of a kind that can be had once its time has come."""
        name = {"at_once": "at_once_share", "later": "option_share", "soft": "soft_share"}[kind]
        return self._of(f"supply.{name}", values)

    def _weight(self, part: _Part, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give which share of a part can be had in each year, ``(draws, years)``."""
        years = np.array(self.years, dtype=float)
        weight = np.repeat(self._share(part.kind, values)[:, None], len(years), axis=1)
        if part.kind != "at_once":
            weight = weight * self._come(part.kind, years, values)
        if not np.isnan(part.grid_from):
            usable = self._of("supply.grid_share", values)[:, None]
            weight = weight * np.where(years[None, :] >= part.grid_from, 1.0, usable)
        if part.transformed:
            end = self._of("transformation.end_year", values)
            weight = weight * (1.0 - transformed_share(end, years, self.reference_year))
        return weight

    def _come(
        self, kind: str, years: NDArray[np.float64], values: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give which share of land that comes later has come by each year, ``(draws, years)``."""
        if kind == "later":
            start, last = np.zeros(len(values)), self._of("supply.option_years", values)
        else:
            start, last = self._of("supply.soft_years", values), self._of("supply.soft_issue_years", values)
        passed = years[None, :] - self.reference_year - start[:, None]
        # land that comes within a year comes at once
        return np.asarray(np.clip(passed / np.maximum(last, 1.0)[:, None], 0.0, 1.0))

    def _of(self, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values[:, self.quantities.position(name)])


def build_supply(
    land: Land,
    *,
    sub_areas: Sequence[str],
    years: Sequence[int],
    reference_year: int,
    assumptions: Path | None = None,
) -> SupplyModel:
    """Make the supply model of a project.

    Parameters
    ----------
    land
        As `analysis.space.land.find_land` gives it.
    sub_areas
        Names; land elsewhere is not counted, and listed as left out.
    years
        For which years; ascending.
    reference_year
        The year in which the land was surveyed.
    assumptions
        File in place of ``supply_assumptions.csv``.

    Raises
    ------
    InputError
        With every problem in the file of assumptions.
    """
    names = tuple(sorted(sub_areas))
    free = land.where(land.table["status"].isin(["vacant", "option"]).to_numpy(dtype=bool))
    return SupplyModel(
        quantities=stated("supply_assumptions", FIGURES, assumptions),
        sub_areas=names,
        years=tuple(sorted(years)),
        reference_year=reference_year,
        land=free,
        left_out=_left_out(land, names),
        parts=_parts(free, names),
    )


def _kinds(land: Land) -> NDArray[np.object_]:
    """Tell per free unit whether it can be had at once, later, or waits for a soft plan."""
    option = (land.table["status"] == "option").to_numpy(dtype=bool)
    soft = (land.table["plan"] == "soft").to_numpy(dtype=bool)
    return np.where(soft, "soft", np.where(option, "later", "at_once")).astype(object)


def by_sub_area(
    land: Land, sub_areas: Sequence[str], weight: NDArray[np.float64], reading: tuple[int, int]
) -> NDArray[np.float64]:
    """Add weighted hectares of units up per sub-area and class, ``(sub-areas, 10, 3)``."""
    hectares = land.table["ha"].to_numpy(dtype=float) * weight
    return _added(_places(land, sub_areas), len(sub_areas), land.classes(*reading), hectares)


def _places(land: Land, sub_areas: Sequence[str]) -> NDArray[np.int64]:
    """Give the position of each unit's sub-area, -1 for another."""
    position = {name: row for row, name in enumerate(sub_areas)}
    return np.array(land.table["sub_area"].map(position).fillna(-1), dtype=np.int64)


def _added(
    place: NDArray[np.int64], count: int, classes: NDArray[np.float64], hectares: NDArray[np.float64]
) -> NDArray[np.float64]:
    result = np.zeros((count, *CLASSES))
    for row in range(count):
        here = np.flatnonzero((place == row) & (hectares > 0))
        result[row] = (classes[here] * hectares[here, None, None]).sum(axis=0)
    return result


def _parts(land: Land, sub_areas: Sequence[str]) -> tuple[_Part, ...]:
    kinds = _kinds(land)
    grid = land.table["grid_from"].to_numpy(dtype=float)
    share = land.table["transformed"].to_numpy(dtype=float)
    seasons: list[float] = [np.nan, *np.unique(grid[~np.isnan(grid)]).tolist()]
    area = land.table["ha"].to_numpy(dtype=float)
    classes = [land.classes(*reading) for reading in READINGS]
    place, count = _places(land, sub_areas), len(sub_areas)
    result = []
    for kind in KINDS:
        for season in seasons:
            there = (kinds == kind) & (np.isnan(grid) if np.isnan(season) else grid == season)
            for transformed, part in ((False, 1.0 - share), (True, share)):
                weight = np.where(there, part, 0.0)
                if not weight.any():
                    continue
                hectares = np.stack([_added(place, count, shares, weight * area) for shares in classes])
                result.append(_Part(kind, season, transformed, hectares))
    return tuple(result)


def _left_out(land: Land, sub_areas: Sequence[str]) -> pd.DataFrame:
    """List hectares that could be supply but are not counted, with the reason."""
    table = land.table
    free = table["status"].isin(["vacant", "option"])
    outside = ~table["sub_area"].isin(list(sub_areas))
    area = table["ha"].to_numpy(dtype=float)
    reasons = (
        ("status_unknown", (table["status"] == "unknown").to_numpy(dtype=bool) * area),
        ("no_sub_area", (free & outside).to_numpy(dtype=bool) * area),
        ("category_not_assessed", (free & ~outside & ~table["assessed"]).to_numpy(dtype=bool) * area),
        # in the strict reading; the wide one may still give it a category
        ("not_even_category_1", (free & ~outside).to_numpy(dtype=bool) * area * land.category[0][:, 0]),
        ("plan_unknown", (free & (table["plan"] == "unknown")).to_numpy(dtype=bool) * area),
    )
    rows = [
        pd.DataFrame({"sub_area": table["sub_area"], "reason": reason, "ha": hectares})[hectares > 0]
        for reason, hectares in reasons
    ]
    every = pd.concat(rows, ignore_index=True)
    return pd.DataFrame(
        every.groupby(["reason", "sub_area"], dropna=False, sort=True)["ha"].sum().reset_index()
    )
