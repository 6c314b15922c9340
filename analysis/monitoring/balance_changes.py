"""Where two balances of land differ, which term moved by how much, and what can be said of the cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.monitoring.differences import Differences

BALANCE: Final = "balance_groups"
KEY: Final = ["scope", "area", "year", "group"]
GROUPS: Final = ("light", "4.1", "4.2", "5.1+", "total")
RULE, ANY_WATER, APART = "floor", "any", "province_apart"
SIGNS: Final = {
    "circular_ha": 1, "growth_ha": 1, "replacement_ha": 1, "supply_ha": -1, "intensification_ha": -1,
    "released_ha": -1,
}  # fmt: skip
"""Terms of demand less supply, and how each counts in it; see `layers.results_balance`."""
SPREAD: Final = ("p10_ha", "p50_ha", "p90_ha")
LEAST_HA: Final = 0.05
"""A term that moved less is not named: it would read 0.0."""


def balance_changes(
    old: Mapping[str, pd.DataFrame], new: Mapping[str, pd.DataFrame], differences: Differences
) -> dict[str, Any] | None:
    """Compare the shortages of two releases, per area, year and group of categories.

    Water of every kind is taken together, and land under the floor rule: each group its own land first.

    Parameters
    ----------
    old, new
        Tables of both releases; only ``balance_groups`` is read.
    differences
        What differs between the makings of the releases.

    Returns
    -------
    dict or None
        ``shortages`` (area, year, group; low, mid and high before and after, rounded as they are shown and
        None where one release has no such row; ``terms``, hectares by which each term of demand less supply
        moved it, mid values), ``cause`` and ``why_nl``; None unless both releases hold a balance.
    """
    if BALANCE not in old or BALANCE not in new:
        return None
    before, after = (_headline(tables[BALANCE]) for tables in (old, new))
    found = []
    for key in sorted(before.keys() | after.keys(), key=_place):
        was, now = before.get(key), after.get(key)
        if _shown(was) == _shown(now):
            continue
        found.append(
            dict(zip(KEY, key, strict=True))
            | {"before": _shown(was), "after": _shown(now), "terms": _moved(was, now)}
        )
    cause, why = differences.cause() if found else (None, None)
    return {"shortages": found, "cause": cause, "why_nl": why}


def _headline(balance: pd.DataFrame) -> dict[tuple[str, str, int, str], dict[str, Any]]:
    """Give the rows that the answers speak of."""
    chosen = balance[
        (balance["water"] == ANY_WATER)
        & (balance["rule"] == RULE)
        & (balance["scope"] != APART)
        & balance["group"].isin(GROUPS)
    ]
    plain = chosen.astype(object).where(chosen.notna(), None).to_dict("records")
    return {
        (str(row["scope"]), str(row["area"]), int(row["year"]), str(row["group"])): {
            str(name): value for name, value in row.items()
        }
        for row in plain
    }


def _place(key: tuple[str, str, int, str]) -> tuple[Any, ...]:
    """Order rows: the province first, then areas by name, years, and groups from light to heavy."""
    scope, area, year, group = key
    return scope != "province", scope, area, year, GROUPS.index(group)


def _shown(row: Mapping[str, Any] | None) -> list[Any] | None:
    return None if row is None else [row[f"shown_{name}"] for name in SPREAD]


def _moved(was: Mapping[str, Any] | None, now: Mapping[str, Any] | None) -> dict[str, float]:
    """Give by how much each term raised (or lowered, below zero) demand less supply."""
    if was is None or now is None:
        return {}
    steps = {name: sign * (now[name] - was[name]) for name, sign in SIGNS.items()}
    return {name: round(step, 3) for name, step in steps.items() if abs(step) >= LEAST_HA}
