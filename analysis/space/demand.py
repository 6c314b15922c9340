"""Land demand of circular functions: hectares per function, class, sub-area and year, from uncertain inputs.

Each function has one lead method, stated in the catalogue; only that one enters the balance. The other
methods stand beside it in the tables and are never averaged. Demand is what is needed on top of what has a
place already; the need for all of a function, and what of it is present, are kept as well. Functions that
serve more than one sub-area are spread by inhabitants, which is bookkeeping and no choice of a place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from analysis.space import demand_methods as formulas
from analysis.space.demand_cells import DemandCells, Hectares, Inputs
from analysis.space.demand_inputs import HANDLING, NOTHING, OPTIONAL, takers, wanted
from analysis.space.flows import flow_name, key_name
from analysis.space.function_figures import figure_name
from analysis.space.quantities import no_quantities
from analysis.space.scenarios import scenario_name, straight_line
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.space.flows import Flows
    from analysis.space.functions import Catalogue
    from analysis.space.quantities import Quantities
    from analysis.space.scenarios import Scenario

WATERS = 3
SHARE = "share"


@dataclass(frozen=True)
class DemandModel:
    """Demand as a pure function of its uncertain inputs.

    Attributes
    ----------
    quantities
        What `evaluate` takes: the inputs of the lead methods.
    all_quantities
        The inputs of all methods that can be assessed.
    sub_areas
        Names, sorted.
    inhabitants
        Per sub-area, in the first year of the scenario.
    years
        Ascending.
    jobs
        Per function the jobs per sub-area, where firms can be told apart by their code.
    methods
        Per function the methods that can be assessed.
    """

    quantities: Quantities
    all_quantities: Quantities
    catalogue: Catalogue
    flows: Flows
    scenario: Scenario
    sub_areas: tuple[str, ...]
    inhabitants: NDArray[np.float64]
    years: tuple[int, ...]
    jobs: Mapping[str, NDArray[np.float64]]
    methods: dict[str, tuple[str, ...]]

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions, sorted; the second axis of `DemandCells.by_function`."""
        return tuple(self.catalogue.functions)

    @cached_property
    def lead(self) -> dict[str, str]:
        """Per function its lead method, only where that can be assessed."""
        chosen = {name: row.lead_method for name, row in self.catalogue.functions.items()}
        return {name: method for name, method in chosen.items() if method in (*self.methods[name], SHARE)}

    def evaluate(self, values: NDArray[np.float64]) -> DemandCells:
        """Compute the demand by the lead method of each function.

        Parameters
        ----------
        values
            ``(draws, k)`` in the order of `quantities`.

        Returns
        -------
        DemandCells
            Functions that cannot be assessed count as none here; `methods` tells which.
        """
        inputs = Inputs(self.quantities, values)
        shape = (len(values), len(self.functions), len(self.sub_areas), len(self.years))
        land, need, double_use = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for row, name in enumerate(self.functions):
            if name not in self.lead or self.lead[name] == SHARE:
                continue
            found = self.by_method(name, self.lead[name], inputs)
            land[:, row], need[:, row], double_use[:, row] = found.land, found.need, found.double_use
        self.add_shifting(land, inputs)
        net, gross = self._classes(land, inputs)
        return DemandCells(net, gross, land, need, double_use)

    def by_method(self, function: str, method: str, inputs: Inputs) -> Hectares:
        """Compute one function by one method."""
        row = self.catalogue.functions[function]
        growth = self.path("growth", row.strategy, inputs)
        now = np.ones((inputs.draws, 1))
        if method == "jobs":
            per_job = self._hectares_of_jobs(function, inputs)
            need, need_now = per_job[..., None] * growth[:, None], per_job[..., None] * now[:, None]
        else:
            one = self._per_inhabitant
            population = self.path("population", "", inputs)
            later = one(function, method, inputs, growth, self.path_processed(row.scale, method, inputs))
            first = one(function, method, inputs, now, self.processed_now(row.scale, method, inputs))
            people = self.inhabitants[None, :, None]
            need, need_now = people * (later * population)[:, None], people * first[:, None]
        present = self.optional(function, "present_share", inputs, 0.0)[:, None, None] * need_now
        extra = np.maximum(0.0, need - present)
        share = self.optional(function, "in_place_share", inputs, 0.0)[:, None, None]
        progress = self._progress(function, inputs)[:, None]
        land, double_use = formulas.land_to_find(extra, share, progress)
        return Hectares(need, np.broadcast_to(present, need.shape), land, double_use)

    def tonnes(
        self, function: str, inputs: Inputs, growth: NDArray[np.float64], processed: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Give the tonnes per inhabitant per year that pass a function, ``(draws, years)``."""
        total = np.zeros_like(growth)
        for flow in self.catalogue.subjects(function, "flow_share"):
            key = inputs(key_name(self.flows.by_id[flow].basis))
            capture = formulas.captured(inputs(flow_name(flow, "capture"))[:, None], growth)
            share = (key * self.flow_share(function, flow, inputs))[:, None]
            kg = inputs(flow_name(flow, "kg"))[:, None]
            total += formulas.tonnes_of_flow(np.ones_like(growth), kg, share * capture * processed)
        return total

    def flow_share(self, function: str, flow: str, inputs: Inputs) -> NDArray[np.float64]:
        """Give the share of a flow that a function takes; together functions take no more than all."""
        own = inputs(figure_name(function, "flow_share", flow))
        if self.catalogue.functions[function].strategy == HANDLING:
            return own
        total = np.zeros_like(own)
        for taker in takers(self.catalogue, flow):
            total += inputs(figure_name(taker, "flow_share", flow))
        return own / np.maximum(1.0, total)

    def path(self, figure: str, subject: str, inputs: Inputs) -> NDArray[np.float64]:
        """Give a figure of the scenario by year, ``(draws, years)``."""
        return inputs.once(("path", figure, subject), lambda: self._line(figure, subject, inputs))

    def _line(self, figure: str, subject: str, inputs: Inputs) -> NDArray[np.float64]:
        anchors = self.scenario.anchors(figure, subject)
        values = np.stack([inputs(scenario_name(figure, subject, int(year))) for year in anchors], axis=1)
        return straight_line(anchors, values, np.array(self.years, dtype=np.float64))

    def path_processed(self, scale: str, method: str, inputs: Inputs) -> NDArray[np.float64]:
        """Give the share processed in the region by year; facilities are counted by their own inhabitants."""
        if method != "flow":
            return np.ones((inputs.draws, len(self.years)))
        return self.path("processed", scale, inputs)

    def processed_now(self, scale: str, method: str, inputs: Inputs) -> NDArray[np.float64]:
        """Give the share processed in the region in the first year, ``(draws, 1)``."""
        if method != "flow":
            return np.ones((inputs.draws, 1))
        return inputs(scenario_name("processed", scale, self.scenario.first_year))[:, None]

    def optional(self, function: str, figure: str, inputs: Inputs, otherwise: float) -> NDArray[np.float64]:
        """Give a figure of a function, ``(draws,)``; `otherwise` where the catalogue has none."""
        if (function, figure, "") not in self.catalogue.figures:
            return np.full(inputs.draws, otherwise)
        return inputs(figure_name(function, figure))

    def variant_shares(self, function: str, inputs: Inputs) -> dict[str, NDArray[np.float64]]:
        """Give the share of each size variant in the land of a function, adding up to one."""
        variants = self.catalogue.variants_of(function)
        if len(variants) == 1:
            return {variants[0]: np.ones(inputs.draws)}
        drawn = {name: inputs(figure_name(function, "variant_share", name)) for name in variants}
        total = np.zeros(inputs.draws)
        for share in drawn.values():
            total = total + share
        return {name: share / total for name, share in drawn.items()}

    def add_shifting(self, land: NDArray[np.float64], inputs: Inputs) -> None:
        """Write the shifting space, a share of the land of the functions that count for it."""
        base = [
            row for row, name in enumerate(self.functions) if self.catalogue.functions[name].shifts == "yes"
        ]
        for row, name in enumerate(self.functions):
            if self.lead.get(name) != SHARE:
                continue
            total = np.zeros_like(land[:, row])
            for other in base:
                total += land[:, other]
            land[:, row] = inputs(figure_name(name, "shifting_share"))[:, None, None] * total

    def _per_inhabitant(
        self,
        function: str,
        method: str,
        inputs: Inputs,
        growth: NDArray[np.float64],
        processed: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Give net hectares per inhabitant, ``(draws, years)``."""
        if method == "flow":
            tonnes = self.tonnes(function, inputs, growth, processed)
            return formulas.hectares_of_tonnes(tonnes, inputs(figure_name(function, "m2_per_t"))[:, None])
        catchment, plot = (inputs(figure_name(function, name)) for name in ("catchment", "plot_ha"))
        return formulas.hectares_of_facilities(np.ones(inputs.draws), catchment, plot)[:, None] * growth

    def _hectares_of_jobs(self, function: str, inputs: Inputs) -> NDArray[np.float64]:
        """Give net hectares of today's circular jobs, ``(draws, sub-areas)``."""
        floor, share = (self.optional(function, name, inputs, 1.0)[:, None] for name in OPTIONAL["jobs"])
        m2 = inputs(figure_name(function, "m2_per_job"))[:, None]
        return formulas.hectares_of_jobs(self.jobs[function][None] * share, m2, floor)

    def _progress(self, function: str, inputs: Inputs) -> NDArray[np.float64]:
        if (function, "in_place_share", "") not in self.catalogue.figures:
            return np.zeros((inputs.draws, len(self.years)))
        return self.path("in_place_progress", "", inputs)

    def _classes(
        self, land: NDArray[np.float64], inputs: Inputs
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Divide the land of functions over classes, net and gross."""
        # sums per class lie together in memory; the array of all classes is filled at the end
        net: dict[tuple[int, int], NDArray[np.float64]] = {}
        gross: dict[tuple[int, int], NDArray[np.float64]] = {}
        shifting: dict[tuple[int, int], NDArray[np.float64]] = {}
        for row, name in enumerate(self.functions):
            if name not in self.lead or self.lead[name] == SHARE:
                continue
            factor = inputs(figure_name(name, "net_gross"))
            moves = self.catalogue.functions[name].shifts == "yes"
            for variant, share in self.variant_shares(name, inputs).items():
                asked = self.catalogue.variants[variant]
                place = (asked.category_index, asked.water_index)
                part = land[:, row] * share[:, None, None]
                _add(net, place, part)
                _add(gross, place, land[:, row] * (share / factor)[:, None, None])
                if moves:
                    _add(shifting, place, part)
        for name in self.functions:
            if self.lead.get(name) != SHARE:
                continue
            share, factor = (inputs(figure_name(name, part)) for part in ("shifting_share", "net_gross"))
            for place, part in shifting.items():
                _add(net, place, part * share[:, None, None])
                _add(gross, place, part * (share / factor)[:, None, None])
        return self._filled(net, inputs.draws), self._filled(gross, inputs.draws)

    def _filled(self, sums: dict[tuple[int, int], NDArray[np.float64]], draws: int) -> NDArray[np.float64]:
        result = np.zeros((draws, len(self.sub_areas), len(self.years), len(CATEGORIES), WATERS))
        for (category, water), part in sums.items():
            result[..., category, water] = part
        return result

    def table(self) -> pd.DataFrame:
        """Give demand per function, variant, method, sub-area, year and class, low, mid and high."""
        from analysis.space.demand_table import land_demand

        return land_demand(self)


def _add(
    sums: dict[tuple[int, int], NDArray[np.float64]], place: tuple[int, int], part: NDArray[np.float64]
) -> None:
    if place in sums:
        sums[place] += part
    else:
        sums[place] = part.copy()


def build_demand(
    catalogue: Catalogue,
    flows: Flows,
    scenario: Scenario,
    sub_areas: pd.DataFrame,
    years: Sequence[int],
    *,
    jobs: Mapping[str, NDArray[np.float64]] | None = None,
) -> DemandModel:
    """Put a demand model together.

    Parameters
    ----------
    sub_areas
        Columns ``sub_area`` and ``inhabitants``, one row each.
    years
        Ascending, within the years of the scenario.
    jobs
        Function to jobs per sub-area, in the order of the sorted names, as
        `analysis.space.firms.jobs_by_function` gives; without it the jobs method is not assessed.

    Raises
    ------
    InputError
        When the scenario has no figures for one of the years.
    """
    scenario.check_years(years)
    table = sub_areas.sort_values("sub_area")
    counted = {} if jobs is None else dict(jobs)
    methods = {
        name: tuple(
            method
            for method in formulas.METHODS
            if row.selected
            and row.lead_method != SHARE
            and catalogue.assessable(name, method)
            and (method != "jobs" or name in counted)
        )
        for name, row in catalogue.functions.items()
    }
    lead, every = NOTHING, NOTHING
    for name, row in catalogue.functions.items():
        own = (SHARE,) if row.lead_method == SHARE and row.selected else methods[name]
        for method in own:
            every |= wanted(catalogue, name, method)
            if method == row.lead_method:
                lead |= wanted(catalogue, name, method)
    everything = every.quantities(catalogue, flows, scenario)
    names = set(lead.quantities(catalogue, flows, scenario).name)
    chosen = [name for name in everything.name if name in names]
    return DemandModel(
        quantities=everything.take(chosen) if chosen else no_quantities(),
        all_quantities=everything,
        catalogue=catalogue,
        flows=flows,
        scenario=scenario,
        sub_areas=tuple(str(name) for name in table["sub_area"]),
        inhabitants=table["inhabitants"].to_numpy(dtype=np.float64),
        years=tuple(int(year) for year in years),
        jobs=counted,
        methods=methods,
    )
