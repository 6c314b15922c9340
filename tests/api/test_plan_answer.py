"""A municipality tests plans and finds out nothing about single homes, nor about anybody else's data."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from api.http.access.territory import Territory
from api.http.cutting import visible_tables
from api.http.scope import PUBLIC, Scope
from api.jobs.plan_answer import TABLES, PlanAnswer, Sight, answer_plan, own_rows
from api.jobs.plan_refused import PolygonError
from layers.release import Release, open_release
from layers.schema import Level

if TYPE_CHECKING:
    from pathlib import Path

A = "GM0356"
OWN = frozenset({A})
SECRET = ("sensitive_objects", "businesses", "housing_plans", "atelier")
READERS = {
    "public": (PUBLIC, Sight()),
    "session": (PUBLIC, Sight(signed_in=True)),
    "municipality": (Scope(Level.MUNICIPALITY, OWN, undecided=False), Sight(codes=OWN, signed_in=True)),
    "province": (Scope(Level.PROVINCE, None, undecided=True), Sight(everywhere=True, signed_in=True)),
}


@pytest.fixture(scope="module")
def release(sample_release: Path) -> Release:
    found = open_release(sample_release)
    project = {**found.project, "procedure_status": "adopted"}
    return replace(found, project=project).remembering()


@pytest.fixture(scope="module")
def ground(release: Release) -> shapely.Geometry:
    table = release.table("municipalities")
    found = table.loc[table["municipality_code"] == A, "geometry"].iloc[0]
    assert isinstance(found, shapely.Geometry)
    return found


def changed(release: Release, **tables: pd.DataFrame) -> Release:
    """Give the same release with other rows in some tables."""
    kept = {name: release.table(name) for name in release.names}
    return replace(release, kept={**kept, **tables})


def ask(release: Release, who: str, polygons: list[shapely.Geometry]) -> list[PlanAnswer]:
    scope, sight = READERS[who]
    tables = {name: table for name, table in visible_tables(release, scope).items() if name in TABLES}
    return [answer_plan(one, tables, release, sight, ("vastgesteld", "adopted")) for one in polygons]


def said(answer: PlanAnswer) -> str:
    """Give everything that a reader gets to see."""
    parts = (answer.figures, answer.by_category, answer.parks, answer.rules, answer.paragraph, answer.limits)
    return repr((*parts, [(name, shapely.to_wkt(shape)) for name, shape in answer.surroundings]))


def around(shape: shapely.Geometry, count: int, seed: int) -> list[shapely.Geometry]:
    """Draw plans of all sizes in and over the edge of an area."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.bounds(shape)
    found: list[shapely.Geometry] = []
    while len(found) < count:
        x, y = rng.uniform((west - 500, south - 500), (east + 500, north + 500))
        plan = shapely.Point(x, y).buffer(float(rng.choice([5, 40, 150, 700])), quad_segs=2)
        if shapely.intersects(plan, shape):
            found.append(plan)
    return found


def test_what_is_not_public_of_others_changes_no_answer(release: Release, ground: shapely.Geometry) -> None:
    tables = {}
    for name in SECRET:
        table: Any = release.table(name)
        own = shapely.contains_properly(ground, shapely.point_on_surface(table.geometry.to_numpy()))
        assert 0 < own.sum() < len(table)
        # everything of others goes, half of it comes back somewhere else, ten times as heavy
        others = table[~own].iloc[::2].copy()
        moved = shapely.transform(others.geometry.to_numpy(), lambda spots: spots + (130.0, -70.0))
        beyond = ~shapely.intersects(moved, ground)
        others.geometry = moved
        if "weight" in others:
            others["weight"] = others["weight"] * 10
        key = release.layer(name).identifier
        tables[name] = pd.concat([table[own], others[beyond]]).sort_values(key, ignore_index=True)
    other = changed(release, **tables)
    plans = around(ground, 20, seed=1)
    for who in ("municipality", "public", "session"):
        before, after = ask(release, who, plans), ask(other, who, plans)
        assert [said(one) for one in before] == [said(one) for one in after]
    plans = plans[:8]
    different = [
        one for one, two in zip(ask(release, "province", plans), ask(other, "province", plans), strict=True)
        if said(one) != said(two)
    ]  # fmt: skip
    assert different, "what was changed matters to who may see it"


def test_no_home_of_its_own_can_be_singled_out(release: Release, ground: shapely.Geometry) -> None:
    # a lone home is put in a cell that holds none; plans are shrunk on it, moved over it and cut in two on it
    table = release.table("sensitive_objects")
    spot = next(
        point
        for point in _points(ground)
        if shapely.dwithin(shapely.boundary(ground), point, 300) is np.False_
        and shapely.contains(ground, point)
        and not shapely.dwithin(table.geometry.to_numpy(), point, 400).any()
    )
    lone: Any = table.iloc[[0]].assign(object_id="ZZ", weight=1.0)
    lone.geometry = [spot]
    other = changed(release, sensitive_objects=pd.concat([table, lone], ignore_index=True))
    x, y = shapely.get_coordinates(spot)[0]
    plans = [shapely.box(x - s, y - s, x + s, y + s) for s in (400.0, 200.0, 60.0, 10.0, 1.0)]
    plans += [shapely.box(x - s, y - s, x, y + s) for s in (200.0, 10.0)]
    plans += [shapely.box(x, y - s, x + s, y + s) for s in (200.0, 10.0)]
    for who in ("municipality", "public"):
        for before, after in zip(ask(release, who, plans), ask(other, who, plans), strict=True):
            assert said(before) == said(after)
    counts = [figure(one, "objects") for one in ask(other, "province", plans)]
    assert counts[3:5] == [(1.0, 1.0), (1.0, 1.0)], "the province finds it"


