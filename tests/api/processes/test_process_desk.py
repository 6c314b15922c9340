"""Calculations over the web: what is asked, by whom, how it ends, and how it is stopped."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from api.http.processes import catalogue, jobs
from api.http.processes.desk import Desk, DeskError, Visitor
from api.http.processes.jobs import JobLimits, JobRunner
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ROOT = "http://dienst.test/v1"
PLANNER = Visitor("planoloog", Level.PROVINCE)
OTHER = Visitor("collega", Level.PROVINCE)
STRANGER = Visitor("gemeente", Level.MUNICIPALITY)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    runner = JobRunner(
        JobLimits(running=1, waiting=1, per_owner=2, kept=2), lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    yield Desk(runner, tmp_path, ROOT)
    runner.close()


def asked(**inputs: Any) -> bytes:
    return orjson.dumps({"inputs": inputs})


def refused(call: Callable[[], object]) -> DeskError:
    with pytest.raises(DeskError) as caught:
        call()
    return caught.value


def until_finished(desk: Desk, job_id: str, seconds: float = 60.0) -> str:
    desk.runner.wait(job_id, seconds)
    job = desk.runner.job(job_id, PLANNER.name)
    assert job is not None
    return job.state


def test_a_municipality_finds_no_calculation_at_all(desk: Desk, tmp_path: Path) -> None:
    assert orjson.loads(desk.processes(STRANGER).body)["processes"] == []
    nothing = refused(lambda: desk.process("geen", PLANNER))
    hidden = refused(lambda: desk.process("why", STRANGER))
    forbidden = refused(
        lambda: desk.execute("why", asked(park="VB001"), STRANGER, tmp_path, respond_async=False)
    )
    assert nothing.details == hidden.details == forbidden.details
    assert {nothing.status, hidden.status, forbidden.status} == {HTTPStatus.NOT_FOUND}


@pytest.mark.parametrize("process", list(catalogue.PROCESSES))
def test_every_description_says_what_is_needed(desk: Desk, process: str) -> None:
    document = orjson.loads(desk.process(process, PLANNER).body)
    assert document["id"] == process
    needed = {name for name, each in document["inputs"].items() if each["minOccurs"] == 1}
    assert needed == {"why": {"park"}, "why-not": {"park", "function"}}.get(process, set())
    assert b"$ref" not in orjson.dumps(document)


@pytest.mark.parametrize(
    ("process", "body", "words"),
    [
        ("why", b"{", ("geldige JSON",)),
        ("why", b"[]", ('"inputs"',)),
        ("why", asked(), ("park",)),
        ("why", asked(park=3, extra=1), ("park", "extra")),
        ("why", asked(park="x" * 201), ("park",)),
        ("why-not", asked(park="VB001", function="F5"), ("function",)),
        ("what-if", asked(), ("één ding",)),
        ("what-if", asked(park="VB001", lock_in=["VB002=F05"]), ("één ding",)),
        ("what-if", asked(lock_in=["a b=F05", "=F05", "VB001=X"]), ("lock_in.0", "lock_in.1", "lock_in.2")),
        ("what-if", asked(lock_out=["VB001"] * 201), ("lock_out",)),
        ("what-if", asked(park="VB001", weights={"people": 2}), ("één ding",)),
        ("what-if", asked(weights={"people": -1}), ("weights.people",)),
        ("reserve", asked(weights={"people": -1}), ("weights.people",)),
        ("reserve", asked(seconds=9999), ("seconds",)),
        ("why", b'{"inputs": {"park": "' + b"x" * 1_000_001 + b'"}}', ("groter",)),
    ],
)
def test_inputs_that_cannot_be_used_are_all_named_and_nothing_starts(
    desk: Desk, tmp_path: Path, process: str, body: bytes, words: tuple[str, ...]
) -> None:
    error = refused(lambda: desk.execute(process, body, PLANNER, tmp_path, respond_async=True))
    assert error.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    assert all(word in " ".join(error.details) for word in words)
    assert desk.runner.jobs(PLANNER.name) == ()


def test_a_release_that_is_not_there_fails_in_words(desk: Desk, tmp_path: Path) -> None:
    error = refused(
        lambda: desk.execute("why", asked(park="VB001"), PLANNER, tmp_path / "geen", respond_async=False)
    )
    assert error.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert error.details


def test_jobs_belong_to_who_asked_and_can_be_stopped(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_work", sleep_long)
    first = desk.execute("reserve", asked(), PLANNER, tmp_path, respond_async=True)
    assert first.status == HTTPStatus.CREATED
    job_id = orjson.loads(first.body)["jobID"]
    assert first.headers["Location"] == f"{ROOT}/jobs/{job_id}"
    assert refused(lambda: desk.job(job_id, OTHER)).status == HTTPStatus.NOT_FOUND
    assert refused(lambda: desk.dismiss(job_id, OTHER)).status == HTTPStatus.NOT_FOUND
    assert orjson.loads(desk.jobs(OTHER).body)["jobs"] == []
    desk.execute("why", asked(park="VB001"), PLANNER, tmp_path, respond_async=True)
    busy = refused(lambda: desk.execute("why", asked(park="VB001"), PLANNER, tmp_path, respond_async=True))
    assert busy.status == HTTPStatus.TOO_MANY_REQUESTS
    assert busy.retry_after
    full = refused(lambda: desk.execute("why", asked(park="VB001"), OTHER, tmp_path, respond_async=True))
    assert full.status == HTTPStatus.TOO_MANY_REQUESTS
    assert refused(lambda: desk.results(job_id, PLANNER)).status == HTTPStatus.NOT_FOUND
    begin = time.monotonic()
    assert orjson.loads(desk.dismiss(job_id, PLANNER).body)["status"] == "dismissed"
    assert until_finished(desk, job_id) == "dismissed"
    assert refused(lambda: desk.results(job_id, PLANNER)).status == HTTPStatus.GONE
    desk.runner.close()
    assert time.monotonic() - begin < 30


def test_progress_and_answer_arrive_and_old_answers_are_forgotten(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_work", answer_at_once)
    found = []
    for _ in range(4):
        reply = desk.execute("why", asked(park="VB001"), PLANNER, tmp_path, respond_async=False)
        assert (reply.status, reply.body) == (HTTPStatus.OK, b'{"park":"VB001"}')
        found.append(desk.runner.jobs(PLANNER.name)[0])
    assert found[-1].progress == "halverwege"
    # two are kept beside the one that is accepted last
    assert len(desk.runner.jobs(PLANNER.name)) <= 3
    assert refused(lambda: desk.job(found[0].id, PLANNER)).status == HTTPStatus.NOT_FOUND


def test_a_worker_that_dies_is_a_failed_job(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_work", die)
    error = refused(lambda: desk.execute("why", asked(park="VB001"), PLANNER, tmp_path, respond_async=False))
    assert error.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "gestopt" in error.details[0]


def test_an_answer_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_work", answer_at_once)
    runner = JobRunner(JobLimits(result_bytes=5), lambda: datetime(2026, 1, 1, tzinfo=UTC))
    small = Desk(runner, tmp_path, ROOT)
    error = refused(lambda: small.execute("why", asked(park="VB001"), PLANNER, tmp_path, respond_async=False))
    assert "te groot" in error.details[0]
    runner.close()


def sleep_long(*_: object) -> None:
    time.sleep(300)


def answer_at_once(order: catalogue.Order, pipe: Any, _: int) -> None:
    pipe.send(("progress", "halverwege"))
    pipe.send(("done", orjson.dumps(dict(order.inputs))))


def die(*_: object) -> None:
    raise SystemExit(3)
