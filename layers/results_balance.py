"""The tables of the balance: supply, regular demand, what runs short, what matters most, what to find out.

Hectares are net. P10, P50 and P90 come from the draws; ``share_short`` is a share of the calculations, not a
probability. ``shown_`` columns are rounded to 5 ha for readers.
"""

from __future__ import annotations

from layers.schema import Column, Layer, Level

SCOPES = ("sub_area", "province", "province_apart")
WATERS = ("dry", "near", "at_water")
GROUPS = ("light", "4.1", "4.2", "5.1+", "total")
RULES = ("floor", "free_heavy_first", "free_light_first")
STATUSES = ("sourced", "assumption", "to_verify")


def _ha(name: str, nl: str, en: str, *, signed: bool = False, decimals: int = 3) -> Column:
    return Column(name, "number", nl, en, "ha", minimum=None if signed else 0, decimals=decimals)


def _share(name: str, nl: str, en: str) -> Column:
    return Column(name, "number", nl, en, "share", minimum=0, maximum=1, decimals=4)


PLACE = (
    Column("scope", "code", "Gebiedssoort", "Kind of area", allowed=SCOPES),
    Column("area", "text", "Gebied", "Area"),
    Column("year", "year", "Jaar", "Year"),
)
CATEGORY = Column("category", "category", "Milieucategorie", "Environmental category")
WATER = Column("water", "code", "Water", "Water", allowed=WATERS)
GROUP = Column("group", "code", "Categoriegroep", "Group of categories", allowed=GROUPS)
ANY_WATER = Column("water", "code", "Water", "Water", allowed=(*WATERS, "any"))
RULE = Column("rule", "code", "Verdeelregel", "Rule of division", allowed=RULES)

TERMS = (
    _ha("circular_ha", "Circulaire vraag", "Circular demand"),
    _ha("growth_ha", "Gewone vraag: groei", "Regular demand: growth"),
    _ha("replacement_ha", "Gewone vraag: vervanging", "Regular demand: replacement"),
    _ha("supply_ha", "Aanbod", "Supply"),
    _ha("intensification_ha", "Winst door verdichting", "Gain by intensification"),
    _ha("released_ha", "Bruikbaar vrijgekomen", "Usable released land"),
    _ha("balance_ha", "Vraag min aanbod", "Demand less supply", signed=True),
)
SHORTAGE = (
    _ha("shortage_ha", "Tekort (middenwaarden)", "Shortage (mid values)"),
    _ha("p10_ha", "Tekort P10", "Shortage P10"),
    _ha("shown_p10_ha", "Tekort P10 (op 5 ha)", "Shortage P10 (to 5 ha)", decimals=0),
    _ha("p50_ha", "Tekort P50", "Shortage P50"),
    _ha("shown_p50_ha", "Tekort P50 (op 5 ha)", "Shortage P50 (to 5 ha)", decimals=0),
    _ha("p90_ha", "Tekort P90", "Shortage P90"),
    _ha("shown_p90_ha", "Tekort P90 (op 5 ha)", "Shortage P90 (to 5 ha)", decimals=0),
    _share(
        "share_short", "Aandeel van de doorrekeningen met tekort", "Share of the calculations with a shortage"
    ),
)

_EXTRA = (
    ("free_lost", "Vrije grond die lichter wordt of vervalt", "Free land that becomes lighter or drops out"),
    ("free_heavy_lost", "Vrije zware grond die vervalt", "Free heavy land that is lost"),
    ("occupied_heavy", "Bezette zware grond die vervalt", "Occupied heavy land that is lost"),
    ("extra", "Extra tekort provincie", "Extra shortage, province"),
    ("extra_apart", "Extra tekort, deelgebieden apart", "Extra shortage, sub-areas apart"),
    (
        "extra_with_firms",
        "Extra tekort als ook gevestigde bedrijven moeten verhuizen",
        "Extra shortage when settled firms must move too",
    ),
)

