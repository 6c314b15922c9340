"""A sound package of a region drawn by hand."""

from __future__ import annotations

import pytest

from layers.export_settings import ExportSettings, export_settings
from layers.exports.import_package import ImportPackage, build
from tests.support.package_region import PROJECT, Tables, region


@pytest.fixture
def tables() -> Tables:
    return region()


@pytest.fixture
def settings() -> ExportSettings:
    return export_settings(PROJECT, "proef")


@pytest.fixture(scope="session")
def vision() -> ImportPackage:
    """A sound package for a vision, made once; tests must not change it."""
    return build(region(), export_settings(PROJECT, "proef"), purpose="visie")
