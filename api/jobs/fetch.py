"""Fetch the layers of a project that name a recipe: what came, from where, when, how many."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from gis.errors import InputError, Problem
from gis.locate import locate
from layers.sources.cache import Cache, alone
from layers.sources.client import Client, make_http
from layers.sources.faults import FetchError
from layers.sources.fetching import fetch_layer, record_failure
from layers.sources.in_use import asking, is_own
from layers.sources.limits import Limits, SystemClock
from layers.sources.manifest import read_manifest
from layers.sources.plan import fetch_plan
from layers.suggest import did_you_mean
from layers.toml_file import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import httpx

    from layers.sources.fetching import Outcome
    from layers.sources.limits import Clock
    from layers.sources.manifest import Manifest
    from layers.sources.plan import FetchPlan, Item

_OURS = re.compile(r"[a-z_]+\.[0-9a-f]{12}\.parquet")
CACHE: Final = "cache"


@dataclass(frozen=True, slots=True)
class OwnFile:
    """A layer that comes from a file which one must ask for.

    Attributes
    ----------
    problem
        What is wrong with it; None when it is there.
    """

    layer: str
    recipe: str
    path: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What a fetch brought.

    Attributes
    ----------
    outcomes
        By layer, in the order of the project file.
    files
        Layers that are files of one's own.
    """

    folder: Path
    outcomes: tuple[Outcome, ...]
    files: tuple[OwnFile, ...]

    @property
    def state(self) -> Literal["good", "old", "lacking"]:
        """Whether everything is fresh, something older stays in use, or something is lacking."""
        if any(one.copy is None for one in self.outcomes) or any(one.problem for one in self.files):
            return "lacking"
        return "old" if any(one.failed for one in self.outcomes) else "good"


def fetch(
    project_file: Path,
    *,
    only: Sequence[str] = (),
    offline: bool = False,
    clock: Clock | None = None,
    limits: Limits | None = None,
    http: httpx.Client | None = None,
    progress: Callable[[str], None] | None = None,
) -> FetchReport:
    """Fetch the layers of a project that name a recipe.

    Parameters
    ----------
    project_file
        The project file; its layers need not be there yet.
    only
        Layers to fetch; all by default.
    offline
        Use the cache alone.
    clock, limits, http
        Time, patience and connection; those of this machine by default.
    progress
        Called with what begins, in English.

    Returns
    -------
    FetchReport
        Also of what failed: a service that fails is no error, its last good copy stays.

    Raises
    ------
    InputError
        When the project file, a recipe or the area is wrong, or another fetch is under way.
    """
    plan = _plan(Path(project_file))
    chosen = _chosen(plan, only)
    fetched = [item for item in chosen if item.recipe.connector != "import" and not is_own(item.table)]
    if any(item.where.extent == "area" for item in fetched):
        # an area that is not there is told before anything is asked
        plan.box()
    limits = limits or Limits()
    connection = nullcontext(None) if offline else nullcontext(http) if http else make_http(limits)
    outcomes = []
    with alone(plan.folder), connection as opened:
        manifest = read_manifest(plan.folder)
        client = Client(opened, Cache(plan.folder / CACHE), clock or SystemClock(), limits)
        for item in fetched:
            if progress is not None:
                progress(f"fetching {item.recipe.title_en.lower()}")
            outcomes.append(_one(client, plan, item, manifest))
        if not offline:
            _tidy(client, manifest)
    own = tuple(_own_file(plan, item) for item in chosen if item not in fetched)
    return FetchReport(plan.folder, tuple(outcomes), own)


def _plan(path: Path) -> FetchPlan:
    """Read what the project says about fetching; problems of other kinds are for the run."""
    raw = read_toml(path)
    problems: list[Problem] = []
    plan = fetch_plan(raw, path.parent, path.name, problems)
    if problems:
        raise InputError(*problems)
    if not plan.items:
        repair = 'Add recipe = "..." to a layer; kringruimte recipes lists them.'
        raise InputError(Problem("no layer of this project names a recipe", repair, file=path.name))
    return plan


def _chosen(plan: FetchPlan, only: Sequence[str]) -> list[Item]:
    unknown = [name for name in only if name not in plan.items]
    if unknown:
        message = f"layer {unknown[0]!r} names no recipe in this project"
        raise InputError(Problem(message, did_you_mean(unknown[0], plan.items)))
    return [item for name, item in plan.items.items() if not only or name in only]


def _one(client: Client, plan: FetchPlan, item: Item, manifest: Manifest) -> Outcome:
    try:
        # a key is not needed for what is in the cache
        wanted = plan.wanted(item, _any_key(item) if client.offline else None)
    except FetchError as error:
        return record_failure(client, item.layer, error, manifest)
    return fetch_layer(client, item, wanted, manifest)


def _any_key(item: Item) -> dict[str, str]:
    return dict.fromkeys(item.where.secrets.values(), "offline")


def _tidy(client: Client, manifest: Manifest) -> None:
    """Remove what no layer needs any longer, unless an unfinished fetch may still need it."""
    entries = manifest.layers.values()
    files = {entry.copy.file for entry in entries if entry.copy is not None}
    for path in manifest.folder.glob("*.parquet"):
        if _OURS.fullmatch(path.name) and path.name not in files:
            path.unlink(missing_ok=True)
    if any((client.cache.root / "journal").glob("*")):
        return
    client.cache.prune(key for entry in entries if entry.copy is not None for key in entry.copy.requests)


def _own_file(plan: FetchPlan, item: Item) -> OwnFile:
    """Look whether a file of one's own is there."""
    path = item.table.get("path")
    if isinstance(item.table.get("postgis"), str):
        return OwnFile(item.layer, item.recipe.name, "a table in PostGIS", None)
    if not isinstance(path, str):
        return OwnFile(item.layer, item.recipe.name, None, asking(item))
    try:
        locate(path, plan.root)
    except InputError as error:
        problem = error.problems[0]
        return OwnFile(item.layer, item.recipe.name, problem.file, str(problem))
    return OwnFile(item.layer, item.recipe.name, path, None)
