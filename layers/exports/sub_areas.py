"""Sub-areas of a release: their names in file names, their shapes, and their balance as a layer of polygons.

Shapes come from the layer of sub-areas, or from the municipalities that state one; names are those that the
balance uses.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.schema import Column, Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from layers.release import Release
    from layers.schema import Level

BALANCE = "sub_area_balance"
"""Name of the layer that shows the balance of sub-areas."""
SCOPE = "sub_area"
RULE = "floor"
BOUNDS = ("p50", "p10", "p90")
GROUPS = {
    "total": ("total", "alle categorieën", "all categories"),
    "light": ("light", "licht (tot en met 3.2)", "light (up to 3.2)"),
    "4.1": ("4_1", "categorie 4.1", "category 4.1"),
    "4.2": ("4_2", "categorie 4.2", "category 4.2"),
    "5.1+": ("5_1", "categorie 5.1 en zwaarder", "category 5.1 and heavier"),
}
"""Group of categories to its part of a column name and its labels."""

LONGEST_SLUG = 40
NAMELESS = "deelgebied"
RESERVED = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{device}{port}" for device in ("com", "lpt") for port in range(10)}
)
"""Names of devices, which no file on Windows may have."""


@dataclass(frozen=True, slots=True)
class AreaBalance:
    """The balance of sub-areas, one polygon each.

    Attributes
    ----------
    layer
        Describes the columns of `frame`.
    frame
        One row per sub-area, by name, EPSG:28992.
    years
        The years of the balance, in order.
    groups
        The groups of categories that it has, the total first.
    """

    layer: Layer
    frame: gpd.GeoDataFrame
    years: tuple[int, ...]
    groups: tuple[str, ...]


def shortage_column(year: int, group: str, bound: str = "p50") -> str:
    """Name the column with the shortage of a group of categories in a year."""
    return f"shortage_{year}_{GROUPS[group][0]}_{bound}_ha"


def demand_column(year: int, bound: str = "p50") -> str:
    """Name the column with the circular demand of a year."""
    return f"demand_{year}_{bound}_ha"


def share_column(year: int) -> str:
    """Name the column with the share of the calculations in which a year comes out short."""
    return f"share_short_{year}"


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Give each name one that is safe in a file name and an address.

    Parameters
    ----------
    names
        Names of sub-areas, in any order and of any content.

    Returns
    -------
    dict
        Name to lower-case ASCII letters, digits and hyphens, each different; the same names give the same
        result. Sorted by name.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(set(names)):
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        start = re.sub(r"[^a-z0-9]+", "-", plain)[:LONGEST_SLUG].strip("-")
        if not start or start in RESERVED:
            start = f"{NAMELESS}-{start}".rstrip("-")
        slug, count = start, 1
        while slug in taken:
            count += 1
            slug = f"{start}-{count}"
        taken.add(slug)
        found[name] = slug
    return found


def area_slugs(release: Release, level: Level) -> dict[str, str]:
    """Name the sub-areas that have a balance and a shape: name to slug; empty without either."""
    named = {name for name in _names(release, level) if name is not None}
    balanced = _seen(release, "balance_groups", level)
    if balanced is None:
        return {}
    areas = balanced.loc[(balanced["scope"] == SCOPE).to_numpy(dtype=bool), "area"]
    return slugs(named & set(areas.dropna().astype(str)))


def area_shape(release: Release, level: Level, name: str) -> shapely.Geometry:
    """Give the shape of one sub-area in EPSG:28992; KeyError when it has none."""
    rows = [row for row, own in enumerate(_names(release, level)) if own == name]
    if not rows:
        raise KeyError(name)
    shapes = np.asarray(_source(release, level).geometry.to_numpy(), dtype=object)[rows]
    if len(shapes) == 1:
        return cast("shapely.Geometry", shapes[0])
    return shapely.normalize(shapely.union_all(shapes))


def area_balance(release: Release, level: Level, names: Iterable[str] | None = None) -> AreaBalance | None:
    """Put the balance of sub-areas on their polygons.

    Parameters
    ----------
    release
        Read through its ``data/`` only.
    level
        Who it is for.
    names
        Which sub-areas; all that have a shape when left out.

    Returns
    -------
    AreaBalance or None
        None when the release has no balance per sub-area, no shapes, or the level may not see them.
        Shortage is under the floor rule, each sub-area on its own; a value that the balance lacks is missing.
    """
    chosen = sorted(area_slugs(release, level) if names is None else names)
    groups = _seen(release, "balance_groups", level)
    if not chosen or groups is None:
        return None
    keep = (groups["rule"] == RULE) & (groups["water"] == "any") & groups["area"].isin(chosen)
    own = groups[(keep & (groups["scope"] == SCOPE)).to_numpy(dtype=bool)]
    years = tuple(sorted({int(year) for year in own["year"].dropna()}))
    present = tuple(group for group in GROUPS if (own["group"] == group).any())
    demand = _seen(release, "demand_bands", level)
    shapes = [area_shape(release, level, name) for name in chosen]
    columns = _columns(years, present, demand=demand is not None)
    values: dict[str, Any] = {"sub_area": chosen, "area_ha": shapely.area(shapes) / 10_000.0}
    short = _indexed(own, ("area", "year", "group"))
    asked = {} if demand is None else _indexed(_totals(demand, chosen), ("sub_area", "year"))
    for year in years:
        for bound in BOUNDS:
            if demand is not None:
                values[demand_column(year, bound)] = _taken(asked, chosen, (year,), f"{bound}_ha")
            for group in present:
                found = _taken(short, chosen, (year, group), f"{bound}_ha")
                values[shortage_column(year, group, bound)] = found
        values[share_column(year)] = _taken(short, chosen, (year, "total"), "share_short")
    table = pd.DataFrame(values)[[column.name for column in columns]]
    rounded = table.round({column.name: column.decimals for column in columns if column.kind == "number"})
    frame = gpd.GeoDataFrame(rounded, geometry=shapes, crs="EPSG:28992")
    return AreaBalance(_layer(columns), frame, years, present)


def _totals(demand: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    keep = (demand["function_id"] == "total") & demand["sub_area"].isin(names)
    return demand[keep.to_numpy(dtype=bool)]


def _indexed(table: pd.DataFrame, keys: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, float]]:
    """Give the numbers of a table by its keys."""
    names = [name for name in ("p10_ha", "p50_ha", "p90_ha", "share_short") if name in table]
    numbers = table[names].to_numpy(dtype=np.float64, na_value=np.nan)
    found = zip(*(table[key].tolist() for key in keys), strict=True)
    return {key: dict(zip(names, row, strict=True)) for key, row in zip(found, numbers.tolist(), strict=True)}


def _taken(
    rows: Mapping[tuple[Any, ...], Mapping[str, float]], names: list[str], key: tuple[Any, ...], column: str
) -> NDArray[np.float64]:
    return np.array([rows.get((name, *key), {}).get(column, np.nan) for name in names], dtype=np.float64)


def _columns(years: tuple[int, ...], groups: tuple[str, ...], *, demand: bool) -> tuple[Column, ...]:
    columns = [
        Column("sub_area", "text", "Deelgebied", "Sub-area", required=True, filled=True),
        Column("area_ha", "number", "Oppervlakte", "Area", "ha", minimum=0, decimals=1),
    ]
    for year in years:
        for group in groups:
            _, dutch, english = GROUPS[group]
            columns += [
                _hectares(
                    shortage_column(year, group, bound),
                    f"Tekort {year}: {dutch}, {bound.upper()}",
                    f"Shortage {year}: {english}, {bound.upper()}",
                )
                for bound in BOUNDS
            ]
        columns.append(
            Column(
                share_column(year), "number", f"Tekort {year}: aandeel van de doorrekeningen",
                f"Shortage {year}: share of the calculations", "share", minimum=0, maximum=1, decimals=4,
            )
        )  # fmt: skip
        columns += [
            _hectares(
                demand_column(year, bound),
                f"Circulaire vraag {year}, {bound.upper()}",
                f"Circular demand {year}, {bound.upper()}",
            )
            for bound in BOUNDS
            if demand
        ]
    return tuple(columns)


def _hectares(name: str, dutch: str, english: str) -> Column:
    return Column(name, "number", dutch, english, "ha", minimum=0, decimals=3)


def _layer(columns: tuple[Column, ...]) -> Layer:
    return Layer(
        BALANCE,
        "Ruimtebalans per deelgebied",
        "Balance of land by sub-area",
        "polygon",
        "sub_area",
        columns,
        "Tekort na plaatsing met ondergrens, hectare netto; ieder deelgebied voor zich. P10, P50 en P90 zijn "
        "de uitkomsten waar 10, 50 en 90 % van de doorrekeningen onder blijft.",
        "Shortage after placing under the floor rule, net hectares; each sub-area on its own. P10, P50 and "
        "P90 are the outcomes below which 10, 50 and 90 % of the calculations stay.",
        role="result",
    )


def _seen(release: Release, name: str, level: Level) -> pd.DataFrame | None:
    """Give what a level may see of a table; None when it is absent or hidden."""
    if name not in release.names or not release.layer(name).visible(level):
        return None
    return release.visible(name, level)


def _source(release: Release, level: Level) -> gpd.GeoDataFrame:
    """Give the layer that draws sub-areas; without rows when there is none."""
    # a layer of sub-areas that is hidden is not replaced by another one
    name = "sub_areas" if "sub_areas" in release.names else "municipalities"
    found = _seen(release, name, level)
    return found if isinstance(found, gpd.GeoDataFrame) else gpd.GeoDataFrame(geometry=[], crs="EPSG:28992")


def _names(release: Release, level: Level) -> list[str | None]:
    """Give the name of the sub-area of each row of `_source`; None for a row without name or shape."""
    source = _source(release, level)
    if "sub_area_id" in source:
        stated = source["name"].fillna(source["sub_area_id"])
    elif "sub_area" in source:
        stated = source["sub_area"]
    else:
        return [None] * len(source)
    drawn = shapely.area(np.asarray(source.geometry.to_numpy(), dtype=object)) > 0
    return [
        None if pd.isna(name) or not shape else str(name) for name, shape in zip(stated, drawn, strict=True)
    ]
