"""The evidence steps out of core: each part of the land read from file, assessed, and forgotten.

The functions are those that the engine `ours` calls. Rows are named by their position in the file, so the
answers are those of one run over everything.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from gis.boxes import Box, around, divide, grown
from gis.overlay import overlaps
from gis.parquet_arranged import read_by_place
from gis.parquet_nearest import SLACK_M, nearest_rows, targets_of
from gis.parquet_open import open_stream
from gis.proximity import Targets

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gis.parquet_stream import Found, Stream
    from gis.workers import Workers
    from tests.benchmarks.steps import Answer

ROWS_PER_PART: Final = 400_000
REACH_M: Final = 1000.0
"""The largest guide distance; also how far the first look for the nearest home goes."""
WATER_REACH_M: Final = 8000.0
BANK_M: Final = 50.0
QUAD_SEGMENTS: Final = 8
COLUMNS: Final = {"parks": ("reach",), "waterways": ("rank",)}
LAYERS: Final = ("parks", "plots", "waterways", "municipalities", "homes")


@dataclass(frozen=True, slots=True)
class Job:
    """One part of the land, and what to find out there."""

    box: Box
    steps: tuple[str, ...]
    first_class: int
    streams: dict[str, Stream]


def open_layers(folder: Path, cache: Path) -> dict[str, Stream]:
    """Open the layers, arranged by place where they are not."""
    return {
        name: read_by_place(
            open_stream(folder / f"{name}.parquet", f"{name}.parquet", columns=COLUMNS.get(name, ())), cache
        )
        for name in LAYERS
    }


def wake(seconds: float) -> None:
    """Do nothing for a while, so that every worker gets its share and has loaded its libraries."""
    time.sleep(seconds)


def take_steps(
    streams: dict[str, Stream],
    steps: Sequence[str],
    workers: Workers,
    first_class: int,
    rows_per_part: int = ROWS_PER_PART,
) -> dict[str, Answer]:
    """Take steps part by part and put the answers together."""
    homes = streams["homes"]
    job = Job((0.0, 0.0, 0.0, 0.0), tuple(steps), first_class, streams)
    jobs = [replace(job, box=box) for box in divide(homes.bounds, homes.rows.astype(float), rows_per_part)]
    parts = workers.map(assess_part, jobs)
    return {
        step: JOIN[step](
            streams, {key: np.concatenate([part[step][key] for part in parts]) for key in parts[0][step]}
        )
        for step in steps
    }


def assess_part(job: Job) -> dict[str, Answer]:
    """Take the steps for what lies in one part; each step reads what it needs."""
    return {step: STEP[step](job) for step in job.steps}


def _own(job: Job, layer: str, columns: tuple[str, ...] = ()) -> Found:
    """Read the rows of a layer that belong to the part."""
    found = job.streams[layer].near(job.box, columns)
    return found.take(found.places.belong(job.box))


def _around(job: Job, layer: str, own: Found, reach: float, columns: tuple[str, ...] = ()) -> Found:
    """Read the rows of a layer that lie within some distance of own rows."""
    if not len(own):
        return job.streams[layer].near((np.inf, np.inf, -np.inf, -np.inf), columns)
    return job.streams[layer].near(grown(around(own.places.bounds()), reach + SLACK_M), columns)


def _nearest_home(job: Job) -> Answer:
    parks = _own(job, "parks")
    number, distance = nearest_rows(job.streams["homes"], parks.places.shapes(), reach=REACH_M)
    return {"row": parks.number, "target": number, "distance": distance}


def _homes_within(job: Job) -> Answer:
    parks = _own(job, "parks", ("reach",))
    homes = _around(job, "homes", parks, REACH_M)
    count = targets_of(homes.places).sum_within(parks.places.shapes(), parks.column("reach"), threads=1)
    return {"row": parks.number, "count": count}


def _nearest_water(job: Job) -> Answer:
    parks = _own(job, "parks")
    number, distance = nearest_rows(
        job.streams["waterways"],
        parks.places.shapes(),
        reach=WATER_REACH_M,
        columns=("rank",),
        only=lambda found: found.column("rank") >= job.first_class,
    )
    return {"row": parks.number, "target": number, "distance": distance}


def _shore(job: Job) -> Answer:
    parks = _own(job, "parks")
    waters = _around(job, "waterways", parks, BANK_M).places.shapes()
    shapes = parks.places.shapes()
    pairs = Targets(waters).pairs_within(shapes, BANK_M, threads=1)
    wet, buffered = np.unique(pairs.target), np.zeros(len(waters), dtype=object)
    buffered[wet] = shapely.buffer(waters[wet], BANK_M, quad_segs=QUAD_SEGMENTS)
    rows, first = np.unique(pairs.query, return_index=True)
    banks = np.split(buffered[pairs.target], first[1:])
    near = np.array([shapely.union_all(bank) for bank in banks if len(bank)], dtype=object)
    metres = shapely.length(shapely.intersection(shapely.boundary(shapes[rows]), near))
    return {"row": parks.number[rows], "metres": np.asarray(metres)}


def _overlaps(job: Job, subject: str, layer: str) -> Answer:
    own = _own(job, subject)
    areas = _around(job, layer, own, 0.0)
    found = overlaps(own.places.shapes(), areas.places.shapes(), threads=1)
    return {"shape": own.number[found.shape], "area": areas.number[found.area], "size": found.size}


def _homes_in_municipalities(job: Job) -> Answer:
    homes = _own(job, "homes")
    areas = _around(job, "municipalities", homes, 0.0)
    pairs = targets_of(homes.places).pairs_within(areas.places.shapes(), 0.0, threads=1)
    return {"row": areas.number, "count": np.bincount(pairs.query, minlength=len(areas))}


def _by_row(layer: str, *keys: str) -> Any:
    """Put answers per row of a layer in the order of its rows; what has none is zero."""

    def join(streams: dict[str, Stream], answer: Answer) -> Answer:
        result = {}
        for key in keys:
            filled = np.zeros(streams[layer].total, dtype=answer[key].dtype)
            np.add.at(filled, answer["row"], answer[key])
            result[key] = filled
        return result

    return join


def _sorted(_: dict[str, Stream], answer: Answer) -> Answer:
    order = np.lexsort((answer["area"], -answer["size"], answer["shape"]))
    return {key: values[order] for key, values in answer.items()}


STEP: Final = {
    "a": _nearest_home,
    "b": _homes_within,
    "c1": _nearest_water,
    "c2": _shore,
    "d": lambda job: _overlaps(job, "parks", "municipalities"),
    "e": lambda job: _overlaps(job, "plots", "parks"),
    "f": _homes_in_municipalities,
}
JOIN: Final = {
    "a": _by_row("parks", "target", "distance"),
    "b": _by_row("parks", "count"),
    "c1": _by_row("parks", "target", "distance"),
    "c2": _by_row("parks", "metres"),
    "d": _sorted,
    "e": _sorted,
    "f": _by_row("municipalities", "count"),
}
