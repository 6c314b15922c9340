"""How many missing or single steps of the circular chains a park could take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.categories import load_categories
from analysis.structure.travel import water_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from layers.parameters import Parameters

WANTED: Final = ("missing", "out_of_reach", "single")
SURE: Final = ("certain", "governed_by_zone")


def fitting_steps(
    tables: Mapping[str, pd.DataFrame], evidence: pd.DataFrame, parameters: Parameters
) -> NDArray[np.float64]:
    """Count per park the steps that are missing or hang on one hub and that it could take.

    A step fits with one of its functions, and a function with one of its size variants: the category that is
    permitted for certain is high enough, a high category has room, water is there where it is required, and a
    large noise maker stands on a zoned estate.

    Parameters
    ----------
    tables
        ``structure_chains`` and ``circular_functions``, when there are any.
    evidence
        ``park_evidence`` by park.

    Returns
    -------
    ndarray
        ``(parks,)``; NaN without the structure, or where the permitted category is not known.
    """
    chains, functions = tables.get("structure_chains"), tables.get("circular_functions")
    result = np.full(len(evidence), np.nan)
    if chains is None or functions is None:
        return result
    judged = chains["verdict_plan"].where(chains["verdict_plan"] != "not_assessed", chains["verdict_now"])
    steps = [set(str(text).split("; ")) for text in chains.loc[judged.isin(WANTED), "functions"]]
    fits = fitting_functions(functions, evidence, parameters)
    known = evidence["permitted_low"].notna().to_numpy(dtype=bool)
    for row in np.flatnonzero(known):
        result[row] = sum(bool(step & fits[row]) for step in steps)
    return result


def fitting_functions(
    functions: pd.DataFrame, evidence: pd.DataFrame, parameters: Parameters
) -> list[set[str]]:
    """Give per park the functions of which a size variant fits."""
    position = {name: rank for rank, name in enumerate(load_categories().labels)}
    heavy_from = position[parameters.hmc_threshold]
    permitted = evidence["permitted_low"].astype(object).map(position).fillna(0).to_numpy(dtype=np.int64)
    roomy = evidence["heavy"].isin(SURE).to_numpy(dtype=bool)
    zoned = (evidence["usable_basis"].astype(str).str.contains("governed")).to_numpy(dtype=bool)
    water = water_of(evidence, parameters) == "certain"
    result: list[set[str]] = [set() for _ in range(len(evidence))]
    asked = functions[functions["category"].notna() & (functions["selection"] != "not_in_province")]
    for row in asked.to_dict("records"):
        rank = position[str(row["category"])]
        fits = permitted >= rank
        if rank >= heavy_from:
            fits &= roomy
        if row["water_need"] == "required":
            fits &= water
        if row["large_noise_maker"] == "yes":
            fits &= zoned
        for place in np.flatnonzero(fits):
            result[place].add(str(row["function_id"]))
    return result
