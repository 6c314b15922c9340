"""Where a shared function could stand: parks with a plot that is eligible, and facilities that exist.

Places are parks, not plots: times within a park do not differ, and a plot for a function is working material.
A park counts for a function when at least one of its plots may carry it in the last year of the plan, in the
lightest weight class that fits there; what a facility can serve follows from its largest such plot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from gis.errors import InputError, Problem
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.parameters import Parameters

FITS: Final = ("certain", "possible")
NEEDED: Final = ("reservation_candidates", "reservation_sites", "reservation_functions")
COLUMNS: Final = (
    "function_id",
    "site_id",
    "site_name",
    "municipality_code",
    "x",
    "y",
    "plots",
    "room_ha",
    "largest_ha",
    "verdict",
    "function",
    "burden",
    "existing",
    "suitability",
    "lock",
    "lock_id",
)
UNFIT_MINUTES: Final = 2.0
"""A place of suitability 0 must save this many minutes for the inhabitants it serves, against one of 1."""
DOUBT_MINUTES: Final = 1.0
"""A place that fits only in the wide reading must save this many minutes more."""


def find_places(
    tables: Mapping[str, Any], parameters: Parameters, year: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find candidate places of all functions.

    Parameters
    ----------
    tables
        Of a release that holds reservation candidates.
    parameters
        For the threshold above which a facility is a burden, and for "certain only".
    year
        In which a place must be available; the last one of the candidates when not given.

    Returns
    -------
    places
        One row per function and place, sorted so, with `COLUMNS`. ``burden``: its category is high.
    plots
        ``function_id``, ``site_id`` and ``plot_id`` of every eligible plot, for counting room.

    Raises
    ------
    InputError
        When the release holds no candidates.
    """
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        raise InputError(
            *(
                Problem(
                    "this release has no such table", "Make it with `kringruimte reserve` first.", layer=name
                )
                for name in missing
            )
        )
    plots = _eligible(tables, parameters, year)
    places = _parks(plots, tables)
    places = _with_existing(places, tables, parameters)
    places = _with_suitability(places, plots, tables)
    places = _with_locks(places, tables)
    places = places.sort_values(["function_id", "site_id"], ignore_index=True)
    return places[list(COLUMNS)], plots[["function_id", "site_id", "plot_id"]]


def opening_minutes(places: pd.DataFrame) -> pd.Series:
    """Give what opening a place counts, in minutes for the inhabitants of one catchment (an assumption).

    Nothing for a facility that exists; else more for a less suitable place and for one that fits only in the
    wide reading. Without any suitability the places do not differ in it.
    """
    known = places["suitability"].notna()
    worst = places["suitability"].min() if known.any() else 1.0
    unfit = UNFIT_MINUTES * (1.0 - places["suitability"].fillna(worst))
    doubt = DOUBT_MINUTES * (places["verdict"] == "possible")
    return (unfit + doubt).where(~places["existing"], 0.0)


def _eligible(tables: Mapping[str, Any], parameters: Parameters, year: int | None) -> pd.DataFrame:
    """Give the plots that may carry a function, each once, in the lightest class that fits."""
    candidates = tables["reservation_candidates"]
    year = int(candidates["year"].max()) if year is None else year
    words = FITS[:1] if parameters.reservation.certain_only else FITS
    rows = candidates[(candidates["year"] == year) & candidates["verdict"].isin(words)]
    rows = rows[rows["capacity_ha"] > 0].rename(columns={"site_id": "plot_id"})
    functions = tables["reservation_functions"].set_index("function")
    category = functions["category"].map({name: place for place, name in enumerate(CATEGORIES)})
    rows = rows.assign(
        rank=rows["function"].map(category).to_numpy(dtype=np.float64),
        doubt=(rows["verdict"] != "certain").to_numpy(),
    )
    threshold = CATEGORIES.index(parameters.hmc_threshold)
    rows["burden"] = rows["rank"] >= threshold
    rows = rows.sort_values(["function_id", "plot_id", "doubt", "rank", "function"])
    rows = rows.drop_duplicates(["function_id", "plot_id"])
    sites = tables["reservation_sites"].set_index("site_id")
    rows["site_id"] = rows["plot_id"].map(sites["park_id"]).astype(object)
    return pd.DataFrame(
        rows.astype({"function_id": object, "plot_id": object, "function": object, "verdict": object})
    )


