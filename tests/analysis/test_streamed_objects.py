"""Sensitive objects that are read by place from disk give the evidence of those that are read at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.evidence import assess
from analysis.parts import assess_in_parts
from gis import geoparquet, parquet_arranged, parquet_runs
from gis.errors import InputError
from gis.workers import Here
from layers import streamed
from layers.parameters import Parameters
from layers.read import read_layer
from layers.source import LayerSource
from layers.streamed import StreamedLayer, stream_layer
from tests.analysis.conftest import layer_frame
from tests.support.random_region import random_region

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

OBJECTS = "sensitive_objects"
WEST, SOUTH = 120_000.0, 450_000.0
SOURCE = {
    "path": "homes.parquet",
    "source": "made up",
    "licence": "CC0",
    "columns": {"object_id": "ID", "kind": "SOORT"},
    "values": {"kind": {"woning": "home"}},
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in small pieces, and arrange even small files in small groups."""
    monkeypatch.setattr(geoparquet, "PIECE_ROWS", 7)
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", 0)
    monkeypatch.setattr(parquet_runs, "GROUP_ROWS", 5)
    monkeypatch.setattr(parquet_runs, "RUN_BYTES", 2000)


def moved(tables: dict[str, gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    """Bring a region to where RD New is."""
    return {
        name: table.set_geometry(shapely.transform(table.geometry.to_numpy(), lambda xy: xy + (WEST, SOUTH)))
        for name, table in tables.items()
    }


def as_delivered(objects: gpd.GeoDataFrame, seed: int, *, by_place: bool) -> gpd.GeoDataFrame:
    """Write objects as a registry might: other names and codes, numbers as text, other columns, any order."""
    frame = objects.rename(columns={"object_id": "ID", "kind": "SOORT"})
    frame["SOORT"] = frame["SOORT"].replace({"home": "woning", "unknown": "onbekend", "care": "Care"})
    frame["weight"] = [None if pd.isna(value) else f"{value}".replace(".", ",") for value in frame["weight"]]
    frame["remark"] = "x"
    if by_place:
        bounds = frame.bounds
        return frame.iloc[np.lexsort((bounds["miny"], bounds["minx"]))]
    return frame.sample(frac=1.0, random_state=seed)


def both(
    folder: Path, tables: dict[str, Any], frame: gpd.GeoDataFrame, **options: Any
) -> tuple[dict[str, Any], StreamedLayer]:
    """Give the tables with the objects read at once, and the objects streamed."""
    frame.to_parquet(folder / "homes.parquet", row_group_size=options.pop("row_group_size", 13), **options)
    source = LayerSource.model_validate(SOURCE)
    whole = read_layer(OBJECTS, source, folder)
    work = folder / "work"
    work.mkdir()
    layer = stream_layer(OBJECTS, source, folder, work)
    assert layer.source == whole.source
    assert layer.unknown_kinds == (whole.table["kind"] == "unknown").sum()
    plane = np.array([[0.0, 0.0, 1e6, 1e6]])
    pd.testing.assert_frame_equal(layer.near(plane), whole.table, check_exact=True)
    return {**tables, OBJECTS: whole.table}, layer


def assert_same(whole: dict[str, Any], layer: StreamedLayer, parameters: Parameters, parts: int) -> None:
    others = {name: table for name, table in whole.items() if name != OBJECTS}
    wanted = assess(whole, parameters)
    found = assess_in_parts(others, parameters, Here(), parts=parts, objects=layer)
    assert list(wanted) == list(found)
    for name, table in wanted.items():
        pd.testing.assert_frame_equal(table, found[name], check_exact=True, obj=name)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", [0, 3, 5, 7, 10, 14])
def test_streamed_objects_give_the_same_evidence(tmp_path: Path, seed: int) -> None:
    tables = moved(random_region(seed))
    frame = as_delivered(tables.pop(OBJECTS), seed, by_place=seed % 3 == 0)
    parameters = Parameters(
        water_near_m=(500.0, 40.0, 2000.0)[seed % 3], quay_tolerance_m=(15.0, 150.0)[seed % 2]
    )
    whole, layer = both(tmp_path, tables, frame, write_covering_bbox=seed % 2 == 0)
    assert_same(whole, layer, parameters, parts=(1, 2, 3, 100)[seed % 4])


def homes(count: int, **columns: Any) -> gpd.GeoDataFrame:
    """Give homes 100 m apart from west to east, 50 m north of the south edge."""
    data = {"ID": [f"H{number:04}" for number in range(count)], "SOORT": "woning", **columns}
    spots = shapely.points(WEST + 100.0 * np.arange(count), SOUTH + 50.0)
    return gpd.GeoDataFrame(data, geometry=spots, crs=28992)


@pytest.mark.usefixtures("small")
def test_rows_that_need_mending_are_mended_alike(tmp_path: Path) -> None:
    frame = homes(60, weight=[1, 2, None] * 20, plot_id=pd.array([7, None, 8] * 20, dtype="Int64"))
    shapes = frame.geometry.to_numpy().copy()
    # no place, nowhere, far off, degrees, swapped axes, more than millimetres, a height, a bow tie
    shapes[3] = None
    shapes[10] = shapely.Point(0, 0)
    shapes[11] = shapely.Point(280_000, 290_000)
    shapes[20] = shapely.Point(5.1, 52.05)
    shapes[21] = shapely.Point(SOUTH, WEST)
    shapes[30] = shapely.Point(WEST + 0.00049, SOUTH + 1.23456)
    shapes[31] = shapely.Point(WEST, SOUTH, 3.0)
    shapes[40] = shapely.Polygon(np.array([(0, 0), (100, 100), (100, 0), (0, 100)]) + (WEST, SOUTH))
    shapes[41] = shapely.box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.01)
    frame = frame.set_geometry(gpd.GeoSeries(shapes, crs=28992, index=frame.index))
    # a whole piece of codes that cannot be read, and one without
    frame.loc[14:22, "SOORT"] = "??"
    frame.loc[23:26, "SOORT"] = None
    _, layer = both(tmp_path, {}, frame)
    assert layer.source.rows_in == 60
    # rows 3, 10 and the sliver have no place
    assert layer.source.rows_out == 57
    assert layer.gone == {"no_geometry": 1, "null_place": 1, "sliver": 1}


@pytest.mark.usefixtures("small")
def test_rows_that_the_project_does_not_select_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCE, "only", {"status": ["in gebruik"]})
    _, layer = both(tmp_path, {}, homes(40, status=["in gebruik", "weg"] * 20))
    assert (layer.source.rows_in, layer.source.rows_out) == (40, 20)
    assert layer.gone == {"not_selected": 20}


