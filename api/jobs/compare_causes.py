"""Why two releases differ: what happened to parks, and which conclusions follow from data or parameters.

The evidence of both releases is computed again from their own tables, with their own and with each other's
parameters; see `analysis.monitoring.attribution`. Nothing is computed when nothing of the evidence changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analysis.evidence import assess_parks
from analysis.monitoring.attribution import (
    DATA,
    PARAMETERS,
    PROGRAM,
    STORAGE,
    TOTAL,
    VERDICTS,
    Attributed,
    Conclusions,
    Runs,
    attribute,
    conclusions,
)
from analysis.monitoring.balance_changes import balance_changes
from analysis.monitoring.differences import Differences
from analysis.monitoring.park_changes import park_changes
from analysis.monitoring.plan_changes import plan_changes
from api.jobs.derive import ReleaseTables, parameters_of
from gis.errors import ReleaseError
from layers.canonical import DTYPES, canonical_table
from layers.inputs import INPUT_LAYERS
from layers.recipe import make_recipe
from layers.results import RESULT_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.parameters import Parameters
    from layers.release import Release

PARKS, SUMMARY = "park_evidence", "summary"
ELSEWHERE: Final = frozenset({"space", "reservation", "sharing"})
"""Parameters that the evidence does not use."""
MOST_RUNS: Final = 4
"""Computations of the evidence at most: old and new data, each with old and new parameters."""
PLAN_LIMIT: Final = (
    "Een reserveringsplan wordt niet opnieuw gerekend: de oorzaak is alleen bekend als er tussen de "
    "uitgaven één ding verschilt."
)
STORAGE_LIMIT: Final = (
    "De uitgaven zijn nagerekend met dit programma, uit hun eigen lagen, die op 1 mm zijn opgeslagen. Een "
    "verschil dat daardoor ontstaat heet opslag; bij een uitgave van een ander programma heet het programma."
)
PROGRAM_LIMIT: Final = (
    "Richtafstanden en andere cijfers van het programma horen bij het programma, niet bij de gegevens. "
    "Correcties van gemeenten horen bij de gegevens."
)
BALANCE_LIMIT: Final = (
    "Ook de ruimtebalans wordt niet opnieuw gerekend: van een ander tekort staat er welke post verschoof, en "
    "de oorzaak als er tussen de uitgaven één ding verschilt."
)
LIMITS: Final = (PLAN_LIMIT, BALANCE_LIMIT, STORAGE_LIMIT, PROGRAM_LIMIT)
"""What the answer does not say."""


def causes(
    before: Release, after: Release, *, progress: Callable[[str], None] | None = None
) -> dict[str, Any]:
    """Tell what happened to parks and why conclusions changed.

    Parameters
    ----------
    before, after
        The earlier and the later release.
    progress
        Called with what begins, once per computation.

    Returns
    -------
    dict
        ``parks`` (see `analysis.monitoring.park_changes`, each row with its ``causes``), ``verdicts`` and
        ``totals`` (what changed, with ``causes``, ``how`` and ``effects``), ``reserved`` and ``balance``
        (None unless both hold a plan, or a balance), ``layers`` (input layers that differ), ``parameters``
        (names of those that the evidence uses and that differ), ``program``, ``recomputed``,
        ``not_assessed`` (why causes are not known, or None) and ``limits``.
    """
    old, new = ReleaseTables(before), ReleaseTables(after)
    stated = [conclusions(tables[PARKS], tables[SUMMARY]) for tables in (old, new)]
    layers, program = _layers(before, after), _program(before, after)
    names = evidence_parameters(before, after)
    found: list[Attributed] = []
    done: list[str] = []
    reason = None
    if any(stated[0][key] != stated[1][key] for key in stated[0].keys() & stated[1].keys()):
        try:
            sides = _Recomputed(before, after, same_data=not layers, same_parameters=not names)
            runs = sides.runs(stated, program, progress or _silent)
            found, done = attribute(runs), sides.done
        except ReleaseError as error:
            reason = str(error)
    because = None if reason else {item.key: list(item.causes) for item in found}
    shown = {**_columns(PARKS), **_columns(SUMMARY)}
    order = {name: place for place, name in enumerate(_columns(SUMMARY))}
    whole = Differences(
        data=bool(layers),
        parameters=any(
            before.project[name] != after.project[name] for name in ("parameters", "reference_date")
        ),
        figures=_figures(before) != _figures(after),
        program=program["before"]["code"] != program["after"]["code"],
        step=before.manifest["recipe"].get("step") != after.manifest["recipe"].get("step"),
    )
    changes = park_changes(old[PARKS], new[PARKS], old, new)
    park_names = dict(zip(new[PARKS]["park_id"].astype(str), new[PARKS]["name"], strict=True))
    changed = found if reason is None else _unknown(stated)
    return {
        "parks": {kind: [_with_causes(kind, row, because) for row in rows] for kind, rows in changes.items()},
        "verdicts": [
            {"park_id": item.key[1], "name": _name(park_names, item.key[1]), **_shown(item, shown)}
            for item in changed
            if item.key[0] != TOTAL and item.key[2] in VERDICTS
        ],
        "totals": [
            _shown(item, shown)
            for item in sorted(changed, key=lambda item: order.get(item.key[2], len(order)))
            if item.key[0] == TOTAL
        ],
        "reserved": plan_changes(old, new, whole),
        "balance": balance_changes(old, new, whole),
        "layers": layers,
        "parameters": names,
        "program": program,
        "recomputed": done,
        "not_assessed": reason,
        "limits": list(LIMITS),
    }


def evidence_parameters(before: Release, after: Release) -> list[str]:
    """Name the parameters that the evidence uses and that differ between two releases."""
    old, new = (release.project["parameters"] for release in (before, after))
    names = (old.keys() | new.keys()) - ELSEWHERE
    return sorted(name for name in names if old.get(name) != new.get(name))


class _Recomputed:
    """The evidence of two releases by data and parameters, each pair computed once."""

    def __init__(self, before: Release, after: Release, *, same_data: bool, same_parameters: bool) -> None:
        self._data = {"old": _inputs(before), "new": _inputs(after)}
        self._parameters = {"old": parameters_of(before), "new": parameters_of(after)}
        self._same = (same_data, same_parameters)
        self._known: dict[tuple[str, str], Conclusions] = {}

    @property
    def done(self) -> list[str]:
        """What was computed, as ``old data, new parameters``."""
        return [f"{data} data, {parameters} parameters" for data, parameters in self._known]

    def runs(
        self, stated: list[Conclusions], program: Mapping[str, Any], tell: Callable[[str], None]
    ) -> Runs:
        kinds = [STORAGE if program[side]["same"] else PROGRAM for side in ("before", "after")]
        return Runs(
            before=stated[0],
            after=stated[1],
            old=self._of("old", "old", tell),
            new=self._of("new", "new", tell),
            new_data=self._of("new", "old", tell),
            new_parameters=self._of("old", "new", tell),
            old_program=kinds[0],
            new_program=kinds[1],
        )

    def _of(self, data: str, parameters: str, tell: Callable[[str], None]) -> Conclusions:
        # equal tables or equal parameters give the same answer, so they need no second computation
        pair = ("old" if self._same[0] else data, "old" if self._same[1] else parameters)
        if pair not in self._known:
            tell(f"computing {pair[0]} data with {pair[1]} parameters")
            self._known[pair] = _computed(self._data[pair[0]], self._parameters[pair[1]])
        return self._known[pair]


def _computed(tables: Mapping[str, Any], parameters: Parameters) -> Conclusions:
    made = zip((PARKS, SUMMARY), assess_parks(tables, parameters), strict=True)
    # rounded as in a release, so that equal means equal
    return conclusions(*(canonical_table(RESULT_BY_NAME[name], table) for name, table in made))


def _inputs(release: Release) -> dict[str, pd.DataFrame]:
    """Read the layers of a release; columns that its program did not know yet are missing values."""
    found = {}
    for layer in (layer for layer in INPUT_LAYERS if layer.name in release.names):
        table = release.table(layer.name)
        absent = [column for column in layer.columns if column.name not in table]
        for column in absent:
            table[column.name] = pd.Series(None, index=table.index, dtype=DTYPES[column.kind])
        found[layer.name] = table
    return found


def _layers(before: Release, after: Release) -> list[dict[str, Any]]:
    """List the input layers of which the rows differ."""
    old, new = (release.manifest["tables"] for release in (before, after))
    return [
        {
            "layer": layer.name,
            "label_nl": layer.label_nl,
            "rows_before": old.get(layer.name, {}).get("rows"),
            "rows_after": new.get(layer.name, {}).get("rows"),
        }
        for layer in INPUT_LAYERS
        if old.get(layer.name, {}).get("sha256") != new.get(layer.name, {}).get("sha256")
    ]


def _program(before: Release, after: Release) -> dict[str, Any]:
    """Tell with which program each release was made, and whether it is this one."""
    own = make_recipe(project={}, parameters={}, sources=[])
    now = _code(own)
    found: dict[str, Any] = {"now": {"version": own["code"]["version"], "code": now}}
    for side, release in (("before", before), ("after", after)):
        recipe = release.manifest["recipe"]
        code = _code(recipe)
        version = recipe.get("code", {}).get("version")
        found[side] = {"version": version, "code": code, "same": code == now}
    return found


def _figures(release: Release) -> list[Any]:
    """List the project's own files of figures with their hashes."""
    return [source for source in release.manifest["recipe"]["sources"] if "figures" in source]


