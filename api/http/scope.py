"""What one caller may see of one release: a level, a territory, and what sessions share."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from layers.schema import Level

TERRITORY_CODE: Final = re.compile(r"GM\d{4}")
_DIGITS: Final = 32
_LONGEST: Final = 48


@dataclass(frozen=True, slots=True, order=True)
class Share:
    """One layer that a session shows to its members, in the municipalities of its sub-area only.

    Attributes
    ----------
    layer
        Name of the layer.
    territory
        Codes of municipalities, sorted.
    """

    layer: str
    territory: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What one caller may see of one release.

    Attributes
    ----------
    level
        Level up to which layers and columns are seen, by everybody `Level.PUBLIC`.
    territory
        Codes of municipalities (GM0344) outside which nothing is seen that is not public; None for the
        whole region.
    undecided
        Whether a release in which nothing was decided exists for this caller.
    shares
        What sessions share on top, whatever `level` says. See `sharing`, which puts it in one form.
    """

    level: Level
    territory: frozenset[str] | None
    undecided: bool
    shares: tuple[Share, ...] = ()

    def __post_init__(self) -> None:
        if self.level is Level.MUNICIPALITY and self.territory is None:
            raise ValueError("level municipality without a territory would be the whole region")
        codes = {*(self.territory or ()), *(code for share in self.shares for code in share.territory)}
        wrong = sorted(code for code in codes if not TERRITORY_CODE.fullmatch(code))
        if wrong:
            raise ValueError(f"not the code of a municipality: {', '.join(wrong)}")

    @property
    def tag(self) -> str:
        """A short text that is the same for equal scopes only: part of ETags and of keys in caches."""
        if self == PUBLIC:
            return Level.PUBLIC.value
        territory = "all" if self.territory is None else "+".join(sorted(self.territory)) or "none"
        shared = "".join(f";{share.layer}@{'+'.join(share.territory)}" for share in self.shares)
        text = f"{self.level}.{territory}.{'undecided' if self.undecided else 'decided'}{shared}"
        if len(text) <= _LONGEST and not shared:
            return text
        return f"{self.level}.{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"

    @property
    def is_public(self) -> bool:
        """Whether everybody sees the same, so that answers may be kept by caches that several share."""
        return self == PUBLIC

    def territory_of(self, layer: str, level: Level) -> frozenset[str] | None:
        """Give where rows of a layer of a level above public may be seen.

        Parameters
        ----------
        layer
            Name of the layer.
        level
            Its level.

        Returns
        -------
        frozenset of str or None
            Codes of municipalities, none for nowhere; None for everywhere.
        """
        allowed = self.level.allows(level)
        if allowed and self.territory is None:
            return None
        own = self.territory if allowed and self.territory is not None else frozenset()
        shared = [share.territory for share in self.shares if share.layer == layer]
        return own.union(*shared)

    def sharing(self, *shares: Share) -> Scope:
        """Give the same scope with what sessions share on top, and releases that are not decided."""
        merged: dict[str, set[str]] = {}
        for share in (*self.shares, *shares):
            merged.setdefault(share.layer, set()).update(share.territory)
        ordered = tuple(Share(layer, tuple(sorted(merged[layer]))) for layer in sorted(merged))
        return Scope(self.level, self.territory, self.undecided or bool(shares), ordered)


PUBLIC: Final = Scope(Level.PUBLIC, None, undecided=False)
"""What everybody may see."""
