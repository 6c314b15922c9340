"""The evidence of a region of which the sensitive objects do not fit in memory: tables, without a release."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import orjson

from analysis.near_rows import OBJECTS
from analysis.parts import assess_in_parts, usual_parts
from api.jobs.corrected import project_corrections
from gis.errors import InputError, Problem
from gis.workers import Here
from layers.canonical import canonical_table
from layers.catalogue import layers_of, strictest_level, with_levels
from layers.read import read_inputs
from layers.release import file_digest
from layers.streamed import stream_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pandas as pd

    from gis.workers import Workers
    from layers.project import Project
    from layers.read import SourceRecord
    from layers.streamed import StreamedLayer

FACTS: Final = "evidence.json"
FORMAT: Final = "kringruimte-evidence"
EARLIER: Final = "earlier"
ROWS_PER_PART: Final = 100_000
"""Of the objects about so many are in memory for one part: some 100 MB with what is made of them."""


@dataclass(frozen=True, slots=True)
class Written:
    """Evidence that was written: its folder, and what its ``evidence.json`` says."""

    path: Path
    facts: dict[str, Any]


def write_evidence(
    project: Project,
    out: Path,
    *,
    workers: Workers | None = None,
    parts: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> Written:
    """Assess parks and plots without ever holding all sensitive objects, and write the tables.

    Parameters
    ----------
    project
        See `layers.project.load_project`; ``sensitive_objects`` must be GeoParquet in EPSG:28992.
    out
        Folder of the tables: new, empty, or earlier evidence, which is replaced. Room is needed beside it
        for two copies of the objects while the work goes on.
    workers, parts
        Who does the parts, and how many; this process, and as many as the number of objects asks.
    progress
        Called with what begins.

    Returns
    -------
    Written
        Where it is and what it holds. Per table equal to that of a release of the same project.

    Raises
    ------
    InputError
        With every problem of the layers, or when the folder holds something else.
    """
    tell, crew = progress or _silent, workers or Here()
    source = project.layers.get(OBJECTS)
    if source is None:
        message = "the project has no such layer, and this command is for those that do not fit in memory"
        raise InputError(Problem(message, "Use kringruimte run.", layer=OBJECTS))
    out = out.resolve()
    with _staged(out) as staging:
        others = {name: layer for name, layer in project.layers.items() if name != OBJECTS}
        inputs = read_inputs(
            project.model_copy(update={"layers": others}),
            progress=tell,
            corrections=project_corrections(project),
        )
        tell("reading sensitive objects piece by piece")
        work = staging / "work"
        work.mkdir()
        try:
            objects = stream_layer(OBJECTS, source, project.root, work)
        except InputError as error:
            raise InputError(*(replace(problem, layer=OBJECTS) for problem in error.problems)) from error
        tell("assessing parks and plots")
        if parts is None:
            needed = -(-objects.stream.total // ROWS_PER_PART)
            parts = max(usual_parts(len(inputs.tables["parks"]), crew.count), needed)
        evidence = assess_in_parts(inputs.tables, project.parameters, crew, parts=parts, objects=objects)
        tell("writing tables")
        made = staging / "made"
        made.mkdir()
        facts = _facts(project, (*inputs.sources, objects.source), objects)
        facts["tables"] = _write_tables(made, evidence, project)
        _settle(made / FACTS, orjson.dumps(facts, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        _replace(made, out, staging)
    return Written(out, facts)


def _facts(project: Project, sources: tuple[SourceRecord, ...], objects: StreamedLayer) -> dict[str, Any]:
    stated = project.model_dump(mode="json")
    return {
        "format": FORMAT,
        "format_version": 1,
        "project": {
            key: value
            for key, value in stated.items()
            if key not in {"layers", "root", "corrections", "parameters"}
        },
        "parameters": stated["parameters"],
        "sources": [asdict(source) for source in sources],
        "streamed": {"layer": OBJECTS, "rows": objects.source.rows_out, "set_aside": objects.gone},
    }


def _write_tables(
    folder: Path, evidence: dict[str, pd.DataFrame], project: Project
) -> dict[str, dict[str, Any]]:
    """Write the tables as a release holds them, each forgotten then; give rows, hash and level of each."""
    levels = {name: source.level for name, source in project.layers.items() if source.level is not None}
    facts = {}
    for layer in with_levels(layers_of(evidence), levels):
        frame = canonical_table(layer, evidence.pop(layer.name))
        path = folder / f"{layer.name}.parquet"
        if isinstance(frame, gpd.GeoDataFrame):
            frame.to_parquet(path, index=False, compression="zstd", geometry_encoding="WKB")
        else:
            frame.to_parquet(path, index=False, compression="zstd")
        _settle(path)
        facts[layer.name] = {
            "rows": len(frame),
            "sha256": file_digest(path),
            "level": strictest_level(layer).value,
        }
    return facts


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """Give a folder beside the goal in which to work; it goes away, whatever happens."""
    _refuse_other(out)
    staging = out.parent / f".{out.name}.staging"
    try:
        staging.parent.mkdir(parents=True, exist_ok=True)
        # single homes lie here for a while
        staging.mkdir(mode=0o700, exist_ok=True)
        # the kernel lets go of the lock when its holder dies, however it dies
        lock = os.open(staging, os.O_RDONLY)
    except OSError as error:
        message = f"evidence cannot be written there: {error.strerror}"
        raise InputError(Problem(message, "Choose another --out.", str(out))) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = "another run is writing there at this moment"
            raise InputError(Problem(message, "Wait for it, or choose another --out.", str(out))) from error
        # what follows was left by a run that died
        if (staging / EARLIER).exists() and not out.exists():
            (staging / EARLIER).rename(out)
        for left in staging.iterdir():
            shutil.rmtree(left)
        try:
            yield staging
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    finally:
        os.close(lock)


def _refuse_other(out: Path) -> None:
    """Refuse a folder that holds anything but earlier evidence."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    try:
        earlier = orjson.loads((out / FACTS).read_bytes())
        known = earlier["format"] == FORMAT
        names = {FACTS, *(f"{name}.parquet" for name in earlier["tables"])}
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known or not {path.name for path in out.iterdir()} <= names:
        message = "this exists and is no folder of earlier evidence alone"
        raise InputError(Problem(message, "Choose another --out; nothing was changed.", str(out)))


def _replace(made: Path, out: Path, staging: Path) -> None:
    """Put what was made in its place; earlier evidence goes away with the staging folder."""
    _refuse_other(out)
    _sync(made)
    if out.exists():
        out.rename(staging / EARLIER)
    made.rename(out)
    _sync(out.parent)


def _settle(path: Path, data: bytes | None = None) -> None:
    if data is not None:
        path.write_bytes(data)
    _sync(path)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _silent(message: str) -> None:
    """Tell nobody."""
