"""What if a park, or any polygon, becomes something else: what is lost, and where it can be made good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.reservation.nearest import barred, cleared, more_short, nearest_plan
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.reached import shortage_of
from analysis.reservation.sentences import Sentence, plain_sentences, say
from analysis.reservation.why import MOST_NAMED, NOTICED
from layers.dutch import hectares_nl, list_nl, number_nl
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.reservation.why import Asked

INSIDE = 0.5
"""Share of a site within a polygon from which on the site is lost (assumption)."""
SUPPRESS_BELOW = 5
"""Firms below which their number and jobs are not told."""


def transform(asked: Asked, place: str, shape: shapely.Geometry) -> dict[str, Any]:
    """Tell what is lost when an area is transformed, and where the province can make it good.

    Parameters
    ----------
    place
        What to call the area.
    shape
        Polygon in EPSG:28992.

    Returns
    -------
    dict
        ``lost`` (hectares, heavy and at water, shore and quay in metres, firms and jobs), ``reserved``
        (sites of the plan within), ``made_good`` (sites that come in), ``no_place`` (hectares more short per
        function and year) and ``sentences``; plain values.
    """
    lost, told = _lost(asked, place, shape)
    problem, settings = asked.problem, asked.parameters.reservation
    gone = _inside(asked.tables["reservation_sites"], shape)
    sites = set(asked.tables["reservation_sites"]["site_id"][gone].astype(str))
    out = problem.sites["site_id"].astype(str).isin(sites).to_numpy(dtype=bool)[problem.site]
    reserved = np.flatnonzero(out & (asked.start != NOT_CHOSEN)).tolist()
    hectares = float(problem.capacity[reserved, -1].sum())
    names = sorted({problem.functions[place] for place in problem.function[reserved]})
    told.append(
        say(
            "transform.reserved",
            {"hectares": hectares_nl(hectares), "functions": list_nl(names, 2 * MOST_NAMED)},
            hectares=hectares,
            functions=names,
        )
        if reserved
        else say("transform.unreserved")
    )
    base = nearest_plan(problem, asked.start, settings)
    after = barred(problem, out)
    found = None if base is None else nearest_plan(after, cleared(after, base.start), settings)
    answer: dict[str, Any] = {
        "place": place,
        "lost": lost,
        "reserved": [_row(asked, pair) for pair in reserved],
    }
    if base is None or found is None:
        told.append(say("transform.impossible"))
        return {**answer, "made_good": [], "no_place": [], "sentences": plain_sentences(told)}
    fresh = np.flatnonzero((found.start != NOT_CHOSEN) & (base.start == NOT_CHOSEN)).tolist()
    short = more_short(problem, base.start, found.start)
    squeezed = _squeezed(asked, base.start, found.start)
    told += _made_good(asked, fresh)
    told.append(
        say("transform.short", {"hectares": hectares_nl(short)}, hectares=short)
        if short > NOTICED
        else say("transform.not_short")
    )
    told += _no_place(squeezed)
    return {
        **answer,
        "made_good": [_row(asked, pair) for pair in fresh],
        "hectares_short": short,
        "people": found.people - base.people,
        "no_place": squeezed,
        "gap": found.gap,
        "sentences": plain_sentences(told),
    }


def _inside(sites: gpd.GeoDataFrame, shape: shapely.Geometry) -> NDArray[np.bool_]:
    """Mark the sites of which enough lies within a polygon."""
    shapes = sites.geometry.to_numpy()
    share = shapely.area(shapely.intersection(shapes, shape)) / np.maximum(shapely.area(shapes), 1e-9)
    return np.asarray(share >= INSIDE)


def _lost(asked: Asked, place: str, shape: shapely.Geometry) -> tuple[dict[str, Any], list[Sentence]]:
    """Measure what stands on the area now."""
    tables, threshold = asked.tables, asked.parameters.hmc_threshold
    sites = tables["reservation_sites"]
    part = sites[_inside(sites, shape)]
    plots = tables["plot_evidence"]
    quays = plots[plots["plot_id"].isin(part["site_id"])]
    lost: dict[str, Any] = {
        "hectares": float(part["area_ha"].sum()),
        "heavy_ha": float(part.loc[part["heavy"].astype(bool), "area_ha"].sum()),
        "wet_ha": float(part.loc[part["wet"].astype(bool), "area_ha"].sum()),
        "shore_m": float(quays["shore_m"].fillna(0.0).sum()),
        "usable_quay_m": float(quays["usable_quay_m"].fillna(0.0).sum()),
        "sites": sorted(part["site_id"].astype(str)),
        "threshold": threshold if threshold in CATEGORIES else str(threshold),
    }
    shown = {
        "hectares": hectares_nl(lost["hectares"]),
        "heavy": hectares_nl(lost["heavy_ha"]),
        "wet": hectares_nl(lost["wet_ha"]),
    }
    told = [
        say("transform.lost", shown, place=place, **{key: lost[key] for key in ("hectares", "threshold")}),
        say(
            "transform.water",
            {"shore": number_nl(lost["shore_m"]), "quay": number_nl(lost["usable_quay_m"])},
            shore=lost["shore_m"],
            quay=lost["usable_quay_m"],
        ),
    ]
    firms = tables.get("businesses")
    if firms is None:
        return lost, told
    inside = firms[np.asarray(shapely.intersects(firms.geometry.to_numpy(), shape))]
    if inside.empty:
        return lost, [*told, say("transform.no_firms")]
    if len(inside) < SUPPRESS_BELOW:
        return lost, [*told, say("transform.firms_hidden")]
    lost |= {"firms": len(inside), "jobs": float(inside["jobs"].sum())}
    shown = {"firms": number_nl(lost["firms"]), "jobs": number_nl(lost["jobs"])}
    return lost, [*told, say("transform.firms", shown, firms=lost["firms"], jobs=lost["jobs"])]


def _made_good(asked: Asked, fresh: list[int]) -> list[Sentence]:
    if not fresh:
        return [say("transform.nothing_made_good")]
    hectares = float(asked.problem.capacity[fresh, -1].sum())
    places = list_nl([asked.pair_name(pair) for pair in fresh], MOST_NAMED)
    ids = [str(asked.problem.sites["site_id"].iloc[asked.problem.site[pair]]) for pair in fresh]
    shown = {"hectares": hectares_nl(hectares), "places": places}
    return [say("transform.made_good", shown, hectares=hectares, places=ids)]


def _squeezed(asked: Asked, before: NDArray[np.int64], after: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Give the functions that run shorter, per year; province and sub-area targets do not add up."""
    problem = asked.problem
    table: pd.DataFrame = problem.targets.assign(
        more=shortage_of(problem, after) - shortage_of(problem, before),
        inside=problem.targets["sub_area"].notna(),
    )
    worst = table.groupby(["year", "function", "inside"], as_index=False)["more"].sum()
    worst = worst.groupby(["year", "function"], as_index=False)["more"].max()
    return [
        {"year": int(row["year"]), "function": str(row["function"]), "hectares": float(row["more"])}
        for row in worst.to_dict("records")
        if row["more"] > NOTICED
    ]


def _no_place(squeezed: list[dict[str, Any]]) -> list[Sentence]:
    told = []
    for year in sorted({row["year"] for row in squeezed}):
        rows = [row for row in squeezed if row["year"] == year]
        words = list_nl([f"{row['function']} ({hectares_nl(row['hectares'])})" for row in rows], 6)
        told.append(
            say(
                "transform.no_place",
                {"functions": words},
                year=year,
                functions=[row["function"] for row in rows],
            )
        )
    return told


def _row(asked: Asked, pair: int) -> dict[str, Any]:
    problem = asked.problem
    return {
        "site_id": str(problem.sites["site_id"].iloc[problem.site[pair]]),
        "park_id": str(problem.sites["park_id"].iloc[problem.site[pair]]),
        "function": problem.functions[problem.function[pair]],
        "hectares": float(problem.capacity[pair, -1]),
    }
