"""The tables and colours of the usable-category surface: hectares per area, exploration areas, conditions.

An exploration area (verkenningsgebied) is a place where heavy activity could be looked at. It is no decision
and no reservation, and rules that it meets are conditions, not bans.
"""

from __future__ import annotations

from typing import Final

from layers.classes import CLASS_STYLES, ClassStyle
from layers.inputs import HARDNESS
from layers.parameters import CATEGORIES
from layers.restrictions import STATUSES
from layers.results import PLACE_COLUMNS
from layers.schema import Column, Layer, Level

EXCLUSIONS: Final = ("none", "soft", "medium", "unknown", "built_up", "hard", "very_hard", "water")
"""What lies on a cell; the position is the code in the raster of exclusions."""
ROOM_OFFSET: Final = len(CATEGORIES)
"""In the raster of room an excluded cell holds this plus the code of its exclusion."""

EXCLUSION_STYLES: Final = (
    ClassStyle("none", "geen beperking", "no restriction", "#ffffff", "#6b6b6b", "none"),
    ClassStyle("soft", "zachte beperking", "soft restriction", "#e5f5e0", "#41ab5d", "dots"),
    ClassStyle("medium", "gemiddelde beperking", "medium restriction", "#a1d99b", "#238b45", "dots"),
    ClassStyle(
        "unknown",
        "beperking, hardheid onbekend",
        "restriction, hardness unknown",
        "#bdbdbd",
        "#6b6b6b",
        "dots",
    ),
    ClassStyle("built_up", "bebouwd gebied", "built-up area", "#fee391", "#8c6d1f", "diagonal"),
    ClassStyle("hard", "harde beperking", "hard restriction", "#41ab5d", "#00441b", "cross"),
    ClassStyle("very_hard", "zeer harde beperking", "very hard restriction", "#00541b", "#002d0e", "solid"),
    ClassStyle("water", "water", "water", "#6baed6", "#2171b5", "horizontal"),
)
"""Classes of the exclusions, in the order of `EXCLUSIONS`."""

CATEGORY_STYLES: Final = tuple(style for style in CLASS_STYLES["category"] if style.code != "not_assessed")
"""Classes of the usable category, in the order of their rank."""

SCOPES: Final = ("park", "municipality", "sub_area", "total")
READINGS: Final = ("low", "high")
MET: Final = ("yes", "no", "not_assessed")


def _ha(name: str, nl: str, en: str, level: Level = Level.PUBLIC) -> Column:
    return Column(name, "number", nl, en, "ha", minimum=0, decimals=2, level=level)


def _metres(name: str, nl: str, en: str) -> Column:
    return Column(name, "number", nl, en, "m", minimum=0, decimals=0)


REMARK: Final = Column("remark", "text", "Opmerking", "Remark")

_SCOPE_COLUMNS: Final = (
    Column("scope", "code", "Gebiedssoort", "Kind of area", allowed=SCOPES),
    Column("area_id", "text", "Gebied: id", "Area: id"),
    Column("area_name", "text", "Gebied", "Area"),
)

