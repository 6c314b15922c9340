"""What a facility of each function is: how many inhabitants, how many hectares, how many tonnes it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

BOUNDS: Final = ("low", "mid", "high")
_FIGURES: Final = {"catchment": "catchment", "plot": "plot_ha", "throughput": "throughput_kt"}
_WEAKEST: Final = ("to_verify", "assumption", "sourced")


def find_figures(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Gather the figures of a facility per function.

    Parameters
    ----------
    tables
        ``circular_functions`` and ``demand_figures`` of a release.

    Returns
    -------
    DataFrame
        Index ``function_id``, sorted: ``name_nl``, ``name_en``, ``scale``; low, mid and high of
        ``catchment_`` (inhabitants), ``plot_`` (ha) and ``throughput_`` (kt a year), missing where nobody
        gave a figure; ``status``, the weakest of the figures used.
    """
    functions = (
        tables["circular_functions"].drop_duplicates("function_id").set_index("function_id").sort_index()
    )
    result = functions[["name_nl", "name_en", "scale"]].astype("string").astype(object)
    figures = tables["demand_figures"].set_index("name")
    statuses: dict[str, list[str]] = {str(name): [] for name in result.index}
    for short, suffix in _FIGURES.items():
        names = [f"demand.{function}.{suffix}" for function in result.index]
        rows = figures.reindex(names)
        for bound in BOUNDS:
            result[f"{short}_{bound}"] = rows[bound].to_numpy(dtype=np.float64, na_value=np.nan)
        for function, status in zip(result.index, rows["status"], strict=True):
            if isinstance(status, str):
                statuses[str(function)].append(status)
    result["status"] = [
        next((word for word in _WEAKEST if word in statuses[str(name)]), None) for name in result.index
    ]
    return result


def capacity_of(hectares: NDArray[np.float64], figures: pd.Series, measure: str) -> NDArray[np.float64]:
    """Give how much a facility serves on a plot of a size, inhabitants or kt a year.

    The low, mid and high plot go with the low, mid and high figure, straight lines between; a smaller plot
    holds less in proportion, a larger one no more than the high figure (an assumption of ours: the two ranges
    were given apart).

    Parameters
    ----------
    hectares
        Largest plot of each site, missing where nobody knows it: then the middle figure, ``(n,)``.
    figures
        A row of `find_figures`.
    measure
        ``catchment`` or ``throughput``.
    """
    plots = np.array([0.0, *(float(figures[f"plot_{bound}"]) for bound in BOUNDS)])
    served = np.array([0.0, *(float(figures[f"{measure}_{bound}"]) for bound in BOUNDS)])
    if np.isnan(plots).any():
        return np.full(len(hectares), served[2])
    found = np.where(np.isnan(hectares), served[2], np.interp(hectares, plots, served))
    return np.asarray(found, dtype=np.float64)


def hectares_for(served: float, figures: pd.Series, measure: str) -> float:
    """Give the hectares that so many inhabitants or kt need; beyond the high figure in proportion."""
    plots = np.array([0.0, *(float(figures[f"plot_{bound}"]) for bound in BOUNDS)])
    known = np.array([0.0, *(float(figures[f"{measure}_{bound}"]) for bound in BOUNDS)])
    if served > known[-1]:
        return float(plots[-1] * served / known[-1])
    return float(np.interp(served, known, plots))
