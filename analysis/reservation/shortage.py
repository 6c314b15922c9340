"""How many hectares run short, per function and per year, counted once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem


def short_by_function(problem: ReservationProblem, shortage: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the hectares short per function in its worst year, ``(functions,)``.

    Of what is asked in sub-areas and in the whole province the largest of the two counts.
    """
    table = problem.targets.assign(short=shortage, inside=problem.targets["sub_area"].notna())
    per_year = table.groupby(["function", "year", "inside"], sort=True)["short"].sum()
    worst = per_year.groupby(level="function").max()
    return np.array([float(worst.get(name, 0.0)) for name in problem.functions])


def worst_year(problem: ReservationProblem, shortage: NDArray[np.float64]) -> int:
    """Give the year in which most hectares run short; the first of equals."""
    per_year = [short_in_year(problem, shortage, year) for year in problem.years]
    return problem.years[int(np.argmax(per_year))]


def short_in_year(problem: ReservationProblem, shortage: NDArray[np.float64], year: int) -> float:
    """Give the hectares short in a year over all functions, counted as in `short_by_function`."""
    table = problem.targets.assign(short=shortage, inside=problem.targets["sub_area"].notna())
    table = table[table["year"] == year]
    per_kind = table.groupby(["function", "inside"])["short"].sum()
    return float(per_kind.groupby(level="function").max().sum())
