"""A location file (locatiedossier) per zone: what a decision about it rests on, and what is still open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from analysis.package import location_alternatives, location_evidence, location_rules
from analysis.package.location_context import (
    Context,
    LocationFileSettings,
    count,
    hectares,
    kind_label,
    split,
)
from layers.documents import Document, Facts, Figure, Heading, Paragraph
from layers.dutch import list_nl
from layers.exports.location_id import location_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from analysis.package.settings import PackageSettings
    from layers.documents import Part

    Row = dict[str, Any]

__all__ = [
    "LocationFileSettings",
    "location_files_by_municipality",
    "location_settings",
    "make_location_files",
]

SAMPLE: Final = "Voorbeeld: verzonnen kenmerken."


def location_settings(
    package: PackageSettings, project: Mapping[str, Any], *, municipality: str | None = None
) -> LocationFileSettings:
    """Take the settings of location files from those of a package and what a release says about itself."""
    sources = {
        str(source["layer"]): str(source["source"])
        for source in project.get("sources", [])
        if source.get("source")
    }
    return LocationFileSettings(
        authority=package.province,
        procedure_status=package.procedure_status,
        reference_date=package.reference_date,
        sample=package.sample,
        namespace=package.namespace,
        municipality=municipality,
        sources=sources,
    )


def make_location_files(
    tables: Mapping[str, pd.DataFrame],
    *,
    settings: LocationFileSettings,
    binds: Mapping[str, str] | None = None,
    rules: pd.DataFrame | None = None,
) -> tuple[Document, ...]:
    """Write a location file for every zone of a release.

    Parameters
    ----------
    tables
        Tables of a release by name; ``reservation_zones`` must be there, the others as far as they are.
        Without a table its section says that it was not assessed.
    settings
        Status, date and sources; see `LocationFileSettings`.
    binds
        Building block to whom it binds, from the data of the blocks; the usual ones when None.
    rules
        Provincial instruction rules, as `layers.restrictions.read_provincial_rules` gives them; None for
        those that ship.

    Returns
    -------
    tuple of Document
        By municipality and zone. Homes appear as numbers only, firms not at all, and housing plans that have
        not been adopted as a number unless `settings` says otherwise.
    """
    context = Context(tables, settings, binds or {}, rules)
    return tuple(_file(context, zone) for zone in context.zones)


def location_files_by_municipality(
    tables: Mapping[str, pd.DataFrame],
    *,
    settings: LocationFileSettings,
    binds: Mapping[str, str] | None = None,
    rules: pd.DataFrame | None = None,
) -> dict[str, tuple[Document, ...]]:
    """Write the location files of all municipalities, which reads the tables once and not once for each.

    Parameters
    ----------
    tables, settings, binds, rules
        As for `make_location_files`.

    Returns
    -------
    dict
        Code of a municipality to its files; a municipality without a zone is not in it.
    """
    context = Context(tables, settings, binds or {}, rules)
    found: dict[str, list[Document]] = {}
    for zone in context.zones:
        found.setdefault(str(zone["municipality_code"]), []).append(_file(context, zone))
    return {code: tuple(files) for code, files in found.items()}


def file_name(zone_id: str) -> str:
    """Give the file stem of a zone's location file."""
    return f"locatiedossier-{re.sub(r'[^a-z0-9]+', '-', zone_id.lower()).strip('-')}"


def _file(context: Context, zone: Row) -> Document:
    settings = context.settings
    place = context.municipality(zone["municipality_code"])
    label = kind_label(zone["kind"])
    status = f"Concept, geen besluit. Stand in de procedure: {settings.status_text}."
    return Document(
        name=file_name(str(zone["zone_id"])),
        title=f"Locatiedossier {zone['park_name']}, {label}",
        subtitle=f"Gemeente {place}, deelgebied {zone['sub_area']}",
        status=f"{status} {SAMPLE}" if settings.sample else status,
        parts=tuple(_parts(context, zone, place)),
    )


def _parts(context: Context, zone: Row, place: str) -> Iterator[Part]:
    yield from _summary(context, zone, place)
    yield from location_evidence.evidence(context, zone)
    yield from location_evidence.reasons(context, zone)
    yield from location_evidence.robustness(context, zone)
    yield from location_alternatives.alternatives(context, zone)
    yield from location_evidence.health(context, zone)
    yield from location_evidence.housing(context, zone)
    yield from location_rules.rules(context, zone)
    yield from location_rules.instruments(context, zone)
    yield from location_rules.procedure(context)
    yield from location_rules.unknowns(context, zone)
    yield from location_rules.responses(context)
    yield from location_rules.sources(context)


def _summary(context: Context, zone: Row, place: str) -> Iterator[Part]:
    label, park = kind_label(zone["kind"]), str(zone["park_name"])
    yield Heading(1, "In het kort", "kort")
    functions = sorted({context.function_name(name) for name in split(zone["functions"])})
    purpose = f" Aanleiding: {list_nl(functions, 4)}." if functions else ""
    yield Paragraph(
        f"Op {park} is {hectares(zone['area_ha'])} voorgesteld om te {label}: "
        f"{_land(zone['heavy_ha'], 'zware')} en {_land(zone['wet_ha'], 'natte')}.{purpose}",
        "lead",
    )
    pairs = [
        ("Zone", str(zone["zone_id"])),
        ("Terrein", park),
        ("Gemeente", place),
        ("Beschermingsvorm", label),
        ("Oppervlakte", hectares(zone["area_ha"])),
        ("Waarvan in het plan gekozen", hectares(zone["chosen_ha"])),
        ("Kavels", count(zone["sites"])),
        ("Vanaf", "nu" if zone["from_year"] is None else str(int(zone["from_year"]))),
        ("Stand in de procedure", context.settings.status_text),
    ]
    if context.settings.namespace is not None:
        pairs.insert(
            1, ("Vaste id van de locatie", str(location_id(zone["geometry"], context.settings.namespace)))
        )
    if zone["shares_ground_with"] is not None:
        pairs.append(("Deelt grond met", ", ".join(split(zone["shares_ground_with"]))))
    yield Facts(tuple(pairs))
    yield Figure(
        "location",
        f"{park}: de voorgestelde zone en haar omgeving",
        f"Kaart van {park} in {place}. De zone van {hectares(zone['area_ha'])} met de beschermingsvorm "
        f"{label} is ingekleurd, met de kavels, kaden en het vaarwater eromheen.",
        str(zone["municipality_code"]),
        (str(zone["zone_id"]),),
    )


def _land(area: float | None, what: str) -> str:
    """Write so many hectares of heavy or wet land."""
    return f"geen {what} grond" if area is not None and not float(area) else f"{hectares(area)} {what} grond"
