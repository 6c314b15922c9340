"""The encoder against the examples of the specification, another decoder and the source geometry."""

from __future__ import annotations

import gzip
from typing import Any

import geopandas as gpd
import mapbox_vector_tile
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import shape

from layers.schema import Column
from layers.tiles.commands import draw
from layers.tiles.encode import BUFFER, buffered, compress, live_tile, prepare
from layers.tiles.grids import RD_GRID, WEB_MERCATOR, Grid
from layers.tiles.wire import varint, varints, zigzag

COLUMNS = (
    Column("park_id", "text", "Terrein", "Park"),
    Column("category", "category", "Categorie", "Category"),
    Column("area_ha", "number", "Oppervlakte", "Area", unit="ha"),
    Column("year", "year", "Jaar", "Year"),
    Column("balance", "integer", "Saldo", "Balance"),
    Column("heavy", "boolean", "Zwaar", "Heavy"),
)


def numbers(data: bytes) -> list[int]:
    """Read varints by the book."""
    found, value, shift = [], 0, 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            found.append(value)
            value, shift = 0, 0
    return found


def commands(geometry: Any, dimension: int) -> list[int]:
    """Draw one geometry on tile coordinates."""
    drawn = draw(np.array([geometry], dtype=object), dimension)
    return numbers(drawn.data[drawn.start[0] : drawn.start[-1]])


def make(geometry: list[Any], **columns: Any) -> gpd.GeoDataFrame:
    """Make a table in RD New."""
    return gpd.GeoDataFrame(columns, geometry=geometry, crs="EPSG:28992")


def decode(tile: bytes) -> dict[str, Any]:
    """Read a tile with another implementation, y running down."""
    found: dict[str, Any] = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return found


def back(feature: dict[str, Any], grid: Grid, zoom: int, row: int, col: int) -> Any:
    """Bring a decoded geometry back to the coordinates of the grid."""
    west, _, east, north = grid.bounds(zoom, row, col)
    unit = (east - west) / 4096
    return shapely.transform(
        shape(feature["geometry"]),
        lambda xy: np.column_stack([west + xy[:, 0] * unit, north - xy[:, 1] * unit]),
    )


@pytest.mark.parametrize(
    ("geometry", "dimension", "expected"),
    [
        ("POINT (25 17)", 0, [9, 50, 34]),
        ("MULTIPOINT (5 7, 3 2)", 0, [17, 10, 14, 3, 9]),
        ("LINESTRING (2 2, 2 10, 10 10)", 1, [9, 4, 4, 18, 0, 16, 16, 0]),
        (
            "MULTILINESTRING ((2 2, 2 10, 10 10), (1 1, 3 5))",
            1,
            [9, 4, 4, 18, 0, 16, 16, 0, 9, 17, 17, 10, 4, 8],
        ),
        ("POLYGON ((3 6, 8 12, 20 34, 3 6))", 2, [9, 6, 12, 18, 10, 12, 24, 44, 15]),
        (
            "MULTIPOLYGON (((0 0, 10 0, 10 10, 0 10, 0 0)), ((11 11, 20 11, 20 20, 11 20, 11 11), (13 13, 13 17, 17 17, 17 13, 13 13)))",
            2,
            [
                9, 0, 0, 26, 20, 0, 0, 20, 19, 0, 15, 9, 22, 2, 26, 18, 0, 0, 18, 17, 0, 15,
                9, 4, 13, 26, 0, 8, 8, 0, 0, 7, 15,
            ],
        ),
    ],
)  # fmt: skip
def test_examples_of_the_specification(geometry: str, dimension: int, expected: list[int]) -> None:
    """Mapbox Vector Tile 2.1, section 4.3.5."""
    assert commands(shapely.from_wkt(geometry), dimension) == expected


def test_repeated_points_and_collapsed_parts_go() -> None:
    assert commands(shapely.from_wkt("LINESTRING (2 2, 2 2, 2 10, 2 10)"), 1) == [9, 4, 4, 10, 0, 16]
    drawn = draw(
        np.array(
            shapely.from_wkt(
                [
                    "LINESTRING (5 5, 5 5)",
                    "MULTILINESTRING ((1 1, 1 1), (2 2, 2 3))",
                ]
            ),
            dtype=object,
        ),
        1,
    )
    assert drawn.rows.tolist() == [1]
    assert numbers(drawn.data) == [9, 4, 4, 10, 0, 2]
    flat = draw(np.array([shapely.Polygon([(0, 0), (5, 0), (5, 0), (0, 0)])], dtype=object), 2)
    assert flat.rows.tolist() == []
    assert flat.data == b""


@pytest.mark.parametrize("value", [0, 1, 127, 128, 300, 16_383, 16_384, 2_097_151, 268_435_455, 2**32 - 1])
def test_varints_of_an_array_are_those_of_each_number(value: int) -> None:
    data, start = varints(np.array([value, 0, value], dtype=np.uint32))
    assert data == varint(value) + b"\0" + varint(value)
    assert numbers(data) == [value, 0, value]
    assert start.tolist() == [0, len(varint(value)), len(varint(value)) + 1, len(data)]
    assert varint(300) == b"\xac\x02"  # the example of the protobuf documentation


