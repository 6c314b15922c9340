"""Linear sectors: what the transition touches, and what stands on land that circular functions look for.

A firm belongs to the first sector that has one of its SBI codes. A likely location is land that is heavy
enough, or at water; certain in the strict reading of category and water, possible in the wide one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import sbi
from analysis.data_files import Field, Range, range_fields, read_data_file
from analysis.space.firms import FEWEST, fit_of_units, suppress
from analysis.space.matching import AT_WATER
from analysis.space.scenarios import straight_line
from analysis.subjects import HECTARE_M2
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.firms import Firms
    from analysis.space.land import Land
    from analysis.space.scenarios import Scenario

ALL, ANY = "all", "any"
OTHER = "other"
"""Firms outside every linear sector: they do not shrink, but they may stand on likely locations."""
BOUNDS = ("low", "mid", "high")
_FIELDS = (
    Field("sector_id"),
    Field("name_nl"),
    Field("name_en"),
    Field("sbi"),
    Field("excluded_sbi", filled=False),
    Field("sbi_version", allowed=sbi.VERSIONS),
    Field("why_nl"),
    *range_fields("exposure_", maximum=1),
    *range_fields("vacate_", maximum=1),
    *range_fields("m2_per_job_"),
)


@dataclass(frozen=True, slots=True)
class Sector:
    """One linear sector.

    Attributes
    ----------
    codes, excluded
        SBI codes that belong to it, and finer ones that do not.
    exposure
        Share of the sector that the transition touches.
    vacate
        Chance that a shrinking firm leaves its land.
    m2_per_job
        Plot per job, for firms of unknown area.
    """

    name_nl: str
    name_en: str
    codes: tuple[str, ...]
    excluded: tuple[str, ...]
    version: str
    why_nl: str
    exposure: Range
    vacate: Range
    m2_per_job: Range


def load_sectors(path: Path | None = None, *, shrinking: Sequence[str] | None = None) -> dict[str, Sector]:
    """Read the linear sectors, sorted by identifier.

    Parameters
    ----------
    path
        The user's own file instead of the one that ships with the product.
    shrinking
        Sectors that the scenario has figures for; None skips the check.

    Raises
    ------
    InputError
        With every problem of the file: shares above 1, low above high, SBI codes that do not exist.
    """
    file = read_data_file("linear_sectors", path, _FIELDS, ("sector_id",))
    for prefix in ("exposure_", "vacate_", "m2_per_job_"):
        file.check_order(prefix)
    groups = sbi.known_groups()
    for column in ("sbi", "excluded_sbi"):
        for row, (codes, version) in enumerate(
            zip(file.texts(column), file.texts("sbi_version"), strict=True)
        ):
            wrong = sbi.unknown_codes(sbi.split_codes(codes), version, groups)
            at = np.arange(len(file.table)) == row
            message = f"the SBI code {', '.join(wrong)} does not exist in {version}"
            file.report(message, "Look the code up at cbs.nl and correct it.", column, at & bool(wrong))
    if shrinking is not None:
        file.check_known("sector_id", shrinking, "the sector of the scenario")
    file.stop()
    names = ("sector_id", "name_nl", "name_en", "sbi", "excluded_sbi", "sbi_version", "why_nl")
    ranges = zip(
        file.ranges("exposure_", "share"),
        file.ranges("vacate_", "share"),
        file.ranges("m2_per_job_", "m2 per job"),
        strict=True,
    )
    found = {}
    for texts, figures in zip(zip(*(file.texts(name) for name in names), strict=True), ranges, strict=True):
        sector, name_nl, name_en, codes, excluded, version, why = texts
        found[sector] = Sector(
            name_nl, name_en, sbi.split_codes(codes), sbi.split_codes(excluded), version, why, *figures
        )
    return dict(sorted(found.items()))


def sector_of(firms: Firms, sectors: dict[str, Sector]) -> NDArray[np.object_]:
    """Give the sector of each firm, ``other`` for none."""
    result = np.full(len(firms.table), OTHER, dtype=object)
    for name, sector in reversed(sectors.items()):
        mine = firms.under(sector.codes, sector.version)
        if sector.excluded:
            mine &= ~firms.under(sector.excluded, sector.version)
        result[mine] = name
    return result


def area_of_firms(
    firms: Firms, land: Land, sectors: dict[str, Sector], sector: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Give hectares per firm: as stated, else jobs times m2 per job of its sector; NaN where unknown."""
    per_job = np.array([sectors[name].m2_per_job.mid if name in sectors else np.nan for name in sector])
    known = firms.table["area_m2"].to_numpy()
    estimated = firms.table["jobs"].to_numpy() * per_job.astype(np.float64)
    hectares = np.where(np.isnan(known), estimated, known) / HECTARE_M2
    return np.asarray(hectares * fit_of_units(firms, land, hectares))


