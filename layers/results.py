"""The tables that the main job makes: evidence per park and plot, zones, water, housing and quality.

Categories are written as labels (``"4.1"``); ``"0"`` means that not even category 1 fits and a missing value
means not assessed. Every interval has a ``_low`` and a ``_high`` column: low is the strict reading (unknown
surroundings are quiet, unknown homes count), high the wide one.
"""

from __future__ import annotations

from layers.schema import Column, Layer, Level

VERDICTS = ("certain", "possible", "no", "not_assessed")
BASES = ("guide_distance", "governed_by_zone", "partly_governed_by_zone", "not_assessed")
CONNECTIONS = ("own_quay", "public_quay", "adjacent", "near", "none", "not_assessed")
BLOCK_M = 100.0
"""Side of the blocks in which zones go out, metres; their grid starts at 0, 0 of EPSG:28992 and so depends on
no home."""
YES_NO = ("yes", "no", "not_assessed")


def _ha(name: str, nl: str, en: str, level: Level = Level.PUBLIC) -> Column:
    return Column(name, "number", nl, en, "ha", minimum=0, decimals=3, level=level)


def _metres(name: str, nl: str, en: str, *, signed: bool = False, decimals: int = 1) -> Column:
    return Column(name, "number", nl, en, "m", minimum=None if signed else 0, decimals=decimals)


CATEGORY_COLUMNS = (
    Column("permitted_low", "category", "Toegestaan (ondergrens)", "Permitted (low)"),
    Column("permitted_high", "category", "Toegestaan (bovengrens)", "Permitted (high)"),
    Column(
        "permitted_source",
        "code",
        "Bron toegestaan",
        "Source of permitted",
        allowed=("plan", "registry", "not_assessed"),
    ),
    Column(
        "permitted_hmc", "code", "Toegestaan: hoge categorie", "Permitted: high category", allowed=VERDICTS
    ),
)

USABLE_COLUMNS = (
    Column("usable_low", "category", "Indicatief benutbaar (ondergrens)", "Indicative usable (low)"),
    Column("usable_high", "category", "Indicatief benutbaar (bovengrens)", "Indicative usable (high)"),
    Column(
        "usable_outside_low",
        "category",
        "Benutbaar zonder objecten op het terrein (ondergrens)",
        "Usable without objects inside the park (low)",
    ),
    Column(
        "usable_outside_high",
        "category",
        "Benutbaar zonder objecten op het terrein (bovengrens)",
        "Usable without objects inside the park (high)",
    ),
    Column("usable_basis", "code", "Grondslag benutbaar", "Basis of usable", allowed=BASES),
    Column(
        "usable_hmc",
        "code",
        "Benutbaar: hoge categorie",
        "Usable: high category",
        allowed=("certain", "possible", "no", "governed_by_zone", "not_assessed"),
    ),
    Column(
        "heavy",
        "code",
        "Toegestaan en benutbaar voor hoge categorie",
        "Permitted and usable for high category",
        allowed=("certain", "possible", "no", "governed_by_zone", "not_assessed"),
    ),
)

BINDING_COLUMNS = (
    Column("binding_kind", "text", "Bindend object: soort", "Binding object: kind"),
    _metres("binding_distance_m", "Afstand bindend object", "Distance to binding object"),
    _metres("binding_required_m", "Vereiste afstand", "Required distance"),
    _metres("binding_margin_m", "Marge (op 5 m)", "Margin (to 5 m)", signed=True),
    Column(
        "objects_in_distance_low",
        "number",
        "Gevoelige objecten binnen afstand (laag)",
        "Sensitive objects within distance (low)",
        "objects",
        minimum=0,
        decimals=0,
    ),
    Column(
        "objects_in_distance_high",
        "number",
        "Gevoelige objecten binnen afstand (hoog)",
        "Sensitive objects within distance (high)",
        "objects",
        minimum=0,
        decimals=0,
    ),
)

