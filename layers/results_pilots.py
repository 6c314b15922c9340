"""The tables of the redevelopment pilots."""

from __future__ import annotations

from typing import Final

from layers.demand_columns import SOURCE, STATUS, SUB_AREA, count, hectares, number, yes_no
from layers.schema import Column, Layer, Level
from layers.structure_columns import BASIS_COLUMNS, REASON, RUNS, code, key, share, text

CRITERIA: Final = (
    ("urgency", "Urgentie", "Urgency"),
    ("area", "Omvang", "Area"),
    ("potential", "Potentie", "Potential"),
    ("societal_value", "Maatschappelijke waarde", "Societal value"),
)
"""Criteria of the development company, in its order."""

_SCORES: Final = tuple(share(name, nl, en) for name, nl, en in CRITERIA)
_RANKS: Final = tuple(
    Column(f"rank_{name}", "integer", f"Plaats naar {nl.lower()}", f"Rank by {en.lower()}", minimum=1)
    for name, nl, en in (("total", "Totaal", "Total"), *CRITERIA)
)

_PILOTS: Final = Layer(
    "redevelopment_pilots",
    "Herstructurering: pilots",
    "Redevelopment pilots",
    "polygon",
    "park_id",
    (
        key("park_id", "RIN-nummer", "RIN number"),
        text("name", "Naam", "Name"),
        text("municipality_code", "Gemeentecode", "Municipality code"),
        text("municipality_name", "Gemeente", "Municipality"),
        SUB_AREA,
        code("eligible", "Kan een pilot zijn", "Can be a pilot", RUNS),
        text("why_not_nl", "Waarom niet", "Why not (Dutch)"),
        yes_no("short_list", "Op de korte lijst", "On the short list"),
        *_RANKS,
        share("total", "Totaal", "Total"),
        *_SCORES,
        share("top_share", "Deel van de trekkingen bij de eersten", "Share of draws among the first"),
        share("top_share_error", "Steekproeffout van dat deel", "Sampling error of that share"),
        count("top_n", "Lengte van de korte lijst", "Length of the short list", "parks"),
        count("draws", "Trekkingen van gewichten", "Draws of weights", "draws"),
        share("assessed_share", "Deel van het gewicht dat is beoordeeld", "Share of weight assessed"),
        text("not_assessed", "Niet beoordeeld", "Not assessed (Dutch)"),
        hectares("outdated_ha", "Verouderd", "Outdated"),
        hectares("underuse_certain_ha", "Licht gebruikte zware grond", "Lightly used heavy land"),
        Column("intensification_year", "year", "Winst door verdichten tot", "Gain by intensification up to"),
        hectares("intensification_low_ha", "Winst door verdichten (laag)", "Gain by intensification (low)"),
        hectares("intensification_mid_ha", "Winst door verdichten (midden)", "Gain by intensification (mid)"),
        hectares("intensification_high_ha", "Winst door verdichten (hoog)", "Gain by intensification (high)"),
        hectares("free_ha", "Vrije grond", "Free land"),
        Column(
            "released_ha", "number", "Vrijkomende grond", "Released land", "ha",
            minimum=0, level=Level.PROVINCE,
        ),
        hectares("lasting_ha", "Blijft bedrijventerrein", "Stays business park"),
        share("transformation_share", "Deel dat transformeert", "Share to be transformed"),
        number("plots_per_ha", "Kavels per hectare", "Plots per hectare", "plots per ha", 2),
        share("public_share", "Deel in handen van een overheid", "Share in public hands", Level.PROVINCE),
        code(
            "grid_status", "Netcongestie", "Grid congestion",
            ("none", "limited", "full", "unknown", "not_assessed"),
        ),
        number("grid_years", "Jaren tot ruimte op het net", "Years until the grid has room", "years", 0),
        number("jobs", "Banen", "Jobs", "jobs", 0),
        number("neighbours", "Gevoelige objecten binnen afstand", "Sensitive objects in reach", "objects", 0),
        number("circular_steps", "Ketenstappen die er passen", "Chain steps that fit", "steps", 0),
        STATUS,
        REASON,
    ),
    "Criteria van de ontwikkelingsmaatschappij: urgentie, omvang, potentie en maatschappelijke waarde. De "
    "lezer kiest de maat; het totaal is er een van. Aandeel van de trekkingen is geen kans.",
    "Criteria of the development company: urgency, area, potential and societal value. The reader picks the "
    "measure; the total is one of them. A share of draws is no probability.",
    role="result",
)  # fmt: skip

_PILOT_CRITERIA: Final = Layer(
    "pilot_criteria",
    "Herstructurering: maten per terrein",
    "Redevelopment: measures per park",
    "table",
    None,
    (
        text("park_id", "RIN-nummer", "RIN number"),
        text("park_name", "Bedrijventerrein", "Business park"),
        code("criterion", "Criterium (code)", "Criterion (code)", tuple(name for name, _, _ in CRITERIA)),
        text("criterion_nl", "Criterium", "Criterion (Dutch)"),
        text("measure_id", "Maat (code)", "Measure (code)"),
        text("measure_nl", "Maat", "Measure (Dutch)"),
        number("figure", "Gemeten", "Measured", None),
        text("unit", "Eenheid", "Unit"),
        share("value", "Waarde", "Value"),
        share("weight", "Gewicht in het totaal", "Weight in the total"),
        share("contribution", "Bijdrage aan het totaal", "Contribution to the total"),
        yes_no("assessed", "Beoordeeld", "Assessed"),
        STATUS,
        SOURCE,
    ),
    "Gewichten van wat niet is beoordeeld, gaan naar de rest; de bijdragen tellen op tot het totaal.",
    "Weights of what was not assessed go to the rest; contributions add up to the total.",
    level=Level.PROVINCE,
    order=("park_id", "criterion", "measure_id"),
    role="result",
)

_LOOKALIKES: Final = Layer(
    "pilot_lookalikes",
    "Herstructurering: terreinen die op een pilot lijken",
    "Redevelopment: parks that look like a pilot",
    "table",
    None,
    (
        text("pilot_id", "Pilot", "Pilot"),
        text("pilot_name", "Pilot: naam", "Pilot: name"),
        Column("rank", "integer", "Plaats", "Rank", minimum=1),
        text("park_id", "RIN-nummer", "RIN number"),
        text("name", "Bedrijventerrein", "Business park"),
        text("municipality_name", "Gemeente", "Municipality"),
        number("distance", "Afstand in kenmerken", "Distance in features", None),
        count("features_known", "Kenmerken van beide bekend", "Features known of both", "features"),
        text("features_alike", "Gelijk", "Alike (Dutch)"),
        text("features_different", "Anders", "Different (Dutch)"),
        hectares("outdated_ha", "Verouderd", "Outdated"),
        hectares("underuse_certain_ha", "Licht gebruikte zware grond", "Lightly used heavy land"),
        hectares("intensification_mid_ha", "Winst door verdichten", "Gain by intensification"),
        STATUS,
        REASON,
    ),
    order=("pilot_id", "rank"),
    role="result",
)

_PILOT_BASIS: Final = Layer(
    "pilot_basis",
    "Herstructurering: waar de rangorde op rust",
    "Redevelopment: what the ranking rests on",
    "table",
    "item_id",
    BASIS_COLUMNS,
    role="result",
)

PILOT_LAYERS: Final[tuple[Layer, ...]] = (_PILOTS, _PILOT_CRITERIA, _LOOKALIKES, _PILOT_BASIS)
"""The result tables of the pilots."""
