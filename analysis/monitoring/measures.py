"""What each indicator measures: from the tables of one release, or of two, to a value with its band.

A measure that lacks data gives no number but the reason; a real zero is a zero.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from analysis.monitoring.ground import issued_since, lost_since
from analysis.monitoring.plan_changes import PROPOSAL
from analysis.space.firms import FEWEST

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

    from analysis.monitoring.adopted import Adoption

M2_PER_HA: Final = 10_000.0
ASSESSED, NOT_ASSESSED, FROM_BASE = "assessed", "not_assessed", "from_base"
NO_BASE: Final = (
    "Dit is een verandering sinds de nulmeting, en er is geen uitgave van de nulmeting gegeven.",
    "This is a change since the base measurement, and no release of it was given.",
)
COUNTS_FROM_BASE: Final = (
    "Deze indicator telt vanaf de nulmeting.",
    "This indicator counts from the base measurement on.",
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known at one moment.

    Attributes
    ----------
    tables
        Tables of a release by name, EPSG:28992.
    date
        Reference date of the release.
    adopted
        Decisions of municipalities, also later ones; None when there is no list.
    """

    tables: Mapping[str, pd.DataFrame]
    date: dt.date
    adopted: tuple[Adoption, ...] | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A value with its band, or why there is none.

    Attributes
    ----------
    low, mid, high
        In the unit of the indicator; ``mid`` or ``high`` is None where there is none.
    status
        ``assessed``, ``not_assessed``, or ``from_base`` for what counts from the base measurement on.
    reason_nl, reason_en
        Why there is no value.
    note_nl, note_en
        What a reader of the value must know.
    """

    low: float | None = None
    mid: float | None = None
    high: float | None = None
    status: str = ASSESSED
    reason_nl: str = ""
    reason_en: str = ""
    note_nl: str = ""
    note_en: str = ""

    @property
    def value(self) -> float | None:
        """The value to show: the mid value, else the low one."""
        return self.low if self.mid is None else self.mid


def lacking(reason_nl: str, reason_en: str) -> Measured:
    """Give that something was not assessed, and why."""
    return Measured(status=NOT_ASSESSED, reason_nl=reason_nl, reason_en=reason_en)


def heavy_ha(now: Moment) -> Measured:
    """Measure hectares where a high category is permitted and possible."""
    summary = now.tables["summary"]
    total = summary[summary["scope"] == "total"]
    certain = _sum(total["heavy_certain_ha"])
    if certain is None:
        return lacking(
            "Zonder de laag met gevoelige objecten is niet bekend wat benutbaar is.",
            "Without the layer of sensitive objects it is not known what can be used.",
        )
    more = sum(_sum(total[name]) or 0.0 for name in ("heavy_possible_ha", "heavy_governed_ha"))
    found = Measured(low=certain, high=certain + more)
    unknown = int(now.tables["park_evidence"]["heavy"].eq("not_assessed").sum())
    if not unknown:
        return found
    return replace(
        found,
        note_nl=f"Niet beoordeeld en niet meegeteld: {_parks(unknown)}.",
        note_en=f"Not assessed and not counted: {unknown} of the parks.",
    )


def frontage_in_use(now: Moment) -> Measured:
    """Measure which share of the shore of plots firms use, in percent."""
    if "businesses" not in now.tables:
        return lacking(
            "De laag met bedrijven ontbreekt, dus het gebruik van water is niet bekend.",
            "The layer of businesses is absent, so use of the water is not known.",
        )
    plots = now.tables["plot_evidence"]
    shore = plots["shore_m"].fillna(0.0).to_numpy(dtype=float)
    if not len(plots) or plots["shore_m"].isna().all() or shore.sum() == 0:
        return lacking(
            "Er zijn geen kavels met een bekende oever.", "There are no plots with a shore that is known."
        )
    use = plots["water_in_use"].fillna(NOT_ASSESSED).to_numpy(dtype=object)
    # nobody uses the shore of a plot that was not issued
    use = np.where((use == NOT_ASSESSED) & (plots["status"] == "vacant").fillna(value=False), "no", use)
    yes, no, unknown = (float(shore[use == answer].sum()) for answer in ("yes", "no", NOT_ASSESSED))
    if yes + no == 0:
        return lacking(
            "Van geen enkele oever is het gebruik bekend.", "The use of the shore is known nowhere."
        )
    whole = yes + no + unknown
    return Measured(low=100 * yes / whole, mid=100 * yes / (yes + no), high=100 * (yes + unknown) / whole)


def reserved_ha(now: Moment) -> Measured:
    """Measure the ground under reservations that were decided on."""
    if "reservations" not in now.tables:
        return lacking("De laag met reserveringen ontbreekt.", "The layer of reservations is absent.")
    shapes = np.asarray(now.tables["reservations"]["geometry"].to_numpy())
    areas = shapes[shapely.area(shapes) > 0]
    size = float(shapely.area(shapely.union_all(areas))) / M2_PER_HA
    bare = len(shapes) - len(areas)
    if not bare:
        return Measured(low=size, mid=size, high=size)
    return Measured(
        low=size,
        note_nl=f"Zonder vlak en dus niet meegeteld: {bare} van de {len(shapes)} reserveringen.",
        note_en=f"Without an area and so not counted: {bare} of {len(shapes)} reservations.",
    )


def lost_ha(now: Moment, base: Moment) -> Measured:
    """Measure the ground that was business park in the base measurement and is not any longer."""
    lost = lost_since(base.tables["parks"], now.tables["parks"])
    announced = base.tables["parks"]["transformation_ha"].fillna(0.0).to_numpy(dtype=float)
    return Measured(low=float(np.minimum(lost, announced).sum()), high=float(lost.sum()))


def issued_circular(now: Moment, base: Moment) -> Measured:
    """Measure which share of the land issued since the base measurement has a circular firm, in percent."""
    if any("plots" not in moment.tables for moment in (now, base)):
        return lacking(
            "Zonder kavels in beide uitgaven is niet bekend welke grond is uitgegeven.",
            "Without plots in both releases it is not known which land was issued.",
        )
    if "circular_businesses" not in now.tables or "businesses" not in now.tables:
        return lacking(
            "Zonder bedrijven en een definitie van circulair is dit niet te bepalen.",
            "This cannot be told without businesses and a definition of circular.",
        )
    issued = issued_since(base.tables["plots"], now.tables["plots"], _firms(now))
    whole = float(issued["area_ha"].sum())
    if whole == 0:
        return lacking(
            "Sinds de nulmeting is geen grond uitgegeven, dus er is geen aandeel.",
            "No land was issued since the base measurement, so there is no share.",
        )
    if len(issued) < FEWEST:
        return lacking(
            f"Er zijn minder dan {FEWEST} kavels uitgegeven; het aandeel zou een bedrijf kunnen aanwijzen.",
            f"Fewer than {FEWEST} plots were issued; the share could point at a firm.",
        )
    sure, open_ = (
        float(issued.loc[issued["verdict"].isin(verdicts), "area_ha"].sum())
        for verdicts in (["circular"], ["circular", "possible", NOT_ASSESSED])
    )
    return Measured(
        low=100 * sure / whole,
        high=100 * open_ / whole,
        note_nl=f"Over {len(issued)} kavels die sinds de nulmeting zijn uitgegeven.",
        note_en=f"Over {len(issued)} plots that were issued since the base measurement.",
    )


def circular_firms(now: Moment) -> Measured:
    """Count the establishments that are circular by the definition in use."""
    if "circular_businesses" not in now.tables:
        return lacking(
            "Zonder bedrijven en een definitie van circulair is dit niet te bepalen.",
            "This cannot be told without businesses and a definition of circular.",
        )
    verdicts = now.tables["circular_businesses"]["verdict"]
    certain = int(verdicts.eq("circular").sum())
    more = int(verdicts.isin(["possible", NOT_ASSESSED]).sum())
    if 0 < certain < FEWEST:
        return lacking(
            f"Er zijn minder dan {FEWEST} circulaire bedrijven; het aantal zou een bedrijf kunnen aanwijzen.",
            f"There are fewer than {FEWEST} circular businesses; the number could point at a firm.",
        )
    return Measured(low=float(certain), high=float(certain + more))


def adopted(now: Moment) -> Measured:
    """Count the municipalities that adopted at least one building block."""
    if now.adopted is None:
        return lacking(
            "Er is geen lijst met besluiten van gemeenten gegeven.",
            "No list of decisions of municipalities was given.",
        )
    found = {item.municipality for item in now.adopted if item.date <= now.date}
    count, every = float(len(found)), len(now.tables["municipalities"])
    return Measured(
        count, count, count, note_nl=f"Van {every} gemeenten.", note_en=f"Of {every} municipalities."
    )


def proposed_ha(now: Moment) -> Measured:
    """Measure the hectares of the reservation proposal in its last year."""
    if "reservation_plan" not in now.tables:
        return lacking(
            "Er is in deze uitgave geen reserveringsplan gemaakt.", "This release holds no reservation plan."
        )
    plan = now.tables["reservation_plan"]
    plan = plan[plan["plan"] == PROPOSAL]
    size = _sum(plan["last_ha"]) or 0.0
    sure = _sum(plan.loc[plan["certain"].fillna(value=False).astype(bool), "last_ha"]) or 0.0
    return Measured(low=sure, mid=size, high=size)


def announced_ha(now: Moment) -> Measured:
    """Add up what the registry says will be transformed."""
    stated = now.tables["parks"]["transformation_ha"]
    size, unknown = _sum(stated), int(stated.isna().sum())
    if size is None:
        return lacking(
            "Het register zegt van geen enkel terrein hoeveel er wordt getransformeerd.",
            "The registry states for no park how much will be transformed.",
        )
    if not unknown:
        return Measured(low=size, mid=size, high=size)
    return Measured(
        low=size,
        note_nl=f"Zonder opgave in het register: {_parks(unknown)}.",
        note_en=f"Without a statement in the registry: {unknown} of the parks.",
    )


STATES: Final[Mapping[str, Callable[[Moment], Measured]]] = {
    "heavy_ha": heavy_ha,
    "frontage_in_use": frontage_in_use,
    "reserved_ha": reserved_ha,
    "circular_firms": circular_firms,
    "adopted": adopted,
    "proposed_ha": proposed_ha,
    "announced_ha": announced_ha,
}
"""What one release tells."""
CHANGES: Final[Mapping[str, Callable[[Moment, Moment], Measured]]] = {
    "lost_ha": lost_ha,
    "issued_circular": issued_circular,
}
"""What only two releases tell: now, and the base measurement."""
MEASURES: Final = (*STATES, *CHANGES)


def measure(name: str, now: Moment, base: Moment | None) -> Measured:
    """Measure one of `MEASURES` at one moment.

    Parameters
    ----------
    base
        The base measurement; `now` itself to measure at the base, None when there is none.
    """
    if name in STATES:
        return STATES[name](now)
    if base is None:
        return lacking(*NO_BASE)
    if base is now:
        return Measured(status=FROM_BASE, reason_nl=COUNTS_FROM_BASE[0], reason_en=COUNTS_FROM_BASE[1])
    return CHANGES[name](now, base)


def _firms(moment: Moment) -> pd.DataFrame:
    """Give each firm with its verdict and its place."""
    verdicts = moment.tables["circular_businesses"].set_index("business_id")["verdict"]
    firms = moment.tables["businesses"]
    return firms.assign(verdict=firms["business_id"].map(verdicts).fillna(NOT_ASSESSED))


def _parks(count: int) -> str:
    return f"{count} {'terrein' if count == 1 else 'terreinen'}"


def _sum(values: pd.Series[Any]) -> float | None:
    """Add up what is known; None when nothing is."""
    total = values.sum(min_count=1)
    return None if pd.isna(total) else float(total)
