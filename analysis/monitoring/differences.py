"""What differs between the makings of two releases, and the cause when that is one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WHY_NL: Final = {
    "none": "Gegevens, parameters, eigen cijfers en programma zijn gelijk: de rekenaar koos anders.",
    "one": "Er verschilt niets anders tussen de twee uitgaven.",
    "more": "Er verschilt meer dan één ding, en dit wordt niet opnieuw gerekend.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What differs between the makings of two releases.

    Attributes
    ----------
    data
        Rows of input layers.
    parameters
        Values in the project file that count, the reference date among them.
    figures
        The project's own files of figures on demand and supply.
    program
        The code, or the libraries under it.
    step
        What was asked of the solver: its kind and limits.
    """

    data: bool = False
    parameters: bool = False
    figures: bool = False
    program: bool = False
    step: bool = False

    def cause(self) -> tuple[str, str]:
        """Give the cause of other results, and why in Dutch; ``not_assessed`` when it is not known."""
        names = ("data", "parameters", "figures", "program", "step")
        named = [name for name in names if getattr(self, name)]
        if not named:
            return "solver", WHY_NL["none"]
        return (named[0], WHY_NL["one"]) if len(named) == 1 else ("not_assessed", WHY_NL["more"])
