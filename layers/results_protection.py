"""The tables of protection: a kind per site, and the zones within a park that may leave the house.

Sites are working material (level province). Zones are meant for visions, ordinances and municipalities once
the procedure is at a draft or later; until then they are level province too.
"""

from __future__ import annotations

from layers.results_robust import FUNCTION, LABELS, PARK, SITE, STATUSES, code, count, ha, text
from layers.schema import Column, Layer, Level

KINDS = ("keep", "allocate", "reserve", "programme", "explore")
YES_NO = ("yes", "no", "unknown")

PROTECTION_LAYERS: tuple[Layer, ...] = (
    Layer(
        "site_protection",
        "Beschermingsvorm per locatie (werkmateriaal)",
        "Kind of protection per site (working material)",
        "table",
        "site_id",
        (
            SITE,
            code("chosen", "In het plan", "In the plan", YES_NO),
            code("scarce", "Zware of natte grond", "Heavy or wet land", YES_NO),
            code("occupied", "Bezet", "Occupied", YES_NO),
            code("circular", "Circulair bedrijf aanwezig", "Circular firm present", YES_NO),
            code("in_use", "Gebruik", "In use by", ("heavy", "light", "unknown")),
            code("water_use", "Gebruikt het water", "Uses the water", YES_NO),
            code("certain", "Geschiktheid staat vast", "Eligibility is certain", YES_NO),
            code("starts", "Begint", "Starts", ("first", "later", "unknown")),
            code("grid", "Stroomnet", "Grid", ("full", "free")),
            text("plan", "Planstatus", "Plan status"),
            code("label", "Oordeel", "Label", LABELS),
            code("kind", "Beschermingsvorm", "Kind of protection", KINDS),
            text("rule_id", "Regel", "Rule"),
            text("why_nl", "Waarom", "Why"),
            FUNCTION,
            Column("from_year", "year", "Vanaf", "From"),
            PARK,
            text("park_name", "Bedrijventerrein", "Business park"),
            text("municipality_code", "Gemeentecode", "Municipality code"),
            text("sub_area", "Deelgebied", "Sub-area"),
            ha("area_ha", "Oppervlakte", "Area"),
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "reservation_zones",
        "Voorgestelde zones binnen bedrijventerreinen",
        "Proposed zones within business parks",
        "polygon",
        "zone_id",
        (
            Column("zone_id", "text", "Zone", "Zone", required=True, filled=True),
            PARK,
            text("park_name", "Bedrijventerrein", "Business park"),
            text("municipality_code", "Gemeentecode", "Municipality code"),
            text("sub_area", "Deelgebied", "Sub-area"),
            code("kind", "Beschermingsvorm", "Kind of protection", KINDS),
            code("label", "Oordeel (meeste hectares)", "Label (most hectares)", LABELS),
            count("sites", "Locaties", "Sites"),
            ha("area_ha", "Oppervlakte", "Area"),
            ha("chosen_ha", "Waarvan in het plan", "Of which in the plan"),
            ha("heavy_ha", "Zware grond", "Heavy land"),
            ha("wet_ha", "Natte grond", "Wet land"),
            ha("grid_ha", "Stroomnet nog vol", "Grid still full"),
            ha("category_unknown_ha", "Categorie niet beoordeeld", "Category not assessed"),
            ha("category_light_ha", "Categorie tot en met 3.2", "Category up to 3.2"),
            ha("category_4_1_ha", "Categorie 4.1", "Category 4.1"),
            ha("category_4_2_ha", "Categorie 4.2", "Category 4.2"),
            ha("category_5_up_ha", "Categorie 5.1 en hoger", "Category 5.1 and higher"),
            ha("at_water_ha", "Aan water", "At water"),
            ha("near_water_ha", "Nabij water", "Near water"),
            ha("dry_ha", "Droog", "Dry"),
            ha("water_unknown_ha", "Water niet beoordeeld", "Water not assessed"),
            *(ha(f"{label}_ha", f"Oordeel: {label}", f"Label: {label}") for label in LABELS),
            text("functions", "Functies (motivering)", "Functions (motivation)"),
            Column("from_year", "year", "Vanaf", "From"),
            text("shares_ground_with", "Deelt grond met", "Shares ground with"),
            text("reasons", "Regels", "Rules"),
        ),
        description_nl=(
            "Alle grond van een terrein met dezelfde beschermingsvorm. Onderbouwd voorstel, geen besluit."
        ),
        description_en=(
            "All land of a park with the same kind of protection. A reasoned proposal, no decision."
        ),
        level=Level.MUNICIPALITY,
        role="result",
    ),
    Layer(
        "zone_instruments",
        "Passende instrumenten per zone",
        "Fitting instruments per zone",
        "table",
        None,
        (
            text("zone_id", "Zone", "Zone"),
            code("kind", "Beschermingsvorm", "Kind of protection", KINDS),
            text("instrument_id", "Bouwsteen", "Building block"),
            text("name_nl", "Instrument", "Instrument"),
            code("who", "Wie het kan vaststellen", "Who can adopt it", ("municipality", "province")),
            code("status", "Status", "Status", STATUSES),
            text("source", "Bron", "Source"),
        ),
        level=Level.MUNICIPALITY,
        order=("zone_id", "instrument_id"),
        role="result",
    ),
)
