"""A service in this process over the release of two municipalities, with keys for every kind of caller."""

from __future__ import annotations

import asyncio
import io
import re
import tempfile
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import httpx
import mapbox_vector_tile
import pandas as pd
import pyogrio

from api.http.access.caller import EVERYBODY, AccessSettings
from api.http.access.rate import Limiter, Rate
from api.http.access.signing_in import SignIn
from api.http.answers import House
from api.http.app import create_app
from api.http.current import Fixed, Held
from api.http.guard import Guard
from api.http.metrics import Metrics
from api.http.processes.jobs import JobLimits, JobRunner
from api.http.running import Service, entry_of
from api.http.shown import Showing
from api.http.site.outside import create_outside
from api.http.site.problem_pages import ProblemPages
from api.jobs.keys import KeyRing, add_key
from api.jobs.publication import PublishedProject
from api.jobs.roles import Role
from api.jobs.sessions import Session, SessionBook, open_session
from layers.classes import CLASS_STYLES
from layers.parameters import Parameters
from tests.support.two_municipalities import CODES, release_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import ASGIApp

    from layers.release import Release
    from layers.schema import Level

NOW = datetime(2026, 11, 1, tzinfo=UTC)
OF_B = re.compile(r"\bB-[a-z_]+|\b1000\d{3}(?:\.0+)?\b")
"""A text or number that only rows of B hold, see `tests.support.two_municipalities`."""
SHARED = frozenset({"reservation_zones", "reservation_sites"})


@dataclass(frozen=True)
class Served:
    """The service, and the key of each kind of caller."""

    app: ASGIApp
    release: Release
    keys: dict[str, str]
    house: House

    def ask(self, path: str, who: str | None = None, method: str = "GET", **options: Any) -> httpx.Response:
        """Ask as somebody; None for nobody in particular."""
        headers = dict(options.pop("headers", {}))
        if who is not None:
            headers.setdefault("Authorization", f"Bearer {self.keys[who]}")

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("203.0.113.9", 1))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(send())


def serve(
    folder: Path,
    *,
    status: str,
    raised: Level | None = None,
    crossing: bool = True,
    jobs: bool = False,
    showing: Callable[[Release], Showing] = Showing,
) -> Served:
    """Make the service.

    Parameters
    ----------
    folder
        For keys, sessions and packages.
    status, raised, crossing
        As for `tests.support.two_municipalities.release_of`.
    jobs
        Whether it does calculations.
    showing
        Makes what is shown of the release.
    """
    made = release_of(status=status, raised=raised, crossing=crossing)
    project = made.project | {
        "name": "Proef", "authority": "Provincie", "reference_date": "2026-01-01", "sample": True, "note": "Verzonnen",
        "parameters": Parameters().model_dump(mode="json"),
    }  # fmt: skip
    path = folder / "release"
    (path / "data" / "surface").mkdir(parents=True)
    (path / "manifest.json").write_text("{}")
    (path / "data" / "surface" / "usable_low.tif").write_bytes(b"II*\0B-raster" + bytes(1000))
    files = {"data/surface/usable_low.tif": {"level": "province"}}
    manifest = made.manifest | {"files": files, "sources": [], "parent": None}
    release = replace(made, path=path, project=project, manifest=manifest, class_styles=CLASS_STYLES)
    packages = folder / "packages" / release.name
    packages.mkdir(parents=True)
    for side in CODES:
        (packages / f"keuzepakket-{side.lower()}-name.zip").write_bytes(f"package of {side}-name".encode())
    keys = {
        name: add_key(
            folder / "keys.json", name, role, frozenset(codes), until=NOW + timedelta(days=9), now=NOW
        )
        for name, role, codes in (
            ("a", Role.MUNICIPALITY, {CODES["A"]}),
            ("b", Role.MUNICIPALITY, {CODES["B"]}),
            ("board", Role.SESSION, set()),
            ("guest", Role.SESSION, set()),
            ("province", Role.PROVINCE, set()),
            ("editor", Role.EDITOR, set()),
        )
    }
    session = Session(
        "west-2026", "West", release.name, frozenset({CODES["A"]}), SHARED, NOW, NOW + timedelta(days=9),
        frozenset({"key:board"}), secret_because="Woo 5.1",  # noqa: S106 (a ground of law)
    )  # fmt: skip
    open_session(folder / "sessions.json", session, release, NOW)
    sessions = SessionBook(folder / "sessions.json")
    house = House(
        everybody=EVERYBODY,
        jobs=JobRunner(JobLimits(), lambda: NOW) if jobs else None,
        out=folder / "out" if jobs else None,
        packages=folder / "packages",
        sessions=sessions,
        outcomes=folder / "outcomes.jsonl",
        keys=KeyRing(folder / "keys.json"),
        sign_in=SignIn(b"a secret of thirty-two bytes ...."),
        audit=folder / "audit.jsonl",
    )
    app = create_app(showing(release), house)
    entry = entry_of(release)
    listed = PublishedProject.model_construct(key="proef", title="Proef", entries=(entry,))
    held: Held[ASGIApp] = Held(listed, (entry, app))
    if entry.undecided:
        held = Held(listed, None, (entry, app))
    service = Service(Fixed(held), Metrics(), None, outside=create_outside(house))
    access = AccessSettings(house.keys, None, sessions, sign_in=house.sign_in)
    limiter = Limiter(Rate(1_000_000, 1_000_000))
    guard = Guard(service, access, limiter, folder / "audit.jsonl", lambda: NOW)
    return Served(ProblemPages(guard), release, keys, house)


def said(answer: httpx.Response) -> str:
    """Give everything that an answer says as text: headers, and the body in whatever form it has."""
    media = answer.headers.get("content-type", "").partition(";")[0]
    return f"{dict(answer.headers)}\n{_body(media, answer.content)}"


def _body(media: str, body: bytes) -> str:
    read = READERS.get(media)
    return body.decode("latin-1") if read is None or not body else read(body)


def _parquet(body: bytes) -> str:
    try:
        return str(gpd.read_parquet(io.BytesIO(body)).to_csv())
    except ValueError:
        return pd.read_parquet(io.BytesIO(body)).to_csv()


def _workbook(body: bytes) -> str:
    sheets = pd.read_excel(io.BytesIO(body), sheet_name=None, header=None)
    return "\n".join(sheet.to_csv() for sheet in sheets.values())


def _zipped(body: bytes) -> str:
    if body[:2] != b"PK":
        return body.decode("latin-1")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(packed.read(name).decode("latin-1") for name in packed.namelist())


def _layers(body: bytes, suffix: str) -> str:
    # GDAL warns about a file without the extension of its kind
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(body)
        file.flush()
        names = [str(name) for name, _ in pyogrio.list_layers(file.name)]
        return "\n".join(pyogrio.read_dataframe(file.name, layer=name).to_csv() for name in names)


READERS: dict[str, Callable[[bytes], str]] = {
    "application/vnd.mapbox-vector-tile": lambda body: str(mapbox_vector_tile.decode(body)),
    "application/vnd.apache.parquet": _parquet,
    "application/geopackage+sqlite3": lambda body: _layers(body, ".gpkg"),
    "application/flatgeobuf": lambda body: _layers(body, ".fgb"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _workbook,
    "application/zip": _zipped,
}
"""Media type to what reads a body as text."""
