"""Whether a conclusion changed because of the data, the parameters, both, or the program.

The evidence is computed again for the four pairs of old and new data with old and new parameters, all with
this program. What the releases state themselves stands beside it: where that differs from the computation on
the same data and parameters, the program that made the release was another one, or its layers were rounded
when they were stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = str | float | None
Key = tuple[str, str, str]
"""``"park"`` or ``"total"``, identifier, column."""
Conclusions = dict[Key, Value]

VERDICTS: Final = ("heavy", "heavy_and_water", "connection")
"""Conclusions about a park."""
CATEGORIES: Final = ("permitted_low", "permitted_high", "in_use_low", "in_use_high")
FRONTAGE: Final = ("shore_m", "quay_m", "usable_quay_m")
NEARBY: Final = ("objects_in_distance_low", "objects_in_distance_high")
FOLLOWED: Final = (*VERDICTS, *CATEGORIES, *FRONTAGE, *NEARBY)
TOTAL: Final = "total"
DATA, PARAMETERS, PROGRAM, STORAGE = "data", "parameters", "program", "storage"
INTERACTION: Final = "interaction"
DECIMALS: Final = 3


@dataclass(frozen=True, slots=True)
class Runs:
    """The same conclusions six times.

    Attributes
    ----------
    before, after
        As the two releases state them.
    old, new
        Computed with this program on the data and parameters of each.
    new_data
        New data with the old parameters.
    new_parameters
        Old data with the new parameters.
    old_program, new_program
        What a difference between release and computation means: ``"program"`` when another program made the
        release, ``"storage"`` when this one did, so that only the rounding of its stored layers is left.
    """

    before: Mapping[Key, Value]
    after: Mapping[Key, Value]
    old: Mapping[Key, Value]
    new: Mapping[Key, Value]
    new_data: Mapping[Key, Value]
    new_parameters: Mapping[Key, Value]
    old_program: str = PROGRAM
    new_program: str = PROGRAM


@dataclass(frozen=True, slots=True)
class Attributed:
    """One conclusion that changed.

    Attributes
    ----------
    causes
        Of ``data``, ``parameters``, ``program`` and ``storage``, in that order; at least one.
    how
        For data and parameters together: ``each`` (either alone gives the new conclusion), ``together``
        (neither alone changes anything) or ``partly``; else None.
    effects
        For numbers: cause to its share of the change, with ``interaction`` for what data and parameters do
        only together; they add up to the change. Empty when a value is missing.
    """

    key: Key
    before: Value
    after: Value
    causes: tuple[str, ...]
    how: str | None
    effects: Mapping[str, float]


def conclusions(parks: pd.DataFrame, summary: pd.DataFrame) -> Conclusions:
    """Collect the conclusions of a release or a computation.

    Parameters
    ----------
    parks
        ``park_evidence``, numbers rounded as they are stored.
    summary
        Figures per area; only the total is followed.
    """
    found: Conclusions = {}
    for column in (name for name in FOLLOWED if name in parks):
        values = parks[column].astype(object).where(parks[column].notna(), None)
        found |= {
            ("park", str(park), column): value for park, value in zip(parks["park_id"], values, strict=True)
        }
    total = summary[summary["scope"] == TOTAL]
    for column in total.select_dtypes("number").columns if len(total) else ():
        value = total[column].iloc[0]
        # counts stay whole numbers
        whole = pd.api.types.is_integer_dtype(total[column])
        found[TOTAL, TOTAL, str(column)] = None if pd.isna(value) else (int if whole else float)(value)
    return found


def attribute(runs: Runs) -> list[Attributed]:
    """Give the cause of every conclusion that both releases hold and that differs, in order of the keys."""
    return [
        _attributed(key, runs)
        for key in sorted(runs.before.keys() & runs.after.keys())
        if runs.before[key] != runs.after[key]
    ]


def _attributed(key: Key, runs: Runs) -> Attributed:
    before, after = runs.before[key], runs.after[key]
    old, new = runs.old.get(key), runs.new.get(key)
    data, parameters = runs.new_data.get(key), runs.new_parameters.get(key)
    causes, how = between(old, data, parameters, new)
    drift = {runs.old_program} if before != old else set()
    drift |= {runs.new_program} if after != new else set()
    made = tuple(cause for cause in (PROGRAM, STORAGE) if cause in drift)
    effects = _effects((before, old, data, parameters, new, after), runs)
    return Attributed(key, before, after, (*causes, *made), how, effects)


def between(old: Value, data: Value, parameters: Value, new: Value) -> tuple[tuple[str, ...], str | None]:
    """Decide between data and parameters.

    Parameters
    ----------
    old, new
        The conclusion on old data with old parameters, and on new data with new parameters.
    data
        On new data with old parameters.
    parameters
        On old data with new parameters.

    Returns
    -------
    causes, how
        No cause when `old` equals `new`; see `Attributed`.
    """
    if old == new:
        return (), None
    if data == new and parameters == old:
        return (DATA,), None
    if parameters == new and data == old:
        return (PARAMETERS,), None
    if data == new and parameters == new:
        return (DATA, PARAMETERS), "each"
    return (DATA, PARAMETERS), "together" if data == old and parameters == old else "partly"


def _effects(values: tuple[Value, ...], runs: Runs) -> dict[str, float]:
    """Split the change of a number into what each cause does to it."""
    numbers = [float(value) for value in values if isinstance(value, int | float)]
    if len(numbers) < len(values):
        return {}
    before, old, data, parameters, new, after = numbers
    found = dict.fromkeys((DATA, PARAMETERS, INTERACTION, PROGRAM, STORAGE), 0.0)
    found[DATA] = data - old
    found[PARAMETERS] = parameters - old
    found[INTERACTION] = new - data - parameters + old
    found[runs.old_program] += old - before
    found[runs.new_program] += after - new
    # the decimals of what is stored
    rounded = {name: float(np.round(value, DECIMALS)) for name, value in found.items()}
    return {name: value for name, value in rounded.items() if value}
