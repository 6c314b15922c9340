"""The composer of the choice package as it is shown: blocks in groups, what is filled in, what is wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layers.block_parameters import MOST_TEXT
from layers.building_blocks import DIALECTS, OPTIONS
from maps.site.package_faults import Fault, take_field, value_field
from maps.site.package_form import (
    DIALECT,
    DIALECT_WORDS,
    MOST_NUMBER,
    OPTION_WORDS,
    BlockGiven,
    Given,
    dialect_field,
    option_field,
)
from maps.site.words import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.block_parameters import Parameter, Value
    from layers.building_blocks import Block
    from maps.site.frame import Frame
    from maps.site.package_offer import Offer

GRADES: Final = {
    "high": ("hoog", "high"),
    "average": ("gemiddeld", "average"),
    "limited": ("beperkt", "limited"),
}
UNITS_EN: Final = {
    "maanden": "months", "weken": "weeks", "jaar": "years", "uur": "o'clock", "punten": "points",
    "lagen": "storeys", "ton": "tonnes", "miljoen euro": "million euros", "alternatieven": "alternatives",
}  # fmt: skip
UNITS: Final = {"m2": "m²"}
VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "recommended": ("aanbevolen", "recommended"),
    "optional": ("mogelijk", "possible"),
    "not_assessed": ("niet beoordeeld", "not assessed"),
    "not_applicable": ("niet van toepassing", "does not apply"),
    "consequence": ("gevolg van een besluit van de provincie", "consequence of a decision of the province"),
}
LONG_TEXT: Final = 80
"""From so many characters on a text gets a box of more lines."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """One option of a block."""

    code: str
    id: str
    label: str
    text: str
    checked: bool
    usual: bool


@dataclass(frozen=True, slots=True)
class ParameterView:
    """One parameter; `form` is how it is asked: ``number``, ``text``, ``long``, ``choice`` or ``date``."""

    id: str
    label: str
    form: str
    unit: str
    value: str
    hints: tuple[str, ...]
    choices: tuple[str, ...]
    most: int
    status: str
    source: str
    error: str


@dataclass(frozen=True, slots=True)
class BlockView:
    """One block that may be chosen."""

    id: str
    title: str
    other_title: str
    offer: Offer
    verdict: str
    risk_grade: str
    take_id: str
    taken: bool
    option_name: str
    options: tuple[OptionView, ...]
    parameters: tuple[ParameterView, ...]
    filled: int
    dialect_name: str
    dialect: str
    ask_dialect: bool
    errors: tuple[str, ...]
    clashes: tuple[str, ...]

    @property
    def wrong(self) -> bool:
        """Whether anything in it is wrong."""
        return bool(self.errors) or any(parameter.error for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks with the same verdict; `folded` where they need not be looked at."""

    code: str
    verdict: str
    blocks: tuple[BlockView, ...]
    folded: bool


@dataclass(frozen=True, slots=True)
class PackageView:
    """The composer.

    Attributes
    ----------
    code, name
        Of the municipality.
    dialects
        Code, id and whether it is chosen.
    groups
        Blocks that the council may choose, recommended first.
    provincial
        Blocks that only the province can adopt, with their verdict in words.
    """

    code: str
    name: str
    dialects: tuple[tuple[str, str, bool], ...]
    groups: tuple[Group, ...]
    provincial: tuple[tuple[Offer, str], ...]


def given_of_offers(offers: Sequence[Offer], dialect: str = DIALECTS[0]) -> Given:
    """Fill in what the package takes when nobody chooses."""
    return Given(dialect, {offer.block.id: BlockGiven(offer.taken, offer.option) for offer in offers})


def package_view(
    code: str,
    name: str,
    offers: Sequence[Offer],
    given: Given,
    faults: Sequence[Fault],
    frame: Frame,
) -> PackageView:
    """Make what the page shows.

    Parameters
    ----------
    code, name
        Of the municipality.
    offers
        Of every block.
    given
        What is filled in.
    faults
        What is wrong with it.
    frame
        Of the page.
    """
    english = frame.language == "en"
    maker = _Maker(frame, {}, {offer.block.id: offer.block for offer in offers})
    for fault in faults:
        maker.faults.setdefault(fault.field, []).append(fault.text)
    groups = []
    for verdict in ("recommended", "optional", "not_assessed", "not_applicable"):
        blocks = tuple(
            maker.block(offer, given.blocks[offer.block.id])
            for offer in offers
            if offer.verdict == verdict and offer.block.municipal
        )
        if blocks:
            needless = verdict in {"not_assessed", "not_applicable"}
            folded = needless and not any(block.taken or block.wrong for block in blocks)
            groups.append(Group(verdict, VERDICTS[verdict][english], blocks, folded))
    return PackageView(
        code,
        name,
        tuple((one, f"{DIALECT}-{one}", one == given.dialect) for one in DIALECTS),
        tuple(groups),
        tuple(
            (offer, VERDICTS[offer.verdict][english])
            for offer in sorted(offers, key=lambda offer: offer.verdict != "consequence")
            if not offer.block.municipal
        ),
    )


