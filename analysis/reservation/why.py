"""Why a site is in the plan: what speaks for it, what it rests on, and what replaces it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.reservation.nearest import Nearby, barred, cleared, more_short, nearest_plan
from analysis.reservation.prices import SMALL, Prices, prices_of
from analysis.reservation.problem import NOT_CHOSEN
from analysis.reservation.sentences import Sentence, plain_sentences, say
from layers.dutch import hectares_nl, list_nl, number_nl, share_nl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters import Parameters

STRONG, WEAK = 0.75, 0.35
"""Values of a criterion from which on it is named as strong, and up to which as weak."""
MOST_NAMED = 4
MOST_SOLVED = 3
"""Chosen sites of a park for which the replacement is solved in a live session: the largest."""
NOTICED = 0.05
"""Hectares below which a difference is not told."""


@dataclass(frozen=True)
class Asked:
    """What explanations are made from.

    Attributes
    ----------
    problem, start
        The problem and the plan, per pair the position of its year.
    tables
        Of the release that holds the plan.
    """

    problem: ReservationProblem
    start: NDArray[np.int64]
    tables: Mapping[str, Any]
    parameters: Parameters

    def site_name(self, site: int) -> str:
        """Name a site with its park."""
        row = self.problem.sites.iloc[site]
        return str(row["site_id"]) if pd.isna(row["park_name"]) else f"{row['site_id']} ({row['park_name']})"

    def function_name(self, function: int) -> str:
        """Name a function in Dutch, with its id."""
        table = self.tables["reservation_functions"].set_index("function")
        name = self.problem.functions[function]
        return f"{name} {table.loc[name, 'name_nl']}"

    def pair_name(self, pair: int) -> str:
        """Name a site with its function."""
        function = self.problem.functions[self.problem.function[pair]]
        return f"{self.site_name(int(self.problem.site[pair]))} voor {function}"


def why(asked: Asked, park: str) -> dict[str, Any]:
    """Explain what the plan does on a park.

    Parameters
    ----------
    park
        Id of a park.

    Returns
    -------
    dict
        ``park_id``, ``sentences`` and ``sites``: per chosen site its figures and sentences; plain values.
    """
    problem = asked.problem
    here = (problem.sites["park_id"] == park).to_numpy(dtype=bool)[problem.site]
    chosen = np.flatnonzero(here & (asked.start != NOT_CHOSEN))
    if not len(chosen):
        name = _park_name(problem, park)
        return {
            "park_id": park,
            "sentences": plain_sentences([say("why.unchosen_park", park=name)]),
            "sites": [],
        }
    prices = prices_of(problem)
    base = nearest_plan(problem, asked.start, asked.parameters.reservation)
    order = chosen[np.lexsort((problem.site[chosen], -problem.capacity[chosen, -1]))]
    solved = set(order[:MOST_SOLVED].tolist())
    sites = []
    for pair in chosen.tolist():
        sentences = [*_standing(asked, pair), *_prices(asked, pair, prices), *_robust(asked, pair)]
        replaced: dict[str, Any] | None = None
        if pair in solved and base is not None:
            told, replaced = replacement(asked, pair, base)
            sentences += told
        sites.append(
            {
                "site_id": str(problem.sites["site_id"].iloc[problem.site[pair]]),
                "function": problem.functions[problem.function[pair]],
                "from_year": problem.years[asked.start[pair]],
                "hectares": float(problem.capacity[pair, -1]),
                "suitability": float(problem.suitability[pair]),
                "rank": rank_of(problem, pair)[0],
                "people": float(problem.people[pair]),
                "contributions": _contributions(asked, pair),
                "replacement": replaced,
                "sentences": plain_sentences(sentences),
            }
        )
    return {"park_id": park, "sentences": [], "sites": sites}


def rank_of(problem: ReservationProblem, pair: int) -> tuple[int, int]:
    """Give the place of a pair on suitability among the eligible sites of its function, and their number."""
    same = problem.function == problem.function[pair]
    better = same & (problem.suitability > problem.suitability[pair] + 1e-9)
    return int(better.sum()) + 1, int(same.sum())


def replacement(asked: Asked, pair: int, base: Nearby) -> tuple[list[Sentence], dict[str, Any]]:
    """Solve the plan without a pair and tell what takes its place."""
    problem = asked.problem
    out = np.zeros(problem.pairs, dtype=bool)
    out[pair] = True
    without = barred(problem, out)
    locked = len(problem.locked_in) and pair in problem.locked_in[:, 0]
    found = nearest_plan(without, cleared(without, base.start), asked.parameters.reservation)
    if found is None:
        return [say("why.irreplaceable")], {"hectares_short": None, "sites": []}
    short = more_short(problem, base.start, found.start)
    fresh = np.flatnonzero((found.start != NOT_CHOSEN) & (base.start == NOT_CHOSEN))
    names = [asked.pair_name(other) for other in fresh.tolist()]
    shown = {"hectares": hectares_nl(short), "sites": list_nl(names, MOST_NAMED)}
    values = {"hectares": short, "sites": [_ids(problem, other) for other in fresh.tolist()]}
    told = [say(_replaced(short, names), shown, **values)]
    if locked:
        told.append(say("why.locked", source="vastgelegd in de instellingen of lagen"))
    return told, {"hectares_short": short, "sites": values["sites"], "gap": found.gap}


def _replaced(short: float, names: Sequence[str]) -> str:
    if short <= NOTICED:
        return "why.replaced_whole" if names else "why.unneeded"
    return "why.replaced" if names else "why.unreplaced"


def _standing(asked: Asked, pair: int) -> list[Sentence]:
    """Tell what is chosen, its rank, its strong and weak sides, its margins and who lives near."""
    problem = asked.problem
    site, function = int(problem.site[pair]), int(problem.function[pair])
    hectares = float(problem.capacity[pair, -1])
    told = [
        say(
            "why.chosen",
            {"hectares": hectares_nl(hectares)},
            site=asked.site_name(site),
            function=asked.function_name(function),
            year=problem.years[asked.start[pair]],
            last_year=problem.years[-1],
            hectares=hectares,
        )
    ]
    if not problem.certain[pair]:
        told.append(say("why.possible"))
    rank, count = rank_of(problem, pair)
    score = float(problem.suitability[pair])
    told.append(say("why.rank", {"score": number_nl(score, 2)}, rank=rank, count=count, score=score))
    parts = _contributions(asked, pair)
    for name, keep in (("why.strong", _strong(parts)), ("why.weak", _weak(parts))):
        if keep:
            told.append(say(name, criteria=list_nl([part["label_nl"].lower() for part in keep])))
    return [*told, *_margins(asked, pair), _people(problem, pair)]


def _strong(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    good = [part for part in parts if part["value"] is not None and part["value"] >= STRONG]
    return sorted(good, key=lambda part: (-part["contribution"], part["criterion"]))[:MOST_NAMED]


def _weak(parts: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    poor = [part for part in parts if part["value"] is not None and part["value"] <= WEAK]
    return sorted(poor, key=lambda part: (-part["weight"], part["criterion"]))[:MOST_NAMED]


def _contributions(asked: Asked, pair: int) -> list[dict[str, Any]]:
    """Give what each criterion adds, in the order of the table."""
    problem = asked.problem
    site = problem.sites["site_id"].iloc[problem.site[pair]]
    function = problem.functions[problem.function[pair]]
    rated = asked.tables["site_suitability"]
    rows = rated[(rated["site_id"] == site) & (rated["function"] == function)]
    labels = asked.tables["reservation_criteria"].drop_duplicates("criterion").set_index("criterion")
    names = criterion_names(labels.index)
    return [
        {
            "criterion": str(row["criterion"]),
            "label_nl": names[str(row["criterion"])],
            "value": _plain(row["value"]),
            "weight": _plain(row["weight"]),
            "contribution": _plain(row["contribution"]),
        }
        for row in rows.to_dict("records")
    ]


CRITERIA_NL = {
    "category_margin": "Ruimte tot de grens van de categorie",
    "frontage": "Lengte aan het water",
    "area_and_shape": "Oppervlakte en vorm",
    "access": "Bereikbaarheid over de weg",
    "grid": "Stroomnet",
    "released_land": "Vrijkomende ruimte",
    "clustering": "Nabijheid van circulaire bedrijven",
    "housing_conflict": "Geen conflict met woningbouw",
    "people": "Weinig mensen binnen de afstand",
    "nature": "Afstand tot natuur",
    "ownership": "Eigendom",
}
"""Criteria as a planner reads them."""


def criterion_names(criteria: Sequence[Any] | pd.Index[Any]) -> dict[str, str]:
    """Name criteria in Dutch; one that is not known keeps its id."""
    return {str(name): CRITERIA_NL.get(str(name), str(name)) for name in criteria}


def _margins(asked: Asked, pair: int) -> list[Sentence]:
    row = candidate_of(asked, pair)
    told = []
    if row is not None and not pd.isna(row["margin_m"]) and row["margin_m"] > 0:
        spare = 5.0 * np.floor(float(row["margin_m"]) / 5.0)
        told.append(say("why.margin", {"spare": number_nl(spare)}, spare=spare))
    if row is not None and not pd.isna(row["margin_steps"]) and row["margin_steps"] > 0:
        told.append(say("why.steps", steps=int(row["margin_steps"])))
    return told


def candidate_of(asked: Asked, pair: int) -> pd.Series[Any] | None:
    """Give what was judged of a pair in the last year."""
    problem = asked.problem
    table = asked.tables["reservation_candidates"]
    rows = table[
        (table["site_id"] == problem.sites["site_id"].iloc[problem.site[pair]])
        & (table["function"] == problem.functions[problem.function[pair]])
        & (table["year"] == problem.years[-1])
    ]
    return None if rows.empty else rows.iloc[0]


def _people(problem: ReservationProblem, pair: int) -> Sentence:
    people = float(problem.people[pair])
    if people <= 0:
        return say("why.nobody")
    return say("why.people", {"people": number_nl(people)}, people=people)


def _prices(asked: Asked, pair: int, prices: Prices) -> list[Sentence]:
    """Tell which rules bind at a pair, and what they cost."""
    problem = asked.problem
    site = int(problem.site[pair])
    told = []
    if prices.site[site] > SMALL:
        told.append(_priced("why.price_site", prices.site[site]))
    if prices.neighbour[site] > SMALL:
        told.append(_priced("why.price_neighbour", prices.neighbour[site]))
    rules = {"quay": "kades vrij blijven voor watergebonden functies", "heavy": "zware grond vrij blijft"}
    for keep in problem.keep_pairs[problem.keep_pairs[:, 1] == pair, 0] if len(problem.keep_pairs) else ():
        if prices.keep[keep] > SMALL:
            group = str(problem.keep["group"].iloc[keep])
            told.append(_priced("why.price_keep", prices.keep[keep], rule=rules.get(group, group)))
    row = problem.sites.iloc[site]
    scopes = {"municipality": row["municipality_code"], "sub_area": row["sub_area"], "park": row["park_id"]}
    for place, rule in enumerate(problem.ceilings.to_dict("records")):
        if scopes.get(str(rule["scope"])) == rule["area"] and prices.ceiling[place] > SMALL:
            told.append(_priced("why.price_ceiling", prices.ceiling[place], area=str(rule["area"])))
    return told


def _priced(sentence_id: str, worth: float, **values: Any) -> Sentence:
    hectares = float(worth)
    return say(sentence_id, {"hectares": f"{number_nl(hectares, 2)} ha"}, hectares=hectares, **values)


def _robust(asked: Asked, pair: int) -> list[Sentence]:
    """Tell what the robustness package found, when the release holds it."""
    problem, tables = asked.problem, asked.tables
    site = problem.sites["site_id"].iloc[problem.site[pair]]
    function = problem.functions[problem.function[pair]]
    told = []
    if "site_acceptability" in tables:
        table = tables["site_acceptability"]
        rows = table[(table["site_id"] == site) & (table["function"] == function)]
        for row in rows.to_dict("records"):
            share, error = float(row["acceptability"]), float(row["error"])
            shown = {"share": share_nl(share), "error": share_nl(error)}
            told.append(say("why.acceptability", shown, share=share, error=error))
    if "site_labels" in tables:
        rows = tables["site_labels"][tables["site_labels"]["site_id"] == site]
        for row in rows.to_dict("records"):
            share = row["acceptability"]
            if not pd.isna(share):
                # the label is of the site, whatever it is reserved for
                shown = {"share": share_nl(float(share))}
                told.append(say("why.acceptability_any", shown, share=float(share)))
            told.append(say("why.label", label=str(row["label_nl"]), definition=str(row["definition_nl"])))
    return told


def _ids(problem: ReservationProblem, pair: int) -> dict[str, str]:
    return {
        "site_id": str(problem.sites["site_id"].iloc[problem.site[pair]]),
        "function": problem.functions[problem.function[pair]],
    }


def _park_name(problem: ReservationProblem, park: str) -> str:
    rows = problem.sites[problem.sites["park_id"] == park]
    return park if rows.empty or pd.isna(rows["park_name"].iloc[0]) else str(rows["park_name"].iloc[0])


def _plain(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
