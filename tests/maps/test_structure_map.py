"""The map of the main structure: a release made here, its numbers and lines worked out by hand."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from layers import catalogue
from layers.release_writer import ReleaseWriter
from layers.results_structure import STRUCTURE_LAYERS
from layers.schema import Level
from maps.reading import View
from maps.structure_map import arc, last_links, numbered, render_structure_png
from maps.structure_marks import drawn, mark_of, stretches, width_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Rows = dict[str, list[dict[str, Any]]]

RECIPE = {
    "sources": [],
    "parameters": {},
    "project": {"name": "Proef"},
    "code": {"version": "0.1.0", "sha256": "11" * 32},
    "lock_sha256": "22" * 32,
}
FACTS = {
    "name": "Proefgebied $1 & $2",
    "authority": "Provincie Voorbeeld",
    "sample": True,
    "note": "Verzonnen.",
    "reference_date": "2026-01-01",
    "procedure_status": "exploration",
    "parameters": {"margin_step_m": 5.0},
    "sources": [],
}


def hub(hub_id: str, x: float, y: float, level: str, **changes: Any) -> dict[str, Any]:
    row = {
        "hub_id": hub_id, "name": f"Plek {hub_id}", "municipality_name": "Gemeente", "hub_type": "materials_park",
        "hub_type_nl": "circulair materialenpark", "type_certainty": "certain", "level": level, "level_nl": "regionaal",
        "state": "existing", "state_nl": "bestaand", "cuts_chains": None, "tonnes_in_t": None, "tonnes_out_t": None,
        "geometry": shapely.Point(x, y).buffer(300),
    }  # fmt: skip
    return row | changes


def link(
    name: str, one: str, two: str, mode: str, year: int, tonnes: float | None, *path: tuple[float, float]
) -> dict[str, Any]:
    return {
        "link_id": name, "year": year, "from_hub": one, "to_hub": two, "mode": mode, "state": "existing",
        "tonnes_mid_t": tonnes, "geometry": shapely.LineString(path),
    }  # fmt: skip


def step(chain: str, number: int, verdict: str, hubs: str | None, plan: str | None = None) -> dict[str, Any]:
    return {
        "chain_id": chain, "chain_nl": f"Keten {chain}", "step": number, "step_nl": f"stap {number}",
        "verdict_now": verdict, "verdict_plan": "not_assessed" if plan is None else "several", "hubs_now": hubs,
        "hubs_plan": plan,
    }  # fmt: skip


def rows() -> Rows:
    return {
        "municipalities": [{"municipality_code": "G1", "name": "Gemeente", "geometry": shapely.box(100_000, 450_000, 140_000, 480_000)}],
        "park_evidence": [{"park_id": "A", "name": "Plek A", "geometry": shapely.Point(110_000, 460_000).buffer(300)}],
        "waterways": [{"waterway_id": "W", "name": "Kanaal", "cemt": "Va", "geometry": shapely.LineString([(100_000, 460_000), (140_000, 460_000)])}],
        "barriers": [{"barrier_id": "A2", "kind": "main_road", "name": "A2", "geometry": shapely.LineString([(120_000, 450_000), (120_000, 480_000)])}],
        "structure_hubs": [
            hub("C", 130_000, 470_000, "local", hub_type="own_type", hub_type_nl="eigen soort", type_certainty="possible"),
            hub("A", 110_000, 460_300, "regional", tonnes_in_t=10.0, tonnes_out_t=5.0, cuts_chains="K1"),
            hub("B", 125_000, 460_300, "regional", tonnes_in_t=100.0, state="extended"),
            hub("D", 125_100, 460_400, "national", state="proposed", name="Heel lange naam " * 8),
        ],
        "structure_links": [
            link("1", "A", "B", "water", 2030, 9_000.0, (110_000, 460_000), (125_000, 460_000)),
            link("2", "A", "B", "water", 2050, 9_000.0, (110_000, 460_000), (125_000, 460_000)),
            link("3", "A", "C", "road", 2050, 2_000.0, (110_000, 460_300), (130_000, 470_000)),
            link("4", "C", "A", "road", 2050, None, (130_000, 470_000), (110_000, 460_300)),
            link("5", "B", "C", "road", 2050, 10.0, (125_000, 460_300), (130_000, 470_000)),
        ],
        "structure_chains": [
            step("K1", 1, "single", "A", "A; D"), step("K1", 2, "missing", None, "B"),
            step("K2", 1, "missing", None), step("K2", 2, "out_of_reach", "C"), step("K2", 3, "several", "A; B"), step("K2", 4, "several", "A; B"),
        ],
        "structure_basis": [{"item_id": "plan", "what_nl": "Reserveringsplan", "value_nl": "geen plan in deze uitgave", "status": "assumption"}],
    }  # fmt: skip


def table(layer: Any, given: list[dict[str, Any]]) -> pd.DataFrame:
    data = {
        column.name: pd.Series([row.get(column.name) for row in given], dtype="object")
        for column in layer.columns
    }
    if layer.shape == "table":
        return pd.DataFrame(data)
    return gpd.GeoDataFrame(data, geometry=[row["geometry"] for row in given], crs="EPSG:28992")  # type: ignore[no-any-return]


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Give a function from rows to a release that holds them."""
    known = {layer.name for layer in catalogue.ALL_LAYERS}
    more = tuple(layer for layer in STRUCTURE_LAYERS if layer.name not in known)
    every = (*catalogue.ALL_LAYERS, *more)
    monkeypatch.setattr(catalogue, "ALL_LAYERS", every)
    by_name = {layer.name: layer for layer in every}

    def make(content: Rows | None = None, **facts: Any) -> Any:
        with ReleaseWriter(tmp_path, RECIPE) as writer:
            tables = {name: table(by_name[name], given) for name, given in (content or rows()).items()}
            writer.write_data(tables, {**FACTS, **facts})
            return writer.commit()

    return make


