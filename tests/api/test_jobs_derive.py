"""A release that goes on from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from api.jobs.derive import ReleaseTables, derive, parameters_of
from layers.release import open_release
from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release


def _draw_nothing(release: Release, writer: object) -> None:
    """Leave the views out, they are tested elsewhere."""


def _derived(sample_release: Path, out: Path, step: dict[str, object]) -> Release:
    parent = open_release(sample_release)
    summary = pd.DataFrame(ReleaseTables(parent)["summary"]).assign(parks=1)
    changed = parameters_of(parent).model_copy(update={"hmc_threshold": "5.1"})
    return derive(parent, out, {"summary": summary}, changed, step, render=_draw_nothing)


def test_a_child_holds_its_parents_tables_and_its_own(sample_release: Path, tmp_path: Path) -> None:
    parent = open_release(sample_release)
    child = _derived(sample_release, tmp_path, {"job": "test"})
    assert child.verify() == ()
    assert child.names == parent.names
    assert child.manifest["parent"] == parent.name
    assert (child.table("summary")["parks"] == 1).all()
    pd.testing.assert_frame_equal(child.table("park_evidence"), parent.table("park_evidence"))
    assert child.manifest["tables"]["parks"] == parent.manifest["tables"]["parks"]
    assert child.manifest["repairs"] == parent.manifest["repairs"]
    assert child.project["parameters"]["hmc_threshold"] == "5.1"


def test_the_step_is_part_of_the_name_and_the_same_step_gives_the_same_release(
    sample_release: Path, tmp_path: Path
) -> None:
    first = _derived(sample_release, tmp_path / "a", {"seed": 1})
    again = _derived(sample_release, tmp_path / "b", {"seed": 1})
    other = _derived(sample_release, tmp_path / "c", {"seed": 2})
    assert first.name == again.name
    assert first.manifest["tables_sha256"] == again.manifest["tables_sha256"]
    assert other.name not in (first.name, open_release(sample_release).name)


def test_levels_of_files_and_layers_are_kept(sample_release: Path, tmp_path: Path) -> None:
    parent = open_release(sample_release)
    child = _derived(sample_release, tmp_path, {})
    for name in parent.names:
        assert child.layer(name).level == parent.layer(name).level
        relative = f"data/{name}.parquet"
        assert child.file_level(relative) == parent.file_level(relative)


def test_levels_can_be_made_stricter(sample_release: Path, tmp_path: Path) -> None:
    parent = open_release(sample_release)
    tables = {"summary": pd.DataFrame(ReleaseTables(parent)["summary"])}
    strict = {"summary": Level.PROVINCE}
    child = derive(parent, tmp_path, tables, parameters_of(parent), {}, levels=strict, render=_draw_nothing)
    assert parent.level("summary") == Level.PUBLIC
    assert child.level("summary") == Level.PROVINCE
    assert child.file_level("data/summary.parquet") == Level.PROVINCE
