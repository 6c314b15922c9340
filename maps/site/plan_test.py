"""What the pages of the plan test show: the form, and what a plan costs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import shapely

from maps import wording
from maps.site.tables import Cell, Head, Row, Table
from maps.site.words import NOT_ASSESSED, STATUS_WORDS, number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from maps.site.frame import Frame
    from maps.site.plan_picture import Picture
    from maps.site.shelf import Shelf

SOURCES: Final = {
    "parks_overlap": ("parks",),
    "heavy_lost": ("usable_zones", "usable_blocks"),
    "quay": ("quays",),
    "firms": ("businesses",),
    "firms_hindered": ("businesses",),
    "objects": ("sensitive_objects",),
    "hindered": ("plots", "parks"),
    "rights": ("plots", "parks"),
}
"""Figure to the layers that it comes from; the first one that the reader may see is linked."""
DECIMALS: Final = {"ha": 1}
UNIT_WORDS: Final = {"aantal": ("aantal", "number"), "ha": ("ha", "ha"), "m": ("m", "m")}
SMALLEST_HA: Final = 0.05
BY_WEIGHT: Final = ("not_met", "perhaps", "not_assessed", "met")
"""Outcomes of rules, what matters most first."""
EDITABLE: Final = 400
"""Points of a boundary up to which it is offered as text to change."""
COORDINATE: Final = ".2f"


@dataclass(frozen=True, slots=True)
class Choice:
    """A park that can be chosen as the plan."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Form:
    """What the form shows.

    Attributes
    ----------
    parks
        To choose from.
    uncounted
        Whether homes and firms are not counted for this reader before signing in.
    text, park, plot
        What was filled in before.
    """

    parks: tuple[Choice, ...]
    uncounted: bool = False
    text: str = ""
    park: str = ""
    plot: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: name, code and word of the outcome, and the reason."""

    name: str
    outcome: str
    word: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a plan costs, as it reads.

    Attributes
    ----------
    lead
        The most important thing in one sentence.
    figures, categories, parks
        Tables; None where there is nothing to show.
    rules
        In order.
    paragraph, translation
        Sentences in the language of the page, and in the other one.
    limits
        What was not looked at.
    read_as
        As what the coordinates were read; empty for a place out of the release.
    picture
        The plan over the parks.
    text
        The boundary to change; empty when it is too long for that.
    """

    lead: str
    figures: Table
    categories: Table | None
    parks: Table | None
    rules: tuple[Rule, ...]
    paragraph: tuple[str, ...]
    translation: tuple[str, ...]
    limits: tuple[str, ...]
    read_as: str
    picture: Picture
    text: str


def form_view(
    shelf: Shelf, *, uncounted: bool = False, text: str = "", park: str = "", plot: str = ""
) -> Form | None:
    """Make the form; None where the reader may not see parks and municipalities."""
    rows = shelf.rows("parks")
    if rows is None or not shelf.has("municipalities"):
        return None
    choices = [Choice(str(row["park_id"]), str(row["name"] or row["park_id"])) for row in rows]
    return Form(
        tuple(sorted(choices, key=lambda one: (one.name.casefold(), one.id))), uncounted, text, park, plot
    )


def place_of(shelf: Shelf, layer: str, identifier: str) -> shapely.Geometry | None:
    """Give the polygon of a park or plot that the reader may see, EPSG:28992; None when there is none."""
    if not shelf.has(layer):
        return None
    table = shelf.read(layer)
    key = shelf.layers[layer].identifier
    found = table[(table[key] == identifier).fillna(value=False).to_numpy(dtype=bool)]
    return None if found.empty else found["geometry"].iloc[0]


def as_text(polygon: shapely.Geometry) -> str:
    """Write a boundary as the form takes it: a point per line, or WKT when it has holes or parts."""
    if int(shapely.get_num_coordinates(polygon)) > EDITABLE:
        return ""
    parts = shapely.get_parts(polygon)
    if len(parts) > 1 or shapely.get_num_interior_rings(parts[0]):
        return str(shapely.to_wkt(polygon, rounding_precision=2))
    spots = shapely.get_coordinates(parts[0].exterior)[:-1]
    return "\n".join(f"{x:{COORDINATE}} {y:{COORDINATE}}" for x, y in spots)


def figures_table(rows: Sequence[Mapping[str, Any]], shelf: Shelf, frame: Frame) -> Table:
    """Make the table of figures."""
    t = frame.text
    heads = (
        Head(t("Wat", "What")), Head(t("Laagste", "Lowest"), numeric=True),
        Head(t("Hoogste", "Highest"), numeric=True), Head(t("Eenheid", "Unit")), Head("Status"),
        Head(t("Toelichting", "Explanation")), Head(t("Bron", "Source")),
    )  # fmt: skip
    english = frame.language == "en"
    made = []
    for row in rows:
        unit, name = str(row["unit"]), str(row["figure"])
        note = str(row["note_en" if english else "note_nl"])
        made.append(
            Row((
                Cell(str(row["label_en" if english else "label_nl"])),
                _amount(row["low"], unit, frame), _amount(row["high"], unit, frame),
                Cell(UNIT_WORDS.get(unit, (unit, unit))[english]),
                Cell(STATUS_WORDS[str(row["status"])][english]), Cell(note), _source(name, shelf, frame),
            ))
        )  # fmt: skip
    return Table(
        "cijfers", t("Wat dit plan kost, in cijfers", "What this plan costs, in figures"), heads, tuple(made)
    )


def _amount(value: Any, unit: str, frame: Frame) -> Cell:
    if wording.missing(value):
        return Cell(NOT_ASSESSED[frame.language == "en"], sort="", numeric=True, missing=True)
    return Cell(_number(float(value), unit, frame), sort=repr(float(value)), numeric=True)