def test_the_map_is_a_png_of_a3_landscape_without_a_date(release: Callable[..., Any]) -> None:
    found = render_structure_png(release())
    assert found[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", found[16:24])
    assert (width / height) == pytest.approx(np.sqrt(2), rel=0.002)
    assert width == 2481
    assert b"tIME" not in found
    assert b"Creation" not in found


def test_the_same_release_gives_the_same_bytes(release: Callable[..., Any]) -> None:
    one = release()
    assert render_structure_png(one) == render_structure_png(one)


def test_hubs_are_numbered_by_level_then_by_what_they_exchange(release: Callable[..., Any]) -> None:
    hubs = numbered(View(release(), Level.PUBLIC))
    assert [(hub["number"], hub["hub_id"]) for hub in hubs] == [(1, "D"), (2, "B"), (3, "A"), (4, "C")]


def test_links_are_those_of_the_last_year(release: Callable[..., Any]) -> None:
    year, links = last_links(View(release(), Level.PUBLIC))
    assert year == 2050
    assert [link["link_id"] for link in links] == ["2", "3", "4", "5"]


@pytest.mark.parametrize(
    "left_out", ["structure_links", "structure_chains", "structure_basis", "barriers", "waterways"]
)
def test_what_a_release_lacks_is_left_out(release: Callable[..., Any], left_out: str) -> None:
    content = rows()
    del content[left_out]
    assert render_structure_png(release(content))[:4] == b"\x89PNG"


def test_a_release_without_hubs_draws_an_empty_map(release: Callable[..., Any]) -> None:
    content = {name: given for name, given in rows().items() if name in {"municipalities", "park_evidence"}}
    assert render_structure_png(release(content, sample=False))[:4] == b"\x89PNG"


def test_more_hubs_than_there_is_room_for_still_draw(release: Callable[..., Any]) -> None:
    content = rows()
    content["structure_hubs"] = [
        hub(f"H{number:02}", 105_000 + 500 * (number % 60), 455_000 + 300 * (number // 10), "local")
        for number in range(60)
    ]
    content["structure_links"] = []
    assert render_structure_png(release(content))[:4] == b"\x89PNG"


def test_a_type_of_the_province_gets_a_mark_of_its_own() -> None:
    marks = {mark_of(name, ["another", "own_type"]) for name in ("materials_park", "another", "own_type")}
    assert len(marks) == 3


@pytest.mark.parametrize(
    ("tonnes", "width", "shown"),
    [(None, 0.8, True), (999.0, 1.2, False), (1_000.0, 1.2, True), (5_001.0, 2.4, True), (1e6, 6.5, True)],
)
def test_lines_are_as_wide_as_the_legend_says(tonnes: float | None, width: float, *, shown: bool) -> None:
    assert width_of(tonnes) == width
    assert drawn(tonnes) is shown


def test_stretches_add_up_what_goes_over_them() -> None:
    # two links share the canal from x = 100 to x = 200; the third goes the other way over part of it
    shapes = np.array(
        [
            shapely.LineString([(0, 0), (200, 0)]),
            shapely.LineString([(100, 0), (300, 0)]),
            shapely.LineString([(200, 0), (150, 0)]),
        ],
        dtype=object,
    )
    given = [
        {"tonnes_mid_t": 10.0, "state": "existing"},
        {"tonnes_mid_t": 5.0, "state": "proposed"},
        {"tonnes_mid_t": None, "state": "proposed"},
    ]
    found = [(*piece.line.bounds[::2], piece.tonnes, piece.proposed) for piece in stretches(shapes, given)]  # type: ignore[arg-type]
    assert found == [
        (0.0, 100.0, 10.0, False),
        (100.0, 150.0, 15.0, False),
        (150.0, 200.0, 15.0, False),
        (200.0, 300.0, 5.0, True),
    ]
    assert stretches(np.zeros(0, dtype=object), []) == []


def test_an_unknown_flow_stays_unknown_on_the_water() -> None:
    shapes = np.array([shapely.LineString([(0, 0), (10, 0)])], dtype=object)
    assert stretches(shapes, [{"tonnes_mid_t": None, "state": "existing"}])[0].tonnes is None


def test_an_arc_keeps_clear_of_both_marks_and_bends_to_the_left() -> None:
    start, end = np.array([0.0, 0.0]), np.array([100.0, 0.0])
    path = arc(start, end, 10.0, 20.0)
    assert path is not None
    assert np.hypot(*path.T).min() >= 10.0
    assert np.hypot(*(path - end).T).min() >= 20.0
    # half of the bend of the control point, 13 of 100
    assert path[:, 1].max() == pytest.approx(6.5, abs=0.01)
    assert arc(start, end, 60.0, 60.0) is None
