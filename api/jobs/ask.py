"""Live questions about a release with a plan: why, why not, what if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from analysis.reservation.assemble import problem_of
from analysis.reservation.plan_tables import read_plan
from analysis.reservation.transform import transform
from analysis.reservation.what_if import change_plan
from analysis.reservation.why import Asked, why
from analysis.reservation.why_not import why_not
from api.jobs.derive import ReleaseTables, parameters_of
from api.jobs.show import find_park
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from api.jobs.changes import Changes
    from layers.release import Release


def ask_why(release: Release, park: str) -> dict[str, Any]:
    """Explain what the plan does on a park, named by its id or (part of) its name."""
    return {"release": release.name, **why(asked_of(release), find_park(release, park))}


def ask_why_not(release: Release, park: str, function: str) -> dict[str, Any]:
    """Explain why a park is not reserved for a function, or what that would cost."""
    return {"release": release.name, **why_not(asked_of(release), find_park(release, park), function)}


def ask_transform(release: Release, place: str, polygon: shapely.Geometry | None = None) -> dict[str, Any]:
    """Tell what is lost when a park, or any polygon, becomes something else.

    Parameters
    ----------
    place
        A park, by its id or (part of) its name; what to call the polygon otherwise.
    polygon
        In EPSG:28992.
    """
    asked = asked_of(release)
    if polygon is not None:
        return {"release": release.name, **transform(asked, place, polygon)}
    park = find_park(release, place)
    parks = asked.tables["parks"]
    row = parks[parks["park_id"] == park].iloc[0]
    shape = shapely.make_valid(row["geometry"])
    return {"release": release.name, "park_id": park, **transform(asked, str(row["name"] or park), shape)}


def ask_changes(release: Release, changes: Changes) -> dict[str, Any]:
    """Tell what changes when sites are locked in or out, or criteria get other weights.

    Raises
    ------
    InputError
        When the release holds no plan, or a lock or weight cannot be used.
    """
    asked = asked_of(release)
    other = problem_of(asked.tables, changes.apply(asked.parameters))
    return {
        "release": release.name,
        "lock_in": list(changes.lock_in),
        "lock_out": list(changes.lock_out),
        "weights": dict(changes.weights),
        **change_plan(asked, other),
    }


def asked_of(release: Release) -> Asked:
    """Rebuild the problem and the plan of a release.

    Raises
    ------
    InputError
        When the release holds no plan.
    """
    if "reservation_plan" not in release.names:
        raise InputError(
            Problem(
                "this release holds no reservation plan",
                "Make one with kringruimte reserve, and ask the release that it makes.",
                file=str(release.path),
            )
        )
    tables, parameters = ReleaseTables(release), parameters_of(release)
    problem = problem_of(tables, parameters)
    return Asked(problem, read_plan(problem, tables).start, tables, parameters)
