"""Which uncertain inputs each method of each function takes, and how each of them moves the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.space.flows import flow_name, key_name
from analysis.space.function_figures import FIGURES, figure_name
from analysis.space.scenarios import scenario_name

if TYPE_CHECKING:
    from analysis.space.flows import Flows
    from analysis.space.functions import Catalogue, FigureKey
    from analysis.space.quantities import Quantities
    from analysis.space.scenarios import Scenario

OPTIONAL = {"jobs": ("plot_per_floor", "job_share")}
"""Figures that a method takes when the function has them."""
HANDLING = "logistics"
"""Strategy of functions that handle tonnes which other functions process: they take no share from them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a method of a function takes.

    Attributes
    ----------
    figures
        Figures of functions.
    flows
        Material flows.
    series
        Figures of the scenario with their subject.
    """

    figures: frozenset[FigureKey]
    flows: frozenset[str]
    series: frozenset[tuple[str, str]]

    def __or__(self, other: Wanted) -> Wanted:
        """Put two together."""
        return Wanted(self.figures | other.figures, self.flows | other.flows, self.series | other.series)

    def quantities(self, catalogue: Catalogue, flows: Flows, scenario: Scenario) -> Quantities:
        """Give the uncertain inputs themselves."""
        return catalogue.quantities(self.figures).concat(
            flows.quantities(self.flows), scenario.quantities(self.series)
        )


NOTHING = Wanted(frozenset(), frozenset(), frozenset())


def takers(catalogue: Catalogue, flow: str) -> list[str]:
    """Give the functions that process a flow, so that their shares of it may not exceed one together."""
    return [
        name
        for name, function in catalogue.functions.items()
        if function.selected
        and function.strategy != HANDLING
        and (name, "flow_share", flow) in catalogue.figures
    ]


def wanted(catalogue: Catalogue, function: str, method: str) -> Wanted:
    """Tell what a method of a function takes."""
    row = catalogue.functions[function]
    if method == "share":
        return Wanted(_present(catalogue, function, "shifting_share", "net_gross"), frozenset(), frozenset())
    figures = _present(catalogue, function, "net_gross", "present_share", "in_place_share")
    if len(catalogue.variants_of(function)) > 1:
        figures |= _present(catalogue, function, "variant_share")
    series = {("population", ""), ("growth", row.strategy)}
    if (function, "in_place_share", "") in catalogue.figures:
        series.add(("in_place_progress", ""))
    flows: frozenset[str] = frozenset()
    if method == "flow":
        flows = frozenset(catalogue.subjects(function, "flow_share"))
        figures |= _present(catalogue, function, "m2_per_t", "flow_share")
        if row.strategy != HANDLING:
            figures |= {(taker, "flow_share", flow) for flow in flows for taker in takers(catalogue, flow)}
        series.add(("processed", row.scale))
    elif method == "facilities":
        figures |= _present(catalogue, function, "catchment", "plot_ha")
    else:
        figures |= _present(catalogue, function, "m2_per_job", *OPTIONAL["jobs"])
        series.discard(("population", ""))
    return Wanted(figures, flows, frozenset(series))


def _present(catalogue: Catalogue, function: str, *figures: str) -> frozenset[FigureKey]:
    return frozenset(
        (function, figure, subject) for figure in figures for subject in catalogue.subjects(function, figure)
    )


def own_inputs(catalogue: Catalogue, flows: Flows, function: str, method: str) -> set[str]:
    """Give the names of the inputs that tell one method from another.

    Growth, population and what is present already come on top of every method, so they are left out: that
    two methods share these says nothing about the land need that they find.
    """
    needed = wanted(catalogue, function, method)
    names = {
        figure_name(*key)
        for key in needed.figures
        if key[1] not in ("net_gross", "present_share", "in_place_share", "variant_share")
    }
    for flow in needed.flows:
        names |= {
            flow_name(flow, "kg"),
            flow_name(flow, "capture"),
            key_name(flows.by_id[flow].basis),
        }
    return names


def shared_inputs(catalogue: Catalogue, flows: Flows, function: str, left: str, right: str) -> list[str]:
    """Give what two methods of a function have in common.

    An input counts as common as well when one was derived from the other, as a plot per tonne was from plot
    and throughput: such methods agree by construction.
    """
    ours, theirs = (own_inputs(catalogue, flows, function, method) for method in (left, right))
    found = ours & theirs
    for key, other in catalogue.origins.items():
        pair = {figure_name(*key), figure_name(key[0], other)}
        if key[0] == function and pair & ours and pair & theirs:
            found |= pair & (ours | theirs)
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Directions:
    """How inputs move the demand, to find the corner where every input gives the least or the most.

    Attributes
    ----------
    falling
        Names of inputs whose high value gives the least land.
    held
        Shares that pull against each other: they stay in the middle in a corner, so that parts add up.
    either
        Captured shares: a high one means more need later but more in place now, so both ends are tried.
    """

    falling: frozenset[str]
    held: frozenset[str]
    either: frozenset[str]


def directions(catalogue: Catalogue, needed: Wanted, scenario: Scenario) -> Directions:
    """Tell for each input how it moves the demand."""
    falling = {figure_name(*key) for key in needed.figures if FIGURES[key[1]].falling}
    falling |= {
        scenario_name("in_place_progress", "", int(year)) for year in scenario.anchors("in_place_progress")
    }
    contested = {flow for flow in needed.flows if len(takers(catalogue, flow)) > 1}
    held = {
        figure_name(*key)
        for key in needed.figures
        if key[1] == "variant_share"
        or (
            key[1] == "flow_share"
            and key[2] in contested
            and catalogue.functions[key[0]].strategy != HANDLING
        )
    }
    held |= {
        scenario_name("processed", subject, scenario.first_year)
        for figure, subject in needed.series
        if figure == "processed"
    }
    either = {flow_name(flow, "capture") for flow in needed.flows}
    return Directions(frozenset(falling), frozenset(held), frozenset(either))
