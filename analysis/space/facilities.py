"""Circular facilities that exist: where they lie, and beside the demand of each function how many there are.

They are listed, not subtracted. The model of demand takes a share of today's need for present; whether that
is the land of these facilities is a question of a matching base (method of present stock), which a project
states in ``stock_bases``. So the two stand side by side, and a difference between them is a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from analysis.objects import first_container
from analysis.space.demand import SHARE
from analysis.space.demand_cells import Inputs
from analysis.space.demand_table import PROVINCE
from analysis.sub_areas import sub_area_of_points
from analysis.subjects import HECTARE_M2
from gis.arrays import where_known
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.space.demand import DemandModel
    from analysis.space.functions import Catalogue


def existing_facilities(tables: Mapping[str, gpd.GeoDataFrame], catalogue: Catalogue) -> pd.DataFrame | None:
    """List the facilities of a project with their function, place and hectares.

    Hectares are those of the outline where the layer gives one, else those of the plot that the facility
    lies on, which it may share; missing where there is neither.

    Parameters
    ----------
    tables
        Cleaned input layers, EPSG:28992.
    catalogue
        The functions; a facility states the identifier or the Dutch or English name of one.

    Returns
    -------
    DataFrame or None
        As `layers.results_demand` describes ``existing_facilities``; None without such a layer.
    """
    layer = tables.get("circular_facilities")
    if layer is None:
        return None
    shapes = layer.geometry.to_numpy()
    points = shapely.point_on_surface(shapes)
    functions = _functions(layer["function"], catalogue)
    names = {name: row.name_nl for name, row in catalogue.functions.items()}
    result = pd.DataFrame(
        {
            "facility_id": layer["facility_id"],
            "name": layer["name"],
            "function_id": functions,
            "function_nl": functions.map(names).astype("string"),
            "sub_area": pd.Series(sub_area_of_points(points, tables), dtype="string"),
            "remark": layer["remark"],
        }
    )
    park, park_row = _holder(points, tables.get("parks"), "park_id")
    plot, plot_row = _holder(points, tables.get("plots"), "plot_id")
    parks = tables["parks"]["name"].to_numpy(dtype=object)
    outline = shapely.area(shapes)
    on_plot = plot_row >= 0
    plot_m2 = np.full(len(layer), np.nan)
    if on_plot.any():
        plot_m2[on_plot] = shapely.area(tables["plots"].geometry.to_numpy()[plot_row[on_plot]])
    result["park_id"], result["plot_id"] = park, plot
    result["park_name"] = pd.Series(where_known(park_row >= 0, parks[park_row]), dtype="string")
    result["ha"] = np.where(outline > 0, outline, plot_m2) / HECTARE_M2
    result["ha_of"] = np.where(outline > 0, "outline", np.where(on_plot, "plot", "not_assessed"))
    return result


def function_presence(facilities: pd.DataFrame, model: DemandModel) -> pd.DataFrame:
    """Set what exists beside what each function needs, per sub-area and for the province.

    Parameters
    ----------
    facilities
        As `existing_facilities` gives.
    model
        For what it takes for present and for the whole need, in its first year, middle values.

    Returns
    -------
    DataFrame
        As `layers.results_demand` describes ``function_presence``: every function and sub-area, also where
        the layer knows of none. A plot with several facilities of one function counts once.
    """
    present, need = _needed(model)
    parts = []
    for place, area in enumerate((*model.sub_areas, PROVINCE)):
        counted = _counted(facilities, area, model)
        counted["present_mid_ha"], counted["need_mid_ha"] = present[:, place], need[:, place]
        parts.append(counted)
    return pd.concat(parts, ignore_index=True)


def _counted(facilities: pd.DataFrame, area: str, model: DemandModel) -> pd.DataFrame:
    """Count the facilities of each function in one place."""
    here = (facilities["sub_area"] == area).fillna(value=False).to_numpy(dtype=bool)
    inside = facilities if area == PROVINCE else facilities[here]
    known = inside[inside["ha_of"] != "not_assessed"]
    # two facilities on one plot share its hectares
    again = known.duplicated(["function_id", "plot_id"]) & (known["ha_of"] == "plot")
    names = list(model.functions)
    count, measured = (part["function_id"].value_counts().reindex(names) for part in (inside, known))
    hectares = known[~again].groupby("function_id")["ha"].sum().reindex(names)
    return pd.DataFrame(
        {
            "function_id": names,
            "name_nl": [model.catalogue.functions[name].name_nl for name in names],
            "sub_area": area,
            "facilities": count.fillna(0).to_numpy(dtype=float),
            "facilities_measured": measured.fillna(0).to_numpy(dtype=float),
            "existing_ha": hectares.to_numpy(dtype=float),
            "year": model.years[0],
        }
    )


def _needed(model: DemandModel) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give what the model takes for present, and the whole need in its first year.

    Returns
    -------
    tuple
        Net hectares at middle values, ``(functions, sub-areas + 1)``, the province last; missing for
        functions that are not assessed or have no need of their own.
    """
    inputs = Inputs(model.all_quantities, model.all_quantities.mid[None])
    present = np.full((len(model.functions), len(model.sub_areas) + 1), np.nan)
    need = present.copy()
    for row, name in enumerate(model.functions):
        method = model.lead.get(name, SHARE)
        if method == SHARE:
            continue
        found = model.by_method(name, method, inputs)
        for result, hectares in ((present, found.present), (need, found.need)):
            result[row, :-1] = hectares[0, :, 0]
            result[row, -1] = hectares[0, :, 0].sum()
    return present, need


def _functions(stated: pd.Series[str], catalogue: Catalogue) -> pd.Series[str]:
    """Read which function each facility states; missing where it is none of the catalogue."""
    known = {name.casefold(): name for name in catalogue.functions}
    for name, row in catalogue.functions.items():
        known.setdefault(row.name_nl.casefold(), name)
        known.setdefault(row.name_en.casefold(), name)
    return stated.str.strip().str.casefold().map(known).astype("string")


def _holder(
    points: NDArray[np.object_], layer: gpd.GeoDataFrame | None, identifier: str
) -> tuple[pd.Series[str], NDArray[np.int64]]:
    """Give the park or plot that each point lies on: its identifier, and its row or -1."""
    if layer is None or not len(layer):
        nowhere = np.full(len(points), -1, dtype=np.int64)
        return pd.Series([None] * len(points), dtype="string"), nowhere
    row = first_container(layer.geometry.to_numpy(), Targets(points))
    names = layer[identifier].to_numpy(dtype=object)
    return pd.Series(where_known(row >= 0, names[row]), dtype="string"), row
