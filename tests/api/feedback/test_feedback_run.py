"""A run with accepted corrections: applied once, written down, and never silently."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from api.jobs.check import check_project
from api.jobs.feedback import add_report, decide
from api.jobs.run import run
from gis.errors import InputError
from layers.project import load_project
from layers.schema import Level

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from pathlib import Path

    from api.jobs.feedback_file import Draft
    from layers.release import Release

QUAYS = """
[layers.quays]
path = "quays.csv"
x = "x"
y = "y"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"
"""
FILE = "feedback.json"


def no_views(release: Release, sink: Any) -> None:
    """Draw nothing."""
    sink.write_bytes("views/name.txt", release.name.encode())


@pytest.fixture
def project(new_project: Callable[[Path], Path], tmp_path: Path) -> Path:
    """Write the small project, which names a file of reports."""
    path = new_project(tmp_path / "project")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sample = true", f'sample = true\ncorrections = "{FILE}"'), encoding="utf-8")
    return path


def report(project: Path, draft: Draft, now: dt.datetime, *, accept: bool | None) -> None:
    """Send in a report and decide on it."""
    number = add_report(project.parent / FILE, draft, now).number
    if accept is not None:
        decide(project.parent / FILE, number, accept=accept, reason="Nagekeken.", by="key:prov", now=now)


def made(project: Path) -> Release:
    return run(load_project(project), project.parent / "releases", render=no_views)


def row(release: Release, table: str, **wanted: str) -> dict[str, Any]:
    """Give the one row of a table with these values, missing ones as None."""
    frame = release.table(table)
    for name, value in wanted.items():
        frame = frame[frame[name] == value]
    (found,) = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {str(name): value for name, value in found.items()}


def test_an_accepted_category_changes_the_evidence_and_is_written_down(
    project: Path, new_project: Callable[[Path], Path], tmp_path: Path, draft: Draft, now: dt.datetime
) -> None:
    plain = made(new_project(tmp_path / "plain"))
    report(project, draft, now, accept=True)
    release = made(project)
    before, after = (row(each, "park_evidence", park_id="R2") for each in (plain, release))
    assert (before["permitted_low"], before["permitted_hmc"]) == ("3.2", "no")
    assert (after["permitted_low"], after["permitted_hmc"]) == ("4.2", "certain")
    assert row(release, "parks", park_id="R2")["max_category"] == "4.2"
    assert row(release, "corrections") == {
        "correction_id": "TM-0001",
        "layer": "parks",
        "object_id": "R2",
        "object_name": "Zuid",
        "park_id": "R2",
        "municipality_code": "GM0344",
        "field": "max_category",
        "field_nl": "Hoogste milieucategorie (register)",
        "field_en": "Highest category (registry)",
        "unit": None,
        "before": "3.2",
        "after": "4.2",
        "source": "Bestemmingsplan Zuid 2021, artikel 4",
        "reason": "Nagekeken.",
        "decided": "2026-03-01",
        "applied": "yes",
        "why_nl": "De waarde is vervangen.",
        "why_en": "The value was replaced.",
    }
    quality = row(release, "data_quality", rule="corrected")
    assert (quality["feature_id"], quality["field"], quality["before"], quality["after"]) == (
        "R2", "max_category", "3.2", "4.2",
    )  # fmt: skip
    # the other parks are what they were, to the last digit
    for park in ("R1", "R3"):
        tables = [each.table("park_evidence") for each in (plain, release)]
        first, second = (table[table["park_id"] == park].reset_index(drop=True) for table in tables)
        pd.testing.assert_frame_equal(first, second)
    everything = b"".join(path.read_bytes() for path in sorted(release.path.rglob("*")) if path.is_file())
    for secret in (b"key:ann", b"key:prov", b"plankaart"):
        assert secret not in everything
    assert release.verify() == ()
    assert release.layer("corrections").level is Level.PUBLIC


def test_what_was_not_accepted_changes_nothing_not_even_a_name(
    project: Path, new_project: Callable[[Path], Path], tmp_path: Path, draft: Draft, now: dt.datetime
) -> None:
    plain = made(new_project(tmp_path / "plain"))
    report(project, draft, now, accept=False)
    report(project, draft, now, accept=None)
    release = made(project)
    assert release.name == plain.name
    assert "corrections" not in release.names
    assert "corrections" not in release.manifest["recipe"]
    for path in sorted(plain.path.rglob("*")):
        if path.is_file():
            assert (release.path / path.relative_to(plain.path)).read_bytes() == path.read_bytes()


def test_the_name_follows_what_was_accepted_and_nothing_else(
    project: Path, draft: Draft, now: dt.datetime
) -> None:
    report(project, draft, now, accept=True)
    first = made(project)
    bytes_first = {path.name: path.read_bytes() for path in (first.path / "data").iterdir()}
    # another report, open or declined, and another place of the file
    report(project, replace(draft, before="4.2", after="5.1"), now, accept=False)
    report(project, replace(draft, object_id="R1", before="5.1"), now, accept=None)
    moved = project.parent / "elsewhere.json"
    (project.parent / FILE).rename(moved)
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace(FILE, str(moved)), encoding="utf-8")
    again = run(load_project(project), project.parent / "others", render=no_views)
    assert again.name == first.name
    assert {path.name: path.read_bytes() for path in (again.path / "data").iterdir()} == bytes_first
    decide(moved, 3, accept=True, reason="Ja.", by="x", now=now)
    assert made(project).name != first.name


def test_a_later_correction_goes_on_from_an_earlier_one(
    project: Path, draft: Draft, now: dt.datetime
) -> None:
    report(project, draft, now, accept=True)
    report(project, replace(draft, before="4.2", after="5.1"), now, accept=True)
    release = made(project)
    assert row(release, "parks", park_id="R2")["max_category"] == "5.1"
    assert release.table("corrections")["applied"].tolist() == ["yes", "yes"]


@pytest.mark.parametrize(
    ("changes", "name", "why"),
    [
        ({"before": "3.1"}, "Zuid", "De brongegevens zeggen nu 3.2 en niet meer 3.1."),
        ({"before": None}, "Zuid", "De brongegevens zeggen nu 3.2 en niet meer niet bekend."),
        ({"before": "4.1", "after": "3.2"}, "Zuid", "De brongegevens zeggen dit nu zelf"),
        ({"object_id": "R9"}, None, "Dit object staat niet meer in de brongegevens."),
        ({"layer": "plots", "object_id": "P1"}, None, "hebben deze laag niet"),
    ],
)
def test_what_no_longer_fits_is_told_and_not_applied(
    project: Path, draft: Draft, now: dt.datetime, changes: dict[str, Any], name: str | None, why: str
) -> None:
    report(project, replace(draft, **changes), now, accept=True)
    release = made(project)
    told = row(release, "corrections")
    assert (told["applied"], told["object_name"]) == ("no", name)
    assert why in told["why_nl"]
    assert told["why_en"]
    assert row(release, "parks", park_id="R2")["max_category"] == "3.2"
    assert "corrected" not in set(release.table("data_quality")["rule"])


def test_a_value_that_was_missing_is_filled(project: Path, draft: Draft, now: dt.datetime) -> None:
    report(project, replace(draft, object_id="R3", park_id="R3", before=None, after="4"), now, accept=True)
    report(project, replace(draft, field="net_ha", before=None, after="5,25"), now, accept=True)
    report(project, replace(draft, field="zoned", before=None, after="yes"), now, accept=True)
    release = made(project)
    assert row(release, "parks", park_id="R3")["max_category"] == "4"
    corrected = row(release, "parks", park_id="R2")
    assert (corrected["net_ha"], corrected["zoned"]) == (5.25, True)
    assert row(release, "park_evidence", park_id="R2")["net_ha"] == 5.25


def test_a_quay_that_is_gone_is_taken_out_and_one_that_cannot_be_used_says_so(
    project: Path, draft: Draft, now: dt.datetime
) -> None:
    lines = ["quay_id,kind,length_m,usable,x,y", "K1,own,80,ja,132010,455010", "K2,own,,ja,132290,455010"]
    (project.parent / "quays.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with project.open("a", encoding="utf-8") as stream:
        stream.write(QUAYS)
    quay = replace(draft, layer="quays", object_id="K1", object_name=None)
    report(project, replace(quay, field="exists", before="yes", after="no"), now, accept=True)
    report(project, replace(quay, object_id="K2", field="usable", before="yes", after="no"), now, accept=True)
    report(project, replace(quay, field="length_m", before="80", after="90"), now, accept=True)
    release = made(project)
    assert release.table("quays")["quay_id"].tolist() == ["K2"]
    assert row(release, "quays", quay_id="K2")["usable"] is False
    told = release.table("corrections").set_index("correction_id")
    assert told["applied"].to_dict() == {"TM-0001": "yes", "TM-0002": "yes", "TM-0003": "no"}
    assert told.loc["TM-0001", "why_en"] == "The object was taken out of the data."
    source = next(each for each in release.project["sources"] if each["layer"] == "quays")
    assert (source["rows_in"], source["rows_out"]) == (2, 1)


def test_a_layer_of_which_nothing_is_left_is_empty(project: Path, draft: Draft, now: dt.datetime) -> None:
    lines = ["quay_id,kind,length_m,usable,x,y", "K1,own,80,ja,132010,455010"]
    (project.parent / "quays.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with project.open("a", encoding="utf-8") as stream:
        stream.write(QUAYS)
    gone = replace(draft, layer="quays", object_id="K1", field="exists", before="yes", after="no")
    report(project, gone, now, accept=True)
    assert len(made(project).table("quays")) == 0


def test_a_stricter_level_of_the_layer_holds_for_its_corrections(
    project: Path, draft: Draft, now: dt.datetime
) -> None:
    report(project, draft, now, accept=True)
    text = project.read_text(encoding="utf-8")
    project.write_text(
        text.replace("[layers.municipalities]", 'level = "province"\n\n[layers.municipalities]', 1),
        encoding="utf-8",
    )
    assert made(project).layer("corrections").level is Level.PROVINCE


def test_a_file_that_is_absent_or_damaged_stops_the_run_with_one_clear_error(project: Path) -> None:
    with pytest.raises(InputError, match="does not exist") as caught:
        made(project)
    assert len(caught.value.problems) == 1
    file = project.parent / FILE
    file.write_text("{}", encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(InputError, match="not a file of reports"):
        made(project)
    assert [problem.repair for problem in check_project(project).problems] == [
        "Restore it from a copy, or remove it."
    ]
    assert not (project.parent / "releases").exists()