def _points(shape: shapely.Geometry) -> list[shapely.Point]:
    west, south, east, north = shapely.bounds(shape)
    spots = np.random.default_rng(3).uniform((west, south), (east, north), (500, 2))
    return [shapely.Point(x, y) for x, y in spots.tolist()]


def figure(answer: PlanAnswer, name: str) -> tuple[Any, Any]:
    row = next(row for row in answer.figures if row["figure"] == name)
    return row["low"], row["high"]


def test_what_a_municipality_reads_holds_the_truth(release: Release, ground: shapely.Geometry) -> None:
    table = release.table("sensitive_objects")
    spots, weight = shapely.point_on_surface(table.geometry.to_numpy()), table["weight"].to_numpy()
    firms = shapely.point_on_surface(release.table("businesses").geometry.to_numpy())
    plans = around(ground, 40, seed=5)
    widths = []
    for plan, answer in zip(plans, ask(release, "municipality", plans), strict=True):
        inside = shapely.intersection(plan, ground)
        low, high = figure(answer, "objects")
        if low is None:
            continue
        assert low <= weight[shapely.contains(inside, spots)].sum() <= high
        low, high = figure(answer, "firms")
        assert low <= shapely.contains(inside, firms).sum() <= high
        assert low % 5 == 0
        assert figure(answer, "firms_hindered") == (None, None)
        widths.append(high)
    assert len(widths) > 30


def test_rows_of_a_territory_are_those_of_the_house_rule(release: Release, ground: shapely.Geometry) -> None:
    territory = Territory(release, OWN)
    plan = shapely.box(*shapely.bounds(ground))
    for name in ("sensitive_objects", "businesses"):
        mine = own_rows(release, name, ground, plan)
        assert mine is not None
        key = release.layer(name).identifier
        assert set(mine[key]) == set(release.table(name)[territory.own(name)][key])


def test_each_reader_reads_what_it_may(release: Release, ground: shapely.Geometry) -> None:
    plan = shapely.box(*shapely.bounds(ground))
    answers = {who: ask(release, who, [plan])[0] for who in READERS}
    notes = {
        who: next(row["note_nl"] for row in answer.figures if row["figure"] == "objects")
        for who, answer in answers.items()
    }
    assert notes["public"] == "niet beoordeeld: alleen na inloggen"
    assert notes["session"] == "niet beoordeeld: geen gegevens"
    assert notes["municipality"].startswith("geteld in ")
    assert "ha ligt buiten uw grondgebied" in notes["municipality"]
    assert notes["province"] == ""
    assert figure(answers["province"], "objects")[0] > 100
    for name in ("area", "parks_overlap", "quay", "hindered", "rights"):
        assert len({figure(answer, name) for answer in answers.values()}) == 1, "what is public is the same"
    # blocks of 100 m against exact zones
    blocks, exact = (figure(answers[who], "heavy_lost") for who in ("public", "province"))
    assert blocks != exact
    assert blocks == pytest.approx(exact, rel=0.05)


def test_before_anything_is_decided_a_municipality_has_its_own_zones_only(
    release: Release, ground: shapely.Geometry
) -> None:
    early = replace(release, project={**release.project, "procedure_status": "exploration"})
    scope, sight = Scope(Level.MUNICIPALITY, OWN, undecided=True), READERS["municipality"][1]
    tables = {name: table for name, table in visible_tables(early, scope).items() if name in TABLES}
    far = release.table("park_evidence")
    elsewhere = far[(far["municipality_code"] != A) & (far["permitted_low"] >= "4")].geometry.iloc[0]
    answer = answer_plan(elsewhere, tables, early, sight, ("verkenning", "exploration"))
    assert figure(answer, "heavy_lost") == (None, None)
    note = next(row["note_nl"] for row in answer.figures if row["figure"] == "heavy_lost")
    assert note.startswith("niet beoordeeld")


def test_outside_the_province_and_partly_outside(release: Release) -> None:
    with pytest.raises(PolygonError) as caught:
        ask(release, "province", [shapely.box(10_000, 400_000, 10_100, 400_100)])
    assert caught.value.reason == "outside"
    everything = shapely.union_all(release.table("municipalities").geometry.to_numpy())
    x, y = shapely.get_coordinates(shapely.boundary(shapely.convex_hull(everything)))[0]
    partly = ask(release, "province", [shapely.Point(x, y).buffer(300)])[0]
    assert "buiten de provincie" in partly.limits["nl"][0]
