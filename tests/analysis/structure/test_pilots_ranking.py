"""Values, totals, ranks and how firm they are: by hand, and against the shares that geometry gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.pilots.criteria import Criterion, Feature, Measure, load_criteria, load_features, load_measures
from analysis.pilots.lookalikes import distances, standardised
from analysis.pilots.ranking import combine, draw_weights, ranks, score, share_in_top
from gis.errors import InputError

SHIPPED = Path(__file__).resolve().parents[3] / "layers" / "data"


def criterion(name: str, weight: float) -> Criterion:
    return Criterion(name, name, name, weight, "assumption", "x")


def measure(name: str, of: str, weight: float, *points: tuple[float, float]) -> Measure:
    return Measure(name, of, name, name, "ha", points, weight, "assumption", "x")


CRITERIA = {"urgency": criterion("urgency", 3.0), "area": criterion("area", 1.0)}
MEASURES = (
    measure("outdated_share", "urgency", 2.0, (0.0, 0.0), (0.5, 1.0)),
    measure("housing_loss_ha", "urgency", 1.0, (0.0, 0.0), (5.0, 1.0)),
    measure("outdated_ha", "area", 1.0, (0.0, 0.0), (20.0, 1.0)),
)
FIGURES = pd.DataFrame(
    {
        "outdated_share": [0.25, np.nan, 0.0],
        "housing_loss_ha": [5.0, 2.5, 0.0],
        "outdated_ha": [10.0, np.nan, 40.0],
    },
    index=pd.Index(["P", "Q", "R"], name="park_id"),
)


def test_value_functions_run_straight_between_points_and_flat_beyond() -> None:
    falling = measure("plots_per_ha", "potential", 1.0, (0.2, 1.0), (1.0, 0.0))
    found = falling.value(np.array([0.1, 0.2, 0.6, 1.0, 3.0, np.nan]))
    assert found[:5] == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.0])
    assert np.isnan(found[5])


def test_totals_are_weighted_means_of_what_was_assessed() -> None:
    scores = score(FIGURES, CRITERIA, MEASURES)
    # P: urgency (2 x 0.5 + 1 x 1) / 3, area 0.5, total (3 x 2/3 + 0.5) / 4
    assert scores.criteria.loc["P"].tolist() == pytest.approx([2 / 3, 0.5])  # type: ignore[operator]
    assert scores.total["P"] == pytest.approx(2.5 / 4)
    # Q: only housing was assessed; its weight goes up to all
    assert scores.criteria.loc["Q", "urgency"] == pytest.approx(0.5)
    assert np.isnan(scores.criteria.loc["Q", "area"])  # type: ignore[arg-type]
    assert scores.total["Q"] == pytest.approx(0.5)
    # a third of urgency, which is three quarters of the weight
    assert scores.assessed.tolist() == pytest.approx([1.0, 0.25, 1.0])


def test_contributions_add_up_to_the_total_and_weights_to_one() -> None:
    scores = score(FIGURES, CRITERIA, MEASURES)
    sums = scores.details.groupby("park_id")[["weight", "contribution"]].sum()
    assert sums["weight"].to_numpy() == pytest.approx(np.ones(3))
    assert sums["contribution"].to_dict() == pytest.approx(scores.total.to_dict())


def test_nothing_assessed_gives_no_total() -> None:
    empty = pd.DataFrame({name: [np.nan] for name in FIGURES}, index=pd.Index(["Z"], name="park_id"))
    scores = score(empty, CRITERIA, MEASURES)
    assert np.isnan(scores.total["Z"])
    assert scores.assessed["Z"] == 0.0


def test_a_criterion_without_weight_alone_gives_no_total() -> None:
    found = combine(np.array([[np.nan, 0.7]]), np.array([[1.0, 0.0]]))
    assert np.isnan(found[0, 0])


def test_ranks_begin_at_one_and_leave_out_what_has_no_value() -> None:
    assert ranks(np.array([0.2, 0.9, np.nan, 0.9]))[[0, 1, 3]].tolist() == [3.0, 1.0, 2.0]
    assert np.isnan(ranks(np.array([0.2, np.nan]))[1])


def test_weights_are_drawn_evenly_over_the_triangle() -> None:
    weights = draw_weights(3, 20_000, 7)
    assert weights.shape == (20_000, 3)
    assert weights.sum(axis=1) == pytest.approx(np.ones(20_000))
    assert weights.min() >= 0.0
    # each weight has mean 1/3, and exceeds one half with chance (1 - 1/2)^2
    assert weights.mean(axis=0) == pytest.approx(np.full(3, 1 / 3), abs=0.01)
    assert (weights > 0.5).mean(axis=0) == pytest.approx(np.full(3, 0.25), abs=0.012)


def test_a_longer_run_begins_with_the_same_draws() -> None:
    assert (draw_weights(4, 2_500, 7)[:300] == draw_weights(4, 300, 7)).all()
    assert (draw_weights(4, 300, 7) != draw_weights(4, 300, 8)).any()


def test_share_in_the_top_is_the_share_of_the_triangle() -> None:
    # two criteria: the first park wins when its weight is above one half, the third wins never
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]])
    share, error = share_in_top(values, draw_weights(2, 10_000, 7), 1)
    assert share[:2] == pytest.approx([0.5, 0.5], abs=4 * error[0])
    assert share[2] == 0.0
    assert error[0] == pytest.approx(0.005, abs=1e-4)


def test_share_in_the_top_is_one_for_all_when_all_fit() -> None:
    share, error = share_in_top(np.array([[0.1, 0.2], [0.3, 0.1]]), draw_weights(2, 50, 7), 2)
    assert share.tolist() == [1.0, 1.0]
    assert error.tolist() == [0.0, 0.0]


def feature(name: str, weight: float = 1.0) -> Feature:
    return Feature(name, name, name, weight, "x", 0.0, "assumption", "x")


def test_standardised_features_have_mean_zero_and_spread_one() -> None:
    table = pd.DataFrame({"area_ha": [1.0, 3.0, np.nan], "grid_years": [7.0, 7.0, 7.0]})
    found = standardised(table, (feature("area_ha"), feature("grid_years")))
    assert found[:2, 0].tolist() == [-1.0, 1.0]
    assert np.isnan(found[2, 0])
    # the same everywhere: it tells parks not apart
    assert found[:, 1].tolist() == [0.0, 0.0, 0.0]


def test_distance_is_the_root_mean_square_over_shared_features() -> None:
    values = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0], [3.0, np.nan, 4.0]])
    found, known = distances(values, np.array([1.0, 1.0, 2.0]), 2)
    # (1 + 4 + 2 x 4) / 4 and (9 + 2 x 16) / 3
    assert found[0, 1] == pytest.approx(np.sqrt(13 / 4))
    assert found[0, 2] == pytest.approx(np.sqrt(41 / 3))
    assert known[0].tolist() == [3, 3, 2]
    assert np.isnan(distances(values, np.ones(3), 3)[0][0, 2])


def changed(tmp_path: Path, name: str, *swaps: tuple[str, str]) -> Path:
    text = (SHIPPED / f"{name}.csv").read_text(encoding="utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new, 1)
    own = tmp_path / f"{name}.csv"
    own.write_text(text, encoding="utf-8")
    return own


def test_value_functions_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    own = changed(
        tmp_path, "pilot_measures", ("0:0; 0.5:1,2", "0.5:0; 0:1,2"), ("0:0; 5:1,1", "0:0; 5:2,1"),
        ("0:0; 20:1", "none"), ("5:0; 40:1", "5; 40"),
    )  # fmt: skip
    with pytest.raises(InputError) as caught:
        load_measures(own)
    text = str(caught.value)
    assert "the value function cannot be read" in text
    assert all(name in text for name in ("outdated_share", "housing_loss_ha", "outdated_ha", "lasting_ha"))


def test_weights_that_are_negative_or_all_zero_are_refused(tmp_path: Path) -> None:
    negative = changed(tmp_path, "pilot_criteria", (",Urgency,1,", ",Urgency,-1,"))
    with pytest.raises(InputError, match="below 0"):
        load_criteria(negative)
    names = ("Urgency", "Area", "Potential", "Societal value")
    zero = changed(tmp_path, "pilot_criteria", *((f",{name},1,", f",{name},0,") for name in names))
    with pytest.raises(InputError, match="all weights are zero"):
        load_criteria(zero)


def test_what_ships_with_the_product_is_sound() -> None:
    assert list(load_criteria()) == ["urgency", "area", "potential", "societal_value"]
    assert {measure.criterion for measure in load_measures()} == set(load_criteria())
    assert len(load_features()) == 9
