"""What clashes and what helps, on problems whose answer a person can see."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.clash_tables import explain_shortage
from analysis.reservation.merge import limited, united
from analysis.reservation.plan import make_plan
from analysis.reservation.relax import Relaxation, smallest_clash, without
from analysis.reservation.ways_out import find_ways_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analysis.reservation.problem import ReservationProblem


def targets(*rows: tuple[str, float]) -> pd.DataFrame:
    """One target per function in 2050."""
    return pd.DataFrame(
        {
            "target_id": [function for function, _ in rows],
            "function": [function for function, _ in rows],
            "year": 2050,
            "sub_area": pd.Series([None] * len(rows), dtype="string"),
            "ha": [ha for _, ha in rows],
            "weight": 1.0,
        }
    )


def explained(
    problem: ReservationProblem, parameters: Any, *relaxations: Relaxation
) -> tuple[pd.DataFrame, pd.DataFrame]:
    plan = make_plan(problem, parameters)
    found = explain_shortage(problem, plan, parameters, {one.name: one for one in relaxations})
    return found["plan_clashes"], found["plan_ways_out"]


def test_functions_that_claim_the_same_sites_are_named_together(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # four sites of 2 ha, and 5 ha asked by each of two functions that fit everywhere: 2 ha short
    clashes, ways = explained(problem(targets=targets(("F01", 5.0), ("F02", 5.0))), exact())
    first = clashes.iloc[0]
    assert set(first["functions"].split(";")) == {"F01", "F02"}
    assert (first["wanted_ha"], first["shared_sites"], first["shared_ha"]) == (10.0, 4, 8.0)
    assert first["short_ha"] == pytest.approx(2.0)
    assert first["text_nl"] == (
        f"Functies {' en '.join(first['functions'].split(';'))} vragen in 2050 samen 10 ha, en dezelfde 4 plekken"
        " (8,0 ha). Er is ten minste 2,0 ha te kort."
    )
    assert not len(ways)


def test_a_function_without_enough_land_stands_alone(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    clashes, _ = explained(problem(targets=targets(("F01", 11.0), ("F02", 0.0))), exact())
    assert clashes["functions"].tolist() == ["F01"]
    assert clashes["short_ha"].tolist() == pytest.approx([3.0])


def test_only_rules_that_matter_are_named(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    given = problem(
        targets=targets(("F01", 8.0)),
        ceilings=pd.DataFrame(
            {
                "ceiling_id": ["C1", "C2"],
                "scope": ["park", "park"],
                "area": ["PA", "PB"],
                "function": [None, None],
                "year": [2050, 2050],
                "ha": [2.0, 9.0],
            }
        ),
        keep=pd.DataFrame({"keep_id": ["heavy"], "group": ["heavy"], "ha": [50.0]}),
        keep_pairs=np.array([[0, 0]]),
    )
    clashes, ways = explained(given, exact())
    assert clashes["name"].tolist() == ["F01", "ceiling"]
    # dropping all maxima or only that of PA frees the same 2 ha; that of PB frees nothing
    assert ways["way_id"].tolist() == ["ceiling", "ceiling:C1"]
    assert ways["freed_ha"].tolist() == pytest.approx([2.0, 2.0])
    assert ways["kind"].tolist() == ["free", "free"]


def test_free_choices_come_before_those_that_touch_health(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # S03 may be used only when its surroundings can be argued to be mixed: 2 ha, 40 people
    full = problem(targets=targets(("F01", 8.0)))
    keep = full.site < 3
    given = replace(
        full,
        **{
            name: getattr(full, name)[keep]
            for name in ("site", "function", "capacity", "certain", "suitability", "people", "conflict")
        },
        ceilings=pd.DataFrame(
            {
                "ceiling_id": ["C1"],
                "scope": ["park"],
                "area": ["PA"],
                "function": [None],
                "year": [2050],
                "ha": [3.5],
            }
        ),
    )
    mixed = Relaxation(
        name="mixed:PB",
        group="usable_category",
        group_nl="de afstand tot woningen",
        group_en="the distance to homes",
        label_nl="Alleen als de omgeving van terrein PB als gemengd te beargumenteren is",
        label_en="Only if the surroundings of park PB can be argued to be mixed",
        touches_health=True,
        problem=lambda: replace(full, ceilings=given.ceilings),
    )
    clashes, ways = explained(given, exact(), mixed)
    assert ways[["way_id", "kind", "freed_ha", "people", "sites"]].to_numpy().tolist() == [
        ["ceiling", "free", 2.0, 0.0, ""],
        ["mixed:PB", "health", 2.0, 40.0, "S03"],
    ]
    assert ways["text_nl"].iloc[1] == (
        "Alleen als de omgeving van terrein PB als gemengd te beargumenteren is: 2 ha, 40 mensen binnen de afstand."
    )
    # without the maximum 2 ha is still short, without the distance half a hectare: that is what it hangs on
    assert clashes["name"].tolist() == ["F01", "usable_category"]
    assert clashes["short_ha"].iloc[0] == pytest.approx(2.0)


def test_what_later_aims_were_given_is_not_called_a_clash(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    # all fits, but a quarter may be given away for people: both sites with people are let go
    parameters = exact(aims=("shortage", "people"), tolerance=0.5)
    given = problem(targets=targets(("F01", 8.0)))
    clashes, _ = explained(given, parameters)
    assert clashes["kind"].tolist() == ["given_away"]
    assert clashes["functions"].tolist() == ["F01"]


def test_ways_out_are_never_worse_than_the_plan(
    random_problem: Callable[[int], ReservationProblem], exact: Callable[..., Any]
) -> None:
    found = 0
    for seed in range(4000, 4015):
        problem = replace(random_problem(seed), locked_in=np.empty((0, 2), dtype=np.int64))
        if not problem.pairs:
            continue
        plan = make_plan(problem, exact(aims=("shortage",)))
        for way in find_ways_out(problem, plan.start, exact()):
            assert way.bound <= way.after + 1e-6
            assert way.after < way.before
            again = make_plan(way.relaxation.problem(), exact(aims=("shortage",)))
            assert way.after == pytest.approx(again.aims[0].value, abs=1e-6)
            found += 1
    assert found > 10


@pytest.mark.parametrize("seed", range(20))
def test_the_smallest_clash_clashes_and_misses_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = list(range(9))
    cores = [set(rng.choice(9, size=int(rng.integers(1, 4)), replace=False).tolist()) for _ in range(3)]

    def clash(kept: Sequence[int]) -> bool:
        return any(core <= set(kept) for core in cores)

    found = smallest_clash(items, clash)
    assert clash(found)
    assert not any(clash(fewer) for fewer in combinations(found, len(found) - 1))


def test_pairs_of_problems_put_together_keep_their_rules(problem: Callable[..., ReservationProblem]) -> None:
    full = problem(
        keep=pd.DataFrame({"keep_id": ["heavy"], "group": ["heavy"], "ha": [5.0]}),
        keep_pairs=np.array([[0, 1], [0, 7]]),
        locked_in=np.array([[6, 1]]),
    )
    part = limited(full, [0])
    assert part.function.tolist() == [0, 0, 0, 0]
    assert part.keep_pairs.tolist() == []
    assert part.locked_in.tolist() == [[3, 1]]
    both = united(part, [full])
    assert both.pairs == 8
    assert both.keep_pairs.tolist() == [[0, 1], [0, 7]]
    assert both.locked_in.tolist() == [[6, 1]]


def test_a_site_locked_for_another_function_is_gone_unless_locks_are_out(
    problem: Callable[..., ReservationProblem],
) -> None:
    locked = problem(locked_in=np.array([[1, 1]]))
    assert limited(locked, [0]).site.tolist() == [1, 2, 3]
    assert limited(locked, [0], reserved=False).site.tolist() == [0, 1, 2, 3]
    assert len(without(locked, ["lock_in"]).locked_in) == 0


def test_relaxations_are_made_only_once_per_search(
    problem: Callable[..., ReservationProblem], exact: Callable[..., Any]
) -> None:
    calls: list[str] = []
    given = problem(targets=targets(("F01", 11.0)))

    def eased(name: str) -> ReservationProblem:
        calls.append(name)
        return given

    relaxations = [
        Relaxation(
            name, "usable_category", "a", "a", "b", "b", touches_health=True, problem=partial(eased, name)
        )
        for name in ("mixed", "mixed:PA")
    ]
    explained(given, exact(), *relaxations)
    # once for clashes, where the park is part of the whole, and once each for ways out
    assert sorted(calls) == ["mixed", "mixed", "mixed:PA"]
