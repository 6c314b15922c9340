"""Which kind of hub a place is and for which level it counts: rule files that the province can replace.

The types are those of the national guide on circular hubs (circular innovation area, making district and
materials park). In both files the rule with the lowest priority number that holds decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from analysis.data_files import DataFile, Field, read_data_file
from analysis.space.functions import SCALES
from analysis.space.quantities import STATUSES
from gis.errors import Problem
from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LEVELS: Final = ("national", "provincial", "regional", "local")
LEVELS_NL: Final = {
    "national": "nationaal",
    "provincial": "provinciaal",
    "regional": "regionaal",
    "local": "lokaal",
    "not_assessed": "niet beoordeeld",
}
AUTHORITIES: Final = ("national", "neighbouring_province", "province")
FIGURES: Final = (
    "least_firms",
    "facility_within_m",
    "water_snap_m",
    "water_least_km",
    "water_detour_most",
    "road_snap_m",
    "road_access_m",
)
Wish = Literal["yes", "any"]

_TYPE_FIELDS: Final = (
    Field("rule_id"),
    Field("priority", "number"),
    Field("hub_type"),
    Field("name_nl"),
    Field("name_en"),
    Field("parks", filled=False),
    Field("functions", filled=False),
    Field("least", "number", minimum=0),
    Field("heavy", allowed=("yes", "any")),
    Field("water", allowed=("yes", "any")),
    Field("reason_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_LEVEL_FIELDS: Final = (
    Field("rule_id"),
    Field("priority", "number"),
    Field("level", allowed=LEVELS),
    Field("scales", filled=False),
    Field("least_functions", "number", filled=False, minimum=1),
    Field("hub_types", filled=False),
    Field("near_level", filled=False, allowed=AUTHORITIES),
    Field("within_m", "number", filled=False, minimum=0),
    Field("cemt_from", filled=False, allowed=CEMT_CLASSES),
    Field("least_municipalities", "number", filled=False, minimum=1),
    Field("reason_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_FIGURE_FIELDS: Final = (
    Field("name"),
    Field("value", "number", minimum=0),
    Field("unit"),
    Field("label_nl"),
    Field("label_en"),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True, slots=True)
class TypeRule:
    """When a place is a hub of a type.

    Attributes
    ----------
    parks
        Park ids that the rule is for; empty for all.
    functions, least
        Functions of which at least `least` are there.
    heavy, water
        Whether the place must have room for a high category, and navigable water.
    """

    rule_id: str
    priority: float
    hub_type: str
    name_nl: str
    name_en: str
    parks: tuple[str, ...]
    functions: frozenset[str]
    least: int
    heavy: str
    water: str
    reason_nl: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class LevelRule:
    """When a hub counts for a level; every condition that is filled in must hold.

    Attributes
    ----------
    scales, least_functions
        At least so many functions of one of these scales.
    hub_types
        Types that the rule is for; empty for all.
    near_level, within_m
        An element of the policy structure of this level of government lies within this distance.
    cemt_from
        The place is at water of this class or larger.
    least_municipalities
        Shared functions on the place serve at least so many municipalities.
    """

    rule_id: str
    priority: float
    level: str
    scales: frozenset[str]
    least_functions: int
    hub_types: frozenset[str]
    near_level: str
    within_m: float
    cemt_from: str
    least_municipalities: int
    reason_nl: str
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that the structure rests on, with its status."""

    name: str
    value: float
    unit: str
    label_nl: str
    label_en: str
    status: str
    source: str


def split(text: str) -> tuple[str, ...]:
    """Give the items of a list that is written with semicolons."""
    return tuple(item.strip() for item in text.split(";") if item.strip())


def check_items(file: DataFile, column: str, known: Iterable[str], what: str) -> None:
    """Note items of a column of lists that are not among the known ones."""
    choices = set(known)
    texts = file.texts(column)
    for item in sorted({item for text in texts for item in split(text)} - choices):
        wrong = np.array([item in split(text) for text in texts], dtype=bool)
        repair = f"Use one of: {', '.join(sorted(choices))}."
        file.report(f"{what} {item!r} is not known", repair, column, wrong)


