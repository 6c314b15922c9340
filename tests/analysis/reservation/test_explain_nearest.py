"""What explanations say about a small plan that can be worked out by hand.

Four sites of 2 ha in two parks; F01 asks 2 ha in 2030 and 4 ha in 2050, F02 asks 2 ha in 2050. The plan takes S00
and S01 for F01 and S02 for F02; S03 is free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from analysis.reservation.nearest import barred, cleared, forced, more_short, nearest_plan
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.sentences import say
from analysis.reservation.transform import transform
from analysis.reservation.what_if import change_plan
from analysis.reservation.why import Asked, rank_of, why
from analysis.reservation.why_not import why_not
from gis.errors import InputError
from layers.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters_reservation import ReservationParameters

PLAN = np.array([0, -1, 1, -1, -1, 1, -1, -1])
"""Pairs are site x function: S00 for F01 from 2030, S01 for F01 from 2050, S02 for F02 from 2050."""


def square(x: float) -> shapely.Polygon:
    """Give 200 m by 100 m, 2 ha."""
    return shapely.box(x, 0, x + 200, 100)


def asked_about(problem: ReservationProblem, exact: Callable[..., ReservationParameters]) -> Asked:
    sites = problem.sites
    geometry = [square(0), square(200), square(1000), square(1200)]
    evidence = pd.DataFrame(
        {"plot_id": sites["site_id"], "shore_m": [50.0, 0, 0, 0], "usable_quay_m": [20.0, 0, 0, 0]}
    )
    candidates = pd.DataFrame(
        [
            {"site_id": site, "function": function, "year": 2050, "margin_m": 63.0, "margin_steps": 1.0}
            for site in sites["site_id"]
            for function in problem.functions
        ]
    )
    for name in ("rule_id", "rules", "unit"):
        candidates[name] = pd.Series([pd.NA] * len(candidates), dtype="string")
    for name in ("value", "required", "margin"):
        candidates[name] = np.nan
    tables = {
        "reservation_functions": pd.DataFrame(
            {
                "function": ["F01", "F02"],
                "function_id": ["F01", "F02"],
                "name_nl": ["Milieustraat", "Ambachtscentrum"],
            }
        ),
        "reservation_criteria": pd.DataFrame({"criterion": ["grid", "access"]}),
        "site_suitability": pd.DataFrame(
            {
                "site_id": "S00",
                "function": "F01",
                "criterion": ["access", "grid"],
                "value": [0.9, 0.1],
                "weight": [0.5, 0.5],
                "contribution": [0.45, 0.05],
            }
        ),
        "reservation_candidates": candidates,
        "reservation_rules": pd.DataFrame(
            {
                "rule_id": ["usable_category"],
                "no_nl": ["{short} m te kort: {value} van {required} m."],
                "change_nl": ["Verder weg."],
            }
        ),
        "reservation_sites": gpd.GeoDataFrame(
            sites.assign(wet=[True, False, False, False]), geometry=geometry, crs="EPSG:28992"
        ),
        "plot_evidence": evidence,
    }
    return Asked(problem, PLAN, tables, Parameters(reservation=exact()))


@pytest.fixture
def asked(problem: Callable[..., ReservationProblem], exact: Callable[..., ReservationParameters]) -> Asked:
    return asked_about(problem(), exact)


def chosen(problem: ReservationProblem, start: NDArray[np.int64]) -> set[tuple[str, str]]:
    return {
        (str(problem.sites["site_id"].iloc[problem.site[pair]]), problem.functions[problem.function[pair]])
        for pair in np.flatnonzero(start != NOT_CHOSEN)
    }


def test_nothing_moves_when_nothing_is_forced(asked: Asked) -> None:
    found = nearest_plan(asked.problem, PLAN, asked.parameters.reservation)
    assert found is not None
    assert found.short == 0
    assert chosen(asked.problem, found.start) == {("S00", "F01"), ("S01", "F01"), ("S02", "F02")}


def test_the_free_site_replaces_one_that_is_barred(asked: Asked) -> None:
    out = np.zeros(8, dtype=bool)
    out[0] = True
    without = barred(asked.problem, out)
    found = nearest_plan(without, cleared(without, PLAN), asked.parameters.reservation)
    assert found is not None
    # S03 comes in; S01 moves to 2030 because 2 ha are wanted by then, or S03 does
    assert chosen(asked.problem, found.start) == {("S01", "F01"), ("S02", "F02"), ("S03", "F01")}
    assert more_short(asked.problem, PLAN, found.start) == 0


def test_two_hectares_run_short_when_two_sites_are_gone(asked: Asked) -> None:
    out = np.isin(asked.problem.site, [2, 3])
    without = barred(asked.problem, out)
    found = nearest_plan(without, cleared(without, PLAN), asked.parameters.reservation)
    assert found is not None
    assert more_short(asked.problem, PLAN, found.start) == pytest.approx(2.0)
    assert found.short == pytest.approx(2.0)


def test_forcing_a_pair_takes_the_site_from_its_function(asked: Asked) -> None:
    wanted = 1  # S00 for F02
    found = nearest_plan(
        forced(asked.problem, wanted), cleared(asked.problem, PLAN, wanted), asked.parameters.reservation
    )
    assert found is not None
    assert ("S00", "F02") in chosen(asked.problem, found.start)
    # 6 ha are wanted and four sites of 2 ha exist, so nothing runs short
    assert found.short == 0


def test_no_plan_obeys_two_locks_on_one_site(asked: Asked) -> None:
    both = forced(forced(asked.problem, 0), 1)
    assert nearest_plan(both, PLAN, asked.parameters.reservation) is None


def test_rank_counts_better_sites_of_the_same_function(asked: Asked) -> None:
    # F01 scores 0.9, 0.8, 0.3 and 0.2
    assert [rank_of(asked.problem, pair) for pair in (0, 2, 4, 6)] == [(1, 4), (2, 4), (3, 4), (4, 4)]


def told(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    sentences = [*answer["sentences"], *(s for site in answer.get("sites", []) for s in site["sentences"])]
    return {sentence["id"]: sentence for sentence in sentences}


def test_why_tells_strong_and_weak_sides_and_what_replaces_a_site(asked: Asked) -> None:
    answer = why(asked, "PA")
    first = answer["sites"][0]
    assert (first["site_id"], first["function"], first["from_year"], first["rank"]) == ("S00", "F01", 2030, 1)
    ids = {sentence["id"]: sentence for sentence in first["sentences"]}
    assert ids["why.strong"]["values"]["criteria"] == "bereikbaarheid over de weg"
    assert ids["why.weak"]["values"]["criteria"] == "stroomnet"
    assert ids["why.margin"]["values"]["spare"] == 60
    assert ids["why.people"]["values"]["people"] == 10
    assert ids["why.replaced_whole"]["values"]["sites"] == [{"site_id": "S03", "function": "F01"}]


def test_what_a_label_rests_on_is_told_beside_what_holds_for_the_function(asked: Asked) -> None:
    found = {
        "site_acceptability": {"site_id": ["S00"], "function": ["F01"], "acceptability": [0.44], "error": [0.03]},
        "site_labels": {
            "site_id": ["S00"], "acceptability": [0.97], "label_nl": ["robuust"], "definition_nl": ["Vaak gekozen."],
        },
    }  # fmt: skip
    tables = {**asked.tables, **{name: pd.DataFrame(rows) for name, rows in found.items()}}
    sentences = why(Asked(asked.problem, asked.start, tables, asked.parameters), "PA")["sites"][0][
        "sentences"
    ]
    ids = [sentence["id"] for sentence in sentences]
    at = ids.index("why.acceptability")
    assert ids[at : at + 3] == ["why.acceptability", "why.acceptability_any", "why.label"]
    assert "44 %" in sentences[at]["text_nl"]
    assert "97 %" in sentences[at + 1]["text_nl"]


def test_a_park_without_reservations_says_so(asked: Asked) -> None:
    empty = Asked(asked.problem, np.full(8, NOT_CHOSEN), asked.tables, asked.parameters)
    assert [sentence["id"] for sentence in why(empty, "PB")["sentences"]] == ["why.unchosen_park"]


def test_why_not_forces_the_best_free_site_in_and_names_who_gives_way(asked: Asked) -> None:
    answer = why_not(asked, "PB", "F01")
    # S02 (0.3) suits F01 better than S03 (0.2), and holds F02 now, which can go to S03
    assert answer["forced"]["site_id"] == "S02"
    assert answer["forced"]["hectares_short"] == 0
    assert "whynot.cost_none" in told(answer)
    assert {"site_id": "S02", "function": "F02"} in answer["forced"]["pushed_out"]


def test_why_not_gives_the_rule_and_its_margin(asked: Asked) -> None:
    table = asked.tables["reservation_candidates"]
    here = table["site_id"].isin(["S02", "S03"]) & (table["function"] == "F01")
    judged = table.assign(
        rule_id=table["rule_id"].where(~here, "usable_category"),
        rules=table["rules"].where(~here, "usable_category"),
        value=table["value"].where(~here, 153.0),
        required=table["required"].where(~here, 200.0),
        margin=table["margin"].where(~here, -47.0),
        unit=table["unit"].where(~here, "m"),
    )
    problem = barred(asked.problem, np.isin(asked.problem.site, [2, 3]) & (asked.problem.function == 0))
    changed = Asked(problem, PLAN, {**asked.tables, "reservation_candidates": judged}, asked.parameters)
    answer = why_not(changed, "PB", "F01")
    assert answer["forced"] is None
    assert [row["site_id"] for row in answer["forbidden"]] == ["S02", "S03"]
    assert answer["forbidden"][0]["margin"] == -47
    assert "47 m te kort: 153 van 200 m. Verder weg." in answer["sentences"][0]["text_nl"]


def test_an_unknown_function_is_named(asked: Asked) -> None:
    with pytest.raises(InputError, match="F09"):
        why_not(asked, "PB", "F09")


def test_transforming_a_park_tells_what_is_lost_and_what_has_no_place(asked: Asked) -> None:
    answer = transform(asked, "Terrein PA", shapely.box(-1, -1, 401, 101))
    # each site is stated as 5 ha of land of which 2 ha count
    assert answer["lost"]["hectares"] == pytest.approx(10.0)
    assert answer["lost"]["wet_ha"] == pytest.approx(5.0)
    assert (answer["lost"]["shore_m"], answer["lost"]["usable_quay_m"]) == (50.0, 20.0)
    assert {row["site_id"] for row in answer["reserved"]} == {"S00", "S01"}
    # 6 ha wanted in 2050, 4 ha left
    assert answer["hectares_short"] == pytest.approx(2.0)
    assert sum(row["hectares"] for row in answer["no_place"] if row["year"] == 2050) == pytest.approx(2.0)
    assert [row["site_id"] for row in answer["made_good"]] == ["S03"]


def test_a_polygon_beside_everything_costs_nothing(asked: Asked) -> None:
    answer = transform(asked, "weiland", shapely.box(5000, 5000, 5100, 5100))
    assert answer["lost"]["hectares"] == 0
    assert (answer["hectares_short"], answer["made_good"], answer["no_place"]) == (0.0, [], [])


def test_numbers_in_sentences_are_kept_beside_the_words() -> None:
    sentence = say("transform.short", {"hectares": "5,3 ha"}, hectares=5.31)
    assert sentence.text_nl == "Het tekort van de provincie wordt 5,3 ha groter."
    assert sentence.plain()["values"] == {"hectares": 5.31}


def test_a_lock_moves_what_stood_there(asked: Asked) -> None:
    # S02 for F01: F02 goes from S02 to another site, and one F01 site is no longer needed
    answer = change_plan(asked, forced(asked.problem, 4))
    moved = {(row["site_id"], row["function_before"], row["function"]) for row in answer["changes"]}
    assert ("S02", "F02", "F01") in moved
    assert "F02" in {row["function"] for row in answer["comes_in"]}
    assert answer["hectares_short"] == 0
    same = change_plan(asked, asked.problem)
    assert (same["comes_in"], same["goes_out"], same["hectares_short"]) == ([], [], 0.0)


def test_locks_that_cannot_go_together_are_told(asked: Asked) -> None:
    answer = change_plan(asked, forced(forced(asked.problem, 0), 1))
    assert [sentence["id"] for sentence in answer["sentences"]] == ["lock.impossible"]
