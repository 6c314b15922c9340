"""The indicative usable category of plots and parks, measured from their boundary to sensitive objects.

Distances run from the boundary of the plot or park to the object as given. Every answer exists with and
without the objects inside the subject's own park, because otherwise one old house decides a whole park.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.objects import READINGS, SURROUNDINGS, Objects, assumed
from gis.points import MILLIMETRE
from gis.proximity import Targets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem

NO_OBJECT = -1


@dataclass(frozen=True, slots=True)
class Distances:
    """Nearest objects of each subject, per surroundings (quiet, mixed, unknown).

    Attributes
    ----------
    with_inside, without_inside
        Reading (``"low"`` counts all objects, ``"high"`` the certain ones) to metres ``(n, 3)``; infinite
        where there is none within the largest guide distance.
    nearest
        Position of the nearest object in the low reading with inside objects, ``(n, 3)``, -1 for none.
    inside_pairs
        Subject, object and metres of objects inside parks, within the largest guide distance, own
        company dwelling left out.
    """

    with_inside: dict[str, NDArray[np.float64]]
    without_inside: dict[str, NDArray[np.float64]]
    nearest: NDArray[np.int64]
    inside_pairs: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def measure(
    subjects: NDArray[Any],
    park: NDArray[np.int64],
    plot: NDArray[np.int64],
    objects: Objects,
    limit: float,
) -> Distances:
    """Measure from each subject to the nearest sensitive objects.

    Parameters
    ----------
    subjects
        Polygons in EPSG:28992.
    park
        Position of the park that each subject is or lies in, -1 for none.
    plot
        Position of the plot that each subject is, -1 for a park.
    objects
        As `analysis.objects.prepare_objects` gives.
    limit
        Largest guide distance, metres.
    """
    shape = (len(subjects), len(SURROUNDINGS))
    outside = {reading: np.full(shape, np.inf) for reading in READINGS}
    nearest = np.full(shape, NO_OBJECT, dtype=np.int64)
    for number in range(len(SURROUNDINGS)):
        for certain in (True, False):
            rows = np.flatnonzero(
                (objects.surroundings == number) & (objects.certain == certain) & (objects.park < 0)
            )
            if len(rows):
                found, gap = Targets(objects.geometry[rows]).nearest(subjects, limit=limit)
                _take_nearer(outside["low"], nearest, number, rows[found], gap)
                if certain:
                    outside["high"][:, number] = np.minimum(outside["high"][:, number], gap)
    pairs = _pairs_inside(subjects, plot, objects, limit)
    with_inside = {reading: outside[reading].copy() for reading in READINGS}
    query, target, gap = pairs
    other_park = objects.park[target] != park[query]
    _lower(outside, objects, query[other_park], target[other_park], gap[other_park], park, plot)
    _lower(with_inside, objects, query, target, gap, park, plot)
    for number in range(len(SURROUNDINGS)):
        at = objects.surroundings[target] == number
        order = np.lexsort((target[at], -np.rint(gap[at] / MILLIMETRE)))
        candidate = np.full(len(subjects), NO_OBJECT, dtype=np.int64)
        reach = np.full(len(subjects), np.inf)
        # written from far to near, so that the nearest stays
        candidate[query[at][order]] = target[at][order]
        reach[query[at][order]] = gap[at][order]
        found_low = with_inside["low"][:, number]
        taken = (candidate >= 0) & (reach <= found_low + MILLIMETRE / 2)
        nearest[taken, number] = candidate[taken]
    return Distances(with_inside, outside, nearest, pairs)


def _millimetres(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to whole millimetres, infinity to more than any distance, so that ties can be told."""
    return np.rint(np.where(np.isinf(metres), 9e9, metres) / MILLIMETRE)


def _take_nearer(
    distance: NDArray[np.float64],
    nearest: NDArray[np.int64],
    column: int,
    target: NDArray[np.int64],
    gap: NDArray[np.float64],
) -> None:
    old, new = _millimetres(distance[:, column]), _millimetres(gap)
    nearer = np.isfinite(gap) & ((new < old) | ((new == old) & (target < nearest[:, column])))
    nearest[nearer, column] = target[nearer]
    distance[:, column] = np.minimum(distance[:, column], gap)


