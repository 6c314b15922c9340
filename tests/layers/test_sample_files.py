"""The files of the sample: the same bytes everywhere, every made-up row marked, the project file true."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest

from layers.sample.build import layers, write_sample

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("sample")).parent


@pytest.fixture(scope="module")
def made() -> Mapping[str, gpd.GeoDataFrame]:
    return layers()


def test_two_folders_hold_the_same_bytes_also_with_another_hash_seed(folder: Path, tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from layers.sample.build import write_sample; write_sample(Path(sys.argv[1]))"
    other = tmp_path / "elsewhere" / "deeper"
    subprocess.run(
        [sys.executable, "-c", code, str(other)], check=True, env=os.environ | {"PYTHONHASHSEED": "7"}
    )
    names = sorted(path.name for path in folder.iterdir())
    assert sorted(path.name for path in other.iterdir()) == names
    assert [name for name in names if (folder / name).read_bytes() != (other / name).read_bytes()] == []


def test_the_sample_stays_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.iterdir()) < 5_000_000


def test_every_made_up_row_says_voorbeeld_in_the_files_themselves(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        if path.suffix == ".toml":
            continue
        if path.suffix == ".parquet":
            rows = gpd.read_parquet(path).drop(columns="geometry").astype(str).to_numpy().tolist()
        elif path.suffix == ".fgb":
            rows = pyogrio.read_dataframe(path, read_geometry=False).astype(str).to_numpy().tolist()
        elif path.suffix == ".csv":
            rows = list(csv.reader(path.read_text("utf-8").splitlines()))[1:]
        else:
            if path.suffix == ".zip":
                with zipfile.ZipFile(path) as archive:
                    text = archive.read("barrieres_voorbeeld.geojson").decode()
            else:
                text = path.read_text("utf-8")
            rows = [list(map(str, item["properties"].values())) for item in json.loads(text)["features"]]
        assert rows, path.name
        silent = [row for row in rows if not any("voorbeeld" in str(cell).lower() for cell in row)]
        assert silent == [], path.name


def test_the_project_file_names_files_and_columns_that_exist(folder: Path) -> None:
    project = tomllib.loads((folder / "project.toml").read_text("utf-8"))
    assert project["project"]["sample"] is True
    assert "geen echte grenzen" in project["project"]["note"]
    named = {layer["path"] for layer in project["layers"].values()}
    assert named == {path.name for path in folder.iterdir()} - {"project.toml"}
    for name, layer in project["layers"].items():
        path = folder / layer["path"]
        if path.suffix == ".csv":
            head = path.read_text("utf-8").splitlines()[0]
            columns = set(head.split(";" if ";" in head else ","))
        elif path.suffix == ".parquet":
            columns = set(gpd.read_parquet(path).columns)
        else:
            source = f"/vsizip/{path}" if path.suffix == ".zip" else path
            columns = set(pyogrio.read_info(source)["fields"])
        missing = set(layer["columns"].values()) - columns
        missing |= {layer[key] for key in ("x", "y", "wkt") if key in layer} - columns
        assert missing == set(), name
        assert layer["licence"], name
        assert layer["source"], name


def test_every_code_in_the_files_is_translated(folder: Path, made: Mapping[str, gpd.GeoDataFrame]) -> None:
    project = tomllib.loads((folder / "project.toml").read_text("utf-8"))
    for name, layer in project["layers"].items():
        frame = made[layer["path"]]
        for ours, codes in layer.get("values", {}).items():
            found = {value for value in frame[layer["columns"][ours]].dropna() if value != ""}
            assert found <= set(codes), (name, ours)
