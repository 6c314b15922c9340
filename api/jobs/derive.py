"""A release that goes on from another: the same data, other parameters, more tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from api.jobs.drawing import DrawingProcess
from api.jobs.views import write_views
from gis.errors import ReleaseError
from layers.catalogue import ALL_LAYERS
from layers.parameters import Parameters
from layers.recipe import make_recipe
from layers.release_writer import ReleaseWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from layers.release import Release
    from layers.schema import Level


class ReleaseTables(Mapping[str, "pd.DataFrame"]):
    """The tables of a release by name, each read once, or as the release itself remembers it."""

    def __init__(self, release: Release) -> None:
        self._release = release if release.kept is not None else release.remembering()

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._release.names:
            raise KeyError(name)
        return self._release.table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._release.names)

    def __len__(self) -> int:
        return len(self._release.names)


def parameters_of(release: Release) -> Parameters:
    """Give the parameters with which a release was made.

    Raises
    ------
    ReleaseError
        When another version of kringruimte made it, with other parameters.
    """
    try:
        return Parameters.model_validate(release.project["parameters"])
    except ValidationError as error:
        names = ", ".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
        raise ReleaseError(
            f"Release {release.name} was made with other parameters than this version knows: {names}. "
            "Run its project again."
        ) from error


def derive(
    parent: Release,
    out: Path,
    tables: Mapping[str, pd.DataFrame],
    parameters: Parameters,
    step: Mapping[str, Any],
    *,
    levels: Mapping[str, Level] | None = None,
    progress: Callable[[str], None] | None = None,
    render: Callable[..., None] | None = None,
) -> Release:
    """Write a release with the data of another, new parameters and the tables that follow from them.

    Parameters
    ----------
    parent
        Its other tables are taken over.
    out
        Folder of releases.
    tables
        Results to add or to replace, described in the catalogue.
    parameters
        Those of the new release.
    step
        What was done, with the solver and its limits: part of the recipe, so part of the name.
    levels
        Layer to a stricter level than usual, besides those that the parent's project had raised.
    render
        Makes the views of the staged release; by default all of them, on two processors.

    Raises
    ------
    ReleaseError
        When the release cannot be written, or exists with other content.
    """
    stated = parameters.model_dump(mode="json")
    facts = {**parent.project, "parameters": stated}
    before = parent.manifest["recipe"]
    recipe = make_recipe(project=before["project"], parameters=stated, sources=before["sources"])
    recipe |= {"parent": parent.manifest["recipe_sha256"], "step": dict(step)}
    raised = {**(levels or {}), **_raised(parent)}

    def write_tables(writer: ReleaseWriter) -> None:
        writer.write_data(tables, facts, raised, parent=parent)

    tell = progress or _silent
    if render is not None:
        return _write(out, recipe, write_tables, tell, render)
    with DrawingProcess() as beside:
        return _write(out, recipe, write_tables, tell, partial(write_views, beside=beside))


def _write(
    out: Path,
    recipe: Mapping[str, Any],
    write_tables: Callable[[ReleaseWriter], None],
    tell: Callable[[str], None],
    render: Callable[..., None],
) -> Release:
    tell("writing tables")
    with ReleaseWriter(out, recipe) as writer:
        write_tables(writer)
        found = writer.existing()
        if found is not None:
            tell("the same release exists")
            return found
        tell("drawing maps and report")
        render(writer.staged(), writer)
        tell("finishing the release")
        return writer.commit()


def _raised(parent: Release) -> dict[str, Level]:
    """Give the layers whose level a project had raised."""
    usual = {layer.name: layer.level for layer in ALL_LAYERS}
    return {
        name: parent.layer(name).level for name in parent.names if parent.layer(name).level != usual[name]
    }


def _silent(message: str) -> None:
    """Tell nobody."""
