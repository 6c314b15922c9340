"""The papers of the council: proposal and decision; the decision is an order to prepare, no rule itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from analysis.package.one_page import policy_blocks
from analysis.package.sentences import accompanying, regional, shared, situation, two_dialects
from analysis.package.words import DIALECTS, LANDS, OPTIONS, rule_nl
from layers.documents import Column, Document, Facts, Heading, Items, Paragraph, Part, Table
from layers.dutch import list_nl

if TYPE_CHECKING:
    from analysis.package.context import Context
    from analysis.package.judge import Judged

PAPERS: Final = "B25"
MOST_ARGUMENTS: Final = 6
APART: Final = (
    "Dit voorstel gaat met opzet niet over een voorkeursrecht of een voorbereidingsbesluit. Daarover beslist "
    "de raad zo nodig apart."
)


def council_papers(context: Context) -> tuple[Document, ...]:
    """Write proposal and decision; none when there is nothing to decide."""
    chosen = policy_blocks(context)
    if not chosen:
        return ()
    return _proposal(context, chosen), _decision(context)


def _proposal(context: Context, chosen: list[Judged]) -> Document:
    parts: list[Part] = [
        Facts(
            (
                ("Onderwerp", f"Keuze van bouwstenen voor ruimte voor de kringloop in {context.name}"),
                ("Aan", "de gemeenteraad"),
                ("Van", "het college van burgemeester en wethouders"),
                ("Datum", "[in te vullen]"),
                ("Portefeuillehouder", "[in te vullen]"),
            )
        ),
        context.concept(),
        Heading(1, "Voorgesteld besluit", "voorgesteld-besluit"),
        Items(decisions(context), numbered=True),
        *_why(context),
        *_arguments(context, chosen),
        *_against(chosen),
        *_rules_above(chosen),
        *_consequences(context, chosen),
    ]
    return Document(
        name="raadsvoorstel",
        title=f"Raadsvoorstel: ruimte voor de kringloop in {context.name}",
        subtitle="Welke bouwstenen werkt het college uit?",
        status=context.status,
        parts=tuple(parts),
    )


def _why(context: Context) -> list[Part]:
    first, *more = situation(context)
    return [
        Heading(1, "Waarom dit voorstel?", "aanleiding"),
        Paragraph(
            "Om minder nieuwe grondstoffen te gebruiken, zijn bedrijven nodig die materialen inzamelen, "
            "sorteren, "
            "opslaan en verwerken. Zulke bedrijven maken soms geluid, geur of stof. Zij kunnen niet "
            "overal staan. De "
            "provincie heeft bekeken waar dat in de regio wel kan. Dat is een voorstel en nog geen besluit."
        ),
        Paragraph(first),
        Items((*more, *shared(context))),
        Heading(1, "Wat willen wij bereiken?", "doel"),
        Paragraph(
            "Dat ruimte voor zulke bedrijven er over tien jaar nog is, dat inwoners gezond kunnen "
            "wonen, en dat de "
            "regio voorzieningen eerlijk deelt."
        ),
    ]


def _arguments(context: Context, chosen: list[Judged]) -> list[Part]:
    weighed = sorted(chosen, key=lambda judged: judged.block.influence != "high")
    parts: list[Part] = [Heading(1, "Argumenten", "argumenten")]
    for number, judged in enumerate(weighed[:MOST_ARGUMENTS], start=1):
        parts.append(Heading(2, f"{number}. {judged.block.goal.rstrip('.')}", f"argument-{number}"))
        parts.append(Paragraph(f"Bouwsteen {judged.block.id}, {judged.block.title}. {judged.reason}"))
    rest = weighed[MOST_ARGUMENTS:]
    if rest:
        named = list_nl([f"{judged.block.id} ({judged.block.title})" for judged in rest])
        parts.append(
            Paragraph(f"Verder horen bij de keuze: {named}. De reden per bouwsteen staat in het keuzepakket.")
        )
    along = accompanying(context)
    if along:
        parts.append(Paragraph(f"De regels hebben vaste begrippen nodig. Daarom gaat mee: {along}."))
    return parts


def _against(chosen: list[Judged]) -> list[Part]:
    risky = [judged for judged in chosen if judged.block.risk_level != "limited"] or chosen[:2]
    rows = tuple(
        (judged.block.id, judged.fill(judged.block.legal_risk), judged.fill(judged.block.guards.compensation))
        for judged in risky
    )
    return [
        Heading(1, "Kanttekeningen", "kanttekeningen"),
        Paragraph(
            "De cijfers rusten voor een groot deel op aannames. Richtafstanden zijn een hulpmiddel voor "
            "nieuwe situaties "
            "en geen norm. Onderzoek per locatie volgt voordat er een regel komt."
        ),
        Table(
            "Juridisch risico en schade per bouwsteen",
            (Column("Bouwsteen"), Column("Risico"), Column("Schade en vergoeding")),
            rows,
        ),
    ]


def _rules_above(chosen: list[Judged]) -> list[Part]:
    bitten: dict[str, list[str]] = {}
    for judged in chosen:
        for rule, show in judged.conditions:
            bitten.setdefault(f"{rule_nl(rule)}: {show}", []).append(judged.block.id)
    conditions = [f"{text} Dit raakt {list_nl(ids)}." for text, ids in bitten.items()]
    parts: list[Part] = [
        Heading(1, "Regels van de provincie die al gelden", "provincie"),
        Paragraph(
            "Deze voorwaarden zijn overgenomen uit een samenvatting. Controleer de tekst van de "
            "verordening (te "
            "verifiëren)."
        ),
    ]
    if not conditions:
        return [parts[0], Paragraph("Geen van de gekozen bouwstenen raakt een bekende instructieregel.")]
    return [*parts, Items(tuple(conditions))]


def _consequences(context: Context, chosen: list[Judged]) -> list[Part]:
    required, advised = regional(chosen, "required"), regional(chosen, "advised")
    together = [
        f"Afspraken met buurgemeenten zijn nodig voor: {required}." if required else "",
        f"Afspraken zijn aan te raden voor: {advised}." if advised else "",
        *(shared(context)[1:]),
    ]
    return [
        Heading(1, "Geld en mensen", "geld"),
        Paragraph(
            "De uitwerking vraagt uren van planologen, juristen en de omgevingsdienst. Het bedrag is "
            "niet beoordeeld: "
            "[in te vullen]. Reken ook met een schaderisicoanalyse en met onderzoek naar geluid, geur "
            "en stof."
        ),
        Heading(1, "Samen met de regio", "regio"),
        Items(tuple(text for text in together if text) or ("Er zijn geen afspraken nodig.",)),
        Heading(1, "Inwoners en bedrijven", "participatie"),
        Paragraph(
            "Het college spreekt met de bedrijven op de terreinen en met omwonenden voordat er een "
            "ontwerp ligt. Het "
            "ontwerp ligt daarna ter inzage; iedereen kan een zienswijze geven."
        ),
        Heading(1, "Hoe gaat het verder?", "vervolg"),
        Items(
            (
                "Het college kondigt aan dat het omgevingsplan wordt gewijzigd (kennisgeving).",
                "Het college laat de teksten juridisch toetsen en onderzoekt wat nog niet bekend is.",
                (
                    "Het ontwerp ligt ter inzage. Daarna stelt de raad het omgevingsplan of de visie "
                    "vast. Een programma stelt het college vast."
                ),
            ),
            numbered=True,
        ),
        Paragraph(APART),
        Heading(1, "Bijlagen", "bijlagen"),
        Items(
            (
                "Een A4 met de samenvatting",
                "Keuzepakket met de teksten, kaarten en motivering",
                "Raadsbesluit",
            )
        ),
        context.source(),
    ]


def decisions(context: Context) -> tuple[str, ...]:
    """Give the points of the decision, from the block of council papers in its chosen option."""
    papers = next((judged for judged in context.judgement.blocks if judged.block.id == PAPERS), None)
    if papers is None:
        return ("het college op te dragen de gekozen bouwstenen uit te werken in een ontwerp.",)
    return tuple(clause.text for article in papers.articles(1) for clause in article.clauses)


def _decision(context: Context) -> Document:
    rows = tuple(
        (
            judged.block.id,
            judged.block.title,
            OPTIONS[judged.option],
            DIALECTS[judged.dialect] if two_dialects(judged) else "geldt voor beide",
            LANDS[judged.block.lands_in],
        )
        for judged in context.judgement.chosen
        if judged.block.id != PAPERS and not judged.block.separate_decision
    )
    noun = "bouwsteen" if len(rows) == 1 else "bouwstenen"
    parts: list[Part] = [
        context.concept(),
        Paragraph(f"De raad van de gemeente {context.name};"),
        Paragraph(
            "gelezen het voorstel van het college van burgemeester en wethouders van [datum in te vullen];"
        ),
        Paragraph(
            "gelet op de artikelen 147, tweede lid, en 160 van de Gemeentewet en de artikelen 2.4 en 3.1 van "
            "de Omgevingswet (te verifiëren);"
        ),
        Heading(1, "Besluit", "besluit"),
        Items(decisions(context), numbered=True),
        Heading(1, "Bijlage bij het besluit", "bijlage"),
        Table(
            "Gekozen bouwstenen",
            (
                Column("Bouwsteen"),
                Column("Onderwerp"),
                Column("Keuze"),
                Column("In termen van"),
                Column("Komt in"),
            ),
            rows,
        ),
        Paragraph("Aldus besloten in de openbare vergadering van de raad van [datum in te vullen]."),
        Facts((("De griffier", "[naam in te vullen]"), ("De voorzitter", "[naam in te vullen]"))),
    ]
    return Document(
        name="raadsbesluit",
        title=f"Raadsbesluit: ruimte voor de kringloop in {context.name}",
        subtitle=f"Opdracht aan het college voor {len(rows)} {noun}",
        status=context.status,
        parts=tuple(parts),
    )
