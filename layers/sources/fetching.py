"""One layer fetched: asked, checked against what its recipe promises, and put in use by one rename."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson

from layers.inputs import INPUT_BY_NAME
from layers.sources.arcgis import fetch_arcgis
from layers.sources.cache import hash_file
from layers.sources.faults import FetchError
from layers.sources.files import fetch_atom, fetch_file, fetch_gio
from layers.sources.journal import Journal
from layers.sources.manifest import Copy, Entry, Failure
from layers.sources.ogc_features import fetch_features
from layers.sources.plans import fetch_plans
from layers.sources.wfs import fetch_wfs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from layers.sources.client import Client
    from layers.sources.manifest import Manifest
    from layers.sources.plan import Item
    from layers.sources.wanted import Got, Wanted

CONNECTORS: Final[Mapping[str, Callable[[Client, Journal, Wanted, Path], Got]]] = {
    "ogc_features": fetch_features,
    "wfs": fetch_wfs,
    "arcgis": fetch_arcgis,
    "atom": fetch_atom,
    "file": fetch_file,
    "gio": fetch_gio,
    "plans": fetch_plans,
}
_MOVED: Final = frozenset({"count_moved", "fewer", "more", "repeated_page", "repeated_feature"})
"""What also happens when the publisher changes the data while it is paged through: one new start is made."""
_KEPT: Final = frozenset({"unreachable", "too_slow", "busy", "server_error", "cut_short"})
"""After these the next fetch goes on where this one stopped."""
_KINDS: Final = {
    "point": frozenset({"POINT", "MULTIPOINT"}),
    "line": frozenset({"LINESTRING", "MULTILINESTRING"}),
    "polygon": frozenset({"POLYGON", "MULTIPOLYGON"}),
}
_NUMBERS: Final = ("int", "uint", "float", "double", "halffloat", "decimal")
_FELL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one layer.

    Attributes
    ----------
    copy
        What is in use now; None when there is nothing.
    fresh
        Whether it was fetched now.
    failed
        Why it was not.
    """

    layer: str
    copy: Copy | None
    fresh: bool
    failed: Failure | None


def fetch_layer(client: Client, item: Item, wanted: Wanted, manifest: Manifest) -> Outcome:
    """Fetch one layer and put it in use; when that fails the last good copy stays.

    Parameters
    ----------
    client
        With cache, clock and limits; without network it works from the cache alone.
    item, wanted
        Of the plan.
    manifest
        Is written on the way.

    Returns
    -------
    Outcome
        Never an exception for what a service does.
    """
    before = manifest.layers.get(item.layer, Entry())
    part = manifest.folder / f".new-{item.layer}.parquet"
    journal = _journal(client, item, wanted)
    try:
        try:
            got = CONNECTORS[wanted.connector](client, journal, wanted, part)
        except FetchError as error:
            if error.fault not in _MOVED or client.offline:
                raise
            journal.drop()
            journal = _journal(client, item, wanted)
            got = CONNECTORS[wanted.connector](client, journal, wanted, part)
        got = _as_promised(item, got, before.copy)
    except FetchError as error:
        with suppress(FileNotFoundError):
            part.unlink()
        if error.fault not in _KEPT:
            journal.drop()
        return _failed(client, item.layer, error, manifest)
    return _put_in_use(client, item, wanted, got, part, journal, manifest)


def record_failure(client: Client, layer: str, error: FetchError, manifest: Manifest) -> Outcome:
    """Write down that a layer could not even be asked for, such as for want of a key."""
    return _failed(client, layer, error, manifest)


def journal_path(client: Client, layer: str) -> Path:
    """Give the folder of the journal of a layer."""
    return client.cache.root / "journal" / layer


def _journal(client: Client, item: Item, wanted: Wanted) -> Journal:
    # a key that was renewed is no reason to begin anew
    said = {**asdict(replace(wanted, secrets={})), "hosts": sorted(wanted.hosts)}
    plan = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()
    path = None if client.offline else journal_path(client, item.layer)
    return Journal(path, plan, client.clock.now(), timedelta(hours=client.limits.resume_hours))


