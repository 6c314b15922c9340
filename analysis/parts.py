"""The evidence of a region in parts, on threads, processes or a cluster, equal to that of the whole.

Per park and plot the same functions run on a part as on a whole region, see `analysis.region_parts` for what
a part holds, so their answers are equal to the last bit. What adds parks up (totals, housing plans) is made
once, of the parts put together in the order of the layers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from analysis.columns import stack_alike
from analysis.everyone import Everyone
from analysis.evidence import Features, assemble, assess, measure_features
from analysis.housing import Losses, hindering_rights, loss_of
from analysis.housing_table import Hindrance, right_holders
from analysis.region_parts import MARGIN_M, Part, cut
from analysis.situation import permits, survey
from analysis.subjects import Permitted
from gis.parallel import at_most
from gis.partition import bisect, grown, touching

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from analysis.categories import CategorySystem
    from analysis.housing import HousingLoss
    from analysis.near_rows import NearRows
    from analysis.situation import Situation
    from gis.workers import Workers
    from layers.parameters import Parameters

PARTS_PER_WORKER = 4
"""So many that none is idle while another does its last part, and so few that halos cost little."""
PARKS_PER_PART = 50
"""A smaller part costs more by being a part than it saves."""
KEYS = {"parks": "park_id", "plots": "plot_id"}


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured in a part, and the positions of its rows in the whole layers, as in `Part.own`."""

    features: Features
    own: dict[str, NDArray[np.int64]]


def assess_in_parts(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    workers: Workers,
    *,
    parts: int | None = None,
    objects: NearRows | None = None,
) -> dict[str, pd.DataFrame]:
    """Make every result table of the main job, as `analysis.evidence.assess` does, in parts.

    Parameters
    ----------
    tables, parameters
        As for `assess`.
    workers
        Who does the parts.
    parts
        How many, at most one per park; `usual_parts` by default. With one it is `assess` itself.
    objects
        Sensitive objects that are not among the tables because they do not fit in memory; of these every
        part gets those within its reach, and no more are read at a time.

    Returns
    -------
    dict
        Equal to what `assess` gives, whatever the number of parts and workers.
    """
    if parts is None:
        parts = usual_parts(len(tables["parks"]), workers.count)
    if objects is None and (parts <= 1 or len(tables["parks"]) <= 1):
        return assess(tables, parameters)
    situation = permits(tables, parameters)
    alone = workers.count == 1
    measured = workers.map(measure_part, cut(situation, parts, alone=alone, objects=objects))
    rights = _rights(situation, workers, parts)
    return assemble(_joined(measured, situation), situation, rights, objects)


