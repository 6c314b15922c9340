"""A writer that is killed with kill -9: no half release is visible and the next run works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.errors import ReleaseError
from layers.release import open_release, release_folders

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.release import Release

# the writer stops at the given moment, says so, and waits to be killed
WRITER = """
import importlib.util, os, pathlib, sys, time
spec = importlib.util.spec_from_file_location('hand', sys.argv[1])
hand = importlib.util.module_from_spec(spec)
spec.loader.exec_module(hand)
from layers import release_writer
from layers.release_writer import ReleaseWriter

moment = sys.argv[3]

def pause():
    # in one piece: two threads may come here
    os.write(1, b'here\\n')
    time.sleep(60)

def before(owner, name, when=lambda *a: True):
    original = getattr(owner, name)
    def wrapped(*args, **kwargs):
        if when(*args):
            pause()
        return original(*args, **kwargs)
    setattr(owner, name, wrapped)

if moment == 'half a table':
    def half(self, layer, frame):
        self.path_for('data/' + layer.name + '.parquet').write_bytes(b'PAR1 half')
        pause()
    ReleaseWriter._write_table = half
elif moment == 'between tables':
    before(ReleaseWriter, '_write_table', lambda self, layer, frame: layer.name == 'summary')
elif moment == 'before views':
    before(ReleaseWriter, 'write_bytes', lambda self, relative, data: relative.startswith('views/'))
elif moment == 'before manifest':
    before(ReleaseWriter, 'commit')
elif moment == 'manifest written':
    before(release_writer, '_settle')
elif moment == 'before rename':
    before(pathlib.Path, 'rename')
elif moment == 'after rename':
    before(release_writer, 'open_release')
hand.write_release(pathlib.Path(sys.argv[2]))
"""


def start_and_kill(out: Path, moment: str) -> None:
    conftest = str(Path(__file__).with_name("conftest.py"))
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, conftest, str(out), moment], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait(timeout=30) == -signal.SIGKILL


@pytest.mark.parametrize(
    "moment",
    [
        "half a table",
        "between tables",
        "before views",
        "before manifest",
        "manifest written",
        "before rename",
    ],
)
def test_killed_before_the_rename_nothing_is_visible_and_the_next_run_cleans_up(
    tmp_path: Path, moment: str, write: Callable[..., Release]
) -> None:
    start_and_kill(tmp_path, moment)
    assert [item.name[:9] for item in sorted(tmp_path.iterdir())] == [".lock", ".staging-"]
    assert release_folders(tmp_path) == []
    with pytest.raises(ReleaseError, match="holds no release"):
        open_release(tmp_path)
    made = write(tmp_path)
    assert made.verify() == ()
    assert sorted(item.name for item in tmp_path.iterdir()) == [".lock", made.name]


def test_killed_after_the_rename_the_release_is_whole(tmp_path: Path, write: Callable[..., Release]) -> None:
    start_and_kill(tmp_path, "after rename")
    found = open_release(tmp_path)
    assert found.verify() == ()
    assert write(tmp_path).path == found.path


def test_a_release_that_was_there_is_untouched_by_a_writer_that_dies(
    tmp_path: Path, write: Callable[..., Release], recipe: dict[str, object]
) -> None:
    earlier = write(tmp_path, recipe={**recipe, "earlier": True})
    start_and_kill(tmp_path, "before manifest")
    assert open_release(tmp_path).path == earlier.path
    assert earlier.verify() == ()


def test_a_second_writer_waits_for_the_first_and_never_removes_its_staging(tmp_path: Path) -> None:
    conftest = str(Path(__file__).with_name("conftest.py"))
    command = [sys.executable, "-c", WRITER, conftest, str(tmp_path)]
    with subprocess.Popen([*command, "before manifest"], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "here\n"
        with subprocess.Popen([*command, "never"]) as second:
            with pytest.raises(subprocess.TimeoutExpired):
                second.wait(timeout=4)
            assert [item.name[:9] for item in tmp_path.glob(".staging-*")] == [".staging-"]
            os.kill(first.pid, signal.SIGKILL)
            first.wait(timeout=30)
            assert second.wait(timeout=60) == 0
    assert open_release(tmp_path).verify() == ()
