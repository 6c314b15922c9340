"""Under which subject a layer stands in the switches of a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from maps.site.frame import Language

DRAWN_LAST: Final = 1000
"""More than there are layers: the distance between kinds of shapes in the order of drawing."""
AREAS_UP: Final = (
    "municipalities", "grid_congestion", "sub_areas", "shared_service_areas", "municipal_visions",
    "surroundings", "protected_areas", "exploration_areas", "housing_plans", "parks", "zoned_estates",
    "redevelopment_pilots", "park_evidence", "plots", "plot_evidence", "usable_blocks", "usable_zones",
    "housing_effects", "reservations", "reservation_sites", "reservation_zones",
)  # fmt: skip
"""Layers of areas from the lowest up: what is a part of something lies over it, results over their ground."""
OTHER: Final = ("Overige lagen", "Other layers")
SUBJECTS: Final = (
    ("Terreinen en milieucategorie", "Parks and environmental category", (
        "park_evidence", "plot_evidence", "usable_zones", "usable_blocks", "zoned_estates", "parks", "plots",
        "redevelopment_pilots", "businesses",
    )),
    ("Ruimte reserveren", "Reserving land", (
        "reservation_zones", "reservation_sites", "reservations", "exploration_areas", "session_outcomes",
    )),
    ("Regionale functies en hoofdstructuur", "Shared functions and main structure", (
        "shared_functions", "shared_service_areas", "structure_hubs", "structure_links",
        "circular_facilities", "policy_structure",
    )),
    ("Water, wegen en energie", "Water, roads and energy", (
        "waterways", "quays", "roads", "barriers", "grid_congestion",
    )),
    ("Wonen en omgeving", "Housing and surroundings", (
        "binding_objects", "sensitive_objects", "surroundings", "housing_effects", "housing_plans",
        "protected_areas",
    )),
    ("Grenzen en beleid", "Borders and policy", (
        "municipalities", "sub_areas", "municipal_visions", "atelier",
    )),
)  # fmt: skip
"""Subject in Dutch and in English, and its layers."""


def subject_of(layer: str, language: Language) -> str:
    """Name the subject of a layer."""
    for dutch, english, names in SUBJECTS:
        if layer in names:
            return english if language == "en" else dutch
    return OTHER[language == "en"]


def subjects(language: Language) -> tuple[str, ...]:
    """Give all subjects, in the order in which they stand."""
    return tuple(names[language == "en"] for *names, _ in (*SUBJECTS, (*OTHER, ())))
