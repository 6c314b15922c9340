"""The space report: how much land circular functions ask, what runs short, and what that rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from maps import charts, heading, space_firms, space_tables
from maps import space_words as words
from maps.unknowns import PAGE as UNKNOWNS_PAGE
from maps.webmap import content_policy, template_text

if TYPE_CHECKING:
    from markupsafe import Markup

    from maps.reading import View

PAGE = "space.html"
"""Where the page stands among the views; pages link to each other by these names."""

SUBJECT = "Ruimtevraag en ruimtebalans"
CHART_ROWS = 12
"""How many functions one chart holds, so that it fits a printed page."""
RESEARCHED = 3
SHOWN_HA = 0.05
"""A function whose band ends below this asks no land and is named below the chart instead."""


def space_report(view: View) -> bytes:
    """Write the report on land demand and the balance for readers of the view's level.

    Parameters
    ----------
    view
        The release as that reader sees it; a table that the release lacks shows as not assessed.

    Returns
    -------
    bytes
        One HTML file in UTF-8 without script or remote reference; the same release gives the same bytes.
    """
    style = template_text("report.css") + template_text("space.css")
    texts = heading.heading(view, SUBJECT)
    sources_line = texts.pop("sources")
    years = space_tables.years_of(view.rows("balance_groups") or view.rows("demand_bands"))
    year = space_tables.middle_year(years)
    page = environment().get_template("space.html.j2")
    return page.render(
        csp=content_policy([], [style]),
        style=style,
        **texts,
        sources_line=sources_line,
        unknowns=UNKNOWNS_PAGE,
        year=year,
        inputs=space_tables.input_shares(view),
        cards=space_tables.cards(view),
        answers=space_tables.answers(view),
        research=space_tables.research(view, RESEARCHED),
        balance=space_tables.balance(view),
        waterfalls=_waterfalls(view, year),
        sub_areas=space_tables.sub_areas(view),
        **_bands(view),
        methods=space_tables.methods(view, year),
        checks=space_tables.checks(view),
        functions=space_tables.functions(view),
        sectors=space_firms.sectors(view, year),
        moves=space_firms.moves(view),
        released=_released(view),
        capacity=space_tables.capacity(view),
    ).encode()


def environment() -> Environment:
    """Give the environment in which the pages are written: escaped, and strict about what is absent."""
    return Environment(
        loader=PackageLoader("maps", "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def _bands(view: View) -> dict[str, Any]:
    """Draw demand per function and year for the province, and for all functions together."""
    rows = [row for row in view.rows("demand_bands") if row["sub_area"] == space_tables.PROVINCE]
    years = space_tables.years_of(rows)
    names = space_tables.function_names(view)
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(str(row["function_id"]), {})[int(row["year"])] = row
    groups = {key: _band_group(names.get(key, key), by_year, years) for key, by_year in found.items()}
    total = groups.pop(space_tables.TOTAL, None)
    asking = [group for group in groups.values() if max(bar.high for bar in group.bars) >= SHOWN_HA]
    silent = [group.label for group in groups.values() if group not in asking]
    # the largest first, by the middle value of the last year
    asking.sort(key=lambda group: (-group.bars[-1].mid, group.label))
    highest = max((bar.high for group in asking for bar in group.bars), default=0.0)
    series = [str(year) for year in years]
    drawn = []
    for start in range(0, len(asking), CHART_ROWS):
        part = asking[start : start + CHART_ROWS]
        ends = f"{start + 1} tot en met {start + len(part)}"
        title = f"Extra ruimte per functie, nummers {ends} (ha netto)"
        drawn.append(charts.bands(f"vraag{start}", title, _said(part, series), part, series, highest=highest))
    both = None
    if total is not None:
        title = "Extra ruimte voor alle circulaire functies samen (ha netto)"
        both = charts.bands("vraag-totaal", title, _said([total], series), [total], series)
    return {"demand_total": both, "demand_charts": drawn, "demand_none": ", ".join(silent)}


def _band_group(name: str, by_year: dict[int, dict[str, Any]], years: list[int]) -> charts.Group:
    bars = [
        charts.Bar(float(row["p10_ha"]), float(row["p50_ha"]), float(row["p90_ha"]), years.index(year))
        for year, row in sorted(by_year.items())
    ]
    return charts.Group(name, tuple(bars))


def _said(groups: list[charts.Group], series: list[str]) -> str:
    """Say in words what a chart shows."""
    lines = []
    for group in groups:
        values = [f"{series[bar.series]}: {words.band(bar.low, bar.mid, bar.high)} ha" for bar in group.bars]
        lines.append(f"{group.label}: {'; '.join(values)}.")
    return " ".join(lines)


def _waterfalls(view: View, year: int | None) -> list[dict[str, Any]]:
    """Draw how demand and supply meet per class in one year, all on one scale."""
    rows = [
        row for row in view.rows("balance_terms")
        if row["scope"] == space_tables.PROVINCE and row["year"] == year and row["water"] == "any"
    ]  # fmt: skip
    short = {
        str(row["group"]): row for row in view.rows("balance_groups")
        if row["scope"] == space_tables.PROVINCE and row["year"] == year
        and row["water"] == "any" and row["rule"] == space_tables.FLOOR
    }  # fmt: skip
    steps = {group: _steps(rows, group) for group in words.GROUPS}
    classes = {group: own for group, own in steps.items() if own and group != space_tables.TOTAL}
    spans = [charts.reach(own) for own in classes.values()] or [(0.0, 1.0)]
    shared = (min(low for low, _ in spans), max(high for _, high in spans))
    drawn = []
    for position, (group, own) in enumerate(steps.items()):
        if not own:
            continue
        name = words.kind_of_space(group, None)
        drawn.append(
            {
                "name": name,
                "chart": _waterfall(position, name, year, own, shared if group in classes else None),
                "short": _after(short.get(group)),
            }
        )
    return drawn


def _waterfall(
    position: int, name: str, year: int | None, steps: list[charts.Step], span: tuple[float, float] | None
) -> Markup:
    said = "; ".join(
        f"{step.label} {'plus' if step.asked else 'min'} {charts.amount(step.value)} ha" for step in steps
    )
    left = sum(step.value if step.asked else -step.value for step in steps)
    return charts.waterfall(
        f"balans{position}", f"Ruimtebalans {year}: {name} (ha netto, middenwaarden)",
        f"{said}; samen {charts.amount(left)} ha.", steps, span=span,
    )  # fmt: skip


def _steps(rows: list[dict[str, Any]], group: str) -> list[charts.Step]:
    found = {str(row["term"]): row for row in rows if row["group"] == group}
    return [
        charts.Step(name, float(found[term]["mid_ha"]), found[term]["side"] == "asked")
        for term, name in words.TERMS.items()
        if term in found and found[term]["mid_ha"] is not None
    ]


def _after(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    return words.fives(row["p10_ha"], row["p50_ha"], row["p90_ha"])


def _released(view: View) -> Markup | None:
    """Draw the usable land that linear activity releases, by year and class."""
    rows = view.rows("released_by_class")
    if not rows:
        return None
    years = space_tables.years_of(rows)
    codes = [code for code in words.GROUPS if code != space_tables.TOTAL]
    groups = []
    for year in years:
        bars = []
        for position, code in enumerate(codes):
            own = [row for row in rows if int(row["year"]) == year and _class_of(row["category"]) == code]
            low, mid, high = (
                sum(float(row[f"usable_{bound}_ha"] or 0.0) for row in own)
                for bound in ("low", "mid", "high")
            )
            bars.append(charts.Bar(low, mid, high, position))
        groups.append(charts.Group(str(year), tuple(bars)))
    series = [words.kind_of_space(code, None) for code in codes]
    title = "Bruikbaar vrijgekomen ruimte per jaar en categorie (ha)"
    return charts.grouped_bars("vrij", title, _said(groups, series), groups, series)


def _class_of(category: Any) -> str:
    """Give the group of a category label, such as ``5.1+`` for ``6``."""
    label = str(category)
    if label in {"4.1", "4.2"}:
        return label
    return "5.1+" if label >= "5" else "light"
