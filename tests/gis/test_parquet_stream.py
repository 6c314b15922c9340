"""Rows read by place are the rows of the whole file, whatever file it is; a file that lies is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from gis import parquet_arranged, parquet_runs
from gis.boxes import PLANE, divide, grown
from gis.crs import RD_BOUNDS
from gis.errors import InputError
from gis.parquet_arranged import arrange, is_fit, read_by_place
from gis.parquet_open import open_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from gis.parquet_stream import Stream

WIDE = 1000.0
ROOT = Path(__file__).resolve().parents[2]


def spots(seed: int, count: int, *, step: float = 25.0) -> NDArray[np.float64]:
    """Random places on a coarse grid, so that many lie on each other and on the borders of parts."""
    rng = np.random.default_rng(seed)
    return np.round(rng.uniform(0, 20_000, (count, 2)) / step) * step + (120_000.0, 450_000.0)


def shapes_at(seed: int, xy: NDArray[np.float64]) -> NDArray[Any]:
    """Points, lines and squares of up to a kilometre."""
    rng = np.random.default_rng(seed)
    size = np.round(rng.uniform(10, 1000, len(xy)))
    kind = rng.integers(0, 3, len(xy))
    boxes = shapely.box(xy[:, 0], xy[:, 1], xy[:, 0] + size, xy[:, 1] + size)
    points = np.asarray(shapely.points(xy))
    return np.where(kind == 0, points, np.where(kind == 1, boxes, shapely.boundary(boxes)))


def write_points(path: Path, xy: NDArray[np.float64], **options: Any) -> None:
    frame = gpd.GeoDataFrame({"n": np.arange(len(xy))}, geometry=shapely.points(xy), crs=28992)
    frame.to_parquet(path, row_group_size=97, **options)


def write_columns(path: Path, xy: NDArray[np.float64]) -> None:
    table = pa.table({"n": np.arange(len(xy)), "east": xy[:, 0], "north": xy[:, 1]})
    pq.write_table(table, path, row_group_size=97)


def write_shapes(path: Path, xy: NDArray[np.float64], **options: Any) -> None:
    frame = gpd.GeoDataFrame({"n": np.arange(len(xy))}, geometry=shapes_at(3, xy), crs=28992)
    frame.to_parquet(path, row_group_size=97, **options)


def write_late_shape(path: Path, xy: NDArray[np.float64]) -> None:
    """All points but one of the last."""
    shapes = np.array(shapely.points(xy), dtype=object)
    shapes[-3] = shapely.box(*xy[-3], *(xy[-3] + 700))
    frame = gpd.GeoDataFrame({"n": np.arange(len(xy))}, geometry=shapes, crs=28992)
    frame.to_parquet(path, row_group_size=97)


def write_coarse(path: Path, xy: NDArray[np.float64]) -> None:
    """Bounds in single precision, rounded to the nearest and so partly inwards."""
    write_shapes(path, xy + 1 / 3, write_covering_bbox=True)
    table = pq.read_table(path)
    edges = [table.column("bbox").combine_chunks().field(i).cast(pa.float32()) for i in range(4)]
    names = [table.schema.field("bbox").type.field(i).name for i in range(4)]
    coarse = pa.StructArray.from_arrays(edges, names=names)
    place = table.schema.get_field_index("bbox")
    pq.write_table(table.set_column(place, "bbox", coarse), path, row_group_size=97)


WRITERS: dict[str, Callable[[Path, NDArray[np.float64]], None]] = {
    "points": write_points,
    "points as numbers": lambda path, xy: write_points(path, xy, geometry_encoding="geoarrow"),
    "points with bounds": lambda path, xy: write_points(path, xy, write_covering_bbox=True),
    "columns": write_columns,
    "shapes": write_shapes,
    "shapes with bounds": lambda path, xy: write_shapes(path, xy, write_covering_bbox=True),
    "shapes with coarse bounds": write_coarse,
    "points and one shape": write_late_shape,
}


STATED_POINTS = ("points as numbers", "points with bounds", "columns")


def opened(path: Path) -> Stream:
    named = {"x": "east", "y": "north"} if "east" in pq.read_schema(path).names else {}
    return open_stream(path, path.name, columns=("n",), within=RD_BOUNDS, **named)


def whole(path: Path) -> NDArray[Any]:
    table = pq.read_table(path)
    if "east" in table.column_names:
        return np.asarray(shapely.points(table["east"].to_numpy(), table["north"].to_numpy()))
    return np.asarray(gpd.read_parquet(path).geometry)


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every file large: many runs, many groups."""
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", 0)
    monkeypatch.setattr(parquet_runs, "RUN_BYTES", 10_000)
    monkeypatch.setattr(parquet_runs, "GROUP_BYTES", {True: 3_000, False: 3_000})
    monkeypatch.setattr(parquet_runs, "GROUPS_PER_FILE", 7)
    monkeypatch.setattr(parquet_runs, "PIECE_BYTES", 1_100)


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("is_sorted", [True, False], ids=["sorted", "unsorted"])
@pytest.mark.parametrize("kind", WRITERS)
def test_parts_are_the_whole(tmp_path: Path, kind: str, is_sorted: bool) -> None:  # noqa: FBT001
    xy = spots(len(kind), 6000)
    if is_sorted:
        cell = (xy - xy.min(axis=0)) // 2500
        xy = xy[np.lexsort((cell[:, 0], cell[:, 1]))]
    WRITERS[kind](tmp_path / "a.parquet", xy)
    stream = opened(tmp_path / "a.parquet")
    found = read_by_place(stream, tmp_path / "cache")
    assert (found is stream) == is_fit(stream)
    if kind in STATED_POINTS:
        assert is_fit(stream) == is_sorted
    else:
        # without bounds nobody knows; with large shapes it depends
        assert not is_fit(stream) or (is_sorted and "bounds" in kind)
    shapes = whole(tmp_path / "a.parquet")
    bounds = shapely.bounds(shapes)
    parts = divide(found.bounds, found.rows.astype(float), 520)
    assert len(parts) > 8
    owner = []
    for part in parts:
        near = found.near(grown(part, WIDE), ("n",))
        west, south, east, north = grown(part, WIDE)
        touch = (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
        touch &= (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
        assert near.number.tolist() == np.flatnonzero(touch).tolist() == near.column("n").tolist()
        assert shapely.equals(near.places.shapes(), shapes[touch]).all()
        owner.append(near.take(near.places.belong(part)).number)
    assert sorted(np.concatenate(owner).tolist()) == list(range(6000))


@pytest.mark.usefixtures("little")
def test_little_is_read_for_a_part(tmp_path: Path) -> None:
    write_points(tmp_path / "a.parquet", spots(1, 20_000))
    found = read_by_place(opened(tmp_path / "a.parquet"), tmp_path / "cache")
    # three thousand bytes, four numbers of eight bytes a row
    assert found.rows.max() <= 3000 / 32
    assert found.total == 20_000
    read = sum(
        int(
            found.rows[
                (found.bounds[:, 0] <= box[2])
                & (found.bounds[:, 2] >= box[0])
                & (found.bounds[:, 1] <= box[3])
                & (found.bounds[:, 3] >= box[1])
            ].sum()
        )
        for box in divide(found.bounds, found.rows.astype(float), 2000)
    )
    assert read < 1.5 * 20_000


MEASURED = """
import sys
from pathlib import Path
import pyarrow as pa
from gis import parquet_arranged, parquet_runs, parquet_stream
from gis.boxes import divide
from gis.parquet_open import open_stream
parquet_runs.RUN_BYTES, parquet_runs.GROUP_BYTES = 1_000_000, {True: 100_000}
parquet_runs.PIECE_BYTES, parquet_stream.BATCH_ROWS = 20_000, 5_000
path = Path(sys.argv[1])
stream = open_stream(path, "a", x="east", y="north", columns=("t",))
found = parquet_arranged.arrange(stream, path.parent / "cache")
rows = 0
for part in divide(found.bounds, found.rows.astype(float), 5000):
    near = found.near(part, ("t",))
    rows += len(near.take(near.places.belong(part)))
print(rows, pa.default_memory_pool().max_memory())
"""


KILLED = """
import os, signal, sys
from pathlib import Path
from gis import parquet_arranged, parquet_runs
from gis.parquet_open import open_stream
kill = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "Path.replace":
    Path.replace = kill
else:
    setattr(parquet_runs, sys.argv[2], kill)
path = Path(sys.argv[1])
parquet_arranged.arrange(open_stream(path, "a", columns=("n",)), path.parent / "cache")
"""


def test_memory_stays_far_below_the_file(tmp_path: Path) -> None:
    xy = spots(2, 200_000)
    text = pa.array([f"{number:0100d}" for number in range(len(xy))])
    table = pa.table({"t": text, "east": xy[:, 0], "north": xy[:, 1]})
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=50_000, use_dictionary=False)
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "a.parquet")]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, cwd=ROOT).stdout
    rows, peak = map(int, said.split())
    assert rows == len(xy)
    assert peak < table.nbytes / 3


