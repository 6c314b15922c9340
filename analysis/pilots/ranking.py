"""From measures to values, from values to criteria and a total, and how firm the ranking is.

Values are added up with weights (the additive value model of Keeney and Raiffa 1976); what was not assessed
leaves the sum and the weights of the rest are scaled up. How firm the total's ranking is follows from
weights of the criteria drawn evenly over all that are possible (Lahdelma and Salminen 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.pilots.criteria import Criterion, Measure

BLOCK: Final = 1_000
DECIMALS: Final = 9
"""Totals that differ by less are a tie, which the park id breaks."""


@dataclass(frozen=True)
class Scores:
    """Values of parks.

    Attributes
    ----------
    details
        A row per park and measure: ``park_id``, ``measure_id``, ``criterion``, ``figure``, ``value``,
        ``weight`` (of the total, after scaling up for what was not assessed) and ``contribution``.
    criteria
        Value per criterion, index park, NaN where none of its measures was assessed.
    total
        Weighted mean of the criteria that were assessed, NaN where none was.
    assessed
        Share of all weight that was assessed.
    """

    details: pd.DataFrame
    criteria: pd.DataFrame
    total: pd.Series[float]
    assessed: pd.Series[float]


def score(figures: pd.DataFrame, criteria: Mapping[str, Criterion], measures: Sequence[Measure]) -> Scores:
    """Give every park its values.

    Parameters
    ----------
    figures
        A row per park, with a column per measure.
    """
    chosen = [measure for measure in measures if measure.criterion in criteria]
    values = np.column_stack(
        [measure.value(figures[measure.measure_id].to_numpy(float)) for measure in chosen]
    )
    known = ~np.isnan(values)
    within = np.array([measure.weight for measure in chosen])
    names = list(criteria)
    member = np.array([[measure.criterion == name for measure in chosen] for name in names])
    of_criterion = np.array([criteria[name].weight for name in names])

    weighed = known[:, None, :] * (member * within)[None]
    sums = weighed.sum(axis=2)
    inner = np.divide(weighed, sums[:, :, None], out=np.zeros_like(weighed), where=sums[:, :, None] > 0)
    by_criterion = (inner * np.nan_to_num(values)[:, None, :]).sum(axis=2)
    assessed = (sums > 0) * of_criterion
    share = np.divide(assessed, assessed.sum(axis=1, keepdims=True), out=np.zeros_like(assessed),
                      where=assessed.sum(axis=1, keepdims=True) > 0)  # fmt: skip
    weight = (inner * share[:, :, None]).sum(axis=1)

    parks = figures.index
    table = pd.DataFrame(np.where(sums > 0, by_criterion, np.nan), index=parks, columns=names)
    whole = (member * within).sum(axis=1)
    part = np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0) @ of_criterion
    count = len(chosen)
    details = pd.DataFrame(
        {
            "park_id": np.repeat(parks.to_numpy(dtype=object), count),
            "measure_id": np.tile([measure.measure_id for measure in chosen], len(parks)),
            "criterion": np.tile([measure.criterion for measure in chosen], len(parks)),
            "figure": np.column_stack(
                [figures[measure.measure_id].to_numpy(float) for measure in chosen]
            ).ravel(),
            "value": values.ravel(),
            "weight": np.where(known, weight, np.nan).ravel(),
            "contribution": np.where(known, weight * values, np.nan).ravel(),
        }
    )
    total = pd.Series(combine(table.to_numpy(), of_criterion[None])[:, 0], index=parks)
    return Scores(details, table, total, pd.Series(part / of_criterion.sum(), index=parks))


def combine(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the weighted means of criteria, scaled up for what was not assessed.

    Parameters
    ----------
    values
        ``(parks, criteria)``, NaN where not assessed.
    weights
        ``(draws, criteria)``.

    Returns
    -------
    ndarray
        ``(parks, draws)``, NaN where nothing with weight was assessed.
    """
    known = ~np.isnan(values)
    weight = known.astype(float) @ weights.T
    worth = np.nan_to_num(values) @ weights.T
    return np.asarray(np.divide(worth, weight, out=np.full(weight.shape, np.nan), where=weight > 0))


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rank from 1, the highest first and the first row on a tie; NaN where there is no value."""
    rounded = np.round(values, DECIMALS)
    order = np.argsort(-rounded, kind="stable")
    result = np.full(len(values), np.nan)
    present = order[~np.isnan(rounded[order])]
    result[present] = np.arange(1, len(present) + 1)
    return result


def draw_weights(count: int, draws: int, seed: int) -> NDArray[np.float64]:
    """Draw weights evenly over all that are possible: the gaps between sorted uniforms, ``(draws, count)``.

    Blocks of draws have a stream of their own, so a longer run begins with the same draws.
    """
    parts = []
    for block, start in enumerate(range(0, draws, BLOCK)):
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block,)))
        cuts = np.sort(generator.random((BLOCK, count - 1)), axis=1)[: draws - start]
        edges = np.concatenate([np.zeros((len(cuts), 1)), cuts, np.ones((len(cuts), 1))], axis=1)
        parts.append(np.diff(edges, axis=1))
    return np.concatenate(parts)


def share_in_top(
    values: NDArray[np.float64], weights: NDArray[np.float64], top: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the share of weight draws in which each park is among the first `top`, and its sampling error.

    Parameters
    ----------
    values
        ``(parks, criteria)``, parks that take part only, in the order that breaks ties.
    """
    totals = combine(values, weights)
    hits = np.zeros(len(values))
    for draw in range(totals.shape[1]):
        hits += ranks(totals[:, draw]) <= top
    share = hits / len(weights)
    return share, np.sqrt(share * (1.0 - share) / len(weights))
