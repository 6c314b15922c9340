"""The command line as people use it: results, exit codes, and mistakes that never end in a traceback."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from api.cli.main import main
from api.cli.output import plain
from layers.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.release import Release

KRING = [sys.executable, "-c", "import sys; from api.cli.main import main; sys.exit(main(sys.argv[1:]))"]


def call(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KRING, *map(str, arguments)],
        env={**os.environ, **environment},
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip


@pytest.fixture
def kring(capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., tuple[int, str, str]]:
    """Run a command in this process and give its exit code, stdout and stderr."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def test_help_names_every_command_and_starts_without_heavy_libraries() -> None:
    code = (
        "import sys; from api.cli.main import main; main(['--help'])\n"
        "heavy = {'geopandas', 'pandas', 'numpy', 'shapely', 'fastapi', 'uvicorn', 'matplotlib', 'folium', 'pyproj'}\n"
        "sys.exit(f'loaded: {heavy & set(sys.modules)}' if heavy & set(sys.modules) else 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    for command in ("demo", "check", "run", "show", "compare", "serve", "test-plan"):
        assert command in ran.stdout


@pytest.mark.parametrize(
    "arguments",
    [(), ("nothing",), ("run",), ("show",), ("compare", "one"), ("serve",), ("run", "a", "--nothing"),
     ("serve", "a", "--port", "x"), ("serve", "a", "--port", "70000"), ("serve", "a", "--level", "all"),
     ("demo", "a", "b")],
)  # fmt: skip
def test_wrong_usage_is_exit_code_2(kring: Any, arguments: tuple[str, ...]) -> None:
    code, out, err = kring(*arguments)
    assert code == 2
    assert "Usage: kringruimte" in out + err
    assert "Traceback" not in out + err


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "{tmp}/absent.toml"),
        ("run", "{tmp}"),
        ("run", "{tmp}/empty.toml"),
        ("run", "{tmp}/binary.toml"),
        ("run", "{tmp}/broken.toml", "--json"),
        ("check", "{tmp}/absent.toml"),
        ("check", "{tmp}"),
        ("check", "{tmp}/broken.toml"),
        ("show", "{tmp}/absent"),
        ("show", "{tmp}"),
        ("show", "{tmp}/empty.toml"),
        ("show", "{release}", "no such park"),
        ("show", "{release}", ""),
        ("compare", "{release}", "{tmp}/absent"),
        ("serve", "{tmp}/absent"),
        ("serve", "{release}", "--host", "0.0.0.0", "--level", "province"),  # noqa: S104
        ("serve", "{release}", "--host", "999.1.1.1"),
        ("test-plan", "{tmp}/absent.toml", "{tmp}/absent.geojson"),
        ("test-plan", "{project}", "{tmp}/absent.geojson"),
        ("test-plan", "{project}", "{tmp}/binary.toml"),
        ("demo", "{tmp}/empty.toml/inside"),
    ],
)
def test_bad_input_is_exit_code_1_with_a_readable_reason(
    kring: Any, tmp_path: Path, release: Release, project_file: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "empty.toml").write_bytes(b"")
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    (tmp_path / "broken.toml").write_text("name = 1\nunknown = true\n[layers.parkz]\npath = 'x'\n")
    places = {"tmp": str(tmp_path), "release": str(release.path), "project": str(project_file)}
    code, out, err = kring(*(argument.format(**places) for argument in arguments))
    assert code == 1
    assert out == "", "results only, and there is none"
    assert len(err.strip()) > 20
    assert "Traceback" not in err
    assert all(line.rstrip().endswith((".", "?")) for line in err.strip().splitlines()), err


def test_all_problems_of_a_project_are_listed_one_a_line(kring: Any, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        "unknown = true\n[layers.parks]\npath = 'gone.csv'\nsource = 's'\nlicence = 'l'\n"
    )
    code, _, err = kring("run", tmp_path / "p.toml")
    lines = err.strip().splitlines()
    assert code == 1
    assert any("'unknown'" in line for line in lines)
    assert any("gone.csv" in line for line in lines)
    assert any("layer municipalities" in line for line in lines)


