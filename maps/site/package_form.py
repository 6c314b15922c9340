"""The form of the composer: what was filled in, and the choices that it makes, or what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from gis.errors import InputError
from layers.block_parameters import HIDDEN, MOST_TEXT
from layers.building_blocks import DIALECTS, OPTIONS
from layers.selection import Choice, Selection, clashes, selection_of
from maps.site.package_faults import MOST_FAULTS, Fault, faults_of, value_field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.block_parameters import Parameter, Value
    from layers.building_blocks import Block, Blocks
    from layers.selection import MunicipalSelection
    from maps.site.frame import Language

OPTION_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "light": ("licht", "light"),
    "firm": ("stevig", "firm"),
    "strict": ("streng", "strict"),
}
DIALECT_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "category": ("milieucategorie", "environmental category"),
    "space": ("milieuruimte", "environmental space"),
}
TAKE: Final = "bouwsteen"
DIALECT: Final = "vorm"
MOST_TAKEN: Final = 200
MOST_NUMBER: Final = 12
"""Characters of a number."""
SHOWN: Final = 40
"""Characters of something wrong that are repeated."""
_NUMBER: Final = re.compile(r"-?\d+(?:,\d+)?|-?\d+\.\d+|-?\d{1,3}(?:\.\d{3})+,\d+")
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(?:\.\d{3})+")


@dataclass(frozen=True, slots=True)
class BlockGiven:
    """What is filled in for one block: whether it is taken, codes, and parameters as they were typed."""

    taken: bool
    option: str
    dialect: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What is filled in: the dialect, blocks by id, and ids that are no block."""

    dialect: str
    blocks: Mapping[str, BlockGiven]
    strange: tuple[str, ...] = ()


def option_field(block: str) -> str:
    """Give the name of the options of a block."""
    return f"keuze-{block}"


def dialect_field(block: str) -> str:
    """Give the name of the dialect of a block of its own."""
    return f"{DIALECT}-{block}"


def given_of_form(form: Mapping[str, Sequence[str]], blocks: Blocks) -> Given:
    """Read what was filled in, whatever it is.

    Parameters
    ----------
    form
        Values by name of the field.
    blocks
        What may be chosen.
    """

    def one(name: str) -> str:
        return next(iter(form.get(name, ())), "")

    taken = list(dict.fromkeys(form.get(TAKE, ())))[:MOST_TAKEN]
    read = {
        block.id: BlockGiven(
            block.id in taken,
            one(option_field(block.id)),
            one(dialect_field(block.id)),
            {name: one(value_field(block.id, name)).strip() for name in block.parameters},
        )
        for block in blocks
    }
    return Given(one(DIALECT), read, tuple(name for name in taken if name not in blocks))


def given_of_selection(own: MunicipalSelection, before: Given, blocks: Blocks) -> Given:
    """Show choices that were read from a file.

    Parameters
    ----------
    own
        The choices.
    before
        What is filled in when nobody chose: the dialect and the options that the file leaves open.
    blocks
        What may be chosen.
    """
    read = {}
    for block in blocks:
        choice = own.choices.get(block.id)
        usual = before.blocks[block.id]
        if choice is None:
            read[block.id] = BlockGiven(taken=False, option=usual.option)
            continue
        values = {
            name: _typed(block.parameters[name], value) for name, value in (choice.parameters or {}).items()
        }
        read[block.id] = BlockGiven(
            taken=True, option=choice.option or usual.option, dialect=choice.dialect or "", values=values
        )
    return Given(own.dialect or before.dialect, read)


def choices_of(
    given: Given, blocks: Blocks, code: str, language: Language = "nl"
) -> tuple[dict[str, Any], Selection, tuple[Fault, ...]]:
    """Make choices of what was filled in.

    Parameters
    ----------
    given
        As filled in.
    blocks
        What may be chosen.
    code
        Of the municipality.
    language
        Of what is said about faults; what building blocks say themselves is Dutch.

    Returns
    -------
    tuple
        The choices as they stand in a file, the same as they are read from it (without choices when something
        is wrong), and everything that is wrong.
    """
    reader = _FormReader(blocks, language)
    raw = {code: reader.read(given)}
    if reader.faults:
        return raw, Selection({}), tuple(reader.faults[:MOST_FAULTS])
    try:
        return raw, selection_of(raw, blocks), ()
    except InputError as error:
        # what the form checks itself is said in better words; nothing passes that a file would not
        return raw, Selection({}), faults_of(error.problems, language)


