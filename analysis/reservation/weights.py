"""Weights of criteria drawn at random, all that respect the order in which the project puts them.

Method: Lahdelma, Hokkanen and Salminen, SMAA - stochastic multiobjective acceptability analysis, European
Journal of Operational Research 106 (1998); uniform on the simplex by spacings (Devroye 1986, chapter V), cut
by an order as in Tervonen and Lahdelma, Implementing SMAA, European Journal of Operational Research 178
(2007).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

BLOCK: Final = 1_000
"""Draws per block; each has a seed of its own, so that more draws leave the earlier ones as they are."""


@dataclass(frozen=True, slots=True)
class WeightDraws:
    """Weights drawn at random.

    Attributes
    ----------
    criteria
        In the order of the project's weights, heaviest first, equal ones by name.
    rank
        Place of each criterion in that order from 0; equal weights share a place, ``(criteria,)``.
    values
        Not below zero, each row sums to 1, ``(draws, criteria)``.
    """

    criteria: tuple[str, ...]
    rank: NDArray[np.int64]
    values: NDArray[np.float64]


def draw_weights(weights: Mapping[str, float], draws: int, seed: int) -> WeightDraws:
    """Draw weights uniformly from all that keep the stated order.

    A criterion with a higher stated weight never gets less than one with a lower stated weight; criteria with
    equal stated weights are not ordered among themselves; a weight of zero stays zero.

    Parameters
    ----------
    weights
        Stated weight per criterion, any scale.
    draws
        How many.
    seed
        The first draws are the same whatever the number of draws.

    Raises
    ------
    InputError
        When a weight is negative or not a number, or when none is above zero.
    """
    _check(weights)
    criteria = tuple(
        sorted((name for name in weights if weights[name] > 0), key=lambda name: (-weights[name], name))
    )
    stated = np.array([weights[name] for name in criteria])
    rank = np.unique(-stated, return_inverse=True)[1].astype(np.int64)
    blocks = np.random.SeedSequence(seed).spawn(-(-draws // BLOCK))
    parts = [_block(np.random.default_rng(block), rank) for block in blocks]
    return WeightDraws(criteria, rank, np.concatenate(parts)[:draws])


def _check(weights: Mapping[str, float]) -> None:
    wrong = sorted(name for name, weight in weights.items() if not (np.isfinite(weight) and weight >= 0))
    problems = []
    if wrong:
        problems.append(
            Problem(
                "a weight is negative or not a number",
                "Give zero or more.",
                field="weights",
                rows=tuple(wrong),
            )
        )
    elif not any(weight > 0 for weight in weights.values()):
        problems.append(
            Problem(
                "no criterion has a weight",
                "Give at least one criterion a weight above zero.",
                field="weights",
            )
        )
    if problems:
        raise InputError(*problems)


def _block(generator: np.random.Generator, rank: NDArray[np.int64]) -> NDArray[np.float64]:
    """Draw a block: uniform on the simplex, sorted, equal ranks shuffled among themselves.

    Every way of ordering equal criteria cuts off a part of the same size, so a random one of them keeps the
    draw uniform.
    """
    sizes = generator.standard_exponential((BLOCK, len(rank)))
    sizes /= sizes.sum(axis=1, keepdims=True)
    descending = -np.sort(-sizes, axis=1)
    keys = rank + generator.random((BLOCK, len(rank)))
    place = np.argsort(np.argsort(keys, axis=1), axis=1)
    return np.asarray(np.take_along_axis(descending, place, axis=1))
