"""The answers that stand first: what runs short, by how much, what that means for firms, what to find out.

Every sentence is made of numbers in the tables; hectares are shown in steps of 5. A share of the calculations
is never called a probability.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import space_firms, space_tables, wording
from maps import space_words as words

if TYPE_CHECKING:
    from decimal import Decimal

    from maps.reading import View

KINDS = 3
"""How many kinds of space and how many questions stand first."""
SHORT = "short_"
SETTLED = "settled"


def answers(view: View) -> dict[str, Any] | None:
    """Give the answers of the balance, ready to read; None for a release without a balance."""
    rows = view.rows("balance_answers")
    if not rows and not view.rows("balance_groups"):
        return None
    short = [row for row in rows if str(row["answer_id"]).startswith(SHORT)]
    kinds = [row for row in short if not wording.missing(row["group"])]
    found = _groups(view)
    return {
        "kinds": [_card(row, found) for row in kinds[:KINDS]],
        # one sentence of the table itself when nothing runs short
        "none": [str(row["answer_nl"]) for row in short if wording.missing(row["group"])],
        "fewer": _fewer(len(kinds)),
        "totals": _totals(found),
        "floor": _floor_rule(rows, found),
        "firms": space_firms.sentences(
            view, [str(row["answer_nl"]) for row in rows if row["answer_id"] == SETTLED]
        ),
        "research": research(view),
    }


Found = dict[tuple[str, int, str, str, str], dict[str, Any]]


def _groups(view: View) -> Found:
    """Give the rows of the balance by area, year, group, water and rule."""
    return {
        (str(row["area"]), int(row["year"]), str(row["group"]), str(row["water"]), str(row["rule"])): row
        for row in view.rows("balance_groups")
    }


def _years(found: Found, area: str) -> list[int]:
    return sorted({key[1] for key in found if key[0] == area})


def _card(row: dict[str, Any], found: Found) -> dict[str, str]:
    group, water, year = str(row["group"]), str(row["water"]), int(row["year"])
    where = words.text(row["where"])
    note = f"tekort in {words.share(row['share_short'])} van de doorrekeningen"
    last = max(_years(found, space_tables.PROVINCE), default=year)
    later = found.get((space_tables.PROVINCE, last, group, water, space_tables.FLOOR))
    return {
        "title": words.kind_of_space(group, water),
        "value": f"{_five(row['p50_ha'])} ha tekort",
        "more": f"in {year}, band {_five(row['p10_ha'])} tot {_five(row['p90_ha'])} ha",
        "later": "" if later is None or last == year else f"In {last}: {_band(later)} ha.",
        "note": f"{note}; het meest in {where}" if where else note,
    }


def _five(value: Any) -> str:
    return wording.number(words.rounded(value))


def _band(row: dict[str, Any]) -> str:
    return words.fives(row["p10_ha"], row["p50_ha"], row["p90_ha"])


def _fewer(count: int) -> str:
    if count >= KINDS:
        return ""
    which = "Geen soort ruimte komt" if count == 0 else "Geen andere soort ruimte komt"
    return f"{which} in de middelste doorrekening 5 ha of meer tekort."


def _totals(found: Found) -> list[dict[str, str]]:
    """Give what the province lacks per year, with and without sub-areas making room for each other."""
    rows = []
    for year in _years(found, space_tables.PROVINCE):
        together, apart = (
            found.get((area, year, space_tables.TOTAL, "any", space_tables.FLOOR))
            for area in (space_tables.PROVINCE, space_tables.APART)
        )
        if together is not None:
            rows.append(
                {
                    "year": str(year),
                    "together": _band(together),
                    "apart": wording.MISSING if apart is None else _band(apart),
                }
            )
    return rows


def _floor_rule(rows: list[dict[str, Any]], found: Found) -> list[str]:
    """Say per year what keeping heavy land and quays free does to heavy and to light demand."""
    sentences = []
    for row in rows:
        if not str(row["answer_id"]).startswith("floor_"):
            continue
        year = int(row["year"])
        with_rule, without = (
            found.get((space_tables.PROVINCE, year, "light", "any", rule))
            for rule in (space_tables.FLOOR, "free_light_first")
        )
        light = ""
        if with_rule is not None and without is not None:
            light = (
                f" Lichte bedrijven komen met de regel {_five(with_rule['p50_ha'])} ha tekort en zonder de "
                f"regel {_five(without['p50_ha'])} ha."
            )
        sentences.append(_heavy(row, year) + light)
    return sentences


def _heavy(row: dict[str, Any], year: int) -> str:
    """Say how much more heavy space runs short without the rule, and say it plainly when that is nothing."""
    low, mid, high = (words.rounded(row[name]) for name in ("p10_ha", "p50_ha", "p90_ha"))
    if low is None or mid is None or high is None:
        return f"{year}: {wording.MISSING}."
    if low == mid == high == 0:
        return f"{year}: voor categorie 4.1 en zwaarder maakt de regel minder dan 5 ha verschil."
    if mid == 0:
        return (
            f"{year}: voor categorie 4.1 en zwaarder maakt de regel in de middelste doorrekening minder dan "
            f"5 ha verschil; in andere doorrekeningen is het tekort zonder de regel {_ends(low, high)}."
        )
    size = "groter" if mid > 0 else "kleiner"
    near, far = sorted((abs(low), abs(high)))
    ends = f"{wording.number(near)} tot {wording.number(far)} ha" if low * high >= 0 else _ends(low, high)
    return (
        f"{year}: zonder de regel is het tekort in categorie 4.1 en zwaarder ongeveer "
        f"{wording.number(abs(mid))} ha {size} ({ends})."
    )


def _ends(low: Decimal, high: Decimal) -> str:
    """Write how much smaller or larger something can be."""
    smaller = f"{wording.number(-low)} ha kleiner" if low < 0 else ""
    larger = f"{wording.number(high)} ha groter" if high > 0 else ""
    return f"{smaller} tot {larger}" if smaller and larger else f"tot {smaller or larger}"


def research(view: View) -> list[dict[str, str]]:
    """Give the first questions for research that have a range, with what an answer is worth."""
    rows = [row for row in view.rows("research_agenda") if row["kind"] == "range"]
    return [
        {"question": str(row["question_nl"]), "why": _worth(row)}
        for row in sorted(rows, key=lambda row: int(row["rank"]))[:KINDS]
    ]


def _worth(row: dict[str, Any]) -> str:
    parts = []
    if not wording.missing(row["total"]):
        parts.append(
            f"Dit verklaart ongeveer {words.share(row['total'])} van de spreiding in het tekort aan "
            f"{words.space_of(row['group'], row['water'])}."
        )
    if not wording.missing(row["worth_ha"]):
        parts.append(
            "Met een antwoord worden de banden per categorie samen naar verwachting ongeveer "
            f"{wording.hectares(row['worth_ha'])} smaller."
        )
    return " ".join(parts) or words.text(row["why_nl"])
