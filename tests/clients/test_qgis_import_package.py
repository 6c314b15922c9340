"""QGIS itself opens the GeoPackage of an import package in its colours, and the GIO next to its style."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.export_settings import export_settings
from layers.exports.import_package import build
from tests.support.package_region import PROJECT, region
from tests.support.qgis import ask_qgis

if TYPE_CHECKING:
    from pathlib import Path

PROBE = """
for name in ("voorgesteld", "kandidaten", "afgewezen", "was_wordt"):
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    renderer = layer.renderer()
    classes = [c.label() for c in renderer.categories()] if renderer.type() == "categorizedSymbol" else []
    alias = layer.attributeAlias(layer.fields().indexOf("naam")) if name == "voorgesteld" else ""
    answer[name] = [layer.isValid(), layer.crs().authid(), layer.featureCount(), renderer.type(), classes, alias]
gio = QgsVectorLayer(sys.argv[2], "gio", "ogr")
message, loaded = gio.loadSldStyle(sys.argv[3])
styles = [rule.label() for rule in gio.renderer().rootRule().children()] if loaded else [message]
answer["gio"] = [gio.isValid(), gio.crs().authid(), gio.featureCount(), styles]
"""


def test_qgis_shows_the_package_as_its_styles_say(tmp_path: Path) -> None:
    package = build(region(), export_settings(PROJECT, "proef"), purpose="visie")
    for path, data in package.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    stem = tmp_path / "gio" / "reservering-visie-voorstel"
    answer = ask_qgis(PROBE, str(tmp_path / "reservering.gpkg"), f"{stem}.gml", f"{stem}.sld", home=tmp_path)
    kinds = ["behouden", "toewijzen", "reserveren", "programmeren", "verkennen"]
    assert answer["voorgesteld"] == [True, "EPSG:28992", 5, "categorizedSymbol", kinds, "Naam"]
    assert answer["was_wordt"][:4] == [True, "EPSG:28992", 5, "categorizedSymbol"]
    for name in ("kandidaten", "afgewezen"):
        assert answer[name][:4] == [True, "EPSG:28992", 0, "categorizedSymbol"]
    valid, system, count, styles = answer["gio"]
    assert (valid, system, count) == (True, "EPSG:28992", 5)
    assert [style.split(":")[0] for style in styles] == ["Behouden", "Toewijzen", "Reserveren", "Verkennen"]
