"""A service as a province runs it, over a draft with a plan: keys, a session, reports, packages and minutes."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from api.http.running import make_service
from api.http.settings import Settings
from api.jobs.keys import add_key
from api.jobs.publish import publish
from api.jobs.roles import Role
from api.jobs.sessions import Session, open_session, territory_of
from layers.catalogue import ALL_LAYERS, to_catalogue
from layers.release import open_release

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from layers.release import Release

OUDEWATER, WOERDEN = "GM0589", "GM0632"
AREA = "U16 West"
SHARED = frozenset({"reservation_plan", "reservation_zones", "reservation_sites"})
ROLES: dict[str, tuple[Role, frozenset[str]]] = {
    "oudewater": (Role.MUNICIPALITY, frozenset({OUDEWATER})),
    "houten": (Role.MUNICIPALITY, frozenset({"GM0321"})),
    "leider": (Role.SESSION, frozenset()),
    "provincie": (Role.PROVINCE, frozenset()),
    "redactie": (Role.EDITOR, frozenset()),
}


@dataclass(frozen=True)
class Town:
    """The service, its release, where it keeps things, and everybody's key."""

    app: ASGIApp
    release: Release
    folder: Path
    keys: dict[str, str]


def as_draft(source: Path, folder: Path) -> Release:
    """Copy a release as it would be had its project said that it is a draft: status, and who may see what."""
    path = folder / source.name
    shutil.copytree(source, path)
    project = orjson.loads((path / "data/project.json").read_bytes()) | {"procedure_status": "draft"}
    before = open_release(source)
    layers = [layer for layer in ALL_LAYERS if layer.name in before.layers]
    usual = {layer.name: layer.level for layer in layers}
    _write(path / "data/project.json", project)
    _write(path / "data/catalogue.json", to_catalogue(layers))
    manifest = orjson.loads((path / "manifest.json").read_bytes())
    for name, stated in manifest["files"].items():
        content = (path / name).read_bytes()
        stated |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        table = name.removeprefix("data/").removesuffix(".parquet")
        if table in usual:
            stated["level"] = usual[table].value
    _write(path / "manifest.json", manifest)
    return open_release(path)


def make_town(source: Path, folder: Path) -> Town:
    """Publish a release with a plan as a draft and serve it with everything on.

    Parameters
    ----------
    source
        Folder of a release with a plan.
    folder
        For all that the service keeps.
    """
    now = dt.datetime.now(dt.UTC)
    release = as_draft(source, folder / "releases")
    publish(release, folder / "published", now=now)
    keys = {
        name: add_key(folder / "keys.json", name, role, codes, until=now + dt.timedelta(days=9), now=now)
        for name, (role, codes) in ROLES.items()
    }
    session = Session(
        "west", "Overleg West", release.name, territory_of(release, AREA), SHARED, now,
        now + dt.timedelta(days=9), frozenset({"key:leider"}), municipalities=True,
    )  # fmt: skip
    open_session(folder / "sessions.json", session, release, now)
    for name in ("minutes", "packages", "jobs"):
        (folder / name).mkdir()
    settings = Settings(
        publication=folder / "published",
        keys=folder / "keys.json",
        sessions=folder / "sessions.json",
        minutes=folder / "minutes",
        feedback=folder / "feedback.json",
        packages=folder / "packages",
        jobs=folder / "jobs",
        audit=folder / "audit.jsonl",
        burst=1_000_000,
        per_second=1_000_000,
        first_byte_s=120,
    )
    return Town(make_service(settings), release, folder, keys)


def hidden_sites(release: Release) -> list[str]:
    """Give the sites of the plan, which no stranger may find."""
    return sorted(set(release.table("reservation_plan")["site_id"].astype(str)))


def _write(path: Path, value: Any) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2))
