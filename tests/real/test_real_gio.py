"""Real GIOs of the province of Zeeland: read as they are, and nothing found that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from layers.exports.gio.check import check_files
from layers.exports.gio.reader import read_gio

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FOLDER = SHARED / "data" / "real" / "stop_gio_pv29_zeeland"
NAMES = ("13eeecaa", "2fbf57e6", "3152bf5d", "83e52bbe", "a4cbae54", "dc08e551")
# counted in the files with a text search for the start tag of a location
COUNTS = {"13eeecaa": 1, "2fbf57e6": 149, "3152bf5d": 36, "83e52bbe": 8, "a4cbae54": 7, "dc08e551": 34}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not FOLDER.exists(), reason="the shared folder with real data is not beside the checkout"
    ),
]


@pytest.mark.parametrize("name", NAMES)
def test_no_rule_finds_anything_in_a_real_gio(name: str) -> None:
    path = FOLDER / f"GIO-{name}.gml"
    assert check_files({path.name: path.read_bytes()}) == []


def test_no_rule_finds_anything_in_all_of_them_together() -> None:
    files = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.gml"))}
    assert len(files) == len(NAMES)
    assert check_files(files) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_real_gio_is_read_as_a_layer(name: str) -> None:
    path = FOLDER / f"GIO-{name}.gml"
    layer = read_gio(path)
    assert layer.crs == "EPSG:28992"
    assert len(layer) == COUNTS[name] == path.read_text(encoding="utf-8-sig").count("<geo:Locatie>")
    assert layer["id"].is_unique
    assert layer["groepID"].notna().all()
    assert layer["groep"].notna().all()
    assert shapely.is_valid(layer.geometry.to_numpy()).all()
    west, south, east, north = layer.total_bounds
    # Zeeland
    assert west > 10_000
    assert east < 80_000
    assert south > 355_000
    assert north < 425_000


def test_a_real_gio_becomes_an_input_of_a_project(tmp_path: Path) -> None:
    from layers.exports.gio.as_layer import gio_as_layer
    from layers.read import read_layer
    from layers.source import LayerSource

    layer = gio_as_layer(FOLDER / "GIO-83e52bbe.gml", "protected_areas", hardness="hard")
    layer.to_parquet(tmp_path / "gebieden.parquet")
    source = LayerSource.model_validate(
        {"path": "gebieden.parquet", "source": "Zeeland", "licence": "openbaar"}
    )
    read = read_layer("protected_areas", source, tmp_path)
    assert len(read.table) == 8
