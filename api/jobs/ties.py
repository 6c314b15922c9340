"""How every layer of a release is tied to municipalities, so that it can be cut to those of a caller.

A layer that is not named here is tied to nothing: whoever sees a territory only does not get it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final

from layers.schema import Level

if TYPE_CHECKING:
    from layers.schema import Layer


@dataclass(frozen=True, slots=True)
class ByCode:
    """Every one of these columns holds the code of an own municipality, or a list of them behind ``;``."""

    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ByRow:
    """The column names a row of one of these layers, and that row is own."""

    column: str
    layers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BySubject:
    """The row is about an own park or plot, named by ``subject`` and ``subject_id``."""


@dataclass(frozen=True, slots=True)
class ByRows:
    """Every row of the layer that the column lists behind ``;`` is own; an empty list is."""

    column: str
    layer: str


@dataclass(frozen=True, slots=True)
class BySubArea:
    """All municipalities of the sub-area that the column names are own: a sum over others tells of them."""

    column: str = "sub_area"


@dataclass(frozen=True, slots=True)
class ByArea:
    """``scope`` says what the column names: a municipality, a park or a sub-area that is own."""

    column: str = "area_id"


@dataclass(frozen=True, slots=True)
class ByPlace:
    """A point on the surface of the row lies within the own municipalities."""


@dataclass(frozen=True, slots=True)
class ByValue:
    """The column holds one of these values, of which the text tells of the own municipality only."""

    column: str
    values: tuple[str, ...]


Rule = ByCode | ByRow | BySubject | ByRows | BySubArea | ByArea | ByPlace | ByValue


class Kind(Enum):
    """What a layer is without its rows."""

    TIED = "tied"
    GENERAL = "general"
    """Tells of functions, figures or the region as a whole and of no place in it."""
    UNTIED = "untied"
    """Tells of places in a way that cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class Tie:
    """How one layer is tied.

    Attributes
    ----------
    rules
        All must hold for a row to be own.
    kind
        What is done where there are no rules.
    mentions
        Column to the layer and its column whose values it lists; emptied where one of them is not own.
    """

    rules: tuple[Rule, ...] = ()
    kind: Kind = Kind.TIED
    mentions: dict[str, tuple[str, str]] = field(default_factory=dict)


NO_TIE: Final = Tie(kind=Kind.UNTIED)


def _own(*rules: Rule, **mentions: tuple[str, str]) -> Tie:
    return Tie(rules, mentions=mentions)


_GENERAL = Tie(kind=Kind.GENERAL)
_UNTIED = Tie(kind=Kind.UNTIED)
_CODE = ByCode(("municipality_code",))
_PARK = ByRow("park_id", ("park_evidence",))
_SITE = ByRow("site_id", ("reservation_sites",))
_ZONE = ByRow("zone_id", ("reservation_zones",))
_HOUSING = ByRow("plan_id", ("housing_plans",))
_HUB = ByRow("hub_id", ("structure_hubs",))
_PLANS = ("housing_plans", "plan_id")

