"""Land demand, balance and the usable-category surface of a project, when it asks for them."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import pandas as pd

    from layers.project import Project

SURFACE_FOLDER = "data/surface"


def space_tables(
    project: Project,
    tables: Mapping[str, gpd.GeoDataFrame],
    evidence: Mapping[str, pd.DataFrame],
    tell: Callable[[str], None],
) -> dict[str, pd.DataFrame]:
    """Compute demand, released land, balance and agenda; nothing when the project does not ask for them.

    Parameters
    ----------
    project
        Its ``[parameters.space]`` decides.
    tables
        Cleaned input layers.
    evidence
        Result tables of the main job.
    tell
        Called with what begins.

    Raises
    ------
    InputError
        With every problem in a file of figures, or when no municipality states its inhabitants.
    """
    wanted = project.parameters.space
    if not wanted.assess:
        return {}
    from analysis.space.balance_run import BalanceFiles, BalanceSettings, run_balance
    from analysis.space.demand_data import DemandFiles
    from analysis.space.demand_run import DemandSettings, run_demand

    files = space_files(project)
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
        raise InputError(
            Problem(
                "no municipality states its inhabitants, so land demand cannot be estimated",
                "Name the column inhabitants of the layer municipalities, or leave out assess = true.",
                layer="municipalities",
                field="inhabitants",
            )
        )
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
        files=BalanceFiles(**_of(BalanceFiles, files)),
        settings=BalanceSettings(draws=wanted.draws, seed=wanted.seed, samples=wanted.samples),
    )
    return {**demand.tables, **balance.tables}


def surface_results(
    project: Project, tables: Mapping[str, gpd.GeoDataFrame], tell: Callable[[str], None]
) -> tuple[dict[str, pd.DataFrame], dict[str, bytes]]:
    """Compute the usable-category surface; nothing when the project does not ask for it.

    Returns
    -------
    tables
        Hectares per area, exploration areas with their conditions.
    rasters
        Place in the release to the bytes of a Cloud-Optimised GeoTIFF.
    """
    if not project.parameters.space.surface:
        return {}, {}
    from analysis.space.exploration import explore
    from analysis.space.surface import write_surfaces
    from analysis.space.surface_tables import surface_tables

    tell("drawing the usable-category surface")
    with TemporaryDirectory() as folder:
        paths = write_surfaces(Path(folder), tables, project.parameters)
        result = {**surface_tables(tables, paths), **explore(tables, project.parameters, paths)}
        rasters = {f"{SURFACE_FOLDER}/{path.name}": path.read_bytes() for path in paths.values()}
    return result, rasters


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


def _of(kind: type, files: Mapping[str, Path]) -> dict[str, Path]:
    """Take the files that a dataclass of files knows."""
    known = {field.name for field in fields(kind)}
    return {name: path for name, path in files.items() if name in known}