@dataclass(frozen=True, slots=True)
class _Maker:
    frame: Frame
    faults: dict[str, list[str]]
    blocks: Mapping[str, Block]

    def block(self, offer: Offer, given: BlockGiven) -> BlockView:
        """Show a block."""
        block, english = offer.block, self.frame.language == "en"
        options = tuple(
            OptionView(
                code, f"{option_field(block.id)}-{code}", OPTION_WORDS[code][english],
                getattr(block.options, code), code == given.option, code == offer.option,
            )
            for code in OPTIONS
        )  # fmt: skip
        places = (take_field(block.id), dialect_field(block.id), *(option.id for option in options))
        return BlockView(
            id=block.id,
            title=block.title_en if english else block.title,
            other_title=block.title if english else "",
            offer=offer,
            verdict=VERDICTS[offer.verdict][english],
            risk_grade=GRADES[block.risk_level][english],
            take_id=take_field(block.id),
            taken=given.taken,
            option_name=option_field(block.id),
            options=options,
            parameters=tuple(
                self._parameter(offer, name, given.values.get(name, "")) for name in block.parameters
            ),
            filled=sum(1 for value in given.values.values() if value),
            dialect_name=dialect_field(block.id),
            dialect=given.dialect,
            ask_dialect=offer.two_dialects or bool(given.dialect),
            errors=tuple(text for place in places for text in self.faults.get(place, ())),
            clashes=tuple(self._clashes(block)),
        )

    def _clashes(self, block: Block) -> list[str]:
        """Say with what it does not go together: its own options, and with which others."""
        english, t = self.frame.language == "en", self.frame.text

        def said(options: Sequence[str]) -> str:
            words = t(" of ", " or ").join(OPTION_WORDS[option][english] for option in options)
            return "" if len(options) == len(OPTIONS) else f" ({words})"

        pairs = [(rule.own, rule.block, rule.other) for rule in block.contradicts]
        for other in self.blocks.values():
            pairs += [
                (rule.other, other.id, rule.own) for rule in other.contradicts if rule.block == block.id
            ]
        mine: dict[str, list[str]] = {}
        for own, other_id, theirs in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
            mine.setdefault(f"{block.id}{said(own)}", []).append(f"{other_id}{said(theirs)}")
        return [f"{own} {t('met', 'with')} {', '.join(others)}" for own, others in mine.items()]

    def _parameter(self, offer: Offer, name: str, value: str) -> ParameterView:
        parameter = offer.block.parameters[name]
        place = value_field(offer.block.id, name)
        long = (
            parameter.type == "text" and len(self._said(parameter, parameter.default_for("firm"))) > LONG_TEXT
        )
        return ParameterView(
            id=place,
            label=parameter.label,
            form="long" if long else parameter.type,
            unit=self._unit(parameter),
            value=value,
            hints=tuple(self._hints(offer, name, parameter)),
            choices=parameter.choices,
            most=MOST_NUMBER if parameter.type == "number" else MOST_TEXT,
            status=parameter.status,
            source=parameter.source,
            error=" ".join(self.faults.get(place, ())),
        )

    def _hints(self, offer: Offer, name: str, parameter: Parameter) -> list[str]:
        t, unit = self.frame.text, self._unit(parameter)
        found = []
        if parameter.limit is not None:
            low, high = parameter.limit.low, parameter.limit.high
            bounds = [
                f"{word} {self._number(bound, parameter)} {unit}".rstrip()
                for word, bound in ((t("ten minste", "at least"), low), (t("ten hoogste", "at most"), high))
                if bound is not None
            ]
            law = f"{' en '.join(bounds)} ({parameter.limit.law})"
            found.append(t(f"De wet zegt: {law}.", f"The law says: {law}."))
        if parameter.usual is not None:
            ends = tuple(self._number(bound, parameter) for bound in parameter.usual)
            usual = (
                f"Gebruikelijk: {ends[0]} tot {ends[1]} {unit}", f"Usual: {ends[0]} to {ends[1]} {unit}"
            )  # fmt: skip
            found.append(t(*usual).rstrip() + ".")
        found.append(self._left_empty(offer, name, parameter))
        return found

    def _left_empty(self, offer: Offer, name: str, parameter: Parameter) -> str:
        t, unit = self.frame.text, self._unit(parameter)
        if name in offer.known:
            said = f"{self._said(parameter, offer.known[name])} {unit}".rstrip()
            return t(
                f"Leeg betekent: {said}, uit de gegevens van de gemeente.",
                f"Left empty: {said}, from the data of the municipality.",
            )
        values = {option: self._said(parameter, parameter.default_for(option)) for option in OPTIONS}
        if len(set(values.values())) == 1:
            text = f"{values[OPTIONS[0]]} {unit}".rstrip()
        else:
            english = self.frame.language == "en"
            text = ", ".join(f"{OPTION_WORDS[option][english]} {values[option]}" for option in OPTIONS)
            text = f"{text} {unit}".rstrip()
        return t(f"Leeg betekent: {text}.", f"Left empty: {text}.")

    def _said(self, parameter: Parameter, value: Value) -> str:
        if parameter.type == "number" and isinstance(value, int | float):
            return self._number(float(value), parameter)
        if isinstance(value, dt.date) and self.frame.language == "en":
            return value.isoformat()
        return parameter.say(value)

    def _number(self, value: float, parameter: Parameter) -> str:
        return number(value, parameter.decimals, self.frame.language)

    def _unit(self, parameter: Parameter) -> str:
        unit = UNITS.get(parameter.unit, parameter.unit)
        return UNITS_EN.get(unit, unit) if self.frame.language == "en" else unit


def dialect_words(frame: Frame) -> dict[str, str]:
    """Name the two dialects."""
    return {code: words[frame.language == "en"] for code, words in DIALECT_WORDS.items()}
