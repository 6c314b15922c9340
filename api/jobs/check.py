"""Look at a project without running it: every problem, and what reading would repair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.jobs.corrected import read_corrected
from gis.errors import InputError, Problem
from layers.project import load_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pandas as pd

    from layers.read import SourceRecord


@dataclass(frozen=True, slots=True)
class ProjectCheck:
    """What a project's layers are like.

    Attributes
    ----------
    name
        Name of the project; None when the project file itself has problems.
    problems
        Everything that stops a run.
    sources
        What was read from each layer: rows that came in and rows that are in the result.
    quality
        Counts of repairs by layer, rule and action, with one reason each.
    warnings
        Each newer fetch that failed.
    """

    name: str | None
    problems: tuple[Problem, ...]
    sources: tuple[SourceRecord, ...] = ()
    quality: tuple[dict[str, Any], ...] = ()
    warnings: tuple[str, ...] = ()


def check_project(path: Path, *, progress: Callable[[str], None] | None = None) -> ProjectCheck:
    """Read a project and all its layers, and report instead of raising.

    Parameters
    ----------
    path
        The project file.
    progress
        Called with what begins, in English.

    Returns
    -------
    ProjectCheck
        With problems, or with what reading found.
    """
    name = None
    try:
        project = load_project(path)
        name = project.name
        inputs = read_corrected(project, progress=progress)
    except InputError as error:
        return ProjectCheck(name, error.problems)
    return ProjectCheck(name, (), inputs.sources, quality_counts(inputs.quality), project.warnings)


def quality_counts(quality: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    """Count a data-quality table by layer, rule and action, in that order."""
    grouped = quality.groupby(["layer", "rule", "action"], sort=True, dropna=False)
    return tuple(
        {
            "layer": str(layer),
            "rule": str(rule),
            "action": str(action),
            "rows": len(part),
            "reason_en": str(part["reason_en"].iloc[0]),
            "reason_nl": str(part["reason_nl"].iloc[0]),
        }
        for (layer, rule, action), part in grouped
    )
