"""Check a plan against the tables of its release: verdicts, hectares, locks, maxima, targets.

The problem that the model was built from is itself made from these tables. Here they are read again, by name,
so that a mistake in making the problem shows as well.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pandas as pd

from analysis.reservation.checked import SLACK_HA, Violation
from analysis.reservation.checker_space import check_space

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence
    from typing import Any

    from analysis.reservation.checked import Choice
    from analysis.reservation.problem import Plan, ReservationProblem
    from layers.parameters_reservation import ReservationParameters

    Row = Mapping[Hashable, Any]

SLACK_TABLE = 2e-3
"""Hectares or people that a figure may be off by the decimals of a table."""
ELIGIBLE = {True: ("certain",), False: ("certain", "possible")}
PROPOSAL = "proposal"


def check_tables(
    problem: ReservationProblem,
    plan: Plan,
    choices: Sequence[Choice],
    tables: Mapping[str, Any],
    parameters: ReservationParameters | None,
) -> list[Violation]:
    """Check a plan against tables and geometry; what a release does not hold is not checked.

    Parameters
    ----------
    choices
        The plan, written out.
    tables
        Tables of the release by name.
    """
    found: list[Violation] = []
    if "reservation_candidates" in tables:
        found += _candidates(problem, choices, tables["reservation_candidates"], parameters)
    if "reservation_targets" in tables:
        found += _targets(problem, plan, choices, tables["reservation_targets"])
    if "reservation_plan" in tables:
        found += _released(problem, plan, choices, tables)
    if parameters is not None:
        found += _asked(choices, parameters)
    return [*found, *check_space(problem, choices, tables, parameters)]


def _candidates(
    problem: ReservationProblem,
    choices: Sequence[Choice],
    candidates: pd.DataFrame,
    parameters: ReservationParameters | None,
) -> Iterable[Violation]:
    """Look every reservation up among the candidates: verdict, hectares and people."""
    allowed = ELIGIBLE[parameters is not None and parameters.certain_only]
    chosen = {(choice.site, choice.function) for choice in choices}
    mine = candidates[candidates["site_id"].astype(str).isin({site for site, _ in chosen})]
    rows: dict[tuple[str, str, int], Row] = {
        (str(row["site_id"]), str(row["function"]), int(row["year"])): row for row in mine.to_dict("records")
    }
    for choice in choices:
        ids = (choice.site, choice.function)
        for at, year in enumerate(problem.years):
            if at < choice.year:
                continue
            row = rows.get((*ids, year))
            if row is None:
                yield Violation("candidate", ids, f"reserved in {year}, and never judged")
            elif row["verdict"] not in allowed:
                rule = row["rule_id"]
                yield Violation(
                    "verdict", ids, f"reserved in {year}, the verdict is {row['verdict']} ({rule})"
                )
            elif abs(float(row["capacity_ha"]) - choice.hectares[at]) > SLACK_TABLE:
                counted, judged = choice.hectares[at], float(row["capacity_ha"])
                yield Violation(
                    "hectares", ids, f"{counted:.3f} ha count in {year}, {judged:.3f} ha by the candidates"
                )
            elif abs(float(row["people"]) - float(problem.people[choice.pair])) > 0.5:  # noqa: PLR2004 whole people
                yield Violation("people", ids, f"{row['people']:.0f} people are near, others are counted")


def _targets(
    problem: ReservationProblem, plan: Plan, choices: Sequence[Choice], targets: pd.DataFrame
) -> Iterable[Violation]:
    """Compare what is short with what the table of targets asks."""
    short = dict(zip(problem.targets["target_id"].astype(str), plan.shortage.tolist(), strict=True))
    for row in targets.to_dict("records"):
        if int(row["year"]) not in problem.years:
            continue
        name, year = str(row["target_id"]), problem.years.index(int(row["year"]))
        got = sum(
            choice.hectares[year]
            for choice in choices
            if choice.function == row["function"]
            and (pd.isna(row["sub_area"]) or choice.sub_area == row["sub_area"])
        )
        least = max(0.0, float(row["ha"]) - got)
        if name not in short:
            yield Violation("target", (name,), "asked in the table, and not in the plan")
        elif abs(least - short[name]) > SLACK_TABLE:
            yield Violation(
                "target", (name,), f"{least:.3f} ha short by the table, {short[name]:.3f} ha recorded"
            )


def _released(
    problem: ReservationProblem, plan: Plan, choices: Sequence[Choice], tables: Mapping[str, Any]
) -> Iterable[Violation]:
    """Compare the plan with what is about to be released."""
    rows = tables["reservation_plan"]
    released = {
        (str(row["site_id"]), str(row["function"]), int(row["from_year"]))
        for row in rows[rows["plan"] == PROPOSAL].to_dict("records")
    }
    own = {(choice.site, choice.function, problem.years[choice.year]) for choice in choices}
    for site, function, year in sorted(released ^ own):
        where = "released, and not in the plan" if (site, function, year) in released else "not released"
        yield Violation("released_plan", (site, function), f"from {year}: {where}")
    aims = tables.get("plan_aims")
    if aims is None:
        return
    mine = aims[aims["plan"] == PROPOSAL].set_index("aim")
    for aim in plan.aims:
        if aim.name not in mine.index:
            yield Violation("released_aim", (aim.name,), "the aim is not released")
            continue
        for field in ("value", "bound", "gap", "tolerance", "final"):
            written, real = float(mine.loc[aim.name, field]), float(getattr(aim, field))
            if abs(written - real) > 1e-5 * max(1.0, abs(real)):
                yield Violation(
                    "released_aim", (aim.name,), f"{field} is {real:.6g}, {written:.6g} is released"
                )


def _asked(choices: Sequence[Choice], parameters: ReservationParameters) -> Iterable[Violation]:
    """Check the locks, maxima and clusters that the parameters name."""
    for text in parameters.lock_out:
        place, _, function = text.partition("=")
        for choice in choices:
            if place in {choice.site, choice.park} and (not function or _means(function, choice.function)):
                yield Violation("lock_out", (choice.site, choice.function), f"{text} is locked out")
    for text in parameters.lock_in:
        place, _, function = text.partition("=")
        if not any(
            place in {choice.site, choice.park} and _means(function, choice.function) for choice in choices
        ):
            yield Violation("lock_in", (place, function), f"{text} is locked in, and not in the plan")
    per_municipality: dict[str, float] = defaultdict(float)
    per_cluster: dict[tuple[str, str], float] = defaultdict(float)
    for choice in choices:
        per_municipality[choice.municipality] += choice.hectares[-1]
        per_cluster[choice.park, choice.function] += choice.hectares[-1]
    for code, most in parameters.municipality_max_ha.items():
        if per_municipality[code] > most + SLACK_HA:
            total = per_municipality[code]
            yield Violation("ceiling", (code,), f"{total:.2f} ha, and at most {most:.2f} ha is asked")
    for (park, function), hectares in per_cluster.items():
        asked = parameters.minimum_cluster_ha
        least = asked.get(function, asked.get(function.split("-")[0], 0.0))
        if hectares < least - SLACK_HA:
            yield Violation(
                "cluster", (park, function), f"{hectares:.2f} ha, and at least {least:.2f} ha is asked"
            )


def _means(name: str, function: str) -> bool:
    """Tell whether a name means a function: itself, or all its classes (F06 means F06-4 and F06-5)."""
    return function == name or function.split("-", maxsplit=1)[0] == name
