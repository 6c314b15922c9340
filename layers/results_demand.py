"""The tables of demand: functions, land demand by several methods, linear activity and released land.

Hectares are net plots unless a column says gross. Low, mid and high are corners: every input at the end that
gives the least or the most at once; P10, P50 and P90 come from draws and are shares of calculations, not
probabilities.
"""

from __future__ import annotations

from layers.demand_columns import (
    BOUNDS,
    CATEGORY,
    FUNCTION,
    INPUTS,
    METHOD,
    METHODS,
    SELECTIONS,
    SOURCE,
    STATUS,
    STATUSES,
    SUB_AREA,
    SUPPRESSED,
    VARIANT,
    WATER,
    YEAR,
    count,
    hectares,
    number,
    ranged,
    yes_no,
)
from layers.results_facilities import FACILITY_LAYERS
from layers.results_released import RELEASED_LAYERS
from layers.schema import Column, Layer, Level

_FUNCTION_TEXTS = (
    FUNCTION,
    Column("name_nl", "text", "Functie: naam", "Function: name (Dutch)"),
    Column("name_en", "text", "Functie: naam (Engels)", "Function: name"),
    Column("variant_nl", "text", "Grootte of soort", "Size or kind (Dutch)"),
    Column("variant_en", "text", "Grootte of soort (Engels)", "Size or kind"),
    Column("scale", "code", "Schaal", "Scale", allowed=("local", "regional", "supraregional", "national")),
    Column("strategy", "text", "Strategie", "Strategy"),
    Column("selection", "code", "Grond voor selectie", "Ground for selection", allowed=SELECTIONS),
    Column("ground_nl", "text", "Grond in woorden", "Ground in words (Dutch)"),
    Column("selection_nl", "text", "Onderbouwing", "Evidence (Dutch)"),
    Column("selection_status", "code", "Status onderbouwing", "Status of evidence", allowed=STATUSES),
    Column("selection_source", "text", "Bron onderbouwing", "Source of evidence"),
    Column(
        "profile_evidence",
        "code",
        "Bewijs dat de functie het profiel versterkt",
        "Evidence that it strengthens the profile",
        allowed=("yes", "no", "not_assessed"),
    ),
    Column("lead_method", "code", "Methode die telt", "Leading method", allowed=METHODS),
)
_VARIANT_TEXTS = (
    CATEGORY,
    Column("category_status", "code", "Status categorie", "Status of category", allowed=STATUSES),
    Column("category_source", "text", "Bron categorie", "Source of category"),
    Column(
        "water_need",
        "code",
        "Watereis",
        "Water need",
        allowed=("none", "plus", "preferred", "required"),
    ),
    Column("water_status", "code", "Status watereis", "Status of water need", allowed=STATUSES),
    Column("water_source", "text", "Bron watereis", "Source of water need"),
    Column("sbi", "text", "SBI-codes", "SBI codes"),
    Column("sbi_version", "code", "SBI-versie", "SBI version", allowed=("SBI-2008", "SBI-2025")),
    Column("sbi_status", "code", "Status SBI", "Status of SBI", allowed=STATUSES),
    Column(
        "large_noise_maker",
        "code",
        "Grote lawaaimaker",
        "Large noise maker",
        allowed=("yes", "no", "unknown"),
    ),
    Column("noise_status", "code", "Status lawaaimaker", "Status of noise maker", allowed=STATUSES),
    Column("note_nl", "text", "Toelichting", "Note (Dutch)"),
)

