"""How the monitoring reads in Dutch: values with their band, trends, kinds of indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.monitoring.measures import ASSESSED, FROM_BASE, NOT_ASSESSED
from layers.dutch import number_nl

if TYPE_CHECKING:
    from analysis.monitoring.indicators import Indicator
    from analysis.monitoring.measures import Measured

TYPES: Final = {"transition": "Transitie", "effect": "Effect", "performance": "Prestatie"}
TYPE_MEANING: Final = {
    "transition": "Wat er verandert in hoe bedrijven werken.",
    "effect": "Wat dat doet met de ruimte in de provincie.",
    "performance": "Wat overheden zelf doen.",
}
TRENDS: Final = {
    "higher": "hoger",
    "lower": "lager",
    "equal": "gelijk",
    "within_band": "binnen de bandbreedte",
    "since_base": "sinds de nulmeting",
    "not_assessed": "niet beoordeeld",
}
STATUSES: Final = {"sourced": "bron", "assumption": "aanname", "to_verify": "te verifiëren"}
SHOWN_UNITS: Final = ("ha", "m", "%")
"""Counts carry theirs in the name of the indicator."""
MISSING: Final = {NOT_ASSESSED: "niet beoordeeld", FROM_BASE: "telt vanaf hier"}


def value_nl(indicator: Indicator, measured: Measured | None) -> str:
    """Write a value with its band: ``12 % (10 tot 15)``, or ``10 tot 15 %`` without a mid value."""
    if measured is None:
        return MISSING[NOT_ASSESSED]
    if measured.status != ASSESSED:
        return MISSING[measured.status]
    value = _number(indicator, measured.value)
    unit = f" {indicator.unit}" if indicator.unit in SHOWN_UNITS else ""
    text = f"{value}{unit}"
    if measured.high is None:
        return f"{text} of meer"
    low, high = _number(indicator, measured.low), _number(indicator, measured.high)
    if low == high:
        return text
    return f"{low} tot {high}{unit}" if measured.mid is None else f"{text} ({low} tot {high})"


def target_nl(indicator: Indicator) -> str:
    """Write what is aimed at, with the year when there is one and how sure that is."""
    if not indicator.target_nl:
        return "nog niet bepaald"
    when = f"In {indicator.target_year}: " if indicator.target_year else ""
    text = indicator.target_nl[0].lower() + indicator.target_nl[1:] if when else indicator.target_nl
    doubt = f" ({STATUSES[indicator.target_status]})" if indicator.target_status else ""
    return f"{when}{text}{doubt}"


def _number(indicator: Indicator, value: float | None) -> str:
    return MISSING[NOT_ASSESSED] if value is None else number_nl(value, indicator.decimals)
