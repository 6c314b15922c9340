"""Uncertain inputs stated in files, and totals that are known in a few years and read evenly between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from analysis.data_files import Field, range_fields, read_data_file
from analysis.space.bases import based, bases_of, load_bases, only_totals
from analysis.space.quantities import Quantities, quantities_of
from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.bases import Region

LIMITS: dict[str, tuple[float, float]] = {
    "share": (0.0, 1.0),
    "ha": (0.0, math.inf),
    "years": (0.0, math.inf),
    "year": (1900.0, 2200.0),
}
"""What a figure in each unit may be, both ends included."""

FIELDS = (
    Field("name"),
    *range_fields("", minimum=None),
    Field("unit", allowed=tuple(LIMITS)),
    Field("label_nl"),
    Field("label_en", filled=False),
    Field("question_nl", filled=False),
    Field("group", filled=False),
)


def stated(
    name: str,
    required: Iterable[str],
    path: Path | None = None,
    *,
    region: Region | None = None,
    bases: Path | None = None,
) -> Quantities:
    """Read a file of uncertain figures as quantities.

    Parameters
    ----------
    name
        File of ``layers/data`` without ``.csv``.
    required
        Names of figures that must be in it.
    path
        File of a user in its place.
    region
        The region of the project, to which totals of another region are scaled by inhabitants; None leaves
        them as published.
    bases
        File of a user in place of ``figure_bases.csv``.

    Raises
    ------
    InputError
        With every problem: no number, low above mid or mid above high, a share outside 0 to 1, a negative
        area, an unknown unit, status or base, a base for what is no total, a figure that is lacking or named
        twice.
    """
    regions = load_bases(bases)
    file = read_data_file(name, path, based(name, FIELDS, path), ("name",))
    file.check_order()
    origins = bases_of(file, regions)
    only_totals(file, origins)
    for unit, (least, most) in LIMITS.items():
        # NaN is reported as no number already
        low, high = file.table["low"].to_numpy(dtype=float), file.table["high"].to_numpy(dtype=float)
        outside = (file.table["unit"] == unit).to_numpy(dtype=bool) & ((low < least) | (high > most))
        limit = f"at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
        file.report(f"a figure in {unit} must be {limit}", "Correct low, mid and high.", "low", outside)
    lacking = tuple(wanted for wanted in required if wanted not in set(file.table["name"]))
    # without columns there are no rows, and the columns have been reported
    if lacking and len(file.table):
        problem = Problem("figures are missing", "Add a row for each.", file.name, field="name", rows=lacking)
        file.problems.append(problem)
    file.stop()
    rows = []
    for row, figure, base in zip(file.table.to_dict("records"), file.ranges(), origins, strict=True):
        here = figure if base is None else base.scaled(figure, region)
        texts = [str(row[text]) for text in ("name", "label_nl", "label_en", "question_nl", "group")]
        rows.append(here.quantity(*texts))
    return quantities_of(rows)


def knots(quantities: Quantities, prefix: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the totals named ``<prefix>.by_<year>``: their rows and years, ascending by year."""
    start = f"{prefix}.by_"
    found = sorted(
        (float(name.removeprefix(start)), row)
        for row, name in enumerate(quantities.name)
        if name.startswith(start)
    )
    return np.array([row for _, row in found], dtype=np.int64), np.array([year for year, _ in found])


def since(
    quantities: Quantities,
    values: NDArray[np.float64],
    prefix: str,
    years: NDArray[np.float64],
    reference_year: int,
) -> NDArray[np.float64]:
    """Give what is added between the reference year and each year, ``(draws, years)``, never negative.

    Totals are zero in ``<prefix>.start_year`` and run evenly between the years that are named; after the last
    of them they go on as between the last two.
    """
    rows, named = knots(quantities, prefix)
    first = values[:, quantities.position(f"{prefix}.start_year")]
    moments = np.concatenate([[float(reference_year)], years])
    at = np.stack([_read(moment, first, named, values[:, rows]) for moment in moments], axis=1)
    return np.asarray(np.maximum(at[:, 1:] - at[:, :1], 0.0))


def _read(
    moment: float, first: NDArray[np.float64], named: NDArray[np.float64], totals: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Read the total at one moment, ``(draws,)``."""
    after = min(int(np.count_nonzero(named < moment)), len(named) - 1)
    upper, end = totals[:, after], named[after]
    if after == 0:
        lower, begin = np.zeros_like(upper), first
    else:
        lower, begin = totals[:, after - 1], np.full_like(first, named[after - 1])
    slope = (upper - lower) / np.maximum(end - begin, 1.0)
    return np.asarray(np.maximum(lower + slope * (moment - begin), 0.0))