TIES: Final[dict[str, Tie]] = {
    # what was found per park and plot
    "park_evidence": _own(_CODE),
    "plot_evidence": _own(_CODE),
    "usable_zones": _own(_PARK),
    "usable_blocks": _own(_PARK),
    "binding_objects": _own(BySubject(), ByRow("object_id", ("sensitive_objects",))),
    "water_by_class": _own(BySubject()),
    "water_evidence": _own(BySubject()),
    "housing_effects": _own(_CODE, _HOUSING),
    "housing_rights": _own(_HOUSING, BySubject()),
    "disagreements": _own(_PARK, ByRow("remark_id", ("atelier",))),
    "summary": _own(ByArea()),
    "assumptions": _GENERAL,
    "not_assessed": _UNTIED,
    "data_quality": _UNTIED,
    # demand, supply and balance
    "circular_functions": _GENERAL,
    "demand_figures": _GENERAL,
    "land_demand": _own(BySubArea()),
    "demand_methods": _GENERAL,
    "demand_bands": _own(BySubArea()),
    "demand_by_scenario": _GENERAL,
    "secondary_capacity": _own(BySubArea()),
    "demand_checks": _GENERAL,
    "function_profile": _own(BySubArea()),
    "circular_businesses": _own(ByRow("business_id", ("businesses",))),
    "circular_businesses_by_rule": _UNTIED,
    "existing_facilities": _own(ByRow("facility_id", ("circular_facilities",)), _PARK),
    "function_presence": _own(BySubArea()),
    "linear_activity": _own(BySubArea()),
    "replacement_of_likely": _own(BySubArea()),
    "released_land": _own(_PARK),
    "released_by_class": _own(BySubArea()),
    "supply": _own(_PARK),
    "regular_demand": _own(BySubArea()),
    "balance": _own(ByArea("area")),
    "balance_groups": _own(ByArea("area")),
    "balance_terms": _own(ByArea("area")),
    "balance_housing": _own(_HOUSING),
    "balance_answers": _UNTIED,
    "balance_inputs": _GENERAL,
    "sensitivity": _GENERAL,
    "research_agenda": _UNTIED,
    # where a category fits
    "surface_by_area": _own(ByArea()),
    "exclusions_by_area": _own(ByArea()),
    "exploration_areas": _own(_CODE, housing_plans=("housing_plans", "name")),
    "exploration_conditions": _own(ByRow("area_id", ("exploration_areas",))),
    # candidates and the plan
    "reservation_sites": _own(_CODE),
    "reservation_functions": _GENERAL,
    "reservation_candidates": _own(_SITE, plans=_PLANS),
    "site_suitability": _own(_SITE),
    "reservation_targets": _own(BySubArea()),
    "reservation_criteria": _GENERAL,
    "reservation_rules": _GENERAL,
    "reservation_locks": _own(_SITE),
    "reservation_plan": _own(_CODE, _SITE),
    "plan_aims": _UNTIED,
    "plan_targets": _own(BySubArea()),
    "plan_housing": _own(_HOUSING),
    "plan_clashes": _UNTIED,
    "plan_ways_out": _UNTIED,
    "plan_tradeoff": _UNTIED,
    "plan_conflicts": _own(_HOUSING, ByRows("site_ids", "reservation_sites")),
    "reservation_conflicts": _own(_SITE, plans=_PLANS),
    "site_protection": _own(_CODE, _SITE),
    "reservation_zones": _own(_CODE, _PARK),
    "zone_instruments": _own(_ZONE),
    # how firm the plan is
    "weight_draws": _UNTIED,
    "site_acceptability": _own(_SITE),
    "plan_regret": _UNTIED,
    "plan_futures": _UNTIED,
    "plan_portfolio": _UNTIED,
    "alternative_choices": _own(_SITE),
    "site_replacement": _own(_SITE),
    "site_labels": _own(_SITE),
    # functions that municipalities share: who travels where tells of the place in the other one
    "alignment_functions": _UNTIED,
    "alignment_partners": _own(ByCode(("municipality_code", "partner_code"))),
    "shared_functions": _own(ByCode(("host_code",))),
    "shared_assignments": _own(ByCode(("municipality_code", "host_code"))),
    "shared_service_areas": _own(
        ByRow("facility_id", ("shared_functions",)), ByCode(("municipality_codes",))
    ),
    "shared_equity": _UNTIED,
    "shared_burdens": _own(_CODE),
    "shared_handouts": _own(_CODE, ByValue("topic", ("burden", "hosts", "unserved"))),
    "shared_travel": _own(_CODE, ByRow("site_id", ("park_evidence", "circular_facilities"))),
    "shared_assumptions": _GENERAL,
    # the circular structure
    "structure_hubs": _own(_CODE),
    "structure_links": _own(ByRow("from_hub", ("structure_hubs",)), ByRow("to_hub", ("structure_hubs",))),
    "structure_flows": _own(ByRow("from_hub", ("structure_hubs",)), ByRow("to_hub", ("structure_hubs",))),
    "structure_chains": _UNTIED,
    "structure_levels": _own(_HUB),
    "structure_basis": _GENERAL,
    "redevelopment_pilots": _own(_CODE),
    "pilot_criteria": _own(_PARK),
    "pilot_lookalikes": _own(_PARK, ByRow("pilot_id", ("park_evidence",))),
    "pilot_basis": _GENERAL,
    # what municipalities reported and the province accepted
    "corrections": _own(_CODE),
    # what came in
    "parks": _own(_PARK),
    "municipalities": _own(_CODE),
    "plots": _own(_PARK),
    "sensitive_objects": _own(ByPlace()),
    "surroundings": _own(ByPlace()),
    "zoned_estates": _own(ByPlace()),
    "waterways": _own(ByPlace()),
    "quays": _own(ByPlace()),
    "barriers": _own(ByPlace()),
    "housing_plans": _own(ByPlace()),
    "businesses": _own(ByPlace()),
    "protected_areas": _own(ByPlace()),
    "grid_congestion": _own(ByPlace()),
    "sub_areas": _own(BySubArea("name")),
    "circular_facilities": _own(ByPlace()),
    "policy_structure": _own(ByPlace()),
    "municipal_visions": _own(_CODE),
    "atelier": _own(ByPlace()),
    "reservations": _own(ByPlace()),
    "session_outcomes": _own(ByPlace()),
    "roads": _own(ByPlace()),
}
"""Layer to how it is tied."""

PERSONAL: Final = frozenset(
    {
        "sensitive_objects",
        "binding_objects",
        "businesses",
        "circular_businesses",
        "released_land",
        "data_quality",
    }
)
"""Layers that show single homes or firms; no session may share them."""


def tie_of(name: str) -> Tie:
    """Tell how a layer is tied; to nothing when it is not known here."""
    return TIES.get(name, NO_TIE)


def may_be_shared(layer: Layer) -> bool:
    """Tell whether a session may show a layer: never single homes or firms, nor what editors keep."""
    return layer.name not in PERSONAL and layer.level is not Level.EDITOR and bool(tie_of(layer.name).rules)