def _as_promised(item: Item, got: Got, before: Copy | None) -> Got:
    """Check fields, types and geometry against the recipe and against the last good copy."""
    names = {**{ours: one.field for ours, one in item.recipe.columns.items() if not one.optional}}
    asked = {*names.values(), *item.recipe.only}
    missing = sorted(name for name in asked if name not in got.fields)
    if missing:
        had = ", ".join(sorted(got.fields))[:300]
        raise FetchError("schema_changed", f"there is no {', '.join(missing)}; there are {had}")
    if before is not None and before.recipe == item.recipe.name:
        for name in sorted(asked):
            was, now = before.fields.get(name), got.fields[name]
            if was is not None and _sort(was) != _sort(now):
                raise FetchError("schema_changed", f"{name} was {was} and is {now}")
    kinds = _KINDS.get(INPUT_BY_NAME[item.layer].shape)
    if (
        kinds is not None
        and got.shapes
        and not kinds & {*got.shapes}
        and "GEOMETRYCOLLECTION" not in got.shapes
    ):
        wanted = INPUT_BY_NAME[item.layer].shape
        raise FetchError("geometry_changed", f"{', '.join(got.shapes)} came, and this layer holds {wanted}s")
    return replace(got, notes=(*got.notes, *_differences(got, before)))


def _differences(got: Got, before: Copy | None) -> list[str]:
    """Note what is no fault but worth knowing."""
    if before is None:
        return []
    notes = []
    gone = sorted(set(before.fields) - set(got.fields))
    if gone:
        notes.append(f"fields that are no longer there: {', '.join(gone)[:200]}")
    if got.rows < _FELL * before.rows:
        notes.append(f"{got.rows:,} features, and {before.rows:,} the time before")
    return notes


def _sort(kind: str) -> str:
    return "number" if kind.startswith(_NUMBERS) else kind.removeprefix("large_")


def _put_in_use(
    client: Client, item: Item, wanted: Wanted, got: Got, part: Path, journal: Journal, manifest: Manifest
) -> Outcome:
    """Give the file its name and write the manifest; the second of the two is what counts."""
    sha256 = hash_file(part)
    keys = journal.keys
    first = client.cache.find(keys[0]) if client.offline and keys else None
    copy = Copy(
        file=f"{item.layer}.{sha256[:12]}.parquet",
        sha256=sha256,
        recipe=item.recipe.name,
        connector=wanted.connector,
        url=wanted.url,
        name=wanted.name,
        source=item.recipe.source,
        licence=item.recipe.licence,
        fetched=journal.time if first is None else first.time,
        crs=got.crs,
        area=wanted.area,
        rows=got.rows,
        counted=got.counted,
        cut=got.cut,
        fields=got.fields,
        shapes=got.shapes,
        notes=got.notes,
        requests=tuple(sorted(keys)),
    )
    part.replace(manifest.path(copy))
    before = manifest.layers.get(item.layer, Entry())
    failed = before.failed if client.offline else None
    manifest.layers[item.layer] = Entry(copy, failed)
    manifest.write()
    if before.copy is not None and before.copy.file != copy.file:
        manifest.path(before.copy).unlink(missing_ok=True)
    journal.commit(client.cache)
    return Outcome(item.layer, copy, fresh=not client.offline, failed=None)


def _failed(client: Client, layer: str, error: FetchError, manifest: Manifest) -> Outcome:
    """Write down the failure and keep what is in use."""
    failure = Failure(client.clock.now().isoformat(), error.fault, error.detail)
    before = manifest.layers.get(layer, Entry())
    if not client.offline:
        manifest.layers[layer] = replace(before, failed=failure)
        manifest.write()
    return Outcome(layer, before.copy, fresh=False, failed=failure)


def plain_outcome(outcome: Outcome) -> dict[str, Any]:
    """Give an outcome as plain values for JSON, without the names of requests."""
    values = asdict(outcome)
    if outcome.copy is not None:
        del values["copy"]["requests"]
    return values