def likely_share(land: Land, threshold: int, reading: int) -> NDArray[np.float64]:
    """Give the share of each unit that is heavy enough or at water.

    Parameters
    ----------
    threshold
        Rank from which land counts as high.
    reading
        0 strict, 1 wide.
    """
    classes = land.classes(reading, reading)
    likely = np.zeros(classes.shape[1:], dtype=bool)
    likely[threshold - 1 :] = True
    likely[:, AT_WATER] = True
    return np.asarray(classes[:, likely].sum(axis=1))


def affected_share(
    sectors: dict[str, Sector], scenario: Scenario, years: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    """Give per sector the share that the transition touches by year, ``(3, years)``: low, mid, high."""
    at = np.array(years, dtype=np.float64)
    result = {OTHER: np.zeros((len(BOUNDS), len(years)))}
    for name, sector in sectors.items():
        series = scenario.series["shrink", name]
        values = np.array([[getattr(value, bound) for value in series.values] for bound in BOUNDS])
        shrink = straight_line(scenario.anchors("shrink", name), values, at)
        exposure = np.array([getattr(sector.exposure, bound) for bound in BOUNDS])
        result[name] = exposure[:, None] * shrink
    return result


def linear_activity(
    firms: Firms,
    land: Land,
    sectors: dict[str, Sector],
    scenario: Scenario,
    years: Sequence[int],
    threshold: int,
) -> pd.DataFrame:
    """Give per sector, sub-area and year what is there, what the transition touches and what reserving costs.

    Returns
    -------
    DataFrame
        Establishments, jobs and hectares now; jobs and hectares touched (low, mid, high); of these figures
        what stands on likely locations; and the jobs and hectares that stay there, for which reservation
        means no room to grow in place or, when moved, replacement elsewhere. No money. Cells of fewer than
        five firms are hidden.
    """
    sector = sector_of(firms, sectors)
    table = _with_likely(firms, land, area_of_firms(firms, land, sectors, sector), threshold).assign(
        sector_id=sector
    )
    grouped = table.dropna(subset=["sub_area"]).groupby(["sector_id", "sub_area"], sort=True)
    now = grouped.agg(
        establishments=("business_id", "size"),
        area_unknown=("area_ha", lambda column: int(column.isna().sum())),
        jobs=("jobs", "sum"),
        area_ha=("area_ha", "sum"),
        likely_establishments=("likely", "sum"),
        likely_jobs=("likely_jobs", "sum"),
        likely_certain_ha=("likely_certain_ha", "sum"),
        likely_possible_ha=("likely_possible_ha", "sum"),
    ).reset_index()
    touched = affected_share(sectors, scenario, years)
    parts = []
    for place, year in enumerate(years):
        part = now.assign(year=year)
        for number, bound in enumerate(BOUNDS):
            share = np.array([touched[name][number, place] for name in part["sector_id"]])
            part[f"touched_{bound}_jobs"] = part["jobs"] * share
            part[f"touched_{bound}_ha"] = part["area_ha"] * share
        stays = 1.0 - np.array([touched[name][1, place] for name in part["sector_id"]])
        widest = part["likely_certain_ha"] + part["likely_possible_ha"]
        parts.append(part.assign(staying_jobs=part["likely_jobs"] * stays, staying_ha=widest * stays))
    result = pd.concat(parts, ignore_index=True)
    names = {key: row.name_nl for key, row in sectors.items()} | {OTHER: "Overige bedrijven"}
    result["sector_nl"] = result["sector_id"].map(names)
    result["status"] = "assumption"
    figures = [name for name in result.columns if name.endswith(("_ha", "jobs", "area_unknown"))]
    hidden = suppress(result, "establishments", figures)
    few = (result["likely_establishments"] > 0) & (result["likely_establishments"] < FEWEST)
    alone = [
        "likely_establishments",
        "likely_jobs",
        "likely_certain_ha",
        "likely_possible_ha",
        "staying_jobs",
        "staying_ha",
    ]
    hidden[alone] = hidden[alone].astype(float).mask(few)
    hidden.loc[few, "suppressed"] = "yes"
    order = ["sector_id", "sub_area", "year"]
    return hidden.sort_values(order, ignore_index=True)


def _with_likely(firms: Firms, land: Land, area: NDArray[np.float64], threshold: int) -> pd.DataFrame:
    unit = firms.table["unit"].to_numpy()
    strict, wide = (likely_share(land, threshold, reading) for reading in (0, 1))
    placed = unit >= 0
    share = {
        "likely_certain": np.where(placed, strict[np.maximum(unit, 0)], 0.0),
        "widest": np.where(placed, np.maximum(strict, wide)[np.maximum(unit, 0)], 0.0),
    }
    known = np.nan_to_num(area)
    return firms.table.assign(
        area_ha=area,
        likely=share["widest"] > 0,
        likely_jobs=firms.table["jobs"].fillna(0.0) * share["widest"],
        likely_certain_ha=known * share["likely_certain"],
        likely_possible_ha=known * (share["widest"] - share["likely_certain"]),
    )


def replacement_of_likely(
    firms: Firms, land: Land, sectors: dict[str, Sector], threshold: int
) -> pd.DataFrame:
    """Give what firms on likely locations would ask elsewhere: their own category and water use.

    Returns
    -------
    DataFrame
        Establishments, jobs and hectares in the widest reading: per sector and sub-area, and for all sectors
        together by category in use (``unknown`` where it is not known) and water need. A firm that is light
        and does without water can go to ordinary land; one that is heavy or uses the water needs land of
        the kind that it leaves.
    """
    sector = sector_of(firms, sectors)
    table = _with_likely(firms, land, area_of_firms(firms, land, sectors, sector), threshold)
    table = table.assign(
        sector_id=sector,
        category=[CATEGORIES[rank - 1] if rank else "unknown" for rank in table["in_use_high"]],
        water=np.where(table["uses_water"], "at_water", "dry"),
        ha=table["likely_certain_ha"] + table["likely_possible_ha"],
        moves_to=np.where(
            table["in_use_high"] == 0,
            "not_assessed",
            np.where((table["in_use_high"] < threshold) & ~table["uses_water"], "ordinary", "alike"),
        ),
    )
    chosen = pd.DataFrame(table[table["likely"] & table["sub_area"].notna()])
    keys = ["sector_id", "sub_area", "category", "water", "moves_to"]
    together = chosen.assign(sector_id=ALL)
    by_sector = chosen.assign(category=ANY, water=ANY)
    # by class for all sectors, by sector for all classes: both at once would leave cells of a firm or two
    grouped = pd.concat([together, by_sector]).groupby(keys, sort=True)
    result = grouped.agg(
        establishments=("business_id", "size"), jobs=("likely_jobs", "sum"), ha=("ha", "sum")
    )
    return suppress(result.reset_index(), "establishments", ["jobs", "ha"])
