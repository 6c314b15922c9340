"""How many tonnes functions must process, and which part of that the land of each hub can.

The tonnes per function are those of the demand model; the land per tonne and the usual plot are its middle
values. Where either is not known, the hubs of a function take all of it, in proportion to their land.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from analysis.subjects import HECTARE_M2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.structure.exchanges import Exchange, Pair

BOUNDS: Final = ("low", "mid", "high")
THOUSAND: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Usual:
    """What a facility of a function is like: hectares, land per tonne, tonnes per year; NaN where unknown."""

    plot_ha: float
    m2_per_t: float
    tonnes: float

    def processed(self, hectares: float) -> float:
        """Give the tonnes per year that so much land can process; NaN where unknown."""
        if self.m2_per_t > 0:
            return hectares * HECTARE_M2 / self.m2_per_t
        return self.tonnes * hectares / self.plot_ha


NO_USUAL: Final = Usual(1.0, np.nan, np.nan)


def usual_facilities(figures: pd.DataFrame | None) -> dict[str, Usual]:
    """Read the middle values of ``demand_figures`` per function."""
    if figures is None:
        return {}
    parts = figures["name"].astype(str).str.extract(r"^demand\.(F\d+)\.(plot_ha|m2_per_t|throughput_kt)$")
    known = parts[0].notna()
    table = pd.DataFrame(
        {"function": parts.loc[known, 0], "figure": parts.loc[known, 1], "mid": figures.loc[known, "mid"]}
    )
    wide = table.pivot_table(index="function", columns="figure", values="mid", aggfunc="first")
    wide = wide.reindex(columns=["plot_ha", "m2_per_t", "throughput_kt"]).astype(float)
    return {
        str(name): Usual(plot if plot > 0 else 1.0, per_tonne, kilotonnes * THOUSAND)
        for name, plot, per_tonne, kilotonnes in wide.itertuples()
    }


@dataclass(frozen=True)
class Tonnes:
    """Tonnes per function of one year, ``(low, mid, high)``; functions without tonnes are absent."""

    by_function: dict[str, tuple[float, float, float]]

    @classmethod
    def of(cls, capacity: pd.DataFrame | None, year: int) -> Tonnes:
        """Add the sub-areas up for the nearest year that the table of capacity holds."""
        if capacity is None or not len(capacity):
            return cls({})
        years = capacity["year"].astype(int)
        nearest = min(sorted(set(years)), key=lambda known: (abs(known - year), known))
        rows = capacity[(years == nearest).to_numpy(dtype=bool)]
        sums = rows.groupby("function_id", sort=True)[[f"tonnes_{bound}" for bound in BOUNDS]].sum()
        return cls({str(name): (float(a), float(b), float(c)) for name, a, b, c in sums.itertuples()})

    def passed_on(self, exchanges: Mapping[Pair, Exchange]) -> dict[Pair, tuple[tuple[float, ...], bool]]:
        """Give what each exchange carries, and whether the receiver sets the limit; NaN where unknown."""
        offered = {}
        for pair, exchange in exchanges.items():
            sent = self.by_function.get(exchange.from_function, (np.nan,) * 3)
            shares = (exchange.share.low, exchange.share.mid, exchange.share.high)
            offered[pair] = np.array([tonnes * share for tonnes, share in zip(sent, shares, strict=True)])
        result: dict[Pair, tuple[tuple[float, ...], bool]] = {}
        for pair, carried in offered.items():
            room = np.array(self.by_function.get(pair[1], (np.inf,) * 3))
            arriving = np.nansum([tonnes for other, tonnes in offered.items() if other[1] == pair[1]], axis=0)
            fit = np.divide(room, arriving, out=np.ones(3), where=arriving > room)
            result[pair] = (tuple(float(value) for value in carried * fit), bool(fit[1] < 1.0))
        return result


def standing_shares(
    standing: pd.DataFrame, function: str, usual: Mapping[str, Usual], asked: Tonnes
) -> pd.Series[float]:
    """Give the share of a function's tonnes that each of its hubs can process, by hub id.

    Parameters
    ----------
    standing
        Rows of what stands where, as `analysis.structure.presence.at_year` gives them.
    usual
        What a facility is like, for hubs whose hectares are not known.

    Returns
    -------
    Series
        Adds up to at most one; to one where the tonnes or the land per tonne are not known.
    """
    rows = standing[standing["function_id"] == function]
    facility = usual.get(function, NO_USUAL)
    hectares = (
        rows["hectares"].where(rows["hectares"] > 0).fillna(rows["count"].fillna(1.0) * facility.plot_ha)
    )
    land = hectares.groupby(rows["hub_id"].to_numpy()).sum().sort_index()
    if not len(land):
        return land
    wanted = asked.by_function.get(function, (np.nan,) * 3)[1]
    part = facility.processed(float(land.sum())) / wanted if wanted > 0 else np.nan
    return land / land.sum() * (1.0 if np.isnan(part) else min(1.0, part))
