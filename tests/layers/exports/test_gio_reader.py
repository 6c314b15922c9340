"""A GIO comes back as the layer that it was made of, and one of somebody else is read as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from gis.crs import rd_to_lonlat
from gis.errors import InputError
from layers.exports.gio.reader import read_gio, read_gio_bytes
from tests.support.package_region import RD, box, region

if TYPE_CHECKING:
    from pathlib import Path

    from layers.exports.import_package import ImportPackage

HEAD = (
    '<geo:GeoInformatieObjectVersie xmlns:geo="https://standaarden.overheid.nl/stop/imop/geo/" '
    'xmlns:b="http://www.geostandaarden.nl/basisgeometrie/1.0" xmlns:gml="http://www.opengis.net/gml/3.2">'
    "<geo:FRBRWork>/join/id/regdata/pv98/2020/a</geo:FRBRWork>"
    "<geo:FRBRExpression>/join/id/regdata/pv98/2020/a/nld@2020;1</geo:FRBRExpression><geo:locaties>"
)
TAIL = "</geo:locaties></geo:GeoInformatieObjectVersie>"
RD_URN = "urn:ogc:def:crs:EPSG::28992"
SQUARE = "132000 456000 132100 456000 132100 456100 132000 456100 132000 456000"


ARC = (
    f'<gml:Polygon srsName="{RD_URN}"><gml:exterior><gml:Ring><gml:Arc><gml:posList>{SQUARE}'
    "</gml:posList></gml:Arc></gml:Ring></gml:exterior></gml:Polygon>"
)


def gio(*geometries: str) -> bytes:
    places = "".join(
        f"<geo:Locatie><geo:geometrie><b:Geometrie><b:id>id{number}</b:id><b:geometrie>{geometry}</b:geometrie>"
        "</b:Geometrie></geo:geometrie></geo:Locatie>"
        for number, geometry in enumerate(geometries)
    )
    return (HEAD + places + TAIL).encode()


def ring(text: str = SQUARE, side: str = "exterior") -> str:
    return f"<gml:{side}><gml:LinearRing><gml:posList>{text}</gml:posList></gml:LinearRing></gml:{side}>"


def test_our_own_gio_comes_back_to_the_millimetre_with_its_ids_and_groups(
    vision: ImportPackage, tmp_path: Path
) -> None:
    path = tmp_path / "a.gml"
    path.write_bytes(vision.files["gio/reservering-visie-voorstel.gml"])
    layer = read_gio(path)
    zones = region()["reservation_zones"]
    assert layer.crs == RD
    assert len(layer) == len(zones)
    # in order of kind of protection, then of zone
    names = [
        "Kade (behouden)",
        "Ringweg (toewijzen)",
        "Kade (reserveren)",
        "Grens (reserveren)",
        "Verre Hoek (verkennen)",
    ]
    assert layer["naam"].tolist() == names
    assert layer["groepID"].tolist() == ["behouden", "toewijzen", "reserveren", "reserveren", "verkennen"]
    for shape, drawn in zip(layer.geometry, zones.geometry.iloc[[0, 2, 1, 3, 4]], strict=True):
        assert shapely.hausdorff_distance(shape, drawn) < 0.001
        assert shapely.equals(shape, drawn)
    assert layer["work"].iloc[0] == "/join/id/regdata/pv99/2026/reservering-visie-voorstel"
    assert layer["achtergrond"].iloc[0] == "BGT"


@pytest.mark.parametrize(
    "geometry",
    [
        f'<gml:Polygon srsName="{RD_URN}">{ring()}</gml:Polygon>',
        f'<gml:MultiSurface srsName="{RD_URN}"><gml:surfaceMember><gml:Polygon>{ring()}</gml:Polygon></gml:surfaceMember></gml:MultiSurface>',
        f'<gml:MultiSurface srsName="{RD_URN}"><gml:surfaceMembers><gml:Polygon>{ring()}</gml:Polygon></gml:surfaceMembers></gml:MultiSurface>',
        f'<gml:Surface srsName="{RD_URN}"><gml:patches><gml:PolygonPatch>{ring()}</gml:PolygonPatch></gml:patches></gml:Surface>',
        f'<gml:MultiGeometry srsName="{RD_URN}"><gml:geometryMember><gml:Polygon>{ring()}</gml:Polygon></gml:geometryMember></gml:MultiGeometry>',
        f'<gml:Polygon srsName="{RD_URN}" srsDimension="3">{ring("132000 456000 1 132100 456000 1 132100 456100 1 132000 456100 1 132000 456000 1")}</gml:Polygon>',
        f'<gml:Polygon srsName="{RD_URN}"><gml:exterior><gml:LinearRing>{"".join(f"<gml:pos>{x} {y}</gml:pos>" for x, y in zip(SQUARE.split()[::2], SQUARE.split()[1::2], strict=True))}</gml:LinearRing></gml:exterior></gml:Polygon>',
        f'<gml:Polygon srsName="{RD_URN}"><gml:exterior><gml:LinearRing><gml:coordinates>132000,456000 132100,456000 132100,456100 132000,456100 132000,456000</gml:coordinates></gml:LinearRing></gml:exterior></gml:Polygon>',
        f'<gml:Polygon srsName="{RD_URN}"><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:LineStringSegment><gml:posList>132000 456000 132100 456000 132100 456100</gml:posList></gml:LineStringSegment><gml:LineStringSegment><gml:posList>132100 456100 132000 456100 132000 456000</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon>',
    ],
    ids=["polygon", "multi", "members", "patches", "geometries", "heights", "pos", "coordinates", "segments"],
)  # fmt: skip
def test_every_form_of_an_area_is_read(geometry: str) -> None:
    layer = read_gio_bytes(gio(geometry), "a.gml")
    assert layer.geometry.iloc[0].equals(box(0, 0, 100, 100))
    assert layer.geometry.iloc[0].geom_type == "MultiPolygon"


def test_holes_and_parts_are_read() -> None:
    hole = ring("132010 456010 132010 456020 132020 456020 132020 456010 132010 456010", "interior")
    other = ring(SQUARE.replace("1320", "1330").replace("1321", "1331"))
    member = f"<gml:surfaceMember><gml:Polygon>{ring()}{hole}</gml:Polygon></gml:surfaceMember>"
    second = f"<gml:surfaceMember><gml:Polygon>{other}</gml:Polygon></gml:surfaceMember>"
    layer = read_gio_bytes(
        gio(f'<gml:MultiSurface srsName="{RD_URN}">{member}{second}</gml:MultiSurface>'), "a"
    )
    assert layer.geometry.iloc[0].area == 100 * 100 - 10 * 10 + 100 * 100


def test_points_and_lines_are_read() -> None:
    point = f'<gml:Point srsName="{RD_URN}"><gml:pos>132000 456000</gml:pos></gml:Point>'
    line = f'<gml:LineString srsName="{RD_URN}"><gml:posList>132000 456000 132100 456000</gml:posList></gml:LineString>'
    layer = read_gio_bytes(gio(point, line), "a")
    assert layer.geom_type.tolist() == ["MultiPoint", "MultiLineString"]
    assert layer.geometry.iloc[1].length == 100


def test_coordinates_in_etrs89_have_the_latitude_first_and_come_out_in_rd() -> None:
    degrees = rd_to_lonlat(np.array([box(0, 0, 100, 100)], dtype=object))[0]
    text = " ".join(f"{y:.9f} {x:.9f}" for x, y in shapely.get_coordinates(degrees))
    polygon = f'<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4258">{ring(text)}</gml:Polygon>'
    layer = read_gio_bytes(gio(polygon), "a")
    assert layer.crs == RD
    assert shapely.hausdorff_distance(layer.geometry.iloc[0], box(0, 0, 100, 100)) < 0.001


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        ("", "geen geometrie"),
        (f'<gml:Polygon srsName="{RD_URN}">{ring(SQUARE.rpartition(" ")[0])}</gml:Polygon>', "geen paren"),
        (f'<gml:Polygon srsName="{RD_URN}">{ring("a b c d")}</gml:Polygon>', "geen getallen"),
        (f'<gml:Polygon srsName="urn:ogc:def:crs:EPSG::31370">{ring()}</gml:Polygon>', "31370"),
        (
            ARC,
            "boog",
        ),
    ],
    ids=["nothing", "odd", "text", "system", "arc"],
)
def test_a_geometry_that_cannot_be_used_is_named(geometry: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_gio_bytes(gio(geometry), "a.gml")
    assert "id0" in str(caught.value)


@pytest.mark.parametrize("data", [b"<a/>", gio()], ids=["other", "empty"])
def test_what_is_no_gio_or_holds_nothing_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_gio_bytes(data, "a.gml")


def test_a_bow_tie_of_somebody_else_is_read_as_two_triangles() -> None:
    text = "132000 456000 132100 456100 132100 456000 132000 456100 132000 456000"
    layer = read_gio_bytes(gio(f'<gml:Polygon srsName="{RD_URN}">{ring(text)}</gml:Polygon>'), "a")
    assert layer.geometry.iloc[0].is_valid
    assert layer.geometry.iloc[0].area == pytest.approx(5_000)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_gio(tmp_path / "weg.gml")


def test_a_gio_becomes_an_input_of_a_project(vision: ImportPackage, tmp_path: Path) -> None:
    from layers.exports.gio.as_layer import gio_as_layer
    from layers.read import read_layer
    from layers.source import LayerSource

    path = tmp_path / "a.gml"
    path.write_bytes(vision.files["gio/reservering-visie-voorstel.gml"])
    for name, options in (
        ("reservations", {"function": "F10", "year": 2030}),
        ("protected_areas", {"kind": "stiltegebied", "hardness": "hard"}),
    ):
        layer = gio_as_layer(path, name, **options)  # type: ignore[arg-type]
        layer.to_parquet(tmp_path / f"{name}.parquet")
        source = LayerSource.model_validate({"path": f"{name}.parquet", "source": "x", "licence": "CC0-1.0"})
        read = read_layer(name, source, tmp_path)
        assert len(read.table) == 5
        assert read.quality == []
    with pytest.raises(InputError, match="hardness"):
        gio_as_layer(path, "protected_areas", hardness="granite")
