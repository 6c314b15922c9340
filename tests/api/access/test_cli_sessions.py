"""``kringruimte sessions`` on the hand-made release."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

from api.cli.main import main
from api.jobs.roles import Role
from api.jobs.sessions import SessionBook

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from layers.release import Release


def run(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    code = main(["sessions", *arguments])
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def test_a_session_from_its_opening_to_its_end(
    release: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "sessions.json"
    table = release.table("municipalities")
    sub_area = str(table["sub_area"].dropna().iloc[0])
    codes = sorted(table.loc[table["sub_area"] == sub_area, "municipality_code"])
    asked = ["open", "west-1", str(release.path), "--sub-area", sub_area, "--file", str(file)]
    code, _, err = run(capsysbinary, *asked, "--layer", "usable_zones", "--member", "key:waterschap")
    assert code == 0, err
    now = dt.datetime.now(dt.UTC)
    (found,) = SessionBook(file).of("key:waterschap", Role.SESSION, [], now)
    assert (found.release, sorted(found.territory), set(found.layers)) == (
        release.name,
        codes,
        {"usable_zones"},
    )
    code, out, _ = run(capsysbinary, "list", "--file", str(file), "--json")
    assert [(row["id"], row["on"]) for row in json.loads(out)["sessions"]] == [("west-1", True)]
    assert "west-1" in run(capsysbinary, "list", "--file", str(file))[1]
    assert run(capsysbinary, "close", "west-1", "--file", str(file))[0] == 0
    assert SessionBook(file).of("key:waterschap", Role.SESSION, [], dt.datetime.now(dt.UTC)) == ()


def test_homes_are_not_shared(
    release: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    sub_area = str(release.table("municipalities")["sub_area"].dropna().iloc[0])
    file = tmp_path / "sessions.json"
    asked = [
        "open",
        "west-1",
        str(release.path),
        "--sub-area",
        sub_area,
        "--file",
        str(file),
        "--municipalities",
    ]
    code, out, err = run(capsysbinary, *asked, "--layer", "sensitive_objects")
    assert (code, out) == (1, "")
    assert "may not be shared" in err
    assert not file.exists()


def test_outcomes_are_written_also_when_there_are_none(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    target = tmp_path / "outcomes.geojson"
    code, out, _ = run(capsysbinary, "outcomes", str(target), "--chain", str(tmp_path / "none.jsonl"))
    assert (code, out.strip()) == (0, "0 outcomes.")
    assert json.loads(target.read_text())["features"] == []
