"""Reading the layers of a project: checked, in RD New, repaired, every repair recorded.

Every row that comes in is in the result or in the data-quality table with a reason; this is checked for each
layer before it is handed on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.crs import RD
from gis.errors import InputError, Problem
from gis.overlaps import MAX_PAIRS, duplicates, overlaps
from gis.placement import place
from gis.records import Record
from gis.repair import check_vertices, flatten, repair
from layers.areas import mend_layer_units, mend_row_units, note_contradictions
from layers.columns import fill_unknown, missing_values, row_label, take_columns
from layers.corrections import apply_corrections, outcomes_of
from layers.identity import Rows, settle
from layers.inputs import INPUT_BY_NAME, INPUT_LAYERS
from layers.origin import named_crs, read_origin
from layers.quality import quality_frame, quality_rows
from layers.texts import as_texts
from layers.validate import check_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from gis.table import Table
    from layers.corrections import Correction, Outcome
    from layers.origin import Origin
    from layers.project import Project
    from layers.schema import Layer
    from layers.source import LayerSource
    from layers.tally import Tally

_NO_OVERLAP = ("parks", "plots", "municipalities", "sub_areas", "surroundings", "zoned_estates")
"""Layers of which the features should not lie over each other."""


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """Where one layer came from and how many of its rows are in the result.

    Attributes
    ----------
    file
        Relative to the project file; the name alone when it lies elsewhere.
    sha256
        Hash of the file; of a shapefile with its side files.
    rows_in, rows_out
        Rows in the file and in the result; the quality table explains the difference.
    note
        What the project says that a reader must know.
    """

    layer: str
    file: str
    sha256: str
    rows_in: int
    rows_out: int
    source: str
    date: str | None
    licence: str
    note: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The layers of a project.

    Attributes
    ----------
    tables
        By our layer name, EPSG:28992, sorted by identifier; optional layers that the project does not name
        are absent.
    quality
        The data-quality table.
    sources
        In the order of the layer descriptions.
    corrected
        What came of each correction, in the order in which they were given.
    """

    tables: dict[str, gpd.GeoDataFrame]
    quality: pd.DataFrame
    sources: tuple[SourceRecord, ...]
    corrected: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerResult:
    """One layer: its table, its rows of the data-quality table, its source and what came of corrections."""

    table: gpd.GeoDataFrame
    quality: list[dict[str, object]]
    source: SourceRecord
    corrected: tuple[Outcome, ...] = ()


def read_inputs(
    project: Project,
    *,
    progress: Callable[[str], None] | None = None,
    corrections: Sequence[Correction] = (),
) -> Inputs:
    """Read all layers of a project.

    Parameters
    ----------
    project
        See `layers.project.load_project`.
    progress
        Called with what begins, once per layer.
    corrections
        Accepted ones, in the order of their decisions; applied before the layers are checked.

    Returns
    -------
    Inputs
        Tables, data-quality table and sources.

    Raises
    ------
    InputError
        With every problem of every layer at once.
    """
    results, problems = _read_all(project.layers, project.root, progress, corrections)
    if problems:
        raise InputError(*problems)
    quality = quality_frame(row for result in results.values() for row in result.quality)
    tables = {name: result.table for name, result in results.items()}
    told = (outcome for result in results.values() for outcome in result.corrected)
    sources = tuple(result.source for result in results.values())
    return Inputs(tables, quality, sources, outcomes_of(corrections, told))


def problems_in(sources: Mapping[str, LayerSource], root: Path) -> tuple[Problem, ...]:
    """Read layers for their problems alone, so that a project's problems can be told all at once."""
    return tuple(_read_all(sources, root, None)[1])


def _read_all(
    sources: Mapping[str, LayerSource],
    root: Path,
    progress: Callable[[str], None] | None,
    corrections: Sequence[Correction] = (),
) -> tuple[dict[str, LayerResult], list[Problem]]:
    """Read layers in the order of their descriptions and collect the problems of all."""
    results: dict[str, LayerResult] = {}
    problems: list[Problem] = []
    for layer in INPUT_LAYERS:
        if layer.name not in sources:
            continue
        if progress is not None:
            progress(f"reading {layer.label_en.lower()}")
        try:
            results[layer.name] = read_layer(layer.name, sources[layer.name], root, corrections)
        except InputError as error:
            problems += [replace(item, layer=item.layer or layer.name) for item in error.problems]
    return results, problems


