"""The project file: what is assessed, where each layer lies, and the parameters.

TOML, checked as a whole: `load_project` raises one error that holds every problem it can find, those of the
project file, of the files it names and, when there are problems anyway, those of the data in the other
layers.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic needs it when the model is made
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StrictBool, StrictStr, ValidationError

from gis.errors import InputError, Problem
from layers.inputs import INPUT_BY_NAME, INPUT_LAYERS
from layers.origin import header_of
from layers.parameters import Parameters
from layers.read import problems_in
from layers.source import PLACE_KEYS, LayerSource, mapping_problems
from layers.sources.in_use import OURS, complete
from layers.suggest import did_you_mean
from layers.toml_file import read_toml

_TABLES = ("project", "parameters", "fetch", "layers")
ProcedureStatus = Literal["exploration", "candidate", "draft", "adopted", "in_force"]

_SHOWN = 60


class Project(BaseModel):
    """A project as written in its file; relative paths start from the folder of that file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: StrictStr = Field(min_length=1)
    authority: StrictStr = Field(min_length=1)
    """Who the assessment is made for."""
    reference_date: dt.date
    """The day that the assessment speaks of; nothing is computed from the clock."""
    sample: StrictBool = False
    """Whether the data is made up; every output then says so."""
    note: StrictStr = ""
    """What every output must say on its face."""
    procedure_status: ProcedureStatus = "exploration"
    corrections: StrictStr | None = Field(default=None, min_length=1)
    """File of reports by municipalities, relative to the project file; what was accepted is applied."""
    parameters: Parameters = Field(default_factory=Parameters)
    layers: dict[str, LayerSource]

    _root: Path = PrivateAttr(default_factory=Path)
    _warnings: tuple[str, ...] = PrivateAttr(default=())

    @property
    def root(self) -> Path:
        """The folder that relative paths start from."""
        return self._root

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know before a run: each newer fetch that failed, in English."""
        return self._warnings


def load_project(path: Path) -> Project:
    """Read and check a project file.

    Parameters
    ----------
    path
        The project file, TOML.

    Returns
    -------
    Project
        Checked: every file exists and has the columns that the mapping names. The rows are not read yet.

    Raises
    ------
    InputError
        With every problem at once.
    """
    path = Path(path)
    raw = read_toml(path)
    tables, problems, warnings = complete(raw, path.parent, path.name)
    sources = _sources(raw, tables, path.name, problems)
    project = _project(raw, sources, path.name, problems)
    sound = {}
    for name, source in sources.items():
        found = [*mapping_problems(source, INPUT_BY_NAME[name], path.name)]
        found += _file_problems(name, source, path.parent)
        problems += found
        if not found:
            sound[name] = source
    if problems or project is None:
        # the data of the other layers is looked at as well, so that one round is enough
        raise InputError(*problems, *problems_in(sound, path.parent))
    project._root = path.parent  # noqa: SLF001 - set once, here
    project._warnings = tuple(warnings)  # noqa: SLF001
    return project


def _sources(
    raw: dict[str, Any], completed: dict[str, Any], file: str, problems: list[Problem]
) -> dict[str, LayerSource]:
    """Read the layers one by one, so that a mistake in one does not hide those in another.

    `completed` has the tables with what recipes add; a layer whose recipe is wrong is not in it.
    """
    tables = raw.get("layers", {})
    if not isinstance(tables, dict):
        problems.append(
            Problem("layers must be a table", "Write each layer as [layers.NAME].", file, field="layers")
        )
        tables = {}
    sources: dict[str, LayerSource] = {}
    for name, table in tables.items():
        if name not in INPUT_BY_NAME:
            message = f"layer {name!r} is not known"
            problems.append(Problem(message, did_you_mean(name, INPUT_BY_NAME), file, name))
            continue
        if isinstance(table, dict) and name not in completed:
            continue
        try:
            sources[name] = LayerSource.model_validate(completed.get(name, table))
        except ValidationError as error:
            problems.extend(_problems(error, file, ("layers", name)))
    for layer in INPUT_LAYERS:
        if layer.required and layer.name not in tables:
            repair = f"Add [layers.{layer.name}] with its path, source and licence."
            problems.append(
                Problem("this layer is required and the project has none", repair, file, layer.name)
            )
    return sources


def _project(
    raw: dict[str, Any], sources: dict[str, LayerSource], file: str, problems: list[Problem]
) -> Project | None:
    """Read the tables [project] and [parameters]."""
    for key in raw:
        if key not in _TABLES:
            message = f"the table or key {key!r} is not known"
            problems.append(Problem(message, did_you_mean(key, _TABLES), file, field=key))
    facts = raw.get("project", {})
    if not isinstance(facts, dict):
        problems.append(Problem("project must be a table", "Write it as [project].", file, field="project"))
        return None
    rest = {"parameters": raw["parameters"]} if "parameters" in raw else {}
    clash = {key: value for key, value in facts.items() if key not in ("parameters", "layers")}
    problems.extend(
        Problem(f"{key!r} stands inside [project]", f"Write it as [{key}].", file, field=key)
        for key in facts
        if key not in clash
    )
    try:
        return Project.model_validate({**clash, **rest, "layers": sources})
    except ValidationError as error:
        problems.extend(_problems(error, file, ()))
        return None


def _problems(error: ValidationError, file: str, prefix: tuple[str, ...]) -> list[Problem]:
    """Turn pydantic's findings into ours, each with a repair."""
    found = []
    for item in error.errors(include_url=False, include_context=False):
        place = (*prefix, *map(str, item["loc"]))
        if place[0] not in _TABLES:
            place = ("project", *place)
        layer = place[1] if place[0] == "layers" and len(place) > 1 else None
        message, repair = _wording(item["type"], item["msg"], item["input"], place)
        found.append(Problem(message, repair, file, layer, ".".join(place)))
    return found


