"""What a municipality's page says: its parks, its sub-area's balance, reservations and shared functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from maps.site.frame import segment
from maps.site.tables import Cell, Field, Head, Row, Table, make_table
from maps.site.words import interval, number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from layers.schema import Column
    from maps.site.frame import Frame
    from maps.site.shelf import Shelf
    from maps.site.words import Values

PARKS: Final = "park_evidence"
GROUPS: Final = ("total", "4.1", "4.2", "5.1+")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure at the top of a page, with what it means and where it comes from."""

    label: str
    text: str
    hint: str
    href: str


@dataclass(frozen=True, slots=True)
class MunicipalityView:
    """What the page of a municipality shows; a part is None where the reader has nothing of it.

    Attributes
    ----------
    code, name, sub_area
        Of the municipality; the sub-area is empty where none is known.
    inhabitants
        As it reads.
    figures
        The figures at the top.
    parks, balance, reservations, zones, hosted, served
        Tables.
    assumptions
        How many figures rest on what: status to count.
    not_assessed
        How many of its parks lack an answer on the environmental category or the water.
    """

    code: str
    name: str
    sub_area: str
    inhabitants: str
    figures: tuple[Figure, ...]
    parks: Table | None
    balance: Table | None
    reservations: Table | None
    zones: Table | None
    hosted: Table | None
    served: Table | None
    assumptions: Mapping[str, int]
    not_assessed: int


def municipality_view(shelf: Shelf, values: Values, frame: Frame, code: str) -> MunicipalityView | None:
    """Make what the page of a municipality shows; None when there is none with this code for this reader."""
    found = shelf.rows("municipalities", municipality_code=code)
    if not found:
        return None
    own, language = found[0], frame.language
    rows = shelf.rows(PARKS, municipality_code=code)
    area = str(own.get("sub_area") or "")
    return MunicipalityView(
        code,
        str(own.get("name") or code),
        area,
        number(own.get("inhabitants"), 0, language),
        _figures(shelf, frame, code),
        None if rows is None else _parks(shelf, values, frame, rows),
        _balance(shelf, frame, area) if area else None,
        _reservations(shelf, values, frame, code),
        _zones(shelf, values, frame, code),
        _hosted(shelf, values, frame, code),
        _served(shelf, values, frame, code),
        _statuses(shelf.rows("assumptions") or ()),
        sum(_lacks(row) for row in rows or ()),
    )


def _lacks(row: Mapping[str, Any]) -> bool:
    return "not_assessed" in {row.get("heavy"), row.get("connection")}


def _figures(shelf: Shelf, frame: Frame, code: str) -> tuple[Figure, ...]:
    rows = shelf.rows("summary", scope="municipality", area_id=code)
    if not rows:
        return ()
    row, source = rows[0], frame.url("/lagen/summary")
    language, t = frame.language, frame.text

    def certain(name: str) -> str:
        low, more = row.get(f"{name}_certain_ha"), row.get(f"{name}_possible_ha")
        return interval(low, None if low is None or more is None else low + more, "ha", language)

    return (
        Figure(
            t("Bedrijventerreinen", "Business parks"),
            number(row.get("parks"), 0, language),
            interval(row.get("area_ha"), row.get("area_ha"), "ha", language),
            source,
        ),
        Figure(
            t("Ruimte voor een hoge milieucategorie", "Room for a high environmental category"),
            certain("heavy"),
            t("toegestaan en indicatief benutbaar, zeker tot mogelijk",
              "permitted and indicatively usable, certain to possible"),
            source,
        ),
        Figure(
            t("Waarvan aan het water", "Of which at the water"),
            certain("heavy_water"),
            t("zeker tot mogelijk", "certain to possible"),
            source,
        ),
        Figure(
            t("Bevestigde kade", "Confirmed quay"),
            interval(row.get("usable_quay_m"), row.get("usable_quay_m"), "m", language),
            t("door de gemeente bevestigd als bruikbaar", "confirmed as usable by the municipality"),
            source,
        ),
    )  # fmt: skip


