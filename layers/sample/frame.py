"""What every part of the sample shares: its hand-typed data, its seeds and its words of warning."""

from __future__ import annotations

import csv
import tomllib
import zlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

EXAMPLE = "voorbeeld"
"""The word that stands in every made-up row."""
RD = "EPSG:28992"
_SEED = 20260101
_GRID_M = 0.01


def generator(subject: str) -> np.random.Generator:
    """Give a generator of its own to a subject, so that a change in one leaves the others as they were."""
    return np.random.Generator(np.random.PCG64([_SEED, zlib.crc32(subject.encode())]))


def read_rows(name: str) -> list[dict[str, str]]:
    """Read a hand-typed table of ``layers/sample/data`` as dictionaries of text."""
    text = (files("layers.sample") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def fact_rows(name: str) -> list[dict[str, str]]:
    """Read a fact table of ``layers/data`` as dictionaries of text, empty where nothing is known."""
    rows = read_facts(name).fillna("").to_dict("records")
    return [{str(key): str(value) for key, value in row.items()} for row in rows]


def read_toml(name: str) -> dict[str, Any]:
    """Read hand-typed data of ``layers/sample/data``."""
    return tomllib.loads((files("layers.sample") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def metres(kilometres: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Turn hand-typed kilometres into metres in EPSG:28992, shape (n, 2)."""
    return np.round(np.asarray(kilometres, dtype=float) * 1000.0, 2)


def table(rows: Iterable[Mapping[str, Any]], geometry: Iterable[BaseGeometry]) -> gpd.GeoDataFrame:
    """Make a layer in EPSG:28992 whose coordinates are whole centimetres."""
    shapes = np.array(list(geometry), dtype=object)
    frame = pd.DataFrame(list(rows))
    return gpd.GeoDataFrame(frame, geometry=shapely.set_precision(shapes, _GRID_M), crs=RD)


def largest(geometry: BaseGeometry) -> shapely.Polygon:
    """Give the largest polygon of a geometry."""
    parts = shapely.get_parts(geometry)
    found: shapely.Polygon = parts[int(np.argmax(shapely.area(parts)))]
    return found


def touching(shape: BaseGeometry, others: Sequence[BaseGeometry]) -> BaseGeometry:
    """Join those of the others that touch a shape: all that can be cut from it."""
    candidates = np.array(others, dtype=object)
    return shapely.union_all(candidates[shapely.intersects(shape, candidates)])


def blob(
    x: float, y: float, radius: float, rng: np.random.Generator, *, corners: int = 14
) -> shapely.Polygon:
    """Draw a roundish area with an irregular edge.

    Parameters
    ----------
    x, y
        Its middle, metres.
    radius
        Its mean radius, metres.
    rng
        Where the irregularity comes from.
    corners
        Number of corners before rounding.
    """
    angle = np.arange(corners) * (2.0 * np.pi / corners)
    reach = radius * rng.uniform(0.8, 1.2, corners)
    ring = np.stack([x + reach * np.cos(angle), y + reach * np.sin(angle)], axis=1)
    second = np.roll(ring, -1, axis=0)
    cut = np.stack([ring * 0.75 + second * 0.25, ring * 0.25 + second * 0.75], axis=1).reshape(-1, 2)
    return shapely.Polygon(np.round(cut, 2))
