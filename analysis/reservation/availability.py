"""From which year a site can be had, and how many of its hectares are counted on.

Vacant land counts at once and in full: reserving it is what keeps it. Land under option and soft plans counts
with the share and in the years of the balance (`analysis.space.supply`), issued land with the share that its
shrinking linear firms are expected to free (``released_land``), all at the middle of their ranges. Land in a
protected area that excludes, or that is to be transformed, never counts. A full grid delays nothing here: it
is flagged and scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.space.firms import fit_of_units, place_firms
from analysis.space.linear import load_sectors, sector_of
from analysis.space.stated import stated
from analysis.space.supply import FIGURES
from analysis.subjects import HECTARE_M2

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.space.land import Land

KINDS = ("at_once", "later", "soft", "released", "stays", "unknown")
"""Vacant, under option, in a soft plan, expected to be left, stays in use, issue status unknown."""
USED_FIGURES = (
    "supply.option_share",
    "supply.option_years",
    "supply.soft_share",
    "supply.soft_years",
    "supply.soft_issue_years",
)


@dataclass(frozen=True)
class Availability:
    """What can be had of each site.

    Attributes
    ----------
    kind
        Out of `KINDS`, ``(n,)``.
    hectares
        Counted on in each year, not falling, ``(n, years)``.
    plot_ha
        Hectares of one place together in each year: all of a site that is free or comes free as a whole,
        what is expected to be left of a site in use, ``(n, years)``.
    reference_year
        Year of the survey.
    """

    kind: NDArray[np.object_]
    hectares: NDArray[np.float64]
    plot_ha: NDArray[np.float64]
    reference_year: int


def survey_year(parks: pd.DataFrame) -> int:
    """Give the latest year of the registry."""
    years = parks["year"].dropna()
    return int(years.max()) if len(years) else 0


def find_availability(
    land: Land,
    excluded_share: NDArray[np.float64],
    tables: Mapping[str, Any],
    years: Sequence[int],
    reference_year: int,
) -> Availability:
    """Find out when each unit of land can be had.

    Parameters
    ----------
    land
        Units in the order of the sites.
    excluded_share
        Share of each unit that lies in a protected area that excludes.
    tables
        Of the release: ``released_land`` and ``balance_inputs`` where they exist, ``businesses``.
    years
        Ascending.
    """
    table = land.table
    at = np.array(years, dtype=np.float64)
    figures = _figures(tables)
    status = table["status"].astype(str).to_numpy()
    soft = (table["plan"] == "soft").to_numpy(dtype=bool)
    released = _released(land, tables, years)
    option = figures["supply.option_share"] * _come(at, reference_year, 0.0, figures["supply.option_years"])
    issue = _come(at, reference_year, figures["supply.soft_years"], figures["supply.soft_issue_years"])
    share = np.zeros((len(table), len(at)))
    kind = np.full(len(table), "unknown", dtype=object)
    for name, rows, part in (
        ("at_once", status == "vacant", np.ones(len(at))),
        ("later", status == "option", option),
        ("soft", np.isin(status, ["vacant", "option"]) & soft, figures["supply.soft_share"] * issue),
    ):
        share[rows], kind[rows] = part, name
    issued = status == "issued"
    share[issued] = released[issued]
    kind[issued] = np.where(released[issued, -1] > 0, "released", "stays")
    stays = (1.0 - excluded_share) * (1.0 - table["transformed"].to_numpy(dtype=float))
    hectares = np.maximum.accumulate(table["ha"].to_numpy(dtype=float)[:, None] * share, axis=1)
    hectares = hectares * stays[:, None]
    whole = np.broadcast_to((table["ha"].to_numpy(dtype=float) * stays)[:, None], hectares.shape)
    together = np.where(issued[:, None], hectares, np.where(hectares > 0, whole, 0.0))
    return Availability(kind, hectares, together, reference_year)


def _figures(tables: Mapping[str, Any]) -> dict[str, float]:
    """Read the middle values that the balance used, else those that ship with the product."""
    used = tables.get("balance_inputs")
    if used is not None and set(USED_FIGURES) <= set(used["name"]):
        return dict(zip(used["name"], used["mid"].astype(float), strict=True))
    shipped = stated("supply_assumptions", FIGURES)
    return dict(zip(shipped.name, shipped.mid.tolist(), strict=True))


def _come(years: NDArray[np.float64], reference_year: int, start: float, last: float) -> NDArray[np.float64]:
    """Give which share of what comes evenly after a start has come by each year."""
    return np.asarray(np.clip((years - reference_year - start) / max(last, 1.0), 0.0, 1.0))


def _released(land: Land, tables: Mapping[str, Any], years: Sequence[int]) -> NDArray[np.float64]:
    """Give the share of each unit that its linear firms are expected to leave, ``(units, years)``."""
    result = np.zeros((len(land.table), len(years)))
    released = tables.get("released_land")
    firms = place_firms(tables, land)
    if firms is None or released is None or not len(released):
        return result
    sums = released.groupby(["park_id", "sector_id", "year"])[["area_ha", "usable_mid_ha"]].sum()
    ratio = (sums["usable_mid_ha"] / sums["area_ha"]).fillna(0.0)
    known = dict(zip(ratio.index.tolist(), ratio.tolist(), strict=True))
    sectors = load_sectors()
    sector = sector_of(firms, sectors)
    per_job = np.array([sectors[name].m2_per_job.mid if name in sectors else 0.0 for name in sector])
    area = firms.table["area_m2"].to_numpy()
    area = np.where(np.isnan(area), firms.table["jobs"].to_numpy() * per_job, area) / HECTARE_M2
    area = np.nan_to_num(area * fit_of_units(firms, land, area))
    unit = firms.table["unit"].to_numpy()
    parks = land.table["park_id"].to_numpy(dtype=object)
    for row in np.flatnonzero((unit >= 0) & (area > 0)):
        for place, year in enumerate(years):
            result[unit[row], place] += area[row] * known.get((parks[unit[row]], sector[row], int(year)), 0.0)
    share = result / np.maximum(land.table["ha"].to_numpy(dtype=float), 1e-9)[:, None]
    return np.asarray(np.clip(share, 0.0, 1.0))
