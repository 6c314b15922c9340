"""The audit log: what is in it, several writers at once, and every kind of tampering."""

from __future__ import annotations

import datetime as dt
import json
import stat
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from api.cli.main import main
from api.jobs.audit import Seen, note
from api.jobs.chain import LONGEST, START, append, read_chain, verify
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SEEN = Seen(
    "key:ann",
    "municipality",
    "GET",
    "/v1/collections/parks/items",
    "7ae6fd93ca15c35b",
    "municipality.GM0344.decided",
    200,
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "audit.jsonl"
    for number in range(10):
        append(path, {"what": number})
    return path


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines(keepends=True)


def test_a_record_holds_who_saw_what_and_when(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    note(path, SEEN, NOW)
    (record,) = read_chain(path)
    assert record == {
        "time": "2026-03-01T12:00:00.000+00:00", "caller": "key:ann", "role": "municipality", "action": "GET",
        "route": "/v1/collections/parks/items", "release": "7ae6fd93ca15c35b",
        "scope": "municipality.GM0344.decided", "status": 200,
    }  # fmt: skip
    assert json.loads(path.read_text())["before"] == START
    assert {stat.S_IMODE(item.stat().st_mode) for item in tmp_path.iterdir()} == {0o600}


def test_no_query_and_nothing_that_steers_a_terminal_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    route = "/v1/items?filter=owner='Jansen'&key=kring_secret"
    note(path, Seen("key:a\x1b[31m\nb", "r", "GET", route, "", "", 200), NOW)
    note(path, Seen("x" * 5000, "r", "GET", "/" + "y" * 50_000, "", "", 404), NOW)
    text = path.read_text()
    assert "Jansen" not in text
    assert "kring_" not in text
    assert "\\u001b" not in text
    assert [len(line) < 1000 for line in lines(path)] == [True, True]
    assert verify(path).problems == ()


def test_a_whole_log_is_whole(log: Path) -> None:
    found = verify(log)
    assert (found.problems, found.head.number, found.head.size) == ((), 10, log.stat().st_size)
    assert verify(log, str(found.head)).problems == ()
    append(log, {"what": "more"})
    assert verify(log, str(found.head)).problems == (), "a noted end stays in a log that grew"
    assert verify(log.with_name("none.jsonl")).problems == ()


TAMPERINGS: dict[str, Callable[[list[str]], list[str]]] = {
    "edit": lambda text: [*text[:4], text[4].replace('"what":4', '"what":5'), *text[5:]],
    "edit the first": lambda text: [text[0].replace('"what":0', '"what":1'), *text[1:]],
    "edit the last": lambda text: [*text[:-1], text[-1].replace('"what":9', '"what":8')],
    "edit a space": lambda text: [*text[:4], text[4].replace(",", ", ", 1), *text[5:]],
    "delete": lambda text: [*text[:4], *text[5:]],
    "delete the first": lambda text: text[1:],
    "delete the last": lambda text: text[:-1],
    "cut off half": lambda text: text[:5],
    "cut off within a line": lambda text: [*text[:-1], text[-1][:-10]],
    "empty": lambda _: [],
    "swap": lambda text: [*text[:4], text[5], text[4], *text[6:]],
    "turn round": lambda text: text[::-1],
    "repeat": lambda text: [*text[:5], text[4], *text[5:]],
    "insert": lambda text: [*text[:5], '{"number":6,"before":"' + "0" * 64 + '","record":{}}\n', *text[5:]],
    "add": lambda text: [*text, '{"number":11,"before":"' + "0" * 64 + '","record":{}}\n'],
    "add garbage": lambda text: [*text, "garbage\n"],
    "replace all": lambda _: ['{"number":1,"before":"' + START + '","record":{}}\n'],
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(log: Path, name: str) -> None:
    log.write_text("".join(TAMPERINGS[name](lines(log))))
    assert verify(log).problems != ()


@pytest.mark.parametrize("name", TAMPERINGS)
def test_it_stays_found_when_more_is_written(log: Path, name: str) -> None:
    log.write_text("".join(TAMPERINGS[name](lines(log))))
    for number in range(3):
        append(log, {"later": number})
    assert verify(log).problems != ()


def test_the_file_with_the_end_is_missed(log: Path) -> None:
    log.with_name("audit.jsonl.head").unlink()
    assert "gone" in verify(log).problems[0]
    append(log, {"what": "more"})
    assert verify(log).problems != ()


def test_the_end_of_both_files_cut_off_is_found_by_an_end_that_was_noted(log: Path) -> None:
    earlier = log.read_bytes(), log.with_name("audit.jsonl.head").read_bytes()
    append(log, {"what": "to hide"})
    noted = str(verify(log).head)
    log.write_bytes(earlier[0])
    log.with_name("audit.jsonl.head").write_bytes(earlier[1])
    assert verify(log).problems == (), "this is the limit"
    assert "was noted" in verify(log, noted).problems[0]


def test_a_process_that_died_between_the_two_files_breaks_nothing_silently(log: Path) -> None:
    before = log.with_name("audit.jsonl.head").read_bytes()
    append(log, {"what": "last words"})
    log.with_name("audit.jsonl.head").write_bytes(before)
    assert verify(log).problems == ()


def test_a_record_that_is_too_long_is_refused_and_nothing_is_written(log: Path) -> None:
    before = log.read_bytes()
    with pytest.raises(InputError, match="too long"):
        append(log, {"what": "x" * LONGEST})
    assert log.read_bytes() == before
    append(log, {"what": 10})
    assert verify(log).problems == ()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        append(tmp_path / "no" / "audit.jsonl", {})


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError):
        append(tmp_path / "audit.jsonl", {})
    assert not (tmp_path / "elsewhere").exists()


def test_threads_and_processes_at_once_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    script = "import sys, pathlib\nfrom api.jobs.chain import append\nfor n in range(40): append(pathlib.Path(sys.argv[1]), {'process': n})"
    processes = [subprocess.Popen([sys.executable, "-c", script, str(path)]) for _ in range(2)]

    def write() -> None:
        for number in range(40):
            append(path, {"thread": number})

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait(60) for process in processes] == [0, 0]
    found = verify(path)
    assert (found.problems, found.head.number) == ((), 240)
    for who, number in (("thread", 160), ("process", 80)):
        assert sum(who in record for record in read_chain(path)) == number


class TestCommand:
    """``kringruimte audit verify``."""

    def run(self, capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, Any, str]:
        code = main(["audit", "verify", *arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    def test_a_whole_log_and_its_end(self, log: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        code, out, _ = self.run(capsysbinary, str(log), "--json")
        assert code == 0
        assert json.loads(out) == {"records": 10, "head": str(verify(log).head), "problems": []}
        assert self.run(capsysbinary, str(log), "--head", json.loads(out)["head"])[0] == 0
        assert self.run(capsysbinary, str(log), "--head", f"10:{'1' * 64}")[0] == 1

    def test_a_broken_one_says_where(self, log: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        log.write_text("".join(TAMPERINGS["delete"](lines(log))))
        code, out, err = self.run(capsysbinary, str(log))
        assert (code, out) == (1, "")
        assert "line 5" in err
        code, out, _ = self.run(capsysbinary, str(log), "--json")
        assert code == 1
        assert "line 5" in json.loads(out)["problems"][0]

    def test_a_log_that_is_not_there_is_no_whole_log(
        self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        assert self.run(capsysbinary, str(tmp_path / "none"))[0] == 1
