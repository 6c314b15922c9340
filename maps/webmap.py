"""The web map: one file with everything in it, drawn by folium and Leaflet without any network."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from importlib.resources import files
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import folium
from branca.element import MacroElement
from folium.template import Template
from jinja2 import Environment, PackageLoader, StrictUndefined

from layers.results import BLOCK_M
from layers.schema import Level
from maps import heading, leaflet, patterns, sub_area_overlay, wording
from maps.payload import WATER_BANDS, payload, themes_shown

if TYPE_CHECKING:
    from branca.element import Element, Figure

    from maps.reading import View

WATER_STYLES: dict[str, dict[str, Any]] = {
    "small": {"color": "#6ba3c4", "weight": 1.5, "dash": None},
    "medium": {"color": "#3f86b5", "weight": 3, "dash": None},
    "large": {"color": "#1f5f94", "weight": 5, "dash": None},
    "unknown": {"color": "#7a8a94", "weight": 1.5, "dash": "3 4"},
}

OVERLAY_STYLES: dict[str, dict[str, Any]] = {
    "quays": {"color": "#0b2f4f", "weight": 5, "fillColor": "#0b2f4f", "fillOpacity": 0.9},
    "zoned-estates": {"color": "#7a2a5e", "weight": 2, "dashArray": "8 4", "fillOpacity": 0},
    "protected-areas": {
        "color": "#2f6b2f",
        "weight": 1.5,
        "dashArray": "2 3",
        "fillColor": "#4d8f4d",
        "fillOpacity": 0.15,
    },
    "housing-effects": {"color": "#8c5a0a", "weight": 2, "fillColor": "#fec44f", "fillOpacity": 0.45},
    "binding-objects": {"color": "#b3261e", "weight": 2, "dashArray": "6 3", "fillOpacity": 0.9},
    "sub-area-balance": {"color": "#7a2f00", "weight": 2.5, "pane": "kring-areas"},
    "atelier": {
        "color": "#1b6e5a",
        "weight": 2,
        "dashArray": "4 4",
        "fillColor": "#1b6e5a",
        "fillOpacity": 0.1,
    },
}

EXPLANATIONS = {
    "heavy": "Is er ruimte waar een hoge milieucategorie mag én volgens de richtafstanden past?",
    "permitted": "Wat het plan of het register toelaat.",
    "usable": "Wat richtafstanden tot gevoelige objecten mogelijk laten. Dat is een aanwijzing, geen norm.",
    "water": "Of schepen het terrein kunnen bereiken, met het bewijs daarvoor in het venster per terrein.",
    "housing": "Hectares hoge categorie die woningbouw wegneemt; openbaar alleen vastgestelde plannen.",
}

BLOCKS = (
    f"De vlakken zijn vergroofd tot blokken van {BLOCK_M:.0f} m, zodat zij niet naar een woning wijzen. "
    "De hectares per terrein zijn wel precies berekend."
)
"""What a reader is told who does not see the exact edges of zones."""

HINTS = {
    "permitted": (
        "Het register kent alleen de hoofdcategorie: 4 kan 4.1 of 4.2 zijn. De ondergrens is dan 4.1 en de "
        "bovengrens 4.2."
    ),
    "usable": (
        "Strenge lezing: een onbekende omgeving telt als rustig en een onbekende woning telt mee. "
        "Ruime lezing: een onbekende omgeving telt als gemengd en een onbekende woning niet mee."
    ),
    "water": "Ruime lezing: water zonder bekende klasse en kaden van onbekende soort tellen ook mee.",
    "housing": "Ondergrens: een onbekende omgeving van een plan telt als gemengd. Bovengrens: als rustig.",
}
"""Per theme with two readings how they differ."""


NOTHING = "'none'"


class _Start(MacroElement):
    """Hands the groups of a folium map to the script in the page that fills them."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "kring.start({{ this._parent.get_name() }}, { "
        "{% for key, group in this.groups %}"
        "{{ key|tojson }}: {{ group }}{{ ', ' if not loop.last }}"
        "{% endfor %}"
        ' }, JSON.parse(document.getElementById("gegevens").textContent), {{ this.styles|tojson }});'
        "{% endmacro %}"
    )

    def __init__(self, groups: list[tuple[str, str]], styles: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.groups = groups
        self.styles = styles


def web_map(view: View) -> bytes:
    """Make the web map of a release for readers of the view's level.

    Parameters
    ----------
    view
        The release as that reader sees it.

    Returns
    -------
    bytes
        One HTML file in UTF-8; the same release gives the same bytes.
    """
    data = payload(view)
    overlays = [(overlay["id"], overlay["title"], overlay["show"]) for overlay in data["overlays"]]
    map_html, start = _folium_parts(_groups(data, overlays), _styles(view))
    scripts = [leaflet.script(), template_text("map.js"), start]
    styles = {"leaflet": leaflet.stylesheet(), "page": template_text("map.css")}
    top = heading.heading(view, "Hoge milieucategorie en water")
    page = _environment().get_template("map.html.j2")
    return page.render(
        csp=content_policy(scripts, list(styles.values())),
        **top,
        description=(
            "Kaart van bedrijventerreinen: toegestane en indicatieve benutbare milieucategorie, "
            "waterontsluiting en gevolgen van woningbouw."
        ),
        styles=styles,
        scripts=scripts,
        map_html=map_html,
        themes=_themes(view),
        reading_themes=" ".join(HINTS),
        groups=_group_entries(data, overlays),
        water=_water_legend(data),
        shortage=_shortage_legend(data),
        has_zones=data["zones"] is not None,
        patterns=_pattern_definitions(view) + (sub_area_overlay.definitions() if _shortage(data) else ""),
        data=_json(data),
    ).encode()


def content_policy(scripts: list[str], styles: list[str]) -> str:
    """Write the content security policy of a page: only its own scripts and styles, by hash, no network."""
    script_hashes = " ".join(_hash(script) for script in scripts)
    style_hashes = " ".join(_hash(style) for style in styles)
    return (
        f"default-src 'none'; script-src {script_hashes or NOTHING}; style-src {style_hashes or NOTHING}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(values: Any) -> str:
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # the data stand in a script element, so nothing in them may look like the end of it
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def template_text(name: str) -> str:
    """Read a style sheet or script of ours."""
    return (files("maps") / "templates" / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("maps", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def _folium_parts(groups: list[tuple[str, bool]], styles: dict[str, Any]) -> tuple[str, str]:
    """Let folium build the map, and give its HTML and its script.

    Its header is left out: that holds ten remote references, and our own page stands in its place.
    """
    numbers = count(1)

    def numbered(element: Element) -> Element:
        # folium gives every element a random id; a number makes two runs equal
        element._id = f"{next(numbers):04d}"  # noqa: SLF001
        return element

    drawn = numbered(
        folium.Map(
            location=(52.1, 5.2), zoom_start=10, tiles=None, zoom_control=False, max_zoom=17, zoom_snap=0.25
        )
    )
    names = []
    for key, shown in groups:
        group = numbered(folium.FeatureGroup(name=key, show=shown))
        drawn.add_child(group)
        names.append((key, group.get_name()))
    drawn.add_child(numbered(_Start(names, styles)))
    figure = cast("Figure", drawn.get_root())
    figure.render()
    return figure.html.render().strip(), figure.script.render()


def _groups(data: dict[str, Any], overlays: list[tuple[str, str, bool]]) -> list[tuple[str, bool]]:
    fixed = [(key, True) for key in ("municipalities", "waterways", "zones", "parks")]
    plots = [("plots", True)] if data["plots"] is not None else []
    return [*fixed, *plots, *((key, show) for key, _, show in overlays)]


def _styles(view: View) -> dict[str, Any]:
    shown = themes_shown(view)
    classes = sorted({theme_classes for _, theme_classes, _ in shown} | {"category"})
    verdicts = {style.code: style for style in view.classes("verdict")}
    return {
        "themes": {theme: theme_classes for theme, theme_classes, _ in shown},
        "lines": {theme: {style.code: style.line for style in view.classes(theme)} for theme in classes},
        "governed": verdicts["governed_by_zone"].line if "governed_by_zone" in verdicts else None,
        "water": WATER_STYLES,
        "overlays": OVERLAY_STYLES,
        "looks": {sub_area_overlay.IDENTIFIER: [sub_area_overlay.THEME, sub_area_overlay.looks()]},
    }


def _themes(view: View) -> list[dict[str, Any]]:
    themes = []
    for theme, theme_classes, title in themes_shown(view):
        entries = [
            {"swatch": patterns.swatch(theme_classes, style), "label": style.label_nl}
            for style in view.classes(theme_classes)
        ]
        extra = []
        if theme == "usable":
            governed = view.class_of("verdict", "governed_by_zone")
            extra.append(
                {"swatch": _line(governed.line, 3, "2 5"), "label": f"stippelrand: {governed.label_nl}"}
            )
        elif theme in HINTS:
            label = "onderbroken rand: de lezingen verschillen"
            extra.append({"swatch": _line("#4b2c70", 2.5, "5 4"), "label": label})
        themes.append(
            {
                "id": theme,
                "title": title,
                "explanation": EXPLANATIONS[theme],
                "note": BLOCKS if theme == "usable" and not view.level.allows(Level.PROVINCE) else "",
                "classes": entries,
                "extra": extra,
                "hint": HINTS.get(theme, ""),
            }
        )
    return themes


def _pattern_definitions(view: View) -> str:
    used = sorted({theme_classes for _, theme_classes, _ in themes_shown(view)} | {"category"})
    return "".join(patterns.definition(theme, style) for theme in used for style in view.classes(theme))


def _group_entries(data: dict[str, Any], overlays: list[tuple[str, str, bool]]) -> list[dict[str, Any]]:
    entries = [
        {"id": "parks", "title": "Bedrijventerreinen", "show": True, "swatch": _line("#3b2354", 1.5, None)}
    ]
    if data["plots"] is not None:
        entries.append(
            {"id": "plots", "title": "Kavels", "show": True, "swatch": _line("#4b2c70", 1.5, None)}
        )
    entries.append(
        {"id": "waterways", "title": "Vaarwegen", "show": True, "swatch": _line("#1f5f94", 3, None)}
    )
    entries.append(
        {"id": "municipalities", "title": "Gemeenten", "show": True, "swatch": _line("#8a8678", 1, None)}
    )
    for key, title, show in overlays:
        style = OVERLAY_STYLES[key]
        swatch = _line(style["color"], style["weight"], style.get("dashArray"))
        entries.append({"id": key, "title": title, "show": show, "swatch": swatch})
    return entries


def _water_legend(data: dict[str, Any]) -> list[dict[str, Any]]:
    if data["waterways"] is None:
        return []
    labels = [(band, label) for band, label, _ in WATER_BANDS]
    if any(item["band"] == "unknown" for item in data["waterways"]["items"]):
        labels.append(("unknown", f"klasse {wording.MISSING}"))
    styles = ((label, WATER_STYLES[band]) for band, label in labels)
    return [
        {"swatch": _line(style["color"], style["weight"], style["dash"]), "label": label}
        for label, style in styles
    ]


def _shortage(data: dict[str, Any]) -> dict[str, Any] | None:
    return next((found for found in data["overlays"] if found["id"] == sub_area_overlay.IDENTIFIER), None)


def _shortage_legend(data: dict[str, Any]) -> dict[str, Any] | None:
    found = _shortage(data)
    if found is None:
        return None
    return {
        "id": found["id"],
        "title": f"Tekort per deelgebied in {found['year']}",
        "note": f"{found['note']} Klik op een deelgebied voor alle jaren en categorieën.",
        "classes": sub_area_overlay.legend(),
    }


def _line(colour: str, weight: float, dash: str | None) -> str:
    dashes = f' stroke-dasharray="{escape(dash, quote=True)}"' if dash else ""
    return (
        '<svg class="swatch" width="30" height="18" aria-hidden="true" focusable="false">'
        f'<path d="M1 9h28" fill="none" stroke="{escape(colour, quote=True)}" stroke-width="{weight}"'
        f"{dashes}/></svg>"
    )
