"""The tables of circular facilities that exist, beside what their functions need."""

from __future__ import annotations

from layers.demand_columns import FUNCTION, SUB_AREA, YEAR, hectares, number
from layers.schema import Column, Layer, Level

FACILITY_LAYERS: tuple[Layer, ...] = (
    Layer(
        "existing_facilities",
        "Bestaande circulaire voorzieningen met hun plek",
        "Existing circular facilities and where they lie",
        "table",
        "facility_id",
        (
            Column("facility_id", "text", "Voorziening", "Facility", required=True, filled=True),
            Column("name", "text", "Naam", "Name"),
            FUNCTION,
            Column("function_nl", "text", "Functie: naam", "Function: name (Dutch)"),
            SUB_AREA,
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column("park_name", "text", "Bedrijventerrein", "Business park"),
            Column("plot_id", "text", "Kavel", "Plot"),
            hectares("ha", "Oppervlakte", "Area"),
            Column(
                "ha_of",
                "code",
                "Oppervlakte van",
                "Area of",
                allowed=("outline", "plot", "not_assessed"),
            ),
            Column("remark", "text", "Opmerking", "Remark"),
        ),
        description_nl=(
            "'outline': de getekende voorziening; 'plot': de hele kavel waarop zij ligt, ook als zij die "
            "deelt. Zonder functie: de opgegeven functie staat niet in de catalogus."
        ),
        description_en=(
            "'outline': the facility as drawn; 'plot': the whole plot that it lies on, also when it "
            "shares it. Without a function: the catalogue does not hold what was stated."
        ),
        # a facility may be secret in a project; the counts per sub-area are for everybody
        level=Level.PROVINCE,
        role="result",
    ),
    Layer(
        "function_presence",
        "Wat er al is, naast wat nodig is",
        "What exists beside what is needed",
        "table",
        None,
        (
            FUNCTION,
            Column("name_nl", "text", "Functie: naam", "Function: name (Dutch)"),
            SUB_AREA,
            number("facilities", "Bestaande voorzieningen", "Existing facilities", None, 0),
            number(
                "facilities_measured",
                "Waarvan met bekende oppervlakte",
                "Of which of known area",
                None,
                0,
            ),
            hectares("existing_ha", "Oppervlakte van die voorzieningen", "Area of those facilities"),
            hectares(
                "present_mid_ha", "Heeft volgens het model al een plek", "Has a place already, by the model"
            ),
            hectares("need_mid_ha", "Hele behoefte in dit jaar (midden)", "Whole need in this year (mid)"),
            YEAR,
        ),
        description_nl=(
            "De voorzieningen zijn niet van de ruimtevraag afgetrokken: het model rekent met een aandeel dat "
            "al een plek heeft. Nul betekent dat de laag er geen kent; de laag kan onvolledig zijn."
        ),
        description_en=(
            "The facilities are not subtracted from the demand: the model takes a share for present already. "
            "Zero means that the layer knows of none; the layer may be incomplete."
        ),
        order=("function_id", "sub_area"),
        role="result",
    ),
)
