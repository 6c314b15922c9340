"""The kinds of protection as they leave the house: ids, labels and colours, one place for all files."""

from __future__ import annotations

from typing import Final

from layers.classes import ClassStyle

KIND_STYLES: Final = (
    ClassStyle("keep", "behouden", "keep", "#5d2d86", "#351a55", "solid"),
    ClassStyle("allocate", "toewijzen", "allocate", "#0072b2", "#00405f", "cross"),
    ClassStyle("reserve", "reserveren", "reserve", "#e69f00", "#7a5400", "diagonal"),
    ClassStyle("programme", "programmeren", "programme", "#009e73", "#00543d", "dots"),
    ClassStyle("explore", "verkennen", "explore", "#999999", "#4d4d4d", "horizontal"),
)
"""In the order of legends; colours that people with a colour-vision deficiency can tell apart (Okabe-Ito)."""

KIND_BY_CODE: Final = {style.code: style for style in KIND_STYLES}

GROUP_LABELS: Final = {
    "behouden": "Behouden: de ruimte die er is mag niet verloren gaan",
    "toewijzen": "Toewijzen: de functie kan nu worden toegedeeld",
    "reserveren": "Reserveren: de grond komt later vrij",
    "programmeren": "Programmeren: eerst moet aan een voorwaarde worden voldaan",
    "verkennen": "Verkennen: eerst onderzoek, dan een besluit",
}
"""Id of a GIO-part to its label in the legend of the national viewer."""

STATUS_LABELS: Final = {
    "exploration": "verkenning",
    "candidate": "kandidaat",
    "draft": "ontwerp",
    "adopted": "vastgesteld",
    "in_force": "in werking",
}
"""Status in the procedure."""


def group_of(kind: str) -> str:
    """Give the id of the GIO-part of a kind of protection; ids are letters, digits, ``_`` and ``-`` only."""
    return KIND_BY_CODE[kind].label_nl


def style_of_group(group: str) -> ClassStyle:
    """Give the style of a GIO-part."""
    return next(style for style in KIND_STYLES if style.label_nl == group)
