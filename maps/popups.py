"""Which evidence a popup shows, in which order, as labels and texts that are ready to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maps import wording

if TYPE_CHECKING:
    from layers.schema import Column
    from maps.reading import View

Sections = tuple[tuple[str, tuple[str, ...]], ...]
"""Sections of a popup: title and columns, two names together for the ends of an interval."""

PARK: Sections = (
    ("Milieucategorie", (
        "heavy", "permitted_low permitted_high", "permitted_source", "usable_basis",
        "permitted_hmc_certain_ha permitted_hmc_possible_ha", "usable_hmc_certain_ha usable_hmc_possible_ha",
        "usable_hmc_outside_certain_ha usable_hmc_outside_possible_ha", "heavy_certain_ha heavy_possible_ha",
        "heavy_governed_ha", "in_use_low in_use_high", "underuse_certain_ha underuse_possible_ha",
        "in_use_unknown_ha",
    )),
    ("Gevoelige objecten", (
        "objects_in_distance_low objects_in_distance_high", "objects_inside", "binding_kind",
        "binding_distance_m", "binding_required_m", "binding_margin_m",
    )),
    ("Water", (
        "connection connection_possible", "connection_cemt", "nearest_waterway_name", "nearest_waterway_cemt",
        "nearest_waterway_m", "shore_m", "quay_m", "usable_quay_m", "shore_across_road_m", "shore_rejected_m",
        "rejected_by", "water_claim", "water_designation", "quay_confirmed", "water_in_use",
    )),
    ("Woningbouw en omgeving", (
        "housing_hard_plans", "housing_hard_lost_low_ha housing_hard_lost_high_ha", "housing_plans",
        "housing_lost_low_ha housing_lost_high_ha", "protected_ha", "protected_names", "grid_status",
    )),
    ("Terrein", (
        "park_id", "sub_area", "year", "area_ha", "gross_ha", "net_ha", "issuable_ha", "plots", "remark",
    )),
)  # fmt: skip
PLOT: Sections = (
    ("Milieucategorie", (
        "heavy", "permitted_low permitted_high", "permitted_source", "usable_low usable_high",
        "usable_outside_low usable_outside_high", "usable_basis", "in_use_low in_use_high",
        "underuse_certain_ha underuse_possible_ha",
    )),
    ("Gevoelige objecten", PARK[1][1]),
    ("Water", PARK[2][1]),
    ("Kavel", ("plot_id", "status", "area_ha", "remark")),
)  # fmt: skip

ZONE: Sections = (("Zone", ("category", "governed_by_zone", "area_ha", "reading", "objects")),)

PLAN: Sections = (
    ("Woningbouwplan", (
        "plan_id", "dwellings", "phase", "year", "lost_alone_low_ha lost_alone_high_ha",
        "lost_extra_low_ha lost_extra_high_ha", "parks_affected", "hindered_low_ha hindered_high_ha",
        "remark",
    )),
)  # fmt: skip

BINDING: Sections = (
    ("Bindend object", (
        "subject", "subject_id", "object_id", "kind", "inside_park", "distance_m", "required_m", "margin_m",
    )),
)  # fmt: skip

SILENT = frozenset({"remark", "rejected_by", "protected_names", "sub_area", "parks_affected"})
"""Texts that are left out when they are missing, because there is nothing to assess about them."""

CODED_TEXTS = frozenset({"binding_kind", "kind", "status", "phase", "rejected_by"})
"""Columns declared as text that hold codes of ours."""


@dataclass(frozen=True)
class Fields:
    """The rows of a kind of popup: for each its section, its label and its columns."""

    sections: tuple[str, ...]
    rows: tuple[tuple[int, str, tuple[Column, ...]], ...]


def fields(view: View, layer: str, sections: Sections) -> Fields:
    """Choose the rows that this release has and this level may see."""
    visible = view.columns(layer)
    rows: list[tuple[int, str, tuple[Column, ...]]] = []
    for section, (_, entries) in enumerate(sections):
        for entry in entries:
            columns = tuple(visible[name] for name in entry.split() if name in visible)
            if columns:
                label = columns[0].label_nl
                rows.append((section, wording.without_side(label) if len(columns) > 1 else label, columns))
    return Fields(tuple(title for title, _ in sections), tuple(rows))


def texts(view: View, chosen: Fields, row: dict[str, Any]) -> list[str | None]:
    """Write the values of one feature, in the order of the rows; None leaves a row out."""
    return [_text(view, columns, row) for _, _, columns in chosen.rows]


def _text(view: View, columns: tuple[Column, ...], row: dict[str, Any]) -> str | None:
    first = columns[0]
    value = row[first.name]
    if first.name in SILENT and wording.missing(value):
        return None
    if len(columns) > 1:
        return view.show_interval(first, columns[1], row)
    if first.name in CODED_TEXTS:
        return wording.codes_in(value)
    return view.show(first, value)
