"""Making invalid geometry valid, the large ones in a child process that can be stopped.

A ring with many self-crossings can keep GEOS busy for hours and fill the memory, and nothing inside one
process can stop it. A child process can be ended, and it takes its memory with it.
"""

from __future__ import annotations

import queue
import struct
import subprocess
import sys
import tempfile
import threading
import time
from typing import IO, TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

GRID_M: Final = 0.001
"""All coordinates lie on a grid of 1 mm."""
INLINE_VERTICES: Final = 300
"""Up to this size even the worst ring takes well under a second, so no process is started for it."""
TIME_LIMIT_S: Final = 60.0
"""Seconds that the repairs of one layer may take."""
_BATCH = 10
_MEMORY_LIMIT = 4 * 1024**3
_LENGTH = struct.Struct("<q")


def mend(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Make geometries valid on the 1 mm grid, in this process.

    The ``structure`` method keeps what rings enclose: parts of a multi-part geometry that overlap are
    joined, where the older ``linework`` method would cut their overlap out.
    """
    valid = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    mended: NDArray[np.object_] = np.asarray(shapely.set_precision(valid, GRID_M), dtype=object)
    return mended


def mend_all(
    geometry: NDArray[np.object_], *, time_limit: float = TIME_LIMIT_S, inline: int = INLINE_VERTICES
) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Make geometries valid within a time limit, the large ones in a child process.

    Parameters
    ----------
    geometry
        Invalid geometries.
    time_limit
        Seconds for all small ones together, and again for all large ones.
    inline
        Largest number of vertices that is mended in this process.

    Returns
    -------
    tuple
        The mended geometries, and which of them could not be mended within the limit (None there).
    """
    mended = np.full(len(geometry), None, dtype=object)
    large = shapely.get_num_coordinates(geometry) > inline
    deadline = time.monotonic() + time_limit
    small = np.flatnonzero(~large)
    for start in range(0, len(small), _BATCH):
        # many small ones together could still keep a planner waiting
        if time.monotonic() > deadline:
            break
        batch = small[start : start + _BATCH]
        mended[batch] = mend(geometry[batch])
    if large.any():
        mended[large] = _mend_in_child(geometry[large], time_limit)
    return mended, np.array([made is None for made in mended], dtype=bool)


def _mend_in_child(geometry: NDArray[np.object_], time_limit: float) -> list[shapely.Geometry | None]:
    """Mend one after the other in a child; whatever it has not returned in time stays None.

    A geometry that ends the child (time or memory) costs only itself: a new child takes the rest, as long
    as there is time.
    """
    made: list[shapely.Geometry | None] = [None] * len(geometry)
    deadline = time.monotonic() + time_limit
    start = 0
    while start < len(geometry) and time.monotonic() < deadline:
        # one geometry may take a share of the time only, else the first could starve the others
        done = start
        for wkb in _answers(geometry[start:], deadline, share=max(time_limit / 4, 1.0)):
            made[done] = None if not wkb else shapely.from_wkb(wkb)
            done += 1
        # the one at which the child stopped is given up
        start = done + 1
    return made


def _answers(geometry: NDArray[np.object_], deadline: float, share: float) -> Iterator[bytes]:
    """Run one child and give its answers until it is done, dies or takes too long."""
    # -P keeps a folder named gis in the user's working directory from being imported instead of ours
    command = [sys.executable, "-P", "-m", "gis.mending"]
    with tempfile.TemporaryFile() as question:
        for blob in shapely.to_wkb(geometry):
            question.write(_LENGTH.pack(len(blob)) + blob)
        question.seek(0)
        with subprocess.Popen(  # noqa: S603
            command, stdin=question, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as child:
            answers: queue.Queue[bytes | None] = queue.Queue()
            collector = threading.Thread(target=_collect, args=(child.stdout, answers), daemon=True)
            collector.start()
            try:
                for _ in geometry:
                    left = min(share, deadline - time.monotonic())
                    answer = answers.get(timeout=max(left, 0.01))
                    if answer is None:
                        return
                    yield answer
            except queue.Empty:
                return
            finally:
                child.kill()
                collector.join()


def _collect(stream: IO[bytes], answers: queue.Queue[bytes | None]) -> None:
    """Pass on the answers of a child, and None when it ends."""
    try:
        for blob in _blobs(stream):
            answers.put(blob)
    except (OSError, ValueError):
        pass
    answers.put(None)


def _blobs(stream: IO[bytes]) -> Iterator[bytes]:
    """Read length-prefixed blobs until the stream ends."""
    while len(head := stream.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        blob = stream.read(length)
        if len(blob) < length:
            return
        yield blob


def _limit_memory() -> None:
    """Keep a runaway geometry from taking the machine's memory, where the system can."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit; the time limit still holds
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_LIMIT if hard < 0 else min(_MEMORY_LIMIT, hard), hard))


def main() -> None:
    """Mend the geometries on standard input and write them to standard output, as the child process."""
    _limit_memory()
    for blob in _blobs(sys.stdin.buffer):
        made = mend(np.array([shapely.from_wkb(blob)], dtype=object))[0]
        answer = shapely.to_wkb(made)
        sys.stdout.buffer.write(_LENGTH.pack(len(answer)) + answer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
