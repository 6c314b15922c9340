"""Links between hubs: what goes from one to another, over water or over the road, with its way on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.structure.capacity import BOUNDS
from analysis.structure.presence import at_year
from analysis.structure.sentences import link_reason
from gis.crs import RD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.structure.travel import Travel, Trip

LINK_COLUMNS: Final = (
    "link_id",
    "year",
    "from_hub",
    "from_name",
    "to_hub",
    "to_name",
    "mode",
    "mode_nl",
    "state",
    "state_nl",
    "km",
    "km_basis",
    "water_certainty",
    "cemt",
    "along",
    "road_km",
    "tonnes_low_t",
    "tonnes_mid_t",
    "tonnes_high_t",
    "exchanges",
    "status",
    "reason_nl",
)
MODES_NL: Final = {"water": "over water", "road": "over de weg"}
STATES_NL: Final = {
    "existing": "bestaand",
    "extended": "bestaand, wordt uitgebreid",
    "proposed": "voorgesteld",
    "possible": "mogelijk",
}


def find_links(
    flows: pd.DataFrame,
    functions: pd.DataFrame,
    places: pd.DataFrame,
    travel: Travel,
    names: Mapping[str, str],
) -> gpd.GeoDataFrame:
    """Take what goes from one hub to another together, by way and year.

    Parameters
    ----------
    flows
        As `analysis.structure.flows.place_flows` gives them.
    names
        Function id to its name.

    Returns
    -------
    GeoDataFrame
        `LINK_COLUMNS` and the way as a line, EPSG:28992. A link is ``existing`` when both ends of all that it
        carries stand already.
    """
    placed = flows[flows["outcome"] == "placed"]
    now = at_year(functions, None, existing=True)
    standing = set(zip(now["hub_id"], now["function_id"], strict=True))
    name_of = {str(hub): str(name) for hub, name in places["name"].items()}
    trips: dict[tuple[str, str, str], Trip] = {}
    rows: list[dict[str, Any]] = []
    for keys, group in placed.groupby(["year", "from_hub", "to_hub", "mode"], sort=True):
        year, start, end, mode = (str(key) for key in keys)
        if (start, end, mode) not in trips:
            trips[start, end, mode] = travel.trip(start, end, mode)
        state = "existing" if _stands(group, standing) else "proposed"
        record = {
            "link_id": f"{start}>{end}:{mode}:{year}", "year": int(year),
            "from_hub": start, "from_name": name_of[start], "to_hub": end, "to_name": name_of[end],
            "mode": mode, "mode_nl": MODES_NL[mode], "state": state, "state_nl": STATES_NL[state],
            **_trip_columns(trips[start, end, mode]),
            "road_km": float(travel.road_km[travel.row[start], travel.row[end]]),
            **{f"tonnes_{bound}_t": _sum(group[f"tonnes_{bound}_t"]) for bound in BOUNDS},
            "exchanges": "; ".join(group["from_function"] + ">" + group["to_function"]),
            "status": "assumption",
        }  # fmt: skip
        rows.append({**record, "reason_nl": link_reason(record, group, names)})
    table = pd.DataFrame(rows, columns=[*LINK_COLUMNS, "geometry"])
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=RD)
    return frame.sort_values("link_id", ignore_index=True)


def _stands(group: pd.DataFrame, standing: set[tuple[str, str]]) -> bool:
    """Tell whether both ends of everything that is passed on stand already."""
    ends = (("from_hub", "from_function"), ("to_hub", "to_function"))
    return all(pair in standing for hub, name in ends for pair in zip(group[hub], group[name], strict=True))


def _trip_columns(trip: Trip) -> dict[str, Any]:
    return {
        "km": trip.km,
        "km_basis": trip.basis,
        "cemt": trip.cemt,
        "water_certainty": _certainty(trip),
        "along": ", ".join(trip.along) or None,
        "geometry": trip.shape,
    }


def _certainty(trip: Trip) -> str | None:
    if trip.mode != "water":
        return None
    return "certain" if trip.certain else "possible"


def _sum(values: pd.Series[float]) -> float:
    """Add up what is known; unknown when nothing is."""
    return float(values.sum()) if values.notna().any() else np.nan
