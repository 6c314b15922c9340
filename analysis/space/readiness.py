"""What a project lacks for land demand and balance, or for the surface, and how the release says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analysis.columns import conform
from analysis.subjects import places
from gis.rasters import Grid
from layers.parameters import SURFACE_RESOLUTION as RESOLUTION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

BALANCE, SURFACE, EXPLORATION = "land_balance", "usable_surface", "exploration_areas"
"""What the table of things not assessed calls the balance, the surface and the exploration areas."""
NAMED = 5
"""So many municipalities are named, the others are counted."""
MILLION = 1e6

_WHAT = {
    BALANCE: ("Ruimtevraag, vrijkomende ruimte en ruimtebalans", "Land demand, released land and balance"),
    SURFACE: (
        "Kaart van de indicatieve benutbare categorie en verkenningsgebieden",
        "Surface of the indicative usable category, and exploration areas",
    ),
    EXPLORATION: ("Verkenningsgebieden buiten terreinen", "Exploration areas outside parks"),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was not assessed, and why.

    Attributes
    ----------
    item
        `BALANCE`, `SURFACE` or `EXPLORATION`.
    why_nl, why_en
        The reason, with what would cure it.
    """

    item: str
    why_nl: str
    why_en: str


def switched_off(item: str, key: str) -> Gap:
    """Give the gap that a project asks for itself by setting a key to false."""
    return Gap(
        item,
        f"Uitgezet voor dit project ({key} = false).",
        f"Switched off for this project ({key} = false).",
    )


def balance_gap(tables: Mapping[str, gpd.GeoDataFrame]) -> Gap | None:
    """Tell why land demand and balance cannot be assessed; None when they can.

    Demand goes by inhabitants and is placed in sub-areas. Where one municipality lacks either, its demand
    would be left out in silence, so all of them are needed.
    """
    municipalities = tables["municipalities"]
    people = municipalities["inhabitants"].astype(float)
    if not people.sum() > 0:
        return Gap(
            BALANCE,
            "Van geen enkele gemeente is het aantal inwoners bekend (kolom inhabitants van de gemeenten).",
            "No municipality states its inhabitants (column inhabitants of the municipalities).",
        )
    if people.isna().any():
        named = _named(municipalities[people.isna()])
        return Gap(
            BALANCE,
            f"Van deze gemeenten is het aantal inwoners niet bekend: {named[0]}.",
            f"The inhabitants of these municipalities are not known: {named[1]}.",
        )
    area = places(municipalities.geometry.to_numpy(), tables)["sub_area"]
    if area.isna().all():
        return Gap(
            BALANCE,
            "Het project heeft geen deelgebieden (laag sub_areas, of kolom sub_area van de gemeenten).",
            "The project has no sub-areas (layer sub_areas, or column sub_area of the municipalities).",
        )
    if area.isna().any():
        named = _named(municipalities[area.isna().to_numpy(dtype=bool)])
        return Gap(
            BALANCE,
            f"Deze gemeenten liggen in geen deelgebied: {named[0]}.",
            f"These municipalities lie in no sub-area: {named[1]}.",
        )
    return None


def surface_gap(tables: Mapping[str, gpd.GeoDataFrame]) -> Gap | None:
    """Tell why the usable-category surface cannot be assessed; None when it can."""
    layer = tables.get("sensitive_objects")
    if layer is not None and len(layer):
        return None
    return Gap(
        SURFACE,
        "Het project heeft geen gevoelige objecten, dus is er geen afstand te meten.",
        "The project has no sensitive objects, so there is no distance to measure.",
    )


def exploration_gap(tables: Mapping[str, gpd.GeoDataFrame], most_cells: int) -> Gap | None:
    """Tell why exploration areas cannot be looked for; None when they can.

    The surface is written window by window, but the areas on it are held whole. Over a country they ask for
    more memory than most machines have, so that the size is a limit of the project and not a crash.

    Parameters
    ----------
    tables
        Cleaned input layers.
    most_cells
        Largest number of cells of `layers.parameters.SURFACE_RESOLUTION` metres.
    """
    grid = Grid.over(tables["municipalities"].total_bounds.tolist(), RESOLUTION)
    cells, most = grid.shape[0] * grid.shape[1] / MILLION, most_cells / MILLION
    if cells <= most:
        return None
    return Gap(
        EXPLORATION,
        f"De gemeenten beslaan {cells:.0f} miljoen cellen van {RESOLUTION:.0f} m en dit project staat er "
        f"{most:.0f} miljoen toe (exploration_cells). Geef alleen de gemeenten van het eigen gebied, of "
        "verhoog de grens als de computer genoeg geheugen heeft.",
        f"The municipalities cover {cells:.0f} million cells of {RESOLUTION:.0f} m and this project allows "
        f"{most:.0f} million (exploration_cells). Give only the municipalities of the area itself, or raise "
        "the limit where the machine has the memory.",
    )


def with_gaps(table: pd.DataFrame, gaps: Iterable[Gap], parks: pd.DataFrame) -> pd.DataFrame:
    """Add gaps to the table ``not_assessed``; they touch every park.

    Parameters
    ----------
    table
        As `layers.results` describes ``not_assessed``.
    parks
        The table ``park_evidence``.
    """
    rows = [
        {
            "item_id": gap.item,
            "what_nl": _WHAT[gap.item][0],
            "what_en": _WHAT[gap.item][1],
            "why_nl": gap.why_nl,
            "why_en": gap.why_en,
            "parks": len(parks),
            "area_ha": float(parks["area_ha"].sum()),
        }
        for gap in gaps
    ]
    if not rows:
        return table
    listed = pd.DataFrame(rows)
    return conform("not_assessed", pd.concat([table, listed], ignore_index=True) if len(table) else listed)


def _named(municipalities: gpd.GeoDataFrame) -> tuple[str, str]:
    """Name some municipalities and count the others, in Dutch and in English."""
    names = municipalities["name"].fillna(municipalities["municipality_code"])
    listed = sorted(str(name) for name in names)
    shown, rest = ", ".join(listed[:NAMED]), len(listed) - NAMED
    if rest <= 0:
        return shown, shown
    return f"{shown} en nog {rest}", f"{shown} and {rest} more"
