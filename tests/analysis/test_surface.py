"""The usable category of every cell: by hand, against the vector zones of parks, and as files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import rasterio
import shapely

from analysis.categories import load_categories
from analysis.objects import prepare_objects
from analysis.space.surface import NAMES, prepare_surface, surface, write_surface, write_surfaces
from analysis.space.surface_rules import SurfaceSettings
from analysis.zones import park_zones
from gis.rasters import NODATA, Window
from layers.inputs import SENSITIVE_KINDS
from layers.parameters import Parameters
from layers.results_surface import EXCLUSIONS, ROOM_OFFSET

if TYPE_CHECKING:
    from pathlib import Path

ROW = (0.0, 0.0, 600.0, 10.0)
QUIET_ROW = [0] * 1 + [1] * 2 + [2] * 2 + [3] * 5 + [4] * 10 + [5] * 10 + [6] * 20 + [7] * 10
"""Ranks at 0, 10, 20 ... 590 m from a quiet home: 10, 30, 50, 100, 200, 300 and 500 m are steps."""
MIXED_ROW = [1] * 1 + [2] * 2 + [3] * 2 + [4] * 5 + [5] * 10 + [6] * 10 + [7] * 20 + [8] * 10
CELL_DIAGONAL_M = 14.2


def home(x: float, y: float, name: str = "h", **more: Any) -> dict[str, Any]:
    return {
        "object_id": name,
        "kind": "home",
        "surroundings": "quiet",
        "geometry": shapely.Point(x, y),
    } | more


def one_block(tables: Any, bounds: Any, **options: Any) -> Any:
    (block,) = surface(tables, Parameters(), bounds=bounds, **options)
    return block


@pytest.mark.parametrize(
    ("stated", "low", "high"),
    [
        ("quiet", QUIET_ROW, QUIET_ROW),
        ("mixed", MIXED_ROW, MIXED_ROW),
        ("unknown", QUIET_ROW, MIXED_ROW),
        (None, QUIET_ROW, MIXED_ROW),
    ],
)
def test_a_row_of_cells_by_hand(scene: Any, stated: str | None, low: list[int], high: list[int]) -> None:
    block = one_block(scene(sensitive_objects=[home(5, 5, surroundings=stated)]), ROW)
    assert block.usable["low"].tolist() == [low]
    assert block.usable["high"].tolist() == [high]


def test_uncertain_objects_count_in_the_low_reading_only(scene: Any) -> None:
    block = one_block(scene(sensitive_objects=[home(5, 5, kind="unknown")]), ROW)
    assert block.usable["low"].tolist() == [QUIET_ROW]
    assert (block.usable["high"] == 10).all()


def test_dwellings_of_firms_count_outside_their_own_park_in_both_readings(scene: Any) -> None:
    parks = [
        {"park_id": "P", "name": "P", "geometry": shapely.box(0, -50, 300, 50)},
        {"park_id": "Q", "name": "Q", "geometry": shapely.box(400, -50, 600, 50)},
    ]
    plots = [{"plot_id": "1", "park_id": "P", "geometry": shapely.box(0, -50, 20, 50)}]
    dwelling = home(5, 5, kind="company_home")
    block = one_block(scene(parks=parks, plots=plots, sensitive_objects=[dwelling]), ROW)
    assert block.usable["low"].tolist() == [QUIET_ROW]
    assert block.usable["high"].tolist() == [[10] * 30 + QUIET_ROW[30:]]


def test_a_dwelling_of_no_known_firm_is_uncertain_everywhere(scene: Any) -> None:
    block = one_block(scene(sensitive_objects=[home(5, 5, kind="company_home")]), ROW)
    assert block.usable["low"].tolist() == [QUIET_ROW]
    assert (block.usable["high"] == 10).all()


def test_outside_the_municipalities_nothing_is_said(scene: Any) -> None:
    place = [{"municipality_code": "GM1", "name": "M", "geometry": shapely.box(100, -100, 300, 100)}]
    block = one_block(scene(municipalities=place, sensitive_objects=[home(5, 5)]), ROW)
    outside = np.ones((1, 60), dtype=bool)
    outside[0, 10:30] = False
    for codes in (*block.usable.values(), *block.room.values(), block.exclusions):
        assert np.array_equal(codes == NODATA, outside)
    assert block.usable["low"][0, 10:30].tolist() == QUIET_ROW[10:30]


def test_without_sensitive_objects_nothing_is_computed(scene: Any, tmp_path: Path) -> None:
    assert list(surface(scene(), Parameters())) == []
    assert write_surfaces(tmp_path, scene(), Parameters()) == {}
    assert write_surface(tmp_path / "a.tif", scene(), Parameters()) is None
    assert not list(tmp_path.iterdir())


def test_the_heaviest_of_what_lies_on_a_cell_counts(scene: Any) -> None:
    areas = [
        ("a", "stiltegebied", "soft", (0, 0, 600, 10)),
        ("b", "Grondwaterbescherming", None, (100, 0, 600, 10)),  # medium by its kind
        ("c", "Natura 2000-gebied", None, (200, 0, 300, 10)),  # very hard by its kind
        ("d", "natuurnetwerk", "soft", (300, 0, 400, 10)),  # what the layer states goes first
        ("e", "iets anders", None, (400, 0, 500, 10)),  # not known
    ]
    protected = [
        {"area_id": name, "kind": kind, "hardness": hardness, "geometry": shapely.box(*box)}
        for name, kind, hardness, box in areas
    ]
    water = [
        {"waterway_id": "w", "width_m": 40.0, "geometry": shapely.LineString([(550, -90), (550, 90)])},
        {"waterway_id": "v", "geometry": shapely.LineString([(450, -90), (450, 90)])},  # no width, no surface
    ]
    tables = scene(sensitive_objects=[home(5, 5)], protected_areas=protected, waterways=water)
    block = one_block(tables, ROW)
    # within fifty metres of the home: the cells at 0 to 40 m
    expected = (
        ["built_up"] * 5
        + ["soft"] * 5
        + ["medium"] * 10
        + ["very_hard"] * 10
        + ["medium"] * 10
        + ["unknown"] * 10
        + ["medium"] * 3
        + ["water"] * 4
        + ["medium"] * 3
    )
    found = [EXCLUSIONS[code] for code in block.exclusions[0]]
    assert found == expected
    excluded = [name in ("built_up", "very_hard", "water") for name in found]
    codes = np.array([EXCLUSIONS.index(name) for name in found])
    assert block.room["low"][0].tolist() == np.where(excluded, ROOM_OFFSET + codes, QUIET_ROW).tolist()


def test_what_excludes_is_the_users_choice(scene: Any, tmp_path: Path) -> None:
    rows = "hardness,label_nl,label_en,treatment,meaning_nl,status,source\n"
    for name in ("very_hard", "hard", "medium", "soft", "unknown"):
        treatment = "excluded" if name == "soft" else "condition"
        rows += f"{name},x,x,{treatment},x,assumption,besluit\n"
    (tmp_path / "eigen.csv").write_text(rows, encoding="utf-8")
    protected = [
        {"area_id": "a", "hardness": "soft", "geometry": shapely.box(0, 0, 300, 10)},
        {"area_id": "b", "hardness": "hard", "geometry": shapely.box(0, 0, 600, 10)},
    ]
    tables = scene(sensitive_objects=[home(5, 900)], protected_areas=protected)
    settings = SurfaceSettings(hardness_classes=tmp_path / "eigen.csv")
    block = one_block(tables, ROW, settings=settings)
    assert [EXCLUSIONS[code] for code in block.exclusions[0]] == ["soft"] * 30 + ["hard"] * 30
    assert (block.room["low"][0] > ROOM_OFFSET).tolist() == [True] * 30 + [False] * 30


def test_planned_homes_are_not_built_up_yet_but_do_count(scene: Any) -> None:
    block = one_block(scene(sensitive_objects=[home(5, 5, kind="planned")]), ROW)
    assert block.usable["low"].tolist() == [QUIET_ROW]
    assert (block.exclusions == 0).all()


def random_scene(scene: Any, seed: int) -> Any:
    """Make two parks with plots among objects of all kinds, points and buildings, in 3 by 3 km."""
    rng = np.random.default_rng(seed)
    parks = [
        {"park_id": "P", "geometry": shapely.Point(1000, 1100).buffer(600, quad_segs=3)},
        {"park_id": "Q", "geometry": shapely.box(1700, 900, 2500, 2300)},
    ]
    plots = [{"plot_id": "1", "park_id": "P", "geometry": shapely.box(800, 900, 1200, 1300)}]
    objects = []
    for number, (x, y) in enumerate(rng.uniform(-800, 3800, (26, 2))):
        spot = shapely.Point(x, y)
        objects.append(
            {
                "object_id": f"{number:03d}",
                "kind": str(rng.choice(SENSITIVE_KINDS)),
                "surroundings": str(rng.choice(["quiet", "mixed", "unknown"])),
                "geometry": spot.buffer(15, cap_style="square") if number % 3 == 0 else spot,
            }
        )
    # a dwelling of a firm in each park, one of them on a known plot
    objects += [
        {
            "object_id": "x",
            "kind": "company_home",
            "surroundings": "quiet",
            "geometry": shapely.Point(1000, 1000),
        },
        {
            "object_id": "y",
            "kind": "company_home",
            "surroundings": "mixed",
            "geometry": shapely.Point(2100, 1500),
        },
    ]
    return scene(parks=parks, plots=plots, sensitive_objects=objects)


def margins(tables: Any, spots: np.ndarray, park: shapely.Geometry, reading: str) -> np.ndarray:
    """Give how far the distance at each spot is from the nearest threshold, by the rules in words."""
    system, rows = load_categories(), tables["sensitive_objects"]
    plots = tables["plots"].geometry.to_numpy()
    least = np.full(len(spots), np.inf)
    nearest = {"quiet": least.copy(), "mixed": least.copy()}
    for kind, stated, shape in zip(rows["kind"], rows["surroundings"], rows.geometry, strict=True):
        if reading == "high":
            firm = kind == "company_home"
            on_plot = shapely.intersects(plots, shape).any()
            if kind == "unknown" or (firm and (not on_plot or shapely.intersects(park, shape))):
                continue
        taken = {"unknown": "quiet" if reading == "low" else "mixed"}.get(stated, stated)
        nearest[taken] = np.minimum(nearest[taken], shapely.distance(spots, shape))
    for taken, distance in nearest.items():
        steps = system.distances(taken)
        steps = steps[steps > 0]
        least = np.minimum(least, np.abs(distance[:, None] - steps).min(axis=1))
    return least


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("reading", ["low", "high"])
def test_the_surface_equals_the_vector_zones_of_parks(scene: Any, seed: int, reading: str) -> None:
    tables = random_scene(scene, seed)
    block = one_block(tables, (0.0, 0.0, 3000.0, 3000.0), readings=[reading])
    parks = tables["parks"].geometry.to_numpy()
    objects = prepare_objects(tables)
    assert objects is not None
    zones = park_zones(parks, objects, load_categories()).usable[reading, "with_inside"]
    rng = np.random.default_rng(1000 + seed)
    for number, park in enumerate(parks):
        xy = rng.uniform(0, 3000, (6000, 2))
        column, row = (xy[:, 0] // 10).astype(int), ((3000 - xy[:, 1]) // 10).astype(int)
        centres = np.column_stack((column * 10 + 5.0, 2995.0 - row * 10))
        # a cell belongs to a park when its centre does
        inside = shapely.contains_xy(park, xy) & shapely.contains_xy(park, centres)
        rank = block.usable[reading][row, column]
        for where, least in ((xy, CELL_DIAGONAL_M), (centres, 0.5)):
            spots = np.asarray(shapely.points(where))
            expected = np.sum([shapely.contains(zone, spots) for zone in zones[number, 1:]], axis=0)
            # discs of the zones are drawn up to 0.03 % too small, less than half a metre
            clear = inside & (margins(tables, spots, park, reading) > least)
            assert clear.sum() > 100
            assert np.array_equal(rank[clear], expected[clear])


def test_windows_give_what_the_whole_gives(scene: Any) -> None:
    tables = random_scene(scene, 1)
    prepared = prepare_surface(tables, Parameters(), bounds=(0.0, 0.0, 3000.0, 3000.0))
    assert prepared is not None
    whole = prepared.block(Window(0, 0, 300, 300))
    for window in prepared.grid.windows(110):
        part = prepared.block(window)
        for name in NAMES:
            assert np.array_equal(part.named(name), whole.named(name)[window.slices])


def test_windows_come_one_at_a_time(scene: Any) -> None:
    # a hundred million cells: only the first window is computed
    blocks = surface(scene(sensitive_objects=[home(-49_995, 49_995)]), Parameters(), readings=["low"])
    first = next(blocks)
    assert first.usable["low"].shape == (1024, 1024)
    assert first.usable["low"][0, :60].tolist() == QUIET_ROW


def test_files_are_the_same_twice_and_in_any_order_of_rows(scene: Any, tmp_path: Path) -> None:
    tables = random_scene(scene, 2)
    bounds = (0.0, 0.0, 3000.0, 3000.0)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = write_surfaces(tmp_path / "a", tables, Parameters(), bounds=bounds)
    turned = {name: table.iloc[::-1].reset_index(drop=True) for name, table in tables.items()}
    second = write_surfaces(tmp_path / "b", turned, Parameters(), bounds=bounds)
    assert list(first) == list(NAMES)
    for name, path in first.items():
        assert path.read_bytes() == second[name].read_bytes()


def test_a_file_says_which_reading_and_classes_it_holds(scene: Any, tmp_path: Path) -> None:
    told: list[str] = []
    path = write_surface(
        tmp_path / "mijn.tif",
        scene(sensitive_objects=[home(5, 5)]),
        Parameters(),
        content="room",
        reading="high",
        bounds=ROW,
        progress=told.append,
    )
    assert path == tmp_path / "mijn.tif"
    assert told == ["surface: window 1 of 1"]
    with rasterio.open(path) as found:
        tags = found.tags()
        assert (tags["content"], tags["reading"]) == ("room", "high")
        assert tags["classes"].startswith("0=geen; 1=1; 2=2; 3=3.1")
        assert "17=water" in tags["classes"]
        assert found.crs.to_epsg() == 28992
        # light violet for category 1, as in every other view
        assert found.colormap(1)[1] == (0xF4, 0xEE, 0xFA, 255)