def usual_parts(parks: int, workers: int) -> int:
    """Give into how many parts so many parks are cut for so many workers."""
    if workers == 1:
        return 1
    return max(workers, min(PARTS_PER_WORKER * workers, parks // PARKS_PER_PART))


def measure_part(part: Part) -> Measured:
    """Measure the own parks and plots of a part."""
    if not part.alone:
        with at_most(1):
            return measure_part(replace(part, alone=True))
    every = {
        name: Everyone.beside(
            part.tables[name],
            part.beside[name],
            KEYS[name],
            np.concatenate((part.own[name], part.beside_rows[name])),
        )
        for name in part.beside
    }
    situation = survey(part.tables, part.parameters, every_park=every["parks"], every_plot=every.get("plots"))
    return Measured(measure_features(situation), part.own)


def _joined(measured: Sequence[Measured], situation: Situation) -> Features:
    """Put the parts together, in the order of the layers."""
    features = [part.features for part in measured]
    rows = {
        name: np.concatenate([part.own[name] for part in measured])
        for name in KEYS
        if name in measured[0].own
    }
    parks = np.argsort(rows["parks"])

    def put(name: str) -> pd.DataFrame:
        return stack_alike([getattr(part, name) for part in features])

    plots = put("plots")
    if "plots" in rows:
        plots = plots.iloc[np.argsort(rows["plots"])].reset_index(drop=True)
    return Features(
        parks=put("parks").iloc[parks].reset_index(drop=True),
        plots=plots,
        ranges=put("ranges").iloc[parks].reset_index(drop=True),
        zones=put("zones"),
        blocks=put("blocks"),
        binding=put("binding"),
        classes=put("classes"),
        rungs=put("rungs"),
        loss=_loss(measured, situation),
    )


def _loss(measured: Sequence[Measured], situation: Situation) -> HousingLoss | None:
    """Add up what plans cost, over the parks of all parts."""
    if any(part.features.loss is None for part in measured):
        return None
    parks, plans = len(situation.parks), len(situation.tables["housing_plans"])
    pairs, together = {}, {}
    for reading in ("low", "high"):
        together[reading] = np.zeros(parks)
        found = []
        for part in measured:
            loss = part.features.loss
            if loss is None:
                continue
            own = part.own
            together[reading][own["parks"]] = loss.together[reading]
            some = loss.pairs[reading]
            found.append((own["parks"][some.park], own["housing_plans"][some.plan], some.lost, some.extra))
        park, plan, lost, extra = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((plan, park))
        pairs[reading] = Losses(park[order], plan[order], lost[order], extra[order])
    return loss_of(pairs, together, parks=parks, plans=plans)


@dataclass(frozen=True, slots=True)
class _PlanPart:
    """Some housing plans, and the rights that may reach them."""

    plans: gpd.GeoDataFrame
    tables: dict[str, gpd.GeoDataFrame]
    subjects: NDArray[Any]
    permitted: Permitted
    system: CategorySystem
    plan_rows: NDArray[np.int64]
    subject_rows: NDArray[np.int64]


def _rights(situation: Situation, workers: Workers, parts: int) -> Hindrance | None:
    """Find the rights that hinder each plan, some plans at a time."""
    plans = situation.tables.get("housing_plans")
    if plans is None:
        return None
    count = len(plans)
    found = workers.map(_rights_of_part, _plan_parts(situation, plans, parts))
    hindered = {reading: np.zeros(count) for reading in ("low", "high")}
    for part, here in found:
        for reading, values in here.hindered.items():
            hindered[reading][part] = values
    if not found:
        subjects, permitted, _, _ = right_holders(situation)
        return Hindrance(*hindering_rights(plans, situation.tables, subjects, permitted, situation.system))
    rights = stack_alike([here.rights for _, here in found])
    return Hindrance(rights.sort_values(["plan_row", "subject_row"], ignore_index=True), hindered)


def _plan_parts(situation: Situation, plans: gpd.GeoDataFrame, parts: int) -> Iterator[_PlanPart]:
    subjects, permitted, _, _ = right_holders(situation)
    boxes = np.asarray(shapely.bounds(plans.geometry.to_numpy())).reshape(-1, 4)
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2.0
    number = bisect(middles[:, 0], middles[:, 1], np.ones(len(plans)), parts)
    tree = shapely.STRtree(subjects)
    reach = float(situation.system.quiet[-1]) + MARGIN_M
    surroundings = situation.tables.get("surroundings")
    for group in range(int(number.max(initial=-1)) + 1):
        rows = np.flatnonzero(number == group)
        near = np.unique(tree.query(shapely.box(*grown(boxes[rows], reach).T))[1])
        tables = {}
        if surroundings is not None:
            at = touching(surroundings, grown(boxes[rows], MARGIN_M))
            tables["surroundings"] = surroundings.iloc[at].reset_index(drop=True)
        yield _PlanPart(
            plans.iloc[rows].reset_index(drop=True),
            tables,
            subjects[near],
            Permitted(permitted.low[near], permitted.high[near], permitted.source[near]),
            situation.system,
            rows,
            near,
        )


def _rights_of_part(part: _PlanPart) -> tuple[NDArray[np.int64], Hindrance]:
    rights, hindered = hindering_rights(part.plans, part.tables, part.subjects, part.permitted, part.system)
    rights["plan_row"] = part.plan_rows[rights["plan_row"].to_numpy(dtype=np.int64)]
    rights["subject_row"] = part.subject_rows[rights["subject_row"].to_numpy(dtype=np.int64)]
    return part.plan_rows, Hindrance(rights, hindered)
