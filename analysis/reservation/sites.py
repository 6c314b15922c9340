"""The planning units of the reservation plan and what was measured about them.

A site is a plot; a park without plots is two sites, what can be issued and what has been. Public space is no
site. Sites and everything about single sites are working material.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.categories import CategorySystem, load_categories
from analysis.objects import READINGS, Objects, prepare_objects
from analysis.reporting import AT_WATER
from analysis.reservation.availability import Availability, find_availability, survey_year
from analysis.space.land import find_land
from analysis.usable import Distances, measure
from gis.arrays import where_known
from gis.overlay import overlaps
from gis.proximity import Targets
from layers.parameters import CEMT_CLASSES
from layers.restrictions import hardness_of, read_hardness_classes, read_protected_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.space.land import Land
    from layers.parameters import Parameters

NO_CLASS = -1
UNKNOWN = 0
FROM_EVIDENCE = (
    "municipality_code",
    "permitted_low",
    "permitted_high",
    "usable_low",
    "usable_high",
    "connection",
    "connection_possible",
    "connection_cemt",
    "nearest_waterway_name",
    "nearest_waterway_m",
    "shore_m",
    "usable_quay_m",
)


@dataclass(frozen=True)
class Sites:
    """Sites in the order of their ids, ``n`` of them, and what was measured once for all functions.

    Attributes
    ----------
    table
        ``site_id``, ``kind`` (plot or park), place, ``area_ha``, status, evidence and ``geometry``.
    years
        Years of the plan, ascending.
    land
        The same units with the share of each per category rank.
    system
        Categories with their guide distances.
    permitted
        Reading to permitted rank, 0 where unknown, ``(n,)``.
    objects
        Sensitive objects, None when the project has no such layer.
    distances
        From each site to the nearest of them; None without objects.
    wet
        Reading to whether the site lies at water of a large enough class, ``(n,)``.
    waterside
        Whether it lies at water of any class, ``(n,)``.
    cemt
        Position of the class of that water, -1 where unknown or none, ``(n,)``.
    governed
        Whether a noise budget governs, ``(n,)``.
    excluded_share
        Share of a site in protected areas that exclude, ``(n,)``.
    availability
        Hectares that can be had per year, and why not.
    present
        Per site the functions that a circular facility or firm on it has now.
    occupied
        Whether a circular facility stands on the site, ``(n,)``.
    """

    table: pd.DataFrame
    years: tuple[int, ...]
    land: Land
    system: CategorySystem
    permitted: dict[str, NDArray[np.int64]]
    objects: Objects | None
    distances: Distances | None
    wet: dict[str, NDArray[np.bool_]]
    waterside: NDArray[np.bool_]
    cemt: NDArray[np.int64]
    governed: NDArray[np.bool_]
    excluded_share: NDArray[np.float64]
    availability: Availability
    present: tuple[frozenset[str], ...]
    occupied: NDArray[np.bool_]

    def __len__(self) -> int:
        """Give the number of sites."""
        return len(self.table)

    @property
    def shapes(self) -> NDArray[Any]:
        """Give the polygons, EPSG:28992."""
        return np.asarray(self.table["geometry"].to_numpy(), dtype=object)

    @property
    def is_plot(self) -> NDArray[np.bool_]:
        """Tell plots from parts of a park."""
        return np.asarray(self.table["kind"] == "plot", dtype=bool)


def find_sites(
    tables: Mapping[str, Any],
    parameters: Parameters,
    years: Sequence[int],
    *,
    reference_year: int | None = None,
) -> Sites:
    """Make the planning units and measure them.

    Parameters
    ----------
    tables
        All tables of a release by name: cleaned inputs, evidence, demand and balance.
    years
        Years of the plan, ascending.
    reference_year
        Year in which the land was surveyed; the latest year of the registry when not given.
    """
    land = _sorted(find_land(tables, tables, parameters))
    table = _table(land, tables)
    system = load_categories()
    shapes = np.asarray(table["geometry"].to_numpy(), dtype=object)
    permitted = {reading: _ranks(table[f"permitted_{reading}"], system) for reading in READINGS}
    objects = prepare_objects(tables)
    place = _positions(tables["parks"]["park_id"], table["park_id"])
    plot = (
        _positions(tables["plots"]["plot_id"], table["site_id"])
        if "plots" in tables
        else np.full(len(table), -1)
    )
    distances = None
    if objects is not None:
        distances = measure(shapes, place, plot, objects, float(system.quiet[-1]))
    excluded, names = _excluded(shapes, tables)
    since = reference_year if reference_year is not None else survey_year(tables["parks"])
    availability = find_availability(land, excluded, tables, years, since)
    present, occupied = _present(table, tables)
    sites = Sites(
        table=table,
        years=tuple(int(year) for year in years),
        land=land,
        system=system,
        permitted=permitted,
        objects=objects,
        distances=distances,
        wet=_wet(table, parameters),
        waterside=np.asarray(table["connection_possible"].isin(AT_WATER), dtype=bool),
        cemt=_cemt(table),
        governed=land.table["governed"].to_numpy(dtype=bool),
        excluded_share=excluded,
        availability=availability,
        present=present,
        occupied=occupied,
    )
    return _with_findings(sites, names, parameters)


def _sorted(land: Land) -> Land:
    order = np.argsort(land.table["unit_id"].astype(str).to_numpy(), kind="stable")
    table = land.table.iloc[order].reset_index(drop=True)
    return type(land)(table, land.category[:, order], land.water[:, order])


def _table(land: Land, tables: Mapping[str, Any]) -> pd.DataFrame:
    """Put what the evidence says beside the units."""
    units = land.table.rename(columns={"unit_id": "site_id", "ha": "area_ha"})
    keep = ["site_id", "kind", "park_id", "park_name", "sub_area", "status", "plan", "area_ha", "governed"]
    table = units[[*keep, "grid_from", "transformed", "geometry"]].copy()
    plots = pd.DataFrame(tables["plot_evidence"]).set_index("plot_id").reindex(table["site_id"])
    parks = pd.DataFrame(tables["park_evidence"]).set_index("park_id").reindex(table["park_id"])
    of_plot = (table["kind"] == "plot").to_numpy(dtype=bool)
    for name in FROM_EVIDENCE:
        # a park as a whole has no usable category of its own: its zones say how much of it has which
        other = (
            parks[name].to_numpy(dtype=object) if name in parks else np.full(len(table), None, dtype=object)
        )
        found = np.where(of_plot, plots[name].to_numpy(dtype=object), other)
        table[name] = pd.Series(found, dtype=plots[name].dtype)
    owner: pd.Series[str] = pd.Series(dtype="string")
    if "plots" in tables:
        owner = tables["plots"].set_index("plot_id")["owner_kind"]
    table["owner_kind"] = owner.reindex(table["site_id"]).astype("string").to_numpy()
    return table


def _positions(known: pd.Series[str], wanted: pd.Series[str]) -> NDArray[np.int64]:
    place = {identifier: row for row, identifier in enumerate(known)}
    return np.array(wanted.map(place).fillna(-1), dtype=np.int64)


def _ranks(labels: pd.Series[str], system: CategorySystem) -> NDArray[np.int64]:
    place = {name: rank for rank, name in enumerate(system.labels)}
    return np.array(labels.map(place).fillna(UNKNOWN), dtype=np.int64)


def _wet(table: pd.DataFrame, parameters: Parameters) -> dict[str, NDArray[np.bool_]]:
    """Tell per reading whether a site lies at water of a large enough class.

    A whole park at water says nothing about which part of it: that is possible only.
    """
    usable = set(CEMT_CLASSES[CEMT_CLASSES.index(parameters.cemt_threshold) :])
    large = table["connection_cemt"].isin(usable)
    unknown = table["connection_cemt"].isna()
    strict = table["connection"].isin(AT_WATER) & large
    wide = table["connection_possible"].isin(AT_WATER) & (large | unknown)
    plot = table["kind"] == "plot"
    return {"low": (strict & plot).to_numpy(dtype=bool), "high": (strict | wide).to_numpy(dtype=bool)}


def _cemt(table: pd.DataFrame) -> NDArray[np.int64]:
    place = {name: rank for rank, name in enumerate(CEMT_CLASSES)}
    return np.array(table["connection_cemt"].map(place).fillna(NO_CLASS), dtype=np.int64)


def _excluded(
    shapes: NDArray[Any], tables: Mapping[str, Any]
) -> tuple[NDArray[np.float64], list[str | None]]:
    """Give the share of each site in protected areas that exclude, and their names."""
    share: NDArray[np.float64] = np.zeros(len(shapes))
    names: list[str | None] = [None] * len(shapes)
    layer = tables.get("protected_areas")
    if layer is None or not len(layer):
        return share, names
    classes = read_hardness_classes()
    excluding = set(classes.loc[classes["treatment"] == "excluded", "hardness"])
    hardness = hardness_of(layer["kind"], layer["hardness"], read_protected_kinds())
    rows = np.flatnonzero([word in excluding for word in hardness])
    areas = np.asarray(layer.geometry.to_numpy(), dtype=object)[rows]
    called = layer["name"].fillna(layer["area_id"]).to_numpy(dtype=object)[rows]
    found = overlaps(shapes, areas)
    for site in np.unique(found.shape):
        mine = found.area[found.shape == site]
        together = shapely.union_all(areas[mine])
        share[site] = shapely.area(shapely.intersection(shapes[site], together)) / shapely.area(shapes[site])
        names[site] = "; ".join(sorted({str(called[place]) for place in mine}))
    return np.clip(share, 0.0, 1.0), names


def _present(
    table: pd.DataFrame, tables: Mapping[str, Any]
) -> tuple[tuple[frozenset[str], ...], NDArray[np.bool_]]:
    """Find the circular facilities and firms on each site; firms on issued land only."""
    found: list[set[str]] = [set() for _ in range(len(table))]
    occupied = np.zeros(len(table), dtype=bool)
    shapes = np.asarray(table["geometry"].to_numpy(), dtype=object)
    plot, issued = (table["kind"] == "plot").to_numpy(), (table["status"] != "vacant").to_numpy()
    facilities = tables.get("circular_facilities")
    if facilities is not None and len(facilities):
        pairs = Targets(facilities.geometry.to_numpy()).pairs_within(shapes, 0.0)
        words = facilities["function"].to_numpy(dtype=object)
        for site, row in zip(pairs.query, pairs.target, strict=True):
            if isinstance(words[row], str) and (plot[site] or issued[site]):
                found[site].add(words[row])
                occupied[site] |= plot[site]
    firms, verdicts = tables.get("businesses"), tables.get("circular_businesses")
    if firms is not None and verdicts is not None:
        circular = verdicts[verdicts["verdict"] == "circular"].set_index("business_id")["function_id"]
        words = firms["business_id"].map(circular).to_numpy(dtype=object)
        pairs = Targets(firms.geometry.to_numpy()).pairs_within(shapes, 0.0)
        for site, row in zip(pairs.query, pairs.target, strict=True):
            if isinstance(words[row], str) and issued[site]:
                found[site].add(words[row])
    return tuple(frozenset(names) for names in found), occupied


def _with_findings(sites: Sites, protected: list[str | None], parameters: Parameters) -> Sites:
    """Write what was found into the table of sites."""
    table, system = sites.table, sites.system
    threshold = system.rank(parameters.hmc_threshold)
    # land counts as heavy when most of it is so in the strict reading
    heavy = sites.land.category[0][:, threshold:].sum(axis=1) > 0.5  # noqa: PLR2004 (the greater part)
    when = sites.availability
    first = np.argmax(when.hectares > 0, axis=1)
    ever = when.hectares[:, -1] > 0
    table["heavy"], table["wet"] = heavy, sites.wet["low"]
    table["protected_share"] = sites.excluded_share
    table["protected_names"] = pd.Series(protected, dtype="string")
    table["available"] = pd.Series(when.kind, dtype="string")
    year = where_known(ever, np.array(sites.years, dtype=object)[first])
    table["available_from"] = pd.Series(year, dtype="Int64")
    table["available_ha"] = when.hectares[:, -1]
    table["present"] = pd.Series([";".join(sorted(names)) or None for names in sites.present], dtype="string")
    finite = np.isfinite(table["grid_from"].to_numpy(dtype=float))
    table["grid_until"] = pd.Series(
        where_known(finite, table["grid_from"].to_numpy(dtype=object)), dtype="Int64"
    )
    table["surveyed"] = when.reference_year
    return sites
