"""The layers of a project with the corrections that its file of reports holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.jobs.feedback import accepted_corrections
from api.jobs.feedback_file import read_reports
from gis.errors import InputError, Problem
from layers.read import read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.corrections import Correction
    from layers.project import Project
    from layers.read import Inputs


def project_corrections(project: Project) -> tuple[Correction, ...]:
    """Give the accepted corrections of a project, in the order of their decisions.

    Raises
    ------
    InputError
        When the file that the project names is absent, damaged or open to others.
    """
    if project.corrections is None:
        return ()
    path = project.root / project.corrections
    if not path.is_file():
        raise InputError(
            Problem(
                f"the file {project.corrections} does not exist",
                "Check its path, or take the line out as long as nobody reported anything.",
                field="project.corrections",
            )
        )
    return accepted_corrections(read_reports(path))


def read_corrected(project: Project, *, progress: Callable[[str], None] | None = None) -> Inputs:
    """Read all layers of a project with its corrections, see `layers.read.read_inputs`."""
    return read_inputs(project, progress=progress, corrections=project_corrections(project))
