"""The layer catalogue of a release: what a reader must know to show it, written down beside the data.

A release describes itself. Whoever draws or serves one reads labels, units, class order and confidentiality
from this catalogue and never from the code that happens to be installed.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from layers.classes import CLASS_STYLES, ClassStyle
from layers.inputs import INPUT_LAYERS
from layers.results import RESULT_LAYERS
from layers.results_balance import BALANCE_LAYERS
from layers.results_conflicts import CONFLICT_LAYERS
from layers.results_corrections import CORRECTION_LAYERS, CORRECTIONS
from layers.results_demand import DEMAND_LAYERS
from layers.results_plan import PLAN_LAYERS
from layers.results_protection import PROTECTION_LAYERS
from layers.results_reservation import RESERVATION_LAYERS
from layers.results_robust import ROBUST_LAYERS
from layers.results_sharing import SHARING_LAYERS
from layers.results_structure import STRUCTURE_LAYERS
from layers.results_surface import EXCLUSION_STYLES, SURFACE_LAYERS
from layers.schema import Column, Layer, Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ALL_LAYERS: tuple[Layer, ...] = (
    *RESULT_LAYERS,
    *DEMAND_LAYERS,
    *BALANCE_LAYERS,
    *SURFACE_LAYERS,
    *PLAN_LAYERS,
    *RESERVATION_LAYERS,
    *CONFLICT_LAYERS,
    *PROTECTION_LAYERS,
    *ROBUST_LAYERS,
    *SHARING_LAYERS,
    *STRUCTURE_LAYERS,
    *CORRECTION_LAYERS,
    *INPUT_LAYERS,
)
"""Every layer that a release can hold, in the order in which catalogues list them: results first."""
ALL_CLASSES = {**CLASS_STYLES, "exclusion": EXCLUSION_STYLES}

_STRUCTURE = (
    "structure_hubs",
    "structure_links",
    "structure_flows",
    "structure_chains",
    "structure_levels",
)
_SITES = (
    "reservation_sites",
    "reservation_candidates",
    "site_suitability",
    "reservation_plan",
    "site_protection",
    "reservation_zones",
)
SHOWN_BY = {
    "parks": (
        "park_evidence",
        "usable_zones",
        "usable_blocks",
        "water_by_class",
        "water_evidence",
        *_SITES,
        *_STRUCTURE,
        "redevelopment_pilots",
        "pilot_criteria",
        "pilot_lookalikes",
        CORRECTIONS,
    ),
    "plots": ("plot_evidence", "water_by_class", "water_evidence", *_SITES, CORRECTIONS),
    "quays": (CORRECTIONS,),
    "housing_plans": ("housing_effects", "housing_rights", "plan_conflicts", "reservation_conflicts"),
    "circular_facilities": (*_STRUCTURE, "existing_facilities", "function_presence"),
    "policy_structure": ("structure_levels",),
    "municipal_visions": ("structure_levels",),
}
"""Input layer to the results whose rows are its objects."""


def layers_of(names: Iterable[str]) -> tuple[Layer, ...]:
    """Give the descriptions of the named layers, in catalogue order.

    Raises
    ------
    ValueError
        For a name that no description has.
    """
    wanted = set(names)
    unknown = wanted - {layer.name for layer in ALL_LAYERS}
    if unknown:
        raise ValueError(f"no description of layer {', '.join(sorted(unknown))}")
    return tuple(layer for layer in ALL_LAYERS if layer.name in wanted)


def with_levels(layers: Iterable[Layer], levels: Mapping[str, Level]) -> tuple[Layer, ...]:
    """Raise the levels of layers to what a project states, and of the results that show the same objects.

    Parameters
    ----------
    layers
        Descriptions with their usual levels.
    levels
        Layer name to the level that the project gives it; a less strict one than usual changes nothing.

    Returns
    -------
    tuple of Layer
        The same layers in the same order.
    """
    wanted = dict(levels)
    for source, results in SHOWN_BY.items():
        for result in results if source in levels else ():
            wanted[result] = _stricter(levels[source], wanted.get(result, Level.PUBLIC))
    return tuple(
        replace(layer, level=_stricter(layer.level, wanted.get(layer.name, Level.PUBLIC))) for layer in layers
    )


def to_catalogue(layers: Iterable[Layer]) -> dict[str, Any]:
    """Describe layers and classes as plain values for JSON."""
    return {
        "crs": "EPSG:28992",
        "layers": [_layer_out(layer) for layer in layers],
        "classes": {theme: [asdict(style) for style in styles] for theme, styles in ALL_CLASSES.items()},
        "levels": [level.value for level in Level],
    }


def layers_from(catalogue: Mapping[str, Any]) -> dict[str, Layer]:
    """Read the layers back from a catalogue, by name, in catalogue order."""
    return {item["name"]: _layer_in(item) for item in catalogue["layers"]}


def classes_from(catalogue: Mapping[str, Any]) -> dict[str, tuple[ClassStyle, ...]]:
    """Read the classes of every theme back from a catalogue, in legend order."""
    return {
        theme: tuple(ClassStyle(**style) for style in styles)
        for theme, styles in catalogue["classes"].items()
    }


def strictest_level(layer: Layer) -> Level:
    """Give the level that a reader needs to see all of a layer, its most confidential column included."""
    order = list(Level)
    return max((layer.level, *(column.level for column in layer.columns)), key=order.index)


def _stricter(one: Level, other: Level) -> Level:
    return one if one.allows(other) else other


def _layer_out(layer: Layer) -> dict[str, Any]:
    values = asdict(layer)
    del values["by_name"]
    return values


def _layer_in(item: Mapping[str, Any]) -> Layer:
    columns = tuple(
        Column(**{**column, "allowed": tuple(column["allowed"]), "level": Level(column["level"])})
        for column in item["columns"]
    )
    return Layer(**{**item, "columns": columns, "level": Level(item["level"]), "order": tuple(item["order"])})
