"""What was decided and agreed already: reservations, outcomes of alignment sessions, all made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.sample.frame import EXAMPLE, read_rows, table

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely

    from layers.sample.plots import Plot

_ROUND_M = 5.0
"""Drawn a little wider than the plot, as by hand; less than a road, so that no other plot falls within."""


def reservations_layer(plots: list[Plot]) -> gpd.GeoDataFrame:
    """Make the existing reservations, each round a plot."""
    drawn = _drawn(plots)
    items = read_rows("reservations")
    rows = [
        {
            "RESERVERING": f"VR{index:02d}",
            "NAAM": f"Voorbeeldreservering {index}",
            "FUNCTIE": item["function"],
            "VANAF": int(item["year"]),
            "BESLUIT": f"{EXAMPLE}: {item['basis']}",
            "OPMERKING": EXAMPLE,
        }
        for index, item in enumerate(items, start=1)
    ]
    return table(rows, [drawn[item["plot_id"]] for item in items])


def session_outcomes_layer(plots: list[Plot]) -> gpd.GeoDataFrame:
    """Make the outcomes of alignment sessions, each round a plot."""
    drawn = _drawn(plots)
    items = read_rows("session_outcomes")
    rows = [
        {
            "UITKOMST_ID": f"VU{index:02d}",
            "FUNCTIE": item["function"],
            "UITKOMST": item["outcome"],
            "DOOR": item["by"],
            "DATUM": item["date"],
            "OPMERKING": f"{EXAMPLE}: {item['note']}",
        }
        for index, item in enumerate(items, start=1)
    ]
    return table(rows, [drawn[item["plot_id"]] for item in items])


def _drawn(plots: list[Plot]) -> dict[str, shapely.Polygon]:
    return {plot.plot_id: plot.shape.convex_hull.buffer(_ROUND_M, join_style="mitre") for plot in plots}
