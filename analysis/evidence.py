"""From cleaned layers to evidence per park and plot: the main job, one pure function."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from analysis.columns import conform, stack
from analysis.housing_table import housing_tables
from analysis.park_table import park_evidence
from analysis.plot_table import plot_evidence
from analysis.reporting import assumptions, disagreements, not_assessed, summarise
from analysis.situation import survey
from analysis.zone_blocks import in_blocks
from analysis.zone_table import zone_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from analysis.situation import Situation
    from layers.parameters import Parameters


SIDE_TASKS = 2


def assess(tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters) -> dict[str, pd.DataFrame]:
    """Make every result table of the main job.

    Parameters
    ----------
    tables
        Cleaned input layers, EPSG:28992, sorted by identifier; ``parks`` and ``municipalities`` at least.
    parameters
        As in the project file.

    Returns
    -------
    dict
        Table name to table, as described in `layers.results`; a table whose layers are absent is empty.
    """
    situation = survey(tables, parameters)
    with ThreadPoolExecutor(SIDE_TASKS) as pool:
        # geometry is measured outside the interpreter lock, so these go side by side
        zones_later = pool.submit(_zones, situation)
        plots_later = pool.submit(plot_evidence, situation)
        effects, rights, loss = housing_tables(situation)
        plots, plot_extra = plots_later.result()
        parks, park_extra = park_evidence(situation, plots, loss)
        zones, blocks = zones_later.result()
    evidence = {
        "park_evidence": parks,
        "plot_evidence": plots,
        "usable_zones": zones,
        "usable_blocks": blocks,
        "binding_objects": stack("binding_objects", park_extra["binding"], plot_extra.get("binding")),
        "water_by_class": stack("water_by_class", park_extra.get("classes"), plot_extra.get("classes")),
        "water_evidence": stack("water_evidence", park_extra["rungs"], plot_extra.get("rungs")),
        "housing_effects": effects,
        "housing_rights": rights,
        "disagreements": disagreements(park_extra["ranked"], tables, situation.system),
        "summary": summarise(parks, tables, parameters),
        "assumptions": assumptions(parameters, tables),
        "not_assessed": not_assessed(parks, tables),
    }
    return {name: conform(name, table) for name, table in evidence.items()}


def assess_parks(
    tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make ``park_evidence`` and ``summary`` alone, equal to those of `assess`, in a part of its time."""
    situation = survey(tables, parameters)
    plots, _ = plot_evidence(situation)
    _, _, loss = housing_tables(situation)
    parks, _ = park_evidence(situation, plots, loss)
    return conform("park_evidence", parks), conform("summary", summarise(parks, tables, parameters))


def _zones(situation: Situation) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the exact zones, and the blocks in which they go out."""
    zones = conform("usable_zones", zone_table(situation))
    return zones, in_blocks(zones)