class _FormReader:
    """Turns what was filled in into choices and keeps what is wrong."""

    def __init__(self, blocks: Blocks, language: Language) -> None:
        self._blocks = blocks
        self._english = language == "en"
        self.faults: list[Fault] = []

    def read(self, given: Given) -> dict[str, Any]:
        """Read everything."""
        for name in given.strange:
            shown = name[:SHOWN]
            self._refuse("", f"Bouwsteen {shown} bestaat niet.", f"There is no building block {shown}.")
        found: dict[str, Any] = {}
        if given.dialect in DIALECTS:
            found["dialect"] = given.dialect
        else:
            self._refuse(
                f"{DIALECT}-{DIALECTS[0]}",
                "Kies waar uw omgevingsplan mee werkt.",
                "Choose what your environmental plan works with.",
            )
        chosen = {
            block.id: self._block(block, given.blocks[block.id])
            for block in self._blocks
            if given.blocks[block.id].taken
        }
        if not chosen and not given.strange:
            self._refuse(
                "bouwstenen", "Kies ten minste één bouwsteen.", "Choose at least one building block."
            )
        self._clashes(chosen)
        return {**found, "blocks": chosen}

    def _refuse(self, place: str, dutch: str, english: str) -> None:
        self.faults.append(Fault(place, english if self._english else dutch))

    def _block(self, block: Block, given: BlockGiven) -> dict[str, Any]:
        if not block.municipal:
            self._refuse(
                "",
                f"{block.id} kan alleen de provincie vaststellen. De raad kan deze bouwsteen niet kiezen.",
                f"Only the province can adopt {block.id}; a council cannot choose it.",
            )  # fmt: skip
        found: dict[str, Any] = {}
        if given.option in OPTIONS:
            found["option"] = given.option
        else:
            self._refuse(
                f"{option_field(block.id)}-{OPTIONS[0]}", f"{block.id}: kies licht, stevig of streng.",
                f"{block.id}: choose light, firm or strict.",
            )  # fmt: skip
        if given.dialect in DIALECTS:
            found["dialect"] = given.dialect
        elif given.dialect:
            self._refuse(
                dialect_field(block.id), f"{block.id}: kies de vorm van het plan uit de lijst.",
                f"{block.id}: choose the form of the plan from the list.",
            )  # fmt: skip
        values = {}
        for name, parameter in block.parameters.items():
            typed = given.values.get(name, "")
            if typed:
                value = self._value(block, name, parameter, typed)
                if value is not None:
                    values[name] = value
        if values:
            found["parameters"] = values
        return found

    def _value(self, block: Block, name: str, parameter: Parameter, typed: str) -> Value | None:
        place = value_field(block.id, name)
        if parameter.type == "number":
            value: Value | None = self._number(place, block, parameter, typed)
        elif parameter.type == "date":
            value = self._date(place, block, parameter, typed)
        else:
            value = self._text(place, block, parameter, typed)
        if value is None:
            return None
        wrong, _ = parameter.check(value)
        if wrong:
            self.faults.append(Fault(place, f"{block.id}: {wrong}."))
        return value

    def _text(self, place: str, block: Block, parameter: Parameter, typed: str) -> str | None:
        if any(sign in "{}" or unicodedata.category(sign) in HIDDEN for sign in typed):
            self._refuse(
                place, f"{block.id}: {parameter.label}: gebruik geen accolades en geen nieuwe regel.",
                f"{block.id}: {parameter.label}: use no braces and no new line.",
            )  # fmt: skip
            return None
        if len(typed) > MOST_TEXT:
            self._refuse(
                place, f"{block.id}: {parameter.label}: gebruik minder dan {MOST_TEXT} tekens.",
                f"{block.id}: {parameter.label}: use fewer than {MOST_TEXT} characters.",
            )  # fmt: skip
            return None
        return typed

    def _number(self, place: str, block: Block, parameter: Parameter, typed: str) -> float | None:
        bare = typed.replace(" ", "")
        if _THOUSANDS.fullmatch(bare):
            plain = bare.replace(".", "")
            self._refuse(
                place, f"{block.id}: {parameter.label}: schrijf {plain}, zonder punt.",
                f"{block.id}: {parameter.label}: write {plain}, without a point.",
            )  # fmt: skip
            return None
        if len(bare) > MOST_NUMBER or not bare.isascii() or not _NUMBER.fullmatch(bare):
            self._refuse(
                place, f"{block.id}: {parameter.label} moet een getal zijn, zoals 12 of 2,5.",
                f"{block.id}: {parameter.label} must be a number, such as 12 or 2.5.",
            )  # fmt: skip
            return None
        plain = bare.replace(".", "").replace(",", ".") if "," in bare else bare
        value = float(plain)
        if round(value, parameter.decimals) != value:
            many = ("een geheel getal", "a whole number") if parameter.decimals == 0 else (
                f"ten hoogste {parameter.decimals} cijfer achter de komma",
                f"at most {parameter.decimals} decimal",
            )  # fmt: skip
            self._refuse(
                place, f"{block.id}: {parameter.label}: geef {many[0]}.",
                f"{block.id}: {parameter.label}: give {many[1]}.",
            )  # fmt: skip
            return None
        return int(value) if value.is_integer() else value

    def _date(self, place: str, block: Block, parameter: Parameter, typed: str) -> dt.date | None:
        try:
            return dt.date.fromisoformat(typed)
        except ValueError:
            self._refuse(
                place, f"{block.id}: {parameter.label} moet een datum zijn, zoals 2027-01-31.",
                f"{block.id}: {parameter.label} must be a date, such as 2027-01-31.",
            )  # fmt: skip
            return None

    def _clashes(self, chosen: Mapping[str, Mapping[str, Any]]) -> None:
        choices = {name: Choice(name, found["option"]) for name, found in chosen.items() if "option" in found}
        for clash in clashes(choices, self._blocks):
            place = f"{option_field(clash.block)}-{clash.option}"
            one, other = (
                OPTION_WORDS[option][self._english] for option in (clash.option, clash.other_option)
            )
            pair = (f"{clash.block} ({one})", f"{clash.other} ({other})")
            if self._english:
                text = f"{pair[0]} does not go with {pair[1]}. Choose one of the two, or another option. "
                self.faults.append(Fault(place, f"{text}Reason (Dutch): {clash.why}."))
            else:
                text = f"{pair[0]} gaat niet samen met {pair[1]}: {clash.why}."
                self.faults.append(Fault(place, f"{text} Kies een van de twee, of een andere keuze."))


def _typed(parameter: Parameter, value: Value) -> str:
    """Write a value as one would type it."""
    if parameter.type == "number" and isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else repr(float(value)).replace(".", ",")
    return str(value)
