"""The choice package itself: summary, evidence, blocks filled in, motivation, and what is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.package.booklet_blocks import block_parts
from analysis.package.booklet_places import place_parts
from analysis.package.one_page import policy_blocks
from analysis.package.sentences import answer, regional, shared, situation, smaller
from analysis.package.words import REGIONAL, STATUSES, VERDICTS
from layers.documents import Column, Document, Figure, Heading, Items, Paragraph, Part, Table
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from analysis.package.context import Context
    from analysis.package.judge import Judged
    from layers.municipal_facts import FactKind

HIDDEN_FACTS: Final = ("smaller",)
SUBJECTS: Final = {"block": "bouwsteen", "location": "locatie", "fact": "cijfer"}
APART: Final = "apart te bekijken"
APART_WHY: Final = (
    "Het bevoegde bestuur besluit hierover apart. Zulke middelen werken soms alleen als zij niet vooraf "
    "bekend zijn; daarom staat hier in elke gemeente hetzelfde."
)


def booklet(context: Context) -> Document:
    """Write the package of one municipality."""
    parts: list[Part] = [context.concept(), *_summary(context), *_overview(context), *_evidence(context)]
    if context.judgement.chosen:
        parts += [Heading(1, "De bouwstenen", "bouwstenen"), Paragraph(_how(context))]
        number = 1
        for judged in context.judgement.chosen:
            added, number = block_parts(judged, context, number)
            parts += added
    parts += _others(context)
    parts += place_parts(context)
    parts += _together(context)
    parts += _unknown(context)
    parts += _changes(context)
    parts.append(context.source())
    return Document(
        name="keuzepakket",
        title=f"Keuzepakket ruimte voor de kringloop: {context.name}",
        subtitle="Bouwstenen voor het omgevingsplan, met cijfers, kaarten en motivering",
        status=context.status,
        parts=tuple(parts),
    )


def _summary(context: Context) -> list[Part]:
    lead = Paragraph(answer(context, policy_blocks(context)), tone="lead")
    parts: list[Part] = [Heading(1, "Samenvatting", "samenvatting"), lead]
    parts.append(Items((*situation(context), *shared(context))))
    if context.nothing:
        parts.append(
            Paragraph(
                context.say(
                    "Voor {gemeente} is er nu niets te kiezen. In de tabel hieronder staat per "
                    "bouwsteen waarom niet. "
                    "{gemeente} blijft wel deel van de regio: andere gemeenten bedienen haar inwoners, "
                    "en zij kan "
                    "meepraten over hun keuzes."
                )
            )
        )
    text = smaller(context)
    if text:
        parts.append(Paragraph(text))
    parts.append(
        Figure(
            "cover",
            f"{context.name}: bedrijventerreinen en voorgestelde zones",
            f"Kaart van de gemeente {context.name} met de bedrijventerreinen, de vaarwegen en de "
            f"voorgestelde "
            f"zones. {' '.join(situation(context))}",
            context.code,
        )
    )
    return parts


def _overview(context: Context) -> list[Part]:
    order = list(VERDICTS)
    blocks = sorted(
        context.judgement.blocks,
        key=lambda judged: (
            apart(judged),
            0 if apart(judged) else order.index(judged.verdict),
            judged.block.id,
        ),
    )
    rows = tuple(
        (
            judged.block.id,
            judged.block.title,
            APART if apart(judged) else VERDICTS[judged.verdict],
            "ja" if judged.chosen else "nee",
            APART_WHY if apart(judged) else judged.reason,
        )
        for judged in blocks
    )
    who = "De raad heeft gekozen." if context.judgement.selected else "De raad heeft nog niet gekozen."
    parts: list[Part] = [
        Heading(1, "Alle bouwstenen op een rij", "overzicht"),
        Paragraph(
            f"{who} Per bouwsteen staat hier het advies en de reden. Aanbevolen betekent: de cijfers "
            f"geven er reden "
            "voor. Mogelijk betekent: het kan, maar er is minder reden voor. Een bouwsteen met ja staat "
            "verderop "
            "uitgewerkt."
        ),
        Table(
            "Advies per bouwsteen, met de reden in cijfers",
            (Column("Nr."), Column("Bouwsteen"), Column("Advies"), Column("Uitgewerkt"), Column("Reden")),
            rows,
        ),
    ]
    if context.judgement.warnings:
        parts.append(Heading(2, "Let op bij deze keuze", "waarschuwingen"))
        parts += [Paragraph(text, tone="warning") for text in context.judgement.warnings]
    return parts


def _evidence(context: Context) -> list[Part]:
    rows = tuple(
        (kind.label_nl, _value(kind, context.facts.get(name)), STATUSES[kind.status])
        for name, kind in fact_kinds().items()
        if name not in HIDDEN_FACTS
    )
    return [
        Heading(1, "Wat wij weten", "cijfers"),
        Paragraph(
            "Elk cijfer heeft een status. Bron: uit een register of plan. Aanname: berekend met keuzes "
            "van ons. Te "
            "verifiëren: overgenomen, nog niet gecontroleerd. Gevoelige objecten zijn opgeteld over de "
            "terreinen; een "
            "object bij twee terreinen telt twee keer."
        ),
        Table(
            f"Cijfers over {context.name}",
            (Column("Onderwerp"), Column("Waarde", "right"), Column("Status")),
            rows,
        ),
    ]


def _value(kind: FactKind, value: float | None) -> str:
    """Write a value of the table: counts without noun, for the row names it."""
    return kind.figure(value) if kind.form == "count" else kind.say(value)


def _how(context: Context) -> str:
    who = "de keuze van de raad" if context.judgement.selected else "het advies"
    return (
        f"De bouwstenen hieronder volgen {who}. De raad kan elke bouwsteen weglaten, lichter of "
        f"strenger kiezen en de "
        "getallen veranderen. De nummers van de artikelen (x.1, x.2 en verder) zijn voorlopig."
    )


def _others(context: Context) -> list[Part]:
    chosen = {judged.block.id for judged in context.judgement.chosen}
    free = [
        judged
        for judged in context.of("recommended", "optional")
        if judged.block.id not in chosen and not apart(judged)
    ]
    parts: list[Part] = []
    if free:
        parts += [
            Heading(1, "Wat u ook kunt kiezen", "ook-mogelijk"),
            Paragraph(
                "Deze bouwstenen zijn niet uitgewerkt. Zet ze in het keuzebestand, dan maken wij ze af."
            ),
        ]
        for judged in free:
            parts += _short(judged)
    province = [judged for judged in context.of("consequence") if not apart(judged)]
    if province:
        parts += [
            Heading(1, "Wat de provincie kan besluiten", "provincie"),
            Paragraph(
                "De raad stelt deze bouwstenen niet vast; dat kan alleen de provincie. Hier staat wat "
                "een besluit voor de "
                "gemeente betekent."
            ),
        ]
        for judged in province:
            parts.append(
                Heading(2, f"{judged.block.id} {judged.block.title}", f"gevolg-{judged.block.id.lower()}")
            )
            parts.append(Paragraph(judged.fill(judged.block.consequence or "")))
            parts.append(Paragraph(judged.reason))
    return parts


def apart(judged: Judged) -> bool:
    """Say whether nothing may show of a block here: a surprise measure that nobody chose to publish."""
    return judged.block.separate_decision and not judged.chosen


def _short(judged: Judged) -> list[Part]:
    block = judged.block
    options = block.options
    return [
        Heading(2, f"{block.id} {block.title}", f"kort-{block.id.lower()}"),
        Paragraph(f"{judged.fill(block.goal)} {judged.reason}"),
        Items((f"Licht: {options.light}", f"Stevig: {options.firm}", f"Streng: {options.strict}")),
    ]


def _together(context: Context) -> list[Part]:
    chosen = context.judgement.chosen
    parts: list[Part] = [Heading(1, "Samen met de regio", "regio"), Items(tuple(shared(context)))]
    rows = tuple(
        (
            judged.block.id,
            judged.block.title,
            REGIONAL[judged.agreement],
            judged.fill(judged.block.regional.smaller) if context.has("smaller") else judged.agreement_why,
        )
        for judged in chosen
        if judged.agreement != "none"
    )
    if rows:
        label = "Wat dat voor een kleinere gemeente betekent" if context.has("smaller") else "Waarom"
        table = Table(
            "Bouwstenen die afspraken met andere gemeenten vragen",
            (Column("Nr."), Column("Bouwsteen"), Column("Afspraak"), Column(label)),
            rows,
        )
        parts.append(table)
    alone = regional(list(chosen), "none")
    if alone:
        parts.append(Paragraph(f"Zonder afspraak met andere gemeenten kan de raad vaststellen: {alone}."))
    return parts


def _unknown(context: Context) -> list[Part]:
    missing = [
        kind.label_nl
        for name, kind in fact_kinds().items()
        if context.facts.get(name) is None and name not in HIDDEN_FACTS
    ]
    texts = [f"Niet beoordeeld: {label}." for label in missing]
    if context.has("parks_unknown"):
        texts.append(
            context.say("Voor {parks_unknown} kon geen oordeel over de milieucategorie worden gegeven.")
        )
    if context.has("category_unknown_ha"):
        texts.append(context.say("Van {category_unknown_ha} kavel is de toegelaten categorie niet bekend."))
    texts += [
        "Hoe dicht de terreinen nu zijn bebouwd (niet beoordeeld).",
        "Stikstof, bodem, archeologie en water zijn niet beoordeeld; daarvoor is eigen onderzoek nodig.",
        "Of gewone bewoners in (voormalige) bedrijfswoningen wonen, staat niet in de registratie.",
        "De meeste wetsartikelen en de samenvatting van de provinciale regels zijn niet gecontroleerd.",
    ]
    return [Heading(1, "Wat wij niet weten", "onbekend"), Items(tuple(texts))]


def _changes(context: Context) -> list[Part]:
    parts: list[Part] = [Heading(1, "Wat is er veranderd?", "wijzigingen")]
    if not context.has_earlier:
        return [*parts, Paragraph("Er is geen eerder pakket om mee te vergelijken.")]
    if not len(context.changes):
        return [*parts, Paragraph("Er is niets veranderd tegenover het vorige pakket.")]
    rows = tuple(
        (SUBJECTS[subject], item, text)
        for subject, item, text in zip(
            *(context.changes[name] for name in ("subject", "item_id", "text_nl")), strict=True
        )
    )
    table = Table("Wijzigingen", (Column("Soort"), Column("Kenmerk"), Column("Wijziging")), rows)
    return [*parts, table]
