"""Candidates: every site for every function in every year, with the rule that says no and by how much.

The verdict is taken before anything is optimised. What locks and the price of housing plans do comes later,
in `analysis.reservation.assemble`, so that a live session can change those without judging again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.classes import PLANNED, find_classes
from analysis.reservation.eligibility import Eligibility, judge
from analysis.reservation.rulebook import load_rulebook
from analysis.reservation.sites import Sites, find_sites
from analysis.reservation.surroundings import PlanReach, people_within, reach_of_plans
from analysis.reservation.years import plan_years

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.asked import Easing
    from analysis.reservation.rulebook import RuleBook
    from layers.parameters import Parameters

HOUSING_RULES = ("housing_claim", "housing_distance")
YEAR_RULE = "release_year"
NO_RULE = -1
CERTAIN, POSSIBLE, NOT_ASSESSED, NO = range(4)
VERDICT_WORDS = np.array(["certain", "possible", "not_assessed", "no"], dtype=object)
KIND_OF = {"at_once": "allocate", "later": "reserve", "soft": "explore", "released": "programme"}


@dataclass(frozen=True)
class Scene:
    """Everything that was found out about sites and functions, once.

    Attributes
    ----------
    sites, plans
        As measured.
    classes
        Functions of this plan, one row per class, in the order of their ids, ``c`` of them.
    every_class
        Also those that are left out, with the reason.
    book
        Rules, value functions, settings.
    people, conflict
        People within the guide distance; dwellings of housing plans that are hindered, ``(sites, c)``.
    """

    sites: Sites
    plans: PlanReach
    classes: pd.DataFrame
    every_class: pd.DataFrame
    book: RuleBook
    people: NDArray[np.float64]
    conflict: NDArray[np.float64]
    judged: Eligibility


def survey(
    tables: Mapping[str, Any],
    parameters: Parameters,
    *,
    reference_year: int | None = None,
    easing: Easing | None = None,
) -> Scene:
    """Measure sites and functions and judge which fit.

    Parameters
    ----------
    tables
        All tables of a release by name: cleaned inputs, evidence, demand and balance.
    reference_year
        Year in which the land was surveyed; the latest year of the registry when not given.
    easing
        What to ask less strictly; nothing by default.

    Raises
    ------
    InputError
        When the release holds no land demand, or a year of the plan has none.
    """
    book = load_rulebook()
    every = find_classes(tables, parameters)
    classes = every[every["role"] == PLANNED].reset_index(drop=True)
    years = plan_years(tables, parameters)
    sites = find_sites(tables, parameters, years, reference_year=reference_year)
    plans = reach_of_plans(sites, classes, tables)
    return Scene(
        sites=sites,
        plans=plans,
        classes=classes,
        every_class=every,
        book=book,
        people=people_within(sites, classes, parameters.reservation.persons_per_dwelling),
        conflict=plans.dwellings(len(sites)),
        judged=judge(sites, classes, plans, book, parameters, easing),
    )


def find_candidates(
    tables: Mapping[str, Any], parameters: Parameters, *, reference_year: int | None = None
) -> pd.DataFrame:
    """Judge every site for every function and year.

    Returns
    -------
    DataFrame
        One row per site, function and year, sorted so. ``verdict`` (certain, possible, no or not_assessed)
        with ``rule_id`` (the rule that binds), ``value``, ``required``, ``margin`` (negative: short) and
        ``unit``; ``rules``, all rules that say no; ``land_verdict``, the verdict without housing plans;
        ``plans``, the housing plans that a reservation excludes; ``capacity_ha``, hectares that count;
        ``people`` and ``conflict``; ``margin_m`` and ``margin_steps``, to homes and in the plan; ``kind`` of
        protection that would fit.

    Raises
    ------
    InputError
        As `survey`.
    """
    return candidates_of(survey(tables, parameters, reference_year=reference_year), parameters)


@dataclass(frozen=True)
class Judged:
    """Verdicts as positions in `VERDICT_WORDS`, ``(sites, functions, years)``, and what they rest on.

    Attributes
    ----------
    land, verdict
        Without and with housing plans.
    late
        Not available yet, and nothing else forbids it.
    says_no
        Per rule, in the order of the records, ``(sites, functions, rules)``.
    binding
        Position of the rule that binds, -1 for none, ``(sites, functions)``.
    """

    land: NDArray[np.int64]
    verdict: NDArray[np.int64]
    late: NDArray[np.bool_]
    says_no: NDArray[np.bool_]
    binding: NDArray[np.int64]

    @property
    def fits(self) -> NDArray[np.bool_]:
        """Tell where the land itself fits, ``(sites, functions, years)``."""
        return self.land <= POSSIBLE


def verdicts(scene: Scene, parameters: Parameters) -> Judged:
    """Put what all rules say together."""
    judged = scene.judged
    names = [record.rule_id for record in judged.records]
    excludes = (scene.book.rules["treatment"] == "excludes").to_dict()
    says_no = np.stack([record.fails & bool(excludes[record.rule_id]) for record in judged.records], axis=2)
    unknown = np.stack([record.fails & (not excludes[record.rule_id]) for record in judged.records], axis=2)
    doubtful = np.stack([record.doubtful for record in judged.records], axis=2)
    on_land = ~np.isin(names, HOUSING_RULES)
    blocked = _blocked_by_soft(scene, parameters)
    no, land_no = _some(says_no), _some(says_no[:, :, on_land])
    open_question = _some(unknown)
    binding = _first(says_no, _first(unknown, _first(doubtful)))
    binding = np.where(blocked & ~no, names.index(HOUSING_RULES[1]), binding)
    too_late = ~judged.in_time
    return Judged(
        land=_verdict(land_no, open_question, _some(doubtful[:, :, on_land]), too_late),
        verdict=_verdict(no | blocked, open_question, _some(doubtful), too_late),
        late=too_late & ~(no | blocked | open_question)[:, :, None],
        says_no=says_no,
        binding=binding,
    )


def candidates_of(scene: Scene, parameters: Parameters) -> pd.DataFrame:
    """Write what was judged as a table; see `find_candidates`."""
    found, sites, years = verdicts(scene, parameters), scene.sites, scene.sites.years
    shape = found.verdict.shape
    rows = int(np.prod(shape))
    functions = scene.classes["function"].to_numpy(dtype=object)
    table = pd.DataFrame(
        {
            "site_id": np.repeat(sites.table["site_id"].to_numpy(dtype=object), shape[1] * shape[2]),
            "function": np.tile(np.repeat(functions, shape[2]), shape[0]),
            "year": np.tile(np.array(years, dtype=np.int64), shape[0] * shape[1]),
            "verdict": VERDICT_WORDS[found.verdict].reshape(rows),
            "land_verdict": VERDICT_WORDS[found.land].reshape(rows),
            **{
                name: np.repeat(values.reshape(-1), shape[2])
                for name, values in _pair_columns(scene, found).items()
            },
        }
    )
    _mark_late(table, scene, found.late.reshape(rows))
    available = np.repeat(sites.availability.hectares[:, None, :], shape[1], axis=1)
    table["available_ha"] = available.reshape(rows)
    table["capacity_ha"] = np.where(found.fits, scene.judged.usable_ha, 0.0).reshape(rows)
    return table


def _verdict(
    no: NDArray[np.bool_], unknown: NDArray[np.bool_], doubtful: NDArray[np.bool_], late: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Give verdicts as positions in `VERDICT_WORDS`, ``(sites, functions, years)``."""
    result = np.where(no, NO, np.where(unknown, NOT_ASSESSED, np.where(doubtful, POSSIBLE, CERTAIN)))
    over_years = np.repeat(result[:, :, None], late.shape[2], axis=2)
    over_years[late & (over_years < NOT_ASSESSED)] = NO
    return np.asarray(over_years, dtype=np.int64)


