"""Keys: kept as a hash, ending, revocable, and never readable again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest

from api.cli.main import main
from api.jobs.keys import SHAPE, KeyRing, add_key, read_keys, revoke_key, rotate_key
from api.jobs.private_file import LARGEST
from api.jobs.roles import Role
from api.jobs.watched import Watched
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
UTRECHT = frozenset({"GM0344"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def added(path: Path, name: str = "gis-utrecht", **changes: Any) -> str:
    given: dict[str, Any] = {
        "role": Role.MUNICIPALITY,
        "territory": UTRECHT,
        "until": NOW + DAY,
        "now": NOW,
    } | changes
    return add_key(path, name, given.pop("role"), given.pop("territory"), **given)


def test_a_key_opens_what_it_was_made_for_and_is_nowhere_in_the_file(path: Path) -> None:
    secret = added(path)
    assert SHAPE.fullmatch(secret)
    key = KeyRing(path).find(secret, NOW)
    assert key is not None
    assert (key.name, key.role, key.territory) == ("gis-utrecht", Role.MUNICIPALITY, UTRECHT)
    text = path.read_text()
    assert secret not in text
    assert secret.removeprefix("kring_")[:10] not in text
    assert hashlib.sha256(secret.encode()).hexdigest() in text
    assert key.sha256 not in repr(key)


def test_keys_differ(path: Path) -> None:
    assert len({added(path, f"key {n}") for n in range(20)}) == 20


@pytest.mark.parametrize(("moment", "good"), [(-1, False), (0, True), (86_399, True), (86_400, False)])
def test_a_key_is_good_from_its_making_until_its_end(path: Path, moment: int, *, good: bool) -> None:
    secret = added(path)
    assert (KeyRing(path).find(secret, NOW + dt.timedelta(seconds=moment)) is not None) is good


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: secret[:-1],
        lambda secret: secret + "A",
        lambda secret: secret[:-1] + ("A" if secret[-1] != "A" else "B"),
        lambda secret: secret.removeprefix("kring_"),
        lambda secret: secret.upper(),
        lambda secret: f" {secret}",
        lambda secret: f"{secret}\n",
        lambda _: "",
        lambda _: "kring_" + "é" * 43,
        lambda secret: hashlib.sha256(secret.encode()).hexdigest(),
    ],
)
def test_what_is_not_quite_the_key_opens_nothing(path: Path, change: Any) -> None:
    secret = added(path)
    assert KeyRing(path).find(change(secret), NOW) is None


def test_a_running_service_sees_a_revoked_key_at_its_next_request(path: Path) -> None:
    secret, other = added(path), added(path, "other")
    ring = KeyRing(path)
    assert ring.find(secret, NOW)
    assert revoke_key(path, "gis-utrecht", now=NOW) == 1
    assert ring.find(secret, NOW) is None
    assert ring.find(other, NOW)


def test_the_file_is_read_again_only_when_it_changed(path: Path) -> None:
    added(path)
    reads = []

    def read(path: Path) -> tuple[Any, ...]:
        reads.append(path)
        return read_keys(path)

    file = Watched(path, read, ())
    assert [len(file.now()) for _ in range(5)] == [1] * 5
    assert len(reads) == 1
    added(path, "other")
    assert [len(file.now()) for _ in range(5)] == [2] * 5
    path.touch()
    file.now()
    assert len(reads) == 3


def test_a_new_key_takes_over_at_once_or_after_an_overlap(path: Path) -> None:
    first = added(path)
    second = rotate_key(path, "gis-utrecht", until=NOW + 30 * DAY, now=NOW)
    ring = KeyRing(path)
    assert ring.find(first, NOW) is None
    found = ring.find(second, NOW)
    assert found
    assert found.territory == UTRECHT
    third = rotate_key(path, "gis-utrecht", until=NOW + 30 * DAY, now=NOW, overlap=2 * DAY)
    for secret, moment, good in [
        (second, NOW + DAY, True),
        (third, NOW + DAY, True),
        (second, NOW + 2 * DAY, False),
        (first, NOW + DAY, False),
    ]:
        assert (ring.find(secret, moment) is not None) is good


def test_rotating_does_not_make_an_old_key_last_longer(path: Path) -> None:
    first = added(path, until=NOW + DAY)
    rotate_key(path, "gis-utrecht", until=NOW + 30 * DAY, now=NOW, overlap=20 * DAY)
    assert KeyRing(path).find(first, NOW + 2 * DAY) is None


@pytest.mark.parametrize(
    "change",
    [
        {"role": Role.PUBLIC, "territory": frozenset()},
        {"role": Role.MUNICIPALITY, "territory": frozenset()},
        {"role": Role.PROVINCE},
        {"role": Role.SESSION},
        {"territory": frozenset({"gm0344"})},
        {"until": NOW},
        {"until": NOW + 800 * DAY},
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 61},
        {"name": '"quoted"'},
    ],
)
def test_a_key_that_could_not_be_right_is_refused(path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        added(path, **change)
    assert not path.exists()


def test_a_name_has_one_good_key(path: Path) -> None:
    added(path)
    with pytest.raises(InputError, match="There is a key named"):
        added(path)
    revoke_key(path, "gis-utrecht", now=NOW)
    assert KeyRing(path).find(added(path), NOW)
    with pytest.raises(InputError, match="no good key"):
        revoke_key(path, "nobody", now=NOW)
    with pytest.raises(InputError, match="no good key"):
        rotate_key(path, "nobody", until=NOW + DAY, now=NOW)


def test_only_the_owner_reads_the_file(path: Path) -> None:
    secret = added(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()} == {0o600}
    ring = KeyRing(path)
    assert ring.find(secret, NOW)
    path.chmod(0o640)
    assert ring.find(secret, NOW) is None, "a file that others may read opens nothing"
    with pytest.raises(InputError, match="chmod 600"):
        ring.check()


@pytest.mark.parametrize(
    "damage",
    ["", "{", "[]", '{"keys": [1]}', '{"keys": null}', "\x00", "drop-hash", "drop-zone", "add-role", "big"],
)
def test_a_damaged_file_opens_nothing_and_its_error_quotes_nothing(path: Path, damage: str) -> None:
    secret = added(path)
    values = json.loads(path.read_text())
    hashed = values["keys"][0]["sha256"]
    if damage == "drop-hash":
        values["keys"][0]["sha256"] = "0"
    if damage == "drop-zone":
        values["keys"][0]["until"] = "2027-01-01T00:00:00"
    if damage == "add-role":
        values["keys"][0]["role"] = "root"
    text = json.dumps(values) if "-" in damage else damage
    path.write_text(text if damage != "big" else " " * (LARGEST + 1))
    ring = KeyRing(path)
    assert ring.find(secret, NOW) is None
    with pytest.raises(InputError) as error:
        ring.check()
    assert hashed not in str(error.value)
    assert str(path) in str(error.value)


def test_without_a_file_there_are_no_keys(path: Path) -> None:
    ring = KeyRing(path)
    ring.check()
    assert ring.keys() == ()
    assert ring.find(added(path), NOW), "and a file that comes later is seen"


def test_several_at_once_lose_no_key(path: Path) -> None:
    threads = [threading.Thread(target=added, args=(path, f"key {n}")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key.name for key in read_keys(path)} == {f"key {n}" for n in range(12)}
    names = {item.name for item in path.parent.iterdir()}
    assert names == {"keys.json", ".keys.json.lock"}, "no part of a file is left"


class TestCommands:
    """``kringruimte keys``."""

    def run(self, capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
        code = main(["keys", *arguments])
        out, err = capsysbinary.readouterr()
        return code, out.decode(), err.decode()

    def test_a_key_from_its_making_to_its_end(
        self, path: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        file = ["--file", str(path)]
        code, out, err = self.run(
            capsysbinary, "add", "ann", "--role", "municipality", "--municipality", "GM0344", *file
        )
        assert code == 0, err
        secret = out.strip()
        assert SHAPE.fullmatch(secret), "the key alone, so that it can be piped"
        assert secret not in err
        now = dt.datetime.now(dt.UTC)
        assert KeyRing(path).find(secret, now)
        code, out, _ = self.run(capsysbinary, "list", *file)
        assert "ann" in out
        assert "GM0344" in out
        assert secret not in out
        assert read_keys(path)[0].sha256 not in out
        code, out, _ = self.run(capsysbinary, "rotate", "ann", *file, "--json")
        rotated = json.loads(out)["key"]
        now = dt.datetime.now(dt.UTC)
        assert KeyRing(path).find(secret, now) is None
        assert KeyRing(path).find(rotated, now)
        code, out, _ = self.run(capsysbinary, "revoke", "ann", *file)
        assert code == 0
        assert KeyRing(path).find(rotated, dt.datetime.now(dt.UTC)) is None
        code, out, _ = self.run(capsysbinary, "list", "--json", *file)
        assert [row["good"] for row in json.loads(out)["keys"]] == [False, False]

    def test_what_cannot_be_done_is_said_in_one_line(
        self, path: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        for arguments in (
            ["add", "ann", "--role", "municipality"],
            ["revoke", "ann"],
            ["add", "ann", "--role", "province", "--municipality", "GM0344"],
        ):
            code, out, err = self.run(capsysbinary, *arguments, "--file", str(path))
            assert (code, out) == (1, "")
            assert len(err.strip().splitlines()) == 1
        assert not path.exists()