def park_address(frame: Frame, row: Mapping[str, Any]) -> str:
    """Give the address of the page of a park."""
    return frame.url(f"/terreinen/{segment(row['park_id'])}")


def fields_of(
    shelf: Shelf, layer: str, wanted: Iterable[str | tuple[str, str] | Field | None]
) -> list[Field]:
    """Make fields out of column names; a pair is an interval, and what the reader may not see is left out."""
    found: list[Field] = []
    for one in wanted:
        if isinstance(one, Field):
            found.append(one)
        elif one is not None:
            names = (one,) if isinstance(one, str) else one
            columns = [shelf.column(layer, name) for name in names]
            seen: list[Column] = [column for column in columns if column is not None]
            if len(seen) == len(names):
                found.append(Field(seen[0], seen[1] if len(seen) > 1 else None))
    return found


def linked(shelf: Shelf, layer: str, column: str, frame: Frame) -> Field | None:
    """Make the field that names a park and leads to its page."""
    known = shelf.column(layer, column)
    return None if known is None else Field(known, href=lambda row: park_address(frame, row))


def labelled(shelf: Shelf, layer: str, column: str, label: str = "", blank: str = "") -> Field | None:
    """Make a field that is called otherwise than its column, or where a missing value means none."""
    known = shelf.column(layer, column)
    return None if known is None else Field(known, label=label, blank=blank)


def _parks(shelf: Shelf, values: Values, frame: Frame, rows: list[dict[str, Any]]) -> Table:
    fields = fields_of(
        shelf, PARKS,
        (
            linked(shelf, PARKS, "name", frame), "area_ha", ("permitted_low", "permitted_high"),
            ("heavy_certain_ha", "heavy_possible_ha"), "heavy", "connection", "usable_quay_m", "grid_status",
        ),
    )  # fmt: skip
    ordered = sorted(rows, key=lambda row: str(row.get("name") or row["park_id"]))
    caption = frame.text("Bedrijventerreinen in deze gemeente", "Business parks in this municipality")
    return make_table("terreinen", caption, fields, ordered, values, key="park_id", layer=PARKS)


def _balance(shelf: Shelf, frame: Frame, area: str) -> Table | None:
    """Make the shortage of the sub-area per year and group, P10 to P90, in the steps in which it is shown."""
    rows = shelf.rows("balance_groups", scope="sub_area", area=area, rule="floor", water="any")
    if not rows:
        return None
    t, language = frame.text, frame.language
    years = sorted({int(row["year"]) for row in rows})
    known = {(row["group"], int(row["year"])): row for row in rows}
    labels = {"total": t("Alle categorieën", "All categories"), "5.1+": t("5.1 en hoger", "5.1 and higher")}

    def cell(group: str, year: int) -> Cell:
        row = known.get((group, year), {})
        low, high = row.get("shown_p10_ha"), row.get("shown_p90_ha")
        missing = low is None or high is None
        # in steps of 5 ha, so without decimals
        ends = [number(value, 0, language) for value in (low, high)]
        text = ends[0] if ends[0] == ends[1] else t(" tot ", " to ").join(ends)
        text = ends[0] if missing else f"{text} ha"
        return Cell(text, "" if missing else repr(float(low or 0)), numeric=True, missing=missing)

    groups = [group for group in GROUPS if any((group, year) in known for year in years)]
    return Table(
        "balans",
        t(f"Tekort aan ruimte in {area}, P10 tot P90 van de doorrekeningen",
          f"Shortage of space in {area}, P10 to P90 of the calculations"),
        (Head(t("Milieucategorie", "Environmental category")),
         *(Head(str(year), numeric=True) for year in years)),
        tuple(
            Row((Cell(labels.get(group, group)), *(cell(group, year) for year in years))) for group in groups
        ),
    )  # fmt: skip


