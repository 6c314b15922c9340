"""Reading layers: mended, merged and recorded, with every row accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.errors import InputError, Problem
from layers.canonical import DTYPES
from layers.inputs import INPUT_BY_NAME
from layers.read import Inputs, read_inputs, read_layer
from layers.source import LayerSource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from layers.read import LayerResult


def square(x: float = 155000, y: float = 463000, size: float = 100) -> shapely.Polygon:
    """Give a square; 100 m by 100 m is 1 ha."""
    return shapely.box(x, y, x + size, y + size)


def read(
    tmp_path: Path, layer: str, columns: Mapping[str, Any], shapes: list[Any], crs: Any = 28992, **more: Any
) -> LayerResult:
    """Write a layer under our own column names and read it."""
    path = tmp_path / f"{layer}.parquet"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_parquet(path)
    return read_layer(layer, LayerSource(path=path.name, source="s", licence="l", **more), tmp_path)


def parks(tmp_path: Path, columns: Mapping[str, Any], shapes: list[Any], **more: Any) -> LayerResult:
    n = len(shapes)
    return read(tmp_path, "parks", {"name": [f"park {i}" for i in range(n)], **columns}, shapes, **more)


def told(result: LayerResult, *rules: str) -> list[tuple[Any, ...]]:
    """Give (rule, action, row, field, before, after) of the records with these rules."""
    keys = ("rule", "action", "row", "field", "before", "after")
    return [tuple(row[key] for key in keys) for row in result.quality if row["rule"] in rules]


def refused(call: Callable[[], Any]) -> Problem:
    with pytest.raises(InputError) as caught:
        call()
    (problem,) = caught.value.problems
    return problem


# the shape of what comes out


def test_all_columns_come_out_typed_sorted_and_in_rd(tmp_path: Path) -> None:
    result = parks(tmp_path, {"park_id": ["b", "a"]}, [square(), square(156000)])
    table = result.table
    assert list(table["park_id"]) == ["a", "b"]
    assert list(table.index) == [0, 1]
    assert table.crs.to_epsg() == 28992
    expected = {column.name: DTYPES[column.kind] for column in INPUT_BY_NAME["parks"].columns}
    assert {name: str(dtype) for name, dtype in table.dtypes.items() if name != "geometry"} == expected
    assert (result.source.rows_in, result.source.rows_out) == (2, 2)


def test_columns_that_are_missing_or_unused_are_named_once(tmp_path: Path) -> None:
    result = parks(tmp_path, {"park_id": ["a"], "kleur": ["rood"]}, [square()])
    assert told(result, "columns_unused")[0][4] == "kleur"
    assert "max_category" in told(result, "columns_missing")[0][5]


def test_constants_translations_and_units(tmp_path: Path) -> None:
    result = parks(
        tmp_path,
        {"park_id": ["a"], "water_claim": ["EIGEN"], "outdated_ha": [5000.0], "gross_ha": [1.0]},
        [square()],
        constants={"park_type": "B"},
        values={"water_claim": {"EIGEN": "own_quay"}},
        units={"outdated_ha": "m2"},
    )
    row = result.table.iloc[0]
    assert (row["park_type"], row["water_claim"], row["outdated_ha"]) == ("B", "own_quay", 0.5)
    assert told(result, "unit_stated") == [("unit_stated", "repaired", None, "outdated_ha", "m2", "ha")]


def test_rows_that_the_project_does_not_select_are_set_aside(tmp_path: Path) -> None:
    columns = {"object_id": ["a", "b", "c"], "kind": ["home"] * 3, "status": ["in gebruik", "gesloopt", None]}
    points = [shapely.Point(155000 + i, 463000) for i in range(3)]
    result = read(tmp_path, "sensitive_objects", columns, points, only={"status": ["in gebruik", ""]})
    assert list(result.table["object_id"]) == ["a", "c"]
    assert told(result, "not_selected") == [("not_selected", "set_aside", 2, "status", "gesloopt", None)]


# one number over several features


def test_a_total_repeated_on_each_part_counts_once(tmp_path: Path) -> None:
    # three parts of 1, 1 and 2 ha, each with the total of 4
    shapes = [square(), square(155200), shapely.box(155400, 463000, 155600, 463100)]
    columns = {"park_id": ["7"] * 3, "name": ["A"] * 3, "gross_ha": [4.0] * 3, "net_ha": [3.0] * 3}
    result = parks(tmp_path, columns, shapes)
    row = result.table.iloc[0]
    assert (row["gross_ha"], row["net_ha"], row["geometry"].area) == (4.0, 3.0, 40000.0)
    assert told(result, "part_of") == [
        ("part_of", "merged", 1, None, None, "row 3"),
        ("part_of", "merged", 2, None, None, "row 3"),
    ]
    assert told(result, "total_repeated")[0] == ("total_repeated", "repaired", 3, "gross_ha", "3 x 4", "4")
    assert (result.source.rows_in, result.source.rows_out) == (3, 1)


def test_values_of_parts_that_differ_are_added_up(tmp_path: Path) -> None:
    columns = {"park_id": ["7"] * 2, "name": ["A", "A"], "gross_ha": [1.0, 2.0]}
    result = parks(tmp_path, columns, [square(), shapely.box(155200, 463000, 155400, 463100)])
    assert result.table["gross_ha"].iloc[0] == 3.0
    assert told(result, "parts_summed") == [("parts_summed", "repaired", 2, "gross_ha", "1 | 2", "3")]


def test_equal_parts_that_each_state_their_own_area_are_added_up(tmp_path: Path) -> None:
    columns = {"park_id": ["7"] * 2, "name": ["A", "A"], "gross_ha": [1.0, 1.0]}
    result = parks(tmp_path, columns, [square(), square(155200)])
    assert result.table["gross_ha"].iloc[0] == 2.0


def test_parts_that_differ_in_category_keep_the_heaviest_and_in_text_the_largest(tmp_path: Path) -> None:
    columns = {
        "park_id": ["7"] * 2,
        "name": ["klein", "groot"],
        "max_category": ["4", "3.2"],
        "plan_phase": ["hard", None],
    }
    result = parks(tmp_path, columns, [square(), shapely.box(155200, 463000, 155400, 463100)])
    row = result.table.iloc[0]
    assert (row["name"], row["max_category"], row["plan_phase"]) == ("groot", "4", "hard")
    assert {entry[3] for entry in told(result, "parts_differ")} == {"name", "max_category"}


def test_two_parks_far_apart_with_one_number_are_refused(tmp_path: Path) -> None:
    columns = {"park_id": ["7"] * 2, "name": ["Lage Weide", "Isselt"]}
    problem = refused(lambda: parks(tmp_path, columns, [square(), square(165000)]))
    assert problem.rows == ("1", "2")
    assert (problem.layer, problem.field) == ("parks", "park_id")
    assert "9900 m apart" in problem.message


# years


def test_the_latest_year_counts_and_the_older_is_set_aside(tmp_path: Path) -> None:
    columns = {"park_id": ["7", "7", "8"], "year": [2022, 2024, 2019], "gross_ha": [1.0, 1.44, 1.0]}
    result = parks(tmp_path, columns, [square(), square(size=120), square(156000)])
    table = result.table.set_index("park_id")
    assert (table.loc["7", "year"], table.loc["7", "gross_ha"], table.loc["8", "year"]) == (2024, 1.44, 2019)
    assert told(result, "older_year") == [("older_year", "set_aside", 1, "year", "2022", "2024")]


def test_a_row_without_a_year_is_a_part_unless_it_lies_over_the_latest(tmp_path: Path) -> None:
    columns = {"park_id": ["7"] * 3, "name": ["A"] * 3, "year": [2024, None, None], "gross_ha": [2.0] * 3}
    result = parks(tmp_path, columns, [square(), square(155200), square(155010)])
    assert told(result, "older_year") == [("older_year", "set_aside", 3, "year", None, "2024")]
    assert told(result, "part_of") == [("part_of", "merged", 2, None, None, "row 1")]
    assert result.table.geometry.iloc[0].area == 20000


def test_two_versions_of_one_year_over_each_other_are_refused(tmp_path: Path) -> None:
    columns = {"park_id": ["7", "7"], "year": [2024, 2024]}
    problem = refused(lambda: parks(tmp_path, columns, [square(), square(155010)]))
    assert "lie over each other" in problem.message


# identifiers of other layers


def lines(*pairs: tuple[float, float]) -> list[shapely.LineString]:
    return [shapely.LineString([(a, 463000), (b, 463000)]) for a, b in pairs]


def test_an_equal_row_is_set_aside(tmp_path: Path) -> None:
    columns = {"waterway_id": ["w", "w"], "cemt": ["Va", "Va"]}
    result = read(tmp_path, "waterways", columns, lines((155000, 156000), (155000, 156000)))
    assert told(result, "identical_row") == [("identical_row", "set_aside", 2, None, None, "row 1")]


def test_pieces_of_one_feature_become_one(tmp_path: Path) -> None:
    columns = {"waterway_id": ["w", "w", "v"], "cemt": ["Va", "Va", "II"]}
    result = read(tmp_path, "waterways", columns, lines((155000, 156000), (157000, 159000), (0, 9)))
    assert result.table.geometry.length.tolist() == [9.0, 3000.0]
    assert told(result, "part_of") == [("part_of", "merged", 1, None, None, "row 2")]


def test_rows_that_share_an_identifier_and_differ_are_refused_by_row(tmp_path: Path) -> None:
    columns = {"waterway_id": ["w", "x", "w"], "cemt": ["Va", "II", "IVa"], "name": ["A", "B", "A"]}
    shapes = lines((155000, 156000), (0, 9), (157000, 158000))
    problem = refused(lambda: read(tmp_path, "waterways", columns, shapes))
    assert problem.rows == ("1", "3")
    assert "they differ in cemt" in problem.message


def test_two_points_with_one_identifier_are_refused(tmp_path: Path) -> None:
    columns = {"object_id": ["h", "h"], "kind": ["home", "home"]}
    points = [shapely.Point(155000, 463000), shapely.Point(155001, 463000)]
    assert refused(lambda: read(tmp_path, "sensitive_objects", columns, points)).rows == ("1", "2")


def test_a_missing_identifier_is_refused_by_row(tmp_path: Path) -> None:
    problem = refused(
        lambda: parks(tmp_path, {"park_id": ["a", None, ""]}, [square(155000 + 200 * i) for i in range(3)])
    )
    assert (problem.field, problem.rows) == ("park_id", ("2", "3"))


# municipalities


def test_former_municipalities_become_the_current_one(tmp_path: Path) -> None:
    columns = {
        "municipality_code": ["GM0620", "GM0545", "GM0707", "GM0310"],
        "name": ["Vianen", "Leerdam", "Zederik", "De Bilt"],
        "inhabitants": [20000, 21000, 14000, 43000],
    }
    result = read(tmp_path, "municipalities", columns, [square(155000 + 100 * i) for i in range(4)])
    table = result.table.set_index("municipality_code")
    assert table.loc["GM1961", "name"] == "Vijfheerenlanden"
    assert table.loc["GM1961", "inhabitants"] == 55000
    assert table.loc["GM1961", "geometry"].area == 30000
    assert table.loc["GM0310", "name"] == "De Bilt"
    assert len(told(result, "municipality_former")) == 3


def test_gm0000_becomes_missing_and_is_recorded(tmp_path: Path) -> None:
    result = parks(tmp_path, {"park_id": ["a"], "municipality_code": ["GM0000"]}, [square()])
    assert pd.isna(result.table["municipality_code"].iloc[0])
    assert told(result, "municipality_unknown") == [
        ("municipality_unknown", "noted", 1, "municipality_code", "GM0000", None)
    ]


# areas


def test_square_metres_are_recognised_from_the_polygons(tmp_path: Path) -> None:
    columns = {
        "park_id": ["a", "b", "c"],
        "gross_ha": [10000.0, 9900.0, 40000.0],
        "net_ha": [8000.0, 7000.0, 0.0],
    }
    result = parks(tmp_path, columns, [square(), square(156000), square(157000, size=200)])
    assert result.table["gross_ha"].tolist() == [1.0, 0.99, 4.0]
    assert result.table["net_ha"].tolist() == [0.8, 0.7, 0.0]
    assert {entry[3] for entry in told(result, "unit_m2_layer")} == {"gross_ha", "net_ha"}


def test_square_metres_are_recognised_also_when_totals_repeat_on_parts(tmp_path: Path) -> None:
    columns = {"park_id": ["a", "b", "b"], "gross_ha": [10000.0, 20000.0, 20000.0], "name": ["A", "B", "B"]}
    result = parks(tmp_path, columns, [square(), square(156000), square(156200)])
    assert result.table["gross_ha"].tolist() == [1.0, 2.0]


def test_one_row_in_square_metres_among_hectares(tmp_path: Path) -> None:
    columns = {"park_id": list("abc"), "gross_ha": [1.0, 10000.0, 1.0], "net_ha": [0.8, 0.8, 8000.0]}
    result = parks(tmp_path, columns, [square(), square(156000), square(157000)])
    assert result.table["gross_ha"].tolist() == [1.0, 1.0, 1.0]
    assert result.table["net_ha"].tolist() == [0.8, 0.8, 0.8]
    assert [entry[2:4] for entry in told(result, "unit_m2_row")] == [(2, "gross_ha"), (3, "net_ha")]


def test_one_row_in_hectares_among_square_metres(tmp_path: Path) -> None:
    columns = {"park_id": list("abc"), "gross_ha": [10000.0, 1.0, 10000.0]}
    result = parks(tmp_path, columns, [square(), square(156000), square(157000)])
    assert result.table["gross_ha"].tolist() == [1.0, 1.0, 1.0]
    assert told(result, "unit_ha_row")[0][2] == 2


def test_a_unit_that_the_polygons_contradict_is_refused(tmp_path: Path) -> None:
    columns = {"park_id": ["a", "b"], "gross_ha": [1.0, 1.0]}
    problem = refused(lambda: parks(tmp_path, columns, [square(), square(156000)], units={"gross_ha": "m2"}))
    assert (problem.field, 'units.gross_ha = "ha"' in problem.repair) == ("gross_ha", True)


def test_contradicting_areas_are_noted_and_not_changed(tmp_path: Path) -> None:
    columns = {"park_id": ["a", "b"], "gross_ha": [1.0, 2.0], "net_ha": [1.2, 0.9], "issuable_ha": [0.5, 1.0]}
    result = parks(tmp_path, columns, [square(), square(156000)])
    assert result.table["net_ha"].tolist() == [1.2, 0.9]
    assert [(e[0], e[2]) for e in told(result, "net_above_gross", "area_differs", "issuable_above_net")] == [
        ("area_differs", 2),
        ("net_above_gross", 1),
        ("issuable_above_net", 2),
    ]


# values that decide


def test_a_column_of_another_kind_is_refused(tmp_path: Path) -> None:
    columns = {"park_id": list("abc"), "gross_ha": ["klein", "groot", "1"]}
    problem = refused(lambda: parks(tmp_path, columns, [square(155000 + 200 * i) for i in range(3)]))
    assert (problem.field, problem.rows) == ("gross_ha", ("1", "2"))
    assert "2 of 3 values are no number: 'klein', 'groot'" in problem.message


def test_one_odd_value_is_missing_and_recorded(tmp_path: Path) -> None:
    columns = {"park_id": list("abc"), "gross_ha": ["1", "groot", "1"]}
    result = parks(tmp_path, columns, [square(155000 + 200 * i) for i in range(3)])
    assert np.isnan(result.table["gross_ha"].iloc[1])
    assert told(result, "not_a_number") == [("not_a_number", "noted", 2, "gross_ha", "groot", None)]


def test_a_kind_that_must_be_known_is_refused_even_once(tmp_path: Path) -> None:
    columns = {"barrier_id": list("abcd"), "kind": ["road", "road", "road", "heg"]}
    problem = refused(lambda: read(tmp_path, "barriers", columns, lines((0, 1), (2, 3), (4, 5), (6, 7))))
    assert (problem.rows, "values.kind" in problem.repair) == (("4",), True)


def test_a_sensitive_object_without_a_kind_counts_as_unknown(tmp_path: Path) -> None:
    columns = {"object_id": list("abc"), "kind": ["home", None, "home"]}
    result = read(
        tmp_path, "sensitive_objects", columns, [shapely.Point(155000 + i, 463000) for i in range(3)]
    )
    assert list(result.table["kind"]) == ["home", "unknown", "home"]
    assert told(result, "code_unknown") == [("code_unknown", "repaired", None, "kind", None, "unknown (1/3)")]


# geometry


def test_objects_outside_the_province_are_never_clipped(tmp_path: Path) -> None:
    points = [shapely.Point(x, 463000) for x in (155000, 20000, 270000)]
    result = read(tmp_path, "sensitive_objects", {"object_id": list("abc"), "kind": ["home"] * 3}, points)
    assert len(result.table) == 3


def test_rows_without_a_usable_shape_are_set_aside_with_their_reason(tmp_path: Path) -> None:
    shapes = [square(), None, shapely.Polygon(), shapely.Point(155000, 463000), shapely.box(0, 0, 0.1, 0.1)]
    result = parks(tmp_path, {"park_id": list("abcde")}, shapes)
    assert list(result.table["park_id"]) == ["a"]
    gone = {
        (row["rule"], row["row"], row["feature_id"]) for row in result.quality if row["action"] == "set_aside"
    }
    assert {
        ("no_geometry", 2, "b"),
        ("no_geometry", 3, "c"),
        ("wrong_dimension", 4, "d"),
        ("sliver", 5, "e"),
    } == gone


def test_overlap_and_equal_shapes_are_noted(tmp_path: Path) -> None:
    result = parks(tmp_path, {"park_id": list("abc")}, [square(), square(155050), square()])
    assert told(result, "duplicate_geometry") == [("duplicate_geometry", "noted", 3, None, None, "a")]
    assert [entry[5] for entry in told(result, "overlap")] == ["5000 m2, b", "10000 m2, c", "5000 m2, c"]


def test_homes_at_one_address_are_no_duplicates(tmp_path: Path) -> None:
    columns = {"object_id": list("ab"), "kind": ["home", "home"]}
    result = read(tmp_path, "sensitive_objects", columns, [shapely.Point(155000, 463000)] * 2)
    assert told(result, "duplicate_geometry") == []


def test_businesses_drawn_as_buildings_become_points(tmp_path: Path) -> None:
    result = read(tmp_path, "businesses", {"business_id": ["a"]}, [square()])
    assert square().contains(result.table.geometry.iloc[0])
    assert [entry[0] for entry in told(result, "to_point")] == ["to_point"]


def test_an_empty_optional_layer_is_recorded_and_an_empty_required_one_refused(tmp_path: Path) -> None:
    result = read(tmp_path, "waterways", {"waterway_id": []}, [])
    assert len(result.table) == 0
    assert told(result, "empty_layer")[0][1] == "noted"
    assert {name: str(dtype) for name, dtype in result.table.dtypes.items()}["cemt"] == "string"
    assert "no rows" in refused(lambda: parks(tmp_path, {"park_id": []}, [])).message


def test_a_layer_of_the_wrong_kind_of_geometry_is_refused(tmp_path: Path) -> None:
    problem = refused(lambda: parks(tmp_path, {"park_id": ["a"]}, [shapely.Point(155000, 463000)]))
    assert "wrong_dimension" in problem.message


def test_a_table_without_geometry_is_refused_with_its_columns(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text("quay_id;lengte\na;5\n")
    source = LayerSource(path="q.csv", source="s", licence="l")
    problem = refused(lambda: read_layer("quays", source, tmp_path))
    assert "x and y, or wkt" in problem.repair
    assert "quay_id, lengte" in problem.repair


def test_wrong_columns_and_a_wrong_place_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        parks(tmp_path, {"park_id": ["a"], "gross_ha": ["veel"]}, [square(5, 52, 0.01)], crs=None)
    assert [problem.field for problem in caught.value.problems] == ["gross_ha", None]


# the sample region, which holds such faults on purpose


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    from layers.project import load_project
    from layers.sample.build import write_sample

    heard: list[str] = []
    project = load_project(write_sample(tmp_path_factory.mktemp("sample")))
    inputs = read_inputs(project, progress=heard.append)
    assert heard[0] == "reading business parks"
    assert len(heard) == len(project.layers)
    return inputs


def test_every_row_of_the_sample_is_accounted_for(sample: Inputs) -> None:
    quality = sample.quality
    for source in sample.sources:
        gone = quality[(quality["layer"] == source.layer) & quality["action"].isin(["set_aside", "merged"])]
        assert source.rows_in == source.rows_out + gone["row"].nunique()
        assert source.rows_out == len(sample.tables[source.layer])


def test_the_quality_table_is_complete_and_in_order(sample: Inputs) -> None:
    quality = sample.quality
    assert quality["reason_nl"].notna().all()
    assert quality["reason_en"].notna().all()
    again = quality.sort_values(
        ["layer", "row", "rule", "field", "before"], kind="stable", na_position="first"
    )
    assert list(again.index) == list(quality.index)


def test_permuting_the_rows_of_a_file_changes_nothing_in_the_tables(tmp_path: Path) -> None:
    shapes = [square(155000 + 200 * i) for i in range(6)]
    columns: dict[str, list[Any]] = {"park_id": ["3", "1", "2", "2", "9", "9"], "name": ["c", "a", "b", "b", "z", "z"], "gross_ha": [1.0] * 6,
               "year": [2020, 2021, 2022, 2022, 2023, 2024]}  # fmt: skip
    first = parks(tmp_path, columns, shapes).table
    order = [5, 2, 0, 4, 3, 1]
    second = parks(
        tmp_path,
        {key: [values[i] for i in order] for key, values in columns.items()},
        [shapes[i] for i in order],
    ).table
    assert first.drop(columns="geometry").equals(second.drop(columns="geometry"))
    assert shapely.equals(first.geometry.to_numpy(), second.geometry.to_numpy()).all()
