"""The facts about a park that its municipality may correct, with what the release says of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.correctable import CORRECTABLE, EXISTS, YES, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from layers.schema import Column

    Read = Callable[[str], pd.DataFrame | None]

QUAY_REACH_M: Final = 50.0
"""A quay this near may be meant for the park; further than what counts, for that may be the mistake."""
_LISTED: Final = re.compile(r"\s*;\s*")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact.

    Attributes
    ----------
    layer, object_id, field
        See `layers.correctable.CORRECTABLE`.
    object_name
        What the object is called, when it has a name.
    before
        What the release says, as `layers.correctable.written` gives it.
    """

    layer: str
    object_id: str
    field: str
    object_name: str | None
    before: str | None

    @property
    def column(self) -> Column:
        """What the field holds."""
        return CORRECTABLE[self.layer][self.field]

    @property
    def key(self) -> tuple[str, str, str]:
        """By which it is found."""
        return (self.layer, self.object_id, self.field)


@dataclass(frozen=True, slots=True)
class ParkFacts:
    """A park with its facts: those of the park, then of its quays, then of its plots, each by id."""

    park_id: str
    name: str
    municipality: str
    facts: tuple[Fact, ...]

    def find(self, layer: str, object_id: str, field: str) -> Fact | None:
        """Give one fact; None for one that there is not, or not here."""
        return next((fact for fact in self.facts if fact.key == (layer, object_id, field)), None)


def own_parks(codes: Iterable[str], read: Read) -> tuple[tuple[str, str], ...]:
    """Give id and name of the parks of municipalities, by name."""
    table, own = read("park_evidence"), frozenset(codes)
    if table is None or not own:
        return ()
    found = [
        (str(row["park_id"]), _text(row["name"]) or str(row["park_id"]))
        for row in table[["park_id", "name", "municipality_code"]].to_dict("records")
        if _municipality(row["municipality_code"], own)
    ]
    return tuple(sorted(found, key=lambda park: (park[1].casefold(), park[0])))


def park_facts(park_id: str, codes: Iterable[str], read: Read) -> ParkFacts | None:
    """Give the facts of a park for its municipality.

    Parameters
    ----------
    park_id
        As the address says.
    codes
        The municipalities that ask.
    read
        Gives a table as far as the reader may see it, EPSG:28992.

    Returns
    -------
    ParkFacts or None
        None for a park that there is not, and for one of others.
    """
    table = read("park_evidence")
    if table is None:
        return None
    rows = table[(table["park_id"] == park_id).to_numpy(dtype=bool, na_value=False)]
    if len(rows) != 1:
        return None
    municipality = _municipality(rows["municipality_code"].iloc[0], frozenset(codes))
    if municipality is None:
        return None
    facts = [
        *_facts("parks", _equal(read("parks"), "park_id", park_id)),
        *_facts("quays", _quays(read, rows, municipality)),
        *_facts("plots", _equal(read("plots"), "park_id", park_id)),
    ]
    return ParkFacts(park_id, _text(rows["name"].iloc[0]) or park_id, municipality, tuple(facts))


def _municipality(stated: Any, own: frozenset[str]) -> str | None:
    """Give the municipality of a row when all that it names are own, see `api.jobs.ties.ByCode`."""
    codes = _LISTED.split(str(stated)) if _text(stated) else []
    return codes[0] if codes and set(codes) <= own else None


def _equal(table: pd.DataFrame | None, column: str, value: str) -> pd.DataFrame | None:
    if table is None or column not in table:
        return None
    return table[(table[column] == value).to_numpy(dtype=bool, na_value=False)]


def _quays(read: Read, park: pd.DataFrame, municipality: str) -> pd.DataFrame | None:
    """Give the quays near a park that lie in its municipality."""
    quays, borders = read("quays"), read("municipalities")
    if not isinstance(quays, gpd.GeoDataFrame) or not isinstance(borders, gpd.GeoDataFrame):
        return None
    if not isinstance(park, gpd.GeoDataFrame):
        return None
    here = borders[(borders["municipality_code"] == municipality).to_numpy(dtype=bool, na_value=False)]
    shapes = np.asarray(quays.geometry.to_numpy(), dtype=object)
    near = shapely.dwithin(shapes, park.geometry.iloc[0], QUAY_REACH_M)
    inside = shapely.contains_properly(
        shapely.union_all(here.geometry.to_numpy()), shapely.point_on_surface(shapes)
    )
    chosen: pd.DataFrame = quays[near & inside]
    return chosen


def _facts(layer: str, rows: pd.DataFrame | None) -> Iterator[Fact]:
    """Yield the facts of the objects of a layer; a column that the reader may not see has none."""
    if rows is None:
        return
    identifier = {"parks": "park_id", "plots": "plot_id", "quays": "quay_id"}[layer]
    for row in rows.sort_values(identifier, kind="stable").to_dict("records"):
        name = _text(row.get("name"))
        for field, column in CORRECTABLE[layer].items():
            if field == EXISTS:
                yield Fact(layer, str(row[identifier]), field, name, YES)
            elif field in row:
                yield Fact(layer, str(row[identifier]), field, name, written(column, row[field]))


def _text(value: Any) -> str | None:
    return None if value is None or pd.isna(value) or value == "" else str(value)
