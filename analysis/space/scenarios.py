"""Scenarios as data: how population, circular processing and linear activity change with the years.

A scenario gives, for a few anchor years, factors relative to its first year; between anchors they change in
a straight line. Nothing is extended beyond the last anchor. All figures of one scenario move together in a
draw: a fast transition is fast for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.data_files import DataFile, Field, Range, range_fields, read_data_file
from analysis.space.quantities import Quantities, quantities_of
from gis.errors import InputError, Problem
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

FAMILIES = ("pbl", "wlo", "own")
DEFAULT_SCENARIO = "own"
GROUP = "scenario"
"""Correlation group of all figures of a scenario."""

START = {"population": 1.0, "growth": 1.0, "in_place_progress": 0.0, "shrink": 0.0, "processed": np.nan}
"""What each figure is in the first year; NaN where it may be anything."""
SHARES = ("processed", "in_place_progress", "shrink")
LABELS = {
    "population": ("Bevolking", "Population", "Hoe groeit de bevolking tot {year}?"),
    "growth": ("Groei van {subject}", "Growth of {subject}", "Hoe snel groeit {subject} tot {year}?"),
    "processed": (
        "Deel verwerkt in de regio, schaal {subject}",
        "Share processed in the region, scale {subject}",
        "Welk deel van de stromen op schaal {subject} wordt in {year} in de provincie zelf verwerkt?",
    ),
    "in_place_progress": (
        "Omschakeling ter plaatse",
        "Conversion in place",
        "Hoe ver zijn bestaande bedrijven in {year} omgeschakeld op hun eigen kavel?",
    ),
    "shrink": (
        "Krimp van sector {subject}",
        "Shrinkage of sector {subject}",
        "Hoeveel krimpt de lineaire sector {subject} tot {year}?",
    ),
}
STRATEGIES_NL = {
    "collect": "inzamelen",
    "reuse": "hergebruik en reparatie",
    "recycle_construction": "recycling van bouwstromen",
    "recycled_content": "gerecycled materiaal in nieuw product",
    "recycle_goods": "recycling van goederen",
    "organic": "verwerking van gft",
    "biobased": "biobased verwerking",
    "logistics": "logistiek en overslag",
}
SCALES_NL = {
    "local": "lokaal",
    "regional": "regionaal",
    "supraregional": "bovenregionaal",
    "national": "landelijk",
}

_SCENARIO_FIELDS = (
    Field("scenario_id"),
    Field("name_nl"),
    Field("name_en"),
    Field("family", allowed=FAMILIES),
    Field("description_nl"),
    Field("source"),
)
_FIGURE_FIELDS = (
    Field("scenario_id"),
    Field("figure", allowed=tuple(START)),
    Field("subject", filled=False),
    Field("year", "number", minimum=1900, maximum=2200),
    *range_fields(""),
    Field("unit"),
)


@dataclass(frozen=True, slots=True)
class Series:
    """One figure of a scenario by anchor year, ascending."""

    years: tuple[int, ...]
    values: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario.

    Attributes
    ----------
    scenario_id, name_nl, name_en, description_nl
        What it is called and what it stands for.
    series
        By figure and subject, sorted.
    """

    scenario_id: str
    name_nl: str
    name_en: str
    description_nl: str
    series: dict[tuple[str, str], Series]

    @property
    def first_year(self) -> int:
        """The year that factors are relative to."""
        return min(series.years[0] for series in self.series.values())

    def anchors(self, figure: str, subject: str = "") -> NDArray[np.int64]:
        """Give the years for which a figure is known, ascending."""
        return np.array(self.series[figure, subject].years, dtype=np.int64)

    def subjects(self, figure: str) -> list[str]:
        """Give what a figure is known for, such as the strategies that grow."""
        return sorted(subject for name, subject in self.series if name == figure)

    def check_years(self, years: Sequence[int]) -> None:
        """Refuse years that the scenario has no figures for.

        Raises
        ------
        InputError
        """
        last = min(series.years[-1] for series in self.series.values())
        outside = tuple(str(year) for year in years if not self.first_year <= year <= last)
        if outside or not years or list(years) != sorted(set(years)):
            message = f"the years must ascend and lie between {self.first_year} and {last}"
            repair = "Choose other years, or add figures for later years to the scenario."
            raise InputError(Problem(message, repair, field="years", rows=outside))

    def quantities(self, wanted: Iterable[tuple[str, str]]) -> Quantities:
        """Give the uncertain inputs of some figures, all anchor years, as one correlated group."""
        rows = []
        for figure, subject in sorted(set(wanted)):
            nl, en, question = LABELS[figure]
            shown = STRATEGIES_NL.get(subject, SCALES_NL.get(subject, subject))
            series = self.series[figure, subject]
            for year, value in zip(series.years, series.values, strict=True):
                row = value.quantity(
                    scenario_name(figure, subject, year),
                    f"{nl.format(subject=shown)}, {year}",
                    f"{en.format(subject=subject)}, {year}",
                    question.format(subject=shown, year=year),
                    GROUP,
                )
                rows.append(row)
        return quantities_of(rows)


