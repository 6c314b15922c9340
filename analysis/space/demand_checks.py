"""Published totals beside the model: sanity lines, calibration on reported waste, real facilities.

A percentage needs its base. Where a project states no matching base, a published percentage is printed and
never multiplied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.data_files import Field, Range, read_data_file
from analysis.space import demand_methods as formulas
from analysis.space.demand import SHARE
from analysis.space.demand_cells import Inputs
from analysis.space.demand_table import BOUNDS, corners, from_corners, method_hectares

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.space.demand import DemandModel
    from analysis.space.flows import Flows

KINDS = (
    "per_inhabitant",
    "printed",
    "stock_share",
    "kt_per_inhabitant",
    "company_waste",
    "company_waste_abiotic",
    "plot_ha",
    "throughput_kt",
)
RECYCLING_AND_REPAIR = ("collect", "reuse", "recycle_construction", "recycle_goods")
"""Strategies that the published total for recycling and repair speaks of."""
WASTE = ("company_waste", "company_waste_abiotic")
WASTE_NL = (
    "Gemeld bedrijfsafval, naar inwoners verdeeld, naast de bedrijfsstromen van het model: het model kent "
    "niet alle stromen (zoals slib en verontreinigde grond)."
)
NO_BASE_NL = "Alleen afgedrukt: er is geen passende basis opgegeven, dus niet vermenigvuldigd."

_FIELDS = (
    Field("total_id"),
    Field("name_nl"),
    Field("name_en"),
    Field("kind", allowed=KINDS),
    Field("low", "number", minimum=0),
    Field("mid", "number", filled=False, minimum=0),
    Field("high", "number", minimum=0),
    Field("unit"),
    Field("base_nl"),
    Field("base_inhabitants", "number", filled=False, minimum=1),
    Field("year", "number", filled=False, minimum=1900, maximum=2200),
    Field("status"),
    Field("source"),
    Field("model_flows", filled=False),
)


@dataclass(frozen=True, slots=True)
class Published:
    """A published total; `base_nl` says what it was found for, a function's id where it is one facility.

    `model_flows` names the flows of the model that speak of the same tonnes.
    """

    name_nl: str
    name_en: str
    kind: str
    low: float
    mid: float
    high: float
    unit: str
    base_nl: str
    base_inhabitants: float
    year: float
    status: str
    source: str
    model_flows: str


@dataclass(frozen=True, slots=True)
class StockBase:
    """A stated stock that a published percentage may be taken of."""

    base_ha: float
    base_nl: str
    status: str
    source: str


def load_published(path: Path | None = None) -> dict[str, Published]:
    """Read the published totals, sorted by identifier.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    file = read_data_file("demand_sanity", path, _FIELDS, ("total_id",))
    wrong = file.numbers("low") > file.numbers("high")
    file.report("low lies above high", "Order them.", "low", wrong)
    carried = np.isin(file.texts("kind"), ["per_inhabitant", "kt_per_inhabitant", *WASTE])
    bare = carried & np.isnan(file.numbers("base_inhabitants"))
    file.report(
        "a total per inhabitant needs its number of inhabitants", "Fill it in.", "base_inhabitants", bare
    )
    file.stop()
    rows = file.table.set_index("total_id").sort_index().to_dict("index")
    names = Published.__slots__
    return {str(key): Published(**{name: row[name] for name in names}) for key, row in rows.items()}


def load_stock_bases(path: Path | None, totals: Mapping[str, Published]) -> dict[str, StockBase]:
    """Read the stocks that a project states for published percentages; without a file there are none.

    Raises
    ------
    InputError
        When a base belongs to no percentage, is negative or does not say what it is.
    """
    if path is None:
        return {}
    fields = (
        Field("total_id"),
        Field("base_ha", "number", minimum=0),
        Field("base_nl"),
        Field("status"),
        Field("source"),
    )
    file = read_data_file("", path, fields, ("total_id",))
    shares = [key for key, total in totals.items() if total.kind == "stock_share"]
    file.check_known("total_id", shares, "the percentage")
    file.stop()
    rows = file.table.set_index("total_id").to_dict("index")
    names = StockBase.__slots__
    return {str(key): StockBase(**{name: row[name] for name in names}) for key, row in rows.items()}


def reported_waste(flows: Flows, bound: str, *, abiotic: bool = False) -> float:
    """Give the company waste of the flows, kilograms per inhabitant, regional key applied.

    This is what comes free, before capture: what a register of reported waste counts.
    """
    total = 0.0
    for flow in flows.by_id.values():
        if flow.basis == "company" and (flow.material == "abiotic" or not abiotic):
            total += getattr(flow.kg, bound) * getattr(flows.keys[flow.basis].ratio, bound)
    return total


