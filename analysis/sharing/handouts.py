"""What each municipality brings to an alignment session: sentences made of numbers, with the question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from layers.dutch import hectares_nl, list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS: Final = (
    "municipality_code",
    "municipality",
    "order",
    "sentence_id",
    "topic",
    "function_id",
    "text_nl",
    "minutes",
    "median_minutes",
    "rank",
    "of",
)
FAIR_HA: Final = 0.5
"""Less than this above or below the fair share is called even."""


def handouts(
    tables: Mapping[str, Any],
    alignment: pd.DataFrame,
    chosen: pd.DataFrame,
    served: pd.DataFrame,
    burdens: pd.DataFrame,
) -> pd.DataFrame:
    """Write the hand-out of each municipality.

    Parameters
    ----------
    tables
        ``municipalities``.
    alignment, chosen, served, burdens
        Tables ``alignment_functions``, ``shared_functions``, ``shared_assignments`` and ``shared_burdens``.

    Returns
    -------
    DataFrame
        One row per sentence in the order of reading, with `COLUMNS`; every sentence has an id.
    """
    names = alignment.set_index("function_id")["name_nl"].astype(str)
    times = _times(served)
    rows: list[dict[str, Any]] = []
    areas = tables["municipalities"].sort_values("municipality_code")
    for code, name in zip(areas["municipality_code"], areas["name"], strict=True):
        mine = [
            *_hosts(str(code), str(name), chosen, served, names),
            *_served(str(code), served, times, names),
            *_burden(str(code), str(name), burdens),
            *_questions(str(code), str(name), chosen, served, times, burdens, names),
        ]
        for order, sentence in enumerate(mine, start=1):
            rows.append(
                {"municipality_code": str(code), "municipality": str(name), "order": order, **sentence}
            )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _times(served: pd.DataFrame) -> pd.DataFrame:
    """Give mean minutes per function and municipality with its rank, nearest first."""
    known = served[(served["served"] == "yes") & served["minutes"].notna()]
    weighted = (known["minutes"] * known["share"]).groupby([known["function_id"], known["municipality_code"]])
    share = known["share"].groupby([known["function_id"], known["municipality_code"]])
    table = (weighted.sum() / share.sum()).rename("minutes").reset_index()
    grouped = table.groupby("function_id")["minutes"]
    table["median"] = grouped.transform("median")
    table["rank"] = grouped.rank(method="min").astype(int)
    table["of"] = grouped.transform("size").astype(int)
    return table


def _hosts(
    code: str, name: str, chosen: pd.DataFrame, served: pd.DataFrame, names: pd.Series
) -> list[dict[str, Any]]:
    """Say what the municipality hosts, and for whom."""
    mine = chosen[chosen["host_code"] == code]
    if not len(mine):
        return [
            _sentence(f"hosts.{code}.none", "hosts", f"{name} heeft in dit alternatief geen voorziening.")
        ]
    found = []
    for facility in mine.to_dict("records"):
        users = served[
            (served["facility_id"] == facility["facility_id"]) & (served["municipality_code"] != code)
        ]
        others = [str(user) for user in users.sort_values("minutes")["municipality"]]
        who = f"ook voor {list_nl(others, most=6)}" if others else "alleen voor de eigen inwoners"
        unit = "inwoners" if facility["measure"] == "catchment" else "kiloton per jaar"
        state = (
            "staat er al" if facility["existing"] else f"vraagt {hectares_nl(float(facility['needed_ha']))}"
        )
        load = f"{number_nl(float(facility['load']))} {unit}"
        text = (
            f"{names[str(facility['function_id'])]} op {facility['site_name']}: voor {load}, {who}; {state}."
        )
        found.append(
            _sentence(f"hosts.{facility['facility_id']}", "hosts", text, str(facility["function_id"]))
        )
    return found


def _served(code: str, served: pd.DataFrame, times: pd.DataFrame, names: pd.Series) -> list[dict[str, Any]]:
    """Say where inhabitants go, how far, and how that compares."""
    found = []
    mine = served[served["municipality_code"] == code]
    measured = times[times["municipality_code"] == code].set_index("function_id")
    for function, rows in mine.groupby("function_id", sort=True):
        key = f"served.{code}.{function}"
        if (rows["served"] == "not_assessed").any():
            text = f"{names[function]}: niet beoordeeld, want er is geen reistijd of inwonertal bekend."
            found.append(_sentence(key, "served", text, str(function)))
            continue
        if function not in measured.index:
            text = f"{names[function]}: geen plek; de gekozen plekken zijn vol."
            found.append(_sentence(key, "unserved", text, str(function)))
            continue
        known = rows[rows["served"] == "yes"].sort_values("minutes")
        where = list_nl(
            [f"{site} ({host})" for site, host in zip(known["site_name"], known["host"], strict=True)]
        )
        time: dict[Any, Any] = pd.Series(measured.loc[function]).to_dict()
        text = (
            f"{names[function]}: {where}, {number_nl(float(time['minutes']))} minuten; de middelste gemeente "
            f"reist {number_nl(float(time['median']))} minuten, plaats {int(time['rank'])} van "
            f"{int(time['of'])} (1 is het dichtstbij)."
        )
        found.append(
            _sentence(
                key,
                "served",
                text,
                str(function),
                minutes=float(time["minutes"]),
                median_minutes=float(time["median"]),
                rank=int(time["rank"]),
                of=int(time["of"]),
            )
        )
    return found


def _burden(code: str, name: str, burdens: pd.DataFrame) -> list[dict[str, Any]]:
    """Set the burden beside the fair share."""
    row = burdens[burdens["municipality_code"] == code].iloc[0]
    if pd.isna(row["inhabitants"]):
        return [
            _sentence(
                f"burden.{code}",
                "burden",
                f"Het aandeel van {name} is niet beoordeeld: geen inwonertal bekend.",
            )
        ]
    above = float(row["above_fair_burden_ha"])
    word = "evenveel als" if abs(above) < FAIR_HA else "meer dan" if above > 0 else "minder dan"
    text = (
        f"Zware voorzieningen (hoge milieucategorie): {int(row['burdens'])}, samen "
        f"{hectares_nl(float(row['burden_ha']))}; naar inwoners zou dat "
        f"{hectares_nl(float(row['fair_burden_ha']))} zijn. {name} draagt {word} het aandeel naar inwoners."
    )
    return [_sentence(f"burden.{code}", "burden", text)]


def _questions(
    code: str,
    name: str,
    chosen: pd.DataFrame,
    served: pd.DataFrame,
    times: pd.DataFrame,
    burdens: pd.DataFrame,
    names: pd.Series,
) -> list[dict[str, Any]]:
    """Put the question to settle: what is new to host, what is far, what has no place."""
    found = []
    row = burdens[burdens["municipality_code"] == code].iloc[0]
    if int(row["burdens_over"]):
        text = (
            f"Er komen {int(row['burdens'])} zware voorzieningen in {name}; afgesproken is hoogstens "
            f"{int(row['burdens_allowed'])}. Welke kan elders, of mag {name} er meer dragen?"
        )
        found.append(_sentence(f"question.{code}.burdens", "question", text))
    new = chosen[(chosen["host_code"] == code) & ~chosen["existing"].astype(bool)]
    if len(new):
        listed = list_nl(
            [f"{names[f]} op {s}" for f, s in zip(new["function_id"], new["site_name"], strict=True)], 4
        )
        text = f"Wil {name} ruimte maken voor {listed}, en wat vraagt {name} daarvoor terug?"
        found.append(_sentence(f"question.{code}.hosts", "question", text))
    mine = times[times["municipality_code"] == code]
    if len(mine):
        ordered = mine.assign(extra=mine["minutes"] - mine["median"]).sort_values(
            ["extra", "function_id"], ascending=[False, True]
        )
        worst: dict[Any, Any] = ordered.iloc[0].to_dict()
        if float(worst["extra"]) > 0:
            text = (
                f"Inwoners van {name} reizen {number_nl(float(worst['minutes']))} minuten naar "
                f"{names[worst['function_id']]}, {number_nl(float(worst['extra']))} minuten meer dan in de "
                "middelste gemeente. Is dat aanvaardbaar?"
            )
            found.append(
                _sentence(
                    f"question.{code}.far.{worst['function_id']}", "question", text, str(worst["function_id"])
                )
            )
    without = served[(served["municipality_code"] == code) & (served["served"] == "no")]
    for function in sorted(without["function_id"].astype(str).unique()):
        text = f"Voor {names[function]} is er geen plek voor {name}. Wie kan een plek aanbieden?"
        found.append(_sentence(f"question.{code}.place.{function}", "question", text, function))
    if not found:
        text = f"Kan {name} instemmen met deze verdeling?"
        found.append(_sentence(f"question.{code}.agree", "question", text))
    return found


def _sentence(
    key: str, topic: str, text: str, function: str | None = None, **numbers: float
) -> dict[str, Any]:
    empty = dict.fromkeys(("minutes", "median_minutes", "rank", "of"), np.nan)
    return {
        "sentence_id": key,
        "topic": topic,
        "function_id": function,
        "text_nl": text,
        **empty,
        **numbers,
    }
