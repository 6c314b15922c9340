"""Reports of municipalities: kept whole, refused with reasons, decided once."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from api.jobs import feedback as jobs
from api.jobs.feedback import FeedbackRefusedError, ReportBook, accepted_corrections, add_report, decide
from api.jobs.feedback_file import Draft, State, number_of, read_reports
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

DAY = dt.timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feedback.json"


def test_a_report_is_read_back_as_it_was_and_only_by_its_owner(
    path: Path, draft: Draft, now: dt.datetime
) -> None:
    report = add_report(path, draft, now)
    assert (report.number, report.name, report.state, report.draft) == (1, "TM-0001", State.OPEN, draft)
    assert read_reports(path) == (report,)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_decision_is_kept_with_who_when_and_why(path: Path, draft: Draft, now: dt.datetime) -> None:
    add_report(path, draft, now)
    add_report(path, replace(draft, object_id="R1", before="5.1"), now)
    decide(path, 1, accept=True, reason=" Klopt, \u202egezien ", by="key:prov", now=now + DAY)
    decide(path, 2, accept=False, reason="Het plan noemt 5.1.", by="key:prov", now=now + 2 * DAY)
    one, two = read_reports(path)
    assert (one.state, one.reason, one.decided_by) == (State.ACCEPTED, "Klopt, gezien", "key:prov")
    assert (two.state, two.decided_at) == (State.DECLINED, now + 2 * DAY)
    (correction,) = accepted_corrections(read_reports(path))
    assert (correction.correction_id, correction.object_id, correction.before, correction.after) == (
        "TM-0001", "R2", "3.2", "4.2",
    )  # fmt: skip
    assert correction.decided == "2026-03-02"
    # who reported or decided is nowhere in what goes on to a release
    assert "ann" not in json.dumps(correction.facts())
    assert "prov" not in json.dumps(correction.facts())
    assert "plankaart" not in json.dumps(correction.facts())


def test_nothing_is_decided_twice_or_without_a_reason(path: Path, draft: Draft, now: dt.datetime) -> None:
    add_report(path, draft, now)
    for reason in ("", "  \u200b ", "x" * 501):
        with pytest.raises(FeedbackRefusedError) as caught:
            decide(path, 1, accept=True, reason=reason, by="x", now=now)
        assert [fault.field for fault in caught.value.faults] == ["reason"]
    with pytest.raises(InputError, match="no report 2"):
        decide(path, 2, accept=True, reason="ja", by="x", now=now)
    decide(path, 1, accept=False, reason="nee", by="x", now=now)
    with pytest.raises(InputError, match="decided before"):
        decide(path, 1, accept=True, reason="toch", by="x", now=now)
    assert read_reports(path)[0].state is State.DECLINED


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"field": "owner_kind", "layer": "plots"}, ["field"]),
        ({"layer": "businesses", "field": "sbi"}, ["field"]),
        ({"field": "name"}, ["field"]),
        ({"object_id": ""}, ["field"]),
        ({"object_id": "x" * 201}, ["field"]),
        ({"object_id": "a\nb"}, ["field"]),
        ({"municipality": "GM344"}, ["field"]),
        ({"after": "9"}, ["after"]),
        ({"after": "3.2"}, ["after"]),
        ({"after": ""}, ["after"]),
        ({"source": " \u200b "}, ["source"]),
        ({"source": "x" * 301}, ["source"]),
        ({"explanation": "x" * 1001}, ["explanation"]),
        ({"after": "", "source": "", "explanation": "x" * 1001}, ["after", "source", "explanation"]),
        ({"layer": "quays", "field": "exists", "before": "yes", "after": "yes"}, ["after"]),
        ({"layer": "quays", "field": "exists", "before": None, "after": "no"}, ["after"]),
    ],
)
def test_what_cannot_be_right_is_refused_with_all_its_faults(
    path: Path, draft: Draft, now: dt.datetime, changes: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(FeedbackRefusedError) as caught:
        add_report(path, replace(draft, **changes), now)
    assert [fault.field for fault in caught.value.faults] == fields
    assert all(fault.nl and fault.en for fault in caught.value.faults)
    assert not path.exists()


def test_what_a_reader_cannot_see_is_not_kept(path: Path, draft: Draft, now: dt.datetime) -> None:
    said = replace(
        draft, source="Plan \u202e2021\x00", explanation="een\r\n\u2066twee", reporter="key:a\u200b"
    )
    kept = add_report(path, said, now).draft
    assert (kept.source, kept.explanation, kept.reporter) == ("Plan 2021", "een\ntwee", "key:a")


def test_one_open_report_per_fact_and_fifty_per_municipality(
    path: Path, draft: Draft, now: dt.datetime
) -> None:
    add_report(path, draft, now)
    with pytest.raises(FeedbackRefusedError, match="TM-0001"):
        add_report(path, replace(draft, after="5.1"), now)
    # another municipality may speak of the same fact, and the same one again after a decision
    add_report(path, replace(draft, municipality="GM0307"), now)
    decide(path, 1, accept=False, reason="nee", by="x", now=now)
    add_report(path, draft, now)
    for number in range(49):
        add_report(path, replace(draft, object_id=f"P{number}"), now)
    with pytest.raises(FeedbackRefusedError, match="50 open reports"):
        add_report(path, replace(draft, object_id="Q"), now)
    add_report(path, replace(draft, object_id="Q", municipality="GM0307"), now)


def test_a_list_that_is_full_says_so(
    path: Path, draft: Draft, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "MOST", 1)
    add_report(path, draft, now)
    with pytest.raises(FeedbackRefusedError, match="full"):
        add_report(path, replace(draft, object_id="R9"), now)


@pytest.mark.parametrize(
    "damage",
    [
        "{",
        "[]",
        '{"reports": [1]}',
        {"number": 2},
        {"number": "1"},
        {"layer": "businesses"},
        {"after": "9"},
        {"after": "04.2"},
        {"state": "done"},
        {"state": "accepted"},
        {"reason": "ja"},
        {"time": "2026-03-01T12:00:00"},
        {"source": "x\u202ey"},
        {"municipality": "../x"},
        {"object_id": 7},
    ],
)
def test_a_damaged_file_is_refused_whole(
    path: Path, draft: Draft, now: dt.datetime, damage: str | dict[str, Any]
) -> None:
    add_report(path, draft, now)
    book = ReportBook(path)
    assert len(book.all()) == 1
    if isinstance(damage, dict):
        values = json.loads(path.read_text())
        values["reports"][0] |= damage
        damage = json.dumps(values)
    path.write_text(damage, encoding="utf-8")
    for use in (read_reports, lambda file: add_report(file, draft, now)):
        with pytest.raises(InputError, match="not a file of reports"):
            use(path)
    with pytest.raises(InputError):
        book.check()
    assert book.all() == ()
    assert not book.is_whole
    assert path.read_text(encoding="utf-8") == damage


def test_a_file_that_others_may_read_is_refused(path: Path, draft: Draft, now: dt.datetime) -> None:
    add_report(path, draft, now)
    path.chmod(0o644)
    with pytest.raises(InputError, match="chmod 600"):
        read_reports(path)


def _report_some(path: Path, draft: Draft, now: dt.datetime, worker: int) -> None:
    for number in range(10):
        add_report(path, replace(draft, object_id=f"{worker}-{number}"), now)


def test_reports_at_the_same_time_are_all_kept(path: Path, draft: Draft, now: dt.datetime) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_report_some, args=(path, draft, now, worker)) for worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    reports = read_reports(path)
    assert [report.number for report in reports] == list(range(1, 41))
    wanted = {f"{worker}-{number}" for worker in range(4) for number in range(10)}
    assert {report.draft.object_id for report in reports} == wanted


def test_open_reports_come_first_then_the_latest_decisions(
    path: Path, draft: Draft, now: dt.datetime
) -> None:
    for number in range(5):
        add_report(path, replace(draft, object_id=f"P{number}", municipality=f"GM000{number % 2}"), now)
    decide(path, 1, accept=True, reason="ja", by="x", now=now + DAY)
    decide(path, 3, accept=False, reason="nee", by="x", now=now + 3 * DAY)
    decide(path, 2, accept=True, reason="ja", by="x", now=now + 2 * DAY)
    book = ReportBook(path)
    assert [each.number for each in book.all()] == [4, 5, 3, 2, 1]
    assert [each.number for each in book.of(["GM0001"])] == [4, 2]
    assert book.of([]) == ()
    assert [each.correction_id for each in accepted_corrections(book.all())] == ["TM-0001", "TM-0002"]
    found = book.find(4)
    assert found is not None
    assert found.name == "TM-0004"
    assert book.find(6) is None
    assert book.find(None) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("TM-0012", 12),
        ("12", 12),
        ("tm-0001", 1),
        ("0", None),
        ("-1", None),
        ("1x", None),
        ("٣", None),
        ("", None),
    ],
)
def test_the_number_of_a_report(text: str, number: int | None) -> None:
    assert number_of(text) == number