@pytest.mark.usefixtures("little")
def test_the_arranged_file_is_the_same_every_time_and_made_once(tmp_path: Path) -> None:
    write_shapes(tmp_path / "a.parquet", spots(5, 3000))
    (tmp_path / "b.parquet").write_bytes((tmp_path / "a.parquet").read_bytes())
    one = arrange(opened(tmp_path / "a.parquet"), tmp_path / "one")
    other = arrange(opened(tmp_path / "b.parquet"), tmp_path / "other")
    made, again = one.paths[0].parent, other.paths[0].parent
    assert made.name == again.name
    assert [path.name for path in one.paths] == [path.name for path in other.paths]
    assert len(one.paths) > 1
    for path, twin in zip(one.paths, other.paths, strict=True):
        assert path.read_bytes() == twin.read_bytes()
    when = made.stat().st_mtime_ns
    assert arrange(opened(tmp_path / "b.parquet"), tmp_path / "one").paths == one.paths
    assert made.stat().st_mtime_ns == when
    # other columns make another folder
    bare = arrange(open_stream(tmp_path / "a.parquet", "a"), tmp_path / "one")
    assert bare.paths[0].parent != made


@pytest.mark.usefixtures("little")
@pytest.mark.parametrize("kind", ["points", "shapes"])
def test_an_empty_file_has_no_rows_anywhere(tmp_path: Path, kind: str) -> None:
    WRITERS[kind](tmp_path / "a.parquet", np.zeros((0, 2)))
    for found in (opened(tmp_path / "a.parquet"), arrange(opened(tmp_path / "a.parquet"), tmp_path / "c")):
        near = found.near(PLANE, ("n",))
        assert (len(near), len(near.places), near.table.column_names) == (0, 0, ["n"])


