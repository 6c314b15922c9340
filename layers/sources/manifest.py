"""What is in use of what was fetched: per layer the last good copy, and the last failure after it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

import orjson

from gis.errors import InputError, Problem
from layers.sources.cache import hash_file, write_json

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST: Final = "manifest.json"
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that failed: when, the code of `layers.sources.faults.FAULTS`, and what was seen."""

    time: str
    fault: str
    detail: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A layer as it was fetched.

    Attributes
    ----------
    file, sha256
        In the folder of the manifest.
    recipe, connector, url, name
        What was asked.
    source, licence
        Who made it, and on which terms.
    fetched
        When the fetch began, ISO 8601.
    crs, area
        Of the coordinates; the box that was asked, EPSG:28992.
    rows, counted, cut
        Features in the file, those that the service counted (None: it does not say), those left out because
        they lie outside the area.
    fields, shapes
        Field to type; kinds of geometry.
    requests
        Their names in the cache.
    """

    file: str
    sha256: str
    recipe: str
    connector: str
    url: str
    name: str
    source: str
    licence: str
    fetched: str
    crs: str | None
    area: tuple[float, float, float, float] | None
    rows: int
    counted: int | None
    cut: int
    fields: dict[str, str]
    shapes: tuple[str, ...]
    notes: tuple[str, ...]
    requests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One layer: its last good copy and a failure after that; None where there is none."""

    copy: Copy | None = None
    failed: Failure | None = None


@dataclass(slots=True)
class Manifest:
    """The layers of a folder, by name."""

    folder: Path
    layers: dict[str, Entry] = field(default_factory=dict)

    def path(self, copy: Copy) -> Path:
        """Give the file of a copy."""
        return self.folder / copy.file

    def is_whole(self, copy: Copy) -> bool:
        """Tell whether the file of a copy is there and undamaged."""
        try:
            return hash_file(self.path(copy)) == copy.sha256
        except OSError:
            return False

    def write(self) -> None:
        """Write the manifest, whole."""
        layers = {name: asdict(entry) for name, entry in self.layers.items()}
        write_json(self.folder / MANIFEST, {"format": _FORMAT, "layers": layers}, sync=True)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder; an empty one when nothing was fetched yet.

    Raises
    ------
    InputError
        When it cannot be understood.
    """
    path = folder / MANIFEST
    try:
        raw = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return Manifest(folder)
    except (OSError, ValueError) as error:
        raise _refused(path, str(error).splitlines()[0]) from error
    try:
        if raw["format"] != _FORMAT:
            raise _refused(path, f"format {raw['format']!r} is not known")
        return Manifest(folder, {name: _entry(one) for name, one in raw["layers"].items()})
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise _refused(path, f"{type(error).__name__} {error}") from error


def _entry(raw: dict[str, Any]) -> Entry:
    copy, failed = raw["copy"], raw["failed"]
    return Entry(None if copy is None else _copy(copy), None if failed is None else Failure(**failed))


def _copy(raw: dict[str, Any]) -> Copy:
    if set(raw) != {one.name for one in fields(Copy)}:
        raise ValueError(", ".join(sorted(raw)))
    if "/" in raw["file"] or "\\" in raw["file"] or raw["file"].startswith("."):
        # a manifest from elsewhere must not point out of its folder
        raise ValueError(raw["file"])
    lists = ("shapes", "notes", "requests")
    area = None if raw["area"] is None else tuple(raw["area"])
    return Copy(**{**raw, **{name: tuple(raw[name]) for name in lists}, "area": area})


def _refused(path: Path, message: str) -> InputError:
    repair = f"Delete {path.name} and fetch again."
    return InputError(Problem(f"the list of what was fetched cannot be read: {message}", repair, path.name))
