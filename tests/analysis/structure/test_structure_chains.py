"""Missing and single steps: chains of a few hubs by hand, and every walk written out."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from analysis.structure.chains import walk
from analysis.structure.exchanges import Chain, Step

STEPS = tuple(
    Step(number, (name,), name, "assumption") for number, name in enumerate(("F1", "F2", "F3"), start=1)
)
CHAIN = Chain("K", "Keten", "Chain", STEPS)


class Everything:
    """Every hub reaches every other."""

    def passes(self, *_: object) -> bool:
        return True


class Only:
    """Only listed pairs of hubs reach each other; every hub reaches itself."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = set(pairs)

    def passes(self, _: object, start: str, end: str) -> bool:
        return start == end or (start, end) in self.pairs


def walked(held: dict[str, set[str]], reach: Any = None) -> Any:
    return walk(CHAIN, held, reach or Everything())  # type: ignore[arg-type]


def test_one_hub_per_step_makes_each_of_them_a_cut() -> None:
    found = walked({"F1": {"A"}, "F2": {"B"}, "F3": {"C"}})
    assert found.runs
    assert found.verdicts == ("single", "single", "single")
    assert found.cuts == ("A", "B", "C")


def test_two_hubs_for_a_step_take_the_cut_away() -> None:
    found = walked({"F1": {"A"}, "F2": {"B", "D"}, "F3": {"C", "D"}})
    assert found.verdicts == ("single", "several", "several")
    assert found.cuts == ("A",)


def test_a_step_that_no_hub_has_is_missing() -> None:
    found = walked({"F1": {"A"}, "F3": {"C", "D"}})
    assert not found.runs
    assert found.verdicts == ("single", "missing", "several")
    assert found.cuts == ()


def test_a_hub_beyond_reach_does_not_close_the_chain() -> None:
    found = walked({"F1": {"A"}, "F2": {"B"}, "F3": {"C"}}, Only(("A", "B")))
    assert not found.runs
    assert found.verdicts == ("single", "single", "out_of_reach")


def test_only_hubs_within_reach_count_as_a_second_one() -> None:
    found = walked({"F1": {"A"}, "F2": {"B", "D"}, "F3": {"C"}}, Only(("A", "B"), ("B", "C"), ("D", "C")))
    assert found.verdicts == ("single", "single", "single")
    assert found.cuts == ("A", "B", "C")


def test_a_hub_may_cut_a_chain_though_every_step_stands_twice() -> None:
    # B takes the first step for D's second and the second step after A's first
    reach = Only(("A", "B"), ("B", "D"), ("D", "C"), ("B", "E"))
    found = walked({"F1": {"A", "B"}, "F2": {"B", "D"}, "F3": {"C", "E"}}, reach)
    assert found.runs
    assert found.verdicts == ("several", "several", "several")
    assert found.cuts == ("B",)


def test_a_hub_with_every_step_is_a_chain_by_itself() -> None:
    found = walked({"F1": {"A"}, "F2": {"A"}, "F3": {"A"}}, Only())
    assert found.runs
    assert found.cuts == ("A",)


def test_cuts_equal_the_hubs_that_lie_on_every_walk_written_out() -> None:
    rng = np.random.default_rng(17)
    names = "ABCDE"
    for _ in range(200):
        held = {name: {hub for hub in names if rng.random() < 0.5} for name in ("F1", "F2", "F3")}
        pairs = [(one, two) for one in names for two in names if one != two and rng.random() < 0.4]
        reach = Only(*pairs)
        walks = [
            hubs
            for hubs in product(*(sorted(held[name]) for name in ("F1", "F2", "F3")))
            if reach.passes(("F1", "F2"), hubs[0], hubs[1]) and reach.passes(("F2", "F3"), hubs[1], hubs[2])
        ]
        found = walked(held, reach)
        assert found.runs == bool(walks)
        on_every = set.intersection(*(set(hubs) for hubs in walks)) if walks else set()
        assert set(found.cuts) == on_every
        if walks:
            counts = [len({hubs[place] for hubs in walks}) for place in range(3)]
            assert found.verdicts == tuple("single" if count == 1 else "several" for count in counts)
