"""Style sheet, scripts and MapLibre: named by what they hold, so that they may be kept for ever."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from importlib.metadata import files
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "static"
ADDRESS: Final = "/statisch"
MEDIA: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
MAPLIBRE: Final = ("maplibre-gl.js", "maplibre-gl.css")
"""Files of MapLibre GL JS, out of the installed wheel ``maplibre``."""


@dataclass(frozen=True, slots=True)
class Static:
    """One file: its bytes, its media type and a text that differs when the bytes do."""

    name: str
    body: bytes
    media: str
    digest: str


def static_address(name: str) -> str:
    """Give the address of a file, which holds its digest; KeyError for a name that is none of ours."""
    return f"{ADDRESS}/{static_files()[name].digest}/{name}"


@functools.lru_cache(maxsize=1)
def static_files() -> dict[str, Static]:
    """Read all files, by name.

    Raises
    ------
    FileNotFoundError
        When the wheel ``maplibre`` lacks the map.
    """
    own = {path.name: path for path in sorted(FOLDER.iterdir()) if path.suffix in MEDIA}
    found = {**own, **_maplibre()}
    return {name: _static(name, path) for name, path in found.items()}


@functools.lru_cache(maxsize=1)
def statics_digest() -> str:
    """Give a text that differs when any file does."""
    digests = "".join(one.digest for _, one in sorted(static_files().items()))
    return hashlib.sha256(digests.encode()).hexdigest()[:16]


def _static(name: str, path: Path) -> Static:
    body = path.read_bytes()
    return Static(name, body, MEDIA[path.suffix], hashlib.sha256(body).hexdigest()[:16])


def _maplibre() -> dict[str, Path]:
    # the package itself is never imported: all that is wanted are two files in it
    listed = {
        path.name: Path(str(path.locate())) for path in files("maplibre") or () if path.name in MAPLIBRE
    }
    missing = [name for name in MAPLIBRE if name not in listed]
    if missing:
        raise FileNotFoundError(f"the wheel maplibre holds no {' and no '.join(missing)}")
    return listed
