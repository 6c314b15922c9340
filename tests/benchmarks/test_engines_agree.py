"""The benchmark compares like with like: on a small country every engine gives the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from tests.benchmarks.agreement import assert_agreement
from tests.benchmarks.nation import read_nation, sizes, write_nation
from tests.benchmarks.steps import STEPS, EngineAbsentError, open_engine
from tests.benchmarks.worker import save_answers

if TYPE_CHECKING:
    from pathlib import Path

SCALE = 0.005


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("country")
    write_nation(folder, SCALE)
    with open_engine("ours", read_nation(folder)) as engine:
        save_answers(folder / "ours.npz", {step: engine.step(step)() for step in STEPS})
    return folder


@pytest.mark.parametrize("name", ["geopandas", "postgis"])
def test_another_engine_gives_the_same_answers(country: Path, name: str) -> None:
    other = country / f"{name}.npz"
    try:
        with open_engine(name, read_nation(country)) as engine:
            save_answers(other, {step: engine.step(step)() for step in STEPS})
    except EngineAbsentError as absent:
        pytest.skip(str(absent))
    assert_agreement(country, country / "ours.npz", other)


def test_a_wrong_answer_is_noticed(country: Path) -> None:
    with np.load(country / "ours.npz") as stored:
        answers = {key: stored[key].copy() for key in stored.files}
    answers["b count"][3] += 1
    np.savez(country / "wrong.npz", **answers)
    with pytest.raises(AssertionError, match="b"):
        assert_agreement(country, country / "ours.npz", country / "wrong.npz")


def test_the_country_is_as_asked(country: Path) -> None:
    nation, count = read_nation(country), sizes(SCALE)
    parks, towns = nation.parks.geometry.to_numpy(), nation.municipalities.geometry.to_numpy()
    assert (len(parks), len(nation.plots), len(nation.x)) == (20, 300, 5000)
    assert (len(nation.waterways), len(towns)) == (count.waterways, count.municipalities)
    for layer in (nation.parks, nation.plots, nation.waterways, nation.municipalities):
        assert layer.geometry.is_valid.all()
    assert shapely.coverage_is_valid(towns)
    assert shapely.area(shapely.union_all(parks)) == pytest.approx(shapely.area(parks).sum())
