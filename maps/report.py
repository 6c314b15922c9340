"""The report: headline answers first, then figures per area, rankings, data quality and what they rest on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from maps import heading, pages, ranking, report_tables, space, space_tables, wording
from maps.space_answers import answers
from maps.webmap import content_policy, template_text

if TYPE_CHECKING:
    from maps.reading import View

LISTED = 20
BAR_WIDTH = 150

CARDS = (
    (
        "permitted_hmc_certain_ha",
        "permitted_hmc_possible_ha",
        "Hoge categorie toegestaan",
        "volgens plan of register",
    ),
    (
        "usable_hmc_certain_ha",
        "usable_hmc_possible_ha",
        "Hoge categorie indicatief benutbaar",
        "volgens richtafstanden, toegestaan of niet",
    ),
    (
        "heavy_certain_ha",
        "heavy_possible_ha",
        "Toegestaan én indicatief benutbaar",
        "vrij of al in gebruik",
    ),
    (
        "heavy_water_certain_ha",
        "heavy_water_possible_ha",
        "Aan bruikbaar water",
        "mogelijk: ook grond waar de geluidzone bepaalt",
    ),
)


def report(view: View) -> bytes:
    """Write the report of a release for readers of the view's level.

    Parameters
    ----------
    view
        The release as that reader sees it.

    Returns
    -------
    bytes
        One HTML file in UTF-8 without script; the same release gives the same bytes.
    """
    rankings = _rankings(view)
    style = (
        template_text("report.css")
        + template_text("space.css")
        + _choice_rules([entry["key"] for entry in rankings])
    )
    project = view.release.project
    texts = heading.heading(view, "Ruimte voor circulaire bedrijven")
    sources_line = texts.pop("sources")
    page = pages.environment().get_template("report.html.j2")
    return page.render(
        csp=content_policy([], [style]),
        style=style,
        **texts,
        sources_line=sources_line,
        description="Terreinen met een hoge milieucategorie en aan water: cijfers, kwaliteit en aannamen.",
        threshold=project.get("parameters", {}).get("hmc_threshold", ""),
        cards=_cards(view),
        counts=_counts(view),
        governed=_governed(view),
        shares=_shares(view),
        areas=report_tables.area_tables(view),
        rankings=rankings,
        housing=_housing(view),
        links={name: name for name in (pages.SPACE, pages.UNKNOWNS)},
        answers=answers(view),
        **space.drawings(view),
        ateliers=_ateliers(view),
        quality=report_tables.quality(view),
        not_assessed=report_tables.not_assessed(view),
        assumptions=report_tables.assumptions(view),
        sources=report_tables.sources(view),
        step=wording.metres(view.step, view.step),
    ).encode()


def _shares(view: View) -> list[dict[str, Any]]:
    """Tell which share of the inputs is assumed, of the balance and of the figures on parks."""
    found = (space_tables.input_shares(view), report_tables.assumed_share(view))
    return [share for share in found if share is not None]


def _total(view: View) -> dict[str, Any]:
    return next((row for row in view.rows("summary") if row["scope"] == "total"), {})


def _cards(view: View) -> list[dict[str, str]]:
    total = _total(view)
    cards = []
    for low, high, title, note in CARDS:
        certain = total.get(low) if low in total else view.total("park_evidence", low)
        possible = total.get(high) if high in total else view.total("park_evidence", high)
        if wording.missing(certain) or certain is None:
            cards.append({"title": title, "value": wording.MISSING, "more": "", "note": note})
            continue
        extra = 0.0 if possible is None or wording.missing(possible) else float(possible)
        more = (
            f"zeker, mogelijk tot {wording.hectares(certain + extra)}".replace(" ha", "\u00a0ha")
            if extra > 0
            else "zeker"
        )
        cards.append({"title": title, "value": wording.hectares(certain), "more": more, "note": note})
    return cards


def _counts(view: View) -> dict[str, str]:
    total = _total(view)
    parks = view.rows("park_evidence")
    found = Counter(str(row.get("heavy")) for row in parks)
    unknown = total.get("parks_not_assessed")
    return {
        "parks": _parks(len(parks)),
        "area": wording.hectares(total.get("area_ha", view.total("park_evidence", "area_ha"))),
        "assessed": "" if found["not_assessed"] == len(parks) else "yes",
        "without": _parks(found["not_assessed"]) if found["not_assessed"] else "",
        "certain": wording.number(found["certain"]),
        "possible": wording.number(found["possible"]),
        "governed": wording.number(found["governed_by_zone"]) if found["governed_by_zone"] else "",
        "unknown": "" if wording.missing(unknown) or unknown is None else _parks(int(unknown)),
    }


def _parks(count: int) -> str:
    return wording.counted(count, "terrein", "terreinen")


def _governed(view: View) -> str:
    value = _total(view).get("heavy_governed_ha", view.total("park_evidence", "heavy_governed_ha"))
    return "" if value is None or wording.missing(value) or value <= 0 else wording.hectares(value)


def _rankings(view: View) -> list[dict[str, Any]]:
    result = []
    for measure in ranking.available(view):
        rows, nothing, unknown = ranking.ranked(view, measure)
        longest = max((row["high"] for row in rows), default=0.0)
        shown = [{**row, "bar": _bar(row["low"], row["high"], longest)} for row in rows[:LISTED]]
        result.append(
            {
                "key": measure.key,
                "title": measure.title,
                "explanation": measure.explanation,
                "interval": len(measure.columns) > 1,
                "rows": shown,
                "rest": _parks(len(rows) - len(shown)) if len(rows) > len(shown) else "",
                "nothing": _parks(nothing),
                "unknown": _parks(unknown),
            }
        )
    return result


def _bar(low: float, high: float, longest: float) -> str:
    sure = round(BAR_WIDTH * low / longest, 1) if longest else 0.0
    wide = round(BAR_WIDTH * high / longest, 1) if longest else 0.0
    return (
        f'<svg class="bar" width="{BAR_WIDTH}" height="12" aria-hidden="true" focusable="false">'
        f'<rect class="wide" x="0.5" y="1.5" width="{wide}" height="9"/>'
        f'<rect class="sure" x="0.5" y="1.5" width="{sure}" height="9"/></svg>'
    )


def _choice_rules(keys: list[str]) -> str:
    """Write the rules that show the ranking whose button is chosen; without style sheets all show."""
    shown = ", ".join(f"#kies-{key}:checked ~ .lijsten #lijst-{key}" for key in keys)
    marked = ", ".join(f'#kies-{key}:checked ~ .knoppen label[for="kies-{key}"]' for key in keys)
    focused = ", ".join(f'#kies-{key}:focus-visible ~ .knoppen label[for="kies-{key}"]' for key in keys)
    return (
        ".lijst { display: none; }\n"
        f"{shown} {{ display: block; }}\n"
        f"{marked} {{ background: #5d2d86; color: #fff; }}\n"
        f"{focused} {{ outline: 3px solid #e08a00; outline-offset: 2px; }}\n"
    )


def _housing(view: View) -> dict[str, str] | None:
    phases = {str(key[0]): count for key, count in view.counts("housing_effects", ["phase"])}
    total = _total(view)
    low, high = total.get("housing_hard_lost_low_ha"), total.get("housing_hard_lost_high_ha")
    if low is None or high is None or wording.missing(low) or wording.missing(high):
        return None
    touched = sum(1 for row in view.rows("park_evidence") if (row.get("housing_hard_lost_high_ha") or 0) > 0)
    return {
        "plans": wording.number(phases.get("hard", 0)),
        "lost": wording.interval(wording.hectares(low), wording.hectares(high)),
        "parks": _parks(touched),
    }


def _ateliers(view: View) -> dict[str, str] | None:
    found = {str(key[0]): count for key, count in view.counts("disagreements", ["differs"])}
    if not found:
        return None
    return {answer: wording.number(found.get(answer, 0)) for answer in ("yes", "no", "not_assessed")}
