"""A relaxation with cuts: a bound that comes close, and duals that say which columns matter.

Method: cutting planes by exact separation row by row, see `facets`; cuts come in rounds on a coarse grid of
weights and then on a fine one, until a few rounds together gain little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np
from scipy.sparse import csr_array, vstack

from analysis.solving import highs
from analysis.solving.columns import bound_by_duals
from analysis.solving.covers import find_covers
from analysis.solving.facets import Separator

if TYPE_CHECKING:
    from analysis.solving.clock import Clock
    from analysis.solving.covers import Implications
    from analysis.solving.facets import Cut
    from analysis.solving.model import Model
    from analysis.solving.outcome import Relaxation

GRIDS: Final = (1024, 4096)
"""Cells of the coarse and of the fine rounds."""
MOST_ITEMS: Final = 40
"""Rows with more items in use are left alone: their hull is near the relaxation already."""
MOST_ROUNDS: Final = 60
_PATIENCE: Final = 4
_GAIN: Final = 4e-6
_ROUNDING: Final = 1e-7


@dataclass(frozen=True, slots=True)
class Strengthened:
    """A relaxation with cuts that hold for every objective over the same rules.

    Attributes
    ----------
    model
        The model with, after its own rows, the cuts that were tight at the end.
    relaxation
        Of that model, with the duals of all its rows.
    bound
        Recomputed from the duals.
    """

    model: Model
    relaxation: Relaxation
    bound: float


def strengthen(model: Model, implied: Implications, clock: Clock, *, seed: int = 7) -> Strengthened:
    """Solve the relaxation, cut off its fractional point, and again, until that gains little.

    Raises
    ------
    NoSolutionError
        When the rules exclude each other.
    SolverError
        When a relaxation ends in any other way than solved.
    """
    loop = _Loop(model, seed)
    covers = find_covers(model, implied) if model.integer.any() else ()
    for grid in GRIDS if covers else ():
        separators = [Separator.on_grid(cover, grid) for cover in covers]
        reached = [loop.now.objective]
        for _ in range(MOST_ROUNDS):
            if clock.over or not loop.cut(separators):
                break
            reached.append(loop.now.objective)
            if len(reached) > _PATIENCE:
                gained = reached[-1] - reached[-1 - _PATIENCE]
                if gained < _PATIENCE * _GAIN * abs(reached[-1]):
                    break
    return loop.result()


class _Loop:
    """The relaxation as it is now, kept warm in the solver."""

    def __init__(self, model: Model, seed: int) -> None:
        self.model = model
        self.solver = highs.load(model, seed=seed, integers=False)
        self.rows: list[csr_array] = []
        self.lows: list[float] = []
        self.now = highs.first_relaxation(self.solver, model)

    def cut(self, separators: list[Separator]) -> bool:
        """Add a cut per row that has one; say whether there was any."""
        x, urgency = self.now.values, self.now.reduced_costs
        cuts = [cut for each in separators if (cut := each.separate(x, urgency, MOST_ITEMS)) is not None]
        if not cuts:
            return False
        rows = _stacked(cuts, len(x))
        low = [cut.low for cut in cuts]
        self.rows.append(rows)
        self.lows += low
        self.solver.addRows(
            len(low),
            np.array(low),
            np.full(len(low), highspy.kHighsInf),
            rows.nnz,
            rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32),
            rows.data,
        )
        self.solver.run()
        self.now = highs.relaxation(self.solver, self.model)
        return True

    def result(self) -> Strengthened:
        """Give the relaxation without the cuts that have become loose."""
        own = len(self.model.row_low)
        tight = np.flatnonzero(self.now.duals[own:] > 0)
        duals = np.concatenate([self.now.duals[:own], self.now.duals[own:][tight]])
        model = self.model
        if len(tight):
            cuts = csr_array(vstack(self.rows, format="csr"))
            model = replace(
                model,
                matrix=csr_array(vstack([model.matrix, cuts[tight]], format="csr")),
                row_low=np.concatenate([model.row_low, np.array(self.lows)[tight]]),
                row_high=np.concatenate([model.row_high, np.full(len(tight), np.inf)]),
            )
        bound = bound_by_duals(model, duals)
        solved = self.now.objective
        # the two are one number but for rounding, or where a tiny reduced cost meets an open side
        if not np.isfinite(bound) or abs(bound - solved) <= _ROUNDING * max(1.0, abs(solved)):
            bound = solved
        return Strengthened(model, replace(self.now, duals=duals), bound)


def _stacked(cuts: list[Cut], n: int) -> csr_array:
    return csr_array(
        (
            np.concatenate([cut.value for cut in cuts]),
            np.concatenate([cut.column for cut in cuts]),
            np.cumsum([0, *(len(cut.column) for cut in cuts)]),
        ),
        shape=(len(cuts), n),
    )
