"""Why two releases differ: each cause is made to happen in a world that can be worked out by hand.

Guide distances in quiet surroundings (VNG 2009): 100 m for category 3.2, 200 m for 4.1, 300 m for 4.2.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import orjson
import pytest

import layers.recipe
from api.cli.main import main
from api.jobs.compare_causes import causes
from api.jobs.derive import derive, parameters_of
from tests.support.tiny_world import FAR, PARKS, make_world, no_views

if TYPE_CHECKING:
    from pathlib import Path

    from layers.release import Release

BESIDE_B = ("H1", 2090.0, 130.0)
"""30 m from park B, and within 200 m of all of it."""
CUTS_A = ("H2", -180.0, 50.0)
"""180 m west of park A: its circle of 200 m takes a strip of the park."""


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Make the world as it was: both parks carry 4.1 wholly, and A is near the canal."""
    return make_world(tmp_path_factory.mktemp("base"))


def verdicts(answer: dict[str, Any]) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (row["park_id"], row["column"]): (row["before"], row["after"], row["causes"], row["how"])
        for row in answer["verdicts"]
    }


def totals(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["column"]: row for row in answer["totals"]}


def test_equal_releases_need_no_computation(base: Release) -> None:
    answer = causes(base, base)
    assert answer["verdicts"] == answer["totals"] == answer["layers"] == answer["recomputed"] == []
    assert all(rows == [] for rows in answer["parks"].values())


def test_a_home_beside_a_park_is_data(base: Release, tmp_path: Path) -> None:
    answer = causes(base, make_world(tmp_path, homes=(FAR, BESIDE_B)))
    assert verdicts(answer) == {("B", "heavy"): ("certain", "no", ["data"], None)}
    assert totals(answer)["heavy_certain_ha"]["effects"] == {"data": -1.0}
    (near,) = answer["parks"]["homes"]
    assert (near["park_id"], near["before"], near["after"]) == ("B", [0.0, 0.0], [1.0, 1.0])
    assert (near["by_objects"], near["by_distance"], near["causes"]) == ([1.0, 1.0], [0.0, 0.0], ["data"])
    assert [row["layer"] for row in answer["layers"]] == ["sensitive_objects"]
    assert len(answer["recomputed"]) == 2, "equal parameters need no run of their own"


def test_another_threshold_is_parameters(base: Release, tmp_path: Path) -> None:
    answer = causes(base, make_world(tmp_path, parameters='hmc_threshold = "4.2"'))
    assert verdicts(answer) == {
        (park, "heavy"): ("certain", "no", ["parameters"], None) for park in ("A", "B")
    }
    assert totals(answer)["permitted_hmc_certain_ha"]["effects"] == {"parameters": -2.0}
    assert answer["parameters"] == ["hmc_threshold"]
    assert answer["parks"]["category"] == answer["layers"] == []


def test_data_and_parameters_can_act_each_on_its_own_park(base: Release, tmp_path: Path) -> None:
    after = make_world(tmp_path, homes=(FAR, BESIDE_B), parameters="water_near_m = 200")
    answer = causes(base, after)
    assert verdicts(answer) == {
        ("A", "connection"): ("near", "none", ["parameters"], None),
        ("B", "heavy"): ("certain", "no", ["data"], None),
    }
    assert len(answer["recomputed"]) == 4


def test_either_alone_can_be_enough(base: Release, tmp_path: Path) -> None:
    after = make_world(tmp_path, homes=(FAR, BESIDE_B), parameters='hmc_threshold = "4.2"')
    answer = causes(base, after)
    assert verdicts(answer)["B", "heavy"] == ("certain", "no", ["data", "parameters"], "each")
    assert verdicts(answer)["A", "heavy"] == ("certain", "no", ["parameters"], None)
    # 2 ha went: the home takes 1 ha, the threshold 2 ha, and 1 ha is taken by both
    parts = totals(answer)["heavy_certain_ha"]
    assert (parts["before"], parts["after"], parts["causes"]) == (2.0, 0.0, ["data", "parameters"])
    assert parts["effects"] == {"data": -1.0, "parameters": -2.0, "interaction": 1.0}


def test_only_together_can_be_enough(base: Release, tmp_path: Path) -> None:
    after = make_world(tmp_path, homes=(FAR, CUTS_A), parameters="minimum_room_ha = 0.9")
    answer = causes(base, after)
    # what is left of 1 ha lies between the smallest rooms that count: 0.5 ha before, 0.9 ha after
    reach = [math.sqrt(200**2 - (y - 50) ** 2) - 180 for y in range(101)]
    strip_ha = (sum(reach) - (reach[0] + reach[-1]) / 2) / 10_000
    assert 0.5 < 1 - strip_ha < 0.9
    assert verdicts(answer) == {("A", "heavy"): ("certain", "no", ["data", "parameters"], "together")}
    assert totals(answer)["heavy_certain_ha"]["effects"]["data"] == pytest.approx(-strip_ha, abs=0.002)


