"""The choices of councils: which building blocks, with which option, parameters and dialect.

A selection file is TOML. Per municipality (its code) it names a dialect and the chosen blocks::

    [GM0589]
    dialect = "category"

    [GM0589.blocks.B03]
    option = "firm"
    parameters = { ondergrens = "3.2" }

A block that is named is chosen; every other block is not. What is unknown, contradicts, or breaks a sourced
legal limit is refused, everything at once; what is unusual is allowed and warned about.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gis.errors import InputError, Problem
from layers.building_blocks import DIALECTS, OPTIONS, Block, Blocks, Dialect, Option

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from layers.block_parameters import Value

_CODE: Final = re.compile(r"^GM\d{4}$")
UNREADABLE: Final = "Save it as TOML in UTF-8."
_KEYS: Final = {"municipality": {"dialect", "blocks"}, "block": {"option", "dialect", "parameters"}}


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen block.

    Attributes
    ----------
    option, dialect
        None where the file leaves it to the default.
    parameters
        Only those that the file sets.
    """

    block: str
    option: Option | None = None
    dialect: Dialect | None = None
    parameters: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """Two choices that cannot go together: blocks, the options for which it holds, and why (Dutch)."""

    block: str
    option: Option
    other: str
    other_option: Option
    why: str


@dataclass(frozen=True, slots=True)
class MunicipalSelection:
    """The choices of one council.

    Attributes
    ----------
    dialect
        For every block that has none of its own; None for that of the package.
    choices
        By block id, in the order of the ids.
    warnings
        What is unusual, in Dutch, to be printed in the package.
    """

    municipality: str
    dialect: Dialect | None
    choices: Mapping[str, Choice]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """The choices by municipality code."""

    municipalities: Mapping[str, MunicipalSelection]

    def of(self, municipality: str) -> MunicipalSelection | None:
        """Give the choices of one municipality; None when it has made none."""
        return self.municipalities.get(municipality)