def _parks(plots: pd.DataFrame, tables: Mapping[str, Any]) -> pd.DataFrame:
    """Put the plots of a park together; the best plot leads: certain, then light, then large."""
    ordered = plots.sort_values(
        ["function_id", "site_id", "doubt", "rank", "capacity_ha", "plot_id"],
        ascending=[True, True, True, True, False, True],
    )
    grouped = ordered.groupby(["function_id", "site_id"], sort=True)
    places = grouped.first()[["verdict", "function", "burden"]]
    places["largest_ha"] = grouped["capacity_ha"].max()
    places["room_ha"] = grouped["capacity_ha"].sum()
    places["plots"] = grouped.size()
    places = places.reset_index()
    parks = tables["parks"].set_index("park_id")
    spots = shapely.get_coordinates(shapely.point_on_surface(parks.geometry.to_numpy()))
    where = pd.DataFrame(spots, columns=["x", "y"], index=parks.index)
    for name, source in (
        ("site_name", parks["name"]),
        ("municipality_code", _hosts(tables)),
        ("x", where["x"]),
        ("y", where["y"]),
    ):
        places[name] = places["site_id"].map(source)
    places["existing"] = False
    return places


def _with_existing(places: pd.DataFrame, tables: Mapping[str, Any], parameters: Parameters) -> pd.DataFrame:
    """Add facilities that exist: as their park when they lie in one, else as a place of their own."""
    layer = tables.get("circular_facilities")
    if layer is None or not len(layer):
        return places
    layer = layer.sort_values("facility_id", ignore_index=True)
    points = shapely.point_on_surface(layer.geometry.to_numpy())
    park = _container(points, tables["parks"], "park_id")
    municipality = _container(points, tables["municipalities"], "municipality_code")
    parks = tables["parks"].set_index("park_id")
    hosts = _hosts(tables)
    functions = _function_ids(layer["function"], tables)
    heavy = _heavy(tables, parameters)
    listed = tables.get("existing_facilities")
    area = pd.Series(dtype=np.float64) if listed is None else listed.set_index("facility_id")["ha"]
    rows = []
    for row, (facility, name, function) in enumerate(
        zip(layer["facility_id"], layer["name"], functions, strict=True)
    ):
        if function is None or municipality[row] is None:
            continue
        spot = parks.loc[park[row]] if park[row] is not None else None
        rows.append(
            {
                "function_id": function,
                "site_id": facility if spot is None else park[row],
                "site_name": name if spot is None else spot["name"],
                "municipality_code": municipality[row] if spot is None else hosts[str(park[row])],
                "x": float(shapely.get_x(points[row])),
                "y": float(shapely.get_y(points[row])),
                "plots": 0,
                "room_ha": float(area.get(facility, np.nan)),
                "largest_ha": float(area.get(facility, np.nan)),
                "verdict": "existing",
                "function": function,
                "burden": bool(heavy.get(function, False)),
                "existing": True,
            }
        )
    if not rows:
        return places
    found = pd.DataFrame(rows).drop_duplicates(["function_id", "site_id"])
    # a facility that exists stands for its park; the coordinates of the park stay those of its other rows
    known = places.set_index("site_id")[["x", "y"]].drop_duplicates()
    for axis in ("x", "y"):
        found[axis] = found["site_id"].map(known[axis][~known.index.duplicated()]).fillna(found[axis])
    both = pd.concat([found, places], ignore_index=True)
    return both.drop_duplicates(["function_id", "site_id"], keep="first")


def _hosts(tables: Mapping[str, Any]) -> pd.Series:
    """Give the municipality of each park: that of the evidence, which holds most of it."""
    if "park_evidence" in tables:
        return pd.Series(tables["park_evidence"].set_index("park_id")["municipality_code"].astype(object))
    parks = tables["parks"]
    points = shapely.point_on_surface(parks.geometry.to_numpy())
    codes = _container(points, tables["municipalities"], "municipality_code")
    return pd.Series(codes, index=parks["park_id"].astype(str), dtype=object)


