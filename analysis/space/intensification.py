"""Room that is won on existing parks by using them more intensively, per class and year.

A published total for the province of Utrecht, a share of its regular demand and so carried to another region
by inhabitants, counted from the reference year on, spread over the occupied land by its
hectares; a stated share of it falls on heavy land, because storage in the open is hard to stack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.space.matching import CLASSES
from analysis.space.stated import since, stated
from analysis.space.supply import by_sub_area
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.bases import Region
    from analysis.space.land import Land
    from analysis.space.quantities import Quantities

FIGURES = ("intensification.start_year", "intensification.by_2030", "intensification.heavy_share")
HEAVY_FROM = CATEGORIES.index("4.1")
"""From which category on the stated share speaks of heavy land."""


@dataclass(frozen=True)
class IntensificationModel:
    """Gain by intensification as a function of its uncertain inputs.

    Attributes
    ----------
    quantities
        The uncertain inputs.
    sub_areas, years, reference_year
        As in `analysis.space.supply.SupplyModel`.
    light, heavy
        Share of each sub-area and class in the occupied light and heavy land, ``(sub-areas, 10, 3)``; each
        adds up to one, or to zero where there is no such land.
    """

    quantities: Quantities
    sub_areas: tuple[str, ...]
    years: tuple[int, ...]
    reference_year: int
    light: NDArray[np.float64]
    heavy: NDArray[np.float64]

    def evaluate(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the hectares that are won, ``(draws, sub-areas, years, 10, 3)``."""
        years = np.array(self.years, dtype=float)
        gain = since(self.quantities, values, "intensification", years, self.reference_year)
        share = values[:, self.quantities.position("intensification.heavy_share")][:, None]
        parts = ((gain * (1.0 - share), self.light), (gain * share, self.heavy))
        result = np.zeros((len(values), len(self.sub_areas), len(self.years), *CLASSES))
        for hectares, spread in parts:
            result += hectares[:, None, :, None, None] * spread[None, :, None]
        return result


def build_intensification(
    land: Land,
    *,
    sub_areas: Sequence[str],
    years: Sequence[int],
    reference_year: int,
    figures: Path | None = None,
    region: Region | None = None,
    bases: Path | None = None,
) -> IntensificationModel:
    """Make the model of intensification.

    Parameters
    ----------
    land
        As `analysis.space.land.find_land` gives it.
    figures
        File in place of ``intensification.csv``.
    region, bases
        As in `analysis.space.stated.stated`.

    Raises
    ------
    InputError
        With every problem in the file.
    """
    names = tuple(sorted(sub_areas))
    taken = land.where(land.table["status"].isin(["issued", "unknown"]).to_numpy(dtype=bool))
    stays = 1.0 - taken.table["transformed"].to_numpy(dtype=float)
    # halfway between the strict and the wide reading of the land
    occupied = (by_sub_area(taken, names, stays, (0, 0)) + by_sub_area(taken, names, stays, (1, 1))) / 2.0
    light, heavy = occupied.copy(), occupied.copy()
    light[:, HEAVY_FROM:], heavy[:, :HEAVY_FROM] = 0.0, 0.0
    return IntensificationModel(
        quantities=stated("intensification", FIGURES, figures, region=region, bases=bases),
        sub_areas=names,
        years=tuple(sorted(years)),
        reference_year=reference_year,
        light=light / max(light.sum(), 1e-9),
        heavy=heavy / max(heavy.sum(), 1e-9),
    )