def read_selection(path: Path, blocks: Blocks) -> Selection:
    """Read a selection file.

    Parameters
    ----------
    path
        TOML file in UTF-8.
    blocks
        What may be chosen.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error}"
        raise InputError(Problem(message, UNREADABLE, file=path.name)) from error
    return parse_selection(content, blocks, file=path.name)


def parse_selection(content: bytes, blocks: Blocks, *, file: str | None = None) -> Selection:
    """Read the content of a selection file, see `read_selection`."""
    try:
        raw = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        # a number of thousands of digits and nesting without end are no TOML errors to the reader
        message = f"the file cannot be read: {error}"
        raise InputError(Problem(message, UNREADABLE, file=file)) from error
    return selection_of(raw, blocks, file=file)


def selection_of(raw: Mapping[str, Any], blocks: Blocks, *, file: str | None = None) -> Selection:
    """Check choices that came as a mapping, from a file or from a form.

    Parameters
    ----------
    raw
        As the file above: municipality code to ``dialect`` and ``blocks``.
    blocks
        What may be chosen.
    file
        Name for messages.

    Raises
    ------
    InputError
        With every problem found.
    """
    problems: list[Problem] = []
    found: dict[str, MunicipalSelection] = {}
    for code in sorted(raw):
        if not _CODE.match(code):
            message = "not a municipality code"
            problems.append(Problem(message, "Write it as GM and four digits.", file=file, field=code))
            continue
        reader = _Reader(blocks, file, code)
        found[code] = reader.read(raw[code])
        problems += reader.problems
    if problems:
        raise InputError(*problems)
    return Selection(found)


class _Reader:
    """Reads the choices of one municipality and keeps what is wrong with them."""

    def __init__(self, blocks: Blocks, file: str | None, code: str) -> None:
        self.blocks = blocks
        self.file = file
        self.code = code
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def refuse(self, message: str, repair: str, *field: str) -> None:
        """Note a problem."""
        place = ".".join((self.code, *field))
        self.problems.append(Problem(message, repair, file=self.file, field=place))

    def read(self, raw: Any) -> MunicipalSelection:
        """Read everything."""
        table = self._table(raw, "municipality")
        dialect = self._one_of(table, "dialect", DIALECTS)
        choices: dict[str, Choice] = {}
        chosen = table.get("blocks", {})
        if not isinstance(chosen, dict):
            self.refuse("blocks must be a table", "Write [CODE.blocks.B03] for each.", "blocks")
            chosen = {}
        for block_id in sorted(chosen):
            if block_id not in self.blocks:
                known = ", ".join(self.blocks.by_id)
                self.refuse("no such building block", f"Choose from {known}.", "blocks", block_id)
                continue
            choice = self._choice(self.blocks[block_id], chosen[block_id])
            if choice is not None:
                choices[block_id] = choice
        for text in contradictions(choices, self.blocks, dialect):
            self.refuse(text, "Choose one of the two, or another option.", "blocks")
        self.warnings += missing_needs(choices, self.blocks)
        return MunicipalSelection(self.code, dialect, choices, tuple(self.warnings))

    def _table(self, raw: Any, kind: str, *place: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            self.refuse("must be a table", "See the example in the documentation.", *place)
            return {}
        for key in sorted(set(raw) - _KEYS[kind]):
            self.refuse("unknown key", f"Use {', '.join(sorted(_KEYS[kind]))}.", *place, key)
        return raw

    def _one_of(self, table: dict[str, Any], key: str, allowed: tuple[Any, ...], *place: str) -> Any:
        value = table.get(key)
        if value is None or (isinstance(value, str) and value in allowed):
            return value
        self.refuse(f"{key} must be one of {', '.join(allowed)}", "Choose one.", *place, key)
        return None

    def _choice(self, block: Block, raw: Any) -> Choice | None:
        place = ("blocks", block.id)
        if not block.municipal:
            message = f"only the province can adopt this block ({block.title}); a council cannot choose it"
            self.refuse(message, "Leave it out; the package says what it means for you.", *place)
            return None
        table = self._table(raw, "block", *place)
        option = self._one_of(table, "option", OPTIONS, *place)
        dialect = self._one_of(table, "dialect", DIALECTS, *place)
        raw_parameters = table.get("parameters", {})
        if not isinstance(raw_parameters, dict):
            self.refuse("parameters must be a table", "Write { name = value }.", *place, "parameters")
            raw_parameters = {}
        return Choice(block.id, option, dialect, self._parameters(block, raw_parameters))

    def _parameters(self, block: Block, raw: dict[str, Any]) -> dict[str, Value]:
        kept: dict[str, Value] = {}
        for name in sorted(raw):
            field = ("blocks", block.id, "parameters", name)
            if name not in block.parameters:
                known = ", ".join(block.parameters) or "none"
                self.refuse("the block has no such parameter", f"Its parameters are: {known}.", *field)
                continue
            parameter = block.parameters[name]
            wrong, warning = parameter.check(raw[name])
            if wrong:
                self.refuse(wrong, "Give another value.", *field)
                continue
            if warning:
                self.warnings.append(f"{block.id}: {warning}.")
            kept[name] = raw[name]
        return kept


def contradictions(
    choices: Mapping[str, Choice],
    blocks: Blocks,
    dialect: Dialect | None = None,
    defaults: Mapping[str, Option] | None = None,
) -> Iterator[str]:
    """Give the reason of every pair of choices that cannot go together, in Dutch.

    Parameters
    ----------
    choices
        By block id.
    blocks
        Where contradictions stand.
    dialect
        Of choices without one.
    defaults
        Options of choices without one; None for the default of each block.
    """
    for clash in clashes(choices, blocks, defaults):
        yield f"{clash.block} ({clash.option}) en {clash.other} ({clash.other_option}): {clash.why}"
    groups: dict[str, dict[str, str]] = {}
    for block_id, choice in choices.items():
        group = blocks[block_id].dialect_group
        if group is not None:
            groups.setdefault(group, {})[block_id] = choice.dialect or dialect or DIALECTS[0]
    for spoken in groups.values():
        if len(set(spoken.values())) > 1:
            named = ", ".join(f"{block_id}: {word}" for block_id, word in spoken.items())
            yield f"deze bouwstenen moeten in dezelfde vorm van het plan staan ({named})"


def clashes(
    choices: Mapping[str, Choice], blocks: Blocks, defaults: Mapping[str, Option] | None = None
) -> Iterator[Clash]:
    """Give every pair of blocks that cannot go together as they are chosen; see `contradictions`."""
    options = {
        block_id: choice.option or (defaults or {}).get(block_id) or blocks[block_id].default_option
        for block_id, choice in choices.items()
    }
    for block_id in choices:
        for rule in blocks[block_id].contradicts:
            if rule.block in choices and options[block_id] in rule.own and options[rule.block] in rule.other:
                yield Clash(block_id, options[block_id], rule.block, options[rule.block], rule.why)


def missing_needs(choices: Mapping[str, Choice], blocks: Blocks) -> Iterator[str]:
    """Warn, in Dutch, about chosen blocks whose terms stand in a block that was not chosen."""
    for block_id in choices:
        for needed in blocks[block_id].needs:
            if needed not in choices:
                title = blocks[needed].title
                yield f"{block_id} gebruikt {needed} ({title}); neem die bouwsteen ook op."