def load_type_rules(
    path: Path | None = None, *, functions: Iterable[str] | None = None
) -> tuple[TypeRule, ...]:
    """Read the rules for the type of a hub in the order in which they decide.

    Parameters
    ----------
    path
        The province's own file instead of ``structure_hub_types.csv``.
    functions
        Functions that exist, to check references; None skips the check.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("structure_hub_types", path, _TYPE_FIELDS, ("rule_id",))
    if functions is not None:
        check_items(file, "functions", functions, "the function")
    _one_name_each(file)
    file.stop()
    rows = [
        TypeRule(
            rule_id=str(row["rule_id"]),
            priority=float(row["priority"]),
            hub_type=str(row["hub_type"]),
            name_nl=str(row["name_nl"]),
            name_en=str(row["name_en"]),
            parks=split(str(row["parks"])),
            functions=frozenset(split(str(row["functions"]))),
            least=int(row["least"]),
            heavy=str(row["heavy"]),
            water=str(row["water"]),
            reason_nl=str(row["reason_nl"]),
            status=str(row["status"]),
            source=str(row["source"]),
        )
        for row in file.table.to_dict("records")
    ]
    return tuple(sorted(rows, key=lambda rule: (rule.priority, rule.rule_id)))


def _one_name_each(file: DataFile) -> None:
    """Note types that go by more than one name."""
    for column in ("name_nl", "name_en"):
        names = file.table.groupby("hub_type")[column].nunique()
        wrong = file.table["hub_type"].isin(names.index[names > 1]).to_numpy(dtype=bool)
        file.report("one type of hub has more than one name", "Use one name per type.", column, wrong)


def load_level_rules(path: Path | None = None) -> tuple[LevelRule, ...]:
    """Read the rules for the level of a hub in the order in which they decide.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("structure_hub_levels", path, _LEVEL_FIELDS, ("rule_id",))
    check_items(file, "scales", SCALES, "the scale")
    halves = np.isnan(file.numbers("within_m")) != (np.array(file.texts("near_level"), dtype=object) == "")
    repair = "Give both near_level and within_m, or neither."
    file.report("a distance needs a level of government, and the other way round", repair, "within_m", halves)
    file.stop()
    rows = [
        LevelRule(
            rule_id=str(row["rule_id"]),
            priority=float(row["priority"]),
            level=str(row["level"]),
            scales=frozenset(split(str(row["scales"]))),
            least_functions=_whole(row["least_functions"]),
            hub_types=frozenset(split(str(row["hub_types"]))),
            near_level=str(row["near_level"]),
            within_m=float(row["within_m"]),
            cemt_from=str(row["cemt_from"]),
            least_municipalities=_whole(row["least_municipalities"]),
            reason_nl=str(row["reason_nl"]),
            status=str(row["status"]),
            source=str(row["source"]),
        )
        for row in file.table.to_dict("records")
    ]
    return tuple(sorted(rows, key=lambda rule: (rule.priority, rule.rule_id)))


def _whole(value: float) -> int:
    """Read a count; 0 where none is asked."""
    return 0 if np.isnan(value) else int(value)


def load_figures(
    path: Path | None = None, *, name: str = "structure_figures", required: Iterable[str] = FIGURES
) -> dict[str, Figure]:
    """Read the numbers that the structure rests on, or those of another file of the same form.

    Parameters
    ----------
    path
        The province's own file instead.
    name
        File of ``layers/data`` without ``.csv``.
    required
        Names that must be in it.

    Raises
    ------
    InputError
        With every problem of the file, a number that is lacking included.
    """
    file = read_data_file(name, path, _FIGURE_FIELDS, ("name",))
    lacking = tuple(sorted(set(required) - set(file.table["name"])))
    # without columns there are no rows, and the columns have been reported
    if lacking and len(file.table):
        repair = "Add a row for each."
        file.problems.append(Problem("figures are missing", repair, file.name, field="name", rows=lacking))
    file.stop()
    columns = ("name", "value", "unit", "label_nl", "label_en", "status", "source")
    rows = [Figure(*(row[name] for name in columns)) for row in file.table.to_dict("records")]
    return {figure.name: figure for figure in rows}
