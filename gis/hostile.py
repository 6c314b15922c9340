"""What a file holds, looked at before GDAL opens it.

GDAL recognises files by content and some of its formats point elsewhere (another file, a web service, a
pipeline) or expand without end (XML entities). Such files are refused here.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

import pyproj

from gis.archives import check_archive
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

_SNIFF = 4096
_CHUNK = 64 * 1024
_PROLOG_LIMIT = 1024**2
_POINTERS: Final = (b"gdal_streamed_alg", b"-- SQL SQLITE", b"-- SQL GPKG", b"-- SQL RASTERLITE")
_SHAPE_HEADER = 100
_SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_ZIP_MAGIC = b"PK\x03\x04"
_PLAIN_XML = ("kml", "gpx", "osm", "rss", "feed")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class _RootFoundError(Exception):
    """The first element of an XML file was reached; nothing was wrong before it."""


def _refuse(shown: str, message: str, repair: str) -> InputError:
    return InputError(Problem(message, repair, file=shown))


def xml_root(path: Path, shown: str) -> str | None:
    """Give the name of the first element when a file is XML, else None.

    Raises
    ------
    InputError
        When the file declares a document type or entities, points to a service, or is not well-formed
        before its first element.
    """
    with path.open("rb") as stream:
        start = stream.read(_SNIFF)
        head = start
        for mark in _BOMS:
            head = head.removeprefix(mark)
        if not head.replace(b"\0", b"").lstrip().startswith(b"<"):
            return None
        stream.seek(0)
        return _first_element(stream.read(_PROLOG_LIMIT), shown)


def _first_element(prolog: bytes, shown: str) -> str:
    """Parse up to the first element, refusing a document type on the way."""
    parser = expat.ParserCreate()
    names: list[str] = []

    def on_doctype(*_: object) -> None:
        message = "the XML declares a document type or entities, which can hide other files or endless text"
        raise _refuse(shown, message, "Remove the <!DOCTYPE ...> part or export the data again.")

    def on_element(name: str, _: object) -> None:
        names.append(name)
        raise _RootFoundError

    parser.StartDoctypeDeclHandler = on_doctype
    parser.StartElementHandler = on_element
    try:
        parser.Parse(prolog, True)
    except _RootFoundError:
        pass
    except expat.ExpatError as error:
        raise _refuse(shown, f"the XML is broken: {error}", "Export the data again.") from error
    if not names:
        raise _refuse(shown, "the XML has no element", "Export the data again.")
    root = names[0].rpartition(":")[2]
    if root.startswith(("OGR", "GDAL", "VRT")) or "Capabilities" in root:
        message = f"the file ({root}) points to data elsewhere instead of holding it"
        raise _refuse(shown, message, "Save the data itself, for example as a GeoPackage.")
    return root


def check_content(path: Path, shown: str) -> dict[str, str]:
    """Refuse a file whose content is not to be trusted or visibly cut short.

    Parameters
    ----------
    path
        The file, or a folder such as a FileGDB (not looked into).
    shown
        How the file is called in messages.

    Returns
    -------
    dict
        GDAL open options that keep the reader from fetching or writing anything beside the file.

    Raises
    ------
    InputError
        When the file must not be opened.
    """
    if path.is_dir():
        return {}
    with path.open("rb") as stream:
        start = stream.read(_SNIFF)
    if any(pointer.lower() in start.lower() for pointer in _POINTERS):
        message = "the file is a set of instructions instead of data"
        raise _refuse(shown, message, "Save the data itself, for example as a GeoPackage.")
    if start.startswith(_SHAPE_MAGIC):
        _check_shapefile(path, start, shown)
    if start.startswith(_ZIP_MAGIC):
        _check_packed(path, shown)
    root = xml_root(path, shown)
    if root is None or root.lower() in _PLAIN_XML:
        return {}
    # GDAL's GML driver would otherwise fetch schemas and leave a .gfs file beside the source
    return {"WRITE_GFS": "NO", "DOWNLOAD_SCHEMA": "NO"}


def _check_packed(path: Path, shown: str) -> None:
    """Check a workbook or KMZ, which is a zip that GDAL opens itself, and the XML inside it."""
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in check_archive(archive, shown):
                if entry.filename.lower().endswith((".xml", ".kml", ".rels")):
                    with archive.open(entry) as stream:
                        _first_element(stream.read(_PROLOG_LIMIT), shown)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
        raise _refuse(shown, f"the file is damaged: {error}", "Export the data again.") from error


def _check_shapefile(path: Path, start: bytes, shown: str) -> None:
    """Refuse a shapefile that is shorter than it says or lacks its table.

    GDAL reads both without complaint: the missing rows come out without geometry or without attributes.
    """
    if len(start) < _SHAPE_HEADER:
        raise _refuse(shown, "the shapefile is cut short", "Copy or export the shapefile again.")
    said = int.from_bytes(start[24:28], "big") * 2
    held = path.stat().st_size
    if held < said:
        message = f"the shapefile is cut short: it holds {held:,} of {said:,} bytes"
        raise _refuse(shown, message, "Copy or export the shapefile again.")
    beside = {entry.name.lower(): entry for entry in path.parent.iterdir()}
    missing = [side for side in (".shx", ".dbf") if path.stem.lower() + side not in beside]
    if missing:
        message = f"the shapefile lacks its {' and '.join(missing)} file"
        raise _refuse(shown, message, "Copy all files of the shapefile (.shp, .shx, .dbf, .prj).")
    system = beside.get(path.stem.lower() + ".prj")
    if system is not None and system.stat().st_size:
        _check_system(system, shown)


def _check_system(path: Path, shown: str) -> None:
    """Refuse a coordinate system that cannot be understood, before GDAL stumbles over it."""
    try:
        pyproj.CRS.from_user_input(path.read_text("utf-8", "replace").strip())
    except pyproj.exceptions.CRSError as error:
        message = f"the coordinate system in {path.name} cannot be understood"
        repair = f"Delete {path.name} and name the coordinate system as crs in the project file."
        raise _refuse(shown, message, repair) from error
