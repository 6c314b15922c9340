"""The tables that the reservation plan starts from: sites, functions, candidates, suitability, targets.

Sites and everything by site are working material for the province: what leaves the house goes by zone within
a park. Rows hold counts and distances, never a home.
"""

from __future__ import annotations

from layers.results import CONNECTIONS
from layers.schema import Column, Layer, Level

VERDICTS = ("certain", "possible", "no", "not_assessed")
STATUSES = ("sourced", "assumption", "to_verify")
AVAILABLE = ("at_once", "later", "soft", "released", "stays", "unknown")
KINDS = ("keep", "allocate", "reserve", "programme", "explore")
YES_NO = ("yes", "no")

SITE = Column("site_id", "text", "Plek", "Site")
FUNCTION = Column("function", "text", "Functie (met zwaarteklasse)", "Function (with weight class)")
FUNCTION_ID = Column("function_id", "text", "Functie", "Function")
YEAR = Column("year", "year", "Jaar", "Year")
STATUS = Column("status", "code", "Status", "Status", allowed=STATUSES)
SOURCE = Column("source", "text", "Bron", "Source")
LABELS = (
    Column("label_nl", "text", "Omschrijving", "Label (Dutch)"),
    Column("label_en", "text", "Omschrijving (Engels)", "Label"),
)


def _ha(name: str, nl: str, en: str) -> Column:
    return Column(name, "number", nl, en, "ha", minimum=0, decimals=3)


def _number(name: str, nl: str, en: str, unit: str | None = None, decimals: int = 3) -> Column:
    return Column(name, "number", nl, en, unit, decimals=decimals)


def _share(name: str, nl: str, en: str) -> Column:
    return Column(name, "number", nl, en, "share", minimum=0, maximum=1, decimals=4)


_SITE_COLUMNS = (
    Column("site_id", "text", "Plek", "Site", required=True, filled=True),
    Column("kind", "code", "Soort plek", "Kind of site", allowed=("plot", "park")),
    Column("park_id", "text", "RIN-nummer", "RIN number"),
    Column("park_name", "text", "Bedrijventerrein", "Business park"),
    Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
    Column("sub_area", "text", "Deelgebied", "Sub-area"),
    Column("status", "text", "Uitgifte", "Issue status"),
    Column("plan", "code", "Plan van het terrein", "Plan of the park", allowed=("hard", "soft", "unknown")),
    _ha("area_ha", "Oppervlakte", "Area"),
    Column("owner_kind", "text", "Soort eigenaar", "Kind of owner"),
    Column("heavy", "boolean", "Zware grond", "Heavy land"),
    Column("wet", "boolean", "Aan vaarwater", "At navigable water"),
    Column("governed", "boolean", "Geluid bepaald door zone", "Noise governed by zone"),
    Column("permitted_low", "category", "Toegestaan (ondergrens)", "Permitted (low)"),
    Column("permitted_high", "category", "Toegestaan (bovengrens)", "Permitted (high)"),
    Column("usable_low", "category", "Indicatief benutbaar (ondergrens)", "Indicative usable (low)"),
    Column("usable_high", "category", "Indicatief benutbaar (bovengrens)", "Indicative usable (high)"),
    Column("connection", "code", "Waterontsluiting", "Water connection", allowed=CONNECTIONS),
    Column(
        "connection_possible",
        "code",
        "Waterontsluiting, gunstigste lezing",
        "Water connection, widest reading",
        allowed=CONNECTIONS,
    ),
    Column("connection_cemt", "cemt", "CEMT-klasse van de ontsluiting", "CEMT class of the connection"),
    Column("nearest_waterway_name", "text", "Dichtstbijzijnde vaarweg", "Nearest waterway"),
    _number("nearest_waterway_m", "Afstand vaarweg", "Distance to waterway", "m", 1),
    _number("shore_m", "Oeverlengte", "Shore length", "m", 1),
    _number("usable_quay_m", "Benutbare kade (bevestigd)", "Usable quay (confirmed)", "m", 1),
    _share(
        "transformed", "Deel van het terrein dat wordt getransformeerd", "Share of the park to be transformed"
    ),
    _share("protected_share", "Deel in beschermd gebied", "Share in protected area"),
    Column("protected_names", "text", "Beschermde gebieden", "Protected areas"),
    Column("available", "code", "Hoe de plek beschikbaar komt", "How the site comes free", allowed=AVAILABLE),
    Column("available_from", "year", "Beschikbaar vanaf", "Available from"),
    _ha("available_ha", "Beschikbaar in het laatste planjaar", "Available in the last year of the plan"),
    Column("present", "text", "Circulaire functies die er al zijn", "Circular functions present"),
    Column("grid_until", "year", "Stroomnet vol tot", "Grid full until"),
    Column("surveyed", "year", "Peiljaar", "Reference year"),
)

