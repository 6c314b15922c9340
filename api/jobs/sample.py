"""The demonstration: write the sample region and run the main job on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.jobs.run import run
from gis.errors import InputError, Problem
from layers.project import load_project
from layers.sample.build import write_sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.release import Release

MAIN_ONLY = """
[parameters.space]
assess = false
surface = false
"""


def demo(
    folder: Path, *, main_only: bool = False, progress: Callable[[str], None] | None = None
) -> tuple[Path, Release]:
    """Write the sample project into a folder and make its release.

    Parameters
    ----------
    folder
        Made when it does not exist; the release goes to ``releases/`` in it.
    main_only
        Whether the project switches off land demand, balance and the usable-category surface.
    progress
        Called with what begins, in English.

    Returns
    -------
    tuple
        The project file and the release.

    Raises
    ------
    InputError
        When the folder cannot be written.
    """
    if progress is not None:
        progress("writing the sample region")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        project_file = write_sample(folder)
        if main_only:
            project_file.write_text(project_file.read_text(encoding="utf-8") + MAIN_ONLY, encoding="utf-8")
    except OSError as error:
        problem = Problem(
            f"The sample cannot be written: {error.strerror}", "Choose another folder.", file=str(folder)
        )
        raise InputError(problem) from error
    project = load_project(project_file)
    return project_file, run(project, folder / "releases", progress=progress)
