"""Storing on the command line: what is said, exit codes, and never a password in anything that is written."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import orjson
import psycopg
import pytest

from api.cli.main import main
from tests.support.postgis import fresh_role
from tests.support.tiny_world import write_world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

    Kring = Callable[..., tuple[int, str, str]]

KRING = [sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main(sys.argv[1:]))"]


@pytest.fixture
def kring(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Kring:
    """Run a command in this process and give its exit code, stdout and stderr."""
    monkeypatch.delenv("KRING_POSTGIS", raising=False)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def password_of(address: str) -> str:
    return address.split(":")[2].split("@", maxsplit=1)[0]


def test_storing_listing_and_dropping(release: Release, database: str, kring: Kring) -> None:
    place = database.split("@")[1].replace("/", " ").split()
    shown = f"{place[1]} at {place[0]}"
    code, out, err = kring("store", release.path, "--to", database)
    assert (code, out) == (0, "")
    assert f"Release {release.name} is stored in {shown}, schema kring_{release.name}." in err
    code, out, err = kring("store", release.path, "--to", database, "--json")
    assert code == 0
    assert orjson.loads(out) == {
        "release": release.name, "schema": f"kring_{release.name}", "stored": False,
    }  # fmt: skip
    assert "was stored before and is whole" in err
    code, out, _ = kring("stored", "--in", database, "--json")
    assert [one["name"] for one in orjson.loads(out)["releases"]] == [release.name]
    assert kring("stored", "--in", database)[0] == 0
    assert kring("unstore", release.name, "--in", database)[:2] == (
        0, f"Release {release.name} is dropped from {shown}.\n",
    )  # fmt: skip
    assert orjson.loads(kring("stored", "--in", database, "--json")[1]) == {"releases": []}


def test_the_address_may_stand_in_the_environment_and_the_password_apart(
    release: Release, database: str, kring: Kring, monkeypatch: pytest.MonkeyPatch
) -> None:
    password = password_of(database)
    monkeypatch.setenv("KRING_POSTGIS", database.replace(f":{password}", ""))
    assert kring("store", release.path)[0] == 1
    monkeypatch.setenv("PGPASSWORD", password)
    assert kring("store", release.path)[0] == 0
    assert release.name in kring("stored", "--json")[1]


def test_mistakes_are_one_line_with_what_to_do(
    release: Release, database: str, kring: Kring, tmp_path: Path
) -> None:
    wrong = database.replace(password_of(database), "not-the-word")
    for arguments, said in (
        (("store", release.path), "no database is named. Give --to postgresql://"),
        (("stored",), "no database is named. Give --in postgresql://"),
        (("store", tmp_path / "absent", "--to", database), "does not exist"),
        (("store", release.path, "--to", "not-the-word"), "field --to: this is no address of a database"),
        (("store", release.path, "--to", wrong), "refuses the password of user kringruimte"),
        (("unstore", "0123456789abcdef", "--in", database), "no release 0123456789abcdef is stored"),
        (("unstore", "x'; --", "--in", database), "is not the whole name of a release"),
        (("stored", "--in", wrong), "refuses the password"),
    ):
        code, out, err = kring(*arguments)
        assert (code, out) == (1, ""), arguments
        assert said in err
        assert len(err.strip().splitlines()) == 1
        assert "not-the-word" not in err
        assert password_of(database) not in err


def test_run_stores_what_it_makes(database: str, tmp_path: Path, postgis_address: str) -> None:
    project = write_world(tmp_path)
    with fresh_role(postgis_address, database) as reader:
        # told before the work, so there is no release either
        refused = call("run", project, "--main-only", "--to", reader)
        assert refused.returncode == 1
        assert "may make no schema there" in refused.stderr
        assert not (tmp_path / "releases").exists()
    ran = call("run", project, "--main-only", "--json", "--to", database)
    assert ran.returncode == 0, ran.stderr
    made: dict[str, Any] = orjson.loads(ran.stdout)
    with psycopg.connect(database) as connection:
        row = connection.execute(f"SELECT tables_sha256 FROM kring_{made['name']}._release").fetchone()
    assert row == (made["tables_sha256"],)
    assert password_of(database) not in ran.stdout + ran.stderr
    kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(password_of(database).encode() in one for one in kept)


def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KRING, *map(str, arguments)],
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
