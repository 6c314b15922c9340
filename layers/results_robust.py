"""The tables of robustness: other weights, other futures, alternatives, replacements, a label per site.

Shares are shares of the calculations, never probabilities. Single sites are working material.
"""

from __future__ import annotations

from layers.schema import Column, Kind, Layer, Level

LABELS = ("no_regret", "robust", "replaceable", "only_some_futures", "not_assessed")
PLANS = ("plan", "minimax", "cvar", "two_stage")
FUTURES = ("plan", "band", "scenario", "draw")
STATUSES = ("sourced", "assumption", "to_verify")
CRITERIA = (
    ("category_margin", "marge categorie", "category margin"),
    ("frontage", "kade", "frontage"),
    ("area_and_shape", "oppervlakte en vorm", "area and shape"),
    ("access", "ontsluiting", "access"),
    ("grid", "stroomnet", "grid"),
    ("released_land", "vrijkomende grond", "released land"),
    ("clustering", "clustering", "clustering"),
    ("housing_conflict", "conflict met woningbouw", "conflict with housing"),
    ("people", "mensen", "people"),
    ("nature", "natuur", "nature"),
    ("ownership", "eigendom", "ownership"),
)

SITE = Column("site_id", "text", "Locatie", "Site", required=True, filled=True)
PARK = Column("park_id", "text", "RIN-nummer", "RIN number")
FUNCTION = Column("function", "text", "Functie", "Function")


def text(name: str, nl: str, en: str) -> Column:
    """Describe a text."""
    return Column(name, "text", nl, en)


def code(name: str, nl: str, en: str, allowed: tuple[str, ...]) -> Column:
    """Describe a code."""
    return Column(name, "code", nl, en, allowed=allowed)


def share(name: str, nl: str, en: str) -> Column:
    """Describe a share."""
    return Column(name, "number", nl, en, "share", minimum=0, maximum=1, decimals=4)


def ha(name: str, nl: str, en: str, *, signed: bool = False, weighted: bool = False) -> Column:
    """Describe hectares, plain or weighted by priority."""
    unit = "weighted ha" if weighted else "ha"
    return Column(name, "number", nl, en, unit, minimum=None if signed else 0, decimals=3)


def count(name: str, nl: str, en: str, unit: str = "sites", kind: Kind = "integer") -> Column:
    """Describe a count."""
    return Column(name, kind, nl, en, unit, minimum=0)


WEIGHTS = tuple(
    Column(
        f"weight_{name}",
        "number",
        f"Gewicht {nl}",
        f"Weight of {en}",
        "share",
        minimum=0,
        maximum=1,
        decimals=6,
    )
    for name, nl, en in CRITERIA
)
AIMS = (
    Column("shortage", "number", "Tekort (gewogen)", "Shortage (weighted)", "weighted ha", decimals=3),
    Column("people", "number", "Mensen", "People", "persons", decimals=1),
    Column(
        "suitability", "number", "Wat aan geschiktheid ontbreekt", "Suitability lacking", "ha", decimals=3
    ),
    Column(
        "compactness", "number", "Aangesneden terreinen per functie", "Parks opened per function", decimals=1
    ),
)

