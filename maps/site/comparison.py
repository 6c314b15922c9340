"""What differs between two releases, as far as a reader may see both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from maps.site.municipality import name_functions, park_address
from maps.site.tables import Cell, Head, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from layers.schema import Column
    from maps.site.frame import Frame
    from maps.site.shelf import Shelf
    from maps.site.words import Values

PARKS: Final = "park_evidence"
PLAN: Final = "reservation_plan"
MOST: Final = 500
"""Changed values that are listed; their number is told whole."""


@dataclass(frozen=True, slots=True)
class Named:
    """A release that can be chosen: its name, since when it was published, and what it is called there."""

    name: str
    since: str
    status: str


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """What differs; a table is None where nothing does or the reader has nothing of it.

    Attributes
    ----------
    totals, changed, reservations
        Figures of the whole, values of parks, and reservations.
    appeared, vanished
        Parks, name and id.
    count
        How many values of parks changed, those that are not listed included.
    same
        Whether nothing of all this differs.
    """

    totals: Table | None
    changed: Table | None
    reservations: Table | None
    appeared: tuple[tuple[str, str], ...]
    vanished: tuple[tuple[str, str], ...]
    count: int
    same: bool


def comparison_view(old: Shelf, new: Shelf, values: Values, frame: Frame) -> ComparisonView:
    """Compare two releases.

    Parameters
    ----------
    old, new
        The earlier and the later one, each as the reader sees it; columns and labels are those of the later.
    values, frame
        Of the page.
    """
    before, after = _by_id(old, PARKS, "park_id"), _by_id(new, PARKS, "park_id")
    changes = list(_changes(old, new, before, after, values))
    totals = _totals(old, new, values, frame)
    reservations = _reservations(old, new, frame)
    appeared = tuple(sorted((_name(after[key]), key) for key in after.keys() - before.keys()))
    vanished = tuple(sorted((_name(before[key]), key) for key in before.keys() - after.keys()))
    heads = (frame.text("Terrein", "Park"), frame.text("Gegeven", "Value"), *_sides(frame))
    rows = tuple(
        Row(
            (
                Cell(_name(after[key]), href=park_address(frame, after[key])),
                Cell(label), Cell(was), Cell(now),
            ),
            key,
        )
        for key, label, was, now in changes[:MOST]
    )  # fmt: skip
    changed = Table("gewijzigd", frame.text("Wat veranderde per terrein", "What changed per park"),
                    tuple(Head(head) for head in heads), rows)  # fmt: skip
    return ComparisonView(
        totals,
        changed if rows else None,
        reservations,
        appeared,
        vanished,
        len(changes),
        not (changes or totals or reservations or appeared or vanished),
    )


def _sides(frame: Frame) -> tuple[str, str]:
    return frame.text("Eerder", "Before"), frame.text("Later", "After")


def _by_id(shelf: Shelf, layer: str, key: str) -> dict[str, dict[str, Any]]:
    return {str(row[key]): row for row in shelf.rows(layer) or ()}


def _name(row: Mapping[str, Any]) -> str:
    return str(row.get("name") or row["park_id"])


def _shared(old: Shelf, new: Shelf, layer: str) -> list[Column]:
    known = {column.name for column in old.columns.get(layer, ())}
    return [column for column in new.columns.get(layer, ()) if column.name in known]


def _changes(
    old: Shelf,
    new: Shelf,
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    values: Values,
) -> Iterable[tuple[str, str, str, str]]:
    """Give id, label and both values as they read, of every value that differs, in order of the columns."""
    columns = _shared(old, new, PARKS)
    for key in sorted(before.keys() & after.keys()):
        for column in columns:
            was, now = before[key][column.name], after[key][column.name]
            if was != now:
                yield key, values.label(column), values.show(column, was), values.show(column, now)


def _totals(old: Shelf, new: Shelf, values: Values, frame: Frame) -> Table | None:
    ends = [shelf.rows("summary", scope="total") for shelf in (old, new)]
    if not all(ends):
        return None
    first, second = (rows[0] for rows in ends if rows)
    rows = tuple(
        Row((Cell(values.label(column)), Cell(values.show(column, first[column.name]), numeric=True),
             Cell(values.show(column, second[column.name]), numeric=True)))
        for column in _shared(old, new, "summary")
        if column.kind in {"number", "integer"} and first[column.name] != second[column.name]
    )  # fmt: skip
    if not rows:
        return None
    heads = (Head(frame.text("Cijfer", "Figure")), *(Head(side, numeric=True) for side in _sides(frame)))
    return Table("totalen", frame.text("Cijfers van het geheel", "Figures of the whole"), heads, rows)


def _reservations(old: Shelf, new: Shelf, frame: Frame) -> Table | None:
    """List reservations that came, went or changed, where the reader may see both plans."""
    if not (old.has(PLAN) and new.has(PLAN)):
        return None
    before, after = (_plan(shelf, frame) for shelf in (old, new))
    came, gone = frame.text("erbij", "added"), frame.text("vervallen", "gone")
    rows: list[Row] = []
    for key in sorted(before.keys() ^ after.keys()):
        row = after.get(key) or before[key]
        what = came if key in after else gone
        cells = (str(row["site_id"]), str(row["park_name"]), str(row["function"]), what)
        rows.append(Row(tuple(Cell(text) for text in cells), str(row["site_id"])))
    if not rows:
        return None
    heads = [
        Head(text)
        for text in (
            frame.text("Plek", "Site"), frame.text("Terrein", "Park"), frame.text("Functie", "Function"),
            frame.text("Verandering", "Change"),
        )
    ]  # fmt: skip
    return Table("reserveringen", frame.text("Reserveringen", "Reservations"), tuple(heads), tuple(rows))


def _plan(shelf: Shelf, frame: Frame) -> dict[tuple[str, str], dict[str, Any]]:
    rows: Sequence[dict[str, Any]] = shelf.rows(PLAN) or []
    keys = [(str(row["site_id"]), str(row["function"])) for row in rows]
    return dict(zip(keys, name_functions(shelf, frame, rows), strict=True))
