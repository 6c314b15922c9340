"""The evidence steps that every engine takes, and what an engine is."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from layers.parameters import CEMT_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from tests.benchmarks.nation import Nation

Answer: TypeAlias = "dict[str, NDArray[Any]]"


@dataclass(frozen=True, slots=True)
class Step:
    """What a step measures, and the layer whose size its time should grow with."""

    title: str
    layer: str


STEPS: Final = {
    "a": Step("nearest home of each park", "homes"),
    "b": Step("homes within the park's guide distance", "homes"),
    "c1": Step("nearest waterway of class IVa or more", "waterways"),
    "c2": Step("park boundary within 50 m of water", "waterways"),
    "d": Step("park x municipality, overlap", "parks"),
    "e": Step("plot x park, overlap", "plots"),
    "f": Step("homes in each municipality", "homes"),
}
FURTHER: Final = {
    "shore": Step("shore that faces water, no other park between", "waterways"),
    "zones": Step("usable-category zones of each park, both readings", "homes"),
}
"""What no other engine offers; measured once, for knowledge."""

FIRST_CLASS: Final = CEMT_CLASSES.index("IVa")
BANK_M: Final = 50.0
QUAD_SEGMENTS: Final = 8
"""Step c2 measures boundary that lies in the union of every waterway's buffer, drawn with these."""


class EngineAbsentError(Exception):
    """An engine is not installed here; the message says what is missing."""


class Engine:
    """One way to take the steps; a method per step, rows named by their position in the layer."""

    def start_round(self) -> None:
        """Forget what the last round left behind."""

    def step(self, name: str) -> Callable[[], Answer]:
        """Give the method of a step."""
        method: Callable[[], Answer] = getattr(self, name)
        return method

    def remarks(self) -> dict[str, str]:
        """Give versions and what was not counted."""
        return {}


@contextmanager
def open_engine(name: str, nation: Nation) -> Iterator[Engine]:
    """Prepare an engine; its libraries are loaded only here."""
    if name == "ours":
        from tests.benchmarks.ours import Ours

        yield Ours(nation)
    elif name == "further":
        from tests.benchmarks.further import Further

        yield Further(nation)
    elif name == "geopandas":
        from tests.benchmarks.with_geopandas import Geopandas

        yield Geopandas(nation)
    else:
        from tests.benchmarks.with_postgis import open_postgis

        with open_postgis(nation) as engine:
            yield engine