SURFACE_LAYERS: Final = (
    Layer(
        "surface_by_area",
        "Indicatieve benutbare categorie: hectares per gebied",
        "Indicative usable category: hectares per area",
        "table",
        None,
        (
            *_SCOPE_COLUMNS,
            Column("reading", "code", "Lezing", "Reading", allowed=READINGS),
            Column("category", "category", "Indicatieve benutbare categorie", "Indicative usable category"),
            _ha("usable_ha", "Oppervlakte naar richtafstand", "Area by guide distance"),
            _ha("room_ha", "Waarvan niet uitgesloten", "Of which not excluded"),
        ),
        "Gemeten op cellen van 10 m. Niet uitgesloten: geen water, geen bebouwd gebied, geen harde of zeer "
        "harde beperking.",
        "Measured on cells of 10 m. Not excluded: no water, no built-up area, no hard or very hard "
        "restriction.",
        order=("scope", "area_id", "reading", "category"),
        role="result",
    ),
    Layer(
        "exclusions_by_area",
        "Beperkingen: hectares per gebied",
        "Restrictions: hectares per area",
        "table",
        None,
        (
            *_SCOPE_COLUMNS,
            Column("exclusion", "code", "Beperking", "Restriction", allowed=EXCLUSIONS),
            _ha("area_ha", "Oppervlakte", "Area"),
        ),
        "Waar beperkingen samenvallen telt de zwaarste.",
        "Where restrictions coincide the heaviest counts.",
        order=("scope", "area_id", "exclusion"),
        role="result",
    ),
    Layer(
        "exploration_areas",
        "Verkenningsgebieden voor hoge milieucategorie",
        "Exploration areas for high environmental category",
        "polygon",
        "area_id",
        (
            Column("area_id", "text", "Verkenningsgebied", "Exploration area", required=True, filled=True),
            Column("reading", "code", "Lezing", "Reading", allowed=READINGS),
            *PLACE_COLUMNS,
            _ha("area_ha", "Oppervlakte", "Area"),
            Column("category", "category", "Categorie die overal past", "Category that fits everywhere"),
            Column("category_highest", "category", "Hoogste categorie", "Highest category"),
            _ha("highest_ha", "Oppervlakte met de hoogste categorie", "Area with the highest category"),
            Column(
                "near",
                "code",
                "Nabij",
                "Near",
                allowed=("water", "main_road", "water_and_main_road"),
            ),
            Column("waterway_name", "text", "Vaarweg", "Waterway"),
            Column("waterway_cemt", "cemt", "Klasse vaarweg", "Class of waterway"),
            _metres("waterway_m", "Afstand vaarweg", "Distance to waterway"),
            Column("main_road_name", "text", "Hoofdweg", "Main road"),
            _metres("main_road_m", "Afstand hoofdweg", "Distance to main road"),
            Column("park_name", "text", "Dichtstbijzijnd bedrijventerrein", "Nearest business park"),
            _metres("park_m", "Afstand bedrijventerrein", "Distance to business park"),
            Column(
                "grid_status",
                "code",
                "Netcongestie",
                "Grid congestion",
                allowed=("none", "limited", "full", "unknown", "not_assessed"),
            ),
            Column("restrictions", "text", "Beperkingen als voorwaarde", "Restrictions as condition"),
            _ha("restricted_ha", "Waarvan met een voorwaarde", "Of which with a condition"),
            Column("rules", "text", "Regels die gelden", "Rules that apply"),
            _ha(
                "housing_plan_ha",
                "Overlap woningbouwplan",
                "Overlap with housing plan",
                level=Level.PROVINCE,
            ),
            Column("housing_plans", "text", "Woningbouwplannen", "Housing plans", level=Level.PROVINCE),
            REMARK,
        ),
        "Buiten bedrijventerreinen, op cellen van 10 m. Een verkenningsgebied is geen besluit en geen "
        "reservering; regels staan erbij als voorwaarde.",
        "Outside business parks, on cells of 10 m. An exploration area is no decision and no reservation; "
        "rules are listed as conditions.",
        role="result",
    ),
    Layer(
        "exploration_conditions",
        "Voorwaarden bij verkenningsgebieden",
        "Conditions of exploration areas",
        "table",
        None,
        (
            Column("area_id", "text", "Verkenningsgebied", "Exploration area"),
            Column(
                "kind",
                "code",
                "Soort voorwaarde",
                "Kind of condition",
                allowed=("provincial_rule", "protected_area", "noise_zone", "grid_congestion"),
            ),
            Column("condition_id", "text", "Voorwaarde: id", "Condition: id"),
            Column("text_nl", "text", "Voorwaarde", "Condition (Dutch)"),
            Column("text_en", "text", "Voorwaarde (Engels)", "Condition"),
            Column("hardness", "code", "Hardheid", "Hardness", allowed=(*HARDNESS, "unknown")),
            _ha("overlap_ha", "Oppervlakte", "Area concerned"),
            Column("met", "code", "Voldaan", "Met", allowed=MET),
            Column("status", "code", "Status", "Status", allowed=STATUSES),
            Column("source", "text", "Bron", "Source"),
            REMARK,
        ),
        order=("area_id", "kind", "condition_id"),
        role="result",
    ),
)
"""The result tables of the surface."""
