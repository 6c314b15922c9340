"""Percentiles out of sorted draws, against those of numpy and by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.space.spread import percentiles

WANTED = (0.0, 10.0, 50.0, 90.0, 100.0)


def test_by_hand() -> None:
    # five draws: P10 lies four tenths of the way from the lowest to the next
    assert percentiles(np.array([[5.0, 1.0, 2.0, 4.0, 3.0]]), (10.0, 50.0, 90.0))[:, 0].tolist() == [
        pytest.approx(1.4),
        3.0,
        pytest.approx(4.6),
    ]


@pytest.mark.parametrize("draws", [1, 2, 3, 7, 10, 999, 1000, 10_000])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_to_the_last_bit_as_numpy(draws: int, kind: Any) -> None:
    generator = np.random.default_rng(draws)
    rows: Any = generator.gamma(2.0, 3.0, (5, draws)).astype(kind)
    rows[0], rows[1, : draws // 2] = 0.0, 0.0
    assert np.array_equal(percentiles(rows, WANTED), np.percentile(rows, WANTED, axis=1))
