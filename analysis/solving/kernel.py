"""The ladder: relaxation with cuts, kernel search, neighbourhoods, then the whole model from what was found.

Method: kernel search (Angelelli, Mansini and Speranza, Computers and Operations Research 37, 2010): the
columns that the relaxation uses, and those whose use costs least, form a small model that is solved first.
What it finds is improved in neighbourhoods; columns whose use would cost more than the gap that is left are
taken out of the whole model (reduced costs), which is solved last. The bound is the best of all steps and
holds for the whole model. Small models are solved whole at once; those of middle size are first tried so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.solving import highs, scip
from analysis.solving.clock import Clock
from analysis.solving.columns import USED, Sliceable, price_of_use
from analysis.solving.covers import NONE, binaries, find_implications
from analysis.solving.errors import NoSolutionError, SolverError
from analysis.solving.highs import Effort, Search, search, solve_lp
from analysis.solving.neighbourhoods import Improver
from analysis.solving.proof import feasible, infeasible, proven, relative_gap, rounded
from analysis.solving.relax import strengthen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.solving.covers import Implications
    from analysis.solving.model import Model
    from analysis.solving.outcome import Limits, Outcome, Relaxation
    from analysis.solving.relax import Strengthened

SMALL: Final = 4_000
"""Whole-number columns up to which the whole model is solved at once, and seldom anything else is needed."""
MIDDLE: Final = 15_000
"""Whole-number columns up to which that is tried before the other steps."""
PROMISING: Final = 0.08
"""Share of the columns not in use, those of the least reduced cost, that join the kernel of such a trial."""
TRIAL_NODES: Final = 50
KERNEL: Final = 300
POOL: Final = 2_500
"""Columns beside those in use that join the kernel, and those that neighbourhoods are drawn from."""
KERNEL_NODES: Final = 200
SHORT_TRIES: Final = (80, 20)
LONG_TRIES: Final = (300, 60)
"""Columns of the first neighbourhoods and nodes for each, up to middle size (many short ones) and beyond."""
PATIENCE: Final = 40
"""Tries in neighbourhoods without a gain after which they end."""
SMALL_TRIAL: Final = 0.5
TRIAL: Final = 0.3
CUTS: Final = 0.2
KERNEL_SHARE: Final = 0.2
"""Shares of the time that is left which those steps may take."""


def solve(model: Model, limits: Limits, *, start: NDArray[np.float64] | None = None) -> Outcome:
    """Solve a model within limits.

    Parameters
    ----------
    model, limits
        What to solve and when to stop. Without seconds every step ends on its own number of tries and nodes,
        so that the same model gives the same solution everywhere.
    start
        ``(n,)``, a first solution; when it obeys the rules the outcome is never worse.

    Returns
    -------
    Outcome
        The best solution of all steps with the best bound of all steps; ``proven_by`` names the step that
        gave the bound.

    Raises
    ------
    SolverError
        When no solution was found within the limits and none was given, or the solver asked is not there.
    """
    solver = _versions(limits)
    clock = Clock.start(limits.seconds)
    best = rounded(model, start) if start is not None and feasible(model, start) else None
    ladder = _Ladder(model, limits, clock, best)
    try:
        ladder.climb()
    except NoSolutionError:
        if ladder.best is not None:
            msg = "HiGHS calls a model without solution that has one"
            raise SolverError(msg) from None
        return infeasible(solver=solver, proven_by=ladder.proven_by, seconds=clock.used, nodes=ladder.nodes)
    if ladder.best is None:
        msg = "the solver was stopped before it had a solution; allow more seconds or nodes"
        raise SolverError(msg)
    return proven(
        model,
        ladder.best,
        ladder.bound,
        limits,
        solver=solver,
        proven_by=ladder.proven_by,
        nodes=ladder.nodes,
        seconds=clock.used,
    )


def _versions(limits: Limits) -> str:
    # asked first, so that a solver that is not installed costs no work
    return highs.version() if limits.engine == highs.NAME else f"{highs.version()}, {scip.version()}"


@dataclass(slots=True)
class _Ladder:
    """The best solution and the best bound so far."""

    model: Model
    limits: Limits
    clock: Clock
    best: NDArray[np.float64] | None
    bound: float = -np.inf
    proven_by: str = "lp"
    nodes: int = 0

    def climb(self) -> None:
        """Take the steps until the gap is reached or the time is over."""
        size = np.count_nonzero(self.model.integer)
        if size <= MIDDLE:
            self.try_whole(small=bool(size <= SMALL))
            if self.done or not size:
                return
        implied = find_implications(self.model)
        tight = strengthen(self.model, implied, self.clock.part(CUTS), seed=self.limits.seed)
        self.prove(tight.bound, "lp")
        self.found(rounded(self.model, tight.relaxation.values))
        price = price_of_use(tight.model, tight.relaxation.duals, implied)
        order = self.order(tight, price.use)
        whole = Sliceable.of(self.model)
        if self.best is None or size > MIDDLE:
            self.search_kernel(whole, self.columns(tight, order[:KERNEL], implied))
        if self.best is None:
            self.search_whole(tight.model)
        pool = self.columns(tight, order[:POOL], implied)
        self.improve(whole, pool[binaries(self.model)[pool]], tight)
        too_dear = binaries(self.model) & (price.bound + price.use > self.value + 1e-6 * abs(self.value))
        self.search_whole(tight.model, too_dear)

    @property
    def value(self) -> float:
        """The objective of the best solution."""
        return np.inf if self.best is None else self.model.value(self.best)

    @property
    def done(self) -> bool:
        """Whether the gap is reached, or the time is over and there is a solution."""
        if self.best is None:
            return False
        return self.clock.over or relative_gap(self.value, self.bound) <= self.limits.gap

    def prove(self, bound: float, step: str) -> None:
        """Keep a bound when it is better."""
        if bound > self.bound:
            self.bound, self.proven_by = bound, step

    def found(self, values: NDArray[np.float64] | None) -> None:
        """Keep a solution when it obeys the rules and is better."""
        if values is not None and self.model.value(values) < self.value and feasible(self.model, values):
            self.best = values

    def order(self, tight: Strengthened, price: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give the binary columns that are not in use, those whose use costs least first."""
        unused = np.flatnonzero(binaries(self.model) & (tight.relaxation.values <= USED))
        return unused[np.argsort(price[unused], kind="stable")]

    def columns(
        self, tight: Strengthened, promising: NDArray[np.int64], implied: Implications
    ) -> NDArray[np.int64]:
        """Give the columns in use, the promising ones, their parents, and all that are not binary."""
        kept = ~binaries(self.model) | (tight.relaxation.values > USED)
        if self.best is not None:
            kept |= self.best > USED
        kept[promising] = True
        parents = implied.parent[kept]
        kept[parents[parents != NONE]] = True
        return np.flatnonzero(kept)

    def try_whole(self, *, small: bool) -> None:
        """Solve the model as it is; when it is not small only for a while, and its kernel first."""
        relaxed = solve_lp(self.model, seed=self.limits.seed)
        self.prove(relaxed.objective, "lp")
        if small:
            # without a clock until the end, as nothing else ends it
            clock = self.clock.part(SMALL_TRIAL)
            self.search_whole(self.model, effort=self.effort(clock, self.limits.nodes))
            return
        self.search_fixed(relaxed)
        self.search_whole(self.model, effort=self.effort(self.clock.part(TRIAL), TRIAL_NODES))

    def search_fixed(self, relaxed: Relaxation) -> None:
        """Solve the model with the columns that promise least at their lower side."""
        if self.done:
            return
        used = (relaxed.values > self.model.low + USED) | ~self.model.integer
        if self.best is not None:
            used |= self.best > self.model.low + USED
        rest = np.flatnonzero(~used)
        order = rest[np.lexsort((rest, relaxed.reduced_costs[rest]))]
        used[order[: int(np.ceil(PROMISING * len(rest)))]] = True
        part = self.model.bounded(self.model.low, np.where(used, self.model.high, self.model.low))
        self.search_part(part, None)

    def search_part(self, part: Model, columns: NDArray[np.int64] | None) -> None:
        """Solve a model of some columns, all others at zero; None when it has all columns."""
        here = slice(None) if columns is None else columns
        first = None if self.best is None else self.best[here]
        try:
            found = search(part, self.effort(self.clock.part(KERNEL_SHARE), KERNEL_NODES), start=first)
        except NoSolutionError:
            # the whole model says whether there is one
            return
        self.nodes += found.nodes
        if found.values is not None:
            values = np.zeros(len(self.model.cost))
            values[here] = found.values
            self.found(values)

    def search_kernel(self, whole: Sliceable, columns: NDArray[np.int64]) -> None:
        """Solve the model of the kernel, all other columns at zero."""
        if not self.done and not self.clock.over:
            self.search_part(whole.part(columns, np.zeros(len(self.model.cost))), columns)

    def improve(self, whole: Sliceable, pool: NDArray[np.int64], tight: Strengthened) -> None:
        """Improve the solution in neighbourhoods."""
        if self.best is None or self.done or len(pool) == 0:
            return
        short = np.count_nonzero(self.model.integer) <= MIDDLE
        first, nodes = SHORT_TRIES if short else LONG_TRIES
        improver = Improver(
            whole,
            pool,
            tight.relaxation.values,
            self.best,
            self.limits.seed,
            first=first,
            most_nodes=nodes,
        )
        improver.run(self.clock, bound=self.bound, gap=self.limits.gap, patience=PATIENCE)
        self.nodes += improver.nodes
        self.found(improver.best)

    def search_whole(
        self, model: Model, too_dear: NDArray[np.bool_] | None = None, *, effort: Effort | None = None
    ) -> None:
        """Solve the whole model, without columns whose use would cost more than the best solution."""
        if self.done:
            return
        if too_dear is not None and self.best is not None:
            too_dear &= self.best <= USED
            model = model.bounded(model.low, np.where(too_dear, 0.0, model.high))
        found = self.believed(model, effort or self.effort(self.clock, self.limits.nodes))
        self.nodes += found.nodes
        self.found(found.values)
        # what was left out holds nothing better than the solution
        self.prove(min(found.bound, self.value), self.limits.engine)

    def believed(self, model: Model, effort: Effort) -> Search:
        """Branch and bound; that there is no solution is believed only without presolve.

        The presolve of HiGHS 1.15 can call a model infeasible that is not.
        """
        if self.limits.engine == scip.NAME:
            self.proven_by = scip.NAME
            return scip.search(model, effort, start=self.best)
        try:
            return search(model, effort, start=self.best)
        except NoSolutionError:
            plain = replace(effort, options={**effort.options, "presolve": "off"})
        self.proven_by = highs.NAME
        return search(model, plain, start=self.best)

    def effort(self, clock: Clock, nodes: int | None) -> Effort:
        """Give the limits of one step."""
        limits = self.limits
        if limits.nodes is not None:
            nodes = limits.nodes if nodes is None else min(nodes, limits.nodes)
        return Effort(limits.gap, nodes, limits.seed, limits.threads, clock)
