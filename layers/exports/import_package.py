"""The import package: what the makers of a vision or an ordinance take over from a release.

One package per decision round and alternative. It is made from the tables of a release and the settings of
the province and from nothing else, it is checked before anything leaves, and a rule that says "fout" stops it
whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from gis.errors import InputError, Problem
from layers.export_settings import MISSING_NL, slug
from layers.exports.gio.check import check_files
from layers.exports.gio.companion import Delivery, write_companion
from layers.exports.gio.findings import Finding, as_table, refuse
from layers.exports.gio.gfs import write_gfs
from layers.exports.gio.legend import write_sld
from layers.exports.gio.ow import Draft, write_ow
from layers.exports.gio.schemas import check_schemas
from layers.exports.gio.write import Gio, Location, write_gio
from layers.exports.import_gpkg import write_import_geopackage
from layers.exports.iso19115 import write_metadata
from layers.exports.kinds import GROUP_LABELS
from layers.exports.location_id import location_id
from layers.exports.locations import SHARED_M2, find_locations, keep_ids
from layers.exports.package_pages import (
    LABELS,
    changes_page,
    readme,
    tables_of,
    validation_json,
    validation_page,
)
from layers.exports.plain import as_csv
from layers.exports.rd_geojson import write_geojson
from layers.exports.was_wordt import Earlier, compare

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from layers.export_settings import ExportSettings
    from layers.exports.gio.ow import Purpose
    from layers.exports.locations import Locations

LONGEST_FILE_NAME: Final = 100
"""Characters; the name in the JOIN identifier may have 128, a path on Windows has less room."""


@dataclass(frozen=True, slots=True)
class ImportPackage:
    """A package that passed every check.

    Attributes
    ----------
    name
        Stem for the file name of the zip.
    files
        Path to bytes, in fixed order.
    findings
        What the checks found: warnings only.
    changes
        Was and will be, one row per location.
    """

    name: str
    files: Mapping[str, bytes]
    findings: pd.DataFrame
    changes: gpd.GeoDataFrame


def build(
    tables: Mapping[str, pd.DataFrame],
    settings: ExportSettings,
    *,
    purpose: Purpose,
    previous: Earlier | None = None,
    schemas: Path | None = None,
) -> ImportPackage:
    """Make an import package.

    Parameters
    ----------
    tables
        Of a release: ``reservation_zones`` and ``municipalities``; `find_locations` tells what else is used.
    settings
        As `layers.export_settings.export_settings` gives them.
    purpose
        ``visie`` or ``verordening``.
    previous
        What to compare with, as `layers.exports.was_wordt.earlier_package` reads it; None for a first one.
    schemas
        Folder with the official XSDs and their catalogues; None leaves out that check.

    Returns
    -------
    ImportPackage
        The same bytes for the same arguments, on any day and in any folder.

    Raises
    ------
    InputError
        When the release proposes no locations, or with every violation of a rule that stops an export.
    """
    locations = keep_ids(_locations(tables, settings), _earlier_ids(settings, previous))
    settings = _numbered(settings, purpose, previous)
    gio, stem = _gio(locations.proposed, settings, purpose, previous), file_stem(settings.name_of(purpose))
    draft = _draft(settings, purpose)
    official = _official(gio, stem, draft, settings)
    findings = check_files(official, purpose=purpose, own=True, earlier=_earlier_shapes(settings, previous))
    findings += check_schemas(official, schemas) if schemas is not None else []
    findings += [
        *_only_proposed(locations),
        *(Finding("CONCEPT", "", name, MISSING_NL[name]) for name in settings.missing(purpose)),
    ]
    refuse(findings)
    found = as_table(findings)
    changes = compare(previous, locations.proposed)
    checked = schemas is not None
    metadata = write_metadata(settings, purpose, locations.proposed)
    files: dict[str, bytes] = {
        "LEESMIJ.txt": readme(settings, purpose, {"voorgesteld": len(locations.proposed)}, stem),
        "reservering.gpkg": _geopackage(locations, changes, metadata, settings),
        **official,
        "was-wordt.csv": as_csv(changes),
        "was-wordt.geojson": write_geojson(changes, "was-wordt"),
        "was-wordt.html": changes_page(changes, settings, _named(previous)),
        "validatie.json": validation_json(found, settings, purpose, schemas=checked),
        "validatie.html": validation_page(found, settings, purpose, schemas=checked),
        "metadata.xml": metadata,
        **dict(tables_of(locations, settings)),
    }
    return ImportPackage(f"importpakket-{purpose}-{slug(settings.alternative)}", files, found, changes)


def file_stem(name: str) -> str:
    """Make a file name of the last part of a JOIN identifier: never a path, never too long."""
    kept = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_-") else "-" for sign in name)
    return kept[:LONGEST_FILE_NAME].strip("-") or "gio"


def _locations(tables: Mapping[str, pd.DataFrame], settings: ExportSettings) -> Locations:
    absent = [name for name in ("reservation_zones", "municipalities") if name not in tables]
    if absent or not len(tables["reservation_zones"]):
        message = "the release proposes no locations"
        raise InputError(
            Problem(message, "Make a plan first: kringruimte reserve.", layer="reservation_zones")
        )
    zones = tables["reservation_zones"]
    empty = [
        Finding("GEOMETRY.03.1", "", str(zone))
        for zone, shape in zip(zones["zone_id"], zones.geometry, strict=True)
        if shape is None or shapely.is_empty(shape) or not _has_area(shape)
    ]
    refuse(empty)
    return find_locations(tables, settings)


def _has_area(shape: shapely.Geometry) -> bool:
    return float(shapely.area(shape)) > 0


def _numbered(settings: ExportSettings, purpose: Purpose, previous: Earlier | None) -> ExportSettings:
    """Give a second package of one day a number of its own, so that its expression is another one."""
    if settings.version is not None or previous is None:
        return settings
    start = f"{settings.work_of(purpose)}/nld@{settings.date.isoformat()};"
    if not previous.expression.startswith(start):
        return settings
    number = previous.expression.removeprefix(start)
    return settings.model_copy(update={"version": int(number) + 1}) if number.isdecimal() else settings


def _gio(
    proposed: gpd.GeoDataFrame, settings: ExportSettings, purpose: Purpose, previous: Earlier | None
) -> Gio:
    work = settings.work_of(purpose)
    used = set(proposed["groep_id"])
    return Gio(
        work=work,
        expression=settings.expression_of(purpose),
        background=settings.background,
        background_date=settings.background_date or settings.release.reference_date,
        accuracy_dm=settings.accuracy_dm,
        groups={code: label for code, label in GROUP_LABELS.items() if code in used},
        locations=tuple(
            Location(str(key), str(name), str(group), shape)
            for key, name, group, shape in zip(
                proposed["locatie_id"], proposed["naam"], proposed["groep_id"], proposed.geometry, strict=True
            )
        ),
        was=previous.expression if previous is not None and previous.work == work else None,
    )


def _draft(settings: ExportSettings, purpose: Purpose) -> Draft:
    return Draft(
        purpose=purpose,
        annotation=settings.annotation_of(purpose),
        authority=settings.authority_code,
        authority_name=settings.authority_name,
        title=settings.title,
        regulation=settings.regulation_of(purpose),
        goal=settings.goal_of(purpose),
        text_wid=settings.wid(),
        delivery=settings.delivery,
        namespace=settings.namespace,
    )


def _official(gio: Gio, stem: str, draft: Draft, settings: ExportSettings) -> dict[str, bytes]:
    """Write the files that other systems take in."""
    data = write_gio(gio)
    delivery = Delivery(settings.authority, settings.title, draft.regulation, draft.designation(gio))
    return {
        f"gio/{stem}.gml": data,
        f"gio/{stem}.gfs": write_gfs(gio),
        f"gio/{stem}.sld": write_sld(gio.groups, settings.title),
        f"gio/GIO_{stem}.xml": write_companion(gio, data, f"{stem}.gml", delivery),
        **{f"ow/{name}": content for name, content in write_ow(gio, draft).items()},
    }


def _earlier_ids(settings: ExportSettings, previous: Earlier | None) -> dict[str, str]:
    """Give the id of each geometry of an earlier package by the id that it would have from us."""
    if previous is None or not previous.work:
        return {}
    table = previous.locations
    return {
        str(location_id(shape, settings.namespace)): str(key)
        for key, shape in zip(table["locatie_id"], table.geometry, strict=True)
        if _has_area(shape)
    }


def _earlier_shapes(settings: ExportSettings, previous: Earlier | None) -> dict[str, shapely.Geometry]:
    """Give the geometry by id of the earlier package, when its ids are of the same authority."""
    if previous is None or f"/{settings.authority_code}/" not in previous.work:
        return {}
    table = previous.locations
    return dict(zip(table["locatie_id"].astype(str), table.geometry, strict=True))


def _only_proposed(locations: Locations) -> list[Finding]:
    """Make sure that no ground that was only weighed or rejected is in what is proposed."""
    found = []
    tree = shapely.STRtree(locations.proposed.geometry.to_numpy())
    for table in (locations.candidates, locations.rejected):
        for zone, shape in zip(table["zone_id"], table.geometry, strict=True):
            near = tree.geometries[np.sort(tree.query(shape, predicate="intersects"))]
            if float(shapely.area(shapely.intersection(shape, near)).sum()) >= SHARED_M2:
                found.append(Finding("KRING01", "", str(zone)))
    return found


def _geopackage(
    locations: Locations, changes: gpd.GeoDataFrame, metadata: bytes, settings: ExportSettings
) -> bytes:
    kinds = pd.DataFrame({"groep_id": list(GROUP_LABELS), "label": list(GROUP_LABELS.values())})
    layers = {
        "voorgesteld": locations.proposed,
        "kandidaten": locations.candidates,
        "afgewezen": locations.rejected,
        "was_wordt": changes,
        "locatie_bronnen": locations.sources,
        "locatie_gemeenten": locations.municipalities,
        "beschermingsvormen": kinds,
    }
    day = settings.release.reference_date.isoformat()
    return write_import_geopackage(layers, LABELS, metadata, day)


def _named(previous: Earlier | None) -> str:
    if previous is None:
        return "niets; dit is het eerste pakket"
    return previous.expression or "een eerdere release zonder pakket"
