"""The tables of the circular main structure and of the redevelopment pilots."""

from __future__ import annotations

from typing import Final

from layers.demand_columns import SOURCE, STATUS, SUB_AREA, YEAR, count, hectares, number, yes_no
from layers.inputs import CONNECTION_CLAIMS
from layers.results_pilots import PILOT_LAYERS
from layers.schema import Column, Layer
from layers.structure_columns import BASIS_COLUMNS, REASON, RULE, RUNS, code, key, share, text, tonnes

CERTAINTY: Final = ("certain", "possible")
STATES: Final = ("existing", "extended", "proposed", "possible")
STEP_VERDICTS: Final = ("missing", "out_of_reach", "single", "several", "not_assessed")
OUTCOMES: Final = ("placed", "same_site", "no_capacity", "out_of_reach", "no_sender", "no_receiver")
HEAVY: Final = ("certain", "possible", "no", "governed_by_zone", "not_assessed")
AUTHORITIES: Final = ("national", "neighbouring_province", "province", "municipal")
_CONNECTIONS: Final = (*(name for name in CONNECTION_CLAIMS if name != "unknown"), "adjacent", "not_assessed")
_TONNES: Final = (
    tonnes("tonnes_low_t", "Ton per jaar (laag)", "Tonnes per year (low)"),
    tonnes("tonnes_mid_t", "Ton per jaar (midden)", "Tonnes per year (mid)"),
    tonnes("tonnes_high_t", "Ton per jaar (hoog)", "Tonnes per year (high)"),
)
_PLACE: Final = (
    text("park_id", "RIN-nummer", "RIN number"),
    text("municipality_code", "Gemeentecode", "Municipality code"),
    text("municipality_name", "Gemeente", "Municipality"),
    SUB_AREA,
)

_HUBS: Final = Layer(
    "structure_hubs",
    "Circulaire hoofdstructuur: hubs",
    "Circular main structure: hubs",
    "any",
    "hub_id",
    (
        key("hub_id", "Hub", "Hub"),
        text("name", "Naam", "Name"),
        *_PLACE,
        text("hub_type", "Type hub (code)", "Type of hub (code)"),
        text("hub_type_nl", "Type hub", "Type of hub (Dutch)"),
        code("type_certainty", "Zekerheid van het type", "Certainty of the type", CERTAINTY),
        text("type_rule_id", "Regel voor het type", "Rule for the type"),
        text("type_reason_nl", "Waarom dit type", "Why this type (Dutch)"),
        code(
            "level", "Niveau (code)", "Level (code)",
            ("national", "provincial", "regional", "local", "not_assessed"),
        ),
        text("level_nl", "Niveau", "Level (Dutch)"),
        text("level_rule_id", "Regel voor het niveau", "Rule for the level"),
        text("level_reason_nl", "Waarom dit niveau", "Why this level (Dutch)"),
        code("state", "Stand (code)", "State (code)", STATES),
        text("state_nl", "Stand", "State (Dutch)"),
        text("functions_existing", "Functies die er staan", "Functions that stand there"),
        text("functions_possible", "Functies die er mogelijk staan", "Functions that may stand there"),
        text("functions_proposed", "Voorgestelde functies", "Proposed functions"),
        Column("from_year", "year", "Eerste voorstel vanaf", "First proposal from"),
        hectares("proposed_ha", "Voorgestelde ruimte", "Proposed land"),
        code("heavy", "Ruimte voor hoge categorie", "Room for high category", HEAVY),
        code("water", "Aan vaarwater", "At navigable water", ("certain", "possible", "no")),
        code("connection", "Waterontsluiting", "Water connection", _CONNECTIONS),
        Column("connection_cemt", "cemt", "CEMT-klasse", "CEMT class"),
        text("chains", "Ketens met een stap hier", "Chains with a step here"),
        text("cuts_chains", "Ketens die stilvallen zonder deze hub", "Chains that stop without this hub"),
        Column("year", "year", "Jaar van de stromen", "Year of the flows"),
        count("links", "Verbindingen", "Links", "links"),
        count("partners", "Andere hubs waarmee materiaal wordt gewisseld", "Hubs exchanged with", "hubs"),
        tonnes("tonnes_in_t", "Komt binnen per jaar", "Arrives per year"),
        tonnes("tonnes_out_t", "Gaat uit per jaar", "Leaves per year"),
        tonnes("tonnes_inside_t", "Blijft op de plek per jaar", "Stays on the place per year"),
        STATUS,
        REASON,
    ),
    "Plekken met circulaire functies, gelezen als een netwerk. Type en niveau volgen uit regels die de "
    "provincie kan vervangen. Bedrijven tellen pas mee bij vijf of meer van een functie op een terrein.",
    "Places with circular functions, read as one network. Type and level follow from rules that the province "
    "can replace. Firms count from five of one function on a park on.",
    role="result",
)  # fmt: skip

