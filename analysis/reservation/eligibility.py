"""Which function may stand on which site, rule by rule, before anything is optimised.

Every rule compares what a site has with what a function asks, in the strict reading (low) and the wide one
(high). A site fails in the wide reading: *no*, with what it falls short in the unit of the rule. It fails in
the strict reading only: *possible*. Otherwise *certain*. What is not known is not assessed, never a default.
Rules, their order and their thresholds stand in ``reservation_rules.csv``; the first one that fails binds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from analysis.objects import READINGS
from analysis.reservation import land_rules
from analysis.reservation.asked import Asked, Easing, Record, asked_of

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.reservation.rulebook import RuleBook
    from analysis.reservation.sites import Sites
    from analysis.reservation.surroundings import PlanReach
    from layers.parameters import Parameters


@dataclass(frozen=True)
class Eligibility:
    """Everything that the rules say.

    Attributes
    ----------
    records
        Rules that hold for a site and a function in all years, in the order of the rule file.
    share
        Share of a site where the category fits, ``(sites, functions)``: all or nothing for a plot.
    usable_ha
        Hectares that count per year, ``(sites, functions, years)``, not yet set to zero where a rule says no.
    in_time
        Whether enough is available in each year, ``(sites, functions, years)``.
    inside_only
        Whether only objects inside the own park stand in the way of the distance, ``(sites, functions)``.
    """

    records: tuple[Record, ...]
    share: NDArray[np.float64]
    usable_ha: NDArray[np.float64]
    in_time: NDArray[np.bool_]
    inside_only: NDArray[np.bool_]
    by_name: dict[str, Record] = field(init=False)

    def __post_init__(self) -> None:
        """Index the records by their rule."""
        object.__setattr__(self, "by_name", {one.rule_id: one for one in self.records})


def judge(
    sites: Sites,
    classes: pd.DataFrame,
    plans: PlanReach,
    book: RuleBook,
    parameters: Parameters,
    easing: Easing | None = None,
) -> Eligibility:
    """Judge every site for every function.

    Parameters
    ----------
    sites, classes, plans
        As `analysis.reservation.sites.find_sites`, `analysis.reservation.classes.find_classes` and
        `analysis.reservation.surroundings.reach_of_plans` give.
    easing
        What to ask less strictly; nothing by default.
    """
    easing = easing if easing is not None else Easing()
    asked = asked_of(classes, sites, easing)
    share = _shares(sites, asked, easing)
    distance, inside_only = land_rules.distance_record(sites, asked, easing)
    when = sites.availability
    together = when.plot_ha[:, None, :] * share["high"][:, :, None]
    enough = together + land_rules.SLACK_HA >= asked.minimum[None, :, None]
    usable = when.hectares[:, None, :] * _counted(share)[:, :, None]
    records = [
        *land_rules.site_records(sites, asked, book),
        *land_rules.plan_records(sites, asked, plans, book),
        land_rules.noise_record(sites, asked),
        land_rules.permitted_record(sites, asked, easing),
        distance,
        land_rules.zone_record(sites, asked, share),
        *land_rules.water_records(sites, asked, parameters),
        *land_rules.area_records(sites, asked, together[:, :, -1]),
        *land_rules.unknown_records(sites, asked),
    ]
    records.sort(key=lambda one: book.place[one.rule_id])
    return Eligibility(tuple(records), _counted(share), usable, enough & (usable > 0), inside_only)


def _shares(sites: Sites, asked: Asked, easing: Easing) -> dict[str, NDArray[np.float64]]:
    """Give per reading the share of a site where the category fits; plots are judged by their own rules."""
    result = {}
    for number, reading in enumerate(READINGS):
        # zones were drawn with the step down of mixed surroundings; where danger governs a function that
        # takes no step down, the strict reading asks the next category
        stepped = asked.distance["mixed"] > sites.system.mixed[asked.rank - 1]
        extra = stepped.astype(np.int64) if reading == "low" else np.zeros(len(asked), dtype=np.int64)
        from_rank = np.clip(asked.rank + extra - easing.permitted_steps, 1, sites.system.ranks)
        at_least = np.cumsum(sites.land.category[number][:, ::-1], axis=1)[:, ::-1]
        share = at_least[:, from_rank]
        share[sites.is_plot] = 1.0
        result[reading] = np.clip(share, 0.0, 1.0)
    return result


def _counted(share: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Count the strict share, or the wide one where the strict one is nothing."""
    return np.where(share["low"] > 0, share["low"], share["high"])
