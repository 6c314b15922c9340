"""A fetch killed at any moment: nothing half is in use, and the next one ends in the same bytes."""

from __future__ import annotations

import multiprocessing
import random
import signal
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely

from layers.sources.manifest import read_manifest
from tests.support.killed import fetch_until
from tests.support.services import Services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENTS = 20
PROJECT = """
[fetch]
area = [130000, 450000, 140000, 460000]
recipes = "recipes"

[layers.parks]
recipe = "ibis_wfs"
fetch = { url = "BASE/wfs", name = "parks", page = 10 }

[layers.municipalities]
recipe = "gemeenten"
fetch = { url = "BASE/ogc", name = "parks", page = 10 }

[layers.waterways]
recipe = "eigen"
fetch = { url = "BASE/files/a.fgb" }
"""
OWN = """
name = "eigen"
layer = "waterways"
title_nl = "Eigen"
title_en = "Own"
connector = "file"
source = "Provincie"
licence = "CC0-1.0"
[columns]
waterway_id = { field = "naam", status = "sourced" }
[status]
source = "sourced"
licence = "sourced"
"""


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    rows = 42
    names = [f"n{i}" for i in range(rows)]
    table = gpd.GeoDataFrame(
        {"RIN_NUMMER": names, "PLAN_NAAM": names, "identificatie": names, "naam": names},
        geometry=[shapely.box(131_000 + 90 * i, 455_000, 131_080 + 90 * i, 455_100) for i in range(rows)],
        crs=28992,
    )
    path = tmp_path_factory.mktemp("files") / "a.fgb"
    table.to_file(path)
    with Services(table) as running:
        running.files["a.fgb"] = path.read_bytes()
        yield running


def project_in(folder: Path, services: Services) -> Path:
    (folder / "recipes").mkdir(parents=True)
    (folder / "recipes" / "eigen.toml").write_text(OWN, "utf-8")
    path = folder / "project.toml"
    path.write_text(PROJECT.replace("BASE", services.base), "utf-8")
    return path


def run(project: Path, call: int = 0) -> tuple[int | None, str]:
    """Fetch in another process; gives how it ended and what it said."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.killed", "pyogrio", "layers.sources.fetching"])
    told = project.parent / "told"
    told.unlink(missing_ok=True)
    child = context.Process(target=fetch_until, args=(str(project), call, str(told)))
    child.start()
    child.join(180)
    code = child.exitcode
    child.close()
    return code, told.read_text("utf-8") if told.exists() else ""


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != ".lock")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_killed_at_random_moments_it_ends_in_the_same_bytes(tmp_path: Path, services: Services) -> None:
    whole = project_in(tmp_path / "whole", services)
    code, told = run(whole)
    assert (code, told.split()[0]) == (0, "good")
    calls = int(told.split()[1])
    expected = tree(tmp_path / "whole" / "fetched")
    full = len(services.log)
    # a description and five pages, capabilities and hits and five pages, a file
    assert full == 6 + 7 + 1
    saved = []
    for number, call in enumerate(sorted(random.Random(2026).sample(range(1, calls), MOMENTS))):
        project = project_in(tmp_path / str(number), services)
        before = len(services.log)
        code, told = run(project, call)
        assert (code, told) == (-signal.SIGKILL, "")
        manifest = read_manifest(project.parent / "fetched")
        assert all(one.copy and manifest.is_whole(one.copy) for one in manifest.layers.values())
        assert run(project)[1].startswith("good")
        found = tree(project.parent / "fetched")
        assert sorted(found) == sorted(expected)
        assert found == expected, [name for name in found if found[name] != expected[name]]
        saved.append(2 * full - (len(services.log) - before))
    # what was there already is not asked again: the later the kill, the more was saved
    assert max(saved) >= full - 1
    assert sum(saved) > MOMENTS
