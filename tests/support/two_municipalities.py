"""A release in memory with every layer there is, of two municipalities side by side with all secrets marked.

Every text of a row of municipality B begins with ``B-`` and every number of it is above a million, so whatever
of B shows up anywhere is seen. A is a square of 1000 m, B the one east of it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from api.jobs.ties import TIES, ByArea, ByCode, ByPlace, ByRow, ByRows, BySubArea, BySubject, ByValue
from layers.canonical import DTYPES
from layers.catalogue import ALL_LAYERS
from layers.export_settings import UNDECIDED
from layers.release import Release
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.schema import Layer

CODES = {"A": "GM0001", "B": "GM0002"}
WEST, SOUTH = 130_000.0, 450_000.0
BORDER = WEST + 1000
"""East of it lies B."""
SQUARES = {
    "A": shapely.box(WEST, SOUTH, BORDER, SOUTH + 1000),
    "B": shapely.box(BORDER, SOUTH, BORDER + 1000, SOUTH + 1000),
}
SECRET = 1_000_000
SPECIAL = {
    "municipality_code": CODES,
    "host_code": CODES,
    "partner_code": CODES,
    "municipality_codes": CODES,
    "subject": {"A": "park", "B": "park"},
    "subject_id": {"A": "A-park_id", "B": "B-park_id"},
    "scope": {"A": "municipality", "B": "municipality"},
    "area": CODES,
    "from_hub": {"A": "A-hub_id", "B": "B-hub_id"},
    "to_hub": {"A": "A-hub_id", "B": "B-hub_id"},
    "pilot_id": {"A": "A-park_id", "B": "B-park_id"},
    "site_ids": {"A": "A-site_id", "B": "B-site_id"},
    "plans": {"A": "A-plan_id", "B": "B-plan_id"},
    "sub_area": {"A": "S", "B": "S"},
    "topic": {"A": "burden", "B": "burden"},
}
BY_LAYER = {
    "summary": {"area_id": CODES},
    "surface_by_area": {"area_id": CODES},
    "exclusions_by_area": {"area_id": CODES},
    "exploration_areas": {"housing_plans": {"A": "A-name", "B": "B-name"}},
    "shared_travel": {"site_id": {"A": "A-facility_id", "B": "B-facility_id"}},
    "sub_areas": {"name": {"A": "S", "B": "S"}},
}
PLAIN = {"GM0002", "S", "park", "municipality", "burden"}
"""Values of keys, which tell nothing by themselves."""


def row_of(layer: Layer, side: str, numbers: Iterator[int]) -> dict[str, Any]:
    """Make a row of one municipality with every column filled."""
    special = SPECIAL | BY_LAYER.get(layer.name, {})
    row: dict[str, Any] = {}
    for column in layer.columns:
        dtype = DTYPES[column.kind]
        if dtype == "string":
            row[column.name] = special.get(column.name, {}).get(side, f"{side}-{column.name}")
        elif dtype == "boolean":
            row[column.name] = True
        else:
            row[column.name] = next(numbers) + (SECRET if side == "B" else 0)
    row["geometry"] = shape_of(layer, side, crossing=False)
    return row


def shape_of(layer: Layer, side: str, *, crossing: bool) -> shapely.Geometry:
    """Draw something inside the municipality, or something that reaches far into the other one."""
    west, step = (WEST, 1.0) if side == "A" else (WEST + 2000, -1.0)
    far = west + step * (1900 if crossing else 900)
    if layer.shape == "line":
        return shapely.LineString([(west + step * 100, SOUTH + 400), (far, SOUTH + 600)])
    if layer.shape == "point":
        return shapely.Point(west + step * 500, SOUTH + 500)
    # most of what crosses lies at home, so that its place is there
    home = box_of(west + step * 10, west + step * 990)
    return shapely.union_all([home, box_of(west + step * 900, far, low=499, high=501)])


def box_of(one: float, other: float, *, low: float = 10, high: float = 990) -> shapely.Geometry:
    """Draw a box between two sides in any order."""
    return shapely.box(min(one, other), SOUTH + low, max(one, other), SOUTH + high)


def mixed_rows(layer: Layer, numbers: Iterator[int]) -> Iterator[dict[str, Any]]:
    """Make rows of B that satisfy all rules but one for A."""
    rules = TIES[layer.name].rules
    for broken in range(len(rules)) if len(rules) > 1 else ():
        row, own = row_of(layer, "B", numbers), row_of(layer, "A", numbers)
        keys = {key for place, rule in enumerate(rules) if place != broken for key in keys_of(rule)}
        keys -= set(keys_of(rules[broken]))
        failing = {"topic": "served"} if isinstance(rules[broken], ByValue) else {}
        yield row | {key: own[key] for key in keys} | failing
    for rule in rules:
        if isinstance(rule, ByCode) and len(rule.columns) > 1:
            for column in rule.columns:
                row = row_of(layer, "B", numbers)
                yield row | {column: CODES["A"]}


def keys_of(rule: Any) -> tuple[str, ...]:
    """Give the columns that a rule reads."""
    if isinstance(rule, ByCode):
        return rule.columns
    if isinstance(rule, BySubject):
        return ("subject", "subject_id")
    if isinstance(rule, ByPlace):
        return ("geometry",)
    assert isinstance(rule, ByRow | ByRows | BySubArea | ByArea | ByValue)
    return (rule.column,)


def release_of(
    *, status: str = "exploration", raised: Level | None = None, crossing: bool = False, mixed: bool = False
) -> Release:
    """Make the release.

    Parameters
    ----------
    status
        In the procedure.
    raised
        Level of every layer but the borders; None for their usual levels.
    crossing
        Whether the shapes of both reach into the other municipality.
    mixed
        Whether there are rows that only in part belong to A.
    """
    layers, tables = _made(raised, decided=status not in UNDECIDED, crossing=crossing, mixed=mixed)
    project = {"procedure_status": status}
    kept = {name: table.copy(deep=False) for name, table in tables.items()}
    return Release(Path("memory"), {"name": "0" * 16}, project, dict(layers), {}, kept=kept)


@lru_cache
def _made(
    raised: Level | None, *, decided: bool, crossing: bool, mixed: bool
) -> tuple[dict[str, Layer], dict[str, pd.DataFrame]]:
    layers: dict[str, Layer] = {}
    tables: dict[str, pd.DataFrame] = {}
    for layer in ALL_LAYERS:
        numbers = count(1)
        rows = [row_of(layer, side, numbers) for side in CODES]
        if crossing and layer.shape not in {"table", "point"}:
            rows = [
                row | {"geometry": shape_of(layer, side, crossing=True)}
                for side, row in zip(CODES, rows, strict=True)
            ]
        if mixed:
            rows += mixed_rows(layer, numbers)
        level = layer.level if raised is None else raised
        if raised is None and not decided and level is Level.MUNICIPALITY:
            # as `api.jobs.reserve.levels_of` does with what a plan says before it is a draft
            level = Level.PROVINCE
        if layer.name == "municipalities":
            level = layer.level
            rows = [row_of(layer, side, numbers) | {"geometry": square} for side, square in SQUARES.items()]
        layers[layer.name] = replace(layer, level=level)
        tables[layer.name] = _table(layer, rows)
    return layers, tables


def _table(layer: Layer, rows: list[dict[str, Any]]) -> pd.DataFrame:
    names = [column.name for column in layer.columns]
    frame = pd.DataFrame(rows)
    typed: pd.DataFrame = frame[names].astype({column.name: DTYPES[column.kind] for column in layer.columns})
    if layer.shape == "table":
        return typed
    drawn: pd.DataFrame = gpd.GeoDataFrame(typed, geometry=frame["geometry"].to_numpy(), crs="EPSG:28992")
    return drawn


def secrets_in(table: pd.DataFrame) -> list[str]:
    """Give every value of B in a table that is not the value of a key alone."""
    found = []
    for name in table.columns:
        if name == "geometry":
            continue
        for value in table[name].dropna():
            text = str(value)
            if "B-" in text or (not isinstance(value, str) and float(value) > SECRET):
                found.append(f"{name}={text}")
    return found
