"""What gives when it does not fit, as tables: rules that clash and ways out, with sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.reservation.clashes import SMALL_HA, find_clashes
from analysis.reservation.model import build_model
from analysis.reservation.plan import limits_of, solve_pass
from analysis.reservation.reached import blocked_by, shortage_of
from analysis.reservation.relax import GROUP_BY_NAME
from analysis.reservation.shortage import short_by_function
from analysis.reservation.ways_out import SHARE_OF_TIME, find_ways_out, ways_out_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.reservation.clashes import Clash
    from analysis.reservation.problem import Plan, ReservationProblem
    from analysis.reservation.relax import Relaxation
    from layers.parameters_reservation import ReservationParameters

CLASH_COLUMNS = (
    *("clash_id", "item", "kind", "name", "label_nl", "label_en", "functions", "year", "scope"),
    *("wanted_ha", "sites", "sites_ha", "shared_sites", "shared_ha", "short_ha", "more_rules"),
    *("text_nl", "text_en"),
)


def explain_shortage(
    problem: ReservationProblem,
    plan: Plan,
    parameters: ReservationParameters,
    relaxations: Mapping[str, Relaxation] | None = None,
    *,
    names: Mapping[str, str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Explain why hectares run short and what would help.

    The least shortage is explained, before later aims gave some of it away; functions that run short only by
    that are said to.

    Parameters
    ----------
    relaxations
        Ways out on the side of eligibility, by name; those of the plan's own rules are added.
    names
        Dutch names of functions by id.

    Returns
    -------
    dict of DataFrame
        ``plan_clashes`` and ``plan_ways_out``.
    """
    eased = tuple((relaxations or {}).values())
    limits = limits_of(parameters, share=SHARE_OF_TIME)
    reservation = build_model(problem, openings=False)
    _, start = solve_pass(reservation, {"shortage": 1.0}, {}, limits, start=plan.start)
    shortage = shortage_of(problem, start)
    clashes = find_clashes(problem, shortage, blocked_by(problem, start), eased)
    given = np.flatnonzero(
        (short_by_function(problem, plan.shortage) >= SMALL_HA)
        & (short_by_function(problem, shortage) < SMALL_HA)
    )
    return {
        "plan_clashes": clash_table(problem, clashes, eased, given=given.tolist(), names=names),
        "plan_ways_out": ways_out_table(find_ways_out(problem, start, parameters, eased)),
    }


