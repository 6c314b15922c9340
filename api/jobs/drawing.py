"""A second process that makes part of the views while the first makes the others.

Python draws on one processor at a time, so a release of which half the views are made elsewhere is ready
sooner. The process starts before there is anything to draw and loads its libraries meanwhile. It is a plain
subprocess: `multiprocessing` would run a caller's script again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from gis.errors import ReleaseError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from layers.release import Release

LAST_WORDS = 2000


class DrawingProcess:
    """Makes views of a staged release beside this process; leaves no process behind."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "api.jobs.drawing"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stderr):
                if pipe is not None:
                    pipe.close()
            self._process = None

    def begin(self, release: Release, places: Mapping[str, Path]) -> None:
        """Hand over the work.

        Parameters
        ----------
        release
            A staged or finished release.
        places
            View, such as ``planner/map.html``, to the file to make.
        """
        if self._process is None or self._process.stdin is None:
            raise ValueError("the drawing process has not been started")
        work = {
            "folder": str(release.path),
            "manifest": release.manifest,
            "places": {view: str(path) for view, path in places.items()},
            "parent": os.getpid(),
        }
        self._process.stdin.write(json.dumps(work).encode())
        self._process.stdin.close()
        self._process.stdin = None

    def finish(self) -> None:
        """Wait until the views are there.

        Raises
        ------
        ReleaseError
            When they could not be made.
        """
        if self._process is None:
            raise ValueError("the drawing process has not been started")
        _, words = self._process.communicate()
        if self._process.returncode != 0:
            last = words.decode(errors="replace").strip()[-LAST_WORDS:]
            raise ReleaseError(f"The maps for planners and the GeoPackages could not be made:\n{last}")


def draw(work: Mapping[str, Any]) -> None:
    """Make the views that `DrawingProcess.begin` asks for."""
    from api.jobs.views import make_view
    from layers.release import load_release

    release = load_release(Path(work["folder"]), work["manifest"]).remembering()
    for view, path in work["places"].items():
        if os.getppid() != work["parent"]:
            # whoever asked for the views is gone, and so is the need for them
            return
        make_view(release, view, Path(path))


def _load_libraries() -> None:
    """Load what drawing needs while the other process still measures."""
    for name in ("layers.exports.geopackage", "maps.webmap"):
        import_module(name)


if __name__ == "__main__":
    _load_libraries()
    order = sys.stdin.buffer.read()
    if order:
        draw(json.loads(order))
