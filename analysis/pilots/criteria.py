"""The criteria of the development company, the measures behind them and what each value is worth: data.

Urgency, area, potential and societal value are the criteria; each rests on measures, and each measure has a
value function that runs in straight lines between stated points, from 0 (speaks against) to 1 (speaks for).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.data_files import DataFile, Field, read_data_file
from analysis.space.quantities import STATUSES
from layers.results_pilots import CRITERIA

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CRITERION_IDS: Final = tuple(name for name, _, _ in CRITERIA)
MEASURES: Final = (
    "outdated_share",
    "housing_loss_ha",
    "outdated_ha",
    "lasting_ha",
    "intensification_ha",
    "underuse_share",
    "free_ha",
    "released_ha",
    "plots_per_ha",
    "public_share",
    "grid_years",
    "jobs",
    "neighbours",
    "circular_steps",
)
"""What can be measured; a file may leave measures out."""
FEATURES: Final = (
    "area_ha",
    "category_rank",
    "water_rank",
    "heavy_share",
    "outdated_share",
    "underuse_share",
    "plots_per_ha",
    "main_road_km",
    "grid_years",
)
FIGURES: Final = (
    "least_assessed",
    "least_firms",
    "most_transformed",
    "intensification_year",
    "lookalikes",
    "least_features",
    "alike_distance",
)

_CRITERION_FIELDS: Final = (
    Field("criterion", allowed=CRITERION_IDS),
    Field("name_nl"),
    Field("name_en"),
    Field("weight", "number", minimum=0),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_MEASURE_FIELDS: Final = (
    Field("measure_id", allowed=MEASURES),
    Field("criterion", allowed=CRITERION_IDS),
    Field("name_nl"),
    Field("name_en"),
    Field("unit"),
    Field("points"),
    Field("weight", "number", minimum=0),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_FEATURE_FIELDS: Final = (
    Field("feature", allowed=FEATURES),
    Field("name_nl"),
    Field("name_en"),
    Field("weight", "number", minimum=0),
    Field("unit"),
    Field("alike_within", "number", minimum=0),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion of the development company with its weight."""

    criterion: str
    name_nl: str
    name_en: str
    weight: float
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure with its value function.

    Attributes
    ----------
    points
        Pairs of measured figure and value, ascending by figure.
    weight
        Within its criterion.
    """

    measure_id: str
    criterion: str
    name_nl: str
    name_en: str
    unit: str
    points: tuple[tuple[float, float], ...]
    weight: float
    status: str
    source: str

    def value(self, figures: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the value in [0, 1] of measured figures, NaN where not assessed."""
        at, worth = zip(*self.points, strict=True)
        return np.where(np.isnan(figures), np.nan, np.interp(figures, at, worth))


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature by which parks are compared; `alike_within` is in its own unit."""

    feature: str
    name_nl: str
    name_en: str
    weight: float
    unit: str
    alike_within: float
    status: str
    source: str


def load_criteria(path: Path | None = None) -> dict[str, Criterion]:
    """Read the criteria and their weights, in the order of the development company.

    Raises
    ------
    InputError
        With every problem of the file: weights that are negative or all zero, a criterion that is lacking.
    """
    file = read_data_file("pilot_criteria", path, _CRITERION_FIELDS, ("criterion",))
    _some_weight(file)
    file.stop()
    rows = {str(row["criterion"]): row for row in file.table.to_dict("records")}
    return {
        name: Criterion(**{str(key): value for key, value in rows[name].items()})
        for name in CRITERION_IDS
        if name in rows
    }


def load_measures(path: Path | None = None) -> tuple[Measure, ...]:
    """Read the measures, sorted by criterion and by their place in the file.

    Raises
    ------
    InputError
        With every problem of the file: points that are no numbers, do not ascend or leave 0 to 1.
    """
    file = read_data_file("pilot_measures", path, _MEASURE_FIELDS, ("measure_id",))
    read = [_points(text) for text in file.texts("points")]
    wrong = np.array([points is None for points in read], dtype=bool)
    repair = 'Write figures that ascend with values from 0 to 1, such as "0:0; 5:1".'
    file.report("the value function cannot be read", repair, "points", wrong)
    _some_weight(file)
    file.stop()
    rows = []
    for row, points in zip(file.table.to_dict("records"), read, strict=True):
        values = {str(key): value for key, value in row.items()}
        rows.append(Measure(**{**values, "points": points or ()}))
    return tuple(sorted(rows, key=lambda measure: CRITERION_IDS.index(measure.criterion)))


def _some_weight(file: DataFile) -> None:
    weights = file.numbers("weight")
    if len(weights):
        every = np.full(len(weights), bool((weights <= 0).all()))
        file.report("all weights are zero", "Give at least one row a weight.", "weight", every)


def _points(text: str) -> tuple[tuple[float, float], ...] | None:
    """Read the points of a value function; None when they are wrong."""
    try:
        pairs = [tuple(float(part) for part in item.split(":")) for item in text.split(";")]
    except ValueError:
        return None
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004
        return None
    at, worth = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    sound = np.isfinite(at).all() and (np.diff(at) > 0).all() and ((worth >= 0) & (worth <= 1)).all()
    return tuple((float(one), float(two)) for one, two in pairs) if sound else None


def load_features(path: Path | None = None) -> tuple[Feature, ...]:
    """Read the features by which parks are compared, in the order of the file.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("pilot_features", path, _FEATURE_FIELDS, ("feature",))
    _some_weight(file)
    file.stop()
    return tuple(
        Feature(**{str(key): value for key, value in row.items()}) for row in file.table.to_dict("records")
    )