def _wording(kind: str, said: str, given: object, place: tuple[str, ...]) -> tuple[str, str]:
    """Give the message and the repair for one finding of pydantic."""
    key = place[-1]
    if kind == "extra_forbidden":
        return f"the key {key!r} is not known", did_you_mean(key, _known_keys(place))
    if kind == "missing":
        return f"the key {key!r} is missing", "Add it."
    # where an address was meant to stay out, one may stand
    hidden = key in PLACE_KEYS or len(repr(given)) > _SHOWN
    shown = type(given).__name__ if hidden else repr(given)
    return f"{shown} does not fit here: {said[:1].lower()}{said[1:]}", "Change the value."


def _known_keys(place: tuple[str, ...]) -> list[str]:
    """List the keys that are allowed at a place."""
    if place[0] == "parameters":
        return list(Parameters.model_fields)
    if place[0] == "layers":
        return [*LayerSource.model_fields, *OURS]
    return [name for name in Project.model_fields if name not in _TABLES]


def _file_problems(name: str, source: LayerSource, root: Path) -> list[Problem]:
    """Check that the file is there and has the columns that the mapping names."""
    layer = INPUT_BY_NAME[name]
    try:
        header = header_of(source, root)
    except InputError as error:
        return [_in_layer(problem, name) for problem in error.problems]
    names = header.columns
    found = []
    asked = [*source.columns.items(), *((key, key) for key in source.only)]
    for ours, theirs in asked:
        if theirs not in names and theirs.lower() not in header.extra:
            message = f"there is no column {theirs!r}"
            found.append(Problem(message, _choose(theirs, names), source.place, name, ours))
    for key in ("x", "y", "wkt"):
        theirs = getattr(source, key)
        if theirs is not None and theirs not in names:
            found.append(
                Problem(f"there is no column {theirs!r}", _choose(theirs, names), source.place, name, key)
            )
    for column in layer.columns:
        given = column.name in source.columns or column.name in source.constants or column.name in names
        if column.required and not given:
            message = "this column is required and not in the file"
            repair = f'Map it: columns.{column.name} = "...". The file has: {", ".join(names)}.'
            found.append(Problem(message, repair, source.place, name, column.name))
    return found


def _choose(theirs: str, names: tuple[str, ...]) -> str:
    """Suggest the nearest column and list them all."""
    near = did_you_mean(theirs, names)
    listed = f"The file has: {', '.join(names)}."
    return f"{near} {listed}" if near.startswith("Did") else listed


def _in_layer(problem: Problem, layer: str) -> Problem:
    """Name the layer of a problem that was found lower down."""
    return Problem(problem.message, problem.repair, problem.file, layer, problem.field, problem.rows)
