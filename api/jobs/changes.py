"""What a planner changes for one plan."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gis.errors import InputError, Problem
from layers.parameters_reservation import ReservationParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Changes:
    """What a planner changes for one plan; what is left out stays as the release has it.

    Attributes
    ----------
    lock_in, lock_out
        Added to the locks of the release: ``P12=F05``, and ``P12`` or ``P12=F05``.
    weights
        Criterion to weight, in place of those of the release.
    settings
        Other parameters of the reservation plan by name.
    """

    lock_in: tuple[str, ...] = ()
    lock_out: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, parameters: Parameters) -> Parameters:
        """Give the parameters with the changes.

        Raises
        ------
        InputError
            When a name or a value is not one that the plan knows.
        """
        before = parameters.reservation.model_dump()
        after = {
            **before,
            "lock_in": (*before["lock_in"], *self.lock_in),
            "lock_out": (*before["lock_out"], *self.lock_out),
            "weights": {**before["weights"], **self.weights},
            **self.settings,
        }
        try:
            reservation = ReservationParameters.model_validate(after)
        except ValidationError as error:
            raise InputError(*(_refused(item) for item in error.errors())) from error
        return parameters.model_copy(update={"reservation": reservation})


def _refused(item: Mapping[str, Any]) -> Problem:
    place = ".".join(str(part) for part in item["loc"] if part != "[key]")
    return Problem(
        f"{item['msg'][0].lower()}{item['msg'][1:]}",
        "Correct it; the README names what the plan knows.",
        field=f"parameters.reservation.{place}",
    )
