"""All uncertain inputs drawn together: the spread of every cell of the balance.

Draws are made per block of a thousand, each block from a seed of its own, so neither the number of threads
nor the size of a run changes any of them. Where every range is collapsed the outcome equals the deterministic
balance to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.space.balance import (
    APART,
    GROUPS,
    RULES,
    TERMS,
    WATERFALLS,
    BalanceModels,
    charted,
    grouped,
    match,
    with_province,
)
from analysis.space.quantities import BLOCK, blocks, sample_block
from analysis.space.spread import percentiles
from gis.parallel import map_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.workers import Workers

DRAWS = 10_000
SEED = 20260101
PERCENTILES = (10.0, 50.0, 90.0)
COLUMNS_AT_ONCE = 64
SHORT_HA = 0.01
"""From how many hectares on a class counts as short; less is rounding."""


@dataclass(frozen=True)
class Simulation:
    """What a Monte Carlo run found.

    Attributes
    ----------
    models
        The models that were drawn from.
    values
        The draws of every quantity, ``(draws, k)``.
    shortage
        Rule to hectares per class, ``(draws, places, years, 10, 3)``, places as ``models.areas``.
    groups
        Rule to hectares per group of `GROUPS`, ``(draws, places, years, groups)``.
    terms
        Hectares per place, year, group of `WATERFALLS` and term, ``(draws, places, years, groups, terms)``.
    """

    models: BalanceModels
    values: NDArray[np.float64]
    shortage: dict[str, NDArray[np.float64]]
    groups: dict[str, NDArray[np.float64]]
    terms: NDArray[np.float64]


def simulate(
    models: BalanceModels,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    block: int = BLOCK,
    threads: int | None = None,
    workers: Workers | None = None,
) -> Simulation:
    """Draw all inputs together and compute the balance for every draw.

    Parameters
    ----------
    draws
        How many; ten thousand keeps the shares of calculations within one percent.
    seed
        Part of the recipe.
    block
        Draws per seed and per piece of work; memory beside the results grows with it, results do not change
        with the number of threads.
    threads
        Number of threads, None for the number of processors.
    workers
        Who draws in place of threads of this process, when they are more than one.
    """
    parts = list(blocks(draws, block=block))
    shape = (draws, len(models.areas), len(models.years))
    values = np.zeros((draws, len(models.quantities)))
    shortage = {rule: np.zeros((*shape, 10, 3)) for rule in RULES}
    groups = {rule: np.zeros((*shape, len(GROUPS))) for rule in RULES}
    terms = np.zeros((*shape, len(WATERFALLS), len(TERMS)))

    def keep(drawn: _Drawn) -> None:
        rows = slice(drawn.number * block, drawn.number * block + len(drawn.values))
        values[rows] = drawn.values
        for rule, cells in drawn.shortage.items():
            shortage[rule][rows], groups[rule][rows] = cells, drawn.groups[rule]
        terms[rows, : drawn.terms.shape[1]] = drawn.terms

    draw = partial(_draw, models, seed, block)
    if workers is not None and workers.count > 1:
        for drawn in workers.each(draw, parts):
            keep(drawn)
    else:
        # every block writes to rows of its own
        map_each(lambda part: keep(draw(part)), parts, threads=threads)
    apart = models.areas.index(APART)
    terms[:, apart] = terms[:, apart - 1]
    return Simulation(models, values, shortage, groups, terms)


class _Drawn(NamedTuple):
    """What was found for the draws of one block."""

    number: int
    values: NDArray[np.float64]
    shortage: dict[str, NDArray[np.float64]]
    groups: dict[str, NDArray[np.float64]]
    terms: NDArray[np.float64]


def _draw(models: BalanceModels, seed: int, block: int, part: tuple[int, int]) -> _Drawn:
    """Draw one block, given by number and size, and compute the balance for each draw."""
    number, size = part
    values = sample_block(models.quantities, number, size, seed=seed, block=block)
    found = models.terms(values)
    shortage = match(found, models.heavy_from)
    groups = {rule: grouped(cells) for rule, cells in shortage.items()}
    terms = np.stack([with_province(charted(found[name])) for name in TERMS], axis=-1)
    return _Drawn(number, values, dict(shortage), groups, terms)


def spread(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give P10, P50 and P90 over the draws, ``(3, ...)``."""
    flat = cells.reshape(len(cells), -1)
    result = np.zeros((len(PERCENTILES), flat.shape[1]))
    filled = np.flatnonzero(flat.any(axis=0))
    for start in range(0, len(filled), COLUMNS_AT_ONCE):
        columns = filled[start : start + COLUMNS_AT_ONCE]
        # draws last, so that the sorting reads memory in order
        result[:, columns] = percentiles(np.ascontiguousarray(flat[:, columns].T), PERCENTILES)
    return result.reshape(len(PERCENTILES), *cells.shape[1:])


def share_short(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of the calculations in which a shortage is found; this is not a probability."""
    return np.asarray((cells > SHORT_HA).mean(axis=0))
