"""The answer of every rule for one site and function, and the Dutch sentence that goes with a rule."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.categories import load_categories
from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analysis.reservation.candidates import Scene

UNKNOWN = "onbekend"
STEP_M = 5.0
SLACK = 1e-9
_LABELS: dict[str, Callable[[], Sequence[str]]] = {
    "permitted_category": lambda: load_categories().labels,
    "water_class": lambda: CEMT_CLASSES,
}
_HECTARES = ("minimum_area", "in_use", "usable_zone")
_SHARES = ("protected", "transformation", "housing_claim")
_COUNTS = ("permitted_category", "water_class", "release_year")
OUTCOMES = ("yes", "possible", "no", "not_assessed")


def reason_nl(row: Mapping[str, Any], rule: Mapping[str, Any], *, step_m: float = STEP_M) -> str:
    """Write why a rule says no (or leaves it possible only), made of its numbers.

    Parameters
    ----------
    row
        ``rule_id``, ``value``, ``required`` and ``margin``, such as a row of ``reservation_candidates``.
    rule
        The row of ``reservation_rules`` with that id.
    step_m
        Metres are rounded to this step, away from zero, because address points lie metres off.
    """
    name = str(row["rule_id"])
    margin = _number(row["margin"])
    short = UNKNOWN if margin is None else _amount(name, max(-margin, 0.0), step_m, up=True)
    return str(rule["no_nl"]).format(
        short=short,
        value=_amount(name, _number(row["value"]), step_m),
        required=_amount(name, _number(row["required"]), step_m, asked=True),
    )


def rule_records(scene: Scene, site_id: str, function: str) -> pd.DataFrame:
    """Give the answer of every rule for one site and function, in the order in which rules bind.

    Parameters
    ----------
    scene
        As `analysis.reservation.candidates.survey` gives.

    Returns
    -------
    DataFrame
        ``rule_id``, ``outcome`` (yes, possible, no or not_assessed), ``value``, ``required``, ``margin``,
        ``unit``, ``text_nl`` (missing where the outcome is yes) and ``change_nl``.

    Raises
    ------
    KeyError
        When there is no such site or function.
    """
    sites = scene.sites.table["site_id"].tolist()
    functions = scene.classes["function"].tolist()
    if site_id not in sites or function not in functions:
        raise KeyError(f"{site_id}, {function}")
    at = sites.index(site_id), functions.index(function)
    rules = scene.book.rules
    rows = []
    for record in scene.judged.records:
        rule = {str(key): value for key, value in rules.loc[record.rule_id].to_dict().items()}
        row: dict[str, Any] = {
            "rule_id": record.rule_id,
            "outcome": _outcome(bool(record.fails[at]), bool(record.doubtful[at]), str(rule["treatment"])),
            "value": float(record.value[at]),
            "required": float(record.required[at]),
            "margin": float(record.margin[at]),
            "unit": rule["unit"] or None,
        }
        row["text_nl"] = None if row["outcome"] == "yes" else reason_nl(row, rule)
        row["change_nl"] = None if row["outcome"] == "yes" else rule["change_nl"]
        rows.append(row)
    return pd.DataFrame(rows)


def _outcome(fails: bool, doubtful: bool, treatment: str) -> str:  # noqa: FBT001 (two answers of one rule)
    if fails:
        return "no" if treatment == "excludes" else "not_assessed"
    return "possible" if doubtful else "yes"


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _amount(rule: str, value: float | None, step_m: float, *, up: bool = False, asked: bool = False) -> str:
    """Write an amount in the unit of its rule the Dutch way."""
    if value is None:
        return UNKNOWN
    if asked and rule in _LABELS:
        return str(_LABELS[rule]()[round(value)])
    if rule in _HECTARES:
        return f"{value:.2f}".replace(".", ",")
    if rule in _SHARES:
        return f"{100 * value:.0f} %"
    if asked or rule in _COUNTS:
        return f"{value:.0f}"
    steps = math.ceil(value / step_m - SLACK) if up else math.floor(value / step_m + SLACK)
    return f"{steps * step_m:.0f}"