BALANCE_LAYERS: tuple[Layer, ...] = (
    Layer(
        "supply",
        "Aanbod per terrein",
        "Supply per park",
        "table",
        None,
        (
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column("park_name", "text", "Bedrijventerrein", "Business park"),
            Column("sub_area", "text", "Deelgebied", "Sub-area"),
            Column(
                "kind", "code", "Wanneer beschikbaar", "When available", allowed=("at_once", "later", "soft")
            ),
            Column("plan", "code", "Planstatus", "Plan status", allowed=("hard", "soft", "unknown")),
            Column("grid_until", "year", "Stroomnet vol tot", "Grid full until"),
            CATEGORY,
            WATER,
            _ha("strict_ha", "Strenge lezing", "Strict reading"),
            _ha("wide_ha", "Ruime lezing", "Wide reading"),
            _ha("counted_ha", "Geteld in de middenwaarde", "Counted at mid value"),
        ),
        description_nl="Vrije grond naar categorie en water; later en zachte plannen staan apart.",
        description_en="Free land by category and water; what comes later or by a soft plan stands apart.",
        order=("park_id", "kind", "plan", "grid_until", "category", "water"),
        role="result",
    ),
    Layer(
        "regular_demand",
        "Gewone vraag",
        "Regular demand",
        "table",
        None,
        (
            Column("kind", "code", "Soort vraag", "Kind of demand", allowed=("growth", "replacement")),
            Column("sub_area", "text", "Deelgebied", "Sub-area"),
            Column("year", "year", "Jaar", "Year"),
            CATEGORY,
            WATER,
            _ha("low_ha", "Laag", "Low"),
            _ha("mid_ha", "Midden", "Mid"),
            _ha("high_ha", "Hoog", "High"),
        ),
        description_nl="Groei telt vanaf de peildatum; vervanging: bedrijven op te transformeren terrein.",
        description_en="Growth counts from the reference date; replacement: firms on land to be transformed.",
        order=("kind", "sub_area", "year", "category", "water"),
        role="result",
    ),
    Layer(
        "balance",
        "Ruimtebalans per categorie en water",
        "Balance of land by category and water",
        "table",
        None,
        (*PLACE, CATEGORY, WATER, RULE, *TERMS, *SHORTAGE),
        description_nl=(
            "Tekort na plaatsing: zwaarder terrein en terrein aan water mag lichtere vraag bedienen, niet "
            "andersom. Provincie: deelgebieden maken ruimte voor elkaar; apart: ieder deelgebied voor zich."
        ),
        description_en=(
            "Shortage after placing: heavier land and land at water may serve lighter demand, not the "
            "reverse. Province: sub-areas make room for each other; apart: each on its own."
        ),
        order=("scope", "area", "year", "category", "water", "rule"),
        role="result",
    ),
    Layer(
        "balance_groups",
        "Ruimtebalans per groep",
        "Balance of land by group",
        "table",
        None,
        (*PLACE, GROUP, ANY_WATER, RULE, *TERMS, *SHORTAGE),
        description_nl="Zoals de ruimtebalans, opgeteld per groep van categorieën en water.",
        description_en="As the balance, summed per group of categories and water.",
        order=("scope", "area", "year", "group", "water", "rule"),
        role="result",
    ),
    Layer(
        "balance_terms",
        "Posten van de ruimtebalans",
        "Terms of the balance",
        "table",
        None,
        (
            *PLACE,
            GROUP,
            ANY_WATER,
            Column(
                "term",
                "code",
                "Post",
                "Term",
                allowed=("circular", "growth", "replacement", "supply", "intensification", "released"),
            ),
            Column("side", "code", "Vraag of aanbod", "Demand or supply", allowed=("asked", "there")),
            _ha("mid_ha", "Middenwaarden", "Mid values"),
            _ha("p10_ha", "P10", "P10"),
            _ha("p50_ha", "P50", "P50"),
            _ha("p90_ha", "P90", "P90"),
        ),
        order=("scope", "area", "year", "group", "water", "term"),
        role="result",
    ),
    Layer(
        "balance_housing",
        "Tekort als een woningbouwplan doorgaat",
        "Shortage when a housing plan goes ahead",
        "table",
        None,
        (
            Column("plan_id", "text", "Plan", "Plan"),
            Column("name", "text", "Naam", "Name"),
            Column("sub_area", "text", "Deelgebied", "Sub-area"),
            Column("phase", "text", "Planfase", "Plan phase"),
            Column("plan_year", "year", "Jaar van het plan", "Year of the plan"),
            Column("year", "year", "Jaar", "Year"),
            Column("counts", "boolean", "Plan telt in dit jaar", "Plan counts in this year"),
            RULE,
            *(
                _ha(f"{name}_{side}_ha", f"{nl} ({side_nl})", f"{en} ({side})")
                for name, nl, en in _EXTRA
                for side, side_nl in (("low", "laag"), ("high", "hoog"))
            ),
        ),
        level=Level.PROVINCE,
        order=("plan_id", "year", "rule"),
        role="result",
    ),
    Layer(
        "balance_answers",
        "Antwoorden uit de ruimtebalans",
        "Answers from the balance",
        "table",
        None,
        (
            Column("place", "integer", "Volgorde", "Order"),
            Column("answer_id", "text", "Antwoord: id", "Answer: id"),
            Column("question_nl", "text", "Vraag", "Question (Dutch)"),
            Column("answer_nl", "text", "Antwoord", "Answer (Dutch)"),
            Column("group", "text", "Categoriegroep", "Group of categories"),
            Column("water", "text", "Water", "Water"),
            Column("year", "year", "Jaar", "Year"),
            _ha("p10_ha", "P10", "P10", signed=True),
            _ha("p50_ha", "P50", "P50", signed=True),
            _ha("p90_ha", "P90", "P90", signed=True),
            _share(
                "share_short",
                "Aandeel van de doorrekeningen met tekort",
                "Share of the calculations with a shortage",
            ),
            Column("where", "text", "Waar het meest", "Where most"),
        ),
        order=("place",),
        role="result",
    ),
    Layer(
        "balance_inputs",
        "Onzekere invoer van de ruimtebalans",
        "Uncertain inputs of the balance",
        "table",
        "name",
        (
            Column("name", "text", "Invoer: id", "Input: id", required=True, filled=True),
            Column("label_nl", "text", "Invoer", "Input (Dutch)"),
            Column("label_en", "text", "Invoer (Engels)", "Input"),
            Column("low", "number", "Laag", "Low", decimals=6),
            Column("mid", "number", "Midden", "Mid", decimals=6),
            Column("high", "number", "Hoog", "High", decimals=6),
            Column("unit", "text", "Eenheid", "Unit (Dutch)"),
            Column("unit_en", "text", "Eenheid (Engels)", "Unit"),
            Column("status", "code", "Status", "Status", allowed=STATUSES),
            Column("source", "text", "Bron", "Source"),
            Column("question_nl", "text", "Onderzoeksvraag", "Research question (Dutch)"),
            Column("group", "text", "Beweegt mee met", "Moves with"),
        ),
        role="result",
    ),
    Layer(
        "sensitivity",
        "Wat de spreiding verklaart",
        "What explains the spread",
        "table",
        None,
        (
            Column("year", "year", "Jaar", "Year"),
            GROUP,
            ANY_WATER,
            Column("factor", "text", "Invoer of groep", "Input or group"),
            Column("first", "number", "Sobol-index eerste orde", "First-order Sobol index", decimals=4),
            Column(
                "first_conf", "number", "Marge eerste orde (95 %)", "Margin first order (95 %)", decimals=4
            ),
            Column("total", "number", "Sobol-index totaal", "Total Sobol index", decimals=4),
            Column("total_conf", "number", "Marge totaal (95 %)", "Margin total (95 %)", decimals=4),
            _ha("worth_ha", "Band smaller bij kennis", "Narrower band when known"),
            _ha("band_ha", "Band P10-P90", "Band P10-P90"),
        ),
        description_nl="Tekort van de provincie onder de ondergrens; 'other' is alle overige invoer samen.",
        description_en="Shortage of the province under the floor rule; 'other' is all other inputs together.",
        order=("year", "group", "water", "factor"),
        role="result",
    ),
    Layer(
        "research_agenda",
        "Onderzoeksvragen voor de toekomst",
        "Questions for future research",
        "table",
        None,
        (
            Column("rank", "integer", "Plaats", "Rank"),
            Column(
                "kind",
                "code",
                "Soort vraag",
                "Kind of question",
                allowed=("range", "not_counted", "not_assessed", "disagreement", "to_verify", "open"),
            ),
            Column("item_id", "text", "Vraag: id", "Question: id"),
            Column("question_nl", "text", "Vraag", "Question (Dutch)"),
            Column("what_nl", "text", "Waarover", "About (Dutch)"),
            Column("low", "number", "Laag", "Low", decimals=6),
            Column("mid", "number", "Midden", "Mid", decimals=6),
            Column("high", "number", "Hoog", "High", decimals=6),
            Column("unit", "text", "Eenheid", "Unit (Dutch)"),
            Column("unit_en", "text", "Eenheid (Engels)", "Unit"),
            Column("status", "code", "Status", "Status", allowed=STATUSES),
            Column("source", "text", "Bron", "Source"),
            Column("group", "text", "Weegt het zwaarst voor", "Matters most for"),
            Column("water", "text", "Water", "Water"),
            _share("first", "Verklaart op zichzelf", "Explains on its own"),
            _share("total", "Verklaart met wisselwerking", "Explains with interaction"),
            _ha("worth_ha", "Band smaller bij antwoord", "Narrower band when answered"),
            _share("worth_share", "Deel van de banden samen", "Share of the bands together"),
            _ha("area_ha", "Hectares geraakt", "Hectares touched"),
            Column("why_nl", "text", "Waarom", "Why (Dutch)"),
        ),
        order=("rank",),
        role="result",
    ),
)

BALANCE_BY_NAME: dict[str, Layer] = {layer.name: layer for layer in BALANCE_LAYERS}
