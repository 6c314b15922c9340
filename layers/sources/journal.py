"""What an unfinished fetch has so far, apart from what is in use, so that it can be taken up or dropped."""

from __future__ import annotations

import shutil
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from layers.sources.cache import Stored, write_json

if TYPE_CHECKING:
    from pathlib import Path

    from layers.sources.cache import Cache

_HEAD = "head.json"


class Journal:
    """One fetch of one layer: when it began and which requests were answered since.

    Its answers become those of the cache when the fetch succeeds, and not before: an answer that proves wrong
    must not stand in for the one behind the copy in use.

    Parameters
    ----------
    folder
        Its folder; None when nothing is to be written down (``--offline``).
    plan
        Hash of what is fetched; a journal of another plan is not taken up.
    now
        The time.
    oldest
        How old an unfinished fetch may be.
    """

    def __init__(self, folder: Path | None, plan: str, now: datetime, oldest: timedelta) -> None:
        self._folder = folder
        self.started = now
        self._order: dict[str, None] = {}
        if folder is not None and not self._take_up(folder, plan, now, oldest):
            shutil.rmtree(folder, ignore_errors=True)
            write_json(folder / _HEAD, {"plan": plan, "started": now.isoformat()})

    @property
    def keys(self) -> tuple[str, ...]:
        """Requests of this fetch, in order, whether they were made now or before a break."""
        return tuple(self._order)

    @property
    def time(self) -> str:
        """The time that answers carry: when the fetch began, so that a break changes nothing."""
        return self.started.isoformat()

    def find(self, key: str) -> Stored | None:
        """Give the answer that this fetch has to a request already."""
        if self._folder is None:
            return None
        try:
            return Stored(**orjson.loads((self._folder / f"{key}.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def add(self, key: str, stored: Stored | None = None) -> None:
        """Note that a request was needed, and its answer when it is a new one; its body must be stored."""
        self._order[key] = None
        if self._folder is not None and stored is not None:
            write_json(self._folder / f"{key}.json", asdict(stored))

    def commit(self, cache: Cache) -> None:
        """Make the answers those of the cache, and end."""
        if self._folder is None:
            return
        for key in self._order:
            staged = self._folder / f"{key}.json"
            if staged.is_file():
                cache.take(key, staged)
        shutil.rmtree(self._folder, ignore_errors=True)

    def drop(self) -> None:
        """Forget the answers and end, so that the next fetch asks anew."""
        self._order.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _take_up(self, folder: Path, plan: str, now: datetime, oldest: timedelta) -> bool:
        try:
            said = orjson.loads((folder / _HEAD).read_bytes())
            started = datetime.fromisoformat(said["started"])
            same = said["plan"] == plan and timedelta(0) <= now - started <= oldest
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if same:
            self.started = started
        return bool(same)
