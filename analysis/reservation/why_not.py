"""Why a site is not in the plan: the rule that forbids it, or what it costs and whom it pushes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.nearest import Nearby, cleared, forced, more_short, nearest_plan
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.sentences import Sentence, plain_sentences, say
from analysis.reservation.why import MOST_NAMED, NOTICED, rank_of
from gis.errors import InputError, Problem
from layers.dutch import hectares_nl, list_nl, number_nl
from layers.suggest import did_you_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from analysis.reservation.why import Asked

MOST_SITES = 5
"""Sites of a park that are told about: those that come nearest to what is asked."""


def why_not(asked: Asked, park: str, function: str) -> dict[str, Any]:
    """Explain why a park is not reserved for a function, or what it would cost.

    Parameters
    ----------
    park
        Id of a park.
    function
        Id of a function, or of one of its size classes.

    Returns
    -------
    dict
        ``park_id``, ``function``, ``sentences``, ``forced`` (the one site that was forced in, and what that
        costs) and ``forbidden`` (per site the rule, its margin and what would have to change).

    Raises
    ------
    InputError
        When the function is not one of the plan.
    """
    problem = asked.problem
    classes = classes_asked(asked, function)
    here = (problem.sites["park_id"] == park).to_numpy(dtype=bool)[problem.site]
    wanted = np.isin(problem.function, classes)
    eligible = np.flatnonzero(here & wanted & (problem.capacity[:, -1] > 0))
    told: list[Sentence] = []
    cost: dict[str, Any] | None = None
    chosen = eligible[asked.start[eligible] != NOT_CHOSEN]
    told += [_about("whynot.already", asked, pair) for pair in chosen.tolist()]
    free = eligible[asked.start[eligible] == NOT_CHOSEN]
    if len(free) and not len(chosen):
        pair = _best(problem, free)
        sentences, cost = forced_in(asked, pair)
        told += sentences
    forbidden = [] if len(eligible) else _forbidden(asked, park, classes)
    told += [_refused(asked, row) for row in forbidden]
    if not told:
        name = _park_name(problem, park)
        told.append(say("whynot.nobody_judged", park=name, function=function))
    return {
        "park_id": park,
        "function": function,
        "eligible_sites": len(np.unique(problem.site[eligible])),
        "sentences": plain_sentences(told),
        "forced": cost,
        "forbidden": forbidden,
    }


def classes_asked(asked: Asked, function: str) -> NDArray[np.int64]:
    """Give the positions of the size classes of a function; InputError for a name that is none."""
    table = asked.tables["reservation_functions"]
    names = set(table.loc[table["function_id"].astype(str) == function, "function"].astype(str)) | {function}
    found = [place for place, name in enumerate(asked.problem.functions) if name in names]
    if not found:
        known = sorted({*asked.problem.functions, *table["function_id"].astype(str)})
        raise InputError(
            Problem(
                f"the plan knows no function {function!r}", did_you_mean(function, known), field="function"
            )
        )
    return np.array(found, dtype=np.int64)


def forced_in(asked: Asked, pair: int) -> tuple[list[Sentence], dict[str, Any]]:
    """Solve the plan with a pair forced in, and tell what it costs and whom it pushes out."""
    problem, settings = asked.problem, asked.parameters.reservation
    told = [_about("whynot.eligible", asked, pair)]
    other = np.flatnonzero((problem.site == problem.site[pair]) & (asked.start != NOT_CHOSEN))
    told += [
        say("whynot.taken", function=asked.function_name(int(problem.function[place])))
        for place in other.tolist()
    ]
    rank, count = rank_of(problem, pair)
    score = float(problem.suitability[pair])
    told.append(say("whynot.rank", {"score": number_nl(score, 2)}, rank=rank, count=count, score=score))
    base = nearest_plan(problem, asked.start, settings)
    with_it = forced(problem, pair)
    near = asked.start if base is None else base.start
    found = nearest_plan(with_it, cleared(problem, near, pair), settings)
    if base is None or found is None:
        return [*told, say("whynot.impossible")], {**_ids(problem, pair), "hectares_short": None}
    cost, sentences = _price(asked, base, found)
    return [*told, *sentences], {**_ids(problem, pair), **cost}


def _price(asked: Asked, base: Nearby, found: Nearby) -> tuple[dict[str, Any], list[Sentence]]:
    """Tell what forcing costs: hectares short, people, and the places that give way."""
    problem = asked.problem
    short, people = more_short(problem, base.start, found.start), found.people - base.people
    gone = np.flatnonzero((base.start != NOT_CHOSEN) & (found.start == NOT_CHOSEN)).tolist()
    told = [
        say("whynot.cost_more", {"hectares": hectares_nl(short)}, hectares=short)
        if short > NOTICED
        else say("whynot.cost_none")
    ]
    if abs(people) >= 1:
        name = "whynot.people_more" if people > 0 else "whynot.people_less"
        told.append(say(name, {"people": number_nl(abs(people))}, people=abs(people)))
    places = [_ids(problem, pair) for pair in gone]
    if gone:
        words = list_nl([asked.pair_name(pair) for pair in gone], MOST_NAMED)
        told.append(say("whynot.pushed", {"places": words}, places=places))
    else:
        told.append(say("whynot.pushed_none"))
    return {"hectares_short": short, "people": people, "pushed_out": places, "gap": found.gap}, told


def _best(problem: ReservationProblem, pairs: NDArray[np.int64]) -> int:
    """Choose the pair that suits best; the largest of equals, then the first."""
    order = np.lexsort((pairs, -problem.capacity[pairs, -1], -problem.suitability[pairs]))
    return int(pairs[order[0]])


def _forbidden(asked: Asked, park: str, classes: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Give the sites of a park that come nearest to what is asked, with the rule that forbids them."""
    problem, table = asked.problem, asked.tables["reservation_candidates"]
    names = [problem.functions[place] for place in classes]
    sites = asked.tables["reservation_sites"]
    here = set(sites.loc[sites["park_id"] == park, "site_id"].astype(str))
    rows = table[
        table["site_id"].astype(str).isin(here)
        & table["function"].isin(names)
        & (table["year"] == problem.years[-1])
        & table["rule_id"].notna()
    ]
    # fewest rules broken first; of those the smallest shortfall
    broken = rows["rules"].fillna("").str.split(";").str.len()
    rows = rows.assign(broken=broken, short=rows["margin"].abs().fillna(np.inf))
    rows = rows.sort_values(["broken", "short", "site_id", "function"]).drop_duplicates("site_id")
    rules = asked.tables["reservation_rules"].set_index("rule_id")
    return [
        {
            "site_id": str(row["site_id"]),
            "function": str(row["function"]),
            "rule_id": str(row["rule_id"]),
            "value": _plain(row["value"]),
            "required": _plain(row["required"]),
            "margin": _plain(row["margin"]),
            "unit": None if pd.isna(row["unit"]) else str(row["unit"]),
            "all_rules": str(row["rules"]).split(";"),
            "reason_nl": _reason(rules.loc[row["rule_id"]], row),
            "change_nl": str(rules.loc[row["rule_id"], "change_nl"]),
        }
        for row in rows.head(MOST_SITES).to_dict("records")
    ]


