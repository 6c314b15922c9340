"""The evidence steps as an experienced user of geopandas writes them.

Of the ways that geopandas offers, each step takes the fastest that was found: the join towards the smaller
layer, ``contains`` rather than ``intersects``, `sjoin` with `intersection` where `overlay` only adds checks.
Layers keep their spatial index from step to step within a round, as they do in a session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from tests.benchmarks.steps import BANK_M, FIRST_CLASS, QUAD_SEGMENTS, Answer, Engine

if TYPE_CHECKING:
    from tests.benchmarks.nation import Nation


class Geopandas(Engine):
    """`sjoin_nearest`, `sjoin` and `intersection`; homes are points of a GeoDataFrame."""

    def __init__(self, nation: Nation) -> None:
        homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(nation.x, nation.y), crs=nation.parks.crs)
        self.layers = (homes, nation.parks, nation.plots, nation.waterways, nation.municipalities)
        self.start_round()

    def start_round(self) -> None:
        """Take the layers without the indexes of the round before."""
        self.homes, self.parks, self.plots, self.waters, self.municipalities = (
            gpd.GeoDataFrame(layer.copy(), geometry=gpd.GeoSeries(layer.geometry.to_numpy(), crs=layer.crs))
            for layer in self.layers
        )

    def a(self) -> Answer:
        """Find the nearest home of each park."""
        return self._nearest(self.homes)

    def b(self) -> Answer:
        """Count the homes within each park's own distance."""
        found = gpd.sjoin(self.parks, self.homes, predicate="dwithin", distance=self.parks["reach"])
        return {"count": np.bincount(found.index, minlength=len(self.parks))}

    def c1(self) -> Answer:
        """Find the nearest waterway for large ships."""
        return self._nearest(self.waters[self.waters["rank"] >= FIRST_CLASS])

    def _nearest(self, targets: gpd.GeoDataFrame) -> Answer:
        found = gpd.sjoin_nearest(self.parks, targets, distance_col="distance")
        # a park with several equally near has several rows
        first = found[~found.index.duplicated()]
        return {"target": first["index_right"].to_numpy(), "distance": first["distance"].to_numpy()}

    def c2(self) -> Answer:
        """Measure the park boundary beside water."""
        found = gpd.sjoin(self.parks, self.waters, predicate="dwithin", distance=BANK_M)
        near = self.waters.geometry.loc[found["index_right"].unique()]
        banks = near.buffer(BANK_M, quad_segs=QUAD_SEGMENTS).loc[found["index_right"]]
        bank = gpd.GeoDataFrame({"park": found.index}, geometry=banks.to_numpy()).dissolve("park").geometry
        boundary = self.parks.geometry.loc[bank.index].boundary
        metres = np.zeros(len(self.parks))
        metres[bank.index] = boundary.intersection(bank.set_crs(boundary.crs)).length
        return {"metres": metres}

    def d(self) -> Answer:
        """Measure the overlap of parks and municipalities."""
        return self._overlaps(self.parks, self.municipalities)

    def e(self) -> Answer:
        """Measure the overlap of plots and parks."""
        return self._overlaps(self.plots, self.parks)

    @staticmethod
    def _overlaps(shapes: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Answer:
        found = gpd.sjoin(areas, shapes, predicate="intersects")
        right = shapes.geometry.loc[found["index_right"]]
        size = found.geometry.intersection(right, align=False).area.to_numpy()
        return {"shape": found["index_right"].to_numpy(), "area": found.index.to_numpy(), "size": size}

    def f(self) -> Answer:
        """Count the homes of each municipality."""
        found = gpd.sjoin(self.municipalities, self.homes, predicate="contains")
        return {"count": np.bincount(found.index, minlength=len(self.municipalities))}
