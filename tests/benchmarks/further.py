"""What only this project measures: the shore that faces water and the usable-category zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from analysis.categories import load_categories
from analysis.objects import SURROUNDINGS, Objects, first_container
from analysis.zones import park_zones
from gis.proximity import Targets
from gis.shore import shore_pieces
from tests.benchmarks.steps import BANK_M, Answer, Engine

if TYPE_CHECKING:
    from tests.benchmarks.nation import Nation


class Further(Engine):
    """The project's own measures on the same data; surroundings unknown, as without a layer of them."""

    def __init__(self, nation: Nation) -> None:
        self.parks = nation.parks.geometry.to_numpy()
        self.waters = nation.waterways.geometry.to_numpy()
        count, homes = len(nation.x), np.asarray(shapely.points(nation.x, nation.y))
        text = np.full(count, "home", dtype=object)
        self.objects = Objects(
            geometry=homes,
            identifier=text,
            kind=text,
            weight=np.ones(count),
            certain=np.ones(count, dtype=bool),
            company_home=np.zeros(count, dtype=bool),
            surroundings=np.full(count, SURROUNDINGS.index("unknown")),
            park=first_container(self.parks, Targets(x=nation.x, y=nation.y)),
            plot=np.full(count, -1),
        )

    def shore(self) -> Answer:
        """Measure the shore of each park."""
        pieces = shore_pieces(self.parks, self.waters, distance=BANK_M)
        return {"metres": np.bincount(pieces.subject, weights=pieces.length, minlength=len(self.parks))}

    def zones(self) -> Answer:
        """Draw the zones of each park and give the square metres of every rank."""
        zones = park_zones(self.parks, self.objects, load_categories())
        return {
            f"{reading} {option}": shapely.area(parts) for (reading, option), parts in zones.usable.items()
        }
