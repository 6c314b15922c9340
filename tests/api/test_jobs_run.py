"""The main job on a small project: identity, views remade from data, and what goes into the recipe."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from api.jobs.check import check_project
from api.jobs.run import run
from api.jobs.views import rebuild_views
from gis.errors import InputError
from layers.project import load_project
from layers.release import files_in, open_release
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release


def no_views(release: Release, sink: Any) -> None:
    """Draw nothing."""
    sink.write_bytes("views/name.txt", release.name.encode())


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder)}


def test_a_run_makes_a_whole_release_with_all_views(made: Release) -> None:
    assert made.verify() == ()
    assert sorted(name for name in made.manifest["files"] if name.startswith("views/")) == [
        "views/map.html", "views/map.png", "views/planner/map.html", "views/planner/release.gpkg",
        "views/release.gpkg", "views/report.html",
    ]  # fmt: skip
    assert made.file_level("views/map.html") is Level.PUBLIC
    assert made.file_level("views/planner/map.html") is Level.PROVINCE
    assert made.project["sample"] is True
    assert [source["layer"] for source in made.project["sources"]] == [
        "parks",
        "municipalities",
        "sensitive_objects",
    ]
    assert made.table("park_evidence")["park_id"].tolist() == ["R1", "R2", "R3"]


def test_views_remade_from_data_are_the_same_bytes(made: Release, tmp_path: Path) -> None:
    copy = tmp_path / made.name
    shutil.copytree(made.path, copy)
    shutil.rmtree(copy / "views")
    rebuild_views(open_release(copy), tmp_path / "again")
    assert bytes_of(tmp_path / "again" / "views") == bytes_of(made.path / "views")


def test_the_same_project_elsewhere_with_another_hash_seed_gives_the_same_bytes(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    code = "import sys; from api.cli.main import main; sys.exit(main(sys.argv[1:]))"
    places = {"0": (tmp_path / "here", "UTC"), "99": (tmp_path / "another place" / "below", "Asia/Tokyo")}
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, "run", str(new_project(folder)), "--json"],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            stdout=subprocess.PIPE,
        )
        for seed, (folder, zone) in places.items()
    ]
    answers = [orjson.loads(process.communicate(timeout=300)[0]) for process in runs]
    assert answers[0]["name"] == answers[1]["name"]
    made = [open_release(folder / "releases") for folder, _ in places.values()]
    assert bytes_of(made[0].path) == bytes_of(made[1].path)


def test_permuted_rows_give_another_name_and_the_same_tables(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    first = run(load_project(project), tmp_path / "out", render=no_views)
    for name in ("parks.csv", "objects.csv"):
        head, *rows = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        (tmp_path / name).write_text("\n".join([head, *rows[::-1]]) + "\n", encoding="utf-8")
    second = run(load_project(project), tmp_path / "out", render=no_views)
    assert second.name != first.name
    assert second.manifest["tables_sha256"] == first.manifest["tables_sha256"]


def test_parameters_and_mapping_are_in_the_recipe_and_places_are_not(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path / "a")
    text = project.read_text(encoding="utf-8")
    names = {run(load_project(project), tmp_path / "out", render=no_views).name}
    for changed in (
        text.replace('hmc_threshold = "4.1"', 'hmc_threshold = "4.2"'),
        text.replace('name = "NAAM"', 'remark = "NAAM", name = "RIN"'),
        text.replace('licence = "CC0"', 'licence = "CC BY 4.0"'),
    ):
        project.write_text(changed, encoding="utf-8")
        names.add(run(load_project(project), tmp_path / "out", render=no_views).name)
    assert len(names) == 4
    (tmp_path / "a" / "sub").mkdir()
    (tmp_path / "a" / "parks.csv").rename(tmp_path / "a" / "sub" / "parks.csv")
    project.write_text(text.replace('"parks.csv"', f'"{tmp_path}/a/sub/parks.csv"'), encoding="utf-8")
    moved = run(load_project(project), tmp_path / "out", render=no_views)
    assert str(tmp_path) not in (moved.path / "manifest.json").read_text(encoding="utf-8")


def test_a_second_run_gives_the_same_release_and_draws_nothing(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = load_project(new_project(tmp_path))
    drawn: list[str] = []

    def draw(release: Release, sink: Any) -> None:
        drawn.append(release.name)
        no_views(release, sink)

    told: list[str] = []
    first = run(project, tmp_path / "out", render=draw, progress=told.append)
    second = run(project, tmp_path / "out", render=draw, progress=told.append)
    assert second.path == first.path
    assert drawn == [first.name]
    assert told[-1] == "the same release exists"
    assert "reading business parks" in told


def test_views_see_the_data_of_the_staged_release_only(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    def draw(release: Release, sink: Any) -> None:
        assert release.path.name.startswith(".staging-")
        assert not (release.path / "manifest.json").exists()
        assert release.manifest["files"] == {}
        assert len(release.table("park_evidence")) == 3
        no_views(release, sink)

    run(load_project(new_project(tmp_path)), tmp_path / "out", render=draw)


def test_a_defect_while_drawing_leaves_nothing_behind(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    def fail(release: Release, sink: Any) -> None:
        raise RuntimeError(release.name)

    with pytest.raises(RuntimeError):
        run(load_project(new_project(tmp_path)), tmp_path / "out", render=fail)
    assert [item.name for item in (tmp_path / "out").iterdir()] == [".lock"]


def test_a_layer_that_the_project_makes_secret_is_secret_in_the_release_with_its_results(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    text = project.read_text(encoding="utf-8").replace(
        "[layers.parks]", '[layers.parks]\nlevel = "municipality"'
    )
    project.write_text(text, encoding="utf-8")
    release = run(load_project(project), tmp_path / "out", render=no_views)
    for name in ("parks", "park_evidence", "usable_blocks"):
        assert release.level(name) is Level.MUNICIPALITY
    assert release.level("municipalities") is Level.PUBLIC
    assert release.file_level("data/usable_blocks.parquet") is Level.MUNICIPALITY


def test_checking_a_sound_project_counts_rows_and_repairs(project_file: Path) -> None:
    found = check_project(project_file)
    assert found.name == "Proefgebied"
    assert found.problems == ()
    assert {source.layer: (source.rows_in, source.rows_out) for source in found.sources} == {
        "parks": (3, 3), "municipalities": (1, 1), "sensitive_objects": (2, 2),
    }  # fmt: skip
    assert all(row["rows"] >= 1 and row["reason_nl"] for row in found.quality)


def test_checking_a_broken_project_gives_every_problem_and_raises_nothing(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    text = (
        project.read_text(encoding="utf-8")
        .replace('"objects.csv"', '"gone.csv"')
        .replace("[parameters]", "[parameters]\nhmc = 1")
    )
    project.write_text(text, encoding="utf-8")
    found = check_project(project)
    assert found.name is None
    assert {(problem.layer, problem.field) for problem in found.problems} >= {(None, "parameters.hmc")}
    assert any("gone.csv" in str(problem) for problem in found.problems)


def test_a_run_on_a_broken_project_changes_no_earlier_release(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    before = bytes_of(run(load_project(project), tmp_path / "out", render=no_views).path)
    (tmp_path / "parks.csv").write_bytes(b"RIN,NAAM,CAT,shape\n\x00\xff\xfe")
    with pytest.raises(InputError):
        run(load_project(project), tmp_path / "out", render=no_views)
    assert bytes_of(open_release(tmp_path / "out").path) == before