IN_USE_COLUMNS = (
    Column("in_use_low", "category", "In gebruik (ondergrens)", "In use (low)"),
    Column("in_use_high", "category", "In gebruik (bovengrens)", "In use (high)"),
    _ha("underuse_certain_ha", "Onderbenut, zeker", "Under-used, certain"),
    _ha("underuse_possible_ha", "Onderbenut, mogelijk", "Under-used, possible"),
    _ha("in_use_unknown_ha", "Gebruik niet beoordeeld", "Use not assessed"),
)

WATER_COLUMNS = (
    Column("connection", "code", "Waterontsluiting", "Water connection", allowed=CONNECTIONS),
    Column(
        "connection_possible",
        "code",
        "Waterontsluiting, gunstigste lezing",
        "Water connection, widest reading",
        allowed=CONNECTIONS,
    ),
    Column("connection_cemt", "cemt", "CEMT-klasse van de ontsluiting", "CEMT class of the connection"),
    Column("nearest_waterway_id", "text", "Dichtstbijzijnde vaarweg: id", "Nearest waterway: id"),
    Column("nearest_waterway_name", "text", "Dichtstbijzijnde vaarweg", "Nearest waterway"),
    Column("nearest_waterway_cemt", "cemt", "Klasse dichtstbijzijnde vaarweg", "Class of nearest waterway"),
    _metres("nearest_waterway_m", "Afstand vaarweg", "Distance to waterway"),
    _metres("shore_m", "Oeverlengte", "Shore length"),
    _metres("quay_m", "Kadelengte", "Quay length"),
    _metres("usable_quay_m", "Benutbare kade (bevestigd)", "Usable quay (confirmed)"),
    _metres("shore_across_road_m", "Oever achter een weg", "Shore across a road"),
    _metres("shore_rejected_m", "Oever afgesneden", "Shore cut off"),
    Column("rejected_by", "text", "Afgesneden door", "Cut off by"),
    Column(
        "water_claim",
        "code",
        "Opgave register",
        "Registry claim",
        allowed=(*CONNECTIONS[:3], "near", "none", "unknown"),
    ),
    Column(
        "water_designation", "code", "Wateraanduiding in plan", "Water designation in plan", allowed=YES_NO
    ),
    Column(
        "quay_confirmed",
        "code",
        "Kade bevestigd door gemeente",
        "Quay confirmed by municipality",
        allowed=YES_NO,
    ),
    Column("water_in_use", "code", "Bedrijf gebruikt het water", "Firm uses the water", allowed=YES_NO),
)

PLACE_COLUMNS = (
    Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
    Column("municipality_name", "text", "Gemeente", "Municipality"),
    Column("municipality_codes", "text", "Gemeentecodes (alle)", "Municipality codes (all)"),
    Column("sub_area", "text", "Deelgebied", "Sub-area"),
)

ZONE_COLUMNS = (
    Column("zone_id", "text", "Zone", "Zone", required=True, filled=True),
    Column("park_id", "text", "RIN-nummer", "RIN number"),
    Column("reading", "code", "Lezing", "Reading", allowed=("low", "high")),
    Column(
        "objects",
        "code",
        "Objecten op het terrein",
        "Objects inside the park",
        allowed=("with_inside", "without_inside"),
    ),
    Column("category", "category", "Indicatieve benutbare categorie", "Indicative usable category"),
    Column("governed_by_zone", "boolean", "Geluid bepaald door zone", "Noise governed by zone"),
    _ha("area_ha", "Oppervlakte", "Area"),
)

