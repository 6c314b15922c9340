"""A sound package of a region drawn by hand, and the checker of the shared folder."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from layers.export_settings import ExportSettings, export_settings
from layers.exports.import_package import ImportPackage, build
from tests.support.package_region import PROJECT, SHARED, Tables, region

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


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