def _reservations(shelf: Shelf, values: Values, frame: Frame, code: str) -> Table | None:
    rows = shelf.rows("reservation_plan", municipality_code=code)
    if rows is None:
        return None
    fields = fields_of(
        shelf, "reservation_plan",
        (
            linked(shelf, "reservation_plan", "park_name", frame), "site_id", "function", "from_year",
            "last_ha", "people", "certain", "locked_in",
        ),
    )  # fmt: skip
    named = name_functions(shelf, frame, rows)
    ordered = sorted(
        named, key=lambda row: (str(row["park_name"]), str(row["site_id"]), str(row["function"]))
    )
    caption = frame.text("Voorgestelde reserveringen", "Proposed reservations")
    return make_table("reserveringen", caption, fields, ordered, values, key="site_id")


def _zones(shelf: Shelf, values: Values, frame: Frame, code: str) -> Table | None:
    rows = shelf.rows("reservation_zones", municipality_code=code)
    if not rows:
        return None
    none = frame.text("geen", "none")
    fields = fields_of(
        shelf, "reservation_zones",
        (
            linked(shelf, "reservation_zones", "park_name", frame), "kind", "area_ha", "label",
            labelled(shelf, "reservation_zones", "functions", blank=none),
            labelled(shelf, "reservation_zones", "from_year", blank=none),
        ),
    )  # fmt: skip
    caption = frame.text("Voorgestelde bescherming per zone", "Proposed protection per zone")
    ordered = sorted(rows, key=lambda row: (str(row["park_name"]), str(row["zone_id"])))
    return make_table("zones", caption, fields, ordered, values, key="zone_id", layer="reservation_zones")


def name_functions(shelf: Shelf, frame: Frame, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the name of a function beside its code, as far as the reader may see the list of functions."""
    listed = shelf.rows("reservation_functions") or ()
    name = "name_en" if frame.language == "en" else "name_nl"
    names = {str(row["function"]): str(row[name]) for row in listed if row.get(name)}
    return [
        {**row, "function": f"{names[str(row['function'])]} ({row['function']})"}
        if str(row["function"]) in names
        else row
        for row in rows
    ]


def _hosted(shelf: Shelf, values: Values, frame: Frame, code: str) -> Table | None:
    rows = shelf.rows("shared_functions", host_code=code)
    if rows is None:
        return None
    name = "name_en" if frame.language == "en" else "name_nl"
    fields = fields_of(
        shelf, "shared_functions",
        (
            labelled(shelf, "shared_functions", name, frame.text("Functie", "Function")),
            labelled(shelf, "shared_functions", "site_name", frame.text("Plek", "Site")),
            "verdict", "existing", "needed_ha", "status",
        ),
    )  # fmt: skip
    caption = frame.text("Hier gevestigd, ook voor anderen", "Located here, for others too")
    return make_table(
        "gastheer", caption, fields, sorted(rows, key=lambda row: str(row["facility_id"])), values
    )


def _served(shelf: Shelf, values: Values, frame: Frame, code: str) -> Table | None:
    rows = shelf.rows("shared_assignments", municipality_code=code)
    if rows is None:
        return None
    names = {
        str(row["function_id"]): str(row["name_en" if frame.language == "en" else "name_nl"])
        for row in shelf.rows("shared_functions") or ()
    }
    named = [{**row, "function_id": names.get(str(row["function_id"]), row["function_id"])} for row in rows]
    fields = fields_of(
        shelf, "shared_assignments",
        (
            "function_id", "host",
            labelled(shelf, "shared_assignments", "site_name", frame.text("Plek", "Site")),
            "inhabitants", "minutes", "served",
        ),
    )  # fmt: skip
    caption = frame.text("Waar inwoners van deze gemeente terechtkunnen", "Where inhabitants can go")
    ordered = sorted(named, key=lambda row: (str(row["function_id"]), str(row.get("facility_id"))))
    return make_table("bediend", caption, fields, ordered, values)


def _statuses(rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts = dict.fromkeys(("sourced", "assumption", "to_verify"), 0)
    for row in rows:
        if row.get("status") in counts:
            counts[str(row["status"])] += 1
    return counts
