"""Real layers through every way of fetching are the layers that reading the files gives.

Business parks of Rijssen-Holten; municipalities, waterways and Natura 2000 of Utrecht. Our look-alikes always
run; MapServer and pygeoapi where they are installed.
"""

from __future__ import annotations

import io
import zipfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from api.jobs.fetch import fetch
from gis.crs import to_rd
from layers.read import read_layer
from layers.source import LayerSource
from layers.sources.client import make_http
from layers.sources.in_use import complete
from layers.sources.limits import Limits
from layers.toml_file import read_toml
from tests.support import mapserver, pygeoapi
from tests.support.needs import need
from tests.support.services import Services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.read import LayerResult

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "real"
LIMITS = Limits(pause_s=0.0)
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.is_dir(), reason="the shared folder with real layers is not beside the checkout"
    ),
]
LAYERS: dict[str, dict[str, Any]] = {
    "parks": {
        "path": "ibis_rijssen_holten/IBIS_BEDRIJVENTERREINEN.json",
        "columns": {
            "park_id": "RINNUMMER",
            "name": "BEDRIJVENT",
            "gross_ha": "OPPBRUTO",
            "net_ha": "OPPNETTO",
        },
        "units": {"gross_ha": "m2", "net_ha": "m2"},
    },
    "municipalities": {
        "path": "cbs_tmap_2022/utrecht_gemeenten_2022.geojson",
        "columns": {"municipality_code": "code", "name": "name", "inhabitants": "population"},
    },
    "waterways": {
        "path": "osm_waterways_vaarweg/utrecht_main_waterways_and_harbours.geojson",
        "columns": {"waterway_id": "vw_id", "name": "name"},
    },
    "protected_areas": {
        "path": "natura2000_nl/utrecht_plus5km_natura2000.gpkg",
        "columns": {"area_id": "gebiedsnummer", "name": "naam"},
        "constants": {"kind": "natura2000"},
    },
}
GIVEN = {"source": "x", "licence": "x"}
FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
<entry><title>all</title><link rel="alternate" type="application/zip" href="BASE/files/a.zip"/></entry></feed>"""
WAYS = ["ogc_features", "wfs", "arcgis", "file", "atom", "mapserver_json", "mapserver_gml", "pygeoapi"]


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 1, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        raise AssertionError(f"nothing goes wrong here, and {seconds} s were waited")


def table_of(name: str) -> gpd.GeoDataFrame:
    """Read a real file as it is, in EPSG:28992, with a number of its own per row."""
    found = gpd.read_file(REAL / LAYERS[name]["path"])
    if found.crs.to_epsg() != 28992:
        moved = to_rd(found.geometry.to_numpy(), found.crs)
        found = found.set_geometry(gpd.GeoSeries(moved, index=found.index, crs=28992))
    found["volgnr"] = range(1, len(found) + 1)
    return found


@pytest.fixture(scope="module")
def tables() -> dict[str, gpd.GeoDataFrame]:
    return {name: table_of(name) for name in LAYERS}


@pytest.fixture(scope="module")
def expected() -> dict[str, LayerResult]:
    """Give what reading the files gives."""
    found = {}
    for name, about in LAYERS.items():
        mapping = {key: value for key, value in about.items() if key != "path"}
        file = LayerSource.model_validate({"path": str(REAL / about["path"]), **GIVEN, **mapping})
        found[name] = read_layer(name, file, REAL)
    return found


def zipped(path: Path) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.write(path, path.name)
    return stream.getvalue()


def served(
    way: str, tables: dict[str, gpd.GeoDataFrame], folder: Path, stack: ExitStack
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Start what serves the tables; gives layer, connector and where."""
    if way == "pygeoapi":
        server = stack.enter_context(pygeoapi.PyGeoApi(tables, folder))
        for name in tables:
            yield name, "ogc_features", {"url": server.url, "name": name, "page": 100, "query": {"f": "json"}}
        return
    for name, table in tables.items():
        if way.startswith("mapserver"):
            one = mapserver.MapServer(table, folder / name, json=way.endswith("json"), page=7)
            yield name, "wfs", {"url": stack.enter_context(one).url, "name": "parks", "page": 50}
            continue
        services = stack.enter_context(Services(table, page=11))
        path = REAL / LAYERS[name]["path"]
        services.files = {path.name: path.read_bytes(), "a.zip": zipped(path)}
        services.feeds = {"feed.xml": FEED}
        yield (
            name,
            way,
            {
                "ogc_features": {"url": services.features_url, "name": "parks"},
                "wfs": {"url": services.wfs_url, "name": "parks"},
                "arcgis": {"url": services.arcgis_url},
                "file": {"url": services.file_url(path.name)},
                "atom": {"url": f"{services.base}/atom/feed.xml", "name": "all"},
            }[way],
        )