@pytest.mark.usefixtures("small")
def test_rows_that_occur_twice_are_settled_as_in_the_whole_layer(tmp_path: Path) -> None:
    """One repeated far apart in the file, and one that came in two parts."""
    frame = homes(50)
    repeat = frame.iloc[[2, 2, 17]]
    parts = gpd.GeoDataFrame(
        {"ID": "Z", "SOORT": "woning"},
        geometry=[
            shapely.box(WEST, SOUTH, WEST + 10, SOUTH + 10),
            shapely.box(WEST + 10, SOUTH, WEST + 30, SOUTH + 10),
        ],
        index=[0, 1],
        crs=28992,
    )
    _, layer = both(tmp_path, {}, pd.concat([parts[:1], frame, repeat, parts[1:]]))
    assert (layer.source.rows_in, layer.source.rows_out) == (55, 51)
    assert layer.gone == {"identical_row": 3, "part_of": 1}
    (joined,) = layer.near(np.array([[0.0, 0.0, 1e6, 1e6]])).set_index("object_id").loc[["Z"]].geometry
    assert joined.equals(shapely.box(WEST, SOUTH, WEST + 30, SOUTH + 10))


def refused(folder: Path, frame: gpd.GeoDataFrame, said: str) -> None:
    """Reading in pieces refuses the file."""
    frame.to_parquet(folder / "homes.parquet", row_group_size=13)
    source = LayerSource.model_validate(SOURCE)
    with pytest.raises(InputError, match=said):
        stream_layer(OBJECTS, source, folder, folder)


