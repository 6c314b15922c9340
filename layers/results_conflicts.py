"""Housing plans and reservations in each other's way; inside the province, because soft plans are in it."""

from __future__ import annotations

from layers.schema import Column, Layer, Level

CONFLICT_LAYERS: tuple[Layer, ...] = (
    Layer(
        "plan_conflicts",
        "Wat woningbouwplannen blokkeren",
        "What housing plans block",
        "table",
        "plan_id",
        (
            Column("plan_id", "text", "Plan", "Plan"),
            Column("name", "text", "Naam", "Name"),
            Column("phase", "text", "Planfase", "Plan phase"),
            Column("dwellings", "number", "Woningen", "Dwellings", "dwellings", minimum=0, decimals=0),
            Column("sites", "integer", "Plekken", "Sites", "plots"),
            Column("site_ids", "text", "Welke plekken", "Which sites"),
            Column("blocked_ha", "number", "Geblokkeerd", "Blocked", "ha", minimum=0, decimals=3),
            Column("reserved_ha", "number", "Waarvan in het plan", "Of which in the plan", "ha", decimals=3),
            Column(
                "short_ha",
                "number",
                "Extra tekort als het doorgaat (indicatie)",
                "More short when it goes ahead (indication)",
                "ha",
                minimum=0,
                decimals=3,
            ),
            Column("text_nl", "text", "In woorden", "In words"),
        ),
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "reservation_conflicts",
        "Wie een reservering raakt",
        "Whom a reservation touches",
        "table",
        None,
        (
            Column("site_id", "text", "Plek", "Site"),
            Column("function", "text", "Functie (met zwaarteklasse)", "Function (with weight class)"),
            Column("from_year", "year", "Vanaf", "From"),
            Column(
                "people",
                "number",
                "Mensen binnen de afstand",
                "People within the distance",
                "inhabitants",
                minimum=0,
                decimals=1,
            ),
            Column("plans", "text", "Woningbouwplannen", "Housing plans"),
            Column("dwellings", "number", "Woningen", "Dwellings", "dwellings", minimum=0, decimals=0),
        ),
        level=Level.PROVINCE,
        order=("site_id", "function"),
        role="result",
    ),
)
