"""Type and level of each hub, by the rules of the two files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from analysis.structure.rules import LevelRule, TypeRule

HEAVY: Final = {
    "certain": "certain",
    "governed_by_zone": "certain",
    "possible": "possible",
    "not_assessed": "possible",
}
"""What the evidence says of room for a high category, as it counts for a rule; ``no`` is absent."""
NO_RULE: Final = "not_assessed"
NO_RULE_NL: Final = "niet beoordeeld"


@dataclass(frozen=True, slots=True)
class HubFacts:
    """What the rules look at.

    Attributes
    ----------
    functions
        Functions on the place, the possible ones too.
    sure
        Those that are certain.
    heavy
        As ``park_evidence.heavy`` says.
    water
        ``certain``, ``possible`` or ``no``.
    cemt
        Class of the water that it stands at, None where unknown.
    serves
        Municipalities that shared functions on the place serve, 0 where unknown.
    metres
        Distance to the nearest element of the policy structure per level of government.
    """

    hub_id: str
    functions: frozenset[str]
    sure: frozenset[str]
    heavy: str
    water: str
    cemt: str | None
    serves: float
    metres: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class HubType:
    """The type of a hub, the rule that decided and whether it did so for certain."""

    code: str
    name_nl: str
    certainty: str
    rule_id: str | None
    reason_nl: str
    status: str


@dataclass(frozen=True, slots=True)
class HubLevel:
    """The level of a hub and the rule that decided."""

    code: str
    rule_id: str | None
    reason_nl: str
    status: str


def type_of(facts: HubFacts, rules: Sequence[TypeRule]) -> HubType:
    """Give the type by the first rule that holds, for certain or possibly."""
    for rule in rules:
        certainty = _holds(rule, facts)
        if certainty is not None:
            return HubType(rule.hub_type, rule.name_nl, certainty, rule.rule_id, rule.reason_nl, rule.status)
    return HubType(NO_RULE, NO_RULE_NL, "possible", None, "geen regel noemt deze plek", "assumption")


def _holds(rule: TypeRule, facts: HubFacts) -> str | None:
    """Tell whether a rule holds: ``certain``, ``possible`` or None."""
    if rule.parks and facts.hub_id not in rule.parks:
        return None
    verdicts = []
    if rule.least:
        if len(rule.functions & facts.functions) < rule.least:
            return None
        verdicts.append("certain" if len(rule.functions & facts.sure) >= rule.least else "possible")
    if rule.heavy == "yes":
        verdicts.append(HEAVY.get(facts.heavy, "no"))
    if rule.water == "yes":
        verdicts.append(facts.water)
    if "no" in verdicts:
        return None
    return "possible" if "possible" in verdicts else "certain"


def level_of(
    facts: HubFacts, hub_type: str, scale: Mapping[str, str], rules: Sequence[LevelRule]
) -> HubLevel:
    """Give the level by the first rule of which every condition holds.

    Parameters
    ----------
    scale
        Function id to its scale.
    """
    for rule in rules:
        if _level_holds(rule, facts, hub_type, scale):
            return HubLevel(rule.level, rule.rule_id, rule.reason_nl, rule.status)
    return HubLevel(NO_RULE, None, "geen regel noemt deze plek", "assumption")


def _level_holds(rule: LevelRule, facts: HubFacts, hub_type: str, scale: Mapping[str, str]) -> bool:
    of_scale = [name for name in facts.sure if not rule.scales or scale.get(name) in rule.scales]
    large = True
    if rule.cemt_from:
        wanted = CEMT_CLASSES.index(rule.cemt_from)
        at_water = facts.water != "no" and facts.cemt in CEMT_CLASSES
        large = at_water and CEMT_CLASSES.index(facts.cemt) >= wanted
    return (
        len(of_scale) >= rule.least_functions
        and (not rule.hub_types or hub_type in rule.hub_types)
        and (not rule.near_level or facts.metres.get(rule.near_level, np.inf) <= rule.within_m)
        and large
        and (not rule.least_municipalities or facts.serves >= rule.least_municipalities)
    )


def nearest_elements(shape: Any, structure: pd.DataFrame | None) -> dict[str, float]:
    """Give the metres to the nearest element per level of government."""
    if structure is None or not len(structure):
        return {}
    metres = shapely.distance(structure["geometry"].to_numpy(dtype=object), shape)
    result: dict[str, float] = {}
    for level, found in zip(structure["authority_level"].astype(str), metres, strict=True):
        result[level] = min(result.get(level, np.inf), float(found))
    return result