def twice(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the last home the identifier of the first."""
    return frame.assign(ID=[*frame["ID"][:-1], frame["ID"].iloc[0]])


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (twice(homes(30)), "2 rows share the identifier 'H0000': they are different points .*1, 30"),
        (homes(30).to_crs(4326), "only EPSG:28992 is read in pieces"),
        (homes(30).set_geometry(shapely.points([(9e5, 9e5)] * 30), crs=28992), "are not in RD New"),
        (homes(30, SOORT=["??"] * 16 + ["woning"] * 14), "16 of 30 values are no known code: '[?][?]'"),
        (homes(30, ID=[None, *map(str, range(29))]), "object_id.* rows have no value"),
        (homes(30).drop(columns="SOORT"), "required and not in the file"),
        (homes(9).set_geometry(gpd.GeoSeries([None] * 9), crs=28992), "all 9 rows are unusable"),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_refused(
    tmp_path: Path, frame: gpd.GeoDataFrame, said: str
) -> None:
    refused(tmp_path, frame, said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": "homes.gpkg"}, "only a GeoParquet file can be read in pieces"),
        ({"path": "plain.parquet"}, "a table without geometry"),
        ({"path": "broken.parquet"}, "the Parquet file cannot be read"),
        ({"path": "none.parquet"}, "the file does not exist"),
        ({"x": "x", "y": "y"}, "x is not for a GeoParquet file"),
        ({"crs": "EPSG:4326"}, "only EPSG:28992 is read in pieces"),
    ],
)
def test_what_is_no_geoparquet_in_rd_is_refused(tmp_path: Path, change: dict[str, str], said: str) -> None:
    homes(3).to_parquet(tmp_path / "homes.parquet")
    homes(3).to_file(tmp_path / "homes.gpkg")
    pd.DataFrame({"ID": ["1"], "SOORT": ["woning"]}).to_parquet(tmp_path / "plain.parquet")
    (tmp_path / "broken.parquet").write_bytes((tmp_path / "homes.parquet").read_bytes()[:-9])
    source = LayerSource.model_validate({**SOURCE, **change})
    with pytest.raises(InputError, match=said):
        stream_layer(OBJECTS, source, tmp_path, tmp_path)


def test_too_many_repeats_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "MOST_TWICE", 10)
    refused(tmp_path, pd.concat([homes(6), homes(6)]), "more than 10 rows share an identifier")


def test_a_layer_without_rows_is_empty(tmp_path: Path) -> None:
    _, layer = both(tmp_path, {}, homes(2, weight=1.0, surroundings="quiet", plot_id="x")[:0])
    assert layer.stream.total == 0
    assert list(layer.crowd(np.array([[0.0, 0.0, 1e6, 1e6]]))) == [0.0]


@pytest.mark.usefixtures("small")
def test_a_part_reads_what_lies_within_its_reach_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Homes every 100 m over 100 km, and ten parks of 500 m along them, 10 km apart."""
    parks = [
        {"park_id": f"P{x}", "max_category": "4.1", "geometry": shapely.box(x, SOUTH, x + 500, SOUTH + 500)}
        for x in np.arange(WEST, WEST + 100_000, 10_000)
    ]
    land = {"municipality_code": "G", "name": "G", "geometry": shapely.box(0, 3e5, 3e5, 6e5)}
    tables = {"parks": layer_frame("parks", parks), "municipalities": layer_frame("municipalities", [land])}
    whole, layer = both(tmp_path, tables, homes(1000).sample(frac=1.0, random_state=1))
    asked: list[int] = []
    near = StreamedLayer.near

    def counted(self: StreamedLayer, boxes: NDArray[np.float64]) -> gpd.GeoDataFrame:
        found = near(self, boxes)
        asked.append(len(found))
        return found

    monkeypatch.setattr(StreamedLayer, "near", counted)
    assert_same(whole, layer, Parameters(), parts=10)
    # 1,500 m (the longest guide distance) on either side of 500 m; none west of the first park
    assert sorted(asked) == [21, *[36] * 9]