def read_layer(
    name: str, source: LayerSource, root: Path, corrections: Sequence[Correction] = ()
) -> LayerResult:
    """Read one layer.

    Parameters
    ----------
    name
        Our name of the layer.
    source
        Where it lies and how it maps.
    root
        The folder that relative paths start from.
    corrections
        Accepted ones, of this layer and of others.

    Raises
    ------
    InputError
        With every problem of the layer.
    """
    layer = INPUT_BY_NAME[name]
    origin = read_origin(layer, source, root)
    rows = clean_rows(layer, source, origin.table)
    _judge_emptiness(rows)
    mend_layer_units(rows, frozenset(source.units))
    settle(rows)
    mend_row_units(rows)
    # one row per object in our units: from here on a value is what a release shows
    corrected = apply_corrections(rows, corrections)
    note_contradictions(rows)
    _note_overlaps(rows)
    if rows.problems:
        raise InputError(*rows.problems)
    return replace(_finish(rows, source, origin), corrected=tuple(corrected))


def clean_rows(layer: Layer, source: LayerSource, found: Table, tally: Tally | None = None) -> Rows:
    """Take the columns of a layer, bring its geometry to RD New and repair it: all that is done row by row.

    Parameters
    ----------
    layer, source
        What it should become, and how it maps.
    found
        What the file holds, or a piece of it.
    tally
        For a piece: counts what is judged over all of them, and only then.

    Raises
    ------
    InputError
        When there is no geometry, or it cannot be brought to RD New.
    """
    if found.geometry is None:
        raise _no_geometry(found.frame, source.place)
    rows = _typed_rows(layer, source, found, tally)
    try:
        rows.geometry = _shapes(rows, source, found, tally)
    except InputError as error:
        raise InputError(*rows.problems, *error.problems) from error
    rows.alive &= ~shapely.is_missing(rows.geometry)
    fill_unknown(layer, rows.frame, _series(rows), rows.records)
    told = {problem.field for problem in rows.problems}
    missing = missing_values(layer, rows.frame, _series(rows), source.place)
    rows.problems += [problem for problem in missing if problem.field not in told]
    return rows


def _no_geometry(frame: pd.DataFrame, file: str) -> InputError:
    listed = ", ".join(map(str, frame.columns))
    repair = f"Name the columns: x and y, or wkt. The file has: {listed}."
    return InputError(Problem("the table has no geometry", repair, file=file))


def _typed_rows(layer: Layer, source: LayerSource, found: Table, tally: Tally | None) -> Rows:
    """Take the columns of a layer, for the rows that the project selects."""
    records = list(found.records)
    alive = _selected(source, found.frame, records)
    taken = take_columns(layer, source, found.frame.loc[alive], found.row_id, tally)
    nothing = np.full(len(alive), None, dtype=object)
    # rows that are not selected stay as empty rows, so that every row is accounted for
    frame = taken.frame.reindex(found.frame.index)
    return Rows(layer, frame, nothing, alive, [*records, *taken.records], taken.problems, source.place)


def _selected(source: LayerSource, raw: pd.DataFrame, records: list[Record]) -> NDArray[np.bool_]:
    """Tell which rows the project selects; the others are set aside."""
    alive = np.ones(len(raw), dtype=bool)
    for column, wanted in source.only.items():
        if column not in raw:
            # refused by load_project; here nothing can match
            continue
        for position, text in enumerate(as_texts(raw[column])):
            if alive[position] and (text or "") not in wanted:
                alive[position] = False
                records.append(Record("not_selected", "set_aside", position + 1, column, text))
    return alive


