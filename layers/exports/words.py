"""How codes and units read in Dutch in every export, for what the catalogue of a release does not name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers.exports.themes import theme_of

if TYPE_CHECKING:
    from layers.release import Release
    from layers.schema import Column, Level

UNITS: Final = {
    "ha": "ha", "m": "m", "m2": "m²", "share": "aandeel", "ratio": "verhouding", "jobs": "banen",
    "ratio to 2025": "keer de waarde van 2025", "establishments": "vestigingen", "t/yr": "ton per jaar",
    "kt/yr": "kton per jaar", "kt": "kton", "kg/inw": "kg per inwoner", "year": "jaar", "years": "jaar",
    "kg per inhabitant per year": "kg per inwoner per jaar", "m2 per t/yr": "m² per ton per jaar",
    "m2 per job": "m² per baan", "m2 per m2": "m² per m²", "see unit": "zie eenheid", "inputs": "cijfers",
    "objects": "objecten", "plots": "kavels", "plans": "plannen", "parks": "terreinen",
    "dwellings": "woningen", "inhabitants": "inwoners", "links": "schakels", "clusters": "clusters",
}  # fmt: skip
"""Unit in the catalogue to the unit that readers see."""

CODES: Final = {
    "yes": "ja", "no": "nee", "not_assessed": "niet beoordeeld", "unknown": "onbekend", "none": "geen",
    "sourced": "bron", "assumption": "aanname", "to_verify": "te verifiëren",
    "certain": "zeker", "possible": "mogelijk", "governed_by_zone": "geluid bepaald door zone",
    "partly_governed_by_zone": "richtafstand, deels geluid bepaald door zone",
    "guide_distance": "richtafstand", "plan": "plan", "registry": "register", "stated": "opgegeven",
    "park": "bedrijventerrein", "plot": "kavel", "municipality": "gemeente", "sub_area": "deelgebied",
    "province": "provincie", "province_apart": "provincie, deelgebieden apart", "total": "totaal",
    "region": "hele regio", "low": "strenge lezing", "high": "ruime lezing",
    "with_inside": "met objecten op het terrein", "without_inside": "zonder objecten op het terrein",
    "home": "woning", "school": "school", "care": "zorg met bedden",
    "childcare": "kinderopvang met bedden", "houseboat": "woonboot",
    "caravan_pitch": "woonwagenstandplaats", "company_home": "bedrijfswoning",
    "former_company_home": "voormalige bedrijfswoning", "planned": "toegestaan, nog niet gebouwd",
    "housing_plan": "woningbouwplan", "quiet": "rustig", "mixed": "gemengd", "vacant": "uitgeefbaar",
    "issued": "uitgegeven", "option": "in optie", "public_space": "openbare ruimte",
    "limited": "beperkt", "full": "vol", "zoned": "gezoneerd industrieterrein",
    "noise_ceiling": "geluidproductieplafond", "very_hard": "zeer hard", "hard": "hard",
    "medium": "middel", "soft": "zacht", "built_up": "bebouwd gebied",
    "own": "eigen kade", "public": "openbare kade", "own_quay": "eigen kade",
    "public_quay": "openbare kade", "adjacent": "aan het water",
    "road": "weg", "main_road": "hoofdweg", "railway": "spoor", "dike": "dijk",
    "water_and_main_road": "water en hoofdweg", "registry_claim": "opgave register",
    "navigable_water": "bevaarbaar water", "shore": "oever", "quay_object": "kade",
    "plan_designation": "aanduiding in plan", "municipal_confirmation": "bevestigd door gemeente",
    "firm_uses_water": "bedrijf gebruikt het water", "repaired": "hersteld", "set_aside": "apart gezet",
    "merged": "samengevoegd", "noted": "opgemerkt", "agreed": "eens", "objected": "bezwaar",
    "settled": "afgerond", "permitted_category": "toegestane categorie",
    "usable_category": "indicatieve benutbare categorie", "water_connection": "waterontsluiting",
    "other": "anders", "dry": "zonder water", "near": "dicht bij water", "at_water": "aan het water",
    "floor": "met ondergrens", "free_heavy_first": "zonder ondergrens, zwaar eerst",
    "free_light_first": "zonder ondergrens, licht eerst", "circular": "circulaire vraag",
    "growth": "groei", "replacement": "vervanging", "supply": "aanbod", "intensification": "verdichting",
    "released": "vrijgekomen", "asked": "vraag", "there": "aanbod", "flow": "stromen",
    "facilities": "voorzieningen", "jobs": "banen", "share": "deel van voorraad",
    "necessary": "noodzakelijk", "strengthens_profile": "versterkt het profiel",
    "both": "noodzakelijk en versterkt het profiel", "not_in_province": "niet in deze provincie",
    "local": "lokaal", "regional": "regionaal", "supraregional": "bovenregionaal",
    "national": "landelijk", "plus": "pluspunt", "preferred": "bij voorkeur", "required": "vereist",
    "at_once": "direct", "later": "later", "ordinary": "gewoon terrein volstaat",
    "alike": "vraagt weer zware of natte grond", "range": "bereik", "not_counted": "niet geteld",
    "disagreement": "verschil met atelier", "open": "open", "light": "licht (tot en met 3.2)",
    "5.1+": "5.1 en zwaarder", "4.1+": "4.1 en zwaarder", "any": "alle", "all": "alle",
    "provincial_rule": "provinciale regel", "protected_area": "beschermd gebied",
    "noise_zone": "geluidzone", "grid_congestion": "netcongestie",
    "neighbouring_province": "buurprovincie",
}  # fmt: skip
"""Code to what readers see; a code that is not here stays as it is."""

OF_COLUMN: Final[dict[str, dict[str, str]]] = {
    "group": {
        "total": "alle categorieën", "net_gross": "netto van bruto", "regular_growth": "groei gewone vraag",
        "scenario": "toekomstbeeld",
    },
    "kind": {
        "printed": "alleen afgedrukt", "per_inhabitant": "per inwoner", "plot_ha": "oppervlakte kavel",
        "kt_per_inhabitant": "kton per inwoner", "stock_share": "deel van de voorraad",
        "company_waste": "bedrijfsafval", "company_waste_abiotic": "bedrijfsafval, abiotisch",
        "throughput_kt": "doorzet",
    },
    "strategy": {
        "collect": "inzamelen", "reuse": "hergebruiken", "recycle_construction": "bouwstromen verwerken",
        "recycled_content": "gerecycled materiaal toepassen", "logistics": "overslaan en opslaan",
        "recycle_goods": "goederen verwerken", "organic": "organische stromen verwerken",
        "biobased": "biobased verwerken", "shifting": "schuifruimte",
    },
    "verdict": {"circular": "circulair", "not_circular": "niet circulair"},
    "sector_id": {"all": "alle sectoren samen", "other": "overige bedrijven"},
    "factor": {"other": "alle overige invoer samen"},
    "function_id": {"total": "alle functies samen"},
}  # fmt: skip
"""Column to the codes that mean something else there than elsewhere."""

CODED: Final = frozenset(
    {
        "group", "water", "area", "sub_area", "scope", "phase", "status", "kind", "grid_status",
        "binding_kind", "rejected_by", "subject", "stated", "computed", "connection", "category",
        "shares_inputs_with",
    }
)  # fmt: skip
"""Text columns that hold a code, or a code beside names such as a sub-area or the whole province."""

LISTS: Final = frozenset({"shares_inputs_with"})
"""Columns that hold several codes."""

NAMED: Final = {
    "function_id": ("circular_functions", "function_id", "name_nl"),
    "sector_id": ("linear_activity", "sector_id", "sector_nl"),
    "factor": ("balance_inputs", "name", "label_nl"),
    "layer": ("", "", ""),
}
"""Column with an identifier to the table, the identifier and the name that say what it is."""


class Words:
    """Writes the values of a release as readers see them.

    Parameters
    ----------
    release
        Its catalogue names classes and layers, its tables name functions, sectors and inputs.
    level
        Who reads it; names come from tables that this level may see.
    """

    def __init__(self, release: Release, level: Level) -> None:
        self._release = release
        self._names = {name: self._named(*place, level) for name, place in NAMED.items() if any(place)}
        layers = ((name, release.layer(name)) for name in release.names)
        self._names["layer"] = {name: layer.label_nl for name, layer in layers}

    def _named(self, table: str, key: str, name: str, level: Level) -> dict[str, str]:
        if table not in self._release.names or not self._release.layer(table).visible(level):
            return {}
        found = self._release.visible(table, level)[[key, name]].dropna().drop_duplicates(key)
        return dict(zip(found[key].astype(str), found[name].astype(str), strict=True))

    def translates(self, column: Column) -> bool:
        """Tell whether values of a column are codes or identifiers that have a name."""
        return column.kind == "code" or column.name in CODED | NAMED.keys() | OF_COLUMN.keys() | {"unit"}

    def text(self, column: Column, value: Any) -> str:
        """Name one value of a column that `translates`."""
        code = str(value)
        if column.name == "unit":
            return UNITS.get(code, code)
        own = OF_COLUMN.get(column.name, {})
        if code in own:
            return own[code]
        names = self._names.get(column.name)
        if names is not None:
            return code if code not in names else self._beside(column.name, names[code], code)
        theme = theme_of(column, self._release.classes)
        if theme is not None:
            styles = {style.code: style.label_nl for style in self._release.classes(theme)}
            return styles.get(code, code)
        if column.name in LISTS:
            return ", ".join(CODES.get(part, part) for part in code.split("; "))
        return CODES.get(code, code)

    @staticmethod
    def _beside(column: str, name: str, code: str) -> str:
        # functions and sectors have short identifiers that other sheets use too
        return f"{name} ({code})" if column in {"function_id", "sector_id"} else name