_CANDIDATE_COLUMNS = (
    SITE,
    FUNCTION,
    FUNCTION_ID,
    YEAR,
    Column("verdict", "code", "Oordeel", "Verdict", allowed=VERDICTS),
    Column(
        "land_verdict",
        "code",
        "Oordeel zonder woningbouwplannen",
        "Verdict without housing plans",
        allowed=VERDICTS,
    ),
    Column("rule_id", "text", "Bindende regel", "Binding rule"),
    _number("value", "Wat er is (in de eenheid van de regel)", "What there is (in the unit of the rule)"),
    _number("required", "Wat nodig is", "What is required"),
    _number("margin", "Marge (onder nul: tekort)", "Margin (below zero: short)"),
    Column("unit", "text", "Eenheid", "Unit"),
    Column("rules", "text", "Alle regels die nee zeggen", "All rules that say no"),
    Column("plans", "text", "Woningbouwplannen die het uitsluit", "Housing plans that it excludes"),
    _ha("available_ha", "Beschikbaar", "Available"),
    _ha("capacity_ha", "Hectares die meetellen", "Hectares that count"),
    Column(
        "people",
        "number",
        "Mensen binnen de afstand",
        "People within the distance",
        "inhabitants",
        minimum=0,
        decimals=0,
    ),
    Column(
        "conflict",
        "number",
        "Woningen in plannen binnen de afstand",
        "Dwellings of plans within the distance",
        "dwellings",
        minimum=0,
        decimals=1,
    ),
    _number("margin_m", "Marge tot gevoelige objecten", "Margin to sensitive objects", "m", 1),
    _number(
        "margin_steps",
        "Marge in toegestane categorie (stappen)",
        "Margin in permitted category (steps)",
        None,
        0,
    ),
    Column(
        "inside_only",
        "boolean",
        "Alleen woningen op het terrein zelf staan in de weg",
        "Only homes inside the park stand in the way",
    ),
    Column("kind", "code", "Passende beschermingsvorm", "Fitting kind of protection", allowed=KINDS),
)

_FUNCTION_COLUMNS = (
    Column("function", "text", "Functie (met zwaarteklasse)", "Function (with weight class)", filled=True),
    FUNCTION_ID,
    Column("name_nl", "text", "Naam", "Name (Dutch)"),
    Column("name_en", "text", "Naam (Engels)", "Name"),
    Column("variants", "text", "Varianten", "Variants"),
    Column("scale", "text", "Schaal", "Scale"),
    Column(
        "role",
        "code",
        "Rol in het plan",
        "Role in the plan",
        allowed=("planned", "not_in_province", "not_assessed"),
    ),
    Column("reason_nl", "text", "Waarom niet in het plan", "Why not in the plan (Dutch)"),
    Column("category", "category", "Gevraagde milieucategorie", "Category asked"),
    Column("weight_class", "code", "Zwaarteklasse", "Weight class", allowed=("3", "4", "5")),
    Column(
        "water_need",
        "code",
        "Behoefte aan water",
        "Water need",
        allowed=("none", "plus", "preferred", "required"),
    ),
    Column("needs_water", "boolean", "Moet aan vaarwater", "Needs a place at water"),
    Column(
        "large_noise_maker",
        "code",
        "Grote lawaaimaker",
        "Large noise maker",
        allowed=("yes", "no", "unknown"),
    ),
    _number("distance_quiet_m", "Richtafstand in rustige omgeving", "Guide distance, quiet", "m", 0),
    _number("distance_mixed_m", "Richtafstand in gemengd gebied", "Guide distance, mixed", "m", 0),
    _ha("minimum_ha", "Kleinste kavel", "Smallest plot"),
    _ha("typical_ha", "Gewone kavel", "Usual plot"),
    STATUS,
)

