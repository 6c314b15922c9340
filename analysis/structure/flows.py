"""What functions pass on to each other, placed between hubs: tonnes per exchange, pair of hubs and year.

What one function passes on is a share of its tonnes, cut where the receiver cannot take it all. The hubs of a
function take the part that their land can process, in proportion to that land; the rest has no hub yet. It
goes from hub to hub with the fewest tonne-kilometres (the transport problem of Hitchcock 1941), never further
than the exchange makes sense. What finds no hub is kept as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.structure.capacity import BOUNDS, Tonnes, standing_shares
from analysis.structure.presence import at_year

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.structure.capacity import Usual
    from analysis.structure.exchanges import Exchange, Pair
    from analysis.structure.rules import Figure
    from analysis.structure.travel import Travel

SMALLEST: Final = 1e-6
"""A smaller share of an exchange is rounding of the solver."""
FLOW_COLUMNS: Final = (
    "year",
    "from_function",
    "to_function",
    "from_hub",
    "to_hub",
    "outcome",
    "mode",
    "km",
    "share",
    "tonnes_low_t",
    "tonnes_mid_t",
    "tonnes_high_t",
    "capped",
    "status",
    "source",
)


def place_flows(
    functions: pd.DataFrame,
    exchanges: Mapping[Pair, Exchange],
    capacity: pd.DataFrame | None,
    usual: Mapping[str, Usual],
    travel: Travel,
    figures: Mapping[str, Figure],
    years: Sequence[int],
) -> pd.DataFrame:
    """Place what functions pass on between hubs.

    Parameters
    ----------
    functions
        As `analysis.structure.presence.Presence.functions`.
    capacity
        ``secondary_capacity`` of the release; None leaves tonnes unknown.
    usual
        What a facility of a function is like, for hubs whose hectares or tonnes are not known.

    Returns
    -------
    DataFrame
        `FLOW_COLUMNS`; ``outcome`` is ``placed``, ``same_site``, ``no_capacity``, ``out_of_reach``,
        ``no_sender`` or ``no_receiver``, and ``share`` is the share of the exchange. Shares of an exchange
        and year add up to one.
    """
    rows: list[dict[str, Any]] = []
    for year in years:
        standing = at_year(functions, year)
        asked = Tonnes.of(capacity, year)
        tonnes = asked.passed_on(exchanges)
        sides = {
            name: standing_shares(standing, name, usual, asked)
            for name in sorted({name for pair in exchanges for name in pair})
        }
        for pair, exchange in exchanges.items():
            carried, capped = tonnes[pair]
            common = {
                "year": year, "from_function": pair[0], "to_function": pair[1], "capped": capped,
                "status": _weakest("assumption", exchange.share.status), "source": exchange.share.source,
            }  # fmt: skip
            for part in _place(exchange, sides, travel, figures):
                spread = {
                    f"tonnes_{bound}_t": part["share"] * amount
                    for bound, amount in zip(BOUNDS, carried, strict=True)
                }
                rows.append({**common, **part, **spread})
    table = pd.DataFrame(rows, columns=list(FLOW_COLUMNS))
    order = ["year", "from_function", "to_function", "outcome", "from_hub", "to_hub"]
    return table.sort_values(order, ignore_index=True, na_position="last")


def _weakest(*statuses: str) -> str:
    """Give the status that claims least."""
    return next(name for name in ("assumption", "to_verify", "sourced") if name in statuses)


def _place(
    exchange: Exchange,
    sides: Mapping[str, pd.Series[float]],
    travel: Travel,
    figures: Mapping[str, Figure],
) -> list[dict[str, Any]]:
    """Give the parts of one exchange that go from hub to hub, and the parts that find no hub."""
    senders, receivers = sides[exchange.from_function], sides[exchange.to_function]
    nowhere = {"from_hub": None, "to_hub": None, "mode": None, "km": np.nan, "share": 1.0}
    if not len(senders):
        return [{**nowhere, "outcome": "no_sender"}]
    if not len(receivers):
        return [{**nowhere, "outcome": "no_receiver"}]
    rows = np.array([travel.row[name] for name in senders.index])
    columns = np.array([travel.row[name] for name in receivers.index])
    road = travel.road_km[np.ix_(rows, columns)]
    water = by_water(exchange, road, travel.water_km[np.ix_(rows, columns)], figures)
    sent, taken = (np.asarray(side, dtype=np.float64) for side in (senders, receivers))
    share = transport(road, water | (road <= exchange.reach_km), sent, taken)
    result: list[dict[str, Any]] = []
    for one, two in zip(*np.nonzero(share > SMALLEST), strict=True):
        start, end = str(senders.index[one]), str(receivers.index[two])
        same, wet = start == end, bool(water[one, two])
        km = float(travel.water_km[rows[one], columns[two]] if wet else road[one, two])
        result.append(
            {
                "from_hub": start, "to_hub": end, "share": float(share[one, two]),
                "outcome": "same_site" if same else "placed", "km": 0.0 if same else km,
                "mode": None if same else ("water" if wet else "road"),
            }
        )  # fmt: skip
    room, placed = float(min(sent.sum(), taken.sum())), sum(float(part["share"]) for part in result)
    for outcome, left in (("no_capacity", 1.0 - room), ("out_of_reach", room - placed)):
        if left > SMALLEST:
            result.append({**nowhere, "outcome": outcome, "share": left})
    return result


def by_water(
    exchange: Exchange,
    road: NDArray[np.float64],
    water: NDArray[np.float64],
    figures: Mapping[str, Figure],
) -> NDArray[np.bool_]:
    """Tell which pairs go by ship: bulk, far enough, and no long way round."""
    if not exchange.by_water:
        return np.zeros(road.shape, dtype=bool)
    far = road >= figures["water_least_km"].value
    return far & np.isfinite(water) & (water <= road * figures["water_detour_most"].value)


def transport(
    km: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    supply: NDArray[np.float64],
    room: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Carry as much as can be carried with the fewest tonne-kilometres.

    Parameters
    ----------
    km, allowed
        ``(n, m)``: length of each pair, and which pairs may be used.
    supply, room
        What each sender has and each receiver takes, ``(n,)`` and ``(m,)``.

    Returns
    -------
    ndarray
        What goes from sender to receiver, ``(n, m)``.
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    one, two = np.nonzero(allowed)
    result = np.zeros(km.shape)
    if not len(one):
        return result
    # carrying more is worth more than any saving of distance
    cost = km[one, two] - 2.0 * (float(km[one, two].max()) + 1.0) * min(km.shape)
    arcs = np.arange(len(one))
    size = (len(supply) + len(room), len(arcs))
    rows = np.concatenate([one, len(supply) + two])
    matrix = coo_array((np.ones(2 * len(arcs)), (rows, np.tile(arcs, 2))), shape=size)
    limits: Any = np.concatenate([supply, room])
    usage: Any = matrix.tocsr()
    found = linprog(cost, A_ub=usage, b_ub=limits, method="highs")
    if not found.success:
        raise RuntimeError(f"the transport problem was not solved: {found.message}")
    result[one, two] = found.x
    return result
