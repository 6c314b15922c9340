"""What a project file says about fetching: the table [fetch], and layers that name a recipe.

.. code-block:: toml

    [fetch]
    area = [106000, 420000, 176000, 481000]   # EPSG:28992, metres; or a file whose outline counts
    margin_m = 2000

    [layers.parks]
    recipe = "ibis_wfs"
    fetch = { page = 500 }                    # what differs from [where] of the recipe
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from gis.crs import RD_BOUNDS
from gis.errors import InputError, Problem
from gis.files import read
from gis.locate import locate
from gis.placement import place
from layers.inputs import INPUT_BY_NAME
from layers.sources.faults import FetchError
from layers.sources.recipes import Recipe, Where, read_recipe
from layers.sources.wanted import Wanted, grown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.sources.wanted import Box

MARGIN_M: Final = 2000.0
"""Beyond the area: the largest guide distance is 1,500 m, and homes across the border count."""
FOLDER: Final = "fetched"


class FetchSettings(BaseModel):
    """The table [fetch]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: Annotated[list[float], Field(min_length=4, max_length=4)] | StrictStr | None = None
    """Box in EPSG:28992, metres (west, south, east, north), or a file of which the outline counts."""
    margin_m: float = Field(default=MARGIN_M, ge=0, le=100_000)
    folder: StrictStr = Field(default=FOLDER, min_length=1)
    """Where it goes, beside the project file."""
    recipes: StrictStr | None = None
    """Folder with recipes of your own, beside the project file."""


