"""Publish a release, or withdraw it: the list is replaced by a rename, so nobody ever sees half of it."""

from __future__ import annotations

import fcntl
import os
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.jobs.publication import LIST, TILES, Entry, Publication, PublishedProject, read_publication
from gis.errors import InputError, Problem, ReleaseError
from layers.export_settings import slug
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.jobs.publication import Secrecy
    from layers.release import Release

LOCK: Final = ".lock"


def publish(
    release: Release, folder: Path, *, now: datetime, key: str | None = None, secrecy: Secrecy | None = None
) -> Entry:
    """Make a release the current one of its project.

    Parameters
    ----------
    release
        A whole release; every file is checked first.
    folder
        Receives the list; made when absent.
    now
        From when it is current.
    key
        Key of the project that it must belong to; None for its own.
    secrecy
        Needed for a release in which nothing was decided, refused for others.

    Returns
    -------
    Entry
        What stands in the list; that of before when the release is current already.

    Raises
    ------
    InputError
        When the release belongs to another project, or its secrecy is missing, over or not needed.
    ReleaseError
        When the release is damaged or the folder cannot be written.
    """
    own = slug(str(release.project["name"]))
    entry = Entry.model_construct(
        name=release.name,
        folder=os.path.relpath(release.path, folder.resolve()),
        status=str(release.project.get("procedure_status", "exploration")),
        since=now.astimezone(UTC),
        secrecy=secrecy,
    )
    problems = [*_secrecy_problems(entry, now), *_project_problems(own, key)]
    if problems:
        raise InputError(*problems)
    damage = release.verify()
    if damage:
        lines = "\n".join(map(str, damage))
        raise ReleaseError(f"Release {release.name} is damaged and is not published:\n{lines}")
    entry = Entry.model_validate(entry.model_dump())
    if not entry.undecided:
        make_tiles(release, folder)
    with _locked(folder):
        publication = read_publication(folder) if (folder / LIST).exists() else Publication()
        before = publication.projects.get(own, PublishedProject(key=own, title=str(release.project["name"])))
        held = before.current(undecided=entry.undecided)
        if held is not None and (held.name, held.secrecy) == (entry.name, entry.secrecy):
            return held
        closed = [
            e.model_copy(update={"until": entry.since})
            if e.until is None and (e.undecided == entry.undecided or e.name == entry.name)
            else e
            for e in before.entries
        ]
        _flip(folder, publication, before.model_copy(update={"entries": (*closed, entry)}))
    return entry


def make_tiles(release: Release, folder: Path) -> Path:
    """Make the tiles for everybody of a release, beside the list; those that are there already are kept.

    They are not part of the release, which everybody can make without them, and follow from it alone: its
    name covers the code too. Releases in which nothing was decided have none: who may see those is shown
    tiles that are made when they are asked for.

    Returns
    -------
    pathlib.Path
        The folder of the tiles of this release.
    """
    place = folder / TILES / release.name
    if place.is_dir():
        return place
    from layers.tiles.pyramid import build

    layers = [layer for layer in release.layers.values() if layer.visible(Level.PUBLIC)]
    tables = {layer.name: release.table(layer.name) for layer in layers if layer.shape != "table"}
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".", suffix=".part") as part:
            made = Path(part) / release.name
            made.mkdir()
            build(tables, layers, made)
            try:
                made.rename(place)
            except OSError:
                # somebody else was first, with the same tiles
                if not place.is_dir():
                    raise
    except OSError as error:
        raise ReleaseError(f"{place} cannot be written: {error.strerror}. Check its rights.") from error
    return place


def withdraw(folder: Path, key: str | None, name: str, *, now: datetime) -> PublishedProject:
    """Show a release to nobody any longer; what was decided before it becomes current again.

    Raises
    ------
    ReleaseError
        When no such release is published.
    """
    with _locked(folder):
        publication = read_publication(folder)
        project = publication.project(key)
        entry = project.named(name, undecided=True)
        if entry is None:
            raise ReleaseError(f"Release {name} of {project.title} is not published. Give its whole name.")
        moment = now.astimezone(UTC)
        entries = [
            e.model_copy(update={"withdrawn": True, "until": e.until or moment}) if e.name == name else e
            for e in project.entries
        ]
        if entry.until is None and not entry.undecided:
            earlier = [e for e in entries if not e.withdrawn and not e.undecided]
            if earlier:
                entries.append(earlier[-1].model_copy(update={"since": moment, "until": None}))
        after = project.model_copy(update={"entries": tuple(entries)})
        _flip(folder, publication, after)
    return after


def _secrecy_problems(entry: Entry, now: datetime) -> Iterator[Problem]:
    if not entry.undecided:
        if entry.secrecy is not None:
            yield Problem(
                f"in this release (status {entry.status}) something was decided, so it is open to everybody",
                "Leave out the secrecy.",
            )
        return
    if entry.secrecy is None:
        yield Problem(
            f"nothing was decided in this release (status {entry.status}), so it is not open to everybody",
            "Give the ground and the end date of its secrecy with --secrecy-ground and --secrecy-ends.",
        )
    elif entry.secrecy.ends < now.astimezone(UTC).date():
        yield Problem(
            f"the secrecy of this release ended on {entry.secrecy.ends.isoformat()}",
            "Give a later --secrecy-ends, or publish a release in which something was decided.",
        )


def _project_problems(own: str, key: str | None) -> Iterator[Problem]:
    if key is not None and key != own:
        yield Problem(f"the release belongs to project {own}, not to {key}", "Give its own project.")


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let those who change the list wait for each other; the kernel frees the lock when its holder dies."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ReleaseError(f"{folder} cannot be written: {error.strerror}. Check its rights.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _flip(folder: Path, publication: Publication, project: PublishedProject) -> None:
    """Replace the list in one step and force it to disk."""
    projects = {**publication.projects, project.key: project}
    after = publication.model_copy(update={"projects": dict(sorted(projects.items()))})
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as part:
        part.write(after.model_dump_json(indent=1).encode())
        part.flush()
        os.fsync(part.fileno())
    Path(part.name).chmod(0o644)
    Path(part.name).replace(folder / LIST)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
