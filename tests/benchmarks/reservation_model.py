"""The made-up province of the shared generator as a model in start-period form, built by blocks of numpy.

The reference (`build` in the shared file) has a column per plot, function and year with rows that keep what is
reserved; here a column says from which year on a plot is reserved. Objectives are the same number, which
`reference_objective` asserts.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy.sparse import coo_array, csr_array

from analysis.solving.model import Model

if TYPE_CHECKING:
    from types import ModuleType

    from numpy.typing import NDArray

Compact = Literal["none", "pair", "open"]
GENERATOR: Final = Path(__file__).resolve().parents[2].parent / "shared" / "tools" / "reservation_instance.py"
BONUS: Final = 8.0
PENALTY: Final = 400.0
OPENING: Final = 60.0
FIRST_YEAR: Final = 0.4
"""What the generator's reference charges, per pair, hectare short, park opened, and in the first of two years."""


def generator() -> ModuleType:
    """Load the shared generator from its own place."""
    spec = importlib.util.spec_from_file_location("reservation_instance", GENERATOR)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(GENERATOR)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def instance(plots: int, functions: int, seed: int, compact: Compact) -> dict[str, Any]:
    """Draw a province."""
    drawn: dict[str, Any] = generator().gen(nu=plots, nf=functions, seed=seed)
    return drawn | {"compact": compact}


