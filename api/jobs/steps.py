"""The log of a session: every step that a planner took, one line each, beside the releases."""

from __future__ import annotations

import fcntl
from typing import TYPE_CHECKING, Any

import orjson

from gis.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

STEPS = "steps.jsonl"


def log_step(
    folder: Path, *, moment: datetime, command: str, release: str, asked: Mapping[str, Any], answer: str
) -> None:
    """Add one step to the log of a folder of releases.

    Parameters
    ----------
    folder
        Folder of releases; the log lies beside them and belongs to none.
    moment
        When it was asked, with its time zone; the clock belongs to the caller.
    command
        Such as ``why``.
    release
        Name of the release that was asked.
    asked
        What the planner gave: plain values for JSON.
    answer
        The answer in one sentence, or the name of the release that was made.

    Raises
    ------
    ReleaseError
        When the log cannot be written.
    """
    line = {
        "time": moment.isoformat(timespec="seconds"),
        "command": command,
        "release": release,
        "asked": dict(asked),
        "answer": answer,
    }
    try:
        with (folder / STEPS).open("ab") as stream:
            # two sessions may write at the same time
            fcntl.flock(stream, fcntl.LOCK_EX)
            stream.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise ReleaseError(
            f"{folder / STEPS} cannot be written: {error.strerror}. Make the folder writable."
        ) from error


def read_steps(folder: Path) -> list[dict[str, Any]]:
    """Give the steps of a folder of releases, oldest first."""
    path = folder / STEPS
    if not path.exists():
        return []
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]
