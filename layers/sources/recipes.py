"""Recipes: where a layer is published and how its fields map to ours, as data; every part has a status.

A recipe is a TOML file named after itself. What nobody looked at says ``to_verify``.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic needs it when the model is made
import re
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictStr, ValidationError

from gis.errors import InputError, Problem
from layers.inputs import INPUT_BY_NAME
from layers.source import LayerSource, mapping_problems
from layers.suggest import did_you_mean
from layers.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Status = Literal["sourced", "assumption", "to_verify"]
Connector = Literal["ogc_features", "wfs", "arcgis", "atom", "file", "gio", "plans", "import"]
_NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,60}")
_MAPPING: Final = ("units", "values", "constants", "only")
_PLACE: Final = "https://recipe.invalid"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Where(_Strict):
    """Where a layer lies at its publisher."""

    url: StrictStr = ""
    """Empty when the project must give it."""
    name: StrictStr = ""
    """Collection, feature type, or words in the title of an entry."""
    extent: Literal["area", "whole"] = "area"
    """Whether only the area of the project is asked."""
    page: int = Field(default=1000, ge=1, le=10_000)
    query: dict[str, StrictStr] = Field(default_factory=dict)
    headers: dict[str, StrictStr] = Field(default_factory=dict)
    secrets: dict[str, StrictStr] = Field(default_factory=dict)
    """Header to the environment variable that holds its value."""
    hosts: tuple[StrictStr, ...] = ()
    member: StrictStr | None = None
    member_layer: StrictStr | None = None
    crs: StrictStr | None = None
    sort: StrictStr | None = None
    kind: StrictStr = ""


class RecipeField(_Strict):
    """One of our columns: the field of the publisher, and how sure that is."""

    field: StrictStr
    status: Status
    optional: bool = False
    """Whether the layer can do without, so that its absence is no change of schema."""


class Check(_Strict):
    """What a recipe was tried against."""

    against: StrictStr
    on: dt.date


class Recipe(_Strict):
    """How one layer is fetched, or how a file that one must ask for is read."""

    name: StrictStr
    layer: StrictStr
    title_nl: StrictStr
    title_en: StrictStr
    connector: Connector
    source: StrictStr
    licence: StrictStr
    note: StrictStr = ""
    """What a reader of the report must know, in Dutch."""
    ask_nl: StrictStr = ""
    ask_en: StrictStr = ""
    """Where a file is asked for."""
    where: Where = Field(default_factory=Where)
    columns: dict[str, RecipeField] = Field(default_factory=dict)
    units: dict[str, StrictStr] = Field(default_factory=dict)
    values: dict[str, dict[str, StrictStr]] = Field(default_factory=dict)
    constants: dict[str, Any] = Field(default_factory=dict)
    only: dict[str, list[str]] = Field(default_factory=dict)
    status: dict[str, Status]
    """Part to its status: licence, the keys of `where` that are given, and the tables of the mapping."""
    checked: tuple[Check, ...] = ()

    def mapping(self) -> dict[str, Any]:
        """Give what a layer of a project file takes over."""
        given = {name: getattr(self, name) for name in _MAPPING if getattr(self, name)}
        columns = {ours: one.field for ours, one in self.columns.items()}
        note = {"note": self.note} if self.note else {}
        return {"source": self.source, "licence": self.licence, "columns": columns, **note, **given}


def recipe_names(folder: Path | None = None) -> tuple[str, ...]:
    """List the recipes that ship, or those of a folder."""
    entries = (files("layers") / "data" / "recipes") if folder is None else folder
    return tuple(sorted(entry.name[:-5] for entry in entries.iterdir() if entry.name.endswith(".toml")))


def read_recipe(name: str, folder: Path | None = None) -> Recipe:
    """Read one recipe: the user's own of that name when there is one, else the one that ships.

    Parameters
    ----------
    name
        Such as ``ibis_wfs``.
    folder
        The user's own recipes; None for none.

    Raises
    ------
    InputError
        With every problem of the recipe, or with the nearest name when there is none.
    """
    if folder is not None and _NAME.fullmatch(name) and (folder / f"{name}.toml").is_file():
        return _checked(folder / f"{name}.toml", name)
    known = recipe_names()
    if name not in known:
        own = () if folder is None or not folder.is_dir() else recipe_names(folder)
        raise InputError(Problem(f"there is no recipe {name!r}", did_you_mean(name, (*known, *own))))
    with as_file(files("layers") / "data" / "recipes" / f"{name}.toml") as path:
        return _checked(path, name)


def _checked(path: Path, name: str) -> Recipe:
    raw = read_toml(path, "recipe")
    file = path.name
    try:
        recipe = Recipe.model_validate(raw)
    except ValidationError as error:
        raise InputError(*_said(error, file)) from error
    problems = [*_problems(recipe, raw, name, file)]
    if problems:
        raise InputError(*problems)
    return recipe


def _said(error: ValidationError, file: str) -> Iterator[Problem]:
    for item in error.errors(include_url=False, include_context=False):
        place = ".".join(str(one) for one in item["loc"])
        said = item["msg"][:1].lower() + item["msg"][1:]
        yield Problem(f"this does not fit: {said}", "See a recipe that ships.", file, field=place)


def _problems(recipe: Recipe, raw: dict[str, Any], name: str, file: str) -> Iterator[Problem]:
    """Check what the model cannot say."""
    if recipe.name != name:
        yield Problem(f"the recipe is called {recipe.name!r}", "Call it as its file.", file, field="name")
    layer = INPUT_BY_NAME.get(recipe.layer)
    if layer is None:
        message = f"layer {recipe.layer!r} is not known"
        yield Problem(message, did_you_mean(recipe.layer, INPUT_BY_NAME), file, field="layer")
        return
    try:
        source = LayerSource.model_validate({"path": _PLACE, **recipe.mapping()})
    except ValidationError as error:
        yield from _said(error, file)
        return
    yield from mapping_problems(source, layer, file)
    given = {*recipe.columns, *recipe.constants}
    for column in layer.columns:
        if column.required and column.name not in given:
            yield Problem("this column is required and not mapped", "Map it.", file, layer.name, column.name)
    if recipe.connector == "import" and not (recipe.ask_nl and recipe.ask_en):
        yield Problem("nothing says where the file is asked for", "Add ask_nl and ask_en.", file)
    parts = ["source", "licence", *raw.get("where", {}), *(part for part in _MAPPING if part in raw)]
    for part in parts:
        if part not in recipe.status:
            repair = f'Add {part} = "to_verify" under [status] unless somebody looked at it.'
            yield Problem("this part has no status", repair, file, field=part)
    for part in recipe.status:
        if part not in parts:
            yield Problem("a status for a part that is not there", "Take it out.", file, field=part)
