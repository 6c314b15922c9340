"""Memory and processor time of a process and all that it started, watched from outside."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from types import TracebackType

EVERY_S: Final = 0.05
MIB: Final = 1024.0**2
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Watch:
    """Looks at a tree of processes, some twenty times a second, while its block lasts.

    Attributes
    ----------
    pid
        The process at the root.
    peak_mib
        Largest sum of the resident memory of the tree; memory that processes share counts for each.
    largest_mib
        Largest resident memory of one process other than the root.
    """

    pid: int
    peak_mib: float = 0.0
    largest_mib: float = 0.0
    _done: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        if self._thread is not None:
            self._thread.join()

    def restart(self) -> None:
        """Forget the peaks so far."""
        self.peak_mib = self.largest_mib = 0.0

    def _look(self) -> None:
        while not self._done.wait(EVERY_S):
            sizes = {pid: resident(pid) for pid in tree(self.pid)}
            self.peak_mib = max(self.peak_mib, sum(sizes.values()) / MIB)
            others = [size for pid, size in sizes.items() if pid != self.pid]
            self.largest_mib = max(self.largest_mib, max(others, default=0) / MIB)


def processor_seconds(pid: int) -> float:
    """Give the processor time that a tree of processes has used, those that ended included."""
    ticks = 0
    for each in tree(pid):
        with suppress(OSError, IndexError):
            # the name may hold blanks and stands in brackets; user and system, own and of those waited for
            values = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            ticks += sum(map(int, values[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """List a process and all below it."""
    found, todo = [], [pid]
    while todo:
        each = todo.pop()
        found.append(each)
        with suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                todo += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def resident(pid: int) -> int:
    """Give the resident memory of a process in bytes, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0
