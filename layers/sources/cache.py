"""The cache: bodies under their own hash, requests that say which body they gave, and unfinished fetches.

Everything becomes visible by one rename, so that a break at any moment leaves either the old or the new; what
is found damaged counts as absent.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SHA = re.compile(r"[0-9a-f]{64}")
_CHUNK: Final = 1024**2
_OPTIONS: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE


@dataclass(frozen=True, slots=True)
class Stored:
    """One request that was answered.

    Attributes
    ----------
    url
        Where the answer came from; keys are never part of it.
    time
        When, ISO 8601.
    sha256, size
        Of the body, unpacked.
    headers
        The few that matter later, names in lower case.
    """

    url: str
    time: str
    sha256: str
    size: int
    headers: dict[str, str] = field(default_factory=dict)


class Cache:
    """A folder with what services answered.

    Parameters
    ----------
    root
        The folder; made when something is stored.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, key: str) -> Stored | None:
        """Give what is known about a request when its body is there and undamaged."""
        try:
            raw = orjson.loads(self._request(key).read_bytes())
            stored = Stored(**raw)
        except (OSError, ValueError, TypeError):
            return None
        return stored if self.has(stored) else None

    def body(self, sha256: str) -> Path:
        """Give the file that holds a body."""
        if not _SHA.fullmatch(sha256):
            raise ValueError(sha256)
        return self.root / "objects" / sha256[:2] / sha256

    def put(self, stored: Stored, body: bytes | Path) -> None:
        """Store a body: bytes, or a file in the folder of the cache, which is moved."""
        goal = self.body(stored.sha256)
        goal.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(body, Path):
            body.replace(goal)
        elif not self.has(stored):
            write_whole(goal, body)

    def take(self, key: str, record: Path) -> None:
        """Move what is known about a request into the cache; its body must be there."""
        goal = self._request(key)
        goal.parent.mkdir(parents=True, exist_ok=True)
        record.replace(goal)

    def part(self, key: str) -> Path:
        """Give the file in which a long download grows."""
        folder = self.root / "parts"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / key

    def prune(self, keys: Iterable[str]) -> None:
        """Remove requests that nobody needs any longer, and the bodies that only they gave."""
        wanted = set(keys)
        bodies = set()
        for path in self._files("requests"):
            if path.stem not in wanted:
                path.unlink(missing_ok=True)
                continue
            with suppress(OSError, ValueError, KeyError, TypeError):
                bodies.add(orjson.loads(path.read_bytes())["sha256"])
        for path in self._files("objects"):
            if path.name not in bodies:
                path.unlink(missing_ok=True)
                with suppress(OSError):
                    path.parent.rmdir()
        for path in self._files("parts"):
            path.unlink(missing_ok=True)

    def _files(self, name: str) -> list[Path]:
        return sorted(path for path in (self.root / name).rglob("*") if path.is_file())

    def _request(self, key: str) -> Path:
        if not _SHA.fullmatch(key):
            raise ValueError(key)
        return self.root / "requests" / f"{key}.json"

    def has(self, stored: Stored) -> bool:
        """Tell whether a body is there and is what it was."""
        try:
            path = self.body(stored.sha256)
            return path.stat().st_size == stored.size and hash_file(path) == stored.sha256
        except (OSError, ValueError, TypeError):
            return False


def request_key(url: str, accept: str, body: bytes = b"") -> str:
    """Name a request by what is asked (SHA-256, hexadecimal); credentials are no part of it."""
    return hashlib.sha256(b"\0".join((url.encode(), accept.encode(), body))).hexdigest()


def hash_file(path: Path) -> str:
    """Hash a file (SHA-256, hexadecimal)."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def write_whole(path: Path, data: bytes, *, sync: bool = False) -> None:
    """Write a file so that whoever looks sees the one before or the new one, whole.

    With `sync` it also outlives a power cut; what is checked by its hash when it is read can do without.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    part: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".new-", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            if sync:
                stream.flush()
                os.fsync(stream.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(path)
    except OSError as error:
        raise _refused(path, f"cannot be written: {error.strerror}") from error
    finally:
        if part is not None:
            with suppress(FileNotFoundError):
                Path(part).unlink()


def write_json(path: Path, values: Any, *, sync: bool = False) -> None:
    """Write plain values as JSON, whole, keys in order."""
    write_whole(path, orjson.dumps(values, option=_OPTIONS), sync=sync)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Let one process at a time fetch into a folder, and clear what a killed one left half-written.

    Raises
    ------
    InputError
        When another fetch is under way, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise _refused(folder, f"cannot be used: {error.strerror}") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            message = "another fetch into this folder is under way"
            raise InputError(Problem(message, "Wait until it has ended.", file=folder.name)) from error
        for path in [*folder.rglob(".new-*")]:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        yield
    finally:
        os.close(handle)


def _refused(path: Path, message: str) -> InputError:
    return InputError(Problem(f"{path.name} {message}", "Make its folder writable.", file=path.name))
