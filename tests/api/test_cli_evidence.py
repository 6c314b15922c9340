"""``kringruimte evidence``: the tables of a release, of objects that are read by place; all of it or nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from api.cli.main import main
from api.jobs import evidence as job
from gis import parquet_arranged
from layers.release import Release, file_digest
from tests.support.dask_cluster import local_cluster
from tests.support.tiny_world import PARKS, make_world

OBJECTS = "sensitive_objects"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A small world whose homes are GeoParquet, with its release."""
    homes = tuple((f"H{number:03}", 150.0 * (number % 20) - 300.0, 40.0 * number) for number in range(60))
    folder = tmp_path_factory.mktemp("world")
    release = make_world(folder, parks={**PARKS, "C": ("5.1", (4000, 0, 4300, 200))}, homes=homes)
    gpd.read_file(folder / f"{OBJECTS}.geojson").to_parquet(folder / f"{OBJECTS}.parquet", row_group_size=9)
    project = folder / "project.toml"
    project.write_text(
        project.read_text("utf-8").replace(f"{OBJECTS}.geojson", f"{OBJECTS}.parquet"), "utf-8"
    )
    return release


def project_of(world: Release) -> Path:
    return world.path.parent.parent / "project.toml"


@pytest.mark.parametrize("extra", [[], ["--parts", "3"], ["--workers", "2"]])
def test_the_tables_are_those_of_the_release(
    world: Release,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    extra: list[str],
) -> None:
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", 0)
    out = tmp_path / "deep" / "evidence"
    assert main(["evidence", str(project_of(world)), "--out", str(out), "--json", *extra]) == 0
    said = json.loads(capsys.readouterr().out)
    facts = json.loads((out / "evidence.json").read_text("utf-8"))
    assert said == {"evidence": str(out), **facts}
    assert sorted(path.name for path in out.iterdir()) == sorted(
        ["evidence.json", *(f"{name}.parquet" for name in facts["tables"])]
    )
    assert {"park_evidence", "plot_evidence", "usable_zones", "usable_blocks", "summary"} <= set(
        facts["tables"]
    )
    for name, table in facts["tables"].items():
        path = out / f"{name}.parquet"
        assert (file_digest(path), len(pd.read_parquet(path))) == (table["sha256"], table["rows"])
        if name != "not_assessed":
            # the same bytes as in the release
            assert table["sha256"] == file_digest(world.path / "data" / path.name)
    gaps, of_release = (
        pd.read_parquet(folder / "not_assessed.parquet") for folder in (out, world.path / "data")
    )
    # a release also says that the steps after the evidence were switched off
    of_release = of_release[of_release["item_id"].isin(gaps["item_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(gaps, of_release)
    assert facts["project"]["name"] == "Kleine wereld"
    assert facts["parameters"]["hmc_threshold"] == "4.1"
    source = facts["sources"][-1]
    assert source["file"] == f"{OBJECTS}.parquet"
    assert source["sha256"] == file_digest(project_of(world).parent / f"{OBJECTS}.parquet")
    assert facts["streamed"] == {"layer": OBJECTS, "rows": 60, "set_aside": {}}
    assert str(tmp_path) not in json.dumps(facts)
    assert [path.name for path in out.parent.iterdir()] == ["evidence"]


def test_a_cluster_makes_the_same_tables(
    world: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_arranged, "SMALL_BYTES", 0)
    command = ["evidence", str(project_of(world)), "--json", "--parts", "3", "--out"]
    said = []
    with local_cluster() as cluster:
        for name, extra in (("alone", []), ("cluster", ["--scheduler", cluster.scheduler_address])):
            assert main([*command, str(tmp_path / name), *extra]) == 0
            said.append(json.loads(capsys.readouterr().out)["tables"])
    assert len(said[0]) > 5
    assert said[0] == said[1]


def test_earlier_evidence_is_replaced_and_anything_else_left(
    world: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evidence", str(project_of(world)), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    (tmp_path / "out" / "summary.parquet").write_bytes(b"old")
    assert main(command) == 0
    assert pd.read_parquet(tmp_path / "out" / "summary.parquet").shape[0] > 0
    (tmp_path / "out" / "mine.txt").write_text("mine", "utf-8")
    capsys.readouterr()
    assert main(command) == 1
    assert "is no folder of earlier evidence alone" in " ".join(capsys.readouterr().err.split())
    assert (tmp_path / "out" / "mine.txt").read_text("utf-8") == "mine"
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    assert main([*command[:-1], str(file)]) == 1
    assert main([*command[:-1], str(file / "out")]) == 1
    assert "cannot be written there" in capsys.readouterr().err
    assert file.read_text("utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "out"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (f"{OBJECTS}.parquet", f"{OBJECTS}.geojson", "only a GeoParquet file can be read in pieces"),
        (f"{OBJECTS}.parquet", "degrees.parquet", "only EPSG:28992 is read in pieces"),
        (f"[layers.{OBJECTS}]", "[layers.businesses]", "Use kringruimte run."),
    ],
)
def test_what_cannot_be_streamed_is_refused_in_one_line(
    world: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    folder = project_of(world).parent
    frame = gpd.read_file(folder / f"{OBJECTS}.geojson")
    frame.to_crs(4326).to_parquet(folder / "degrees.parquet")
    frame.rename(columns={"object_id": "business_id"}).to_parquet(folder / "firms.parquet")
    project = folder / "other.toml"
    project.write_text(project_of(world).read_text("utf-8").replace(old, new), "utf-8")
    if "businesses" in new:
        text = project.read_text("utf-8").replace(f"{OBJECTS}.parquet", "firms.parquet")
        project.write_text(text, "utf-8")
    assert main(["evidence", str(project), "--out", str(tmp_path / "out")]) == 1
    shown = capsys.readouterr()
    assert said in shown.err
    assert len(shown.err.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("step", ["stream_layer", "assess_in_parts", "canonical_table", "_replace"])
def test_stopped_half_way_nothing_is_left(
    world: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(job, step, stop)
    main(["evidence", str(project_of(world)), "--out", str(tmp_path / "out")])
    assert not list(tmp_path.iterdir())


KILLED = """
import os, signal, sys
from api.cli.main import main
from api.jobs import evidence
evidence.assess_in_parts = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
main(sys.argv[1:])
"""


def test_earlier_evidence_that_was_put_aside_comes_back(
    world: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run was killed between the two renames, and the next fails."""
    command = ["evidence", str(project_of(world)), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    (tmp_path / ".out.staging").mkdir()
    (tmp_path / "out").rename(tmp_path / ".out.staging" / "earlier")
    monkeypatch.setattr(job, "ROWS_PER_PART", 0)
    with pytest.raises(ZeroDivisionError):
        main(command)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "evidence.json").exists()


def test_what_a_killed_run_left_is_removed_by_the_next(world: Release, tmp_path: Path) -> None:
    command = ["evidence", str(project_of(world)), "--out", str(tmp_path / "out")]
    root = str(Path(__file__).resolve().parents[2])
    done = subprocess.run(
        [sys.executable, "-c", KILLED, *command],
        env={**os.environ, "PYTHONPATH": root},
        timeout=300,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == [".out.staging"]
    assert main(command) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["--workers", "0"], "--workers"),
        (["--parts", "0"], "--parts"),
        (["--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], "not both"),
    ],
)
def test_a_wrong_value_is_refused_before_anything_is_read(
    world: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: list[str], said: str
) -> None:
    assert main(["evidence", str(project_of(world)), "--out", str(tmp_path / "out"), *extra]) == 2
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert not list(tmp_path.iterdir())
