"""The parameters of the reservation plan and of sharing functions over municipalities."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _unlimited(seconds: float | None) -> float | None:
    return None if seconds is None or math.isinf(seconds) else seconds


Seconds = Annotated[Annotated[float, Field(gt=0)] | None, AfterValidator(_unlimited)]
"""Processor time; ``inf`` in a project file means none, as TOML knows no null."""
Aim = Literal["shortage", "people", "suitability", "compactness"]
Criterion = Literal[
    "category_margin",
    "frontage",
    "area_and_shape",
    "access",
    "grid",
    "released_land",
    "clustering",
    "housing_conflict",
    "people",
    "nature",
    "ownership",
]
"""Criteria of suitability, each a value function in [0, 1]."""

DEFAULT_WEIGHTS: dict[Criterion, float] = {
    "category_margin": 3.0,
    "frontage": 3.0,
    "area_and_shape": 2.0,
    "access": 2.0,
    "grid": 2.0,
    "released_land": 1.0,
    "clustering": 2.0,
    "housing_conflict": 3.0,
    "people": 3.0,
    "nature": 2.0,
    "ownership": 1.0,
}
"""A proposal of ours, not policy (status assumption)."""


class ReservationParameters(BaseModel):
    """The reservation plan: table ``[parameters.reservation]``.

    The order of the aims is the council's choice; every default here is an assumption of ours.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    years: tuple[int, ...] = ()
    """Years of the plan; those of the balance when empty."""
    band: Literal["p10", "p50", "p90"] = "p50"
    """Which demand the targets take."""
    certain_only: bool = False
    """Whether only sites count whose eligibility holds under the strict reading."""
    aims: tuple[Aim, ...] = ("shortage", "people", "suitability", "compactness")
    tolerance: float = Field(default=0.01, ge=0, le=1)
    """What later aims may give away of an earlier one, as a share of what is wanted (shortage) or reached."""
    weights: dict[Criterion, float] = Field(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    """Weight per criterion of suitability; those not named weigh nothing."""
    priorities: dict[str, float] = Field(default_factory=dict)
    """Weight of a hectare short per function id; 1 when not named."""
    regional_share: float = Field(default=0.25, ge=0, le=1)
    """Share of a sub-area's own demand that is asked within that sub-area; the rest may land anywhere."""
    municipality_max_ha: dict[str, float] = Field(default_factory=dict)
    """Most hectares per municipality code."""
    minimum_cluster_ha: dict[str, float] = Field(default_factory=dict)
    """Hectares that a function must have together in a park, per function id."""
    keep_quays: bool = True
    """Whether land on a quay is kept for functions that need water."""
    keep_heavy: bool = True
    """Whether heavy land is kept for functions that need a high category."""
    kept_share: float = Field(default=0.1, ge=0, le=1)
    """Share of scarce land that functions without that need may take."""
    quiet_functions: tuple[str, ...] = ("F03",)
    """Functions that may not be neighbours of a large noise maker."""
    neighbour_m: float = Field(default=30.0, ge=0, le=500)
    housing: Literal["exclude_hard", "exclude_all", "price"] = "exclude_hard"
    """Whether housing plans exclude sites, or give way at a price."""
    housing_price: float = Field(default=0.05, ge=0)
    """Weighted hectares of shortage that one dwelling of a plan that gives way is worth."""
    lock_in: tuple[str, ...] = ()
    """Site or park id with its function, ``P12=F05``."""
    lock_out: tuple[str, ...] = ()
    """Site or park id, with ``=F05`` for one function only."""
    solver: Literal["highs", "scip"] = "highs"
    """What solves a whole model; SCIP is an extra to install (``kringruimte[scip]``)."""
    gap: float = Field(default=1e-3, ge=0, le=1)
    seconds: Seconds = 9.0
    """Processor time per pass; what one leaves goes to the next. Without it gap and nodes stop a pass."""
    nodes: int | None = Field(default=None, ge=1)
    seed: int = Field(default=7, ge=0)
    weight_draws: int = Field(default=300, ge=1, le=100_000)
    portfolio: int = Field(default=5, ge=1, le=50)
    portfolio_loss: float = Field(default=0.05, ge=0, le=1)
    portfolio_distance: float = Field(default=0.15, ge=0, le=1)
    """Share of the chosen sites in which each plan of the portfolio differs at least from each other."""
    replacement_sites: int = Field(default=25, ge=0)
    """For how many sites the replacement cost is solved whole; the others get a bracket."""
    persons_per_dwelling: float = Field(default=2.1, gt=0)
    """Average household size (assumption)."""
    pilots: int = Field(default=10, ge=1, le=200)


class SharingParameters(BaseModel):
    """Shared functions over municipalities: table ``[parameters.sharing]``; defaults are assumptions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    functions: tuple[str, ...] = ()
    """Functions to share; those that need alignment when empty."""
    speed_kmh: float = Field(default=45.0, gt=0, le=130)
    """Door to door speed of the approximation without a road network."""
    detour: float = Field(default=1.3, ge=1, le=3)
    """Length over the road against the straight line, without a road network."""
    single: bool = True
    """Whether a municipality uses one site of a function, or may split."""
    facilities: dict[str, int] = Field(default_factory=dict)
    """Number of facilities per function id; what capacity asks for when not named."""
    burdens_per_host: int = Field(default=2, ge=0)
    """How many facilities one municipality hosts at most."""
    tail_share: float = Field(default=0.2, gt=0, le=1)
    """Share of the worst-served inhabitants whose mean travel time is held down (CVaR)."""
    equity_loss: tuple[float, ...] = (0.02, 0.1)
    """Extra cost, as a share, at which the fairest allocation is sought."""
    curve_seconds: float = Field(default=1.5, gt=0)
    """Processor time per point of the curve from cheapest to fairest, where time limits at all."""
    seconds: Seconds = 8.0
    """Processor time per solve; without it only gap and nodes stop it, and every machine answers the same."""
    nodes: int | None = Field(default=None, ge=1)
    gap: float = Field(default=1e-4, ge=0, le=1)
    seed: int = Field(default=7, ge=0)
