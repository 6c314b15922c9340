"""Files of records that are only added to, in which every record holds the hash of the one before.

Whoever changes, takes out or moves a record breaks the chain from there on, and `verify` says where. How many
records there are and the hash of the last one stand in a second file, so that cutting off the end is found as
well. The limit: whoever can write both files can cut off the end of both, or write all anew. Note the head
elsewhere now and then, such as in the minutes of a meeting, and give it to `verify`. A machine that fails
between the two files leaves a break as well: a false alarm rather than a silent one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from api.jobs.private_file import OWNER_ONLY
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

START: Final = "0" * 64
"""Stands before the first record."""
LONGEST: Final = 1_000_000
"""Bytes of one record."""
MOST_PROBLEMS: Final = 20
_HEAD_BYTES: Final = 200


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain.

    Attributes
    ----------
    number
        How many records there are.
    hash
        Of the last one.
    size
        Bytes of the file.
    """

    number: int = 0
    hash: str = START
    size: int = 0

    def __str__(self) -> str:
        """Write it as something to note down."""
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Attributes
    ----------
    head
        The end of the chain as it is in the file.
    problems
        What is wrong, the first ones; empty when the chain is whole.
    """

    head: Head
    problems: tuple[str, ...]


def append(path: Path, record: Mapping[str, Any], *, durable: bool = False) -> Head:
    """Add a record; several processes may do so at the same time.

    Parameters
    ----------
    path
        The file; made, readable by its owner only, when absent.
    record
        Values for JSON.
    durable
        Whether to wait until the disk has it.

    Returns
    -------
    Head
        The new end.

    Raises
    ------
    InputError
        When the record is longer than `LONGEST` bytes or cannot be written.
    """
    try:
        handle = os.open(_head_path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, OWNER_ONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            head = _appended(path, _read_head(handle), record, durable=durable)
            _write_head(handle, head)
        finally:
            os.close(handle)
    except OSError as error:
        raise InputError(
            Problem(f"{path} cannot be written: {error.strerror}", "Make its folder writable.")
        ) from error
    return head


def read_chain(path: Path) -> Iterator[dict[str, Any]]:
    """Give the records, oldest first, without checking the chain; InputError for a line that is damaged."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                record: dict[str, Any] = orjson.loads(line)["record"]
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    Problem(f"{path}, line {number} is damaged", "Restore the file from a copy.")
                ) from error
            yield record


def verify(path: Path, noted: str | None = None) -> Verified:
    """Look whether the chain is whole.

    Parameters
    ----------
    path
        The file.
    noted
        An end noted earlier (``number:hash``), which must still be in the chain.

    Returns
    -------
    Verified
        With what was edited, taken out, added, moved or cut off.
    """
    problems: list[str] = []
    wanted = {"was noted": noted} if noted else {}
    stated = _stated_head(path)
    if stated.number:
        wanted["stands in the file beside it"] = str(stated)
    elif path.exists() and path.stat().st_size:
        problems.append("the file with the end of the chain is gone")
    head, seen = Head(), set()
    for number, line in enumerate(_lines(path), start=1):
        hashed, problem = _checked(line, number, head.hash)
        if problem and len(problems) < MOST_PROBLEMS:
            problems.append(f"line {number}: {problem}")
        head = Head(number, hashed, head.size + len(line))
        if str(head) in wanted.values():
            seen.add(str(head))
    missing = [
        f"the end {end} that {where} is not in the chain" for where, end in wanted.items() if end not in seen
    ]
    return Verified(head, (*problems, *missing))


def _appended(path: Path, head: Head, record: Mapping[str, Any], *, durable: bool) -> Head:
    line = _line(head.number + 1, head.hash, record)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, OWNER_ONLY)
    try:
        size = os.fstat(handle).st_size
        written = 0
        while written < len(line):
            written += os.write(handle, line[written:])
        if durable:
            os.fsync(handle)
    finally:
        os.close(handle)
    return Head(head.number + 1, _hash(line), size + len(line))


def _line(number: int, before: str, record: Mapping[str, Any]) -> bytes:
    values = {"number": number, "before": before, "record": dict(record)}
    line = orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
    if len(line) > LONGEST:
        raise InputError(Problem(f"A record of {len(line)} bytes is too long", f"Keep to {LONGEST} bytes."))
    return line


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _checked(line: bytes, number: int, before: str) -> tuple[str, str | None]:
    """Give the hash of a line and what is wrong with it."""
    try:
        values = orjson.loads(line)
        stated = (values["number"], values["before"])
    except (ValueError, KeyError, TypeError):
        return _hash(line), "no record"
    if not line.endswith(b"\n"):
        return _hash(line), "not whole"
    if stated[1] != before:
        return _hash(line), "does not follow on the line before it"
    return _hash(line), None if stated[0] == number else f"has number {stated[0]}"


def _lines(path: Path) -> Iterator[bytes]:
    if not path.exists():
        return
    with path.open("rb") as stream:
        while line := stream.readline(LONGEST + 1):
            yield line


def _head_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.head")


def _stated_head(path: Path) -> Head:
    beside = _head_path(path)
    return _head_of(beside.read_bytes()[:_HEAD_BYTES]) if beside.exists() else Head()


def _read_head(handle: int) -> Head:
    return _head_of(os.pread(handle, _HEAD_BYTES, 0))


def _head_of(data: bytes) -> Head:
    try:
        number, hashed, size = data.decode("ascii").split()
        return Head(int(number), hashed, int(size))
    except ValueError:
        return Head()


def _write_head(handle: int, head: Head) -> None:
    # always as long, so that one write replaces it whole
    os.pwrite(handle, f"{head.number:>20} {head.hash} {head.size:>20}\n".encode("ascii"), 0)
