"""What changed against an earlier package: blocks, choices, locations and numbers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analysis.package.words import DIALECTS, OPTIONS, VERDICTS
from gis.errors import InputError, Problem
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from analysis.package.judge import Judgement
    from layers.municipal_facts import Facts

COLUMNS: Final = ("change", "subject", "item_id", "text_nl")
CHANGES_NL: Final = {"new": "nieuw", "gone": "vervallen", "changed": "gewijzigd"}
STATE_FORMAT: Final = 1


def state_of(
    municipality: str, judgement: Judgement, locations: gpd.GeoDataFrame, facts: Facts
) -> dict[str, Any]:
    """Give what a later package compares itself with: plain values, fit for a JSON file.

    Parameters
    ----------
    municipality
        Its code.
    judgement
        Verdicts and choices.
    locations
        Working areas.
    facts
        Of the municipality.
    """
    return {
        "format": STATE_FORMAT,
        "municipality": municipality,
        "blocks": {
            judged.block.id: {
                "title": judged.block.title,
                "verdict": judged.verdict,
                "chosen": judged.chosen,
                "option": judged.option,
                "dialect": judged.dialect,
                "parameters": {name: _plain(value) for name, value in judged.values.items()},
                "text": [
                    [article.title, *(clause.text for clause in article.clauses)]
                    for article in judged.articles(1)
                ],
            }
            for judged in judgement.blocks
            # a measure that works by surprise is not announced in a file that goes to everybody
            if judged.chosen or not judged.block.separate_decision
        },
        "locations": {
            f"{row['ground']}/{row['zone_id'] or row['park_id']}": {
                "id": row["location_id"],
                "name": row["name"],
                "area_ha": row["area_ha"],
            }
            for row in locations.drop(columns="geometry").to_dict("records")
        },
        "facts": dict(facts),
    }


def compare(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> pd.DataFrame:
    """Give what changed, in reading order.

    Parameters
    ----------
    before
        State of the earlier package; None when there is none.
    now
        State of this one.

    Returns
    -------
    DataFrame
        ``change`` (new, gone, changed), ``subject`` (block, location, fact), ``item_id`` and ``text_nl``;
        no rows without an earlier package.
    """
    rows: list[tuple[str, str, str, str]] = []
    if before is not None:
        _check(before, now)
        rows += _blocks(before["blocks"], now["blocks"])
        rows += _locations(before["locations"], now["locations"])
        rows += _facts(before["facts"], now["facts"])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _check(before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse what is no state of a package of the same municipality in the same form."""
    if before.get("format") != STATE_FORMAT or before.get("municipality") != now["municipality"]:
        message = "the earlier package is of another municipality, or of another version of this product"
        raise InputError(Problem(message, "Give an earlier package of this municipality, or none."))
    for part in ("blocks", "locations", "facts"):
        rows = before.get(part)
        if not isinstance(rows, dict):
            raise InputError(Problem(f"the earlier package has no {part}", "Give it as it was made."))
        known: Any = next(iter(now[part].values()), {})
        for row in rows.values():
            if isinstance(known, dict) and (not isinstance(row, dict) or set(known) - set(row)):
                message = f"the earlier package has {part} that cannot be read"
                raise InputError(Problem(message, "Give it as it was made."))


def _blocks(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = []
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if old is None or new is None:
            change = "new" if old is None else "gone"
            title = (new or old or {})["title"]
            rows.append((change, "block", key, f"Bouwsteen {key} ({title}) is {CHANGES_NL[change]}."))
            continue
        texts = _block_changes(old, new)
        if texts:
            rows.append(("changed", "block", key, f"{key} ({new['title']}): {'; '.join(texts)}."))
    return rows


def _block_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    texts = []
    if old["verdict"] != new["verdict"]:
        texts.append(f"het advies was {VERDICTS[old['verdict']]} en is {VERDICTS[new['verdict']]}")
    if old["chosen"] != new["chosen"]:
        texts.append("nu wel gekozen" if new["chosen"] else "nu niet gekozen")
    if not (old["chosen"] and new["chosen"]):
        return texts
    if old["option"] != new["option"]:
        texts.append(f"de keuze was {OPTIONS[old['option']]} en is {OPTIONS[new['option']]}")
    if old["dialect"] != new["dialect"]:
        texts.append(f"de vorm was {DIALECTS[old['dialect']]} en is {DIALECTS[new['dialect']]}")
    for name in sorted({*old["parameters"], *new["parameters"]}):
        was, is_now = old["parameters"].get(name), new["parameters"].get(name)
        if was != is_now:
            texts.append(f"{name} was {_said(was)} en is {_said(is_now)}")
    if not texts and old["text"] != new["text"]:
        texts.append("de tekst is aangepast")
    return texts


def _locations(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = []
    for key in sorted({*before, *now}):
        old, new = before.get(key), now.get(key)
        if old is None or new is None:
            change, place = "new" if old is None else "gone", new or old or {}
            text = f"Locatie {place['name']} ({_said(place['area_ha'])} ha) is {CHANGES_NL[change]}."
            rows.append((change, "location", place["id"], text))
        elif old["id"] != new["id"]:
            text = (
                f"De grens van {new['name']} is gewijzigd: {_said(old['area_ha'])} ha was het, "
                f"{_said(new['area_ha'])} ha is het nu."
            )
            rows.append(("changed", "location", new["id"], text))
    return rows


def _facts(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = []
    for key, kind in fact_kinds().items():
        if key == "smaller":
            continue
        was, is_now = kind.say(before.get(key)), kind.say(now.get(key))
        if was != is_now:
            rows.append(("changed", "fact", key, f"{kind.label_nl}: was {was}, is {is_now}."))
    return rows


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _said(value: object) -> str:
    return f"{value:g}".replace(".", ",") if isinstance(value, int | float) else str(value)
