"""What several test folders share: releases of the sample region, made once per worker.

Those with a balance or a plan take long: tests that use them carry ``pytest.mark.xdist_group("plan")``, so that
one worker makes them and the others do not.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.package_region import SHARED
from tests.support.postgis import fresh_database, needed_server
from tests.support.short_plan import SHORT, no_views

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# the same examples on every machine and every day; a new idea for an example belongs in a test of its own
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def sample_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a release of the sample region; tests must not change it."""
    from api.jobs.run import main_only, run
    from layers.project import load_project
    from layers.sample.build import write_sample

    folder = tmp_path_factory.mktemp("sample")
    return run(main_only(load_project(write_sample(folder))), folder / "releases").path


QUICK = """[parameters.space]
surface = false
draws = 500
samples = 4

[parameters.sharing]
functions = ["F02", "F05", "F10"]
seconds = inf
nodes = 20
equity_loss = [0.0, 0.1]

[layers.parks]"""


@pytest.fixture(scope="session")
def balanced_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a release of the sample region with its balance, without surface and views."""
    from api.jobs.run import run
    from layers.project import load_project
    from layers.sample.build import write_sample

    path = write_sample(tmp_path_factory.mktemp("balanced"))
    path.write_text(path.read_text(encoding="utf-8").replace("[layers.parks]", QUICK, 1), encoding="utf-8")
    return run(load_project(path), path.parent / "releases", render=no_views).path


@pytest.fixture(scope="session")
def planned_release(balanced_release: Path) -> Path:
    """Give the folder of a release with a reservation plan of the sample region, without views."""
    from api.jobs.changes import Changes
    from api.jobs.reserve import reserve
    from layers.release import open_release

    parent = open_release(balanced_release)
    return reserve(parent, balanced_release.parent, Changes(settings=SHORT), render=no_views).path


@pytest.fixture
def sample_copy(sample_release: Path, tmp_path: Path) -> Path:
    """Give a copy of the sample release that a test may change."""
    return Path(shutil.copytree(sample_release, tmp_path / sample_release.name))


@pytest.fixture(scope="session")
def postgis_address() -> Iterator[str]:
    """Give the connection string of a PostGIS server of our own; skips where there is none."""
    with needed_server() as address:
        yield address


@pytest.fixture
def database(postgis_address: str) -> Iterator[str]:
    """Give the address, password included, of an empty database with PostGIS."""
    with fresh_database(postgis_address) as address:
        yield address


@pytest.fixture(scope="session")
def official_errors() -> Callable[[Mapping[str, bytes], Path], list[str]]:
    """Give the checker of the shared folder: every XSD error of every GIO, companion and OW file."""
    tool = SHARED / "tools" / "validate_gio.py"
    if not tool.exists():
        pytest.skip("the shared folder with the official schemas is not beside the checkout")
    spec = importlib.util.spec_from_file_location("validate_gio", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def errors(files: Mapping[str, bytes], folder: Path) -> list[str]:
        found = []
        for path, data in files.items():
            if path.startswith(("gio/", "ow/")) and path.endswith((".gml", ".xml")):
                place = folder / path.replace("/", "_")
                place.write_bytes(data)
                found += [f"{path}: {error}" for error in module.errors(str(place))]
        return found

    return errors
