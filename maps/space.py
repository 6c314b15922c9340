"""The space report: how much land circular functions ask, what runs short, and what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import heading, pages, space_charts, space_firms, space_housing, space_tables, surface_picture
from maps.space_answers import answers
from maps.webmap import content_policy, template_text

if TYPE_CHECKING:
    from maps.reading import View

SUBJECT = "Ruimtevraag en ruimtebalans"


def space_report(view: View) -> bytes:
    """Write the report on land demand and the balance for readers of the view's level.

    Parameters
    ----------
    view
        The release as that reader sees it; a table that the release lacks shows as not assessed. For the
        province it also holds housing plans that are not adopted and pictures of the surface.

    Returns
    -------
    bytes
        One HTML file in UTF-8 without script or remote reference; the same release gives the same bytes.
    """
    style = template_text("report.css") + template_text("space.css")
    texts = heading.heading(view, SUBJECT)
    sources_line = texts.pop("sources")
    page = pages.environment().get_template("space.html.j2")
    return page.render(
        csp=content_policy([], [style]),
        style=style,
        **texts,
        sources_line=sources_line,
        links={name: pages.public(view, name) for name in (pages.REPORT, pages.UNKNOWNS)},
        shares=[share for share in (space_tables.input_shares(view),) if share is not None],
        answers=answers(view),
        **drawings(view),
        balance=space_tables.balance(view),
        sub_areas=space_tables.sub_areas(view),
        housing=space_housing.housing(view),
        housing_note=space_housing.note(view),
        pictures=surface_picture.pictures(view),
        room=space_tables.room(view),
        methods=space_tables.methods(view, shown_year(view)),
        checks=space_tables.checks(view),
        functions=space_tables.functions(view),
        sectors=space_firms.sectors(view, shown_year(view)),
        moves=space_firms.moves(view),
        capacity=space_tables.capacity(view),
    ).encode()


def shown_year(view: View) -> int | None:
    """Give the year that charts and tables of one year show."""
    return space_tables.middle_year(
        space_tables.years_of(view.rows("balance_groups") or view.rows("demand_bands"))
    )


def drawings(view: View) -> dict[str, Any]:
    """Draw the charts that the report and the page on space share."""
    year = shown_year(view)
    return {
        "year": year,
        "demand": space_charts.demand(view),
        "waterfalls": space_charts.waterfalls(view, year),
        "released": space_charts.released(view),
    }
