"""The tables of the reservation plan: what is reserved, what aims reached, what runs short and what helps.

Sites are working material for the province. Every pass keeps its value with the bound that was proven, and
what was asked of the solver; no plan is called the best.
"""

from __future__ import annotations

from dataclasses import replace

from layers.schema import Column, Layer, Level

AIMS = ("shortage", "people", "suitability", "compactness")
PASS_STATUSES = ("optimal", "within_gap", "limit")
CLASH_KINDS = ("functions", "whole_plots", "given_away", "rule")
WAY_KINDS = ("free", "health")
SCOPES = ("province", "sub_area")

PLAN = Column("plan", "text", "Alternatief", "Alternative", required=True, filled=True)
SITE = Column("site_id", "text", "Plek", "Site")
FUNCTION = Column("function", "text", "Functie (met zwaarteklasse)", "Function (with weight class)")
YEAR = Column("year", "year", "Jaar", "Year")
SUB_AREA = Column("sub_area", "text", "Deelgebied", "Sub-area")
PEOPLE_NL, PEOPLE_EN = "Mensen binnen de afstand", "People within the distance"
TEXTS = (
    Column("text_nl", "text", "In woorden", "In words (Dutch)"),
    Column("text_en", "text", "In woorden (Engels)", "In words"),
)
LABELS = (
    Column("label_nl", "text", "Omschrijving", "Label (Dutch)"),
    Column("label_en", "text", "Omschrijving (Engels)", "Label"),
)
PROOF = (
    Column("gap", "number", "Resterend verschil", "Gap", "share", minimum=0, decimals=8),
    Column("status", "code", "Status van de berekening", "Status of the pass", allowed=PASS_STATUSES),
)


def _ha(name: str, nl: str, en: str, *, signed: bool = False, decimals: int = 3) -> Column:
    return Column(name, "number", nl, en, "ha", minimum=None if signed else 0, decimals=decimals)


def _number(name: str, nl: str, en: str, unit: str | None = None, decimals: int = 6) -> Column:
    return Column(name, "number", nl, en, unit, decimals=decimals)


def _count(name: str, nl: str, en: str, unit: str | None = None) -> Column:
    return Column(name, "integer", nl, en, unit, minimum=0)


def _people(name: str = "people", nl: str = PEOPLE_NL, en: str = PEOPLE_EN) -> Column:
    return Column(name, "number", nl, en, "inhabitants", minimum=0, decimals=0)