def demand_checks(
    model: DemandModel, totals: Mapping[str, Published], bases: Mapping[str, StockBase]
) -> pd.DataFrame:
    """Set every published total beside what the model says.

    Returns
    -------
    DataFrame
        ``check_id``, ``kind``, names, the published range carried to the region (``published_``), what the
        model has (``model_``), their ``ratio`` (middle), unit, base, ``remark_nl``, year, status and source.
    """
    inputs = Inputs(model.all_quantities, corners(model))
    land = _recycling_and_repair(model, inputs)
    people = float(model.inhabitants.sum())
    rows = []
    for key, total in totals.items():
        published, modelled, remark = _compare(key, total, model, people, land, bases)
        ratio = modelled.mid / published.mid if published.mid > 0 else np.nan
        rows.append(
            {
                "check_id": key,
                "name_nl": total.name_nl,
                "name_en": total.name_en,
                "kind": total.kind,
                **{f"published_{bound}": getattr(published, bound) for bound in BOUNDS},
                **{f"model_{bound}": getattr(modelled, bound) for bound in BOUNDS},
                "ratio": ratio,
                "unit": published.unit,
                "base_nl": total.base_nl,
                "remark_nl": remark,
                "year": total.year,
                "status": total.status,
                "source": total.source,
            }
        )
    return pd.DataFrame(rows)


def _nothing(unit: str) -> Range:
    return Range(np.nan, np.nan, np.nan, unit, "", "")


def _range(values: NDArray[np.float64] | list[float], unit: str) -> Range:
    low, mid, high = (float(value) for value in values)
    return Range(low, mid, high, unit, "", "")


def _recycling_and_repair(model: DemandModel, inputs: Inputs) -> NDArray[np.float64]:
    """Give net hectares of recycling and repair in the province, ``(3, years)``."""
    found = method_hectares(model, inputs)
    total = np.zeros((len(BOUNDS), len(model.years)))
    for name, method in model.lead.items():
        if method != SHARE and model.catalogue.functions[name].strategy in RECYCLING_AND_REPAIR:
            total = total + from_corners(found[name, method].land.sum(axis=1))
    return total


def _compare(
    key: str,
    total: Published,
    model: DemandModel,
    people: float,
    land: NDArray[np.float64],
    bases: Mapping[str, StockBase],
) -> tuple[Range, Range, str]:
    """Give the published range, the model's, and a remark."""
    stated = [total.low, total.mid, total.high]
    if total.kind == "per_inhabitant":
        carried = [formulas.scaled_by_inhabitants(value, people, total.base_inhabitants) for value in stated]
        place = int(np.argmin(np.abs(np.array(model.years) - total.year)))
        remark = f"Naar inwoners verdeeld; het model: recycling en reparatie in {model.years[place]}."
        return _range(carried, total.unit), _range(land[:, place], total.unit), remark
    if total.kind == "kt_per_inhabitant":
        kg = [formulas.kg_per_inhabitant(value, total.base_inhabitants) for value in stated]
        return _range(kg, "kg per inhabitant"), _kg_of(total, model), "Omgerekend naar kilo per inwoner."
    if total.kind in WASTE:
        scaled = [formulas.scaled_by_inhabitants(value, people, total.base_inhabitants) for value in stated]
        kg = [reported_waste(model.flows, bound, abiotic=total.kind == WASTE[1]) for bound in BOUNDS]
        modelled = [value * people / formulas.KG_PER_KILOTONNE for value in kg]
        return _range(scaled, total.unit), _range(modelled, total.unit), WASTE_NL
    if total.kind in ("plot_ha", "throughput_kt"):
        found = model.catalogue.figures.get((total.base_nl, total.kind, "")) or _nothing(total.unit)
        inside = "binnen" if found.low <= total.mid <= found.high else "buiten"
        remark = f"Eén gebouwde voorziening: ligt {inside} het bereik van {total.base_nl}."
        return _range(stated, total.unit), found, remark
    base = bases.get(key)
    if base is None:
        return _range(stated, total.unit), _nothing(total.unit), NO_BASE_NL
    hectares = [formulas.hectares_of_stock(base.base_ha, value) for value in stated]
    basis = f"{base.base_nl} ({base.base_ha:g} ha; {base.status}; {base.source})"
    return _range(hectares, "ha"), _nothing("ha"), f"Deel van een opgegeven voorraad: {basis}."


def _kg_of(total: Published, model: DemandModel) -> Range:
    """Give the model's kilograms of the flows that a published total speaks of."""
    flows = [name for name in total.model_flows.split(";") if name]
    known = [model.flows.by_id[name].kg for name in flows if name in model.flows.by_id]
    if not known or len(known) < len(flows):
        return _nothing("kg per inhabitant")
    return _range([sum(getattr(kg, bound) for kg in known) for bound in BOUNDS], "kg per inhabitant")
