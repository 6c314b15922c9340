"""What leaves the house, from the command line on the sample region: choice packages and the import package."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from api.cli.main import main
from layers.release import open_release

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.release import Release

pytestmark = pytest.mark.xdist_group("plan")
HEAVY, LIGHT = "Oudewater", "Renswoude"


@pytest.fixture(scope="module")
def planned(planned_release: Path) -> Release:
    return open_release(planned_release)


def asked(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Any:
    code = main([*arguments, "--json"])
    out, err = capsysbinary.readouterr()
    assert code == 0, err.decode()
    return json.loads(out)


def contents(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def opened(content: bytes, folder: Path, **options: str) -> gpd.GeoDataFrame:
    path = folder / "read.gpkg"
    path.write_bytes(content)
    return gpd.read_file(path, **options)


def test_a_municipality_gets_papers_maps_and_exchange_files(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(
        capsysbinary, "package", str(planned.path), "--municipality", HEAVY, "--out", str(tmp_path)
    )
    (packed,) = answer["packages"]
    files = contents(Path(packed["path"]))
    for stem in ("een-a4", "raadsvoorstel", "raadsbesluit", "keuzepakket"):
        assert {f"{stem}.docx", f"{stem}.pdf", f"{stem}.html"} <= set(files)
    assert {"index.html", "werkingsgebieden.gpkg", "werkingsgebieden.geojson", "stand.json"} <= set(files)
    assert {name for name in files if name.startswith("regels/")}
    page = files["index.html"].decode()
    assert all(f'href="{name}"' in page for name in files if name.startswith("een-a4"))
    areas = opened(files["werkingsgebieden.gpkg"], tmp_path, layer="werkingsgebieden")
    assert areas.crs.to_epsg() == 28992
    drawn = gpd.read_file(io.BytesIO(files["werkingsgebieden.geojson"]))
    assert drawn.crs.to_epsg() == 28992
    assert set(drawn["location_id"]) == set(areas["location_id"])
    assert "B03" in packed["chosen"]
    text = files["keuzepakket.html"].decode()
    assert "Concept, juridisch te toetsen" in text
    assert "voorbeeld" in text


def test_no_package_holds_a_home_a_soft_plan_or_a_firm(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    """What is secret at the level province stays out of every text of a package, by name and by id."""
    answer = asked(
        capsysbinary, "package", str(planned.path), "--municipality", "Utrecht", "--out", str(tmp_path)
    )
    files = contents(Path(answer["packages"][0]["path"]))
    text = "".join(
        content.decode()
        for name, content in files.items()
        if name.endswith((".html", ".json", ".csv", ".geojson"))
    )
    plans = planned.table("housing_plans")
    soft = plans[plans["phase"] != "hard"]
    assert len(soft)
    for row in soft.to_dict("records"):
        assert str(row["name"]) not in text
    firms = planned.table("businesses")["name"].dropna()
    assert not [name for name in firms if len(str(name)) > 6 and str(name) in text]
    homes = planned.table("sensitive_objects")["object_id"].astype(str)
    assert not [home for home in homes[:200] if f'"{home}"' in text]


def test_the_import_package_passes_its_own_checks_and_says_what_is_still_concept(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "export", str(planned.path), "--for", "visie", "--out", str(tmp_path))
    files = contents(Path(answer["path"]))
    zones = planned.table("reservation_zones")
    assert answer["changes"]["nieuw"] == len(zones)
    assert {row["code"] for row in answer["findings"]} == {"CONCEPT"}
    report = json.loads(files["validatie.json"])
    assert report["fouten"] == 0
    dossiers = [name for name in files if name.startswith("locatiedossiers/")]
    assert len(dossiers) == len(zones)
    gpkg = opened(files["reservering.gpkg"], tmp_path, layer="voorgesteld")
    assert shapely.area(gpkg.geometry).sum() == pytest.approx(shapely.area(zones.geometry).sum(), rel=1e-6)


def test_a_gio_comes_back_as_a_layer_with_the_same_ids(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "export", str(planned.path), "--for", "visie", "--out", str(tmp_path))
    files = contents(Path(answer["path"]))
    (name,) = [name for name in files if name.endswith(".gml")]
    gio = tmp_path / "one.gml"
    gio.write_bytes(files[name])
    target = tmp_path / "terug.gpkg"
    asked_for = ["--as", "reservations", "--function", "F05", "--out", str(target)]
    assert main(["read-gio", str(gio), *asked_for]) == 0
    capsysbinary.readouterr()
    back = gpd.read_file(target).set_index("reservation_id").sort_index()
    sent = (
        opened(files["reservering.gpkg"], tmp_path, layer="voorgesteld").set_index("locatie_id").sort_index()
    )
    assert list(back.index) == list(sent.index)
    apart = shapely.area(shapely.symmetric_difference(back.geometry.to_numpy(), sent.geometry.to_numpy()))
    assert apart.max() < 1e-3 * shapely.length(sent.geometry.to_numpy()).max()
    assert set(back["function"]) == {"F05"}


@pytest.mark.parametrize("purpose", ["visie", "verordening"])
def test_the_files_of_the_sample_are_valid_by_the_official_schemas(
    planned: Release,
    tmp_path: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
    official_errors: Callable[[Mapping[str, bytes], Path], list[str]],
    purpose: str,
) -> None:
    answer = asked(capsysbinary, "export", str(planned.path), "--for", purpose, "--out", str(tmp_path))
    files = contents(Path(answer["path"]))
    assert sum(name.startswith(("gio/", "ow/")) for name in files) > 4
    assert official_errors(files, tmp_path) == []


def test_against_the_package_before_nothing_changed(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    first = asked(
        capsysbinary, "export", str(planned.path), "--for", "verordening", "--out", str(tmp_path / "a")
    )
    again = asked(
        capsysbinary,
        "export",
        str(planned.path),
        "--for",
        "verordening",
        "--out",
        str(tmp_path / "b"),
        "--previous",
        first["path"],
    )
    count = len(planned.table("reservation_zones"))
    assert again["changes"] == {"nieuw": 0, "gewijzigd": 0, "vervallen": 0, "ongewijzigd": count}


def test_two_runs_give_the_same_bytes(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for folder in ("a", "b"):
        asked(
            capsysbinary, "package", str(planned.path), "--municipality", HEAVY, "--municipality", LIGHT,
            "--out", str(tmp_path / folder),
        )  # fmt: skip
        asked(capsysbinary, "export", str(planned.path), "--for", "visie", "--out", str(tmp_path / folder))
    names = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert len(names) == 3
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_the_choices_of_a_council_remake_the_package(
    planned: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    code = str(planned.table("municipalities").set_index("name").loc[HEAVY, "municipality_code"])
    chosen = tmp_path / "keuze.toml"
    chosen.write_text(f'[{code}.blocks.B01]\n[{code}.blocks.B08]\noption = "light"\n', encoding="utf-8")
    answer = asked(
        capsysbinary, "package", str(planned.path), "--municipality", HEAVY, "--selection", str(chosen),
        "--out", str(tmp_path),
    )  # fmt: skip
    assert answer["packages"][0]["chosen"] == ["B01", "B08"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("package", "--municipality", "Nergenshuizen"), ("Nergenshuizen", "Oudewater")),
        (("package", "--selection", "bestaat-niet.toml"), ("bestaat-niet.toml",)),
        (("export", "--for", "visie", "--settings", "bestaat-niet.toml"), ("bestaat-niet.toml",)),
        (("export", "--for", "visie", "--previous", "bestaat-niet.zip"), ("bestaat-niet.zip",)),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_written(
    planned: Release,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    command, *rest = arguments
    assert main([command, str(planned.path), *rest, "--out", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert all(word in said for word in words)
    assert not list(tmp_path.iterdir())


def test_an_unknown_block_is_refused_by_name(
    planned: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = str(planned.table("municipalities").set_index("name").loc[HEAVY, "municipality_code"])
    chosen = tmp_path / "keuze.toml"
    chosen.write_text(f"[{code}.blocks.B99]\n", encoding="utf-8")
    arguments = ["--selection", str(chosen), "--out", str(tmp_path / "uit")]
    assert main(["package", str(planned.path), *arguments]) == 1
    said = capsys.readouterr().err
    assert "B99" in said
    assert "keuze.toml" in said
    assert not (tmp_path / "uit").exists()


def test_another_file_of_the_same_name_is_not_lost(
    planned: Release, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "keuzepakket-oudewater.zip"
    own.write_bytes(b"mine")
    arguments = ["package", str(planned.path), "--municipality", HEAVY, "--out", str(tmp_path)]
    assert main(arguments) == 1
    assert "--replace" in capsys.readouterr().err
    assert own.read_bytes() == b"mine"
    assert [path.name for path in tmp_path.iterdir()] == [own.name]


def test_which_rules_a_municipality_can_adopt(
    planned: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "rules", str(planned.path), HEAVY)
    rules = {row["block_id"]: row for row in answer["rules"]}
    assert not {"B19", "B22", "B23", "B24"} & set(rules), "a council never gets a provincial rule to adopt"
    assert rules["B03"]["verdict"] == "recommended"
    assert rules["B03"]["location_ids"]
    assert answer["rules"][0]["verdict"] == "recommended"
    assert all(row["motivation_nl"] and row["map_nl"] and row["legal_risk_nl"] for row in answer["rules"])
