"""Numbers and lists as a Dutch reader writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def number_nl(value: float, decimals: int = 0) -> str:
    """Write a number with a decimal comma and a point per thousand, 1.234,5; half is rounded up."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(str(value)).quantize(step, rounding=ROUND_HALF_UP)
    if rounded == 0:
        # what rounds to nothing has no sign
        rounded = abs(rounded)
    return f"{rounded:,f}".translate(str.maketrans(",.", ".,"))


def hectares_nl(value: float) -> str:
    """Write hectares: one decimal below ten, whole above."""
    return f"{number_nl(value, 1 if abs(value) < 9.95 else 0)} ha"  # noqa: PLR2004 where 10,0 would begin


def share_nl(value: float) -> str:
    """Write a share as whole per cents."""
    return f"{number_nl(100 * value)} %"


def list_nl(words: Sequence[str], most: int | None = None) -> str:
    """Write words behind each other with "en" before the last, and how many more there are."""
    shown = list(words)
    if most is not None and len(shown) > most:
        return f"{', '.join(shown[:most])} en {len(shown) - most} andere"
    if len(shown) <= 1:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} en {shown[-1]}"
