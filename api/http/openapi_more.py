"""What the description says of tiles, styles, files, calculations and sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.http.documents import JSON
from api.http.downloads import MEDIA as FILE_MEDIA
from api.http.openapi_parts import ASKING, DATA, FILES, REFERENCE, TILES, operation, plain, reply
from api.http.queries import DOWNLOAD
from api.http.styles import LEGENDS, SHEETS
from api.http.tiles import MVT, TILEJSON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.http.openapi_parts import Document

GRID: Final = "tileMatrixSetId"
PLACE: Final = ("tileMatrix", "tileRow", "tileCol")
GEOTIFF: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
ZIP: Final = "application/zip"


def tile_paths() -> Document:
    """Describe tiles, their grids, styles and legends."""
    paths: Document = {
        "/tileMatrixSets": plain(
            "tile-matrix-sets", "Tegelindelingen", TILES, JSON, "Object", form="f-json"
        ),
        f"/tileMatrixSets/{{{GRID}}}": plain(
            "tile-matrix-set", "Eén tegelindeling", TILES, JSON, "Object", GRID, form="f-json"
        ),
        "/styles": plain("styles", "Stijlen", TILES, JSON, "Object", form="f-json"),
        "/styles/{styleId}": {
            "get": operation(
                "style", "Een stijl", TILES, _files(media for media, _ in SHEETS.values()),
                ("styleId", "f-style"),
            )
        },
        "/styles/{styleId}/metadata": plain(
            "style-metadata", "Beschrijving van een stijl", TILES, JSON, "Object", "styleId", form="f-json"
        ),
        "/styles/{styleId}/legend": {
            "get": operation(
                "legend", "De legenda van een stijl", TILES, _files(media for media, _ in LEGENDS.values()),
                ("styleId", "f-legend"),
            )
        },
        "/collections/{collectionId}/styles": plain(
            "collection-styles", "Stijlen van een laag", TILES, JSON, "Object", "collectionId", form="f-json"
        ),
    }  # fmt: skip
    for start, name, own in (("", "", ()), ("/collections/{collectionId}", "collection-", ("collectionId",))):
        paths |= {
            f"{start}/tiles": plain(
                f"{name}tilesets", "Sets van vectortegels", TILES, JSON, "Object", *own, form="f-json"
            ),
            f"{start}/tiles/{{{GRID}}}": {
                "get": operation(
                    f"{name}tileset", "Eén set van vectortegels", TILES, _files((JSON, TILEJSON)),
                    (*own, GRID, "f-tileset"),
                )
            },
            f"{start}/tiles/{{{GRID}}}/{'/'.join(f'{{{part}}}' for part in PLACE)}": {
                "get": operation(
                    f"{name}tile", "Een vectortegel", TILES, _files((MVT,)), (*own, GRID, *PLACE, "f-mvt"),
                    more={"204": reply("Hier ligt niets")},
                )
            },
        }  # fmt: skip
    return paths


def file_paths() -> Document:
    """Describe downloads, rasters, packages and the releases of the project."""
    names = ("collectionId", *(name for name in DOWNLOAD if name != "f"), "f-download")
    return {
        "/collections/{collectionId}/download": {
            "get": operation("download", "Objecten als bestand", DATA, _files(FILE_MEDIA.values()), names)
        },
        "/rasters": plain("rasters", "Rasters", FILES, JSON, "Object", form="f-json"),
        "/rasters/{rasterId}": _file("raster", "Een raster", GEOTIFF, "rasterId"),
        "/packages": plain("packages", "Keuzepakketten", FILES, JSON, "Object", form="f-json"),
        "/packages/{municipalityCode}": _file("package", "Een keuzepakket", ZIP, "municipalityCode"),
        "/releases": plain("releases", "Uitgaven van dit project", FILES, JSON, "Object", form="f-json"),
    }


def process_paths() -> Document:
    """Describe calculations and their jobs."""
    job = plain("job", "Hoe een berekening ervoor staat", ASKING, JSON, "Object", "jobId", form="f-json")
    answer = _json()
    late = {code: _problem() for code in ("410", "415", "422")}
    return {
        "/processes": plain("processes", "Berekeningen", ASKING, JSON, "Object", form="f-json"),
        "/processes/{processId}": plain(
            "process", "Eén berekening", ASKING, JSON, "Object", "processId", form="f-json"
        ),
        "/processes/{processId}/execution": {
            "post": {
                **operation(
                    "execute", "Voer een berekening uit", ASKING, answer, ("processId", "prefer"),
                    more={"201": reply("De berekening is aangenomen", answer), **late},
                ),
                "requestBody": _body("Execute"),
            }
        },
        "/jobs": plain("jobs", "Uw berekeningen", ASKING, JSON, "Object", form="f-json"),
        "/jobs/{jobId}": {
            **job,
            "delete": operation("dismiss", "Stop of vergeet een berekening", ASKING, answer, ("jobId",)),
        },
        "/jobs/{jobId}/results": {
            "get": operation(
                "results", "Het antwoord van een berekening", ASKING, answer, ("jobId", "f-json"), more=late
            )
        },
    }  # fmt: skip


def session_paths() -> Document:
    """Describe how outcomes of sessions are recorded."""
    made = operation(
        "session-outcome", "Leg een uitkomst van een sessie vast", ASKING, _json(), (),
        more={"415": _problem(), "422": _problem()}, status="201",
    )  # fmt: skip
    return {"/session-outcomes": {"post": {**made, "requestBody": _body("SessionOutcome")}}}


def _file(name: str, summary: str, media: str, key: str) -> Document:
    parts = {
        "206": reply("Een deel", _files((media,))),
        "416": {"$ref": f"{REFERENCE}/responses/Problem"},
    }
    return {"get": operation(name, summary, FILES, _files((media,)), (key,), more=parts)}


def _files(media: Iterable[str]) -> Document:
    binary: Document = {"schema": {"type": "string", "format": "binary"}}
    return {one: _json()[JSON] if one.endswith("json") else binary for one in media}


def _json() -> Document:
    return {JSON: {"schema": {"$ref": f"{REFERENCE}/schemas/Object"}}}


def _body(schema: str) -> Document:
    return {"required": True, "content": {JSON: {"schema": {"$ref": f"{REFERENCE}/schemas/{schema}"}}}}


def _problem() -> Document:
    return {"$ref": f"{REFERENCE}/responses/Problem"}
