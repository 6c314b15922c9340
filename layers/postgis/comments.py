"""What stands in the comments of a stored release, so that whoever finds a table knows what it is.

Titles are Dutch with English beside them; unit, level, status, source and licence come from the release.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.postgis.tables import ID, KEY, PLACES, folded_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from layers.release import Release
    from layers.schema import Column, Layer, Level


def schema_comment(release: Release) -> str:
    """Describe a release."""
    project = release.project
    parts = [
        f"Kringruimte, uitgave (release) {release.name}: {project['name']}",
        str(project.get("authority", "")),
        f"peildatum (reference date) {project.get('reference_date')}",
        _status(project),
        "voorbeeld met verzonnen gegevens (sample, made up)" if project.get("sample") else "",
        str(project.get("note", "")),
        "Leeg is onbekend (NULL is unknown)",
        "Onveranderlijk; rechten geeft de beheerder (immutable; grants are the administrator's)",
    ]
    return _sentence(parts)


def table_comment(release: Release, layer: Layer) -> str:
    """Describe a table: title, level, status, and source and licence of what it was made from."""
    level = release.level(layer.name)
    parts = [
        f"{layer.label_nl} ({layer.label_en})",
        layer.description_nl,
        layer.description_en,
        f"niveau (level) {level.value}",
        _status(release.project),
        _origin(release, layer),
        str(release.project.get("note", "")),
    ]
    return _sentence(parts)


def column_comments(release: Release, layer: Layer) -> Iterator[tuple[str, str]]:
    """Yield the name and the comment of every column of a table, those for the service included."""
    yield KEY, "Voor de dienst: volgorde van de rijen (for the service: order of rows)"
    yield ID, "Voor de dienst: id van het object (for the service: id of the feature)"
    if layer.shape != "table":
        yield PLACES["rd"], "Geometrie in RD New, EPSG:28992, meter (geometry in RD New, metres)"
        yield (
            PLACES["lonlat"],
            "Voor de dienst: in graden, EPSG:4258 (for the service: degrees)",
        )
    for column in layer.columns:
        yield column.name, _column_comment(column, release.level(layer.name, column.name))
        folded = folded_name(column.name)
        yield folded, f"Voor de dienst: {column.name} zonder hoofdletters (for the service: folded)"


def _column_comment(column: Column, level: Level) -> str:
    unit = "" if column.unit is None else f"eenheid (unit) {column.unit}"
    codes = f"waarden (codes) {', '.join(column.allowed)}" if column.allowed else ""
    title = f"{column.label_nl} ({column.label_en})"
    return _sentence(
        [title, unit, codes, "leeg is onbekend (NULL is unknown)", f"niveau (level) {level.value}"]
    )


def _status(project: Mapping[str, Any]) -> str:
    return f"status {project.get('procedure_status', 'exploration')}"


def _origin(release: Release, layer: Layer) -> str:
    """Name the source and licence of an input, or say what a result was computed from."""
    sources = release.project.get("sources", [])
    own = next((one for one in sources if one.get("layer") == layer.name), None)
    if own is None:
        return "Berekend; bronnen en licenties staan in _manifest (computed; sources are in _manifest)"
    dated = f", {own['date']}" if own.get("date") else ""
    noted = f" ({own['note']})" if own.get("note") else ""
    source, licence = own.get("source", "onbekend (unknown)"), own.get("licence", "onbekend (unknown)")
    return f"bron (source) {source}{dated}{noted}; licentie (licence) {licence}"


def _sentence(parts: list[str]) -> str:
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip()) + "."
