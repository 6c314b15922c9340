"""Filling the texts of building blocks: placeholders for parameters, facts and names, and nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES: Final = (
    "gemeente", "terreinen", "locaties", "buurgemeenten", "bediend_door", "bediende_gemeenten", "objecten",
    "voorzieningen", "voorzieningen_zin", "voorziening_categorie", "functies_plan", "hoogste_toegestaan",
    "zonesoorten", "kade_bevestigd", "kavels_per_categorie", "zwaar_zeker", "peildatum",
)  # fmt: skip
"""Names that a text may use besides facts and the parameters of its block."""
_PLACEHOLDER: Final = re.compile(r"\{(#?)([a-z][a-z0-9_]*)(?:\|([^|{}]*)\|([^|{}]*))?\}")

_SENTENCE: Final = re.compile(r"(^|[.?!] )(geen)\b")
"""Only a filled-in "geen" can put a small letter at the start of a sentence."""


@dataclass(frozen=True, slots=True)
class Filling:
    """What may stand in a text.

    Attributes
    ----------
    words
        Parameters and names to their text.
    facts
        Facts to their value; None where not assessed.
    """

    words: Mapping[str, str]
    facts: Mapping[str, float | None]

    def fill(self, text: str) -> str:
        """Fill a text.

        ``{name}`` becomes a parameter, a name, or a fact with its noun or unit; ``{#fact}`` the fact without
        noun; ``{fact|is|zijn}`` the first word when the fact is 1, else the second.
        """

        def found(match: re.Match[str]) -> str:
            bare, name, one, many = match.groups()
            if one is not None:
                value = self.facts.get(name)
                return str(one) if value is not None and round(value) == 1 else str(many)
            if name in self.words:
                return self.words[name]
            kind, value = fact_kinds()[name], self.facts.get(name)
            return kind.figure(value) if bare else kind.say(value)

        filled = _PLACEHOLDER.sub(found, text)
        return _SENTENCE.sub(lambda match: match[1] + match[2].capitalize(), filled)


def placeholders(text: str) -> Iterator[tuple[str, bool]]:
    """Give the names that a text asks for, and whether it must be a fact (number, or one and many)."""
    for match in _PLACEHOLDER.finditer(text):
        yield match[2], match[3] is not None or bool(match[1])


def stray_braces(text: str) -> bool:
    """Tell whether braces stand in a text that are no placeholder."""
    return bool(re.search(r"[{}]", _PLACEHOLDER.sub("", text)))
