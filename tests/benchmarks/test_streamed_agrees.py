"""Out of core, part by part, gives exactly what one run over everything in memory gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gis import parquet_arranged, parquet_runs
from gis.workers import open_workers
from tests.benchmarks.national_data import LAYERS, read_national, write_national, write_side_by_side
from tests.benchmarks.steps import FIRST_CLASS, STEPS, open_engine
from tests.benchmarks.streamed import open_layers, take_steps

if TYPE_CHECKING:
    from pathlib import Path

    from tests.benchmarks.steps import Answer

SCALE = 0.006


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_national(folder, SCALE)
    return folder


@pytest.fixture(scope="module")
def whole(country: Path) -> dict[str, Answer]:
    with open_engine("ours", read_national(country)) as engine:
        return {step: engine.step(step)() for step in STEPS}


def assert_same(one: dict[str, Answer], other: dict[str, Answer]) -> None:
    assert one.keys() == other.keys()
    for step, answer in one.items():
        assert answer.keys() == other[step].keys()
        for key, values in answer.items():
            if key in {"size", "metres"}:
                np.testing.assert_allclose(values, other[step][key], rtol=1e-6, atol=0, err_msg=step)
            else:
                np.testing.assert_array_equal(values, other[step][key], err_msg=f"{step} {key}")


@pytest.mark.parametrize("rows", [900, 6000, 10**9])
@pytest.mark.parametrize("small", [0, 10**9], ids=["arranged", "as they are"])
def test_parts_add_up_to_the_whole(
    country: Path,
    whole: dict[str, Answer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    small: int,
) -> None:
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", small)
    monkeypatch.setattr(parquet_runs, "GROUP_BYTES", {True: 8_000, False: 8_000})
    with open_workers(1) as workers:
        answers, _ = take_steps(open_layers(country, tmp_path), list(STEPS), workers, FIRST_CLASS, rows)
    assert_same(whole, answers)


def test_two_processes_give_the_same(
    country: Path, whole: dict[str, Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", 0)
    with open_workers(2) as workers:
        answers, _ = take_steps(open_layers(country, tmp_path), list(STEPS), workers, FIRST_CLASS, 2000)
    assert_same(whole, answers)


def test_nations_side_by_side_are_as_many_nations(country: Path, tmp_path: Path) -> None:
    write_side_by_side(country, tmp_path, 3, SCALE)
    one, three = read_national(country), read_national(tmp_path)
    assert len(three.x) == 3 * len(one.x)
    for name in LAYERS[:-1]:
        single, triple = getattr(one, name), getattr(three, name)
        moved = single.geometry.translate(
            triple.geometry.bounds.minx.iloc[len(single)] - single.geometry.bounds.minx.iloc[0]
        )
        assert (
            triple.geometry.iloc[len(single) : 2 * len(single)].distance(moved, align=False) < 0.002
        ).all()
        assert triple.crs == single.crs