def _shapes(rows: Rows, source: LayerSource, found: Table, tally: Tally | None) -> NDArray[np.object_]:
    """Bring the geometry of the selected rows to RD New and repair it."""
    chosen = np.flatnonzero(rows.alive)
    raw = np.full(0, None, dtype=object) if found.geometry is None else found.geometry[chosen]

    def label(position: int) -> str:
        return row_label(rows.layer, source, found.frame, int(chosen[position]))

    check_vertices(raw, label, file=source.place)
    flat = flatten(raw)
    if tally is not None:
        tally.note_places(flat.geometry)
    placed = place(
        flat.geometry, found.crs, named=named_crs(source), file=source.place, mostly_rd=tally is not None
    )
    want = "any" if rows.layer.shape == "table" else rows.layer.shape
    repaired = repair(placed.geometry, label, want, file=source.place)
    for record in (*flat.records, *placed.records, *repaired.records):
        # rows are counted among the selected ones there, and in the file here
        row = None if record.row is None else rows.row(int(chosen[record.row - 1]))
        rows.records.append(replace(record, row=row))
    shapes = np.full(len(rows.frame), None, dtype=object)
    shapes[chosen] = repaired.geometry
    return shapes


def _judge_emptiness(rows: Rows) -> None:
    """Refuse a layer of which nothing is left; an optional layer without rows is only recorded."""
    if rows.alive.any():
        return
    if len(rows.frame) == 0 and not rows.layer.required:
        rows.records.append(Record("empty_layer", "noted"))
        return
    why = sorted({record.rule for record in rows.records if record.action == "set_aside"})
    message = (
        f"all {len(rows.frame)} rows are unusable ({', '.join(why)})" if why else "the layer has no rows"
    )
    repair = f"Name a file with {rows.layer.shape if rows.layer.shape != 'any' else 'usable'} geometry."
    rows.problems.append(Problem(message, repair, rows.file, rows.layer.name))


def _series(rows: Rows) -> pd.Series[bool]:
    return pd.Series(rows.alive, index=rows.frame.index)


def _note_overlaps(rows: Rows) -> None:
    """Note geometry that occurs twice or lies over another; nothing is cut."""
    drawn = np.flatnonzero(rows.alive & (shapely.get_dimensions(rows.geometry) > 0))
    if not len(drawn):
        return
    shapes, names = rows.geometry[drawn], rows.names()
    twice = duplicates(shapes)
    for second, first in twice:
        after = names[drawn[first]]
        rows.records.append(
            Record("duplicate_geometry", "noted", rows.row(int(drawn[second])), None, None, after)
        )
    if rows.layer.name not in _NO_OVERLAP:
        return
    pairs = overlaps(shapes)
    if len(pairs) >= MAX_PAIRS:
        rows.records.append(Record("overlap_more", "noted", after=f"> {MAX_PAIRS}"))
    for first, second, area in pairs:
        row, other = rows.row(int(drawn[first])), names[drawn[second]]
        rows.records.append(Record("overlap", "noted", row, None, None, f"{area:.0f} m2, {other}"))


def _finish(rows: Rows, source: LayerSource, origin: Origin) -> LayerResult:
    """Make the table, check it against its schema and check that no row got lost."""
    layer = rows.layer
    kept = rows.frame.loc[rows.alive]
    out = np.count_nonzero(rows.alive)
    gone = {record.row for record in rows.records if record.action in ("set_aside", "merged")}
    if len(rows.frame) != out + len(gone) or gone & set(kept.index):
        # a defect of ours, not of the data
        raise RuntimeError(f"layer {layer.name}: {len(rows.frame)} rows in, {out} out, {len(gone)} explained")
    table = gpd.GeoDataFrame(kept, geometry=rows.geometry[rows.alive], crs=RD)
    if layer.identifier is not None:
        table = table.sort_values(layer.identifier, kind="stable")
    told = {record.row for record in rows.records if record.row is not None}
    all_names = rows.names()
    names = {row: all_names[row - 1] for row in sorted(told)}
    problems = check_table(layer, pd.DataFrame(table.drop(columns="geometry")), source.place)
    if problems:
        raise InputError(*problems)
    quality = quality_rows(layer.name, rows.records, names)
    record = SourceRecord(
        layer.name,
        origin.shown,
        origin.sha256,
        len(rows.frame),
        int(out),
        source.source,
        source.date,
        source.licence,
        source.note,
    )
    return LayerResult(table.reset_index(drop=True), quality, record)
