"""The tables of shared functions over municipalities: who must align, who hosts, who is served from where.

Times are minutes from the inhabitants of a municipality; ``basis`` says whether they follow the road network
or a declared approximation. Plots stay out of it: a place is a park or a facility that exists.
"""

from __future__ import annotations

from layers.schema import Column, Layer, Level

VERDICTS = ("certain", "possible", "no", "not_assessed")
RESULTS = ("allocated", "short", "no_place", "not_allocated")
BASES = ("network", "approximation", "not_assessed")
SERVED = ("yes", "no", "not_assessed")
STATUSES = ("sourced", "assumption", "to_verify")


def _number(name: str, nl: str, en: str, unit: str | None = None, decimals: int = 3) -> Column:
    return Column(name, "number", nl, en, unit, decimals=decimals)


def _people(name: str, nl: str, en: str) -> Column:
    return _number(name, nl, en, "inhabitants", 0)


def _minutes(name: str, nl: str, en: str) -> Column:
    return _number(name, nl, en, "min", 2)


def _text(name: str, nl: str, en: str) -> Column:
    return Column(name, "text", nl, en)


FUNCTION = _text("function_id", "Functie", "Function")
NAME = _text("name_nl", "Functie: naam", "Function: name (Dutch)")
MUNICIPALITY = (
    _text("municipality_code", "Gemeentecode", "Municipality code"),
    _text("municipality", "Gemeente", "Municipality"),
)
FACILITY = _text("facility_id", "Voorziening", "Facility")
SITE = (_text("site_id", "Plek", "Place"), _text("site_name", "Plek: naam", "Place: name"))
HOST = (
    _text("host_code", "Gastgemeente: code", "Host: code"),
    _text("host", "Gastgemeente", "Host municipality"),
)
BASIS = Column("basis", "code", "Reistijd volgens", "Travel time by", allowed=BASES)
STATUS = Column("status", "code", "Status", "Status", allowed=STATUSES)


def _table(
    name: str,
    nl: str,
    en: str,
    columns: tuple[Column, ...],
    order: tuple[str, ...],
    *,
    note: tuple[str, str] = ("", ""),
    level: Level = Level.PUBLIC,
) -> Layer:
    return Layer(
        name,
        nl,
        en,
        "table",
        None,
        columns,
        description_nl=note[0],
        description_en=note[1],
        level=level,
        order=order,
        role="result",
    )