def test_a_release_of_another_program_is_told_apart(
    base: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr(layers.recipe, "code_digest", lambda _: "another program")
        before = _stating(base, tmp_path / "other", heavy=["possible", "certain"])
    answer = causes(before, base)
    assert answer["program"]["before"]["same"] is False
    assert answer["program"]["after"]["same"] is True
    assert verdicts(answer) == {("A", "heavy"): ("possible", "certain", ["program"], None)}


def test_what_this_program_does_not_find_again_is_storage(base: Release, tmp_path: Path) -> None:
    before = _stating(base, tmp_path, heavy=["possible", "certain"])
    after = make_world(tmp_path / "after", homes=(FAR, BESIDE_B))
    assert verdicts(causes(before, after)) == {
        ("A", "heavy"): ("possible", "certain", ["storage"], None),
        ("B", "heavy"): ("certain", "no", ["data"], None),
    }


def _stating(base: Release, out: Path, **columns: list[str]) -> Release:
    """Write a release with the data of `base` that states something else."""
    parks = base.table("park_evidence").assign(**columns)
    return derive(base, out, {"park_evidence": parks}, parameters_of(base), {"job": "test"}, render=no_views)


def test_parks_that_came_went_and_got_another_number(base: Release, tmp_path: Path) -> None:
    parks = {"B9": PARKS["B"], "C": ("3.2", (-500.0, 0.0, -300.0, 100.0))}
    answer = causes(base, make_world(tmp_path, parks=parks))
    shown = {
        kind: [
            (row["park_id"], row["area_ha"], row["same_place"], row["causes"])
            for row in answer["parks"][kind]
        ]
        for kind in ("appeared", "vanished")
    }
    assert shown == {
        "appeared": [("B9", 1.0, "B", ["data"]), ("C", 2.0, None, ["data"])],
        "vanished": [("A", 1.0, None, ["data"]), ("B", 1.0, "B9", ["data"])],
    }
    assert answer["verdicts"] == []


def test_a_heavier_category_reaches_homes_that_were_there(tmp_path: Path) -> None:
    # 250 m east of park B: outside 200 m, inside 300 m
    homes = (FAR, ("H3", 2350.0, 50.0))
    before = make_world(tmp_path / "before", homes=homes)
    parks = {**PARKS, "B": ("4.2", PARKS["B"][1])}
    answer = causes(before, make_world(tmp_path / "after", homes=homes, parks=parks))
    (changed,) = answer["parks"]["category"]
    assert (changed["park_id"], changed["what"], changed["causes"]) == ("B", "permitted", ["data"])
    assert (changed["before"], changed["after"]) == (["4.1", "4.1"], ["4.2", "4.2"])
    (near,) = answer["parks"]["homes"]
    assert (near["before"], near["after"]) == ([0.0, 0.0], [1.0, 1.0])
    assert (near["by_objects"], near["by_distance"]) == ([0.0, 0.0], [1.0, 1.0])


def test_frontage_is_lost_to_data_or_to_a_parameter(tmp_path: Path) -> None:
    beside = (-1000.0, -30.0, 1100.0, -10.0)
    before = make_world(tmp_path / "before", water=beside)
    moved = causes(before, make_world(tmp_path / "moved"))
    (row,) = moved["parks"]["frontage"]
    assert (row["park_id"], row["what"], row["causes"]) == ("A", "shore_m", ["data"])
    assert (row["before"], row["after"], row["lost_m"]) == (100.0, 0.0, 100.0)
    assert verdicts(moved)["A", "connection"] == ("adjacent", "near", ["data"], None)
    stricter = make_world(tmp_path / "strict", water=beside, parameters="water_adjacent_m = 5")
    (row,) = causes(before, stricter)["parks"]["frontage"]
    assert (row["before"], row["after"], row["causes"]) == (100.0, 0.0, ["parameters"])


def test_parameters_of_an_unknown_program_leave_causes_open(base: Release, tmp_path: Path) -> None:
    after = make_world(tmp_path, homes=(FAR, BESIDE_B))
    base_like = _stating(base, tmp_path / "strange")
    base_like.project["parameters"]["of_later"] = 1
    answer = causes(base_like, after)
    assert "of_later" in answer["not_assessed"]
    assert verdicts(answer) == {("B", "heavy"): ("certain", "no", None, None)}
    assert answer["parks"]["homes"][0]["causes"] is None


def test_the_command_line_writes_causes_as_text_and_as_json(
    base: Release, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    parks = {**PARKS, "C": ("4.1", (-500.0, 0.0, -300.0, 100.0))}
    after = make_world(tmp_path, homes=(FAR, BESIDE_B), parks=parks, parameters="water_near_m = 200")
    arguments = ["compare", str(base.path), str(after.path)]
    assert main(arguments) == 0
    text = " ".join(capsysbinary.readouterr().out.decode().split())
    assert "Park A Waterontsluiting dicht bij water" in text
    assert "gegevens" in text
    assert "Een reserveringsplan wordt niet opnieuw gerekend" in text
    assert main([*arguments, "--json"]) == 0
    answer = orjson.loads(capsysbinary.readouterr().out)
    assert answer["causes"]["parameters"] == ["water_near_m"]
    assert main([*arguments, "--quick", "--json"]) == 0
    assert "causes" not in orjson.loads(capsysbinary.readouterr().out)
