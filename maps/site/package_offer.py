"""What the composer of the choice package is made from: a block as it is offered to one municipality."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.block_parameters import Value
    from layers.building_blocks import Block, Option


@dataclass(frozen=True, slots=True)
class Offer:
    """One block as it is offered to one municipality; all texts are Dutch and filled in.

    Attributes
    ----------
    block
        As data.
    verdict, reason
        Code, and why in numbers.
    taken, option
        What the package takes when nobody chooses.
    goal, explanation, if_nothing, risk, consequence
        What it is for, what it does, what happens without it, the legal risk, and what a decision of the
        province means.
    facts
        More about it: name and text.
    conditions
        Provincial rules in force that bite.
    known
        Parameters for which the municipality itself suggests a value.
    two_dialects
        Whether its text differs between the two kinds of plan.
    """

    block: Block
    verdict: str
    reason: str
    taken: bool
    option: Option
    goal: str
    explanation: str
    if_nothing: str
    risk: str
    consequence: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    conditions: tuple[str, ...] = ()
    known: Mapping[str, Value] = field(default_factory=dict)
    two_dialects: bool = False
