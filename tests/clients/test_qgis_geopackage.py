"""QGIS itself opens the GeoPackage of a release with the style that lies in it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from layers.release import open_release
from tests.support.qgis import ask_qgis

if TYPE_CHECKING:
    from pathlib import Path

PROBE = """
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    renderer = layer.renderer()
    classes = [c.label() for c in renderer.categories()] if renderer.type() == "categorizedSymbol" else []
    answer[name] = [layer.isValid(), layer.crs().authid(), layer.featureCount(), renderer.type(), classes]
"""


def test_qgis_reads_layers_counts_system_and_style(sample_release: Path, tmp_path: Path) -> None:
    package = sample_release / "views" / "release.gpkg"
    manifest = json.loads((sample_release / "manifest.json").read_text(encoding="utf-8"))
    layers = ["park_evidence", "plot_evidence", "usable_blocks"]
    answer = ask_qgis(PROBE, str(package), *layers, home=tmp_path)
    # QGIS keeps a profile of its own, and not beside what it reads
    assert open_release(sample_release).verify() == ()
    for name in layers:
        valid, system, count, renderer, classes = answer[name]
        assert valid
        assert system == "EPSG:28992"
        assert count == manifest["tables"][name]["rows"]
        assert renderer == "categorizedSymbol", name
        assert "niet beoordeeld" in classes, name
