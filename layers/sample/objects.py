"""Sensitive objects: homes and all other kinds, with the columns of the addresses register (BAG)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.sample.frame import EXAMPLE, RD, generator, read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.sample.homes import Homes
    from layers.sample.plots import Plot
    from layers.sample.water import Waterway

_NEAR_HOMES = (
    ("onderwijsfunctie", 110),
    ("gezondheidszorgfunctie", 45),
    ("kinderdagverblijf met bedden", 40),
    ("onbekend", 60),
)
"""Kinds that stand among the homes, with their number."""
PLANNED_WEIGHT = 25
"""Dwellings that a point of a plan stands for."""
_BERTH_M = 28.0
_FROM_BANK_M = 4.0
_COMPANY_HOMES = (
    ("VB001", "bedrijfswoning", 3),
    ("VB007", "bedrijfswoning", 2),
    ("VB010", "bedrijfswoning", 3),
    ("VB020", "bedrijfswoning", 2),
    ("VB033", "bedrijfswoning", 2),
    ("VB008", "voormalige bedrijfswoning", 1),
    ("VB014", "voormalige bedrijfswoning", 2),
    ("VB027", "voormalige bedrijfswoning", 1),
    ("VB036", "voormalige bedrijfswoning", 2),
)


def objects_layer(
    homes: list[Homes], plots: list[Plot], water: dict[str, Waterway], plans: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Make the layer of sensitive objects.

    Parameters
    ----------
    homes
        Inside and outside the province.
    plots
        Where company homes stand.
    water
        Where houseboats lie.
    plans
        Housing plans; the hard ones are allowed and not built yet.
    """
    pieces = [_homes(part) for part in homes]
    pieces += [_among(homes[0]), _houseboats(water), _pitches(), _company_homes(plots), _planned(plans)]
    frame = pd.concat(pieces, ignore_index=True)
    frame.insert(0, "IDENTIFICATIE", [f"VO{number:06d}" for number in range(1, len(frame) + 1)])
    points = shapely.points(np.round(frame[["x", "y"]].to_numpy(dtype=float), 1))
    return gpd.GeoDataFrame(frame.drop(columns=["x", "y"]), geometry=points, crs=RD)


def _frame(
    xy: NDArray[np.float64],
    kind: str,
    weight: NDArray[np.int64] | int,
    words: NDArray[np.object_] | str,
    plot: list[str] | None = None,
) -> pd.DataFrame:
    """Make rows of one kind."""
    return pd.DataFrame(
        {
            "x": xy[:, 0],
            "y": xy[:, 1],
            "GEBRUIKSDOEL": kind,
            "AANTAL": weight,
            "KAVEL_ID": pd.array(plot if plot is not None else [None] * len(xy), dtype="string"),
            "OPMERKING": words,
        }
    )


def _homes(homes: Homes) -> pd.DataFrame:
    """Make the rows of the homes."""
    return _frame(homes.xy, "woonfunctie", homes.weight, f"{EXAMPLE} " + homes.place)


def _among(homes: Homes) -> pd.DataFrame:
    """Put schools and the like between the homes."""
    rng = generator("among homes")
    pieces = []
    for kind, number in _NEAR_HOMES:
        chosen = rng.choice(len(homes.xy), size=number, replace=False)
        xy = homes.xy[chosen] + rng.uniform(-30.0, 30.0, (number, 2))
        pieces.append(_frame(xy, kind, 1, f"{EXAMPLE}: verzonnen plek"))
    return pd.concat(pieces, ignore_index=True)


def _houseboats(water: dict[str, Waterway]) -> pd.DataFrame:
    """Moor houseboats along the bank nearest to where they were typed."""
    pieces = []
    for row in read_rows("houseboats"):
        way = water[row["waterway"]]
        place = shapely.Point(float(row["x_km"]) * 1000.0, float(row["y_km"]) * 1000.0)
        bank = way.surface(-_FROM_BANK_M).boundary
        start = bank.project(place)
        berths = start + _BERTH_M * np.arange(int(row["number"]))
        xy = shapely.get_coordinates(shapely.line_interpolate_point(bank, berths))
        pieces.append(_frame(xy, "ligplaats", 1, f"{EXAMPLE}: verzonnen ligplaats, {way.name}"))
    return pd.concat(pieces, ignore_index=True)


def _pitches() -> pd.DataFrame:
    """Make the caravan pitches."""
    pieces = []
    for row in read_rows("caravan_pitches"):
        number = int(row["number"])
        xy = np.array([[float(row["x_km"]) * 1000.0, float(row["y_km"]) * 1000.0]]) + np.stack(
            [np.arange(number) % 4 * 22.0, np.arange(number) // 4 * 26.0], axis=1
        )
        pieces.append(_frame(xy, "standplaats", 1, f"{EXAMPLE}: verzonnen standplaats"))
    return pd.concat(pieces, ignore_index=True)


def _company_homes(plots: list[Plot]) -> pd.DataFrame:
    """Put company homes and former company homes on plots, each with the plot that it belongs to."""
    pieces = []
    for rin, kind, number in _COMPANY_HOMES:
        own = [plot for plot in plots if plot.park.rin == rin][2::3][:number]
        xy = shapely.get_coordinates([plot.shape.representative_point() for plot in own])
        pieces.append(_frame(xy, kind, 1, f"{EXAMPLE}: verzonnen woning", [plot.plot_id for plot in own]))
    return pd.concat(pieces, ignore_index=True)


def _planned(plans: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the hard housing plans a few points for what is allowed and not built yet."""
    rng = generator("planned")
    rows: list[Any] = []
    for plan in plans[plans["PLANFASE"] == "hard"].itertuples(index=False):
        west, south, east, north = plan.geometry.bounds
        drawn = rng.uniform((west, south), (east, north), (40, 2))
        rows.append(drawn[shapely.contains_xy(plan.geometry, drawn)][:4])
    xy = np.concatenate(rows)
    return _frame(xy, "nog niet gebouwd", PLANNED_WEIGHT, f"{EXAMPLE}: bouwmogelijkheid uit verzonnen plan")
