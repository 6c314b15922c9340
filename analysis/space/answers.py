"""Plain answers out of the balance: which kinds of space run short first, where, when and how sure.

Every sentence is made of numbers in the tables; hectares are rounded to 5 ha. A share of the calculations is
never called a probability: the ranges behind it are for the greater part assumptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.space.balance import APART, CATEGORY_GROUPS, GROUPS, KINDS, TERMS, TOGETHER, WATERFALLS
from analysis.space.balance_tables import STEP_HA, shown
from analysis.space.montecarlo import SHORT_HA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.space.montecarlo import Simulation
    from analysis.space.quantities import Quantities

GROUP_NL = {
    "light": "lichte ruimte (tot en met categorie 3.2)",
    "4.1": "ruimte van categorie 4.1",
    "4.2": "ruimte van categorie 4.2",
    "5.1+": "ruimte van categorie 5.1 en zwaarder",
    "total": "ruimte",
}
WATER_NL = {"dry": "zonder water", "near": "dicht bij water", "at_water": "aan het water"}
RULE = "floor"
COLUMNS = (
    "answer_id",
    "place",
    "question_nl",
    "answer_nl",
    "group",
    "water",
    "year",
    "p10_ha",
    "p50_ha",
    "p90_ha",
    "share_short",
    "where",
)


def kind_nl(group: str, water: str) -> str:
    """Name a kind of space in Dutch."""
    return f"{GROUP_NL[group]} {WATER_NL[water]}" if water in WATER_NL else GROUP_NL[group]


def hectares_nl(value: float) -> str:
    """Write hectares as shown to readers, in steps of 5."""
    return f"{float(shown(np.array(value))):g} ha"


def band_nl(low: float, high: float) -> str:
    """Write a band of hectares."""
    return f"{float(shown(np.array(low))):g} tot {hectares_nl(high)}"


def share_nl(share: float) -> str:
    """Write a share of the calculations as whole percents, without claiming certainty."""
    if 0.0 < share < 0.01:  # noqa: PLR2004 - below one percent
        return "minder dan 1 %"
    if 0.99 < share < 1.0:  # noqa: PLR2004 - above 99 percent
        return "meer dan 99 %"
    return f"{share * 100:.0f} %"


def assumed_share(quantities: Quantities) -> dict[str, float]:
    """Give the share of the inputs per status, and how many there are (``count``)."""
    status = np.array(quantities.status)
    count = max(len(status), 1)
    shares = {name: float((status == name).sum() / count) for name in ("sourced", "assumption", "to_verify")}
    return {**shares, "count": float(len(status))}


def head_nl(quantities: Quantities) -> str:
    """Write the sentence that stands at the head of each page: how much of this rests on assumptions."""
    shares = assumed_share(quantities)
    return (
        f"Van de {shares['count']:.0f} invoerwaarden is {share_nl(shares['assumption'])} een aanname en "
        f"{share_nl(shares['to_verify'])} nog te verifiëren; {share_nl(shares['sourced'])} heeft een bron. "
        "Lees de uitkomsten daarom als orde van grootte. Een aandeel van de doorrekeningen is geen kans."
    )


def answers(simulation: Simulation) -> pd.DataFrame:
    """Make the table of answers.

    Returns
    -------
    DataFrame
        The kinds that run short, the first first; then totals, the floor rule and the status of the inputs.
    """
    rows = [
        *_kinds(simulation),
        *_totals(simulation),
        *_floor_rule(simulation),
        _settled(simulation),
        _status(simulation),
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.assign(place=np.arange(1, len(table) + 1))


def _spread(drawn: NDArray[np.float64]) -> dict[str, float]:
    low, middle, high = np.percentile(drawn, (10.0, 50.0, 90.0))
    return {
        "p10_ha": float(low),
        "p50_ha": float(middle),
        "p90_ha": float(high),
        "share_short": float((drawn > SHORT_HA).mean()),
    }


def _kinds(simulation: Simulation) -> list[dict[str, Any]]:
    """Say of every kind when it runs short, sorted by what comes first."""
    models = simulation.models
    place = models.areas.index(TOGETHER)
    drawn = simulation.groups[RULE]
    found = []
    for kind in KINDS:
        column = GROUPS.index(kind)
        per_year = [_spread(drawn[:, place, year, column]) for year in range(len(models.years))]
        short = [year for year, spread in enumerate(per_year) if spread["p50_ha"] >= STEP_HA / 2]
        if not short:
            continue
        first, last = short[0], len(models.years) - 1
        where = _where(simulation, drawn[:, :, first, column])
        spread = per_year[first]
        text = (
            f"{_capital(kind_nl(*kind))}: in {models.years[first]} is het tekort ongeveer "
            f"{hectares_nl(spread['p50_ha'])} ({band_nl(spread['p10_ha'], spread['p90_ha'])}); in "
            f"{share_nl(spread['share_short'])} van de doorrekeningen is er een tekort."
        )
        if last != first:
            text += f" In {models.years[last]} is het ongeveer {hectares_nl(per_year[last]['p50_ha'])}."
        if where:
            text += f" Het meest in {where}."
        found.append(
            {
                "answer_id": f"short_{kind[0]}_{kind[1]}",
                "question_nl": "Welke ruimte raakt het eerst op?",
                "answer_nl": text,
                "group": kind[0],
                "water": kind[1],
                "year": models.years[first],
                "where": where,
                **spread,
            }
        )
    found.sort(key=_first)
    if not found:
        text = "In de middelste doorrekening komt geen soort ruimte 5 ha of meer tekort."
        return [
            {
                "answer_id": "short_none",
                "question_nl": "Welke ruimte raakt het eerst op?",
                "answer_nl": text,
                "where": "",
            }
        ]
    return found


def _first(row: dict[str, Any]) -> tuple[float, float, float]:
    """Sort by the first year, then by how sure, then by how much."""
    return float(row["year"]), -float(row["share_short"]), -float(row["p50_ha"])


def _where(simulation: Simulation, drawn: NDArray[np.float64]) -> str:
    """Name the sub-areas, at most two, with the largest shortage on their own."""
    names = simulation.models.sub_areas
    middle = np.median(drawn[:, : len(names)], axis=0)
    largest = [names[place] for place in np.argsort(-middle, kind="stable") if middle[place] >= STEP_HA / 2]
    return " en ".join(largest[:2])


def _totals(simulation: Simulation) -> list[dict[str, Any]]:
    models = simulation.models
    together, apart = models.areas.index(TOGETHER), models.areas.index(APART)
    column = GROUPS.index(("total", "any"))
    rows = []
    for year, label in enumerate(models.years):
        spread = _spread(simulation.groups[RULE][:, together, year, column])
        alone = _spread(simulation.groups[RULE][:, apart, year, column])
        text = (
            f"In {label} komt de provincie ongeveer {hectares_nl(spread['p50_ha'])} tekort "
            f"({band_nl(spread['p10_ha'], spread['p90_ha'])}) als deelgebieden voor elkaar ruimte maken, en "
            f"ongeveer {hectares_nl(alone['p50_ha'])} als ieder deelgebied het zelf moet oplossen."
        )
        rows.append(
            {
                "answer_id": f"total_{label}",
                "question_nl": "Hoeveel ruimte komt de provincie tekort?",
                "answer_nl": text,
                "group": "total",
                "water": "any",
                "year": label,
                "where": "",
                **spread,
            }
        )
    return rows


def _floor_rule(simulation: Simulation) -> list[dict[str, Any]]:
    """Say what happens to heavy land when light firms may settle on it first."""
    models = simulation.models
    place = models.areas.index(TOGETHER)
    heavy = [GROUPS.index((group, "any")) for group in CATEGORY_GROUPS[1:]]
    light = GROUPS.index(("light", "any"))
    rows = []
    for year, label in enumerate(models.years):
        kept = simulation.groups["floor"][:, place, year]
        free = simulation.groups["free_light_first"][:, place, year]
        more = _spread(_summed(free, heavy) - _summed(kept, heavy))
        less = _spread(kept[:, light] - free[:, light])
        text = _heavy_nl(label, more) + _light_nl(less["p50_ha"])
        rows.append(
            {
                "answer_id": f"floor_{label}",
                "question_nl": "Wat doet een ondergrens die zwaar terrein en kaden vrijhoudt?",
                "answer_nl": text,
                "group": "4.1+",
                "water": "any",
                "year": label,
                "where": "",
                **more,
            }
        )
    return rows


def _heavy_nl(year: int, more: Mapping[str, float]) -> str:
    """Say what light firms that come first do to the shortage of heavy land."""
    start = (
        f"Zonder ondergrens, als lichte bedrijven eerst komen, is het tekort vanaf categorie 4.1 in {year} "
    )
    band = f"({_signed(more['p10_ha'])} tot {_signed(more['p90_ha'])})"
    if _shown(more["p50_ha"]):
        return f"{start}ongeveer {_signed(more['p50_ha'])} anders {band}."
    if _shown(more["p10_ha"]) or _shown(more["p90_ha"]):
        return f"{start}meestal even groot {band}."
    return f"{start}even groot."


def _light_nl(moved: float) -> str:
    if not _shown(moved):
        return " Met een ondergrens hoeven lichte bedrijven bijna geen plek elders te zoeken."
    return f" Met een ondergrens zoeken lichte bedrijven ongeveer {hectares_nl(moved)} elders."


def _summed(drawn: NDArray[np.float64], columns: Sequence[int]) -> NDArray[np.float64]:
    total = np.zeros(len(drawn))
    for column in columns:
        total += drawn[:, column]
    return total


def _shown(value: float) -> float:
    return float(shown(np.array(value)))


def _signed(value: float) -> str:
    rounded = _shown(value)
    return f"{'+' if rounded > 0 else ''}{rounded:g} ha"


def _settled(simulation: Simulation) -> dict[str, Any]:
    """Say what firms that have to leave land to be transformed ask elsewhere."""
    models = simulation.models
    place, column = models.areas.index(TOGETHER), WATERFALLS.index(("total", "any"))
    drawn = simulation.terms[:, place, -1, column, TERMS.index("replacement")]
    spread = _spread(drawn)
    text = (
        f"Bedrijven op terreinen die worden getransformeerd vragen tot {models.years[-1]} ongeveer "
        f"{hectares_nl(spread['p50_ha'])} elders in de provincie "
        f"({band_nl(spread['p10_ha'], spread['p90_ha'])})."
    )
    return {
        "answer_id": "settled",
        "question_nl": "Wat betekent dit voor bedrijven die er nu zitten?",
        "answer_nl": text,
        "group": "total",
        "water": "any",
        "year": models.years[-1],
        "where": "",
        **{name: spread[name] for name in ("p10_ha", "p50_ha", "p90_ha")},
    }


def _status(simulation: Simulation) -> dict[str, Any]:
    return {
        "answer_id": "status",
        "question_nl": "Hoe zeker zijn deze cijfers?",
        "answer_nl": head_nl(simulation.models.quantities),
        "where": "",
    }


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
