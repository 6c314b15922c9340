"""The main job: from a project's layers to a release."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.parts import assess_in_parts
from api.jobs.corrected import read_corrected
from api.jobs.drawing import DrawingProcess
from api.jobs.space import space_results, space_sources
from api.jobs.views import write_views
from gis.workers import Here
from layers.corrections import corrections_table
from layers.recipe import make_recipe
from layers.release_writer import ReleaseWriter
from layers.results_corrections import CORRECTIONS
from layers.schema import Level
from layers.source import PLACE_KEYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gis.workers import Workers
    from layers.project import Project
    from layers.read import Inputs
    from layers.release import Release


def run(
    project: Project,
    out: Path,
    *,
    progress: Callable[[str], None] | None = None,
    render: Callable[..., None] | None = None,
    workers: Workers | None = None,
    parts: int | None = None,
) -> Release:
    """Read a project's layers, assess them and write a release.

    Parameters
    ----------
    project
        See `layers.project.load_project`.
    out
        Folder of releases.
    progress
        Called with what begins, in English.
    render
        Makes the views of a staged release; by default all of them, on two processors.
    workers, parts
        Who does the work, and in how many parts; this process by default. The release is the same.

    Returns
    -------
    Release
        The new one, or the one that was there already with the same recipe and the same tables.

    Raises
    ------
    InputError
        With every problem of the layers at once.
    ReleaseError
        When the release cannot be written, or exists with other content.
    """
    crew = Crew(workers or Here(), parts)
    if render is not None:
        return _run(project, out, progress or _silent, render, crew)
    with DrawingProcess() as beside:
        return _run(project, out, progress or _silent, partial(write_views, beside=beside), crew)


class Crew(NamedTuple):
    """Who does the work of a run, and in how many parts (None: as suits them)."""

    workers: Workers
    parts: int | None


def _run(
    project: Project, out: Path, tell: Callable[[str], None], render: Callable[..., None], crew: Crew
) -> Release:
    inputs = read_corrected(project, progress=tell)
    tell("assessing parks and plots")
    evidence = assess_in_parts(inputs.tables, project.parameters, crew.workers, parts=crew.parts)
    space = space_results(project, inputs.tables, evidence, tell, crew.workers)
    tables = {**inputs.tables, **evidence, **space.tables, "data_quality": inputs.quality}
    if inputs.corrected:
        tables[CORRECTIONS] = corrections_table(inputs.corrected)
    facts = project_facts(project, inputs)
    tell("writing tables")
    with ReleaseWriter(out, project_recipe(project, facts, inputs)) as writer:
        levels = {name: source.level for name, source in project.layers.items() if source.level is not None}
        writer.write_data(tables, facts, levels)
        for place, raster in space.rasters.items():
            # light cells show where single homes are
            writer.write_bytes(place, raster, Level.PROVINCE)
        found = writer.existing()
        if found is not None:
            tell("the same release exists")
            return found
        tell("drawing maps and report")
        render(writer.staged(), writer)
        tell("finishing the release")
        return writer.commit()


def main_only(project: Project) -> Project:
    """Give the project without land demand, balance and surface, as if its file switched them off."""
    off = project.parameters.space.model_copy(update={"assess": False, "surface": False})
    parameters = project.parameters.model_copy(update={"space": off})
    return project.model_copy(update={"parameters": parameters})


def project_facts(project: Project, inputs: Inputs) -> dict[str, Any]:
    """Give what a release says about its project: plain values for JSON."""
    stated = project.model_dump(mode="json")
    facts = {key: value for key, value in stated.items() if key not in {"layers", "root", "corrections"}}
    return {**facts, "sources": [asdict(source) for source in inputs.sources]}


def project_recipe(project: Project, facts: dict[str, Any], inputs: Inputs) -> dict[str, Any]:
    """Give the recipe: the facts, how columns were mapped, the hashes of the sources, and the corrections.

    Where a file lies is left out; what it holds is in its hash. Of the file of reports only what was accepted
    counts, so that a new report changes no release.
    """
    layers = {
        name: {key: value for key, value in layer.items() if key not in PLACE_KEYS}
        for name, layer in project.model_dump(mode="json")["layers"].items()
    }
    kept = {key: value for key, value in facts.items() if key not in {"parameters", "sources"}}
    recipe = make_recipe(
        project={**kept, "layers": layers},
        parameters=facts["parameters"],
        sources=[*facts["sources"], *space_sources(project)],
    )
    if inputs.corrected:
        recipe["corrections"] = [outcome.correction.facts() for outcome in inputs.corrected]
    return recipe


def _silent(message: str) -> None:
    """Tell nobody."""
