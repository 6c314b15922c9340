"""Zip files, opened without trusting them.

Names that climb out of the archive, links, encryption, bombs and floods of entries are refused before a byte
is unpacked; only the data set that was asked for is unpacked, into a temporary folder.
"""

from __future__ import annotations

import lzma
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_ENTRIES: Final = 5_000
MAX_TOTAL_BYTES: Final = 4 * 1024**3
MAX_RATIO: Final = 200
RATIO_COUNTS_FROM: Final = 32 * 1024**2
"""Ratios matter for big entries only: a small file of spaces may shrink a thousandfold without harm."""

DATA_SUFFIXES: Final = (
    ".gpkg", ".shp", ".geojson", ".json", ".geojsonl", ".fgb", ".parquet", ".geoparquet", ".csv", ".tsv",
    ".gml", ".kml", ".kmz", ".gpx", ".tab", ".mif", ".gdb", ".dxf", ".xlsx", ".ods", ".sqlite",
)  # fmt: skip
"""Endings by which a data set inside an archive is recognised."""

_DAMAGE = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError, zlib.error, lzma.LZMAError)
"""What the standard library raises on damaged archives."""
_CHUNK = 1024**2
_ENCRYPTED = 0x1


def _refuse(shown: str, message: str, repair: str) -> InputError:
    return InputError(Problem(message, repair, file=shown))


def _check_entry(info: zipfile.ZipInfo, shown: str) -> None:
    """Refuse one entry when its name, kind or size is not to be trusted."""
    name = info.filename
    repair = "Make the zip again from the data files alone, or unpack it yourself and name the file inside."
    # zipfile itself already cuts off drive letters and NULs only while extracting, so look at the raw name
    raw = info.orig_filename
    parts = PurePosixPath(raw.replace("\\", "/")).parts
    if ".." in parts or raw.startswith(("/", "\\")) or (len(raw) > 1 and raw[1] == ":") or "\0" in raw:
        raise _refuse(shown, f"the zip holds the name {raw!r}, which leads outside the zip", repair)
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refuse(shown, f"the zip holds a link ({name!r}) instead of a file", repair)
    if info.flag_bits & _ENCRYPTED:
        raise _refuse(shown, f"{name!r} in the zip is encrypted", "Unpack the zip with its password first.")
    if info.file_size > RATIO_COUNTS_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        message = f"{name!r} in the zip grows from {info.compress_size:,} to {info.file_size:,} bytes"
        raise _refuse(shown, message, repair)


def check_archive(archive: zipfile.ZipFile, shown: str) -> list[zipfile.ZipInfo]:
    """Refuse an archive that is not to be trusted and give its entries.

    Raises
    ------
    InputError
        On names leading outside, links, encryption, too many entries, too many bytes or a suspicious ratio.
    """
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        message = f"the zip holds {len(entries):,} entries, more than the limit of {MAX_ENTRIES:,}"
        raise _refuse(shown, message, "Make a zip that holds the data set alone.")
    for entry in entries:
        _check_entry(entry, shown)
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL_BYTES:
        message = f"the zip unpacks to {total:,} bytes, more than the limit of {MAX_TOTAL_BYTES:,}"
        raise _refuse(shown, message, "Unpack it yourself and name the data file in the project file.")
    names = [entry.filename for entry in entries]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise _refuse(shown, f"the zip holds {twice[0]!r} more than once", "Make the zip again.")
    return entries


def data_sets(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """List the data sets inside an archive: files with a known ending and FileGDB folders."""
    found = set()
    for entry in entries:
        path = PurePosixPath(entry.filename)
        if "__MACOSX" in path.parts or path.name.startswith("._"):
            continue
        folder = next((part for part in (path, *path.parents) if part.suffix.lower() == ".gdb"), None)
        if folder is not None:
            found.add(str(folder))
        elif not entry.is_dir() and path.suffix.lower() in DATA_SUFFIXES:
            found.add(str(path))
    return sorted(found)


def _belongs(name: str, chosen: str) -> bool:
    """Tell whether an entry is part of the chosen data set: itself, a side file or inside its folder."""
    path, goal = PurePosixPath(name), PurePosixPath(chosen)
    if goal in (path, *path.parents):
        return True
    # a.shp goes with a.dbf and a.shp.xml, but not with a.b.shp
    return path.parent == goal.parent and path.name.lower().startswith(goal.stem.lower() + ".")


def _choose(entries: Sequence[zipfile.ZipInfo], inner: str | None, shown: str) -> str:
    """Choose the data set inside the archive."""
    names = data_sets(entries)
    if inner is not None:
        if inner in names or any(entry.filename == inner for entry in entries):
            return inner
        listed = ", ".join(names[:20]) or "none"
        raise _refuse(shown, f"the zip holds no data set {inner!r}; it holds: {listed}", "Name one of these.")
    if not names:
        raise _refuse(shown, "the zip holds no data set that is known here", "Zip a GeoPackage or shapefile.")
    if len(names) > 1:
        repair = f'Name one of these after the zip, such as path = "{shown}/{names[0]}".'
        raise _refuse(shown, f"the zip holds several data sets: {', '.join(names[:20])}", repair)
    return names[0]


def _unpack_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, shown: str) -> None:
    """Unpack one entry and stop as soon as it gives more bytes than it declared."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(entry) as source, target.open("xb") as sink:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > entry.file_size:
                message = f"{entry.filename!r} in the zip is larger than it says"
                raise _refuse(shown, message, "Make the zip again.")
            sink.write(chunk)


def unpack(path: Path, inner: str | None, folder: Path, shown: str) -> Path:
    """Unpack one data set of a zip into a folder.

    Parameters
    ----------
    path
        The zip file.
    inner
        Name of the data set inside it; None when it holds just one.
    folder
        An empty folder to unpack into.
    shown
        How the zip is called in messages.

    Returns
    -------
    Path
        The unpacked data set.

    Raises
    ------
    InputError
        When the zip is broken or not to be trusted, or the data set is not in it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = check_archive(archive, shown)
            chosen = _choose(entries, inner, shown)
            for entry in _parts(entries, chosen):
                _unpack_entry(archive, entry, folder.joinpath(*PurePosixPath(entry.filename).parts), shown)
    except _DAMAGE as error:
        message = f"the zip cannot be read: {_first_line(error)}"
        raise _refuse(shown, message, "Make the zip again or fetch it anew.") from error
    return folder.joinpath(*PurePosixPath(chosen).parts)


def _parts(entries: Sequence[zipfile.ZipInfo], chosen: str) -> Iterator[zipfile.ZipInfo]:
    """Give the entries that make up the chosen data set."""
    return (entry for entry in entries if not entry.is_dir() and _belongs(entry.filename, chosen))


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
