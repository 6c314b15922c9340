"""The hand-outs for alignment sessions: one printable section per municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.schema import Level
from maps import heading, pages, wording
from maps.plan_words import ha, municipalities
from maps.webmap import content_policy, template_text

if TYPE_CHECKING:
    from maps.reading import View

SUBJECT = "Hand-outs per gemeente"
SESSIONS = "Voor overleg tussen provincie en gemeenten. Een alternatief is geen besluit."
"""Says who the page is for; what it shows holds no plots, firms or homes."""
TOPICS = ("hosts", "served", "unserved", "burden", "question")
APART = 5.0
"""Minutes more or less than the middle municipality that are worth a word."""


def handouts_page(view: View) -> bytes:
    """Write a section per municipality about the functions that municipalities share.

    Parameters
    ----------
    view
        The release as the province sees it.

    Returns
    -------
    bytes
        One HTML file in UTF-8 without script or remote reference, with a page break before each municipality;
        without hand-outs it says that they were not calculated.

    Raises
    ------
    PermissionError
        For a reader below the province: hand-outs go to the municipalities by hand.
    """
    if not view.level.allows(Level.PROVINCE):
        raise PermissionError("the page with hand-outs is for the province")
    style = template_text("report.css") + template_text("space.css") + template_text("plan.css")
    texts = heading.heading(view, SUBJECT)
    texts["confidential"] = SESSIONS
    sources_line = texts.pop("sources")
    return pages.environment().get_template("handouts.html.j2").render(
        csp=content_policy([], [style]),
        style=style,
        **texts,
        sources_line=sources_line,
        handouts=handouts(view),
    ).encode()  # fmt: skip


def handouts(view: View) -> list[dict[str, Any]]:
    """Give what stands in each hand-out, municipalities by name."""
    sentences: dict[str, list[dict[str, Any]]] = {}
    for row in view.rows("shared_handouts"):
        sentences.setdefault(str(row["municipality_code"]), []).append(row)
    names = {
        **municipalities(view),
        **{code: str(rows[0]["municipality"] or code) for code, rows in sentences.items()},
    }
    where, burdens = _where(view), {str(row["municipality_code"]): row for row in view.rows("shared_burdens")}
    functions = {
        str(row["function_id"]): str(row["name_nl"] or row["function_id"])
        for row in view.rows("alignment_functions")
    }
    found = []
    for code in sorted(sentences, key=lambda code: (names[code], code)):
        rows = sorted(sentences[code], key=lambda row: int(row["order"] or 0))
        said = {topic: [str(row["text_nl"]) for row in rows if row["topic"] == topic] for topic in TOPICS}
        served = [row for row in rows if row["topic"] == "served"]
        found.append(
            {
                "code": code,
                "name": names[code],
                "facts": _facts(burdens.get(code)),
                **said,
                "trips": [_trip(row, functions, where) for row in served if row["minutes"] is not None],
                "unknown": [str(row["text_nl"]) for row in served if row["minutes"] is None],
            }
        )
    return found


def _where(view: View) -> dict[tuple[str, str], str]:
    """Give where each municipality goes for each function, nearest first."""
    found: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in view.rows("shared_assignments"):
        if row["served"] == "yes":
            text = f"{row['site_name'] or row['site_id']} ({row['host']})"
            far = float("inf") if row["minutes"] is None else float(row["minutes"])
            found.setdefault((str(row["municipality_code"]), str(row["function_id"])), []).append((far, text))
    return {key: wording.listed([text for _, text in sorted(places)]) for key, places in found.items()}


def _trip(
    row: dict[str, Any], functions: dict[str, str], where: dict[tuple[str, str], str]
) -> dict[str, str]:
    function = str(row["function_id"])
    middle = row["median_minutes"]
    more = None if middle is None else float(row["minutes"]) - float(middle)
    return {
        "function": functions.get(function, function),
        "where": where.get((str(row["municipality_code"]), function), wording.MISSING),
        "minutes": wording.number(row["minutes"]),
        "middle": wording.number(middle),
        "rank": wording.MISSING
        if row["rank"] is None
        else f"{wording.number(row['rank'])} van {wording.number(row['of'])}",
        "far": "" if more is None or abs(more) < APART else ("verder" if more > 0 else "dichterbij"),
    }


def _facts(row: dict[str, Any] | None) -> list[dict[str, str]]:
    """Give the figures at the top of a hand-out."""
    if row is None:
        return []
    return [
        {"title": "Inwoners", "value": wording.number(row["inhabitants"])},
        {"title": "Voorzieningen in deze gemeente",
         "value": f"{wording.number(row['hosted'])} ({_area(row['hosted_ha'])})"},
        {"title": "Waarvan zwaar (hoge milieucategorie)",
         "value": f"{wording.number(row['burdens'])} ({_area(row['burden_ha'])})"},
        {"title": "Zwaar, naar aandeel in de inwoners", "value": _area(row["fair_burden_ha"])},
    ]  # fmt: skip


def _area(value: Any) -> str:
    return wording.MISSING if wording.missing(value) else f"{ha(value)} ha"
