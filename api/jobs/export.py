"""The import package of a release, for those who make the environmental vision or the ordinance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from analysis.package.location_files import location_settings, make_location_files
from analysis.package.settings import settings_of
from api.jobs.deliver import deliver
from api.jobs.derive import ReleaseTables
from layers.building_blocks import read_blocks
from layers.export_settings import export_settings
from layers.exports.import_package import build
from layers.exports.locations import find_locations
from layers.exports.was_wordt import ORDER, earlier_locations, earlier_package
from layers.exports.zipped import pack
from layers.release import open_release
from maps.documents import html
from maps.documents.pictures import Atlas, Face

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from layers.export_settings import ExportSettings
    from layers.exports.gio.ow import Purpose
    from layers.exports.was_wordt import Earlier
    from layers.release import Release

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Exported:
    """A package that was written.

    Attributes
    ----------
    path
        The zip.
    files
        What it holds, in order.
    findings
        Warnings: code, location, what to do.
    changes
        Number of locations per change (new, changed, gone, unchanged).
    """

    path: Path
    files: tuple[str, ...]
    findings: pd.DataFrame
    changes: Mapping[str, int]


def export_package(
    release: Release,
    purpose: Purpose,
    out: Path,
    *,
    settings: Path | None = None,
    changes: Mapping[str, Any] | None = None,
    previous: Path | None = None,
    schemas: Path | None = None,
    replace: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Exported:
    """Make and write an import package.

    Parameters
    ----------
    purpose
        ``visie`` or ``verordening``.
    out
        Folder for the zip.
    settings
        Settings file (TOML).
    changes
        Settings that win from those of the file.
    previous
        Earlier package (zip, folder or GIO) or earlier release to compare with.
    schemas
        Folder with the official XSDs, for validation on top of the checks of our own.

    Raises
    ------
    InputError
        With every violation that stops an export; then nothing is written.
    """
    tell = progress or (lambda _: None)
    given = export_settings(release.project, release.name, settings, **(changes or {}))
    tables = ReleaseTables(release)
    tell("comparing with what was")
    earlier = None if previous is None else _earlier(previous, given)
    tell("writing and checking the package")
    package = build(tables, given, purpose=purpose, previous=earlier, schemas=schemas)
    tell("writing the location files")
    files = {**package.files, **_location_files(release, tables, given)}
    path = deliver(out, f"{package.name}.zip", pack(files), replace=replace)
    counts = package.changes["verandering"].value_counts()
    found = {name: int(counts.get(name, 0)) for name in ORDER}
    return Exported(path, tuple(files), package.findings, found)


def _earlier(path: Path, settings: ExportSettings) -> Earlier:
    if (path / MANIFEST).is_file():
        tables = ReleaseTables(open_release(path))
        return earlier_locations(find_locations(tables, settings).proposed)
    return earlier_package(path)


def _location_files(
    release: Release, tables: Mapping[str, pd.DataFrame], settings: ExportSettings
) -> dict[str, bytes]:
    """Draw a location file per zone, each with its map."""
    atlas = Atlas(tables, shown=Face(sample=settings.release.sample))
    shown = location_settings(settings_of(release.project, release.name), release.project)
    documents = make_location_files(
        tables,
        settings=replace(shown, authority=settings.authority_name, namespace=settings.namespace),
        binds={block.id: block.binds for block in read_blocks()},
    )
    return {
        f"locatiedossiers/{document.name}.html": html.draw(document, atlas.pictures(document))
        for document in documents
    }
