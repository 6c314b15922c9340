"""The water connection of parks and plots: an evidence ladder, kept rung by rung.

Rungs (field facts 3.4): registry claim; navigable water within a distance with its CEMT class; shore that
faces it; quay objects; plan designation; municipal confirmation. A fairway's class says how big a ship may
pass, not that it may moor. Water without a class is not known to be navigable: it counts in the widest
reading only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from gis.arrays import where_known
from gis.points import MILLIMETRE
from gis.proximity import Targets
from gis.shore import PIECE_M, shore_pieces
from layers.inputs import REJECTING_BARRIERS
from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from analysis.everyone import Everyone
    from layers.parameters import Parameters

LADDER = ("own_quay", "public_quay", "adjacent", "near", "none", "not_assessed")
UNKNOWN_CLASS = "unknown"
AXIS_VERTICES = 12


@dataclass(frozen=True, slots=True)
class Connection:
    """Water evidence of one set of subjects, one row each.

    Attributes
    ----------
    table
        The result columns that start with `connection`, `nearest_waterway`, shore and quay figures.
    by_class
        Long table per subject and CEMT class.
    """

    table: pd.DataFrame
    by_class: pd.DataFrame


@dataclass(slots=True)
class _Facts:
    """What was measured, before it is put into words."""

    near: NDArray[np.int64]
    near_m: NDArray[np.float64]
    pairs: pd.DataFrame
    shore: pd.DataFrame
    quays: pd.DataFrame
    quays_near: pd.DataFrame


def water_surfaces(waterways: gpd.GeoDataFrame) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Give the water surfaces: polygons as they are, axes widened by half their width when it is known.

    Long axes are cut into short ones first: a river as one polygon of a thousand vertices makes every
    question about it slow.

    Returns
    -------
    surfaces, waterway
        Geometries and the position of the waterway that each belongs to.
    """
    geometry: NDArray[Any] = waterways.geometry.to_numpy()
    width = waterways["width_m"].to_numpy(dtype=float)
    dimension = shapely.get_dimensions(geometry)
    # a point (a lock, a named spot) says nothing about where the water is
    axis, area = dimension == 1, np.flatnonzero(dimension == 2)  # noqa: PLR2004 (a surface)
    surfaces, owners = [geometry[area]], [area]
    for row in np.flatnonzero(axis):
        for line in shapely.get_parts(geometry[row]):
            spots = shapely.get_coordinates(line)
            pieces = [
                shapely.linestrings(spots[start : start + AXIS_VERTICES])
                for start in range(0, len(spots) - 1, AXIS_VERTICES - 1)
            ]
            surfaces.append(np.array(pieces, dtype=object))
            owners.append(np.full(len(pieces), row))
    surface, owner = np.concatenate(surfaces), np.concatenate(owners).astype(np.int64)
    # in the order of the waterways, so that ties go to the first one
    order = np.argsort(owner, kind="stable")
    surface, owner = surface[order], owner[order]
    wide = axis[owner] & (width[owner] > 0)
    surface[wide] = shapely.buffer(surface[wide], width[owner[wide]] / 2.0, quad_segs=8)
    return surface, owner


def connect(
    subjects: Everyone, tables: Mapping[str, gpd.GeoDataFrame], parameters: Parameters
) -> Connection | None:
    """Measure the water connection of each subject; None when the project has no waterways.

    Parameters
    ----------
    subjects
        Parks or plots, in identifier order; each blocks the view of the others.
    """
    waterways = tables.get("waterways")
    if waterways is None:
        return None
    surfaces, owner = water_surfaces(waterways)
    rank = _class_ranks(waterways)
    facts = _measure(subjects, surfaces, owner, tables, parameters)
    return Connection(
        _headline(facts, waterways, rank, parameters, subjects.own, quays_known="quays" in tables),
        _per_class(facts, waterways, parameters),
    )


def _class_ranks(waterways: gpd.GeoDataFrame) -> NDArray[np.int64]:
    position = {name: number for number, name in enumerate(CEMT_CLASSES)}
    return np.asarray(waterways["cemt"].map(position).fillna(-1), dtype=np.int64)


