"""Released land: what shrinking linear activity frees, how late, and how much of it is of use.

released(t) = area x exposure x shrinkage(scenario, t - lag) x chance to vacate x usable shares (field facts
4.4, a proposal: no published figures were found). Land that a housing plan claims or that is to be
transformed never counts. The class of the land is that of its plot or park, as for the supply: the reading
of category and water is the same uncertain input there and here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.space.firms import fit_of_units
from analysis.space.linear import OTHER, Sector, sector_of
from analysis.space.matching import CLASSES, WATERS
from analysis.space.quantities import Quantities, quantities_of
from analysis.space.release_figures import QUESTIONS, USABLE
from analysis.space.scenarios import scenario_name, straight_line
from analysis.space.stated import stated
from analysis.subjects import HECTARE_M2
from gis.arrays import where_known
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.data_files import Range
    from analysis.space.firms import Firms
    from analysis.space.land import Land
    from analysis.space.scenarios import Scenario

READINGS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Category reading and water reading: 0 strict, 1 wide; as in `analysis.space.supply`."""
SHARED = ("supply.category_reading", "supply.water_reading")
BOUNDS = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class _Part:
    """Land of one sector under the same conditions.

    Attributes
    ----------
    grid_from
        Year from which a full grid has room again; NaN where it is not full.
    cells
        The sub-area, category and water class of each cell that has any land, ``(n, 3)``.
    hectares, jobs
        Per pair of readings and cell ``(4, n)``: land of stated area, and jobs of firms of unknown area, to
        be multiplied by m2 per job.
    """

    sector: str
    grid_from: float
    cells: NDArray[np.int64]
    hectares: NDArray[np.float64]
    jobs: NDArray[np.float64]


