"""``kringruimte run`` with workers: the same release, and wrong values refused with one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from api.cli.main import main
from tests.support.tiny_world import PARKS, make_world

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_world(tmp_path_factory.mktemp("world"), parks={**PARKS, "C": ("5.1", (4000, 0, 4300, 200))})


def test_workers_and_parts_give_the_release_that_was_there(
    world: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    for extra in (["--workers", "2"], ["--parts", "3"], ["--workers", "1", "--parts", "2"]):
        # a release of the same name with other tables would be an error
        assert main(["run", str(world.path.parent.parent / "project.toml"), *extra, "--json"]) == 0
        assert f'"name": "{world.name}"' in capsys.readouterr().out
    assert [folder.name for folder in world.path.parent.iterdir() if not folder.name.startswith(".")] == [
        world.name
    ]


@pytest.mark.parametrize(
    ("extra", "code", "said"),
    [
        (["--workers", "0"], 2, "--workers"),
        (["--workers", "-1"], 2, "--workers"),
        (["--workers", "two"], 2, "--workers"),
        (["--workers", "1000000"], 2, "--workers"),
        (["--parts", "0"], 2, "--parts"),
        (["--parts", "1.5"], 2, "--parts"),
        (["--scheduler", "localhost"], 1, "Write it as tcp://host:port."),
        (["--scheduler", ""], 1, "Write it as tcp://host:port."),
        (["--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], 2, "not both"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_read(
    tmp_path: Path, world: Release, capsys: pytest.CaptureFixture[str], extra: list[str], code: int, said: str
) -> None:
    out = tmp_path / "elsewhere"
    assert main(["run", str(world.path.parent.parent / "project.toml"), "--out", str(out), *extra]) == code
    shown = capsys.readouterr()
    assert said in " ".join((shown.err + shown.out).replace("│", " ").split())
    assert "Traceback" not in shown.err
    assert not out.exists()
