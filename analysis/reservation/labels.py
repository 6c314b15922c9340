"""One label per site that planners can use, by rules kept as data: the first rule that fits decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

NOT_ASSESSED: Final = "not_assessed"
LABELS: Final = ("no_regret", "robust", "replaceable", "only_some_futures", NOT_ASSESSED)
EVIDENCE: Final = ("acceptability", "portfolio", "scenarios", "replacement_ha")
"""What a rule may ask for: shares of draws, of near-optimal plans and of futures; weighted hectares short."""
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A rule: every limit that it states must hold; what was not assessed does not hold."""

    rule_id: str
    label: str
    label_nl: str
    label_en: str
    definition_nl: str
    least: Mapping[str, float]
    most: Mapping[str, float]
    status: str

    def fits(self, evidence: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        """Tell for which sites the rule fits."""
        count = len(next(iter(evidence.values())))
        fits = np.ones(count, dtype=bool)
        for name, limit in self.least.items():
            fits &= evidence[name] >= limit - _ROUNDING
        for name, limit in self.most.items():
            fits &= evidence[name] <= limit + _ROUNDING
        return fits


def load_label_rules() -> tuple[LabelRule, ...]:
    """Read the rules in their order; every threshold is an assumption."""
    records: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()}
        for row in read_facts("protection_labels").to_dict("records")
    ]
    return tuple(
        LabelRule(
            rule_id=str(row["rule_id"]),
            label=str(row["label"]),
            label_nl=str(row["label_nl"]),
            label_en=str(row["label_en"]),
            definition_nl=str(row["definition_nl"]),
            least=_limits(row, "min_"),
            most=_limits(row, "max_"),
            status=str(row["status"]),
        )
        for row in records
    )


def label_sites(evidence: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """Label sites.

    Parameters
    ----------
    evidence
        Per name of `EVIDENCE` a number per site, NaN where not assessed; infinite replacement is allowed.

    Returns
    -------
    DataFrame
        ``label``, ``label_nl``, ``definition_nl``, ``rule_id`` and ``status`` per site, in the same order.
    """
    count = len(next(iter(evidence.values())))
    columns = ("label", "label_nl", "definition_nl", "rule_id", "status")
    table = pd.DataFrame({name: np.full(count, None, dtype=object) for name in columns})
    shares = [evidence[name] for name in EVIDENCE[:3]]
    unknown = np.isnan(np.array(shares)).any(axis=0)
    table.loc[unknown] = [
        NOT_ASSESSED,
        "niet beoordeeld",
        "De robuustheid is niet doorgerekend.",
        None,
        None,
    ]
    open_yet = ~unknown
    for rule in load_label_rules():
        fits = open_yet & rule.fits(evidence)
        table.loc[fits] = [rule.label, rule.label_nl, rule.definition_nl, rule.rule_id, rule.status]
        open_yet &= ~fits
    return table


def _limits(row: Mapping[str, Any], prefix: str) -> dict[str, float]:
    found = {name: row.get(f"{prefix}{name}") for name in EVIDENCE}
    return {
        name: float(str(value)) for name, value in found.items() if value is not None and not pd.isna(value)
    }
