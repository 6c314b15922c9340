"""The structure beside the other levels of government: what agrees, what is not mentioned, what conflicts.

Rules read the words of an element or a vision; the rule with the lowest priority number that speaks of a hub
decides. A reading by words is a pointer, not a judgement: the vision itself decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.data_files import Field, read_data_file
from analysis.space.circular_business import plain
from analysis.space.quantities import STATUSES
from analysis.structure.rules import AUTHORITIES, split
from analysis.structure.sentences import AUTHORITIES_NL, VERDICTS_NL, level_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

VERDICTS: Final = ("agrees", "not_mentioned", "conflicts")
MUNICIPAL: Final = "municipal"
LEVEL_COLUMNS: Final = (
    "row_id",
    "hub_id",
    "hub_name",
    "hub_type_nl",
    "authority_level",
    "authority_nl",
    "element_id",
    "element_name",
    "element_kind",
    "distance_m",
    "verdict",
    "verdict_nl",
    "rule_id",
    "status",
    "source",
    "reason_nl",
)
_FIELDS: Final = (
    Field("rule_id"),
    Field("priority", "number"),
    Field("about", allowed=("element", "vision")),
    Field("authority_level", filled=False, allowed=AUTHORITIES),
    Field("words", filled=False),
    Field("hub_types", filled=False),
    Field("within_m", "number", minimum=0),
    Field("verdict", allowed=VERDICTS),
    Field("reason_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True, slots=True)
class AgreementRule:
    """When a hub agrees or conflicts with an element of another structure or with a municipal vision."""

    rule_id: str
    priority: float
    about: str
    authority_level: str
    words: tuple[str, ...]
    hub_types: tuple[str, ...]
    within_m: float
    verdict: str
    reason_nl: str
    status: str
    source: str

    def speaks_of(self, text: str, level: str, hub_type: str, metres: float) -> bool:
        """Tell whether the rule holds for a hub and an element or vision."""
        return (
            metres <= self.within_m
            and self.authority_level in ("", level)
            and (not self.hub_types or hub_type in self.hub_types)
            and (not self.words or any(plain(word) in text for word in self.words))
        )


def load_agreement_rules(path: Path | None = None) -> tuple[AgreementRule, ...]:
    """Read the rules in the order in which they decide.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("structure_agreement", path, _FIELDS, ("rule_id",))
    file.stop()
    rows = []
    for row in file.table.to_dict("records"):
        values = {str(name): value for name, value in row.items()}
        values |= {name: split(str(values[name])) for name in ("words", "hub_types")}
        rows.append(AgreementRule(**values))
    return tuple(sorted(rows, key=lambda rule: (rule.priority, rule.rule_id)))


@dataclass(frozen=True, slots=True)
class _Other:
    """An element of another structure, or a municipal vision."""

    about: str
    identifier: str
    level: str
    name: str
    kind: str
    text: str
    quoted: str
    shape: Any


def compare_levels(
    hubs: pd.DataFrame, tables: Mapping[str, pd.DataFrame], rules: Sequence[AgreementRule]
) -> pd.DataFrame:
    """Lay every hub beside every level of government, and every element beside the hubs.

    Parameters
    ----------
    hubs
        ``hub_id``, ``name``, ``hub_type``, ``hub_type_nl``, ``municipality_name`` and ``geometry``.
    tables
        ``policy_structure`` and ``municipal_visions``, where the release has them.

    Returns
    -------
    DataFrame
        `LEVEL_COLUMNS`. Per hub and level of government one row per element that a rule speaks of, or one
        row ``not_mentioned`` with the nearest element; elements that no hub answers follow with no hub. A
        level without a layer is not there.
    """
    elements, visions = _elements(tables), _visions(tables)
    levels: list[tuple[str, list[_Other]]] = []
    if elements:
        levels += [(level, [item for item in elements if item.level == level]) for level in AUTHORITIES]
    if tables.get("municipal_visions") is not None:
        levels.append((MUNICIPAL, visions))
    rows: list[dict[str, Any]] = []
    answered: set[str] = set()
    for hub in hubs.sort_values("hub_id").to_dict("records"):
        for level, others in levels:
            found = _of_level(hub, level, others, rules)
            answered |= {str(row["element_id"]) for row in found if row["rule_id"] is not None}
            rows += found
    rows += [_unanswered(item) for item in (*elements, *visions) if item.identifier not in answered]
    table = pd.DataFrame(rows, columns=list(LEVEL_COLUMNS))
    return table.sort_values("row_id", ignore_index=True)


