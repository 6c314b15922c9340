"""One building block in the choice package: what it is, its rule text, why, and what a lawyer asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.package.sentences import adopters, two_dialects
from analysis.package.words import DIALECTS, GRADES, LANDS, OPTIONS, REGIONAL, STATUSES, VERDICTS, rule_nl
from layers.documents import Article, Column, Facts, Figure, Heading, Items, Paragraph, Part, Table
from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from analysis.package.context import Context
    from analysis.package.judge import Judged
    from layers.block_parameters import Parameter

GUARDS: Final = (
    ("necessity", "Noodzaak en evenredigheid (Dienstenrichtlijn)"),
    ("building", "Geen bouwtechnische eisen (Bbl)"),
    ("compensation", "Schade en nadeelcompensatie"),
    ("transition", "Overgangsrecht"),
    ("ladder", "Ladder voor duurzame verstedelijking"),
)
CONCEPT: Final = "Concept, juridisch te toetsen."


def block_parts(judged: Judged, context: Context, number: int) -> tuple[list[Part], int]:
    """Write a chosen block.

    Parameters
    ----------
    judged
        The block with its choices.
    context
        Of the municipality.
    number
        Of its first article.

    Returns
    -------
    tuple
        The parts, and the number of the next article.
    """
    block, key = judged.block, judged.block.id.lower()
    articles = judged.articles(number)
    parts: list[Part] = [
        Heading(2, f"{block.id} {block.title}", f"bouwsteen-{key}"),
        Paragraph(judged.fill(block.goal), tone="lead"),
        Paragraph(judged.fill(block.explanation)),
        _properties(judged),
        *_figure(judged, context),
        Heading(3, "De keuze", f"{key}-keuze"),
        Items(_options(judged)),
        *_parameters(judged, key),
        Heading(3, "Tekst", f"{key}-tekst"),
        Paragraph(CONCEPT, tone="concept"),
        *_text(judged, articles),
        Heading(3, "Motivering", f"{key}-motivering"),
        *(Paragraph(text) for text in judged.motivation()),
        Heading(3, "Waar een jurist naar kijkt", f"{key}-jurist"),
        Facts(_guards(judged)),
        *(Paragraph(judged.fill(text)) for text in block.guards.more),
        *_conditions(judged, key),
    ]
    return parts, number + (len(articles) if block.form == "rule" else 0)


def _properties(judged: Judged) -> Facts:
    block = judged.block
    return Facts(
        (
            ("Advies", VERDICTS[judged.verdict]),
            ("Reden", judged.reason),
            ("Komt in", f"{LANDS[block.lands_in]}: {block.place}"),
            ("Wie stelt vast", adopters(judged)),
            ("Wie is gebonden", block.binds),
            ("Soort regel", block.legal_type),
            ("Grondslag", f"{block.legal_basis} ({STATUSES[block.status]})"),
            ("Schaal", block.scale),
            ("Juridische houdbaarheid", f"{GRADES[block.solidity]}. {block.solidity_why}"),
            ("Invloed", GRADES[block.influence]),
            ("Juridisch risico", f"{GRADES[block.risk_level]}. {judged.fill(block.legal_risk)}"),
            ("Regionale afspraak", f"{REGIONAL[judged.agreement]}. {judged.agreement_why}"),
            ("Als u niets doet", judged.fill(block.if_nothing)),
        )
    )


def _options(judged: Judged) -> tuple[str, ...]:
    texts = judged.block.options
    named = (("light", texts.light), ("firm", texts.firm), ("strict", texts.strict))
    return tuple(
        f"{OPTIONS[code].capitalize()}{' (hier ingevuld)' if code == judged.option else ''}: {text}"
        for code, text in named
    )


def _parameters(judged: Judged, key: str) -> list[Part]:
    shown = {name: judged.block.parameters[name] for name in _used(judged)}
    if not shown:
        return []
    rows = tuple(
        (
            parameter.label,
            f"{parameter.say(judged.values[name])} {parameter.unit}".rstrip(),
            _usual(parameter),
            _source(parameter),
        )
        for name, parameter in shown.items()
    )
    columns = (Column("Onderdeel"), Column("Ingevuld"), Column("Gebruikelijk"), Column("Status en bron"))
    title = f"Ingevulde onderdelen van {judged.block.id}"
    return [Heading(3, "Ingevuld", f"{key}-ingevuld"), Table(title, columns, rows)]


def _source(parameter: Parameter) -> str:
    """Give status and source, the word "aanname" once."""
    status, source = STATUSES[parameter.status], parameter.source
    return source if source.lower().startswith(status) else f"{status}: {source}"


def _used(judged: Judged) -> list[str]:
    """Give the parameters that the text of this option and dialect really uses."""
    used = judged.used_names()
    return [name for name in judged.block.parameters if name in used]


def _usual(parameter: Parameter) -> str:
    if parameter.choices:
        usual = f"keuze uit {list_nl(parameter.choices)}"
    elif parameter.usual is None:
        usual = "vrij in te vullen"
    else:
        low, high = (number_nl(bound, parameter.decimals) for bound in parameter.usual)
        usual = f"{low} tot {high} {parameter.unit}".rstrip()
    limit = parameter.limit
    if limit is None:
        return f"{usual}; geen wettelijke grens bekend" if parameter.type == "number" else usual
    bounds = [
        f"ten {word} {number_nl(bound, parameter.decimals)}"
        for word, bound in (("minste", limit.low), ("hoogste", limit.high))
        if bound is not None
    ]
    return f"{usual}; wet: {list_nl(bounds)} {parameter.unit} ({limit.law}; {STATUSES[limit.status]})"


def _text(judged: Judged, articles: tuple[Article, ...]) -> list[Part]:
    said_for = f"De tekst is geschreven voor een plan met {DIALECTS[judged.dialect]}."
    dialect = [Paragraph(said_for)] if two_dialects(judged) else []
    if judged.block.form == "rule":
        return [*dialect, *articles]
    if judged.block.form == "decision":
        said = [" ".join((clause.text, *clause.parts)) for article in articles for clause in article.clauses]
        return [*dialect, Items(tuple(said), numbered=True)]
    parts: list[Part] = [*dialect]
    for article in articles:
        parts.append(Paragraph(f"{article.title}."))
        for clause in article.clauses:
            parts.append(Paragraph(clause.text))
            if clause.parts:
                parts.append(Items(clause.parts))
    return parts


def _guards(judged: Judged) -> tuple[tuple[str, str], ...]:
    guards = judged.block.guards
    return tuple((label, judged.fill(str(getattr(guards, name)))) for name, label in GUARDS)


def _conditions(judged: Judged, key: str) -> list[Part]:
    if not judged.conditions:
        return []
    texts = [
        f"{rule_nl(rule)} ({STATUSES[rule.status]}): {rule.text_nl} {show}"
        for rule, show in judged.conditions
    ]
    return [
        Heading(3, "Voorwaarden van de provincie die al gelden", f"{key}-voorwaarden"),
        *(Paragraph(text, tone="warning") for text in texts),
    ]


def _figure(judged: Judged, context: Context) -> list[Part]:
    if not judged.places:
        return []
    names = list(dict.fromkeys(place.name for place in judged.places))
    shown = list_nl(names, most=6)
    return [
        Figure(
            "block",
            f"Waar {judged.block.id} werkt in {context.name}",
            f"Kaart van {context.name} met het werkingsgebied van bouwsteen {judged.block.id}: {shown}.",
            context.code,
            tuple(place.id for place in judged.places),
        )
    ]
