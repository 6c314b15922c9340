"""What a municipality gets of a release: own rows and own ground, in every layer that there is."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from api.http.cutting import exists_for, is_undecided, visible_tables
from api.http.scope import PUBLIC, Scope, Share
from api.jobs.ties import PERSONAL, TIES, BySubArea, Kind, may_be_shared
from layers.catalogue import ALL_LAYERS
from layers.schema import Layer, Level
from tests.support.leaks import outside
from tests.support.two_municipalities import BORDER, CODES, SQUARES, release_of, secrets_in

if TYPE_CHECKING:
    from layers.release import Release

NAME = attrgetter("name")
NAMES = [layer.name for layer in ALL_LAYERS]
OWN = frozenset({CODES["A"]})
# the strictest test: someone who may see every column there is, of one municipality
PLANNER = Scope(Level.PROVINCE, OWN, undecided=True)
MUNICIPALITY = Scope(Level.MUNICIPALITY, OWN, undecided=True)
EVERYTHING = Scope(Level.EDITOR, None, undecided=True)
REGIONAL = {name for name, tie in TIES.items() if any(isinstance(rule, BySubArea) for rule in tie.rules)}
TIED = [name for name in NAMES if TIES[name].rules and name not in REGIONAL]


@pytest.fixture(scope="module")
def hidden() -> dict[str, Any]:
    return visible_tables(release_of(raised=Level.PROVINCE), PLANNER)


@pytest.fixture(scope="module")
def crossing_release() -> Release:
    return release_of(raised=Level.PROVINCE, crossing=True)


@pytest.fixture(scope="module")
def crossing(crossing_release: Release) -> dict[str, Any]:
    return visible_tables(crossing_release, PLANNER)


@pytest.fixture(scope="module")
def mixed() -> dict[str, Any]:
    return visible_tables(release_of(raised=Level.PROVINCE, mixed=True), PLANNER)


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    return visible_tables(release_of(), PLANNER)


def test_every_layer_states_how_it_is_tied() -> None:
    assert set(TIES) == set(NAMES), "a new layer needs a line in api/jobs/ties.py"
    for name, tie in TIES.items():
        assert bool(tie.rules) == (tie.kind is Kind.TIED), name


def test_every_column_that_a_rule_reads_is_a_column_of_that_layer() -> None:
    layers = {layer.name: layer for layer in ALL_LAYERS}
    for name, tie in TIES.items():
        for rule in tie.rules:
            columns = getattr(rule, "columns", None) or [getattr(rule, "column", None)]
            assert {column for column in columns if column} <= set(layers[name].by_name), (name, rule)
            named = getattr(rule, "layers", None) or [getattr(rule, "layer", None)]
            assert {layer for layer in named if layer} <= set(layers), (name, rule)
        for column, (layer, key) in tie.mentions.items():
            assert column in layers[name].by_name
            assert key in layers[layer].by_name


def test_the_search_finds_the_secrets_of_every_layer_where_nothing_is_cut() -> None:
    found = visible_tables(release_of(raised=Level.PROVINCE), EVERYTHING)
    assert [name for name in NAMES if not secrets_in(found[name])] == []


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_another_when_no_layer_is_public(hidden: dict[str, Any], name: str) -> None:
    if name in hidden and name != "municipalities":
        assert secrets_in(hidden[name]) == []


@pytest.mark.parametrize("name", TIED)
def test_the_own_row_is_there(hidden: dict[str, Any], name: str) -> None:
    table = hidden[name]
    if name == "municipalities":
        return
    assert len(table) == 1
    assert any("A-" in str(value) or value == CODES["A"] for value in table.iloc[0])


@pytest.mark.parametrize("name", [name for name in NAMES if name not in TIED])
def test_what_cannot_be_taken_apart_is_not_there(hidden: dict[str, Any], name: str) -> None:
    assert name not in hidden or len(hidden[name]) == 0, "a sum over A and B tells A of B"


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_a_row_that_belongs_to_both(mixed: dict[str, Any], name: str) -> None:
    if name in mixed and name != "municipalities":
        assert secrets_in(mixed[name]) == []


@pytest.mark.parametrize("layer", [layer for layer in ALL_LAYERS if layer.shape != "table"], ids=NAME)
def test_no_vertex_beyond_the_border(
    crossing_release: Release, crossing: dict[str, Any], layer: Layer
) -> None:
    if layer.name == "municipalities" or layer.name not in crossing:
        return
    table = crossing[layer.name]
    assert outside(table, SQUARES["A"]) == 0
    assert secrets_in(table) == [], "what reaches into A from B is not of A"
    full = crossing_release.table(layer.name)
    if layer.shape != "point" and len(table):
        expected = shapely.intersection(full.geometry.iloc[0], SQUARES["A"])
        assert table.geometry.iloc[0].symmetric_difference(expected).length < 1e-6
        assert shapely.get_dimensions(table.geometry.iloc[0]) == shapely.get_dimensions(expected)


@pytest.mark.parametrize("layer", [layer for layer in ALL_LAYERS if layer.shape != "table"], ids=NAME)
def test_the_box_and_the_index_know_nothing_of_another(crossing: dict[str, Any], layer: Layer) -> None:
    table = crossing.get(layer.name)
    if table is None or layer.name == "municipalities" or not len(table):
        return
    assert table.total_bounds[2] <= BORDER
    assert len(table.sindex.query(shapely.box(BORDER + 0.001, 0, BORDER + 2000, 1e6))) == 0
    assert table.index.tolist() == list(range(len(table))), "gaps in the index would tell how many there are"
    assert table.attrs == {}


@pytest.mark.parametrize("layer", ALL_LAYERS, ids=NAME)
def test_a_column_that_is_not_public_is_empty_elsewhere(usual: dict[str, Any], layer: Layer) -> None:
    secret = [column.name for column in layer.columns if column.level is not Level.PUBLIC]
    if layer.level is not Level.PUBLIC or layer.role != "input" or not secret:
        return
    table = usual[layer.name]
    assert len(table) == 2
    assert table[secret].notna().to_numpy()[0].all()
    assert table[secret].isna().to_numpy()[1].all()


def test_the_columns_of_public_layers_that_the_sample_hides_are_among_those_tested() -> None:
    found = {
        layer.name
        for layer in ALL_LAYERS
        if layer.level is Level.PUBLIC and any(column.level is not Level.PUBLIC for column in layer.columns)
    }
    assert found >= {"plots", "park_evidence", "exploration_areas", "summary"}


@pytest.mark.parametrize("name", ["park_evidence", "exploration_areas", "summary"])
def test_hidden_columns_of_results_in_a_decided_release(name: str) -> None:
    release = release_of(status="adopted")
    layer = release.layer(name)
    secret = [column.name for column in layer.columns if column.level is not Level.PUBLIC]
    table = visible_tables(release, Scope(Level.PROVINCE, OWN, undecided=False))[name]
    assert len(table) == 2, "the public columns are for everybody"
    assert table[secret].isna().to_numpy()[1].all()
    assert table[secret].notna().to_numpy()[0].all()


@pytest.mark.parametrize("column", ["plans"])
@pytest.mark.parametrize("name", ["reservation_candidates", "reservation_conflicts"])
def test_an_own_row_does_not_name_the_plan_of_another(name: str, column: str) -> None:
    release = release_of()
    assert release.kept is not None
    table = release.kept[name]
    table[column] = pd.array(["A-plan_id; B-plan_id", "B-plan_id"], dtype="string")
    found = visible_tables(release, PLANNER)[name]
    assert len(found) == 1
    assert found[column].isna().all()


def test_a_name_that_both_have_tells_nothing_either() -> None:
    release = release_of()
    assert release.kept is not None
    release.kept["housing_plans"]["name"] = pd.array(["Centrum", "Centrum"], dtype="string")
    release.kept["exploration_areas"]["housing_plans"] = pd.array(["Centrum", "Centrum"], dtype="string")
    found = visible_tables(release, PLANNER)["exploration_areas"]
    assert found["housing_plans"].isna().all(), "it may be the plan of the other one"


def test_levels_decide_for_who_sees_the_whole_region() -> None:
    release = release_of()
    for level in Level:
        found = visible_tables(release, Scope(level, None, undecided=True)) if level != "municipality" else {}
        for layer in ALL_LAYERS if found else ():
            assert (layer.name in found) == level.allows(layer.level)
            if layer.name in found:
                geometry = [] if layer.shape == "table" else ["geometry"]
                names = [column.name for column in layer.columns if level.allows(column.level)]
                assert list(found[layer.name].columns) == names + geometry
                assert len(found[layer.name]) == 2


def test_a_municipality_sees_nothing_of_the_level_of_the_province() -> None:
    release = release_of()
    found = visible_tables(release, MUNICIPALITY)
    for name, table in found.items():
        assert release.layer(name).level is Level.PUBLIC, "before anything is decided"
        allowed = {column.name for column in release.layer(name).visible(Level.MUNICIPALITY)} | {"geometry"}
        assert set(table.columns) <= allowed


def test_a_municipality_sees_its_own_reservations_once_they_are_a_draft() -> None:
    found = visible_tables(release_of(status="draft"), MUNICIPALITY)
    assert found["reservation_plan"]["site_id"].tolist() == ["A-site_id"]
    assert not {"people", "conflict"} & set(found["reservation_plan"].columns), "counted over borders"
    assert found["reservation_zones"]["zone_id"].tolist() == ["A-zone_id"]
    assert "reservation_plan" not in visible_tables(release_of(status="draft"), PUBLIC)
    assert "site_protection" not in found, "working material"


def test_a_municipality_sees_its_own_rows_of_a_layer_of_its_level() -> None:
    found = visible_tables(release_of(raised=Level.MUNICIPALITY), MUNICIPALITY)
    assert set(TIED) <= set(found)
    assert [name for name in found if name != "municipalities" and secrets_in(found[name])] == []
    assert found["reservation_zones"]["zone_id"].tolist() == ["A-zone_id"]


def test_before_a_decision_results_of_others_are_hidden_and_maps_of_the_region_are_not() -> None:
    undecided = visible_tables(release_of(), MUNICIPALITY)
    decided = visible_tables(release_of(status="adopted"), MUNICIPALITY)
    assert undecided["park_evidence"]["park_id"].tolist() == ["A-park_id"]
    assert decided["park_evidence"]["park_id"].tolist() == ["A-park_id", "B-park_id"]
    assert len(undecided["parks"]) == len(decided["parks"]) == 2
    assert len(undecided["circular_functions"]) == 2, "figures tell of no place"
    assert "balance_answers" not in undecided
    assert "balance_answers" in decided


@pytest.mark.parametrize("status", ["exploration", "candidate"])
def test_an_undecided_release_does_not_exist_for_others(status: str) -> None:
    release = release_of(status=status)
    assert is_undecided(release)
    for scope in (
        PUBLIC,
        Scope(Level.MUNICIPALITY, OWN, undecided=False),
        Scope(Level.PUBLIC, OWN, undecided=False),
    ):
        assert not exists_for(release, scope)
        assert visible_tables(release, scope) == {}
    assert exists_for(release, Scope(Level.PROVINCE, None, undecided=True))


@pytest.mark.parametrize("status", ["draft", "adopted", "in_force"])
def test_a_decided_release_exists_for_everybody(status: str) -> None:
    found = visible_tables(release_of(status=status), PUBLIC)
    assert set(found) == {layer.name for layer in ALL_LAYERS if layer.level is Level.PUBLIC}


def test_a_release_that_does_not_say_its_status_is_undecided() -> None:
    release = release_of()
    del release.project["procedure_status"]
    assert visible_tables(release, PUBLIC) == {}


def test_a_layer_without_a_rule_is_not_given() -> None:
    release = release_of()
    assert release.kept is not None
    new = Layer("new_layer", "Nieuw", "New", "table", "zone_id", release.layer("zone_instruments").columns,
                level=Level.MUNICIPALITY, role="result")  # fmt: skip
    release.kept["new_layer"] = release.kept["zone_instruments"]
    assert isinstance(release.layers, dict)
    release.layers["new_layer"] = new
    assert "new_layer" in visible_tables(release, EVERYTHING)
    assert "new_layer" not in visible_tables(release, MUNICIPALITY)
    shared = MUNICIPALITY.sharing(Share("new_layer", (CODES["A"],)))
    assert "new_layer" not in visible_tables(release, shared)


def test_without_borders_nothing_with_a_shape_is_own() -> None:
    release = release_of(raised=Level.PROVINCE)
    assert isinstance(release.layers, dict)
    del release.layers["municipalities"]
    found = visible_tables(release, PLANNER)
    assert [name for name, table in found.items() if isinstance(table, gpd.GeoDataFrame) and len(table)] == []


def test_a_municipality_that_the_release_does_not_know_gets_nothing_of_its_own() -> None:
    found = visible_tables(
        release_of(raised=Level.PROVINCE), Scope(Level.PROVINCE, frozenset({"GM9999"}), undecided=True)
    )
    assert sum(len(table) for name, table in found.items() if name != "municipalities") == 0


def test_no_territory_is_nowhere_and_not_everywhere() -> None:
    found = visible_tables(
        release_of(raised=Level.PROVINCE), Scope(Level.PROVINCE, frozenset(), undecided=True)
    )
    assert [name for name in found if name != "municipalities"] == []


def test_a_row_without_a_code_is_of_nobody() -> None:
    release = release_of()
    assert release.kept is not None
    release.kept["reservation_zones"]["municipality_code"] = pd.array([pd.NA, CODES["B"]], dtype="string")
    assert len(visible_tables(release, PLANNER)["reservation_zones"]) == 0


def test_the_release_itself_is_not_changed() -> None:
    release = release_of(crossing=True)
    assert release.kept is not None
    before = {name: table.copy() for name, table in release.kept.items()}
    visible_tables(release, PLANNER)
    for name, table in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(release.kept[name]), pd.DataFrame(table))


class TestSharing:
    """A session shows some layers of one sub-area to a group."""

    def test_a_shared_layer_is_seen_in_the_shared_municipalities_only(self) -> None:
        scope = PUBLIC.sharing(Share("reservation_zones", (CODES["A"],)))
        release = release_of(crossing=True)
        found = visible_tables(release, scope)
        assert found["reservation_zones"]["zone_id"].tolist() == ["A-zone_id"]
        assert outside(found["reservation_zones"], SQUARES["A"]) == 0
        hidden = {name for name in found if release.layer(name).level is not Level.PUBLIC}
        assert hidden == {"reservation_zones"}

    def test_both_see_both_when_the_session_has_both(self) -> None:
        scope = MUNICIPALITY.sharing(Share("reservation_zones", tuple(CODES.values())))
        found = visible_tables(release_of(), scope)
        assert len(found["reservation_zones"]) == 2
        assert found["park_evidence"]["park_id"].tolist() == ["A-park_id"], "what is not shared stays own"

    def test_two_sessions_do_not_lend_each_other_ground(self) -> None:
        scope = PUBLIC.sharing(
            Share("reservation_zones", (CODES["A"],)), Share("site_protection", (CODES["B"],))
        )
        found = visible_tables(release_of(), scope)
        assert found["reservation_zones"]["zone_id"].tolist() == ["A-zone_id"]
        assert found["site_protection"]["site_id"].tolist() == ["B-site_id"]

    @pytest.mark.parametrize("name", sorted(PERSONAL))
    def test_homes_and_firms_are_never_shared(self, name: str) -> None:
        scope = MUNICIPALITY.sharing(Share(name, tuple(CODES.values())))
        assert not may_be_shared(release_of().layer(name))
        assert name not in visible_tables(release_of(), scope)

    def test_a_column_above_its_layer_is_not_shared(self) -> None:
        scope = PUBLIC.sharing(Share("redevelopment_pilots", (CODES["A"],)), Share("plots", (CODES["A"],)))
        found = visible_tables(release_of(), scope)
        assert "owner_kind" not in found["plots"]


class TestScope:
    """What a scope is by itself."""

    def test_a_municipality_without_a_territory_cannot_be_made(self) -> None:
        with pytest.raises(ValueError, match="whole region"):
            Scope(Level.MUNICIPALITY, None, undecided=False)

    @pytest.mark.parametrize("code", ["", "gm0344", "GM344", "0344", "GM03441", "GM0344;GM0356", "*"])
    def test_a_territory_holds_codes_only(self, code: str) -> None:
        with pytest.raises(ValueError, match="municipality"):
            Scope(Level.MUNICIPALITY, frozenset({code}), undecided=False)

    def test_tags_are_the_same_for_equal_scopes_only(self) -> None:
        one, other = Share("a", ("GM0001", "GM0002")), Share("b", ("GM0001",))
        scopes = [
            PUBLIC,
            Scope(Level.PUBLIC, None, undecided=True),
            Scope(Level.PUBLIC, frozenset(), undecided=False),
            *(Scope(level, territory, undecided=undecided)
              for level in (Level.MUNICIPALITY, Level.PROVINCE, Level.EDITOR)
              for territory in (frozenset(), OWN, frozenset(CODES.values()), frozenset(f"GM{n:04d}" for n in range(30)))
              for undecided in (False, True)),
            Scope(Level.PROVINCE, None, undecided=True),
            PUBLIC.sharing(one),
            PUBLIC.sharing(other),
            PUBLIC.sharing(one, other),
            MUNICIPALITY.sharing(one),
        ]  # fmt: skip
        assert len({scope.tag for scope in scopes}) == len(scopes) == len(set(scopes))
        assert all(len(scope.tag) <= 48 and scope.tag.isascii() for scope in scopes)
        assert PUBLIC.sharing(one, other).tag == PUBLIC.sharing(other).sharing(one).tag
        assert PUBLIC.sharing(Share("a", ("GM0002",)), Share("a", ("GM0001",))) == PUBLIC.sharing(one)
        assert [scope.tag for scope in scopes if scope.is_public] == ["public"]
        assert MUNICIPALITY.tag == "municipality.GM0001.undecided"