def _some(marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell where any rule is marked, ``(sites, functions)``."""
    return np.asarray(marks.any(axis=2), dtype=np.bool_)


def _first(marks: NDArray[np.bool_], otherwise: NDArray[np.int64] | int = NO_RULE) -> NDArray[np.int64]:
    """Give the first rule that is marked, ``(sites, functions)``."""
    return np.where(_some(marks), np.argmax(marks, axis=2), otherwise)


def _blocked_by_soft(scene: Scene, parameters: Parameters) -> NDArray[np.bool_]:
    """Tell which pairs plans that are not hard exclude, when all plans are to go ahead."""
    blocked = np.zeros((len(scene.sites), len(scene.classes)), dtype=bool)
    if parameters.reservation.housing == "exclude_all":
        rows, functions = np.nonzero(blocks(scene) & ~scene.plans.hard[scene.plans.plan][:, None])
        blocked[scene.plans.site[rows], functions] = True
    return blocked


def blocks(scene: Scene) -> NDArray[np.bool_]:
    """Tell per row of the reach of plans which functions the plan excludes there, ``(r, functions)``.

    A plan excludes a function on a site that it claims, and on one within the guide distance (in the wide
    reading); where a noise budget governs the distance does not count.
    """
    plans, limit = scene.plans, scene.book.threshold("housing_claim")
    near = np.round(plans.distance[:, None] - plans.required["high"], 3) < 0
    near &= ~scene.sites.governed[plans.site][:, None]
    return np.asarray(near | (plans.claimed > limit)[:, None])


def _pair_columns(scene: Scene, found: Judged) -> dict[str, NDArray[Any]]:
    """Give the columns that are the same in every year, ``(sites, functions)`` each."""
    judged, sites = scene.judged, scene.sites
    says_no, binding = found.says_no, found.binding
    names = [record.rule_id for record in judged.records]
    binds = binding != NO_RULE
    figures = {
        name: np.take_along_axis(
            np.stack([getattr(record, name) for record in judged.records], axis=2),
            np.maximum(binding, 0)[:, :, None],
            axis=2,
        )[:, :, 0]
        for name in ("value", "required", "margin")
    }
    units = scene.book.rules["unit"].replace("", None).to_dict()
    rule_names = np.array([*names, None], dtype=object)
    unit_names = np.array([*(units[name] for name in names), None], dtype=object)
    own = np.array(
        [[function in present for function in scene.classes["function_id"]] for present in sites.present]
    ).reshape(binding.shape)
    kind = np.full(binding.shape, None, dtype=object)
    kind[:] = np.array([KIND_OF.get(str(word)) for word in sites.availability.kind], dtype=object)[:, None]
    kind[_some(says_no)] = None
    kind[own] = "keep"
    function_id = np.broadcast_to(scene.classes["function_id"].to_numpy(dtype=object), binding.shape)
    return {
        "function_id": function_id,
        "rule_id": rule_names[binding],
        **{name: np.where(binds, values, np.nan) for name, values in figures.items()},
        "unit": unit_names[binding],
        "rules": _lists(says_no, names),
        "plans": plan_lists(scene),
        "people": scene.people,
        "conflict": scene.conflict,
        "margin_m": judged.by_name["usable_category"].margin,
        "margin_steps": judged.by_name["permitted_category"].margin,
        "inside_only": judged.inside_only,
        "kind": kind,
    }


def _lists(marks: NDArray[np.bool_], names: Sequence[str]) -> NDArray[np.object_]:
    """Write the marked rules of each pair behind each other; None without any."""
    code = (marks * (1 << np.arange(len(names), dtype=np.int64))).sum(axis=2)
    found, place = np.unique(code, return_inverse=True)
    texts = [
        ";".join(name for bit, name in enumerate(names) if int(value) >> bit & 1) or None for value in found
    ]
    return np.asarray(np.array(texts, dtype=object)[place.reshape(code.shape)])


def plan_lists(scene: Scene) -> NDArray[np.object_]:
    """List which housing plans exclude each pair and the other way round; None without any.

    Returns
    -------
    ndarray
        Ids behind each other with a semicolon, ``(sites, functions)``.
    """
    result = np.full((len(scene.sites), len(scene.classes)), None, dtype=object)
    rows, functions = np.nonzero(blocks(scene))
    for row, function in zip(rows.tolist(), functions.tolist(), strict=True):
        site, name = scene.plans.site[row], str(scene.plans.ids[scene.plans.plan[row]])
        before = result[site, function]
        result[site, function] = name if before is None else f"{before};{name}"
    return result


def _mark_late(table: pd.DataFrame, scene: Scene, late: NDArray[np.bool_]) -> None:
    """Write the rule of the year over rows of years in which a site that fits is not available yet."""
    years = np.array(scene.sites.years, dtype=np.float64)
    in_time = scene.judged.in_time
    first = np.where(in_time.any(axis=2), years[np.argmax(in_time, axis=2)], np.nan)
    since = np.repeat(first.reshape(-1), len(years))
    rows = np.flatnonzero(late)
    at = table["year"].to_numpy(dtype=np.float64)[rows]
    unit = str(scene.book.rules.loc[YEAR_RULE, "unit"])
    for name, values in (("value", since[rows]), ("required", at), ("margin", at - since[rows])):
        column = table[name].to_numpy(copy=True)
        column[rows] = values
        table[name] = column
    for name, text in (("rule_id", YEAR_RULE), ("unit", unit), ("rules", YEAR_RULE)):
        words = table[name].to_numpy(dtype=object, copy=True)
        words[rows] = text
        table[name] = words
