"""The schema of a cleaned layer (pandera), generated from its one description.

Cleaning has already mended, recorded or refused what came in; the schema is the net below it, and it gives
every failure of a table at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.errors import Problem
from layers.canonical import DTYPES
from layers.parameters import CATEGORIES, CEMT_CLASSES

if TYPE_CHECKING:
    import pandas as pd

    from layers.schema import Column, Layer

_MAIN = ("3", "4", "5")
_DAY = r"\d{4}-\d{2}-\d{2}"


def schema_of(layer: Layer) -> Any:
    """Make the pandera schema of a layer's attributes.

    Parameters
    ----------
    layer
        Its description; units, labels and levels go along as metadata.

    Returns
    -------
    pandera.pandas.DataFrameSchema
        Strict: every declared column, in order, of its type, and no other.
    """
    from pandera.pandas import Column as SchemaColumn
    from pandera.pandas import DataFrameSchema

    columns = {
        column.name: SchemaColumn(
            DTYPES[column.kind],
            checks=_checks(column),
            nullable=not column.filled,
            unique=column.name == layer.identifier,
            title=column.label_en,
            description=column.label_nl,
            metadata={"unit": column.unit, "level": column.level.value},
        )
        for column in layer.columns
    }
    return DataFrameSchema(columns, name=layer.name, strict=True, ordered=True)


def _checks(column: Column) -> list[Any]:
    """Give the checks on the values of a column."""
    from pandera.pandas import Check

    checks = []
    if column.kind == "code":
        checks.append(Check.isin(list(column.allowed)))
    if column.kind == "category":
        checks.append(Check.isin([*CATEGORIES, *_MAIN]))
    if column.kind == "cemt":
        checks.append(Check.isin(list(CEMT_CLASSES)))
    if column.kind == "date":
        checks.append(Check.str_matches(f"^{_DAY}$"))
    if column.minimum is not None:
        checks.append(Check.ge(column.minimum))
    if column.maximum is not None:
        checks.append(Check.le(column.maximum))
    return checks


def check_table(layer: Layer, frame: pd.DataFrame, file: str | None) -> list[Problem]:
    """Check a cleaned table against its schema.

    Parameters
    ----------
    layer
        Its description.
    frame
        Attributes without geometry.
    file
        Named in problems.

    Returns
    -------
    list of Problem
        One for each column and rule, with the identifiers of the rows concerned.
    """
    from pandera.errors import SchemaErrors

    try:
        schema_of(layer).validate(frame, lazy=True)
    except SchemaErrors as error:
        return _problems(layer, frame, error.failure_cases, file)
    return []


def _problems(layer: Layer, frame: pd.DataFrame, cases: pd.DataFrame, file: str | None) -> list[Problem]:
    """Put pandera's failure cases into problems, ordered by column and check."""
    found = []
    for (field, check), part in cases.groupby(["column", "check"], dropna=False, sort=True):
        name = None if field is None else str(field)
        places = [place for place in part["index"] if place is not None and place == place]  # noqa: PLR0124 - NaN
        rows = tuple(_label(layer, frame, int(place)) for place in places)
        message = f"values break the rule {check}"
        found.append(Problem(message, "Repair these values in the file.", file, layer.name, name, rows))
    return found


def _label(layer: Layer, frame: pd.DataFrame, place: int) -> str:
    """Name a row by its identifier."""
    if layer.identifier is None or layer.identifier not in frame:
        return str(place)
    return str(frame[layer.identifier].loc[place])
