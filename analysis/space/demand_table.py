"""Tables of land demand: low, mid and high per function, method, class, place and year.

Low and high are corners: every input at the end that gives the least or the most land at once. Shares that
pull against each other (size variants, functions on one flow) stay in the middle there, so that parts add
up. The bands P10 to P90 of `demand_bands` are narrower, because not everything goes one way at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.space import demand_methods as formulas
from analysis.space.demand import SHARE, build_demand
from analysis.space.demand_cells import Hectares, Inputs
from analysis.space.demand_inputs import NOTHING, directions, shared_inputs, wanted
from analysis.space.function_figures import figure_name
from analysis.space.matching import WATERS
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.space.demand import DemandModel
    from analysis.space.flows import Flows
    from analysis.space.functions import Catalogue
    from analysis.space.scenarios import Scenarios

BOUNDS = ("low", "mid", "high")
TRIES = 3
"""Per corner the captured shares are tried low, mid and high."""
Rows = dict[str, np.ndarray[Any, np.dtype[Any]]]
"""Columns of equal length by name, on their way to a table."""
PROVINCE = "province"
TOTAL = "total"
ALL_METHODS = (*formulas.METHODS, SHARE)


def corners(model: DemandModel) -> NDArray[np.float64]:
    """Give the values of all inputs in the corners, ``(9, k)``: low, mid and high, each with three tries."""
    quantities = model.all_quantities
    needed = NOTHING
    for name, methods in model.methods.items():
        for method in methods:
            needed |= wanted(model.catalogue, name, method)
    how = directions(model.catalogue, needed, model.scenario)
    bounds = quantities.bounds()
    rows = []
    for corner in range(len(BOUNDS)):
        for attempt in range(TRIES):
            values = bounds[corner].copy()
            for place, name in enumerate(quantities.name):
                if name in how.held:
                    values[place] = bounds[1, place]
                elif name in how.falling:
                    values[place] = bounds[len(BOUNDS) - 1 - corner, place]
                elif name in how.either:
                    values[place] = bounds[attempt, place]
            rows.append(values)
    return np.stack(rows)


def from_corners(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the answers of nine corners into low, mid and high, ``(3, ...)``."""
    least = values[:TRIES].min(axis=0)
    middle = values[TRIES + 1]
    most = values[-TRIES:].max(axis=0)
    return np.stack([least, middle, most])


def method_hectares(model: DemandModel, inputs: Inputs) -> dict[tuple[str, str], Hectares]:
    """Compute every method of every function that can be assessed, shifting space included."""
    found = {
        (name, method): model.by_method(name, method, inputs)
        for name, methods in model.methods.items()
        for method in methods
    }
    shape = (inputs.draws, len(model.functions), len(model.sub_areas), len(model.years))
    land = np.zeros(shape)
    for row, name in enumerate(model.functions):
        method = model.lead.get(name, SHARE)
        if method != SHARE:
            land[:, row] = found[name, method].land
    model.add_shifting(land, inputs)
    nothing = np.zeros((shape[0], *shape[2:]))
    for row, name in enumerate(model.functions):
        if model.lead.get(name) == SHARE:
            found[name, SHARE] = Hectares(land[:, row], nothing, land[:, row], nothing)
    return dict(sorted(found.items()))


def shares_of_classes(
    model: DemandModel, inputs: Inputs, found: Mapping[tuple[str, str], Hectares]
) -> dict[str, list[tuple[str, int, int, NDArray[np.float64]]]]:
    """Give per function its variants with category, water class and share of its land.

    Shifting space has the classes of the functions that it moves, in the proportion of their land; its share
    is given per sub-area and year, the others' are single numbers.
    """
    result: dict[str, list[tuple[str, int, int, NDArray[np.float64]]]] = {}
    for name in model.functions:
        if not model.methods[name]:
            continue
        result[name] = [
            (variant, asked.category_index, asked.water_index, np.asarray(share[TRIES + 1]))
            for variant, share in model.variant_shares(name, inputs).items()
            for asked in (model.catalogue.variants[variant],)
        ]
    moving: dict[tuple[int, int], NDArray[np.float64]] = {}
    for name, parts in result.items():
        if model.catalogue.functions[name].shifts != "yes" or name not in model.lead:
            continue
        land = found[name, model.lead[name]].land[TRIES + 1]
        for _, category, water, share in parts:
            moving[category, water] = moving.get((category, water), np.zeros_like(land)) + share * land
    total = np.zeros((len(model.sub_areas), len(model.years)))
    for part in moving.values():
        total = total + part
    for name in model.functions:
        if model.lead.get(name) == SHARE:
            result[name] = [
                (name, category, water, np.divide(part, total, out=np.zeros_like(total), where=total > 0))
                for (category, water), part in sorted(moving.items())
            ]
    return result


