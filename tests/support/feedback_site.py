"""The pages over a small release of two municipalities, with a reader who is signed in like in a browser."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import httpx
import shapely

from api.http.running import make_service
from api.http.settings import Settings
from api.jobs.keys import add_key
from api.jobs.roles import Role
from api.jobs.run import run
from layers.project import load_project

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp

    from layers.release import Release

HOST = "http://127.0.0.1"
EDITOR, PROVINCE, OTHER = "redactie", "provincie", "amersfoort"
UTRECHT = "utrecht"
PROJECT = """
[project]
name = "Proefgebied"
authority = "Provincie Voorbeeld"
reference_date = 2026-01-01
sample = true
note = "Verzonnen proefgebied"
procedure_status = "adopted"
{corrections}

[parameters.space]
assess = false
surface = false

[layers.parks]
path = "parks.csv"
wkt = "shape"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"

[layers.municipalities]
path = "municipalities.geojson"
source = "hand-made"
licence = "CC0"

[layers.quays]
path = "quays.csv"
x = "x"
y = "y"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"
"""
PARKS = (
    ("R1", "Noord", "5.1", "12.5", shapely.box(131000, 458000, 131400, 458500)),
    ("R2", "Zuid", "3.2", "", shapely.box(132000, 455000, 132300, 455200)),
    ("S1", "De <b>Wieken</b>", "4.1", "3", shapely.box(156000, 464000, 156300, 464200)),
)
QUAYS = (
    "quay_id,kind,length_m,usable,x,y",
    "K1,own,80,ja,132010,455010",
    "K2,public,40,,132340,455100",
    "K3,own,10,ja,133000,455000",
    "K9,own,10,ja,156010,464010",
)


def write_project(folder: Path, corrections: str = "") -> Path:
    """Write a project of three parks in two municipalities; `corrections` names the file of reports."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f'{park},{name},{category},{net},"{shape.wkt}"' for park, name, category, net, shape in PARKS]
    lines = ["park_id,name,max_category,net_ha,shape", *rows]
    (folder / "parks.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "quays.csv").write_text("\n".join(QUAYS) + "\n", encoding="utf-8")
    columns = {"municipality_code": ["GM0344", "GM0307"], "name": ["Utrecht", "Amersfoort"]}
    areas = [shapely.box(125000, 450000, 140000, 465000), shapely.box(150000, 460000, 160000, 470000)]
    gpd.GeoDataFrame(columns, geometry=areas, crs="EPSG:28992").to_file(folder / "municipalities.geojson")
    line = f'corrections = "{corrections}"' if corrections else ""
    path = folder / "project.toml"
    path.write_text(PROJECT.replace("{corrections}", line), encoding="utf-8")
    return path


def make_release(project: Path) -> Release:
    """Run a project without drawing anything."""

    def no_views(release: Release, sink: Any) -> None:
        sink.write_bytes("views/name.txt", release.name.encode())

    return run(load_project(project), project.parent / "releases", render=no_views)


@dataclass
class Site:
    """A service over one release, and the key of everybody."""

    app: ASGIApp
    keys: dict[str, str]
    reports: Path

    def browser(self, name: str | None = None) -> Browser:
        """Give a browser in which somebody is signed in; nobody without a name."""
        found = Browser(self.app)
        if name is not None:
            answer = found.post("/inloggen", {"sleutel": self.keys[name], "verder": "/"})
            assert answer.status_code == 303
        return found


@dataclass
class Browser:
    """Keeps cookies and sends the forms of pages."""

    app: ASGIApp
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> httpx.Response:
        """Look at a page, without following it elsewhere."""
        return self.send("GET", path)

    def post(
        self, path: str, values: dict[str, str], *, form: str = "", headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a form, with the token that stands on the page `form`."""
        token = {"token": token_in(self.get(form).text)} if form else {}
        return self.send("POST", path, data=token | values, headers={"Origin": HOST, **(headers or {})})

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send anything."""

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("203.0.113.9", 1))
            async with httpx.AsyncClient(transport=transport, base_url=HOST, cookies=self.cookies) as client:
                answer = await client.request(method, path, **options)
                self.cookies = dict(client.cookies)
                return answer

        return asyncio.run(sent())


def token_in(page: str) -> str:
    """Give the token of the first form of a page; empty when there is none."""
    found = re.search(r'name="token" value="([^"]*)"', page)
    return found[1] if found else ""


class Elements(HTMLParser):
    """The elements of a page with their attributes, as a browser would make them."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep what reads."""
        self.text.append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.found if name == tag]

    @property
    def words(self) -> str:
        """What reads, white space single."""
        return " ".join(" ".join(self.text).split())


def make_site(release: Release, folder: Path, now: dt.datetime, *, feedback: bool = True) -> Site:
    """Serve a release."""
    folder.mkdir(parents=True, exist_ok=True)
    until = now + dt.timedelta(days=9)
    people: tuple[tuple[str, Role, set[str]], ...] = (
        (UTRECHT, Role.MUNICIPALITY, {"GM0344"}),
        (OTHER, Role.MUNICIPALITY, {"GM0307"}),
        (EDITOR, Role.EDITOR, set()),
        (PROVINCE, Role.PROVINCE, set()),
        ("waterschap", Role.SESSION, set()),
    )
    keys = {
        name: add_key(folder / "keys.json", name, role, frozenset(codes), until=until, now=now)
        for name, role, codes in people
    }
    reports = folder / "feedback.json"
    settings = Settings(
        release=release.path, keys=folder / "keys.json", feedback=reports if feedback else None,
        burst=1_000_000, per_second=1_000_000,
    )  # fmt: skip
    return Site(make_service(settings, now=lambda: now), keys, reports)
