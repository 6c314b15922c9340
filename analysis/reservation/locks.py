"""Locks: what must be chosen and what may not, out of parameters, existing reservations and sessions.

An existing reservation and an agreed outcome lock the sites that lie for the greater part in their area; one
drawn as a point or line locks the site that it touches. An objection locks sites out for its function. A park
named in the parameters is locked in with its best sites, together one facility of usual size; locked out as a
whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from analysis.reservation.classes import classes_of, known_names
from gis.errors import InputError, Problem
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from layers.parameters import Parameters

ALL_FUNCTIONS = "all"
SOURCES = ("parameters", "reservations", "session_outcomes")
LOCK_IN, LOCK_OUT = "in", "out"
DIRECTION_OF = {"agreed": LOCK_IN, "objected": LOCK_OUT}
AREA = 2


@dataclass(frozen=True)
class Lock:
    """One wish: sites and a function.

    Attributes
    ----------
    source, source_id
        Where it comes from, out of `SOURCES`, and the row or text there.
    sites
        Positions of the sites that it may mean.
    function
        Id as written; None for all functions.
    year
        From when on; None for as soon as possible.
    whole
        Whether every site is meant, or the best of them together one facility.
    """

    source: str
    source_id: str
    direction: str
    sites: tuple[int, ...]
    function: str | None
    year: int | None = None
    whole: bool = True


def find_locks(
    sites: pd.DataFrame,
    functions: Sequence[str],
    tables: Mapping[str, Any],
    parameters: Parameters,
    share: float,
) -> list[Lock]:
    """Read all locks.

    Parameters
    ----------
    sites
        Sites sorted by ``site_id`` with ``park_id`` and ``geometry``.
    functions
        Every class, also those that are left out of the plan.
    tables
        Of the release; ``reservations`` and ``session_outcomes`` where they exist.
    share
        Part of a site that must lie in an area.

    Raises
    ------
    InputError
        With every unknown site or function, by id.
    """
    problems: list[Problem] = []
    locks = [
        *_of_texts(parameters.reservation.lock_in, LOCK_IN, sites, functions, problems),
        *_of_texts(parameters.reservation.lock_out, LOCK_OUT, sites, functions, problems),
        *_of_reservations(tables.get("reservations"), sites, functions, share, problems),
        *_of_outcomes(tables.get("session_outcomes"), sites, functions, share, problems),
    ]
    if problems:
        raise InputError(*problems)
    return locks


def _of_texts(
    texts: Sequence[str],
    direction: str,
    sites: pd.DataFrame,
    functions: Sequence[str],
    problems: list[Problem],
) -> list[Lock]:
    place = f"parameters.reservation.lock_{direction}"
    of_site = {str(name): (row,) for row, name in enumerate(sites["site_id"])}
    of_park = {str(name): tuple(rows) for name, rows in sites.groupby("park_id").indices.items()}
    found = []
    for text in texts:
        name, _, function = (part.strip() for part in text.partition("="))
        rows = of_site.get(name) or of_park.get(name)
        if rows is None:
            known = [*of_site, *of_park]
            problems.append(
                Problem(
                    f"the site or park {name!r} is not known",
                    _nearest(name, known),
                    field=place,
                    rows=(text,),
                )
            )
        if direction == LOCK_IN and not function:
            problems.append(
                Problem("a lock-in names no function", "Write it as P12=F05.", field=place, rows=(text,))
            )
        elif function and not classes_of(functions, function):
            problems.append(_unknown(function, functions, field=place, row=text))
        elif rows is not None:
            whole = direction == LOCK_OUT or name in of_site
            sorted_rows = tuple(sorted(int(row) for row in rows))
            found.append(Lock("parameters", text, direction, sorted_rows, function or None, whole=whole))
    return found


def _nearest(name: str, known: Sequence[str]) -> str:
    """Suggest the nearest id; a list of hundreds of ids helps nobody."""
    found = did_you_mean(name, known)
    return found if found.startswith("Did") else "Use an id of the layer reservation_sites, or of a park."


def _unknown(
    function: str, functions: Sequence[str], *, row: str, field: str | None = None, layer: str | None = None
) -> Problem:
    repair = did_you_mean(function, known_names(functions))
    return Problem(f"the function {function!r} is not known", repair, layer=layer, field=field, rows=(row,))


def _of_reservations(
    layer: gpd.GeoDataFrame | None,
    sites: pd.DataFrame,
    functions: Sequence[str],
    share: float,
    problems: list[Problem],
) -> list[Lock]:
    if layer is None:
        return []
    within = _sites_within(layer, sites, share)
    found = []
    for row, (name, function, year) in enumerate(
        zip(layer["reservation_id"], layer["function"], layer["year"], strict=True)
    ):
        if _names_function(function, functions, "reservations", str(name), problems):
            since = None if pd.isna(year) else int(year)
            found.append(Lock("reservations", str(name), LOCK_IN, within[row], str(function), since))
    return found


def _of_outcomes(
    layer: gpd.GeoDataFrame | None,
    sites: pd.DataFrame,
    functions: Sequence[str],
    share: float,
    problems: list[Problem],
) -> list[Lock]:
    if layer is None:
        return []
    within = _sites_within(layer, sites, share)
    found = []
    for row, (name, function, outcome) in enumerate(
        zip(layer["outcome_id"], layer["function"], layer["outcome"], strict=True)
    ):
        if not _names_function(function, functions, "session_outcomes", str(name), problems):
            continue
        direction = DIRECTION_OF.get(outcome) if isinstance(outcome, str) else None
        if direction is not None:
            found.append(Lock("session_outcomes", str(name), direction, within[row], str(function)))
    return found


def _names_function(
    function: Any, functions: Sequence[str], layer: str, row: str, problems: list[Problem]
) -> bool:
    if isinstance(function, str) and classes_of(functions, function):
        return True
    problems.append(_unknown(str(function), functions, layer=layer, field="function", row=row))
    return False


def _sites_within(layer: gpd.GeoDataFrame, sites: pd.DataFrame, share: float) -> list[tuple[int, ...]]:
    """Give per row of a layer the sites that lie in it for at least a share, or that a point touches."""
    shapes = np.asarray(sites["geometry"].to_numpy(), dtype=object)
    drawn = np.asarray(layer.geometry.to_numpy(), dtype=object)
    row, site = shapely.STRtree(shapes).query(drawn, predicate="intersects")
    is_area = shapely.get_dimensions(drawn)[row] == AREA
    inside = np.ones(len(row))
    cut = shapely.area(shapely.intersection(shapes[site[is_area]], drawn[row[is_area]]))
    inside[is_area] = cut / shapely.area(shapes[site[is_area]])
    keep = inside >= share
    return [
        tuple(sorted(int(place) for place in site[keep & (row == number)])) for number in range(len(drawn))
    ]
