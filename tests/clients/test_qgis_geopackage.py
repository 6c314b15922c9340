"""QGIS itself opens the GeoPackage of a release with the style that lies in it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

PROBE = """
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
application = QgsApplication([], False)
application.initQgis()
answer = {}
for name in sys.argv[2:]:
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    renderer = layer.renderer()
    classes = [c.label() for c in renderer.categories()] if renderer.type() == "categorizedSymbol" else []
    answer[name] = [layer.isValid(), layer.crs().authid(), layer.featureCount(), renderer.type(), classes]
print(json.dumps(answer), flush=True)
# leaving through exitQgis crashes QGIS 3.22 when layers are still held
os._exit(0)
"""


def qgis_or_skip() -> None:
    command = ["/usr/bin/python3", "-c", "import qgis.core"]
    found = (
        Path(command[0]).exists()
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
    if not found and "qgis" in os.environ.get("KRING_REQUIRE", "").split(","):
        pytest.fail("QGIS is required here, but /usr/bin/python3 cannot import qgis.core")
    if not found:
        pytest.skip("QGIS is not installed (Debian: python3-qgis)")


def test_qgis_reads_layers_counts_system_and_style(sample_release: Path) -> None:
    qgis_or_skip()
    package = sample_release / "views" / "release.gpkg"
    manifest = json.loads((sample_release / "manifest.json").read_text(encoding="utf-8"))
    layers = ["park_evidence", "plot_evidence", "usable_blocks"]
    done = subprocess.run(
        ["/usr/bin/python3", "-c", PROBE, str(package), *layers],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={"PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen", "HOME": str(package.parent)},
    )
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    for name in layers:
        valid, system, count, renderer, classes = answer[name]
        assert valid
        assert system == "EPSG:28992"
        assert count == manifest["tables"][name]["rows"]
        assert renderer == "categorizedSymbol", name
        assert "niet beoordeeld" in classes, name
