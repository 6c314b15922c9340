"""What the checks find: one line per violation, with the official code, the place and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pandas as pd

from gis.errors import InputError, Problem
from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ERROR: Final = "fout"
WARNING: Final = "waarschuwing"
COLUMNS: Final = (
    "code", "ernst", "bestand", "plaats", "bevinding", "melding_nl", "melding_en", "herstel_nl", "herstel_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of ``layers/data/export_rules.csv``.

    Attributes
    ----------
    code
        Official code, or one of ours (KRING.., CONCEPT).
    severity
        ``fout`` stops an export, ``waarschuwing`` does not.
    subject
        What it is about.
    checked
        ``ja``, ``nee`` when it needs what is not in a package, or when.
    title_nl, title_en, repair_nl, repair_en
        In words.
    source
        Where the rule stands.
    """

    code: str
    severity: str
    subject: str
    checked: str
    title_nl: str
    title_en: str
    repair_nl: str
    repair_en: str
    source: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One violation.

    Attributes
    ----------
    code
        Of the rule.
    file
        In which file.
    place
        Which location, group or identifier.
    detail
        What was found there.
    """

    code: str
    file: str
    place: str = ""
    detail: str = ""

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return rules()[self.code]

    @property
    def stops(self) -> bool:
        """Whether it stops an export."""
        return self.rule.severity == ERROR


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Give the rules by code, in the order of their table."""
    table = read_facts("export_rules").fillna("")
    return {str(row.code): Rule(*(str(value) for value in row[1:])) for row in table.itertuples()}


def as_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Write findings as a table, what stops first, then by code, file and place."""
    order = sorted(set(findings), key=lambda item: (not item.stops, item))
    rows = [
        (
            item.code, item.rule.severity, item.file, item.place, item.detail, item.rule.title_nl,
            item.rule.title_en, item.rule.repair_nl, item.rule.repair_en,
        )
        for item in order
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype("string")


def refuse(findings: Sequence[Finding]) -> None:
    """Stop when anything found is a ``fout``.

    Raises
    ------
    InputError
        With every finding that stops, each with its code.
    """
    stopping = [item for item in sorted(set(findings)) if item.stops]
    if stopping:
        raise InputError(
            *(
                Problem(
                    f"{item.code}: {item.rule.title_en}" + (f": {item.detail}" if item.detail else ""),
                    item.rule.repair_en,
                    file=item.file or None,
                    field=item.place or None,
                )
                for item in stopping
            )
        )
