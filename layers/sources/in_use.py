"""Layers that name a recipe, completed for reading: path, mapping and date of what was fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from gis.errors import InputError, Problem
from layers.sources.faults import FAULTS
from layers.sources.manifest import Entry, read_manifest
from layers.sources.plan import fetch_plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.sources.manifest import Copy, Manifest
    from layers.sources.plan import FetchPlan, Item

OURS: Final = ("recipe", "fetch")
"""Keys of a layer that speak of fetching."""


def complete(
    raw: Mapping[str, Any], root: Path, file: str
) -> tuple[dict[str, Any], list[Problem], list[str]]:
    """Complete the layers of a project file that name a recipe.

    Parameters
    ----------
    raw
        The project file as read.
    root
        Its folder.
    file
        Its name, for messages.

    Returns
    -------
    tuple
        The layer tables, those with a recipe completed; what is wrong; and warnings about a newer fetch that
        failed, in English. A layer that is wrong is left out.
    """
    problems: list[Problem] = []
    tables = raw.get("layers", {})
    if not isinstance(tables, dict):
        return {}, problems, []
    plan = fetch_plan(raw, root, file, problems)
    named = {name for name, table in tables.items() if isinstance(table, dict) and "recipe" in table}
    if not plan.items:
        return {name: table for name, table in tables.items() if name not in named}, problems, []
    try:
        manifest = read_manifest(plan.folder)
    except InputError as error:
        problems += error.problems
        return {name: table for name, table in tables.items() if name not in named}, problems, []
    done: dict[str, Any] = {name: table for name, table in tables.items() if name not in named}
    for name, item in plan.items.items():
        try:
            done[name] = completed(plan, item, manifest)
        except InputError as error:
            problems += error.problems
    return done, problems, [*_warnings(plan, manifest)]


def completed(plan: FetchPlan, item: Item, manifest: Manifest) -> dict[str, Any]:
    """Complete one layer: what the project says wins over what the recipe says.

    Raises
    ------
    InputError
        When nothing was fetched yet, or the file is damaged.
    """
    own = {key: value for key, value in item.table.items() if key not in OURS}
    mapping = item.recipe.mapping()
    if item.recipe.connector == "import" or is_own(own):
        # a file of one's own, read by the mapping of the recipe
        if not is_own(own):
            raise InputError(
                Problem("this layer is a file that you must ask for", asking(item), layer=item.layer)
            )
        return {**mapping, **own}
    copy = manifest.layers.get(item.layer, Entry()).copy
    if copy is None or copy.recipe != item.recipe.name:
        raise InputError(
            Problem("this layer was not fetched yet", "Run: kringruimte fetch PROJECT", layer=item.layer)
        )
    if not manifest.is_whole(copy):
        message = "the file that was fetched is gone or damaged"
        raise InputError(
            Problem(message, "Run: kringruimte fetch PROJECT --offline", copy.file, layer=item.layer)
        )
    # a column that the recipe is not sure of may be absent
    optional = {ours: one.field for ours, one in item.recipe.columns.items() if one.optional}
    absent = {ours for ours, theirs in optional.items() if theirs not in copy.fields}
    mapping["columns"] = {ours: theirs for ours, theirs in mapping["columns"].items() if ours not in absent}
    for part in ("units", "values"):
        if part in mapping:
            mapping[part] = {ours: value for ours, value in mapping[part].items() if ours not in absent}
    path = manifest.path(copy).relative_to(plan.root).as_posix()
    note = " ".join(filter(None, (mapping.get("note"), _told(copy))))
    return {**mapping, "path": path, "date": copy.fetched[:10], "note": note, **own}


def is_own(table: Mapping[str, Any]) -> bool:
    """Tell whether a layer is a file or a table of one's own, recipe or not."""
    return "path" in table or "postgis" in table


def asking(item: Item) -> str:
    """Say where a file is asked for that no service gives."""
    return f'{item.recipe.ask_en} Then add path = "..." to [layers.{item.layer}].'


def _told(copy: Copy) -> str:
    """Say in Dutch what a reader of the report must know about a copy."""
    host = urlsplit(copy.url).hostname or copy.url
    return f"Opgehaald op {copy.fetched[:10]} van {host}: {copy.rows} objecten."


def _warnings(plan: FetchPlan, manifest: Manifest) -> list[str]:
    """Name every newer fetch that failed, with the date of what is in use instead."""
    found = []
    for name, item in plan.items.items():
        entry = manifest.layers.get(name, Entry())
        if entry.failed is None or entry.copy is None or is_own(item.table):
            continue
        why = FAULTS.get(entry.failed.fault, ("", entry.failed.fault))[1]
        found.append(
            f"layer {name}: the fetch of {entry.failed.time[:10]} failed ({why}: {entry.failed.detail}); "
            f"the copy of {entry.copy.fetched[:10]} is in use"
        )
    return found