PLAN_LAYERS: tuple[Layer, ...] = (
    Layer(
        "reservation_sites",
        "Plekken voor reservering (werkmateriaal)",
        "Sites for reservation (working material)",
        "polygon",
        "site_id",
        _SITE_COLUMNS,
        description_nl=(
            "Kavels, en van terreinen zonder kavels het vrije en het uitgegeven deel. Blijft intern."
        ),
        description_en=(
            "Plots, and of parks without plots the vacant and the issued part. Stays with the province."
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "reservation_functions",
        "Wat functies van grond vragen",
        "What functions ask of land",
        "table",
        "function",
        _FUNCTION_COLUMNS,
        description_nl=(
            "Varianten van een functie samen per zwaarteklasse: licht (3), hoog (4) en zeer hoog (5). De "
            "zwaarste variant bepaalt wat wordt gevraagd."
        ),
        description_en=(
            "Variants of a function together per weight class: light (3), high (4) and very high (5). The "
            "heaviest variant sets what is asked."
        ),
        role="result",
    ),
    Layer(
        "reservation_candidates",
        "Reserveringskandidaten (werkmateriaal)",
        "Reservation candidates (working material)",
        "table",
        None,
        _CANDIDATE_COLUMNS,
        description_nl=(
            "Elke plek voor elke functie in elk jaar, met de regel die nee zegt en hoeveel er tekort is."
        ),
        description_en=(
            "Every site for every function in every year, with the rule that says no and what is short."
        ),
        level=Level.PROVINCE,
        order=("site_id", "function", "year"),
        role="result",
    ),
    Layer(
        "site_suitability",
        "Geschiktheid per criterium (werkmateriaal)",
        "Suitability by criterion (working material)",
        "table",
        None,
        (
            SITE,
            FUNCTION,
            Column("criterion", "text", "Criterium", "Criterion"),
            _number(
                "measured",
                "Gemeten (eerste maat van het criterium)",
                "Measured (first measure of the criterion)",
            ),
            _share("value", "Waarde", "Value"),
            _share("weight", "Gewicht", "Weight"),
            _share("contribution", "Bijdrage", "Contribution"),
            Column(
                "assessed",
                "code",
                "Beoordeeld",
                "Assessed",
                allowed=("yes", "not_assessed", "not_applicable"),
            ),
        ),
        level=Level.PROVINCE,
        order=("site_id", "function", "criterion"),
        role="result",
    ),
    Layer(
        "reservation_targets",
        "Ruimtevraag waarop het plan rekent",
        "Land demand that the plan answers",
        "table",
        "target_id",
        (
            Column("target_id", "text", "Doel", "Target", filled=True),
            FUNCTION,
            FUNCTION_ID,
            YEAR,
            Column(
                "sub_area", "text", "Deelgebied (leeg: hele provincie)", "Sub-area (empty: whole province)"
            ),
            _ha("ha", "Gevraagd", "Asked"),
            _number("weight", "Gewicht per hectare tekort", "Weight per hectare short"),
        ),
        role="result",
    ),
    Layer(
        "reservation_criteria",
        "Criteria van geschiktheid",
        "Criteria of suitability",
        "table",
        None,
        (
            Column("criterion", "text", "Criterium", "Criterion"),
            Column("measure", "text", "Maat", "Measure"),
            _share("share", "Aandeel in het criterium", "Share in the criterion"),
            _share("weight", "Gewicht van het criterium", "Weight of the criterion"),
            Column(
                "kind", "code", "Soort waardefunctie", "Kind of value function", allowed=("points", "codes")
            ),
            Column("points", "text", "Waardefunctie", "Value function"),
            Column("applies", "code", "Geldt voor", "Applies to", allowed=("all", "water")),
            Column("unit", "text", "Eenheid", "Unit"),
            *LABELS,
            Column("why_nl", "text", "Waarom", "Why (Dutch)"),
            Column("pairs_yes", "integer", "Beoordeeld", "Assessed", minimum=0),
            Column("pairs_not_assessed", "integer", "Niet beoordeeld", "Not assessed", minimum=0),
            Column("pairs_not_applicable", "integer", "Niet van toepassing", "Not applicable", minimum=0),
            STATUS,
            SOURCE,
        ),
        order=("criterion", "measure"),
        role="result",
    ),
    Layer(
        "reservation_rules",
        "Regels van geschiktheid vooraf",
        "Rules of eligibility",
        "table",
        "rule_id",
        (
            Column("rule_id", "text", "Regel", "Rule", filled=True),
            Column("place", "integer", "Volgorde", "Order"),
            *LABELS,
            Column("unit", "text", "Eenheid", "Unit"),
            Column("treatment", "code", "Gevolg", "Treatment", allowed=("excludes", "not_assessed", "flags")),
            _number("threshold", "Grens", "Threshold"),
            Column("threshold_unit", "text", "Eenheid van de grens", "Unit of the threshold"),
            Column("no_nl", "text", "Zin bij nee", "Sentence for no (Dutch)"),
            Column("change_nl", "text", "Wat zou moeten veranderen", "What would have to change (Dutch)"),
            Column("touches_health", "code", "Raakt gezondheid", "Touches health", allowed=YES_NO),
            Column(
                "pairs",
                "integer",
                "Plekken en functies waarvoor deze regel bindt",
                "Sites and functions for which this rule binds",
                minimum=0,
            ),
            STATUS,
            SOURCE,
        ),
        role="result",
    ),
    Layer(
        "reservation_locks",
        "Vastgelegde keuzes",
        "Locked choices",
        "table",
        None,
        (
            Column(
                "source",
                "code",
                "Herkomst",
                "Comes from",
                allowed=("parameters", "reservations", "session_outcomes"),
            ),
            Column("source_id", "text", "Herkomst: id", "Comes from: id"),
            Column("direction", "code", "Richting", "Direction", allowed=("in", "out")),
            SITE,
            FUNCTION,
            Column("year", "year", "Uiterlijk vanaf", "From at the latest"),
            Column("effect", "code", "Gevolg", "Effect", allowed=("locked", "no_site", "not_eligible")),
        ),
        level=Level.PROVINCE,
        order=("source", "source_id", "direction", "site_id", "function"),
        role="result",
    ),
)

PLAN_BY_NAME: dict[str, Layer] = {layer.name: layer for layer in PLAN_LAYERS}