def _pairs_inside(
    subjects: NDArray[Any], plot: NDArray[np.int64], objects: Objects, limit: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    rows = np.flatnonzero(objects.park >= 0)
    pairs = Targets(objects.geometry[rows]).pairs_within(subjects, limit)
    target = rows[pairs.target]
    own = (
        objects.company_home[target]
        & (objects.plot[target] >= 0)
        & (objects.plot[target] == plot[pairs.query])
    )
    return pairs.query[~own], target[~own], pairs.distance[~own]


def _lower(
    distance: dict[str, NDArray[np.float64]],
    objects: Objects,
    query: NDArray[np.int64],
    target: NDArray[np.int64],
    gap: NDArray[np.float64],
    park: NDArray[np.int64],
    plot: NDArray[np.int64],
) -> None:
    """Bring distances down to those of the given pairs."""
    column = objects.surroundings[target]
    np.minimum.at(distance["low"], (query, column), gap)
    certain = objects.certain[target]
    # for a park as a whole, the dwelling of a firm in it is protected against the others only
    of_own_park = objects.company_home[target] & (objects.park[target] == park[query]) & (plot[query] < 0)
    sure = certain & ~of_own_park
    np.minimum.at(distance["high"], (query[sure], column[sure]), gap[sure])


def usable_rank(
    distance: dict[str, NDArray[np.float64]], system: CategorySystem
) -> dict[str, NDArray[np.int64]]:
    """Give the highest rank that fits all distances, per reading, ``(n,)``."""
    result = {}
    for reading in READINGS:
        columns = [
            system.allowed(distance[reading][:, number], assumed(number, reading))
            for number in range(len(SURROUNDINGS))
        ]
        result[reading] = np.min(np.column_stack(columns), axis=1)
    return result


@dataclass(frozen=True, slots=True)
class Binding:
    """The object that leaves the least margin against a category.

    Attributes
    ----------
    target
        Position of the object, -1 for none within the largest guide distance.
    distance, required, margin
        Metres; margin is rounded to the given step, negative when short.
    """

    target: NDArray[np.int64]
    distance: NDArray[np.float64]
    required: NDArray[np.float64]
    margin: NDArray[np.float64]


def binding(measured: Distances, rank: NDArray[np.int64], system: CategorySystem, *, step: float) -> Binding:
    """Find per subject the object with the least margin for `rank` in the low reading."""
    count = len(rank)
    best = Binding(
        np.full(count, NO_OBJECT, dtype=np.int64),
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, np.nan),
    )
    least = np.full(count, np.inf)
    for number in range(len(SURROUNDINGS)):
        target = measured.nearest[:, number]
        distance = measured.with_inside["low"][:, number]
        required = system.required(rank, assumed(number, "low"))
        margin = np.where(target >= 0, distance - required, np.inf)
        order, lowest = _millimetres(margin), _millimetres(least)
        better = (target >= 0) & ((order < lowest) | ((order == lowest) & (target < best.target)))
        least[better] = margin[better]
        best.target[better] = target[better]
        best.distance[better] = distance[better]
        best.required[better] = required[better]
        # adding zero turns a negative zero into a plain one
        best.margin[better] = np.rint(margin[better] / step) * step + 0.0
    return best


def count_within(
    subjects: NDArray[Any],
    measured: Distances,
    objects: Objects,
    rank: dict[str, NDArray[np.int64]],
    system: CategorySystem,
) -> dict[str, NDArray[np.float64]]:
    """Count the objects (by weight) within the guide distance of a category.

    Parameters
    ----------
    rank
        ``"low"``: ranks of the wide reading, so that the count is a lower bound (certain objects, unknown
        surroundings mixed); ``"high"``: ranks of the strict reading (all objects, unknown ones quiet).
    """
    strictness = {"low": "high", "high": "low"}
    query, target, gap = measured.inside_pairs
    result = {}
    for name in ("low", "high"):
        reading = strictness[name]
        total = np.zeros(len(subjects))
        for number in range(len(SURROUNDINGS)):
            # to the millimetre, as categories are
            reach = np.nan_to_num(system.required(rank[name], assumed(number, reading)), nan=-1.0)
            reach = reach + MILLIMETRE / 2
            chosen = objects.surroundings == number
            if name == "low":
                chosen &= objects.certain
            rows = np.flatnonzero(chosen & (objects.park < 0))
            known = np.flatnonzero(reach >= 0)
            if len(rows) and len(known):
                targets = Targets(objects.geometry[rows])
                total[known] += targets.sum_within(subjects[known], reach[known], objects.weight[rows])
            inside = chosen[target] & (gap <= reach[query])
            total += np.bincount(
                query[inside], weights=objects.weight[target[inside]], minlength=len(subjects)
            )
        result[name] = total
    return result


def sight_lines(subjects: NDArray[Any], objects: Objects, found: Binding) -> NDArray[Any]:
    """Draw the shortest line from each subject to its binding object, None where there is none."""
    lines = np.full(len(subjects), None, dtype=object)
    rows = np.flatnonzero(found.target >= 0)
    lines[rows] = shapely.shortest_line(subjects[rows], objects.geometry[found.target[rows]])
    return lines
