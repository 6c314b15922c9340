"""Which unknown matters most: Sobol indices of the shortage, and what knowing an input would be worth.

First-order and total indices follow Saltelli et al. (2010) as SALib computes them, on the uniforms below the
inputs, so that inputs that are correlated within a scenario move as one factor. With many factors only the
ones that a first look at the Monte Carlo draws finds important are taken one by one; all others together are
one factor of their own, so nothing of the spread is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.space.balance import TOGETHER, WATERFALLS, charted, rules, sides
from analysis.space.matching import split
from gis.parallel import map_slices

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from analysis.space.balance import BalanceModels
    from analysis.space.montecarlo import Simulation
    from analysis.space.quantities import Quantities

OTHERS = "other"
"""The factor that stands for all that are not taken one by one."""
RULE = "floor"
"""Under which rule the shortage is explained: each kind of land for who needs it."""
SAMPLES = 128
FOCUS = 20
BINS = 20
CHANCE = 3.0
"""Standard errors below which a narrower band counts as chance."""
ROWS_AT_ONCE = 1_000
SEED = 20260102


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain thing: a quantity, or quantities that move together.

    Attributes
    ----------
    name
        Name of the quantity, or of the group.
    stream
        Which uniform of a draw it takes.
    rows
        Rows of its quantities that vary.
    """

    name: str
    stream: int
    rows: tuple[int, ...]


def factors(quantities: Quantities) -> tuple[Factor, ...]:
    """List the factors that vary, in the order of their uniforms."""
    streams = quantities.streams()
    varies = quantities.high > quantities.low
    result = []
    for stream in range(int(streams.max()) + 1 if len(streams) else 0):
        rows = tuple(int(row) for row in np.flatnonzero((streams == stream) & varies))
        if rows:
            name = quantities.group[rows[0]] or quantities.name[rows[0]]
            result.append(Factor(name, stream, rows))
    return tuple(result)


def main_year(years: Sequence[int], wanted: int = 2035) -> int:
    """Give the position of the year that is explained: the wanted one, else the middle one."""
    return list(years).index(wanted) if wanted in years else len(years) // 2


def headline(models: BalanceModels, values: NDArray[np.float64], year: int) -> NDArray[np.float64]:
    """Give the shortage of the province per group of `WATERFALLS` in one year, ``(draws, groups)``."""
    asked, there = (side[:, :, year].sum(axis=1) for side in sides(models.terms(values)))
    floor, order = rules(models.heavy_from)[RULE]
    return charted(split(asked, there, order=order, floor=floor))


def drawn_headline(simulation: Simulation, year: int) -> NDArray[np.float64]:
    """Give the same as `headline` out of draws that were made already."""
    place = simulation.models.areas.index(TOGETHER)
    return charted(simulation.shortage[RULE][:, place, year])


def _bins(simulation: Simulation, factor: Factor) -> NDArray[np.int64]:
    """Sort the draws by a factor and cut them in bins of equal size, ``(bins, draws per bin)``."""
    drawn = simulation.values[:, factor.rows[0]]
    size = len(drawn) // BINS
    return np.argsort(drawn, kind="stable")[: size * BINS].reshape(BINS, size)


