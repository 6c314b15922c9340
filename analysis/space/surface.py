"""Where heavy space could exist at all: the usable category of every cell of the whole area.

A cell has the highest category whose guide distance its centre keeps from all sensitive objects, measured
exactly (see `gis.distance_raster`). The two readings are those of parks and plots: low counts every object
and takes unknown surroundings for quiet, high counts the certain objects and takes them for mixed. Inside a
park, dwellings of its own firms count in the low reading only. So the raster gives the answer of
`analysis.zones` at the centre of each cell; on a cell that a zone border crosses it rounds.

What lies on a cell (water, built-up area, protected areas by hardness) is a raster of its own. The raster of
room brings both together: the category, or the exclusion where there is one.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np
import shapely

from analysis.categories import load_categories
from analysis.objects import READINGS, prepare_objects
from analysis.space.surface_halo import tables_near
from analysis.space.surface_rules import Distances, Restrictions, SurfaceSettings
from gis.cog import CogWriter, colour
from gis.parallel import at_most
from gis.rasters import NODATA, Grid, Window, covered
from layers.parameters import SURFACE_RESOLUTION
from layers.results_surface import CATEGORY_STYLES, EXCLUSION_STYLES, ROOM_OFFSET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.workers import Workers
    from layers.classes import ClassStyle
    from layers.parameters import Parameters

Content = Literal["usable", "room", "exclusions"]
NAMES: Final = (
    *(f"{content}_{reading}" for content in ("usable", "room") for reading in READINGS),
    "exclusions",
)
"""The rasters that are made: content and reading; what lies on a cell has no reading."""


@dataclass(frozen=True, slots=True)
class Block:
    """The answer for one window.

    Attributes
    ----------
    window
        Its place in the grid.
    usable, room
        Reading to codes ``(rows, columns)``: rank of the category, in `room` also the code of an exclusion
        plus `ROOM_OFFSET`; 255 outside the area.
    exclusions
        Position in `EXCLUSIONS` of the heaviest restriction; 255 outside the area.
    """

    window: Window
    usable: dict[str, NDArray[np.uint8]]
    room: dict[str, NDArray[np.uint8]]
    exclusions: NDArray[np.uint8]

    def named(self, name: str) -> NDArray[np.uint8]:
        """Give the codes of one of `NAMES`."""
        content, _, reading = name.partition("_")
        return {"usable": self.usable, "room": self.room}[content][reading] if reading else self.exclusions


class Surface:
    """The surface of an area, ready to be computed window by window.

    Parameters
    ----------
    tables
        Cleaned input layers, EPSG:28992; ``municipalities`` say what the area is.
        There are sensitive objects among them.
    parameters
        As in the project file.
    bounds
        ``(xmin, ymin, xmax, ymax)`` in metres; None for all municipalities.
    resolution
        Side of a cell, metres.
    settings
        See `SurfaceSettings`.
    """

    def __init__(
        self,
        tables: Mapping[str, gpd.GeoDataFrame],
        parameters: Parameters,
        *,
        bounds: Sequence[float] | None = None,
        resolution: float = SURFACE_RESOLUTION,
        settings: SurfaceSettings | None = None,
    ) -> None:
        self.settings = settings or SurfaceSettings()
        self.parameters = parameters
        self.not_assessed = [name for name in ("protected_areas", "waterways") if name not in tables]
        area = tables["municipalities"].geometry.to_numpy()
        self._extent = shapely.total_bounds(area).tolist() if bounds is None else bounds
        self.grid = Grid.over(self._extent, resolution)
        self._tables = tables

    @cached_property
    def _rules(self) -> tuple[Distances, Restrictions]:
        """Make ready what decides about a cell; only where windows are computed."""
        objects = prepare_objects(self._tables)
        if objects is None:
            raise ValueError("a surface needs sensitive objects")
        parks = self._tables["parks"].geometry.to_numpy()
        distances = Distances(objects, parks, load_categories())
        return distances, Restrictions(self._tables, objects, self.settings)

    def near(self, window: Window) -> Surface:
        """Give the surface with only what decides about one window, small enough to send to a worker."""
        reach = max(float(load_categories().quiet[-1]), self.settings.built_up_m)
        return Surface(
            tables_near(self._tables, self.grid.part(window).bounds, reach),
            self.parameters,
            bounds=self._extent,
            resolution=self.grid.cell,
            settings=self.settings,
        )

    def block(self, window: Window, readings: Sequence[str] = READINGS) -> Block:
        """Compute one window."""
        grid = self.grid.part(window)
        area = covered(grid, self._tables["municipalities"].geometry.to_numpy())
        if not area.any():
            empty = np.full(grid.shape, NODATA, dtype=np.uint8)
            return Block(window, dict.fromkeys(readings, empty), dict.fromkeys(readings, empty), empty)
        distances, restrictions = self._rules
        exclusions = restrictions.codes(grid, area)
        excluded = restrictions.excluded[exclusions]
        usable = distances.ranks(grid, area, readings)
        room = {}
        for reading, ranks in usable.items():
            room[reading] = np.where(excluded, exclusions + np.uint8(ROOM_OFFSET), ranks)
            ranks[~area], room[reading][~area] = NODATA, NODATA
        exclusions[~area] = NODATA
        return Block(window, usable, room, exclusions)


def prepare_surface(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    bounds: Sequence[float] | None = None,
    resolution: float = SURFACE_RESOLUTION,
    settings: SurfaceSettings | None = None,
) -> Surface | None:
    """Make a `Surface`; None when the project has no sensitive objects: then nothing can be said."""
    if "sensitive_objects" not in tables:
        return None
    return Surface(tables, parameters, bounds=bounds, resolution=resolution, settings=settings)


def surface(
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    bounds: Sequence[float] | None = None,
    resolution: float = SURFACE_RESOLUTION,
    readings: Sequence[str] = READINGS,
    settings: SurfaceSettings | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[Block]:
    """Compute the surface window by window, row by row; memory is bounded by the window.

    Nothing comes when the project has no sensitive objects. Parameters as in `Surface`.
    """
    prepared = prepare_surface(tables, parameters, bounds=bounds, resolution=resolution, settings=settings)
    if prepared is not None:
        yield from _blocks(prepared, readings, progress)


def _blocks(
    prepared: Surface,
    readings: Sequence[str],
    progress: Callable[[str], None] | None,
    workers: Workers | None = None,
) -> Iterator[Block]:
    windows = list(prepared.grid.windows())
    blocks: Iterator[Block]
    if workers is None or workers.count == 1:
        blocks = (prepared.block(window, readings) for window in windows)
    else:
        jobs = (_Job(prepared.near(window), window, tuple(readings)) for window in windows)
        blocks = workers.each(_block_of, jobs)
    for number in range(1, len(windows) + 1):
        if progress is not None:
            progress(f"surface: window {number} of {len(windows)}")
        yield next(blocks)


class _Job(NamedTuple):
    """One window for a worker."""

    surface: Surface
    window: Window
    readings: tuple[str, ...]


def _block_of(job: _Job) -> Block:
    with at_most(1):
        return job.surface.block(job.window, job.readings)


def write_surfaces(
    folder: Path,
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    names: Sequence[str] = NAMES,
    bounds: Sequence[float] | None = None,
    resolution: float = SURFACE_RESOLUTION,
    settings: SurfaceSettings | None = None,
    progress: Callable[[str], None] | None = None,
    workers: Workers | None = None,
) -> dict[str, Path]:
    """Write rasters as Cloud-Optimised GeoTIFF, all in one pass over the windows.

    Parameters
    ----------
    folder
        Exists already; each raster gets its name with ``.tif``.
    names
        Which of `NAMES`.
    workers
        Who computes the windows, when they are more than one; the rasters are the same.

    Returns
    -------
    dict
        Name to path; empty when the project has no sensitive objects. Other parameters as in `Surface`.
    """
    prepared = prepare_surface(tables, parameters, bounds=bounds, resolution=resolution, settings=settings)
    if prepared is None:
        return {}
    paths = {name: folder / f"{name}.tif" for name in names}
    readings = [reading for reading in READINGS if any(name.endswith(reading) for name in names)]
    with ExitStack() as stack:
        writers = {name: stack.enter_context(_writer(path, name, prepared)) for name, path in paths.items()}
        for block in _blocks(prepared, readings, progress, workers):
            for name, writer in writers.items():
                writer.write(block.window, block.named(name))
    return paths


def write_surface(
    path: Path,
    tables: Mapping[str, gpd.GeoDataFrame],
    parameters: Parameters,
    *,
    content: Content = "usable",
    reading: str = "low",
    **options: Any,
) -> Path | None:
    """Write one raster, see `write_surfaces` for the options; None without sensitive objects."""
    name = content if content == "exclusions" else f"{content}_{reading}"
    made = write_surfaces(path.parent, tables, parameters, names=[name], **options)
    return made[name].replace(path) if made else None


def styles_of(content: str) -> dict[int, ClassStyle]:
    """Give code to class for ``"usable"``, ``"room"`` or ``"exclusions"``."""
    categories = dict(enumerate(CATEGORY_STYLES))
    exclusions = dict(enumerate(EXCLUSION_STYLES))
    if content == "exclusions":
        return exclusions
    if content == "usable":
        return categories
    return categories | {ROOM_OFFSET + code: style for code, style in exclusions.items() if code}


def _writer(path: Path, name: str, prepared: Surface) -> CogWriter:
    content, _, reading = name.partition("_")
    styles = styles_of(content)
    about = {
        "usable": "Indicatieve benutbare categorie (richtafstand)",
        "room": "Indicatieve benutbare categorie (richtafstand), of wat de plek uitsluit",
        "exclusions": "Zwaarste beperking op de plek",
    }
    readings = {"low": ", strenge lezing", "high": ", ruime lezing", "": ""}
    tags = {
        "TIFFTAG_IMAGEDESCRIPTION": about[content] + readings[reading],
        "content": content,
        "reading": reading,
        "classes": "; ".join(f"{code}={style.label_nl}" for code, style in styles.items()),
        "classes_en": "; ".join(f"{code}={style.label_en}" for code, style in styles.items()),
        "built_up_m": f"{prepared.settings.built_up_m:g}",
        # layers that the project lacks, so that nobody takes their absence for room
        "not_assessed": "; ".join(prepared.not_assessed),
    }
    colours = {code: colour(style.fill) for code, style in styles.items()}
    return CogWriter(path, prepared.grid, colours=colours, tags=tags)
