"""What an unfinished fetch has done so far, so that it can be taken up again."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from pathlib import Path

_KEY = re.compile(rb"[0-9a-f]{64}")


class Journal:
    """One fetch of one layer: when it began and which requests were answered since.

    Parameters
    ----------
    path
        Its file, one line per request; None when nothing is to be written down (``--offline``).
    plan
        Hash of what is fetched; a journal of another plan is not taken up.
    now
        The time.
    oldest
        How old an unfinished fetch may be.
    """

    def __init__(self, path: Path | None, plan: str, now: datetime, oldest: timedelta) -> None:
        self._path = path
        self.started = now
        self._done: set[str] = set()
        self._order: dict[str, None] = {}
        if path is not None and not self._take_up(path, plan, now, oldest):
            path.parent.mkdir(parents=True, exist_ok=True)
            head = {"plan": plan, "started": now.isoformat()}
            # a torn first line is no journal, so plain writing will do
            path.write_bytes(orjson.dumps(head) + b"\n")

    @property
    def keys(self) -> tuple[str, ...]:
        """Requests of this fetch, in order, whether they were made now or before a break."""
        return tuple(self._order)

    def has(self, key: str) -> bool:
        """Tell whether this fetch has the answer to a request already."""
        return key in self._done

    def add(self, key: str) -> None:
        """Write down that a request was answered; its answer must be in the cache before."""
        self._order[key] = None
        if key in self._done:
            return
        self._done.add(key)
        if self._path is not None:
            with self._path.open("ab") as stream:
                stream.write(key.encode() + b"\n")

    def forget(self) -> None:
        """Take back every answer, so that the next fetch asks anew; when it began is kept no longer."""
        self._done.clear()
        self.close()

    def close(self) -> None:
        """End the fetch: nothing is left to take up."""
        if self._path is not None:
            with suppress(FileNotFoundError):
                self._path.unlink()

    def _take_up(self, path: Path, plan: str, now: datetime, oldest: timedelta) -> bool:
        try:
            head, *lines = path.read_bytes().split(b"\n")
            said = orjson.loads(head)
            started = datetime.fromisoformat(said["started"])
            same = said["plan"] == plan and timedelta(0) <= now - started <= oldest
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if not same:
            return False
        self.started = started
        # a torn last line is no key
        self._done = {line.decode() for line in lines if _KEY.fullmatch(line)}
        if lines and lines[-1]:
            with path.open("ab") as stream:
                stream.write(b"\n")
        return True