def screen(simulation: Simulation, outputs: NDArray[np.float64]) -> pd.Series[float]:
    """Estimate from the draws how much of the spread each factor explains on its own.

    Returns
    -------
    Series
        By factor, the largest share of the variance of any output between bins of the factor, less what
        chance alone gives; from high to low.
    """
    found = factors(simulation.models.quantities)
    total = outputs.var(axis=0)
    vary = total > 0
    size = max(len(outputs) // BINS, 1)
    shares = []
    for factor in found:
        means = outputs[_bins(simulation, factor)].mean(axis=1)
        # what bins of pure noise would show
        between = means.var(axis=0) - total / size
        shares.append(float((between[vary] / total[vary]).max(initial=0.0)))
    series = pd.Series(shares, index=[factor.name for factor in found], dtype=float)
    return series.sort_values(ascending=False, kind="stable")


def band_worth(
    simulation: Simulation, outputs: NDArray[np.float64], names: Sequence[str]
) -> NDArray[np.float64]:
    """Give by how many hectares the band from P10 to P90 is expected to shrink once a factor is known.

    Returns
    -------
    ndarray
        ``(factors, outputs)``: the band within arbitrary bins less the mean band within bins of the factor;
        zero where the difference is no more than such bins differ by chance.
    """
    by_name = {factor.name: factor for factor in factors(simulation.models.quantities)}
    size = len(outputs) // BINS
    # draws come in no order, so bins of draws in a row are arbitrary
    anyhow = _bands(outputs, np.arange(size * BINS).reshape(BINS, size))
    whole, noise = anyhow.mean(axis=0), anyhow.std(axis=0, ddof=1) / np.sqrt(BINS)
    worth = np.zeros((len(names), outputs.shape[1]))
    for row, name in enumerate(names):
        worth[row] = whole - _bands(outputs, _bins(simulation, by_name[name])).mean(axis=0)
    return np.where(worth > CHANCE * noise, worth, 0.0)


def _bands(outputs: NDArray[np.float64], bins: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the width from P10 to P90 within each bin, ``(bins, outputs)``."""
    low, high = np.percentile(outputs[bins], (10.0, 90.0), axis=1)
    return np.asarray(high - low)


def sobol(
    evaluate: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    quantities: Quantities,
    outputs: Sequence[str],
    *,
    focus: Sequence[str] | None = None,
    samples: int = SAMPLES,
    seed: int = SEED,
    threads: int | None = None,
) -> pd.DataFrame:
    """Compute first-order and total Sobol indices.

    Parameters
    ----------
    evaluate
        From values ``(rows, k)`` in the order of `quantities` to outputs ``(rows, m)``.
    outputs
        Names of the outputs.
    focus
        Factors to take one by one, the others together as one; None takes all one by one.
    samples
        Base samples, a power of two. The model is computed ``samples * (factors + 2)`` times.
    seed
        Part of the recipe; above zero.

    Returns
    -------
    DataFrame
        ``output``, ``factor``, ``first``, ``first_conf``, ``total``, ``total_conf`` (95 % half widths);
        missing for an output that does not vary.
    """
    from SALib.analyze import sobol as analysing
    from SALib.sample import sobol as sampling

    found = factors(quantities)
    chosen = {factor.name for factor in found} if focus is None else set(focus)
    groups = [factor.name if factor.name in chosen else OTHERS for factor in found]
    columns = ["output", "factor", "first", "first_conf", "total", "total_conf"]
    if not found:
        return pd.DataFrame(columns=columns)
    problem: dict[str, Any] = {
        "num_vars": len(found),
        "names": [factor.name for factor in found],
        "bounds": [[0.0, 1.0]] * len(found),
        "groups": groups,
    }
    drawn = sampling.sample(problem, samples, calc_second_order=False, seed=seed)
    streams = int(quantities.streams().max()) + 1
    uniforms = np.full((len(drawn), streams), 0.5)
    uniforms[:, [factor.stream for factor in found]] = drawn
    parts = map_slices(
        lambda part: evaluate(quantities.values(uniforms[part])),
        len(uniforms),
        size=ROWS_AT_ONCE,
        threads=threads,
    )
    computed = np.concatenate(parts)
    names = list(dict.fromkeys(groups))
    rows = []
    for column, output in enumerate(outputs):
        answer = computed[:, column]
        if np.ptp(answer) == 0.0:
            part = pd.DataFrame({"output": output, "factor": names})
            rows.append(part.assign(**dict.fromkeys(columns[2:], np.nan)))
            continue
        found_here = analysing.analyze(problem, answer, calc_second_order=False, seed=seed)
        rows.append(
            pd.DataFrame(
                {
                    "output": output,
                    "factor": names,
                    "first": found_here["S1"],
                    "first_conf": found_here["S1_conf"],
                    "total": found_here["ST"],
                    "total_conf": found_here["ST_conf"],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)[columns]


def explain(
    simulation: Simulation,
    *,
    focus: int = FOCUS,
    samples: int = SAMPLES,
    seed: int = SEED,
    threads: int | None = None,
) -> pd.DataFrame:
    """Explain the shortage of the province in the main year by its inputs.

    Parameters
    ----------
    simulation
        The draws, for the first look and for the worth of knowing.
    focus
        How many factors are taken one by one.

    Returns
    -------
    DataFrame
        As `sobol`, per group of `WATERFALLS` (``group``, ``water``) and ``year``, with ``screened`` (share
        of variance on its own, estimated from the draws), ``worth_ha`` and ``band_ha``.
    """
    models = simulation.models
    year = main_year(models.years)
    outputs = drawn_headline(simulation, year)
    screened = screen(simulation, outputs)
    chosen = [str(name) for name in screened.index[:focus]]
    labels = [" ".join(pair) for pair in WATERFALLS]
    table = sobol(
        lambda values: headline(models, values, year),
        models.quantities,
        labels,
        focus=chosen,
        samples=samples,
        seed=seed,
        threads=threads,
    )
    worth = band_worth(simulation, outputs, chosen)
    band = np.subtract(*np.percentile(outputs, (90.0, 10.0), axis=0))
    place = {label: number for number, label in enumerate(labels)}
    row = {name: number for number, name in enumerate(chosen)}
    output = table["output"].map(place).to_numpy(dtype=np.int64)
    own = table["factor"].map(row)
    known = own.notna().to_numpy(dtype=bool)
    gain = np.full(len(table), np.nan)
    gain[known] = worth[own[known].to_numpy(dtype=np.int64), output[known]]
    pairs = [WATERFALLS[number] for number in output]
    return pd.DataFrame(
        {
            "year": models.years[year],
            "group": [pair[0] for pair in pairs],
            "water": [pair[1] for pair in pairs],
            "factor": table["factor"],
            **{name: table[name] for name in ("first", "first_conf", "total", "total_conf")},
            "worth_ha": gain,
            "band_ha": band[output],
        }
    )