@dataclass(frozen=True, slots=True)
class _Entries:
    """Matrix entries of one kind of rows, with their sides."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of each kind stand: start ``t * pairs + pair``, then the others in this order."""

    plot: NDArray[np.int64]
    function: NDArray[np.int64]
    years: int
    regional: NDArray[np.int64]
    bonuses: int
    opening: NDArray[np.int64]
    opened: NDArray[np.int64]

    @property
    def pairs(self) -> int:
        return len(self.plot)

    @property
    def starts(self) -> int:
        return self.pairs * self.years

    def last(self, pair: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give, per pair, which entries and columns say that it is reserved in the last year."""
        entry = np.repeat(np.arange(len(pair)), self.years)
        column = (pair[:, None] + self.pairs * np.arange(self.years)).ravel()
        return entry, column


def start_period_model(drawn: dict[str, Any]) -> Model:
    """Build the model of a drawn province."""
    at = _columns(drawn)
    first_regional = at.starts + drawn["nf"] * at.years
    first_bonus = first_regional + len(at.regional)
    first_opening = first_bonus + at.bonuses
    n = first_opening + len(at.opening)
    blocks = [_one_each(at), _demand(drawn, at), _regional(drawn, at, first_regional), _conflicts(drawn, at)]
    if at.bonuses:
        blocks.append(_together(drawn, at, first_bonus))
    if len(at.opening):
        blocks.append(_opened(at, first_opening))
    integer = np.zeros(n, dtype=bool)
    integer[: at.starts] = True
    integer[first_opening:] = True
    high = np.ones(n)
    high[at.starts : first_bonus] = np.inf
    return Model(
        cost=_cost(drawn, at, n, first_bonus, first_opening),
        matrix=_stacked(blocks, n),
        row_low=np.concatenate([block.low for block in blocks]),
        row_high=np.concatenate([block.high for block in blocks]),
        low=np.zeros(n),
        high=high,
        integer=integer,
    )


def _columns(drawn: dict[str, Any]) -> _Columns:
    plot, function = np.nonzero(drawn["elig"])
    regional = np.array(list(drawn["reg"]), dtype=np.int64).reshape(-1, 2)
    opening, opened = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if drawn["compact"] == "open":
        opening, opened = np.unique(drawn["park"][plot] * drawn["nf"] + function, return_inverse=True)
    bonuses = len(drawn["pairs"]) if drawn["compact"] == "pair" else 0
    return _Columns(plot, function, drawn["nt"], regional, bonuses, opening, opened)


def _cost(drawn: dict[str, Any], at: _Columns, n: int, first_bonus: int, first_opening: int) -> NDArray[Any]:
    per_ha = drawn["cost"][at.plot, at.function] + (100 - drawn["suit"][at.plot, at.function])
    yearly = np.ones(at.years)
    yearly[0] = FIRST_YEAR
    # who starts in a year pays for that year and all later ones
    onwards = np.cumsum(yearly[::-1])[::-1]
    cost = np.full(n, PENALTY)
    cost[: at.starts] = (onwards[:, None] * per_ha * drawn["area"][at.plot]).ravel()
    cost[first_bonus:first_opening] = -BONUS
    cost[first_opening:] = OPENING
    return cost


def _one_each(at: _Columns) -> _Entries:
    plots, row = np.unique(np.tile(at.plot, at.years), return_inverse=True)
    sides = np.full(len(plots), -np.inf), np.ones(len(plots))
    return _Entries(row, np.arange(at.starts), np.ones(at.starts), *sides)


def _demand(drawn: dict[str, Any], at: _Columns) -> _Entries:
    functions, years = drawn["nf"], at.years
    pair = np.arange(at.pairs)
    rows, columns, values = [], [], []
    for start in range(years):
        for year in range(start, years):
            rows.append(at.function * years + year)
            columns.append(start * at.pairs + pair)
            values.append(drawn["area"][at.plot])
    rows.append(np.arange(functions * years))
    columns.append(at.starts + np.arange(functions * years))
    values.append(np.ones(functions * years))
    low = drawn["D"].ravel()
    return _Entries(
        np.concatenate(rows), np.concatenate(columns), np.concatenate(values), low, np.full(len(low), np.inf)
    )


def _regional(drawn: dict[str, Any], at: _Columns, first: int) -> _Entries:
    wanted = len(at.regional)
    number = np.full((drawn["nf"], drawn["nr"]), -1)
    number[at.regional[:, 0], at.regional[:, 1]] = np.arange(wanted)
    of_pair = number[at.function, drawn["region"][at.plot]]
    pair = np.flatnonzero(of_pair >= 0)
    entry, column = at.last(pair)
    return _Entries(
        np.concatenate([of_pair[pair][entry], np.arange(wanted)]),
        np.concatenate([column, first + np.arange(wanted)]),
        np.concatenate([drawn["area"][at.plot[pair]][entry], np.ones(wanted)]),
        np.array(list(drawn["reg"].values())),
        np.full(wanted, np.inf),
    )


def _conflicts(drawn: dict[str, Any], at: _Columns) -> _Entries:
    """Say that a plot with noise and a neighbour that needs quiet exclude each other, both ways."""
    edges = np.array(drawn["pairs"], dtype=np.int64).reshape(-1, 2)
    ways = np.concatenate([edges, edges[:, ::-1]], axis=1).reshape(-1, 2)
    number = np.full((drawn["nu"], drawn["nf"]), -1)
    number[at.plot, at.function] = np.arange(at.pairs)
    loud, quiet = number[ways[:, 0]][:, drawn["noisy"]], number[ways[:, 1]][:, drawn["quiet"]]
    real = (loud >= 0).any(axis=1) & (quiet >= 0).any(axis=1)
    both = np.concatenate([loud, quiet], axis=1)[real]
    row, _ = np.nonzero(both >= 0)
    entry, column = at.last(both[both >= 0])
    count = int(real.sum())
    return _Entries(row[entry], column, np.ones(len(column)), np.full(count, -np.inf), np.ones(count))


def _together(drawn: dict[str, Any], at: _Columns, first: int) -> _Entries:
    """Give a bonus only where both plots of a pair are reserved."""
    ends = np.array(drawn["pairs"], dtype=np.int64).reshape(-1)
    order = np.argsort(at.plot, kind="stable")
    begin = np.searchsorted(at.plot[order], ends)
    size = np.searchsorted(at.plot[order], ends, side="right") - begin
    end = np.repeat(np.arange(len(ends)), size)
    pair = order[np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())]
    entry, column = at.last(pair)
    bonus = first + np.arange(len(ends)) // 2
    return _Entries(
        np.concatenate([end[entry], np.arange(len(ends))]),
        np.concatenate([column, bonus]),
        np.concatenate([-np.ones(len(column)), np.ones(len(ends))]),
        np.full(len(ends), -np.inf),
        np.zeros(len(ends)),
    )


def _opened(at: _Columns, first: int) -> _Entries:
    """Ask that a park is opened for a function before a plot in it is reserved."""
    pair = np.arange(at.pairs)
    entry, column = at.last(pair)
    return _Entries(
        np.concatenate([entry, pair]),
        np.concatenate([column, first + at.opened]),
        np.concatenate([np.ones(len(column)), -np.ones(at.pairs)]),
        np.full(at.pairs, -np.inf),
        np.zeros(at.pairs),
    )


def _stacked(blocks: list[_Entries], n: int) -> csr_array:
    above = np.cumsum([0, *(len(block.low) for block in blocks)])
    row = np.concatenate([block.row + before for block, before in zip(blocks, above[:-1], strict=True)])
    column = np.concatenate([block.column for block in blocks])
    value = np.concatenate([block.value for block in blocks])
    matrix = csr_array(coo_array((value, (row, column)), shape=(int(above[-1]), n)))
    matrix.sort_indices()
    return matrix


def reference_objective(drawn: dict[str, Any], model: Model, values: NDArray[np.float64]) -> float:
    """Give the objective of a solution in the reference's own model, after asserting that it is allowed there."""
    reference = generator().build(drawn)
    pairs, years = reference["ne"], drawn["nt"]
    starts = values[: pairs * years].reshape(years, pairs)
    naive = np.concatenate([np.cumsum(starts, axis=0).ravel(), values[pairs * years :]])
    activity = reference["A"] @ naive
    assert (activity >= reference["lo"] - 1e-6).all(), "a row of the reference model is below its side"
    assert (activity <= reference["hi"] + 1e-6).all(), "a row of the reference model is above its side"
    assert (naive >= -1e-9).all()
    assert (naive <= reference["ub"] + 1e-9).all()
    assert (naive[reference["integ"] == 1] % 1 == 0).all(), "a whole number is not whole"
    objective = float(reference["c"] @ naive)
    np.testing.assert_allclose(objective, model.value(values), rtol=1e-9)
    return objective


def naive_model(drawn: dict[str, Any]) -> Model:
    """Give the reference's own model, for solvers to be compared on."""
    reference = generator().build(drawn)
    return Model(
        cost=reference["c"],
        matrix=csr_array(reference["A"]),
        row_low=reference["lo"],
        row_high=reference["hi"],
        low=np.zeros(reference["n"]),
        high=reference["ub"],
        integer=reference["integ"] == 1,
    )
