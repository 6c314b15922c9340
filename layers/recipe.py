"""The recipe of a release: everything that decides its content, and the name that follows from it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from gis.errors import ReleaseError
from layers.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PACKAGES = ("analysis", "api", "gis", "layers", "maps")
NAME_LENGTH = 16
"""Hexadecimal digits of the recipe's hash that name a release."""
LOCK_IN_WHEEL = Path("layers/data/requirements.lock")
LOCK_IN_CHECKOUT = Path("requirements.lock")


def make_recipe(
    *,
    project: Mapping[str, Any],
    parameters: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    home: Path | None = None,
) -> dict[str, Any]:
    """Write down what decides the content of a release.

    Parameters
    ----------
    project
        What the project file states apart from the parameters, without places on this machine.
    parameters
        The parameters, defaults filled in.
    sources
        One mapping per source file with at least its layer and ``sha256``.
    home
        The folder that holds our five packages; by default the one that this module was loaded from.

    Returns
    -------
    dict
        Plain values for JSON.
    """
    home = home or Path(__file__).resolve().parent.parent
    return {
        "sources": [dict(source) for source in sources],
        "parameters": dict(parameters),
        "project": dict(project),
        "code": {"version": __version__, "sha256": code_digest(home)},
        "lock_sha256": lock_digest(home),
    }


def code_here() -> str:
    """Hash the code and the lock file that are in use in this process, as a recipe holds them."""
    home = Path(__file__).resolve().parent.parent
    return f"{code_digest(home)} {lock_digest(home)}"


def recipe_digest(recipe: Mapping[str, Any]) -> str:
    """Hash a recipe, whatever the order of its keys (SHA-256, hexadecimal)."""
    return hashlib.sha256(orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)).hexdigest()


def release_name(recipe: Mapping[str, Any]) -> str:
    """Give the name of the release that a recipe makes."""
    return recipe_digest(recipe)[:NAME_LENGTH]


def code_digest(home: Path) -> str:
    """Hash our own source and data files, names included (SHA-256, hexadecimal).

    Parameters
    ----------
    home
        The folder that holds the five packages.
    """
    digest = hashlib.sha256()
    for relative in _code_files(home):
        content = hashlib.sha256((home / relative).read_bytes()).hexdigest()
        digest.update(f"{relative}\0{content}\n".encode())
    return digest.hexdigest()


def lock_digest(home: Path) -> str:
    """Hash the lock file: the one in the package of a wheel, else the one beside the packages.

    Raises
    ------
    ReleaseError
        When there is none, because then nobody could tell what a release was made with.
    """
    for candidate in (LOCK_IN_WHEEL, LOCK_IN_CHECKOUT):
        path = home / candidate
        if path.is_file():
            return hashlib.sha256(path.read_bytes()).hexdigest()
    raise ReleaseError(f"No requirements.lock in {home}. Install kringruimte again.")


def _code_files(home: Path) -> Iterator[str]:
    found = (
        path.relative_to(home)
        for package in PACKAGES
        for path in (home / package).rglob("*")
        if path.is_file()
    )
    # the lock has a hash of its own, and it lies in the package only when that comes from a wheel
    kept = (path.as_posix() for path in found if path != LOCK_IN_WHEEL and _is_ours(path))
    yield from sorted(kept)


def _is_ours(path: Path) -> bool:
    """Leave out what the interpreter, an editor or a file manager drops between the sources."""
    return not (
        "__pycache__" in path.parts
        or any(part.startswith(".") for part in path.parts)
        or path.suffix in {".pyc", ".pyo"}
        or path.name.endswith("~")
    )
