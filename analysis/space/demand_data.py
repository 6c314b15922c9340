"""All data files of demand and released land, read together so that every problem shows at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from analysis.space.circular_business import Rule, load_rules
from analysis.space.demand_checks import Published, StockBase, load_published, load_stock_bases
from analysis.space.flows import Flows, load_flows
from analysis.space.functions import Catalogue, load_catalogue
from analysis.space.linear import Sector, load_sectors
from analysis.space.profile import load_chains
from analysis.space.release_figures import load_release_figures
from analysis.space.scenarios import Scenario, Scenarios, load_scenarios
from gis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from analysis.data_files import Range
    from analysis.space.bases import Region
    from gis.errors import Problem

    Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class DemandFiles:
    """Files of a user in place of the ones that ship with the product; None keeps the latter.

    Attributes
    ----------
    stock_bases
        Stocks that published percentages may be taken of; none ship with the product.
    supply_assumptions
        As in `analysis.space.balance_run.BalanceFiles`: the readings of category and water are shared.
    figure_bases
        Regions that figures were published for.
    """

    functions: Path | None = None
    function_figures: Path | None = None
    flows: Path | None = None
    regional_keys: Path | None = None
    scenarios: Path | None = None
    scenario_figures: Path | None = None
    linear_sectors: Path | None = None
    release_figures: Path | None = None
    circular_business_rules: Path | None = None
    published: Path | None = None
    chain_links: Path | None = None
    stock_bases: Path | None = None
    supply_assumptions: Path | None = None
    figure_bases: Path | None = None


@dataclass(frozen=True, slots=True)
class DemandData:
    """Everything that the files say."""

    catalogue: Catalogue
    flows: Flows
    scenarios: Scenarios
    scenario: Scenario
    sectors: dict[str, Sector]
    release_figures: dict[str, tuple[str, str, Range]]
    rules: tuple[Rule, ...]
    published: dict[str, Published]
    stock_bases: dict[str, StockBase]
    chains: list[tuple[str, str]]


def load_demand_data(files: DemandFiles, scenario: str, region: Region | None = None) -> DemandData:
    """Read all files.

    Parameters
    ----------
    scenario
        The one that leads.
    region
        The region of the project; None takes figures as published.

    Raises
    ------
    InputError
        With the problems of all files together. A reference into a file that is wrong itself is not checked.
    """
    problems: list[Problem] = []

    def attempt(read: Callable[[], Read]) -> Read | None:
        try:
            return read()
        except InputError as error:
            problems.extend(error.problems)
            return None

    flows = attempt(
        lambda: load_flows(files.flows, files.regional_keys, region=region, bases=files.figure_bases)
    )
    scenarios = attempt(lambda: load_scenarios(files.scenarios, files.scenario_figures))
    chosen = None if scenarios is None else attempt(lambda: scenarios.choose(scenario))
    catalogue = attempt(
        lambda: load_catalogue(
            files.functions,
            files.function_figures,
            flows=None if flows is None else flows.by_id,
            strategies=None if chosen is None else chosen.subjects("growth"),
        )
    )
    functions = None if catalogue is None else list(catalogue.functions)
    shrinking = None if chosen is None else chosen.subjects("shrink")
    sectors = attempt(lambda: load_sectors(files.linear_sectors, shrinking=shrinking))
    figures = attempt(lambda: load_release_figures(files.release_figures))
    rules = attempt(lambda: load_rules(files.circular_business_rules, functions=functions))
    published = attempt(lambda: load_published(files.published))
    chains = attempt(lambda: load_chains(files.chain_links, functions=functions))
    bases = None if published is None else attempt(lambda: load_stock_bases(files.stock_bases, published))
    if (
        flows is None
        or scenarios is None
        or chosen is None
        or catalogue is None
        or sectors is None
        or figures is None
        or rules is None
        or published is None
        or chains is None
        or bases is None
    ):
        raise InputError(*problems)
    return DemandData(catalogue, flows, scenarios, chosen, sectors, figures, rules, published, bases, chains)
