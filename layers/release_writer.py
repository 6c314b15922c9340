"""Write a release so that nobody ever sees half of one.

Everything goes to a staging folder beside the releases and is renamed into place as the last step. One lock
per folder of releases makes writers wait for each other; so a staging folder that a writer finds was left by
one that died, and is removed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Self

import geopandas as gpd
import orjson

from gis.errors import ReleaseError
from layers.canonical import canonical_table, table_digest, tables_digest
from layers.catalogue import layers_of, strictest_level, to_catalogue, with_levels
from layers.recipe import recipe_digest, release_name
from layers.release import (
    CATALOGUE,
    DATA,
    FORMAT,
    FORMAT_VERSION,
    MANIFEST,
    PROJECT,
    Release,
    file_digest,
    files_in,
    load_release,
    open_release,
)
from layers.schema import Layer, Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    import pandas as pd

STAGING = ".staging-"
LOCK = ".lock"
READ_ONLY = 0o444

PATIENCE = 10
"""Seconds to wait for a helper of a dead run."""
WRITERS = 2
"""Threads that write tables."""


class ReleaseWriter:
    """Write one release: data first, then views made from it, then the rename that makes it visible.

    Use it as a context manager. Leaving without `commit` removes what was staged.

    Parameters
    ----------
    out
        Folder of releases; made when it does not exist.
    recipe
        See `layers.recipe.make_recipe`; decides the name.
    """

    def __init__(self, out: Path, recipe: Mapping[str, Any]) -> None:
        self.out = Path(out)
        self.recipe = dict(recipe)
        self.name = release_name(recipe)
        self.target = self.out / self.name
        self._folder = self.out / f"{STAGING}{self.name}"
        self._levels: dict[str, Level] = {}
        self._manifest: dict[str, Any] = {}
        self._lock: int | None = None

    def __enter__(self) -> Self:
        try:
            self.out.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.out / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise ReleaseError(
                f"{self.out} cannot be written: {error.strerror}. Choose another folder with --out."
            ) from error
        # the kernel lets go of the lock when its holder dies, however it dies
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        for dead in sorted(self.out.glob(f"{STAGING}*")):
            _remove(dead)
        self._folder.mkdir()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._folder.exists():
            shutil.rmtree(self._folder)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write_data(
        self,
        tables: Mapping[str, pd.DataFrame],
        project: Mapping[str, Any],
        levels: Mapping[str, Level] | None = None,
        *,
        parent: Release | None = None,
    ) -> None:
        """Write every table in canonical form, the catalogue and the project facts.

        Parameters
        ----------
        tables
            Inputs under their own names and results under theirs, ``data_quality`` included.
        project
            Name, authority, sample, note, reference date, procedure status, parameters and sources: plain
            values for JSON, no places on this machine and no clock.
        levels
            Layer name to a stricter level than usual; results that show the same objects follow.
        parent
            The release that this one goes on from. Its tables that are not among `tables`, and the other
            files of its ``data/``, are taken over as they are, with their levels.

        Raises
        ------
        ValueError
            When a table does not fit its description.
        """
        kept = [] if parent is None else [name for name in parent.names if name not in tables]
        layers = with_levels(layers_of([*tables, *kept]), levels or {})
        (self._folder / DATA).mkdir()
        if parent is not None:
            self._take_over(parent, kept)

        def write(layer: Layer) -> tuple[pd.DataFrame, str]:
            frame = canonical_table(layer, tables[layer.name])
            self._write_table(layer, frame)
            return frame, table_digest(layer, frame)

        # rounding geometry and packing files happen outside the interpreter lock
        with ThreadPoolExecutor(WRITERS) as pool:
            own = [layer for layer in layers if layer.name in tables]
            done: list[tuple[pd.DataFrame, str]] = list(pool.map(write, own))
        written = {layer.name: result for layer, result in zip(own, done, strict=True)}
        stated: dict[str, dict[str, Any]] = {
            name: {"rows": len(frame), "sha256": digest} for name, (frame, digest) in written.items()
        }
        if parent is not None:
            stated |= {name: dict(parent.manifest["tables"][name]) for name in kept}
        quality = written["data_quality"][0] if "data_quality" in written else None
        self.write_bytes(CATALOGUE, _json(to_catalogue(layers)))
        self.write_bytes(PROJECT, _json(project))
        self._manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            # it lists repairs, and these name homes and firms
            "level": Level.PROVINCE.value,
            "name": self.name,
            "parent": None if parent is None else parent.name,
            "recipe_sha256": recipe_digest(self.recipe),
            "recipe": self.recipe,
            "sources": list(project.get("sources", [])),
            "tables_sha256": tables_digest({name: item["sha256"] for name, item in stated.items()}),
            "tables": {layer.name: stated[layer.name] for layer in layers},
            "repairs": self._repairs(quality, parent),
            "files": {},
        }

    def existing(self) -> Release | None:
        """Give the release that already bears this name, once it proves to be whole and equal.

        Raises
        ------
        ReleaseError
            When it holds other tables than were just written, or is damaged. It is never overwritten.
        """
        if not self.target.exists():
            return None
        release = open_release(self.target)
        if release.manifest["tables_sha256"] != self._manifest["tables_sha256"]:
            raise ReleaseError(
                f"Release {self.target} exists with other content although its recipe is the same. It is "
                "left as it is. Compare the machines that made both, or choose another --out."
            )
        problems = release.verify()
        if problems:
            lines = "\n".join(str(problem) for problem in problems)
            raise ReleaseError(f"Release {self.target} exists and is damaged:\n{lines}")
        return release

    def write_bytes(self, relative: str, data: bytes, level: Level = Level.PUBLIC) -> None:
        """Stage a file, such as ``views/map.html``, with who may have it."""
        self.path_for(relative, level).write_bytes(data)

    def path_for(self, relative: str, level: Level = Level.PUBLIC) -> Path:
        """Give the place where another writer can make a file of the release, with who may have it."""
        place = PurePosixPath(relative)
        if place.is_absolute() or ".." in place.parts or relative == MANIFEST:
            raise ValueError(f"no place in a release: {relative}")
        path = self._folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        self._levels[place.as_posix()] = level
        return path

    def staged(self) -> Release:
        """Open what was staged, so that views are made from ``data/`` and from nothing else."""
        return load_release(self._folder, self._manifest)

    def commit(self) -> Release:
        """Put everything on disk and make it visible under its name in one step.

        Returns
        -------
        Release
            The new release.

        Raises
        ------
        ReleaseError
            When a release of that name exists (see `existing`).
        """
        if self.target.exists():
            raise ReleaseError(f"Release {self.target} exists. It is left as it is.")
        unlisted = set(files_in(self._folder)) ^ set(self._levels)
        if unlisted:
            raise ValueError(f"files without a level, or announced and not made: {sorted(unlisted)}")
        self._manifest["files"] = {
            relative: {
                "sha256": file_digest(self._folder / relative),
                "bytes": (self._folder / relative).stat().st_size,
                "level": self._levels[relative].value,
            }
            for relative in sorted(self._levels)
        }
        (self._folder / MANIFEST).write_bytes(_json(self._manifest))
        _settle(self._folder)
        self._folder.rename(self.target)
        _sync(self.out)
        return open_release(self.target)

    def _take_over(self, parent: Release, kept: list[str]) -> None:
        """Copy the tables that stay as they are, and files of ``data/`` that are no table."""
        tables = {f"{DATA}/{name}.parquet" for name in parent.names}
        stays = {f"{DATA}/{name}.parquet" for name in kept}
        for relative, entry in parent.manifest["files"].items():
            other = relative.startswith(f"{DATA}/") and relative not in {*tables, CATALOGUE, PROJECT}
            if relative in stays or other:
                shutil.copyfile(parent.path / relative, self.path_for(relative, Level(entry["level"])))

    @staticmethod
    def _repairs(quality: pd.DataFrame | None, parent: Release | None) -> list[dict[str, Any]]:
        if quality is not None:
            return _records(quality)
        return [] if parent is None else list(parent.manifest["repairs"])

    def _write_table(self, layer: Layer, frame: pd.DataFrame | gpd.GeoDataFrame) -> None:
        path = self.path_for(f"{DATA}/{layer.name}.parquet", strictest_level(layer))
        if isinstance(frame, gpd.GeoDataFrame):
            frame.to_parquet(path, index=False, compression="zstd", geometry_encoding="WKB")
        else:
            frame.to_parquet(path, index=False, compression="zstd")


def _remove(folder: Path) -> None:
    """Remove what a dead run left; a helper of it may still be finishing its last file."""
    for _ in range(PATIENCE):
        try:
            shutil.rmtree(folder)
        except OSError:
            time.sleep(1.0)
        else:
            return
    shutil.rmtree(folder)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    filled = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in filled.to_dict("records")]


def _json(values: Mapping[str, Any]) -> bytes:
    return orjson.dumps(values, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _settle(folder: Path) -> None:
    """Make files read-only and force them to disk, folders after what they hold."""
    for relative in files_in(folder):
        path = folder / relative
        path.chmod(READ_ONLY)
        _sync(path)
    for parent, _, _ in os.walk(folder, topdown=False):
        _sync(Path(parent))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
