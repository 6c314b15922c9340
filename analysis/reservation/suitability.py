"""Suitability: criteria as value functions in [0, 1] with weights, contributions kept per site and function.

A criterion that was not assessed for a site drops out and the weights of the others are scaled up, so that
the unknown is neither good nor bad; how many dropped out is counted. A criterion that does not speak of a
function (frontage for one that does not use water) drops out likewise and is not counted as unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.measures import measured
from analysis.reservation.rulebook import CRITERIA
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.candidates import Scene
    from analysis.reservation.rulebook import Measure
    from layers.parameters import Parameters

WATER_WORDS = ("plus", "preferred", "required")
ASSESSED = ("yes", "not_assessed", "not_applicable")
ELIGIBLE = ("certain", "possible")


def weights_of(parameters: Parameters) -> NDArray[np.float64]:
    """Give the weight of each criterion in the order of `CRITERIA`.

    Raises
    ------
    InputError
        When a weight is negative, or all are zero.
    """
    given = {str(name): float(weight) for name, weight in parameters.reservation.weights.items()}
    place = "parameters.reservation.weights"
    negative = tuple(name for name, weight in sorted(given.items()) if not weight >= 0 or np.isinf(weight))
    if negative:
        raise InputError(
            Problem(
                "weights must be zero or more", "Give each a number from zero on.", field=place, rows=negative
            )
        )
    if not any(given.values()):
        raise InputError(
            Problem("all weights are zero", "Give at least one criterion a weight above zero.", field=place)
        )
    return np.array([given.get(name, 0.0) for name in CRITERIA], dtype=np.float64)


def rate(candidates: pd.DataFrame, tables: Mapping[str, Any], parameters: Parameters) -> pd.DataFrame:
    """Rate every site and function that fit each other on the land itself.

    Parameters
    ----------
    candidates
        As `analysis.reservation.candidates.find_candidates` gives.
    tables
        All tables of a release by name.

    Returns
    -------
    DataFrame
        One row per site, function and criterion, sorted so: ``measured`` (the first measure, in the unit of
        ``reservation_criteria``), ``value`` in [0, 1], ``weight`` (scaled to add up to one over what was
        assessed), ``contribution`` and ``assessed``.

    Raises
    ------
    InputError
        When a weight is negative or all are zero.
    """
    from analysis.reservation.candidates import survey

    held = tables.get("reservation_sites")
    year = int(held["surveyed"].iloc[0]) if held is not None and len(held) else None
    return rate_scene(survey(tables, parameters, reference_year=year), candidates, tables, parameters)


def rate_scene(
    scene: Scene, candidates: pd.DataFrame, tables: Mapping[str, Any], parameters: Parameters
) -> pd.DataFrame:
    """Rate what was surveyed already; see `rate`."""
    weights = weights_of(parameters)
    years = len(scene.sites.years)
    fits = candidates["land_verdict"].isin(ELIGIBLE).to_numpy(dtype=bool).reshape(-1, years).any(axis=1)
    site, function = np.divmod(np.flatnonzero(fits), len(scene.classes))
    values, shown, applies = rated_values(scene, measured(scene, tables), site, function)
    count = len(site)
    assessed = np.where(~applies, ASSESSED[2], np.where(np.isnan(values), ASSESSED[1], ASSESSED[0]))
    scaled = scaled_weights(values, weights)
    return pd.DataFrame(
        {
            "site_id": np.repeat(scene.sites.table["site_id"].to_numpy(dtype=object)[site], len(CRITERIA)),
            "function": np.repeat(scene.classes["function"].to_numpy(dtype=object)[function], len(CRITERIA)),
            "criterion": np.tile(np.array(CRITERIA, dtype=object), count),
            "measured": shown.reshape(-1),
            "value": values.reshape(-1),
            "weight": scaled.reshape(-1),
            "contribution": np.where(np.isnan(values), np.nan, scaled * np.nan_to_num(values)).reshape(-1),
            "assessed": assessed.reshape(-1).astype(object),
        }
    ).sort_values(["site_id", "function", "criterion"], ignore_index=True)


def scaled_weights(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale weights to add up to one over the values that are there; zero for those that are not.

    Parameters
    ----------
    values
        ``(pairs, criteria)``, NaN where not assessed or not applicable.
    """
    kept = np.where(np.isnan(values), 0.0, weights[None, :])
    total = kept.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(kept, total, out=np.zeros_like(kept), where=total > 0))


