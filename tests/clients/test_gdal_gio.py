"""GDAL, and so every program that uses it, opens a GIO with the side-car that lies next to it."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely

from layers.export_settings import export_settings
from layers.exports.gio.reader import read_gio
from layers.exports.import_package import build
from layers.exports.zipped import pack
from tests.support.package_region import PROJECT, region

if TYPE_CHECKING:
    from pathlib import Path

NAME = "reservering-visie-voorstel"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a package, unpacked from its zip as a person would."""
    tables = region()
    tables["reservation_zones"]["park_name"] = 'Één & "twee" <drie> ' + "n" * 300
    folder = tmp_path_factory.mktemp("pakket")
    zipped = folder / "pakket.zip"
    zipped.write_bytes(pack(build(tables, export_settings(PROJECT, "proef"), purpose="visie").files))
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)
    return folder


def test_gdal_reads_multipolygons_in_rd_with_id_name_and_group(unpacked: Path) -> None:
    path = unpacked / "gio" / f"{NAME}.gml"
    before = sorted(file.name for file in path.parent.iterdir())
    assert pyogrio.list_layers(path).tolist() == [["Locatie", "MultiPolygon"]]
    layer = gpd.read_file(path)
    assert layer.crs == "EPSG:28992"
    assert set(layer.geom_type) == {"MultiPolygon"}
    own = read_gio(path)
    assert layer["id"].tolist() == own["id"].tolist()
    assert layer["naam"].tolist() == own["naam"].tolist()
    assert layer["naam"].str.len().min() > 300
    assert layer["groepID"].tolist() == own["groepID"].tolist()
    for found, written in zip(layer.geometry, own.geometry, strict=True):
        assert shapely.hausdorff_distance(found, written) < 0.001
        assert found.equals(written)
    # GDAL did not write a side-car of its own
    assert sorted(file.name for file in path.parent.iterdir()) == before


def test_gdal_reads_the_metadata_inside_the_geopackage(unpacked: Path) -> None:
    about = pyogrio.read_info(unpacked / "reservering.gpkg", layer="voorgesteld")
    assert "Nederlands metadata profiel op ISO 19115" in str(about["layer_metadata"])
    assert about["features"] == 5
    assert about["crs"] == "EPSG:28992"
