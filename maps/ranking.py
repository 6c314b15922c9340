"""Parks in the order of one named measure; never an order by a mixture of measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from maps import wording
from maps.reading import CERTAIN

if TYPE_CHECKING:
    from maps.reading import View


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure by which parks can be put in order.

    Attributes
    ----------
    key
        Short name, used in anchors.
    title
        What readers pick.
    columns
        One column, or two for an interval.
    explanation
        What the measure says and what it does not.
    only
        A column and the values that a park must have in it to be in the list.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    explanation: str
    only: tuple[str, tuple[str, ...]] | None = None


MEASURES: tuple[Measure, ...] = (
    Measure(
        "heavy",
        "Ruimte voor hoge categorie (ha)",
        ("heavy_certain_ha", "heavy_possible_ha"),
        "Hectares waar een hoge categorie is toegestaan en volgens de richtafstanden past. "
        "Grond waar de geluidzone bepaalt, telt hier niet mee.",
    ),
    Measure(
        "heavy-water",
        "Ruimte voor hoge categorie aan water (ha)",
        ("heavy_certain_ha", "heavy_possible_ha"),
        "Dezelfde hectares, alleen van terreinen die zeker of mogelijk aan bruikbaar water liggen.",
        ("heavy_and_water", ("certain", "possible")),
    ),
    Measure(
        "permitted",
        "Hoge categorie toegestaan (ha)",
        ("permitted_hmc_certain_ha", "permitted_hmc_possible_ha"),
        "Hectares waar het plan of het register een hoge categorie toelaat, ook vlak bij woningen.",
    ),
    Measure(
        "usable",
        "Hoge categorie indicatief benutbaar (ha)",
        ("usable_hmc_certain_ha", "usable_hmc_possible_ha"),
        "Hectares waar de richtafstanden ruimte laten, ook als het plan de categorie niet toestaat.",
    ),
    Measure(
        "governed",
        "Hoge categorie toegestaan, geluid bepaald door zone (ha)",
        ("heavy_governed_ha",),
        "Hier bepaalt het geluidbudget van de zone wat past, niet de richtafstand.",
    ),
    Measure(
        "usable-quay",
        "Benutbare kade, bevestigd (m)",
        ("usable_quay_m",),
        "Meters kade waarvan is bevestigd dat zij te gebruiken is.",
    ),
    Measure("quay", "Kadelengte (m)", ("quay_m",), "Meters waar een kade ligt, bevestigd of niet."),
    Measure(
        "shore", "Oeverlengte (m)", ("shore_m",), "Meters terreingrens aan het water, met of zonder kade."
    ),
    Measure(
        "underuse",
        "Onderbenut (ha)",
        ("underuse_certain_ha", "underuse_possible_ha"),
        "Hectares zware grond waar een lichter bedrijf zit.",
    ),
    Measure(
        "issuable",
        "Uitgeefbaar volgens het register (ha)",
        ("issuable_ha",),
        "Wat het register als uitgeefbaar opgeeft, voor alle soorten bedrijven.",
    ),
)


def available(view: View) -> list[Measure]:
    """Give the measures that this release can be put in order by."""
    columns = view.columns("park_evidence")
    return [measure for measure in MEASURES if all(name in columns for name in measure.columns)]


def ends(columns: tuple[str, ...], row: dict[str, Any]) -> tuple[float, float] | None:
    """Give both ends of a measure of one park; None when an end was not assessed.

    A ``certain`` figure runs up by its ``possible`` partner; other pairs hold the ends themselves.
    """
    values = [row[name] for name in columns]
    if any(wording.missing(value) for value in values):
        return None
    low = float(values[0])
    if len(values) == 1:
        return low, low
    high = float(values[1])
    return (low, low + high) if columns[0].endswith(CERTAIN) else (low, high)


def ranked(view: View, measure: Measure) -> tuple[list[dict[str, Any]], int, int]:
    """Put the parks in order of a measure.

    Returns
    -------
    rows
        Parks with more than nothing, highest sure figure first, then highest possible one, then name and
        identifier; each with ``park_id``, ``title``, ``place``, ``text``, ``low`` and ``high``.
    nothing
        How many parks have none of it.
    unknown
        How many parks were not assessed for it.
    """
    columns = view.columns("park_evidence")
    rows: list[dict[str, Any]] = []
    nothing = unknown = 0
    for row in view.rows("park_evidence"):
        found = ends(measure.columns, row)
        if measure.only is not None and row.get(measure.only[0]) not in measure.only[1]:
            verdict = row.get(measure.only[0])
            unknown += int(wording.missing(verdict) or verdict == "not_assessed")
            nothing += int(not (wording.missing(verdict) or verdict == "not_assessed"))
        elif found is None:
            unknown += 1
        elif found[1] <= 0:
            nothing += 1
        else:
            unit = columns[measure.columns[0]].unit
            texts = [wording.quantity(end, unit, view.step) for end in found]
            rows.append(_entry(row, found, wording.interval(*texts)))
    rows.sort(key=lambda item: (-item["low"], -item["high"], item["title"], item["park_id"]))
    return rows, nothing, unknown


def listed(view: View, key: str, count: int) -> list[dict[str, Any]]:
    """Give the first parks in order of the measure with this key; none when the release lacks it."""
    for measure in available(view):
        if measure.key == key:
            return ranked(view, measure)[0][:count]
    return []


def _entry(row: dict[str, Any], found: tuple[float, float], text: str) -> dict[str, Any]:
    name, place = row.get("name"), row.get("municipality_name")
    return {
        "park_id": str(row["park_id"]),
        "title": str(row["park_id"]) if wording.missing(name) else str(name),
        "place": "" if wording.missing(place) else str(place),
        "text": text,
        "low": found[0],
        "high": found[1],
    }
