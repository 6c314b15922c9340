"""Small random regions in which much lies exactly on the edge of something else.

Coordinates fall on a grid of 50 m, so homes, quays and plots stand on borders of parks, halfway between parks
(where a region may be cut), at exactly a guide distance, and at one distance from two things.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from shapely.affinity import rotate

from tests.analysis.conftest import layer_frame

if TYPE_CHECKING:
    import geopandas as gpd

GRID: Final = 50.0
SIDE: Final = 9_000.0
CATEGORIES: Final = (None, "2", "3.1", "3.2", "4", "4.1", "4.2", "5.1", "5.3", "6")
KINDS: Final = ("home", "home", "home", "company_home", "former_company_home", "unknown", "care")
OPTIONAL: Final = (
    "plots",
    "sensitive_objects",
    "surroundings",
    "zoned_estates",
    "waterways",
    "quays",
    "barriers",
    "housing_plans",
    "businesses",
    "protected_areas",
    "grid_congestion",
    "sub_areas",
    "atelier",
)

Rows = list[dict[str, Any]]


class _Dice:
    """Draws on the grid."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.Generator(np.random.PCG64(seed))

    def spot(self, side: float = SIDE) -> tuple[float, float]:
        x, y = self.random.integers(0, int(side / GRID), size=2) * GRID
        return float(x), float(y)

    def size(self, most: int) -> float:
        return float(self.random.integers(1, most + 1) * GRID)

    def one(self, values: tuple[Any, ...]) -> Any:
        return values[int(self.random.integers(len(values)))]

    def box(self, most: int, near: tuple[float, float] | None = None) -> shapely.Polygon:
        x, y = self.spot() if near is None else near
        return shapely.box(x, y, x + self.size(most), y + self.size(most))

    def maybe(self, share: float) -> bool:
        return bool(self.random.random() < share)

    def shape(self, most: int) -> Any:
        """Give a box, sometimes turned, in two pieces, or with a hole."""
        box = self.box(most)
        kind = self.random.random()
        if kind < 0.2:
            return rotate(box, float(self.random.integers(1, 90)))
        if kind < 0.3:
            return shapely.multipolygons([box, shapely.box(*(np.array(box.bounds) + 2000.0))])
        if kind < 0.4:
            return box.difference(box.buffer(-20.0))
        return box


def random_region(seed: int) -> dict[str, gpd.GeoDataFrame]:
    """Make the cleaned layers of one region; every layer but parks and municipalities may be absent."""
    dice = _Dice(seed)
    parks = _parks(dice)
    plots = _plots(dice, parks)
    rows = {
        "parks": parks,
        "municipalities": [
            {
                "municipality_code": f"GM{number}",
                "name": f"Gemeente {number}",
                "sub_area": dice.one((None, "Oost", "West")),
                "geometry": shapely.box(number * 3000.0, -1000.0, number * 3000.0 + 3000.0, SIDE - 1000.0),
            }
            for number in range(3)
        ],
        "plots": plots,
        "sensitive_objects": _objects(dice, parks, plots),
        **_water(dice, parks),
        **_areas(dice),
        "housing_plans": [
            {
                "plan_id": f"W{number:02}",
                "phase": dice.one(("hard", "soft", "unknown")),
                "surroundings": dice.one((None, "quiet", "mixed", "unknown")),
                "geometry": dice.box(6),
            }
            for number in range(int(dice.random.integers(0, 9)))
        ],
        "businesses": [
            {
                "business_id": f"B{number:03}",
                "permit_category": dice.one(CATEGORIES),
                "uses_water": dice.one((None, True, False)),
                "geometry": shapely.Point(_beside(dice, parks)),
            }
            for number in range(int(dice.random.integers(0, 60)))
        ],
    }
    kept = {name: found for name, found in rows.items() if name not in OPTIONAL or dice.maybe(0.85)}
    return {name: layer_frame(name, found) for name, found in kept.items()}


def _parks(dice: _Dice) -> Rows:
    shapes = [dice.shape(20) for _ in range(int(dice.random.integers(2, 10)))]
    # one that shares an edge with another, and one halfway between the first two
    west, south, east, north = shapes[0].bounds
    shapes.append(shapely.box(east, south, east + 500.0, north))
    shapes.append(shapely.box(west, south, west + 300.0, south + 300.0))
    return [
        {
            "park_id": f"P{number:02}",
            "name": None if dice.maybe(0.1) else f"Park {number}",
            "max_category": dice.one(CATEGORIES),
            "zoned": dice.one((None, True, False)),
            "water_claim": dice.one((None, "near", "own_quay", "none")),
            "geometry": shape,
        }
        for number, shape in enumerate(shapes)
    ]


def _plots(dice: _Dice, parks: Rows) -> Rows:
    shapes: list[tuple[Any, str | None]] = []
    for park in parks:
        if dice.maybe(0.3):
            continue
        west, south, east, north = park["geometry"].bounds
        middle = round((west + east) / 2.0)
        for part in (shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)):
            stated = dice.one(
                (None, park["park_id"], park["park_id"], dice.one(tuple(parks))["park_id"], "XX")
            )
            shapes.append((part, stated))
    # some in no park at all
    shapes += [(dice.box(4), None) for _ in range(int(dice.random.integers(0, 4)))]
    order = dice.random.permutation(len(shapes))
    return [
        {
            "plot_id": f"K{number:03}",
            "park_id": shapes[at][1],
            "max_category": dice.one(CATEGORIES),
            "status": dice.one(("vacant", "issued", "public_space", None)),
            "water_designation": dice.one((None, True, False)),
            "geometry": shapes[at][0],
        }
        for number, at in enumerate(order)
    ]


