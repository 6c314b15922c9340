"""Was and will be: which locations are new, gone, changed or the same since an earlier package."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.archives import check_archive
from gis.errors import InputError, Problem
from layers.exports.gio.reader import read_gio_bytes
from layers.exports.location_id import GRID_M

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RD: Final = "EPSG:28992"
SQUARE_METRES: Final = 10_000.0
TABLE: Final = "tabellen/locaties.csv"
KEPT: Final = ("locatie_id", "zone_id", "naam", "groep_id")
NEW, GONE, CHANGED, SAME = "nieuw", "vervallen", "gewijzigd", "ongewijzigd"
ORDER: Final = (NEW, CHANGED, GONE, SAME)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a package is compared with.

    Attributes
    ----------
    work, expression
        JOIN identifiers of its GIO; empty when it was a release without a package.
    locations
        ``locatie_id``, ``zone_id`` (missing when unknown), ``naam``, ``groep_id`` and geometry in EPSG:28992.
    """

    work: str
    expression: str
    locations: gpd.GeoDataFrame


def earlier_package(path: Path) -> Earlier:
    """Read an earlier import package, or the GIO of one.

    Parameters
    ----------
    path
        The zip, the folder that it was unpacked in, or a GIO.

    Raises
    ------
    InputError
        When there is not exactly one GIO in it, or it cannot be read.
    """
    files = dict(_files(path))
    return earlier_files(files, path.name)


def earlier_files(files: Mapping[str, bytes], shown: str = "earlier package") -> Earlier:
    """Take what to compare with out of the files of a package; see above."""
    names = [name for name in files if name.lower().endswith(".gml")]
    if len(names) != 1:
        message = f"the earlier package holds {len(names)} GIOs, and one is needed"
        repair = "Give the package of one decision round and one alternative, or its GIO."
        raise InputError(Problem(message, repair, file=shown))
    gio = read_gio_bytes(files[names[0]], names[0])
    table = gpd.GeoDataFrame(
        {
            "locatie_id": gio["id"].astype(str),
            "zone_id": pd.Series([None] * len(gio), dtype=object),
            "naam": gio["naam"].astype(object),
            "groep_id": gio["groepID"].astype(object),
        },
        geometry=gio.geometry,
        crs=RD,
    )
    lists = [name for name in files if name.endswith(TABLE)]
    if lists:
        rows = pd.read_csv(io.BytesIO(files[lists[0]]), sep=";", dtype=str, encoding="utf-8-sig")
        zones = dict(zip(rows["locatie_id"], rows["zone_id"], strict=True))
        table["zone_id"] = [zones.get(key) for key in table["locatie_id"]]
    return Earlier(str(gio["work"].iloc[0]), str(gio["expression"].iloc[0]), table)


def earlier_locations(proposed: gpd.GeoDataFrame) -> Earlier:
    """Compare with the locations of an earlier release, of which no package was made."""
    return Earlier("", "", proposed[[*KEPT, "geometry"]].copy())


