"""The layers that a project can bring in, with their columns, units and confidentiality levels.

Levels follow the rule that confidentiality starts at the first layer: homes, soft housing plans and firms
may harm people when they are mailed around, so they are not public.
"""

from __future__ import annotations

from layers.schema import Column, Layer, Level

SENSITIVE_KINDS = (
    "home",
    "school",
    "care",
    "childcare",
    "houseboat",
    "caravan_pitch",
    "company_home",
    "former_company_home",
    "planned",
    "unknown",
)
"""Kinds of sensitive object; ``company_home`` is protected against other firms but not against its own,
``planned`` is allowed by a plan but not built yet, ``unknown`` gives an interval."""

SURROUNDINGS = ("quiet", "mixed", "unknown")
CONNECTION_CLAIMS = ("own_quay", "public_quay", "near", "none", "unknown")
BARRIER_KINDS = ("road", "main_road", "railway", "dike")
REJECTING_BARRIERS = ("main_road", "railway", "dike")
HARDNESS = ("very_hard", "hard", "medium", "soft")

INPUT_LAYERS: tuple[Layer, ...] = (
    Layer(
        "parks",
        "Bedrijventerreinen",
        "Business parks",
        "polygon",
        "park_id",
        (
            Column("park_id", "text", "RIN-nummer", "RIN number", required=True, filled=True),
            Column("name", "text", "Naam", "Name", required=True),
            Column("municipality_code", "text", "Gemeentecode (opgave)", "Municipality code (as stated)"),
            Column("year", "year", "Peiljaar", "Reference year", minimum=1800, maximum=2100),
            Column("gross_ha", "number", "Bruto oppervlakte", "Gross area", "ha", minimum=0),
            Column("net_ha", "number", "Netto oppervlakte", "Net area", "ha", minimum=0),
            Column("issuable_ha", "number", "Uitgeefbaar", "Issuable", "ha", minimum=0),
            Column("park_type", "text", "Type werklocatie", "Type of work location"),
            Column(
                "max_category",
                "category",
                "Hoogste milieucategorie (register)",
                "Highest category (registry)",
            ),
            Column(
                "water_claim",
                "code",
                "Waterontsluiting (register)",
                "Water access (registry)",
                allowed=CONNECTION_CLAIMS,
            ),
            Column("zoned", "boolean", "Gezoneerd (register)", "Zoned (registry)"),
            Column("plan_phase", "text", "Planfase", "Plan phase"),
            Column("outdated_ha", "number", "Verouderd", "Outdated", "ha", minimum=0),
            Column("transformation_ha", "number", "Te transformeren", "To be transformed", "ha", minimum=0),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        required=True,
    ),
    Layer(
        "municipalities",
        "Gemeenten",
        "Municipalities",
        "polygon",
        "municipality_code",
        (
            Column(
                "municipality_code", "text", "Gemeentecode", "Municipality code", required=True, filled=True
            ),
            Column("name", "text", "Gemeente", "Municipality", required=True, filled=True),
            Column("inhabitants", "number", "Inwoners", "Inhabitants", "inhabitants", minimum=0, decimals=0),
            Column("sub_area", "text", "Deelgebied", "Sub-area"),
        ),
        required=True,
    ),
    Layer(
        "plots",
        "Kavels",
        "Plots",
        "polygon",
        "plot_id",
        (
            Column("plot_id", "text", "Kavel", "Plot", required=True, filled=True),
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column(
                "max_category", "category", "Toegestane milieucategorie (plan)", "Permitted category (plan)"
            ),
            Column(
                "status",
                "code",
                "Uitgifte",
                "Issue status",
                allowed=("vacant", "issued", "option", "public_space", "unknown"),
            ),
            Column("water_designation", "boolean", "Aanduiding water in plan", "Water designation in plan"),
            Column("owner_kind", "text", "Soort eigenaar", "Kind of owner", level=Level.PROVINCE),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
    ),
    Layer(
        "sensitive_objects",
        "Gevoelige objecten",
        "Sensitive objects",
        "any",
        "object_id",
        (
            Column("object_id", "text", "Object", "Object", required=True, filled=True),
            Column("kind", "code", "Soort", "Kind", required=True, allowed=SENSITIVE_KINDS),
            Column("weight", "number", "Aantal", "Count", "objects", minimum=0),
            Column("surroundings", "code", "Omgevingstype", "Surroundings", allowed=SURROUNDINGS),
            Column("plot_id", "text", "Hoort bij kavel", "Belongs to plot"),
        ),
        level=Level.PROVINCE,
    ),
    Layer(
        "surroundings",
        "Omgevingstype (rustig of gemengd)",
        "Residential surroundings (quiet or mixed)",
        "polygon",
        "area_id",
        (
            Column("area_id", "text", "Gebied", "Area", required=True, filled=True),
            Column(
                "surroundings", "code", "Omgevingstype", "Surroundings", required=True, allowed=SURROUNDINGS
            ),
        ),
    ),
    Layer(
        "zoned_estates",
        "Gezoneerde terreinen en geluidproductieplafonds",
        "Zoned estates and noise production ceilings",
        "polygon",
        "estate_id",
        (
            Column("estate_id", "text", "Terrein", "Estate", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("kind", "code", "Soort", "Kind", allowed=("zoned", "noise_ceiling")),
        ),
    ),
    Layer(
        "waterways",
        "Vaarwegen",
        "Waterways",
        "any",
        "waterway_id",
        (
            Column("waterway_id", "text", "Vaarwegvak", "Waterway section", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("cemt", "cemt", "CEMT-klasse", "CEMT class"),
            Column("width_m", "number", "Breedte", "Width", "m", minimum=0),
        ),
    ),
    Layer(
        "quays",
        "Kaden en loswallen",
        "Quays",
        "any",
        "quay_id",
        (
            Column("quay_id", "text", "Kade", "Quay", required=True, filled=True),
            Column("kind", "code", "Soort", "Kind", allowed=("own", "public", "unknown")),
            Column("length_m", "number", "Lengte (opgave)", "Length (as stated)", "m", minimum=0),
            Column("usable", "boolean", "Bevestigd bruikbaar", "Confirmed usable"),
            Column("confirmed_by", "text", "Bevestigd door", "Confirmed by"),
            Column("name", "text", "Naam", "Name"),
        ),
    ),
    Layer(
        "barriers",
        "Wegen, spoor en dijken",
        "Roads, railways and dikes",
        "any",
        "barrier_id",
        (
            Column("barrier_id", "text", "Barrière", "Barrier", required=True, filled=True),
            Column("kind", "code", "Soort", "Kind", required=True, allowed=BARRIER_KINDS),
            Column("name", "text", "Naam", "Name"),
        ),
    ),
    Layer(
        "housing_plans",
        "Woningbouwplannen",
        "Housing plans",
        "polygon",
        "plan_id",
        (
            Column("plan_id", "text", "Plan", "Plan", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("dwellings", "number", "Woningen", "Dwellings", "dwellings", minimum=0, decimals=0),
            Column("phase", "code", "Planfase", "Plan phase", allowed=("hard", "soft", "unknown")),
            Column("year", "year", "Jaar", "Year", minimum=1900, maximum=2200),
            Column("surroundings", "code", "Omgevingstype", "Surroundings", allowed=SURROUNDINGS),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        level=Level.PROVINCE,
    ),
    Layer(
        "businesses",
        "Bedrijven",
        "Businesses",
        "point",
        "business_id",
        (
            Column("business_id", "text", "Vestiging", "Establishment", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("sbi", "text", "SBI-code", "SBI code"),
            Column("sbi_version", "code", "SBI-versie", "SBI version", allowed=("SBI-2008", "SBI-2025")),
            Column("jobs", "number", "Banen", "Jobs", "jobs", minimum=0, decimals=1),
            Column("area_m2", "number", "Bedrijfsoppervlak", "Business area", "m2", minimum=0, decimals=0),
            Column("permit_category", "category", "Categorie volgens vergunning", "Category by permit"),
            Column("uses_water", "boolean", "Gebruikt het water", "Uses the water"),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        level=Level.PROVINCE,
    ),
    Layer(
        "protected_areas",
        "Beschermde gebieden",
        "Protected areas",
        "polygon",
        "area_id",
        (
            Column("area_id", "text", "Gebied", "Area", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("kind", "text", "Soort", "Kind"),
            Column("hardness", "code", "Hardheid", "Hardness", allowed=HARDNESS),
        ),
    ),
    Layer(
        "grid_congestion",
        "Netcongestie",
        "Grid congestion",
        "polygon",
        "area_id",
        (
            Column("area_id", "text", "Gebied", "Area", required=True, filled=True),
            Column(
                "status",
                "code",
                "Netcongestie",
                "Grid congestion",
                allowed=("none", "limited", "full", "unknown"),
            ),
            Column("available_from", "year", "Ruimte vanaf", "Room from", minimum=1900, maximum=2200),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
    ),
    Layer(
        "sub_areas",
        "Deelgebieden",
        "Sub-areas",
        "polygon",
        "sub_area_id",
        (
            Column("sub_area_id", "text", "Deelgebied", "Sub-area", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
        ),
    ),
    Layer(
        "circular_facilities",
        "Bestaande circulaire voorzieningen",
        "Existing circular facilities",
        "any",
        "facility_id",
        (
            Column("facility_id", "text", "Voorziening", "Facility", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("function", "text", "Circulaire functie", "Circular function"),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
    ),
    Layer(
        "policy_structure",
        "Structuur van Rijk en buurprovincies",
        "National and neighbouring provincial structure",
        "any",
        "element_id",
        (
            Column("element_id", "text", "Element", "Element", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column(
                "authority_level",
                "code",
                "Overheidslaag",
                "Level of government",
                allowed=("national", "neighbouring_province", "province"),
            ),
            Column("kind", "text", "Soort", "Kind"),
        ),
    ),
    Layer(
        "municipal_visions",
        "Gemeentelijke visies",
        "Municipal visions",
        "polygon",
        "vision_id",
        (
            Column("vision_id", "text", "Visie", "Vision", required=True, filled=True),
            Column("municipality_code", "text", "Gemeentecode", "Municipality code"),
            Column("theme", "text", "Thema", "Theme"),
            Column("text", "text", "Tekst", "Text"),
            Column("year", "year", "Jaar", "Year", minimum=1900, maximum=2200),
        ),
    ),
    Layer(
        "atelier",
        "Atelierkaarten",
        "Atelier layers",
        "any",
        "remark_id",
        (
            Column("remark_id", "text", "Opmerking", "Remark", required=True, filled=True),
            Column("group", "text", "Groep", "Group", required=True),
            Column("session", "text", "Sessie", "Session"),
            Column("date", "date", "Datum", "Date"),
            Column("status", "code", "Status", "Status", allowed=("open", "agreed", "objected", "settled")),
            Column(
                "subject",
                "code",
                "Onderwerp",
                "Subject",
                allowed=("permitted_category", "usable_category", "water_connection", "other"),
            ),
            Column("stated", "text", "Uitspraak", "Statement"),
            Column("text", "text", "Tekst", "Text"),
        ),
        level=Level.PROVINCE,
    ),
    Layer(
        "reservations",
        "Bestaande reserveringen",
        "Existing reservations",
        "any",
        "reservation_id",
        (
            Column("reservation_id", "text", "Reservering", "Reservation", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("function", "text", "Circulaire functie", "Circular function", required=True),
            Column("year", "year", "Vanaf", "From", minimum=1900, maximum=2200),
            Column("basis", "text", "Besluit of plan", "Decision or plan"),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
    ),
    Layer(
        "session_outcomes",
        "Uitkomsten van afstemming",
        "Outcomes of alignment sessions",
        "any",
        "outcome_id",
        (
            Column("outcome_id", "text", "Uitkomst", "Outcome", required=True, filled=True),
            Column("function", "text", "Circulaire functie", "Circular function", required=True),
            Column(
                "outcome",
                "code",
                "Uitkomst",
                "Outcome",
                required=True,
                allowed=("agreed", "objected", "open"),
            ),
            Column("by", "text", "Door", "By"),
            Column("date", "date", "Datum", "Date"),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        level=Level.PROVINCE,
    ),
    Layer(
        "roads",
        "Wegennet",
        "Road network",
        "line",
        "road_id",
        (
            Column("road_id", "text", "Weg", "Road", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            Column("speed_kmh", "number", "Snelheid", "Speed", "km/h", minimum=1, maximum=130),
        ),
    ),
)

INPUT_BY_NAME: dict[str, Layer] = {layer.name: layer for layer in INPUT_LAYERS}
