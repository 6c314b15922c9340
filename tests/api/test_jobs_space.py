"""Demand and balance as part of a run: kept in the release, shown by one command, with own figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import main
from api.jobs.balance import show_balance
from api.jobs.run import run
from gis.errors import InputError
from layers.project import load_project
from layers.release import Release, open_release
from layers.sample.build import write_sample

# a short run; the surface has tests of its own
ASKED = "[parameters.space]\nsurface = false\ndraws = 1000\nsamples = 8\n\n[layers.parks]"


def no_views(*_: object) -> None:
    """Make no views."""


@pytest.fixture(scope="module")
def project_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_sample(tmp_path_factory.mktemp("space"))
    path.write_text(path.read_text(encoding="utf-8").replace("[layers.parks]", ASKED, 1), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def balanced(project_file: Path) -> Release:
    return run(load_project(project_file), project_file.parent / "releases", render=no_views)


def test_the_bands_are_ordered_and_never_negative(balanced: Release) -> None:
    table = balanced.table("balance_groups")
    assert (table["p10_ha"] >= 0).all()
    assert (table["p10_ha"] <= table["p50_ha"]).all()
    assert (table["p50_ha"] <= table["p90_ha"]).all()
    assert table["share_short"].between(0, 1).all()


def test_published_figures_come_back(balanced: Release) -> None:
    checks = balanced.table("demand_checks")
    published = checks[["published_low", "published_mid", "published_high"]].to_numpy().round(0)
    # SKBN's 870 ha by inhabitants gives about 68 ha for Utrecht
    assert 68.0 in published


def test_a_balance_cannot_be_shown_of_a_release_without_one(release: Release) -> None:
    with pytest.raises(InputError, match="assess = true"):
        show_balance(release)


def test_the_command_shows_classes_and_years(balanced: Release, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["balance", str(balanced.path), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["year"] for row in answer["shortage"]} == {2030, 2035, 2050}
    assert {row["group"] for row in answer["shortage"]} == {"light", "4.1", "4.2", "5.1+", "total"}
    assert len(answer["answers"]) >= 3
    assert main(["balance", str(balanced.path)]) == 0
    shown = capsys.readouterr().out
    assert "ondergrens" in shown
    assert "2050" in shown


def test_own_figures_give_another_release_and_a_missing_file_is_named(
    project_file: Path, balanced: Release, tmp_path: Path
) -> None:
    text = project_file.read_text(encoding="utf-8")
    stated = text.replace("samples = 8\n", 'samples = 8\nfiles = { scenarios = "eigen.csv" }\n')
    for source in project_file.parent.glob("*voorbeeld*"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    (tmp_path / "project.toml").write_text(stated, encoding="utf-8")
    with pytest.raises(InputError, match=r"eigen\.csv"):
        run(load_project(tmp_path / "project.toml"), tmp_path / "releases", render=no_views)
    shipped = Path(__file__).parents[2] / "layers" / "data" / "scenarios.csv"
    (tmp_path / "eigen.csv").write_bytes(shipped.read_bytes())
    own = run(load_project(tmp_path / "project.toml"), tmp_path / "releases", render=no_views)
    assert own.name != balanced.name
    assert own.manifest["tables_sha256"] == balanced.manifest["tables_sha256"]


def test_the_release_opens_again(balanced: Release) -> None:
    again = open_release(balanced.path)
    assert again.verify() == ()
    assert len(again.table("research_agenda")) > 10