def write_project(folder: Path, asked: Iterator[tuple[str, str, dict[str, Any]]]) -> Path:
    """Write a project whose recipes of its own map the real fields."""
    (folder / "recipes").mkdir()
    lines = ["[fetch]", "area = [60000, 400000, 280000, 540000]", 'recipes = "recipes"']
    for name, connector, where in asked:
        about = LAYERS[name]
        columns = [
            f'{ours} = {{ field = "{theirs}", status = "sourced" }}'
            for ours, theirs in about["columns"].items()
        ]
        parts = [part for part in ("units", "constants") if part in about]
        tables = [f"[{part}]\n" + "\n".join(f'{k} = "{v}"' for k, v in about[part].items()) for part in parts]
        heading = f'name = "real_{name}"\nlayer = "{name}"\ntitle_nl = "x"\ntitle_en = "x"\nsource = "x"\nlicence = "x"'
        status = "\n".join(f'{part} = "sourced"' for part in ("source", "licence", *parts))
        text = "\n".join(
            [heading, f'connector = "{connector}"', "[columns]", *columns, *tables, "[status]", status]
        )
        (folder / "recipes" / f"real_{name}.toml").write_text(text + "\n", "utf-8")
        keys = ", ".join(
            f"{key} = {{ f = 'json' }}" if key == "query" else f"{key} = {value!r}"
            for key, value in where.items()
        )
        lines += [f"[layers.{name}]", f'recipe = "real_{name}"', f"fetch = {{ {keys} }}"]
    path = folder / "project.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("way", WAYS)
def test_the_layers_are_those_of_the_files(
    way: str, tables: dict[str, gpd.GeoDataFrame], expected: dict[str, LayerResult], tmp_path: Path
) -> None:
    if way.startswith("mapserver"):
        need("mapserver", mapserver.PROGRAM, mapserver.MISSING)
    if way == "pygeoapi":
        need("pygeoapi", pygeoapi.PYTHON, pygeoapi.MISSING)
    with ExitStack() as stack:
        path = write_project(tmp_path, served(way, tables, tmp_path / "served", stack))
        http = stack.enter_context(make_http(LIMITS, trust_env=False))
        report = fetch(path, clock=StoppedClock(), limits=LIMITS, http=http)
    assert report.state == "good", [one.failed for one in report.outcomes]
    completed, problems, _ = complete(read_toml(path), tmp_path, path.name)
    assert not problems
    for outcome in report.outcomes:
        name = outcome.layer
        whole = expected[name]
        found = read_layer(name, LayerSource.model_validate(completed[name]), tmp_path)
        assert outcome.copy is not None
        assert outcome.copy.rows == len(tables[name]) == whole.source.rows_in
        assert found.source.rows_out == whole.source.rows_out
        values = [pd.DataFrame(one.table.drop(columns="geometry")) for one in (found, whole)]
        pd.testing.assert_frame_equal(values[0], values[1])
        one, other = (item.table.geometry.to_numpy() for item in (found, whole))
        if way != "mapserver_gml":
            assert shapely.equals_exact(one, other, 1e-6, normalize=True).all()
        elif (shapely.get_dimensions(other) == 1).all():
            # its GML is in whole millimetres, and after rounding a ring may begin elsewhere
            assert shapely.hausdorff_distance(one, other).max() < 0.001
        else:
            apart = shapely.area(shapely.symmetric_difference(one, other))
            assert (apart < 0.001 * shapely.length(other)).all()


def test_a_gio_of_a_real_ordinance(tmp_path: Path) -> None:
    """The GML of Zeeland, fetched, is the layer that reading the file gives."""
    from layers.exports.gio.as_layer import gio_as_layer

    file = REAL / "stop_gio_pv29_zeeland" / "GIO-83e52bbe.gml"
    anything = gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(0, 0)], crs=28992)
    with Services(anything) as services, make_http(LIMITS, trust_env=False) as http:
        services.files = {file.name: file.read_bytes()}
        path = tmp_path / "project.toml"
        url = services.file_url(file.name)
        text = f'[layers.protected_areas]\nrecipe = "gio_beschermd"\nfetch = {{ url = "{url}", kind = "stiltegebied" }}\n'
        path.write_text(text, "utf-8")
        report = fetch(path, clock=StoppedClock(), limits=LIMITS, http=http)
    assert report.state == "good", report.outcomes[0].failed
    completed, _, _ = complete(read_toml(path), tmp_path, path.name)
    found = read_layer("protected_areas", LayerSource.model_validate(completed["protected_areas"]), tmp_path)
    direct = gio_as_layer(file, "protected_areas", kind="stiltegebied")
    assert sorted(found.table["area_id"]) == sorted(direct["area_id"])
    assert set(found.table["kind"]) == {"stiltegebied"}
    assert found.table.geometry.area.sum() == pytest.approx(direct.geometry.area.sum(), abs=0.01)