def land_demand(model: DemandModel) -> pd.DataFrame:
    """Give demand per function, variant, method, sub-area, year, category and water class.

    Returns
    -------
    DataFrame
        Hectares net and gross: what is to be found (``net_``, ``gross_``), the need for all of the function
        (``need_``), what of it is present and what is temporary double use. Rows of methods that do not lead
        stand beside the others and must not be added to them.
    """
    inputs = Inputs(model.all_quantities, corners(model))
    found = method_hectares(model, inputs)
    classes = shares_of_classes(model, inputs, found)
    parts = []
    for (name, method), hectares in found.items():
        factor = inputs(figure_name(name, "net_gross"))[:, None, None]
        figures = {
            "net": from_corners(hectares.land),
            "gross": from_corners(hectares.land / factor),
            "need": from_corners(hectares.need),
        }
        present, double = hectares.present[TRIES + 1], hectares.double_use[TRIES + 1]
        evidence = input_evidence(model, name, method)
        for variant, category, water, share in classes[name]:
            columns = {
                f"{figure}_{bound}_ha": values[number] * share
                for figure, values in figures.items()
                for number, bound in enumerate(BOUNDS)
            }
            columns |= {"present_mid_ha": present * share, "double_use_mid_ha": double * share}
            fixed: dict[str, str | int | None] = {
                "function_id": name,
                "variant_id": variant,
                "method": method,
                "lead": model.lead.get(name) == method,
                "category": CATEGORIES[category],
                "water": WATERS[water],
                **evidence,
            }
            parts.append(long_rows(model, columns, fixed))
    table = stacked(parts)
    order = ["function_id", "variant_id", "method", "sub_area", "year", "category", "water"]
    rest = [column for column in table.columns if column not in order]
    return (
        table[[*order, *rest]]
        .assign(scenario_id=model.scenario.scenario_id)
        .sort_values(order, ignore_index=True)
    )


def long_rows(
    model: DemandModel,
    columns: Mapping[str, NDArray[np.float64]],
    fixed: Mapping[str, str | int | None] | None = None,
) -> Rows:
    """Lay arrays ``(sub-areas, years)`` out as rows, with columns that are the same in every row."""
    areas, years = len(model.sub_areas), len(model.years)
    return {
        "sub_area": np.repeat(np.array(model.sub_areas, dtype=object), years),
        "year": np.tile(np.array(model.years, dtype=np.int64), areas),
        **same_in_all(areas * years, fixed or {}),
        **{name: values.reshape(-1) for name, values in columns.items()},
    }


def same_in_all(count: int, values: Mapping[str, str | int | None]) -> Rows:
    """Repeat values as columns of `count` rows."""
    return {
        name: np.full(count, value, dtype=None if isinstance(value, int) else object)
        for name, value in values.items()
    }


def stacked(parts: Sequence[Rows]) -> pd.DataFrame:
    """Put rows with the same columns below each other; one table is made, not one per part."""
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def input_evidence(model: DemandModel, function: str, method: str) -> dict[str, str | int | None]:
    """Tell what the answer of a method rests on: how many inputs, how many of them assumed."""
    needed = wanted(model.catalogue, function, method)
    inputs = needed.quantities(model.catalogue, model.flows, model.scenario)
    assumed = inputs.status.count("assumption")
    unverified = inputs.status.count("to_verify")
    status = "assumption" if assumed else "to_verify" if unverified else "sourced"
    shared = [
        other
        for other in model.methods.get(function, ())
        if other != method and shared_inputs(model.catalogue, model.flows, function, method, other)
    ]
    return {
        "inputs": len(inputs),
        "inputs_assumed": assumed,
        "inputs_to_verify": unverified,
        "status": status,
        "source": "; ".join(dict.fromkeys(inputs.source)),
        "shares_inputs_with": "; ".join(shared) or None,
    }