def _beside(dice: _Dice, parks: Rows) -> tuple[float, float]:
    """Give a spot in, on the edge of or near a park, or halfway between two."""
    one, other = (np.array(dice.one(tuple(parks))["geometry"].bounds) for _ in range(2))
    kind = dice.random.random()
    if kind < 0.25:
        return float(one[0]), float(dice.one((one[1], one[3], (one[1] + one[3]) / 2.0)))
    if kind < 0.4:
        middle = (one[:2] + one[2:] + other[:2] + other[2:]) / 4.0
        return float(middle[0]), float(middle[1])
    if kind < 0.8:
        # a guide distance from its east side
        step = float(dice.one((0.0, 10.0, 30.0, 50.0, 100.0, 200.0, 300.0, 500.0, 700.0, 1000.0, 1500.0)))
        return float(one[2] + step), float((one[1] + one[3]) / 2.0)
    return dice.spot(SIDE)


def _objects(dice: _Dice, parks: Rows, plots: Rows) -> Rows:
    rows: Rows = []
    named = [plot["plot_id"] for plot in plots] or [None]
    for number in range(int(dice.random.integers(0, 120))):
        spot = shapely.Point(_beside(dice, parks))
        shape: Any = spot
        if dice.maybe(0.15):
            shape = dice.box(30, (spot.x, spot.y))
        rows.append(
            {
                "object_id": f"O{number:04}",
                "kind": dice.one(KINDS),
                "weight": dice.one((None, 1.0, 3.0, 0.1, 0.7)),
                "surroundings": dice.one((None, "quiet", "mixed", "unknown")),
                "plot_id": dice.one((None, None, None, dice.one(tuple(named)), "XX")),
                "geometry": shape,
            }
        )
    return rows


def _water(dice: _Dice, parks: Rows) -> dict[str, Rows]:
    west, south, east, north = parks[0]["geometry"].bounds
    shapes: list[Any] = [
        shapely.LineString(
            [(west - 3000.0, south - 30.0), (east, south - 30.0), (east + 4000.0, south + 500.0)]
        )
    ]
    shapes += [shapely.LineString([dice.spot(), dice.spot(), dice.spot()]) for _ in range(2)]
    shapes += [dice.box(10), shapely.Point(dice.spot()), shapely.box(west, north, east, north + 50.0)]
    # far beyond every distance that is looked over
    far = float(dice.random.integers(20, 60)) * 1000.0
    shapes.append(shapely.LineString([(far, 0.0), (far, 5000.0)]))
    chosen = [shape for shape in shapes if dice.maybe(0.7)] or [shapes[-1]]
    quays: list[Any] = [
        shapely.LineString([(west, south - 5.0), (east, south - 5.0)]),
        shapely.Point(_beside(dice, parks)),
        dice.box(8, _beside(dice, parks)),
        shapely.LineString([_beside(dice, parks), dice.spot()]),
    ]
    return {
        "waterways": [
            {
                "waterway_id": f"V{number:02}",
                "name": dice.one((None, f"Water {number}")),
                "cemt": dice.one((None, "0", "II", "IV", "Va", "Va")) if dice.maybe(0.9) else "III",
                "width_m": dice.one((None, 10.0, 40.0)),
                "geometry": shape,
            }
            for number, shape in enumerate(chosen)
        ],
        "quays": [
            {
                "quay_id": f"Q{number:02}",
                "kind": dice.one((None, "own", "public", "unknown")),
                "length_m": dice.one((None, 40.0, 12.5)),
                "usable": dice.one((None, True, False)),
                "confirmed_by": dice.one((None, "gemeente")),
                "geometry": shape,
            }
            for number, shape in enumerate(quays)
            if dice.maybe(0.6)
        ],
        "barriers": [
            {
                "barrier_id": f"R{number:02}",
                "kind": dice.one(("road", "main_road", "railway", "dike")),
                "geometry": shapely.LineString([(west - 500.0, at), (east + 500.0, at)]),
            }
            for number, at in enumerate((south - 10.0, north + 1.0, south - 20.0))
            if dice.maybe(0.5)
        ],
    }


def _areas(dice: _Dice) -> dict[str, Rows]:
    def some(key: str, most: int, size: int, **columns: tuple[Any, ...]) -> Rows:
        return [
            {
                key: f"{key[0].upper()}{number:02}",
                **{name: dice.one(values) for name, values in columns.items()},
                "geometry": dice.box(size),
            }
            for number in range(int(dice.random.integers(0, most)))
        ]

    subjects = ("permitted_category", "usable_category", "water_connection", "other")
    return {
        "surroundings": some("area_id", 6, 60, surroundings=("quiet", "mixed", "unknown")),
        "zoned_estates": some("estate_id", 6, 40),
        "protected_areas": some("area_id", 8, 40, name=(None, "Bos", "Heide"), hardness=("hard", "soft")),
        "grid_congestion": some("area_id", 5, 80, status=("none", "limited", "full", None)),
        "sub_areas": some("sub_area_id", 4, 100, name=(None, "Noord", "Zuid")),
        "atelier": some("remark_id", 5, 40, group=("A",), subject=subjects, stated=(None, "4.1", "near")),
    }
