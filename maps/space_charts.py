"""The charts of demand, balance and released land, for the report and for the page on space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maps import charts, space_tables, wording
from maps import space_words as words

if TYPE_CHECKING:
    from markupsafe import Markup

    from maps.reading import View

CHART_ROWS = 12
"""How many functions one chart holds, so that it fits a printed page."""
SHOWN_HA = 0.05
"""A function whose band ends below this asks no land and is named below the chart instead."""


def demand(view: View) -> dict[str, Any]:
    """Draw demand per function and year for the province, and for all functions together.

    Returns
    -------
    dict
        ``total``: chart or None; ``parts``: charts of at most `CHART_ROWS` functions, the largest first and
        all on one scale; ``none``: names of the functions that ask nothing.
    """
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
    return {"total": both, "parts": drawn, "none": ", ".join(silent)}


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


def waterfalls(view: View, year: int | None) -> list[dict[str, Any]]:
    """Draw how demand and supply meet per class in one year, all on one scale; all classes together last."""
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
    return "" if row is None else words.fives(row["p10_ha"], row["p50_ha"], row["p90_ha"])


def released(view: View) -> dict[str, Any] | None:
    """Draw the usable land that linear activity releases, by year and class.

    Returns
    -------
    dict or None
        ``chart``, and ``none``: the years of the balance in which nothing usable is released; None when the
        release does not tell.
    """
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
    silent = [str(year) for year in space_tables.years_of(view.rows("balance_groups")) if year not in years]
    return {
        "chart": charts.grouped_bars("vrij", title, _said(groups, series), groups, series),
        "none": wording.listed(silent),
    }


def _class_of(category: Any) -> str:
    """Give the group of a category label, such as ``5.1+`` for ``6``."""
    label = str(category)
    if label in {"4.1", "4.2"}:
        return label
    return "5.1+" if label >= "5" else "light"
