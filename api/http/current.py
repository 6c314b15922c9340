"""Follow what is published: open a new release in the background, then let new requests have it.

A request takes `Follower.held` once and keeps it, so it never sees two releases; what it holds stays in
memory until it is done. A release that cannot be opened changes nothing and is reported.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from api.jobs.publication import LIST, Entry, PublishedProject, open_entry, read_publication
from gis.errors import KringError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from pathlib import Path

    from layers.release import Release

T = TypeVar("T")
INTERVAL_S: Final = 1.0
RETRY_S: Final = 30.0
KEPT: Final = 3
"""Earlier releases that stay open; each takes the memory of its snapshot."""


@dataclass(frozen=True, slots=True, eq=False)
class Held(Generic[T]):
    """What is published at one moment, with the current releases opened.

    Attributes
    ----------
    project
        All publications.
    decided
        The current release that is open to everybody.
    undecided
        The current release in which nothing was decided yet.
    """

    project: PublishedProject
    decided: tuple[Entry, T] | None
    undecided: tuple[Entry, T] | None = None

    def current(self, *, undecided: bool) -> tuple[Entry, T] | None:
        """Give the current release for a caller; None when there is none that exists for them."""
        return self.undecided or self.decided if undecided else self.decided

    @property
    def opened(self) -> dict[str, T]:
        """Name of a release that is open to what is served of it."""
        return {slot[0].name: slot[1] for slot in (self.decided, self.undecided) if slot is not None}


class Published(Protocol[T]):
    """What the service asks of whatever follows the publication."""

    @property
    def held(self) -> Held[T]:
        """What is published now; take it once per request."""

    def named(self, held: Held[T], name: str, *, undecided: bool) -> tuple[Entry, T] | None:
        """Give any published release by its whole name; None when it does not exist for the caller."""

    def start(self) -> None:
        """Begin; an error here means that there is nothing to serve."""

    def stop(self) -> None:
        """End."""


@dataclass(eq=False)
class Shelf(Generic[T]):
    """Earlier releases, opened when asked for; the one that was used longest ago makes room."""

    open_: Callable[[Entry], T]
    size: int = KEPT
    _items: OrderedDict[str, T] = field(default_factory=OrderedDict)
    _books: threading.Lock = field(default_factory=threading.Lock)
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def get(self, entry: Entry) -> T:
        """Give a release, opened at most once at a time and one by one, so that memory stays bounded."""
        found = self.peek(entry.name)
        if found is not None:
            return found
        with self._opening:
            found = self.peek(entry.name)
            if found is None:
                found = self.open_(entry)
                self.put(entry.name, found)
            return found

    def peek(self, name: str) -> T | None:
        """Give a release when it is open."""
        with self._books:
            if name not in self._items:
                return None
            self._items.move_to_end(name)
            return self._items[name]

    def put(self, name: str, item: T) -> None:
        """Keep a release that was open already."""
        with self._books:
            self._items[name] = item
            self._items.move_to_end(name)
            while len(self._items) > self.size:
                self._items.popitem(last=False)


class Follower(Generic[T]):
    """Follows one project of a publication folder.

    Parameters
    ----------
    folder
        With the list.
    key
        Key of the project; None for the only one.
    open_
        Makes what is served of a release; its errors are reported and change nothing.
    report
        Is told of every flip (problem None) and every problem, once.
    interval, retry
        Seconds between two looks at the list, and between two tries after a problem.
    kept
        Earlier releases that stay open.
    """

    def __init__(
        self,
        folder: Path,
        key: str | None,
        open_: Callable[[Entry, Release], T],
        *,
        report: Callable[[str, str | None], None],
        interval: float = INTERVAL_S,
        retry: float = RETRY_S,
        kept: int = KEPT,
    ) -> None:
        self._folder = folder
        self._key = key
        self._open = open_
        self._report = report
        self._interval = interval
        self._retry = retry
        self._shelf = Shelf(self._open_entry, kept)
        self._seen: Hashable = None
        self._held: Held[T] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.problem: str | None = None

    @property
    def held(self) -> Held[T]:
        """What is published now; take it once per request."""
        if self._held is None:
            raise RuntimeError("the follower was not started")
        return self._held

    def named(self, held: Held[T], name: str, *, undecided: bool) -> tuple[Entry, T] | None:
        """Give any published release by its whole name; an earlier one may have to be opened first.

        Raises
        ------
        KringError
            When it cannot be opened.
        """
        entry = held.project.named(name, undecided=undecided)
        if entry is None:
            return None
        opened = held.opened
        return entry, opened[name] if name in opened else self._shelf.get(entry)

    def start(self) -> None:
        """Open what is current and follow it from then on.

        Raises
        ------
        KringError
            When the list or a current release cannot be read.
        """
        self._seen = self._signature()
        project = read_publication(self._folder).project(self._key)
        self._held = Held(project, *(self._slot(entry, {}) for entry in _wanted(project)))
        self._thread = threading.Thread(target=self._follow, name="publication", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Follow no longer; what is held can still be used."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def refresh(self) -> bool:
        """Look at the list; tell whether what is held changed."""
        signature = self._signature()
        if signature == self._seen and self.problem is None:
            return False
        self._seen = signature
        before = self.held
        problems: list[str] = []
        try:
            project = read_publication(self._folder).project(self._key)
        except KringError as error:
            self._tell([str(error)])
            return False
        decided, undecided = _wanted(project)
        after = Held(
            project,
            self._next(decided, project, before, before.decided, problems),
            self._next(undecided, project, before, before.undecided, problems),
        )
        for name, item in before.opened.items():
            if name not in after.opened:
                self._shelf.put(name, item)
        self._held = after
        self._tell(problems)
        changed = before.project != project or before.opened.keys() != after.opened.keys()
        if changed and not problems:
            self._report("published", None)
        return changed

    def _next(
        self,
        entry: Entry | None,
        project: PublishedProject,
        before: Held[T],
        slot: tuple[Entry, T] | None,
        problems: list[str],
    ) -> tuple[Entry, T] | None:
        """Open a release; when that fails the one of before goes on, unless it was withdrawn."""
        try:
            return self._slot(entry, before.opened)
        except Exception as error:  # noqa: BLE001 (whatever it is, the old release goes on)
            problems.append(f"{type(error).__name__}: {error}")
        gone = slot is None or project.named(slot[0].name, undecided=True) is None
        return None if gone else slot

    def _slot(self, entry: Entry | None, opened: Mapping[str, T]) -> tuple[Entry, T] | None:
        if entry is None:
            return None
        known = opened.get(entry.name)
        known = self._shelf.peek(entry.name) if known is None else known
        return entry, self._open_entry(entry) if known is None else known

    def _open_entry(self, entry: Entry) -> T:
        return self._open(entry, open_entry(self._folder, entry))

    def _signature(self) -> Hashable:
        try:
            found = (self._folder / LIST).stat()
        except OSError as error:
            return error.errno
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _tell(self, problems: list[str]) -> None:
        problem = "\n".join(problems) or None
        if problem is not None and problem != self.problem:
            self._report("refused", problem)
        self.problem = problem

    def _follow(self) -> None:
        waited = 0.0
        while not self._stop.wait(self._interval):
            waited += self._interval
            if self.problem is None or self._signature() != self._seen or waited >= self._retry:
                waited = 0.0
                self.refresh()


def _wanted(project: PublishedProject) -> tuple[Entry | None, Entry | None]:
    """Give what must be open: the decided release, and the undecided one when that is current too."""
    newest = project.current(undecided=True)
    undecided = newest if newest is not None and newest.undecided else None
    return project.current(undecided=False), undecided


@dataclass(frozen=True, eq=False)
class Fixed(Generic[T]):
    """One release that is served without a publication; it has the same face as `Follower`."""

    release: Held[T]

    @property
    def held(self) -> Held[T]:
        """The release."""
        return self.release

    def named(self, held: Held[T], name: str, *, undecided: bool) -> tuple[Entry, T] | None:
        """Give the release by its whole name."""
        found = held.current(undecided=undecided)
        return found if found is not None and found[0].name == name else None

    def start(self) -> None:
        """Do nothing: it is open."""

    def stop(self) -> None:
        """Do nothing."""
