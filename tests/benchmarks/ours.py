"""The evidence steps as this project takes them; every step builds its own index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis.overlay import overlaps
from gis.parallel import map_slices
from gis.proximity import Targets
from tests.benchmarks.steps import BANK_M, FIRST_CLASS, QUAD_SEGMENTS, Answer, Engine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tests.benchmarks.nation import Nation

THREADS = 2


class Ours(Engine):
    """`gis.proximity` and `gis.overlay` over arrays, on two threads."""

    def __init__(self, nation: Nation) -> None:
        self.parks = nation.parks.geometry.to_numpy()
        self.reach = nation.parks["reach"].to_numpy()
        self.plots = nation.plots.geometry.to_numpy()
        self.waters = nation.waterways.geometry.to_numpy()
        self.rank = nation.waterways["rank"].to_numpy()
        self.municipalities = nation.municipalities.geometry.to_numpy()
        self.x, self.y = nation.x, nation.y

    def a(self) -> Answer:
        """Find the nearest home of each park."""
        target, distance = Targets(x=self.x, y=self.y).nearest(self.parks, threads=THREADS)
        return {"target": target, "distance": distance}

    def b(self) -> Answer:
        """Count the homes within each park's own distance."""
        return {"count": Targets(x=self.x, y=self.y).sum_within(self.parks, self.reach, threads=THREADS)}

    def c1(self) -> Answer:
        """Find the nearest waterway for large ships."""
        large = np.flatnonzero(self.rank >= FIRST_CLASS)
        target, distance = Targets(self.waters[large]).nearest(self.parks, threads=THREADS)
        return {"target": large[target], "distance": distance}

    def c2(self) -> Answer:
        """Measure the park boundary beside water, for the parks that have any."""
        pairs = Targets(self.waters).pairs_within(self.parks, BANK_M)
        wet, buffered = np.unique(pairs.target), np.zeros(len(self.waters), dtype=object)
        buffered[wet] = shapely.buffer(self.waters[wet], BANK_M, quad_segs=QUAD_SEGMENTS)
        rows, first = np.unique(pairs.query, return_index=True)
        banks = np.split(buffered[pairs.target], first[1:])

        def one(part: slice) -> NDArray[np.float64]:
            near = np.array([shapely.union_all(bank) for bank in banks[part]], dtype=object)
            return np.asarray(
                shapely.length(shapely.intersection(shapely.boundary(self.parks[rows[part]]), near))
            )

        metres = np.zeros(len(self.parks))
        metres[rows] = np.concatenate(map_slices(one, len(rows), size=100, threads=THREADS))
        return {"metres": metres}

    def d(self) -> Answer:
        """Measure the overlap of parks and municipalities."""
        return self._overlaps(self.parks, self.municipalities)

    def e(self) -> Answer:
        """Measure the overlap of plots and parks."""
        return self._overlaps(self.plots, self.parks)

    @staticmethod
    def _overlaps(shapes: NDArray[np.object_], areas: NDArray[np.object_]) -> Answer:
        found = overlaps(shapes, areas, threads=THREADS)
        return {"shape": found.shape, "area": found.area, "size": found.size}

    def f(self) -> Answer:
        """Count the homes of each municipality."""
        pairs = Targets(x=self.x, y=self.y).pairs_within(self.municipalities, 0.0)
        return {"count": np.bincount(pairs.query, minlength=len(self.municipalities))}