_RESERVATIONS = Layer(
    "reservation_plan",
    "Reserveringen",
    "Reservations",
    "table",
    None,
    (
        PLAN,
        SITE,
        FUNCTION,
        Column("from_year", "year", "Vanaf", "From"),
        Column("park_id", "text", "RIN-nummer", "RIN number"),
        Column("park_name", "text", "Bedrijventerrein", "Business park"),
        Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
        SUB_AREA,
        _ha("first_ha", "Hectares vanaf het eerste jaar", "Hectares from the first year"),
        _ha("last_ha", "Hectares in het laatste planjaar", "Hectares in the last year of the plan"),
        Column("suitability", "number", "Geschiktheid", "Suitability", minimum=0, maximum=1, decimals=4),
        # counted over borders and over plans that nobody knows of yet
        replace(_people(), level=Level.PROVINCE),
        Column(
            "conflict",
            "number",
            "Woningen in plannen binnen de afstand",
            "Dwellings of plans within the distance",
            "dwellings",
            minimum=0,
            decimals=1,
            level=Level.PROVINCE,
        ),
        Column("certain", "boolean", "Zeker geschikt", "Fits for certain"),
        Column("locked_in", "boolean", "Ligt vast", "Locked in"),
    ),
    description_nl="Een onderbouwd alternatief: welke plek voor welke functie, en vanaf wanneer.",
    description_en="One reasoned alternative: which site for which function, and from when.",
    level=Level.MUNICIPALITY,
    order=("plan", "site_id", "function"),
    role="result",
)
_AIMS = Layer(
    "plan_aims",
    "Doelen van het plan",
    "Aims of the plan",
    "table",
    None,
    (
        PLAN,
        _count("rank", "Volgorde", "Order"),
        Column("aim", "code", "Doel", "Aim", allowed=AIMS),
        *LABELS,
        Column("unit", "text", "Eenheid", "Unit"),
        _number("value", "Bereikt in deze stap", "Reached in this pass"),
        _number("bound", "Bewezen ondergrens", "Proven bound"),
        *PROOF,
        _number("tolerance", "Speelruimte voor latere doelen", "Tolerance for later aims"),
        _number("final", "In het plan", "In the plan"),
        Column("solver", "text", "Rekenprogramma", "Solver"),
        Column("asked_gap", "number", "Gevraagd verschil", "Gap asked", "share", minimum=0, decimals=8),
        _count("nodes", "Grens aan knopen", "Limit on nodes"),
        _number("seconds", "Grens aan rekentijd", "Limit on processor time", "s", 1),
        _count("seed", "Startgetal", "Seed"),
        _count("threads", "Draden", "Threads"),
    ),
    description_nl=(
        "Wat elk doel bereikte, in de volgorde van de raad, met wat bewezen is: geen plan komt in die stap"
        " onder de ondergrens."
    ),
    description_en=(
        "What each aim reached, in the order of the council, with what is proven: no plan can be below the"
        " bound in that pass."
    ),
    order=("plan", "rank"),
    role="result",
)
_TARGETS = Layer(
    "plan_targets",
    "Gevraagd en gekregen",
    "Wanted and got",
    "table",
    None,
    (
        PLAN,
        Column("target_id", "text", "Opgave", "Target"),
        FUNCTION,
        SUB_AREA,
        YEAR,
        _ha("wanted_ha", "Gevraagd", "Wanted"),
        _ha("got_ha", "Gereserveerd", "Reserved"),
        _ha("short_ha", "Tekort", "Short"),
        _number("weight", "Gewicht van een hectare tekort", "Weight of a hectare short", None, 4),
    ),
    description_nl="Per functie, jaar en deelgebied (leeg: hele provincie) wat gevraagd is en wat er komt.",
    description_en="Per function, year and sub-area (empty: whole province) what is wanted and what it gets.",
    order=("plan", "target_id"),
    role="result",
)
_HOUSING = Layer(
    "plan_housing",
    "Woningbouwplannen in het plan",
    "Housing plans in the plan",
    "table",
    None,
    (
        PLAN,
        Column("plan_id", "text", "Woningbouwplan", "Housing plan"),
        Column("dwellings", "number", "Woningen", "Dwellings", "dwellings", minimum=0, decimals=0),
        _ha("price_ha", "Prijs in gewogen hectares", "Price in weighted hectares"),
        Column("gives_way", "boolean", "Wijkt voor een reservering", "Gives way to a reservation"),
    ),
    description_nl="Alleen als woningbouwplannen een prijs hebben: welke wijken en welke doorgaan.",
    description_en="Only when housing plans have a price: which give way and which go ahead.",
    level=Level.PROVINCE,
    order=("plan", "plan_id"),
    role="result",
)
_CLASHES = Layer(
    "plan_clashes",
    "Wat er botst",
    "What clashes",
    "table",
    None,
    (
        Column("clash_id", "text", "Botsing", "Clash"),
        _count("item", "Nummer", "Item"),
        Column("kind", "code", "Soort", "Kind", allowed=CLASH_KINDS),
        Column("name", "text", "Regel of functies", "Rule or functions"),
        *LABELS,
        Column("functions", "text", "Functies", "Functions"),
        YEAR,
        Column("scope", "code", "Gebiedssoort", "Kind of area", allowed=SCOPES),
        _ha("wanted_ha", "Samen gevraagd", "Wanted together"),
        _count("sites", "Plekken die in aanmerking komen", "Eligible sites"),
        _ha("sites_ha", "Hectares daarvan", "Hectares of those"),
        _count("shared_sites", "Plekken die meer dan een functie vraagt", "Sites that more than one asks"),
        _ha("shared_ha", "Hectares daarvan", "Hectares of those"),
        _ha("short_ha", "Bewezen tekort onder deze regels", "Proven shortage under these rules"),
        _count("more_rules", "Regels die ook meespelen", "Rules that play a part too"),
        *TEXTS,
    ),
    description_nl="Voor de grootste tekorten: functies en regels die samen botsen; geen ervan is te missen.",
    description_en="For the largest shortages: functions and rules that clash; none of them can be missed.",
    order=("clash_id", "item"),
    role="result",
)
_WAYS_OUT = Layer(
    "plan_ways_out",
    "Uitwegen",
    "Ways out",
    "table",
    None,
    (
        Column("way_id", "text", "Uitweg", "Way out"),
        _count("rank", "Volgorde", "Order"),
        Column("kind", "code", "Soort keuze", "Kind of choice", allowed=WAY_KINDS),
        Column("group", "text", "Regel", "Rule"),
        *LABELS,
        _ha("freed_ha", "Minder tekort", "Less short", signed=True),
        _number("before", "Gewogen tekort zonder", "Weighted shortage without"),
        _number("after", "Gewogen tekort met", "Weighted shortage with"),
        _number("bound", "Bewezen ondergrens", "Proven bound"),
        *PROOF,
        Column("sites", "text", "Nieuwe plekken", "New sites", level=Level.PROVINCE),
        _count("site_count", "Aantal nieuwe plekken", "Number of new sites"),
        _people(
            nl="Mensen binnen de afstand van die plekken", en="People within the distance of those sites"
        ),
        *TEXTS,
    ),
    description_nl=(
        "Elk opnieuw doorgerekend. Eerst vrije keuzes; apart daarvan wat de gezondheid raakt, met het aantal"
        " mensen."
    ),
    description_en="Each solved again. Free choices first; apart from them what touches health, with people.",
    order=("rank", "way_id"),
    role="result",
)
_TRADEOFF = Layer(
    "plan_tradeoff",
    "Ruil tussen de eerste twee doelen",
    "Trade-off between the first two aims",
    "table",
    None,
    (
        _count("point", "Punt", "Point"),
        Column("first_aim", "code", "Eerste doel", "First aim", allowed=AIMS),
        Column("second_aim", "code", "Tweede doel", "Second aim", allowed=AIMS),
        _number("limit", "Grens aan het eerste doel", "Limit on the first aim"),
        _number("first_value", "Eerste doel", "First aim reached"),
        _number("second_value", "Tweede doel", "Second aim reached"),
        _number("second_bound", "Bewezen ondergrens", "Proven bound"),
        *PROOF,
        _ha("short_ha", "Tekort in het laatste planjaar", "Short in the last year of the plan"),
        YEAR,
        _people(),
        _ha("reserved_ha", "Gereserveerd in het laatste planjaar", "Reserved in the last year of the plan"),
        _count("sites", "Plekken", "Sites"),
    ),
    description_nl="Van het kleinste tekort tot de minste mensen dichtbij: wat het een van het ander kost.",
    description_en="From the least shortage to the fewest people near: what the one costs of the other.",
    order=("point",),
    role="result",
)

RESERVATION_LAYERS: tuple[Layer, ...] = (
    _RESERVATIONS,
    _AIMS,
    _TARGETS,
    _HOUSING,
    _CLASHES,
    _WAYS_OUT,
    _TRADEOFF,
)
"""What the reservation plan adds to a release."""
