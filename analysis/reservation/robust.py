"""Robust, not only best: the plan under other weights, in other futures, its alternatives and replacements.

Everything ends in tables and in one label per site. Shares are shares of calculations, never probabilities.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.reservation import robust_tables as write
from analysis.reservation.futures import (
    NAMED,
    TAIL,
    TWO_STAGE,
    Robust,
    futures_in,
    judge,
    kernel_pairs,
    least_regret,
    least_shortage,
    own_best,
    two_stages,
)
from analysis.reservation.plan import limits_of
from analysis.reservation.portfolio import find_portfolio
from analysis.reservation.regret import Supply
from analysis.reservation.replacement import Replacements
from analysis.reservation.rulebook import CRITERIA
from analysis.reservation.scenarios import scenarios_of
from analysis.reservation.smaa import accept
from analysis.reservation.suitability import values_of, weights_of
from analysis.reservation.weights import draw_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.reservation.scenarios import Scenarios
    from analysis.reservation.smaa import Acceptance
    from layers.parameters import Parameters

DEMAND_DRAWS: Final = 50
"""Draws of demand between the bands."""
DRAW_GAP: Final = 0.01
"""Gap asked of a draw of weights. Every draw starts from a plan, so a wide one would give that back."""
DRAW_SHARE: Final = 0.05
CAREFUL_SHARE: Final = 1.25
"""Shares of the processor time of a pass of the plan for one draw of weights, and for one of the first."""
ALL_SHARE: Final = 0.5
"""The same for one plan for all futures."""
PART_SHARE: Final = 0.25
"""The same for one solve of the other parts."""
PORTFOLIO_SHARE: Final = 2 / 3
"""The same for one plan of the portfolio: with less time none was found on the sample region."""
WORKERS: Final = 2


def assess_robustness(
    problem: ReservationProblem,
    plan: Plan,
    tables: Mapping[str, Any],
    parameters: Parameters,
    *,
    progress: Callable[[str], None] | None = None,
    workers: int = WORKERS,
) -> dict[str, pd.DataFrame]:
    """Assess how robust a plan is.

    Parameters
    ----------
    problem, plan
        The plan must be one of the problem.
    tables
        Of a release: ``site_suitability``, ``reservation_functions``, ``demand_bands``, ``land_demand`` and,
        for scenarios, ``demand_by_scenario``.
    progress
        Told the name of each part before it starts: ``weights``, ``futures``, ``portfolio``, ``replacement``.
    workers
        Processes for the draws of weights; the answer does not depend on their number.

    Returns
    -------
    dict of DataFrame
        As `layers.results_robust` declares.
    """
    tell = progress or (lambda _: None)
    settings = parameters.reservation
    part = limits_of(settings, share=PART_SHARE)
    tell("weights")
    accepted = assess_weights(problem, plan, tables, parameters, workers=workers)
    tell("futures")
    in_futures = assess_futures(problem, plan, tables, parameters)
    tell("portfolio")
    portfolio = find_portfolio(problem, plan, settings, limits_of(settings, share=PORTFOLIO_SHARE))
    tell("replacement")
    replaced = Replacements(problem, plan, part).find(settings.replacement_sites)
    choices = {f"portfolio_{number}": start for number, start in enumerate(portfolio.starts[1:], start=1)}
    return {
        "weight_draws": write.draws_table(accepted, plan),
        "site_acceptability": write.acceptability_table(accepted, plan),
        "plan_regret": write.regret_table(in_futures.scenarios, in_futures.found),
        "plan_futures": write.futures_table(problem, plan, in_futures.found, TAIL),
        "plan_portfolio": write.portfolio_table(portfolio, settings),
        "alternative_choices": write.choices_table(problem, choices | in_futures.choices()),
        "site_replacement": write.replacement_table(problem, replaced),
        "site_labels": write.labels_table(plan, accepted, portfolio, in_futures.own, replaced),
    }


@dataclass(frozen=True)
class InFutures:
    """Plans in all futures.

    Attributes
    ----------
    scenarios
        The futures.
    found
        Per set of futures (``scenarios`` or ``draws``): its rows, their own best, and the plans.
    own
        The plan that each named future would have, start years per pair, ``(named futures, k)``.
    """

    scenarios: Scenarios
    found: Mapping[str, tuple[NDArray[np.int64], NDArray[np.float64], tuple[Robust, ...]]]
    own: NDArray[np.int64]

    def choices(self) -> dict[str, NDArray[np.int64]]:
        """Give the start years of every alternative by its name."""
        named = self.found["scenarios"][0]
        ids = [str(name) for name in self.scenarios.table["scenario_id"].iloc[named]]
        choices = {f"own_{name}": start for name, start in zip(ids, self.own, strict=True)}
        for _, _, plans in self.found.values():
            for each in plans:
                if each.name == TWO_STAGE:
                    choices |= {
                        f"{each.name}_{name}": start for name, start in zip(ids, each.starts, strict=True)
                    }
                elif each.name != "plan":
                    choices[each.name] = each.starts[0]
        return choices


def assess_futures(
    problem: ReservationProblem, plan: Plan, tables: Mapping[str, Any], parameters: Parameters
) -> InFutures:
    """Judge the plan in scenarios and draws of demand, and make those with the least regret.

    The largest regret is taken over the scenarios and bands; the mean of the worst over the draws.
    """
    settings = parameters.reservation
    part, whole = limits_of(settings, share=PART_SHARE), limits_of(settings, share=ALL_SHARE)
    scenarios = scenarios_of(problem, tables, parameters, draws=DEMAND_DRAWS)
    named, drawn = scenarios.rows(*NAMED), scenarios.rows("draw")
    futures = futures_in(problem, scenarios, named)
    supply, best = Supply(futures), own_best(futures, plan, part)
    minimax = least_regret(supply, best, "minimax", 0.0, plan.start, whole)
    plans = [judge(supply, best, "plan", plan.start), minimax]
    pairs = kernel_pairs([plan.start, minimax.starts[0], *best.starts], problem.locked_in)
    staged = two_stages(supply, best, pairs, minimax.starts[0], whole)
    of_draws = Supply(futures_in(problem, scenarios, drawn))
    least = least_shortage(of_draws.futures, settings.seed)
    cvar = least_regret(of_draws, least, "cvar", TAIL, plan.start, whole)
    plans.append(judge(supply, best, "cvar", cvar.starts[0]))
    if staged is not None:
        plans.append(staged)
    in_draws = [judge(of_draws, least, each.name, each.starts[0]) for each in plans[:2]]
    found = {
        "scenarios": (named, best.bound, tuple(plans)),
        "draws": (drawn, least.bound, (*in_draws, cvar)),
    }
    return InFutures(scenarios, found, best.starts)


def assess_weights(
    problem: ReservationProblem,
    plan: Plan,
    tables: Mapping[str, Any],
    parameters: Parameters,
    *,
    workers: int = WORKERS,
) -> Acceptance:
    """Make the plan again under weights drawn in the order of the project's weights."""
    settings = parameters.reservation
    weights = {
        str(name): float(weight) for name, weight in zip(CRITERIA, weights_of(parameters), strict=True)
    }
    draws = draw_weights(weights, settings.weight_draws, settings.seed)
    site = problem.sites["site_id"].astype(str).to_numpy(dtype=object)[problem.site]
    function = np.array(problem.functions, dtype=object)[problem.function]
    values = values_of(tables["site_suitability"], site, function)
    columns = [list(CRITERIA).index(name) for name in draws.criteria]
    limits, careful = (
        replace(limits_of(settings, share=share), gap=max(settings.gap, DRAW_GAP))
        for share in (DRAW_SHARE, CAREFUL_SHARE)
    )
    return accept(problem, plan, values[:, columns], draws, limits, careful=careful, workers=workers)
