"""Which functions municipalities must align on: which, why, and with whom.

A facility needs a number of inhabitants (its catchment). A municipality with fewer cannot fill one alone;
with less demand than the smallest plot it cannot either. The two measures stand side by side: the second
comes from the flows of the land demand and not from the catchment. The catchment is a band, so the verdict is
certain, possible or no.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.sharing.travel import Travel

CERTAIN, POSSIBLE, NO, NOT_ASSESSED = "certain", "possible", "no", "not_assessed"
NAMES: Final = ("name_nl", "name_en", "scale")


def find_alignment(tables: Mapping[str, Any], figures: pd.DataFrame) -> pd.DataFrame:
    """Tell which functions need alignment and why.

    Parameters
    ----------
    tables
        ``municipalities``, ``circular_functions`` and, where the release has it, ``land_demand``.
    figures
        As `analysis.sharing.figures.find_figures`.

    Returns
    -------
    DataFrame
        One row per function, sorted: verdict, the figures behind it, ``municipalities_certain`` and
        ``municipalities_possible`` that cannot fill a facility alone, ``facilities_`` low, mid and high that
        all inhabitants together fill, ``why_nl`` and ``why_en``.
    """
    inhabitants = _inhabitants(tables)
    own_ha, year = _own_hectares(tables)
    rows = []
    for function, figure in figures.iterrows():
        row: dict[str, Any] = {"function_id": function, **{name: figure[name] for name in NAMES}}
        row |= _judge(figure, inhabitants, own_ha.get(str(function)))
        row |= {"demand_year": year if str(function) in own_ha else pd.NA, "status": figure["status"]}
        row["why_nl"], row["why_en"] = _why(row, figure, inhabitants)
        rows.append(row)
    table = pd.DataFrame(rows)
    table["demand_year"] = table["demand_year"].astype("Int64")
    return table


def needs_alignment(alignment: pd.DataFrame) -> tuple[str, ...]:
    """Give the functions that need alignment for sure or possibly and that can be allocated."""
    wanted = alignment["verdict"].isin([CERTAIN, POSSIBLE]) & alignment["catchment_mid"].notna()
    return tuple(alignment.loc[wanted, "function_id"].astype(str))


def _inhabitants(tables: Mapping[str, Any]) -> pd.Series:
    areas = tables["municipalities"].set_index("municipality_code").sort_index()
    return pd.Series(areas["inhabitants"].astype("Float64").astype(np.float64))


def _own_hectares(tables: Mapping[str, Any]) -> tuple[dict[str, pd.Series], int | None]:
    """Give each municipality's part of the whole need for land, by inhabitants within its sub-area."""
    demand = tables.get("land_demand")
    areas = tables["municipalities"].set_index("municipality_code").sort_index()
    if demand is None or not len(demand) or "sub_area" not in areas:
        return {}, None
    year = int(demand["year"].max())
    lead = demand[(demand["year"] == year) & demand["lead"].astype(bool)]
    need = lead.groupby(["function_id", "sub_area"])["need_mid_ha"].sum()
    people = _inhabitants(tables)
    share = people / people.groupby(areas["sub_area"]).transform("sum")
    result = {}
    for function in need.index.get_level_values(0).unique():
        result[str(function)] = areas["sub_area"].map(need[function]).astype(np.float64) * share
    return result, year


def _judge(figure: pd.Series, inhabitants: pd.Series, own: pd.Series | None) -> dict[str, Any]:
    """Compare what municipalities have with what a facility needs."""
    people = inhabitants.dropna()
    low, mid, high = (float(figure[f"catchment_{bound}"]) for bound in ("low", "mid", "high"))
    total = float(people.sum())
    row: dict[str, Any] = {
        "catchment_low": low,
        "catchment_mid": mid,
        "catchment_high": high,
        "inhabitants": total,
        "plot_low_ha": float(figure["plot_low"]),
        "plot_mid_ha": float(figure["plot_mid"]),
        "municipalities": len(people),
    }
    below_plot = np.nan if own is None else float((own < figure["plot_low"]).sum())
    row["municipalities_below_plot"] = below_plot if np.isfinite(row["plot_low_ha"]) else np.nan
    row["own_demand_largest_ha"] = np.nan if own is None else float(own.max())
    if np.isnan(mid):
        row |= dict.fromkeys(("municipalities_certain", "municipalities_possible"), np.nan)
        row |= dict.fromkeys(("facilities_low", "facilities_mid", "facilities_high"), np.nan)
        shares = bool(row["municipalities_below_plot"] > 0) if own is not None else False
        row["verdict"] = POSSIBLE if shares else NOT_ASSESSED
        return row
    certain, possible = int((people < low).sum()), int((people < high).sum())
    row |= {"municipalities_certain": certain, "municipalities_possible": possible}
    row |= {"facilities_low": total / high, "facilities_mid": total / mid, "facilities_high": total / low}
    row["verdict"] = CERTAIN if certain else POSSIBLE if possible else NO
    return row


