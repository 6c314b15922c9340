"""Corrections that the province accepted, applied to the layers of a project while these are read.

A correction changes one value of one object, and only where the source still says what it said when the
correction was made. Whatever came of it is told in the table ``corrections`` and in the data-quality table.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from gis.records import Record
from layers.canonical import DTYPES
from layers.correctable import CORRECTABLE, EXISTS, NO, YES, typed, word, written
from layers.results_corrections import CORRECTION_LAYERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from layers.identity import Rows
    from layers.schema import Column

(_TABLE,) = CORRECTION_LAYERS


@dataclass(frozen=True, slots=True)
class Correction:
    """One accepted correction; nothing in it says who reported it.

    Attributes
    ----------
    correction_id
        Number of the report, such as ``TM-0012``.
    layer, object_id, field
        What is corrected, see `layers.correctable.CORRECTABLE`.
    before, after
        Values as `layers.correctable.written` gives them; None before where the source had none.
    park_id
        Park where the object was reported; the park itself, that of the plot, or the one at the quay.
    municipality_code
        Who reported it.
    source
        Where the right value can be found, by the municipality.
    reason
        Of the decision, by the province.
    decided
        Day of the decision, ISO 8601.
    """

    correction_id: str
    layer: str
    object_id: str
    field: str
    before: str | None
    after: str
    park_id: str | None
    municipality_code: str
    source: str
    reason: str
    decided: str

    @property
    def column(self) -> Column:
        """What the field holds."""
        return CORRECTABLE[self.layer][self.field]

    def facts(self) -> dict[str, Any]:
        """Give it as plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a correction.

    Attributes
    ----------
    name
        Name of the object, when it has one.
    applied
        Whether the value was changed.
    why_nl, why_en
        What was done, or why nothing was.
    """

    correction: Correction
    name: str | None
    applied: bool
    why_nl: str
    why_en: str


_APPLIED: Final = ("De waarde is vervangen.", "The value was replaced.")
_TAKEN_OUT: Final = ("Het object is uit de gegevens gehaald.", "The object was taken out of the data.")
_NO_LAYER: Final = ("De gegevens van deze uitgave hebben deze laag niet.", "This release has no such layer.")
_NO_OBJECT: Final = (
    "Dit object staat niet meer in de brongegevens.",
    "This object is no longer in the source data.",
)
_IN_SOURCE: Final = (
    "De brongegevens zeggen dit nu zelf; er was niets te vervangen.",
    "The source data say so themselves by now; there was nothing to replace.",
)


def apply_corrections(rows: Rows, corrections: Iterable[Correction]) -> list[Outcome]:
    """Change the values of a layer while it is read, in place.

    Parameters
    ----------
    rows
        The layer with one row per object, in our units.
    corrections
        Accepted ones, in the order of their decisions; those of other layers are left.

    Returns
    -------
    list of Outcome
        One per correction of this layer, in the same order.
    """
    names = rows.names()
    places = {name: place for place, name in enumerate(names) if rows.alive[place]}
    return [
        _applied(rows, each, places.get(each.object_id))
        for each in corrections
        if each.layer == rows.layer.name
    ]


def outcomes_of(corrections: Sequence[Correction], told: Iterable[Outcome]) -> tuple[Outcome, ...]:
    """Give an outcome for every correction in its order, also where the project lacks the layer."""
    known = {outcome.correction: outcome for outcome in told}
    return tuple(known.get(each) or Outcome(each, None, False, *_NO_LAYER) for each in corrections)


def corrections_table(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Make the table ``corrections`` of a release."""
    rows = [
        {
            **each.correction.facts(),
            "object_name": each.name,
            "field_nl": each.correction.column.label_nl,
            "field_en": each.correction.column.label_en,
            "unit": each.correction.column.unit,
            "applied": YES if each.applied else NO,
            "why_nl": each.why_nl,
            "why_en": each.why_en,
        }
        for each in outcomes
    ]
    frame = pd.DataFrame(rows, columns=[column.name for column in _TABLE.columns])
    return frame.astype({column.name: DTYPES[column.kind] for column in _TABLE.columns})


def _applied(rows: Rows, correction: Correction, place: int | None) -> Outcome:
    """Change one value, if it still is what it was."""
    if place is None or not rows.alive[place]:
        return Outcome(correction, None, False, *_NO_OBJECT)
    column, name = correction.column, _name(rows, place)
    if correction.field == EXISTS:
        rows.take_out(place, "corrected_gone", after=correction.correction_id)
        return Outcome(correction, name, True, *_TAKEN_OUT)
    now = written(column, rows.frame[column.name].iloc[place])
    if now != correction.before:
        return Outcome(correction, name, False, *_changed(correction, now))
    rows.put(place, column.name, typed(column, correction.after))
    rows.records.append(Record("corrected", "repaired", rows.row(place), column.name, now, correction.after))
    return Outcome(correction, name, True, *_APPLIED)


def _changed(correction: Correction, now: str | None) -> tuple[str, str]:
    """Tell why a correction no longer fits the source."""
    if now == correction.after:
        return _IN_SOURCE
    column = correction.column
    (was_nl, now_nl), (was_en, now_en) = (
        (word(column, correction.before, language), word(column, now, language)) for language in ("nl", "en")
    )
    return (
        f"De brongegevens zeggen nu {now_nl} en niet meer {was_nl}. Meld opnieuw als dat niet klopt.",
        f"The source data now say {now_en} and no longer {was_en}. Report again if that is wrong.",
    )


def _name(rows: Rows, place: int) -> str | None:
    if "name" not in rows.frame:
        return None
    value = rows.frame["name"].iloc[place]
    return None if pd.isna(value) else str(value)
