"""Every broken input gives a clear error or a recorded repair; none crashes or hangs."""

from __future__ import annotations

import functools
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.errors import InputError
from gis.repair import repair
from layers import read as reading
from layers.project import load_project
from layers.read import read_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.read import Inputs

NOBODY = 65534
LONGEST_S = 15
"""Seconds that even the ten million vertices may take."""


def run(file: Path) -> Inputs:
    return read_inputs(load_project(file))


def test_a_broken_input_gives_a_clear_error_or_a_recorded_repair(broken: Any, broken_project: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in broken_project.parent.iterdir() if path.exists()}
    start = time.monotonic()
    if broken.error is None:
        check_repair(broken, run(broken_project))
    else:
        check_error(broken, broken_project)
    assert time.monotonic() - start < LONGEST_S
    after = {path: path.stat().st_mtime_ns for path in broken_project.parent.iterdir() if path.exists()}
    assert after == before, "reading must leave the sources and their folder as they were"


def check_error(broken: Any, file: Path) -> None:
    with pytest.raises(InputError) as caught:
        run(file)
    (problem,) = caught.value.problems
    assert broken.error in problem.message
    assert problem.repair.endswith((".", "?"))
    assert problem.file in (broken.path, "project.toml")
    if problem.file == broken.path:
        assert problem.layer == broken.layer
    assert problem.rows == broken.rows
    assert str(file.parent) not in str(problem), "a message must not hold places of this machine"


def check_repair(broken: Any, inputs: Inputs) -> None:
    quality = inputs.quality
    mine = quality[(quality["layer"] == broken.layer) & (quality["rule"] == broken.rule)]
    assert len(mine), f"no record of {broken.rule}"
    assert tuple(str(row) for row in mine["row"].dropna()) == broken.rows
    source = next(item for item in inputs.sources if item.layer == broken.layer)
    gone = quality[(quality["layer"] == broken.layer) & quality["action"].isin(["set_aside", "merged"])]
    assert source.rows_in == source.rows_out + gone["row"].nunique()
    assert shapely.is_valid(inputs.tables[broken.layer].geometry.to_numpy()).all()


def test_there_are_at_least_forty(request: pytest.FixtureRequest) -> None:
    names = [item.name for item in request.session.items if "clear_error_or_a_recorded_repair" in item.name]
    assert len(names) >= 40 or len(request.session.items) < 40


def parks(shapes: list[Any]) -> gpd.GeoDataFrame:
    names = [f"p{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"park_id": names, "name": names}, geometry=shapes, crs=28992)


def project(folder: Path) -> Path:
    towns = {"municipality_code": ["GM0307"], "name": ["Amersfoort"]}
    area = [shapely.box(150000, 460000, 160000, 470000)]
    gpd.GeoDataFrame(towns, geometry=area, crs=28992).to_parquet(folder / "towns.parquet")
    text = '[project]\nname = "Kapot"\nauthority = "Proef"\nreference_date = 2026-01-01\n'
    for name in ("parks", "municipalities"):
        path = "parks.parquet" if name == "parks" else "towns.parquet"
        text += f'[layers.{name}]\npath = "{path}"\nsource = "proef"\nlicence = "CC0-1.0"\n'
    (folder / "project.toml").write_text(text, "utf-8")
    return folder / "project.toml"


def test_a_repair_that_would_take_for_ever_is_ended_and_names_the_park(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # every edge crosses about half of all others: hours of work
    tangle = np.random.default_rng(0).uniform(0, 1000, (30_000, 2)) + np.array([155000, 463000])
    parks([shapely.box(154000, 463000, 154100, 463100), shapely.Polygon(tangle)]).to_parquet(
        tmp_path / "parks.parquet"
    )
    monkeypatch.setattr(reading, "repair", functools.partial(repair, time_limit=1))
    start = time.monotonic()
    with pytest.raises(InputError) as caught:
        run(project(tmp_path))
    assert time.monotonic() - start < LONGEST_S
    (problem,) = caught.value.problems
    assert (problem.layer, problem.file, problem.rows) == ("parks", "parks.parquet", ("p1",))
    assert "cannot be repaired within 1 seconds" in problem.message


@pytest.fixture
def somebody() -> Iterator[None]:
    """Read as a user without rights when the tests run as root, who may read everything."""
    if not hasattr(os, "geteuid"):
        pytest.skip("this system has no such permissions")
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    yield
    if root:
        os.seteuid(0)


@pytest.fixture(params=["file", "folder"])
def closed_project(request: pytest.FixtureRequest) -> Iterator[Path]:
    """Give a project of which one file, or the folder it lies in, cannot be opened."""
    # not below pytest's own folder, which is closed to others
    with tempfile.TemporaryDirectory(prefix="kringruimte-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        inner = folder / "data"
        inner.mkdir()
        parks([shapely.box(155000, 463000, 155100, 463100)]).to_parquet(inner / "parks.parquet")
        file = project(folder)
        file.write_text(file.read_text("utf-8").replace('"parks.parquet"', '"data/parks.parquet"'), "utf-8")
        # once with all rights, so that nothing remains to be imported
        run(file)
        shut = inner / "parks.parquet" if request.param == "file" else inner
        shut.chmod(0)
        yield file
        shut.chmod(0o755)


def test_a_file_without_permission_is_a_clear_error(closed_project: Path, somebody: None) -> None:
    with pytest.raises(InputError) as caught:
        run(closed_project)
    (problem,) = caught.value.problems
    assert (problem.file, problem.layer) == ("data/parks.parquet", "parks")
    assert problem.message == "the file cannot be opened: no permission"