@dataclass(frozen=True, slots=True)
class Item:
    """One layer to fetch."""

    layer: str
    recipe: Recipe
    where: Where
    table: Mapping[str, Any]
    """The table of the layer as written in the project file."""


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What is to be fetched for a project.

    Attributes
    ----------
    folder
        Where it goes.
    items
        By layer.
    """

    root: Path
    folder: Path
    settings: FetchSettings
    items: dict[str, Item]

    def wanted(self, item: Item, variables: Mapping[str, str] | None = None) -> Wanted:
        """Say what is asked of the service of one layer.

        Parameters
        ----------
        item
            One of `items`.
        variables
            The environment, for keys; that of the process by default.

        Raises
        ------
        FetchError
            ``no_access`` when a key is not there; ``bad_address`` without an address.
        InputError
            When the area is not given or cannot be read.
        """
        where = item.where
        if not where.url:
            detail = f'give it in the project file: [layers.{item.layer}] fetch = {{ url = "..." }}'
            raise FetchError("bad_address", detail)
        known = os.environ if variables is None else variables
        absent = sorted(name for name in where.secrets.values() if not known.get(name))
        if absent:
            raise FetchError("no_access", f"set the environment variable {', '.join(absent)}")
        # a file may be in any system unless the recipe says which
        usual = "" if item.recipe.connector in ("file", "atom", "gio") else "EPSG:28992"
        return Wanted(
            connector=item.recipe.connector,
            url=where.url,
            name=item.layer if item.recipe.connector == "gio" else where.name,
            area=None if where.extent == "whole" else self.box(),
            page=where.page,
            query=where.query,
            headers=where.headers,
            secrets={header: known[name] for header, name in where.secrets.items()},
            hosts=frozenset(where.hosts),
            member=where.member,
            member_layer=where.member_layer,
            crs=usual if where.crs is None else where.crs,
            sort=where.sort,
            kind=where.kind,
        )

    def box(self) -> Box:
        """Give the box that is fetched, margin included, in EPSG:28992.

        Raises
        ------
        InputError
            When the project names no area or one that lies elsewhere.
        """
        area = self.settings.area
        if area is None:
            repair = "Write it under [fetch], such as area = [106000, 420000, 176000, 481000] (EPSG:28992)."
            raise InputError(Problem("nothing says which area is to be fetched", repair, field="fetch.area"))
        box = self._outline(area) if isinstance(area, str) else (area[0], area[1], area[2], area[3])
        west, south, east, north = box
        low, high = RD_BOUNDS[:2], RD_BOUNDS[2:]
        inside = low[0] <= west < east <= high[0] and low[1] <= south < north <= high[1]
        if not inside:
            message = f"the area {list(box)} is no box in EPSG:28992"
            raise InputError(
                Problem(message, "Write west, south, east, north in metres.", field="fetch.area")
            )
        return grown(box, self.settings.margin_m)

    def _outline(self, file: str) -> Box:
        """Take the bounds of everything in a file."""
        table = read(locate(file, self.root))
        if table.geometry is None or not len(table.geometry):
            raise InputError(
                Problem("the file has no geometry", "Name one that has.", file, field="fetch.area")
            )
        shapes = place(shapely.force_2d(table.geometry), table.crs, file=file).geometry
        west, south, east, north = (float(value) for value in shapely.total_bounds(np.asarray(shapes)))
        return west, south, east, north


def fetch_plan(raw: Mapping[str, Any], root: Path, file: str, problems: list[Problem]) -> FetchPlan:
    """Read what a project file says about fetching.

    Parameters
    ----------
    raw
        The project file.
    root
        Its folder.
    file
        Its name, for messages.
    problems
        Receives what is wrong; what is right is in the result.
    """
    settings = _settings(raw.get("fetch", {}), file, problems)
    own = None if settings.recipes is None else root / settings.recipes
    items = {}
    tables = raw.get("layers", {})
    for name, table in tables.items() if isinstance(tables, dict) else ():
        if isinstance(table, dict) and "recipe" in table and name in INPUT_BY_NAME:
            item = _item(name, table, own, file, problems)
            if item is not None:
                items[name] = item
    return FetchPlan(root, root / settings.folder, settings, items)


def _settings(table: object, file: str, problems: list[Problem]) -> FetchSettings:
    try:
        settings = FetchSettings.model_validate(table)
    except ValidationError as error:
        problems += _said(error, file, "fetch", None)
        return FetchSettings()
    for key in ("folder", "recipes"):
        text = getattr(settings, key)
        if text is not None and (Path(text).is_absolute() or ".." in Path(text).parts):
            message = f"{text!r} leads out of the folder of the project"
            problems.append(Problem(message, "Name a folder beside it.", file, field=f"fetch.{key}"))
            return FetchSettings()
    return settings


def _item(
    name: str, table: dict[str, Any], own: Path | None, file: str, problems: list[Problem]
) -> Item | None:
    asked = table["recipe"]
    place = f"layers.{name}.recipe"
    if not isinstance(asked, str):
        problems.append(Problem("a recipe is named by a text", "Write its name.", file, name, place))
        return None
    try:
        recipe = read_recipe(asked, own)
        where = Where.model_validate(
            {**recipe.where.model_dump(exclude_unset=True), **table.get("fetch", {})}
        )
    except InputError as error:
        problems += [
            Problem(one.message, one.repair, one.file or file, name, one.field) for one in error.problems
        ]
        return None
    except ValidationError as error:
        problems += _said(error, file, f"layers.{name}.fetch", name)
        return None
    except TypeError:
        problems.append(Problem("fetch must be a table", "Write fetch = { ... }.", file, name, "fetch"))
        return None
    if recipe.layer != name:
        message = f"recipe {asked!r} is for the layer {recipe.layer!r}"
        problems.append(Problem(message, f"Use it under [layers.{recipe.layer}].", file, name, place))
        return None
    return Item(name, recipe, where, table)


def _said(error: ValidationError, file: str, prefix: str, layer: str | None) -> list[Problem]:
    return [
        Problem(
            f"this does not fit: {item['msg'][:1].lower()}{item['msg'][1:]}",
            "Change the value, or leave it out.",
            file,
            layer,
            ".".join((prefix, *(str(one) for one in item["loc"]))),
        )
        for item in error.errors(include_url=False, include_context=False)
    ]
