"""The sample region: a schematic province of Utrecht, made by code from facts.

Real names of places with made-up attributes: every made-up row says "voorbeeld", and what is made from it
must say on its face that it is a schematic sample without real boundaries.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from layers.sample import (
    agreements,
    barriers,
    businesses,
    constraints,
    homes,
    housing,
    objects,
    parks,
    plots,
    policy,
    quays,
    registry,
    roads,
    surroundings,
    water,
)
from layers.sample import files as writing
from layers.sample import municipalities as administration

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

_WRITERS = {
    ".parquet": writing.write_parquet,
    ".fgb": writing.write_flatgeobuf,
    ".geojson": writing.write_geojson,
    ".zip": writing.write_zipped_geojson,
}
_DEGREES = ("omgevingstype_voorbeeld.geojson", "beschermd_voorbeeld.geojson", "atelier_voorbeeld.geojson")
_POINTS = ("bedrijven_voorbeeld.csv", "voorzieningen_voorbeeld.csv")


def layers() -> dict[str, gpd.GeoDataFrame]:
    """Make every layer of the sample, in EPSG:28992, by the name of its file."""
    towns = administration.municipalities_layer()
    province = administration.province(towns)
    ways = water.waterways()
    wet = water.surface(ways)
    lines = barriers.axes()
    by_name = dict(zip(towns["naam"], towns.geometry, strict=True))
    estates = parks.lay_out(by_name, ways, barriers.strips(lines))
    pieces = plots.lay_out(estates)
    plans = housing.housing_plans_layer(province, wet)
    people = [homes.inside(towns, estates, wet), homes.outside(province)]
    codes = dict(zip(towns["naam"], towns["identificatie"], strict=True))
    return {
        "ibis_voorbeeld.geojson": registry.parks_layer(estates, codes),
        "gemeenten_voorbeeld.parquet": towns,
        "kavels_voorbeeld.fgb": plots.plots_layer(pieces),
        "bag_voorbeeld.parquet": objects.objects_layer(people, pieces, ways, plans),
        "omgevingstype_voorbeeld.geojson": surroundings.surroundings_layer(province, lines),
        "zonering_voorbeeld.geojson": constraints.zoned_estates_layer(estates),
        "vnds_voorbeeld.fgb": water.waterways_layer(ways),
        "kaden_voorbeeld.csv": quays.quays_layer(estates, ways),
        "barrieres_voorbeeld.zip": barriers.barriers_layer(lines, ways, estates),
        "woningbouw_voorbeeld.geojson": plans,
        "bedrijven_voorbeeld.csv": businesses.businesses_layer(estates, pieces),
        "beschermd_voorbeeld.geojson": constraints.protected_areas_layer(province, ways),
        "netcongestie_voorbeeld.fgb": administration.grid_congestion_layer(towns),
        "deelgebieden_voorbeeld.parquet": administration.sub_areas_layer(towns),
        "voorzieningen_voorbeeld.csv": policy.circular_facilities_layer(),
        "structuur_voorbeeld.geojson": policy.policy_structure_layer(),
        "visies_voorbeeld.geojson": administration.municipal_visions_layer(towns),
        "atelier_voorbeeld.geojson": policy.atelier_layer(estates),
        "reserveringen_voorbeeld.geojson": agreements.reservations_layer(pieces),
        "afstemming_voorbeeld.geojson": agreements.session_outcomes_layer(pieces),
        "wegen_voorbeeld.fgb": roads.roads_layer(),
    }


def write_sample(folder: Path) -> Path:
    """Write the sample region: its layer files and the project file that reads them.

    Parameters
    ----------
    folder
        Where to write; made when it does not exist. Files of an earlier sample are overwritten.

    Returns
    -------
    Path
        The project file. The same bytes come out on every run and in every folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in layers().items():
        path = folder / name
        if name in _DEGREES:
            writing.write_geojson_degrees(frame, path)
        elif name in _POINTS:
            writing.write_csv_points(frame, path)
        elif path.suffix == ".csv":
            writing.write_csv_wkt(frame, path)
        else:
            _WRITERS[path.suffix](frame, path)
    project = folder / "project.toml"
    project.write_bytes((files("layers.sample") / "data" / "project.toml").read_bytes())
    return project
