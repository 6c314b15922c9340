"""Bands of land demand from draws: P10, P50 and P90 per function, place and year.

These are shares of calculations over stated ranges, not probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.space.demand_table import PROVINCE, TOTAL
from analysis.space.quantities import BLOCK, blocks, sample_block
from analysis.space.spread import percentiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.space.demand import DemandModel

PERCENTILES = (10.0, 50.0, 90.0)


def demand_bands(model: DemandModel, draws: int, *, seed: int, block: int = BLOCK) -> pd.DataFrame:
    """Draw the demand and give its band, net hectares to find.

    Parameters
    ----------
    draws
        Number of draws, computed block by block, so that memory stays small.

    Returns
    -------
    DataFrame
        Per function (and ``total``), sub-area (and ``province``) and year: ``p10_ha``, ``p50_ha``, ``p90_ha``
        and the temporary double use in the middle, ``double_use_p50_ha``.
    """
    land, double_use = [], []
    for number, size in blocks(draws, block=block):
        cells = model.evaluate(sample_block(model.quantities, number, size, seed=seed, block=block))
        land.append(_with_totals(cells.by_function))
        double_use.append(_with_totals(cells.double_use))
    band = _percentiles(land, PERCENTILES)
    double = _percentiles(double_use, PERCENTILES[1:2])
    functions, areas = (*model.functions, TOTAL), (*model.sub_areas, PROVINCE)
    index = pd.MultiIndex.from_product(
        [functions, areas, model.years], names=["function_id", "sub_area", "year"]
    )
    columns = {
        f"p{percentile:.0f}_ha": values.reshape(-1)
        for percentile, values in zip(PERCENTILES, band, strict=True)
    }
    table = pd.DataFrame({**columns, "double_use_p50_ha": double.reshape(-1)}, index=index)
    return table.reset_index().sort_values(["function_id", "sub_area", "year"], ignore_index=True)


def _percentiles(parts: list[NDArray[np.float32]], wanted: tuple[float, ...]) -> NDArray[np.float64]:
    """Give percentiles over the draws of all blocks, ``(percentiles, cells)``."""
    cells = np.concatenate([part.reshape(len(part), -1).T for part in parts], axis=1)
    return percentiles(cells, wanted)


def _with_totals(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Add the total of functions and that of sub-areas to ``(draws, functions, sub-areas, years)``.

    In single precision, so that 10,000 draws of all functions stay below 50 MB.
    """
    whole = np.concatenate([values, values.sum(axis=1, keepdims=True)], axis=1)
    whole = np.concatenate([whole, whole.sum(axis=2, keepdims=True)], axis=2)
    return whole.astype(np.float32)
