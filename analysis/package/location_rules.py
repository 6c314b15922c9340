"""Of a location: which instruction rules hold, which instruments fit and bind whom, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analysis.package.location_context import (
    MISSING,
    day,
    hectares,
    kind_label,
    split,
    status_of,
)
from analysis.package.location_evidence import plots_of
from layers.documents import Column, Facts, Heading, Items, Paragraph, Table
from layers.dutch import list_nl
from layers.exports.kinds import STATUS_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.package.location_context import Context
    from layers.documents import Part

    Row = dict[str, Any]

LARGEST_HA: Final = 5.0
"""Above this a plot meets a condition of articles 9.16 and 9.18."""
FREE: Final = frozenset({"vacant", "option"})
"""Plots that are still to be issued."""
EXPANSION: Final = "9.16"
URBAN: Final = "9.18"
GUARDS: Final = (
    "een evenwichtige toedeling van functies aan locaties (artikel 4.2 van de Omgevingswet);",
    "noodzaak en evenredigheid als een regel beperkt wie zich vestigt (artikel 15, Dienstenrichtlijn);",
    "de ladder voor duurzame verstedelijking bij een nieuwe stedelijke ontwikkeling (artikel 5.129g, Bkl);",
    "een beoordeling van milieueffecten en van Natura 2000, als het besluit daarom vraagt;",
    "overgangsrecht en nadeelcompensatie voor wie er nu zit (hoofdstuk 15 van de Omgevingswet);",
    "participatie van bewoners en bedrijven.",
)
WHO: Final = {"municipality": "gemeente", "province": "provincie"}
BOUND: Final = {
    "B12": "gemeenten, als zij een omgevingsplan maken",
    "B19": "gemeenten, als zij een omgevingsplan maken",
    "B20": "de provincie zelf",
}
"""Whom provincial instruments bind; of the others the data of the building block say it."""
PLAN_BINDS: Final = "iedereen, zodra het in het omgevingsplan staat"
NOT_PLAN: Final = {
    "B13": "niemand; het motiveert een besluit",
    "B15": "de eigenaar van de grond die wil verkopen",
    "B16": "iedereen, zolang het besluit geldt",
    "B17": "wie grond koopt of pacht, door het contract",
    "B21": "wie aan de afspraak meedoet",
}


def rules(context: Context, zone: Row) -> Iterator[Part]:
    """Say which rules are met and which must still be met."""
    yield Heading(1, "Regels: voldaan en nog te voldoen", "regels")
    plots = plots_of(context, zone)
    above = [plot for plot in plots if float(plot["area_ha"] or 0.0) > LARGEST_HA]
    # the condition is about land that is still to be laid out, not about what has been built
    large = [plot for plot in above if plot["status"] in FREE or str(plot["plot_id"]) in context.chosen]
    yield Paragraph(
        "De zone ligt binnen een bestaand bedrijventerrein. Zij is geen uitbreiding; artikel 9.16 geldt "
        "daarom pas als het terrein groeit. Of artikel 9.18 (stedelijk gebied) geldt, volgt uit de kaart "
        "van de verordening; die kaart zit niet in de release. De acht voorwaarden zijn in beide artikelen "
        "gelijk."
    )
    if large:
        biggest = hectares(max(float(plot["area_ha"]) for plot in large))
        yield Paragraph(
            f"{_plots(len(large))} groter dan 5 ha (de grootste is {biggest}). De vierde voorwaarde van de "
            "artikelen 9.16 en 9.18 laat geen kavels groter dan 5 ha toe. Splits de kavel, of vraag de "
            "provincie om ontheffing (artikel 1.6). Dit is een voorwaarde en geen verbod op de functie.",
            "warning",
        )
    wide = _wide_functions(context, zone)
    if wide:
        yield Paragraph(
            f"{list_nl(wide)}: het kental vraagt een kavel van meer dan 5 ha. Ook dan speelt deze "
            "voorwaarde.",
            "warning",
        )
    known = context.provincial_rules
    rows = tuple(
        (
            _short(str(rule["rule_id"])),
            str(rule["text_nl"]),
            *_outcome(rule, plots, above, large),
            status_of(rule["status"]),
        )
        for rule in known
        if str(rule["article"]) in {EXPANSION, URBAN}
    )
    columns = (
        Column("Regel"),
        Column("Wat zij vraagt"),
        Column("Uitkomst"),
        Column("Waarom"),
        Column("Status"),
    )
    yield Table("Provinciale instructieregels en hun voorwaarden", columns, rows)
    yield from _guards()
    texts = sorted({str(rule["source"]).split(";")[0].replace("text valid", "tekst van") for rule in known})
    yield Paragraph(
        f"Bron: {'; '.join(texts)}. De regels zijn samengevat; toets aan de tekst die nu geldt.", "source"
    )


def _guards() -> Iterator[Part]:
    yield Paragraph("Bij het besluit moet daarnaast nog worden voldaan aan:")
    yield Items(GUARDS)
    yield Paragraph(
        "Concept, juridisch te toetsen. Wetsartikelen zijn uit het hoofd en te controleren.", "concept"
    )


def instruments(context: Context, zone: Row) -> Iterator[Part]:
    """Say which instruments fit the kind of protection, who adopts each and whom each binds."""
    yield Heading(1, "Beschermingsvorm en instrumenten", "instrumenten")
    yield Paragraph(
        f"Voorgestelde beschermingsvorm: {kind_label(zone['kind'])}. De instrumenten hieronder passen "
        "daarbij. Wie is gebonden, verschilt: een omgevingsvisie bindt de provincie zelf, een "
        "instructieregel bindt gemeenten en een omgevingsplan bindt iedereen."
    )
    found = context.instruments.get(str(zone["zone_id"]), [])
    if not found:
        yield Paragraph(f"{MISSING.capitalize()}: de release noemt geen instrumenten voor deze zone.")
        return
    rows = tuple(
        (
            str(row["instrument_id"]),
            str(row["name_nl"]),
            WHO.get(str(row["who"]), str(row["who"])),
            _bound(context, row),
            status_of(row["status"]),
        )
        for row in found
    )
    columns = (
        Column("Bouwsteen"),
        Column("Instrument"),
        Column("Wie stelt vast"),
        Column("Wie is gebonden"),
        Column("Status"),
    )
    yield Table("Passende instrumenten", columns, rows)


def procedure(context: Context) -> Iterator[Part]:
    """Say how far the procedure is, and against which rules the location was checked."""
    settings = context.settings
    yield Heading(1, "Stand in de procedure", "procedure")
    order = list(STATUS_LABELS)
    place = order.index(settings.procedure_status) if settings.procedure_status in order else -1
    rows = tuple(
        (label.capitalize(), "nu" if number == place else ("doorlopen" if number < place else "nog niet"))
        for number, label in enumerate(STATUS_LABELS.values())
    )
    yield Table("Stappen in de procedure", (Column("Stap"), Column("Stand")), rows)
    yield Facts(
        (
            ("Voorstel van", settings.authority),
            ("Peildatum van de gegevens", day(settings.reference_date)),
            ("Wat het is", "een onderbouwd alternatief, geen besluit"),
        )
    )


def unknowns(context: Context, zone: Row) -> Iterator[Part]:
    """Say what was not assessed."""
    yield Heading(1, "Wat niet is beoordeeld", "niet-beoordeeld")
    plots = plots_of(context, zone)
    texts = [
        f"{label}: {hectares(zone[name])}."
        for name, label in (
            ("category_unknown_ha", "Milieucategorie"),
            ("water_unknown_ha", "Ligging aan het water"),
            ("not_assessed_ha", "Hoe stevig het voorstel is (robuustheid)"),
        )
        if float(zone[name] or 0.0) > 0.0
    ]
    for name, label in (
        ("permitted_low", "toegestane categorie"),
        ("in_use_low", "categorie in gebruik"),
        ("status", "uitgifte"),
    ):
        missing = sum(plot[name] in {None, "not_assessed"} for plot in plots)
        if missing:
            texts.append(f"{missing} van {len(plots)} kavels: {label} onbekend.")
    texts += [
        "Milieueffecten, stikstof, bodem en verkeer: geen onderzoek gedaan.",
        "Of eigenaren en bedrijven willen meewerken: niet gevraagd.",
        "Bedrijfswoningen zijn in de basisregistratie niet te herkennen; daarom staan er intervallen.",
    ]
    yield Items(tuple(texts))


def responses(context: Context) -> Iterator[Part]:
    """Leave room for views that are put forward."""
    yield Heading(1, "Zienswijzen", "zienswijzen")
    yield Paragraph(
        "Hier komen de zienswijzen op deze locatie: wie, wanneer, waarover, het antwoord en wat er "
        "verandert. Noem een inwoner niet bij naam; gebruik het nummer waaronder de zienswijze is "
        "geregistreerd."
    )
    labels = ("Nr.", "Wie", "Datum", "Samenvatting", "Antwoord", "Wijziging")
    rows = tuple((str(number), "", "", "", "", "") for number in range(1, context.settings.responses + 1))
    yield Table("Zienswijzen op deze locatie", tuple(Column(label) for label in labels), rows)


def sources(context: Context) -> Iterator[Part]:
    """Say where the figures come from, and how firm they are."""
    yield Heading(1, "Bronnen en status van de cijfers", "bronnen")
    named = context.settings.sources or {}
    objects = named.get("sensitive_objects", MISSING)
    rows = (
        ("Oppervlakte en kavels", "berekend uit de kavels", named.get("plots", MISSING)),
        ("Milieucategorie die past", "berekend met richtafstanden (bron: VNG 2009)", objects),
        ("Water, oever en kade", "berekend uit vaarwater en kaden", named.get("waterways", MISSING)),
        ("Mensen binnen de richtafstand", "geschat, aanname", objects),
        (
            "Toedeling van functies",
            "uitkomst van een rekenmodel, aannames",
            "Vraag en balans van deze release",
        ),
    )
    columns = (Column("Cijfer"), Column("Hoe, en status"), Column("Bron"))
    yield Table("Waar de cijfers vandaan komen", columns, rows)


def _wide_functions(context: Context, zone: Row) -> list[str]:
    """Name the functions of a zone whose smallest plot is above five hectares."""
    needs = {name: context.functions.get(name, {}).get("minimum_ha") for name in split(zone["functions"])}
    wide = [name for name, least in needs.items() if least is not None and float(least) > LARGEST_HA]
    return sorted({context.function_name(name) for name in wide})


def _outcome(rule: Row, plots: list[Row], above: list[Row], large: list[Row]) -> tuple[str, str]:
    """Give what came out of a rule, and why."""
    if str(rule["check"]) == "plots_to_5_ha":
        return _plots_outcome(plots, above, large)
    if str(rule["check"]) == "adjoins_park":
        return "voldaan", "de zone ligt op een bestaand terrein"
    known = {
        EXPANSION: ("niet van toepassing", "geen uitbreiding"),
        URBAN: (MISSING, "kaart van het stedelijk gebied ontbreekt"),
    }
    return known.get(str(rule["rule_id"]), ("nog te motiveren", "volgt niet uit deze gegevens"))


def _plots_outcome(plots: list[Row], above: list[Row], large: list[Row]) -> tuple[str, str]:
    if not plots:
        return MISSING, "er zijn geen kavels bekend"
    if large:
        return "nog te voldoen", f"{len(large)} van {len(plots)} kavels groter dan 5 ha"
    if above:
        return "voldaan", f"groter dan 5 ha zijn alleen kavels die al in gebruik zijn ({len(above)})"
    return "voldaan", "geen kavel groter dan 5 ha"


def _bound(context: Context, row: Row) -> str:
    block = str(row["instrument_id"])
    if block in context.binds:
        return context.binds[block]
    return BOUND.get(block) or NOT_PLAN.get(block, PLAN_BINDS)


def _plots(number: int) -> str:
    return "Eén kavel is" if number == 1 else f"{number} kavels zijn"


def _short(rule_id: str) -> str:
    # a space that does not break keeps the number in one line
    return rule_id.replace(" voorwaarde ", "\u00a0vw.\u00a0")
