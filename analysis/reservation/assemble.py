"""From the tables of a release to the problem of the reservation plan.

`assemble` judges every site again; `problem_of` takes the tables that it left in a release, so that a live
session can change weights, priorities, locks and what housing plans do within a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.candidates import Scene, candidates_of, survey
from analysis.reservation.classes import PLANNED, classes_of, known_names
from analysis.reservation.declared import declared
from analysis.reservation.locking import Ground, Locked, lay
from analysis.reservation.locks import find_locks
from analysis.reservation.own_rules import (
    ceilings_of,
    clusters_of,
    kept_land,
    neighbours_of,
    priced_plans,
)
from analysis.reservation.pairs import Pairs, going, pairs_of, phases
from analysis.reservation.problem import ReservationProblem
from analysis.reservation.rulebook import load_settings
from analysis.reservation.suitability import criteria_table, rate_scene
from analysis.reservation.targets import targets_of
from gis.errors import InputError, Problem
from layers.parameters_reservation import ReservationParameters
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.parameters import Parameters

PLACE = "parameters.reservation"
SITE_COLUMNS = (
    "site_id",
    "park_id",
    "park_name",
    "municipality_code",
    "sub_area",
    "area_ha",
    "heavy",
    "wet",
)
HELD = ("reservation_sites", "reservation_functions", "reservation_candidates", "site_suitability")
"""Tables out of which `problem_of` makes the problem again."""


def assemble(
    tables: Mapping[str, Any], parameters: Parameters, *, reference_year: int | None = None
) -> tuple[ReservationProblem, dict[str, pd.DataFrame]]:
    """Judge all sites and make the problem of the plan.

    Parameters
    ----------
    tables
        All tables of a release by name: cleaned inputs, evidence, demand and balance.
    reference_year
        Year in which the land was surveyed; the latest year of the registry when not given.

    Returns
    -------
    problem
        What the plan decides on.
    tables
        ``reservation_sites``, ``reservation_functions``, ``reservation_candidates``, ``site_suitability``,
        ``reservation_targets``, ``reservation_criteria``, ``reservation_rules`` and ``reservation_locks``.

    Raises
    ------
    InputError
        When the release holds no land demand, weights are negative or all zero, a function, site,
        municipality or year is unknown, a lock-in is not eligible or is locked out too, or no site at all
        is eligible.
    """
    scene = survey(tables, parameters, reference_year=reference_year)
    made = tables_of(scene, tables, parameters)
    problem, locked = make_problem({**tables, **made}, parameters)
    return problem, made | {
        "reservation_targets": declared("reservation_targets", problem.targets),
        "reservation_locks": declared("reservation_locks", locked.table),
    }


def tables_of(scene: Scene, tables: Mapping[str, Any], parameters: Parameters) -> dict[str, pd.DataFrame]:
    """Write a scene as tables: sites, functions, candidates, suitability, criteria and rules."""
    candidates = candidates_of(scene, parameters)
    rated = rate_scene(scene, candidates, tables, parameters)
    last = candidates[candidates["year"] == scene.sites.years[-1]]
    rules = scene.book.rules.reset_index()
    counts = last["rule_id"].value_counts().to_dict()
    # a full grid forbids nothing: its count is of the sites and functions that it is flagged for
    counts["grid_full"] = int(scene.sites.table["grid_until"].notna().sum()) * len(scene.classes)
    rules["pairs"] = rules["rule_id"].map(counts).fillna(0).astype("int64")
    made = {
        "reservation_sites": scene.sites.table,
        "reservation_functions": scene.every_class,
        "reservation_candidates": candidates,
        "site_suitability": rated,
        "reservation_criteria": criteria_table(rated, scene, parameters),
        "reservation_rules": rules,
    }
    return {name: declared(name, table) for name, table in made.items()}


def problem_of(tables: Mapping[str, Any], parameters: Parameters) -> ReservationProblem:
    """Make the problem again out of the tables of a release that holds candidates.

    Parameters
    ----------
    tables
        Of a release made with `assemble`: `HELD`, the land demand, and the inputs ``housing_plans``,
        ``reservations`` and ``session_outcomes`` where they exist.

    Raises
    ------
    InputError
        As `assemble`; also when the release holds no candidates.
    """
    lacking = tuple(name for name in HELD if name not in tables)
    if lacking:
        message = "the release holds no candidates for reservation"
        raise InputError(Problem(message, "Make the plan first.", rows=lacking))
    return make_problem(tables, parameters)[0]


def make_problem(
    tables: Mapping[str, Any], parameters: Parameters, pairs: Pairs | None = None
) -> tuple[ReservationProblem, Locked]:
    """Make the problem out of candidates, and what became of the locks.

    Parameters
    ----------
    tables
        As for `problem_of`.
    pairs
        In place of those of the candidates, for ways out.
    """
    settings = parameters.reservation
    sites = tables["reservation_sites"].sort_values("site_id", ignore_index=True)
    every = tables["reservation_functions"]
    classes = every[every["role"] == PLANNED].sort_values("function", ignore_index=True)
    functions = tuple(str(name) for name in classes["function"])
    site_ids = [str(name) for name in sites["site_id"]]
    candidates = tables["reservation_candidates"]
    years = _years(candidates, parameters)
    _check_names(every, tables, parameters)
    phase = phases(tables.get("housing_plans"))
    if pairs is None:
        rated = tables["site_suitability"]
        pairs = pairs_of(candidates, rated, site_ids, functions, years, parameters)
    pairs = going(pairs, phase, parameters)
    share = load_settings()["inside_share"]
    locks = find_locks(sites, [str(name) for name in every["function"]], tables, parameters, share)
    usual = classes["typical_ha"].to_numpy(dtype=np.float64)
    reasons = _reasons(candidates, [site for lock in locks for site in lock.sites], site_ids)
    locked = lay(locks, Ground(site_ids, functions, years, pairs, usual, reasons))
    kept = pairs.where(~locked.out)
    if not len(kept):
        raise InputError(_nothing(candidates))
    place = np.cumsum(~locked.out) - 1
    rows = np.column_stack((place[locked.pairs[:, 0]], locked.pairs[:, 1])).astype(np.int64)
    plans, plan_pairs = priced_plans(kept, phase, tables, parameters)
    keep, keep_pairs = kept_land(sites, classes, kept, parameters)
    loud = tuple(np.flatnonzero((classes["large_noise_maker"] == "yes").to_numpy()).tolist())
    targets = targets_of(every, tables, parameters)
    problem = ReservationProblem(
        sites=pd.DataFrame(sites[list(SITE_COLUMNS)]),
        functions=functions,
        years=years,
        site=kept.site,
        function=kept.function,
        capacity=kept.capacity,
        certain=kept.certain,
        suitability=kept.suitability,
        people=kept.people,
        conflict=kept.conflict,
        targets=targets[targets["year"].isin(years)].reset_index(drop=True),
        ceilings=ceilings_of(years, parameters),
        locked_in=rows,
        neighbours=neighbours_of(sites["geometry"].to_numpy(), kept.site, settings.neighbour_m),
        noisy=loud,
        quiet=tuple(
            sorted({place for name in settings.quiet_functions for place in classes_of(functions, name)})
        ),
        min_cluster=clusters_of(functions, parameters),
        plans=plans,
        plan_pairs=plan_pairs,
        keep=keep,
        keep_pairs=keep_pairs,
        persons_per_dwelling=settings.persons_per_dwelling,
    )
    return problem, locked


def _years(candidates: pd.DataFrame, parameters: Parameters) -> tuple[int, ...]:
    known = sorted({int(year) for year in candidates["year"].unique()})
    asked = sorted(set(parameters.reservation.years)) or known
    strange = tuple(str(year) for year in asked if year not in known)
    if strange:
        repair = f"Choose from {', '.join(map(str, known))}, or make the plan again."
        raise InputError(
            Problem("the candidates were not judged for a year", repair, field=f"{PLACE}.years", rows=strange)
        )
    return tuple(asked)


def _check_names(classes: pd.DataFrame, tables: Mapping[str, Any], parameters: Parameters) -> None:
    """Refuse functions and municipalities that do not exist, and negative hectares."""
    settings = parameters.reservation
    known = known_names(classes["function"])
    codes = [str(code) for code in tables["municipalities"]["municipality_code"]]
    problems = []
    # a catalogue of one's own need not have what the default names
    quiet = set(settings.quiet_functions) - set(ReservationParameters().quiet_functions)
    for name, given, choices, what in (
        ("minimum_cluster_ha", settings.minimum_cluster_ha, known, "function"),
        ("municipality_max_ha", settings.municipality_max_ha, codes, "municipality"),
        ("quiet_functions", dict.fromkeys(quiet, 0.0), known, "function"),
    ):
        place = f"{PLACE}.{name}"
        for item, value in sorted(given.items()):
            if item not in choices:
                message = f"the {what} {item!r} is not known"
                problems.append(Problem(message, did_you_mean(item, choices), field=place, rows=(item,)))
            if not value >= 0 or np.isinf(value):
                message = "hectares must be zero or more"
                problems.append(Problem(message, "Correct them.", field=place, rows=(item,)))
    if problems:
        raise InputError(*problems)


def _reasons(
    candidates: pd.DataFrame, sites: Sequence[int], site_ids: Sequence[str]
) -> dict[tuple[str, str], str]:
    """Give the rule that forbids a class on the sites that locks speak of."""
    names = {site_ids[site] for site in sites}
    if not names:
        return {}
    rows = candidates[candidates["site_id"].isin(names) & candidates["rule_id"].notna()]
    rows = rows.drop_duplicates(["site_id", "function"], keep="last")
    return dict(
        zip(
            zip(rows["site_id"].astype(str), rows["function"].astype(str), strict=True),
            rows["rule_id"].astype(str),
            strict=True,
        )
    )


def _nothing(candidates: pd.DataFrame) -> Problem:
    """Say that no site is eligible, and which rules forbid most."""
    last = candidates[candidates["year"] == candidates["year"].max()]
    counts = last["rule_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    shown = tuple(f"{name}: {count}" for name, count in counts.head(6).items())
    return Problem(
        "no site at all is eligible for any function",
        "Look which rule forbids most, and whether layers or parameters are right.",
        layer="reservation_candidates",
        field="rule_id",
        rows=shown,
    )