def _measure(
    everyone: Everyone,
    surfaces: NDArray[Any],
    waterway: NDArray[np.int64],
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
) -> _Facts:
    subjects = everyone.own_shapes()
    targets = Targets(surfaces)
    near, near_m = targets.nearest(subjects)
    near = np.where(near >= 0, waterway[near], near)
    found = targets.pairs_within(subjects, parameters.water_near_m + MILLIMETRE / 2)
    pairs = pd.DataFrame(
        {"subject": found.query, "water": waterway[found.target], "distance": found.distance}
    )
    pairs = pairs.groupby(["subject", "water"], sort=True)["distance"].min().reset_index()
    barriers, rejects, kinds = _barriers(tables)
    pieces = shore_pieces(
        subjects,
        surfaces,
        distance=parameters.water_adjacent_m,
        barriers=barriers,
        rejects=rejects,
        blockers=everyone.shapes,
    )
    crossed = where_known(pieces.barrier >= 0, kinds[pieces.barrier]) if len(kinds) else None
    shore = pd.DataFrame(
        {
            "subject": pieces.subject,
            "water": waterway[pieces.water],
            "length": pieces.length,
            "barrier": crossed,
            "rejected": pieces.rejected,
        }
    )
    quays, quays_near = _quays(everyone, surfaces, waterway, tables, parameters)
    return _Facts(near, near_m, pairs, shore, quays, quays_near)


def _barriers(
    tables: Mapping[str, gpd.GeoDataFrame],
) -> tuple[NDArray[Any] | None, NDArray[np.bool_] | None, NDArray[np.object_]]:
    layer = tables.get("barriers")
    if layer is None or not len(layer):
        return None, None, np.zeros(0, dtype=object)
    kinds = layer["kind"].to_numpy(dtype=object)
    return layer.geometry.to_numpy(), np.isin(kinds.astype(str), REJECTING_BARRIERS), kinds


