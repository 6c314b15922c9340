"""Where one layer of a project lies and how its columns map to ours."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictStr

from gis.errors import Problem
from layers.schema import Level  # noqa: TC001 - pydantic needs it when the model is made
from layers.suggest import did_you_mean
from layers.values import OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.schema import Column, Layer

UNIT_FACTORS: Final[dict[tuple[str, str], float]] = {
    ("m2", "ha"): 1e-4,
    ("km2", "ha"): 100.0,
    ("ha", "m2"): 1e4,
    ("km2", "m2"): 1e6,
    ("km", "m"): 1000.0,
    ("dm", "m"): 0.1,
    ("cm", "m"): 0.01,
}
"""(unit of the file, our unit) to the factor between them."""


def _date_text(value: object) -> object:
    """Take a TOML date or a bare year as text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class LayerSource(BaseModel):
    """One layer in the project file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: StrictStr | None = Field(default=None, min_length=1)
    """File, relative to the project file; a data set inside a zip as ``file.zip/inner.shp``."""
    postgis: StrictStr | None = Field(default=None, min_length=1)
    """Instead of a file: a table or view in PostGIS, as ``schema.table``; capitals as they are there."""
    database: StrictStr | None = None
    """Environment variable with the address of that database; the address itself may hold a password."""
    geometry: StrictStr | None = None
    """Column with the geometry, for a table in PostGIS that has several."""
    source: StrictStr = Field(min_length=1)
    """Who made the data and where it comes from; printed in the report."""
    licence: StrictStr = Field(min_length=1)
    date: Annotated[StrictStr | None, BeforeValidator(_date_text)] = None
    """Reference date of the data, as text: a day or a year."""
    layer: StrictStr | None = None
    """Layer inside the file; may be left out when there is just one."""
    crs: StrictStr | None = None
    """Coordinate system, only where the file states none or a wrong one."""
    x: StrictStr | None = None
    y: StrictStr | None = None
    wkt: StrictStr | None = None
    """Columns that hold the geometry of a table."""
    columns: dict[str, StrictStr] = Field(default_factory=dict)
    """Our column to theirs; a column of the same name needs no mention."""
    units: dict[str, StrictStr] = Field(default_factory=dict)
    """Our column to the unit that the file uses, where it is another than ours."""
    values: dict[str, dict[str, StrictStr]] = Field(default_factory=dict)
    """Our column to a translation of codes, theirs to ours; ``"*"`` catches all others."""
    constants: dict[str, Any] = Field(default_factory=dict)
    """Our column to one value for all rows."""
    only: dict[str, list[str]] = Field(default_factory=dict)
    """Their column to the values that select a row; ``""`` is no value. Other rows are set aside."""
    level: Level | None = None
    """A stricter confidentiality level for this layer than the usual one."""
    note: StrictStr = ""
    """What a reader of the report must know about this source."""

    @property
    def place(self) -> str:
        """How the source is called in messages: the path, or ``postgis:schema.table``."""
        return self.path or f"postgis:{self.postgis or ''}"


PLACE_KEYS: Final = ("path", "postgis", "database", "geometry")
"""Keys that say where a layer lies and not what it holds."""


def mapping_problems(source: LayerSource, layer: Layer, file: str) -> Iterator[Problem]:
    """Check the mapping of a source against the layer that it should become, without opening the file.

    Parameters
    ----------
    source
        As written in the project file.
    layer
        What it should become.
    file
        The project file, named in messages.
    """
    known = [column.name for column in layer.columns]
    for table in ("columns", "units", "values", "constants"):
        for name in getattr(source, table):
            if name not in layer.by_name:
                yield Problem(
                    f"{table} names {name!r}, which is no column of this layer",
                    did_you_mean(name, known),
                    file,
                    layer.name,
                    name,
                )
    yield from _double_use(source, layer, file)
    for name, unit in source.units.items():
        if name in layer.by_name:
            yield from _unit_problems(layer.by_name[name], unit, file, layer.name)
    for name, translation in source.values.items():
        if name in layer.by_name:
            yield from _translation_problems(layer.by_name[name], translation, file, layer.name)
    if source.level is not None and not source.level.allows(layer.level):
        yield Problem(
            f"level {source.level.value!r} is less strict than the usual level of this layer",
            f"Leave it out or choose a level from {layer.level.value!r} up.",
            file,
            layer.name,
            "level",
        )


def _double_use(source: LayerSource, layer: Layer, file: str) -> Iterator[Problem]:
    """Refuse one column of the file for two of ours; only the identifier may share."""
    taken: dict[str, str] = {}
    for ours, theirs in source.columns.items():
        if ours in source.constants:
            yield Problem(
                "this column is both mapped and given as a constant",
                "Keep one of the two.",
                file,
                layer.name,
                ours,
            )
        if ours == layer.identifier:
            continue
        if theirs in taken:
            message = f"column {theirs!r} is mapped to both {taken[theirs]!r} and {ours!r}"
            yield Problem(message, "Map each column of the file once.", file, layer.name, ours)
        taken.setdefault(theirs, ours)


def _unit_problems(column: Column, unit: str, file: str, layer: str) -> Iterator[Problem]:
    """Refuse a unit that cannot be converted."""
    if unit == column.unit:
        return
    convertible = [theirs for theirs, ours in UNIT_FACTORS if ours == column.unit]
    if unit in convertible:
        return
    if column.unit is None or column.kind != "number":
        yield Problem("this column has no unit", "Leave out the unit.", file, layer, column.name)
        return
    choices = ", ".join([column.unit, *convertible])
    yield Problem(
        f"unit {unit!r} is not known for this column", f"Choose from: {choices}.", file, layer, column.name
    )


def _translation_problems(
    column: Column, translation: dict[str, str], file: str, layer: str
) -> Iterator[Problem]:
    """Refuse a translation into codes that we do not have."""
    if column.kind != "code":
        return
    for theirs, ours in translation.items():
        if ours and ours not in column.allowed:
            what = "all other values" if theirs == OTHERS else repr(theirs)
            message = f"{what} is translated to {ours!r}, which is no code of this column"
            yield Problem(message, did_you_mean(ours, column.allowed), file, layer, column.name)
