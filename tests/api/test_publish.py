"""Publishing, withdrawing, and following both without a restart."""

from __future__ import annotations

import json
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from api.cli.main import main
from api.http.current import Follower, Shelf
from api.jobs.publication import LIST, TILES, Entry, Secrecy, place_of, read_publication
from api.jobs.publish import publish, withdraw
from gis.errors import InputError, ReleaseError
from layers.release_writer import ReleaseWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from layers.release import Release

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = Secrecy(ground="Woo 5.1 lid 2 onder f", ends=date(2027, 1, 1))


@pytest.fixture
def make(tmp_path: Path, tables: dict[str, pd.DataFrame]) -> Callable[..., Release]:
    """Give a function that writes small releases of one project."""

    def write(number: int, status: str = "adopted", name: str = "Mijn Provincie") -> Release:
        project = {
            "name": name,
            "authority": "Provincie Voorbeeld",
            "sample": True,
            "reference_date": "2026-01-01",
            "procedure_status": status,
            "sources": [],
        }
        recipe = {"number": number, "status": status, "name": name}
        with ReleaseWriter(tmp_path / "releases", recipe) as writer:
            writer.write_data({"municipalities": tables["municipalities"]}, project)
            return writer.commit()

    return write


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "published"


class Reports:
    """What a follower said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str | None]] = []

    def __call__(self, what: str, problem: str | None) -> None:
        self.said.append((what, problem))


def follower(folder: Path, report: Reports | None = None, **options: Any) -> Follower[str]:
    return Follower(
        folder,
        None,
        lambda _, release: f"open {release.name}",
        report=report or Reports(),
        interval=0.02,
        **options,
    )


def test_a_published_release_is_current_and_the_one_before_is_listed(make: Any, folder: Path) -> None:
    first, second = make(1), make(2, "in_force")
    publish(first, folder, now=NOW)
    publish(second, folder, now=NOW + timedelta(days=1))
    project = read_publication(folder).project("mijn-provincie")
    assert project.title == "Mijn Provincie"
    assert [(e.name, e.status, e.since, e.until) for e in project.entries] == [
        (first.name, "adopted", NOW, NOW + timedelta(days=1)),
        (second.name, "in_force", NOW + timedelta(days=1), None),
    ]
    current = project.current(undecided=False)
    assert current is not None
    assert current.name == second.name


def test_the_list_says_where_the_release_is_wherever_both_are_moved(
    make: Any, folder: Path, tmp_path: Path
) -> None:
    release = make(1)
    publish(release, folder, now=NOW)
    entry = json.loads((folder / LIST).read_text())["projects"]["mijn-provincie"]["entries"][0]
    assert entry["folder"] == f"../releases/{release.name}"
    assert entry["since"] == "2026-03-01T12:00:00Z"
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(folder, moved / "published")
    shutil.move(tmp_path / "releases", moved / "releases")
    followed = follower(moved / "published")
    followed.start()
    followed.stop()
    assert followed.held.opened == {release.name: f"open {release.name}"}


def test_publishing_the_same_again_changes_nothing(make: Any, folder: Path) -> None:
    release = make(1)
    first = publish(release, folder, now=NOW)
    before = (folder / LIST).read_bytes()
    assert publish(release, folder, now=NOW + timedelta(hours=1)) == first
    assert (folder / LIST).read_bytes() == before


def test_an_earlier_release_can_become_current_again(make: Any, folder: Path) -> None:
    first, second = make(1), make(2)
    for hour, release in enumerate((first, second, first)):
        publish(release, folder, now=NOW + timedelta(hours=hour))
    project = read_publication(folder).project(None)
    assert [(e.name, e.until is None) for e in project.entries] == [
        (first.name, False),
        (second.name, False),
        (first.name, True),
    ]


@pytest.mark.parametrize("status", ["exploration", "candidate"])
def test_an_undecided_release_needs_ground_and_end(make: Any, folder: Path, status: str) -> None:
    release = make(1, status)
    with pytest.raises(InputError, match="--secrecy-ground"):
        publish(release, folder, now=NOW)
    past = Secrecy(ground="Woo 5.1", ends=date(2026, 2, 28))
    with pytest.raises(InputError, match="ended on 2026-02-28"):
        publish(release, folder, now=NOW, secrecy=past)
    assert not (folder / LIST).exists()
    entry = publish(release, folder, now=NOW, secrecy=SECRET)
    assert entry.secrecy == SECRET


def test_a_decided_release_takes_no_secrecy(make: Any, folder: Path) -> None:
    with pytest.raises(InputError, match="open to everybody"):
        publish(make(1, "draft"), folder, now=NOW, secrecy=SECRET)


def test_an_undecided_release_does_not_exist_for_the_public(make: Any, folder: Path) -> None:
    decided, secret = make(1), make(2, "candidate")
    publish(decided, folder, now=NOW)
    publish(secret, folder, now=NOW, secrecy=SECRET)
    project = read_publication(folder).project(None)
    current = [project.current(undecided=flag) for flag in (False, True)]
    assert [entry and entry.name for entry in current] == [decided.name, secret.name]
    assert project.named(secret.name, undecided=False) is None
    assert [e.name for e in project.shown(undecided=False)] == [decided.name]
    found = project.named(secret.name, undecided=True)
    assert found is not None
    assert found.overdue(date(2027, 1, 2))
    assert not found.overdue(date(2027, 1, 1))


def test_a_list_in_which_an_undecided_release_has_no_secrecy_is_damaged(make: Any, folder: Path) -> None:
    publish(make(1, "candidate"), folder, now=NOW, secrecy=SECRET)
    text = json.loads((folder / LIST).read_text())
    text["projects"]["mijn-provincie"]["entries"][0]["secrecy"] = None
    (folder / LIST).write_text(json.dumps(text))
    with pytest.raises(ReleaseError, match="damaged"):
        read_publication(folder)


def test_a_damaged_release_and_one_of_another_project_are_refused(make: Any, folder: Path) -> None:
    release = make(1)
    with pytest.raises(InputError, match="belongs to project mijn-provincie"):
        publish(release, folder, now=NOW, key="andere")
    path = release.path / "data" / "project.json"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ReleaseError, match="damaged"):
        publish(release, folder, now=NOW)
    assert not (folder / LIST).exists()


def test_two_projects_share_a_folder(make: Any, folder: Path) -> None:
    publish(make(1), folder, now=NOW)
    publish(make(2, name="Ander Gebied"), folder, now=NOW)
    publication = read_publication(folder)
    assert sorted(publication.projects) == ["ander-gebied", "mijn-provincie"]
    with pytest.raises(ReleaseError, match="ander-gebied, mijn-provincie"):
        publication.project(None)


def test_writers_wait_for_each_other(make: Any, folder: Path) -> None:
    releases = [make(number) for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(lambda pair: publish(pair[1], folder, now=NOW + timedelta(pair[0])), enumerate(releases))
        )
    project = read_publication(folder).project(None)
    assert sorted(e.name for e in project.entries) == sorted(release.name for release in releases)
    assert sum(e.until is None for e in project.entries) == 1
    assert sorted(path.name for path in folder.iterdir()) == [".lock", LIST, TILES]


def test_a_reader_never_sees_half_a_list(make: Any, folder: Path) -> None:
    first, second = make(1), make(2)
    publish(first, folder, now=NOW)
    done = threading.Event()
    seen = set()

    def read() -> None:
        while not done.is_set():
            current = read_publication(folder).project(None).current(undecided=False)
            assert current is not None
            seen.add(current.name)

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        for turn in range(40):
            publish((second, first)[turn % 2], folder, now=NOW + timedelta(hours=turn + 1))
        done.set()
        reading.result()
    assert seen <= {first.name, second.name}


def test_withdrawing_brings_back_the_one_before(make: Any, folder: Path) -> None:
    first, second = make(1), make(2)
    publish(first, folder, now=NOW)
    publish(second, folder, now=NOW + timedelta(1))
    after = withdraw(folder, None, second.name, now=NOW + timedelta(2))
    current = after.current(undecided=False)
    assert current is not None
    assert (current.name, current.since) == (first.name, NOW + timedelta(2))
    assert after.named(second.name, undecided=True) is None
    with pytest.raises(ReleaseError, match="not published"):
        withdraw(folder, None, second.name, now=NOW)
    assert withdraw(folder, None, first.name, now=NOW).current(undecided=True) is None


def test_a_running_follower_takes_over_and_requests_keep_what_they_began_with(
    make: Any, folder: Path
) -> None:
    first, second = make(1), make(2)
    publish(first, folder, now=NOW)
    report = Reports()
    followed = follower(folder, report)
    followed.start()
    try:
        begun = followed.held
        publish(second, folder, now=NOW + timedelta(1))
        wait_until(lambda: followed.held is not begun)
        assert slot(begun) == f"open {first.name}"
        assert slot(followed.held) == f"open {second.name}"
        assert report.said == [("published", None)]
        earlier = followed.named(followed.held, first.name, undecided=False)
        assert earlier is not None
        assert (earlier[0].name, earlier[1]) == (first.name, f"open {first.name}")
        assert followed.named(followed.held, "0" * 16, undecided=True) is None
    finally:
        followed.stop()


def test_a_release_that_cannot_be_opened_leaves_the_old_one_and_is_reported_once(
    make: Any, folder: Path
) -> None:
    first, second = make(1), make(2)
    publish(first, folder, now=NOW)
    report = Reports()
    followed = follower(folder, report)
    followed.start()
    followed.stop()  # from here on it looks when told
    publish(second, folder, now=NOW + timedelta(1))
    second.path.rename(second.path.with_name("hidden"))
    followed.refresh()
    followed.refresh()
    assert slot(followed.held) == f"open {first.name}"
    assert [what for what, _ in report.said] == ["refused"]
    assert second.name in problem_of(followed)
    second.path.with_name("hidden").rename(second.path)
    assert followed.refresh()
    assert slot(followed.held) == f"open {second.name}"
    assert problem_of(followed) == ""
    (folder / LIST).write_text("{")
    assert not followed.refresh()
    assert slot(followed.held) == f"open {second.name}"


def test_what_is_withdrawn_goes_even_when_nothing_can_take_its_place(make: Any, folder: Path) -> None:
    first, second = make(1), make(2)
    publish(first, folder, now=NOW)
    publish(second, folder, now=NOW + timedelta(1))
    followed = follower(folder)
    followed.start()
    followed.stop()
    first.path.rename(first.path.with_name("hidden"))
    withdraw(folder, None, second.name, now=NOW + timedelta(2))
    followed.refresh()
    assert followed.held.current(undecided=True) is None
    assert followed.named(followed.held, second.name, undecided=True) is None


def test_another_release_in_the_place_of_a_published_one_is_refused(make: Any, folder: Path) -> None:
    first, second = make(1), make(2)
    publish(first, folder, now=NOW)
    shutil.rmtree(first.path)
    second.path.rename(first.path)
    with pytest.raises(ReleaseError, match=f"holds release {second.name}"):
        follower(folder).start()


def test_an_undecided_release_is_held_apart(make: Any, folder: Path) -> None:
    decided, secret = make(1), make(2, "candidate")
    publish(secret, folder, now=NOW, secrecy=SECRET)
    followed = follower(folder)
    followed.start()
    followed.stop()
    assert followed.held.current(undecided=False) is None
    publish(decided, folder, now=NOW)
    assert followed.refresh()
    assert slot(followed.held) == f"open {decided.name}"
    assert slot(followed.held, undecided=True) == f"open {secret.name}"
    assert followed.named(followed.held, secret.name, undecided=False) is None


def test_a_follower_without_anything_to_follow_does_not_start(folder: Path) -> None:
    with pytest.raises(ReleaseError, match="kringruimte publish"):
        follower(folder).start()


def test_the_command_line_publishes_and_withdraws(
    make: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project.toml"
    project.write_text('[project]\nname = "Mijn Provincie"\n')
    decided, secret = make(1), make(2, "candidate")
    assert main(["publish", str(decided.path), "--project", str(project), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["published"]["name"] == decided.name
    assert Path(answer["folder"]) == tmp_path / "published"
    assert main(["publish", str(secret.path), "--project", str(project)]) == 1
    assert "--secrecy-ground" in capsys.readouterr().err.replace("\n", "")
    hidden = ["--secrecy-ground", "Woo 5.1", "--secrecy-ends", "2099-01-01"]
    assert main(["publish", str(secret.path), "--project", str(tmp_path), *hidden]) == 0
    assert "2099-01-01" in capsys.readouterr().out
    wrong = ["--secrecy-ground", "Woo 5.1", "--secrecy-ends", "volgend jaar"]
    assert main(["publish", str(secret.path), "--project", str(project), *wrong]) == 1
    assert main(["withdraw", secret.name, "--project", str(project), "--json"]) == 0
    capsys.readouterr()
    current = read_publication(tmp_path / "published").project(None).current(undecided=True)
    assert current is not None
    assert current.name == decided.name


def test_where_the_list_of_a_project_is(tmp_path: Path) -> None:
    file = tmp_path / "project.toml"
    file.write_text('[project]\nname = "Mijn Provincie"\n')
    assert place_of(file) == (tmp_path / "published", "mijn-provincie")
    assert place_of(tmp_path) == (tmp_path, None)
    file.write_text("[other]\n")
    with pytest.raises(InputError, match="no project file"):
        place_of(file)
    with pytest.raises(InputError, match="cannot be read"):
        place_of(tmp_path / "absent.toml")


def test_the_shelf_opens_once_and_stays_small() -> None:
    opened: list[str] = []

    def open_(entry: Entry) -> str:
        time.sleep(0.02)
        opened.append(entry.name)
        return entry.name

    entries = [Entry(name=f"{n:016x}", folder="x", status="adopted", since=NOW) for n in range(4)]
    shelf = Shelf(open_, size=2)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(shelf.get, [entries[0]] * 8)) == {entries[0].name}
    assert opened == [entries[0].name]
    for entry in entries:
        shelf.get(entry)
    assert shelf.peek(entries[0].name) is None
    assert shelf.peek(entries[3].name) == entries[3].name


def wait_until(done: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def problem_of(followed: Follower[str]) -> str:
    return followed.problem or ""


def slot(held: Any, *, undecided: bool = False) -> str:
    found = held.current(undecided=undecided)
    assert found is not None
    return str(found[1])