def _files(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix.lower() in {".gml", ".csv"}:
                yield file.relative_to(path).as_posix(), file.read_bytes()
        return
    if path.suffix.lower() != ".zip":
        try:
            yield path.name, path.read_bytes()
        except OSError as error:
            message = f"the earlier package cannot be read: {error.strerror}"
            raise InputError(Problem(message, "Check the path.", file=path.name)) from error
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in check_archive(archive, path.name):
                if entry.filename.lower().endswith((".gml", ".csv")):
                    yield entry.filename, archive.read(entry)
    except (OSError, zipfile.BadZipFile) as error:
        message = "the earlier package is no zip that can be read"
        raise InputError(Problem(message, "Give the zip as it was made.", file=path.name)) from error


def compare(earlier: Earlier | None, proposed: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Compare locations with earlier ones.

    An equal geometry has an equal id, so those are matched first; what is left is matched by zone, or by name
    and kind where the earlier package does not tell zones.

    Parameters
    ----------
    earlier
        None for a first package, in which everything is new.
    proposed
        ``locatie_id``, ``zone_id``, ``naam``, ``groep_id`` and geometry; ids are unique.

    Returns
    -------
    GeoDataFrame
        One row per location, new, changed, gone, then the same: ``verandering``, ``wat``, ids, names and
        kinds then and now, hectares then and now, the difference, and what was added and taken off. The
        geometry is the new one, or the old one of what is gone.
    """
    now = proposed[[*KEPT, "geometry"]].reset_index(drop=True)
    then = now.iloc[:0] if earlier is None else earlier.locations.reset_index(drop=True)
    pairs = _pairs(then, now)
    rows = [_row(then, now, old, new) for old, new in pairs]
    rows += [_row(then, now, None, new) for new in sorted(set(range(len(now))) - {new for _, new in pairs})]
    rows += [_row(then, now, old, None) for old in sorted(set(range(len(then))) - {old for old, _ in pairs})]
    rows.sort(key=lambda row: (ORDER.index(row["verandering"]), str(row["zone_id"]), str(row["naam"])))
    columns = [
        "verandering", "wat", "locatie_id_was", "locatie_id", "zone_id", "naam_was", "naam", "groep_was",
        "groep_id", "was_ha", "wordt_ha", "verschil_ha", "erbij_ha", "eraf_ha", "geometry",
    ]  # fmt: skip
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=RD)


def _pairs(then: pd.DataFrame, now: pd.DataFrame) -> list[tuple[int, int]]:
    """Match positions: by id, then by zone, then by name and kind."""
    pairs: list[tuple[int, int]] = []
    by_zone = bool(len(then)) and bool(then["zone_id"].notna().all())
    for names in (["locatie_id"], ["zone_id"] if by_zone else ["naam", "groep_id"]):
        old_left = sorted(set(range(len(then))) - {old for old, _ in pairs})
        new_left = sorted(set(range(len(now))) - {new for _, new in pairs})
        old_keys: dict[Any, list[int]] = {}
        for old in old_left:
            old_keys.setdefault(tuple(str(then[name].iloc[old]) for name in names), []).append(old)
        for new in new_left:
            waiting = old_keys.get(tuple(str(now[name].iloc[new]) for name in names), [])
            if waiting:
                pairs.append((waiting.pop(0), new))
    return pairs


def _row(then: pd.DataFrame, now: pd.DataFrame, old: int | None, new: int | None) -> dict[str, Any]:
    was = None if old is None else then.iloc[old]
    will = None if new is None else now.iloc[new]
    before = shapely.MultiPolygon() if was is None else was["geometry"]
    after = shapely.MultiPolygon() if will is None else will["geometry"]
    what = []
    if was is not None and will is not None:
        what += ["geometrie"] if was["locatie_id"] != will["locatie_id"] else []
        what += ["beschermingsvorm"] if was["groep_id"] != will["groep_id"] else []
        what += ["naam"] if was["naam"] != will["naam"] else []
    change = NEW if was is None else GONE if will is None else CHANGED if what else SAME
    moved = "geometrie" in what
    added = shapely.difference(after, before, grid_size=GRID_M) if moved else after
    taken = shapely.difference(before, after, grid_size=GRID_M) if moved else before
    both = change in {SAME, CHANGED} and not moved
    return {
        "verandering": change,
        "wat": ", ".join(what) or None,
        "locatie_id_was": None if was is None else was["locatie_id"],
        "locatie_id": None if will is None else will["locatie_id"],
        "zone_id": was["zone_id"]
        if will is None and was is not None
        else None
        if will is None
        else will["zone_id"],
        "naam_was": None if was is None else was["naam"],
        "naam": None if will is None else will["naam"],
        "groep_was": None if was is None else was["groep_id"],
        "groep_id": None if will is None else will["groep_id"],
        "was_ha": _hectares(before),
        "wordt_ha": _hectares(after),
        "verschil_ha": round(_hectares(after) - _hectares(before), 4),
        "erbij_ha": 0.0 if both else _hectares(added),
        "eraf_ha": 0.0 if both else _hectares(taken),
        "geometry": before if will is None else after,
    }


def _hectares(shape: shapely.Geometry) -> float:
    return float(np.round(shapely.area(shape) / SQUARE_METRES, 4))
