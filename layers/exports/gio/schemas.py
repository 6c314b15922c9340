"""The official schemas on top of our own checks, whenever a folder with them is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gis.errors import InputError, Problem
from layers.exports.gio.check_companion import is_companion
from layers.exports.gio.check_ow import is_manifest, is_ow
from layers.exports.gio.findings import Finding
from layers.exports.gio.parsed import is_gio
from layers.exports.gio.xml import Element, anywhere, compile_schema, parse, schema_errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE: Final = "KRING_STOP_SCHEMAS"
"""Environment variable that may name the folder; whoever calls reads it."""
CATALOGUE: Final = "urn:oasis:names:tc:entity:xmlns:xml:catalog"
OW: Final = "https://register.geostandaarden.nl/xmlschema/tpod/v2.0.0/bestanden-ow/"
SCHEMAS: Final = (
    (is_gio, "https://standaarden.overheid.nl/stop/1.3.0/imop-geo.xsd"),
    (is_companion, "https://standaarden.overheid.nl/lvbb/1.2.0/lvbb-stop-aanlevering.xsd"),
    (is_ow, f"{OW}deelbestand-ow/IMOW_Deelbestand.xsd"),
    (is_manifest, f"{OW}generiek/manifest-ow.xsd"),
)
"""What a document is to the schema that it must comply with."""


def check_schemas(files: Mapping[str, bytes], folder: Path) -> list[Finding]:
    """Check files against the official schemas (STOP 1.3.0, LVBB 1.2.0, IMOW 2.0.0).

    Parameters
    ----------
    files
        Path to bytes; what is no XML of a known kind is passed over.
    folder
        With the XSDs and the OASIS catalogues that place them, anywhere under it; no network is used.

    Returns
    -------
    list of Finding
        LVBB2003 per error, with its line.

    Raises
    ------
    InputError
        When the folder lacks a schema that is needed.
    """
    local = catalogued(folder)
    found: list[Finding] = []
    ready: dict[str, Any] = {}
    for path, data in files.items():
        if not path.lower().endswith((".xml", ".gml")):
            continue
        root = parse(data, path)
        uri = next((schema for known, schema in SCHEMAS if known(root)), None)
        if uri is None:
            continue
        if uri not in local:
            message = f"the schema folder does not hold {uri}"
            repair = "Give the folder with the schemas of STOP 1.3.0, LVBB 1.2.0 and IMOW 2.0.0."
            raise InputError(Problem(message, repair, file=str(folder.name)))
        if uri not in ready:
            ready[uri] = compile_schema(uri, local)
        found += [
            Finding("LVBB2003", path, f"regel {line}", message)
            for line, message in schema_errors(root, ready[uri])
        ]
    return found


def catalogued(folder: Path) -> dict[str, str]:
    """Read where each schema lies from every catalogue in the folder."""
    places: dict[str, str] = {}
    for path in sorted(folder.rglob("*catalog*.xml")):
        root: Element = parse(path.read_bytes(), path.name, doctype=True)
        for entry in anywhere(root, CATALOGUE, "uri"):
            places[entry.get("name")] = str((path.parent / entry.get("uri")).resolve())
    return places
