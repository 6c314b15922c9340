"""Live questions about shared functions: where can so many facilities serve everybody, and who gets which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.sharing.answer import coverage_answer
from api.jobs.derive import ReleaseTables, parameters_of
from api.jobs.show import plain_rows
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.release import Release


def ask_allocation(
    release: Release, facilities: Mapping[str, int], *, within: float, unit: str
) -> dict[str, Any]:
    """Tell per function where facilities can stand so that all municipalities are within a limit.

    Parameters
    ----------
    facilities
        Function to how many.
    within, unit
        Limit on the way of a municipality, in ``min`` or ``km``.

    Raises
    ------
    InputError
        When the release holds no candidates, or see `analysis.sharing.answer.coverage_answer`.
    """
    if "reservation_candidates" not in release.names:
        raise InputError(
            Problem(
                "this release holds no reservation candidates",
                "Make a plan with kringruimte reserve, and ask the release that it makes.",
                file=str(release.path),
            )
        )
    found = coverage_answer(
        ReleaseTables(release), parameters_of(release), facilities, within=within, unit=unit
    )
    ways = found.assignments["minutes" if unit == "min" else "km"]
    return {
        "release": release.name,
        "unit": unit,
        "within": within,
        "functions": plain_rows(found.functions),
        "assignments": plain_rows(found.assignments.assign(way=ways)),
    }
