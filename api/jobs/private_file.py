"""Files that only their owner may read: written whole or not at all, by one process at a time."""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

OWNER_ONLY: Final = 0o600
OTHERS: Final = 0o077
LARGEST: Final = 4_000_000
"""Bytes; far more than any list of keys or sessions."""

Stamp = tuple[int, int, int]


def stamp_of(path: Path) -> Stamp | None:
    """Give what changes whenever the file or its mode does; None without a file."""
    try:
        state = path.stat()
    except FileNotFoundError:
        return None
    # the time of the last change of its state, which also moves when its mode or owner does
    return state.st_ino, state.st_ctime_ns, state.st_size


def read_private(path: Path) -> bytes | None:
    """Read a file that holds what others must not know.

    Returns
    -------
    bytes or None
        None when there is no file.

    Raises
    ------
    InputError
        When it cannot be read, is larger than `LARGEST` bytes, or others than its owner may read it.
    """
    try:
        with path.open("rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode) or state.st_mode & OTHERS:
                raise _refused(path, "can be read by others", f"Run: chmod 600 {path}")
            data = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(
            path, f"cannot be read: {error.strerror}", "Make it readable for this user."
        ) from error
    if len(data) > LARGEST:
        raise _refused(path, f"is larger than {LARGEST} bytes", "Take out what has ended.")
    return data


def write_private(path: Path, data: bytes) -> None:
    """Write a file with mode 0600; whoever reads meanwhile sees the one before or the new one, whole.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    part: str | None = None
    try:
        # mkstemp makes files that only their owner may read
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(part).replace(path)
    except OSError as error:
        raise _refused(path, f"cannot be written: {error.strerror}", "Make its folder writable.") from error
    finally:
        if part is not None:
            with suppress(FileNotFoundError):
                Path(part).unlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, which is a file beside it, so that nobody else changes it meanwhile.

    Raises
    ------
    InputError
        When the lock cannot be made.
    """
    beside = path.with_name(f".{path.name}.lock")
    try:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, OWNER_ONLY)
    except OSError as error:
        raise _refused(beside, f"cannot be made: {error.strerror}", "Make its folder writable.") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _refused(path: Path, message: str, repair: str) -> InputError:
    return InputError(Problem(f"{path} {message}", repair))