DEMAND_LAYERS: tuple[Layer, ...] = (
    Layer(
        "circular_functions",
        "Circulaire functies",
        "Circular functions",
        "table",
        "variant_id",
        (
            Column("variant_id", "text", "Variant", "Variant", required=True, filled=True),
            *_FUNCTION_TEXTS,
            *_VARIANT_TEXTS,
        ),
        description_nl="Welke functies een plek vragen en waarom; één rij per grootte of soort.",
        description_en="Which functions ask a place and why; one row per size or kind.",
        role="result",
    ),
    Layer(
        "demand_figures",
        "Cijfers achter de ruimtevraag",
        "Figures behind the demand",
        "table",
        "name",
        (
            Column("name", "text", "Cijfer: id", "Figure: id", required=True, filled=True),
            Column("label_nl", "text", "Cijfer", "Figure (Dutch)"),
            Column("label_en", "text", "Cijfer (Engels)", "Figure"),
            *(
                Column(bound, "number", dutch.capitalize(), english.capitalize(), decimals=6)
                for bound, dutch, english in BOUNDS
            ),
            Column("unit", "text", "Eenheid", "Unit (Dutch)"),
            Column("unit_en", "text", "Eenheid (Engels)", "Unit"),
            STATUS,
            SOURCE,
            yes_no("leads", "Telt mee in de balans", "Enters the balance"),
            Column("group", "text", "Beweegt samen met", "Moves together with"),
            Column("question_nl", "text", "Onderzoeksvraag", "Question for research (Dutch)"),
        ),
        description_nl="Elk onzeker cijfer met zijn bereik, status en bron.",
        description_en="Every uncertain figure with its range, status and source.",
        role="result",
    ),
    Layer(
        "land_demand",
        "Ruimtevraag circulaire functies",
        "Land demand of circular functions",
        "table",
        None,
        (
            FUNCTION,
            VARIANT,
            METHOD,
            Column("lead", "boolean", "Methode telt in de balans", "Method enters the balance"),
            SUB_AREA,
            YEAR,
            CATEGORY,
            WATER,
            *ranged("net", "Extra ruimte netto", "Additional land, net"),
            *ranged("gross", "Extra ruimte bruto", "Additional land, gross"),
            *ranged("need", "Hele behoefte netto", "Whole need, net"),
            hectares("present_mid_ha", "Heeft al een plek", "Has a place already"),
            hectares(
                "double_use_mid_ha", "Waarvan tijdelijk dubbel gebruik", "Of which temporary double use"
            ),
            *INPUTS,
            Column("scenario_id", "text", "Scenario", "Scenario"),
        ),
        description_nl=(
            "Methoden staan naast elkaar en worden niet gemiddeld of opgeteld: alleen rijen met 'telt in de "
            "balans' tellen. Functies voor meer deelgebieden zijn naar inwoners verdeeld; dat is geen keuze "
            "van een plek."
        ),
        description_en=(
            "Methods stand side by side and are neither averaged nor added: only rows that enter the balance "
            "count. Functions for several sub-areas are spread by inhabitants, which is no choice of a place."
        ),
        order=("function_id", "variant_id", "method", "sub_area", "year", "category", "water"),
        role="result",
    ),
    Layer(
        "demand_methods",
        "Methoden naast elkaar",
        "Methods side by side",
        "table",
        None,
        (
            FUNCTION,
            METHOD,
            Column("lead", "boolean", "Methode telt in de balans", "Method enters the balance"),
            YEAR,
            yes_no("assessed", "Beoordeeld", "Assessed"),
            *ranged("net", "Extra ruimte netto", "Additional land, net"),
            *ranged("need", "Hele behoefte netto", "Whole need, net"),
            *INPUTS,
            Column("shared_inputs", "text", "Gedeelde invoer", "Shared inputs"),
            Column("reason_nl", "text", "Waarom niet beoordeeld", "Why not assessed (Dutch)"),
            Column("reason_en", "text", "Waarom niet beoordeeld (Engels)", "Why not assessed"),
        ),
        description_nl="Methoden die invoer delen, bevestigen elkaar niet.",
        description_en="Methods that share inputs do not confirm each other.",
        order=("function_id", "method", "year"),
        role="result",
    ),
    Layer(
        "demand_bands",
        "Bandbreedte van de ruimtevraag",
        "Bands of land demand",
        "table",
        None,
        (
            FUNCTION,
            SUB_AREA,
            YEAR,
            hectares("p10_ha", "Extra ruimte netto, P10", "Additional land, net, P10"),
            hectares("p50_ha", "Extra ruimte netto, P50", "Additional land, net, P50"),
            hectares("p90_ha", "Extra ruimte netto, P90", "Additional land, net, P90"),
            hectares("double_use_p50_ha", "Tijdelijk dubbel gebruik, P50", "Temporary double use, P50"),
        ),
        description_nl=(
            "Aandeel van de doorrekeningen, geen kans; 'total' is alle functies, 'province' de provincie."
        ),
        description_en=(
            "Shares of calculations, not probabilities; 'total' is all functions, 'province' all sub-areas."
        ),
        order=("function_id", "sub_area", "year"),
        role="result",
    ),
    Layer(
        "demand_by_scenario",
        "Ruimtevraag per scenario",
        "Land demand by scenario",
        "table",
        None,
        (
            Column("scenario_id", "text", "Scenario", "Scenario"),
            Column("scenario_nl", "text", "Scenario: naam", "Scenario: name (Dutch)"),
            yes_no("chosen", "Leidend scenario", "Leading scenario"),
            FUNCTION,
            YEAR,
            *ranged("net", "Extra ruimte netto", "Additional land, net"),
            STATUS,
        ),
        order=("scenario_id", "function_id", "year"),
        role="result",
    ),
    Layer(
        "secondary_capacity",
        "Capaciteit voor secundair abiotisch materiaal",
        "Capacity for secondary abiotic material",
        "table",
        None,
        (
            FUNCTION,
            SUB_AREA,
            YEAR,
            *ranged("tonnes", "Doorzet", "Throughput", "t/yr", ""),
            *ranged(
                "secondary", "Secundair abiotisch, capaciteit", "Secondary abiotic, capacity", "t/yr", "_t"
            ),
            number(
                "secondary_extra_mid_t",
                "Waarvan extra ten opzichte van nu (midden)",
                "Of which additional to now (mid)",
                "t/yr",
            ),
            yes_no("counted", "Telt mee (geen dubbeltelling)", "Counts (no double counting)"),
            STATUS,
            SOURCE,
        ),
        description_nl="Capaciteit die de ruimte mogelijk maakt, niet de bereikte vermindering.",
        description_en="Capacity that the land enables, not the reduction achieved.",
        order=("function_id", "sub_area", "year"),
        role="result",
    ),
    Layer(
        "demand_checks",
        "Gepubliceerde cijfers naast het model",
        "Published figures beside the model",
        "table",
        "check_id",
        (
            Column("check_id", "text", "Controle", "Check", required=True, filled=True),
            Column("name_nl", "text", "Cijfer", "Figure (Dutch)"),
            Column("name_en", "text", "Cijfer (Engels)", "Figure"),
            Column("kind", "text", "Soort", "Kind"),
            *ranged("published", "Gepubliceerd", "Published", "see unit", ""),
            *ranged("model", "Model", "Model", "see unit", ""),
            number("ratio", "Model gedeeld door gepubliceerd", "Model over published", "ratio"),
            Column("unit", "text", "Eenheid", "Unit (Dutch)"),
            Column("unit_en", "text", "Eenheid (Engels)", "Unit"),
            Column("base_nl", "text", "Basis", "Base (Dutch)"),
            Column("remark_nl", "text", "Toelichting", "Remark (Dutch)"),
            YEAR,
            STATUS,
            SOURCE,
        ),
        role="result",
    ),
    Layer(
        "function_profile",
        "Bewijs voor het economisch profiel",
        "Evidence for the economic profile",
        "table",
        None,
        (
            FUNCTION,
            SUB_AREA,
            count("establishments", "Vestigingen", "Establishments"),
            number("jobs", "Banen", "Jobs", "jobs", 1),
            number("location_quotient", "Locatiequotiënt", "Location quotient", "ratio"),
            Column("reference", "code", "Vergeleken met", "Compared with", allowed=("region", "stated")),
            count("clusters", "Clusters", "Clusters", "clusters"),
            count("largest_cluster", "Grootste cluster", "Largest cluster"),
            count(
                "chain_links", "Ketenschakels op hetzelfde terrein", "Chain links on the same park", "links"
            ),
            Column("shared_codes", "text", "Deelt SBI-codes met", "Shares SBI codes with"),
            Column("evidence", "code", "Bewijs", "Evidence", allowed=("yes", "no", "not_assessed")),
            SUPPRESSED,
        ),
        order=("function_id", "sub_area"),
        role="result",
    ),
    Layer(
        "circular_businesses",
        "Bedrijven: circulair of niet",
        "Businesses: circular or not",
        "table",
        "business_id",
        (
            Column("business_id", "text", "Vestiging", "Establishment", required=True, filled=True),
            Column(
                "verdict",
                "code",
                "Oordeel",
                "Verdict",
                allowed=("circular", "possible", "not_circular", "not_assessed"),
            ),
            Column("rule_id", "text", "Regel die besliste", "Rule that decided"),
            FUNCTION,
            Column("reason_nl", "text", "Reden", "Reason (Dutch)"),
            STATUS,
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "circular_businesses_by_rule",
        "Circulaire bedrijven per regel",
        "Circular businesses by rule",
        "table",
        None,
        (
            Column(
                "verdict",
                "code",
                "Oordeel",
                "Verdict",
                allowed=("circular", "possible", "not_circular", "not_assessed"),
            ),
            Column("rule_id", "text", "Regel die besliste", "Rule that decided"),
            Column("reason_nl", "text", "Reden", "Reason (Dutch)"),
            count("establishments", "Vestigingen", "Establishments"),
            number("jobs", "Banen", "Jobs", "jobs", 1),
            SUPPRESSED,
        ),
        order=("verdict", "rule_id"),
        role="result",
    ),
    *FACILITY_LAYERS,
    *RELEASED_LAYERS,
)

DEMAND_BY_NAME: dict[str, Layer] = {layer.name: layer for layer in DEMAND_LAYERS}