@dataclass(frozen=True, slots=True)
class Scenarios:
    """All scenarios that can be chosen, by identifier, sorted."""

    by_id: dict[str, Scenario]

    def choose(self, scenario: str) -> Scenario:
        """Give one scenario.

        Raises
        ------
        InputError
            When there is none of that name.
        """
        if scenario not in self.by_id:
            message = f"the scenario {scenario!r} is not known"
            raise InputError(Problem(message, did_you_mean(scenario, self.by_id), field="scenario"))
        return self.by_id[scenario]


def scenario_name(figure: str, subject: str, year: int) -> str:
    """Name a quantity of the scenario, such as ``"scenario.growth.reuse.2035"``."""
    return f"scenario.{figure}.{subject}.{year}" if subject else f"scenario.{figure}.{year}"


def load_scenarios(scenarios: Path | None = None, figures: Path | None = None) -> Scenarios:
    """Read the scenarios.

    Parameters
    ----------
    scenarios, figures
        The user's own files instead of those that ship with the product.

    Raises
    ------
    InputError
        With every problem of both files.
    """
    rows = read_data_file("scenarios", scenarios, _SCENARIO_FIELDS, ("scenario_id",))
    numbers = read_data_file(
        "scenario_figures", figures, _FIGURE_FIELDS, ("scenario_id", "figure", "subject", "year")
    )
    numbers.check_order()
    numbers.check_known("scenario_id", rows.table["scenario_id"], "the scenario")
    _check_figures(numbers)
    if not rows.problems and not numbers.problems:
        _check_complete(rows, numbers)
    rows.problems += numbers.problems
    rows.stop()
    names = zip(
        *(rows.texts(item) for item in ("scenario_id", "name_nl", "name_en", "description_nl")), strict=True
    )
    return Scenarios(
        {
            scenario: Scenario(scenario, name_nl, name_en, description_nl, _series(numbers, scenario))
            for scenario, name_nl, name_en, description_nl in sorted(names)
        }
    )


def _series(numbers: DataFile, scenario: str) -> dict[tuple[str, str], Series]:
    found: dict[tuple[str, str], dict[int, Range]] = {}
    columns = (numbers.texts(name) for name in ("scenario_id", "figure", "subject"))
    for owner, figure, subject, year, value in zip(
        *columns, numbers.numbers("year").tolist(), numbers.ranges(), strict=True
    ):
        if owner == scenario:
            found.setdefault((figure, subject), {})[int(year)] = value
    return {
        key: Series(tuple(sorted(values)), tuple(values[year] for year in sorted(values)))
        for key, values in sorted(found.items())
    }


def _check_figures(numbers: DataFile) -> None:
    """Check shares, and that every figure starts at the value that leaves the first year as it is."""
    figures = numbers.texts("figure")
    shares = np.isin(figures, SHARES)
    numbers.report("a share lies above 1", "Give at most 1.", "high", shares & (numbers.numbers("high") > 1))
    start = np.array([START.get(figure, np.nan) for figure in figures], dtype=np.float64)
    first = (
        numbers.numbers("year") == numbers.table.groupby("scenario_id")["year"].transform("min").to_numpy()
    )
    moved = np.any([numbers.numbers(bound) != start for bound in ("low", "mid", "high")], axis=0)
    message = "a figure of the first year is not neutral"
    repair = "Give 1 for population and growth and 0 for shrink and in_place_progress in the first year."
    numbers.report(message, repair, "mid", first & ~np.isnan(start) & moved)


def _check_complete(rows: DataFile, numbers: DataFile) -> None:
    """Check that every scenario gives all figures for its first year and at least one later year."""
    by_scenario = {scenario: _series(numbers, scenario) for scenario in rows.texts("scenario_id")}
    everything = {key for series in by_scenario.values() for key in series}
    for scenario, series in by_scenario.items():
        first = min((found.years[0] for found in series.values()), default=0)
        complete = {key for key, found in series.items() if found.years[0] == first and len(found.years) > 1}
        missing = sorted(" ".join(key).strip() for key in everything - complete)
        if missing:
            message = f"the scenario has no complete series for {', '.join(missing)}"
            repair = "Give the first year and at least one later year."
            numbers.problems.append(Problem(message, repair, numbers.name, None, "figure", (scenario,)))


def straight_line(
    anchors: NDArray[np.int64], values: NDArray[np.float64], years: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Interpolate between anchor years, one line per draw; constant before the first and after the last.

    Parameters
    ----------
    anchors
        Ascending years, ``(a,)``.
    values
        ``(draws, a)``.
    years
        ``(years,)`` for all draws, or ``(draws, years)``; fractions of years are allowed.

    Returns
    -------
    ndarray
        ``(draws, years)``.
    """
    if years.ndim == 1:
        # the same years for all draws: whole columns at once
        moments = np.clip(years, anchors[0], anchors[-1])
        first = np.clip(np.searchsorted(anchors, moments, side="right") - 1, 0, len(anchors) - 2)
        way = (moments - anchors[first]) / (anchors[first + 1] - anchors[first])
        return np.asarray(values[:, first] * (1.0 - way) + values[:, first + 1] * way)
    at = np.clip(np.broadcast_to(years, (len(values), years.shape[-1])), anchors[0], anchors[-1])
    left = np.clip(np.searchsorted(anchors, at, side="right") - 1, 0, len(anchors) - 2)
    share = (at - anchors[left]) / (anchors[left + 1] - anchors[left])
    before = np.take_along_axis(values, left, axis=1)
    after = np.take_along_axis(values, left + 1, axis=1)
    return before * (1.0 - share) + after * share
