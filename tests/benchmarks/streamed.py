"""The evidence steps out of core: each part of the land read from file, assessed, and forgotten.

The functions are those that the engine `ours` calls. Rows are named by their position in the file, so the
answers are those of one run over everything.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import cached_property
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

    from numpy.typing import NDArray

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
NOWHERE: Final = (np.inf, np.inf, -np.inf, -np.inf)
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
) -> tuple[dict[str, Answer], dict[str, float]]:
    """Take steps part by part and put the answers together.

    Returns
    -------
    answers, seconds
        Per step the answer, and the seconds of all workers together.
    """
    homes = streams["homes"]
    job = Job((0.0, 0.0, 0.0, 0.0), tuple(steps), first_class, streams)
    jobs = [replace(job, box=box) for box in divide(homes.bounds, homes.rows.astype(float), rows_per_part)]
    parts, seconds = zip(*workers.map(assess_part, jobs), strict=True)
    answers = {
        step: JOIN[step](
            streams, {key: np.concatenate([part[step][key] for part in parts]) for key in parts[0][step]}
        )
        for step in steps
    }
    return answers, {step: sum(each[step] for each in seconds) for step in steps}


def assess_part(job: Job) -> tuple[dict[str, Answer], dict[str, float]]:
    """Take the steps for what lies in one part; gives the answers and the seconds that each took."""
    part, answers, seconds = Part(job), {}, {}
    for step in job.steps:
        begin = time.perf_counter()
        answers[step] = STEP[step](part)
        seconds[step] = time.perf_counter() - begin
    return answers, seconds


class Part:
    """What lies in and around one part of the land; read once, by the step that needs it first."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.parks = self.own("parks", ("reach",))
        self.shapes = self.parks.places.shapes()

    def own(self, layer: str, columns: tuple[str, ...] = ()) -> Found:
        """Read the rows of a layer that belong to the part."""
        found = self.job.streams[layer].near(self.job.box, columns)
        return found.take(found.places.belong(self.job.box))

    def around(self, layer: str, own: Found, reach: float, columns: tuple[str, ...] = ()) -> Found:
        """Read the rows of a layer that lie within some distance of own rows."""
        box = grown(around(own.places.bounds()), reach + SLACK_M) if len(own) else NOWHERE
        return self.job.streams[layer].near(box, columns)

    @cached_property
    def homes(self) -> Found:
        """Homes around the parks, and those in the part where they are needed."""
        boxes = [] if not len(self.parks) else [grown(around(self.parks.places.bounds()), REACH_M + SLACK_M)]
        stream = self.job.streams["homes"]
        if "f" in self.job.steps:
            west, south, east, north = around(stream.bounds)
            own = self.job.box
            boxes.append((max(west, own[0]), max(south, own[1]), min(east, own[2]), min(north, own[3])))
        return stream.near(around(np.array(boxes)) if boxes else NOWHERE)

    @cached_property
    def targets(self) -> Targets:
        """The homes, ready to measure to."""
        return targets_of(self.homes.places)

    @cached_property
    def waters(self) -> Found:
        """Waterways around the parks."""
        reach = WATER_REACH_M if "c1" in self.job.steps else BANK_M
        return self.around("waterways", self.parks, reach, ("rank",))


def _nearest_home(part: Part) -> Answer:
    number, distance = nearest_rows(
        part.job.streams["homes"], part.shapes, reach=REACH_M, near=(part.homes, part.targets)
    )
    return {"row": part.parks.number, "target": number, "distance": distance}


def _homes_within(part: Part) -> Answer:
    count = part.targets.sum_within(part.shapes, part.parks.column("reach"), threads=1)
    return {"row": part.parks.number, "count": count}


def _nearest_water(part: Part) -> Answer:
    def large(found: Found) -> NDArray[np.bool_]:
        return np.asarray(found.column("rank") >= part.job.first_class)

    near = part.waters.take(large(part.waters))
    number, distance = nearest_rows(
        part.job.streams["waterways"],
        part.shapes,
        reach=WATER_REACH_M,
        near=(near, targets_of(near.places)),
        columns=("rank",),
        only=large,
    )
    return {"row": part.parks.number, "target": number, "distance": distance}


def _shore(part: Part) -> Answer:
    waters, shapes = part.waters.places.shapes(), part.shapes
    pairs = Targets(waters).pairs_within(shapes, BANK_M, threads=1)
    wet, buffered = np.unique(pairs.target), np.zeros(len(waters), dtype=object)
    buffered[wet] = shapely.buffer(waters[wet], BANK_M, quad_segs=QUAD_SEGMENTS)
    rows, first = np.unique(pairs.query, return_index=True)
    banks = np.split(buffered[pairs.target], first[1:])
    near = np.array([shapely.union_all(bank) for bank in banks if len(bank)], dtype=object)
    metres = shapely.length(shapely.intersection(shapely.boundary(shapes[rows]), near))
    return {"row": part.parks.number[rows], "metres": np.asarray(metres)}


def _overlaps(part: Part, own: Found, layer: str) -> Answer:
    areas = part.around(layer, own, 0.0)
    found = overlaps(own.places.shapes(), areas.places.shapes(), threads=1)
    return {"shape": own.number[found.shape], "area": areas.number[found.area], "size": found.size}


def _homes_in_municipalities(part: Part) -> Answer:
    areas = part.job.streams["municipalities"].near(part.job.box)
    pairs = part.targets.pairs_within(areas.places.shapes(), 0.0, threads=1)
    # homes that belong to another part are counted there
    own = part.homes.places.belong(part.job.box)[pairs.target]
    return {"row": areas.number, "count": np.bincount(pairs.query[own], minlength=len(areas))}


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
    "d": lambda part: _overlaps(part, part.parks, "municipalities"),
    "e": lambda part: _overlaps(part, part.own("plots"), "parks"),
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