ROBUST_LAYERS: tuple[Layer, ...] = (
    Layer(
        "weight_draws",
        "Trekkingen van gewichten",
        "Draws of weights",
        "table",
        "draw",
        (
            Column("draw", "integer", "Trekking", "Draw", required=True, filled=True, minimum=1),
            Column("objective", "number", "Wat aan geschiktheid ontbreekt", "Suitability lacking", "ha"),
            Column("bound", "number", "Bewezen ondergrens", "Proven bound", "ha"),
            Column("gap", "number", "Marge", "Gap", "share", minimum=0, decimals=4),
            code("status", "Uitkomst", "Status", ("optimal", "within_gap", "limit")),
            share("kept_share", "Aandeel van het plan dat blijft", "Share of the plan that stays"),
            *WEIGHTS,
        ),
        description_nl=(
            "Per trekking het plan opnieuw gemaakt; de volgorde van de gewichten blijft die van het project."
        ),
        description_en="The plan made again per draw; the order of the project's weights holds.",
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "site_acceptability",
        "Hoe vaak een locatie gekozen wordt bij andere gewichten",
        "How often a site is chosen under other weights",
        "table",
        None,
        (
            SITE,
            FUNCTION,
            share("acceptability", "Aandeel van de doorrekeningen", "Share of the calculations"),
            Column("error", "number", "Fout van de steekproef", "Monte Carlo error", "share", decimals=4),
            Column("in_plan", "boolean", "In het plan", "In the plan"),
            *WEIGHTS,
        ),
        description_nl=(
            "'none': niet gekozen; per locatie tellen de aandelen op tot 1. Gewichten: het midden "
            "van de trekkingen die haar kiezen."
        ),
        description_en=(
            "'none': not chosen; shares add up to 1 per site. Weights: the mean of the draws that choose it."
        ),
        level=Level.PROVINCE,
        order=("site_id", "function"),
        role="result",
    ),
    Layer(
        "plan_regret",
        "Spijt per plan en toekomst",
        "Regret per plan and future",
        "table",
        None,
        (
            code("plan_id", "Plan", "Plan", PLANS),
            text("scenario_id", "Toekomst", "Future"),
            code("kind", "Soort toekomst", "Kind of future", FUTURES),
            text("label_nl", "Naam", "Name (Dutch)"),
            text("label_en", "Naam (Engels)", "Name"),
            ha(
                "best_ha",
                "Laagste tekort dat kan (ondergrens)",
                "Least shortage possible (bound)",
                weighted=True,
            ),
            ha("shortage_ha", "Tekort van het plan", "Shortage of the plan", weighted=True),
            ha("regret_ha", "Spijt", "Regret", weighted=True),
        ),
        description_nl="Spijt: tekort boven het laagste dat in die toekomst kan; nooit te laag geteld.",
        description_en="Regret: shortage above the least that the future allows; never understated.",
        level=Level.PROVINCE,
        order=("plan_id", "scenario_id"),
        role="result",
    ),
    Layer(
        "plan_futures",
        "Plannen in alle toekomsten",
        "Plans in all futures",
        "table",
        None,
        (
            code("plan_id", "Plan", "Plan", PLANS),
            code("futures", "Toekomsten", "Futures", ("scenarios", "draws")),
            count("count", "Aantal toekomsten", "Number of futures", "futures"),
            ha("largest_regret_ha", "Grootste spijt", "Largest regret", weighted=True),
            ha("mean_regret_ha", "Gemiddelde spijt", "Mean regret", weighted=True),
            ha(
                "tail_regret_ha",
                "Gemiddelde spijt in de slechtste 20 %",
                "Mean of the worst 20 %",
                weighted=True,
            ),
            ha("least_ha", "Ondergrens voor elk plan", "Bound on any plan", weighted=True),
            ha("gap_ha", "Afstand tot die ondergrens", "Distance to that bound", weighted=True),
            count("sites", "Locaties", "Sites"),
            count("sites_first_year", "Locaties in het eerste jaar", "Sites in the first year"),
            count("other_sites", "Locaties die het plan niet heeft", "Sites that the plan lacks"),
            Column("later_years_differ", "boolean", "Latere jaren verschillen", "Later years differ"),
        ),
        description_nl=(
            "'minimax': kleinste grootste spijt; 'cvar': kleinste gemiddelde in de slechtste 20 %; "
            "'two_stage': eerste jaar gelijk, daarna per toekomst."
        ),
        description_en=(
            "'minimax': least largest regret; 'cvar': least mean of the worst 20 %; 'two_stage': "
            "first year shared, later years per future."
        ),
        level=Level.PROVINCE,
        order=("futures", "plan_id"),
        role="result",
    ),
    Layer(
        "plan_portfolio",
        "Bijna even goede plannen",
        "Plans that are nearly as good",
        "table",
        "alternative_id",
        (
            Column("alternative_id", "text", "Alternatief", "Alternative", required=True, filled=True),
            count("sites", "Locaties", "Sites"),
            share(
                "distance_to_plan",
                "Aandeel andere locaties dan het plan",
                "Share of sites other than the plan",
            ),
            share("least_distance", "Kleinste verschil met een ander", "Least difference from another"),
            share("asked_distance", "Gevraagd verschil", "Difference asked"),
            share("asked_loss", "Toegestaan verlies", "Loss allowed"),
            count("asked", "Gevraagde plannen", "Plans asked", "plans"),
            count("found", "Gevonden plannen", "Plans found", "plans"),
            *(
                column
                for aim in AIMS
                for column in (
                    aim,
                    Column(
                        f"{aim.name}_most",
                        "number",
                        f"{aim.label_nl}: hoogstens",
                        f"{aim.label_en}: at most",
                        aim.unit,
                    ),
                )
            ),
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "alternative_choices",
        "Wat elk alternatief reserveert",
        "What each alternative reserves",
        "table",
        None,
        (
            text("alternative_id", "Alternatief", "Alternative"),
            SITE,
            FUNCTION,
            Column("from_year", "year", "Vanaf", "From"),
        ),
        level=Level.PROVINCE,
        order=("alternative_id", "site_id"),
        role="result",
    ),
    Layer(
        "site_replacement",
        "Wat het kost als een locatie wegvalt",
        "What it costs when a site drops out",
        "table",
        "site_id",
        (
            SITE,
            FUNCTION,
            code("basis", "Grondslag", "Basis", ("resolved", "bracket", "locked")),
            code(
                "verdict", "Vervanging", "Replacement", ("infinite", "nothing", "partly", "wholly", "bracket")
            ),
            ha("cost_ha", "Extra tekort (gewogen)", "Extra shortage (weighted)", weighted=True),
            ha("low_ha", "Ten minste", "At least", weighted=True),
            ha("high_ha", "Ten hoogste", "At most", weighted=True),
            ha("unweighted_ha", "Extra tekort", "Extra shortage", signed=True),
            Column("people", "number", "Verschil in mensen", "Difference in people", "persons", decimals=1),
            ha(
                "bare_ha",
                "Extra tekort als niets invult",
                "Extra shortage when nothing fills in",
                weighted=True,
            ),
            text("fills_in", "Vult in als de rest blijft", "Fills in when the rest stays"),
        ),
        description_nl=(
            "'resolved': plan opnieuw gemaakt zonder de locatie; 'bracket': bewezen onder- en "
            "bovengrens (LP en kern); 'infinite': niets vervangt haar."
        ),
        description_en=(
            "'resolved': the plan made again without the site; 'bracket': proven bounds (LP and "
            "kernel); 'infinite': nothing replaces it."
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "site_labels",
        "Oordeel per locatie",
        "Label per site",
        "table",
        "site_id",
        (
            SITE,
            PARK,
            Column("in_plan", "boolean", "In het plan", "In the plan"),
            share("acceptability", "Gekozen bij andere gewichten", "Chosen under other weights"),
            Column("error", "number", "Fout van de steekproef", "Monte Carlo error", "share", decimals=4),
            share(
                "portfolio_share", "Aandeel van de bijna even goede plannen", "Share of nearly as good plans"
            ),
            share("scenario_share", "Aandeel van de toekomsten", "Share of the futures"),
            ha("replacement_ha", "Vervanging kost ten minste", "Replacement costs at least", weighted=True),
            Column("irreplaceable", "boolean", "Niets vervangt haar", "Nothing replaces it"),
            code("label", "Oordeel", "Label", LABELS),
            text("label_nl", "Oordeel (tekst)", "Label (Dutch)"),
            text("definition_nl", "Wat dat betekent", "What that means"),
            text("rule_id", "Regel", "Rule"),
            code("status", "Status", "Status", STATUSES),
        ),
        level=Level.PROVINCE,
        role="result",
    ),
)
