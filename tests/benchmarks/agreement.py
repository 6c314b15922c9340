"""Whether two engines gave the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from tests.benchmarks.nation import read_nation

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tests.benchmarks.nation import Nation
    from tests.benchmarks.steps import Answer

DISTANCE_M: Final = 1e-6
RELATIVE: Final = 1e-6
NOTHING_M2: Final = 1e-3
"""Smaller overlaps are rounding along a shared border, which one engine sees and another does not."""
TIE_M: Final = 1e-3


def read_answers(path: Path) -> dict[str, Answer]:
    """Read what a worker saved: step to answer."""
    result: dict[str, Answer] = {}
    with np.load(path) as stored:
        for key in stored.files:
            step, name = key.split(" ", 1)
            result.setdefault(step, {})[name] = stored[key]
    return result


def assert_agreement(folder: Path, one: Path, other: Path) -> int:
    """Compare the answers of two engines.

    Returns
    -------
    int
        How many nearest targets differ because several are equally near.

    Raises
    ------
    AssertionError
        When the answers differ otherwise.
    """
    return assert_equal(read_nation(folder), one, other)


def assert_equal(nation: Nation, one: Path, other: Path) -> int:
    """Compare as `assert_agreement` does, for a nation that is in memory already."""
    answers, others = read_answers(one), read_answers(other)
    assert answers.keys() == others.keys()
    return sum(_compare(nation, step, answers[step], others[step]) for step in answers)


def _compare(nation: Nation, step: str, one: Answer, other: Answer) -> int:
    if "target" in one:
        # ours takes what is a millimetre farther for equally near
        same = one["target"] == other["target"]
        for rows, metres in ((same, DISTANCE_M), (~same, TIE_M)):
            np.testing.assert_allclose(
                one["distance"][rows], other["distance"][rows], rtol=0, atol=metres, err_msg=step
            )
        return _ties(nation, step, one, other)
    if "size" in one:
        _compare_overlaps(step, one, other)
    else:
        for key, values in one.items():
            exact = key == "count"
            np.testing.assert_allclose(
                values,
                other[key],
                rtol=0 if exact else RELATIVE,
                atol=0 if exact else DISTANCE_M,
                err_msg=step,
            )
    return 0


def _ties(nation: Nation, step: str, one: Answer, other: Answer) -> int:
    """Count parks whose two nearest targets are equally near; any other difference is an error."""
    differ = np.flatnonzero(one["target"] != other["target"])
    parks = nation.parks.geometry.to_numpy()[differ]
    gaps = []
    for target in (one["target"][differ], other["target"][differ]):
        if step == "a":
            chosen = shapely.points(nation.x[target], nation.y[target])
        else:
            chosen = nation.waterways.geometry.to_numpy()[target]
        gaps.append(shapely.distance(parks, chosen))
    assert (np.abs(gaps[0] - gaps[1]) <= TIE_M).all(), f"{step}: nearest targets differ"
    return len(differ)


def _compare_overlaps(step: str, one: Answer, other: Answer) -> None:
    keys, sizes = _sorted_overlaps(one)
    other_keys, other_sizes = _sorted_overlaps(other)
    np.testing.assert_array_equal(keys, other_keys, err_msg=step)
    np.testing.assert_allclose(sizes, other_sizes, rtol=RELATIVE, atol=NOTHING_M2, err_msg=step)


def _sorted_overlaps(answer: Answer) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    real = np.flatnonzero(answer["size"] > 2 * NOTHING_M2)
    keys = np.column_stack((answer["shape"][real], answer["area"][real])).astype(np.int64)
    order = np.lexsort(keys.T[::-1])
    return keys[order], answer["size"][real][order]
