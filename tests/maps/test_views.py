"""All views together: which there are, and that the same data give the same bytes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maps.views import render

if TYPE_CHECKING:
    from layers.release import Release

HERE = Path(__file__).resolve().parent
PROGRAM = """
import hashlib, pathlib, runpy, sys
from maps.views import render
region = runpy.run_path(sys.argv[1])["make_region"](pathlib.Path(sys.argv[2]))
for name, data in sorted(render(region).items()):
    print(name, hashlib.sha256(data).hexdigest())
"""


@pytest.fixture(scope="module")
def views(region: Release) -> dict[str, bytes]:
    return render(region)


def test_there_are_three_views_for_everybody_and_one_for_planners(views: dict[str, bytes]) -> None:
    assert sorted(views) == ["map.html", "map.png", "planner/map.html", "report.html"]


def test_two_renders_are_equal(views: dict[str, bytes], region: Release) -> None:
    assert render(region) == views


def test_another_folder_and_hash_seed_give_the_same_bytes(views: dict[str, bytes], tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(HERE / "conftest.py"), str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "Asia/Tokyo"},
        cwd=HERE.parents[1],
    )
    found = dict(line.split() for line in run.stdout.splitlines())
    assert found == {name: hashlib.sha256(data).hexdigest() for name, data in views.items()}


def test_nothing_that_goes_out_holds_a_secret(views: dict[str, bytes], secrets: tuple[str, ...]) -> None:
    for name, data in views.items():
        if not name.startswith("planner/"):
            for secret in secrets:
                assert secret.encode() not in data, name


def test_the_release_itself_is_not_touched(region: Release, views: dict[str, bytes]) -> None:
    files = sorted(
        path.relative_to(region.path).as_posix() for path in region.path.rglob("*") if path.is_file()
    )
    assert [name for name in files if not name.startswith("data/")] == ["manifest.json"]


def test_labels_and_classes_come_from_the_catalogue_of_the_release(region: Release, tmp_path: Path) -> None:
    import shutil

    from layers.release import open_release

    copy = tmp_path / region.path.name
    shutil.copytree(region.path, copy)
    catalogue = copy / "data" / "catalogue.json"
    changed = catalogue.read_text(encoding="utf-8")
    changed = changed.replace('"niet beoordeeld"', '"nog te bezien"').replace('"Oeverlengte"', '"Waterkant"')
    catalogue.chmod(0o644)
    catalogue.write_text(changed.replace('"#c98bb9"', '"#00ff00"'), encoding="utf-8")
    found = render(open_release(copy))
    page = found["map.html"].decode()
    assert "nog te bezien" in page
    assert "Waterkant" in page
    assert '"#00ff00"' in page
    assert "Oeverlengte" not in page.split('id="gegevens"')[1].split("</script>")[0]
