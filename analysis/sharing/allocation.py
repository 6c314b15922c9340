"""All shared functions at once: each by itself first, and together where they get in each other's way.

Functions meet in two rules: a municipality hosts at most so many facilities of a high category, and a park
has no more facilities than plots that carry them. Solved one by one the functions give a bound on all
together; when the rules hold, that is the answer. Else places are first chosen for all functions at once so
that the rules are exceeded as little as can be; then each function in turn is solved again within what the
others leave. The bound of solving them one by one stays valid, so the gap says what this order may have cost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

from analysis.sharing.capacitated import solve_location
from analysis.sharing.location import LocationOutcome, SiteRule
from analysis.solving import kernel, proof
from analysis.solving.model import Model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.sharing.instance import Instance
    from analysis.solving.outcome import Limits

PASSES: Final = 2
"""How often each function is solved again within what the others leave."""
SPARE: Final = 1.1
"""Capacity that a choice of places keeps, so that whole municipalities fit."""
MORE_TRIES: Final = 3
"""How many facilities are added when municipalities do not fit into the number that capacity asks for."""
HOST, ROOM = "host", "room"
_KEPT: Final = 1e-6


@dataclass(frozen=True)
class JointRule:
    """At most so many open places over several functions.

    Attributes
    ----------
    kind, name
        ``host`` with a municipality, ``room`` with a park.
    members
        Function and position of the place.
    most
        The limit.
    """

    kind: str
    name: str
    members: tuple[tuple[str, int], ...]
    most: float

    def used(self, opened: Mapping[str, NDArray[np.bool_]], functions: Sequence[str]) -> float:
        """Count the open places of some functions."""
        wanted = set(functions)
        return float(sum(bool(opened[name][place]) for name, place in self.members if name in wanted))


@dataclass(frozen=True)
class Allocation:
    """The allocation of all functions.

    Attributes
    ----------
    instances, outcomes
        Per function.
    rules
        The joint rules.
    alone
        Lower bound per function, from solving it by itself.
    together
        Functions that cost more than by themselves, because they get in each other's way.
    """

    instances: dict[str, Instance]
    outcomes: dict[str, LocationOutcome]
    rules: tuple[JointRule, ...]
    alone: dict[str, float]
    together: tuple[str, ...]

    @property
    def opened(self) -> dict[str, NDArray[np.bool_]]:
        """Which places open, per function."""
        return {name: outcome.opened for name, outcome in self.outcomes.items()}

    def over(self) -> dict[tuple[str, str], float]:
        """Give by how many facilities each joint rule is exceeded."""
        opened, names = self.opened, tuple(self.instances)
        found = {(rule.kind, rule.name): rule.used(opened, names) - rule.most for rule in self.rules}
        return {key: value for key, value in found.items() if value > _KEPT}


def allocate_all(instances: dict[str, Instance], rules: Sequence[JointRule], limits: Limits) -> Allocation:
    """Allocate all functions.

    Parameters
    ----------
    instances
        Per function, in the order of their ids.
    rules
        As `joint_rules`.
    limits
        Per solve.
    """
    instances = dict(instances)
    outcomes: dict[str, LocationOutcome] = {}
    for name in instances:
        instances[name], outcomes[name] = allocate_one(instances[name], limits)
    alone = {name: outcome.bound for name, outcome in outcomes.items()}
    opened = {name: outcome.opened for name, outcome in outcomes.items()}
    if not any(rule.used(opened, tuple(instances)) > rule.most + _KEPT for rule in rules):
        return Allocation(instances, outcomes, tuple(rules), alone, ())
    opened = least_over(instances, outcomes, rules, limits)
    changed: set[str] = set()
    for _ in range(PASSES):
        for name, instance in instances.items():
            left = rules_left(instances, opened, rules, name)
            found = solve_location(
                replace(instance, problem=instance.problem.with_rules(*left)).problem, limits
            )
            outcomes[name] = replace(found, objective=instance.problem.total(found.opened, found.served))
            opened[name] = found.opened
            if proof.relative_gap(outcomes[name].objective, alone[name]) > limits.gap:
                changed.add(name)
    for name, instance in instances.items():
        instances[name], outcomes[name] = without_idle(instance, outcomes[name])
    return Allocation(instances, outcomes, tuple(rules), alone, tuple(sorted(changed)))


def without_idle(instance: Instance, outcome: LocationOutcome) -> tuple[Instance, LocationOutcome]:
    """Close places that serve nobody, and lower the number of facilities to those that are left.

    A number that follows from figures may be more than what is of use once joint rules have moved places. A
    number that was asked for stays, and so do places that were agreed on.
    """
    problem = instance.problem
    idle = outcome.opened & ~problem.must_open & (outcome.load(problem) <= _KEPT)
    if instance.asked or not outcome.feasible or not idle.any():
        return instance, outcome
    opened = outcome.opened & ~idle
    objective = problem.total(opened, outcome.served)
    bound = min(outcome.bound, objective)
    number = int(opened[: len(instance.places)].sum())
    closed = replace(
        outcome, opened=opened, objective=objective, bound=bound, gap=proof.relative_gap(objective, bound)
    )
    return instance.with_number(number, number), closed


def allocate_one(instance: Instance, limits: Limits) -> tuple[Instance, LocationOutcome]:
    """Allocate one function; when its number follows from capacity, add facilities until everybody fits."""
    outcome = solve_location(instance.problem, limits)
    for _ in range(MORE_TRIES):
        low, high = instance.number
        short = instance.unserved(outcome) > _KEPT
        if instance.asked or not short or high >= len(instance.places):
            break
        more = instance.with_number(low + 1, high + 1)
        other = solve_location(more.problem, limits)
        if more.unserved(other) >= instance.unserved(outcome):
            break
        instance, outcome = more, other
    return instance, outcome


def joint_rules(instances: dict[str, Instance], plots: pd.DataFrame, burdens: int) -> tuple[JointRule, ...]:
    """Make the joint rules.

    Parameters
    ----------
    instances
        Per function.
    plots
        ``function_id``, ``site_id``, ``plot_id``, as `analysis.sharing.places.find_places` gives them.
    burdens
        How many facilities of a high category a municipality hosts at most.
    """
    hosts: dict[str, list[tuple[str, int]]] = {}
    parks: dict[str, list[tuple[str, int]]] = {}
    for name, instance in instances.items():
        rows = instance.places[["site_id", "municipality_code", "burden", "existing"]].itertuples(index=False)
        for place, (site, code, burden, existing) in enumerate(rows):
            if burden:
                hosts.setdefault(str(code), []).append((name, place))
            if not existing:
                parks.setdefault(str(site), []).append((name, place))
    found = [JointRule(HOST, code, tuple(members), burdens) for code, members in sorted(hosts.items())]
    holding = plots[plots["function_id"].isin(list(instances))]
    sets = holding.groupby(["site_id", "function_id"])["plot_id"].agg(frozenset)
    for site, members in sorted(parks.items()):
        rooms = {sets[site, name] for name, _ in members}
        for room in sorted(rooms, key=lambda plot_ids: (len(plot_ids), sorted(plot_ids))):
            inside = tuple((name, place) for name, place in members if sets[site, name] <= room)
            if len(inside) > len(room):
                found.append(JointRule(ROOM, site, inside, len(room)))
    return tuple(found)


def least_over(
    instances: dict[str, Instance],
    outcomes: dict[str, LocationOutcome],
    rules: Sequence[JointRule],
    limits: Limits,
) -> dict[str, NDArray[np.bool_]]:
    """Choose places for all functions at once so that joint rules are exceeded as little as can be.

    Each function keeps its number and places with capacity enough; between choices that exceed equally
    little, the one that changes least of what the functions chose by themselves.
    """
    first: dict[str, int] = {}
    sites = 0
    for name, instance in instances.items():
        first[name] = sites
        sites += len(instance.places)
    columns = sites + len(rules)
    cost = np.concatenate([np.zeros(sites), np.ones(len(rules))])
    low, high = np.zeros(columns), np.concatenate([np.ones(sites), np.full(len(rules), np.inf)])
    entries: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
    row_low: list[float] = []
    row_high: list[float] = []
    for name, instance in instances.items():
        count, here = len(instance.places), first[name]
        mine = np.arange(here, here + count)
        alone = outcomes[name].opened[:count]
        cost[mine] = np.where(alone, -1.0, 1.0) / (4.0 * sites)
        low[mine] = instance.problem.must_open[:count]
        entries.append((mine, np.ones(count)))
        row_low.append(float(instance.number[0]))
        row_high.append(float(instance.number[1]))
        capacity = instance.problem.capacity[:count]
        if np.isfinite(capacity).all():
            room = float(capacity[alone].sum())
            entries.append((mine, capacity))
            row_low.append(min(room, SPARE * float(instance.problem.demand.sum())) - _KEPT)
            row_high.append(np.inf)
    for number, rule in enumerate(rules):
        members = np.array([first[name] + place for name, place in rule.members], dtype=np.int64)
        entries.append((np.append(members, sites + number), np.append(np.ones(len(members)), -1.0)))
        row_low.append(-np.inf)
        row_high.append(rule.most)
    rows = np.repeat(np.arange(len(entries)), [len(part[0]) for part in entries])
    matrix = csr_array(
        (
            np.concatenate([part[1] for part in entries]),
            (rows, np.concatenate([part[0] for part in entries])),
        ),
        shape=(len(entries), columns),
    )
    whole = np.arange(columns) < sites
    model = Model(cost, matrix, np.array(row_low), np.array(row_high), low, high, whole)
    values = kernel.solve(model, replace(limits, gap=1e-3)).values
    if values is None:
        return {name: outcome.opened for name, outcome in outcomes.items()}
    return {
        name: np.append(values[first[name] : first[name] + len(instance.places)] > 0.5, True)  # noqa: PLR2004
        for name, instance in instances.items()
    }


def gaps(allocation: Allocation) -> dict[str, float]:
    """Give the proven gap per function, against the bound of solving it by itself."""
    return {
        name: proof.relative_gap(outcome.objective, min(outcome.objective, allocation.alone[name]))
        for name, outcome in allocation.outcomes.items()
    }


def rules_left(
    instances: Mapping[str, Instance],
    opened: Mapping[str, NDArray[np.bool_]],
    rules: Sequence[JointRule],
    function: str,
) -> tuple[SiteRule, ...]:
    """Give what the joint rules leave to one function while the others stay as they are."""
    others = [name for name in instances if name != function]
    found = []
    for rule in rules:
        mine = np.array([place for name, place in rule.members if name == function], dtype=np.int64)
        if len(mine):
            room = max(rule.most - rule.used(opened, others), float(opened[function][mine].sum()))
            found.append(SiteRule(f"{rule.kind} {rule.name}", mine, np.ones(len(mine)), high=room))
    return tuple(found)