_LINKS: Final = Layer(
    "structure_links",
    "Circulaire hoofdstructuur: verbindingen",
    "Circular main structure: links",
    "line",
    "link_id",
    (
        key("link_id", "Verbinding", "Link"),
        YEAR,
        text("from_hub", "Van hub", "From hub"),
        text("from_name", "Van", "From"),
        text("to_hub", "Naar hub", "To hub"),
        text("to_name", "Naar", "To"),
        code("mode", "Vervoer (code)", "Transport (code)", ("water", "road")),
        text("mode_nl", "Vervoer", "Transport (Dutch)"),
        code("state", "Stand (code)", "State (code)", ("existing", "proposed")),
        text("state_nl", "Stand", "State (Dutch)"),
        number("km", "Lengte", "Length", "km", 1),
        code("km_basis", "Lengte volgens", "Length according to", ("network", "approximation")),
        code("water_certainty", "Zekerheid over water", "Certainty over water", CERTAINTY),
        Column("cemt", "cemt", "Kleinste CEMT-klasse", "Smallest CEMT class"),
        text("along", "Over", "Along"),
        number("road_km", "Lengte over de weg", "Length over the road", "km", 1),
        *_TONNES,
        text("exchanges", "Functies die doorgeven", "Functions that pass on"),
        STATUS,
        REASON,
    ),
    "Wat hubs per jaar aan elkaar doorgeven. De tonnen zijn een verdeling van de tonnen per functie, geen "
    "telling. Per schip alleen waar beide hubs aan vaarwater van de drempelklasse liggen.",
    "What hubs pass on to each other per year. Tonnes are a spread of the tonnes per function, no count. By "
    "ship only where both hubs stand at water of the threshold class.",
    role="result",
)

_FLOWS: Final = Layer(
    "structure_flows",
    "Circulaire hoofdstructuur: stromen per schakel",
    "Circular main structure: flows per exchange",
    "table",
    None,
    (
        YEAR,
        text("from_function", "Van functie", "From function"),
        text("to_function", "Naar functie", "To function"),
        text("from_hub", "Van hub", "From hub"),
        text("to_hub", "Naar hub", "To hub"),
        code("outcome", "Uitkomst", "Outcome", OUTCOMES),
        code("mode", "Vervoer", "Transport", ("water", "road")),
        number("km", "Lengte", "Length", "km", 1),
        share("share", "Deel van de schakel", "Share of the exchange"),
        *_TONNES,
        Column("capped", "boolean", "Begrensd door de ontvanger", "Limited by the receiver"),
        STATUS,
        SOURCE,
    ),
    "De delen van een schakel en jaar tellen op tot een; ook wat geen hub vindt, staat erin.",
    "The parts of an exchange and year add up to one; what finds no hub is there too.",
    order=("year", "from_function", "to_function", "outcome", "from_hub", "to_hub"),
    role="result",
)

