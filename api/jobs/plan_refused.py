"""Why a drawn or uploaded polygon cannot be used, in Dutch and in English, each with what to do."""

from __future__ import annotations

from typing import Any, Final

from layers.dutch import number_nl

MAX_BYTES: Final = 5_000_000
MAX_VERTICES: Final = 20_000
MAX_PARTS: Final = 500
MAX_HECTARES: Final = 10_000.0

REASONS: Final[dict[str, tuple[str, str]]] = {
    "empty": (
        "Er is niets gegeven. Kies een bestand, plak coördinaten of kies een terrein.",
        "Nothing was given. Choose a file, paste coordinates or choose a park.",
    ),
    "bytes": (
        (
            f"Het bestand is groter dan {number_nl(MAX_BYTES // 1_000_000)} MB. Bewaar alleen de grens van "
            "het plan en vereenvoudig die."
        ),
        (
            f"The file is larger than {MAX_BYTES // 1_000_000} MB. Save the boundary of the plan alone and "
            "simplify it."
        ),
    ),
    "vertices": (
        (
            f"De grens heeft meer dan {number_nl(MAX_VERTICES)} punten. Vereenvoudig de grens tot op een "
            "meter en probeer het opnieuw."
        ),
        (
            f"The boundary has more than {MAX_VERTICES:,} points. Simplify the boundary to a metre and try "
            "again."
        ),
    ),
    "parts": (
        f"Er zijn meer dan {number_nl(MAX_PARTS)} losse vlakken. Bewaar alleen de vlakken van het plan.",
        f"There are more than {MAX_PARTS} separate polygons. Save the polygons of the plan alone.",
    ),
    "kind": (
        "Dit soort bestand wordt niet gelezen. Geef GeoJSON, een GeoPackage of een shapefile in een zip.",
        "This kind of file is not read. Give GeoJSON, a GeoPackage or a shapefile in a zip.",
    ),
    "xml": (
        (
            "Dit is een XML-bestand, zoals SVG, GML of KML. Dat wordt om veiligheid niet gelezen. Bewaar "
            "het plan als GeoJSON of GeoPackage."
        ),
        (
            "This is an XML file, such as SVG, GML or KML. For safety it is not read. Save the plan as "
            "GeoJSON or GeoPackage."
        ),
    ),
    "broken": (
        "Het bestand is beschadigd of niet volledig ({why}). Maak het opnieuw.",
        "The file is damaged or incomplete ({why}). Make it again.",
    ),
    "zip": (
        "De zip is niet te vertrouwen of te groot ({why}). Maak een zip met alleen .shp, .shx, .dbf en .prj.",
        "The zip is not to be trusted or too large ({why}). Make a zip with .shp, .shx, .dbf and .prj alone.",
    ),
    "zip_content": (
        "In de zip zit niet precies één shapefile of GeoPackage. Maak een zip met één plan.",
        "The zip does not hold exactly one shapefile or GeoPackage. Make a zip with one plan.",
    ),
    "text": (
        (
            "De coördinaten zijn niet te lezen in regel {line}. Schrijf per regel één punt, zoals: 131200 "
            "458100."
        ),
        "The coordinates cannot be read in line {line}. Write one point per line, such as: 131200 458100.",
    ),
    "few": (
        "Een vlak heeft ten minste drie verschillende punten nodig. Voeg punten toe.",
        "An area needs at least three different points. Add points.",
    ),
    "no_polygon": (
        "Er zit geen vlak in, alleen punten of lijnen, of helemaal niets. Teken de grens als vlak.",
        "It holds no polygon, only points or lines, or nothing at all. Draw the boundary as a polygon.",
    ),
    "numbers": (
        "De grens is leeg of bevat coördinaten die geen getal zijn. Maak het bestand opnieuw.",
        "The boundary is empty or holds coordinates that are no numbers. Make the file again.",
    ),
    "swapped": (
        (
            "Lengte en breedte lijken verwisseld. Zet de lengtegraad (ongeveer 5) voor de breedtegraad "
            "(ongeveer 52)."
        ),
        "Longitude and latitude seem swapped. Put longitude (about 5) before latitude (about 52).",
    ),
    "crs": (
        (
            "Het stelsel van de coördinaten ({name}) wordt niet gelezen. Bewaar het plan in RD New "
            "(EPSG:28992) of WGS84 (EPSG:4326)."
        ),
        (
            "The coordinate system ({name}) is not read. Save the plan in RD New (EPSG:28992) or WGS84 "
            "(EPSG:4326)."
        ),
    ),
    "crs_unsure": (
        (
            "Van deze coördinaten is niet te zien in welk stelsel zij staan. Bewaar het plan in RD New "
            "(EPSG:28992) of WGS84 (EPSG:4326)."
        ),
        (
            "These coordinates do not show in which system they are. Save the plan in RD New (EPSG:28992) "
            "or WGS84 (EPSG:4326)."
        ),
    ),
    "crs_wrong": (
        "De coördinaten passen niet bij het stelsel dat het bestand noemt ({name}). Bewaar het plan opnieuw.",
        "The coordinates do not fit the system that the file names ({name}). Save the plan again.",
    ),
    "crossing": (
        (
            "De grens kruist zichzelf bij {x}, {y} (RD, meter). Teken haar opnieuw zonder lijnen die elkaar "
            "kruisen."
        ),
        "The boundary crosses itself at {x}, {y} (RD, metres). Draw it again without lines that cross.",
    ),
    "overlap": (
        "Twee vlakken liggen over elkaar bij {x}, {y} (RD, meter). Voeg ze samen of haal er een weg.",
        "Two polygons lie over each other at {x}, {y} (RD, metres). Merge them or remove one.",
    ),
    "small": (
        "Het vlak is kleiner dan 1 m². Controleer de coördinaten.",
        "The polygon is smaller than 1 m². Check the coordinates.",
    ),
    "large": (
        f"Het vlak is groter dan {number_nl(MAX_HECTARES)} hectare. Toets een kleiner plan.",
        f"The polygon is larger than {MAX_HECTARES:,.0f} hectares. Test a smaller plan.",
    ),
    "outside": (
        "Het plan ligt buiten de provincie. Controleer de coördinaten en het stelsel (RD of WGS84).",
        "The plan lies outside the province. Check the coordinates and the system (RD or WGS84).",
    ),
    "unknown_place": (
        "Dit terrein of deze kavel is er niet. Kies er een uit de lijst.",
        "This park or plot is not there. Choose one from the list.",
    ),
}


class PolygonError(Exception):
    """A polygon cannot be used; one reason, with what to do about it.

    Attributes
    ----------
    reason
        Key of `REASONS`.
    nl, en
        The same for readers.
    """

    def __init__(self, reason: str, **values: Any) -> None:
        self.reason = reason
        self.nl, self.en = (text.format_map(values) for text in REASONS[reason])
        super().__init__(self.en)
