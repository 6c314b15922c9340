"""What a plan costs, out of a release, as far as who asks may know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from analysis.plan_counts import (
    AFTER_SIGNING_IN,
    NO_LAYER,
    TELLS_OF_ONE,
    Count,
    cells_box,
    count_in_cells,
)
from analysis.plan_paragraph import Source, paragraph
from analysis.plan_rules import plan_rules
from analysis.plan_test import Surveyed, look_round, measure_plan
from analysis.plan_words import LANGUAGES, Language, band
from api.jobs.derive import parameters_of
from api.jobs.plan_refused import PolygonError
from api.jobs.show import plain_rows
from layers.schema import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from layers.release import Release

TABLES: Final = (
    "parks", "municipalities", "plots", "surroundings", "zoned_estates", "quays", "reservations",
    "reservation_zones", "housing_plans", "park_evidence", "plot_evidence", "usable_zones", "usable_blocks",
    "sensitive_objects", "businesses",
)  # fmt: skip
"""What is looked at, as far as there is such a table for who asks."""
COUNTED: Final = ("sensitive_objects", "businesses")
"""Layers of single homes and firms."""
HECTARE_M2: Final = 10_000.0
DRAWING_HA: Final = 0.0001


@dataclass(frozen=True, slots=True)
class Sight:
    """How far somebody sees homes and firms.

    Attributes
    ----------
    everywhere
        In the whole region, one by one.
    codes
        Municipalities whose homes and firms are told in cells; none for who is told nothing.
    signed_in
        Whether somebody is signed in.
    """

    everywhere: bool = False
    codes: frozenset[str] = frozenset()
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """What a plan costs.

    Attributes
    ----------
    polygon
        The plan, EPSG:28992.
    figures, by_category, parks, rules
        Rows of plain values, see `analysis.plan_test` and `analysis.plan_rules`.
    paragraph
        Sentences per language.
    limits
        What was not looked at, per language.
    surroundings
        Parks near the plan: name and polygon in EPSG:28992.
    """

    polygon: shapely.Geometry
    figures: list[dict[str, Any]]
    by_category: list[dict[str, Any]]
    parks: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    paragraph: Mapping[Language, tuple[str, ...]]
    limits: Mapping[Language, tuple[str, ...]]
    surroundings: tuple[tuple[str, shapely.Geometry], ...]


def answer_plan(
    polygon: shapely.Geometry,
    tables: Mapping[str, pd.DataFrame],
    release: Release,
    sight: Sight,
    status: tuple[str, str],
) -> PlanAnswer:
    """Tell what a plan costs.

    Parameters
    ----------
    polygon
        As `api.jobs.plan_upload` gives.
    tables
        What who asks may see of the release; see `TABLES`.
    release
        Homes and firms are counted in it, in cells; nothing else is read from it.
    sight
        How far who asks sees those.
    status
        Status in the procedure, in Dutch and English.

    Raises
    ------
    PolygonError
        When the plan lies outside the province.
    ReleaseError
        When another version of kringruimte made the release.
    """
    inside_ha = _inside_ha(polygon, tables["municipalities"])
    if inside_ha <= DRAWING_HA:
        raise PolygonError("outside")
    parameters = parameters_of(release)
    counted = _counted(polygon, tables["municipalities"], release, sight)
    seen = {name: table for name, table in tables.items() if counted is None or name not in COUNTED}
    near = look_round(polygon, seen, parameters)
    found = measure_plan(near, counted)
    rules = plan_rules(near, found, seen)
    project = release.project
    source = Source(
        release.name, str(project.get("reference_date") or "-"), *status,
        parameters.hmc_threshold, bool(project.get("sample", False)),
    )  # fmt: skip
    limits = _limits(float(shapely.area(polygon)) / HECTARE_M2 - inside_ha)
    return PlanAnswer(
        polygon=polygon,
        figures=plain_rows(found["figures"]),
        by_category=plain_rows(found["by_category"]),
        parks=plain_rows(found["parks"]),
        rules=plain_rows(rules),
        paragraph={language: paragraph(found, rules, source, language) for language in LANGUAGES},
        limits=limits,
        surroundings=_named(near),
    )


def _inside_ha(polygon: shapely.Geometry, municipalities: Any) -> float:
    """Measure how much of a plan lies in the province: the municipalities do not overlap."""
    shapes = _near(municipalities, shapely.bounds(polygon)).geometry.to_numpy()
    return float(shapely.area(shapely.intersection(shapes, polygon)).sum()) / HECTARE_M2


def _near(table: Any, bounds: Iterable[float]) -> Any:
    """Give the rows whose box meets a box, in their order."""
    west, south, east, north = bounds
    return table.iloc[np.sort(table.sindex.query(shapely.box(west, south, east, north)))]


def _counted(
    polygon: shapely.Geometry, municipalities: Any, release: Release, sight: Sight
) -> dict[str, Count] | None:
    """Count homes and firms for who may not see them one by one; None for who may."""
    if sight.everywhere:
        return None
    if not sight.codes:
        nothing = NO_LAYER if sight.signed_in else AFTER_SIGNING_IN
        return dict.fromkeys(("objects", "firms", "firms_hindered"), nothing)
    own = municipalities["municipality_code"].isin(list(sight.codes)).to_numpy(dtype=bool)
    ground = shapely.union_all(municipalities.geometry.to_numpy()[own])
    counts = {
        figure: count_in_cells(polygon, ground, own_rows(release, name, ground, polygon))
        for figure, name in (("objects", "sensitive_objects"), ("firms", "businesses"))
    }
    return {**counts, "firms_hindered": TELLS_OF_ONE}


def own_rows(
    release: Release, name: str, ground: shapely.Geometry, polygon: shapely.Geometry
) -> gpd.GeoDataFrame | None:
    """Give homes or firms of a territory in the cells round a plan.

    Parameters
    ----------
    ground
        The territory, EPSG:28992. As everywhere else, a row belongs to it by a point on its surface.

    Returns
    -------
    GeoDataFrame or None
        None when the release has no such layer, or keeps it for its editors.
    """
    if name not in release.layers or release.layer(name).level is Level.EDITOR:
        return None
    table = release.table(name)
    # a point on the surface of a row lies within the box of the row
    rows = _near(table, cells_box(polygon))
    spots: NDArray[Any] = shapely.point_on_surface(rows.geometry.to_numpy())
    shapely.prepare(ground)
    kept: gpd.GeoDataFrame = rows[shapely.contains_properly(ground, spots)]
    return kept


def _limits(outside_ha: float) -> dict[Language, tuple[str, ...]]:
    if outside_ha <= DRAWING_HA:
        return {"nl": (), "en": ()}
    sizes = {language: band(outside_ha, outside_ha, "ha", language) for language in LANGUAGES}
    return {
        "nl": (f"Van het plan ligt {sizes['nl']} buiten de provincie; dat deel is niet beoordeeld.",),
        "en": (f"Of the plan {sizes['en']} lie outside the province; that part was not assessed.",),
    }


def _named(near: Surveyed) -> tuple[tuple[str, shapely.Geometry], ...]:
    parks = near.situation.tables["parks"]
    names = parks["name"].fillna(parks["park_id"]).astype(str)
    return tuple(zip(names, parks.geometry.to_numpy(), strict=True))
