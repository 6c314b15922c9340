"""The cut of the sample region, by brute force against shapes: no id, name, value or vertex of another's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely

from api.http.cutting import visible_tables
from api.http.scope import Scope
from layers.release import open_release
from layers.schema import Level
from tests.support.leaks import Oracle, outside, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

# the largest one, its neighbour at the water, and one at the edge of the region
CODES = ["GM0344", "GM0356", "GM0307"]


@pytest.fixture(scope="module")
def release(sample_release: Path) -> Release:
    return open_release(sample_release).remembering()


@pytest.fixture(scope="module", params=CODES)
def cut(release: Release, request: pytest.FixtureRequest) -> tuple[Oracle, dict[str, Any]]:
    own = frozenset({request.param})
    tables = visible_tables(release, Scope(Level.PROVINCE, own, undecided=True))
    return Oracle(release, own), tables


def test_there_is_something_to_find(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    assert len(oracle.foreign_words) > 20_000
    assert len(oracle.foreign_names) > 500
    whole = visible_tables(oracle.release, Scope(Level.PROVINCE, None, undecided=True))
    found = {name for name, table in whole.items() if _words(table) & oracle.foreign_words}
    assert found >= {"sensitive_objects", "usable_zones", "binding_objects", "businesses"}
    for name in ("sensitive_objects", "usable_zones", "housing_plans", "businesses", "plot_evidence"):
        assert 0 < len(tables[name]) < len(whole[name])


def test_no_id_of_another(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    leaks = {name: _words(table) & oracle.foreign_words for name, table in tables.items()}
    assert {name: words for name, words in leaks.items() if words} == {}


def test_no_name_of_another_in_any_text(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    for name, table in tables.items():
        for column in table.columns:
            if table[column].dtype == "string":
                text = "\n".join(table[column].dropna().unique())
                assert [found for found in oracle.foreign_names if found in text] == [], (name, column)


def test_no_vertex_of_another(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    checked = 0
    for name in oracle.hidden:
        table = tables.get(name)
        if isinstance(table, gpd.GeoDataFrame):
            assert outside(table, oracle.boundary) == 0, name
            assert not shapely.is_empty(table.geometry.to_numpy()).any()
            checked += len(table)
    assert checked > 100


def test_no_row_of_another(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    for name in oracle.hidden:
        table, identifier = tables.get(name), oracle.release.layer(name).identifier
        if isinstance(table, gpd.GeoDataFrame) and identifier:
            foreign = set(oracle.table(name).loc[oracle.foreign(name), identifier])
            assert not foreign & set(table[identifier]), name


def test_every_own_home_and_firm_is_there(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    for name, key in (("sensitive_objects", "object_id"), ("businesses", "business_id")):
        full = oracle.table(name)
        inside = shapely.contains_properly(
            oracle.boundary, shapely.point_on_surface(full.geometry.to_numpy())
        )
        assert set(tables[name][key]) == set(full.loc[inside, key])


def test_columns_that_are_not_public_are_empty_elsewhere(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, tables = cut
    (code,) = oracle.codes
    plots = tables["plots"].merge(
        oracle.table("plot_evidence")[["plot_id", "municipality_code"]], on="plot_id"
    )
    assert len(plots) == len(oracle.table("plots"))
    others = plots["municipality_code"] != code
    assert plots.loc[others, "owner_kind"].isna().all()
    known = oracle.table("plots").set_index("plot_id")["owner_kind"].notna()
    assert plots.loc[~others, "owner_kind"].notna().tolist() == known[plots.loc[~others, "plot_id"]].tolist()


def test_the_municipality_itself_has_no_layer_of_the_province(cut: tuple[Oracle, dict[str, Any]]) -> None:
    oracle, _ = cut
    found = visible_tables(oracle.release, Scope(Level.MUNICIPALITY, oracle.codes, undecided=True))
    assert not set(found) & set(oracle.hidden)
    results = {name for name, layer in oracle.release.layers.items() if layer.role == "result"}
    for name in results & set(found):
        if isinstance(found[name], gpd.GeoDataFrame):
            assert outside(found[name], oracle.boundary) == 0, "nothing was decided yet"


def _words(table: Any) -> set[str]:
    names = [name for name in table.columns if name != "geometry"]
    return set().union(*(words_of(table[name]) for name in names))
