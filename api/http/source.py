"""Where features come from: one protocol, whatever keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import shapely

    from api.http.cql import Condition
    from api.http.crs import Crs
    from gis.planes import Plane

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Area:
    """A place that features must touch, and the plane in which it is given."""

    plane: Plane
    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Selection:
    """Which features: those that touch an area and meet a condition; None for no restriction."""

    area: Area | None = None
    where: Condition | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self.area is None and self.where is None


EVERYTHING = Selection()


@dataclass(frozen=True, slots=True)
class Query:
    """One page of a selection: at most `limit` features, those after the key `after`; None for the first."""

    limit: int
    after: str | None = None
    selection: Selection = EVERYTHING


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes
    ----------
    features
        Each feature as GeoJSON bytes.
    matched
        How many features there are over all pages, exactly.
    after
        The key after which the next page begins; None on the last page.
    """

    features: list[bytes]
    matched: int
    after: str | None


class FeatureSource(Protocol):
    """Keeps the features of one collection, in the order of their keys.

    The key of a feature is its id, or its row number in nine digits where rows have no id; keys are ordered
    by code point. Two sources with the same content give the same bytes.
    """

    @property
    def count(self) -> int:
        """The number of features."""

    @property
    def extent(self) -> Box | None:
        """West, south, east, north in degrees; None without geometry."""

    def page(self, query: Query, crs: Crs) -> Page:
        """Give one page of features in a coordinate system."""

    def feature(self, feature_id: str, crs: Crs) -> bytes | None:
        """Give one feature in a coordinate system, or None when there is none with that id."""

    def table(self, selection: Selection = EVERYTHING) -> pd.DataFrame | gpd.GeoDataFrame:
        """Give the selected rows in EPSG:28992, in the order of their keys, for downloads."""
