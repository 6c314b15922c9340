"""Small safe conditions over named municipal facts: yes, no or unknown; nothing is evaluated as code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Condition(BaseModel):
    """One comparison of a fact with a number.

    Attributes
    ----------
    fact
        A name of `layers.municipal_facts`.
    at_least, above, below
        Exactly one of them, in the unit of the fact.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fact: str
    at_least: float | None = None
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _one_comparison(self) -> Condition:
        if self.fact not in fact_kinds():
            raise ValueError(f"unknown fact {self.fact!r}; the facts are {', '.join(fact_kinds())}")
        if sum(bound is not None for bound in (self.at_least, self.above, self.below)) != 1:
            raise ValueError("give exactly one of at_least, above and below")
        return self

    def holds(self, facts: Mapping[str, float | None]) -> bool | None:
        """Tell whether it holds; None when the fact was not assessed."""
        value = facts.get(self.fact)
        if value is None:
            return None
        if self.at_least is not None:
            return value >= self.at_least
        if self.above is not None:
            return value > self.above
        return value < (self.below or 0.0)


class Conditions(BaseModel):
    """Conditions that must all hold, and conditions of which one must hold; none at all always holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()

    def hold(self, facts: Mapping[str, float | None]) -> bool | None:
        """Tell whether they hold, in the logic of Kleene: unknown only where the answer depends on it."""
        one = _any([condition.holds(facts) for condition in self.any]) if self.any else True
        return _all([*(condition.holds(facts) for condition in self.all), one])

    def facts(self) -> tuple[str, ...]:
        """Give the facts that they ask for."""
        return tuple(dict.fromkeys(condition.fact for condition in (*self.all, *self.any)))


class TriggerRule(Conditions):
    """A verdict when its conditions hold, with the reason in numbers."""

    verdict: Literal["recommended", "optional"]
    reason: Text


class Trigger(BaseModel):
    """When a block applies: the first rule that holds decides.

    Attributes
    ----------
    rules
        In order.
    otherwise
        Reason when none holds: the block does not apply.
    status, source
        Of the thresholds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[TriggerRule, ...] = Field(min_length=1)
    otherwise: Text
    status: Literal["sourced", "assumption", "to_verify"]
    source: Text

    def decide(self, facts: Mapping[str, float | None]) -> tuple[str, str, tuple[str, ...]]:
        """Give verdict, reason (still with placeholders) and the facts that were missing for it.

        A rule that cannot be decided makes the verdict ``not_assessed``, unless a later rule gives less
        certain grounds for choosing the block anyway: then that one stands.
        """
        missing: list[str] = []
        for rule in self.rules:
            holds = rule.hold(facts)
            if holds:
                return rule.verdict, rule.reason, ()
            if holds is None:
                missing += [name for name in rule.facts() if facts.get(name) is None]
        if missing:
            return "not_assessed", "", tuple(dict.fromkeys(missing))
        return "not_applicable", self.otherwise, ()


def _all(values: list[bool | None]) -> bool | None:
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def _any(values: list[bool | None]) -> bool | None:
    if any(values):
        return True
    return None if any(value is None for value in values) else False
