"""Fetching a whole project: what is told, what stays in use, and how a run reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from api.cli.main import main
from api.jobs.fetch import FetchReport, fetch
from gis.errors import InputError
from layers.project import load_project
from layers.read import read_inputs
from layers.sources.client import make_http
from layers.sources.limits import Limits
from tests.support.services import Asked, Reply, Services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMITS = Limits(pause_s=0.0, attempts=2)
PROJECT = """
[project]
name = "Proef"
authority = "Provincie"
reference_date = 2026-01-01

[fetch]
area = [130000, 450000, 140000, 460000]
margin_m = 1000

[layers.parks]
recipe = "ibis_wfs"
fetch = { url = "BASE/wfs", name = "parks", page = 10 }

[layers.municipalities]
path = "towns.gpkg"
source = "CBS"
licence = "CC BY 4.0"
"""


class Clock:
    """A day that the test chooses, on which nobody waits."""

    def __init__(self, day: int = 1) -> None:
        self.day = day
        self.waited = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, self.day, 12, tzinfo=UTC) + timedelta(seconds=round(self.waited))

    def monotonic(self) -> float:
        return self.waited

    def sleep(self, seconds: float) -> None:
        self.waited += seconds


def squares(rows: int = 23) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "RIN_NUMMER": [f"{i:04d}" for i in range(rows)],
            "PLAN_NAAM": [f"Terrein {i}" for i in range(rows)],
            "JAAR": [2024] * rows,
            "HA_BRUTO": [1.0] * rows,
        },
        geometry=[shapely.box(131_000 + 300 * i, 455_000, 131_100 + 300 * i, 455_100) for i in range(rows)],
        crs=28992,
    )


@pytest.fixture
def services() -> Iterator[Services]:
    with Services(squares()) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path, services: Services) -> Path:
    towns = {"municipality_code": ["GM0344"], "name": ["Utrecht"]}
    gpd.GeoDataFrame(towns, geometry=[shapely.box(130_000, 450_000, 140_000, 460_000)], crs=28992).to_file(
        tmp_path / "towns.gpkg"
    )
    path = tmp_path / "project.toml"
    path.write_text(PROJECT.replace("BASE", services.base), "utf-8")
    return path


def go(project: Path, day: int = 1, **more: Any) -> FetchReport:
    if more.get("offline"):
        return fetch(project, clock=Clock(day), limits=LIMITS, **more)
    with make_http(LIMITS, trust_env=False) as http:
        return fetch(project, clock=Clock(day), limits=LIMITS, http=http, **more)


def test_before_the_first_fetch_the_run_says_what_to_do(project: Path) -> None:
    with pytest.raises(InputError, match=r"not fetched yet.*Run: kringruimte fetch"):
        load_project(project)


def test_what_was_fetched_is_read_as_a_layer(project: Path) -> None:
    report = go(project)
    assert report.state == "good"
    loaded = load_project(project)
    source = loaded.layers["parks"]
    assert source.date == "2026-11-01"
    assert source.licence == "CC0-1.0"
    assert "Opgehaald op 2026-11-01 van 127.0.0.1: 23 objecten." in source.note
    assert loaded.warnings == ()
    inputs = read_inputs(loaded)
    assert inputs.tables["parks"]["park_id"].tolist() == [f"{i:04d}" for i in range(23)]
    assert (inputs.tables["parks"]["gross_ha"] == 1.0).all()
    assert inputs.sources[0].file == source.path
    # a column that the recipe is not sure of is left out when the service lacks it
    assert "max_category" not in source.columns


def test_the_project_wins_over_the_recipe(project: Path) -> None:
    text = project.read_text("utf-8").replace(
        'recipe = "ibis_wfs"', 'recipe = "ibis_wfs"\ndate = "2024"\nnote = "n"'
    )
    project.write_text(text, "utf-8")
    go(project)
    source = load_project(project).layers["parks"]
    assert (source.date, source.note) == ("2024", "n")


def test_a_fetch_that_fails_leaves_the_last_good_copy_and_the_run_says_so(
    project: Path, services: Services
) -> None:
    first = go(project, 1)
    services.spoil = lambda _, reply: replace(reply, body=b"<html><title>Onderhoud</title></html>")
    second = go(project, 8)
    assert second.state == "old"
    assert second.outcomes[0].copy == first.outcomes[0].copy
    loaded = load_project(project)
    assert loaded.layers["parks"].date == "2026-11-01"
    (warning,) = loaded.warnings
    assert warning == (
        "layer parks: the fetch of 2026-11-08 failed (a web page came instead of data: 'Onderhoud'); "
        "the copy of 2026-11-01 is in use"
    )
    services.spoil = lambda _, reply: reply
    assert go(project, 9).state == "good"
    assert load_project(project).warnings == ()


def test_a_first_fetch_that_fails_leaves_nothing(project: Path, services: Services) -> None:
    services.spoil = lambda _, reply: replace(reply, status=404)
    report = go(project)
    assert report.state == "lacking"
    assert report.outcomes[0].failed is not None
    assert report.outcomes[0].failed.fault == "not_there"
    assert list(project.parent.glob("fetched/*.parquet")) == []
    with pytest.raises(InputError, match="not fetched yet"):
        load_project(project)


def test_a_newer_copy_replaces_the_older_and_the_cache_does_not_grow(
    project: Path, services: Services
) -> None:
    go(project, 1)
    services.table = squares(7)
    report = go(project, 2)
    assert report.outcomes[0].copy is not None
    assert report.outcomes[0].copy.rows == 7
    assert "7 features, and 23 the time before" in report.outcomes[0].copy.notes
    assert [path.name for path in project.parent.glob("fetched/*.parquet")] == [report.outcomes[0].copy.file]
    # capabilities, count and one page
    assert len([path for path in project.parent.glob("fetched/cache/objects/*/*") if path.is_file()]) == 3
    assert load_project(project).layers["parks"].date == "2026-11-02"


def test_a_damaged_copy_is_refused_and_made_again_offline(project: Path) -> None:
    report = go(project)
    assert report.outcomes[0].copy is not None
    path = report.folder / report.outcomes[0].copy.file
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(InputError, match=r"gone or damaged.*--offline"):
        load_project(project)
    assert go(project, 30, offline=True).state == "good"
    assert path.read_bytes() == whole
    assert load_project(project).layers["parks"].date == "2026-11-01"


def test_another_recipe_is_another_fetch(project: Path, services: Services) -> None:
    go(project)
    text = (
        project.read_text("utf-8")
        .replace("ibis_wfs", "ibis_arcgis")
        .replace('/wfs", name = "parks"', '/arcgis/x/0"')
    )
    project.write_text(text, "utf-8")
    with pytest.raises(InputError, match="not fetched yet"):
        load_project(project)
    assert go(project).state == "good"
    assert len(read_inputs(load_project(project)).tables["parks"]) == 23


def test_files_that_must_be_asked_for(project: Path) -> None:
    with project.open("a", encoding="utf-8") as stream:
        stream.write('\n[layers.businesses]\nrecipe = "lisa"\n')
    report = go(project, only=["businesses"])
    assert report.state == "lacking"
    assert "LISA foundation" in str(report.files[0].problem)
    with project.open("a", encoding="utf-8") as stream:
        stream.write('path = "lisa.csv"\n')
    (project.parent / "lisa.csv").write_text(
        "LISA_NR,NAAM,SBI,BANEN,x,y\n1,A,3831,12,131050,455050\n", "utf-8"
    )
    assert go(project).state == "good"
    firms = read_inputs(load_project(project)).tables["businesses"]
    assert firms[["business_id", "jobs", "sbi_version"]].to_numpy().tolist() == [["1", 12, "SBI-2008"]]


def test_only_some_layers(project: Path) -> None:
    with pytest.raises(InputError, match="Did you mean 'parks'"):
        go(project, only=["park"])


def test_two_fetches_at_once(project: Path) -> None:
    from layers.sources.cache import alone

    with alone(project.parent / "fetched"), pytest.raises(InputError, match="another fetch"):
        go(project)


def test_a_project_without_recipes(project: Path) -> None:
    text = project.read_text("utf-8")
    project.write_text(
        text[: text.index("[layers.parks]")] + text[text.index("[layers.municipalities]") :], "utf-8"
    )
    with pytest.raises(InputError, match="no layer of this project names a recipe"):
        go(project)


def test_plans_are_fetched_with_a_key(
    project: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def area(number: int, category: str) -> dict[str, Any]:
        x = 131_000 + 200 * number
        ring = [[x, 455_000], [x + 100, 455_000], [x + 100, 455_100], [x, 455_100], [x, 455_000]]
        return {
            "id": f"A{number}",
            "naam": f"bedrijf tot en met categorie {category}",
            "geometrie": {"type": "Polygon", "coordinates": [ring]},
            "_links": {"self": {"href": "x"}},
        }

    services.plans = {
        "NL.IMRO.0344.A": [area(i, "3.2") for i in range(4)],
        "NL.IMRO.0344.B": [area(9, "4.2"), {**area(10, "1"), "naam": "horeca"}],
        "NL.IMRO.0344.C": [],
    }
    with project.open("a", encoding="utf-8") as stream:
        stream.write(
            f'\n[layers.plots]\nrecipe = "ruimtelijke_plannen"\nfetch = {{ url = "{services.base}/plans" }}\n'
        )
    failed = go(project, only=["plots"]).outcomes[0].failed
    assert failed is not None
    assert (failed.fault, services.log) == ("no_access", [])
    monkeypatch.setenv("KRING_RUIMTELIJKE_PLANNEN_KEY", "sleutel")
    assert go(project).state == "good"
    plots = read_inputs(load_project(project)).tables["plots"]
    assert plots["max_category"].tolist() == ["3.2", "3.2", "3.2", "3.2", "4.2"]
    assert plots["remark"].tolist() == ["NL.IMRO.0344.A"] * 4 + ["NL.IMRO.0344.B"]
    asked = json.loads(services.asked("_zoek")[0].body)
    assert asked["_geo"]["intersects"]["coordinates"][0][0] == [129_000, 449_000]


def broken(_: Asked, reply: Reply) -> Reply:
    return replace(reply, status=404)


def test_the_command_line(
    project: Path, services: Services, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert main(["fetch", str(project)]) == 0
    assert "23" in capsys.readouterr().out
    services.spoil = broken
    assert main(["fetch", str(project), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["state"] == "old"
    assert told["layers"][0]["failed"]["fault"] == "not_there"
    assert "requests" not in told["layers"][0]["copy"]
    assert main(["fetch", str(project), "--offline"]) == 0
    capsys.readouterr()
    assert main(["check", str(project)]) == 0
    assert "failed (this address does not exist" in capsys.readouterr().err
    assert main(["recipes", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["recipes"]) == 22
