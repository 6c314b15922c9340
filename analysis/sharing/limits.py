"""When the solves of sharing may stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.solving.outcome import Limits

if TYPE_CHECKING:
    from layers.parameters_reservation import SharingParameters


def limits_of(sharing: SharingParameters) -> Limits:
    """Give the limits of one solve."""
    return Limits(gap=sharing.gap, nodes=sharing.nodes, seconds=sharing.seconds, seed=sharing.seed)