def _of_level(
    hub: dict[Any, Any], level: str, others: Sequence[_Other], rules: Sequence[AgreementRule]
) -> list[dict[str, Any]]:
    distances = [float(shapely.distance(hub["geometry"], item.shape)) for item in others]
    rows = []
    for item, metres in zip(others, distances, strict=True):
        rule = next(
            (
                rule
                for rule in rules
                if rule.about == item.about and rule.speaks_of(item.text, level, str(hub["hub_type"]), metres)
            ),
            None,
        )
        if rule is not None:
            rows.append(_row(hub, level, item, metres, rule))
    if rows:
        return rows
    # the nearest element tells how far off the other structure is; a vision elsewhere says nothing
    near = int(np.argmin(distances)) if distances else -1
    if near >= 0 and (level != MUNICIPAL or distances[near] <= 0):
        return [_row(hub, level, others[near], distances[near], None)]
    return [_row(hub, level, None, np.nan, None)]


def _row(
    hub: dict[Any, Any], level: str, item: _Other | None, metres: float, rule: AgreementRule | None
) -> dict[str, Any]:
    verdict = rule.verdict if rule is not None else "not_mentioned"
    record = {
        "row_id": f"{hub['hub_id']}:{level}:{item.identifier if item else '-'}",
        "hub_id": hub["hub_id"], "hub_name": hub["name"], "hub_type_nl": hub["hub_type_nl"],
        "authority_level": level, "authority_nl": AUTHORITIES_NL[level],
        "element_id": item.identifier if item else None, "element_name": item.name if item else None,
        "element_kind": item.kind if item else None, "distance_m": metres,
        "verdict": verdict, "verdict_nl": VERDICTS_NL[verdict],
        "rule_id": rule.rule_id if rule else None,
        "status": rule.status if rule else "assumption", "source": rule.source if rule else None,
    }  # fmt: skip
    quoted = item.quoted if item is not None and item.about == "vision" else ""
    reason = level_reason(record, rule.reason_nl if rule else "", quoted, str(hub["municipality_name"]))
    return {**record, "reason_nl": reason}


def _unanswered(item: _Other) -> dict[str, Any]:
    record = {
        "row_id": f"~{item.level}:{item.identifier}",
        "hub_id": None, "hub_name": None, "hub_type_nl": None,
        "authority_level": item.level, "authority_nl": AUTHORITIES_NL[item.level],
        "element_id": item.identifier, "element_name": item.name, "element_kind": item.kind,
        "distance_m": np.nan, "verdict": "not_mentioned", "verdict_nl": VERDICTS_NL["not_mentioned"],
        "rule_id": None, "status": "assumption", "source": None,
    }  # fmt: skip
    return {**record, "reason_nl": level_reason(record, "", item.quoted, "")}


def _elements(tables: Mapping[str, pd.DataFrame]) -> list[_Other]:
    layer = tables.get("policy_structure")
    if layer is None:
        return []
    return [
        _Other(
            "element", str(row["element_id"]), str(row["authority_level"]), _text(row["name"]),
            _text(row["kind"]), plain(f"{_text(row['name'])} {_text(row['kind'])}"), "", row["geometry"],
        )
        for row in layer.sort_values("element_id").to_dict("records")
    ]  # fmt: skip


def _visions(tables: Mapping[str, pd.DataFrame]) -> list[_Other]:
    layer = tables.get("municipal_visions")
    if layer is None:
        return []
    names = {}
    places = tables.get("municipalities")
    if places is not None:
        names = dict(zip(places["municipality_code"].astype(str), places["name"].astype(str), strict=True))
    result = []
    for row in layer.sort_values("vision_id").to_dict("records"):
        code = _text(row["municipality_code"])
        year = "" if pd.isna(row["year"]) else f" {int(row['year'])}"
        name = f"Visie {names.get(code, code)}{year}".strip()
        words = plain(f"{_text(row['theme'])} {_text(row['text'])}")
        result.append(
            _Other(
                "vision", str(row["vision_id"]), MUNICIPAL, name, _text(row["theme"]), words,
                _text(row["text"]), row["geometry"],
            )
        )  # fmt: skip
    return result


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