def _quays(
    everyone: Everyone,
    surfaces: NDArray[Any],
    waterway: NDArray[np.int64],
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Divide quays over the subjects beside them, each metre to the nearest one only.

    Returns
    -------
    beside
        Per piece of quay: subject, kind, length, usable, confirmed and the water that it stands on.
    near
        Pairs of subject and public or unknown quay within the near distance: subject, kind, water.
    """
    layer = tables.get("quays")
    if layer is None or not len(layer):
        beside = pd.DataFrame(columns=["subject", "kind", "length", "usable", "confirmed", "water"])
        return beside, pd.DataFrame(columns=["subject", "kind", "water"])
    geometry = layer.geometry.to_numpy()
    kind = layer["kind"].fillna("unknown").to_numpy(dtype=object)
    water = waterway[Targets(surfaces).nearest(geometry)[0]]
    is_line = shapely.get_dimensions(geometry) == 1
    quay, middle, length = _line_pieces(geometry, is_line)
    others = np.flatnonzero(~is_line)
    # points and surfaces count with their stated length; without one the quay exists but has no figure
    quay = np.concatenate((quay, others))
    spots = np.concatenate((middle, geometry[others]))
    length = np.concatenate((length, layer["length_m"].to_numpy(dtype=float)[others]))
    nearest, _ = Targets(everyone.shapes).nearest(spots, limit=parameters.quay_tolerance_m)
    owner = everyone.rows(nearest)
    at = (owner >= 0) & (owner < everyone.own)
    usable = layer["usable"].fillna(value=False).to_numpy(dtype=bool)
    confirmed = (layer["usable"].notna() & layer["confirmed_by"].notna()).to_numpy(dtype=bool)
    rows = pd.DataFrame(
        {
            "subject": owner[at],
            "kind": kind[quay[at]],
            "length": length[at],
            "usable": usable[quay[at]],
            "confirmed": confirmed[quay[at]],
            "water": water[quay[at]],
        }
    )
    shared = np.flatnonzero(np.isin(kind.astype(str), ("public", "unknown")))
    pairs = Targets(geometry[shared]).pairs_within(everyone.own_shapes(), parameters.water_near_m)
    found = shared[pairs.target]
    return rows, pd.DataFrame({"subject": pairs.query, "kind": kind[found], "water": water[found]})


def _line_pieces(
    geometry: NDArray[Any], is_line: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[Any], NDArray[np.float64]]:
    rows = np.flatnonzero(is_line)
    parts, part_of = shapely.get_parts(shapely.segmentize(geometry[rows], PIECE_M), return_index=True)
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    same = part[1:] == part[:-1]
    vector = np.diff(coordinates, axis=0)[same]
    middle = shapely.points(coordinates[:-1][same] + vector / 2)
    return rows[part_of[part[:-1][same]]], np.atleast_1d(middle), np.hypot(vector[:, 0], vector[:, 1])


def _sum(rows: pd.DataFrame, count: int) -> NDArray[np.float64]:
    subject, length = rows["subject"].to_numpy(dtype=np.int64), rows["length"].to_numpy(dtype=float)
    return np.asarray(np.bincount(subject, weights=length, minlength=count), dtype=np.float64)


def _headline(
    facts: _Facts,
    waterways: gpd.GeoDataFrame,
    rank: NDArray[np.int64],
    parameters: Parameters,
    count: int,
    *,
    quays_known: bool,
) -> pd.DataFrame:
    shore = facts.shore
    open_shore = shore[~shore["rejected"].astype(bool)]
    cut = shore[shore["rejected"].astype(bool)]
    certain, certain_class = _connection(facts, open_shore, rank, parameters, count, widest=False)
    possible, _ = _connection(facts, open_shore, rank, parameters, count, widest=True)
    # water of unknown class within reach leaves open what a plain "none" would deny
    undecided = (certain == "none") & (possible != "none")
    certain[undecided] = "not_assessed"
    measured = facts.quays[facts.quays["length"].notna()]
    quay = _sum(measured, count) if quays_known else np.full(count, np.nan)
    usable = _sum(measured[measured["usable"].astype(bool)], count) if quays_known else np.full(count, np.nan)
    kinds = cut.groupby("subject")["barrier"].agg(lambda found: ", ".join(sorted(set(found))))
    across = open_shore[open_shore["barrier"].notna()]
    confirmed = np.full(count, "not_assessed", dtype=object)
    if quays_known:
        answered = facts.quays[facts.quays["confirmed"].astype(bool)]
        confirmed[answered.loc[~answered["usable"].astype(bool), "subject"].to_numpy(dtype=np.int64)] = "no"
        confirmed[answered.loc[answered["usable"].astype(bool), "subject"].to_numpy(dtype=np.int64)] = "yes"
    near = facts.near
    known = near >= 0
    return pd.DataFrame(
        {
            "connection": certain,
            "connection_possible": possible,
            "connection_cemt": [CEMT_CLASSES[number] if number >= 0 else None for number in certain_class],
            "nearest_waterway_id": np.where(
                known, waterways["waterway_id"].to_numpy(dtype=object)[near], None
            ),
            "nearest_waterway_name": where_known(known, waterways["name"].to_numpy(dtype=object)[near]),
            "nearest_waterway_cemt": where_known(known, waterways["cemt"].to_numpy(dtype=object)[near]),
            "nearest_waterway_m": np.where(known, facts.near_m, np.nan),
            "shore_m": _sum(open_shore, count),
            "quay_m": quay,
            "usable_quay_m": usable,
            "shore_across_road_m": _sum(across, count),
            "shore_rejected_m": _sum(cut, count),
            "rejected_by": pd.Series(range(count)).map(kinds),
            "quay_confirmed": confirmed,
        }
    )


def _connection(
    facts: _Facts,
    open_shore: pd.DataFrame,
    rank: NDArray[np.int64],
    parameters: Parameters,
    count: int,
    *,
    widest: bool,
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Climb the ladder: each step overwrites the one below it; gives the class and its CEMT rank."""
    result = np.full(count, "none", dtype=object)
    best = np.full(count, -1, dtype=np.int64)
    counts = (rank >= 0) | widest
    pairs = facts.pairs[counts[facts.pairs["water"].to_numpy(dtype=np.int64)]]
    order = np.lexsort((pairs["water"], np.rint(pairs["distance"] / MILLIMETRE), pairs["subject"]))
    nearest = pairs.iloc[order].drop_duplicates("subject")
    near = nearest["subject"].to_numpy(dtype=np.int64)
    result[near] = "near"
    best[near] = rank[nearest["water"].to_numpy(dtype=np.int64)]
    shore = open_shore[counts[open_shore["water"].to_numpy(dtype=np.int64)]]
    length = _sum(shore, count)
    beside = np.flatnonzero((length >= parameters.shore_minimum_m) & (length > 0))
    result[beside] = "adjacent"
    widest_class = (
        shore.assign(rank=rank[shore["water"].to_numpy(dtype=np.int64)]).groupby("subject")["rank"].max()
    )
    best[beside] = widest_class.reindex(beside).to_numpy(dtype=np.int64)
    with_water = result != "none"
    own_kinds, public_kinds = (
        (("own", "unknown"), ("public", "unknown")) if widest else (("own",), ("public",))
    )
    for label, quays, kinds in (
        ("public_quay", facts.quays_near, public_kinds),
        ("own_quay", facts.quays, own_kinds),
    ):
        chosen = quays[quays["kind"].isin(kinds)]
        rows = chosen["subject"].to_numpy(dtype=np.int64)
        rows = rows[with_water[rows]]
        result[rows] = label
    return result, best


def _per_class(facts: _Facts, waterways: gpd.GeoDataFrame, parameters: Parameters) -> pd.DataFrame:
    """Give the connection per CEMT class of the water, nothing thresholded away."""
    cemt = waterways["cemt"].fillna(UNKNOWN_CLASS).to_numpy(dtype=object)
    pairs = facts.pairs.assign(cemt=cemt[facts.pairs["water"].to_numpy(dtype=np.int64)])
    order = np.lexsort(
        (pairs["water"], np.rint(pairs["distance"] / MILLIMETRE), pairs["cemt"].astype(str), pairs["subject"])
    )
    nearest = pairs.iloc[order].drop_duplicates(["subject", "cemt"])
    open_shore = facts.shore[~facts.shore["rejected"].astype(bool)]
    beside = zip(open_shore["subject"], cemt[open_shore["water"].to_numpy(dtype=np.int64)], strict=True)
    length: dict[tuple[Any, Any], float] = {}
    # piece by piece, because a grouped sum of pandas rounds by where its rows stand in the table
    for pair, metres in zip(beside, open_shore["length"].tolist(), strict=True):
        length[pair] = length.get(pair, 0.0) + metres
    pairs_near = zip(nearest["subject"], nearest["cemt"], strict=True)
    shore = np.array([length.get(pair, 0.0) for pair in pairs_near], dtype=np.float64)
    water = nearest["water"].to_numpy(dtype=np.int64)
    known = nearest["cemt"].to_numpy(dtype=object) != UNKNOWN_CLASS
    adjacent = (shore >= parameters.shore_minimum_m) & (shore > 0)
    connection = np.where(adjacent, "adjacent", "near").astype(object)
    for label, quays, kind in (
        ("public_quay", facts.quays_near, "public"),
        ("own_quay", facts.quays, "own"),
    ):
        chosen = quays[quays["kind"] == kind]
        with_quay = set(zip(chosen["subject"], cemt[chosen["water"].to_numpy(dtype=np.int64)], strict=True))
        connection[[pair in with_quay for pair in zip(nearest["subject"], nearest["cemt"], strict=True)]] = (
            label
        )
    connection[~known] = "not_assessed"
    return pd.DataFrame(
        {
            "subject_row": nearest["subject"].to_numpy(dtype=np.int64),
            "cemt": nearest["cemt"].to_numpy(dtype=object),
            "connection": connection,
            "waterway_id": waterways["waterway_id"].to_numpy(dtype=object)[water],
            "waterway_name": waterways["name"].to_numpy(dtype=object)[water],
            "distance_m": nearest["distance"].to_numpy(dtype=float),
            "shore_m": shore,
        }
    )
