"""The monitoring: every indicator at the base measurement and now, and what makes the two hard to compare."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import pandas as pd

from analysis.monitoring.measures import ASSESSED, FROM_BASE, Measured, Moment, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.monitoring.indicators import Indicator

BASE, NOW = "base", "now"
TRENDS: Final = ("higher", "lower", "equal", "within_band", "since_base", "not_assessed")


@dataclass(frozen=True, slots=True)
class Followed:
    """One indicator at both moments.

    Attributes
    ----------
    base
        None when no base measurement was given.
    """

    indicator: Indicator
    base: Measured | None
    now: Measured

    @property
    def trend(self) -> str:
        """One of `TRENDS`: higher or lower only when the bands do not overlap.

        ``since_base`` when the value is itself a change since the base measurement.
        """
        if self.base is not None and (self.base.status, self.now.status) == (FROM_BASE, ASSESSED):
            return "since_base"
        if self.base is None or {self.base.status, self.now.status} != {ASSESSED}:
            return "not_assessed"
        if _ends(self.base) == _ends(self.now):
            return "equal"
        (was_low, was_high), (now_low, now_high) = _ends(self.base), _ends(self.now)
        # without a high end nothing can be said about being lower
        if was_high is not None and now_low > was_high:
            return "higher"
        if now_high is not None and now_high < was_low:
            return "lower"
        return "within_band"


def follow(indicators: Sequence[Indicator], now: Moment, base: Moment | None) -> tuple[Followed, ...]:
    """Measure every indicator now and, when there is one, in the base measurement."""
    return tuple(
        Followed(
            item,
            None if base is None else measure(item.measure, base, base),
            measure(item.measure, now, base),
        )
        for item in indicators
    )


def indicator_table(indicators: Sequence[Indicator]) -> pd.DataFrame:
    """Give one row per indicator, as the data file has it."""
    table = pd.DataFrame(
        [{part.name: getattr(item, part.name) for part in fields(item)} for item in indicators]
    )
    return table.astype({"target_year": "Int64"}).rename(columns={"id": "indicator_id"})


def value_table(followed: Sequence[Followed], years: dict[str, tuple[int, str]]) -> pd.DataFrame:
    """Give one row per indicator and moment.

    Parameters
    ----------
    years
        ``base`` and ``now`` to the year and the name of the release; without ``base`` when there is none.

    Returns
    -------
    DataFrame
        ``indicator_id``, ``name_nl``, ``type``, ``moment``, ``year``, ``release``, ``value`` (mid, else low),
        ``low``, ``mid``, ``high``, ``unit``, ``status``, reason and note in two languages. A missing number
        is missing, never zero. Where ``unit`` is ``%`` numbers run from 0 to 100.
    """
    rows = []
    for item in followed:
        for moment, measured in ((BASE, item.base), (NOW, item.now)):
            if measured is None:
                continue
            year, release = years[moment]
            indicator = item.indicator
            rows.append(
                {
                    "indicator_id": indicator.id,
                    "name_nl": indicator.name_nl,
                    "type": indicator.type,
                    "moment": moment,
                    "year": year,
                    "release": release,
                    **{
                        name: _rounded(getattr(measured, name), indicator.decimals)
                        for name in ("value", "low", "mid", "high")
                    },
                    "unit": indicator.unit,
                    "status": measured.status,
                    **{
                        name: getattr(measured, name) or None
                        for name in ("reason_nl", "reason_en", "note_nl", "note_en")
                    },
                }
            )
    table = pd.DataFrame(rows)
    numbers = dict.fromkeys(("value", "low", "mid", "high"), "float64")
    texts = dict.fromkeys(("reason_nl", "reason_en", "note_nl", "note_en"), "string")
    return table.astype({**numbers, **texts, "year": "int64"})


def _ends(measured: Measured) -> tuple[float, float | None]:
    if measured.low is None:
        raise ValueError("a measure that was assessed has a low end")
    return measured.low, measured.high


def _rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(value, decimals) + 0.0
