"""The whole command killed at several moments: never half a release, and the next run works."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from layers.release import open_release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RUN = [sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main(sys.argv[1:]))", "run"]
MOMENTS = (0.5, 1.5, 2.5, 3.5, 4.5, 6.0)


def releases_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("[0-9a-f]*") if path.is_dir())


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_no_half_release_is_visible(
    new_project: Callable[[Path], Path], tmp_path: Path, moment: float
) -> None:
    project, out = new_project(tmp_path / "project"), tmp_path / "out"
    running = subprocess.Popen([*RUN, str(project), "--out", str(out)], stdout=subprocess.DEVNULL)
    time.sleep(moment)
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=30)
    # either the rename had happened and the release is whole, or there is none
    for release in releases_in(out):
        assert open_release(release).verify() == ()
    done = subprocess.run(
        [*RUN, str(project), "--out", str(out)], capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    (only,) = releases_in(out)
    assert open_release(only).verify() == ()
    assert not list(out.glob(".staging-*"))
