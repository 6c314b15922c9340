"""Parks that look like a pilot, where it could be repeated.

Features are standardised by their mean and spread over all parks; the distance is the weighted root mean
square of the differences over the features that are known of both (Gower 1971 for what is missing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from analysis.pilots.sentences import lookalike_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.pilots.criteria import Feature
    from analysis.structure.rules import Figure

LOOKALIKE_COLUMNS: Final = (
    "pilot_id",
    "pilot_name",
    "rank",
    "park_id",
    "name",
    "municipality_name",
    "distance",
    "features_known",
    "features_alike",
    "features_different",
    "outdated_ha",
    "underuse_certain_ha",
    "intensification_mid_ha",
    "status",
    "reason_nl",
)


def standardised(figures: pd.DataFrame, features: Sequence[Feature]) -> NDArray[np.float64]:
    """Give features with mean 0 and spread 1 over the parks where they are known, ``(parks, features)``."""
    values = figures[[feature.feature for feature in features]].to_numpy(dtype=np.float64)
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    filled = np.nan_to_num(values)
    mean = np.divide(filled.sum(axis=0), count, out=np.zeros(len(count)), where=count > 0)
    apart = np.where(known, values - mean, 0.0)
    spread = np.sqrt(np.divide((apart**2).sum(axis=0), count, out=np.zeros(len(count)), where=count > 0))
    # a feature that is the same everywhere tells parks not apart
    scaled = np.divide(apart, spread, out=np.zeros_like(apart), where=spread > 0)
    return np.where(known, scaled, np.nan)


def distances(
    values: NDArray[np.float64], weights: NDArray[np.float64], least: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Give the distance of every two parks and the number of features known of both.

    Parameters
    ----------
    values
        Standardised, ``(parks, features)``.
    least
        Fewest features that must be known of both; below that the distance is NaN.
    """
    known = ~np.isnan(values)
    apart = np.nan_to_num(values)[:, None] - np.nan_to_num(values)[None]
    both = known[:, None] & known[None]
    weight = (both * weights).sum(axis=2)
    square = (both * weights * apart**2).sum(axis=2)
    result = np.sqrt(np.divide(square, weight, out=np.full(weight.shape, np.nan), where=weight > 0))
    count = both.sum(axis=2)
    return np.where(count >= least, result, np.nan), np.asarray(count, dtype=np.int64)


def find_lookalikes(
    pilots: Sequence[str],
    figures: pd.DataFrame,
    places: pd.DataFrame,
    eligible: pd.Series[bool],
    features: Sequence[Feature],
    settings: Mapping[str, Figure],
) -> pd.DataFrame:
    """List per pilot the parks that look most like it and have something to renew.

    Parameters
    ----------
    pilots
        Park ids of the short list, in their order.
    figures, places, eligible
        Index park: features, names, and whether there is something to renew.
    settings
        ``lookalikes``, ``least_features`` and ``alike_distance``.

    Returns
    -------
    DataFrame
        `LOOKALIKE_COLUMNS`, nearest first per pilot.
    """
    values = standardised(figures, features)
    weights = np.array([feature.weight for feature in features])
    apart, known = distances(values, weights, int(settings["least_features"].value))
    raw = figures[[feature.feature for feature in features]].to_numpy(dtype=np.float64)
    within = np.array([feature.alike_within for feature in features])
    row = {str(name): place for place, name in enumerate(figures.index)}
    others = np.flatnonzero(eligible.to_numpy(dtype=bool))
    rows: list[dict[str, Any]] = []
    for pilot in pilots:
        mine = row[pilot]
        near = [
            place
            for place in others
            if place != mine and apart[mine, place] <= settings["alike_distance"].value
        ]
        near.sort(key=lambda place: (round(float(apart[mine, place]), 9), place))
        for rank, place in enumerate(near[: int(settings["lookalikes"].value)], start=1):
            difference = np.abs(raw[mine] - raw[place])
            alike = difference <= within + 1e-9
            told = ~np.isnan(difference)
            park = places.iloc[place]
            record = {
                "pilot_id": pilot, "pilot_name": places.iloc[mine]["name"], "rank": rank,
                "park_id": str(figures.index[int(place)]), "name": park["name"],
                "municipality_name": park["municipality_name"],
                "distance": float(apart[mine, place]), "features_known": int(known[mine, place]),
                "features_alike": _named(features, alike & told),
                "features_different": _named(features, ~alike & told),
                **{name: float(figures.iloc[place][name]) for name in LOOKALIKE_COLUMNS[10:13]},
                "status": "assumption",
            }  # fmt: skip
            rows.append({**record, "reason_nl": lookalike_reason(record)})
    return pd.DataFrame(rows, columns=list(LOOKALIKE_COLUMNS))


def _named(features: Sequence[Feature], mask: NDArray[np.bool_]) -> str | None:
    return "; ".join(feature.name_nl for feature, here in zip(features, mask, strict=True) if here) or None
