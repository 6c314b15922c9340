"""What an address asks a map to show: the part of a shared link that the service reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 200
"""The longest name that is read from an address, characters."""
MOST: Final = 100
"""The most names that are read from an address."""
_NAME: Final = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks a map to show.

    Attributes
    ----------
    layers
        Names of layers; None when the address does not say.
    styles
        Identifiers of styles.
    chosen
        Layer and identifier of one row; None for none.
    """

    layers: frozenset[str] | None = None
    styles: frozenset[str] = frozenset()
    chosen: tuple[str, str] | None = None


def read_wish(query: Iterable[tuple[str, str]]) -> Wish:
    """Read what an address asks for; what cannot be a name is left out, like a name that is not known.

    Parameters
    ----------
    query
        Names and values: ``lagen`` and ``kleur`` hold names with commas between or come several times,
        ``kies`` holds a layer and an identifier with a colon between.
    """
    layers: list[str] | None = None
    styles: list[str] = []
    chosen = None
    for name, value in query:
        if name == "lagen":
            layers = [*(layers or ()), *_names(value)]
        elif name == "kleur":
            styles += _names(value)
        elif name == "kies":
            layer, _, identifier = value.partition(":")
            if _NAME.fullmatch(layer) and identifier and len(value) <= LONGEST:
                chosen = (layer, identifier)
    wanted = None if layers is None else frozenset(layers[:MOST])
    return Wish(wanted, frozenset(styles[:MOST]), chosen)


def _names(text: str) -> list[str]:
    return [
        part for part in text[: LONGEST * MOST].split(",") if len(part) <= LONGEST and _NAME.fullmatch(part)
    ]