def clash_table(
    problem: ReservationProblem,
    clashes: Sequence[Clash],
    relaxations: Sequence[Relaxation] = (),
    *,
    given: Sequence[int] = (),
    names: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Write clashes as rows: the functions first, then a row per rule.

    Parameters
    ----------
    given
        Functions that run short only because later aims were given room.
    names
        Dutch names of functions by id; ids alone when not given.
    """
    labels = {group.name: (group.label_nl, group.label_en) for group in GROUP_BY_NAME.values()}
    for one in relaxations:
        labels.setdefault(one.group, (one.group_nl, one.group_en))
    rows: list[dict[str, object]] = []
    for number, clash in enumerate(clashes, start=1):
        rows += _rows_of(problem, clash, f"K{number}", labels, names or {})
    if given:
        rows.append(_given_row(problem, f"K{len(clashes) + 1}", given, names or {}))
    return pd.DataFrame(rows, columns=list(CLASH_COLUMNS))


def _rows_of(
    problem: ReservationProblem,
    clash: Clash,
    name: str,
    labels: Mapping[str, tuple[str, str]],
    names: Mapping[str, str],
) -> list[dict[str, object]]:
    ids = [problem.functions[at] for at in clash.functions]
    shown = [_shown(one, names) for one in ids]
    wanted = _wanted(problem, ids, clash)
    figures = {
        "clash_id": name,
        "functions": ";".join(ids),
        "year": clash.year,
        "scope": "sub_area" if clash.inside else "province",
        "wanted_ha": wanted,
        "short_ha": clash.short_ha,
        "more_rules": clash.more_rules,
        **_land(problem, clash),
    }
    text_nl, text_en = _sentences(shown, ids, clash, figures)
    kind = "functions" if clash.short_ha > 0 else "whole_plots"
    head = {"item": 1, "kind": kind, "name": ";".join(ids), "text_nl": text_nl, "text_en": text_en}
    rows = [{**figures, **head, "label_nl": _listed(shown, "en"), "label_en": _listed(ids, "and")}]
    for item, rule in enumerate(clash.rules, start=2):
        label_nl, label_en = labels[rule]
        rows.append(
            {
                **figures,
                "item": item,
                "kind": "rule",
                "name": rule,
                "label_nl": label_nl,
                "label_en": label_en,
                "text_nl": f"Het tekort hangt samen met {label_nl}.",
                "text_en": f"The shortage depends on {label_en}.",
            }
        )
    return rows


def _sentences(
    shown: Sequence[str], ids: Sequence[str], clash: Clash, figures: Mapping[str, object]
) -> tuple[str, str]:
    """Give what happens to the functions of a clash, in Dutch and in English."""
    wanted, short = _ha(figures["wanted_ha"]), _ha(clash.short_ha)
    sites, hectares = figures["sites"], _ha(figures["sites_ha"])
    shared, shared_ha = figures["shared_sites"], _ha(figures["shared_ha"])
    where_nl = " binnen hun deelgebieden" if clash.inside else ""
    where_en = " within their sub-areas" if clash.inside else ""
    if clash.short_ha <= 0:
        return (
            f"Functie {shown[0]} komt in {clash.year} iets te kort omdat kavels in hun geheel gaan.",
            f"Function {ids[0]} runs a little short in {clash.year} because plots are reserved whole.",
        )
    least_nl, least_en = f"Er is ten minste {short} ha te kort.", f"At least {short} ha is short."
    if len(ids) == 1:
        asks_nl = f"Functie {shown[0]} vraagt in {clash.year}{where_nl} {wanted} ha"
        asks_en = f"Function {ids[0]} asks {wanted} ha in {clash.year}{where_en}"
        return (
            f"{asks_nl}; daarvoor komen {sites} plekken ({hectares} ha) in aanmerking. {least_nl}",
            f"{asks_en}; {sites} sites ({hectares} ha) are eligible. {least_en}",
        )
    asks_nl = f"Functies {_listed(shown, 'en')} vragen in {clash.year}{where_nl} samen {wanted} ha"
    asks_en = f"Functions {_listed(ids, 'and')} ask {wanted} ha together in {clash.year}{where_en}"
    return (
        f"{asks_nl}, en dezelfde {shared} plekken ({shared_ha} ha). {least_nl}",
        f"{asks_en}, and the same {shared} sites ({shared_ha} ha). {least_en}",
    )


def _given_row(
    problem: ReservationProblem, name: str, given: Sequence[int], names: Mapping[str, str]
) -> dict[str, object]:
    ids = [problem.functions[at] for at in given]
    shown = _listed([_shown(one, names) for one in ids], "en")
    return {
        "clash_id": name,
        "item": 1,
        "kind": "given_away",
        "name": ";".join(ids),
        "label_nl": shown,
        "label_en": _listed(ids, "and"),
        "functions": ";".join(ids),
        "short_ha": 0.0,
        "more_rules": 0,
        "text_nl": f"{shown}: dit past wel, maar is binnen de speelruimte aan latere doelen gegeven.",
        "text_en": f"{_listed(ids, 'and')}: this fits, but was given to later aims within the tolerance.",
    }


def _land(problem: ReservationProblem, clash: Clash) -> dict[str, object]:
    """Count the sites on which the functions may stand by the year, and those that more than one may take."""
    year = problem.years.index(clash.year)
    own = np.isin(problem.function, clash.functions) & (problem.capacity[:, year] > 0)
    count = np.bincount(problem.site[own], minlength=len(problem.sites))
    hectares: NDArray[np.float64] = np.zeros(len(problem.sites))
    np.maximum.at(hectares, problem.site[own], problem.capacity[own, year])
    return {
        "sites": int((count > 0).sum()),
        "sites_ha": float(hectares.sum()),
        "shared_sites": int((count > 1).sum()),
        "shared_ha": float(hectares[count > 1].sum()),
    }


def _wanted(problem: ReservationProblem, functions: Sequence[str], clash: Clash) -> float:
    targets = problem.targets
    own = (targets["year"] == clash.year) & (targets["sub_area"].notna() == clash.inside)
    return float(targets.loc[own & targets["function"].isin(functions), "ha"].sum())


def _shown(function: str, names: Mapping[str, str]) -> str:
    return f"{names[function]} ({function})" if function in names else function


def _ha(value: object) -> str:
    """Write hectares for readers: whole from ten on, one decimal below."""
    number = float(str(value))
    whole = number >= 10  # noqa: PLR2004
    return f"{number:.0f}" if whole else f"{number:.1f}".replace(".", ",")


def _listed(words: Sequence[str], joint: str) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joint} {words[-1]}"
