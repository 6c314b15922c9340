"""Files in a zip that is the same whenever the files are: fixed date, fixed mode, order as given."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
"""The first date that a zip can hold; a real one would make two runs differ."""
MODE: Final = 0o100644
UNIX: Final = 3
LEVEL: Final = 6
PACKED: Final = (".png", ".docx", ".zip", ".xlsx")
"""Ends of files that are packed already; to pack them again costs time and saves nothing."""
_DRIVE: Final = re.compile(r"^[A-Za-z]:")


def pack(files: Mapping[str, bytes]) -> bytes:
    """Put files in a zip.

    Parameters
    ----------
    files
        Path with forward slashes to content, in the order in which they must stand (a docx or a GIO package
        wants one particular file first).

    Returns
    -------
    bytes
        The same bytes for the same files.

    Raises
    ------
    ValueError
        For a path that would be written outside the folder in which somebody unpacks, or that differs from
        another one in capitals only, which Windows cannot keep apart.
    """
    seen: set[str] = set()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for path, content in files.items():
            _check(path, seen)
            entry = zipfile.ZipInfo(path, date_time=EARLIEST)
            entry.compress_type = zipfile.ZIP_STORED if path.endswith(PACKED) else zipfile.ZIP_DEFLATED
            entry.create_system = UNIX
            entry.external_attr = MODE << 16
            archive.writestr(entry, content, entry.compress_type, LEVEL)
    return target.getvalue()


def _check(path: str, seen: set[str]) -> None:
    parts = path.split("/")
    if not path or "\\" in path or "\0" in path or _DRIVE.match(path) or {"", ".", ".."} & set(parts):
        raise ValueError(f"{path!r} is no path inside a zip")
    if path.casefold() in seen:
        raise ValueError(f"{path!r} stands in the zip twice, or differs in capitals only")
    seen.add(path.casefold())