def _reason(rule: pd.Series[Any], row: dict[str, Any]) -> str:
    """Fill a rule's words with what was measured."""
    unit = str(row["unit"])
    shown = {name: _figure(row[name], unit) for name in ("value", "required")}
    shown["short"] = _figure(None if pd.isna(row["margin"]) else abs(row["margin"]), unit)
    return str(rule["no_nl"]).format(**shown)


def _figure(value: Any, unit: str) -> str:
    if value is None or pd.isna(value):
        return "onbekend"
    if isinstance(value, str):
        return value
    number = float(value)
    if unit == "share":
        return f"{number_nl(100 * number)} %"
    if unit == "ha":
        return number_nl(number, 2 if abs(number) < 1 else 1)
    return number_nl(number)


def _refused(asked: Asked, row: dict[str, Any]) -> Sentence:
    sites = asked.problem.sites
    place = int(np.flatnonzero((sites["site_id"] == row["site_id"]).to_numpy())[0])
    function = asked.problem.functions.index(row["function"])
    shown = {"reason": row["reason_nl"], "change": row["change_nl"]}
    return say(
        "whynot.rule",
        shown,
        site=asked.site_name(place),
        function=asked.function_name(function),
        rule_id=row["rule_id"],
    )


def _about(sentence_id: str, asked: Asked, pair: int) -> Sentence:
    problem = asked.problem
    return say(
        sentence_id,
        site=asked.site_name(int(problem.site[pair])),
        function=asked.function_name(int(problem.function[pair])),
    )


def _ids(problem: ReservationProblem, pair: int) -> dict[str, str]:
    return {
        "site_id": str(problem.sites["site_id"].iloc[problem.site[pair]]),
        "function": problem.functions[problem.function[pair]],
    }


def _park_name(problem: ReservationProblem, park: str) -> str:
    rows = problem.sites[problem.sites["park_id"] == park]
    return park if rows.empty or pd.isna(rows["park_name"].iloc[0]) else str(rows["park_name"].iloc[0])


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value if isinstance(value, str) else float(value)
