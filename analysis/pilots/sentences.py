"""The reasons of the pilots as plain Dutch sentences, made from numbers with their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.pilots.criteria import CRITERION_IDS
from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd


def pilot_reason(record: Mapping[str, Any], details: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Say why a park ranks where it does.

    Parameters
    ----------
    record
        The row of the park.
    details
        Its rows of measures, as `analysis.pilots.ranking.score` gives them.
    labels
        Measure id to its name, and criterion id to its name.
    """
    name = f"{record['name']} ({record['park_id']})"
    if record["eligible"] != "yes":
        return f"{name}: geen plaats in de rangorde, want {record['why_not_nl']}."
    criteria = [f"{labels[key].lower()} {_value(record[key])}" for key in CRITERION_IDS if key in labels]
    place, total = int(record["rank_total"]), number_nl(record["total"], 2)
    parts = [f"{name} staat op plaats {place} met {total} van 1: {list_nl(criteria)}.", _task(record)]
    best = details[details["contribution"] > 0].sort_values(
        ["contribution", "measure_id"], ascending=[False, True]
    )
    if len(best):
        most = [labels[str(measure)] for measure in best["measure_id"].head(3)]
        parts.append(f"Het meest telt: {list_nl(most)}.")
    share, draws = number_nl(record["top_share"] * 100), number_nl(record["draws"])
    top = int(record["top_n"])
    parts.append(f"In {share} % van {draws} trekkingen van de gewichten hoort het bij de eerste {top}.")
    if record["not_assessed"]:
        missing = list_nl(str(record["not_assessed"]).split("; "))
        part = number_nl(record["assessed_share"] * 100)
        parts.append(
            f"Niet beoordeeld: {missing}; de gewichten van de rest zijn opgehoogd ({part} % van het gewicht "
            "is beoordeeld)."
        )
    return " ".join(parts)


def _value(value: float) -> str:
    return "niet beoordeeld" if np.isnan(value) else number_nl(value, 2)


def _task(record: Mapping[str, Any]) -> str:
    """Say what there is to renew and what that wins."""
    items = []
    for key, text in (
        ("outdated_ha", "{} ha is verouderd"),
        ("underuse_certain_ha", "op {} ha zware grond zitten lichte bedrijven"),
    ):
        # a gap is told with what was not assessed, and no hectares need no words
        if record[key] > 0:
            items.append(text.format(number_nl(record[key], 1)))
    gains = [record[f"intensification_{bound}_ha"] for bound in ("low", "mid", "high")]
    if not np.isnan(gains[1]):
        low, mid, high = (number_nl(gain, 1) for gain in gains)
        year = int(record["intensification_year"])
        items.append(f"verdichten wint tot {year} ongeveer {mid} ha ({low} tot {high} ha)")
    share = record["transformation_share"]
    if share > 0:
        items.append(f"{number_nl(share * 100)} % van het terrein is aangewezen voor transformatie")
    text = list_nl(items)
    return f"{text[:1].upper()}{text[1:]}." if text else "Wat er te vernieuwen is, is niet bekend."


def lookalike_reason(record: Mapping[str, Any]) -> str:
    """Say how a park looks like a pilot."""
    pilot = f"{record['pilot_name']} ({record['pilot_id']})"
    far = f"afstand {number_nl(record['distance'], 2)} over {record['features_known']} kenmerken"
    text = f"{record['name']} ({record['park_id']}) lijkt op {pilot}: {far}."
    if record["features_alike"]:
        text += f" Gelijk: {list_nl(str(record['features_alike']).split('; '))}."
    if record["features_different"]:
        text += f" Anders: {list_nl(str(record['features_different']).split('; '))}."
    return text
