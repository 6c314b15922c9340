"""Which building blocks apply to a municipality, chosen by evidence, and how the chosen ones read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis.package.words import names_of
from layers.block_texts import Filling, placeholders
from layers.documents import Article, Clause
from layers.municipal_facts import fact_kinds
from layers.selection import Choice, contradictions, missing_needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.package.places import Place, Places
    from analysis.package.settings import PackageSettings
    from layers.block_model import ArticleText, Wording
    from layers.block_parameters import Parameter, Value
    from layers.building_blocks import Block, Blocks, Dialect, Option
    from layers.instruction_rules import InstructionRule
    from layers.municipal_facts import Facts
    from layers.selection import MunicipalSelection

RING_WIDTH: Final = "zone_afstand"
"""Parameter of a block on a ring that says how wide the ring is, in metres."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A block as it stands in the package of one municipality.

    Attributes
    ----------
    verdict
        recommended, optional, not_applicable, not_assessed; for what only the province can adopt:
        consequence or not_applicable.
    reason
        In numbers.
    chosen
        Whether it is filled in.
    option, dialect, values
        As chosen, or by default.
    places
        Where it works.
    conditions
        Provincial rules in force that bite, with what must be shown.
    """

    block: Block
    verdict: str
    reason: str
    chosen: bool
    option: Option
    dialect: Dialect
    values: Mapping[str, Value]
    filling: Filling
    places: Sequence[Place]
    conditions: tuple[tuple[InstructionRule, str], ...]

    @property
    def agreement(self) -> str:
        """Whether other municipalities must agree here: none, advised or required."""
        return "none" if self._alone else self.block.regional.need

    @property
    def agreement_why(self) -> str:
        """Why they must agree, or need not, in Dutch."""
        return self.fill(self._alone or self.block.regional.why)

    @property
    def _alone(self) -> str | None:
        """What is said where its places reach no other municipality; None where that does not matter."""
        reaches = any(place.neighbours for place in self.places)
        return None if reaches else self.block.regional.without_neighbour

    def articles(self, number: int) -> tuple[Article, ...]:
        """Fill the articles of the chosen option and dialect.

        Parameters
        ----------
        number
            Number of the first article; a draft has no number of its own, so they read x.1, x.2.
        """
        kept = [article for article in self.block.articles if self.option in article.options]
        return tuple(self._article(article, number + place) for place, article in enumerate(kept))

    def motivation(self) -> tuple[str, ...]:
        """Fill the motivation."""
        return tuple(self.fill(self._said(wording)[0]) for wording in self._standing(self.block.motivation))

    def used_names(self) -> set[str]:
        """Give the placeholders that the articles of the chosen option and dialect use."""
        found: set[str] = set()
        for article in self.block.articles:
            if self.option in article.options:
                for wording in self._standing(article.clauses):
                    text, parts = self._said(wording)
                    for piece in (article.title, text, *parts):
                        found |= {name for name, _ in placeholders(piece)}
        return found

    def fill(self, text: str) -> str:
        """Fill a text of the block."""
        return self.filling.fill(text)

    def _article(self, article: ArticleText, number: int) -> Article:
        clauses = []
        for wording in self._standing(article.clauses):
            text, parts = self._said(wording)
            clauses.append(Clause(self.fill(text), tuple(self.fill(part) for part in parts)))
        return Article(f"x.{number}", self.fill(article.title), tuple(clauses))

    def _standing(self, wordings: Sequence[Wording]) -> list[Wording]:
        return [
            wording
            for wording in wordings
            if self.option in wording.options and wording.when.hold(self.filling.facts) is not False
        ]

    def _said(self, wording: Wording) -> tuple[str, tuple[str, ...]]:
        return wording.say(self.dialect)


@dataclass(frozen=True, slots=True)
class Judgement:
    """All blocks of one municipality, and what must be said about the choice.

    Attributes
    ----------
    selected
        Whether the council chose, or the package follows the advice.
    warnings
        In Dutch.
    """

    blocks: tuple[Judged, ...]
    selected: bool
    warnings: tuple[str, ...]

    @property
    def chosen(self) -> tuple[Judged, ...]:
        """The blocks that are filled in."""
        return tuple(judged for judged in self.blocks if judged.chosen)


def judge(
    blocks: Blocks,
    facts: Facts,
    places: Places,
    words: Mapping[str, str],
    rules: Sequence[InstructionRule],
    *,
    settings: PackageSettings,
    selection: MunicipalSelection | None,
) -> Judgement:
    """Judge every block.

    Parameters
    ----------
    blocks
        Building blocks.
    facts
        Of the municipality.
    places
        Finds working areas.
    words
        Names for texts, as `analysis.package.words.names_of` gives them.
    rules
        Provincial rules in force.
    settings
        Of the package.
    selection
        What the council chose; None when it did not: then what is recommended is filled in, in a default
        option, without what a council decides apart.
    """
    verdicts = {block.id: _verdict(block, facts, words) for block in blocks}
    smaller = bool(facts.get("smaller"))
    choices = _choices(blocks, verdicts, selection, smaller=smaller)
    found = []
    for block in blocks:
        verdict, reason = verdicts[block.id]
        choice = choices.get(block.id, Choice(block.id))
        option = choice.option or _default(block, smaller=smaller)
        dialect = choice.dialect or (selection and selection.dialect) or settings.dialect
        values = _values(block.parameters, option, choice.parameters or {}, words, facts)
        width = values.get(RING_WIDTH)
        where = places.of(block, float(width) if isinstance(width, int | float) else None)
        filling = Filling(_words(block, values, words, where), facts)
        conditions = tuple((rule, filling.fill(rule.show)) for rule in rules if rule.bites(block.id, facts))
        found.append(
            Judged(
                block=block,
                verdict=verdict,
                reason=reason,
                chosen=block.id in choices,
                option=option,
                dialect=dialect,
                values=values,
                filling=filling,
                places=where,
                conditions=conditions,
            )
        )
    warnings = [] if selection is None else list(selection.warnings)
    if selection is None:
        warnings += missing_needs(choices, blocks)
    warnings += _unusual(found, selection)
    warnings += [
        f"{block_id}: gekozen, hoewel de gegevens daar geen aanleiding toe geven. {verdicts[block_id][1]}"
        for block_id in choices
        if verdicts[block_id][0] in ("not_applicable", "not_assessed")
    ]
    return Judgement(tuple(found), selection is not None, tuple(warnings))


def _verdict(block: Block, facts: Facts, words: Mapping[str, str]) -> tuple[str, str]:
    verdict, reason, missing = block.trigger.decide(facts)
    if missing:
        labels = ", ".join(fact_kinds()[name].label_nl for name in missing)
        return "not_assessed", f"Niet beoordeeld, want dit is niet bekend: {labels}."
    if not block.municipal and verdict in ("recommended", "optional"):
        verdict = "consequence"
    return verdict, Filling(words, facts).fill(reason)


def _choices(
    blocks: Blocks,
    verdicts: Mapping[str, tuple[str, str]],
    selection: MunicipalSelection | None,
    *,
    smaller: bool,
) -> Mapping[str, Choice]:
    if selection is not None:
        return selection.choices
    advised = {
        block.id: Choice(block.id)
        for block in blocks
        if verdicts[block.id][0] == "recommended" and block.municipal and not block.separate_decision
    }
    options = {block_id: _default(blocks[block_id], smaller=smaller) for block_id in advised}
    clash = list(contradictions(advised, blocks, defaults=options))
    if clash:
        raise AssertionError(f"the defaults of the blocks contradict each other: {clash}")
    return advised


def _unusual(found: Sequence[Judged], selection: MunicipalSelection | None) -> list[str]:
    """Warn about numbers that the municipality itself suggests and that are outside the usual range."""
    chosen = [(judged, name) for judged in found if judged.chosen for name in judged.used_names()]
    texts = []
    for judged, name in sorted(chosen, key=lambda pair: (pair[0].block.id, pair[1])):
        given = selection.choices[judged.block.id].parameters if selection is not None else None
        if name in judged.block.parameters and name not in (given or {}):
            warning = judged.block.parameters[name].check(judged.values[name])[1]
            if warning:
                texts.append(f"{judged.block.id}: {warning}.")
    return texts


def _default(block: Block, *, smaller: bool) -> Option:
    return block.smaller_option if smaller and block.smaller_option else block.default_option


def _values(
    parameters: Mapping[str, Parameter],
    option: Option,
    given: Mapping[str, Value],
    words: Mapping[str, str],
    facts: Facts,
) -> dict[str, Value]:
    """Give each parameter its value: as chosen, else as the municipality suggests, else its default."""
    found: dict[str, Value] = {}
    for name, parameter in parameters.items():
        known = parameter.known_for(words, facts)
        found[name] = given.get(name, parameter.default_for(option) if known is None else known)
    return found


def _words(
    block: Block, values: Mapping[str, Value], words: Mapping[str, str], where: Sequence[Place]
) -> dict[str, str]:
    said = {name: parameter.say(values[name]) for name, parameter in block.parameters.items()}
    return {**words, **names_of(where), **said}
