"""A layer of points or other objects that is never in memory as a whole.

It is read piece by piece, cleaned with the same functions as a layer that is read at once, written to a work
folder and arranged by place there; after that rows are asked by place. What is judged over all rows (values
that cannot be read, where most of them lie, identifiers that occur twice) is judged over all rows here too.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from gis.crs import RD, is_known, is_rd
from gis.errors import InputError, Problem
from gis.geoparquet import SUFFIXES, read_columns, read_pieces
from gis.locate import locate, sha256
from gis.parquet_arranged import read_by_place
from gis.parquet_open import open_stream
from gis.wkb import read_wkb
from layers.canonical import DTYPES
from layers.columns import take_columns, theirs_of
from layers.identity import Rows, settle
from layers.inputs import INPUT_BY_NAME
from layers.origin import named_crs, shown_file
from layers.read import SourceRecord, clean_rows
from layers.tally import Tally
from layers.twice import Twice, hashes_of
from layers.validate import check_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyproj
    from numpy.typing import NDArray

    from gis.locate import Location
    from gis.parquet_stream import Stream
    from layers.schema import Layer
    from layers.source import LayerSource

MOST_TWICE: Final = 200_000
"""Rows of which the identifier occurs twice are settled in memory, so many at most."""
_ROW, _SHAPE = "__source_row__", "__shape__"
_BOX: Final = ("__w__", "__s__", "__e__", "__n__")
_COVERING: Final = {edge: [name] for edge, name in zip(("xmin", "ymin", "xmax", "ymax"), _BOX, strict=True)}
_GEO: Final = {
    "version": "1.1.0",
    "primary_column": _SHAPE,
    "columns": {
        _SHAPE: {"encoding": "WKB", "geometry_types": [], "crs": RD, "covering": {"bbox": _COVERING}}
    },
}


@dataclass(frozen=True, slots=True)
class StreamedLayer:
    """Cleaned rows on disk that are asked by place, see `analysis.near_rows.NearRows`.

    Attributes
    ----------
    layer
        What the rows are.
    stream
        The cleaned rows.
    source
        Where they came from.
    unknown_kinds
        How many have no known kind.
    gone
        Rule to the number of rows that it set aside or merged; with the rows that are left all that came in.
    """

    layer: Layer
    stream: Stream
    source: SourceRecord
    unknown_kinds: int
    gone: dict[str, int]

    def near(self, boxes: NDArray[np.float64]) -> gpd.GeoDataFrame:
        """Give the rows whose box meets any of the boxes ``(n, 4)``, in the order of the whole layer."""
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        found = self.stream.near_any(boxes, self.stream.columns)
        frame = found.table.to_pandas().astype({item.name: DTYPES[item.kind] for item in self.layer.columns})
        problems = check_table(self.layer, frame, self.source.file)
        if problems:
            raise InputError(*problems)
        table = gpd.GeoDataFrame(frame, geometry=found.places.shapes(), crs=RD)
        # identifiers are unique, so this is the order of the whole layer
        return table.sort_values(self.layer.identifier, kind="stable").reset_index(drop=True)

    def crowd(self, boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Estimate how many rows lie in each box, as if each group of rows were spread evenly."""
        result = np.zeros(len(boxes))
        for (west, south, east, north), rows in zip(self.stream.bounds, self.stream.rows, strict=True):
            wide = np.minimum(boxes[:, 2], east) - np.maximum(boxes[:, 0], west)
            high = np.minimum(boxes[:, 3], north) - np.maximum(boxes[:, 1], south)
            share = (wide + 1.0) * (high + 1.0) / ((east - west + 1.0) * (north - south + 1.0))
            result += np.where((wide >= 0) & (high >= 0), share * rows, 0.0)
        return result


def stream_layer(
    name: str,
    source: LayerSource,
    root: Path,
    work: Path,
) -> StreamedLayer:
    """Clean a layer of GeoParquet piece by piece and make its rows ready to be asked by place.

    Parameters
    ----------
    name
        Our name of the layer: one with an identifier and no columns in hectares.
    source
        Where it lies and how it maps.
    root
        The folder that relative paths start from.
    work
        Folder for the cleaned rows, which must stay as long as the result is used: about twice the bytes of
        the file.

    Raises
    ------
    InputError
        When the file is no GeoParquet in EPSG:28992, or with the problems of the first piece that has any.
    """
    layer = INPUT_BY_NAME[name]
    location = _location(source, root)
    cleaned, tally, twice = _Cleaned(layer, work / "cleaned.parquet"), Tally(), Twice(work / "twice")
    rows_in, gone = 0, Counter[str]()
    with cleaned:
        for rows in _pieces(layer, source, location, tally):
            rows_in += len(rows.frame)
            gone += _gone(rows)
            table = cleaned.write(rows)
            twice.note(table.column(layer.identifier))
    problems = tally.problems(layer, source.place)
    if rows_in and not cleaned.rows:
        message = f"all {rows_in} rows are unusable"
        problems.append(Problem(message, "Name a file with usable geometry.", source.place, layer.name))
    if problems:
        raise InputError(*problems)
    repeated = twice.found()
    if len(repeated):
        cleaned, settled = _settled(cleaned, source, repeated, work / "settled.parquet")
        gone += settled
    columns = [column.name for column in layer.columns]
    stream = read_by_place(open_stream(cleaned.path, source.place, columns=columns), work / "arranged")
    record = SourceRecord(
        name,
        shown_file(location, root),
        sha256(location),
        rows_in,
        cleaned.rows,
        source.source,
        source.date,
        source.licence,
        source.note,
    )
    return StreamedLayer(layer, stream, record, cleaned.unknown, dict(sorted(gone.items())))


