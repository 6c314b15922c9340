"""What several test folders share: one release of the sample region, made once per test run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import settings

# the same examples on every machine and every day; a new idea for an example belongs in a test of its own
settings.register_profile("repeatable", derandomize=True)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def sample_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a release of the sample region; tests must not change it."""
    from api.jobs.run import run
    from layers.project import load_project
    from layers.sample.build import write_sample

    folder = tmp_path_factory.mktemp("sample")
    return run(load_project(write_sample(folder)), folder / "releases").path


@pytest.fixture
def sample_copy(sample_release: Path, tmp_path: Path) -> Path:
    """Give a copy of the sample release that a test may change."""
    return Path(shutil.copytree(sample_release, tmp_path / sample_release.name))
