"""Land demand, balance and the usable-category surface of a project, unless it switches them off."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis.columns import conform
from analysis.space.readiness import (
    BALANCE,
    EXPLORATION,
    SURFACE,
    balance_gap,
    exploration_gap,
    surface_gap,
    switched_off,
    with_gaps,
)
from api.jobs.show import plain_rows
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from analysis.space.readiness import Gap
    from gis.workers import Workers
    from layers.project import Project
    from layers.release import Release

SURFACE_FOLDER = "data/surface"
SAMPLE_REMARK = "voorbeeld: berekend uit verzonnen gegevens"
"""What rows say that are computed from a made-up region and are drawn on a map of their own."""


@dataclass(frozen=True, slots=True)
class SpaceResults:
    """What this part of a run adds to a release.

    Attributes
    ----------
    tables
        Name to table. ``assumptions`` and ``not_assessed`` are those of the main job with rows added.
    rasters
        Place in the release to the bytes of a Cloud-Optimised GeoTIFF.
    """

    tables: dict[str, pd.DataFrame]
    rasters: dict[str, bytes]


def space_results(
    project: Project,
    tables: Mapping[str, gpd.GeoDataFrame],
    evidence: Mapping[str, pd.DataFrame],
    tell: Callable[[str], None],
    workers: Workers | None = None,
) -> SpaceResults:
    """Compute demand, released land, balance, agenda, surface and exploration areas.

    What the project switches off or lacks the layers for is named in ``not_assessed`` and stops nothing.

    Parameters
    ----------
    project
        Its ``[parameters.space]`` may switch off either half.
    tables
        Cleaned input layers.
    evidence
        Result tables of the main job.
    tell
        Called with what begins, and with what cannot be assessed.
    workers
        Who computes windows of the surface and draws; this process by default.

    Raises
    ------
    InputError
        With every problem in a file of figures, or when sub-areas overlap.
    """
    wanted = project.parameters.space
    files = space_files(project)
    found: dict[str, pd.DataFrame] = {}
    rasters: dict[str, bytes] = {}
    gaps: list[Gap] = []

    gap = surface_gap(tables) if wanted.surface else switched_off(SURFACE, "surface")
    if gap is None:
        unexplored = exploration_gap(tables, wanted.exploration_cells)
        gaps += [] if unexplored is None else [unexplored]
        surface, rasters = _surface(project, tables, files, tell, workers, explored=unexplored is None)
        listed = pd.concat([evidence["assumptions"], surface.pop("assumptions")], ignore_index=True)
        found |= {**surface, "assumptions": conform("assumptions", listed)}
    else:
        gaps.append(gap)

    gap = balance_gap(tables) if wanted.assess else switched_off(BALANCE, "assess")
    if gap is None:
        found |= _balance(project, tables, evidence, files, tell, workers)
    else:
        gaps.append(gap)

    for gap in gaps:
        tell(f"not assessed: {gap.why_en}")
    found["not_assessed"] = with_gaps(evidence["not_assessed"], gaps, evidence["park_evidence"])
    return SpaceResults(found, rasters)


def space_gaps(release: Release) -> list[dict[str, Any]]:
    """Give the rows of ``not_assessed`` on balance and surface; none when the release holds both."""
    table = release.table("not_assessed")
    return plain_rows(table[table["item_id"].isin([BALANCE, SURFACE, EXPLORATION])])


def _balance(
    project: Project,
    tables: Mapping[str, gpd.GeoDataFrame],
    evidence: Mapping[str, pd.DataFrame],
    files: Mapping[str, Path],
    tell: Callable[[str], None],
    workers: Workers | None,
) -> dict[str, pd.DataFrame]:
    """Compute the tables of demand, released land and balance."""
    from analysis.space.balance_run import BalanceFiles, BalanceSettings, run_balance
    from analysis.space.demand_data import DemandFiles
    from analysis.space.demand_run import DemandSettings, run_demand

    wanted = project.parameters.space
    years = tuple(sorted(set(wanted.years)))
    tell("estimating land demand and released land")
    demand = run_demand(
        evidence,
        tables,
        project.parameters,
        files=DemandFiles(**_of(DemandFiles, files)),
        settings=DemandSettings(scenario=wanted.scenario, years=years, draws=wanted.draws, seed=wanted.seed),
    )
    if demand.demand is None:
        raise ValueError("the balance was asked of a project whose municipalities have no inhabitants")
    tell("drawing up the balance")
    balance = run_balance(
        evidence,
        tables,
        project.parameters,
        demand=demand.demand,
        released=demand.released,
        sub_areas=demand.sub_areas,
        years=years,
        reference_year=project.reference_date.year,
        land=demand.land,
        files=BalanceFiles(**_of(BalanceFiles, files)),
        settings=BalanceSettings(draws=wanted.draws, seed=wanted.seed, samples=wanted.samples),
        workers=workers,
    )
    return {**demand.tables, **balance.tables}


def _surface(
    project: Project,
    tables: Mapping[str, gpd.GeoDataFrame],
    files: Mapping[str, Path],
    tell: Callable[[str], None],
    workers: Workers | None,
    *,
    explored: bool,
) -> tuple[dict[str, pd.DataFrame], dict[str, bytes]]:
    """Compute hectares per area, exploration areas when asked, what both rest on, and the rasters."""
    from analysis.space.exploration import explore
    from analysis.space.exploration_near import ExplorationSettings
    from analysis.space.surface import write_surfaces
    from analysis.space.surface_assumptions import surface_assumptions
    from analysis.space.surface_rules import SurfaceSettings
    from analysis.space.surface_tables import surface_tables

    parameters = project.parameters
    surface = SurfaceSettings(**_of(SurfaceSettings, files))
    exploration = ExplorationSettings(**_of(ExplorationSettings, files))
    tell("drawing the usable-category surface")
    with TemporaryDirectory() as folder:
        paths = write_surfaces(Path(folder), tables, parameters, settings=surface, workers=workers)
        areas = explore(tables, parameters, paths, exploration) if explored else {}
        if project.sample:
            areas = {name: table.assign(remark=SAMPLE_REMARK) for name, table in areas.items()}
        result = {**surface_tables(tables, paths), **areas}
        rasters = {f"{SURFACE_FOLDER}/{path.name}": path.read_bytes() for path in paths.values()}
    return {**result, "assumptions": surface_assumptions(parameters, surface, exploration)}, rasters


def space_files(project: Project) -> dict[str, Path]:
    """Give the user's own files of figures.

    Raises
    ------
    InputError
        When one does not exist.
    """
    stated = {name: project.root / place for name, place in project.parameters.space.files.items()}
    problems = [
        Problem(
            f"there is no file {path}",
            "Correct the path under [parameters.space.files]; paths start from the project file.",
            file=str(path),
            field=name,
        )
        for name, path in stated.items()
        if not path.is_file()
    ]
    if problems:
        raise InputError(*problems)
    return {str(name): path for name, path in stated.items()}


def space_sources(project: Project) -> list[dict[str, str]]:
    """Give the hashes of the user's own files of figures, for the recipe."""
    return [
        {"figures": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for name, path in sorted(space_files(project).items())
    ]


def _of(kind: type, files: Mapping[str, Path]) -> dict[str, Any]:
    """Take the files that a dataclass of files knows."""
    known = {field.name for field in fields(kind)}
    return {name: path for name, path in files.items() if name in known}
