"""Small reservation problems: one to work out by hand, random ones, and every plan that they allow."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from analysis.reservation.problem import NOT_CHOSEN, ReservationProblem
from layers.parameters_reservation import ReservationParameters

if TYPE_CHECKING:
    from collections.abc import Callable

YEARS = (2030, 2050)
PARKS = ("PA", "PB", "PC")
AREAS = ("Noord", "Zuid")
MUNICIPALITIES = ("GM0001", "GM0002")
ALL_AIMS = ("shortage", "people", "suitability", "compactness")


def sites_frame(count: int, park: list[str], area: list[str] | None = None) -> pd.DataFrame:
    """Sites S00, S01, ... in parks."""
    area = area or [AREAS[PARKS.index(name) % 2] if name in PARKS else AREAS[0] for name in park]
    return pd.DataFrame(
        {
            "site_id": [f"S{at:02d}" for at in range(count)],
            "park_id": park,
            "park_name": [f"Terrein {name}" for name in park],
            "municipality_code": [MUNICIPALITIES[AREAS.index(name)] for name in area],
            "sub_area": area,
            "area_ha": 5.0,
            "heavy": False,
            "wet": False,
        }
    )


def targets_frame(rows: list[tuple[str, int, str | None, float, float]]) -> pd.DataFrame:
    """Targets from (function, year, sub-area, ha, weight), sorted by id."""
    frame = pd.DataFrame(rows, columns=["function", "year", "sub_area", "ha", "weight"])
    frame["sub_area"] = frame["sub_area"].astype("string")
    frame.insert(
        0,
        "target_id",
        [f"{function}-{year}-{area or 'provincie'}" for function, year, area, _, _ in rows],
    )
    return frame.sort_values("target_id", ignore_index=True)


def ceilings_frame(rows: list[tuple[str, str, str | None, int, float]]) -> pd.DataFrame:
    """Ceilings from (scope, area, function, year, ha)."""
    frame = pd.DataFrame(rows, columns=["scope", "area", "function", "year", "ha"])
    frame["function"] = frame["function"].astype("string")
    frame.insert(0, "ceiling_id", [f"C{at}" for at in range(len(rows))])
    return frame


def make_problem(**changes: Any) -> ReservationProblem:
    """Four sites in two parks, two functions, two years; every pair 2 ha from 2030; see the fields."""
    base = ReservationProblem(
        sites=sites_frame(4, ["PA", "PA", "PB", "PB"]),
        functions=("F01", "F02"),
        years=YEARS,
        site=np.repeat(np.arange(4), 2),
        function=np.tile(np.arange(2), 4),
        capacity=np.full((8, 2), 2.0),
        certain=np.ones(8, dtype=bool),
        suitability=np.array([0.9, 0.5, 0.8, 0.4, 0.3, 0.7, 0.2, 0.6]),
        people=np.array([10.0, 0.0, 20.0, 5.0, 0.0, 30.0, 40.0, 0.0]),
        conflict=np.zeros(8),
        targets=targets_frame(
            [("F01", 2030, None, 2.0, 1.0), ("F01", 2050, None, 4.0, 1.0), ("F02", 2050, None, 2.0, 1.0)]
        ),
        min_cluster=np.zeros(2),
        persons_per_dwelling=2.0,
    )
    return replace(base, **changes)


@pytest.fixture
def problem() -> Callable[..., ReservationProblem]:
    """Give a function that makes the small problem, with fields changed."""
    return make_problem


@pytest.fixture
def exact() -> Callable[..., ReservationParameters]:
    """Give parameters without tolerance, gap or clock, with fields changed."""

    def build(**changes: Any) -> ReservationParameters:
        return ReservationParameters(**{"tolerance": 0.0, "gap": 0.0, "seconds": None, **changes})

    return build


def make_random(seed: int) -> ReservationProblem:
    """Make a random problem with few enough plans to list; hectares and weights lie on a coarse grid."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 11))
    functions = tuple(f"F{at:02d}" for at in range(int(rng.integers(1, 4))))
    years = YEARS[: int(rng.integers(1, 3))]
    park = sorted(rng.choice(PARKS, count).tolist())
    site, function, states = [], [], 1
    for at in range(count):
        wanted = [f for f in range(len(functions)) if rng.random() < 0.7]
        while wanted and states * (1 + len(wanted) * len(years)) > 6_000:
            wanted.pop()
        states *= 1 + len(wanted) * len(years)
        site += [at] * len(wanted)
        function += wanted
    pairs = len(site)
    capacity = np.round(rng.uniform(0.5, 4, (pairs, 1)) * np.ones((1, len(years))), 1)
    if len(years) > 1:
        capacity[rng.random(pairs) < 0.25, 0] = 0.0
        capacity[:, 0] = np.minimum(
            capacity[:, 0], np.round(capacity[:, 1] * rng.choice([1.0, 0.5], pairs), 1)
        )
    demand = [
        (
            name,
            year,
            area,
            float(np.round(rng.uniform(0.5, 5) * (1.5 if at else 1.0), 1)),
            float(rng.choice([0.5, 1, 2])),
        )
        for name in functions
        for at, year in enumerate(years)
        for area in (None, *AREAS)
        if rng.random() < (0.9 if area is None else 0.3)
    ] or [(functions[0], years[-1], None, 2.0, 1.0)]
    return ReservationProblem(
        sites=sites_frame(count, park),
        functions=functions,
        years=years,
        site=np.array(site, dtype=np.int64),
        function=np.array(function, dtype=np.int64),
        capacity=capacity,
        certain=np.ones(pairs, dtype=bool),
        suitability=np.round(rng.random(pairs), 1),
        people=np.round(rng.gamma(1, 40, pairs)) * (rng.random(pairs) < 0.7),
        conflict=np.round(rng.gamma(1, 20, pairs)) * (rng.random(pairs) < 0.2),
        targets=targets_frame(demand),
        persons_per_dwelling=2.0,
        **_random_rules(rng, count, functions, years, np.array(site, dtype=np.int64)),
    )


