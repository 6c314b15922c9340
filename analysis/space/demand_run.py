"""Everything about demand and released land in one go: from layers and evidence to models and tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from analysis.space.bases import region_of
from analysis.space.circular_business import by_rule, classify
from analysis.space.demand import DemandModel, build_demand
from analysis.space.demand_bands import demand_bands
from analysis.space.demand_checks import demand_checks
from analysis.space.demand_data import DemandData, DemandFiles, load_demand_data
from analysis.space.demand_table import demand_by_scenario, demand_methods
from analysis.space.facilities import existing_facilities, function_presence
from analysis.space.firms import Firms, jobs_by_function, place_firms, suppress
from analysis.space.land import find_land
from analysis.space.linear import linear_activity, replacement_of_likely
from analysis.space.profile import ProfileRules, function_catalogue, profile_evidence
from analysis.space.released import ReleasedModel, build_released
from analysis.space.scenarios import DEFAULT_SCENARIO
from analysis.space.secondary import secondary_capacity
from analysis.space.units import with_dutch_units
from analysis.sub_areas import sub_area_inhabitants
from layers.parameters import CATEGORIES
from layers.results_demand import DEMAND_BY_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from analysis.space.land import Land
    from layers.parameters import Parameters

YEARS = (2030, 2035, 2050)
DRAWS, SEED = 10_000, 20_260_101


@dataclass(frozen=True, slots=True)
class DemandSettings:
    """What is computed.

    Attributes
    ----------
    scenario
        The one that leads; the others stand beside it in one table.
    years
        Ascending.
    draws, seed
        Of the bands per function.
    profile
        When figures count as evidence that a function strengthens the profile.
    reference_jobs
        Function to its share of the jobs in a reference area; empty compares with the region itself.
    """

    scenario: str = DEFAULT_SCENARIO
    years: tuple[int, ...] = YEARS
    draws: int = DRAWS
    seed: int = SEED
    profile: ProfileRules = field(default_factory=ProfileRules)
    reference_jobs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemandResult:
    """The models for the balance, and the tables.

    Attributes
    ----------
    demand
        None when no municipality has inhabitants.
    released
        None without a layer of businesses.
    sub_areas
        ``sub_area`` and ``inhabitants``, sorted.
    land
        Where it all lies, as `analysis.space.land.find_land` gives it.
    data
        What the data files say.
    tables
        Name to table, as described in `layers.results_demand`; empty where not assessed.
    """

    demand: DemandModel | None
    released: ReleasedModel | None
    sub_areas: pd.DataFrame
    land: Land
    data: DemandData
    tables: dict[str, pd.DataFrame]


def run_demand(
    evidence: Mapping[str, pd.DataFrame],
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    files: DemandFiles | None = None,
    settings: DemandSettings | None = None,
    progress: Callable[[str], None] | None = None,
) -> DemandResult:
    """Compute demand and released land of a project.

    Parameters
    ----------
    evidence
        Tables of the main job, as `analysis.evidence.assess` gives them.
    tables
        Cleaned input layers, EPSG:28992.
    files
        The user's own data files.

    Raises
    ------
    InputError
        With every problem of the data files, when sub-areas overlap, when some municipalities lack
        inhabitants, or when the scenario has no figures for one of the years.
    """
    files, settings = files or DemandFiles(), settings or DemandSettings()
    data = load_demand_data(files, settings.scenario, region_of(tables))
    data.scenario.check_years(settings.years)
    people = sub_area_inhabitants(tables)
    areas = people if people is not None else pd.DataFrame({"sub_area": [], "inhabitants": []})
    names = tuple(str(name) for name in areas["sub_area"])
    land = find_land(evidence, tables, parameters)
    firms = place_firms(tables, land)
    jobs = None if firms is None else jobs_by_function(firms, data.catalogue, names)
    found: dict[str, pd.DataFrame] = {}
    demand, released = None, None
    if people is not None:
        demand = build_demand(data.catalogue, data.flows, data.scenario, people, settings.years, jobs=jobs)
        found |= _demand_tables(
            demand, data, people, settings, businesses=firms is not None, progress=progress
        )
    facilities = existing_facilities(tables, data.catalogue)
    if facilities is not None:
        found["existing_facilities"] = facilities
        if demand is not None:
            found["function_presence"] = function_presence(facilities, demand)
    proof = None
    if firms is not None:
        threshold = CATEGORIES.index(parameters.hmc_threshold) + 1
        reference = settings.reference_jobs
        proof = profile_evidence(
            firms, data.catalogue, data.chains, names, rules=settings.profile, reference=reference
        )
        released = build_released(
            firms,
            land,
            data.sectors,
            data.release_figures,
            data.scenario,
            sub_areas=names,
            years=settings.years,
            grid_known="grid_congestion" in tables,
            assumptions=files.supply_assumptions,
        )
        found["function_profile"] = suppress(proof, "establishments", ["jobs", "location_quotient"])
        found["released_land"] = released.table()
        found["released_by_class"] = released.by_class()
        found["linear_activity"] = linear_activity(
            firms, land, data.sectors, data.scenario, settings.years, threshold
        )
        found["replacement_of_likely"] = replacement_of_likely(firms, land, data.sectors, threshold)
        found |= _circular(tables["businesses"], firms, data)
    found["circular_functions"] = function_catalogue(data.catalogue, proof)
    found["demand_figures"] = figures_used(demand, released, data)
    return DemandResult(
        demand,
        released,
        areas,
        land,
        data,
        {name: declared(name, found.get(name)) for name in DEMAND_BY_NAME},
    )


def _demand_tables(
    model: DemandModel,
    data: DemandData,
    people: pd.DataFrame,
    settings: DemandSettings,
    *,
    businesses: bool,
    progress: Callable[[str], None] | None,
) -> dict[str, pd.DataFrame]:
    every = demand_by_scenario(
        data.catalogue, data.flows, data.scenarios, people, settings.years, jobs=model.jobs, progress=progress
    )
    return {
        "land_demand": model.table(),
        "demand_methods": demand_methods(model, businesses=businesses),
        "demand_bands": demand_bands(model, settings.draws, seed=settings.seed),
        "demand_by_scenario": every.assign(
            chosen=(every["scenario_id"] == data.scenario.scenario_id).map({True: "yes", False: "no"})
        ),
        "secondary_capacity": secondary_capacity(model),
        "demand_checks": demand_checks(model, data.published, data.stock_bases),
    }


def _circular(businesses: gpd.GeoDataFrame, firms: Firms, data: DemandData) -> dict[str, pd.DataFrame]:
    """Classify the firms; the table by rule may be seen by everybody, so small cells are hidden."""
    classified = classify(businesses, data.rules)
    counted = by_rule(classified, firms.table["jobs"].to_numpy(dtype=float))
    return {
        "circular_businesses": classified,
        "circular_businesses_by_rule": suppress(counted, "establishments", ["jobs"]),
    }


def figures_used(
    demand: DemandModel | None, released: ReleasedModel | None, data: DemandData
) -> pd.DataFrame:
    """List every figure with its range, status and source, and whether the balance rests on it."""
    models = [model for model in (demand, released) if model is not None]
    leading = {name for model in models for name in model.quantities.name}
    parts = [data.catalogue.quantities(data.catalogue.figures), data.flows.quantities(data.flows.by_id)]
    parts += [demand.all_quantities] if demand is not None else []
    parts += [released.quantities] if released is not None else []
    table = pd.concat([part.frame() for part in parts], ignore_index=True)
    table = table.drop_duplicates("name", ignore_index=True)
    return table.assign(leads=table["name"].isin(leading).map({True: "yes", False: "no"}))


def declared(name: str, table: pd.DataFrame | None) -> pd.DataFrame:
    """Give a table its declared columns in their order, sorted; missing where it was not assessed."""
    layer = DEMAND_BY_NAME[name]
    columns = [column.name for column in layer.columns]
    result = (
        pd.DataFrame(columns=columns) if table is None else with_dutch_units(table).reindex(columns=columns)
    )
    order = [layer.identifier] if layer.identifier else list(layer.order)
    return pd.DataFrame(result).sort_values(order, ignore_index=True)