def _why(row: dict[str, Any], figure: pd.Series, inhabitants: pd.Series) -> tuple[str, str]:
    """Say why, from the numbers."""
    if row["verdict"] == NOT_ASSESSED:
        return (
            "Niet beoordeeld: er is geen verzorgingsgebied bekend.",
            "Not assessed: no catchment is known.",
        )
    if np.isnan(row["catchment_mid"]):
        count = int(row["municipalities_below_plot"])
        dutch = (
            f"In {count} van de {row['municipalities']} gemeenten is de eigen ruimtevraag kleiner dan de "
            f"kleinste kavel ({number_nl(row['plot_low_ha'], 1)} ha); een verzorgingsgebied is niet bekend."
        )
        english = (
            f"In {count} of {row['municipalities']} municipalities the own demand is below the smallest plot "
            f"({row['plot_low_ha']:.1f} ha); no catchment is known."
        )
        return dutch, english
    people = inhabitants.dropna()
    band = f"{number_nl(row['catchment_low'])} tot {number_nl(row['catchment_high'])}"
    alone = int((people >= figure["catchment_mid"]).sum())
    sure, maybe = int(row["municipalities_certain"]), int(row["municipalities_possible"])
    dutch = (
        f"Een voorziening vraagt {band} inwoners. {sure} van de {row['municipalities']} gemeenten hebben er "
        f"zeker te weinig en {maybe} mogelijk; {alone} vullen er een bij de middenwaarde "
        f"({number_nl(row['catchment_mid'])})."
    )
    english = (
        f"A facility takes {row['catchment_low']:,.0f} to {row['catchment_high']:,.0f} inhabitants. "
        f"{sure} of {row['municipalities']} municipalities have too few for sure and {maybe} possibly; "
        f"{alone} fill one at the mid value."
    )
    if np.isfinite(row["municipalities_below_plot"]):
        count = int(row["municipalities_below_plot"])
        dutch += f" In {count} is de eigen ruimtevraag kleiner dan de kleinste kavel."
        english += f" In {count} the own demand is below the smallest plot."
    return dutch, english


def find_partners(tables: Mapping[str, Any], figures: pd.DataFrame, travel: Travel) -> pd.DataFrame:
    """Tell with whom: the nearest municipalities that together fill a facility.

    Parameters
    ----------
    tables, figures
        As `find_alignment`.
    travel
        For the times between municipalities.

    Returns
    -------
    DataFrame
        One row per function, municipality and partner, in the order of nearness (``rank``), with minutes, the
        inhabitants that are together up to and with this partner, and what the catchment asks at the middle
        value (``wanted``). A municipality that fills a facility alone has no row.
    """
    people = _inhabitants(tables)
    names = tables["municipalities"].set_index("municipality_code")["name"]
    codes = np.array(travel.municipalities, dtype=object)
    count = people.reindex(codes).to_numpy(dtype=np.float64)
    rows: list[dict[str, Any]] = []
    for function, figure in figures.iterrows():
        wanted = float(figure["catchment_mid"])
        if np.isnan(wanted):
            continue
        for here in np.flatnonzero(count < wanted):
            for rank, (other, together) in enumerate(
                _nearest(travel.between, count, int(here), wanted), start=1
            ):
                rows.append(
                    {
                        "function_id": str(function),
                        "municipality_code": codes[here],
                        "municipality": names[codes[here]],
                        "rank": rank,
                        "partner_code": codes[other],
                        "partner": names[codes[other]],
                        "minutes": travel.between[here, other],
                        "together": together,
                        "wanted": wanted,
                        "filled": together >= wanted,
                    }
                )
    columns = (
        "function_id", "municipality_code", "municipality", "rank", "partner_code", "partner",
        "minutes", "together", "wanted", "filled",
    )  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns))


def _nearest(
    between: NDArray[np.float64], people: NDArray[np.float64], here: int, wanted: float
) -> list[tuple[int, float]]:
    """Add the nearest municipalities until there are inhabitants enough."""
    order = np.lexsort((np.arange(len(people)), between[here]))
    found, together = [], people[here]
    for other in order:
        if other == here or np.isnan(between[here, other]) or np.isnan(people[other]):
            continue
        if together >= wanted:
            break
        together += people[other]
        found.append((int(other), float(together)))
    return found


def partners_nl(partners: pd.DataFrame, function: str, municipality: str) -> str:
    """Name the partners of a municipality for a function."""
    mine = partners[(partners["function_id"] == function) & (partners["municipality_code"] == municipality)]
    return list_nl([str(name) for name in mine.sort_values("rank")["partner"]], most=5)