RESULT_LAYERS: tuple[Layer, ...] = (
    Layer(
        "park_evidence",
        "Bedrijventerreinen: categorie en water",
        "Business parks: category and water",
        "polygon",
        "park_id",
        (
            Column("park_id", "text", "RIN-nummer", "RIN number", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            *PLACE_COLUMNS,
            Column("year", "year", "Peiljaar", "Reference year"),
            _ha("area_ha", "Oppervlakte (gemeten)", "Area (measured)"),
            _ha("gross_ha", "Bruto oppervlakte (register)", "Gross area (registry)"),
            _ha("net_ha", "Netto oppervlakte (register)", "Net area (registry)"),
            _ha("issuable_ha", "Uitgeefbaar (register)", "Issuable (registry)"),
            Column("plots", "integer", "Aantal kavels", "Number of plots", "plots", minimum=0),
            *CATEGORY_COLUMNS,
            Column("usable_basis", "code", "Grondslag benutbaar", "Basis of usable", allowed=BASES),
            _ha("permitted_hmc_certain_ha", "Toegestaan hoog, zeker", "Permitted high, certain"),
            _ha("permitted_hmc_possible_ha", "Toegestaan hoog, mogelijk", "Permitted high, possible"),
            _ha("usable_hmc_certain_ha", "Benutbaar hoog, zeker", "Usable high, certain"),
            _ha("usable_hmc_possible_ha", "Benutbaar hoog, mogelijk", "Usable high, possible"),
            _ha(
                "usable_hmc_outside_certain_ha",
                "Benutbaar hoog zonder objecten op het terrein, zeker",
                "Usable high without objects inside, certain",
            ),
            _ha(
                "usable_hmc_outside_possible_ha",
                "Benutbaar hoog zonder objecten op het terrein, mogelijk",
                "Usable high without objects inside, possible",
            ),
            _ha("governed_ha", "Geluid bepaald door zone", "Noise governed by zone"),
            _ha(
                "heavy_certain_ha",
                "Toegestaan en benutbaar hoog, zeker",
                "Permitted and usable high, certain",
            ),
            _ha(
                "heavy_possible_ha",
                "Toegestaan en benutbaar hoog, mogelijk",
                "Permitted and usable high, possible",
            ),
            _ha(
                "heavy_governed_ha",
                "Toegestaan hoog, geluid bepaald door zone",
                "Permitted high, noise governed by zone",
            ),
            Column(
                "heavy",
                "code",
                "Ruimte voor hoge categorie",
                "Room for high category",
                allowed=("certain", "possible", "no", "governed_by_zone", "not_assessed"),
            ),
            *BINDING_COLUMNS,
            Column(
                "objects_inside",
                "number",
                "Gevoelige objecten op het terrein",
                "Sensitive objects inside the park",
                "objects",
                minimum=0,
                decimals=0,
            ),
            *IN_USE_COLUMNS,
            *WATER_COLUMNS,
            Column(
                "heavy_and_water",
                "code",
                "Hoge categorie en water",
                "High category and water",
                allowed=("certain", "possible", "no", "governed_by_zone", "not_assessed"),
            ),
            Column(
                "housing_hard_plans",
                "integer",
                "Vastgestelde woningbouwplannen met gevolg",
                "Adopted housing plans with an effect",
                "plans",
                minimum=0,
            ),
            _ha(
                "housing_hard_lost_low_ha",
                "Verlies door vastgestelde woningbouw (laag)",
                "Lost to adopted housing (low)",
            ),
            _ha(
                "housing_hard_lost_high_ha",
                "Verlies door vastgestelde woningbouw (hoog)",
                "Lost to adopted housing (high)",
            ),
            Column(
                "housing_plans",
                "integer",
                "Alle woningbouwplannen met gevolg",
                "All housing plans with an effect",
                "plans",
                minimum=0,
                level=Level.PROVINCE,
            ),
            _ha(
                "housing_lost_low_ha",
                "Verlies door alle woningbouw samen (laag)",
                "Lost to all housing together (low)",
                Level.PROVINCE,
            ),
            _ha(
                "housing_lost_high_ha",
                "Verlies door alle woningbouw samen (hoog)",
                "Lost to all housing together (high)",
                Level.PROVINCE,
            ),
            _ha("protected_ha", "Overlap beschermd gebied", "Overlap with protected area"),
            Column("protected_names", "text", "Beschermde gebieden", "Protected areas"),
            Column(
                "grid_status",
                "code",
                "Netcongestie",
                "Grid congestion",
                allowed=("none", "limited", "full", "unknown", "not_assessed"),
            ),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        role="result",
    ),
    Layer(
        "plot_evidence",
        "Kavels: categorie en water",
        "Plots: category and water",
        "polygon",
        "plot_id",
        (
            Column("plot_id", "text", "Kavel", "Plot", required=True, filled=True),
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
            Column("sub_area", "text", "Deelgebied", "Sub-area"),
            Column("status", "text", "Uitgifte", "Issue status"),
            _ha("area_ha", "Oppervlakte (gemeten)", "Area (measured)"),
            *CATEGORY_COLUMNS,
            *USABLE_COLUMNS,
            *BINDING_COLUMNS,
            *IN_USE_COLUMNS,
            *WATER_COLUMNS,
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        role="result",
    ),
    Layer(
        "usable_zones",
        "Zones naar indicatieve benutbare categorie",
        "Indicative usable-category zones",
        "polygon",
        "zone_id",
        ZONE_COLUMNS,
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "usable_blocks",
        "Indicatieve benutbare categorie in blokken van 100 m",
        "Indicative usable category in blocks of 100 m",
        "polygon",
        "zone_id",
        ZONE_COLUMNS,
        role="result",
    ),
    Layer(
        "binding_objects",
        "Bindende objecten",
        "Binding objects",
        "line",
        "binding_id",
        (
            Column("binding_id", "text", "Relatie", "Relation", required=True, filled=True),
            Column("subject", "code", "Betreft", "Subject", allowed=("park", "plot")),
            Column("subject_id", "text", "Terrein of kavel", "Park or plot"),
            Column("object_id", "text", "Object", "Object"),
            Column("kind", "text", "Soort", "Kind"),
            Column("inside_park", "boolean", "Op het terrein", "Inside the park"),
            _metres("distance_m", "Afstand", "Distance", decimals=3),
            _metres("required_m", "Vereiste afstand", "Required distance"),
            _metres("margin_m", "Marge (op 5 m)", "Margin (to 5 m)", signed=True),
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "water_by_class",
        "Waterontsluiting per CEMT-klasse",
        "Water connection per CEMT class",
        "table",
        None,
        (
            Column("subject", "code", "Betreft", "Subject", allowed=("park", "plot")),
            Column("subject_id", "text", "Terrein of kavel", "Park or plot"),
            Column("cemt", "text", "CEMT-klasse", "CEMT class"),
            Column("connection", "code", "Waterontsluiting", "Water connection", allowed=CONNECTIONS),
            Column("waterway_id", "text", "Vaarweg: id", "Waterway: id"),
            Column("waterway_name", "text", "Vaarweg", "Waterway"),
            _metres("distance_m", "Afstand", "Distance"),
            _metres("shore_m", "Oeverlengte", "Shore length"),
        ),
        order=("subject", "subject_id", "cemt"),
        role="result",
    ),
    Layer(
        "water_evidence",
        "Bewijs voor waterontsluiting",
        "Evidence for the water connection",
        "table",
        None,
        (
            Column("subject", "code", "Betreft", "Subject", allowed=("park", "plot")),
            Column("subject_id", "text", "Terrein of kavel", "Park or plot"),
            Column(
                "rung",
                "code",
                "Soort bewijs",
                "Kind of evidence",
                allowed=(
                    "registry_claim",
                    "navigable_water",
                    "shore",
                    "quay_object",
                    "plan_designation",
                    "municipal_confirmation",
                    "firm_uses_water",
                ),
            ),
            Column("value", "text", "Waarde", "Value"),
            Column("source", "text", "Bron", "Source"),
        ),
        order=("subject", "subject_id", "rung", "value"),
        role="result",
    ),
    Layer(
        "housing_effects",
        "Woningbouwplannen: wat zij kosten",
        "Housing plans: what they cost",
        "polygon",
        "plan_id",
        (
            Column("plan_id", "text", "Plan", "Plan", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
            Column("sub_area", "text", "Deelgebied", "Sub-area"),
            Column("dwellings", "number", "Woningen", "Dwellings", "dwellings", decimals=0),
            Column("phase", "text", "Planfase", "Plan phase"),
            Column("year", "year", "Jaar", "Year"),
            _ha(
                "lost_alone_low_ha",
                "Verlies hoge categorie, plan alleen (laag)",
                "High category lost, plan alone (low)",
            ),
            _ha(
                "lost_alone_high_ha",
                "Verlies hoge categorie, plan alleen (hoog)",
                "High category lost, plan alone (high)",
            ),
            _ha(
                "lost_extra_low_ha",
                "Extra verlies bovenop de andere plannen (laag)",
                "Extra loss on top of the other plans (low)",
            ),
            _ha(
                "lost_extra_high_ha",
                "Extra verlies bovenop de andere plannen (hoog)",
                "Extra loss on top of the other plans (high)",
            ),
            Column("parks_affected", "text", "Terreinen die ruimte verliezen", "Parks that lose room"),
            _ha(
                "hindered_low_ha",
                "Plangebied binnen afstand van bestaande rechten (laag)",
                "Plan area within distance of existing rights (low)",
            ),
            _ha(
                "hindered_high_ha",
                "Plangebied binnen afstand van bestaande rechten (hoog)",
                "Plan area within distance of existing rights (high)",
            ),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "housing_rights",
        "Rechten die een woningbouwplan hinderen",
        "Rights that hinder a housing plan",
        "table",
        None,
        (
            Column("plan_id", "text", "Plan", "Plan"),
            Column("subject", "code", "Betreft", "Subject", allowed=("park", "plot")),
            Column("subject_id", "text", "Terrein of kavel", "Park or plot"),
            Column("permitted_low", "category", "Toegestaan (ondergrens)", "Permitted (low)"),
            Column("permitted_high", "category", "Toegestaan (bovengrens)", "Permitted (high)"),
            _metres("distance_m", "Afstand", "Distance"),
            _metres("required_low_m", "Vereiste afstand (laag)", "Required distance (low)"),
            _metres("required_high_m", "Vereiste afstand (hoog)", "Required distance (high)"),
            _ha("plan_within_low_ha", "Plangebied binnen afstand (laag)", "Plan area within distance (low)"),
            _ha(
                "plan_within_high_ha", "Plangebied binnen afstand (hoog)", "Plan area within distance (high)"
            ),
        ),
        level=Level.PROVINCE,
        order=("plan_id", "subject", "subject_id"),
        role="result",
    ),
    Layer(
        "disagreements",
        "Waar ateliers en berekening verschillen",
        "Where ateliers and computation differ",
        "table",
        None,
        (
            Column("remark_id", "text", "Opmerking", "Remark"),
            Column("group", "text", "Groep", "Group"),
            Column("session", "text", "Sessie", "Session"),
            Column("status", "text", "Status", "Status"),
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column("park_name", "text", "Bedrijventerrein", "Business park"),
            Column("subject", "text", "Onderwerp", "Subject"),
            Column("stated", "text", "Uitspraak", "Statement"),
            Column("computed", "text", "Berekend", "Computed"),
            Column("differs", "code", "Verschilt", "Differs", allowed=YES_NO),
            Column("text", "text", "Tekst", "Text"),
        ),
        level=Level.PROVINCE,
        order=("remark_id", "park_id"),
        role="result",
    ),
    Layer(
        "summary",
        "Cijfers per gemeente en deelgebied",
        "Figures per municipality and sub-area",
        "table",
        None,
        (
            Column(
                "scope", "code", "Gebiedssoort", "Kind of area", allowed=("municipality", "sub_area", "total")
            ),
            Column("area_id", "text", "Gebied: id", "Area: id"),
            Column("area_name", "text", "Gebied", "Area"),
            Column("parks", "integer", "Terreinen", "Parks", "parks"),
            Column(
                "parks_not_assessed", "integer", "Terreinen niet beoordeeld", "Parks not assessed", "parks"
            ),
            _ha("area_ha", "Oppervlakte", "Area"),
            _ha("permitted_hmc_certain_ha", "Toegestaan hoog, zeker", "Permitted high, certain"),
            _ha("permitted_hmc_possible_ha", "Toegestaan hoog, mogelijk", "Permitted high, possible"),
            _ha(
                "heavy_certain_ha",
                "Toegestaan en benutbaar hoog, zeker",
                "Permitted and usable high, certain",
            ),
            _ha(
                "heavy_possible_ha",
                "Toegestaan en benutbaar hoog, mogelijk",
                "Permitted and usable high, possible",
            ),
            _ha(
                "heavy_governed_ha",
                "Toegestaan hoog, geluid bepaald door zone",
                "Permitted high, noise governed by zone",
            ),
            _ha("heavy_water_certain_ha", "Waarvan aan water, zeker", "Of which on water, certain"),
            _ha("heavy_water_possible_ha", "Waarvan aan water, mogelijk", "Of which on water, possible"),
            _metres("shore_m", "Oeverlengte", "Shore length"),
            _metres("quay_m", "Kadelengte", "Quay length"),
            _metres("usable_quay_m", "Benutbare kade (bevestigd)", "Usable quay (confirmed)"),
            _ha("underuse_certain_ha", "Onderbenut, zeker", "Under-used, certain"),
            _ha(
                "housing_hard_lost_low_ha",
                "Verlies door vastgestelde woningbouw (laag)",
                "Lost to adopted housing (low)",
            ),
            _ha(
                "housing_hard_lost_high_ha",
                "Verlies door vastgestelde woningbouw (hoog)",
                "Lost to adopted housing (high)",
            ),
            _ha(
                "housing_lost_low_ha",
                "Verlies door alle woningbouw samen (laag)",
                "Lost to all housing together (low)",
                Level.PROVINCE,
            ),
            _ha(
                "housing_lost_high_ha",
                "Verlies door alle woningbouw samen (hoog)",
                "Lost to all housing together (high)",
                Level.PROVINCE,
            ),
        ),
        order=("scope", "area_id"),
        role="result",
    ),
    Layer(
        "assumptions",
        "Gebruikte cijfers en aannamen",
        "Figures and assumptions used",
        "table",
        "assumption_id",
        (
            Column("assumption_id", "text", "Cijfer: id", "Figure: id", required=True, filled=True),
            Column("name_nl", "text", "Cijfer", "Figure (Dutch)"),
            Column("name_en", "text", "Cijfer (Engels)", "Figure"),
            Column("value", "text", "Waarde", "Value"),
            Column("unit", "text", "Eenheid", "Unit"),
            Column("status", "code", "Status", "Status", allowed=("sourced", "assumption", "to_verify")),
            Column("source", "text", "Bron", "Source"),
        ),
        role="result",
    ),
    Layer(
        "not_assessed",
        "Wat niet is beoordeeld",
        "What was not assessed",
        "table",
        "item_id",
        (
            Column("item_id", "text", "Onderdeel: id", "Item: id", required=True, filled=True),
            Column("what_nl", "text", "Wat", "What (Dutch)"),
            Column("what_en", "text", "Wat (Engels)", "What"),
            Column("why_nl", "text", "Waarom", "Why (Dutch)"),
            Column("why_en", "text", "Waarom (Engels)", "Why"),
            Column("parks", "integer", "Terreinen", "Parks", "parks"),
            _ha("area_ha", "Oppervlakte", "Area"),
        ),
        role="result",
    ),
    Layer(
        "data_quality",
        "Gegevenskwaliteit",
        "Data quality",
        "table",
        None,
        (
            Column("layer", "text", "Laag", "Layer"),
            Column("row", "integer", "Rij", "Row"),
            Column("feature_id", "text", "Object", "Feature"),
            Column("field", "text", "Veld", "Field"),
            Column("rule", "text", "Regel", "Rule"),
            Column(
                "action", "code", "Handeling", "Action", allowed=("repaired", "set_aside", "merged", "noted")
            ),
            Column("before", "text", "Was", "Before"),
            Column("after", "text", "Werd", "After"),
            Column("reason_nl", "text", "Reden", "Reason (Dutch)"),
            Column("reason_en", "text", "Reden (Engels)", "Reason"),
        ),
        level=Level.PROVINCE,
        order=("layer", "row", "rule", "field", "before"),
        role="result",
    ),
)

RESULT_BY_NAME: dict[str, Layer] = {layer.name: layer for layer in RESULT_LAYERS}
