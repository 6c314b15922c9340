"""What a release says, in total and about one park."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.errors import InputError, Problem
from layers.exports.themes import theme_of
from layers.schema import Level
from maps.reading import View
from maps.wording import code, codes_in

if TYPE_CHECKING:
    import pandas as pd

    from layers.release import Release
    from layers.schema import Column

PARKS = "park_evidence"
CODED_TEXTS = ("binding_kind", "rejected_by")
"""Columns of text that hold codes of ours."""
SCOPES = ("sub_area", "municipality")


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Turn a table without geometry into plain values, None where something is missing."""
    filled = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in filled.to_dict("records")]


def summary_rows(release: Release) -> list[dict[str, Any]]:
    """Give the figures per sub-area, or per municipality when there are none, with the total last."""
    summary = release.table("summary")
    scope = next((scope for scope in SCOPES if (summary["scope"] == scope).any()), "municipality")
    parts = plain_rows(summary[summary["scope"] == scope].sort_values("area_name"))
    return parts + plain_rows(summary[summary["scope"] == "total"])


def show_release(release: Release) -> dict[str, Any]:
    """Give the headline of a release: project, figures, and what was not assessed."""
    project = release.project
    return {
        "name": release.name,
        "path": str(release.path),
        "project": {key: value for key, value in project.items() if key not in {"sources", "parameters"}},
        "parameters": project["parameters"],
        "tables_sha256": release.manifest["tables_sha256"],
        "rows": {name: stated["rows"] for name, stated in release.manifest["tables"].items()},
        "summary": summary_rows(release),
        "not_assessed": plain_rows(release.table("not_assessed")),
        "views": [name for name in release.manifest["files"] if name.startswith("views/")],
    }


def find_park(release: Release, query: str) -> str:
    """Find one park by its id or by (part of) its name, whatever the case.

    Returns
    -------
    str
        The ``park_id``.

    Raises
    ------
    InputError
        When no park fits, or several do; then they are listed.
    """
    parks = release.table(PARKS)
    ids, names = parks["park_id"], parks["name"].fillna("").str.casefold()
    wanted = query.strip().casefold()
    for fits in (ids.str.casefold() == wanted, names == wanted, names.str.contains(wanted, regex=False)):
        found = parks[fits.fillna(value=False)]
        if len(found) == 1:
            return str(found["park_id"].iloc[0])
        if len(found) > 1:
            raise InputError(_several(query, found))
    raise InputError(
        Problem(f'No park has the id or name "{query}"', "Run show without a park to see the release.")
    )


def show_park(release: Release, query: str) -> dict[str, Any]:
    """Give all evidence of one park, what may go out and what may not.

    Returns
    -------
    dict
        ``park`` (column to value), ``columns`` (the same columns with label, unit and the value as readers
        see it), ``water_by_class``, ``water_evidence``, ``usable_zones`` and ``plots``: rows.
    """
    park_id = find_park(release, query)
    view = View(release, Level.PROVINCE)
    park = _rows_of(release, PARKS, "park_id", park_id)[0]
    return {
        "release": release.name,
        "park": park,
        "columns": [_described(view, column, park[column.name]) for column in view.columns(PARKS).values()],
        "water_by_class": _subject_rows(release, "water_by_class", park_id),
        "water_evidence": _proofs(view, _subject_rows(release, "water_evidence", park_id)),
        "usable_zones": _rows_of(release, "usable_zones", "park_id", park_id),
        "plots": _rows_of(release, "plot_evidence", "park_id", park_id),
    }


def shown(view: View, column: Column, value: Any) -> str:
    """Write a value as readers see it, in Dutch.

    Registries know main categories (``"4"``) that are no class of their own; these are shown as they are.
    """
    if column.name in CODED_TEXTS:
        return codes_in(value)
    theme = theme_of(column, view.classes)
    if theme is not None and value is not None and value not in {style.code for style in view.classes(theme)}:
        return str(value)
    return view.show(column, value)


def _several(query: str, found: pd.DataFrame) -> Problem:
    pairs = zip(found["park_id"], found["name"], strict=True)
    return Problem(
        f'{len(found)} parks fit "{query}"',
        "Give one of these ids instead of the name.",
        rows=tuple(f"{park_id} {name}" for park_id, name in pairs),
    )


def _described(view: View, column: Column, value: Any) -> dict[str, Any]:
    return {
        "name": column.name,
        "label_nl": column.label_nl,
        "label_en": column.label_en,
        "unit": column.unit,
        "shown_nl": shown(view, column, value),
    }


def _proofs(view: View, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each piece of evidence how readers see it."""
    classes = {style.code: style.label_nl for style in view.classes("connection")}
    return [
        {**row, "rung_nl": code(row["rung"]), "value_nl": classes.get(row["value"], code(row["value"]))}
        for row in rows
    ]


def _rows_of(release: Release, name: str, column: str, value: str) -> list[dict[str, Any]]:
    if name not in release.names:
        return []
    table = release.table(name)
    return plain_rows(table[table[column] == value].drop(columns="geometry", errors="ignore"))


def _subject_rows(release: Release, name: str, park_id: str) -> list[dict[str, Any]]:
    return [row for row in _rows_of(release, name, "subject_id", park_id) if row["subject"] == "park"]
