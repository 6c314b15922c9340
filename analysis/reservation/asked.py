"""What functions ask of a site, how it may be asked less strictly, and how the answer to a rule is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.reservation.sites import Sites


@dataclass(frozen=True)
class Easing:
    """What is asked less strictly, for the ways out of a plan that does not fit.

    Attributes
    ----------
    permitted_steps
        By how many categories the plan may be raised.
    lighter_steps
        How many categories lighter a function may be taken for its distance to homes.
    mixed
        Whether all surroundings are taken as mixed.
    without_inside
        Whether objects inside the own park are left out.
    area_share
        Smallest plot as a share of the usual one.
    no_water
        Whether a place at water may be missing.
    """

    permitted_steps: int = 0
    lighter_steps: int = 0
    mixed: bool = False
    without_inside: bool = False
    area_share: float = 1.0
    no_water: bool = False


@dataclass(frozen=True)
class Record:
    """One rule for every site and function.

    Attributes
    ----------
    rule_id
        Of the rule file.
    fails, doubtful
        Fails in the wide reading; fails in the strict reading only, ``(sites, functions)``.
    value, required
        What there is and what is asked, in the unit of the rule, in the reading that decides.
    margin
        How far above (or, negative, below) what is asked; NaN where nothing can be measured.
    """

    rule_id: str
    fails: NDArray[np.bool_]
    doubtful: NDArray[np.bool_]
    value: NDArray[np.float64]
    required: NDArray[np.float64]
    margin: NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """What functions ask, as arrays in the order of the classes, ``c`` of them."""

    rank: NDArray[np.int64]
    distance: dict[str, NDArray[np.float64]]
    needs_water: NDArray[np.bool_]
    noise: NDArray[np.object_]
    minimum: NDArray[np.float64]

    def __len__(self) -> int:
        """Give the number of functions."""
        return len(self.rank)


def asked_of(classes: pd.DataFrame, sites: Sites, easing: Easing) -> Asked:
    """Read what functions ask out of the table of classes."""
    system = sites.system
    rank = np.array([system.rank(str(label)) for label in classes["category"]], dtype=np.int64)
    lighter = np.maximum(rank - easing.lighter_steps, 1)
    distance = {name: classes[f"distance_{name}_m"].to_numpy(dtype=np.float64) for name in ("quiet", "mixed")}
    if easing.lighter_steps:
        distance = {
            name: np.minimum(distance[name], system.distances(name)[lighter - 1]) for name in distance
        }
    if easing.mixed:
        distance["quiet"] = distance["mixed"]
    return Asked(
        rank=rank,
        distance=distance,
        needs_water=classes["needs_water"].to_numpy(dtype=bool) & (not easing.no_water),
        noise=classes["large_noise_maker"].to_numpy(dtype=object),
        minimum=classes["minimum_ha"].to_numpy(dtype=np.float64) * easing.area_share,
    )


def whole(sites: Sites, asked: Asked, values: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Spread a value per site (or one for all) over all functions."""
    column = np.broadcast_to(np.asarray(values, dtype=np.float64).reshape(-1, 1), (len(sites), 1))
    return np.broadcast_to(column, (len(sites), len(asked)))


def record(
    rule: str,
    fails: NDArray[np.bool_],
    doubtful: NDArray[np.bool_],
    value: NDArray[np.float64],
    required: NDArray[np.float64],
    *,
    at_most: bool = False,
) -> Record:
    """Make a record whose margin is what there is above what is asked (or below, when it is a maximum)."""
    shape = np.broadcast_shapes(fails.shape, doubtful.shape, value.shape, required.shape)
    fails, doubtful = np.broadcast_to(fails, shape), np.broadcast_to(doubtful, shape)
    value, required = np.broadcast_to(value, shape), np.broadcast_to(required, shape)
    margin = required - value if at_most else value - required
    return Record(rule, fails, doubtful & ~fails, value, required, margin)
