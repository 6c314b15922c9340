"""Where a collection comes from, how current it is and what it may be used for (OGC API Records, part 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.http import crs as systems
from api.http.documents import GEOJSON, JSON, link
from api.http.downloads import MEDIA, TITLES, facts_of
from api.http.styles import PNG

if TYPE_CHECKING:
    from api.http.shown import Shown
    from api.http.snapshot import FeatureCollection
    from layers.schema import Level

Document = dict[str, Any]

CONFORMANCE: Final = ("http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",)
LEVELS: Final[dict[str, str]] = {
    "public": "openbaar",
    "municipality": "voor de gemeente zelf",
    "province": "voor de provincie",
    "editor": "voor beheerders",
}
KINDS: Final = {"input": "invoer, zoals aangeleverd en hersteld", "result": "uitkomst van een berekening"}


def record(shown: Shown, item: FeatureCollection, root: str) -> Document:
    """Make the record of a collection.

    The date of the record is the reference date of the data: a release has no clock of its own.
    """
    layer, release = item.layer, shown.release
    facts = facts_of(release.project, release.name, layer, release.classes)
    url = f"{root}/collections/{layer.name}"
    date = facts.reference_date.isoformat()
    sources = [entry for entry in release.manifest["sources"] if entry["layer"] == layer.name]
    return {
        "type": "Feature",
        "id": f"{release.name}.{layer.name}",
        "conformsTo": list(CONFORMANCE),
        "time": {"date": date},
        "geometry": _area(item),
        "properties": {
            "type": "dataset",
            "title": layer.label_nl,
            "description": layer.description_nl or layer.label_nl,
            "language": {"code": "nl", "name": "Nederlands"},
            "keywords": ["circulaire economie", "bedrijventerreinen", layer.name],
            "created": date,
            "license": facts.licence,
            "rights": _rights(layer.level),
            "contacts": [{"name": facts.authority, "roles": ["publisher"]}],
            "formats": [{"name": TITLES[form], "mediaType": media} for form, media in MEDIA.items()],
            "release": release.name,
            "kind": KINDS[layer.role],
            "source": facts.source,
            "sourceDates": sorted({str(entry["date"]) for entry in sources if entry.get("date")}),
            "columns": len(item.columns),
            "features": item.count,
            "crs": [one.uri for one in systems.ALL],
            **({"note": facts.note} if facts.note else {}),
        },
        "links": [
            link(f"{url}/metadata", "self", GEOJSON, "Deze beschrijving"),
            link(url, "collection", JSON, layer.label_nl),
            *[
                link(f"{url}/download?f={form.value}", "item", media, f"Alle objecten als {TITLES[form]}")
                for form, media in MEDIA.items()
            ],
            *([link(f"{root}/styles/{layer.name}/legend?f=png", "preview", PNG, "Legenda")]
              if layer.name in shown.book.entries else []),
        ],
    }  # fmt: skip


def _rights(level: Level) -> str:
    return f"Wie dit mag zien: {LEVELS[level.value]}."


def _area(item: FeatureCollection) -> Document | None:
    if item.extent is None:
        return None
    west, south, east, north = item.extent
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
