"""Where a data set lies: paths that come from a user, checked before anything opens them."""

from __future__ import annotations

import hashlib
import re
import stat
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gis.archives import unpack
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

_REMOTE = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+:|/?vsi|\\\\|//)", re.IGNORECASE)
"""Addresses, connection strings (``PG:...``), GDAL's virtual files and network shares; not ``C:``."""
_DATABASE = re.compile(r"^(?:postgres(?:ql)?:|pg:)", re.IGNORECASE)
_SECRET = re.compile(r"@|passw|pwd|token|key=|secret|sig=", re.IGNORECASE)
_SHAPEFILE_SIDES = (".shx", ".dbf", ".prj", ".cpg")
_CHUNK = 1024**2


@dataclass(frozen=True, slots=True)
class Location:
    """A data set in a file, a folder (FileGDB) or a zip.

    Attributes
    ----------
    path
        The file or folder on disk.
    inner
        The data set inside a zip; None outside a zip or when the zip holds just one.
    zipped
        Whether `path` is a zip to be unpacked.
    shown
        How it is called in messages: as the user wrote it.
    """

    path: Path
    inner: str | None
    zipped: bool
    shown: str


def _problem(shown: str, message: str, repair: str) -> InputError:
    return InputError(Problem(message, repair, file=shown))


def _without_secrets(text: str) -> str:
    """Show no more than how an address begins when it may hold a password."""
    if text.lower().startswith("postgres") or _SECRET.search(text):
        return f"{text.partition(':')[0][:20]}:..."
    return text


def locate(text: str, root: Path) -> Location:
    """Find the data set that a user named, relative to a folder, possibly inside a zip.

    Parameters
    ----------
    text
        A path such as ``"data/a.gpkg"`` or ``"data/a.zip/inner/b.shp"``.
    root
        The folder that relative paths start from.

    Raises
    ------
    InputError
        When it is an address on a network, does not exist, or is not a file that can be read.
    """
    if _REMOTE.match(text) or "\0" in text:
        repair = "Download it first and name the file on disk."
        if _DATABASE.match(text):
            repair = (
                'For a table in PostGIS write postgis = "schema.table" and database = "NAME_OF_A_VARIABLE".'
            )
        message = "this is a network address or a virtual file, and only files are read"
        raise _problem(_without_secrets(text), message, repair)
    try:
        asked = root / Path(text)
        if "\\" in text and not asked.exists():
            # a path typed on Windows, read elsewhere
            asked = root / Path(text.replace("\\", "/"))
        return _located(asked, text)
    except PermissionError as error:
        repair = "Give yourself the right to read the file and the folders above it."
        raise _problem(text, "the file cannot be opened: no permission", repair) from error
    except OSError as error:
        repair = "Check the path in the project file."
        raise _problem(text, f"the file cannot be opened: {error.strerror or error}", repair) from error


def _located(asked: Path, text: str) -> Location:
    """Split a path into the file on disk and what lies inside a zip."""
    for candidate in (asked, *asked.parents):
        if candidate.suffix.lower() == ".zip" and candidate.is_file():
            inner = asked.relative_to(candidate).as_posix()
            _check_readable(candidate, text)
            return Location(candidate, None if inner == "." else inner, zipped=True, shown=text)
    _check_readable(asked, text)
    return Location(asked, None, zipped=False, shown=text)


def _check_readable(path: Path, text: str) -> None:
    """Refuse what is not there, cannot be read, is empty or would make a reader wait for ever."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        near = _nearest(path)
        hint = f" Did you mean {near}?" if near else ""
        raise _problem(
            text, "the file does not exist", f"Check the path in the project file.{hint}"
        ) from error
    if stat.S_ISDIR(status.st_mode):
        if path.suffix.lower() != ".gdb":
            raise _problem(text, "this is a folder, not a file", "Name the file inside the folder.")
        next(path.iterdir(), None)
        return
    if not stat.S_ISREG(status.st_mode):
        raise _problem(text, "this is not an ordinary file", "Name a file with data in it.")
    if status.st_size == 0:
        raise _problem(text, "the file is empty (0 bytes)", "Fetch or export the file again.")
    with path.open("rb") as stream:
        stream.read(1)


def _nearest(path: Path) -> str | None:
    """Give the name in the same folder that looks most like the missing one."""
    from difflib import get_close_matches

    try:
        names = sorted(entry.name for entry in path.parent.iterdir())
    except OSError:
        return None
    found = get_close_matches(path.name, names, n=1, cutoff=0.6)
    return found[0] if found else None


@contextmanager
def opened(location: Location) -> Iterator[Path]:
    """Give the path of the data set on disk; a zip is unpacked into a folder that goes away afterwards."""
    if not location.zipped:
        yield location.path
        return
    with tempfile.TemporaryDirectory(prefix="kringruimte-") as folder:
        yield unpack(location.path, location.inner, Path(folder), location.shown)


def sha256(location: Location) -> str:
    """Hash what a data set is read from: the file, a shapefile with its side files, or a folder."""
    path = location.path
    if path.is_dir():
        members = sorted(member for member in path.rglob("*") if member.is_file())
        return _hash_named(path, members)
    sides = _shapefile_sides(path)
    return _hash_named(path.parent, [path, *sides]) if sides else _hash_file(path)


def _shapefile_sides(path: Path) -> list[Path]:
    """List the side files of a shapefile, in a fixed order, whatever the case of their endings."""
    if path.suffix.lower() != ".shp":
        return []
    beside = {entry.name.lower(): entry for entry in path.parent.iterdir() if entry.stem == path.stem}
    names = [path.stem.lower() + suffix for suffix in _SHAPEFILE_SIDES]
    return [beside[name] for name in names if name in beside]


def _hash_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _hash_named(root: Path, members: list[Path]) -> str:
    """Hash several files together with their names, so that a renamed side file counts as a change."""
    lines = "".join(f"{member.relative_to(root).as_posix()} {_hash_file(member)}\n" for member in members)
    return hashlib.sha256(lines.encode()).hexdigest()
