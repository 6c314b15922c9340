"""Sub-areas and their inhabitants: the key that carries flows and facilities to places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.objects import first_container
from analysis.subjects import HECTARE_M2, places
from gis.errors import InputError, Problem
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

OVERLAP_SHARE = 0.001
OVERLAP_HA = 1.0
"""A smaller overlap, as a share of the smaller sub-area and in hectares, is digitising noise."""


def overlapping_sub_areas(tables: Mapping[str, gpd.GeoDataFrame]) -> list[Problem]:
    """Name every pair of sub-areas that overlap: their inhabitants and land would count twice."""
    layer = tables.get("sub_areas")
    if layer is None:
        return []
    shapes, names = layer.geometry.to_numpy(), layer["sub_area_id"].to_numpy(dtype=object)
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = sorted((int(one), int(two)) for one, two in zip(left, right, strict=True) if one < two)
    problems = []
    for one, two in pairs:
        common = float(shapely.area(shapely.intersection(shapes[one], shapes[two])))
        smaller = float(min(shapely.area(shapes[one]), shapely.area(shapes[two])))
        if common > max(OVERLAP_SHARE * smaller, OVERLAP_HA * HECTARE_M2):
            problems.append(
                Problem(
                    f"two sub-areas overlap by {common / HECTARE_M2:.1f} ha",
                    "Redraw one of them, so that every place lies in one sub-area.",
                    layer="sub_areas",
                    field="geometry",
                    rows=(str(names[one]), str(names[two])),
                )
            )
    return problems


def sub_area_inhabitants(tables: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame | None:
    """Add the inhabitants of municipalities up per sub-area.

    Returns
    -------
    DataFrame or None
        ``sub_area`` (sorted) and ``inhabitants``; None when no municipality has inhabitants or lies in a
        sub-area, so that demand per inhabitant is not assessed.

    Raises
    ------
    InputError
        When sub-areas overlap, or when some municipalities have inhabitants and a sub-area and others lack
        one of these: their demand would be left out in silence.
    """
    problems = overlapping_sub_areas(tables)
    municipalities = tables["municipalities"]
    area = places(municipalities.geometry.to_numpy(), tables)["sub_area"]
    people = municipalities["inhabitants"].astype(float)
    known = (area.notna() & people.notna()).to_numpy(dtype=bool)
    if known.any() and not known.all():
        rows = tuple(str(code) for code in municipalities.loc[~known, "municipality_code"])
        message = "some municipalities have no inhabitants or lie in no sub-area"
        repair = "Fill in inhabitants and sub_area for all of them."
        problems.append(Problem(message, repair, layer="municipalities", field="inhabitants", rows=rows))
    if problems:
        raise InputError(*problems)
    if not known.any():
        return None
    table = pd.DataFrame({"sub_area": area.astype(str), "inhabitants": people})
    return table.groupby("sub_area", sort=True)["inhabitants"].sum().reset_index()


def sub_area_of_points(points: NDArray[Any], tables: Mapping[str, gpd.GeoDataFrame]) -> NDArray[np.object_]:
    """Give the sub-area that each point lies in, None for none; as `analysis.subjects.places` names them."""
    layer = tables.get("sub_areas")
    if layer is not None:
        shapes = layer.geometry.to_numpy()
        names = layer["name"].fillna(layer["sub_area_id"]).to_numpy(dtype=object)
    else:
        shapes = tables["municipalities"].geometry.to_numpy()
        names = tables["municipalities"]["sub_area"].astype(object).to_numpy()
    found = first_container(shapes, Targets(points))
    result = np.full(len(points), None, dtype=object)
    inside = found >= 0
    result[inside] = [None if pd.isna(name) else name for name in names[found[inside]]]
    return result
