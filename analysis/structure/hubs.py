"""The table of hubs: what each place is, for which level, what stands there and which chains hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from analysis.structure.classify import HubFacts, level_of, nearest_elements, type_of
from analysis.structure.links import STATES_NL
from analysis.structure.rules import LEVELS_NL
from analysis.structure.sentences import hub_reason
from gis.crs import RD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.structure.presence import Presence
    from analysis.structure.rules import LevelRule, TypeRule

HUB_COLUMNS: Final = (
    "hub_id",
    "name",
    "park_id",
    "municipality_code",
    "municipality_name",
    "sub_area",
    "hub_type",
    "hub_type_nl",
    "type_certainty",
    "type_rule_id",
    "type_reason_nl",
    "level",
    "level_nl",
    "level_rule_id",
    "level_reason_nl",
    "state",
    "state_nl",
    "functions_existing",
    "functions_possible",
    "functions_proposed",
    "from_year",
    "proposed_ha",
    "heavy",
    "water",
    "connection",
    "connection_cemt",
    "chains",
    "cuts_chains",
    "year",
    "links",
    "partners",
    "tonnes_in_t",
    "tonnes_out_t",
    "tonnes_inside_t",
    "status",
    "reason_nl",
)


def base_hubs(
    presence: Presence,
    water: NDArray[np.object_],
    scale: Mapping[str, str],
    structure: pd.DataFrame | None,
    rules: tuple[Sequence[TypeRule], Sequence[LevelRule]],
) -> gpd.GeoDataFrame:
    """Give every place its type and level.

    Parameters
    ----------
    water
        As `analysis.structure.travel.water_of` gives it, in the order of the places.
    scale
        Function id to its scale.
    structure
        ``policy_structure``, or None.
    rules
        Rules for the type and for the level.
    """
    rows: list[dict[str, Any]] = []
    for (hub, place), wet in zip(presence.places.iterrows(), water, strict=True):
        mine = presence.functions[presence.functions["hub_id"] == hub]
        sure = mine[mine["certainty"] == "certain"]
        cemt = place["connection_cemt"]
        facts = HubFacts(
            hub_id=str(hub),
            functions=frozenset(mine["function_id"]),
            sure=frozenset(sure["function_id"]),
            heavy=str(place["heavy"]),
            water=str(wet),
            cemt=None if pd.isna(cemt) else str(cemt),
            serves=float(mine["serves"].max()) if mine["serves"].notna().any() else 0.0,
            metres=nearest_elements(place["geometry"], structure),
        )
        kind = type_of(facts, rules[0])
        level = level_of(facts, kind.code, scale, rules[1])
        state = _state(mine)
        statuses = {kind.status, level.status}
        rows.append(
            {
                "hub_id": hub, "hub_type": kind.code, "hub_type_nl": kind.name_nl,
                "type_certainty": kind.certainty, "type_rule_id": kind.rule_id,
                "type_reason_nl": kind.reason_nl, "level": level.code, "level_nl": LEVELS_NL[level.code],
                "level_rule_id": level.rule_id, "level_reason_nl": level.reason_nl,
                "state": state, "state_nl": STATES_NL[state], "water": wet,
                **_listed(mine), "heavy": place["heavy"], "connection": place["connection"],
                "status": next(s for s in ("assumption", "to_verify", "sourced") if s in statuses),
                **{name: place[name] for name in _TAKEN}, "geometry": place["geometry"],
            }
        )  # fmt: skip
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=[*_BASE, "geometry"]), geometry="geometry", crs=RD)


_TAKEN: Final = (
    "name",
    "park_id",
    "municipality_code",
    "municipality_name",
    "sub_area",
    "connection_cemt",
)
_LATER: Final = (
    "chains",
    "cuts_chains",
    "year",
    "links",
    "partners",
    "tonnes_in_t",
    "tonnes_out_t",
    "tonnes_inside_t",
    "reason_nl",
)
_BASE: Final = tuple(name for name in HUB_COLUMNS if name not in _LATER)


def _state(mine: pd.DataFrame) -> str:
    sure = mine["certainty"] == "certain"
    existing = bool((sure & (mine["state"] == "existing")).any())
    proposed = bool((sure & (mine["state"] == "proposed")).any())
    if existing and proposed:
        return "extended"
    if existing:
        return "existing"
    return "proposed" if proposed else "possible"


def _listed(mine: pd.DataFrame) -> dict[str, Any]:
    """List the functions of a place by how they stand there."""
    sure = mine["certainty"] == "certain"
    existing = mine[sure & (mine["state"] == "existing")]
    proposed = mine[mine["state"] == "proposed"]
    years = proposed["from_year"]
    return {
        "functions_existing": _joined(existing),
        "functions_possible": _joined(mine[~sure]),
        "functions_proposed": _joined(proposed),
        "from_year": int(years.min()) if years.notna().any() else None,
        "proposed_ha": float(proposed["hectares"].sum()) if proposed["hectares"].notna().any() else np.nan,
    }


def _joined(rows: pd.DataFrame) -> str | None:
    return "; ".join(sorted(set(rows["function_id"]))) or None


def complete_hubs(
    hubs: gpd.GeoDataFrame,
    presence: Presence,
    chains: pd.DataFrame,
    flows: pd.DataFrame,
    names: Mapping[str, str],
) -> gpd.GeoDataFrame:
    """Add what hangs on each hub and what it exchanges in the last year, with its reason in words."""
    last = int(flows["year"].max()) if len(flows) else None
    now = flows[flows["year"] == last]
    rows: list[dict[str, Any]] = []
    for hub in hubs.to_dict("records"):
        name = str(hub["hub_id"])
        mine = presence.functions[presence.functions["hub_id"] == name]
        record = {**hub, **_chains_of(name, chains), **_exchanged(name, now), "year": last}
        rows.append({**record, "reason_nl": hub_reason(record, mine, names)})
    table = pd.DataFrame(rows, columns=[*HUB_COLUMNS, "geometry"])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=RD).sort_values("hub_id", ignore_index=True)


def _chains_of(hub: str, chains: pd.DataFrame) -> dict[str, Any]:
    """Give the chains that a hub has a step of, and those that it cuts when it goes."""
    planned = bool((chains["verdict_plan"] != "not_assessed").any())
    held = chains["hubs_plan"] if planned else chains["hubs_now"]
    cut = chains["cut_hubs_plan"] if planned else chains["cut_hubs_now"]
    return {
        "chains": _with(hub, chains, held),
        "cuts_chains": _with(hub, chains, cut),
    }


def _with(hub: str, chains: pd.DataFrame, column: pd.Series[str]) -> str | None:
    found = [hub in str(text).split("; ") for text in column]
    return "; ".join(sorted(set(chains.loc[found, "chain_id"]))) or None


def _exchanged(hub: str, flows: pd.DataFrame) -> dict[str, Any]:
    placed = flows[flows["outcome"] == "placed"]
    out, into = placed[placed["from_hub"] == hub], placed[placed["to_hub"] == hub]
    inside = flows[(flows["outcome"] == "same_site") & (flows["from_hub"] == hub)]
    ends = {*out["to_hub"], *into["from_hub"]}
    return {
        "links": len(set(zip(out["to_hub"], out["mode"], strict=True)))
        + len(set(zip(into["from_hub"], into["mode"], strict=True))),
        "partners": len(ends),
        **{
            name: float(rows["tonnes_mid_t"].sum()) if rows["tonnes_mid_t"].notna().any() else np.nan
            for name, rows in (("tonnes_in_t", into), ("tonnes_out_t", out), ("tonnes_inside_t", inside))
        },
    }
