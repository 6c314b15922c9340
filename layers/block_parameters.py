"""Typed parameters of building blocks: what they are, what is usual, and what a law does not allow."""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from layers.block_texts import NAMES
from layers.dutch import number_nl
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Status = Literal["sourced", "assumption", "to_verify"]
Value = float | str | dt.date
_KINDS = {"number": "een getal", "text": "tekst", "choice": "een keuze uit de lijst", "date": "een datum"}
_MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni",
    "juli", "augustus", "september", "oktober", "november", "december",
)  # fmt: skip
MOST_TEXT = 1000
HIDDEN: Final = frozenset({"Cc", "Cs"})
"""Unicode categories that no document can hold: control characters and halves of pairs."""


class Limit(BaseModel):
    """A limit that the law sets; only a sourced one refuses a value.

    Attributes
    ----------
    low, high
        Bounds, inclusive; one may be missing.
    law, status, source
        Where it stands and how far that was checked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: float | None = None
    high: float | None = None
    law: Text
    status: Status
    source: Text


class Parameter(BaseModel):
    """One parameter.

    Attributes
    ----------
    label, unit
        What readers see; no unit for text, choices and dates.
    type
        Number, text, choice or date.
    default
        Value per option, or one for all.
    usual
        Usual range of a number, inclusive.
    from_name, from_fact
        Text or number about the municipality that goes before the default, where it fits; a number is rounded
        up in its last decimal and never below the usual range.
    choices
        What a choice may be; for categories in rising order.
    limit
        Legal limit, when there is one.
    status, source
        Of the default and the usual range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Text
    type: Literal["number", "text", "choice", "date"]
    default: float | dt.date | str | dict[Literal["light", "firm", "strict"], float | str]
    unit: str = ""
    decimals: int = 0
    from_name: str | None = None
    from_fact: str | None = None
    choices: tuple[Text, ...] = ()
    usual: tuple[float, float] | None = None
    limit: Limit | None = None
    status: Status
    source: Text

    @model_validator(mode="after")
    def _consistent(self) -> Parameter:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("a choice has choices, and nothing else has")
        if self.type == "number" and self.usual is None:
            raise ValueError("a number has a usual range")
        if self.type != "number" and (self.usual is not None or self.limit is not None):
            raise ValueError("only a number has a usual range or a legal limit")
        if self.from_fact is not None and (self.type != "number" or self.from_fact not in fact_kinds()):
            raise ValueError("from_fact goes with numbers, and must be a known fact")
        if self.from_name is not None and (
            self.type not in ("text", "choice") or self.from_name not in NAMES
        ):
            raise ValueError("from_name goes with text and choices, and must be a known name")
        for option in ("light", "firm", "strict"):
            wrong, warnings = self.check(self.default_for(option))
            if wrong or warnings:
                raise ValueError(f"the default for {option}: {wrong or warnings}")
        return self

    def default_for(self, option: str) -> Value:
        """Give the default under an option."""
        if isinstance(self.default, dict):
            return self.default[option]  # type: ignore[index] # options are checked when the file is read
        return self.default

    def known_for(self, words: Mapping[str, str], facts: Mapping[str, float | None]) -> Value | None:
        """Give the value that a municipality itself suggests; None when there is none or it does not fit."""
        if self.from_fact is not None and self.usual is not None:
            found = facts.get(self.from_fact)
            if not found:
                return None
            step = 10.0**self.decimals
            return max(math.ceil(round(found * step, 6)) / step, self.usual[0])
        known = words.get(self.from_name or "", "")
        return known if known and self.check(known)[0] is None else None

    def check(self, value: Any) -> tuple[str | None, str | None]:
        """Check a value.

        Returns
        -------
        tuple
            What makes it unusable (wrong type, or beyond a sourced legal limit), and what to warn about; both
            in Dutch, None where there is nothing.
        """
        if not self._fits(value):
            more = f": {', '.join(self.choices)}" if self.choices else ""
            return f"{self.label} moet {_KINDS[self.type]} zijn{more}", None
        if self.type != "number":
            return None, None
        number = float(value)
        wrong, warning = self._beyond_limit(number)
        if wrong:
            return wrong, None
        if warning is None and self.usual is not None and not self.usual[0] <= number <= self.usual[1]:
            low, high = (number_nl(bound, self.decimals) for bound in self.usual)
            warning = (
                f"{self.label} is {self.say(number)} {self.unit}".rstrip()
                + f"; gebruikelijk is {low} tot {high} {self.unit}".rstrip()
                + f" ({self._status_nl()})"
            )
        return None, warning

    def say(self, value: Any) -> str:
        """Write a value as it stands in a text, without its unit."""
        if isinstance(value, dt.date):
            return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
        if self.type == "number":
            return number_nl(float(value), self.decimals)
        return str(value).strip()

    def _fits(self, value: Any) -> bool:
        if self.type == "number":
            return _is_number(value)
        if self.type == "date":
            return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
        if not isinstance(value, str) or not value.strip() or len(value) > MOST_TEXT:
            return False
        if set(value) & set("{}") or any(unicodedata.category(sign) in HIDDEN for sign in value):
            return False
        return self.type == "text" or value in self.choices

    def _beyond_limit(self, number: float) -> tuple[str | None, str | None]:
        limit = self.limit
        if limit is None:
            return None, None
        low, high = limit.low, limit.high
        if (low is None or number >= low) and (high is None or number <= high):
            return None, None
        bound = f"ten minste {number_nl(low, self.decimals)}" if low is not None and number < low else ""
        bound = bound or f"ten hoogste {number_nl(high or 0.0, self.decimals)}"
        text = (
            f"{self.label} is {self.say(number)} {self.unit}; de wet zegt {bound} {self.unit} ({limit.law})"
        )
        if limit.status == "sourced":
            return text, None
        return None, f"{text}; deze grens is nog niet geverifieerd en houdt de waarde daarom niet tegen"

    def _status_nl(self) -> str:
        return {"sourced": "bron", "assumption": "aanname", "to_verify": "te verifiëren"}[self.status]


def _is_number(value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        # whole numbers have no end in TOML
        return False
