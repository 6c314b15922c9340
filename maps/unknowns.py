"""What we do not know: the research agenda, questions without a number, and what was not assessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.exports.words import UNITS
from maps import heading, pages, report_tables, space_tables, wording
from maps import space_words as words
from maps.space_answers import research
from maps.webmap import content_policy, template_text

if TYPE_CHECKING:
    from maps.reading import View

SUBJECT = "Wat wij niet weten"
KINDS = {
    "not_counted": "Grond die niet of onzeker telt",
    "not_assessed": "Wat niet is beoordeeld",
    "disagreement": "Waar ateliers en berekening verschillen",
    "to_verify": "Cijfers die nog moeten worden geverifieerd",
    "open": "Vragen zonder cijfer",
}
"""Kinds of questions without a range, in the order in which the page shows them."""

BAR_WIDTH = 120


def unknowns_page(view: View) -> bytes:
    """Write the page on what is not known, for readers of the view's level.

    Parameters
    ----------
    view
        The release as that reader sees it.

    Returns
    -------
    bytes
        One HTML file in UTF-8 without script or remote reference; the same release gives the same bytes.
    """
    style = template_text("report.css") + template_text("space.css")
    texts = heading.heading(view, SUBJECT)
    sources_line = texts.pop("sources")
    rows = sorted(view.rows("research_agenda"), key=lambda row: int(row["rank"]))
    ranged = [row for row in rows if row["kind"] == "range"]
    page = pages.environment().get_template("unknowns.html.j2")
    return page.render(
        csp=content_policy([], [style]),
        style=style,
        **texts,
        sources_line=sources_line,
        links={name: name for name in (pages.REPORT, pages.SPACE)},
        shares=[share for share in (space_tables.input_shares(view),) if share is not None],
        first=research(view),
        agenda=_agenda(ranged),
        spread=_spread(view, rows),
        other=_other(rows),
        not_assessed=report_tables.not_assessed(view),
    ).encode()


def _agenda(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    highest = max((_number(row["total"]) for row in rows), default=0.0)
    return [
        {
            "rank": wording.number(position),
            "question": str(row["question_nl"]),
            "what": words.text(row["what_nl"]),
            "range": _range(row),
            "status": wording.code(row["status"]),
            "key": words.text(row["status"]),
            "group": words.kind_of_space(row["group"], row["water"]),
            "explains": words.share(row["total"]),
            "bar": round(BAR_WIDTH * _number(row["total"]) / highest, 1) if highest else 0.0,
            "worth": wording.hectares(row["worth_ha"]),
            "source": words.text(row["source"]),
        }
        for position, row in enumerate(rows, start=1)
    ]


def _number(value: Any) -> float:
    return 0.0 if wording.missing(value) else float(value)


def _range(row: dict[str, Any]) -> str:
    """Write low, middle and high with their unit; a share in per cents, as people say it."""
    unit = words.text(row["unit"])
    values = [row[name] for name in ("low", "mid", "high")]
    if unit == "share":
        values = [None if wording.missing(value) else 100 * value for value in values]
    shown = " – ".join(_figure(value) for value in values)  # noqa: RUF001 - a dash between numbers
    return f"{shown} {'%' if unit == 'share' else UNITS.get(unit, unit)}".rstrip()


def _figure(value: Any) -> str:
    """Write a figure with as many decimals as its size deserves."""
    if wording.missing(value):
        return wording.MISSING
    size = abs(float(value))
    shown = wording.number(value, 0 if size >= 100 else 1 if size >= 10 else 3)  # noqa: PLR2004 - sizes
    return shown.rstrip("0").rstrip(",") if "," in shown else shown


def _spread(view: View, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Give per kind of space how wide the band is and which input explains most of it."""
    names = {str(row["item_id"]): words.text(row["what_nl"]) for row in rows if row["kind"] == "range"}
    found: dict[tuple[int, str, str], list[dict[str, Any]]] = {}
    for row in view.rows("sensitivity"):
        if not wording.missing(row["total"]):
            found.setdefault((int(row["year"]), str(row["group"]), str(row["water"])), []).append(row)
    result = []
    for (year, group, water), own in sorted(found.items()):
        known = [row for row in own if str(row["factor"]) in names]
        if not known:
            continue
        most = max(known, key=lambda row: (float(row["total"]), str(row["factor"])))
        result.append(
            {
                "kind": words.kind_of_space(group, water),
                "year": str(year),
                "band": wording.number(words.rounded(most["band_ha"])),
                "factor": names[str(most["factor"])],
                "explains": words.share(most["total"]),
            }
        )
    return result


def _other(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    groups = []
    for kind, title in KINDS.items():
        own = [row for row in rows if row["kind"] == kind]
        if own:
            groups.append(
                {
                    "id": kind.replace("_", "-"),
                    "title": title,
                    "rows": [
                        {
                            "question": str(row["question_nl"]),
                            "what": words.text(row["what_nl"]),
                            "why": words.text(row["why_nl"]),
                            "area": _area(row["area_ha"]),
                        }
                        for row in own
                    ],
                }
            )
    return groups


def _area(value: Any) -> str:
    return "onbekend" if wording.missing(value) else wording.hectares(value)
