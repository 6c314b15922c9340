"""Environmental categories as ordered ranks with guide distances.

Source of the method: VNG, Bedrijven en milieuzonering (2009); figures with their status per cell in
``layers/data/environmental_categories.csv``. Guide distances are meant for new situations: what follows from
them is an indicative usable category, never "the" environmental space.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis.arrays import where_known
from layers.facts import read_facts
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

NOT_EVEN_ONE = 0
"""Rank below category 1: a sensitive object is nearer than the smallest guide distance."""


@dataclass(frozen=True, slots=True)
class CategorySystem:
    """The categories with their guide distances.

    Attributes
    ----------
    labels
        Labels by rank; rank 0 is ``"0"``, not even the lightest category.
    quiet, mixed
        Guide distance in metres per rank from 1 on, ``(10,)``.
    """

    labels: tuple[str, ...]
    quiet: NDArray[np.float64]
    mixed: NDArray[np.float64]

    @property
    def ranks(self) -> int:
        """Number of categories."""
        return len(self.labels) - 1

    def rank(self, label: str) -> int:
        """Give the rank of a category label."""
        return self.labels.index(label)

    def distances(self, surroundings: str) -> NDArray[np.float64]:
        """Give the guide distances for ``"quiet"`` or ``"mixed"`` surroundings, metres per rank."""
        return self.quiet if surroundings == "quiet" else self.mixed

    def allowed(self, distance: NDArray[np.float64], surroundings: str) -> NDArray[np.int64]:
        """Give the highest rank whose guide distance fits in `distance` (metres); 0 where none does.

        Distances are taken to the millimetre: two hundred metres must not fall short by rounding noise.
        """
        rounded = np.round(distance, 3)
        return np.searchsorted(self.distances(surroundings), rounded, side="right").astype(np.int64)

    def required(self, rank: NDArray[np.int64], surroundings: str) -> NDArray[np.float64]:
        """Give the guide distance of each rank in metres, NaN for a missing rank (below 1)."""
        table = np.concatenate(([np.nan], self.distances(surroundings)))
        return table[np.clip(rank, 0, self.ranks)]

    def interval(self, label: pd.Series[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Turn labels into rank intervals; a main category such as ``"4"`` spans its sub-categories.

        Returns
        -------
        low, high
            Ranks, 0 where the label is missing.
        """
        spans = {name: (rank, rank) for rank, name in enumerate(self.labels) if rank}
        for main in "123456":
            inside = [rank for rank, name in enumerate(self.labels) if rank and name.split(".")[0] == main]
            spans[main] = (min(inside), max(inside))
        missing = (NOT_EVEN_ONE, NOT_EVEN_ONE)
        pairs = [missing if pd.isna(value) else spans[str(value)] for value in label]
        array = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
        return array[:, 0], array[:, 1]

    def label(self, rank: NDArray[np.int64], known: NDArray[np.bool_]) -> pd.Series[str]:
        """Turn ranks into labels, missing where not `known`."""
        names = np.asarray(self.labels, dtype=object)[np.clip(rank, 0, self.ranks)]
        return pd.Series(where_known(known, names), dtype="string")


def load_categories() -> CategorySystem:
    """Read the VNG 2009 system from the fact tables."""
    table = read_facts("environmental_categories")
    if tuple(table["category"]) != CATEGORIES:
        raise ValueError("environmental_categories.csv does not list the categories in their order")
    quiet = table["distance_quiet_m"].to_numpy(dtype=np.float64)
    mixed = table["distance_mixed_m"].to_numpy(dtype=np.float64)
    return CategorySystem(("0", *CATEGORIES), quiet, mixed)


def step_down(distance: float, system: CategorySystem) -> float:
    """Give the guide distance one step lower, as applies in mixed surroundings to odour, dust and noise."""
    position = int(np.searchsorted(system.quiet, distance))
    return float(system.mixed[position]) if position < system.ranks else float(system.mixed[-1])


def required_distance(
    odour: float, dust: float, noise: float, danger: float, *, surroundings: str, system: CategorySystem
) -> float:
    """Give the distance that an activity asks, metres.

    In mixed surroundings every aspect goes one step down except danger (VNG 2009), so the category of an
    activity whose danger distance governs does not become lighter there.
    """
    if surroundings == "quiet":
        return max(odour, dust, noise, danger)
    return max(*(step_down(value, system) if value > 0 else 0.0 for value in (odour, dust, noise)), danger)