def _number(value: float, unit: str, frame: Frame) -> str:
    if unit == "ha" and 0 < value < SMALLEST_HA:
        return frame.text("minder dan 0,1", "less than 0.1")
    return number(value, DECIMALS.get(unit, 0), frame.language)


def _source(figure: str, shelf: Shelf, frame: Frame) -> Cell:
    layer = next((name for name in SOURCES.get(figure, ()) if shelf.has(name)), None)
    if layer is None:
        return Cell("" if figure in SOURCES else frame.text("uw tekening", "your drawing"))
    described = shelf.layers[layer]
    text = described.label_en if frame.language == "en" else described.label_nl
    return Cell(text, href=frame.url(f"/lagen/{layer}"))


def categories_table(rows: Sequence[Mapping[str, Any]], overlap_ha: float, frame: Frame) -> Table | None:
    """Make the table of hectares by category; None when the plan takes no park land."""
    if overlap_ha < SMALLEST_HA:
        return None
    t = frame.text
    heads = (
        Head(t("Milieucategorie", "Environmental category")),
        Head(t("Toegestaan (ha)", "Permitted (ha)"), numeric=True),
        Head(t("Indicatief benutbaar, laag (ha)", "Indicative usable, low (ha)"), numeric=True),
        Head(t("Indicatief benutbaar, hoog (ha)", "Indicative usable, high (ha)"), numeric=True),
    )
    names = ("permitted_ha", "usable_low_ha", "usable_high_ha")
    made = [
        Row((Cell(str(row["category"])), *(_amount(row[name], "ha", frame) for name in names)))
        for row in rows
        if str(row["category"]) != "0" and any((row[name] or 0.0) >= SMALLEST_HA for name in names)
    ]
    none = next(row for row in rows if str(row["category"]) == "0")
    if any((none[name] or 0.0) >= SMALLEST_HA for name in names[1:]):
        # what is not permitted at all is another thing than what does not fit
        cells = (Cell("-"), *(_amount(none[name], "ha", frame) for name in names[1:]))
        made.append(Row((Cell(t("geen enkele past", "none fits")), *cells)))
    unknown = [none["permitted_ha"], *(_rest(rows, name, overlap_ha) for name in names[1:])]
    if any((value or 0.0) >= SMALLEST_HA for value in unknown):
        cells = tuple(_amount(value, "ha", frame) for value in unknown)
        made.append(Row((Cell(t("niet bekend", "not known")), *cells)))
    caption = t(
        "Bedrijventerrein in het plan, naar milieucategorie", "Business park in the plan, by category"
    )
    return Table("categorieen", caption, heads, tuple(made))


def _rest(rows: Sequence[Mapping[str, Any]], name: str, overlap_ha: float) -> float:
    return float(max(overlap_ha - sum(row[name] or 0.0 for row in rows), 0.0))


def parks_table(rows: Sequence[Mapping[str, Any]], shelf: Shelf, frame: Frame) -> Table | None:
    """Make the table of parks that are touched or lose room; None when there are none."""
    if not rows:
        return None
    t, linked = frame.text, shelf.has("park_evidence")
    heads = (
        Head(t("Bedrijventerrein", "Business park")),
        Head(t("Overlap met het plan (ha)", "Overlap with the plan (ha)"), numeric=True),
        Head(t("Verlies hoge categorie, laag (ha)", "Loss of high category, low (ha)"), numeric=True),
        Head(t("Verlies hoge categorie, hoog (ha)", "Loss of high category, high (ha)"), numeric=True),
    )
    made = [
        Row(
            (
                Cell(
                    str(row["name"] or row["park_id"]),
                    href=frame.url(f"/terreinen/{row['park_id']}") if linked else "",
                ),
                *(_amount(row[name], "ha", frame) for name in ("overlap_ha", "lost_low_ha", "lost_high_ha")),
            ),
            str(row["park_id"]),
        )
        for row in rows
    ]
    return Table("terreinen", t("Per bedrijventerrein", "By business park"), heads, tuple(made), "parks")


def rules_of(rows: Sequence[Mapping[str, Any]], frame: Frame) -> tuple[Rule, ...]:
    """Give the rules as they read."""
    side = "en" if frame.language == "en" else "nl"
    return tuple(
        Rule(
            str(row[f"name_{side}"]),
            str(row["outcome"]),
            str(row[f"outcome_{side}"]),
            str(row[f"reason_{side}"]),
        )
        for row in rows
    )


def lead_of(rows: Sequence[Mapping[str, Any]], rules: Sequence[Rule], frame: Frame) -> str:
    """Say the most important thing: how much room is lost, and what became of every rule."""
    t = frame.text
    lost = next(row for row in rows if row["figure"] == "heavy_lost")
    if wording.missing(lost["high"]):
        room = t("Het verlies aan ruimte is niet beoordeeld.", "The loss of room was not assessed.")
    elif not float(lost["high"]):
        room = t(
            "Dit plan kost geen ruimte voor hoge categorie.", "This plan costs no room for high categories."
        )
    else:
        low, high = (_number(float(lost[name]), "ha", frame) for name in ("low", "high"))
        band = low if low == high else f"{low} {t('tot', 'to')} {high}"
        room = t(
            f"Dit plan kost {band} hectare ruimte voor hoge categorie.",
            f"This plan costs {band} hectares of room for high categories.",
        )
    words = {rule.outcome: rule.word for rule in rules}
    counts = Counter(rule.outcome for rule in rules)
    told = ", ".join(f"{counts[outcome]} {words[outcome]}" for outcome in BY_WEIGHT if counts[outcome])
    return f"{room} {t(f'Van de {len(rules)} regels: {told}.', f'Of the {len(rules)} rules: {told}.')}"
