"""Which calculations can be asked, with what, and what each does in the end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - fields of a frozen order travel to another process
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import numpy as np
import orjson
import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.crs import to_rd
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST: Final = 200
MOST_LOCKS: Final = 200
MOST_VERTICES: Final = 10_000
VALIDATION: Final = "Zie de beschrijving van het proces voor wat er kan."

Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Lock = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"^[^=\s]+(=F\d{2})?$")]
Locks = Annotated[tuple[Lock, ...], Field(max_length=MOST_LOCKS)]
Weights = Annotated[dict[Text, Annotated[float, Field(ge=0, le=1000)]], Field(max_length=50)]


class _Inputs(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Polygon(_Inputs):
    """A GeoJSON polygon or multipolygon in CRS84."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any]

    def shape(self) -> shapely.Geometry:
        """Give the polygon in RD (EPSG:28992).

        Raises
        ------
        InputError
            When it is no valid polygon, or holds too many vertices.
        """
        try:
            drawn = shapely.from_geojson(orjson.dumps(self.model_dump()))
        except shapely.errors.GEOSException as error:
            raise InputError(_refused("polygon", "is geen geldige GeoJSON-veelhoek")) from error
        if drawn.is_empty or not drawn.is_valid or shapely.get_num_coordinates(drawn) > MOST_VERTICES:
            text = f"is leeg, kruist zichzelf of heeft meer dan {MOST_VERTICES} punten"
            raise InputError(_refused("polygon", text))
        # CRS84 is ETRS89 by convention, with the same order of its axes as here
        moved: shapely.Geometry = to_rd(np.array([drawn], dtype=object), "OGC:CRS84")[0]
        return moved


class WhyInputs(_Inputs):
    """A park."""

    park: Text


class WhyNotInputs(_Inputs):
    """A park and a function."""

    park: Text
    function: Annotated[str, Field(pattern=r"^F\d{2}$")]


class WhatIfInputs(_Inputs):
    """A park or polygon that becomes something else, or other locks and weights."""

    park: Text | None = None
    polygon: Polygon | None = None
    lock_in: Locks = ()
    lock_out: Locks = ()
    weights: Weights = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_question(self) -> WhatIfInputs:
        choices = bool(self.lock_in or self.lock_out or self.weights)
        if sum((self.park is not None, self.polygon is not None, choices)) != 1:
            text = "vraag één ding: een terrein (park), een polygon, of lock_in, lock_out en weights"
            raise ValueError(text)
        return self


class ReserveInputs(_Inputs):
    """Changes to the parameters of the plan."""

    lock_in: Locks = ()
    lock_out: Locks = ()
    weights: Weights = Field(default_factory=dict)
    certain_only: bool = False


@dataclass(frozen=True, slots=True)
class Process:
    """One calculation.

    Attributes
    ----------
    id
        As in the address.
    title, description
        Dutch.
    inputs
        What it needs; its JSON schema is published.
    seconds
        Processor time after which it is stopped.
    small
        Whether it is answered at once unless the caller prefers to wait elsewhere.
    makes_release
        Whether its answer is a new release.
    """

    id: str
    title: str
    description: str
    inputs: type[_Inputs]
    seconds: int
    small: bool = True
    makes_release: bool = False


PROCESSES: Final[Mapping[str, Process]] = {
    process.id: process
    for process in (
        Process(
            "why",
            "Waarom deze locatie",
            "Legt uit wat het plan op een terrein reserveert, waarom, en wat het kan vervangen.",
            WhyInputs,
            60,
        ),
        Process(
            "why-not",
            "Waarom hier niet",
            "Legt uit waarom een terrein niet voor een functie is gereserveerd, of wat dat zou kosten.",
            WhyNotInputs,
            60,
        ),
        Process(
            "what-if",
            "Wat als",
            "Zegt wat verloren gaat als een terrein of gebied verandert, of wat andere keuzen doen.",
            WhatIfInputs,
            60,
        ),
        Process(
            "reserve",
            "Maak een reserveringsplan",
            "Maakt een nieuw plan met andere keuzen of gewichten, als een eigen uitgave.",
            ReserveInputs,
            1800,
            small=False,
            makes_release=True,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Order:
    """A calculation that was asked.

    Attributes
    ----------
    process
        Its id.
    inputs
        As they came, checked.
    release
        Folder of the release that it is about.
    out
        Folder for a new release.
    """

    process: str
    inputs: Mapping[str, Any]
    release: Path
    out: Path


def read_inputs(process: Process, given: object) -> dict[str, Any]:
    """Check what was sent, and give it as plain JSON.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    try:
        return process.inputs.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        raise InputError(
            *(
                _refused(".".join(str(part) for part in found["loc"]) or "inputs", str(found["msg"]))
                for found in error.errors(include_url=False, include_input=False, include_context=False)
            )
        ) from error


def perform(order: Order, tell: Callable[[str], None]) -> dict[str, Any]:
    """Do the calculation.

    Raises
    ------
    KringError
        When the release cannot answer it, or a place or function does not exist.
    """
    from api.jobs.ask import ask_changes, ask_transform, ask_why, ask_why_not
    from api.jobs.changes import Changes
    from api.jobs.reserve import reserve
    from api.jobs.show_plan import show_plan
    from layers.release import open_release

    release = open_release(order.release)
    match PROCESSES[order.process].inputs.model_validate(order.inputs):
        case WhyInputs(park=park):
            return ask_why(release, park)
        case WhyNotInputs(park=park, function=function):
            return ask_why_not(release, park, function)
        case WhatIfInputs(park=str(park)):
            return ask_transform(release, park)
        case WhatIfInputs(polygon=Polygon() as polygon):
            return ask_transform(release, "getekend gebied", polygon.shape())
        case WhatIfInputs(lock_in=lock_in, lock_out=lock_out, weights=weights):
            return ask_changes(release, Changes(lock_in, lock_out, weights))
        case ReserveInputs(lock_in=lock_in, lock_out=lock_out, weights=weights, certain_only=certain):
            changes = Changes(lock_in, lock_out, weights, {"certain_only": True} if certain else {})
            return show_plan(reserve(release, order.out, changes, progress=tell))
    raise AssertionError(order.process)


def _refused(field: str, text: str) -> Problem:
    return Problem(text.removeprefix("Value error, "), VALIDATION, field=field)
