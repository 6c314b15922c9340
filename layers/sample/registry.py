"""The parks as the registry IBIS would give them, with the faults that a real registry has.

Every attribute is made up except the highest category of the few parks for which the fact table names one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from layers.sample.frame import EXAMPLE, generator, table

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from layers.sample.parks import Park

_NO_CATEGORY = ("VB023", "VB061")
_NO_MUNICIPALITY = ("VB024", "VB074")
_FORMER_CODE = {"VB033": "GM0545", "VB034": "GM0707"}
"""Leerdam and Zederik, merged into Vijfheerenlanden (GM1961) in 2019."""
_TWO_MUNICIPALITIES = {"VB009": "GM0356,GM0344"}
_SQUARE_METRES = ("VB044",)
_TWO_FEATURES = ("VB011", "VB038")
_TWO_YEARS = {"VB030": (2019, 0.82)}
"""Number to the earlier year and the part of the park that existed then."""
_NET_ABOVE_GROSS = ("VB056",)
_CATEGORY_WORDS = {
    "sourced": "hoogste categorie volgens feitentabel, verder ",
    "to_verify": "hoogste categorie te verifiëren, verder ",
    "verzonnen": "",
}


def parks_layer(parks: list[Park], codes: dict[str, str]) -> gpd.GeoDataFrame:
    """Make the parks layer with the columns of IBIS.

    Parameters
    ----------
    parks
        The parks with their shapes.
    codes
        Name of a municipality to its code.

    Returns
    -------
    GeoDataFrame
        One row per feature: a few parks have two, in parts or in years.
    """
    rows: list[dict[str, Any]] = []
    shapes: list[BaseGeometry] = []
    for park in parks:
        row = _row(park, codes[park.municipality])
        if park.rin in _TWO_FEATURES:
            # a split park repeats its total on every part, as IBIS does
            for part in shapely.get_parts(park.shape):
                rows.append(dict(row))
                shapes.append(part)
            continue
        if park.rin in _TWO_YEARS:
            year, part = _TWO_YEARS[park.rin]
            earlier = dict(row)
            earlier |= {"JAAR": year} | {
                column: round(row[column] * part, 2) for column in ("HA_BRUTO", "HA_NETTO")
            }
            rows.append(earlier)
            shapes.append(_west_part(park.shape, part))
        rows.append(row)
        shapes.append(park.shape)
    return table(rows, shapes)


def _row(park: Park, code: str) -> dict[str, Any]:
    """Make up the attributes of one park."""
    rng = generator(f"registry {park.rin}")
    gross = round(park.shape.area / 10_000.0, 2)
    net = round(gross * float(rng.uniform(0.68, 0.84)), 2)
    soft = park.row["phase"] == "zacht"
    issuable = round(net * (0.9 if soft else float(rng.choice([0.0, 0.0, 0.0, 0.04, 0.1]))), 2)
    outdated = round(gross * float(rng.choice([0.0, 0.0, 0.3, 0.6])), 2)
    transform = round(gross * (0.4 if park.name in {"Cartesius", "Isselt"} else 0.0), 2)
    category = None if park.rin in _NO_CATEGORY else str(park.category)
    if park.rin in _NET_ABOVE_GROSS:
        gross, net = net, gross
    scale = 10_000.0 if park.rin in _SQUARE_METRES else 1.0
    return {
        "RIN_NUMMER": park.rin,
        "JAAR": 2022 if float(rng.random()) < 0.15 else 2024,  # noqa: PLR2004 - one in seven stayed behind
        "PLAN_NAAM": park.name,
        "GEM_CODES": _codes(park.rin, code),
        "PROV_NAMEN": "Utrecht" if float(rng.random()) < 0.9 else "Utrecht (PV26)",  # noqa: PLR2004
        "HA_BRUTO": gross * scale,
        "HA_NETTO": net * scale,
        "HA_TOTTUIT": issuable * scale,
        "WLOC_TYPE": "B",
        "MAX_MILEUCATEGORIE_CODE": category,
        "WATER_ONTSLUITING_CODE": park.row["water_code"],
        "IND_MILIEUZONERING": park.row["zoned"],
        "PLAN_FASE_CODE": park.row["phase"],
        "BRUTO_OPP_VEROUDERD": outdated * scale,
        "OPP_TRANSFORMATIE": transform * scale,
        "OPMERKING": _remark(park),
    }


def _codes(rin: str, code: str) -> str:
    """Give the municipality codes as a registry writes them, right or wrong."""
    if rin in _NO_MUNICIPALITY:
        return "GM0000"
    return _FORMER_CODE.get(rin) or _TWO_MUNICIPALITIES.get(rin) or code


def _remark(park: Park) -> str:
    """Say what is made up about a park."""
    if park.made_up:
        return f"{EXAMPLE}: terrein en eigenschappen verzonnen"
    category = _CATEGORY_WORDS[park.row["category_status"]]
    return f"{EXAMPLE}: {category}eigenschappen verzonnen; positie: bij benadering"


def _west_part(shape: BaseGeometry, part: float) -> BaseGeometry:
    """Give the western part of a shape, by width."""
    west, south, east, north = shape.bounds
    return shape.intersection(shapely.box(west, south, west + (east - west) * part, north))
