"""The years of a plan: those asked, which must be years of the land demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.parameters import Parameters


def plan_years(tables: Mapping[str, Any], parameters: Parameters) -> tuple[int, ...]:
    """Give the years of the plan, ascending; those of the land demand when none are asked.

    Raises
    ------
    InputError
        When a year is asked that the land demand does not have.
    """
    known = sorted({int(year) for year in tables["demand_bands"]["year"].unique()})
    asked = sorted(set(parameters.reservation.years)) or known
    strange = tuple(str(year) for year in asked if year not in known)
    if strange:
        raise InputError(
            Problem(
                "the land demand has no figures for years of the plan",
                f"Choose from {', '.join(map(str, known))}, or add the years to [parameters.space].",
                field="parameters.reservation.years",
                rows=strange,
            )
        )
    return tuple(asked)