def suitability_of(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give suitability in [0, 1] of values ``(pairs, criteria)``; zero where nothing was assessed."""
    return np.asarray((scaled_weights(values, weights) * np.nan_to_num(values)).sum(axis=1))


def values_of(
    rated: pd.DataFrame, site_id: NDArray[np.object_], function: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Read the values of pairs back out of a table of ratings, ``(pairs, criteria)``."""
    place = {criterion: number for number, criterion in enumerate(CRITERIA)}
    pairs = {key: number for number, key in enumerate(zip(site_id, function, strict=True))}
    result = np.full((len(pairs), len(CRITERIA)), np.nan)
    keys = zip(rated["site_id"], rated["function"], strict=True)
    row = np.array([pairs.get(key, -1) for key in keys], dtype=np.int64)
    column = rated["criterion"].map(place).to_numpy(dtype=np.int64)
    known = row >= 0
    result[row[known], column[known]] = rated["value"].to_numpy(dtype=np.float64)[known]
    return result


def criteria_table(rated: pd.DataFrame, scene: Scene, parameters: Parameters) -> pd.DataFrame:
    """List the criteria with their value functions, weights, status, and how often each was assessed.

    Returns
    -------
    DataFrame
        One row per criterion and measure; ``weight`` is the share of a criterion in the sum of all weights.
    """
    weights = weights_of(parameters)
    share = dict(zip(CRITERIA, (weights / weights.sum()).tolist(), strict=True))
    table = scene.book.criteria.copy()
    table["weight"] = table["criterion"].map(share)
    for name in ASSESSED:
        counts = rated.loc[rated["assessed"] == name, "criterion"].value_counts()
        table[f"pairs_{name}"] = table["criterion"].map(counts).fillna(0).astype("int64")
    return table.sort_values(["criterion", "measure"], ignore_index=True)


def rated_values(
    scene: Scene, found: Mapping[str, NDArray[Any]], site: NDArray[np.int64], function: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Give value, first measure and whether the criterion applies, ``(pairs, criteria)`` each.

    Parameters
    ----------
    found
        As `analysis.reservation.measures.measured` gives.
    site, function
        Positions of pairs, ``(pairs,)``.
    """
    wet = np.isin(scene.classes["water_need"].astype(str).to_numpy(), WATER_WORDS)[function]
    shape = (len(site), len(CRITERIA))
    value, shown, applies = np.full(shape, np.nan), np.full(shape, np.nan), np.ones(shape, dtype=bool)
    for number, criterion in enumerate(CRITERIA):
        mine = [measure for measure in scene.book.measures if measure.criterion == criterion]
        total, shares = np.zeros(len(site)), np.zeros(len(site))
        for place, measure in enumerate(mine):
            numbers = found[measure.name][site, function]
            worth = _worth(measure, numbers)
            if measure.applies == "water":
                applies[:, number] &= wet
                worth = np.where(wet, worth, np.nan)
            known = ~np.isnan(worth)
            total += np.where(known, measure.share * np.nan_to_num(worth), 0.0)
            shares += np.where(known, measure.share, 0.0)
            if place == 0 and not measure.codes:
                shown[:, number] = np.where(applies[:, number], numbers, np.nan)
        value[:, number] = np.divide(total, shares, out=np.full(len(site), np.nan), where=shares > 0)
    return value, shown, applies


def _worth(measure: Measure, numbers: NDArray[Any]) -> NDArray[np.float64]:
    if measure.codes:
        return measure.value_of_codes(np.asarray(numbers, dtype=object))
    return measure.value(np.asarray(numbers, dtype=np.float64))
