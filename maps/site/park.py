"""What the page of a park says: its facts, and the reasons behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from maps import wording
from maps.site.municipality import fields_of, labelled, name_functions
from maps.site.tables import Field, Table, make_table
from maps.site.words import quantity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from maps.site.frame import Frame
    from maps.site.shelf import Shelf
    from maps.site.words import Values

PARKS: Final = "park_evidence"
ROOM: Final = (
    ("permitted_low", "permitted_high"), "permitted_source",
    ("permitted_hmc_certain_ha", "permitted_hmc_possible_ha"),
    ("usable_hmc_certain_ha", "usable_hmc_possible_ha"), "usable_basis", "heavy",
    ("heavy_certain_ha", "heavy_possible_ha"), "heavy_governed_ha", ("in_use_low", "in_use_high"),
    ("underuse_certain_ha", "underuse_possible_ha"),
)  # fmt: skip
WATER: Final = (
    "connection", "connection_possible", "connection_cemt", "nearest_waterway_name", "nearest_waterway_m",
    "shore_m", "quay_m", "usable_quay_m", "shore_rejected_m", "rejected_by", "water_claim", "quay_confirmed",
)  # fmt: skip
LAND: Final = (
    "municipality_name", "sub_area", "area_ha", "gross_ha", "net_ha", "issuable_ha", "plots", "year",
    "housing_hard_plans", ("housing_hard_lost_low_ha", "housing_hard_lost_high_ha"), "housing_plans",
    ("housing_lost_low_ha", "housing_lost_high_ha"), "protected_ha", "protected_names",
    "grid_status", "remark",
)  # fmt: skip
NONE_WHEN: Final = {"rejected_by": "shore_rejected_m", "protected_names": "protected_ha"}
"""Column that says nothing because there is nothing, to the measure that is zero then."""
NOTHING: Final = ("geen", "none")
METRES: Final = frozenset({"shore", "quay_object"})
"""Kinds of evidence of which the value is a length."""
Fact = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts under one heading: label, value as it reads, and whether it was not assessed."""

    heading: str
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class ParkView:
    """What the page of a park shows; a table is None where the reader has nothing of it.

    Attributes
    ----------
    park_id, name, municipality, municipality_code
        Of the park.
    facts
        By subject.
    reasons
        Sentences that say why, in the language of the page.
    evidence, plots, zones, reservations
        Tables.
    quays
        Ids of quays of the park, where the reader may know them.
    """

    park_id: str
    name: str
    municipality: str
    municipality_code: str
    facts: tuple[Facts, ...]
    reasons: tuple[str, ...]
    evidence: Table | None
    plots: Table | None
    zones: Table | None
    reservations: Table | None


def park_view(shelf: Shelf, values: Values, frame: Frame, park_id: str) -> ParkView | None:
    """Make what the page of a park shows; None when there is none with this id for this reader."""
    found = shelf.rows(PARKS, park_id=park_id)
    if not found:
        return None
    row, t = found[0], frame.text
    return ParkView(
        park_id,
        str(row.get("name") or park_id),
        str(row.get("municipality_name") or ""),
        str(row.get("municipality_code") or ""),
        (
            _facts(shelf, values, t("Milieucategorie", "Environmental category"), ROOM, row),
            _facts(shelf, values, t("Water", "Water"), WATER, row),
            _facts(shelf, values, t("Grond", "Land"), LAND, row),
        ),
        reasons(row, frame),
        _evidence(shelf, values, frame, park_id),
        _plots(shelf, values, frame, park_id),
        _zones(shelf, values, frame, park_id),
        _reservations(shelf, values, frame, park_id),
    )


def reasons(row: Mapping[str, Any], frame: Frame) -> tuple[str, ...]:
    """Say why the park carries what it carries, and reaches what it reaches."""
    found = [_binding(row, frame), _governed(row, frame), _water(row, frame)]
    return tuple(text for text in found if text)


def _binding(row: Mapping[str, Any], frame: Frame) -> str:
    """Name the object that decides by its kind and distance, never by its place."""
    kind, distance, required = (row.get(f"binding_{name}") for name in ("kind", "distance_m", "required_m"))
    if row.get("heavy") == "not_assessed":
        return frame.text(
            "Of hier ruimte is voor een hoge categorie is niet beoordeeld: een gegeven daarvoor ontbreekt.",
            "Whether there is room for a high category was not assessed: data that this needs is missing.",
        )
    if kind is None or distance is None or required is None:
        return ""
    names = wording.codes_in(kind) if frame.language == "nl" else str(kind).replace("_", " ")
    close, asked = round(float(distance) / 5) * 5, round(float(required))
    if close == 0:
        return frame.text(
            f"Een gevoelig object dat meetelt ({names}) ligt op het terrein zelf of aan de rand. Voor de "
            f"hoogste toegestane categorie geldt een richtafstand van {asked} m (VNG 2009), dus een deel "
            "is niet benutbaar.",
            f"A sensitive object that counts ({names}) lies in the park itself or at its edge. For the "
            f"highest permitted category the guide distance is {asked} m (VNG 2009), so part of it cannot be "
            "used.",
        )
    if float(distance) < float(required):
        return frame.text(
            f"Het dichtstbijzijnde gevoelige object dat meetelt ({names}) ligt op ongeveer {close} m. Voor "
            f"de hoogste toegestane categorie geldt een richtafstand van {asked} m (VNG 2009), dus een deel "
            "is niet benutbaar.",
            f"The nearest sensitive object that counts ({names}) lies at about {close} m. For the highest "
            f"permitted category the guide distance is {asked} m (VNG 2009), so part of it cannot be used.",
        )
    return frame.text(
        f"Het dichtstbijzijnde gevoelige object dat meetelt ({names}) ligt op ongeveer {close} m, verder "
        f"dan de richtafstand van {asked} m (VNG 2009) voor de hoogste toegestane categorie.",
        f"The nearest sensitive object that counts ({names}) lies at about {close} m, further than the "
        f"guide distance of {asked} m (VNG 2009) for the highest permitted category.",
    )


