"""Which steps of a chain are missing or hang on one hub: walk each chain, and walk it again without each hub.

A chain runs when there is a hub for every step and each passes on to the next within reach. A hub whose loss
leaves no such walk cuts the chain (the articulation of the layered graph of steps, found by taking every hub
out in turn).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.structure.flows import by_water
from analysis.structure.presence import at_year
from analysis.structure.sentences import chain_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from analysis.structure.exchanges import Chain, Exchange, Pair, Step
    from analysis.structure.rules import Figure
    from analysis.structure.travel import Travel

VERDICTS: Final = ("missing", "out_of_reach", "single", "several", "not_assessed")
CHAIN_COLUMNS: Final = (
    "chain_id",
    "chain_nl",
    "chain_en",
    "step",
    "step_nl",
    "functions",
    "verdict_now",
    "verdict_plan",
    "hubs_now",
    "hubs_plan",
    "hubs_possible",
    "count_now",
    "count_plan",
    "runs_now",
    "runs_plan",
    "cut_hubs_now",
    "cut_hubs_plan",
    "status",
    "reason_nl",
)
Held = dict[str, set[str]]
"""Function to the hubs that have it."""


@dataclass(frozen=True)
class Walk:
    """How a chain fares.

    Attributes
    ----------
    runs
        Whether there is a walk from the first step to the last.
    verdicts
        One of `VERDICTS` per step.
    cuts
        Hubs without which the chain runs no more, sorted; empty when it does not run.
    """

    runs: bool
    verdicts: tuple[str, ...]
    cuts: tuple[str, ...]


class Reach:
    """Which hubs can pass something on to which, per exchange."""

    def __init__(
        self, exchanges: Mapping[Pair, Exchange], travel: Travel, figures: Mapping[str, Figure]
    ) -> None:
        self._row = travel.row
        # a chain counts as running only where that is certain
        water = np.where(travel.water_certain, travel.water_km, np.inf)
        self._reached = {
            pair: (travel.road_km <= exchange.reach_km) | by_water(exchange, travel.road_km, water, figures)
            for pair, exchange in exchanges.items()
        }

    def passes(self, pair: Pair, start: str, end: str) -> bool:
        """Tell whether one hub can pass on to another what this exchange is about."""
        return pair in self._reached and bool(self._reached[pair][self._row[start], self._row[end]])


def held_by(functions: pd.DataFrame) -> Held:
    """Give the hubs per function."""
    grouped = functions.groupby("function_id", sort=True)["hub_id"]
    return {str(name): {str(hub) for hub in hubs} for name, hubs in grouped}


def walk(chain: Chain, held: Held, reach: Reach) -> Walk:
    """Walk a chain, and again without each of its hubs."""
    hubs = sorted({hub for step in chain.steps for name in step.functions for hub in held.get(name, ())})
    live = _live(chain, held, reach, frozenset())
    runs = all(live)
    cuts = [hub for hub in hubs if not all(_live(chain, held, reach, frozenset([hub])))] if runs else []
    verdicts = _verdicts(chain, held, reach, live if runs else None)
    return Walk(runs, verdicts, tuple(cuts))


def _holders(step: Step, held: Held, without: AbstractSet[str] = frozenset()) -> set[str]:
    return {hub for name in step.functions for hub in held.get(name, ())} - without


def _live(chain: Chain, held: Held, reach: Reach, without: AbstractSet[str]) -> list[set[str]]:
    """Give the hubs per step that lie on a whole walk; empty sets when there is none."""
    steps = chain.steps
    layers = [_holders(steps[0], held, without)]
    for one, two in pairwise(steps):
        layers.append(
            {hub for hub in _holders(two, held, without) if _fed(hub, two, layers[-1], one, held, reach)}
        )
    for place in range(len(steps) - 2, -1, -1):
        one, two = steps[place], steps[place + 1]
        layers[place] = {
            hub
            for hub in layers[place]
            if any(_fed(other, two, {hub}, one, held, reach) for other in layers[place + 1])
        }
    return layers


def _fed(hub: str, step: Step, before: AbstractSet[str], previous: Step, held: Held, reach: Reach) -> bool:
    """Tell whether one of the hubs of the step before passes on to this hub."""
    return any(
        reach.passes((first, second), start, hub)
        for first in previous.functions
        for second in step.functions
        if hub in held.get(second, ())
        for start in sorted(before & held.get(first, set()))
    )


def _verdicts(chain: Chain, held: Held, reach: Reach, live: list[set[str]] | None) -> tuple[str, ...]:
    result = []
    before: set[str] = set()
    for place, step in enumerate(chain.steps):
        hubs = _holders(step, held)
        if live is not None:
            result.append("single" if len(live[place]) == 1 else "several")
            continue
        # a broken chain is judged from each break on
        fed = hubs
        if before and hubs:
            fed = {hub for hub in hubs if _fed(hub, step, before, chain.steps[place - 1], held, reach)}
        if not hubs:
            result.append("missing")
        elif not fed:
            result.append("out_of_reach")
        else:
            result.append("single" if len(hubs) == 1 else "several")
        before = fed or hubs
    return tuple(result)


def judge_chains(
    chains: Sequence[Chain],
    functions: pd.DataFrame,
    reach: Reach,
    names: Mapping[str, str],
    *,
    with_plan: bool,
) -> pd.DataFrame:
    """Judge every step of every chain, with what stands now and with what is proposed.

    Parameters
    ----------
    names
        Hub id to its name.
    with_plan
        Whether anything is proposed; without it the plan's columns are not assessed.

    Returns
    -------
    DataFrame
        `CHAIN_COLUMNS`, a row per step.
    """
    now, plan = held_by(at_year(functions, None, existing=True)), held_by(at_year(functions, None))
    maybe = held_by(functions[functions["certainty"] == "possible"])
    rows: list[dict[str, Any]] = []
    for chain in chains:
        today, later = walk(chain, now, reach), walk(chain, plan, reach)
        for place, step in enumerate(chain.steps):
            hubs, more = _holders(step, now), _holders(step, plan)
            cuts = _listed(later.cuts) if with_plan else None
            record = {
                "chain_id": chain.chain_id, "chain_nl": chain.name_nl, "chain_en": chain.name_en,
                "step": step.number, "step_nl": step.name_nl, "functions": "; ".join(step.functions),
                "verdict_now": today.verdicts[place],
                "verdict_plan": later.verdicts[place] if with_plan else "not_assessed",
                "hubs_now": _listed(hubs), "hubs_plan": _listed(more) if with_plan else None,
                "hubs_possible": _listed(_holders(step, maybe) - more),
                "count_now": float(len(hubs)), "count_plan": float(len(more)) if with_plan else np.nan,
                "runs_now": _yes(today.runs), "runs_plan": _yes(later.runs) if with_plan else "not_assessed",
                "cut_hubs_now": _listed(today.cuts), "cut_hubs_plan": cuts,
                "status": step.status,
            }  # fmt: skip
            rows.append({**record, "reason_nl": chain_reason(record, names)})
    return pd.DataFrame(rows, columns=list(CHAIN_COLUMNS))


def _listed(hubs: set[str] | tuple[str, ...]) -> str | None:
    return "; ".join(sorted(hubs)) or None


def _yes(answer: bool) -> str:  # noqa: FBT001
    return "yes" if answer else "no"
