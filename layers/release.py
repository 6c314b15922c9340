"""Open and verify a release: an immutable folder named by the hash of its recipe.

``data/`` holds one (Geo)Parquet file per table, ``catalogue.json`` and ``project.json``; it is all that the
release is. ``views/`` holds what was derived from ``data/``. ``manifest.json`` is written last and names
every file with its hash and confidentiality level.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pandas as pd

from gis.errors import Problem, ReleaseError
from layers.canonical import DTYPES, table_digest, tables_digest
from layers.catalogue import classes_from, layers_from
from layers.recipe import NAME_LENGTH, recipe_digest, release_name
from layers.schema import Layer, Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from layers.classes import ClassStyle

MANIFEST = "manifest.json"
DATA = "data"
VIEWS = "views"
CATALOGUE = "data/catalogue.json"
PROJECT = "data/project.json"
FORMAT = "kringruimte-release"
FORMAT_VERSION = 1


@dataclass(frozen=True, eq=False)
class Release:
    """One release, opened for reading.

    Attributes
    ----------
    path
        Its folder.
    manifest
        ``manifest.json``: recipe, sources, row counts, repairs, hashes and levels of files.
    project
        ``data/project.json``: name, authority, sample, note, reference date, procedure status, parameters
        and sources.
    layers
        Descriptions of the tables by name, in catalogue order, as they were when the release was made.
    class_styles
        Theme to its classes, in legend order.
    kept
        Tables read before, when the release remembers them (see `remembering`).
    """

    path: Path
    manifest: dict[str, Any]
    project: dict[str, Any]
    layers: Mapping[str, Layer]
    class_styles: Mapping[str, tuple[ClassStyle, ...]]
    kept: dict[str, pd.DataFrame] | None = field(default=None, repr=False)

    def remembering(self) -> Release:
        """Give the same release reading each table from disk once, for work that needs tables many times."""
        return replace(self, kept={})

    @property
    def name(self) -> str:
        """The name: the first 16 hexadecimal digits of the hash of the recipe."""
        return str(self.manifest["name"])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the tables, results first."""
        return tuple(self.layers)

    def layer(self, name: str) -> Layer:
        """Give the description of a table; ReleaseError when the release does not hold it."""
        if name not in self.layers:
            raise ReleaseError(
                f"Release {self.name} holds no table {name}. It holds {', '.join(self.names)}."
            )
        return self.layers[name]

    def table(self, name: str) -> pd.DataFrame | gpd.GeoDataFrame:
        """Read one table.

        Parameters
        ----------
        name
            One of `names`.

        Returns
        -------
        pandas.DataFrame or geopandas.GeoDataFrame
            In EPSG:28992 where the layer has a shape, with a ``geometry`` column; columns in declared order
            and type (text as ``string``, numbers as ``float64``, whole numbers as ``Int64``, yes and no as
            ``boolean``).

        Raises
        ------
        ReleaseError
            When there is no such table or its file cannot be read.
        """
        layer = self.layer(name)
        if self.kept is not None and name in self.kept:
            # a shallow copy: pandas copies what is written to
            return self.kept[name].copy(deep=False)
        path = self.path / DATA / f"{name}.parquet"
        try:
            table = _read_parquet(layer, path)
        except (OSError, ValueError) as error:
            raise ReleaseError(
                f"Table {name} of release {self.name} cannot be read: {error}. "
                f"Make the release again, or restore {path}."
            ) from error
        if self.kept is not None:
            self.kept[name] = table.copy(deep=False)
        return table

    def visible(self, name: str, level: Level) -> pd.DataFrame | gpd.GeoDataFrame:
        """Read what a reader of `level` may see of one table; ReleaseError when that is nothing."""
        columns = [column.name for column in self.layer(name).visible(level)]
        if not columns:
            raise ReleaseError(f"Table {name} is not for readers of level {level}.")
        geometry = [] if self.layer(name).shape == "table" else ["geometry"]
        return self.table(name)[columns + geometry]

    def classes(self, theme: str) -> tuple[ClassStyle, ...]:
        """Give the classes of a theme in legend order: category, verdict, connection or housing."""
        return self.class_styles[theme]

    def level(self, name: str, column: str | None = None) -> Level:
        """Tell who may see a table, or one column of it."""
        layer = self.layer(name)
        if column is None or column not in layer.by_name:
            return layer.level
        own = layer.by_name[column].level
        return own if own.allows(layer.level) else layer.level

    def file_level(self, relative: str) -> Level:
        """Tell who may have a file of the release, such as ``views/map.html``."""
        entry = self.manifest["files"].get(relative)
        if entry is None:
            raise ReleaseError(f"Release {self.name} has no file {relative}.")
        return Level(entry["level"])

    def verify(self) -> tuple[Problem, ...]:
        """Check every file against the manifest, and the manifest against the recipe and the tables.

        Returns
        -------
        tuple of Problem
            What is missing, changed or does not belong; empty when the release is whole.
        """
        problems = (*self._name_problems(), *self._file_problems())
        # tables are read only when their files are what was written
        return problems or tuple(self._table_problems())

    def _name_problems(self) -> Iterator[Problem]:
        recipe = self.manifest["recipe"]
        hashed = (release_name(recipe), recipe_digest(recipe))
        if (self.name, self.manifest["recipe_sha256"]) != hashed or self.path.name != self.name:
            yield Problem(
                "The name is not the hash of the recipe",
                "Give the folder its own name again, or make the release again.",
                file=MANIFEST,
            )

    def _file_problems(self) -> Iterator[Problem]:
        again = "Restore the file from a copy, or remove this release and make it again."
        listed: dict[str, Any] = self.manifest["files"]
        for relative, entry in listed.items():
            path = self.path / relative
            if not path.is_file() or path.is_symlink():
                yield Problem("The file is missing", again, file=relative)
            elif path.stat().st_size != entry["bytes"] or file_digest(path) != entry["sha256"]:
                yield Problem("The file was changed after the release was made", again, file=relative)
        for relative in files_in(self.path):
            if relative not in listed and relative != MANIFEST:
                yield Problem("The file does not belong to the release", "Move it elsewhere.", file=relative)

    def _table_problems(self) -> Iterator[Problem]:
        digests: dict[str, str] = {}
        for name, layer in self.layers.items():
            frame = self.table(name)
            digests[name] = table_digest(layer, frame)
            stated = self.manifest["tables"].get(name)
            if stated is None or stated["rows"] != len(frame) or stated["sha256"] != digests[name]:
                yield Problem(
                    "The manifest states other content for this table",
                    "Make the release again.",
                    file=MANIFEST,
                    layer=name,
                )
        if self.manifest["tables_sha256"] != tables_digest(digests):
            yield Problem(
                "tables_sha256 does not follow from the tables", "Make the release again.", file=MANIFEST
            )


