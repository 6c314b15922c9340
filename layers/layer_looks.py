"""How a layer looks that is not divided into classes: one place for map, legend and QGIS.

Every kind of subject has a hue, and areas that may lie over each other differ in pattern as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from layers.classes import ClassStyle

if TYPE_CHECKING:
    from layers.classes import Pattern
    from layers.schema import Layer

PLAIN: Final[tuple[str, str, Pattern]] = ("#efece2", "#6b6b6b", "none")
LOOKS: Final[dict[str, tuple[str, str, Pattern]]] = {
    "parks": ("#e4d8ef", "#5d2d86", "none"),
    "plots": ("#f2ecf8", "#6b4c8f", "none"),
    "zoned_estates": ("#f3dff0", "#7a2a5e", "cross"),
    "redevelopment_pilots": ("#f1d0c5", "#a8431d", "cross"),
    "businesses": ("#e8dcf3", "#6b4c8f", "none"),
    "exploration_areas": ("#dfe9c9", "#55711f", "dots"),
    "reservation_sites": ("#f3e3c2", "#7a5400", "dots"),
    "reservations": ("#f5d9a8", "#7a5400", "diagonal"),
    "session_outcomes": ("#e6e0f0", "#4b2a87", "dots"),
    "shared_functions": ("#9cc7e0", "#005a8c", "none"),
    "shared_service_areas": ("#cfe4f1", "#00405f", "none"),
    "structure_hubs": ("#e3bfd8", "#7a2a5e", "none"),
    "structure_links": ("#e3bfd8", "#7a2a5e", "none"),
    "circular_facilities": ("#a6d5c6", "#1b6e5a", "none"),
    "policy_structure": ("#d6e4ee", "#1f5f94", "horizontal"),
    "waterways": ("#a9cbe4", "#2a6ea6", "none"),
    "quays": ("#9db8cf", "#0b2f4f", "none"),
    "roads": ("#d8d2ca", "#857c72", "none"),
    "barriers": ("#e5cfc0", "#7a3d14", "none"),
    "grid_congestion": ("#fbe3d6", "#a8431d", "horizontal"),
    "binding_objects": ("#f4cfcb", "#b3261e", "none"),
    "sensitive_objects": ("#f4cfcb", "#b3261e", "none"),
    "surroundings": ("#f6ecd2", "#8a6d1f", "dots"),
    "housing_plans": ("#fee8b6", "#8c5a0a", "diagonal"),
    "protected_areas": ("#d9ead3", "#2f6b2f", "diagonal"),
    "sub_areas": ("#e8eef2", "#33505f", "none"),
    "municipal_visions": ("#efe6da", "#6b4a1f", "dots"),
    "atelier": ("#d8ece6", "#1b6e5a", "cross"),
}
"""Layer to the colour of its areas, of its lines and points, and the pattern of its areas."""


def look_of(layer: Layer, shape: str) -> ClassStyle:
    """Give the look of a whole layer.

    Parameters
    ----------
    layer
        Its description.
    shape
        What it holds: ``polygon``, ``line`` or ``point``; lines and points have one colour.
    """
    fill, line, pattern = LOOKS.get(layer.name, PLAIN)
    if shape in {"line", "point"}:
        return ClassStyle(layer.name, layer.label_nl, layer.label_en, line, line, "none")
    return ClassStyle(layer.name, layer.label_nl, layer.label_en, fill, line, pattern)
