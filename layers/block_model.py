"""What a building block is: properties, options, parameters, rule text in two dialects, guards and trigger.

A block is text in our own words, to be tested by a lawyer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from layers.block_conditions import Conditions, Text, Trigger
from layers.block_parameters import Parameter  # noqa: TC001 - pydantic needs it when the model is made
from layers.block_texts import NAMES, placeholders, stray_braces
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

Option = Literal["light", "firm", "strict"]
Dialect = Literal["category", "space"]
OPTIONS: Final[tuple[Option, ...]] = ("light", "firm", "strict")
DIALECTS: Final[tuple[Dialect, ...]] = ("category", "space")
Body = Literal["council", "executive", "provincial_council", "provincial_executive"]
MUNICIPAL_BODIES: Final = ("council", "executive")
CONCEPT: Final = "Concept, juridisch te toetsen"
BlockId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{1,15}$")]
Grade = Literal["high", "average", "limited"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Strict):
    """A clause: one text for both dialects, or one for each.

    Attributes
    ----------
    text, parts
        For both dialects; parts are the lettered parts (onderdelen) after the text.
    category, category_parts, space, space_parts
        For plans with categories and for new-style plans, where the wording differs.
    options
        For which options it stands there.
    when
        Facts for which it stands there; unknown counts as yes, so that nothing is left out silently.
    """

    text: Text | None = None
    parts: tuple[Text, ...] = ()
    category: Text | None = None
    category_parts: tuple[Text, ...] = ()
    space: Text | None = None
    space_parts: tuple[Text, ...] = ()
    options: tuple[Option, ...] = OPTIONS
    when: Conditions = Conditions()

    @model_validator(mode="after")
    def _one_way(self) -> Wording:
        if (self.text is None) == (self.category is None) or (self.category is None) != (self.space is None):
            raise ValueError("give text, or both category and space")
        return self

    def say(self, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
        """Give text and parts in one dialect."""
        if self.text is not None:
            return self.text, self.parts
        if dialect == "category":
            return self.category or "", self.category_parts
        return self.space or "", self.space_parts

    def every_text(self) -> Iterator[str]:
        """Give all texts."""
        for dialect in DIALECTS:
            text, parts = self.say(dialect)
            yield from (text, *parts)


Role = Literal[
    "definition", "scope", "purpose", "prohibition", "permit", "application", "assessment", "information",
    "custom", "transition", "function", "norm", "policy", "decision", "agreement",
]  # fmt: skip


class ArticleText(_Strict):
    """An article of rule text, or a section of policy or of a decision.

    Attributes
    ----------
    role
        Its place in the skeleton: definitions, scope (toepassingsbereik), purpose (oogmerk), prohibition,
        permit duty, application (aanvraagvereisten), assessment (beoordelingsregels), information duty,
        tailor-made rules (maatwerk), transition (overgangsrecht).
    """

    role: Role
    title: Text
    clauses: tuple[Wording, ...] = Field(min_length=1)
    options: tuple[Option, ...] = OPTIONS


class Guards(_Strict):
    """What a lawyer asks of a rule, answered per block."""

    necessity: Text
    building: Text
    compensation: Text
    transition: Text
    ladder: Text
    more: tuple[Text, ...] = ()


class Regional(_Strict):
    """Whether other municipalities must agree, and what that asks of a smaller one.

    Attributes
    ----------
    why, smaller
        Why they must, and what that asks of a smaller municipality.
    without_neighbour
        What holds instead when its places reach no other municipality; None when it is needed all the same.
    """

    need: Literal["none", "advised", "required"]
    why: Text
    smaller: Text
    without_neighbour: Text | None = None


class Contradiction(_Strict):
    """A choice that cannot go with another.

    Attributes
    ----------
    block
        The other block.
    own, other
        Options of this and of the other block for which it holds.
    why
        The reason, in Dutch.
    """

    block: BlockId
    own: tuple[Option, ...] = OPTIONS
    other: tuple[Option, ...] = OPTIONS
    why: Text


class Activity(_Strict):
    """The activity that a rule is about, for the exchange files, and what the rule does to it.

    Attributes
    ----------
    group, group_label
        Code and label of the list of activity groups; "Overig" until the plan software chooses a closer one.
    """

    name: Text
    group: Text = "Overig"
    group_label: Text = "overig"
    qualification: Literal[
        "Vergunningplicht", "Verbod", "Toegestaan", "Informatieplicht", "Meldingsplicht", "AndersGeduid"
    ]


class OptionText(_Strict):
    """What choosing an option means, one sentence each."""

    light: Text
    firm: Text
    strict: Text


class Block(_Strict):
    """One building block.

    Attributes
    ----------
    lands_in, place
        Which instrument, and where in it (Dutch).
    adopts
        Which bodies can adopt it.
    binds
        Whom it binds.
    form
        ``rule`` is drawn as articles, the others as running text and lists.
    ground
        Which locations it works on.
    solidity, influence
        Legal solidity and influence on the ground, with the reason of the first.
    default_option, smaller_option
        What the package takes when nothing was chosen, and for a smaller municipality.
    separate_decision
        Whether a council decides on it apart and never announces it.
    needs
        Blocks whose definitions or functions it uses.
    dialect_group
        Blocks with the same group must speak the same dialect.
    """

    id: BlockId
    title: Text
    title_en: Text
    goal: Text
    lands_in: Literal[
        "visie", "programma", "omgevingsplan", "omgevingsverordening", "besluit", "privaatrecht"
    ]
    place: Text
    adopts: tuple[Body, ...] = Field(min_length=1)
    binds: Text
    legal_type: Text
    legal_basis: Text
    scale: Text
    form: Literal["rule", "policy", "decision"]
    ground: Literal["parks", "heavy_parks", "zones", "all_zones", "hosted", "water", "ring", "none"]
    solidity: Grade
    solidity_why: Text
    influence: Grade
    legal_risk: Text
    risk_level: Grade
    explanation: Text
    if_nothing: Text
    default_option: Option = "firm"
    smaller_option: Option | None = None
    separate_decision: bool = False
    dialect_group: str | None = None
    needs: tuple[BlockId, ...] = ()
    consequence: Text | None = None
    status: Literal["sourced", "assumption", "to_verify"]
    source: Text
    options: OptionText
    regional: Regional
    guards: Guards
    trigger: Trigger
    activity: Activity | None = None
    articles: tuple[ArticleText, ...] = Field(min_length=1)
    motivation: tuple[Wording, ...] = Field(min_length=1)
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    contradicts: tuple[Contradiction, ...] = ()

    @property
    def municipal(self) -> bool:
        """Whether a municipality can adopt it."""
        return any(body in MUNICIPAL_BODIES for body in self.adopts)

    def every_text(self) -> Iterator[str]:
        """Give every text that is filled in, all options and dialects."""
        for article in self.articles:
            yield article.title
            for clause in article.clauses:
                yield from clause.every_text()
        for wording in self.motivation:
            yield from wording.every_text()
        yield from (rule.reason for rule in self.trigger.rules)
        yield self.trigger.otherwise
        if self.consequence:
            yield self.consequence
        guards = self.guards
        yield from (guards.necessity, guards.building, guards.compensation, guards.transition, guards.ladder)
        yield from guards.more
        yield from (self.goal, self.explanation, self.if_nothing, self.legal_risk)
        regional = self.regional
        yield from (regional.why, regional.smaller, *filter(None, [regional.without_neighbour]))

    @model_validator(mode="after")
    def _consistent(self) -> Block:
        known = {*self.parameters, *NAMES, *fact_kinds()}
        used: set[str] = set()
        for text in self.every_text():
            if stray_braces(text):
                raise ValueError(f"braces that are no placeholder in: {text[:80]}")
            for name, counted in placeholders(text):
                used.add(name)
                if name not in known or (counted and name not in fact_kinds()):
                    raise ValueError(
                        f"placeholder {{{name}}} is no parameter of this block and no known fact or name"
                    )
        unused = sorted(set(self.parameters) - used)
        if unused:
            raise ValueError(f"parameters that no text uses: {', '.join(unused)}")
        if not self.municipal and self.consequence is None:
            raise ValueError("a block that only the province can adopt says what its consequence is")
        return self
