"""Land that was weighed and is not proposed: by park and verdict, with the rules that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.dutch import list_nl
from layers.exports.gio.xml import clean
from layers.exports.location_id import GRID_M
from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Mapping

RD: Final = "EPSG:28992"
NOT_ASSESSED: Final = "not_assessed"
VERDICTS: Final = ("certain", "possible", NOT_ASSESSED, "no")
"""Best first: a site is what it is for the function that it suits best."""
VERDICT_NL: Final = {
    "certain": "zeker geschikt, niet gekozen",
    "possible": "mogelijk geschikt, niet gekozen",
    NOT_ASSESSED: "niet beoordeeld",
    "no": "afgewezen",
}
CATEGORIES: Final = {
    "categorie_tot_en_met_3_2_ha": ("0", "1", "2", "3.1", "3.2"),
    "categorie_4_1_ha": ("4.1",),
    "categorie_4_2_ha": ("4.2",),
    "categorie_5_1_en_hoger_ha": ("5.1", "5.2", "5.3", "6"),
}
WATERS: Final = {
    "aan_water_ha": ("own_quay", "public_quay", "adjacent"),
    "nabij_water_ha": ("near",),
    "niet_aan_water_ha": ("none",),
}
MOST: Final = 4
"""How many functions and rules are named."""


def weighed_sites(
    tables: Mapping[str, pd.DataFrame], verdicts: tuple[str, ...], functions: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Put sites that are not proposed together.

    Parameters
    ----------
    tables
        With ``reservation_sites`` and ``reservation_candidates``; without them the answer is empty.
    verdicts
        Which sites: those whose best verdict over all functions and years is one of these.
    functions
        Code to Dutch name.

    Returns
    -------
    GeoDataFrame
        One row per park and verdict, EPSG:28992: hectares per category and water class, functions that would
        suit, and the rules that decided most often.
    """
    columns = [
        "zone_id", "oordeel", "terrein_id", "terrein", "gemeentecode", "deelgebied", "oppervlakte_ha",
        *CATEGORIES, "categorie_niet_beoordeeld_ha", *WATERS, "water_niet_beoordeeld_ha", "functies", "reden",
    ]  # fmt: skip
    nothing = gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=RD)
    if not {"reservation_sites", "reservation_candidates"} <= set(tables):
        return nothing
    sites = tables["reservation_sites"]
    weighed = tables["reservation_candidates"][["site_id", "function", "verdict", "rule_id"]]
    best = _best(weighed)
    proposed = set(tables["site_protection"]["site_id"]) if "site_protection" in tables else set()
    own = sites.assign(verdict=sites["site_id"].map(best))
    own = own[own["verdict"].isin(verdicts) & ~own["site_id"].isin(proposed)]
    if not len(own):
        return nothing
    by_site = weighed[weighed["site_id"].isin(own["site_id"])]
    rules = dict(
        zip(*(read_facts("reservation_rules")[name] for name in ("rule_id", "label_nl")), strict=True)
    )
    rows, shapes = [], []
    for (park, verdict), part in own.groupby(["park_id", "verdict"], sort=True):
        said = by_site[by_site["site_id"].isin(part["site_id"])]
        rows.append(_row(str(park), str(verdict), part, said, functions, rules))
        shapes.append(shapely.union_all(part.geometry.to_numpy(), grid_size=GRID_M))
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry=shapes, crs=RD)


def _best(weighed: pd.DataFrame) -> dict[str, str]:
    place = {verdict: number for number, verdict in enumerate(VERDICTS)}
    numbers = weighed["verdict"].map(place).astype("int64").groupby(weighed["site_id"].astype(str)).min()
    return {str(site): VERDICTS[int(number)] for site, number in numbers.items()}


def _row(
    park: str,
    verdict: str,
    part: pd.DataFrame,
    said: pd.DataFrame,
    functions: Mapping[str, str],
    rules: Mapping[str, str],
) -> dict[str, Any]:
    hectares = part["area_ha"].to_numpy(dtype=np.float64)
    category = part["permitted_low"].astype(object).to_numpy().astype(str)
    water = part["connection"].astype(object).to_numpy().astype(str)
    row: dict[str, Any] = {
        "zone_id": f"{park}-{verdict}",
        "oordeel": VERDICT_NL[verdict],
        "terrein_id": park,
        "terrein": clean(str(part["park_name"].iloc[0])),
        "gemeentecode": str(part["municipality_code"].iloc[0]),
        "deelgebied": part["sub_area"].iloc[0],
        "oppervlakte_ha": float(hectares.sum()),
    }
    known = np.zeros(len(part), dtype=bool)
    for name, labels in CATEGORIES.items():
        inside = np.isin(category, labels)
        known |= inside
        row[name] = round(float(hectares[inside].sum()), 3)
    row["categorie_niet_beoordeeld_ha"] = round(float(hectares[~known].sum()), 3)
    known = np.zeros(len(part), dtype=bool)
    for name, labels in WATERS.items():
        inside = np.isin(water, labels)
        known |= inside
        row[name] = round(float(hectares[inside].sum()), 3)
    row["water_niet_beoordeeld_ha"] = round(float(hectares[~known].sum()), 3)
    suits = sorted(set(said.loc[said["verdict"].isin(("certain", "possible")), "function"].astype(str)))
    row["functies"] = list_nl([functions.get(code, code) for code in suits], MOST) or None
    row["reden"] = _reason(verdict, said, rules)
    return row


def _reason(verdict: str, said: pd.DataFrame, rules: Mapping[str, str]) -> str:
    if verdict in {"certain", "possible"}:
        return "Geschikt; het plan had deze grond niet nodig of koos andere grond."
    counts = said["rule_id"].dropna().astype(str).value_counts()
    names = sorted(counts.index, key=lambda rule: (-int(counts[rule]), rule))
    return list_nl([rules.get(name, name) for name in names], MOST)
