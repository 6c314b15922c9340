"""The page on the reservation plan, for planners and a council that prepare the weighing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.schema import Level
from maps import heading, pages, plan_charts, plan_context, plan_picture, plan_tables
from maps.webmap import content_policy, template_text

if TYPE_CHECKING:
    from maps.reading import View

SUBJECT = "Reserveringsplan"
LEAST_HA = 0.05


def plan_page(view: View) -> bytes:
    """Write the page on the reservation plan.

    Parameters
    ----------
    view
        The release as the province sees it; a table that the release lacks shows as not assessed or not
        calculated.

    Returns
    -------
    bytes
        One HTML file in UTF-8 without script or remote reference; the same release gives the same bytes.

    Raises
    ------
    PermissionError
        For a reader below the province: sites are working material.
    """
    if not view.level.allows(Level.PROVINCE):
        raise PermissionError("the page on the reservation plan is for the province")
    style = template_text("report.css") + template_text("space.css") + template_text("plan.css")
    texts = heading.heading(view, SUBJECT)
    sources_line = texts.pop("sources")
    years = plan_tables.years(view)
    last = years[-1] if years else None
    per_function = plan_tables.per_function(view, last)
    short = [row for row in per_function if row["short"] >= LEAST_HA]
    return pages.environment().get_template("plan.html.j2").render(
        csp=content_policy([], [style]),
        style=style,
        **texts,
        sources_line=sources_line,
        year=last,
        has_plan=bool(plan_tables.sites(view)),
        cards=plan_tables.cards(view),
        areas=plan_tables.by_area(view),
        picture=plan_picture.picture(view),
        first=plan_tables.first(view),
        has_labels=bool(plan_tables.label_of(view)),
        per_year=plan_tables.per_year(view),
        short_chart=plan_charts.wanted_and_short("tekort", short, last or 0),
        fits=len(per_function) - len(short),
        asked=len(per_function),
        by_function=plan_tables.by_function(view),
        clashes=plan_tables.clashes(view),
        free=plan_tables.ways_out(view, "free"),
        health=plan_tables.ways_out(view, "health"),
        has_ways="plan_ways_out" in view.release.names,
        tradeoff=plan_charts.tradeoff(view, "ruil"),
        labels=plan_context.labels(view),
        robust=plan_context.robust(view),
        blocked=plan_context.blocked(view),
        touched=plan_context.touched(view),
        zones=plan_context.zones(view),
        sharing=plan_context.sharing(view),
        structure=plan_context.structure(view),
        pilots=plan_context.pilots(view),
        aims=plan_tables.aims(view),
        bases=plan_context.bases(view),
    ).encode()  # fmt: skip
