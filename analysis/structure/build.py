"""The circular main structure in one go: from the tables of a release to its hubs, links and chains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.space.functions import load_catalogue
from analysis.space.profile import load_chains
from analysis.structure.capacity import usual_facilities
from analysis.structure.chains import Reach, judge_chains
from analysis.structure.compare import compare_levels, load_agreement_rules
from analysis.structure.entries import figure_text, note
from analysis.structure.exchanges import load_exchanges, load_material_chains
from analysis.structure.flows import place_flows
from analysis.structure.hubs import base_hubs, complete_hubs
from analysis.structure.links import find_links
from analysis.structure.presence import find_presence
from analysis.structure.rules import load_figures, load_level_rules, load_type_rules
from analysis.structure.travel import Travel
from layers.results_structure import STRUCTURE_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from analysis.structure.presence import Presence
    from analysis.structure.rules import Figure
    from layers.parameters import Parameters


SHIFTING: Final = "shifting"
"""Strategy of functions that are room to move, not a facility."""


@dataclass(frozen=True, slots=True)
class StructureFiles:
    """Files of the province in place of the ones that ship with the product; None keeps the latter."""

    hub_types: Path | None = None
    hub_levels: Path | None = None
    chains: Path | None = None
    exchanges: Path | None = None
    agreement: Path | None = None
    figures: Path | None = None
    chain_links: Path | None = None


def build_structure(
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    *,
    files: StructureFiles | None = None,
    plan_id: str | None = None,
) -> dict[str, pd.DataFrame]:
    """Draw the circular main structure.

    Parameters
    ----------
    tables
        All tables of a release by name, EPSG:28992. ``park_evidence`` and ``municipalities`` must be there;
        without a plan, shared functions, firms or policy layers the structure is drawn from what is, and says
        so in ``structure_basis``.
    plan_id
        Which reservation plan is taken; None for the proposal.

    Returns
    -------
    dict
        ``structure_hubs``, ``structure_links``, ``structure_flows``, ``structure_chains``,
        ``structure_levels`` and ``structure_basis``, as `layers.results_structure` describes them.

    Raises
    ------
    InputError
        With every problem of a file of rules or figures.
    """
    files = files or StructureFiles()
    scale, names = _functions(tables)
    figures = load_figures(files.figures)
    rules = load_type_rules(files.hub_types, functions=scale), load_level_rules(files.hub_levels)
    pairs = load_chains(files.chain_links, functions=scale)
    exchanges = load_exchanges(files.exchanges, links=pairs, functions=scale)
    chains = load_material_chains(files.chains, exchanges=exchanges, functions=scale)
    agreement = load_agreement_rules(files.agreement)

    presence = find_presence(tables, scale, figures, plan_id=plan_id)
    travel = Travel(presence.places, tables, parameters, figures)
    structure = tables.get("policy_structure")
    hubs = base_hubs(presence, travel.water, scale, structure, rules)
    capacity = tables.get("secondary_capacity")
    usual = usual_facilities(tables.get("demand_figures"))
    years = _years(tables, parameters)
    flows = place_flows(presence.functions, exchanges, capacity, usual, travel, figures, years)
    links = find_links(flows, presence.functions, presence.places, travel, names)
    called = {**names, **{str(hub): str(name) for hub, name in presence.places["name"].items()}}
    proposed = bool((presence.functions["state"] == "proposed").any())
    judged = judge_chains(
        chains, presence.functions, Reach(exchanges, travel, figures), called, with_plan=proposed
    )
    called |= {chain.chain_id: chain.name_nl for chain in chains}
    result = {
        "structure_hubs": complete_hubs(hubs, presence, judged, flows, called),
        "structure_links": links,
        "structure_flows": flows,
        "structure_chains": judged,
        "structure_levels": compare_levels(hubs, tables, agreement),
        "structure_basis": _basis(presence, tables, figures, travel),
    }
    return {name: _declared(name, table) for name, table in result.items()}


def _functions(tables: Mapping[str, pd.DataFrame]) -> tuple[dict[str, str], dict[str, str]]:
    """Give scale and name per function, of the release or of the catalogue that ships with the product.

    Room to shift is no place of a chain, so it makes no hub.
    """
    table = tables.get("circular_functions")
    if table is not None:
        once = table[table["strategy"] != SHIFTING].drop_duplicates("function_id")
        once = once.astype({"function_id": str})
        return (
            dict(zip(once["function_id"], once["scale"].astype(str), strict=True)),
            dict(zip(once["function_id"], once["name_nl"].astype(str), strict=True)),
        )
    every = load_catalogue().functions
    functions = {name: function for name, function in every.items() if function.strategy != SHIFTING}
    return (
        {name: function.scale for name, function in functions.items()},
        {name: function.name_nl for name, function in functions.items()},
    )


def _years(tables: Mapping[str, pd.DataFrame], parameters: Parameters) -> list[int]:
    capacity = tables.get("secondary_capacity")
    if capacity is not None and len(capacity):
        return sorted({int(year) for year in capacity["year"]})
    return sorted(parameters.space.years)


def _basis(
    presence: Presence, tables: Mapping[str, pd.DataFrame], figures: Mapping[str, Figure], travel: Travel
) -> pd.DataFrame:
    """Say what was used, what was not there, and which numbers the structure rests on."""
    rows: list[Any] = presence.notes.to_dict("records")
    layers = (
        ("waterways", "Vaarwegen", "niet in deze uitgave: verbindingen over water niet beoordeeld"),
        ("roads", "Wegennet", "niet in deze uitgave: afstand over de weg is een rechte lijn met omweg"),
        ("secondary_capacity", "Tonnen per functie", "niet in deze uitgave: tonnen niet beoordeeld"),
        ("policy_structure", "Structuur van Rijk en buurprovincies", "niet in deze uitgave"),
        ("municipal_visions", "Gemeentelijke visies", "niet in deze uitgave"),
    )
    for name, label, absent in layers:
        there = tables.get(name) is not None and len(tables[name])
        status = "sourced" if there else "assumption"
        rows.append(note(f"layer_{name}", label, "gebruikt" if there else absent, status))
    known = int(np.triu(travel.road_basis, 1).sum())
    if known:
        rows.append(note("road_pairs", "Paren hubs met een weg over het wegennet", str(known), "sourced"))
    for figure in figures.values():
        text = figure_text(figure)
        rows.append(note(f"figure_{figure.name}", figure.label_nl, text, figure.status, figure.source))
    locks = "Sluizen, bruggen en doorvaarthoogte"
    rows.append(note("locks", locks, "niet beoordeeld; kruisende vaarwegen gelden als verbonden"))
    return pd.DataFrame(rows).sort_values("item_id", ignore_index=True)


def _declared(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table its declared columns in their order, sorted."""
    layer = STRUCTURE_BY_NAME[name]
    columns = [column.name for column in layer.columns]
    order = [layer.identifier] if layer.identifier else list(layer.order)
    if layer.shape != "table":
        columns.append("geometry")
    return table[columns].sort_values(order, ignore_index=True, na_position="last")
