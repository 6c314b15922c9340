"""What stands in deploy/ fits the program: settings that exist, options that exist, hardening that is there."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import typer

from api.cli.main import app
from api.http.settings import SECRETS, Settings, read_settings

DEPLOY = Path(__file__).parents[2] / "deploy"
KNOWN = {f"KRING_{name.upper()}" for name in Settings.model_fields} | {
    "KRING_SETTINGS",
    *(f"KRING_{name.upper()}_FILE" for name in SECRETS),
}


def options_of(command: str) -> set[str]:
    """Give the options of a command."""
    group = typer.main.get_command(app)
    found = group.commands[command]  # type: ignore[attr-defined] # a group, as there are several commands
    return {option for parameter in found.params for option in parameter.opts}


def started() -> list[list[str]]:
    unit = (DEPLOY / "kringruimte.service").read_text(encoding="utf-8")
    line = re.search(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    container = re.search(
        r"^CMD (\[.+\])$", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert line is not None
    assert container is not None
    return [shlex.split(line[1])[1:], json.loads(container[1])]


@pytest.mark.parametrize("arguments", started(), ids=["unit", "container"])
def test_the_command_and_its_options_exist(arguments: list[str]) -> None:
    assert arguments[0] == "serve"
    given = {word for word in arguments if word.startswith("--")}
    assert given <= options_of("serve")


def test_the_variables_exist() -> None:
    for name in ("kringruimte.service", "Containerfile", "kringruimte.toml"):
        used = set(re.findall(r"KRING_[A-Z_]+", (DEPLOY / name).read_text(encoding="utf-8")))
        assert used <= KNOWN, name


def test_the_settings_file_is_accepted_and_shows_the_defaults() -> None:
    found = read_settings({"KRING_SETTINGS": str(DEPLOY / "kringruimte.toml"), "KRING_PUBLICATION": "/x"})
    stated = tomllib.loads((DEPLOY / "kringruimte.toml").read_text(encoding="utf-8"))["service"]
    defaults = Settings(publication=Path("/x"))
    assert {name: getattr(defaults, name) for name in stated} == stated
    assert found == defaults


def test_it_runs_without_rights() -> None:
    unit = (DEPLOY / "kringruimte.service").read_text(encoding="utf-8").splitlines()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "PrivateTmp=yes"):
        assert line in unit
    container = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER 10001:10001$", container, re.MULTILINE)
    assert "--require-hashes" in container
