"""Downloads: one set of rows of one layer as a file, in the asked coordinate system.

Pure: rows, description and facts in, bytes out. Equal input gives equal bytes on any day, so that a download
can be cached under the validators of its release (see `api.http.caching`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from api.http.forms.content import Crs, Facts, facts_of, make_content
from api.http.forms.sheets import TooManyRowsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pandas as pd

    from api.http.forms.content import Content
    from layers.schema import Column, Layer


class Form(StrEnum):
    """The formats, by the value of ``f``."""

    GEOJSON = "geojson"
    GEOPACKAGE = "gpkg"
    FLATGEOBUF = "fgb"
    GEOPARQUET = "parquet"
    CSV = "csv"
    XLSX = "xlsx"
    SHAPEFILE = "shp"


MEDIA: Final = {
    Form.GEOJSON: "application/geo+json",
    Form.GEOPACKAGE: "application/geopackage+sqlite3",
    Form.FLATGEOBUF: "application/flatgeobuf",
    Form.GEOPARQUET: "application/vnd.apache.parquet",
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.SHAPEFILE: "application/zip",
}
ENDS: Final = {**{form: form.value for form in Form}, Form.SHAPEFILE: "shp.zip"}
TITLES: Final = {
    Form.GEOJSON: "GeoJSON",
    Form.GEOPACKAGE: "GeoPackage",
    Form.FLATGEOBUF: "FlatGeobuf",
    Form.GEOPARQUET: "GeoParquet",
    Form.CSV: "CSV",
    Form.XLSX: "Excel (XLSX)",
    Form.SHAPEFILE: "Shapefile (zip)",
}
"""What a link to the download says."""
PACKED: Final = frozenset({Form.GEOPARQUET, Form.XLSX, Form.SHAPEFILE})
"""Formats that are compressed already: gzip or br on top only costs time."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file that is ready to be sent."""

    content: bytes
    media_type: str
    file_name: str

    @property
    def disposition(self) -> str:
        """The header ``Content-Disposition``; the name is plain ASCII without quotes."""
        return f'attachment; filename="{self.file_name}"'


def make_download(
    frame: pd.DataFrame | gpd.GeoDataFrame,
    layer: Layer,
    columns: Sequence[Column],
    form: Form,
    crs: Crs,
    facts: Facts,
) -> Download:
    """Write rows as a file.

    Parameters
    ----------
    frame
        The rows, already cut to what the caller may see: a GeoDataFrame in EPSG:28992, or a table.
    layer
        Its description.
    columns
        The columns that go into the file, in this order; each must be in `frame`.
    form, crs
        Format and coordinate system. A workbook holds no geometry, only the RD of points.
    facts
        What the file says of itself, see `facts_of`.

    Returns
    -------
    Download
        The same bytes for the same input.

    Raises
    ------
    TooManyRowsError
        When a workbook cannot hold the rows.
    """
    content = make_content(frame, layer, columns, crs, facts)
    return Download(_writer(form)(content), MEDIA[form], file_name(layer, form, crs, facts))


def file_name(layer: Layer, form: Form, crs: Crs, facts: Facts) -> str:
    """Name the file after layer, release and, where it holds geometry, the coordinate system."""
    system = "" if layer.shape == "table" or form is Form.XLSX else f"-{crs.value.lower()}"
    return f"{layer.name}-{facts.release}{system}.{ENDS[form]}"


def _writer(form: Form) -> Callable[[Content], bytes]:
    # loaded when asked for: each brings a library of its own
    from api.http.forms import gdal_files, geojson, geoparquet, shapefile, sheets

    return {
        Form.GEOJSON: geojson.write_geojson,
        Form.GEOPACKAGE: gdal_files.write_geopackage,
        Form.FLATGEOBUF: gdal_files.write_flatgeobuf,
        Form.GEOPARQUET: geoparquet.write_geoparquet,
        Form.CSV: sheets.write_csv,
        Form.XLSX: sheets.write_xlsx,
        Form.SHAPEFILE: shapefile.write_shapefile,
    }[form]


__all__ = ["Crs", "Download", "Facts", "Form", "TooManyRowsError", "facts_of", "file_name", "make_download"]
