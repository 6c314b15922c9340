"""Columns that the tables of the main structure and of the pilots have in common."""

from __future__ import annotations

from typing import Final

from layers.demand_columns import SOURCE, STATUS
from layers.schema import Column, Level

RUNS: Final = ("yes", "no", "not_assessed")
RULE: Final = Column("rule_id", "text", "Regel die besliste", "Rule that decided")
REASON: Final = Column("reason_nl", "text", "Reden", "Reason (Dutch)")


def text(name: str, nl: str, en: str, level: Level = Level.PUBLIC) -> Column:
    """Describe a text."""
    return Column(name, "text", nl, en, level=level)


def tonnes(name: str, nl: str, en: str) -> Column:
    """Describe tonnes per year."""
    return Column(name, "number", nl, en, "t/yr", minimum=0, decimals=0)


def share(name: str, nl: str, en: str, level: Level = Level.PUBLIC) -> Column:
    """Describe a share from 0 to 1."""
    return Column(name, "number", nl, en, None, minimum=0, maximum=1, decimals=4, level=level)


def code(name: str, nl: str, en: str, allowed: tuple[str, ...]) -> Column:
    """Describe a code."""
    return Column(name, "code", nl, en, allowed=allowed)


def key(name: str, nl: str, en: str) -> Column:
    """Describe the column that identifies a row."""
    return Column(name, "text", nl, en, required=True, filled=True)


BASIS_COLUMNS: Final = (
    key("item_id", "Onderdeel", "Item"),
    text("what_nl", "Wat", "What (Dutch)"),
    text("value_nl", "Waarde", "Value (Dutch)"),
    STATUS,
    SOURCE,
)
