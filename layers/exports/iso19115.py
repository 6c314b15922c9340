"""Metadata of an import package: ISO 19115 in the Dutch profile 2.1.0, written as ISO 19139."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from gis.crs import rd_to_lonlat
from layers.dutch import list_nl
from layers.export_settings import UNDECIDED
from layers.exports.gio.xml import Element, add, clean, root, write
from layers.exports.kinds import STATUS_LABELS

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.export_settings import ExportSettings
    from layers.exports.gio.ow import Purpose

GMD: Final = "http://www.isotc211.org/2005/gmd"
GCO: Final = "http://www.isotc211.org/2005/gco"
GML: Final = "http://www.opengis.net/gml"
ISO_XML: Final = "http://www.isotc211.org/2005/gmd"
"""How a GeoPackage names this standard."""
CODES: Final = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
LANGUAGES: Final = "http://www.loc.gov/standards/iso639-2/"
PROFILE: Final = "Nederlands metadata profiel op ISO 19115 voor geografie 2.1.0"
RD_URI: Final = "http://www.opengis.net/def/crs/EPSG/0/28992"
SCALE: Final = 1000
KEYWORDS: Final = (
    "bedrijventerreinen",
    "circulaire economie",
    "reservering",
    "milieucategorie",
    "watergebonden",
    "omgevingswet",
)
PROGRESS: Final = {"adopted": "completed", "in_force": "completed"}


def write_metadata(settings: ExportSettings, purpose: Purpose, proposed: gpd.GeoDataFrame) -> bytes:
    """Write the metadata of a package.

    Parameters
    ----------
    settings
        Of the package; the date stamp is the date of its expression, never the clock.
    purpose
        For a vision or an ordinance.
    proposed
        The locations, EPSG:28992; their bounds go in, in degrees with four decimals.
    """
    top = root("MD_Metadata", GMD, {"gmd": GMD, "gco": GCO, "gml": GML})
    name = settings.expression_of(purpose)
    _text(add(top, "fileIdentifier"), str(uuid.uuid5(settings.namespace, f"metadata:{name}")))
    _code(add(top, "language"), "LanguageCode", "dut", LANGUAGES, "Nederlands")
    _iso(add(top, "hierarchyLevel"), "MD_ScopeCode", "dataset")
    _party(add(top, "contact"), settings)
    add(add(top, "dateStamp"), "Date", settings.date.isoformat(), namespace=GCO)
    _text(add(top, "metadataStandardName"), "ISO 19115")
    _text(add(top, "metadataStandardVersion"), PROFILE)
    system = add(add(add(top, "referenceSystemInfo"), "MD_ReferenceSystem"), "referenceSystemIdentifier")
    _text(add(add(system, "RS_Identifier"), "code"), RD_URI)
    _identification(add(top, "identificationInfo"), settings, purpose, proposed)
    _distribution(add(top, "distributionInfo"), settings)
    quality = add(add(top, "dataQualityInfo"), "DQ_DataQuality")
    _iso(add(add(add(quality, "scope"), "DQ_Scope"), "level"), "MD_ScopeCode", "dataset")
    _text(add(add(add(quality, "lineage"), "LI_Lineage"), "statement"), _lineage(settings))
    return write(top)


def _text(parent: Element, text: str) -> None:
    add(parent, "CharacterString", clean(text), namespace=GCO)


def _code(parent: Element, tag: str, value: str, list_uri: str, text: str | None = None) -> None:
    add(parent, tag, text, namespace=GMD, attributes={"codeList": list_uri, "codeListValue": value})


def _iso(parent: Element, tag: str, value: str) -> None:
    _code(parent, tag, value, f"{CODES}{tag}")


def _party(parent: Element, settings: ExportSettings) -> None:
    party = add(parent, "CI_ResponsibleParty")
    _text(add(party, "organisationName"), settings.contact.organisation or settings.authority_name)
    address = add(add(add(add(party, "contactInfo"), "CI_Contact"), "address"), "CI_Address")
    _text(add(address, "electronicMailAddress"), settings.contact.email)
    _iso(add(party, "role"), "CI_RoleCode", "pointOfContact")


def _identification(
    parent: Element, settings: ExportSettings, purpose: Purpose, proposed: gpd.GeoDataFrame
) -> None:
    data = add(parent, "MD_DataIdentification")
    citation = add(add(data, "citation"), "CI_Citation")
    _text(add(citation, "title"), f"{settings.title} ({settings.alternative}, omgevings{purpose})")
    date = add(add(citation, "date"), "CI_Date")
    add(add(date, "date"), "Date", settings.date.isoformat(), namespace=GCO)
    _iso(add(date, "dateType"), "CI_DateTypeCode", "creation")
    key = str(uuid.uuid5(settings.namespace, f"dataset:{settings.work_of(purpose)}"))
    _text(add(add(add(citation, "identifier"), "MD_Identifier"), "code"), key)
    _text(add(data, "abstract"), _abstract(settings, len(proposed)))
    progress = PROGRESS.get(settings.release.procedure_status, "planned")
    _iso(add(data, "status"), "MD_ProgressCode", progress)
    _party(add(data, "pointOfContact"), settings)
    words = add(add(data, "descriptiveKeywords"), "MD_Keywords")
    for word in KEYWORDS:
        _text(add(words, "keyword"), word)
    limits = add(add(data, "resourceConstraints"), "MD_Constraints")
    _text(add(limits, "useLimitation"), _limits(settings))
    legal = add(add(data, "resourceConstraints"), "MD_LegalConstraints")
    _iso(add(legal, "accessConstraints"), "MD_RestrictionCode", "otherRestrictions")
    if settings.licence is None:
        _text(add(legal, "otherConstraints"), "CONCEPT: de provincie bepaalt de gebruiksvoorwaarden")
    else:
        _text(add(legal, "otherConstraints"), settings.licence)
        _text(add(legal, "otherConstraints"), "Voorwaarden zoals genoemd")
    scale = add(add(add(data, "spatialResolution"), "MD_Resolution"), "equivalentScale")
    number = add(add(scale, "MD_RepresentativeFraction"), "denominator")
    add(number, "Integer", str(SCALE), namespace=GCO)
    _code(add(data, "language"), "LanguageCode", "dut", LANGUAGES, "Nederlands")
    add(add(data, "topicCategory"), "MD_TopicCategoryCode", "planningCadastre")
    _bounds(add(data, "extent"), proposed)


def _bounds(parent: Element, proposed: gpd.GeoDataFrame) -> None:
    west, south, east, north = shapely.total_bounds(
        rd_to_lonlat(np.asarray(proposed.geometry.to_numpy(), dtype=object))
    )
    box = add(add(add(parent, "EX_Extent"), "geographicElement"), "EX_GeographicBoundingBox")
    for tag, value in (
        ("westBoundLongitude", west),
        ("eastBoundLongitude", east),
        ("southBoundLatitude", south),
        ("northBoundLatitude", north),
    ):
        add(add(box, tag), "Decimal", f"{value:.4f}", namespace=GCO)


def _distribution(parent: Element, settings: ExportSettings) -> None:
    options = add(add(parent, "MD_Distribution"), "transferOptions")
    if not settings.contact.url:
        add(options, "MD_DigitalTransferOptions")
        return
    online = add(add(add(options, "MD_DigitalTransferOptions"), "onLine"), "CI_OnlineResource")
    add(add(online, "linkage"), "URL", settings.contact.url)


def _abstract(settings: ExportSettings, count: int) -> str:
    made_up = " De gegevens zijn een voorbeeld en verzonnen." if settings.release.sample else ""
    return (
        f"Voorgestelde locaties voor circulaire bedrijvigheid op bedrijventerreinen, per zone binnen een "
        f"terrein en per beschermingsvorm ({count} locaties). Onderbouwd alternatief "
        f"'{settings.alternative}', geen besluit. Status in de procedure: "
        f"{STATUS_LABELS[settings.release.procedure_status]}.{made_up}"
    )


def _limits(settings: ExportSettings) -> str:
    text = "Concept, juridisch te toetsen. Niet geschikt als bewijs van wat op een perceel mag."
    if settings.release.procedure_status in UNDECIDED:
        text += " Niet openbaar: over deze locaties is nog niets besloten."
    return f"{text} {settings.release.note}".strip()


def _lineage(settings: ExportSettings) -> str:
    sources = [
        f"{source.layer}: {source.source or 'niet beoordeeld'} ({source.date or 'datum onbekend'})"
        for source in settings.release.sources
    ]
    inputs = f" Bronnen: {list_nl(sources)}." if sources else ""
    return (
        f"Gemaakt uit release {settings.release.name or 'zonder naam'} van {settings.release.project} op "
        f"peildatum {settings.release.reference_date.isoformat()}. Geometrie op 1 mm in EPSG:28992.{inputs}"
    )
