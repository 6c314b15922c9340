"""Ways out of a plan that does not fit, on the side of the land: what if a rule were asked less strictly.

Each gives the problem of the plan with one rule eased; the rules of the plan itself (maxima, kept quays,
housing plans at a price) are eased where the plan is made. Free choices stand apart from those that shorten a
distance which protects people. Large noise makers outside zoned estates are never a way out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.reservation.asked import Easing
from analysis.reservation.assemble import make_problem, problem_of
from analysis.reservation.candidates import CERTAIN, Scene, plan_lists, survey, verdicts
from analysis.reservation.eligibility import judge
from analysis.reservation.measures import measured
from analysis.reservation.pairs import Pairs
from analysis.reservation.relax import Relaxation
from analysis.reservation.suitability import rated_values, suitability_of, weights_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.reservation.problem import ReservationProblem
    from layers.parameters import Parameters

MOST_PARKS = 8
"""For how many parks the surroundings are looked at one by one: those where most land would fit."""


@dataclass(frozen=True)
class _Kind:
    """A rule that can be eased, with its words."""

    group: str
    group_nl: str
    group_en: str
    label_nl: str
    label_en: str
    touches_health: bool


_KINDS = {
    "permitted_step": _Kind(
        "permitted_category",
        "de toegestane milieucategorie",
        "the permitted environmental category",
        "Als omgevingsplannen één categorie meer toelaten",
        "If plans permit one category more",
        touches_health=False,
    ),
    "minimum_area": _Kind(
        "minimum_area",
        "de kleinste kavel",
        "the smallest plot",
        "Als een voorziening op een half zo grote kavel past",
        "If a facility fits on a plot of half the size",
        touches_health=False,
    ),
    "no_water": _Kind(
        "water",
        "de ligging aan vaarwater",
        "the place at navigable water",
        "Als functies die water nodig hebben ook zonder kade kunnen",
        "If functions that need water can do without a quay",
        touches_health=False,
    ),
    "possible": _Kind(
        "certain_only",
        "alleen plekken die zeker geschikt zijn",
        "only sites that fit for certain",
        "Als ook mogelijk geschikte plekken meetellen",
        "If sites that possibly fit count too",
        touches_health=False,
    ),
    "soft_housing": _Kind(
        "housing_plans",
        "zachte woningbouwplannen",
        "soft housing plans",
        "Als zachte woningbouwplannen wijken",
        "If soft housing plans give way",
        touches_health=False,
    ),
    "inside": _Kind(
        "usable_category",
        "de afstand tot woningen",
        "the distance to homes",
        "Als de woningen op het terrein zelf verdwijnen",
        "If the homes inside the park go",
        touches_health=True,
    ),
    "lighter": _Kind(
        "usable_category",
        "de afstand tot woningen",
        "the distance to homes",
        "Als functies zo worden ingericht dat de afstand van een categorie lichter volstaat",
        "If functions are laid out so that the distance of one category lighter suffices",
        touches_health=True,
    ),
    "mixed": _Kind(
        "usable_category",
        "de afstand tot woningen",
        "the distance to homes",
        "Alleen als de omgeving overal als gemengd te beargumenteren is",
        "Only if all surroundings can be argued to be mixed",
        touches_health=True,
    ),
}
_EASINGS = {
    "permitted_step": Easing(permitted_steps=1),
    "no_water": Easing(no_water=True),
    "inside": Easing(without_inside=True),
    "lighter": Easing(lighter_steps=1),
    "mixed": Easing(mixed=True),
}


def relaxations_of(tables: Mapping[str, Any], parameters: Parameters) -> dict[str, Relaxation]:
    """Give the ways out on the side of the land, by name; each makes its problem when it is asked.

    Parameters
    ----------
    tables
        Of a release made with `analysis.reservation.assemble.assemble`: its inputs, evidence, demand and the
        tables of the plan.

    Returns
    -------
    dict
        Name to relaxation, in a fixed order: one category more in plans, a smaller plot, no quay, what is
        possible as well, soft housing plans; and touching health: without homes inside the park, one
        category lighter, mixed surroundings everywhere and for single parks (``mixed:VB012``).
    """
    workshop = _Workshop(tables, parameters)
    smaller = workshop.scene.book.settings["smaller_area"]
    easings = {**_EASINGS, "minimum_area": Easing(area_share=smaller)}
    settings = parameters.reservation
    asked = {"possible": settings.certain_only, "soft_housing": settings.housing == "exclude_all"}
    found: dict[str, Relaxation] = {}
    for name, kind in _KINDS.items():
        if asked.get(name, True):
            make = (
                partial(workshop.eased, easings[name]) if name in easings else partial(workshop.freed, name)
            )
            found[name] = _relaxation(name, kind, make)
    mixed = _KINDS["mixed"]
    for park, called in workshop.parks_by_gain(easings["mixed"])[:MOST_PARKS]:
        one = replace(
            mixed,
            label_nl=f"Alleen als de omgeving van terrein {called} als gemengd te beargumenteren is",
            label_en=f"Only if the surroundings of park {called} can be argued to be mixed",
        )
        name = f"mixed:{park}"
        found[name] = _relaxation(name, one, partial(workshop.eased, easings["mixed"], park))
    return found


def _relaxation(name: str, kind: _Kind, problem: partial[ReservationProblem]) -> Relaxation:
    return Relaxation(
        name=name,
        group=kind.group,
        group_nl=kind.group_nl,
        group_en=kind.group_en,
        label_nl=kind.label_nl,
        label_en=kind.label_en,
        touches_health=kind.touches_health,
        problem=problem,
    )


class _Workshop:
    """Judges again with rules eased; what was measured is measured once."""

    def __init__(self, tables: Mapping[str, Any], parameters: Parameters) -> None:
        self._tables, self._parameters = tables, parameters
        self._pairs: dict[Easing, Pairs] = {}

    @cached_property
    def scene(self) -> Scene:
        since = self._tables["reservation_sites"]["surveyed"]
        year = int(since.iloc[0]) if len(since) else None
        return survey(self._tables, self._parameters, reference_year=year)

    @cached_property
    def _measured(self) -> dict[str, NDArray[Any]]:
        return measured(self.scene, self._tables)

    def freed(self, name: str) -> ReservationProblem:
        """Give the problem with a setting eased."""
        change = {"certain_only": False} if name == "possible" else {"housing": "exclude_hard"}
        settings = self._parameters.reservation.model_copy(update=change)
        return problem_of(self._tables, self._parameters.model_copy(update={"reservation": settings}))

    def eased(self, easing: Easing, park: str | None = None) -> ReservationProblem:
        """Give the problem with rules of eligibility eased, everywhere or in one park."""
        pairs = self.pairs(easing)
        if park is not None:
            table = self.scene.sites.table
            here = (table["park_id"] == park).to_numpy(dtype=bool)
            before = self.pairs(Easing())
            pairs = _merged(before.where(~here[before.site]), pairs.where(here[pairs.site]))
        return make_problem(self._tables, self._parameters, pairs)[0]

    def pairs(self, easing: Easing) -> Pairs:
        """Give the pairs whose land fits, housing plans aside."""
        if easing not in self._pairs:
            scene = self.scene
            judged = judge(scene.sites, scene.classes, scene.plans, scene.book, self._parameters, easing)
            self._pairs[easing] = self._of(replace(scene, judged=judged))
        return self._pairs[easing]

    def _of(self, scene: Scene) -> Pairs:
        found = verdicts(scene, self._parameters)
        capacity = np.where(found.fits, scene.judged.usable_ha, 0.0)
        site, function = np.nonzero((capacity > 0).any(axis=2))
        values, _, _ = rated_values(scene, self._measured, site, function)
        return Pairs(
            site=site.astype(np.int64),
            function=function.astype(np.int64),
            # to the decimals of the tables, so that easing never takes a rounding away
            capacity=np.maximum.accumulate(np.round(capacity[site, function], 3), axis=1),
            certain=np.min(found.land[site, function], axis=1) == CERTAIN,
            suitability=suitability_of(np.round(values, 4), weights_of(self._parameters)),
            people=np.nan_to_num(np.round(scene.people[site, function])),
            conflict=np.round(scene.conflict[site, function], 1),
            plans=plan_lists(scene)[site, function],
        )

    def parks_by_gain(self, easing: Easing) -> list[tuple[str, str]]:
        """Give the parks where an easing lets most land in, the most first: id and name."""
        before, after = self.pairs(Easing()), self.pairs(easing)
        count = len(self.scene.classes)
        fresh = ~np.isin(after.site * count + after.function, before.site * count + before.function)
        size = np.zeros(len(self.scene.sites))
        np.maximum.at(size, after.site[fresh], after.capacity[fresh, -1])
        table = self.scene.sites.table[["park_id", "park_name"]].astype(object).assign(ha=size)
        sums = table[table["ha"] > 0].groupby(["park_id", "park_name"], dropna=False)["ha"].sum()
        order = sums.reset_index().sort_values(["ha", "park_id"], ascending=[False, True])
        names = order["park_name"].where(order["park_name"].notna(), order["park_id"])
        return list(zip(order["park_id"].astype(str), names.astype(str), strict=True))


def _merged(one: Pairs, two: Pairs) -> Pairs:
    """Put pairs of different sites together, sorted by site, then function."""
    both = {
        name: np.concatenate([getattr(one, name), getattr(two, name)]) for name in one.__dataclass_fields__
    }
    order = np.lexsort((both["function"], both["site"]))
    return Pairs(**{name: values[order] for name, values in both.items()})
