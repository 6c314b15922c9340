"""What to show of the balance of a release: the answers and the shortage per kind of space and year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.space.readiness import BALANCE
from api.jobs.space import space_gaps
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from layers.release import Release

GROUPS = ("light", "4.1", "4.2", "5.1+", "total")
RULES = ("floor", "free_light_first")


def show_balance(release: Release) -> dict[str, Any]:
    """Give the balance of the whole province, land of all sub-areas pooled.

    Returns
    -------
    dict
        ``answers``: question and answer in Dutch, in their order; ``shortage``: per rule, group and year the
        P10, P50 and P90 in hectares (exact and rounded for showing) and the share of the calculations that
        come out short.

    Raises
    ------
    InputError
        When the release holds no balance.
    """
    if "balance_groups" not in release.names:
        gaps = [row["why_en"] for row in space_gaps(release) if row["item_id"] == BALANCE]
        repair = "Put assess = true under [parameters.space] in the project file and run the project again."
        why = f" ({' '.join(gaps).rstrip('.')})" if gaps else ""
        raise InputError(Problem(f"this release holds no balance{why}", repair, file=str(release.path)))
    table = release.table("balance_groups")
    chosen = table[
        (table["scope"] == "province")
        & (table["water"] == "any")
        & table["group"].isin(GROUPS)
        & table["rule"].isin(RULES)
    ]
    order = {name: position for position, name in enumerate((*RULES, *GROUPS))}
    keys = chosen[["rule", "group", "year"]].assign(
        rule=chosen["rule"].map(order), group=chosen["group"].map(order)
    )
    chosen = chosen.loc[keys.sort_values(["rule", "group", "year"]).index]
    columns = ["rule", "group", "year", "p10_ha", "p50_ha", "p90_ha", "share_short"]
    columns += [f"shown_{name}_ha" for name in ("p10", "p50", "p90")]
    return {
        "release": release.name,
        "answers": _rows(release.table("balance_answers")[["answer_id", "question_nl", "answer_nl"]]),
        "shortage": _rows(chosen[columns]),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    filled = table.astype(object).where(table.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in filled.to_dict("records")]