def test_zigzag() -> None:
    assert zigzag(np.array([0, -1, 1, -2, 4095, -4096])).tolist() == [0, 1, 2, 3, 8190, 8191]


# around the middle of the province; on a border of tiles of both grids, so that every shape is cut
CASES = {
    "hole": shapely.Polygon(
        [(134_000, 455_000), (137_000, 455_200), (136_800, 458_000), (134_200, 457_900)],
        [[(135_000, 456_000), (135_100, 457_000), (136_000, 456_900), (136_100, 456_100)]],
    ),
    "parts": shapely.MultiPolygon(
        [shapely.box(134_000, 455_000, 134_700, 455_900), shapely.Point(136_000, 457_000).buffer(800)]
    ),
    "line": shapely.LineString([(133_000, 454_000), (135_500, 457_500), (138_000, 455_500)]),
    "lines": shapely.MultiLineString([[(133_000, 454_000), (138_000, 458_000)], [(134_000, 458_000), (134_500, 454_000)]]),
    "point": shapely.Point(135_432.1, 456_543.2),
    "points": shapely.MultiPoint([(134_100, 455_100), (136_900, 457_800), (150_000, 470_000)]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("grid", "zoom"), [(WEB_MERCATOR, 12), (WEB_MERCATOR, 14), (RD_GRID, 7), (RD_GRID, 9)]
)
def test_every_tile_holds_its_piece_to_one_unit(name: str, grid: Grid, zoom: int) -> None:
    source = CASES[name]
    layer = prepare("parks", make([source], park_id=["RIN1"]), COLUMNS, grid)
    placed = grid.place(np.array([source], dtype=object))[0]
    limits = grid.limits(placed.bounds, zoom)
    assert limits is not None
    assert limits.count > 1 or name == "point"
    unit = grid.span(zoom) / 4096
    seen = 0
    for row in range(limits.min_row, limits.max_row + 1):
        for col in range(limits.min_col, limits.max_col + 1):
            expected = placed.intersection(shapely.box(*buffered(grid.bounds(zoom, row, col))))
            tile = live_tile([layer], grid, zoom, row, col)
            if expected.is_empty:
                assert tile == b""
                continue
            (feature,) = decode(tile)["parks"]["features"]
            got = back(feature, grid, zoom, row, col)
            assert got.is_valid
            assert got.hausdorff_distance(expected) <= unit
            assert got.area == pytest.approx(expected.area, abs=unit * (expected.length + unit))
            seen += 1
    assert seen > 1 or name == "point"
    assert seen


def test_rings_turn_as_the_specification_says() -> None:
    """Exterior rings have a positive area by the surveyor's formula on tile coordinates, holes a negative."""
    source = shapely.Polygon(
        [(134_000, 455_000), (137_000, 455_000), (137_000, 458_000), (134_000, 458_000)],
        [[(135_000, 456_000), (136_000, 456_000), (136_000, 457_000), (135_000, 457_000)]],
    )
    for given in (source, source.reverse()):
        layer = prepare("parks", make([given]), (), RD_GRID)
        limits = RD_GRID.limits((134_000.0, 455_000.0, 137_000.0, 458_000.0), 5)
        assert limits is not None
        tile = live_tile([layer], RD_GRID, 5, limits.min_row, limits.min_col)
        rings = decode(tile)["parks"]["features"][0]["geometry"]["coordinates"]
        doubled = [
            sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring[:-1], ring[1:], strict=True))
            for ring in rings
        ]
        assert len(doubled) == 2
        assert doubled[0] > 0 > doubled[1]


def test_attributes_come_back_exactly() -> None:
    frame = make(
        [shapely.Point(135_000, 456_000)] * 3,
        park_id=["RIN1", "Zuid-Ée & <b>", None],
        category=["4.1", None, "4.1"],
        area_ha=[12.3456, -0.001, np.nan],
        year=pd.array([2024, None, 1950], dtype="Int64"),
        balance=pd.array([-7, 0, 2**40], dtype="Int64"),
        heavy=pd.array([True, False, None], dtype="boolean"),
        hidden=["secret"] * 3,
    )
    layer = prepare("parks", frame, COLUMNS, RD_GRID)
    tile = live_tile([layer], RD_GRID, 0, 0, 0)
    features = decode(tile)["parks"]["features"]
    assert [feature["properties"] for feature in features] == [
        {
            "park_id": "RIN1",
            "category": "4.1",
            "area_ha": 12.3456,
            "year": 2024,
            "balance": -7,
            "heavy": True,
        },
        {"park_id": "Zuid-Ée & <b>", "area_ha": -0.001, "balance": 0, "heavy": False},
        {"category": "4.1", "year": 1950, "balance": 2**40},
    ]
    assert [feature["id"] for feature in features] == [1, 2, 3]
    assert isinstance(features[0]["properties"]["area_ha"], float)
    assert features[0]["properties"]["heavy"] is True
    assert b"secret" not in tile
    assert b"hidden" not in tile


