"""The repair sentence for a name that is not known."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Suggest the nearest known name, else list what is known.

    Parameters
    ----------
    name
        What was written.
    known
        What could have been meant.
    """
    choices = list(known)
    lower = {choice.lower(): choice for choice in choices}
    near = get_close_matches(name.lower(), lower, n=1, cutoff=0.6)
    if near:
        return f"Did you mean {lower[near[0]]!r}?"
    return f"Choose from: {', '.join(choices)}." if choices else "Leave it out."
