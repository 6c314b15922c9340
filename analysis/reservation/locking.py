"""Laying locks on the pairs of a problem; what cannot be is told with ids, all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.classes import classes_of
from analysis.reservation.locks import ALL_FUNCTIONS, LOCK_IN, LOCK_OUT, Lock
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.pairs import Pairs

COLUMNS = ("source", "source_id", "direction", "site_id", "function", "year", "effect")
EFFECTS = ("locked", "no_site", "not_eligible")


@dataclass(frozen=True)
class Ground:
    """What locks are laid on.

    Attributes
    ----------
    site_ids, functions, years
        Of the problem.
    pairs
        That are eligible.
    usual_ha
        Usual plot per function, NaN where there is none.
    reasons
        Site and class to the rule that forbids them, for messages.
    """

    site_ids: Sequence[str]
    functions: Sequence[str]
    years: Sequence[int]
    pairs: Pairs
    usual_ha: NDArray[np.float64]
    reasons: Mapping[tuple[str, str], str]

    def of(self, lock: Lock) -> NDArray[np.bool_]:
        """Tell which pairs a lock means."""
        here = np.isin(self.pairs.site, lock.sites)
        if lock.function is None:
            return here
        return here & np.isin(self.pairs.function, classes_of(self.functions, lock.function))


@dataclass(frozen=True)
class Locked:
    """Locks laid on pairs.

    Attributes
    ----------
    pairs
        Rows ``(pair, latest year)`` that must be chosen, sorted by pair.
    out
        Which pairs may not be chosen, ``(k,)``.
    table
        What became of every lock, one row per site: `COLUMNS`.
    """

    pairs: NDArray[np.int64]
    out: NDArray[np.bool_]
    table: pd.DataFrame


def lay(locks: Sequence[Lock], ground: Ground) -> Locked:
    """Lay locks on the pairs that are eligible.

    Of a function with several weight classes the heaviest that fits is taken. Of an area or park those sites
    are locked that fit.

    Raises
    ------
    InputError
        With every lock-in that is not eligible, every site that is locked in and out, and every site that is
        locked in for two functions; with ids and where each lock comes from.
    """
    out = np.zeros(len(ground.pairs), dtype=bool)
    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    closed = [lock for lock in locks if lock.direction == LOCK_OUT]
    for lock in closed:
        out |= ground.of(lock)
        rows += [_row(lock, ground.site_ids[site], lock.function or ALL_FUNCTIONS) for site in lock.sites]
    wanted: dict[int, tuple[int, int, Lock]] = {}
    for lock in locks:
        if lock.direction == LOCK_IN:
            for pair in _chosen(lock, ground, out, closed, rows, problems):
                _want(pair, lock, wanted, ground, rows, problems)
    if problems:
        raise InputError(*problems)
    found = sorted((pair, year) for pair, year, _ in wanted.values())
    rows += [_row(lock, None, lock.function or ALL_FUNCTIONS, "no_site") for lock in locks if not lock.sites]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).sort_values(list(COLUMNS[:5]), ignore_index=True)
    return Locked(np.array(found, dtype=np.int64).reshape(-1, 2), out, table)


def _row(
    lock: Lock, site: str | None, function: str, effect: str = "locked", year: int | None = None
) -> dict[str, Any]:
    return dict(
        zip(COLUMNS, (lock.source, lock.source_id, lock.direction, site, function, year, effect), strict=True)
    )


def _where(lock: Lock) -> dict[str, str]:
    """Give the place of a lock for a message."""
    if lock.source == "parameters":
        return {"field": f"parameters.reservation.lock_{lock.direction}"}
    return {"layer": lock.source}


def _chosen(
    lock: Lock,
    ground: Ground,
    out: NDArray[np.bool_],
    closed: Sequence[Lock],
    rows: list[dict[str, Any]],
    problems: list[Problem],
) -> list[int]:
    """Choose the pairs that a lock-in means; note what stands in its way."""
    if not lock.sites:
        return []
    mine = ground.of(lock)
    clash = sorted({str(ground.site_ids[ground.pairs.site[pair]]) for pair in np.flatnonzero(mine & out)})
    if clash and not (mine & ~out).any():
        against = ", ".join(
            f"{other.source} {other.source_id}" for other in closed if (ground.of(other) & mine).any()
        )
        message = f"{lock.source_id} locks in what {against} locks out: {', '.join(clash)}"
        problems.append(Problem(message, "Drop one of the two.", **_where(lock), rows=(lock.source_id,)))
        return []
    mine &= ~out
    best: dict[int, int] = {}
    # pairs are sorted by function, so that the heaviest class stays
    for pair in np.flatnonzero(mine):
        best[int(ground.pairs.site[pair])] = int(pair)
    if not best:
        problems.append(_not_eligible(lock, ground))
        return []
    left = [site for site in lock.sites if site not in best and lock.whole]
    rows += [_row(lock, ground.site_ids[site], str(lock.function), "not_eligible") for site in left]
    pairs = list(best.values())
    return pairs if lock.whole else _one_facility(pairs, ground)


def _not_eligible(lock: Lock, ground: Ground) -> Problem:
    """Say which site is not eligible, and by which rule where that is known."""
    names = []
    for site in lock.sites:
        name = str(ground.site_ids[site])
        classes = [ground.functions[place] for place in classes_of(ground.functions, str(lock.function))]
        rules = sorted({ground.reasons.get((name, item), "") for item in classes} - {""})
        names.append(f"{name} ({', '.join(rules)})" if rules else name)
    shown = ", ".join(names[:10])
    message = f"{lock.source_id} locks in what is not eligible for {lock.function}: {shown}"
    repair = "Drop the lock-in, or change what forbids it; why-not tells the rule."
    if not classes_of(ground.functions, str(lock.function)):
        message = f"{lock.source_id} locks in {lock.function}, which has no demand in this province"
        repair = "Drop the lock-in, or select the function in circular_functions.csv."
    return Problem(message, repair, **_where(lock), rows=(lock.source_id,))


def _one_facility(pairs: Sequence[int], ground: Ground) -> list[int]:
    """Choose the best sites of a park, together at least one facility of usual size."""
    all_pairs = ground.pairs
    order = sorted(pairs, key=lambda pair: (-round(float(all_pairs.suitability[pair]), 9), pair))
    wanted = float(np.nan_to_num(ground.usual_ha[all_pairs.function[order[0]]]))
    result, total = [], 0.0
    for pair in order:
        result.append(pair)
        total += float(all_pairs.capacity[pair, -1])
        if total >= wanted:
            break
    return sorted(result)


def _want(
    pair: int,
    lock: Lock,
    wanted: dict[int, tuple[int, int, Lock]],
    ground: Ground,
    rows: list[dict[str, Any]],
    problems: list[Problem],
) -> None:
    """Add a pair that must be chosen; a site that was wanted for another function is a problem."""
    pairs = ground.pairs
    site = int(pairs.site[pair])
    first = int(np.argmax(pairs.capacity[pair] > 0))
    asked = first
    if lock.year is not None:
        later = [place for place, year in enumerate(ground.years) if year >= lock.year]
        asked = max(first, later[0] if later else len(ground.years) - 1)
    name, function = str(ground.site_ids[site]), str(ground.functions[pairs.function[pair]])
    before = wanted.get(site)
    if before is not None and before[0] != pair:
        other = before[2]
        message = (
            f"{name} is locked in twice: by {lock.source_id} and by {other.source_id} ({other.function})"
        )
        problems.append(Problem(message, "Keep one of the two.", **_where(lock), rows=(lock.source_id, name)))
        return
    wanted[site] = (pair, min(asked, before[1]) if before else asked, lock)
    rows.append(_row(lock, name, function, year=int(ground.years[asked])))
