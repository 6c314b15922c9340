"""The hand-made release of tests/layers, for jobs, command line and service."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import httpx
import pytest
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from fastapi import FastAPI

    from layers.release import Release

HOST = "http://127.0.0.1"


class Client:
    """Asks an application in this process, without a network."""

    def __init__(self, app: FastAPI, *, raising: bool = True) -> None:
        self.app = app
        self.raising = raising

    def get(self, url: str, **options: Any) -> httpx.Response:
        """Send a GET and follow redirects."""
        return self.request("GET", url, **options)

    def request(
        self, method: str, url: str, *, follow_redirects: bool = True, **options: Any
    ) -> httpx.Response:
        """Send any request."""

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=self.raising)
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                return await client.request(method, url, follow_redirects=follow_redirects, **options)

        return asyncio.run(send())


@pytest.fixture(scope="session")
def client_of() -> type[Client]:
    """Give the class of clients for an application."""
    return Client


def _hand_made() -> Any:
    path = Path(__file__).parents[1] / "layers" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hand_made_tables", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HAND = _hand_made()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Give one hand-made release for the whole session; it is read-only."""
    made: Release = HAND.write_release(tmp_path_factory.mktemp("served"))
    return made


@pytest.fixture
def write() -> Callable[..., Release]:
    """Give the function that writes the hand-made release into a folder."""
    made: Callable[..., Release] = HAND.write_release
    return made


@pytest.fixture
def recipe() -> dict[str, Any]:
    """Give the hand-made recipe."""
    made: dict[str, Any] = HAND.RECIPE
    return made


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    """Give the hand-made tables."""
    made: dict[str, pd.DataFrame] = HAND.make_tables()
    return made


PROJECT = """
[project]
name = "Proefgebied"
authority = "Provincie Voorbeeld"
reference_date = 2026-01-01
sample = true
note = "Verzonnen proefgebied, geen echte grenzen"

[parameters]
hmc_threshold = "4.1"

[parameters.space]
assess = false
surface = false

[layers.parks]
path = "parks.csv"
wkt = "shape"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"
columns = { park_id = "RIN", name = "NAAM", max_category = "CAT" }

[layers.municipalities]
path = "municipalities.geojson"
source = "hand-made"
licence = "CC0"

[layers.sensitive_objects]
path = "objects.csv"
x = "x"
y = "y"
crs = "EPSG:28992"
source = "hand-made"
licence = "CC0"
"""


def write_project(folder: Path) -> Path:
    """Write a project of three parks in one municipality with two homes, and give its file."""
    folder.mkdir(parents=True, exist_ok=True)
    parks = [
        ("R1", "Noord", "5.1", shapely.box(131000, 458000, 131400, 458500)),
        ("R2", "Zuid", "3.2", shapely.box(132000, 455000, 132300, 455200)),
        ("R3", "Zuidoost", "", shapely.box(133000, 455000, 133300, 455200)),
    ]
    rows = [f'{park},{name},{category},"{shape.wkt}"' for park, name, category, shape in parks]
    (folder / "parks.csv").write_text("\n".join(["RIN,NAAM,CAT,shape", *rows]) + "\n", encoding="utf-8")
    homes = ["object_id,kind,weight,x,y", "H1,home,1,131700,458250", "H2,home,1,132900,455100"]
    (folder / "objects.csv").write_text("\n".join(homes) + "\n", encoding="utf-8")
    columns = {"municipality_code": ["GM0344"], "name": ["Utrecht"], "sub_area": ["Midden"]}
    area = [shapely.box(125000, 450000, 140000, 465000)]
    gpd.GeoDataFrame(columns, geometry=area, crs="EPSG:28992").to_file(folder / "municipalities.geojson")
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    return folder / "project.toml"


@pytest.fixture(scope="session")
def project_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the small project once; tests that change it write their own."""
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def new_project() -> Callable[[Path], Path]:
    """Give the function that writes the small project into a folder."""
    return write_project


@pytest.fixture(scope="session")
def made(project_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Run the main job on the small project, views included."""
    from api.jobs.run import run
    from layers.project import load_project

    return run(load_project(project_file), tmp_path_factory.mktemp("made"))
