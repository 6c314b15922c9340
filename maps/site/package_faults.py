"""What is wrong with a selection file, in the language of the page and at the fields of the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gis.errors import Problem
    from maps.site.frame import Language

MOST_FAULTS: Final = 30
_PLACE: Final = re.compile(r"GM\d{4}\.blocks\.([A-Z0-9-]+)(?:\.parameters\.([a-z0-9_]+))?(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the id of the field (empty for none), and what to do."""

    field: str
    text: str


def take_field(block: str) -> str:
    """Give the id of the box that takes a block."""
    return f"neem-{block}"


def value_field(block: str, parameter: str) -> str:
    """Give the name of a parameter."""
    return f"waarde-{block}-{parameter}"


def faults_of(problems: Sequence[Problem], language: Language) -> tuple[Fault, ...]:
    """Say what is wrong with a selection file, at the fields of the form where it has one."""
    return tuple(_fault(problem, language) for problem in problems[:MOST_FAULTS])


def _fault(problem: Problem, language: Language) -> Fault:
    place = problem.field or ""
    found = _PLACE.fullmatch(place)
    block, parameter = (found[1], found[2]) if found else ("", None)
    aim = value_field(block, parameter) if block and parameter else take_field(block) if block else ""
    where = f"{_cut(place)}: " if place else ""
    if language == "en":
        return Fault(aim, f"{where}{_cut(problem.message, 300)}. {_cut(problem.repair, 300)}")
    return Fault(aim, where + next(_in_dutch(problem.message)))


def _in_dutch(message: str) -> Iterator[str]:
    """Say a problem of `layers.selection` in Dutch; what is Dutch already stays."""
    for pattern, dutch in PROBLEMS_NL:
        found = re.match(pattern, message)
        if found:
            yield dutch.format(*found.groups())
    yield f"{message}."


PROBLEMS_NL: Final = (
    (r"not a municipality code", "dit is geen gemeentecode. Schrijf GM en vier cijfers."),
    (r"no such building block", "deze bouwsteen bestaat niet."),
    (r"blocks must be a table", "hier hoort een tabel; schrijf [CODE.blocks.B03] voor elke bouwsteen."),
    (r"parameters must be a table", "hier hoort een tabel; schrijf {{ naam = waarde }}."),
    (r"must be a table", "hier hoort een tabel."),
    (r"unknown key", "dit woord is hier niet bekend."),
    (r"(\w+) must be one of (.*)", "{0} moet een van deze zijn: {1}."),
    (r"only the province can adopt", "alleen de provincie kan deze bouwsteen vaststellen. Laat hem weg."),
    (r"the block has no such parameter", "deze bouwsteen heeft deze instelling niet."),
    (r"the file cannot be read", "het bestand is niet te lezen. Bewaar het als TOML in UTF-8."),
)


def _cut(text: str, most: int = 80) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
