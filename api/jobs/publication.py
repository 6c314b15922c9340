"""The list of published releases: which one of a project is current, and which were before it.

``published.json`` names releases by their folder; these stay where they are and never change.
"""

from __future__ import annotations

import tomllib
from datetime import date  # noqa: TC003 - pydantic needs it when the model is made
from typing import TYPE_CHECKING, Final, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.errors import InputError, Problem, ReleaseError
from layers.export_settings import UNDECIDED, slug
from layers.release import MANIFEST, open_release

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

LIST: Final = "published.json"
FOLDER: Final = "published"
"""Beside the project file."""
TILES: Final = "tiles"
"""Folder beside the list with a folder of tiles per release, made when it was published."""
LONGEST: Final = 16 * 1024 * 1024
"""Bytes of a list that are still read."""


class Strict(BaseModel):
    """Part of the list: cannot be changed and has no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Secrecy(Strict):
    """Why a release is not open to everybody, and until when (Woo, article 5.1)."""

    ground: str = Field(min_length=3, max_length=500)
    ends: date


class Entry(Strict):
    """One publication of a release.

    Attributes
    ----------
    name, folder
        Name of the release, and its folder relative to the list.
    status
        Status in the procedure when it was published.
    since, until
        From when it was current; None for the end of what still is.
    secrecy
        For a release in which nothing was decided.
    withdrawn
        Whether it is no longer shown to anybody.
    """

    name: str = Field(pattern="^[0-9a-f]{16}$")
    folder: str = Field(min_length=1)
    status: Literal["exploration", "candidate", "draft", "adopted", "in_force"]
    since: AwareDatetime
    until: AwareDatetime | None = None
    secrecy: Secrecy | None = None
    withdrawn: bool = False

    @model_validator(mode="after")
    def _secret_while_undecided(self) -> Self:
        if self.undecided and self.secrecy is None:
            raise ValueError("a release in which nothing was decided needs the ground and end of its secrecy")
        return self

    @property
    def undecided(self) -> bool:
        """Whether nothing was decided in it, so that it exists for some callers only."""
        return self.status in UNDECIDED

    def overdue(self, today: date) -> bool:
        """Tell whether its secrecy has ended and somebody must decide what follows."""
        return self.secrecy is not None and self.until is None and self.secrecy.ends < today


class PublishedProject(Strict):
    """The publications of one project, the oldest first."""

    key: str
    title: str
    entries: tuple[Entry, ...] = ()

    def current(self, *, undecided: bool) -> Entry | None:
        """Give what is current: for callers who may see it, the release in which nothing was decided yet."""
        found = [entry for entry in self.shown(undecided=undecided) if entry.until is None]
        return max(found, key=lambda entry: (entry.undecided, entry.since), default=None)

    def named(self, name: str, *, undecided: bool) -> Entry | None:
        """Give the last publication of a release, by its whole name."""
        return next((e for e in reversed(self.shown(undecided=undecided)) if e.name == name), None)

    def shown(self, *, undecided: bool) -> tuple[Entry, ...]:
        """Give the publications that exist for a caller."""
        hidden = {entry.name for entry in self.entries if entry.withdrawn}
        again = {entry.name for entry in self.entries if not entry.withdrawn and entry.until is None}
        return tuple(
            entry
            for entry in self.entries
            if not entry.withdrawn and entry.name not in hidden - again and (undecided or not entry.undecided)
        )


class Publication(Strict):
    """What stands in the list: its projects by key."""

    format: Literal["kringruimte-publication"] = "kringruimte-publication"
    format_version: Literal[1] = 1
    projects: dict[str, PublishedProject] = Field(default_factory=dict)

    def project(self, key: str | None) -> PublishedProject:
        """Give one project, or the only one; ReleaseError when there is no such or no only one."""
        if key is None and len(self.projects) == 1:
            return next(iter(self.projects.values()))
        if key is None or key not in self.projects:
            known = ", ".join(sorted(self.projects)) or "none"
            asked = "Several projects are" if key is None and self.projects else f"No project {key or ''} is"
            raise ReleaseError(f"{asked} published here. Name one of: {known}.")
        return self.projects[key]


def place_of(project: Path) -> tuple[Path, str | None]:
    """Find the folder with the list, and the key of the project.

    Parameters
    ----------
    project
        A project file (TOML), or the folder with the list itself.

    Returns
    -------
    tuple
        The folder, and the key; None where a folder was given.

    Raises
    ------
    InputError
        When the project file cannot be read or has no name.
    """
    if project.is_dir():
        inner = project / FOLDER
        return (inner if (inner / LIST).is_file() and not (project / LIST).is_file() else project), None
    try:
        name = tomllib.loads(project.read_bytes().decode("utf-8-sig"))["project"]["name"]
    except OSError as error:
        message = f"the project cannot be read: {error.strerror}"
        raise InputError(Problem(message, "Check the path.", file=str(project))) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        message = "this is no project file with a name under [project]"
        raise InputError(Problem(message, "Give the project file.", file=project.name)) from error
    return project.parent / FOLDER, slug(str(name))


def read_publication(folder: Path) -> Publication:
    """Read the list.

    Raises
    ------
    ReleaseError
        When it is not there or damaged.
    """
    path = folder / LIST
    try:
        with path.open("rb") as stream:
            data = stream.read(LONGEST + 1)
    except OSError as error:
        raise ReleaseError(
            f"{path} cannot be read: {error.strerror}. Publish a release with kringruimte publish."
        ) from error
    damaged = f"{path} is damaged. Restore it from a copy, or publish again."
    if len(data) > LONGEST:
        raise ReleaseError(damaged)
    try:
        return Publication.model_validate_json(data)
    except ValidationError as error:
        raise ReleaseError(damaged) from error


def open_entry(folder: Path, entry: Entry) -> Release:
    """Open a published release; ReleaseError when another one stands in its place."""
    place = (folder / entry.folder).resolve()
    if not (place / MANIFEST).is_file():
        raise ReleaseError(f"Release {entry.name} is no longer at {place}. Put it back, or publish another.")
    release = open_release(place)
    if release.name != entry.name:
        raise ReleaseError(f"{place} holds release {release.name} and {entry.name} was published.")
    return release


def read_secrecy(ground: str | None, ends: str | None) -> Secrecy | None:
    """Read the ground and the end date (YYYY-MM-DD) of secrecy; None for none of both.

    Raises
    ------
    InputError
        When only one of them is given, or one cannot be used.
    """
    if ground is None and ends is None:
        return None
    try:
        return Secrecy.model_validate({"ground": (ground or "").strip(), "ends": ends})
    except ValidationError as error:
        raise InputError(
            *(
                Problem(item["msg"], "Give a ground of at least three characters and a date YYYY-MM-DD.",
                        field=f"--secrecy-{item['loc'][0]}")
                for item in error.errors(include_url=False)
            )
        ) from error  # fmt: skip
