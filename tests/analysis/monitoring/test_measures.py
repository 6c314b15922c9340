"""Indicators of a world that is written down by hand."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from analysis.monitoring.adopted import Adoption
from analysis.monitoring.ground import issued_since, lost_since
from analysis.monitoring.indicators import read_indicators
from analysis.monitoring.measures import MEASURES, Measured, Moment, measure
from analysis.monitoring.monitor import Followed, follow, value_table
from analysis.monitoring.words import value_nl
from gis.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

FIRMS = (
    "circular",
    "circular",
    "circular",
    "circular",
    "circular",
    "possible",
    "not_assessed",
    "not_circular",
)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(west, south, east, north)


def shapes(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:28992")


def parks(*rows: tuple[str, shapely.Geometry, float | None]) -> gpd.GeoDataFrame:
    return shapes([{"park_id": n, "geometry": g, "transformation_ha": t} for n, g, t in rows]).astype(
        {"transformation_ha": "float64"}
    )


def plots(*rows: tuple[str, str | None, shapely.Geometry]) -> gpd.GeoDataFrame:
    return shapes([{"plot_id": n, "status": s, "geometry": g} for n, s, g in rows]).astype(
        {"status": "string"}
    )


def moment(
    year: int = 2026, adopted: tuple[Adoption, ...] | None = None, /, **tables: pd.DataFrame
) -> Moment:
    return Moment(tables, dt.date(year, 1, 1), adopted)


def state(name: str, **tables: pd.DataFrame) -> Measured:
    return measure(name, moment(**tables), None)


def band(found: Measured) -> tuple[float | None, float | None, float | None]:
    assert found.status == "assessed", found.reason_nl
    return found.low, found.mid, found.high


def test_heavy_hectares_run_from_certain_to_all_that_may_be() -> None:
    summary = pd.DataFrame(
        {
            "scope": ["municipality", "total"],
            "heavy_certain_ha": [99.0, 10.0],
            "heavy_possible_ha": [99.0, 3.0],
            "heavy_governed_ha": [99.0, None],
        }
    )
    evidence = pd.DataFrame({"heavy": ["certain", "not_assessed"]})
    found = state("heavy_ha", summary=summary, park_evidence=evidence)
    assert band(found) == (10.0, None, 13.0)
    assert found.value == 10.0
    assert "1 terrein." in found.note_nl
    unknown = summary.assign(heavy_certain_ha=float("nan"))
    assert state("heavy_ha", summary=unknown, park_evidence=evidence).status == "not_assessed"


def test_frontage_counts_metres_of_plots() -> None:
    evidence = pd.DataFrame(
        {
            "shore_m": [30.0, 10.0, 40.0, 20.0, None],
            "water_in_use": ["yes", "no", "not_assessed", "not_assessed", "yes"],
            # nobody uses the 20 m of a plot that was not issued
            "status": ["issued", "issued", "issued", "vacant", None],
        }
    ).astype({"status": "string"})
    firms = pd.DataFrame({"business_id": []})
    found = state("frontage_in_use", plot_evidence=evidence, businesses=firms)
    assert band(found) == (30.0, 50.0, 70.0)
    assert state("frontage_in_use", plot_evidence=evidence).status == "not_assessed"
    dry = evidence.assign(shore_m=0.0)
    assert state("frontage_in_use", plot_evidence=dry, businesses=firms).value is None
    open_ = evidence.assign(water_in_use="not_assessed", status="issued")
    assert state("frontage_in_use", plot_evidence=open_, businesses=firms).value is None


def test_reserved_ground_counts_once_and_points_have_none() -> None:
    over = [{"geometry": box(0, 0, 100, 100)}, {"geometry": box(50, 0, 150, 100)}]
    assert band(state("reserved_ha", reservations=shapes(over))) == (1.5, 1.5, 1.5)
    found = state("reserved_ha", reservations=shapes([*over, {"geometry": shapely.Point(9, 9)}]))
    assert band(found) == (1.5, None, None)
    assert "1 van de 3" in found.note_nl
    assert state("reserved_ha").status == "not_assessed"


def test_an_empty_list_of_reservations_is_a_real_zero() -> None:
    nothing = shapes([{"geometry": box(0, 0, 1, 1)}]).iloc[:0]
    assert band(state("reserved_ha", reservations=nothing)) == (0.0, 0.0, 0.0)


BASE_PARKS = parks(
    ("A", box(0, 0, 1000, 1000), 4.0),  # 10 ha goes, of which 4 ha was announced
    ("B", box(2000, 0, 2500, 200), None),  # 10 ha goes, nothing was announced
    ("C", box(4000, 0, 4100, 100), 1.0),  # a boundary that moves half a metre
    ("D", box(6000, 0, 6100, 100), 1.0),  # another number on the same ground
)
NOW_PARKS = parks(
    ("A", box(0, 0, 900, 1000), None),
    ("C", box(4000, 0, 4099.5, 100), None),
    ("D2", box(6000, 0, 6100, 100), None),
)


def test_lost_ground_is_what_no_park_holds_any_longer() -> None:
    assert lost_since(BASE_PARKS, NOW_PARKS).tolist() == [10.0, 10.0, 0.0, 0.0]
    found = measure("lost_ha", moment(parks=NOW_PARKS), moment(2024, parks=BASE_PARKS))
    assert band(found) == (4.0, None, 20.0)


BASE_PLOTS = plots(
    ("P1", "vacant", box(0, 0, 100, 100)),
    ("P2", "option", box(200, 0, 300, 100)),
    ("P3", "issued", box(400, 0, 500, 100)),
    ("P4", "vacant", box(600, 0, 700, 100)),
    ("P5", "vacant", box(800, 0, 900, 100)),
    ("P6", "vacant", box(1000, 0, 1100, 100)),
    ("P7", "unknown", box(1200, 0, 1300, 100)),
)
NOW_PLOTS = plots(
    ("P1a", "issued", box(0, 0, 60, 100)),  # 0.6 ha, circular
    ("P1b", "issued", box(60, 0, 100, 100)),  # 0.4 ha, no firm known
    ("P2", "issued", box(200, 0, 300, 100)),  # 1 ha, possibly circular
    ("P3", "issued", box(400, 0, 500, 100)),  # was issued before
    ("P4", "vacant", box(600, 0, 700, 100)),  # was not issued
    ("P5", "issued", box(800, 0, 900, 100)),  # 1 ha, not circular
    ("P6", "issued", box(1000, 0, 1100, 100)),  # 1 ha, a circular firm beside another one
    ("P7", "issued", box(1200, 0, 1300, 100)),  # nobody knows whether it was issued before
)
PLACED = shapes(
    [
        {"business_id": f"F{number}", "verdict": verdict, "geometry": shapely.Point(x, 50)}
        for number, (x, verdict) in enumerate(
            [
                (30, "circular"),
                (250, "possible"),
                (250, "not_circular"),
                (450, "circular"),
                (850, "not_circular"),
                (1050, "not_circular"),
                (1050, "circular"),
                (1250, "circular"),
                (5000, "circular"),
            ]
        )
    ]
)


def test_issued_ground_is_found_whatever_the_number_of_the_plot() -> None:
    issued = issued_since(BASE_PLOTS, NOW_PLOTS, PLACED).set_index("plot_id")
    assert issued["area_ha"].round(6).to_dict() == {"P1a": 0.6, "P1b": 0.4, "P2": 1.0, "P5": 1.0, "P6": 1.0}
    assert issued["verdict"].to_dict() == {
        "P1a": "circular",
        "P1b": "not_assessed",
        "P2": "possible",
        "P5": "not_circular",
        "P6": "circular",
    }


def now_with_firms(**changed: pd.DataFrame) -> Moment:
    verdicts = pd.DataFrame(PLACED[["business_id", "verdict"]])
    tables = {
        "plots": NOW_PLOTS,
        "businesses": PLACED.drop(columns="verdict"),
        "circular_businesses": verdicts,
    }
    return moment(**{**tables, **changed})


def test_the_share_of_issued_land_is_1_6_to_3_of_4_hectares() -> None:
    found = measure("issued_circular", now_with_firms(), moment(2024, plots=BASE_PLOTS))
    assert found.low == pytest.approx(40.0)
    assert found.high == pytest.approx(75.0)
    assert found.mid is None


def test_issued_land_is_not_assessed_without_base_plots_firms_or_issue() -> None:
    base = moment(2024, plots=BASE_PLOTS)
    assert "nulmeting" in measure("issued_circular", now_with_firms(), None).reason_nl
    assert "kavels" in measure("issued_circular", now_with_firms(), moment(2024)).reason_nl
    assert "definitie" in measure("issued_circular", moment(plots=NOW_PLOTS), base).reason_nl
    same = measure("issued_circular", now_with_firms(plots=BASE_PLOTS), base)
    assert (same.status, same.value) == ("not_assessed", None), "no share of nothing, and no zero"
    few = measure("issued_circular", now_with_firms(plots=NOW_PLOTS.iloc[:3]), base)
    assert "bedrijf" in few.reason_nl, "three plots could point at a firm"


def test_what_counts_from_the_base_has_no_value_there() -> None:
    base = moment(2024, parks=BASE_PARKS)
    assert measure("lost_ha", base, base).status == "from_base"
    assert measure("lost_ha", base, base).value is None


def test_circular_firms_run_from_certain_to_not_assessed() -> None:
    verdicts = pd.DataFrame({"verdict": FIRMS})
    assert band(state("circular_firms", circular_businesses=verdicts)) == (5.0, None, 7.0)
    assert state("circular_firms", circular_businesses=verdicts.iloc[1:]).status == "not_assessed"
    none = pd.DataFrame({"verdict": ["not_circular"]})
    assert band(state("circular_firms", circular_businesses=none)) == (0.0, None, 0.0)
    assert state("circular_firms").status == "not_assessed"


def test_municipalities_count_once_and_from_the_day_of_their_decision() -> None:
    area = pd.DataFrame({"municipality_code": ["GM1", "GM2", "GM3"]})
    days = ((("GM1", 2023)), ("GM1", 2024), ("GM2", 2025), ("GM3", 2027))
    decided = tuple(Adoption(code, "B01", dt.date(year, 6, 1), "besluit") for code, year in days)
    assert band(measure("adopted", moment(2026, decided, municipalities=area), None)) == (2.0, 2.0, 2.0)
    assert measure("adopted", moment(2024, decided, municipalities=area), None).value == 1.0
    assert measure("adopted", moment(2026, (), municipalities=area), None).value == 0.0
    assert state("adopted", municipalities=area).status == "not_assessed"


def test_a_proposal_is_counted_without_its_alternatives() -> None:
    plan = pd.DataFrame(
        {
            "plan": ["proposal", "proposal", "alternative-1"],
            "last_ha": [2.0, 3.0, 50.0],
            "certain": pd.array([True, False, True], dtype="boolean"),
        }
    )
    assert band(state("proposed_ha", reservation_plan=plan)) == (2.0, 5.0, 5.0)
    assert state("proposed_ha").status == "not_assessed"


def test_announced_transformation_has_no_high_end_where_parks_state_nothing() -> None:
    assert band(state("announced_ha", parks=BASE_PARKS)) == (6.0, None, None)
    assert band(state("announced_ha", parks=BASE_PARKS.iloc[[0, 2]])) == (5.0, 5.0, 5.0)
    assert state("announced_ha", parks=NOW_PARKS).status == "not_assessed"


KNOWN = {item.measure: item for item in read_indicators(measures=MEASURES)}


def test_the_indicators_that_ship_are_each_measured_once() -> None:
    assert sorted(KNOWN) == sorted(MEASURES)
    assert [item.id for item in KNOWN.values()] == [f"M0{number}" for number in range(1, 10)]
    assert {item.base_year for item in KNOWN.values()} == {2024}
    assert KNOWN["issued_circular"].target_year == 2035


@pytest.mark.parametrize(
    ("base", "now", "trend"),
    [
        (Measured(1.0, 1.0, 1.0), Measured(1.0, 1.0, 1.0), "equal"),
        (Measured(1.0, None, 2.0), Measured(3.0, None, 4.0), "higher"),
        (Measured(3.0, None, 4.0), Measured(1.0, None, 2.0), "lower"),
        (Measured(1.0, None, 3.0), Measured(2.0, None, 4.0), "within_band"),
        (Measured(1.0, None, 2.0), Measured(2.0, None, 4.0), "within_band"),
        (Measured(1.0, None, None), Measured(9.0, None, 9.0), "within_band"),
        (Measured(9.0, None, None), Measured(1.0, None, 1.0), "lower"),
        (Measured(1.0, None, 1.0), Measured(9.0, None, None), "higher"),
        (None, Measured(1.0, 1.0, 1.0), "not_assessed"),
        (Measured(status="not_assessed"), Measured(1.0, 1.0, 1.0), "not_assessed"),
        (Measured(status="from_base"), Measured(1.0, 1.0, 1.0), "since_base"),
        (Measured(status="from_base"), Measured(status="not_assessed"), "not_assessed"),
    ],
)
def test_higher_or_lower_is_only_said_when_bands_do_not_touch(
    base: Measured | None, now: Measured, trend: str
) -> None:
    assert Followed(KNOWN["heavy_ha"], base, now).trend == trend


@pytest.mark.parametrize(
    ("name", "measured", "text"),
    [
        ("heavy_ha", Measured(552.14, None, 1051.0), "552,1 tot 1.051,0 ha"),
        ("frontage_in_use", Measured(8.0, 15.4, 57.0), "15 % (8 tot 57)"),
        ("reserved_ha", Measured(9.8, None, None), "9,8 ha of meer"),
        ("reserved_ha", Measured(0.0, 0.0, 0.0), "0,0 ha"),
        ("adopted", Measured(1.0, 1.0, 1.0), "1"),
        ("lost_ha", Measured(status="from_base"), "telt vanaf hier"),
        ("lost_ha", Measured(status="not_assessed"), "niet beoordeeld"),
        ("lost_ha", None, "niet beoordeeld"),
    ],
)
def test_values_read_with_their_band(name: str, measured: Measured | None, text: str) -> None:
    assert value_nl(KNOWN[name], measured) == text


def test_the_table_has_one_row_per_indicator_and_moment_and_never_a_false_zero() -> None:
    tables = {"municipalities": pd.DataFrame({"municipality_code": ["GM1"]})}
    wanted = [KNOWN["announced_ha"], KNOWN["adopted"]]
    now, base = moment(parks=BASE_PARKS, **tables), moment(2024, parks=BASE_PARKS.iloc[[0]], **tables)
    table = value_table(follow(wanted, now, base), {"base": (2024, "old"), "now": (2026, "new")})
    rows = table[["indicator_id", "moment", "year", "release", "value", "high", "status"]].astype(object)
    assert rows.where(rows.notna(), None).to_numpy().tolist() == [
        ["M09", "base", 2024, "old", 4.0, 4.0, "assessed"],
        ["M09", "now", 2026, "new", 6.0, None, "assessed"],
        ["M07", "base", 2024, "old", None, None, "not_assessed"],
        ["M07", "now", 2026, "new", None, None, "not_assessed"],
    ]


def test_an_indicator_file_of_ones_own_is_checked_as_a_whole(tmp_path: Path) -> None:
    shipped = files("layers").joinpath("data", "indicators.csv").read_text(encoding="utf-8")
    own = shipped.replace("M01,effect,heavy_ha", "M01,wish,heavy_hectares").replace(",2035,", ",2035.5,")
    (tmp_path / "own.csv").write_text(own, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_indicators(tmp_path / "own.csv", measures=MEASURES)
    assert {problem.field for problem in raised.value.problems} == {"type", "measure", "target_year"}
