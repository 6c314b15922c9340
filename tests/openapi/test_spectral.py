"""The OpenAPI document by Spectral, the linter with which the Dutch design rules are checked.

Its own rules for OpenAPI come with it. The rules of the Dutch API Design Rules are published apart; they are added
when ``KRING_ADR_RULES`` names a file that holds them.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from layers.schema import Level
from tests.support.npm import npm_tool
from tests.support.served import serve

ERROR: Final = 0
"""How Spectral writes the severity of an error."""
OGC_NAMES: Final = {"bbox-crs", "filter-crs", "filter-lang", "tileMatrixSets"}
"""Names that OGC prescribes and the design rules would write otherwise; a documented deviation."""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give the whole OpenAPI document, with calculations."""
    made = serve(tmp_path_factory.mktemp("spectral"), status="adopted", raised=Level.PUBLIC, jobs=True)
    assert made.house.jobs is not None
    found: dict[str, Any] = made.ask("/v1/openapi.json", "province").json()
    made.house.jobs.close()
    return found


def errors(document: dict[str, Any], folder: Path) -> list[dict[str, Any]]:
    """Let Spectral read a document and give its errors."""
    spectral = npm_tool("spectral", "@stoplight/spectral-cli")
    official = os.environ.get("KRING_ADR_RULES")
    rules = folder / "rules.json"
    extended = ["spectral:oas", *([str(Path(official).resolve())] if official else [])]
    rules.write_text(json.dumps({"extends": extended}), encoding="utf-8")
    described = folder / "openapi.json"
    described.write_text(json.dumps(document), encoding="utf-8")
    told = folder / "told.json"
    command = [
        spectral,
        "lint",
        "--ruleset",
        str(rules),
        "--format",
        "json",
        "--output",
        str(told),
        str(described),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert told.exists(), done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
    return [one for one in found if one["severity"] == ERROR]


def test_spectral_finds_only_the_names_that_ogc_prescribes(document: dict[str, Any], tmp_path: Path) -> None:
    left = [
        (one["code"], one["path"], one["message"])
        for one in errors(document, tmp_path)
        if not any(name in f"{one['path']} {one['message']}" for name in OGC_NAMES)
    ]
    assert left == []


def test_spectral_finds_what_is_wrong(document: dict[str, Any], tmp_path: Path) -> None:
    """A check that finds nothing is worth something when it does find an error that was put in."""
    path, operation = next((path, item["get"]) for path, item in document["paths"].items() if "{" in path)
    broken = {**document, "paths": {**document["paths"], path: {"get": {**operation, "parameters": []}}}}
    assert "path-params" in {one["code"] for one in errors(broken, tmp_path)}
