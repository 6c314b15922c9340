"""What a service needs to know to start, and how one process tells another."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.jobs.publication import FOLDER, LIST, open_entry, place_of, read_publication
from gis.errors import InputError, Problem
from layers.release import open_release
from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

RELEASE_VARIABLE = "KRING_RELEASE"
LEVEL_VARIABLE = "KRING_LEVEL"
PUBLICATION_VARIABLE = "KRING_PUBLICATION"
PROJECT_VARIABLE = "KRING_PROJECT"


@dataclass(frozen=True, slots=True)
class ServeSettings:
    """Settings of the service.

    Attributes
    ----------
    release
        Folder of the release that is served.
    level
        Confidentiality level up to which layers and columns are served.
    """

    release: Path
    level: Level = Level.PUBLIC

    def to_environment(self) -> dict[str, str]:
        """Write the settings down as environment variables."""
        return {RELEASE_VARIABLE: str(self.release), LEVEL_VARIABLE: self.level.value}


@dataclass(frozen=True, slots=True)
class Served:
    """What is served: how it is called, and the environment that tells a worker; empty values are unset."""

    title: str
    environment: dict[str, str]


def what_to_serve(path: Path, level: Level) -> Served:
    """Find out whether a path is a project whose published release is followed, or one release.

    Parameters
    ----------
    path
        A project file, a folder with a list of published releases, or a release.
    level
        Up to which level one release is served.

    Raises
    ------
    KringError
        When nothing can be served, or a level is asked for what is published.
    """
    if level is Level.MUNICIPALITY:
        message = "a municipality sees its own territory only, so there is no service for all of them at once"
        raise InputError(Problem(message, "Make it a key, or serve level public or province."))
    is_list = path.is_dir() and any((place / LIST).is_file() for place in (path, path / FOLDER))
    if not (path.is_file() or is_list):
        release = open_release(path)
        environment = ServeSettings(release.path, level).to_environment()
        nothing = {PUBLICATION_VARIABLE: "", PROJECT_VARIABLE: ""}
        return Served(f"release {release.name} (level {level})", {**environment, **nothing})
    if level is not Level.PUBLIC:
        message = "what is published is shown by the rights of callers, not by a level"
        raise InputError(Problem(message, "Leave out --level, or serve one release."))
    folder, key = place_of(path)
    project = read_publication(folder).project(key)
    current = project.current(undecided=False)
    if current is not None:
        open_entry(folder, current)
    told = {
        PUBLICATION_VARIABLE: str(folder.resolve()),
        PROJECT_VARIABLE: project.key,
        RELEASE_VARIABLE: "",
        LEVEL_VARIABLE: "",
    }
    secret = project.current(undecided=True)
    name = "nothing for everybody yet" if current is None else f"release {current.name}"
    if secret is not None and secret.undecided:
        name += f", and {secret.name} for who may see it"
    return Served(f"{project.title} ({name})", told)


def level_named(text: str) -> Level:
    """Read a confidentiality level; InputError for one that does not exist."""
    if text not in set(Level):
        repair = f"Choose one of {', '.join(Level)}."
        raise InputError(Problem(f'"{text}" is not a confidentiality level', repair))
    return Level(text)


def refuse_exposure(host: str, level: Level) -> None:
    """Refuse to show what is not public to other machines: a single release asks nobody who they are.

    Raises
    ------
    InputError
        For a level above public on an address that other machines reach.
    """
    if level is not Level.PUBLIC and not _is_loopback(host):
        raise InputError(
            Problem(
                f"Level {level} would be readable for everybody who reaches {host}",
                "Leave --host at 127.0.0.1, or serve level public.",
            )
        )


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse an address or port that cannot be listened on, before anything is started.

    Raises
    ------
    InputError
        With what the operating system says.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(
                Problem(f"{host} port {port} cannot be used: {error.strerror}", "Choose another with --port.")
            ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
