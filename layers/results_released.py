"""The tables of linear activity and released land."""

from __future__ import annotations

from layers.demand_columns import (
    CATEGORY,
    SECTOR,
    SECTOR_NAME,
    STATUS,
    SUB_AREA,
    SUPPRESSED,
    WATER,
    YEAR,
    count,
    hectares,
    number,
    ranged,
)
from layers.schema import Column, Layer, Level

RELEASED_LAYERS: tuple[Layer, ...] = (
    Layer(
        "linear_activity",
        "Lineaire bedrijvigheid",
        "Linear activity",
        "table",
        None,
        (
            SECTOR,
            SECTOR_NAME,
            SUB_AREA,
            YEAR,
            count("establishments", "Vestigingen", "Establishments"),
            count("area_unknown", "Vestigingen zonder bekende oppervlakte", "Establishments of unknown area"),
            number("jobs", "Banen", "Jobs", "jobs", 1),
            hectares("area_ha", "Oppervlakte", "Area"),
            *ranged(
                "touched",
                "Geraakt door de transitie: banen",
                "Touched by the transition: jobs",
                "jobs",
                "_jobs",
            ),
            *ranged("touched", "Geraakt door de transitie", "Touched by the transition"),
            count(
                "likely_establishments", "Vestigingen op kansrijke plek", "Establishments on likely location"
            ),
            number("likely_jobs", "Banen op kansrijke plek", "Jobs on likely location", "jobs", 1),
            hectares("likely_certain_ha", "Op kansrijke plek, zeker", "On likely location, certain"),
            hectares("likely_possible_ha", "Op kansrijke plek, mogelijk", "On likely location, possible"),
            number(
                "staying_jobs",
                "Blijvende banen op kansrijke plek",
                "Staying jobs on likely location",
                "jobs",
                1,
            ),
            hectares("staying_ha", "Blijvend op kansrijke plek", "Staying on likely location"),
            STATUS,
            SUPPRESSED,
        ),
        description_nl=(
            "Kansrijke plek: zwaar genoeg of aan water. Wat blijft, is wat reserveren kost: geen groei ter "
            "plaatse, of vervanging elders. Geen geldbedragen."
        ),
        description_en=(
            "Likely location: heavy enough or at water. What stays is what reserving costs: no growth in "
            "place, or replacement elsewhere. No money."
        ),
        order=("sector_id", "sub_area", "year"),
        role="result",
    ),
    Layer(
        "replacement_of_likely",
        "Bedrijven op kansrijke plekken: waar ze heen kunnen",
        "Firms on likely locations: where they could go",
        "table",
        None,
        (
            SECTOR,
            SUB_AREA,
            Column("category", "text", "Categorie in gebruik", "Category in use"),
            Column(
                "water", "code", "Gebruikt het water", "Uses the water", allowed=("dry", "at_water", "any")
            ),
            Column(
                "moves_to",
                "code",
                "Kan naar",
                "Could go to",
                allowed=("ordinary", "alike", "not_assessed"),
            ),
            count("establishments", "Vestigingen", "Establishments"),
            number("jobs", "Banen", "Jobs", "jobs", 1),
            hectares("ha", "Oppervlakte", "Area"),
            SUPPRESSED,
        ),
        description_nl="'ordinary': gewoon terrein volstaat; 'alike': vraagt weer zware of natte grond.",
        description_en="'ordinary': ordinary land will do; 'alike': asks heavy or wet land again.",
        order=("sector_id", "sub_area", "category", "water", "moves_to"),
        role="result",
    ),
    Layer(
        "released_land",
        "Vrijkomende ruimte per terrein en sector",
        "Released land by park and sector",
        "table",
        None,
        (
            Column("park_id", "text", "RIN-nummer", "RIN number"),
            Column("park_name", "text", "Bedrijventerrein", "Business park"),
            SUB_AREA,
            SECTOR,
            SECTOR_NAME,
            YEAR,
            count("establishments", "Vestigingen", "Establishments"),
            count("area_unknown", "Vestigingen zonder bekende oppervlakte", "Establishments of unknown area"),
            hectares("area_ha", "Oppervlakte", "Area"),
            hectares("lost_housing_ha", "Valt af: woningbouwplan", "Falls away: housing plan"),
            hectares(
                "lost_transformation_ha", "Valt af: wordt getransformeerd", "Falls away: transformation"
            ),
            hectares(
                "lost_no_class_ha", "Valt af: categorie niet beoordeeld", "Falls away: category not assessed"
            ),
            hectares("not_touched_ha", "Niet geraakt door de transitie", "Not touched by the transition"),
            hectares("not_shrunk_ha", "Nog niet gekrompen", "Has not shrunk"),
            hectares(
                "waiting_ha",
                "Gekrompen, nog niet vrij (tijdelijk dubbel)",
                "Shrunk, not free yet (double use)",
            ),
            hectares("not_vacated_ha", "Bedrijf houdt de grond", "The firm keeps the land"),
            hectares("lost_soil_ha", "Valt af: bodem", "Falls away: soil"),
            hectares("lost_plot_shape_ha", "Valt af: kavelvorm", "Falls away: shape of plot"),
            hectares("lost_ownership_ha", "Valt af: eigendom", "Falls away: ownership"),
            hectares("lost_grid_ha", "Valt af: stroomnet vol", "Falls away: grid full"),
            hectares("lost_light_ha", "Valt af: geen bruikbare categorie", "Falls away: no usable category"),
            *ranged("usable", "Bruikbaar vrijgekomen", "Usable released"),
            STATUS,
        ),
        description_nl="De stappen tellen bij de middenwaarden op tot de oppervlakte.",
        description_en="The steps add up to the area at the middle values.",
        level=Level.PROVINCE,
        order=("park_id", "sector_id", "year", "sub_area"),
        role="result",
    ),
    Layer(
        "released_by_class",
        "Bruikbare vrijkomende ruimte",
        "Usable released land",
        "table",
        None,
        (
            SUB_AREA,
            YEAR,
            CATEGORY,
            WATER,
            *ranged("usable", "Bruikbaar vrijgekomen", "Usable released"),
            STATUS,
        ),
        order=("sub_area", "year", "category", "water"),
        role="result",
    ),
)