def _location(source: LayerSource, root: Path) -> Location:
    """Find the file, and refuse what cannot be read in pieces."""
    location = None if source.path is None else locate(source.path, root)
    if location is None or location.zipped or location.path.suffix.lower() not in SUFFIXES:
        message = "only a GeoParquet file can be read in pieces"
        raise InputError(Problem(message, "Convert it to GeoParquet in EPSG:28992.", source.place))
    stated = [key for key in ("layer", "x", "y", "wkt") if getattr(source, key) is not None]
    if stated:
        message = f"{stated[0]} is not for a GeoParquet file that is read in pieces"
        raise InputError(Problem(message, "Leave it out.", source.place, field=stated[0]))
    return location


def _pieces(layer: Layer, source: LayerSource, location: Location, tally: Tally) -> Iterator[Rows]:
    """Give the cleaned rows piece by piece."""
    names = pd.DataFrame(columns=[*read_columns(location.path, location.shown)])
    problems = take_columns(layer, source, names).problems
    if problems:
        raise InputError(*problems)
    used = {theirs_of(source, column.name, names) for column in layer.columns} | set(source.only)
    named = named_crs(source)
    for found in read_pieces(
        location.path, location.shown, [column for column in names.columns if column in used]
    ):
        _check_crs(found.crs if named is None else named, source.place)
        rows = clean_rows(layer, source, found, tally)
        if rows.problems:
            raise InputError(*rows.problems)
        yield rows


def _check_crs(crs: pyproj.CRS | None, file: str) -> None:
    if crs is not None and is_known(crs) and not is_rd(crs):
        message = f"the coordinates are in {crs.name}, and only EPSG:28992 is read in pieces"
        raise InputError(Problem(message, "Convert the file to EPSG:28992 first.", file))


class _Cleaned:
    """A file of cleaned rows while it is written, with counts of what is in it."""

    def __init__(self, layer: Layer, path: Path) -> None:
        self.layer, self.path = layer, path
        self.rows = self.unknown = 0
        kinds = {"number": pa.float64()}
        columns = [(column.name, kinds.get(column.kind, pa.string())) for column in layer.columns]
        place = [(_ROW, pa.int64()), *((name, pa.float64()) for name in _BOX), (_SHAPE, pa.large_binary())]
        self.schema = pa.schema([*columns, *place], metadata={b"geo": json.dumps(_GEO).encode()})

    def __enter__(self) -> Self:
        self._file = pq.ParquetWriter(self.path, self.schema, compression="zstd")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, rows: Rows) -> pa.Table:
        """Write the rows that are left of a piece."""
        frame, shapes = rows.frame.loc[rows.alive], rows.geometry[rows.alive]
        values: dict[str, Any] = {name: frame[name] for name in frame.columns}
        values |= {_ROW: np.asarray(frame.index, dtype=np.int64), _SHAPE: shapely.to_wkb(shapes)}
        values |= dict(zip(_BOX, np.asarray(shapely.bounds(shapes)).reshape(-1, 4).T, strict=True))
        arrays = [pa.array(values[item.name], item.type, from_pandas=True) for item in self.schema]
        table = pa.Table.from_arrays(arrays, schema=self.schema)
        self.write_table(table)
        return table

    def write_table(self, table: pa.Table) -> None:
        """Write rows as `tables` gives them."""
        self._file.write_table(table)
        self.rows += len(table)
        if "kind" in self.schema.names:
            kind = pc.fill_null(table.column("kind"), "unknown")
            self.unknown += pc.sum(pc.equal(kind, "unknown")).as_py() or 0

    def tables(self) -> Iterator[pa.Table]:
        """Read what was written, piece by piece."""
        with pq.ParquetFile(self.path) as file:
            for batch in file.iter_batches(use_threads=False):
                yield pa.Table.from_batches([batch], schema=self.schema)


def _settled(
    cleaned: _Cleaned, source: LayerSource, repeated: NDArray[np.uint64], path: Path
) -> tuple[_Cleaned, Counter[str]]:
    """Settle the rows of which the identifier occurs twice, and write all rows anew."""
    layer = cleaned.layer
    held: list[pa.Table] = []
    count = 0
    done = _Cleaned(layer, path)
    with done:
        for table in cleaned.tables():
            mask = np.isin(hashes_of(table.column(layer.identifier)), repeated)
            count += int(np.count_nonzero(mask))
            if count > MOST_TWICE:
                message = f"more than {MOST_TWICE:,} rows share an identifier with another"
                repair = "Give each its own identifier, or keep one of them."
                raise InputError(Problem(message, repair, source.place, layer.name, layer.identifier))
            held.append(table.filter(pa.array(mask)))
            done.write_table(table.filter(pa.array(~mask)))
        some = pa.concat_tables(held)
        columns = {column.name: DTYPES[column.kind] for column in layer.columns}
        frame = some.select([*columns]).to_pandas().astype(columns)
        frame.index = pd.Index(some.column(_ROW).to_numpy())
        shapes = read_wkb(some.column(_SHAPE).to_numpy(), [])
        rows = Rows(layer, frame, shapes, np.ones(len(frame), dtype=bool), [], [], source.place)
        settle(rows)
        if rows.problems:
            raise InputError(*rows.problems)
        done.write(rows)
    cleaned.path.unlink()
    return done, _gone(rows)


def _gone(rows: Rows) -> Counter[str]:
    """Count by rule the rows that are not in the result themselves."""
    return Counter(record.rule for record in rows.records if record.action in ("set_aside", "merged"))
