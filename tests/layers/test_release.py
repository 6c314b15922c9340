"""Releases: identity, opening, verifying, and what is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from gis.errors import ReleaseError
from layers.recipe import code_digest, lock_digest, make_recipe, recipe_digest, release_name
from layers.release import Release, files_in, open_release
from layers.release_writer import ReleaseWriter
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder)}


def unlock(release: Release, relative: str) -> Path:
    """Make a file of a release writable, as somebody who tampers would."""
    path = release.path / relative
    path.chmod(0o644)
    return path


def test_a_release_is_named_by_the_first_16_digits_of_the_hash_of_its_recipe(
    release: Release, recipe: dict[str, Any]
) -> None:
    import hashlib

    expected = hashlib.sha256(orjson.dumps(recipe, option=orjson.OPT_SORT_KEYS)).hexdigest()
    assert release.path.name == release.name == expected[:16]
    assert release.manifest["recipe"] == recipe
    assert release.manifest["parent"] is None


def test_what_was_written_is_what_is_read(release: Release, tables: dict[str, pd.DataFrame]) -> None:
    assert set(release.names) == set(tables)
    assert release.names[0] == "park_evidence", "results come first"
    for name in release.names:
        assert len(release.table(name)) == len(tables[name])
    parks = release.table("park_evidence")
    assert parks.crs == "EPSG:28992"
    assert parks["heavy_certain_ha"].iloc[0] == 12.346
    assert parks["heavy_certain_ha"].isna().iloc[1], "not assessed stays missing, never zero"
    assert str(parks["park_id"].dtype) == "string"
    assert str(release.table("summary")["parks"].dtype) == "Int64"
    assert release.project["name"] == "Proef"
    assert release.layer("park_evidence").by_name["shore_m"].unit == "m"
    assert release.classes("connection")[0].code == "own_quay"


def test_the_manifest_lists_every_file_with_hash_size_and_level(release: Release) -> None:
    files = release.manifest["files"]
    assert sorted(files) == [name for name in files_in(release.path) if name != "manifest.json"]
    assert files["data/sensitive_objects.parquet"]["level"] == "province"
    assert files["data/plots.parquet"]["level"] == "province", "one column of plots is not public"
    assert files["data/park_evidence.parquet"]["level"] == "province", "what soft plans cost is not public"
    assert files["data/usable_blocks.parquet"]["level"] == "public"
    assert release.file_level("views/map.html") is Level.PUBLIC
    assert release.manifest["tables"]["sensitive_objects"]["rows"] == 3
    assert len(release.manifest["repairs"]) == 2
    assert release.manifest["repairs"][1]["before"] == "60000"


def test_a_reader_sees_only_what_the_level_allows(release: Release) -> None:
    assert "owner_kind" not in release.visible("plots", Level.PUBLIC).columns
    assert "owner_kind" in release.visible("plots", Level.PROVINCE).columns
    assert release.level("plots", "owner_kind") is Level.PROVINCE
    assert release.level("sensitive_objects", "kind") is Level.PROVINCE
    with pytest.raises(ReleaseError, match="not for readers of level public"):
        release.visible("sensitive_objects", Level.PUBLIC)


def test_the_same_recipe_and_rows_in_another_folder_give_the_same_bytes(
    tmp_path: Path, write: Callable[..., Release]
) -> None:
    first, second = write(tmp_path / "a"), write(tmp_path / "elsewhere" / "b")
    assert bytes_of(first.path) == bytes_of(second.path)


def test_another_hash_seed_and_another_process_give_the_same_bytes(tmp_path: Path) -> None:
    code = (
        "import importlib.util, pathlib, sys\n"
        "spec = importlib.util.spec_from_file_location('hand', sys.argv[1])\n"
        "hand = importlib.util.module_from_spec(spec); spec.loader.exec_module(hand)\n"
        "print(hand.write_release(pathlib.Path(sys.argv[2])).path)\n"
    )
    conftest = str(Path(__file__).with_name("conftest.py"))
    made = []
    for seed in ("0", "4242"):
        ran = subprocess.run(
            [sys.executable, "-c", code, conftest, str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "0" else "UTC"},
            check=True, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        made.append(bytes_of(Path(ran.stdout.strip())))
    assert made[0] == made[1]


def test_permuted_rows_of_another_source_file_give_another_name_and_the_same_tables(
    tmp_path: Path, write: Callable[..., Release], recipe: dict[str, Any], tables: dict[str, pd.DataFrame]
) -> None:
    first = write(tmp_path)
    permuted = {name: frame.iloc[::-1] for name, frame in tables.items()}
    other = {**recipe, "sources": [{**recipe["sources"][0], "sha256": "33" * 32}]}
    second = write(tmp_path, recipe=other, **permuted)
    assert first.name != second.name
    assert first.manifest["tables_sha256"] == second.manifest["tables_sha256"]


def test_a_second_run_with_the_same_recipe_and_tables_returns_what_is_there(
    tmp_path: Path, write: Callable[..., Release]
) -> None:
    first = write(tmp_path)
    inode = (first.path / "manifest.json").stat().st_ino
    second = write(tmp_path)
    assert second.path == first.path
    assert (second.path / "manifest.json").stat().st_ino == inode, "nothing was written again"
    assert sorted(item.name for item in tmp_path.iterdir()) == [".lock", first.name]


def test_the_same_recipe_with_other_tables_is_an_error_and_changes_nothing(
    tmp_path: Path, write: Callable[..., Release], tables: dict[str, pd.DataFrame]
) -> None:
    before = bytes_of(write(tmp_path).path)
    other = tables["park_evidence"].assign(shore_m=399.0)
    with pytest.raises(ReleaseError, match="exists with other content"):
        write(tmp_path, park_evidence=other)
    (path,) = [item for item in tmp_path.iterdir() if item.name != ".lock"]
    assert bytes_of(path) == before


def test_a_second_run_over_a_damaged_release_says_so(tmp_path: Path, write: Callable[..., Release]) -> None:
    first = write(tmp_path)
    (first.path / "views" / "map.html").unlink()
    with pytest.raises(ReleaseError, match=r"damaged:\nfile views/map.html: The file is missing"):
        write(tmp_path)


def test_commit_never_replaces_a_folder_that_is_there(
    tmp_path: Path, recipe: dict[str, Any], facts: dict[str, Any], tables: dict[str, pd.DataFrame]
) -> None:
    (tmp_path / release_name(recipe)).mkdir()
    with ReleaseWriter(tmp_path, recipe) as writer:
        writer.write_data(tables, facts)
        with pytest.raises(ReleaseError, match="It is left as it is"):
            writer.commit()


def test_a_whole_release_has_no_problems(release: Release) -> None:
    assert release.verify() == ()


def test_tampering_is_found_whatever_was_touched(release: Release) -> None:
    unlock(release, "views/map.html").write_bytes(b"<title>Proeg</title>")
    (release.path / "data" / "summary.parquet").unlink()
    (release.path / "extra.txt").write_text("x")
    found = {problem.file: problem.message for problem in release.verify()}
    assert found == {
        "views/map.html": "The file was changed after the release was made",
        "data/summary.parquet": "The file is missing",
        "extra.txt": "The file does not belong to the release",
    }


def test_a_changed_recipe_or_table_statement_in_the_manifest_is_found(release: Release) -> None:
    path = unlock(release, "manifest.json")
    whole = orjson.loads(path.read_bytes())
    path.write_bytes(orjson.dumps({**whole, "recipe": {**whole["recipe"], "parameters": {}}}))
    assert [p.message for p in open_release(release.path).verify()] == [
        "The name is not the hash of the recipe"
    ]
    path.write_bytes(orjson.dumps({**whole, "tables_sha256": "0" * 64}))
    assert [p.message for p in open_release(release.path).verify()] == [
        "tables_sha256 does not follow from the tables"
    ]


def test_a_release_opens_by_folder_by_beginning_of_its_name_and_alone_in_its_folder(release: Release) -> None:
    parent = release.path.parent
    for path in (release.path, parent / release.name[:3], parent):
        assert open_release(path).path == release.path


def test_a_beginning_that_fits_two_releases_lists_both(
    tmp_path: Path, write: Callable[..., Release], recipe: dict[str, Any]
) -> None:
    names = {write(tmp_path, recipe={**recipe, "seed": seed}).name for seed in range(2)}
    with pytest.raises(ReleaseError) as caught:
        open_release(tmp_path)
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize(
    ("make", "reads"),
    [
        (lambda p: p / "absent", "does not exist"),
        (lambda p: p / "f00", "no release has a name that begins so"),
        (lambda p: p, "holds no release"),
    ],
)
def test_a_path_that_is_no_release_is_refused(
    tmp_path: Path, make: Callable[[Path], Path], reads: str
) -> None:
    with pytest.raises(ReleaseError, match=reads):
        open_release(make(tmp_path))


@pytest.mark.parametrize(
    ("relative", "content", "reads"),
    [
        ("manifest.json", b"{", "is damaged"),
        ("manifest.json", b"[]", "is damaged"),
        ("manifest.json", b"{}", "another format"),
        ("manifest.json", b'{"format":"kringruimte-release","format_version":99}', "format version 99"),
        ("data/catalogue.json", b"{}", "is damaged"),
        ("data/project.json", b"\xff", "is damaged"),
    ],
)
def test_a_damaged_release_is_refused_with_the_name_of_the_file(
    release: Release, relative: str, content: bytes, reads: str
) -> None:
    unlock(release, relative).write_bytes(content)
    with pytest.raises(ReleaseError, match=reads):
        open_release(release.path)


def test_a_truncated_table_is_an_error_and_an_unknown_one_too(release: Release) -> None:
    path = unlock(release, "data/parks.parquet")
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ReleaseError, match="Table parks of release"):
        release.table("parks")
    with pytest.raises(ReleaseError, match="holds no table nothing"):
        release.table("nothing")


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, recipe: dict[str, Any]) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ReleaseError, match="cannot be written"), ReleaseWriter(tmp_path / "file", recipe):
        pass


@pytest.mark.parametrize("place", ["../evil", "/etc/evil", "views/../../evil", "manifest.json"])
def test_nothing_is_written_outside_the_release(tmp_path: Path, recipe: dict[str, Any], place: str) -> None:
    with ReleaseWriter(tmp_path, recipe) as writer, pytest.raises(ValueError, match="no place in a release"):
        writer.write_bytes(place, b"x")


def test_files_that_nobody_announced_stop_the_commit(
    tmp_path: Path, recipe: dict[str, Any], facts: dict[str, Any], tables: dict[str, pd.DataFrame]
) -> None:
    with ReleaseWriter(tmp_path, recipe) as writer:
        writer.write_data(tables, facts)
        writer.path_for("views/release.gpkg").with_name("release.gpkg-wal").write_bytes(b"x")
        with pytest.raises(ValueError, match=r"release\.gpkg-wal"):
            writer.commit()
    assert [item.name for item in tmp_path.iterdir()] == [".lock"]


def test_the_recipe_changes_with_code_lock_parameters_and_sources(tmp_path: Path) -> None:
    for package in ("analysis", "api", "gis", "layers", "maps"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text("")
    (tmp_path / "requirements.lock").write_text("a==1")

    def name(**changed: Any) -> str:
        given = {"project": {"name": "x"}, "parameters": {"a": 1}, "sources": [{"sha256": "0"}], **changed}
        return release_name(make_recipe(**given, home=tmp_path))

    base = name()
    assert name() == base
    seen = {base, name(parameters={"a": 2}), name(sources=[{"sha256": "1"}]), name(project={"name": "y"})}
    (tmp_path / "gis" / "data.csv").write_text("1")
    seen.add(name())
    (tmp_path / "gis" / "data.csv").rename(tmp_path / "gis" / "other.csv")
    seen.add(name())
    (tmp_path / "requirements.lock").write_text("a==2")
    seen.add(name())
    assert len(seen) == 7


def test_what_the_interpreter_and_editors_drop_does_not_change_the_recipe(tmp_path: Path) -> None:
    for package in ("analysis", "api", "gis", "layers", "maps"):
        (tmp_path / package / "data").mkdir(parents=True)
        (tmp_path / package / "a.py").write_text("x = 1")
    before = code_digest(tmp_path)
    (tmp_path / "gis" / "__pycache__").mkdir()
    (tmp_path / "gis" / "__pycache__" / "a.pyc").write_bytes(b"1")
    (tmp_path / "gis" / ".DS_Store").write_bytes(b"1")
    (tmp_path / "gis" / "a.py~").write_text("x = 0")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("")
    assert code_digest(tmp_path) == before


def test_a_wheel_and_a_checkout_of_the_same_code_have_the_same_recipe(tmp_path: Path) -> None:
    checkout, wheel = tmp_path / "checkout", tmp_path / "wheel"
    for package in ("analysis", "api", "gis", "layers", "maps"):
        (checkout / package).mkdir(parents=True)
        (checkout / package / "a.py").write_text("x = 1")
    shutil.copytree(checkout, wheel)
    (checkout / "requirements.lock").write_text("a==1")
    (wheel / "layers" / "data").mkdir()
    (wheel / "layers" / "data" / "requirements.lock").write_text("a==1")
    assert code_digest(checkout) == code_digest(wheel)
    assert lock_digest(checkout) == lock_digest(wheel)
    with pytest.raises(ReleaseError, match=r"No requirements\.lock"):
        lock_digest(tmp_path)


def test_the_order_of_keys_in_a_recipe_does_not_matter() -> None:
    assert recipe_digest({"a": 1, "b": {"c": 2, "d": 3}}) == recipe_digest({"b": {"d": 3, "c": 2}, "a": 1})
