"""Showing one release and comparing two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import shapely

from api.jobs.compare import compare
from api.jobs.show import find_park, show_park, show_release, summary_rows
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from layers.release import Release


def test_the_summary_is_per_sub_area_with_the_total_last(release: Release) -> None:
    rows = summary_rows(release)
    assert [row["area_name"] for row in rows] == ["Amersfoort", "Midden", "Totaal"]
    assert rows[1]["heavy_certain_ha"] == 12.346
    assert rows[0]["heavy_certain_ha"] is None, "not assessed is not zero"


def test_without_sub_areas_the_summary_is_per_municipality(
    tmp_path: Path, write: Callable[..., Release], tables: dict[str, pd.DataFrame]
) -> None:
    summary = tables["summary"].replace({"scope": {"sub_area": "municipality"}})
    rows = summary_rows(write(tmp_path, summary=summary))
    assert [row["scope"] for row in rows] == ["municipality", "municipality", "total"]


def test_a_release_shows_its_project_rows_and_gaps(release: Release) -> None:
    shown = show_release(release)
    assert shown["name"] == release.name
    assert shown["rows"]["park_evidence"] == 2
    assert shown["not_assessed"][0]["what_nl"] == "Gebruikte categorie"
    assert shown["views"] == ["views/map.html"]


@pytest.mark.parametrize("query", ["RIN1", "rin1", "Lage Weide", "lage weide", "lage", " WEIDE "])
def test_a_park_is_found_by_id_name_or_part_of_it(release: Release, query: str) -> None:
    assert find_park(release, query) == "RIN1"


def test_an_exact_name_goes_before_a_part_of_another(
    tmp_path: Path, write: Callable[..., Release], tables: dict[str, pd.DataFrame]
) -> None:
    parks = tables["park_evidence"].assign(name=["Noord", "Noordoost"])
    release = write(tmp_path, park_evidence=parks)
    assert find_park(release, "noord") == "RIN1"
    with pytest.raises(InputError, match=r'2 parks fit "noo" \(rows RIN1 Noord, RIN2 Noordoost\)'):
        find_park(release, "noo")


def test_a_park_that_does_not_exist_is_an_error(release: Release) -> None:
    with pytest.raises(InputError, match='No park has the id or name "zzz"'):
        show_park(release, "zzz")


def test_a_park_shows_all_its_evidence_with_labels(release: Release) -> None:
    shown = show_park(release, "RIN1")
    assert shown["park"]["shore_m"] == 400.0
    columns = {column["name"]: column for column in shown["columns"]}
    assert columns["connection"]["shown_nl"] == "eigen kade"
    assert columns["shore_m"]["label_nl"] == "Oeverlengte"
    assert columns["net_ha"]["shown_nl"] == "niet beoordeeld"
    assert [row["cemt"] for row in shown["water_by_class"]] == ["II", "Va"]
    assert shown["water_evidence"][0]["rung_nl"] == "opgave register"
    assert shown["water_evidence"][0]["value_nl"] == "eigen kade"
    assert len(shown["usable_zones"]) == 2
    assert [plot["plot_id"] for plot in shown["plots"]] == ["P1"]


def test_a_release_equals_itself(release: Release) -> None:
    answer = compare(release, release)
    assert answer["same_tables"] is True
    assert (
        answer["tables"]
        == answer["appeared"]
        == answer["vanished"]
        == answer["changed"]
        == answer["parameters"]
        == []
    )
    assert all(row["before"] == row["after"] for row in answer["totals"])


def test_what_came_went_and_changed_is_listed_by_park_and_column(
    tmp_path: Path,
    release: Release,
    write: Callable[..., Release],
    recipe: dict[str, Any],
    tables: dict[str, pd.DataFrame],
) -> None:
    parks = tables["park_evidence"].copy()
    parks.loc[0, ["shore_m", "net_ha", "connection"]] = [410.0, 15.0, None]
    larger = shapely.box(131000, 458000, 131400, 458600)  # 24 ha instead of 20
    parks["geometry"] = [larger, parks["geometry"].iloc[1]]
    parks.loc[1, "park_id"] = "RIN9"
    summary = tables["summary"].copy()
    summary.loc[0, "shore_m"] = 410.0
    after = write(tmp_path, recipe={**recipe, "new": 1}, park_evidence=parks, summary=summary)
    answer = compare(release, after)
    assert answer["same_tables"] is False
    assert answer["tables"] == ["park_evidence", "summary"]
    assert [row["park_id"] for row in answer["appeared"]] == ["RIN9"]
    assert [row["park_id"] for row in answer["vanished"]] == ["RIN2"]
    changes = {(row["park_id"], row["column"]): (row["before"], row["after"]) for row in answer["changed"]}
    assert changes == {
        ("RIN1", "net_ha"): (None, 15.0),
        ("RIN1", "connection"): ("own_quay", None),
        ("RIN1", "shore_m"): (400.0, 410.0),
        ("RIN1", "geometry"): (20.0, 24.0),
    }
    totals = {row["column"]: (row["before"], row["after"]) for row in answer["totals"]}
    assert totals["shore_m"] == (400.0, 410.0)
    assert totals["quay_m"] == (120.0, 120.0)
