"""The parameters of the main job, each with its default, unit, status and source."""

from __future__ import annotations

from typing import Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from layers.parameters_reservation import ReservationParameters, SharingParameters

Category = Literal["1", "2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2", "5.3", "6"]
CemtClass = Literal["0", "I", "II", "III", "IVa", "IVb", "Va", "Vb", "VIa", "VIb", "VIc", "VIIa"]

CATEGORIES: tuple[Category, ...] = get_args(Category)
"""VNG environmental categories from light to heavy."""

CEMT_CLASSES: tuple[CemtClass, ...] = get_args(CemtClass)
"""CEMT classes from small to large, in the order of domain facts 3.1."""


SpaceFile = Literal[
    "functions",
    "function_figures",
    "flows",
    "regional_keys",
    "scenarios",
    "scenario_figures",
    "linear_sectors",
    "release_figures",
    "circular_business_rules",
    "published",
    "chain_links",
    "stock_bases",
    "supply_assumptions",
    "regular_demand",
    "regular_categories",
    "intensification",
    "open_questions",
    "figure_bases",
    "hardness_classes",
    "protected_kinds",
    "provincial_rules",
]
"""The files of figures that a user can put in place of those that ship with the product."""


SURFACE_RESOLUTION: Final = 10.0
"""Metres to a cell of the usable-category surface."""


class SpaceParameters(BaseModel):
    """Land demand, balance and surface: table ``[parameters.space]``; all of it unless a project says no."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    assess: bool = True
    """Whether demand, released land, balance and research agenda are computed; needs inhabitants."""
    surface: bool = True
    """Whether the usable-category surface and exploration areas are computed; needs sensitive objects."""
    exploration_cells: int = Field(default=250_000_000, ge=1)
    """Most cells of 10 m on which exploration areas are looked for; every province fits, the country not."""
    scenario: str = "own"
    years: tuple[int, ...] = (2030, 2035, 2050)
    draws: int = Field(default=10_000, ge=100, le=1_000_000)
    """Draws of the Monte Carlo run."""
    samples: int = Field(default=128, ge=2, le=65_536)
    """Base samples of the Sobol indices, a power of two."""
    seed: int = Field(default=20_260_101, ge=0)
    files: dict[SpaceFile, str] = Field(default_factory=dict)
    """Name of a file of figures to its path, from the folder of the project file."""


class Parameters(BaseModel):
    """What a planner may set; unknown keys are refused.

    Distances are metres in EPSG:28992.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    category_system: Literal["vng-2009"] = "vng-2009"
    hmc_threshold: Category = "4.1"
    """From which category on land counts as high; no law defines it (assumption)."""
    water_adjacent_m: float = Field(default=50.0, gt=0, le=500)
    """Within which distance of navigable water a boundary can face it (assumption)."""
    water_near_m: float = Field(default=500.0, gt=0, le=5000)
    """Within which distance water or a public quay counts as near (assumption)."""
    shore_minimum_m: float = Field(default=20.0, ge=0, le=1000)
    """Shorter shores do not make a park or plot adjacent (assumption)."""
    quay_tolerance_m: float = Field(default=15.0, gt=0, le=200)
    """How far a quay object may lie from the boundary and still belong to it (assumption)."""
    cemt_threshold: Literal["0", "I", "II", "III", "IVa", "IVb", "Va", "Vb", "VIa", "VIb", "VIc", "VIIa"] = (
        "II"
    )
    """From which class on totals count water as usable; classes below stay in the tables (assumption)."""
    minimum_room_ha: float = Field(default=0.5, ge=0, le=100)
    """Less room than this is not called room: slivers at the edge of a zone are no site (assumption)."""
    margin_step_m: float = Field(default=5.0, gt=0, le=50)
    """Margins are shown rounded to this step, because address points lie metres off."""
    space: SpaceParameters = Field(default_factory=SpaceParameters)
    reservation: ReservationParameters = Field(default_factory=ReservationParameters)
    sharing: SharingParameters = Field(default_factory=SharingParameters)
    smaller_municipality_below: int = Field(default=30_000, ge=0)
    """Below how many inhabitants a municipality counts as smaller (proposal, not defined in the policy)."""