def _governed(row: Mapping[str, Any], frame: Frame) -> str:
    if row.get("usable_basis") not in {"governed_by_zone", "partly_governed_by_zone"}:
        return ""
    return frame.text(
        "Het terrein ligt (deels) in een geluidzone. Daar bepaalt het geluidbudget van de zone wat kan; een "
        "richtafstand zegt dan niets over geluid.",
        "The park lies (partly) in a noise zone. There the noise budget of the zone decides; a guide "
        "distance says nothing about noise then.",
    )


def _water(row: Mapping[str, Any], frame: Frame) -> str:
    name, connection = row.get("nearest_waterway_name"), row.get("connection")
    rejected = row.get("shore_rejected_m")
    if connection == "not_assessed":
        return frame.text(
            "De ligging aan water is niet beoordeeld.", "The connection to water was not assessed."
        )
    if rejected and connection == "none" and name:
        by = row.get("rejected_by")
        what = wording.codes_in(by) if frame.language == "nl" else str(by).replace("_", " ")
        return frame.text(
            f"Het terrein ligt bij {name}, maar wordt daarvan afgesneden door: {what}.",
            f"The park lies near {name}, but is cut off from it by: {what}.",
        )
    return ""


def _facts(
    shelf: Shelf,
    values: Values,
    heading: str,
    wanted: Sequence[str | tuple[str, str]],
    row: Mapping[str, Any],
) -> Facts:
    said: list[Fact] = []
    for field in fields_of(shelf, PARKS, wanted):
        cell = field.cell(values, row)
        if cell.missing and field.column.name in NONE_WHEN and row.get(NONE_WHEN[field.column.name]) == 0:
            said.append((field.head(values).text, NOTHING[values.english], False))
        else:
            said.append((field.head(values).text, cell.text, cell.missing))
    return Facts(heading, tuple(said))


def _evidence(shelf: Shelf, values: Values, frame: Frame, park_id: str) -> Table | None:
    rows = shelf.rows("water_evidence", subject="park", subject_id=park_id)
    if not rows:
        return None
    fields = fields_of(shelf, "water_evidence", ("rung", "value", "source"))
    caption = frame.text("Bewijs voor de ligging aan water", "Evidence for the connection to water")
    named = [
        {**row, "value": _proof(row, frame), "source": _source(shelf, frame, row.get("source"))}
        for row in rows
    ]
    return make_table("bewijs", caption, fields, named, values)


def _source(shelf: Shelf, frame: Frame, source: Any) -> Any:
    """Name the layer that evidence comes from."""
    layer = shelf.layers.get(str(source))
    if layer is None:
        return source
    return layer.label_en if frame.language == "en" else layer.label_nl


def _proof(row: Mapping[str, Any], frame: Frame) -> Any:
    value = row.get("value")
    if value is None:
        return None
    if row.get("rung") in METRES:
        try:
            return quantity(float(value), "m", frame.language)
        except ValueError:
            # a text stays what it says
            return value
    return wording.code(value) if frame.language == "nl" else str(value).replace("_", " ")


def _plots(shelf: Shelf, values: Values, frame: Frame, park_id: str) -> Table | None:
    rows = shelf.rows("plot_evidence", park_id=park_id)
    if not rows:
        return None
    fields = fields_of(
        shelf, "plot_evidence",
        ("plot_id", "area_ha", "status", ("permitted_low", "permitted_high"), ("usable_low", "usable_high"),
         "connection", "shore_m"),
    )  # fmt: skip
    caption = frame.text("Kavels", "Plots")
    return make_table("kavels", caption, fields, rows, values, key="plot_id", layer="plot_evidence")


def _zones(shelf: Shelf, values: Values, frame: Frame, park_id: str) -> Table | None:
    rows = shelf.rows("site_protection", park_id=park_id)
    if rows is None:
        return None
    none = frame.text("geen", "none")
    fields = fields_of(
        shelf, "site_protection",
        ("site_id", "kind", "label", "why_nl", labelled(shelf, "site_protection", "function", blank=none),
         labelled(shelf, "site_protection", "from_year", blank=none)),
    )  # fmt: skip
    caption = frame.text(
        "Voorgestelde bescherming per locatie, en waarom", "Proposed protection per site, and why"
    )
    return make_table("bescherming", caption, fields, name_functions(shelf, frame, rows), values)


def _reservations(shelf: Shelf, values: Values, frame: Frame, park_id: str) -> Table | None:
    rows = shelf.rows("reservation_plan", park_id=park_id)
    if rows is None:
        return None
    fields: list[Field] = fields_of(
        shelf, "reservation_plan",
        ("function", "site_id", "from_year", "last_ha", "suitability", "people", "conflict", "certain",
         "locked_in"),
    )  # fmt: skip
    caption = frame.text("Wat het plan hier reserveert", "What the plan reserves here")
    return make_table("reserveringen", caption, fields, name_functions(shelf, frame, rows), values)