def test_only_what_lies_there_is_in_a_tile() -> None:
    """Neither a feature nor a value of elsewhere, and nothing at all where nothing lies."""
    frame = make(
        [shapely.Point(135_000, 456_000), shapely.Point(190_000, 500_000), None, shapely.Polygon()],
        park_id=["here", "elsewhere", "nowhere", "empty"],
    )
    layer = prepare("parks", frame, COLUMNS, RD_GRID)
    limits = RD_GRID.limits((135_000.0, 456_000.0, 135_000.0, 456_000.0), 6)
    assert limits is not None
    tile = live_tile([layer], RD_GRID, 6, limits.min_row, limits.min_col)
    assert [feature["properties"] for feature in decode(tile)["parks"]["features"]] == [{"park_id": "here"}]
    assert b"elsewhere" not in tile
    assert live_tile([layer], RD_GRID, 6, 0, 0) == b""
    nothing = prepare("parks", frame.iloc[2:], COLUMNS, RD_GRID)
    assert nothing.bounds is None
    assert live_tile([nothing], RD_GRID, 0, 0, 0) == b""


def test_the_buffer_is_64_units_wide() -> None:
    west, south, east, north = RD_GRID.bounds(6, 32, 30)
    unit = (east - west) / 4096
    middle = (south + north) / 2
    points = [shapely.Point(east + distance * unit, middle) for distance in (BUFFER - 1, BUFFER + 1)]
    layer = prepare("parks", make(points, park_id=["in", "out"]), COLUMNS, RD_GRID)
    features = decode(live_tile([layer], RD_GRID, 6, 32, 30))["parks"]["features"]
    assert [feature["properties"]["park_id"] for feature in features] == ["in"]
    assert features[0]["geometry"]["coordinates"] == [4096 + 63, 2048]


def test_a_collection_is_split_by_dimension() -> None:
    mixed = shapely.GeometryCollection(
        [shapely.Point(135_000, 456_000), shapely.box(135_100, 456_100, 136_000, 457_000), shapely.MultiPoint([(135_010, 456_010)])]
    )  # fmt: skip
    layer = prepare(
        "parks", make([mixed, shapely.Point(135_005, 456_000)], park_id=["a", "b"]), COLUMNS, RD_GRID
    )
    features = decode(live_tile([layer], RD_GRID, 0, 0, 0))["parks"]["features"]
    assert [(feature["geometry"]["type"], feature["id"]) for feature in features] == [
        ("MultiPoint", 1), ("Polygon", 1), ("Point", 2),
    ]  # fmt: skip


def test_polygons_that_rounding_breaks_stay_valid() -> None:
    """Jagged polygons of a few units: every one that is left is valid and within one unit of its source."""
    random = np.random.default_rng(7)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    unit = RD_GRID.span(4) / 4096
    west, _, _, north = RD_GRID.bounds(4, 8, 7)
    polygons = []
    for place in range(300):
        radius = unit * random.uniform(0.3, 6) * random.uniform(0.3, 1.0, 24)
        x, y = west + unit * (100 + 12 * (place % 20)), north - unit * (100 + 12 * (place // 20))
        polygons.append(
            shapely.Polygon(np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)]))
        )
    layer = prepare("parks", make(polygons), (), RD_GRID)
    features = decode(live_tile([layer], RD_GRID, 4, 8, 7))["parks"]["features"]
    assert 150 < len(features) < 300
    for feature in features:
        got = back(feature, RD_GRID, 4, 8, 7)
        assert got.is_valid
        source = polygons[feature["id"] - 1]
        assert all(source.distance(shapely.Point(point)) <= unit for point in shapely.get_coordinates(got))


def test_the_same_table_gives_the_same_bytes() -> None:
    frame = make(list(CASES.values()), park_id=list(CASES), area_ha=[1.0, 2.0, 2.0, None, 4.0, 5.0])
    first, second = (prepare("parks", frame, COLUMNS, WEB_MERCATOR) for _ in range(2))
    zoom, row, col = 12, 1349, 2106
    limits = WEB_MERCATOR.limits(first.bounds or (0, 0, 0, 0), zoom)
    assert limits is not None
    row, col = limits.min_row, limits.min_col
    tile = live_tile([first], WEB_MERCATOR, zoom, row, col)
    assert tile == live_tile([second], WEB_MERCATOR, zoom, row, col)
    packed = compress(tile)
    assert packed == compress(tile)
    assert gzip.decompress(packed) == tile
    assert packed[4:8] == b"\0\0\0\0"  # RFC 1952: no time


def test_layers_stand_behind_each_other() -> None:
    point = make([shapely.Point(135_000, 456_000)])
    layers = [prepare(name, point, (), RD_GRID) for name in ("parks", "plots")]
    assert list(decode(live_tile(layers, RD_GRID, 0, 0, 0))) == ["parks", "plots"]
