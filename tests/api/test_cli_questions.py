"""A planner's questions of the sample region, each with one command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from api.cli.main import main
from layers.release import open_release

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

pytestmark = pytest.mark.xdist_group("plan")
HEAVY = {"4.1", "4.2", "5.1", "5.2", "5.3", "6"}


@pytest.fixture(scope="module")
def made(balanced_release: Path) -> Release:
    return open_release(balanced_release)


def asked(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Any:
    code = main([*arguments, "--json"])
    out, err = capsysbinary.readouterr()
    assert code == 0, err.decode()
    return json.loads(out)


def test_parks_with_heavy_room_on_water_are_those_whose_plots_have_both(
    made: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "parks", str(made.path), "--water")
    evidence = made.table("park_evidence").set_index("park_id")
    listed = [row["park_id"] for row in answer["parks"]]
    assert len(listed) == len(set(listed)) > 10
    assert (evidence.loc[listed, "connection_possible"].isin(["own_quay", "public_quay", "adjacent"])).all()
    assert (evidence.loc[listed, "heavy"] != "no").all()
    left_out = evidence.drop(index=listed)
    both = left_out["connection"].isin(["own_quay", "public_quay", "adjacent"]) & (
        left_out["heavy"] == "certain"
    )
    plots = made.table("plot_evidence")
    # a park can have heavy plots and wet plots that are not the same plots
    for park in left_out.index[both]:
        own = plots[plots["park_id"] == park]
        assert len(own)
        wet = own["connection"].isin(["own_quay", "public_quay", "adjacent"])
        assert not (wet & (own["heavy"] == "certain")).any()


def test_the_list_is_sorted_by_the_named_measure(
    made: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for sort, column in (("heavy", "heavy_certain_ha"), ("shore", "shore_m")):
        rows = asked(capsysbinary, "parks", str(made.path), "--sort", sort)["parks"]
        values = [row[column] for row in rows if row[column] is not None]
        assert values == sorted(values, reverse=True)


def test_an_unknown_measure_is_refused_with_those_that_exist(
    made: Release, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parks", str(made.path), "--sort", "mooi"]) == 1
    said = capsys.readouterr().err
    assert "mooi" in said
    assert "heavy, net, quay, shore" in said


def test_demand_adds_up_over_functions_and_sub_areas(
    made: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "demand", str(made.path))
    rows = made.table("land_demand").to_dict("records")
    for found in answer["demand"]:
        total = sum(
            row["net_mid_ha"]
            for row in rows
            if row["lead"]
            and row["category"] in HEAVY
            and (row["year"], row["water"]) == (found["year"], found["water"])
        )
        assert found["net_mid_ha"] == pytest.approx(total)
        assert found["net_low_ha"] <= found["net_mid_ha"] <= found["net_high_ha"]
    assert {row["year"] for row in answer["demand"]} == {2030, 2035, 2050}
    assert {row["area"] for row in answer["shortage"]} == set(made.table("sub_areas")["name"])


def test_released_land_adds_up_over_parks(made: Release, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    answer = asked(capsysbinary, "released", str(made.path))
    land = made.table("released_land")
    for year in (2030, 2035, 2050):
        per_kind = sum(row["mid_ha"] for row in answer["released"] if row["year"] == year)
        assert per_kind == pytest.approx(land.loc[land["year"] == year, "usable_mid_ha"].sum(), abs=0.05)


def test_unknowns_give_the_agenda_in_order_and_every_gap(
    made: Release, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    answer = asked(capsysbinary, "unknowns", str(made.path), "--top", "3")
    assert [row["rank"] for row in answer["agenda"]] == [1, 2, 3]
    assert len(answer["not_assessed"]) == len(made.table("not_assessed"))
    assert sum(answer["assumptions"].values()) == len(made.table("assumptions"))


@pytest.mark.parametrize("command", ["parks", "demand", "released", "unknowns"])
def test_each_answer_is_readable_on_a_terminal(
    made: Release, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, str(made.path)]) == 0
    shown = capsys.readouterr().out
    assert "voorbeeld" in shown.lower()
    assert "nan" not in shown.lower().replace("finan", "")
    assert max(len(line) for line in shown.splitlines()) <= 100


def test_a_plan_is_asked_of_a_release_that_has_one(made: Release, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(made.path)]) == 1
    assert "kringruimte reserve" in capsys.readouterr().err