def _random_rules(
    rng: np.random.Generator, count: int, functions: tuple[str, ...], years: tuple[int, ...], site: np.ndarray
) -> dict[str, Any]:
    """Each rule is there in part of the cases."""
    pairs = len(site)
    rules: dict[str, Any] = {"min_cluster": np.zeros(len(functions))}
    if rng.random() < 0.4:
        rules["min_cluster"] = np.round(rng.uniform(0, 4, len(functions)), 1)
    if rng.random() < 0.5 and count > 1:
        edges = [(u, v) for u in range(count) for v in range(u + 1, count) if rng.random() < 0.4]
        rules["neighbours"] = np.array(edges, dtype=np.int64).reshape(-1, 2)
        rules["noisy"], rules["quiet"] = (0,), tuple(range(1, len(functions)))
    if rng.random() < 0.4:
        rows: list[tuple[str, str, str | None, int, float]] = []
        for scope, areas in (("municipality", MUNICIPALITIES), ("sub_area", AREAS), ("park", PARKS)):
            name = None if rng.random() < 0.6 else str(rng.choice(functions))
            rows.append(
                (
                    scope,
                    str(rng.choice(areas)),
                    name,
                    int(rng.choice(years)),
                    float(np.round(rng.uniform(1, 6), 1)),
                )
            )
        rules["ceilings"] = ceilings_frame(rows)
    if rng.random() < 0.3 and pairs:
        locked = rng.choice(pairs, size=min(pairs, int(rng.integers(1, 3))), replace=False)
        rules["locked_in"] = np.array(
            [(pair, rng.integers(len(years))) for pair in sorted(locked)], dtype=np.int64
        )
    if rng.random() < 0.4 and pairs:
        rules["plans"] = pd.DataFrame(
            {"plan_id": ["H1", "H2", "H3"], "dwellings": [10.0, 20.0, 30.0], "price": [0.5, 1.5, np.inf]}
        )
        rules["plan_pairs"] = np.array(
            [(plan, pair) for plan in range(3) for pair in range(pairs) if rng.random() < 0.2], dtype=np.int64
        ).reshape(-1, 2)
    if rng.random() < 0.4 and pairs:
        rules["keep"] = pd.DataFrame(
            {
                "keep_id": ["heavy", "quay"],
                "group": ["heavy", "quay"],
                "ha": np.round(rng.uniform(0, 6, 2), 1),
            }
        )
        rules["keep_pairs"] = np.array(
            [(keep, pair) for keep in range(2) for pair in range(pairs) if rng.random() < 0.4], dtype=np.int64
        ).reshape(-1, 2)
    return rules


@pytest.fixture
def random_problem() -> Callable[[int], ReservationProblem]:
    """Give a function from a seed to a random problem."""
    return make_random


def list_plans(problem: ReservationProblem) -> np.ndarray:
    """List every choice of at most one function and start per site, rules or not: plans by pairs."""
    choices: list[list[tuple[int, int]]] = []
    for at in range(len(problem.sites)):
        own = [(NOT_CHOSEN, NOT_CHOSEN)]
        own += [
            (int(pair), year)
            for pair in np.flatnonzero(problem.site == at)
            for year in range(len(problem.years))
            if problem.capacity[pair, year] > 0
        ]
        choices.append(own)
    which = np.indices([len(own) for own in choices]).reshape(len(choices), -1)
    starts = np.full((which.shape[1], problem.pairs), NOT_CHOSEN, dtype=np.int64)
    for own, picked in zip(choices, which, strict=True):
        for place, (pair, year) in enumerate(own):
            if pair != NOT_CHOSEN:
                starts[picked == place, pair] = year
    return starts


def records(frame: pd.DataFrame) -> list[Any]:
    """Rows as objects with the columns as attributes."""
    return list(frame.itertuples())


