"""From what came in to one GeoParquet file: checked piece by piece and cut to the area."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from gis.crs import RD_BOUNDS, is_degrees, is_rd
from layers.sources.faults import FetchError
from layers.sources.wanted import Got, lonlat_box

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyproj
    from numpy.typing import NDArray

    from layers.sources.wanted import Box

GEOMETRY: Final = "geometry"
_MOST: Final = 0.5
_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)


class ParquetSink:
    """Writes pieces of a layer to a GeoParquet file that exists once the context ends without an error.

    Parameters
    ----------
    target
        Where it goes; its folder must exist.
    crs
        Of the coordinates; None when the source states none.
    area
        Box in EPSG:28992; what does not touch it is left out. None for everything.
    """

    def __init__(self, target: Path, crs: pyproj.CRS | None, area: Box | None) -> None:
        self._target = target
        self._crs = crs
        self._rd = crs is None or is_rd(crs)
        self._degrees = crs is not None and is_degrees(crs)
        self._area = None if area is None else lonlat_box(area) if self._degrees else area
        if area is not None and not (self._rd or self._degrees):
            # no other system is ever asked for; a file in one is kept whole
            self._area = None
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None
        self._shapes: set[str] = set()
        self.rows = self.cut = self.seen = self._strange = 0
        handle, name = tempfile.mkstemp(prefix=".new-", dir=target.parent)
        os.close(handle)
        self._part = Path(name)

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Put the file in its place unless something went wrong."""
        try:
            if self._writer is not None:
                self._writer.close()
            if kind is None:
                self._judge()
                self._part.chmod(0o644)
                self._part.replace(self._target)
        finally:
            with suppress(FileNotFoundError):
                self._part.unlink()

    def add(self, columns: pa.Table, wkb: Any) -> None:
        """Add rows.

        Parameters
        ----------
        columns
            Attributes.
        wkb
            Geometry as well-known bytes, one per row.

        Raises
        ------
        FetchError
            ``bad_coordinates``, ``wrong_crs`` or ``schema_changed`` (other fields than the rows before).
        """
        shapes = _geometry(wkb)
        inside = self._inside(shapes)
        self.seen += len(shapes)
        self.cut += int(np.count_nonzero(~inside))
        if not inside.all():
            columns = columns.filter(pa.array(inside))
            shapes = shapes[inside]
        self._shapes |= {
            shapely.GeometryType(kind).name for kind in set(shapely.get_type_id(shapes)) if kind >= 0
        }
        if GEOMETRY in columns.column_names:
            columns = columns.rename_columns(
                [f"{name}_1" if name == GEOMETRY else name for name in columns.column_names]
            )
        table = columns.append_column(GEOMETRY, pa.array(shapely.to_wkb(shapes), pa.binary()))
        self._write(table)
        self.rows += table.num_rows

    def got(self, counted: int | None, notes: Iterable[str] = ()) -> Got:
        """Say what was written."""
        fields = (
            {} if self._schema is None else {f.name: str(f.type) for f in self._schema if f.name != GEOMETRY}
        )
        said = None if self._crs is None else crs_name(self._crs)
        return Got(said, self.rows, counted, self.cut, fields, tuple(sorted(self._shapes)), tuple(notes))

    def _write(self, table: pa.Table) -> None:
        if self._writer is None:
            self._schema = table.schema.with_metadata({b"geo": self._geo()})
            self._writer = pq.ParquetWriter(self._part, self._schema, compression="zstd")
        if self._schema is None or table.column_names != self._schema.names:
            raise FetchError("schema_changed", "one page has other fields than the page before")
        try:
            self._writer.write_table(table.cast(self._schema))
        except (pa.ArrowException, ValueError) as error:
            detail = f"one page has other types than the page before: {str(error).splitlines()[0][:120]}"
            raise FetchError("schema_changed", detail) from error

    def _geo(self) -> bytes:
        """Describe the geometry as GeoParquet 1.0 does; the kinds are left open, for more may follow."""
        crs = None if self._crs is None else self._crs.to_json_dict()
        column: dict[str, Any] = {"encoding": "WKB", "geometry_types": [], "crs": crs}
        return orjson.dumps({"version": "1.0.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}})

    def _inside(self, shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
        """Tell which rows touch the area, and keep count of those that lie where the system cannot be."""
        box = shapely.bounds(shapes)
        known = np.isfinite(box).all(axis=1)
        possible = RD_BOUNDS if self._rd else _WORLD
        if self._rd or self._degrees:
            self._strange += int(np.count_nonzero(known & ~_touches(box, possible)))
        if self._area is None:
            return np.ones(len(shapes), dtype=bool)
        # a row without geometry is for the reader to judge
        return ~known | _touches(box, self._area)

    def _judge(self) -> None:
        """Judge the whole."""
        if self.seen and self._strange > _MOST * self.seen:
            where = "EPSG:28992" if self._rd else "degrees"
            raise FetchError("wrong_crs", f"{self._strange:,} of {self.seen:,} features cannot be {where}")
        if self.seen and self.cut == self.seen:
            raise FetchError("outside_area", f"none of {self.seen:,} features touches the area asked")
        if self._writer is None:
            raise FetchError("empty", "there are no features in the area")


def crs_name(crs: pyproj.CRS) -> str:
    """Name a coordinate system: by authority and code, else in words."""
    authority = crs.to_authority()
    return crs.name if authority is None else ":".join(authority)


def _touches(box: NDArray[np.float64], area: Box) -> NDArray[np.bool_]:
    west, south, east, north = area
    with np.errstate(invalid="ignore"):
        found: NDArray[np.bool_] = (
            (box[:, 2] >= west) & (box[:, 0] <= east) & (box[:, 3] >= south) & (box[:, 1] <= north)
        )
    return found


def _geometry(wkb: Any) -> NDArray[np.object_]:
    """Make geometries and refuse coordinates that are no number."""
    try:
        shapes = np.asarray(shapely.from_wkb(np.asarray(wkb, dtype=object)), dtype=object)
    except (shapely.errors.GEOSException, TypeError, ValueError) as error:
        raise FetchError("unreadable", f"a geometry is broken: {str(error)[:120]}") from error
    xy = shapely.get_coordinates(shapes)
    if not np.isfinite(xy).all():
        wrong = int(np.count_nonzero(~np.isfinite(xy).all(axis=1)))
        raise FetchError("bad_coordinates", f"{wrong:,} coordinates are no number")
    return shapes