def _code(recipe: Mapping[str, Any]) -> str:
    return f"{recipe.get('code', {}).get('sha256')} {recipe.get('lock_sha256')}"


def _unknown(stated: list[Conclusions]) -> list[Attributed]:
    """List what changed without a cause."""
    keys = sorted(key for key in stated[0].keys() & stated[1].keys() if stated[0][key] != stated[1][key])
    return [Attributed(key, stated[0][key], stated[1][key], (), None, {}) for key in keys]


def _columns(name: str) -> dict[str, tuple[str, str | None]]:
    return {column.name: (column.label_nl, column.unit) for column in RESULT_BY_NAME[name].columns}


def _shown(item: Attributed, labels: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    column = item.key[2]
    label, unit = labels.get(column, (column, None))
    return {
        "column": column,
        "label_nl": label,
        "unit": unit,
        "before": item.before,
        "after": item.after,
        "causes": list(item.causes) or None,
        "how": item.how,
        "effects": dict(item.effects),
    }


def _with_causes(
    kind: str, row: dict[str, Any], because: Mapping[tuple[str, str, str], list[str]] | None
) -> dict[str, Any]:
    """Add to what happened to a park why; a park that came or went did so in the data."""
    if kind in {"appeared", "vanished"}:
        return {**row, "causes": ["data"]}
    if because is None:
        return {**row, "causes": None}
    what = row["what"]
    columns = (what,) if kind == "frontage" else (f"{what}_low", f"{what}_high")
    named = {cause for column in columns for cause in because.get(("park", row["park_id"], column), ())}
    return {**row, "causes": [cause for cause in (DATA, PARAMETERS, PROGRAM, STORAGE) if cause in named]}


def _name(names: Mapping[str, Any], park: str) -> str | None:
    name = names.get(park)
    return name if isinstance(name, str) else None


def _silent(message: str) -> None:
    """Tell nobody."""
