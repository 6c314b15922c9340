"""Where provincial instruction rules in force bite on building blocks, as data."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from gis.errors import InputError, Problem
from layers.block_conditions import Conditions, Text  # noqa: TC001 - pydantic needs it when the model is made
from layers.block_texts import placeholders
from layers.municipal_facts import fact_kinds
from layers.restrictions import read_provincial_rules

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path


class _Bite(BaseModel):
    """A rule, the blocks that it concerns, when, and what a motivation must show."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule_id: Text
    blocks: tuple[Text, ...]
    when: Conditions
    show: Text


@dataclass(frozen=True, slots=True)
class InstructionRule:
    """One rule or condition in force and where it bites.

    Attributes
    ----------
    rule_id, article, text_nl, status, source
        As in ``provincial_rules.csv``.
    blocks
        Building blocks that it concerns.
    when
        Facts of a municipality for which it bites.
    show
        What the motivation must show, with placeholders for facts.
    """

    rule_id: str
    article: str
    text_nl: str
    status: str
    source: str
    blocks: tuple[str, ...]
    when: Conditions
    show: str

    def bites(self, block: str, facts: Mapping[str, float | None]) -> bool:
        """Tell whether it must be named; what is not assessed is named too, for it may bite."""
        return block in self.blocks and self.when.hold(facts) is not False


def read_instruction_rules(
    path: Path | None = None, rules: Path | None = None
) -> tuple[InstructionRule, ...]:
    """Read the rules in the order of the file.

    Parameters
    ----------
    path
        The user's own file; None for the one that ships.
    rules
        The user's own ``provincial_rules.csv``; None for the one that ships.

    Raises
    ------
    InputError
        With every problem of the files.
    """
    source: Traversable | Path = path or files("layers") / "data" / "instruction_rules.toml"
    texts = {str(row["rule_id"]): row for row in read_provincial_rules(rules).to_dict("records")}
    try:
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
        found = [_Bite.model_validate(row) for row in raw.get("rules", [])]
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        message = f"the file cannot be read: {error}"
        raise InputError(Problem(message, "See the file that ships.", file=source.name)) from error
    problems = [*_unknown_rules(found, set(texts), source.name), *_unknown_facts(found, source.name)]
    if problems:
        raise InputError(*problems)
    return tuple(_joined(bite, texts[bite.rule_id]) for bite in found)


def _joined(bite: _Bite, text: Mapping[Hashable, str]) -> InstructionRule:
    return InstructionRule(
        rule_id=bite.rule_id,
        article=str(text["article"]),
        text_nl=str(text["text_nl"]),
        status=str(text["status"]),
        source=str(text["source"]),
        blocks=bite.blocks,
        when=bite.when,
        show=bite.show,
    )


def _unknown_rules(found: list[_Bite], known: set[str], shown: str) -> list[Problem]:
    absent = sorted({bite.rule_id for bite in found} - known)
    if not absent:
        return []
    message = f"rules that provincial_rules.csv does not have: {', '.join(absent)}"
    return [Problem(message, "Name rules that it has.", file=shown, field="rule_id")]


def _unknown_facts(found: list[_Bite], shown: str) -> list[Problem]:
    known = fact_kinds()
    absent = sorted({name for bite in found for name, _ in placeholders(bite.show) if name not in known})
    if not absent:
        return []
    message = f"facts that do not exist: {', '.join(absent)}"
    return [Problem(message, f"Use {', '.join(known)}.", file=shown, field="show")]
