"""Sensitive objects made ready for measuring: what counts for sure, in which surroundings, inside which park.

Rules (VNG 2009 and case law as in the field notes): a company's own dwelling is not protected against that
company but is against others; a former company dwelling with ordinary occupants is protected; registers
cannot tell them apart, so objects of unknown kind count in the strict reading only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.everyone import Everyone

SURROUNDINGS = ("quiet", "mixed", "unknown")
QUIET, MIXED, UNKNOWN = range(3)
READINGS = ("low", "high")


def assumed(surroundings: int, reading: str) -> str:
    """Give what surroundings are taken for: unknown is quiet in the low reading, mixed in the high one."""
    if surroundings == UNKNOWN:
        return "quiet" if reading == "low" else "mixed"
    return SURROUNDINGS[surroundings]


@dataclass(frozen=True, slots=True)
class Objects:
    """Sensitive objects in identifier order, one row per object.

    Attributes
    ----------
    geometry
        Shapely geometries in EPSG:28992.
    identifier, kind
        Texts.
    weight
        How many objects a row stands for.
    certain
        Whether the object counts in both readings.
    company_home
        Whether it is the dwelling of a firm.
    surroundings
        Position in `SURROUNDINGS`.
    park, plot
        Position of the park or plot that it lies in or belongs to, -1 for none; from their count on for one
        that gets no evidence itself, see `analysis.everyone`.
    """

    geometry: NDArray[Any]
    identifier: NDArray[np.object_]
    kind: NDArray[np.object_]
    weight: NDArray[np.float64]
    certain: NDArray[np.bool_]
    company_home: NDArray[np.bool_]
    surroundings: NDArray[np.int64]
    park: NDArray[np.int64]
    plot: NDArray[np.int64]

    def __len__(self) -> int:
        """Give the number of rows."""
        return len(self.geometry)


def first_container(shapes: NDArray[Any], objects: Targets) -> NDArray[np.int64]:
    """Give for each object the position of the first shape that it touches, -1 for none."""
    found = np.full(objects.size, -1, dtype=np.int64)
    pairs = objects.pairs_within(shapes, 0.0)
    # written backwards, so that the first shape stays
    found[pairs.target[::-1]] = pairs.query[::-1]
    return found


def prepare_objects(
    tables: Mapping[str, gpd.GeoDataFrame], parks: Everyone | None = None, plots: Everyone | None = None
) -> Objects | None:
    """Classify the sensitive objects of a project; None when the project has no such layer.

    Parameters
    ----------
    tables
        Cleaned input layers in EPSG:28992.
    parks, plots
        In which an object may lie; those of `tables` when left out.
    """
    table = tables.get("sensitive_objects")
    if table is None:
        return None
    geometry = table.geometry.to_numpy()
    targets = Targets(geometry)
    kind = table["kind"].fillna("unknown").to_numpy(dtype=object)
    if parks is None:
        park = first_container(tables["parks"].geometry.to_numpy(), targets)
    else:
        park = parks.holding(targets)
    plot = np.full(len(table), -1, dtype=np.int64)
    if "plots" in tables:
        if plots is None:
            plot = first_container(tables["plots"].geometry.to_numpy(), targets)
            position = {identifier: row for row, identifier in enumerate(tables["plots"]["plot_id"])}
        else:
            plot, position = plots.holding(targets), plots.named()
        for row in np.flatnonzero(table["plot_id"].notna().to_numpy()):
            plot[row] = position.get(table["plot_id"].iat[row], plot[row])
    company_home = kind == "company_home"
    return Objects(
        geometry=geometry,
        identifier=table["object_id"].to_numpy(dtype=object),
        kind=kind,
        weight=table["weight"].fillna(1.0).to_numpy(dtype=float),
        certain=(kind != "unknown") & ~(company_home & (plot < 0)),
        company_home=company_home,
        surroundings=surroundings_of(table["surroundings"].to_numpy(dtype=object), geometry, tables),
        park=park,
        plot=plot,
    )


def surroundings_of(
    stated: NDArray[np.object_], geometry: NDArray[Any], tables: Mapping[str, gpd.GeoDataFrame]
) -> NDArray[np.int64]:
    """Give the surroundings of each geometry: as stated, else by the surroundings layer, else unknown."""
    code = {name: position for position, name in enumerate(SURROUNDINGS)}
    result = np.array([code.get(value, UNKNOWN) if isinstance(value, str) else UNKNOWN for value in stated])
    layer = tables.get("surroundings")
    if layer is not None and len(layer):
        # a plan or building takes the surroundings at a point inside it
        points = shapely.point_on_surface(geometry)
        area = first_container(layer.geometry.to_numpy(), Targets(points))
        by_area = np.array([code.get(str(value), UNKNOWN) for value in layer["surroundings"]])
        open_rows = (result == UNKNOWN) & (area >= 0)
        result[open_rows] = by_area[area[open_rows]]
    return result.astype(np.int64)
