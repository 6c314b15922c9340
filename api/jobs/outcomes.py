"""What sessions agreed on or objected to: kept in a chain, written as the layer that the next run reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from api.jobs.chain import append, read_chain
from api.jobs.private_file import write_private
from gis.errors import InputError, Problem
from layers.exports.rd_geojson import write_geojson
from layers.inputs import INPUT_BY_NAME

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from api.jobs.sessions import Session

LAYER: Final = "session_outcomes"
WORDS: Final = ("agreed", "objected", "open")
PLACES: Final = {"reservation_zones": "zone_id", "reservation_sites": "site_id", "parks": "park_id"}
"""Layer to the column that names its rows: what an outcome can be about."""
LONGEST_REMARK: Final = 1_000
_FUNCTION: Final = re.compile(r"F\d{2}(-\d)?")
_CRS: Final = "EPSG:28992"
_PRECISION_M: Final = 0.001


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one party says of one place in a session.

    Attributes
    ----------
    function
        Circular function (F05), or one of its classes (F05-4).
    outcome
        ``agreed``, ``objected`` or ``open``.
    layer, place
        Zone, site or park that it is about.
    party
        Which organisation says so, such as ``Gemeente Houten``.
    remark
        In its own words.
    """

    function: str
    outcome: str
    layer: str
    place: str
    party: str
    remark: str = ""


def record_outcome(
    path: Path, outcome: Outcome, *, session: Session, caller: str, table: gpd.GeoDataFrame, now: dt.datetime
) -> str:
    """Add an outcome; what was recorded before stays.

    Parameters
    ----------
    path
        Chain of outcomes; made, readable by its owner only, when absent.
    outcome
        What was said.
    session
        Going on now.
    caller
        Name of who records it.
    table
        The layer of the outcome as this caller sees it, in EPSG:28992: nobody speaks of what is not shown.
    now
        When.

    Returns
    -------
    str
        Id of the outcome.

    Raises
    ------
    InputError
        With every problem: of the session, the place and the words.
    """
    problems = _problems(outcome, session, now)
    rows = (
        pd.DataFrame()
        if problems
        else table[(table[PLACES[outcome.layer]] == outcome.place).fillna(value=False)]
    )
    if not problems and len(rows) != 1:
        problems.append(f"there is no {outcome.place} in {outcome.layer} of this session")
    if problems:
        raise InputError(
            *(Problem(text[0].upper() + text[1:], "Change it and try again.") for text in problems)
        )
    # on the grid that is written later, so that reading it back changes nothing
    shape = shapely.set_precision(rows.geometry.iloc[0], _PRECISION_M)
    record = {
        "time": now.isoformat(timespec="milliseconds"),
        "session": session.id,
        "release": session.release,
        "function": outcome.function,
        "outcome": outcome.outcome,
        "layer": outcome.layer,
        "place": outcome.place,
        "by": outcome.party,
        "caller": caller,
        "date": now.date().isoformat(),
        "remark": outcome.remark,
    }
    head = append(path, record | {"shape": shapely.to_wkt(shape, rounding_precision=3)}, durable=True)
    return f"{session.id}-{head.number}"


def outcomes_layer(path: Path) -> gpd.GeoDataFrame:
    """Give the outcomes as the layer ``session_outcomes`` of a project.

    Returns
    -------
    geopandas.GeoDataFrame
        One row for the last word of each party on each function and place of a session, in the order in which
        they were said, EPSG:28992.
    """
    last: dict[tuple[str, ...], dict[str, Any]] = {}
    for number, record in enumerate(read_chain(path), start=1):
        key = tuple(record[name] for name in ("session", "function", "layer", "place", "by"))
        last[key] = record | {"outcome_id": f"{record['session']}-{number}"}
    rows = sorted(last.values(), key=lambda record: record["time"])
    names = [column.name for column in INPUT_BY_NAME[LAYER].columns]
    frame = pd.DataFrame(
        [{name: record[name] for name in names} for record in rows], columns=names, dtype="string"
    )
    shapes = [shapely.from_wkt(record["shape"]) for record in rows]
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=_CRS)


def write_outcomes(path: Path, target: Path) -> int:
    """Write the layer as GeoJSON in RD, to name in a project file, and tell how many rows it has.

    Raises
    ------
    InputError
        When the chain is damaged or the file cannot be written.
    """
    table = outcomes_layer(path)
    write_private(target, write_geojson(table, LAYER, identifier="outcome_id"))
    return len(table)


def _problems(outcome: Outcome, session: Session, now: dt.datetime) -> list[str]:
    checks = {
        f"session {session.id} is not going on": session.is_on(now),
        f"an outcome is one of {', '.join(WORDS)}": outcome.outcome in WORDS,
        f"an outcome is about one of {', '.join(PLACES)}": outcome.layer in PLACES,
        "a function is written as F05 or F05-4": _FUNCTION.fullmatch(outcome.function),
        "the party is named in 1 to 200 characters": 0 < len(outcome.party.strip()) <= 200,  # noqa: PLR2004
        f"a remark has at most {LONGEST_REMARK} characters": len(outcome.remark) <= LONGEST_REMARK,
    }
    return [text for text, holds in checks.items() if not holds]
