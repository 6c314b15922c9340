"""One A4: what it means for us, what we decide, what happens if we do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.package.sentences import accompanying, answer, regional, shared, situation, titles
from layers.documents import Document, Heading, Items, Paragraph, Part

if TYPE_CHECKING:
    from analysis.package.context import Context
    from analysis.package.judge import Judged

MOST: Final = 7
MOST_CONSEQUENCES: Final = 3
WEIGHT: Final = {"high": 0, "average": 1, "limited": 2}


def one_page(context: Context) -> Document:
    """Write the page."""
    parts: list[Part] = [*_meaning(context), *_decision(context), *_nothing_done(context)]
    parts.append(Paragraph(f"{context.status}.", tone="concept"))
    return Document(
        name="een-a4",
        title=f"Ruimte voor de kringloop in {context.name}",
        subtitle="Wat het voor ons betekent, wat wij besluiten, en wat er gebeurt als wij niets doen",
        status=context.status,
        parts=tuple(parts),
        one_page=True,
    )


def _meaning(context: Context) -> list[Part]:
    return [
        Heading(1, "Wat betekent dit voor ons?", "betekenis"),
        Paragraph(answer(context, policy_blocks(context)), tone="lead"),
        Items((*situation(context), *shared(context))),
    ]


def _decision(context: Context) -> list[Part]:
    head = Heading(1, "Wat besluiten wij?", "besluit")
    chosen = policy_blocks(context)
    if not chosen:
        text = context.say("Niets. In {gemeente} is nu niets te regelen voor zware of natte grond.")
        if context.of("optional"):
            text = (
                "Er is nu niets dat moet. Wie wil, kan kiezen uit de mogelijke bouwstenen in het keuzepakket."
            )
        return [head, Paragraph(text)]
    who = "De raad heeft gekozen voor" if context.judgement.selected else "Het advies is te kiezen voor"
    parts: list[Part] = [
        head,
        Paragraph(f"{who} deze bouwstenen:"),
        Items(tuple(titles(weighty(chosen), MOST))),
    ]
    parts.append(
        Paragraph(
            "De raad geeft het college opdracht deze uit te werken. De regels zelf komen later terug "
            "bij de raad, "
            "na inspraak."
        )
    )
    along = accompanying(context)
    if along:
        parts.append(Paragraph(f"De regels hebben vaste begrippen nodig. Daarom gaat mee: {along}."))
    required = regional(chosen, "required")
    if required:
        parts.append(Paragraph(f"Afspraken met buurgemeenten zijn nodig voor {required}."))
    return parts


def _nothing_done(context: Context) -> list[Part]:
    head = Heading(1, "Wat gebeurt er als wij niets doen?", "niets-doen")
    chosen = policy_blocks(context)
    if not chosen:
        return [head, Paragraph("Er verandert niets. Wij blijven wel deel van de regionale afspraken.")]
    texts = tuple(judged.fill(judged.block.if_nothing) for judged in weighty(chosen)[:MOST_CONSEQUENCES])
    return [head, Items(texts)]


def weighty(blocks: list[Judged]) -> list[Judged]:
    """Put the blocks with most influence first."""
    return sorted(blocks, key=lambda judged: (WEIGHT[judged.block.influence], judged.block.id))


def policy_blocks(context: Context) -> list[Judged]:
    """Give the chosen blocks about the subject itself: not the definitions and papers that come along."""
    own = [judged for judged in context.judgement.chosen if judged.block.ground != "none"]
    return [judged for judged in own if not judged.block.separate_decision]