def demand_methods(model: DemandModel, *, businesses: bool) -> pd.DataFrame:
    """Set the methods of each function side by side for the whole province, with why one is not assessed.

    Parameters
    ----------
    businesses
        Whether the project has a layer of businesses.
    """
    inputs = Inputs(model.all_quantities, corners(model))
    found = method_hectares(model, inputs)
    rows = []
    for name, row in model.catalogue.functions.items():
        for method in ALL_METHODS:
            if (method == SHARE) != (row.lead_method == SHARE):
                continue
            common = {"function_id": name, "method": method, "lead": row.lead_method == method}
            if (name, method) not in found:
                nl, en = why_not(model, name, method, businesses=businesses)
                rows += [
                    {**common, "year": year, "assessed": "no", "reason_nl": nl, "reason_en": en}
                    for year in model.years
                ]
                continue
            land, need = (
                from_corners(part.sum(axis=1))
                for part in (found[name, method].land, found[name, method].need)
            )
            evidence = input_evidence(model, name, method)
            shared = _shared_names(model, name, method)
            for place, year in enumerate(model.years):
                figures = {f"net_{bound}_ha": land[number, place] for number, bound in enumerate(BOUNDS)}
                figures |= {f"need_{bound}_ha": need[number, place] for number, bound in enumerate(BOUNDS)}
                rows.append(
                    {
                        **common,
                        "year": year,
                        "assessed": "yes",
                        **figures,
                        **evidence,
                        "shared_inputs": shared,
                    }
                )
    return pd.DataFrame(rows)


def _shared_names(model: DemandModel, function: str, method: str) -> str | None:
    names = {
        name
        for other in model.methods.get(function, ())
        if other != method
        for name in shared_inputs(model.catalogue, model.flows, function, method, other)
    }
    return "; ".join(sorted(names)) or None


def why_not(model: DemandModel, function: str, method: str, *, businesses: bool) -> tuple[str, str]:
    """Say in Dutch and English why a method of a function was not assessed."""
    catalogue = model.catalogue
    if not catalogue.functions[function].selected:
        return (
            "Niet gekozen voor deze provincie: geen ruimtevraag.",
            "Not selected for this province: no demand.",
        )
    if not catalogue.assessable(function, method):
        return "Voor deze methode is geen kengetal bekend.", "No figure is known for this method."
    if not businesses:
        return "Het project heeft geen bedrijvenlaag.", "The project has no layer of businesses."
    others = ", ".join(catalogue.shares_codes_with(function))
    return (
        f"De SBI-codes horen ook bij {others}: de banen zijn niet te verdelen."
        if others
        else "Er zijn geen bedrijven met deze SBI-codes en een bekend aantal banen.",
        f"The SBI codes belong to {others} as well: jobs cannot be told apart."
        if others
        else "There are no firms with these SBI codes and a known number of jobs.",
    )


def demand_by_scenario(
    catalogue: Catalogue,
    flows: Flows,
    scenarios: Scenarios,
    sub_areas: pd.DataFrame,
    years: Sequence[int],
    *,
    jobs: Mapping[str, NDArray[np.float64]] | None = None,
    progress: Callable[[str], None] | None = None,
) -> pd.DataFrame:
    """Compute every scenario: net hectares to find per function and year, low, mid and high."""
    parts = []
    for identifier, scenario in scenarios.by_id.items():
        if progress is not None:
            progress(f"demand in scenario {identifier}")
        model = build_demand(catalogue, flows, scenario, sub_areas, years, jobs=jobs)
        inputs = Inputs(model.all_quantities, corners(model))
        found = method_hectares(model, inputs)
        land = {name: found[name, method].land.sum(axis=1) for name, method in model.lead.items()}
        rows = {name: from_corners(values) for name, values in land.items()}
        rows[TOTAL] = np.sum(list(rows.values()), axis=0)
        for name, values in rows.items():
            columns = {f"net_{bound}_ha": values[number] for number, bound in enumerate(BOUNDS)}
            texts = {"scenario_id": identifier, "scenario_nl": scenario.name_nl, "function_id": name}
            fixed = same_in_all(len(model.years), {**texts, "status": "assumption"})
            parts.append({"year": np.array(model.years, dtype=np.int64), **columns, **fixed})
    return stacked(parts)