@dataclass(frozen=True)
class ReleasedModel:
    """Released land as a pure function of its uncertain inputs.

    Attributes
    ----------
    quantities
        The uncertain inputs; the readings of category and water are shared with the supply.
    sub_areas, years
        Sorted names, ascending years.
    sectors
        The linear sectors.
    firms
        One row per firm of a sector with its park, hectares of land, and what falls away at once: claimed by
        housing, to be transformed, without a class.
    """

    quantities: Quantities
    sub_areas: tuple[str, ...]
    years: tuple[int, ...]
    sectors: dict[str, Sector]
    scenario: Scenario
    firms: pd.DataFrame
    parts: tuple[_Part, ...]

    def evaluate(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Compute the usable released land.

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
        mix = self.mix(values)
        common = np.ones(len(values))
        for name in USABLE:
            common = common * self._of(f"released.{name}", values)
        released = {name: self.released_share(name, values) for name in self.sectors}
        for part in self.parts:
            weight = released[part.sector] * common[:, None] * self._grid(part.grid_from, values)
            m2 = self._of(f"released.{part.sector}.m2_per_job", values)[:, None] / HECTARE_M2
            land = np.zeros((len(values), len(part.cells)))
            for reading in range(len(READINGS)):
                here = part.hectares[reading] + part.jobs[reading] * m2
                land += mix[:, reading, None] * here
            for cell, (area, category, water) in enumerate(part.cells):
                result[:, area, :, category, water] += weight * land[:, cell, None]
        return result

    def released_share(
        self, sector: str, values: NDArray[np.float64], *, lagged: bool = True
    ) -> NDArray[np.float64]:
        """Give which share of a sector's land has been left by each year, ``(draws, years)``."""
        shrunk = self.shrunk_share(sector, values, lagged=lagged)
        return shrunk * self._of(f"released.{sector}.vacate", values)[:, None]

    def shrunk_share(
        self, sector: str, values: NDArray[np.float64], *, lagged: bool = True
    ) -> NDArray[np.float64]:
        """Give which share of a sector's land is touched and has shrunk by each year, ``(draws, years)``."""
        anchors = self.scenario.anchors("shrink", sector)
        names = [scenario_name("shrink", sector, int(year)) for year in anchors]
        shrink = np.stack([self._of(name, values) for name in names], axis=1)
        lag = self._of("released.lag_years", values)[:, None] if lagged else np.zeros((len(values), 1))
        at = np.array(self.years, dtype=np.float64)[None, :] - lag
        exposure = self._of(f"released.{sector}.exposure", values)[:, None]
        return exposure * straight_line(anchors, shrink, at)

    def corners(self) -> NDArray[np.float64]:
        """Give the values that free the least, the middle and the most, ``(3, k)``; readings stay mid."""
        bounds = self.quantities.bounds()
        lag = self.quantities.position("released.lag_years")
        bounds[:, lag] = bounds[::-1, lag]
        for name in SHARED:
            place = self.quantities.position(name)
            bounds[:, place] = bounds[1, place]
        return bounds

    def table(self) -> pd.DataFrame:
        """Give released land per park, sector and year with what falls away and why.

        See `analysis.space.released_table.released_land`.
        """
        from analysis.space.released_table import released_land

        return released_land(self)

    def by_class(self) -> pd.DataFrame:
        """Give usable released land per sub-area, year, category and water class: low, mid and high."""
        cells = self.evaluate(self.corners())
        area, year, category, water = np.nonzero(cells[-1] > 0)
        table = pd.DataFrame(
            {
                "sub_area": np.array(self.sub_areas, dtype=object)[area],
                "year": np.array(self.years, dtype=np.int64)[year],
                "category": np.array(CATEGORIES, dtype=object)[category],
                "water": np.array(WATERS, dtype=object)[water],
                **{
                    f"usable_{bound}_ha": cells[number, area, year, category, water]
                    for number, bound in enumerate(BOUNDS)
                },
            }
        )
        order = ["sub_area", "year", "category", "water"]
        return table.sort_values(order, ignore_index=True).assign(status="assumption")

    def _of(self, name: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[:, self.quantities.position(name)]

    def mix(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the weight of each pair of readings, ``(draws, 4)``; they add up to one."""
        category, water = (self._of(name, values) for name in SHARED)
        pairs = ((1.0 - category, category), (1.0 - water, water))
        return np.stack([pairs[0][first] * pairs[1][second] for first, second in READINGS], axis=1)

    def _grid(self, grid_from: float, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the usable share of land by year as far as the grid goes, ``(draws or 1, years)``."""
        years = np.array(self.years, dtype=np.float64)[None, :]
        if np.isnan(grid_from):
            return np.ones((1, len(self.years)))
        full = self._of("released.usable_grid", values)[:, None]
        return np.where(years >= grid_from, 1.0, full)


def build_released(
    firms: Firms,
    land: Land,
    sectors: dict[str, Sector],
    figures: dict[str, tuple[str, str, Range]],
    scenario: Scenario,
    *,
    sub_areas: Sequence[str],
    years: Sequence[int],
    grid_known: bool = True,
    assumptions: Path | None = None,
) -> ReleasedModel:
    """Put the model of released land together.

    Parameters
    ----------
    firms
        As `analysis.space.firms.place_firms` gives.
    land
        The units of land that the firms stand on.
    figures
        As `load_release_figures` gives.
    grid_known
        Whether the project has a layer of grid congestion; without it the grid counts as full everywhere.
    assumptions
        The file that the supply reads its assumptions from, for the two readings that are shared with it.

    Raises
    ------
    InputError
        When the scenario has no figures for one of the years.
    """
    scenario.check_years(years)
    names = tuple(sorted(sub_areas))
    rows = _rows(firms, land, sectors, names, grid_known=grid_known)
    present = sorted({str(name) for name in rows["sector_id"]} & set(sectors))
    kept = {name: sectors[name] for name in present}
    quantities = _quantities(kept, figures).concat(
        scenario.quantities(("shrink", name) for name in present),
        stated("supply_assumptions", SHARED, assumptions).take(SHARED),
    )
    parts = _parts(rows, land, names)
    return ReleasedModel(quantities, names, tuple(int(year) for year in years), kept, scenario, rows, parts)


def _quantities(sectors: dict[str, Sector], figures: dict[str, tuple[str, str, Range]]) -> Quantities:
    rows = [
        value.quantity(f"released.{figure}", nl, en, QUESTIONS[figure])
        for figure, (nl, en, value) in figures.items()
    ]
    parts = (
        ("exposure", "deel dat de transitie raakt", "share touched", "Welk deel wordt geraakt"),
        (
            "vacate",
            "kans dat de grond vrijkomt",
            "chance to vacate",
            "Hoe vaak verlaat een krimpend bedrijf zijn grond",
        ),
        ("m2_per_job", "kavel per baan", "plot per job", "Hoeveel m2 kavel heeft een baan"),
    )
    for name, sector in sectors.items():
        for part, nl, en, question in parts:
            row: Range = getattr(sector, part)
            rows.append(
                row.quantity(
                    f"released.{name}.{part}",
                    f"{sector.name_nl}: {nl}",
                    f"{sector.name_en}: {en}",
                    f"{question} in de sector {sector.name_nl}?",
                )
            )
    return quantities_of(rows)


def _rows(
    firms: Firms, land: Land, sectors: dict[str, Sector], sub_areas: Sequence[str], *, grid_known: bool
) -> pd.DataFrame:
    """List the firms of the sectors with their land, in stated hectares or in jobs."""
    sector = sector_of(firms, sectors)
    m2 = np.array([sectors[name].m2_per_job.mid if name in sectors else 0.0 for name in sector])
    known = (firms.table["area_m2"] / HECTARE_M2).to_numpy()
    estimated = firms.table["jobs"].to_numpy() * m2.astype(np.float64) / HECTARE_M2
    fit = fit_of_units(firms, land, np.where(np.isnan(known), estimated, known))
    mine = sector != OTHER
    table = pd.DataFrame(firms.table.assign(sector_id=sector)[mine]).reset_index(drop=True)
    unit = table["unit"].to_numpy()
    placed, at = unit >= 0, np.maximum(unit, 0)
    stated_ha = known[mine] * fit[mine]
    unknown = np.isnan(stated_ha)
    jobs = np.where(unknown, table["jobs"].to_numpy(), 0.0) * fit[mine]
    classed = land.classes(0, 0).sum(axis=(1, 2)) + land.classes(1, 1).sum(axis=(1, 2)) > 0
    grid = land.table["grid_from"].to_numpy(dtype=float) if grid_known else np.full(len(land.table), np.inf)
    place = table["sub_area"].map({name: row for row, name in enumerate(sub_areas)})
    park_names = land.table["park_name"].to_numpy(dtype=object)
    counted = ~np.isnan(jobs) & placed & place.notna().to_numpy()
    return table.assign(
        park_name=where_known(placed, park_names[at]),
        stated_ha=np.nan_to_num(stated_ha),
        jobs_for_area=np.nan_to_num(jobs),
        area_known=~(unknown & (np.isnan(jobs) | (jobs == 0))),
        transformed=np.where(placed, land.table["transformed"].to_numpy(dtype=float)[at], 0.0),
        classed=counted & classed[at],
        grid_from=np.where(placed, grid[at], np.nan),
        **{
            f"class_{number}": np.where(placed, land.classes(*reading).sum(axis=(1, 2))[at], 0.0)
            for number, reading in enumerate(READINGS)
        },
        place=place.fillna(-1).astype(np.int64),
    )


def _parts(rows: pd.DataFrame, land: Land, sub_areas: Sequence[str]) -> tuple[_Part, ...]:
    """Sum the land that counts per sector, season of the grid, sub-area and class."""
    shares = np.stack([land.classes(*reading) for reading in READINGS])
    counted = rows[rows["classed"]]
    free = ((1.0 - counted["claimed"]) * (1.0 - counted["transformed"])).to_numpy()
    parts = []
    grouped = counted.assign(free=free).groupby(["sector_id", "grid_from"], dropna=False, sort=True)
    for key, group in grouped:
        sector, grid = str(key[0]), float(str(key[1]))
        hectares = np.zeros((len(READINGS), len(sub_areas), *CLASSES))
        jobs = np.zeros_like(hectares)
        unit, place = group["unit"].to_numpy(), group["place"].to_numpy()
        for reading in range(len(READINGS)):
            of_unit = shares[reading, unit]
            land_free = (group["stated_ha"] * group["free"]).to_numpy()
            jobs_free = (group["jobs_for_area"] * group["free"]).to_numpy()
            np.add.at(hectares[reading], place, of_unit * land_free[:, None, None])
            np.add.at(jobs[reading], place, of_unit * jobs_free[:, None, None])
        cells = np.argwhere((hectares + jobs).any(axis=0))
        at = (slice(None), *cells.T)
        parts.append(_Part(sector, grid, cells, hectares[at], jobs[at]))
    return tuple(parts)
