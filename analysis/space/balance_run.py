"""Everything about the balance in one go: from the evidence and the demand models to its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.space.agenda import agenda
from analysis.space.answers import answers
from analysis.space.balance import BalanceModels, deterministic
from analysis.space.balance_housing import housing_balance
from analysis.space.balance_tables import balance_tables
from analysis.space.bases import region_of
from analysis.space.intensification import build_intensification
from analysis.space.land import find_land
from analysis.space.matching import AT_WATER
from analysis.space.montecarlo import DRAWS, SEED, simulate
from analysis.space.regular import build_regular
from analysis.space.sensitivity import FOCUS, SAMPLES, explain
from analysis.space.stated import since
from analysis.space.supply import build_supply
from analysis.space.units import with_dutch_units
from layers.parameters import CATEGORIES
from layers.results_balance import BALANCE_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from analysis.space.balance import CellsLike, DemandLike
    from analysis.space.land import Land
    from analysis.space.montecarlo import Simulation
    from analysis.space.regular import RegularDemandModel
    from gis.workers import Workers
    from layers.parameters import Parameters


@dataclass(frozen=True, slots=True)
class BalanceFiles:
    """Files of a user in place of the ones that ship with the product; None keeps the latter."""

    supply_assumptions: Path | None = None
    regular_demand: Path | None = None
    regular_categories: Path | None = None
    intensification: Path | None = None
    open_questions: Path | None = None
    figure_bases: Path | None = None


@dataclass(frozen=True, slots=True)
class BalanceSettings:
    """How much is computed.

    Attributes
    ----------
    draws, seed
        Of the Monte Carlo run.
    samples
        Base samples of the Sobol indices, a power of two.
    focus
        How many inputs are taken one by one.
    key
        Column that spreads regular demand over the sub-areas.
    threads
        Number of threads, None for the number of processors.
    """

    draws: int = DRAWS
    seed: int = SEED
    samples: int = SAMPLES
    focus: int = FOCUS
    key: str = "inhabitants"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class BalanceResult:
    """The tables, and what they were made of.

    Attributes
    ----------
    tables
        Name to table, as described in `layers.results_balance`.
    simulation
        The draws behind them.
    """

    tables: dict[str, pd.DataFrame]
    simulation: Simulation


def run_balance(
    evidence: Mapping[str, pd.DataFrame],
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    demand: DemandLike,
    released: CellsLike | None,
    sub_areas: pd.DataFrame,
    years: Sequence[int],
    reference_year: int,
    land: Land | None = None,
    files: BalanceFiles | None = None,
    settings: BalanceSettings | None = None,
    workers: Workers | None = None,
) -> BalanceResult:
    """Make the balance of a project.

    Parameters
    ----------
    evidence
        Tables of the main job, as `analysis.evidence.assess` gives them.
    tables
        Cleaned input layers, EPSG:28992.
    demand, released
        Models of circular demand and of released land for the same sub-areas (sorted) and years (ascending);
        None for released land that was not assessed.
    sub_areas
        ``sub_area`` and ``inhabitants``, or another key.
    reference_year
        The year in which the land was surveyed; demand counts from it on.
    land
        What `analysis.space.land.find_land` gave for the same project, when it is at hand.
    workers
        Who draws the Monte Carlo run; threads of this process by default.

    Raises
    ------
    InputError
        With every problem in a file of figures.
    """
    files, settings = files or BalanceFiles(), settings or BalanceSettings()
    names = tuple(sorted(str(name) for name in sub_areas["sub_area"]))
    moments = tuple(sorted(years))
    land, region = land or find_land(evidence, tables, parameters), region_of(tables)
    supply = build_supply(
        land,
        sub_areas=names,
        years=moments,
        reference_year=reference_year,
        assumptions=files.supply_assumptions,
    )
    regular = build_regular(
        land,
        supply.quantities,
        sub_areas=sub_areas,
        years=moments,
        reference_year=reference_year,
        key=settings.key,
        figures=files.regular_demand,
        categories=files.regular_categories,
        region=region,
        bases=files.figure_bases,
    )
    intensification = build_intensification(
        land,
        sub_areas=names,
        years=moments,
        reference_year=reference_year,
        figures=files.intensification,
        region=region,
        bases=files.figure_bases,
    )
    heavy_from = CATEGORIES.index(parameters.hmc_threshold)
    models = BalanceModels(names, moments, heavy_from, demand, regular, supply, intensification, released)
    simulation = simulate(
        models, draws=settings.draws, seed=settings.seed, threads=settings.threads, workers=workers
    )
    explained = explain(simulation, focus=settings.focus, samples=settings.samples, threads=settings.threads)
    result = {
        "supply": supply.table(),
        "regular_demand": regular.table(),
        **balance_tables(simulation),
        "balance_housing": housing_balance(
            models, supply, tables.get("housing_plans"), evidence["housing_effects"], tables
        ),
        "balance_answers": answers(simulation),
        "balance_inputs": models.quantities.frame(),
        "sensitivity": explained,
        "research_agenda": agenda(
            explained,
            models.quantities,
            evidence=evidence,
            tables=tables,
            left_out=supply.left_out,
            touched=_touched(models, regular, evidence),
            questions=files.open_questions,
        ),
    }
    return BalanceResult({name: _declared(name, table) for name, table in result.items()}, simulation)


def _declared(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give a table its declared columns in their order, sorted."""
    layer = BALANCE_BY_NAME[name]
    order = [layer.identifier] if layer.identifier else list(layer.order)
    columns = [column.name for column in layer.columns]
    return pd.DataFrame(with_dutch_units(table)[columns]).sort_values(order, ignore_index=True)


def _touched(
    models: BalanceModels,
    regular: RegularDemandModel,
    evidence: Mapping[str, pd.DataFrame],
) -> dict[str, float]:
    """Give the hectares that the open questions touch, where the balance knows them."""
    terms = deterministic(models)
    mid = regular.quantities.mid[None, :]
    start = int(mid[0, regular.quantities.position("regular.start_year")])
    before = np.array([float(regular.reference_year)])
    waiting = since(regular.quantities, mid, "regular", before, start)
    wet = terms["supply"][0, :, -1, :, AT_WATER]
    return {
        "replacement_study": float(regular.displaced.sum() + regular.displaced_unknown.sum()),
        "backlog": float(waiting[0, 0]),
        "noise_budget": float(evidence["park_evidence"]["governed_ha"].sum()),
        "quay_use": float(wet.sum()),
        "multilayer": float(terms["circular"][0, :, -1].sum()),
    }