_CHAINS: Final = Layer(
    "structure_chains",
    "Circulaire hoofdstructuur: ketens",
    "Circular main structure: chains",
    "table",
    None,
    (
        text("chain_id", "Keten", "Chain"),
        text("chain_nl", "Keten: naam", "Chain: name (Dutch)"),
        text("chain_en", "Keten: naam (Engels)", "Chain: name"),
        Column("step", "integer", "Stap", "Step"),
        text("step_nl", "Stap: wat", "Step: what (Dutch)"),
        text("functions", "Functies", "Functions"),
        code("verdict_now", "Oordeel nu", "Verdict now", STEP_VERDICTS),
        code("verdict_plan", "Oordeel met voorstellen", "Verdict with proposals", STEP_VERDICTS),
        text("hubs_now", "Hubs nu", "Hubs now"),
        text("hubs_plan", "Hubs met voorstellen", "Hubs with proposals"),
        text("hubs_possible", "Mogelijk ook", "Possibly too"),
        count("count_now", "Aantal hubs nu", "Number of hubs now", "hubs"),
        count("count_plan", "Aantal hubs met voorstellen", "Number of hubs with proposals", "hubs"),
        yes_no("runs_now", "Keten rond nu", "Chain runs now"),
        code("runs_plan", "Keten rond met voorstellen", "Chain runs with proposals", RUNS),
        text("cut_hubs_now", "Zonder deze hub stil, nu", "Stops without this hub, now"),
        text("cut_hubs_plan", "Zonder deze hub stil met voorstellen", "Stops without, with proposals"),
        STATUS,
        REASON,
    ),
    "Elke hub is in gedachten een keer weggehaald: valt de keten dan stil, dan staat hij hier genoemd.",
    "Every hub was taken out once in thought: where the chain then stops, it is named here.",
    order=("chain_id", "step"),
    role="result",
)  # fmt: skip

_LEVELS: Final = Layer(
    "structure_levels",
    "Circulaire hoofdstructuur naast Rijk, buren en gemeenten",
    "Circular main structure beside national, neighbouring and municipal level",
    "table",
    "row_id",
    (
        key("row_id", "Regel", "Row"),
        text("hub_id", "Hub", "Hub"),
        text("hub_name", "Hub: naam", "Hub: name"),
        text("hub_type_nl", "Type hub", "Type of hub (Dutch)"),
        code("authority_level", "Overheidslaag (code)", "Level of government (code)", AUTHORITIES),
        text("authority_nl", "Overheidslaag", "Level of government (Dutch)"),
        text("element_id", "Element of visie", "Element or vision"),
        text("element_name", "Element of visie: naam", "Element or vision: name"),
        text("element_kind", "Soort of thema", "Kind or theme"),
        Column("distance_m", "number", "Afstand", "Distance", "m", minimum=0, decimals=0),
        code("verdict", "Oordeel (code)", "Verdict (code)", ("agrees", "not_mentioned", "conflicts")),
        text("verdict_nl", "Oordeel", "Verdict (Dutch)"),
        RULE,
        STATUS,
        SOURCE,
        REASON,
    ),
    "Gelezen op trefwoorden: een aanwijzing, geen oordeel. De visie zelf beslist.",
    "Read by words: a pointer, no judgement. The vision itself decides.",
    role="result",
)

_BASIS: Final = Layer(
    "structure_basis",
    "Circulaire hoofdstructuur: waar zij op rust",
    "Circular main structure: what it rests on",
    "table",
    "item_id",
    BASIS_COLUMNS,
    role="result",
)

STRUCTURE_LAYERS: Final[tuple[Layer, ...]] = (_HUBS, _LINKS, _FLOWS, _CHAINS, _LEVELS, _BASIS, *PILOT_LAYERS)
"""The result tables of the main structure and of the pilots."""

STRUCTURE_BY_NAME: Final[dict[str, Layer]] = {layer.name: layer for layer in STRUCTURE_LAYERS}
