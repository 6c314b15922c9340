"""Features in GeoJSON, page by page: looked at, gathered in one file, and read by GDAL once.

One file, so that a field that is empty on the first page and a number on the last gets one type.
"""

from __future__ import annotations

import tempfile
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import orjson
import pyarrow as pa
import pyogrio
import pyproj

from layers.sources.faults import FetchError
from layers.sources.parquet import ParquetSink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from layers.sources.paging import PageWatch
    from layers.sources.wanted import Box, Got

_OPTIONS: Final = {"DATE_AS_STRING": "YES"}
_GDAL_ERRORS = (
    pyogrio.errors.DataLayerError,
    pyogrio.errors.DataSourceError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.FieldError,
    pyogrio.errors.GeometryError,
)
_BATCH: Final = 65_536


class FeatureFile:
    """Gathers features in a GeoJSON file that goes away afterwards.

    Parameters
    ----------
    folder
        Where it may lie.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix=".new-", dir=folder)
        self.path = Path(self._folder.name) / "features.geojson"
        self._stream = self.path.open("wb")
        self._stream.write(b'{"type":"FeatureCollection","features":[\n')
        self.rows = self.without_shape = 0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear away."""
        self._stream.close()
        self._folder.cleanup()

    def page(self, found: dict[str, Any], watch: PageWatch, stated: int | None) -> int:
        """Take one page.

        Parameters
        ----------
        found
            A feature collection.
        watch
            Sees it go by.
        stated
            How many there are in all, according to this page.

        Returns
        -------
        int
            Number of features on it.

        Raises
        ------
        FetchError
            ``not_data`` when it is no collection of features, and what `PageWatch.page` raises.
        """
        features = features_of(found)
        lines = [orjson.dumps(_flat(feature), option=orjson.OPT_NON_STR_KEYS) for feature in features]
        watch.page(b"\n".join(lines), (_id_of(feature) for feature in features), len(features), stated)
        for feature, line in zip(features, lines, strict=True):
            self._stream.write(b",\n" if self.rows else b"")
            self._stream.write(line)
            self.rows += 1
            self.without_shape += feature["geometry"] is None
        return len(features)

    def write(
        self, target: Path, crs: str, area: Box | None, counted: int | None, notes: tuple[str, ...] = ()
    ) -> Got:
        """Write what was gathered as GeoParquet.

        Raises
        ------
        FetchError
            ``empty``, ``unreadable``, ``bad_coordinates``, ``wrong_crs`` or ``outside_area``.
        """
        self._stream.write(b"\n]}\n")
        self._stream.close()
        if not self.rows:
            raise FetchError("empty", "there are no features in the area")
        with ParquetSink(target, pyproj.CRS.from_user_input(crs), area) as sink:
            without = self._read(sink)
            if without != self.without_shape:
                detail = f"{without - self.without_shape:,} geometries hold something else than numbers"
                raise FetchError("bad_coordinates", detail)
        return sink.got(counted, notes)

    def _read(self, sink: ParquetSink) -> int:
        """Let GDAL read the file piece by piece; gives how many rows have no geometry."""
        without = 0
        options = {"use_pyarrow": True, "datetime_as_string": True, **_OPTIONS}
        with (
            gdal_quiet(),
            pyogrio.raw.open_arrow(self.path, batch_size=_BATCH, **options) as (meta, reader),
        ):
            shape = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                table = pa.Table.from_batches([batch])
                wkb = table.column(shape).to_numpy()
                without += int(np.count_nonzero([one is None for one in wkb]))
                sink.add(table.drop_columns([shape]), wkb)
        return without


@contextmanager
def gdal_quiet() -> Iterator[None]:
    """Name what GDAL refuses; what it merely has to say, such as that many parts take time, is no news.

    Raises
    ------
    FetchError
        ``unreadable``.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except _GDAL_ERRORS as error:
            raise FetchError("unreadable", str(error).splitlines()[0][:200]) from error


def features_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the features of a collection.

    Raises
    ------
    FetchError
        ``not_data`` when something in it is no feature.
    """
    features = found.get("features")
    if found.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise FetchError("not_data", "this is no collection of features")
    for feature in features:
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise FetchError("not_data", "the collection holds something that is no feature")
        if not isinstance(feature.get("properties") or {}, dict):
            raise FetchError("not_data", "the properties of a feature are no object")
        if not isinstance(feature.setdefault("geometry", None), dict | None):
            raise FetchError("not_data", "the geometry of a feature is no object")
    return features


def _flat(feature: dict[str, Any]) -> dict[str, Any]:
    """Make one feature plain: lists of values become text, because tables have no lists."""
    values = feature.get("properties") or {}
    plain = {
        name: _text(value) if isinstance(value, list | dict) else value for name, value in values.items()
    }
    return {**({"id": feature["id"]} if "id" in feature else {}), "type": "Feature", "properties": plain,
            "geometry": feature["geometry"]}  # fmt: skip


def _text(value: list[Any] | dict[str, Any]) -> str:
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return ",".join("" if one is None else str(one) for one in value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _id_of(feature: dict[str, Any]) -> str | int | None:
    found = feature.get("id")
    return found if isinstance(found, str | int) and found != "" else None
