"""``kringruimte feedback``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from api.cli.main import main
from api.jobs.feedback import add_report
from api.jobs.feedback_file import State, read_reports

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pytest

    from api.jobs.feedback_file import Draft


def run(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    code = main(["feedback", *arguments])
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def test_a_report_from_list_to_decision(
    tmp_path: Path, draft: Draft, now: dt.datetime, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "feedback.json"
    add_report(file, draft, now)
    asked = ("--file", str(file))
    code, out, _ = run(capsysbinary, "list", *asked, "--json")
    assert code == 0
    assert [(row["report"], row["state"]) for row in json.loads(out)["reports"]] == [("TM-0001", "open")]
    assert "TM-0001" in run(capsysbinary, "list", *asked)[1]
    code, out, _ = run(capsysbinary, "show", "1", *asked)
    assert code == 0
    assert "Bestemmingsplan Zuid 2021" in out
    code, _, err = run(capsysbinary, "accept", "TM-0001", *asked, "--reason", " ")
    assert code == 1
    assert "Give a reason" in err
    code, out, err = run(capsysbinary, "accept", "TM-0001", *asked, "--reason", "Klopt.", "--by", "Piet")
    assert code == 0, err
    assert "TM-0001 was accepted: Klopt." in out
    (report,) = read_reports(file)
    assert (report.state, report.decided_by) == (State.ACCEPTED, "Piet")
    code, _, err = run(capsysbinary, "decline", "TM-0001", *asked, "--reason", "Toch niet.")
    assert code == 1
    assert "decided before" in err
    assert json.loads(run(capsysbinary, "list", *asked, "--open", "--json")[1]) == {"reports": []}


def test_a_decision_needs_a_reason_and_a_report(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    asked = ("--file", str(tmp_path / "feedback.json"))
    assert run(capsysbinary, "decline", "TM-0001", *asked)[0] == 2
    for command in (("show", "7"), ("accept", "7", "--reason", "ja")):
        code, _, err = run(capsysbinary, *command, *asked)
        assert code == 1
        assert "no report" in err
    code, _, err = run(capsysbinary, "show", "zeven", *asked)
    assert code == 1
    assert "TM-0012" in err


def test_a_file_that_is_not_there_is_said_to_be_so(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    file = tmp_path / "elders.json"
    code, out, err = run(capsysbinary, "list", "--file", str(file), "--json")
    assert code == 0
    assert json.loads(out) == {"reports": []}
    assert f"{file} is not there" in err
    code, _, err = run(capsysbinary, "show", "1", "--file", str(file))
    assert code == 1
    assert "There is no report 1" in err
