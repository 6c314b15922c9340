"""From cleaned layers to evidence per park and plot: the main job, one pure function."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd

from analysis.columns import conform, stack
from analysis.housing_table import housing_tables, plan_loss, plan_rights
from analysis.park_table import park_evidence
from analysis.plot_table import plot_evidence
from analysis.reporting import assumptions, disagreements, not_assessed, summarise
from analysis.situation import survey
from analysis.zone_blocks import in_blocks
from analysis.zone_table import zone_table
from gis.crs import RD
from gis.parallel import thread_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from analysis.housing import HousingLoss
    from analysis.housing_table import Hindrance
    from analysis.near_rows import NearRows
    from analysis.situation import Situation
    from layers.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Features:
    """What is measured park by park and plot by plot, whatever else there is in the region.

    Attributes
    ----------
    parks, plots
        Evidence, in the order of the layers.
    ranges
        Per park, for comparing only, the heaviest category that has room in each reading.
    zones, blocks, binding, classes, rungs
        Rows of ``usable_zones``, ``usable_blocks``, ``binding_objects``, ``water_by_class`` and
        ``water_evidence``.
    loss
        What housing plans cost; None without plans or sensitive objects.
    """

    parks: pd.DataFrame
    plots: pd.DataFrame
    ranges: pd.DataFrame
    zones: pd.DataFrame
    blocks: pd.DataFrame
    binding: pd.DataFrame
    classes: pd.DataFrame
    rungs: pd.DataFrame
    loss: HousingLoss | None


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
    with ThreadPoolExecutor(1) as pool:
        # geometry is measured outside the interpreter lock, so this goes beside the rest
        rights_later = pool.submit(plan_rights, situation)
        found = measure_features(situation)
        return assemble(found, situation, rights_later.result())


def measure_features(situation: Situation) -> Features:
    """Measure everything that is asked of one park or plot at a time."""
    if thread_count() == 1:
        zones, blocks = _zones(situation)
        plots, plot_extra = plot_evidence(situation)
        loss = plan_loss(situation)
        parks, park_extra = park_evidence(situation, plots, loss)
    else:
        with ThreadPoolExecutor(2) as pool:
            # geometry is measured outside the interpreter lock, so these go side by side
            zones_later = pool.submit(_zones, situation)
            plots_later = pool.submit(plot_evidence, situation)
            loss = plan_loss(situation)
            plots, plot_extra = plots_later.result()
            parks, park_extra = park_evidence(situation, plots, loss)
            zones, blocks = zones_later.result()
    return Features(
        parks=parks,
        plots=plots,
        ranges=park_extra["ranges"],
        zones=zones,
        blocks=blocks,
        binding=stack("binding_objects", park_extra["binding"], plot_extra.get("binding")),
        classes=stack("water_by_class", park_extra.get("classes"), plot_extra.get("classes")),
        rungs=stack("water_evidence", park_extra["rungs"], plot_extra.get("rungs")),
        loss=loss,
    )


def assemble(
    found: Features, situation: Situation, rights: Hindrance | None, objects: NearRows | None = None
) -> dict[str, pd.DataFrame]:
    """Make the result tables of what was measured per park and plot, and add up what concerns them all.

    Parameters
    ----------
    found
        Of all parks and plots.
    situation
        The region: its layers and what is permitted; its zones and land are not needed.
    rights
        As `analysis.housing_table.plan_rights` gives.
    objects
        Sensitive objects that are not among the layers.
    """
    tables, parameters = situation.tables, situation.parameters
    effects, hindering = housing_tables(situation, found.loss, rights)
    ranked = gpd.GeoDataFrame(found.parks.join(found.ranges), geometry="geometry", crs=RD)
    evidence = {
        "park_evidence": found.parks,
        "plot_evidence": found.plots,
        "usable_zones": found.zones,
        "usable_blocks": found.blocks,
        "binding_objects": found.binding,
        "water_by_class": found.classes,
        "water_evidence": found.rungs,
        "housing_effects": effects,
        "housing_rights": hindering,
        "disagreements": disagreements(ranked, tables, situation.system),
        "summary": summarise(found.parks, tables, parameters),
        "assumptions": assumptions(parameters, tables),
        "not_assessed": not_assessed(found.parks, tables, objects),
    }
    return {name: conform(name, table) for name, table in evidence.items()}


def assess_parks(
    tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make ``park_evidence`` and ``summary`` alone, equal to those of `assess`, in a part of its time."""
    situation = survey(tables, parameters)
    plots, _ = plot_evidence(situation)
    parks, _ = park_evidence(situation, plots, plan_loss(situation))
    return conform("park_evidence", parks), conform("summary", summarise(parks, tables, parameters))


def _zones(situation: Situation) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make the exact zones, and the blocks in which they go out."""
    zones = conform("usable_zones", zone_table(situation))
    return zones, in_blocks(zones)
