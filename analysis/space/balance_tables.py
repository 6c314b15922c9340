"""The balance as tables: per class, per group of classes, and term by term for a waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.space.balance import (
    APART,
    DEMANDS,
    GROUPS,
    TERMS,
    TOGETHER,
    WATERFALLS,
    charted,
    deterministic,
    grouped,
    match,
    with_province,
)
from analysis.space.matching import WATERS
from analysis.space.montecarlo import share_short, spread
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.space.balance import BalanceModels
    from analysis.space.montecarlo import Simulation

STEP_HA = 5.0
"""Hectares are shown rounded to this step; the tables keep them exact beside it."""
PERCENTILE_NAMES = ("p10_ha", "p50_ha", "p90_ha")


def shown(hectares: NDArray[np.float64], step: float = STEP_HA) -> NDArray[np.float64]:
    """Round hectares to the step in which they are shown."""
    # adding zero turns a negative zero into a plain one
    return np.asarray(np.round(hectares / step) * step + 0.0)


def balance_tables(simulation: Simulation) -> dict[str, pd.DataFrame]:
    """Make the tables ``balance``, ``balance_groups`` and ``balance_terms``.

    Hectares under the name of a term, ``balance_ha`` and ``shortage_ha`` are computed with every input at its
    mid value; P10, P50 and P90 come from the draws, and so does the share of the calculations in which a
    shortage is found.
    """
    models = simulation.models
    at_mid = deterministic(models)
    terms = {name: _all_places(cells)[0] for name, cells in at_mid.items()}
    matched = {rule: cells[0] for rule, cells in match(at_mid, models.heavy_from).items()}
    every = [(category, water) for category in CATEGORIES for water in WATERS]
    flat = {name: cells.reshape(*cells.shape[:2], -1) for name, cells in terms.items()}
    summed = {name: grouped(cells) for name, cells in terms.items()}
    classes, groups = [], []
    for rule, cells in simulation.shortage.items():
        drawn = cells.reshape(*cells.shape[:3], -1)
        mid = matched[rule].reshape(*matched[rule].shape[:2], -1)
        classes.append(_rows(models, rule, ("category", "water"), every, flat, mid, drawn))
        by_group, mid_group = simulation.groups[rule], grouped(matched[rule])
        groups.append(_rows(models, rule, ("group", "water"), GROUPS, summed, mid_group, by_group))
    return {
        "balance": pd.concat(classes, ignore_index=True),
        "balance_groups": pd.concat(groups, ignore_index=True),
        "balance_terms": _term_rows(simulation, terms),
    }


def _all_places(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add the province twice: together, and as the sum of its sub-areas, which for a term is the same."""
    together = with_province(cells)
    return np.concatenate([together, together[:, -1:]], axis=1)


def place_columns(models: BalanceModels, place: NDArray[np.int64]) -> dict[str, NDArray[np.object_]]:
    """Name places: what kind of area, and which."""
    areas = np.array(models.areas, dtype=object)[place]
    scopes = np.where(np.isin(areas.astype(str), (TOGETHER, APART)), areas, "sub_area").astype(object)
    return {"scope": scopes, "area": areas}


def _rows(
    models: BalanceModels,
    rule: str,
    names: tuple[str, str],
    columns: Sequence[tuple[str, str]],
    terms: Mapping[str, NDArray[np.float64]],
    mid: NDArray[np.float64],
    drawn: NDArray[np.float64],
) -> pd.DataFrame:
    """Put one rule into rows: every place, year and column of classes."""
    place, year, column = (axis.ravel() for axis in np.indices(mid.shape))
    first, second = (np.array([pair[side] for pair in columns], dtype=object)[column] for side in (0, 1))
    result = pd.DataFrame(
        {
            **place_columns(models, place),
            "year": np.array(models.years)[year],
            names[0]: first,
            names[1]: second,
            "rule": rule,
        }
    )
    for name in TERMS:
        result[f"{name}_ha"] = terms[name].ravel()
    asked, there = ([name for name in TERMS if (name in DEMANDS) is side] for side in (True, False))
    result["balance_ha"] = sum(result[f"{name}_ha"] for name in asked) - sum(
        result[f"{name}_ha"] for name in there
    )
    result["shortage_ha"] = mid.ravel()
    for name, values in zip(PERCENTILE_NAMES, spread(drawn), strict=True):
        result[name] = values.ravel()
        result[f"shown_{name}"] = shown(values.ravel())
    result["share_short"] = share_short(drawn).ravel()
    return result


def _term_rows(simulation: Simulation, terms: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame:
    """List every term with its spread, per place, year and charted group."""
    models = simulation.models
    mid = np.stack([charted(terms[name]) for name in TERMS], axis=-1)
    place, year, group, term = (axis.ravel() for axis in np.indices(mid.shape))
    result = pd.DataFrame(
        {
            **place_columns(models, place),
            "year": np.array(models.years)[year],
            "group": np.array([pair[0] for pair in WATERFALLS], dtype=object)[group],
            "water": np.array([pair[1] for pair in WATERFALLS], dtype=object)[group],
            "term": np.array(TERMS, dtype=object)[term],
            "side": np.where(term < len(DEMANDS), "asked", "there"),
            "mid_ha": mid.ravel(),
        }
    )
    for name, values in zip(PERCENTILE_NAMES, spread(simulation.terms), strict=True):
        result[name] = values.ravel()
    return result