def open_release(path: Path) -> Release:
    """Open a release.

    Parameters
    ----------
    path
        Its folder; or the folder of releases with the beginning of its name behind it, such as
        ``releases/3fa``; or a folder that holds one release only.

    Returns
    -------
    Release
        Opened for reading; files are not yet checked against their hashes, see `Release.verify`.

    Raises
    ------
    ReleaseError
        When there is no such release, several fit, or it was made in a format that this version cannot read.
    """
    folder = find_release(Path(path))
    manifest = _read_json(folder, MANIFEST)
    if manifest.get("format") != FORMAT:
        raise ReleaseError(f"{folder} is not a release: its manifest has another format.")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ReleaseError(
            f"{folder} has format version {manifest.get('format_version')}, and this version of kringruimte "
            f"reads {FORMAT_VERSION}. Use the version that made it, or make the release again."
        )
    return load_release(folder, manifest)


def load_release(folder: Path, manifest: dict[str, Any]) -> Release:
    """Put a release together from its folder and a manifest that is not yet, or already, written there."""
    catalogue = _read_json(folder, CATALOGUE)
    try:
        return Release(
            path=folder,
            manifest=manifest,
            project=_read_json(folder, PROJECT),
            layers=layers_from(catalogue),
            class_styles=classes_from(catalogue),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ReleaseError(f"{folder / CATALOGUE} is damaged: {error}. Make the release again.") from error


def find_release(path: Path) -> Path:
    """Find the folder of a release from a path, the beginning of a name, or a folder with one release."""
    if (path / MANIFEST).is_file():
        return path.resolve()
    if path.is_dir():
        return _only(path, release_folders(path), "holds no release")
    begins = path.name.lower()
    if path.parent.is_dir() and re.fullmatch(r"[0-9a-f]{1,16}", begins):
        found = [folder for folder in release_folders(path.parent) if folder.name.startswith(begins)]
        return _only(path, found, "is not a release and no release has a name that begins so")
    raise ReleaseError(f"{path} does not exist. Give the folder of a release, as kringruimte run printed it.")


def release_folders(parent: Path) -> list[Path]:
    """List the releases in a folder, by name; what is still being written is never among them."""
    named = (item for item in parent.iterdir() if re.fullmatch(rf"[0-9a-f]{{{NAME_LENGTH}}}", item.name))
    return sorted(item.resolve() for item in named if (item / MANIFEST).is_file())


def file_digest(path: Path) -> str:
    """Hash a file (SHA-256, hexadecimal)."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def files_in(folder: Path) -> list[str]:
    """List the files of a folder and its folders as relative POSIX paths, sorted."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _only(path: Path, found: list[Path], nothing: str) -> Path:
    if len(found) == 1:
        return found[0]
    if not found:
        raise ReleaseError(f"{path} {nothing}. Give the folder of a release, as kringruimte run printed it.")
    names = ", ".join(folder.name for folder in found)
    raise ReleaseError(f"{path} fits several releases: {names}. Give the whole name of one.")


def _read_json(folder: Path, relative: str) -> dict[str, Any]:
    path = folder / relative
    try:
        values = orjson.loads(path.read_bytes())
    except OSError as error:
        raise ReleaseError(
            f"{path} cannot be read: {error.strerror}. The release is not complete."
        ) from error
    except orjson.JSONDecodeError as error:
        raise ReleaseError(f"{path} is damaged: {error}. Make the release again.") from error
    if not isinstance(values, dict):
        raise ReleaseError(f"{path} is damaged: no object. Make the release again.")
    return values


def _read_parquet(layer: Layer, path: Path) -> pd.DataFrame | gpd.GeoDataFrame:
    import geopandas as gpd

    frame = pd.read_parquet(path) if layer.shape == "table" else gpd.read_parquet(path)
    names = [column.name for column in layer.columns]
    geometry = [] if layer.shape == "table" else ["geometry"]
    typed = frame.astype({column.name: DTYPES[column.kind] for column in layer.columns})
    return typed[names + geometry]