def test_run_makes_a_release_beside_the_project_and_prints_where(
    kring: Any, new_project: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    project = new_project(tmp_path)
    code, out, err = kring("run", project)
    assert code == 0, err
    assert err == "", "no progress when nobody looks"
    (made,) = (item for item in (tmp_path / "releases").iterdir() if item.name != ".lock")
    assert str(made / "views" / "map.html") in out
    assert "Verzonnen proefgebied" in out, "a sample says so"
    assert "Midden" in out
    assert "Totaal" in out
    assert max(len(line) for line in out.splitlines() if "releases" not in line) <= 80


def test_json_of_a_run_is_stable_and_alone_on_stdout(
    kring: Any, new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    answers = []
    for _ in range(2):
        code, out, _ = kring("run", project, "--out", tmp_path / "elsewhere", "--json")
        assert code == 0
        answers.append(orjson.loads(out))
    assert answers[0] == answers[1]
    keys = ["release", "name", "tables_sha256", "summary", "not_assessed", "views"]
    assert list(answers[0]) == keys
    assert Path(answers[0]["views"]["map.html"]).is_file()


def test_show_as_text_and_json(kring: Any, made: Release) -> None:
    code, out, _ = kring("show", made.path)
    assert code == 0
    assert "Niet beoordeeld" in out
    code, out, _ = kring("show", made.path.parent / made.name[:5], "noord")
    assert code == 0
    assert "Noord (R1)" in out
    code, out, _ = kring("show", made.path, "R1", "--json")
    assert orjson.loads(out)["park"]["park_id"] == "R1"


def test_an_ambiguous_park_is_listed(kring: Any, made: Release) -> None:
    code, _, err = kring("show", made.path, "zuid")
    assert code == 0, "the exact name goes first"
    code, _, err = kring("show", made.path, "zui")
    assert code == 1
    assert "R2 Zuid" in err
    assert "R3 Zuidoost" in err


def test_check_of_a_project_and_of_a_release(
    kring: Any, project_file: Path, made: Release, tmp_path: Path
) -> None:
    code, out, _ = kring("check", project_file)
    assert code == 0
    assert "No problems" in out
    code, out, _ = kring("check", project_file, "--json")
    assert code == 0
    assert orjson.loads(out)["problems"] == []
    code, out, _ = kring("check", made.path)
    assert (code, "is whole" in out) == (0, True)


def test_check_finds_a_file_that_was_changed(
    kring: Any, tmp_path: Path, write: Callable[..., Release]
) -> None:
    release = write(tmp_path)
    (release.path / "views/map.html").chmod(0o644)
    (release.path / "views/map.html").write_bytes(b"other")
    code, out, err = kring("check", release.path)
    assert (code, out) == (1, "")
    assert "views/map.html: The file was changed" in err
    code, out, _ = kring("check", release.path, "--json")
    assert code == 1
    assert orjson.loads(out)["problems"][0]["file"] == "views/map.html"


def test_check_of_a_broken_project_as_json_lists_problems_on_stdout(kring: Any, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("unknown = true\n")
    code, out, err = kring("check", tmp_path / "p.toml", "--json")
    assert (code, err) == (1, "")
    assert {problem["field"] for problem in orjson.loads(out)["problems"]} >= {"unknown"}


def test_compare_shows_what_changed(
    kring: Any,
    tmp_path: Path,
    release: Release,
    write: Callable[..., Release],
    recipe: dict[str, Any],
    tables: Any,
) -> None:
    parks = tables["park_evidence"].assign(shore_m=[410.0, None])
    other = write(tmp_path, recipe={**recipe, "new": 1}, park_evidence=parks)
    code, out, _ = kring("compare", release.path, other.path)
    assert code == 0
    assert "Oeverlengte" in out
    assert "410,0" in out
    code, out, _ = kring("compare", release.path, other.path, "--json")
    assert orjson.loads(out)["changed"][0]["after"] == 410.0
    assert "gelijk" in kring("compare", release.path, release.path)[1]


def test_test_plan_prints_what_a_polygon_costs(kring: Any, project_file: Path, tmp_path: Path) -> None:
    polygon = {
        "type": "Polygon",
        "coordinates": [[[131200, 458100], [131300, 458100], [131300, 458200], [131200, 458100]]],
    }
    (tmp_path / "plan.geojson").write_bytes(orjson.dumps(polygon))
    code, out, err = kring("test-plan", project_file, tmp_path / "plan.geojson")
    assert code == 0, err
    assert "Oppervlakte plan" in out
    assert "0,5 ha" in out  # half of a square of 100 by 100 metres
    assert "n.b." in out
    code, out, _ = kring("test-plan", project_file, tmp_path / "plan.geojson", "--json")
    assert orjson.loads(out)["figures"][0]["low"] == pytest.approx(0.5)


def test_the_demonstration_runs_on_the_sample(tmp_path: Path) -> None:
    ran = call("demo", tmp_path / "demo", "--main-only", "--json")
    assert ran.returncode == 0, ran.stderr
    answer = orjson.loads(ran.stdout)
    assert Path(answer["project"]).is_file()
    assert (Path(answer["release"]) / "manifest.json").is_file()
    assert answer["summary"][-1]["parks"] > 40
    assert [row["item_id"] for row in answer["not_assessed"]] == ["land_balance", "usable_surface"]
    # the project file says so, so that a second run gives the same release
    again = call("run", answer["project"], "--json")
    assert orjson.loads(again.stdout)["name"] == answer["name"]


def test_escape_sequences_and_markup_in_data_do_nothing(
    kring: Any, tmp_path: Path, write: Callable[..., Release], tables: Any
) -> None:
    release = write(
        tmp_path, park_evidence=tables["park_evidence"].assign(name=["\x1b[31mred[bold]x[/bold]", "b\x07"])
    )
    code, out, _ = kring("show", release.path, "RIN1")
    assert code == 0
    assert "\x1b" not in out
    assert "[bold]x[/bold]" in out
    assert plain("a\x1b]0;title\x07\u202eb\n") == "a\ufffd]0;title\ufffd\ufffdb\ufffd"


def test_a_reader_that_goes_away_is_no_error(release: Release) -> None:
    process = subprocess.Popen(
        [*KRING, "show", str(release.path), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) in {0, 1}
    assert "Traceback" not in errors


def test_stopping_with_ctrl_c_is_exit_code_130_and_leaves_nothing(
    new_project: Callable[[Path], Path], tmp_path: Path
) -> None:
    project = new_project(tmp_path)
    pausing = (
        # what a shell starts in the background, as CI may be, is deaf to Ctrl+C
        "import signal, sys, time, layers.release_writer as w\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "def commit(self):\n    print('here', flush=True); time.sleep(60)\n"
        "w.ReleaseWriter.commit = commit\n"
        "from api.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", pausing, "run", str(project)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors
    assert [item.name for item in (tmp_path / "releases").iterdir()] == [".lock"]


def test_serve_answers_over_the_network_and_refuses_a_taken_port(release: Release) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*KRING, "serve", str(release.path), "--port", str(port)], stderr=subprocess.PIPE
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                with opener.open(
                    f"http://127.0.0.1:{port}/v1/collections/parks/items?limit=1", timeout=5
                ) as answer:
                    assert orjson.loads(answer.read())["numberMatched"] == 2
                    assert "server" not in answer.headers
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)
        taken = call("serve", release.path, "--port", str(port))
        assert taken.returncode == 1
        assert f"port {port} cannot be used" in taken.stderr
    finally:
        process.send_signal(signal.SIGINT)
        errors = process.communicate(timeout=30)[1].decode()
    assert process.returncode in {0, 130}
    assert "Traceback" not in errors
    assert f"http://127.0.0.1:{port}/v1" in errors


def test_a_full_disk_is_no_traceback(
    kring: Any, new_project: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "data/parks.parquet")

    monkeypatch.setattr("layers.release_writer.ReleaseWriter.write_data", full)
    code, out, err = kring("run", new_project(tmp_path))
    assert (code, out) == (1, "")
    assert "No space left on device" in err
    assert [item.name for item in (tmp_path / "releases").iterdir()] == [".lock"]


def test_a_difference_outside_the_parks_is_named(
    kring: Any,
    tmp_path: Path,
    release: Release,
    write: Callable[..., Release],
    recipe: dict[str, Any],
    tables: Any,
) -> None:
    other = write(tmp_path, recipe={**recipe, "new": 1}, plots=tables["plots"].assign(remark="x"))
    code, out, _ = kring("compare", release.path, other.path)
    assert code == 0
    assert "Deze tabellen verschillen: plots" in out


def test_version_is_that_of_the_package(kring: Any) -> None:
    code, out, _ = kring("--version")
    assert (code, out.strip()) == (0, f"kringruimte {__version__}")
