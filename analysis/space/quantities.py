"""Uncertain inputs as one table of low, mid and high, and draws from it that partitioning cannot change.

A draw starts from uniforms. Members of one correlation group share one uniform, so within a draw they are
all low or all high together; every other quantity has a uniform of its own. Uniforms become values through
the inverse of the triangular distribution, which takes only additions, products and square roots: the same
bits on every processor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import ArrayLike, NDArray

STATUSES = ("sourced", "assumption", "to_verify")
BLOCK = 1_000
TEXTS = ("unit", "status", "source", "label_nl", "label_en", "question_nl", "group")
"""The columns of text that every quantity carries beside its name."""


@dataclass(frozen=True)
class Quantities:
    """Uncertain inputs, one row each, in a fixed order.

    Attributes
    ----------
    name
        Unique, such as ``"F06a.m2_per_t"``.
    low, mid, high
        Range and most likely value, float64 ``(k,)``; ``low <= mid <= high``, equal where nothing varies.
    unit
        Unit of all three.
    status, source
        ``sourced``, ``assumption`` or ``to_verify``, and where it comes from.
    label_nl, label_en
        What readers see.
    question_nl
        The question for research whose answer would narrow the range, plain Dutch.
    group
        Correlation group, empty for none.
    """

    name: tuple[str, ...]
    low: NDArray[np.float64]
    mid: NDArray[np.float64]
    high: NDArray[np.float64]
    unit: tuple[str, ...]
    status: tuple[str, ...]
    source: tuple[str, ...]
    label_nl: tuple[str, ...]
    label_en: tuple[str, ...]
    question_nl: tuple[str, ...]
    group: tuple[str, ...]

    def __post_init__(self) -> None:
        for name in ("low", "mid", "high"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=np.float64))
        count = len(self.name)
        if any(len(getattr(self, text)) != count for text in TEXTS):
            raise ValueError("every quantity needs all its texts")
        if not self.low.shape == self.mid.shape == self.high.shape == (count,):
            raise ValueError("every quantity needs one low, one mid and one high")
        if len(set(self.name)) != count:
            twice = sorted({name for name in self.name if self.name.count(name) > 1})
            raise ValueError(f"quantities named twice: {', '.join(twice)}")
        sound = (
            np.isfinite(self.low) & np.isfinite(self.high) & (self.low <= self.mid) & (self.mid <= self.high)
        )
        if not sound.all():
            wrong = [name for name, good in zip(self.name, sound, strict=True) if not good]
            raise ValueError(f"low <= mid <= high does not hold for: {', '.join(wrong)}")
        unknown = sorted(set(self.status) - set(STATUSES))
        if unknown:
            raise ValueError(f"unknown status: {', '.join(unknown)}")

    def __len__(self) -> int:
        """Give the number of quantities."""
        return len(self.name)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.name)}

    def position(self, name: str) -> int:
        """Give the row of a quantity; KeyError when there is none of that name."""
        return self._positions[name]

    def positions(self, names: Iterable[str]) -> NDArray[np.int64]:
        """Give the rows of several quantities."""
        return np.array([self._positions[name] for name in names], dtype=np.int64)

    def take(self, names: Iterable[str]) -> Quantities:
        """Keep some quantities, in the order asked."""
        rows = self.positions(names)
        texts = {text: tuple(getattr(self, text)[row] for row in rows) for text in TEXTS}
        return Quantities(
            name=tuple(self.name[row] for row in rows),
            low=self.low[rows],
            mid=self.mid[rows],
            high=self.high[rows],
            **texts,
        )

    def concat(self, *others: Quantities) -> Quantities:
        """Put quantities behind each other; a name may occur once only."""
        parts = (self, *others)
        texts = {text: tuple(value for part in parts for value in getattr(part, text)) for text in TEXTS}
        return Quantities(
            name=tuple(name for part in parts for name in part.name),
            low=np.concatenate([part.low for part in parts]),
            mid=np.concatenate([part.mid for part in parts]),
            high=np.concatenate([part.high for part in parts]),
            **texts,
        )

    def collapsed(self) -> Quantities:
        """Give the same quantities without any range: all on their mid value."""
        return replace(self, low=self.mid.copy(), high=self.mid.copy())

    def streams(self) -> NDArray[np.int64]:
        """Give per quantity which uniform of a draw it takes, ``(k,)``; groups share one."""
        taken: dict[str, int] = {}
        result = np.empty(len(self), dtype=np.int64)
        for row, (name, group) in enumerate(zip(self.name, self.group, strict=True)):
            # the prefix keeps a group apart from a quantity that happens to have its name
            key = f"group {group}" if group else f"quantity {name}"
            result[row] = taken.setdefault(key, len(taken))
        return result

    def values(self, uniforms: ArrayLike) -> NDArray[np.float64]:
        """Turn uniforms into values by the inverse triangular distribution.

        Parameters
        ----------
        uniforms
            In [0, 1], ``(draws, streams)``: one column per stream of `streams`.

        Returns
        -------
        ndarray
            ``(draws, k)`` in the units of the quantities.
        """
        drawn = np.asarray(uniforms, dtype=np.float64)[:, self.streams()]
        span = self.high - self.low
        fixed = span == 0.0
        rise, fall = self.mid - self.low, self.high - self.mid
        turn = rise / np.where(fixed, 1.0, span)
        upward = self.low + np.sqrt(drawn * (span * rise))
        downward = self.high - np.sqrt((1.0 - drawn) * (span * fall))
        result = np.where(drawn < turn, upward, downward)
        # rounding may step a hair over the ends
        return np.where(fixed, self.mid, np.clip(result, self.low, self.high))

    def bounds(self) -> NDArray[np.float64]:
        """Give low, mid and high as three draws, ``(3, k)``: every quantity low, mid or high at once."""
        return np.stack([self.low, self.mid, self.high])

    def frame(self) -> pd.DataFrame:
        """Give the quantities as a table, one row each, for the list of assumptions."""
        columns = {"name": self.name, "low": self.low, "mid": self.mid, "high": self.high}
        return pd.DataFrame({**columns, **{text: getattr(self, text) for text in TEXTS}})


def no_quantities() -> Quantities:
    """Give a table of quantities without rows."""
    nothing = np.zeros(0)
    return Quantities((), nothing, nothing.copy(), nothing.copy(), (), (), (), (), (), (), ())


def quantities_of(rows: Iterable[dict[str, object]]) -> Quantities:
    """Make quantities of one dict per row; a missing text is empty, a missing low or high equals mid."""
    listed = list(rows)
    texts = {text: tuple(str(row.get(text, "")) for row in listed) for text in TEXTS}
    low, mid, high = (
        np.array([float(str(row.get(bound, row["mid"]))) for row in listed], dtype=np.float64)
        for bound in ("low", "mid", "high")
    )
    return Quantities(name=tuple(str(row["name"]) for row in listed), low=low, mid=mid, high=high, **texts)


def blocks(draws: int, *, block: int = BLOCK) -> Iterator[tuple[int, int]]:
    """Give number and size of every block that `draws` falls into; only the last may be smaller."""
    for number, start in enumerate(range(0, draws, block)):
        yield number, min(block, draws - start)


def sample_block(
    quantities: Quantities, number: int, size: int, *, seed: int, block: int = BLOCK
) -> NDArray[np.float64]:
    """Draw one block; its values depend on `seed`, `number` and `block` only, not on the other blocks.

    Parameters
    ----------
    number
        Which block, from 0.
    size
        How many draws of it, at most `block`; fewer are the first ones of the whole block.
    """
    streams = quantities.streams()
    # the child that SeedSequence(seed).spawn would give at this place, without making the others
    child = np.random.SeedSequence(seed, spawn_key=(number,))
    count = int(streams.max()) + 1 if len(streams) else 0
    uniforms = np.random.Generator(np.random.PCG64(child)).random((block, count))[:size]
    return quantities.values(uniforms)


def sample(quantities: Quantities, draws: int, *, seed: int, block: int = BLOCK) -> NDArray[np.float64]:
    """Draw all quantities.

    Parameters
    ----------
    draws
        How many; the first draws of a longer run are the same.
    seed
        Fixed by the caller, part of the recipe.
    block
        Draws per spawned child of the seed, so that blocks can be computed apart and in any order.

    Returns
    -------
    ndarray
        ``(draws, k)`` in the order and the units of `quantities`.
    """
    parts = [
        sample_block(quantities, number, size, seed=seed, block=block)
        for number, size in blocks(draws, block=block)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, len(quantities)))
