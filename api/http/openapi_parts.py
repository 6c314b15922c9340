"""The pieces that the description of the service is put together from: operations, parameters, headers."""

from __future__ import annotations

from typing import Any, Final

from api.http import crs as systems
from api.http.documents import HTML
from api.http.downloads import Form
from api.http.problems import API_VERSION
from api.http.queries import DEFAULT_LIMIT, LANGUAGES, MAXIMUM_LIMIT
from api.http.styles import WHOLE
from api.http.tiles import PARAMETERS

Document = dict[str, Any]

REFERENCE: Final = "#/components"
SERVICE: Final = "Dienst"
DATA: Final = "Gegevens"
TILES: Final = "Tegels en stijlen"
FILES: Final = "Bestanden"
ASKING: Final = "Berekeningen"
MISSING: Final = frozenset(
    {"collectionId", "featureId", "tileMatrixSetId", "styleId", "rasterId", "municipalityCode", "processId",
     "jobId"}
)  # fmt: skip
"""Parameters in a path: what they name may not be there."""
COORDINATE_SYSTEMS: Final = tuple(crs.uri for crs in systems.ALL)
HEADERS: Final[Document] = {
    "API-Version": {
        "description": "Volledige versie van deze API",
        "schema": {"type": "string", "example": API_VERSION},
    },
    "Content-Crs": {
        "description": "Coördinatenstelsel van het antwoord, tussen punthaken",
        "schema": {"type": "string", "example": f"<{systems.CRS84.uri}>"},
    },
}


def document(name: str, summary: str, tag: str, media: str, schema: str, *names: str) -> Document:
    """Describe a path with a JSON document that is also there as a page."""
    content = {
        media: {"schema": {"$ref": f"{REFERENCE}/schemas/{schema}"}},
        HTML: {"schema": {"$ref": f"{REFERENCE}/schemas/Text"}},
    }
    return {"get": operation(name, summary, tag, content, (*names, "f"))}


def reply(summary: str, content: Document | None = None) -> Document:
    """Describe one more thing that an operation may answer; every answer names the version."""
    headers = {"API-Version": {"$ref": f"{REFERENCE}/headers/API-Version"}}
    return {"description": summary, "headers": headers, **({} if content is None else {"content": content})}


def plain(
    name: str, summary: str, tag: str, media: str, schema: str, *names: str, form: str | None = None
) -> Document:
    """Describe a path with one form of answer; `form` names the parameter ``f`` that chooses only that."""
    content = {media: {"schema": {"$ref": f"{REFERENCE}/schemas/{schema}"}}}
    return {"get": operation(name, summary, tag, content, (*names, *([form] if form else [])))}


def operation(
    name: str,
    summary: str,
    tag: str,
    content: Document,
    names: tuple[str, ...],
    *,
    more: Document | None = None,
    status: str = "200",
) -> Document:
    """Describe an operation with everything that it may answer."""
    problem = {"$ref": f"{REFERENCE}/responses/Problem"}
    headers = ["API-Version", *(["Content-Crs"] if "crs" in names else [])]
    responses: Document = {
        status: {
            "description": summary,
            "headers": {header: {"$ref": f"{REFERENCE}/headers/{header}"} for header in headers},
            "content": content,
        },
        "304": {"$ref": f"{REFERENCE}/responses/NotModified"},
        **dict.fromkeys(("400", "401", "404", "405", "413", "414", "429", "500", "503"), problem),
        **(more or {}),
    }
    return {
        "operationId": name,
        "summary": summary,
        "tags": [tag],
        "parameters": [{"$ref": f"{REFERENCE}/parameters/{key}"} for key in names],
        "responses": responses,
    }


def parameters(names: list[str], styles: list[str]) -> Document:
    """Describe every parameter; names of collections and styles are those that the caller may see."""
    number = {"type": "number"}
    described = {
        "collectionId": _parameter(
            "collectionId", "path", "Naam van de laag", {"type": "string", "enum": names}
        ),
        "featureId": _parameter("featureId", "path", "Id van het object", {"type": "string"}),
        "styleId": _parameter(
            "styleId", "path", "Naam van de stijl", {"type": "string", "enum": [*styles, WHOLE]}
        ),
        "rasterId": _parameter("rasterId", "path", "Naam van het raster", {"type": "string"}),
        "municipalityCode": _parameter(
            "municipalityCode", "path", "Code van de gemeente", {"type": "string", "pattern": "^GM[0-9]{4}$"}
        ),
        "processId": _parameter("processId", "path", "Naam van de berekening", {"type": "string"}),
        "jobId": _parameter("jobId", "path", "Nummer van uw berekening", {"type": "string"}),
        "f": _form("json", "html"),
        "f-json": _form("json"),
        "f-mvt": _form("mvt"),
        "f-tileset": _form("json", "tilejson"),
        "f-style": _form("mapbox", "sld11", "sld10", "qml"),
        "f-legend": _form("json", "svg", "png"),
        "f-download": {**_form(*Form), "required": True},
        "limit": _parameter(
            "limit", "query", f"Objecten per bladzijde; meer dan {MAXIMUM_LIMIT} telt als {MAXIMUM_LIMIT}",
            {"type": "integer", "minimum": 1, "maximum": MAXIMUM_LIMIT, "default": DEFAULT_LIMIT},
        ),
        "cursor": _parameter(
            "cursor", "query", "Begin van de bladzijde; neem de link next over in plaats van deze te maken",
            {"type": "string"},
        ),
        "bbox": _parameter(
            "bbox", "query", "Laagste en hoogste hoek van een rechthoek, in bbox-crs",
            {
                "type": "array",
                "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
                "items": number,
            },
        ),
        "bbox-crs": _system("bbox-crs", "Coördinatenstelsel van bbox"),
        "crs": _system("crs", "Coördinatenstelsel van het antwoord"),
        "datetime": _parameter(
            "datetime", "query", "Moment of periode; de objecten hebben geen tijd en passen dus altijd",
            {"type": "string"},
        ),
        "filter": _parameter(
            "filter", "query", "Voorwaarde in CQL2, zoals area_ha > 5 AND name LIKE 'Lage%'; zie queryables",
            {"type": "string"},
        ),
        "filter-crs": _system("filter-crs", "Coördinatenstelsel van geometrie in filter"),
        "filter-lang": _parameter(
            "filter-lang", "query", "Taal van filter",
            {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
        ),
        "prefer": _parameter("Prefer", "header", "respond-async om niet te wachten", {"type": "string"}),
    }  # fmt: skip
    return {**described, **{str(one["name"]): one for one in PARAMETERS}}


def _form(*values: str) -> Document:
    schema = {"type": "string", "enum": [str(value) for value in values]}
    return _parameter("f", "query", "Vorm van het antwoord", schema)


def _system(name: str, description: str) -> Document:
    uris = list(COORDINATE_SYSTEMS)
    schema = {"type": "string", "format": "uri", "enum": uris, "default": uris[0]}
    return _parameter(name, "query", description, schema)


def _parameter(name: str, place: str, description: str, schema: Document) -> Document:
    described: Document = {
        "name": name,
        "in": place,
        "description": description,
        "required": place == "path",
        "schema": schema,
    }
    if place == "query":
        described |= {"style": "form", "explode": False}
    return described