_ALIGNMENT = _table(
    "alignment_functions",
    "Functies die afstemming vragen",
    "Functions that need alignment",
    (
        FUNCTION,
        NAME,
        _text("name_en", "Functie: naam (Engels)", "Function: name"),
        _text("scale", "Schaal", "Scale"),
        Column("verdict", "code", "Afstemming nodig", "Needs alignment", allowed=VERDICTS),
        *(
            _people(f"catchment_{b}", f"Verzorgingsgebied ({nl})", f"Catchment ({b})")
            for b, nl in (("low", "laag"), ("mid", "midden"), ("high", "hoog"))
        ),
        _people("inhabitants", "Inwoners samen", "Inhabitants together"),
        _number("plot_low_ha", "Kleinste kavel", "Smallest plot", "ha"),
        _number("plot_mid_ha", "Gewone kavel", "Usual plot", "ha"),
        _number("municipalities", "Gemeenten", "Municipalities", None, 0),
        _number(
            "municipalities_certain",
            "Gemeenten met zeker te weinig inwoners",
            "Municipalities with too few inhabitants for sure",
            None,
            0,
        ),
        _number(
            "municipalities_possible",
            "Gemeenten met mogelijk te weinig inwoners",
            "Municipalities with possibly too few",
            None,
            0,
        ),
        _number(
            "municipalities_below_plot",
            "Gemeenten met minder vraag dan een kavel",
            "Municipalities with less demand than a plot",
            None,
            0,
        ),
        _number(
            "own_demand_largest_ha",
            "Grootste eigen ruimtevraag van een gemeente",
            "Largest own demand of a municipality",
            "ha",
        ),
        Column("demand_year", "year", "Jaar van de ruimtevraag", "Year of the land demand"),
        *(
            _number(f"facilities_{b}", f"Voorzieningen nodig ({nl})", f"Facilities needed ({b})", None, 2)
            for b, nl in (("low", "laag"), ("mid", "midden"), ("high", "hoog"))
        ),
        STATUS,
        _text("why_nl", "Waarom", "Why (Dutch)"),
        _text("why_en", "Waarom (Engels)", "Why"),
        Column("result", "code", "Verdeling", "Allocation", allowed=RESULTS),
        _number("facilities", "Voorzieningen gekozen", "Facilities chosen", None, 0),
        _number("places", "Plekken die in aanmerking komen", "Eligible places", None, 0),
        _number("unserved", "Inwoners zonder plek", "Inhabitants without a place", "inhabitants", 0),
        _text("result_nl", "Toelichting op de verdeling", "Note on the allocation (Dutch)"),
    ),
    ("function_id",),
    note=(
        "Een functie vraagt afstemming als gemeenten te weinig inwoners hebben om er een te vullen.",
        "A function needs alignment when municipalities have too few inhabitants to fill one.",
    ),
)
_PARTNERS = _table(
    "alignment_partners",
    "Met wie afstemmen",
    "With whom to align",
    (
        FUNCTION,
        *MUNICIPALITY,
        _number("rank", "Volgorde", "Order", None, 0),
        _text("partner_code", "Buurgemeente: code", "Partner: code"),
        _text("partner", "Buurgemeente", "Partner"),
        _minutes("minutes", "Reistijd tussen de gemeenten", "Time between the municipalities"),
        _people("together", "Samen tot en met deze", "Together up to this one"),
        _people("wanted", "Gevraagd", "Wanted"),
        Column("filled", "boolean", "Genoeg", "Enough"),
    ),
    ("function_id", "municipality_code", "rank"),
)
_CHOSEN = Layer(
    "shared_functions",
    "Regionale functies",
    "Shared functions",
    "point",
    "facility_id",
    (
        Column("facility_id", "text", "Voorziening", "Facility", required=True, filled=True),
        FUNCTION,
        _text("function", "Functie (met zwaarteklasse)", "Function (with weight class)"),
        NAME,
        _text("name_en", "Functie: naam (Engels)", "Function: name"),
        *SITE,
        *HOST,
        Column("verdict", "code", "Geschikt", "Fits", allowed=("certain", "possible", "existing")),
        Column("existing", "boolean", "Bestaat al", "Exists"),
        Column("burden", "boolean", "Hoge milieucategorie", "High category"),
        Column("lock", "code", "Afspraak", "Lock", allowed=("in", "out")),
        _text("lock_id", "Uitkomst van de sessie", "Outcome of the session"),
        Column("measure", "code", "Maat", "Measure", allowed=("catchment", "throughput")),
        _number("capacity", "Capaciteit", "Capacity", None, 1),
        _number("load", "Gebruik", "Load", None, 1),
        _number("needed_ha", "Nodig voor dit gebruik", "Needed for this load", "ha"),
        _number("largest_ha", "Grootste geschikte kavel", "Largest eligible plot", "ha"),
        _minutes("cost_minutes", "Reistijd en opening van de functie", "Travel and opening of the function"),
        _minutes("bound_minutes", "Bewezen ondergrens", "Proven bound"),
        _number("gap", "Resterend verschil", "Gap", "share", 8),
        STATUS,
    ),
    description_nl="Een onderbouwd alternatief: waar regionale functies kunnen staan.",
    description_en="One reasoned alternative: where shared functions can stand.",
    role="result",
)
_ASSIGNMENTS = _table(
    "shared_assignments",
    "Wie gaat waarheen",
    "Who is served from where",
    (
        FUNCTION,
        *MUNICIPALITY,
        FACILITY,
        *SITE,
        *HOST,
        _number("share", "Deel van de gemeente", "Share of the municipality", "share", 4),
        _people("inhabitants", "Inwoners", "Inhabitants"),
        _minutes("minutes", "Reistijd", "Travel time"),
        _number("km", "Afstand", "Distance", "km", 2),
        BASIS,
        Column("served", "code", "Heeft een plek", "Has a place", allowed=SERVED),
    ),
    ("function_id", "municipality_code", "facility_id"),
)
_AREAS = Layer(
    "shared_service_areas",
    "Verzorgingsgebieden",
    "Service areas",
    "polygon",
    "facility_id",
    (
        Column("facility_id", "text", "Voorziening", "Facility", required=True, filled=True),
        FUNCTION,
        NAME,
        SITE[1],
        HOST[1],
        _number("municipalities", "Gemeenten", "Municipalities", None, 0),
        _text("municipality_codes", "Gemeentecodes", "Municipality codes"),
        _text("municipality_names", "Gemeenten: namen", "Municipalities: names"),
        _people("inhabitants", "Inwoners", "Inhabitants"),
        _minutes("minutes_longest", "Langste reistijd", "Longest time"),
    ),
    description_nl="Gemeenten die een voorziening gebruiken; een gemeente die deels gebruik maakt telt heel.",
    description_en="Municipalities that use a facility; one that uses it in part is drawn whole.",
    role="result",
)
_EQUITY = _table(
    "shared_equity",
    "Wat een eerlijker verdeling kost",
    "The price of a fairer allocation",
    (
        FUNCTION,
        _number("point", "Punt", "Point", None, 0),
        Column("kind", "code", "Soort", "Kind", allowed=("cheapest", "fairest")),
        _number("allowed_loss", "Toegestane meerkosten", "Extra cost allowed", "share", 4),
        _minutes("cost_minutes", "Kosten in minuten per inwoner", "Cost in minutes per inhabitant"),
        _number("extra_cost", "Meerkosten", "Extra cost", "share", 4),
        _minutes("mean_minutes", "Gemiddelde reistijd", "Mean time"),
        _minutes("longest_minutes", "Langste reistijd", "Longest time"),
        _minutes("tail_minutes", "Gemiddelde van de slechtst bedienden", "Mean of the worst served"),
        _number("gini", "Gini van de reistijd", "Gini of travel time", None, 4),
        _minutes("tail_bound_minutes", "Bewezen ondergrens daarvan", "Proven bound of that"),
        _number("gap", "Resterend verschil", "Gap", "share", 8),
        Column(
            "pass_status",
            "code",
            "Status van de berekening",
            "Status of the pass",
            allowed=("optimal", "within_gap", "limit"),
        ),
        _text("sites", "Plekken", "Places"),
    ),
    ("function_id", "point"),
    note=(
        "Van goedkoop naar eerlijk: hoe kort de reis van de slechtst bediende inwoners kan worden.",
        "From cheap to fair: how short the trip of the worst served inhabitants can be.",
    ),
)
_BURDENS = _table(
    "shared_burdens",
    "Lasten naast het aandeel naar inwoners",
    "Burdens beside the fair share by inhabitants",
    (
        *MUNICIPALITY,
        _people("inhabitants", "Inwoners", "Inhabitants"),
        _number("hosted", "Voorzieningen", "Facilities", None, 0),
        _number("hosted_ha", "Hectares daarvan", "Hectares of those", "ha"),
        _number("burdens", "Waarvan hoge milieucategorie", "Of which of high category", None, 0),
        _number("burden_ha", "Hectares hoge milieucategorie", "Hectares of high category", "ha"),
        _number("fair_ha", "Aandeel naar inwoners", "Share by inhabitants", "ha"),
        _number(
            "fair_burden_ha",
            "Aandeel naar inwoners, hoge categorie",
            "Share by inhabitants, high category",
            "ha",
        ),
        _number("above_fair_burden_ha", "Boven dat aandeel", "Above that share", "ha"),
        _number("burdens_allowed", "Hoogstens toegestaan", "Allowed at most", None, 0),
        _number("burdens_over", "Daar boven", "Above that", None, 0),
    ),
    ("municipality_code",),
)
_HANDOUTS = _table(
    "shared_handouts",
    "Hand-out per gemeente",
    "Hand-out per municipality",
    (
        *MUNICIPALITY,
        _number("order", "Volgorde", "Order", None, 0),
        _text("sentence_id", "Zin: id", "Sentence: id"),
        Column(
            "topic",
            "code",
            "Onderwerp",
            "Topic",
            allowed=("hosts", "served", "unserved", "burden", "question"),
        ),
        FUNCTION,
        _text("text_nl", "Tekst", "Text (Dutch)"),
        _minutes("minutes", "Reistijd", "Travel time"),
        _minutes("median_minutes", "Reistijd van de middelste gemeente", "Time of the middle municipality"),
        _number("rank", "Plaats (1 is het dichtstbij)", "Rank (1 is nearest)", None, 0),
        _number("of", "Van hoeveel", "Of how many", None, 0),
    ),
    ("municipality_code", "order"),
)
_TRAVEL = _table(
    "shared_travel",
    "Reistijden",
    "Travel times",
    (
        MUNICIPALITY[0],
        SITE[0],
        _minutes("minutes", "Reistijd", "Travel time"),
        _number("km", "Afstand", "Distance", "km", 2),
        BASIS,
        _number("municipality_snap_m", "Gemeente tot wegennet", "Municipality to network", "m", 0),
        _number("site_snap_m", "Plek tot wegennet", "Place to network", "m", 0),
    ),
    ("municipality_code", "site_id"),
)
_ASSUMPTIONS = Layer(
    "shared_assumptions",
    "Aannames bij regionale functies",
    "Assumptions of shared functions",
    "table",
    "assumption_id",
    (
        Column("assumption_id", "text", "Aanname", "Assumption", required=True, filled=True),
        NAME,
        _text("name_en", "Naam (Engels)", "Name"),
        _text("value", "Waarde", "Value"),
        _text("unit", "Eenheid", "Unit"),
        _text("note_nl", "Toelichting", "Note (Dutch)"),
        STATUS,
    ),
    role="result",
)

SHARING_LAYERS: tuple[Layer, ...] = (
    _ALIGNMENT,
    _PARTNERS,
    _CHOSEN,
    _ASSIGNMENTS,
    _AREAS,
    _EQUITY,
    _BURDENS,
    _HANDOUTS,
    _TRAVEL,
    _ASSUMPTIONS,
)
"""What the sharing of functions adds to a release."""
