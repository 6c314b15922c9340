"""The nearest row of a file read in parts is the nearest of all rows, however far away it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis import parquet_arranged, parquet_runs
from gis.boxes import PLANE, divide, grown, touching
from gis.parquet_arranged import read_by_place
from gis.parquet_nearest import nearest_rows, targets_of
from gis.parquet_open import open_stream
from gis.proximity import Targets

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.parquet_stream import Stream

SIDE = 50_000.0


def stream_of(shapes: NDArray[Any], tmp_path: Path) -> Stream:
    kind = np.arange(len(shapes)) % 3
    gpd.GeoDataFrame({"kind": kind}, geometry=shapes, crs=28992).to_parquet(
        tmp_path / "a.parquet", row_group_size=50
    )
    stream = open_stream(tmp_path / "a.parquet", "a", columns=("kind",))
    return read_by_place(stream, tmp_path / "cache")


def subjects(seed: int, count: int) -> NDArray[Any]:
    rng = np.random.default_rng(seed)
    xy = np.round(rng.uniform(0, SIDE, (count, 2)) / 10) * 10
    size = np.round(rng.uniform(10, 800, count))
    return np.asarray(shapely.box(xy[:, 0], xy[:, 1], xy[:, 0] + size, xy[:, 1] + size))


@pytest.mark.parametrize("small", [0, 10**9], ids=["arranged", "as it is"])
@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_nearest_of_all(
    tmp_path: Path, seed: int, small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", small)
    monkeypatch.setattr(parquet_runs, "GROUP_BYTES", {True: 1000, False: 1000})
    rng = np.random.default_rng(seed)
    # a crowd in one corner, a few far away, on a grid of 10 m so that many are equally near
    xy = np.concatenate((rng.uniform(0, 3000, (400, 2)), rng.uniform(0, SIDE, (5, 2))))
    xy = np.round(rng.permutation(xy) / 10) * 10
    targets: NDArray[Any] = np.asarray(shapely.points(xy))
    if seed % 2:
        squares = np.asarray(shapely.box(*xy.T, *(xy.T + 40)))
        targets = np.where(rng.random(len(xy)) < 0.5, targets, squares)
    stream, shapes = stream_of(targets, tmp_path), subjects(seed, 80)
    target, distance = Targets(targets).nearest(shapes)
    found = nearest_rows(stream, shapes, reach=50.0)
    np.testing.assert_array_equal(found[0], target)
    np.testing.assert_array_equal(found[1], distance)
    around = stream.near(grown((0.0, 0.0, SIDE, SIDE), 2000.0))
    again = nearest_rows(stream, shapes, reach=50.0, near=(around, targets_of(around.places)))
    np.testing.assert_array_equal(again[0], target)
    some = np.flatnonzero(np.arange(len(targets)) % 3 == 1)
    target, distance = Targets(targets[some]).nearest(shapes)
    chosen = nearest_rows(
        stream, shapes, reach=50.0, columns=("kind",), only=lambda rows: rows.column("kind") == 1
    )
    np.testing.assert_array_equal(chosen[0], some[target])
    np.testing.assert_array_equal(chosen[1], distance)


@pytest.mark.parametrize("count", [0, 30])
def test_nothing_to_find(tmp_path: Path, count: int) -> None:
    stream = stream_of(subjects(1, count).astype(object), tmp_path)
    number, distance = nearest_rows(
        stream, subjects(2, 3), reach=1.0, only=lambda rows: np.zeros(len(rows), dtype=bool)
    )
    assert number.tolist() == [-1] * 3
    assert np.isinf(distance).all()
    assert len(nearest_rows(stream, subjects(2, 0), reach=1.0)[0]) == 0


def test_boxes_divide_the_plane() -> None:
    rng = np.random.default_rng(4)
    xy = np.round(rng.normal(0, 300, (4000, 2)))
    bounds = np.column_stack((xy, xy))
    parts = divide(bounds, np.ones(4000), 300)
    assert parts == divide(bounds, np.ones(4000), 300)
    inside = np.array(
        [(xy[:, 0] >= w) & (xy[:, 0] < e) & (xy[:, 1] >= s) & (xy[:, 1] < n) for w, s, e, n in parts]
    )
    assert (inside.sum(axis=0) == 1).all()
    assert inside.sum(axis=1).max() <= 300
    assert inside.sum(axis=1).min() > 100
    # all in one place, and nothing at all
    assert divide(np.zeros((9, 4)), np.ones(9), 2) == [PLANE] == divide(np.zeros((0, 4)), np.zeros(0), 2)
    assert touching(bounds, PLANE).all()