def _container(points: Any, layer: Any, column: str) -> list[str | None]:
    """Give the id of the area that each point lies in, the first by id when there are several."""
    layer = layer.sort_values(column, ignore_index=True)
    point, area = shapely.STRtree(layer.geometry.to_numpy()).query(points, predicate="intersects")
    result: list[str | None] = [None] * len(points)
    for row, found in sorted(zip(point.tolist(), area.tolist(), strict=True), reverse=True):
        result[row] = str(layer[column].iloc[found])
    return result


def _function_ids(stated: pd.Series, tables: Mapping[str, Any]) -> list[str | None]:
    """Give the function that a text means: its id, an id with a weight class, or its name."""
    functions = tables["circular_functions"]
    known = {str(name): str(name) for name in functions["function_id"]}
    for column in ("variant_id", "name_nl", "name_en"):
        for text, function in zip(functions[column], functions["function_id"], strict=True):
            known.setdefault(str(text).casefold(), str(function))
    for text, function in zip(
        tables["reservation_functions"]["function"],
        tables["reservation_functions"]["function_id"],
        strict=True,
    ):
        known.setdefault(str(text), str(function))
    return [
        None if pd.isna(text) else known.get(str(text).strip(), known.get(str(text).strip().casefold()))
        for text in stated
    ]


def _heavy(tables: Mapping[str, Any], parameters: Parameters) -> dict[str, bool]:
    """Tell of each function whether even its lightest class is of a high category."""
    functions = tables["reservation_functions"]
    rank = functions["category"].map({name: place for place, name in enumerate(CATEGORIES)})
    threshold = CATEGORIES.index(parameters.hmc_threshold)
    lightest = rank.groupby(functions["function_id"].astype(str)).min()
    return {str(name): bool(rank >= threshold) for name, rank in lightest.items()}


def _with_suitability(places: pd.DataFrame, plots: pd.DataFrame, tables: Mapping[str, Any]) -> pd.DataFrame:
    """Add the suitability of the best plot; missing where it was not rated."""
    rated = tables.get("site_suitability")
    if rated is None or not len(rated):
        return places.assign(suitability=np.nan)
    total = rated.groupby(["site_id", "function"])["contribution"].sum(min_count=1)
    keys = pd.MultiIndex.from_arrays([plots["plot_id"], plots["function"]])
    worth = pd.Series(total.reindex(keys).to_numpy(), index=plots.index)
    best = worth.groupby([plots["function_id"], plots["site_id"]]).max()
    keys = pd.MultiIndex.from_arrays([places["function_id"], places["site_id"]])
    return places.assign(suitability=best.reindex(keys).to_numpy(dtype=np.float64))


def _with_locks(places: pd.DataFrame, tables: Mapping[str, Any]) -> pd.DataFrame:
    """Turn outcomes of sessions into locks: agreed on a place of a function, or objected to it.

    What was agreed and objected to at once stays open; that is for the next session.
    """
    places = places.assign(lock=None, lock_id=None)
    outcomes = tables.get("session_outcomes")
    if outcomes is None or not len(outcomes):
        return places
    outcomes = outcomes.sort_values("outcome_id", ignore_index=True)
    functions = _function_ids(outcomes["function"], tables)
    parks = tables["parks"].sort_values("park_id", ignore_index=True)
    row, park = shapely.STRtree(parks.geometry.to_numpy()).query(
        outcomes.geometry.to_numpy(), predicate="intersects"
    )
    directions: dict[tuple[str | None, str], dict[str, str]] = {}
    for outcome, place in sorted(zip(row.tolist(), park.tolist(), strict=True)):
        word = {"agreed": "in", "objected": "out"}.get(str(outcomes["outcome"].iloc[outcome]))
        if word is not None:
            key = (functions[outcome], str(parks["park_id"].iloc[place]))
            directions.setdefault(key, {})[word] = str(outcomes["outcome_id"].iloc[outcome])
    keys = list(zip(places["function_id"], places["site_id"], strict=True))
    found = [directions.get((str(function), str(site)), {}) for function, site in keys]
    places["lock"] = [next(iter(words)) if len(words) == 1 else None for words in found]
    places["lock_id"] = [";".join(sorted(words.values())) or None for words in found]
    return places
