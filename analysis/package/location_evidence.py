"""Of a location: what it consists of, why this kind of protection, and whom it touches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from analysis.package.location_context import (
    MISSING,
    count,
    hectares,
    interval,
    kind_label,
    metres,
    split,
)
from layers.documents import Column, Facts, Heading, Items, Paragraph, Table
from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.package.location_context import Context
    from layers.documents import Part

    Row = dict[str, Any]

CATEGORIES: Final = (
    ("category_5_up_ha", "5.1 en hoger"),
    ("category_4_2_ha", "4.2"),
    ("category_4_1_ha", "4.1"),
    ("category_light_ha", "tot en met 3.2"),
    ("category_unknown_ha", MISSING),
)
WATER: Final = (
    ("at_water_ha", "aan het water"),
    ("near_water_ha", "nabij het water"),
    ("dry_ha", "droog"),
    ("water_unknown_ha", MISSING),
)
LABELS: Final = (
    ("no_regret_ha", "geen spijt"),
    ("robust_ha", "robuust"),
    ("replaceable_ha", "vervangbaar"),
    ("only_some_futures_ha", "alleen in sommige toekomsten"),
)
ISSUE: Final = {
    "vacant": "uitgeefbaar", "issued": "uitgegeven", "option": "in optie", "public_space": "openbare ruimte",
}  # fmt: skip
CONNECTIONS: Final = {
    "own_quay": "eigen kade", "public_quay": "openbare kade", "adjacent": "aan het water", "near": "nabij",
    "none": "geen", "not_assessed": MISSING,
}  # fmt: skip
REPLACED: Final = {
    "infinite": "door niets te vervangen",
    "nothing": "door niets te vervangen",
    "partly": "deels te vervangen",
    "wholly": "geheel te vervangen",
}
NOTHING_HA: Final = 0.0005
ABOUT_FIRMS: Final = frozenset({"P01", "P02", "P03", "P10"})
"""Rules that tell what the firm on a plot is."""
FEWEST: Final = 5
"""Fewer plots could point to one firm."""


def evidence(context: Context, zone: Row) -> Iterator[Part]:
    """Say how much land there is, per category and water class, with its plots, shore and quay."""
    plots = plots_of(context, zone)
    yield Heading(1, "Wat er ligt", "bewijs")
    yield Paragraph(
        "Hectares naar de milieucategorie die past (indicatief, volgens richtafstanden) en naar de ligging "
        "aan het water. De richtafstand is een hulpmiddel bij nieuwe situaties en geen norm."
    )
    for caption, label, parts in (
        ("Hectares naar milieucategorie", "Milieucategorie", CATEGORIES),
        ("Hectares naar ligging aan het water", "Ligging", WATER),
    ):
        rows = tuple((text, hectares(zone.get(name))) for name, text in parts)
        yield Table(caption, (Column(label), Column("Oppervlakte", "right")), rows)
    yield Facts(
        (
            ("Kavels", _issue(plots)),
            ("Zware grond (categorie 4.1 en hoger)", hectares(zone["heavy_ha"])),
            ("Natte grond", hectares(zone["wet_ha"])),
            ("Oeverlengte van de kavels", metres(_sum(plots, "shore_m"))),
            ("Kadelengte (er is een kade)", metres(_sum(plots, "quay_m"))),
            ("Benutbare kade (bevestigd)", metres(_sum(plots, "usable_quay_m"))),
            ("Vaarwater", _waterways(plots)),
            ("Stroomnet nog vol", hectares(zone["grid_ha"])),
        )
    )
    yield Paragraph(
        "Oeverlengte, kadelengte en benutbare kade zijn drie verschillende cijfers. De klasse van het "
        "vaarwater zegt hoe groot een schip mag zijn, niet dat het hier mag aanleggen. De hectares zijn "
        "berekend uit de kavels, de gevoelige objecten en het vaarwater van deze release.",
        "source",
    )


def reasons(context: Context, zone: Row) -> Iterator[Part]:
    """Say why this kind of protection, in the sentences of the rules, and for which functions."""
    kind = context.kinds.get(str(zone["kind"]))
    label = kind_label(zone["kind"])
    yield Heading(1, f"Waarom {label}", "waarom")
    if kind is not None:
        yield Paragraph(f"{label.capitalize()} betekent: {_lower(str(kind['meaning_nl']))}")
    sites = context.protection.get(str(zone["zone_id"]), [])
    found: dict[tuple[str, str], list[float]] = {}
    for site in sites:
        key = (str(site["rule_id"]), str(site["why_nl"]))
        found.setdefault(key, []).append(float(site["area_ha"] or 0.0))
    rows = tuple(
        (
            (rule, why, f"minder dan {FEWEST}", "niet vermeld")
            if rule in ABOUT_FIRMS and len(areas) < FEWEST
            else (rule, why, count(len(areas)), hectares(sum(areas)))
        )
        for (rule, why), areas in sorted(found.items())
    )
    if rows:
        columns = (
            Column("Regel"),
            Column("Reden"),
            Column("Kavels", "right"),
            Column("Oppervlakte", "right"),
        )
        yield Table("Redenen voor deze beschermingsvorm", columns, rows)
    functions = split(zone["functions"])
    if not functions:
        yield Paragraph(
            "Aan deze zone is in dit alternatief geen nieuwe circulaire functie toegedeeld. Het gaat om "
            "ruimte die er is en die schaars is."
        )
        return
    names = list_nl(sorted({context.function_name(name) for name in functions}))
    year = "" if zone["from_year"] is None else f" Dat speelt vanaf {int(zone['from_year'])}."
    yield Paragraph(
        f"Als motivering: het alternatief gebruikt {hectares(zone['chosen_ha'])} van deze zone voor "
        f"{names}.{year} De functies motiveren de zone; zij leggen niet vast wie waar komt."
    )


def robustness(context: Context, zone: Row) -> Iterator[Part]:
    """Say how firmly the plan needs the land, when that was calculated."""
    yield Heading(2, "Hoe stevig is dit voorstel?", "stevig")
    known = [(text, zone.get(name)) for name, text in LABELS if (zone.get(name) or 0.0) > NOTHING_HA]
    unknown = [(MISSING, zone["not_assessed_ha"])] if known and (zone["not_assessed_ha"] or 0.0) > 0 else []
    texts = [f"{text}: {hectares(area)}" for text, area in [*known, *unknown]]
    chosen = {(str(row["site_id"]), str(row["function"])) for row in reservations_of(context, zone)}
    shares = [float(share) for pair, share in context.acceptability.items() if pair in chosen]
    if shares:
        ends = [f"{number_nl(5 * round(20 * share))} %" for share in (min(shares), max(shares))]
        texts.append(
            f"Bij andere gewichten: gekozen in {interval(*ends)} van de doorrekeningen. Dat is geen kans."
        )
    verdicts = Counter(
        REPLACED[verdict]
        for site in sorted({site for site, _ in chosen})
        if (verdict := context.replacement.get(site)) in REPLACED
    )
    if verdicts:
        parts = list_nl([f"{number} {label}" for label, number in sorted(verdicts.items())])
        texts.append(f"Als een plek wegvalt: {parts}.")
    if texts:
        yield Items(tuple(texts))
        return
    yield Paragraph(
        "Niet beoordeeld: er is niet doorgerekend hoe vaak deze zone ook bij andere weging en andere "
        "toekomsten wordt gekozen."
    )


def health(context: Context, zone: Row) -> Iterator[Part]:
    """Say how many people live within the guide distance, and whether a distance is stepped down."""
    yield Heading(1, "Gezondheid", "gezondheid")
    plots = plots_of(context, zone)
    low, high = _most(plots, "objects_in_distance_low"), _most(plots, "objects_in_distance_high")
    reservations = reservations_of(context, zone)
    if reservations:
        yield from _people(context, reservations)
    else:
        yield Paragraph(
            "Er komt in dit alternatief geen nieuwe functie bij. Dit dossier verkort geen afstand en "
            "brengt geen activiteit dichter bij woningen."
        )
    if high is not None:
        objects = interval(count(low), count(high))
        yield Paragraph(
            f"Gevoelige objecten binnen de richtafstand van wat nu is toegestaan: {objects} bij de kavel "
            "met de meeste. Woningen staan in dit dossier alleen als aantal."
        )
    yield Paragraph(
        "Mensen zijn geschat uit woningen en een vast aantal bewoners per woning (aanname). Wie binnen de "
        "afstand van twee functies woont, telt bij beide mee.",
        "source",
    )


def housing(context: Context, zone: Row) -> Iterator[Part]:
    """Say which housing plans clash; those that are not adopted are counted only."""
    yield Heading(1, "Botsing met woningbouw", "woningbouw")
    plans: set[str] = set()
    for site in sites_of(context, zone):
        plans |= set(context.blocked_by.get(site, []))
    for row in reservations_of(context, zone):
        touched = context.conflicts.get((str(row["site_id"]), str(row["function"])))
        plans |= set(split(touched["plans"])) if touched else set()
    if "reservation_conflicts" not in context.tables and "plan_conflicts" not in context.tables:
        yield Paragraph(f"{MISSING.capitalize()}: de release bevat geen toets aan woningbouwplannen.")
        return
    if not plans:
        yield Paragraph("Geen woningbouwplan uit deze release botst met een plek in deze zone.")
        return
    named = sorted(plan for plan in plans if context.plan_name(plan) is not None)
    if named:
        rows = tuple(
            (
                str(context.plan_name(plan)),
                "vastgesteld" if context.housing[plan]["phase"] == "hard" else "nog niet vastgesteld",
                count(context.housing[plan]["dwellings"]),
            )
            for plan in named
        )
        columns = (Column("Plan"), Column("Stand"), Column("Woningen", "right"))
        yield Table("Woningbouwplannen die botsen met deze zone", columns, rows)
    hidden = len(plans) - len(named)
    if hidden:
        some = (
            "botst 1 woningbouwplan dat nog niet is"
            if hidden == 1
            else f"botsen {hidden} woningbouwplannen die nog niet zijn"
        )
        yield Paragraph(
            f"Daarnaast {some} vastgesteld. Zulke plannen zijn vertrouwelijk en staan hier niet bij naam; de "
            "provincie bespreekt ze met de gemeente."
        )


def sites_of(context: Context, zone: Row) -> list[str]:
    """Give the sites of a zone."""
    return [str(row["site_id"]) for row in context.protection.get(str(zone["zone_id"]), [])]


def plots_of(context: Context, zone: Row) -> list[Row]:
    """Give the evidence of the plots of a zone; a park without plots has none."""
    return [context.plots[site] for site in sites_of(context, zone) if site in context.plots]


def reservations_of(context: Context, zone: Row) -> list[Row]:
    """Give the reservations on the sites of a zone."""
    return [row for site in sites_of(context, zone) for row in context.chosen.get(site, [])]


def _people(context: Context, reservations: list[Row]) -> Iterator[Part]:
    """Say per function how many people live within the guide distance, and whether the distance is kept."""
    found: dict[tuple[str, str], float] = {}
    short = zoned = 0
    for row in reservations:
        pair = context.pairs.get((str(row["site_id"]), str(row["function"]), int(row["from_year"])), {})
        margin = pair.get("margin_m")
        kept = MISSING if margin is None else ("gehaald" if float(margin) >= 0 else "niet gehaald")
        if margin is not None and float(margin) < 0:
            short += 1
            zoned += bool(context.sites.get(str(row["site_id"]), {}).get("governed"))
            kept = f"{metres(-float(margin))} te kort"
        key = (context.function_name(row["function"]), kept)
        found[key] = max(found.get(key, 0.0), float(row["people"] or 0.0))
    columns = (
        Column("Functie (motivering)"),
        Column("Mensen binnen de richtafstand", "right"),
        Column("Richtafstand tot woningen"),
    )
    rows = tuple((name, count(people), kept) for (name, kept), people in sorted(found.items()))
    yield Table("Mensen binnen de richtafstand, per functie", columns, rows)
    if not short:
        yield Paragraph("Voor geen van deze functies wordt een richtafstand verkort.")
        return
    yield Paragraph(
        f"Bij {_times(short)} wordt de richtafstand niet gehaald. Wie de functie daar toch toelaat, verkort "
        "een afstand. Dat is een keuze over gezondheid en vraagt een eigen besluit met onderzoek ter "
        "plaatse.",
        "warning",
    )
    if zoned:
        yield Paragraph(
            f"Daarvan ligt of liggen {_times(zoned)} op een gezoneerd industrieterrein. Daar bepaalt de "
            "geluidzone hoeveel geluid mag; voor geur, stof en gevaar blijft de afstand van belang."
        )


def _times(number: int) -> str:
    return "één functie op een kavel" if number == 1 else f"{number} functies op een kavel"


def _issue(plots: list[Row]) -> str:
    if not plots:
        return "geen kavels bekend"
    found = Counter(ISSUE.get(str(plot["status"]), f"uitgifte {MISSING}") for plot in plots)
    parts = list_nl([f"{number} {label}" for label, number in sorted(found.items())])
    return f"{number_nl(len(plots))}: {parts}"


def _waterways(plots: list[Row]) -> str:
    found = {
        f"{plot['nearest_waterway_name']} (CEMT {plot['nearest_waterway_cemt'] or MISSING})"
        for plot in plots
        if plot["nearest_waterway_name"] is not None and plot["connection"] not in {"none", None}
    }
    return list_nl(sorted(found)) or MISSING


def _sum(rows: list[Row], name: str) -> float | None:
    known = [float(row[name]) for row in rows if row.get(name) is not None]
    return sum(known) if known else None


def _most(rows: list[Row], name: str) -> float | None:
    known = [float(row[name]) for row in rows if row.get(name) is not None]
    return max(known) if known else None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