class TestBreaks:
    @pytest.mark.usefixtures("little")
    def test_an_error_half_way_leaves_nothing(self, tmp_path: Path) -> None:
        xy = spots(5, 3000)
        xy[2500] = np.nan
        write_columns(tmp_path / "a.parquet", xy)
        with pytest.raises(InputError, match=r"a\.parquet: coordinates are no finite number.*rows 2501"):
            arrange(opened(tmp_path / "a.parquet"), tmp_path / "cache")
        assert [path.name for path in (tmp_path / "cache").iterdir()] == [".lock"]

    @pytest.mark.parametrize("moment", ["_write_run", "_write_file", "Path.replace"])
    def test_killed_half_way_and_done_again(self, tmp_path: Path, moment: str) -> None:
        write_shapes(tmp_path / "a.parquet", spots(5, 3000))
        command = [sys.executable, "-c", KILLED, str(tmp_path / "a.parquet"), moment]
        done = subprocess.run(command, check=False, timeout=120, cwd=ROOT)
        assert done.returncode == -signal.SIGKILL
        left = {path.name[:9] for path in (tmp_path / "cache").iterdir()}
        assert left == {".lock", parquet_arranged.STAGING}
        found = arrange(opened(tmp_path / "a.parquet"), tmp_path / "cache")
        undisturbed = arrange(opened(tmp_path / "a.parquet"), tmp_path / "other")
        assert {path.name for path in (tmp_path / "cache").iterdir()} == {
            ".lock",
            found.paths[0].parent.name,
        }
        for path, twin in zip(found.paths, undisturbed.paths, strict=True):
            assert path.read_bytes() == twin.read_bytes()

    def test_what_a_killed_one_left_is_removed(self, tmp_path: Path) -> None:
        write_points(tmp_path / "a.parquet", spots(5, 300))
        dead = tmp_path / "cache" / f"{parquet_arranged.STAGING}dead"
        dead.mkdir(parents=True)
        (dead / "run-0").write_bytes(b"half")
        found = arrange(opened(tmp_path / "a.parquet"), tmp_path / "cache")
        assert {path.name for path in (tmp_path / "cache").iterdir()} == {".lock", found.paths[0].parent.name}

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        write_points(tmp_path / "a.parquet", spots(5, 300))
        (tmp_path / "cache").write_text("a file")
        with pytest.raises(InputError, match="cache: rows cannot be arranged by place there"):
            arrange(opened(tmp_path / "a.parquet"), tmp_path / "cache")


