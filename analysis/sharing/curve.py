"""What fairness costs: for each function the fairest allocation at a stated extra cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.sharing.tail import fairest, gini, tail_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.sharing.instance import Instance
    from analysis.sharing.location import LocationOutcome, SiteRule
    from analysis.solving.outcome import Limits

_ROUNDING = 1e-9


@dataclass(frozen=True)
class CurvePoint:
    """One point of the curve.

    Attributes
    ----------
    loss
        Extra cost allowed, as a share of the cheapest.
    cost
        Reached, mean minutes per inhabitant with what opening counts.
    mean, longest, tail, gini
        Of the travel time over all inhabitants, minutes (the last one without unit).
    bound, gap, status
        What is proven of the tail mean.
    outcome
        The allocation itself.
    """

    loss: float
    cost: float
    mean: float
    longest: float
    tail: float
    gini: float
    bound: float
    gap: float
    status: str
    outcome: LocationOutcome


def equity_curve(
    instance: Instance,
    cheapest: LocationOutcome,
    rules: Sequence[SiteRule],
    *,
    losses: Sequence[float],
    share: float,
    limits: Limits,
) -> list[CurvePoint]:
    """Go from cheapest to fairest.

    Parameters
    ----------
    instance
        The function.
    cheapest
        Its allocation by cost.
    rules
        What joint rules leave to it.
    losses
        Extra costs, shares.
    share
        Part of the inhabitants that is the tail.
    limits
        For the whole curve; each point gets its part of the seconds.

    Returns
    -------
    list
        By loss; the tail never grows along it.
    """
    problem = instance.problem.with_rules(*rules)
    weight = instance.share
    base = problem.total(cheapest.opened, cheapest.served)
    each = replace(limits, seconds=None if limits.seconds is None else limits.seconds / max(1, len(losses)))
    points: list[CurvePoint] = []
    start = cheapest
    for loss in sorted(losses):
        budget = base * (1 + loss) + _ROUNDING * abs(base)
        found = fairest(
            problem, instance.link_minutes, weight, share=share, budget=budget, limits=each, start=start
        )
        start = found
        points.append(point_of(instance, found, loss, share))
    return points


def point_of(instance: Instance, outcome: LocationOutcome, loss: float, share: float) -> CurvePoint:
    """Measure an allocation."""
    minutes, weight = instance.mean_minutes(outcome), instance.share
    known = np.isfinite(minutes)
    mean = float(minutes[known] @ weight[known] / weight[known].sum()) if known.any() else float("nan")
    return CurvePoint(
        loss=loss,
        cost=instance.problem.total(outcome.opened, outcome.served),
        mean=mean,
        longest=float(minutes[known].max()) if known.any() else float("nan"),
        tail=tail_mean(minutes, weight, share),
        gini=gini(minutes, weight),
        bound=outcome.bound,
        gap=outcome.gap,
        status=outcome.status,
        outcome=outcome,
    )
