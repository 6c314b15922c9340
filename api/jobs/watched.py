"""A file that is read again whenever it changes, for services that must follow it without a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from api.jobs.private_file import stamp_of
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from api.jobs.private_file import Stamp

T = TypeVar("T")


class Watched(Generic[T]):
    """What a file holds.

    Parameters
    ----------
    path
        The file.
    read
        Reads it, also when it is absent; InputError when it cannot be used.
    nothing
        What holds for a file that cannot be used: never what it held before, which may have been taken back.
    """

    def __init__(self, path: Path, read: Callable[[Path], T], nothing: T) -> None:
        self._path = path
        self._read = read
        self._nothing = nothing
        self._seen: tuple[Stamp | None, T] | None = None

    def now(self) -> T:
        """Give what the file holds at this moment."""
        # the stamp is taken first: what is written in between is read again next time
        stamp, seen = stamp_of(self._path), self._seen
        if seen is None or seen[0] != stamp:
            try:
                seen = (stamp, self._read(self._path))
            except InputError:
                seen = (stamp, self._nothing)
            self._seen = seen
        return seen[1]

    def check(self) -> None:
        """Refuse to start with a file that cannot be used; InputError says why."""
        self._read(self._path)