class Listed:
    """Every plan of a problem with what it reaches, written apart from the model: loops over sentences."""

    def __init__(self, problem: ReservationProblem) -> None:
        self.problem = problem
        self.starts = list_plans(problem)
        self.chosen = self.starts != NOT_CHOSEN
        self.allowed = self._allowed()
        self.values = {
            "shortage": self._shortage(),
            "people": self.chosen @ (problem.people + problem.persons_per_dwelling * problem.conflict),
            "suitability": self._suitability(),
            "compactness": self._compactness(),
        }

    def hectares(self, year: int, pairs: np.ndarray) -> np.ndarray:
        """Hectares of some pairs that stand by a year, per plan."""
        stands = self.chosen & (self.starts <= year)
        return np.asarray(stands[:, pairs] @ self.problem.capacity[pairs, year])

    def _pairs(self, function: Any, area_column: str | None = None, area: object = None) -> np.ndarray:
        problem = self.problem
        keep = np.ones(problem.pairs, dtype=bool)
        if not pd.isna(function):
            keep &= np.array([problem.functions[f] == function for f in problem.function], dtype=bool)
        if area_column is not None:
            keep &= np.array([problem.sites[area_column].iloc[s] == area for s in problem.site], dtype=bool)
        return np.flatnonzero(keep)

    def _shortage(self) -> np.ndarray:
        total = np.zeros(len(self.starts))
        for row in records(self.problem.targets):
            column = None if pd.isna(row.sub_area) else "sub_area"
            got = self.hectares(
                self.problem.years.index(row.year), self._pairs(row.function, column, row.sub_area)
            )
            total += row.weight * np.maximum(0, row.ha - got)
        for at in range(len(self.problem.plans)):
            price = float(self.problem.plans["price"].iloc[at])
            if np.isfinite(price):
                total += price * self._gives_way(at)
        return total

    def _gives_way(self, plan: int) -> np.ndarray:
        members = [pair for at, pair in self.problem.plan_pairs if at == plan]
        return np.asarray(self.chosen[:, members].any(axis=1))

    def _suitability(self) -> np.ndarray:
        problem, total = self.problem, np.zeros(len(self.starts))
        for year in range(len(problem.years)):
            stands = self.chosen & (self.starts <= year)
            total += stands @ ((1 - problem.suitability) * problem.capacity[:, year]) / len(problem.years)
        return total

    def _compactness(self) -> np.ndarray:
        park = self.problem.sites["park_id"].to_numpy()[self.problem.site]
        total = np.zeros(len(self.starts))
        for name in np.unique(park):
            for function in range(len(self.problem.functions)):
                members = np.flatnonzero((park == name) & (self.problem.function == function))
                total += self.chosen[:, members].any(axis=1)
        return total

    def _allowed(self) -> np.ndarray:
        problem = self.problem
        fine = np.ones(len(self.starts), dtype=bool)
        for row in records(problem.ceilings):
            column = {"municipality": "municipality_code", "sub_area": "sub_area", "park": "park_id"}[
                row.scope
            ]
            pairs = self._pairs(row.function, column, row.area)
            fine &= self.hectares(problem.years.index(row.year), pairs) <= row.ha + 1e-9
        for pair, year in problem.locked_in:
            fine &= self.chosen[:, pair] & (self.starts[:, pair] <= year)
        noisy = np.isin(problem.function, problem.noisy)
        quiet = np.isin(problem.function, problem.quiet)
        for u, v in problem.neighbours:
            for first, second in ((u, v), (v, u)):
                loud = self.chosen[:, noisy & (problem.site == first)].any(axis=1)
                fine &= ~(loud & self.chosen[:, quiet & (problem.site == second)].any(axis=1))
        park = problem.sites["park_id"].to_numpy()[problem.site]
        for name in np.unique(park):
            for function in range(len(problem.functions)):
                members = np.flatnonzero((park == name) & (problem.function == function))
                total = self.chosen[:, members] @ problem.capacity[members, -1]
                fine &= (total >= problem.min_cluster[function] - 1e-9) | ~self.chosen[:, members].any(axis=1)
        for at in range(len(problem.plans)):
            if not np.isfinite(problem.plans["price"].iloc[at]):
                fine &= ~self._gives_way(at)
        for at in range(len(problem.keep)):
            kept = [pair for keep, pair in problem.keep_pairs if keep == at]
            fine &= self.chosen[:, kept] @ problem.capacity[kept, -1] <= problem.keep["ha"].iloc[at] + 1e-9
        return fine

    def best(self, aims: tuple[str, ...] = ALL_AIMS) -> list[float] | None:
        """The best value per aim, one after the other; None when no plan keeps the rules."""
        left = self.allowed
        reached = []
        for aim in aims:
            if not left.any():
                return None
            best = float(self.values[aim][left].min())
            left = left & (self.values[aim] <= best + 1e-7)
            reached.append(best)
        return reached


@pytest.fixture
def listed() -> Callable[[ReservationProblem], Listed]:
    """Give a function that lists every plan of a problem."""
    return Listed
