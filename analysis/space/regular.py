"""Regular demand: growth of ordinary firms, and the firms that transformation sends looking for a place.

Growth is a published total for the province of Utrecht, carried to another region by inhabitants, counted
from the reference year on, without the circular firms that are counted elsewhere, spread by stated keys.
Replacement demand is the occupied part of land that is to be transformed; the vacant part of that land leaves
the supply (`analysis.space.supply`), so it counts once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.data_files import Field, read_data_file
from analysis.space.matching import AT_WATER, CLASSES, WATERS
from analysis.space.quantities import STATUSES
from analysis.space.stated import since, stated
from analysis.space.supply import transformed_share
from gis.errors import InputError, Problem
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.bases import Region
    from analysis.space.land import Land
    from analysis.space.quantities import Quantities

FIGURES = (
    "regular.start_year",
    "regular.by_2030",
    "regular.circular_share",
    "regular.heavy_share",
    "regular.heavy_water_share",
    "regular.heavy_near_share",
    "regular.light_water_share",
    "transformation.returns_share",
)
PARTS = ("light", "heavy")
SUM_TOLERANCE = 1e-6
CATEGORY_FIELDS = (
    Field("category", allowed=CATEGORIES),
    Field("share", "number", minimum=0.0, maximum=1.0),
    Field("part", allowed=PARTS),
    Field("status", allowed=STATUSES),
    Field("source"),
)
BOUNDS = ("low", "mid", "high")


@dataclass(frozen=True)
class RegularDemandModel:
    """Regular demand as a function of its uncertain inputs.

    Attributes
    ----------
    quantities
        The uncertain inputs; the end of transformation is shared with the supply.
    sub_areas, years, reference_year
        As in `analysis.space.supply.SupplyModel`.
    key
        Share of each sub-area in the growth, adding up to one.
    categories
        Share per category within light and within heavy demand, ``(2, 10)``.
    displaced
        Hectares of firms on land to be transformed whose category is known, ``(sub-areas, 10, 3)``.
    displaced_unknown
        The same where it is not known, ``(sub-areas,)``; spread as growth is.
    """

    quantities: Quantities
    sub_areas: tuple[str, ...]
    years: tuple[int, ...]
    reference_year: int
    key: NDArray[np.float64]
    categories: NDArray[np.float64]
    displaced: NDArray[np.float64]
    displaced_unknown: NDArray[np.float64]

    def evaluate(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give growth and replacement together, net hectares ``(draws, sub-areas, years, 10, 3)``."""
        return self.growth(values) + self.replacement(values)

    def growth(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the demand of growing firms, as `evaluate`."""
        years = np.array(self.years, dtype=float)
        total = since(self.quantities, values, "regular", years, self.reference_year)
        total = total * (1.0 - self._of("regular.circular_share", values))[:, None]
        per_area = total[:, None, :] * self.key[None, :, None]
        return np.asarray(per_area[..., None, None] * self._mix(values)[:, None, None])

    def replacement(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the demand of firms that transformation displaces, as `evaluate`."""
        years = np.array(self.years, dtype=float)
        end = self._of("transformation.end_year", values)
        gone = transformed_share(end, years, self.reference_year)
        gone = gone * self._of("transformation.returns_share", values)[:, None]
        spread = self.displaced_unknown[None, :, None, None] * self._mix(values)[:, None]
        places = self.displaced[None] + spread
        return np.asarray(places[:, :, None] * gone[:, None, :, None, None])

    def table(self) -> pd.DataFrame:
        """List the demand per sub-area, year and class: with every input low, mid and high at once."""
        values = self.quantities.bounds()
        parts = []
        for kind, cells in (("growth", self.growth(values)), ("replacement", self.replacement(values))):
            area, year, category, water = np.nonzero(cells.sum(axis=0) > 0)
            table = pd.DataFrame(
                {
                    "kind": kind,
                    "sub_area": np.array(self.sub_areas, dtype=object)[area],
                    "year": np.array(self.years)[year],
                    "category": np.array(CATEGORIES, dtype=object)[category],
                    "water": np.array(WATERS, dtype=object)[water],
                }
            )
            for number, bound in enumerate(BOUNDS):
                table[f"{bound}_ha"] = cells[number, area, year, category, water]
            parts.append(table)
        result = pd.concat(parts, ignore_index=True)
        # with all inputs low at once a class may come out above its high: shares pull against each other
        ends = result[["low_ha", "mid_ha", "high_ha"]].to_numpy(dtype=float)
        return result.assign(low_ha=ends.min(axis=1), high_ha=ends.max(axis=1))

    def _of(self, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(values[:, self.quantities.position(name)])

    def _mix(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the share of each class in growth, ``(draws, 10, 3)``, adding up to one."""
        heavy = self._of("regular.heavy_share", values)[:, None]
        wet, near = (self._of(f"regular.heavy_{name}_share", values)[:, None] for name in ("water", "near"))
        light_wet = self._of("regular.light_water_share", values)[:, None]
        light_part, heavy_part = self.categories[0][None, :], self.categories[1][None, :]
        result = np.zeros((len(values), *CLASSES))
        result[:, :, 0] = (1 - heavy) * (1 - light_wet) * light_part + heavy * (1 - wet - near) * heavy_part
        result[:, :, 1] = heavy * near * heavy_part
        result[:, :, AT_WATER] = (1 - heavy) * light_wet * light_part + heavy * wet * heavy_part
        return result


def build_regular(
    land: Land,
    transformation: Quantities,
    *,
    sub_areas: pd.DataFrame,
    years: Sequence[int],
    reference_year: int,
    key: str = "inhabitants",
    figures: Path | None = None,
    categories: Path | None = None,
    region: Region | None = None,
    bases: Path | None = None,
) -> RegularDemandModel:
    """Make the model of regular demand.

    Parameters
    ----------
    land
        As `analysis.space.land.find_land` gives it, for the firms on land to be transformed.
    transformation
        Quantities that hold ``transformation.end_year``: those of the supply model.
    sub_areas
        ``sub_area`` and the column named by `key`.
    key
        Column that spreads growth over the sub-areas, such as inhabitants or jobs.
    figures, categories
        Files in place of ``regular_demand.csv`` and ``regular_categories.csv``.
    region, bases
        As in `analysis.space.stated.stated`.

    Raises
    ------
    InputError
        With every problem in the files, or when the key is not known for a sub-area.
    """
    areas = sub_areas.sort_values("sub_area", ignore_index=True)
    quantities = stated("regular_demand", FIGURES, figures, region=region, bases=bases)
    _check_waters(quantities, figures)
    names = tuple(str(name) for name in areas["sub_area"])
    known, unknown = _displaced(land, names)
    return RegularDemandModel(
        quantities=quantities.concat(transformation.take(["transformation.end_year"])),
        sub_areas=names,
        years=tuple(sorted(years)),
        reference_year=reference_year,
        key=_key(areas, key),
        categories=read_categories(categories),
        displaced=known,
        displaced_unknown=unknown,
    )


def _key(areas: pd.DataFrame, key: str) -> NDArray[np.float64]:
    weight = areas[key].to_numpy(dtype=float)
    wrong = ~(weight >= 0)
    if wrong.any() or weight.sum() <= 0:
        raise InputError(
            Problem(
                f"The {key} of these sub-areas are not known",
                f"Give {key} for every municipality, or choose another key.",
                layer="municipalities",
                field=key,
                rows=tuple(str(name) for name in areas.loc[wrong, "sub_area"]),
            )
        )
    return np.asarray(weight / weight.sum())


def _check_waters(quantities: Quantities, path: Path | None) -> None:
    """Refuse shares that together exceed one."""
    near, wet = (quantities.position(f"regular.heavy_{name}_share") for name in ("near", "water"))
    if quantities.high[near] + quantities.high[wet] > 1.0:
        raise InputError(
            Problem(
                "The shares of heavy demand near water and at water are together above 1",
                "Lower the high values.",
                str(path or "regular_demand.csv"),
                field="high",
                rows=("regular.heavy_water_share", "regular.heavy_near_share"),
            )
        )


def read_categories(path: Path | None = None) -> NDArray[np.float64]:
    """Read the share per category within light and within heavy regular demand, ``(2, 10)``.

    Raises
    ------
    InputError
        With every problem: an unknown category or part, a share outside 0 to 1, shares that do not add up.
    """
    file = read_data_file("regular_categories", path, CATEGORY_FIELDS, ("category",))
    result = np.zeros((len(PARTS), len(CATEGORIES)))
    for row, part in enumerate(PARTS):
        mine = file.table[file.table["part"] == part]
        total = float(mine["share"].sum())
        if len(file.table) and not abs(total - 1.0) <= SUM_TOLERANCE:
            message = f"the shares of the {part} part add up to {total:g}, not to 1"
            file.problems.append(Problem(message, "Correct them.", file.name, field="share"))
        for category, value in zip(mine["category"], mine["share"], strict=True):
            if category in CATEGORIES:
                result[row, CATEGORIES.index(category)] = value
    file.stop()
    return result


def _displaced(land: Land, sub_areas: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the occupied hectares on land to be transformed: by class where known, and where not."""
    table = land.table
    taken = table["status"].isin(["issued", "unknown"]).to_numpy(dtype=bool)
    place = table["sub_area"].map({name: row for row, name in enumerate(sub_areas)}).fillna(-1)
    area = np.array(place, dtype=np.int64)
    hectares = table["ha"].to_numpy(dtype=float) * table["transformed"].to_numpy(dtype=float)
    chosen = np.flatnonzero(taken & (area >= 0) & (hectares > 0))
    water = np.where(table["wet_use"].to_numpy(dtype=bool), AT_WATER, 0)
    lightest, heaviest = (table[f"in_use_{end}"].to_numpy(dtype=np.int64) for end in ("low", "high"))
    known = np.zeros((len(sub_areas), *CLASSES))
    unknown = np.zeros(len(sub_areas))
    for unit in chosen:
        if lightest[unit] == 0:
            unknown[area[unit]] += hectares[unit]
            continue
        # the firms lie somewhere between the lightest and the heaviest of them
        span = np.arange(lightest[unit] - 1, heaviest[unit])
        known[area[unit], span, water[unit]] += hectares[unit] / len(span)
    return known, unknown