class TestHostile:
    def refused(self, path: Path, tmp_path: Path, **named: Any) -> str:
        with pytest.raises(InputError) as refusal:
            arrange(open_stream(path, "homes.parquet", **named), tmp_path / "cache").near(PLANE)
        (problem,) = refusal.value.problems
        assert problem.file == "homes.parquet"
        return str(refusal.value)

    @pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
    def test_a_truncated_file(self, tmp_path: Path, share: float) -> None:
        write_points(tmp_path / "a.parquet", spots(1, 3000))
        raw = (tmp_path / "a.parquet").read_bytes()
        (tmp_path / "a.parquet").write_bytes(raw[: int(len(raw) * share)])
        assert "cannot be read" in self.refused(tmp_path / "a.parquet", tmp_path)

    def test_a_damaged_page(self, tmp_path: Path) -> None:
        write_points(tmp_path / "a.parquet", spots(1, 3000), compression="zstd")
        raw = bytearray((tmp_path / "a.parquet").read_bytes())
        raw[100:400] = bytes(300)
        (tmp_path / "a.parquet").write_bytes(raw)
        assert "cannot be read" in self.refused(tmp_path / "a.parquet", tmp_path)

    def test_another_coordinate_system(self, tmp_path: Path) -> None:
        frame = gpd.GeoDataFrame(geometry=[shapely.Point(5, 52)], crs=4326)
        frame.to_parquet(tmp_path / "a.parquet")
        said = self.refused(tmp_path / "a.parquet", tmp_path)
        assert "WGS 84" in said
        assert "Convert the file to EPSG:28992" in said

    @pytest.mark.parametrize("bounds", [True, False])
    def test_degrees_that_are_called_rd_new(self, tmp_path: Path, bounds: bool) -> None:  # noqa: FBT001
        xy = np.random.default_rng(1).uniform((4, 51), (7, 53), (3000, 2))
        write_points(tmp_path / "a.parquet", xy, write_covering_bbox=bounds)
        assert "do not lie in or near the Netherlands" in self.refused(
            tmp_path / "a.parquet", tmp_path, within=RD_BOUNDS
        )

    @pytest.mark.parametrize("bad", [np.nan, np.inf, -1e300])
    def test_coordinates_that_are_no_numbers(self, tmp_path: Path, bad: float) -> None:
        xy = spots(1, 300)
        xy[7, 1] = bad
        write_points(tmp_path / "a.parquet", xy)
        said = self.refused(tmp_path / "a.parquet", tmp_path)
        assert "rows 8" in said

    def test_rows_without_geometry(self, tmp_path: Path) -> None:
        shapes = [shapely.Point(130_000, 460_000), None, shapely.Polygon()]
        gpd.GeoDataFrame(geometry=shapes, crs=28992).to_parquet(tmp_path / "a.parquet")
        assert "rows have no geometry (rows 2)" in self.refused(tmp_path / "a.parquet", tmp_path)
        gpd.GeoDataFrame(geometry=[shapes[0], shapes[2]], crs=28992).to_parquet(tmp_path / "a.parquet")
        assert "rows have no geometry (rows 2)" in self.refused(tmp_path / "a.parquet", tmp_path)

    def test_bytes_that_are_no_geometry(self, tmp_path: Path) -> None:
        write_points(tmp_path / "a.parquet", spots(1, 3))
        table = pq.read_table(tmp_path / "a.parquet")
        place = table.schema.get_field_index("geometry")
        junk = pa.array([b"\x01\x01\x00\x00\x00", b"junk", b""], pa.binary())
        pq.write_table(table.set_column(place, "geometry", junk), tmp_path / "a.parquet")
        assert "cannot be read (rows 1, 2, 3)" in self.refused(tmp_path / "a.parquet", tmp_path)

    def test_columns_that_hold_no_numbers(self, tmp_path: Path) -> None:
        pq.write_table(pa.table({"x": ["a", "b"], "y": ["c", "d"]}), tmp_path / "a.parquet")
        said = self.refused(tmp_path / "a.parquet", tmp_path, x="x", y="y")
        assert "do not hold numbers" in said
        assert "no column 'z'" in self.refused(tmp_path / "a.parquet", tmp_path, x="x", y="z")
        assert "has no geometry" in self.refused(tmp_path / "a.parquet", tmp_path)

    def test_bounds_that_lie(self, tmp_path: Path) -> None:
        write_points(tmp_path / "a.parquet", spots(1, 3000), write_covering_bbox=True)
        table = pq.read_table(tmp_path / "a.parquet")
        place = table.schema.get_field_index("bbox")
        moved = table.column("bbox").take(pa.array([(row + 5) % 3000 for row in range(3000)]))
        pq.write_table(table.set_column(place, "bbox", moved), tmp_path / "a.parquet", row_group_size=97)
        stream = open_stream(tmp_path / "a.parquet", "homes.parquet")
        with pytest.raises(InputError, match="rows lie outside the bounds that the file states"):
            stream.near(PLANE)

    def test_a_description_of_bounds_that_makes_no_sense_counts_as_none(self, tmp_path: Path) -> None:
        write_points(tmp_path / "a.parquet", spots(1, 300), write_covering_bbox=True)
        table = pq.read_table(tmp_path / "a.parquet")
        edges = {edge: ["geometry"] for edge in ("xmin", "ymin", "xmax", "ymax")}
        for covering in ({"bbox": {"xmin": ["n"]}}, {"bbox": 7}, {"bbox": edges}):
            geo = json.loads(table.schema.metadata[b"geo"])
            geo["columns"]["geometry"]["covering"] = covering
            pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo)}), tmp_path / "b.parquet")
            stream = open_stream(tmp_path / "b.parquet", "b")
            assert not stream.is_boxed
            assert len(stream.near(PLANE)) == 300
