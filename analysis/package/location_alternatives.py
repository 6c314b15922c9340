"""Of a location: which other land was considered, and by which rule and margin it fell away."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from analysis.package.location_context import MISSING, count, hectares, split
from analysis.package.location_evidence import sites_of
from layers.documents import Column, Heading, Paragraph, Table
from layers.dutch import list_nl, number_nl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.package.location_context import Context
    from layers.documents import Part

    Row = dict[str, Any]

COUNTED: Final = {"steps": ("stap", "stappen"), "years": ("jaar", "jaar"), "classes": ("klasse", "klassen")}
"""Units that are counted whole, for one and for more."""
COUNTED_ONLY: Final = frozenset({"in_use", "housing_claim", "housing_distance", "release_year"})
"""Rules whose margin would tell about firms or about housing plans that are confidential."""
MOST_PARKS: Final = 8
SMALLEST: Final = 0.05


def alternatives(context: Context, zone: Row) -> Iterator[Part]:
    """Say what else was considered for the functions of a zone."""
    yield Heading(1, "Alternatieven", "alternatieven")
    functions = sorted(set(split(zone["functions"])))
    if not functions:
        yield from _kept(context, zone)
        return
    considered = [row for name in functions for row in context.considered.get(name, [])]
    if not considered:
        yield Paragraph(f"{MISSING.capitalize()}: de release bevat geen tabel met afgewogen plekken.")
        return
    own = set(sites_of(context, zone))
    others = [row for row in considered if str(row["site_id"]) not in own]
    taken = {(site, str(row["function"])) for site, rows in context.chosen.items() for row in rows}
    yield Paragraph(
        f"Voor {list_nl(sorted({context.function_name(name) for name in functions}))} zijn in de hele regio "
        f"{number_nl(len({row['site_id'] for row in considered}))} plekken afgewogen. Hieronder staat per "
        "functie hoeveel andere plekken geschikt zijn en hoeveel er afvielen, in het eerste jaar waarin het "
        "alternatief de functie gebruikt."
    )
    rows = []
    for name in functions:
        group = [row for row in others if row["function"] == name]
        verdicts = Counter(str(row["verdict"]) for row in group)
        chosen = sum((str(row["site_id"]), name) in taken for row in group)
        codes = ("certain", "possible", "no", "not_assessed")
        rows.append((context.function_name(name), *(count(verdicts[code]) for code in codes), count(chosen)))
    columns = (
        Column("Functie"),
        Column("Zeker", "right"),
        Column("Mogelijk", "right"),
        Column("Afgevallen", "right"),
        Column(MISSING.capitalize(), "right"),
        Column("Elders gekozen", "right"),
    )
    yield Table("Andere afgewogen plekken per functie", columns, tuple(rows))
    yield from _rejected(context, others)
    yield from _eligible(context, others, taken)


def _kept(context: Context, zone: Row) -> Iterator[Part]:
    """Say what the alternative is for land that is kept: not to keep it."""
    rest = [
        row for row in context.every_zone if row["kind"] == zone["kind"] and row["zone_id"] != zone["zone_id"]
    ]
    near = [row for row in rest if row["sub_area"] == zone["sub_area"]]
    heavy = sum(float(row["heavy_ha"] or 0.0) for row in near)
    wet = sum(float(row["wet_ha"] or 0.0) for row in near)
    yield Paragraph(
        f"Het alternatief is deze zone niet beschermen. Dan kan {hectares(zone['heavy_ha'])} zware grond en "
        f"{hectares(zone['wet_ha'])} natte grond een ander gebruik krijgen, en is gelijke ruimte elders "
        "nodig."
    )
    yield Paragraph(
        f"In hetzelfde deelgebied ({zone['sub_area']}) {'is' if len(near) == 1 else 'zijn'} nog "
        f"{number_nl(len(near))} {'zone' if len(near) == 1 else 'zones'} met dezelfde beschermingsvorm, met "
        f"samen {hectares(heavy)} zware en {hectares(wet)} natte grond. Die ruimte is ook bezet en kan deze "
        "zone dus niet zonder meer vervangen."
    )


def _rejected(context: Context, others: list[Row]) -> Iterator[Part]:
    """Count what fell away by rule, with the smallest margin by which a site missed it."""
    gone: dict[str, list[Row]] = {}
    for row in others:
        if row["verdict"] == "no" and row["rule_id"] is not None:
            gone.setdefault(str(row["rule_id"]), []).append(row)
    if not gone:
        return
    rows = []
    for rule_id, group in sorted(gone.items()):
        rule = context.rules.get(rule_id, {})
        margins = [abs(float(row["margin"])) for row in group if row["margin"] is not None]
        if rule_id in COUNTED_ONLY:
            nearest = "niet openbaar"
        else:
            nearest = _amount(min(margins), str(group[0]["unit"])) if margins else "niet van toepassing"
        change = str(rule.get("change_nl") or MISSING)
        rows.append((len(group), str(rule.get("label_nl") or rule_id), count(len(group)), nearest, change))
    rows.sort(key=lambda row: (-row[0], row[1]))
    columns = (
        Column("Reden"),
        Column("Keer", "right"),
        Column("Kleinste tekort", "right"),
        Column("Wat dan moet veranderen"),
    )
    yield Table("Waarom andere plekken afvielen", columns, tuple(row[1:] for row in rows))


def _eligible(context: Context, others: list[Row], taken: set[tuple[str, str]]) -> Iterator[Part]:
    """List parks where it also fits and that were not chosen for it."""
    parks: dict[str, dict[str, Any]] = {}
    for found in others:
        site, verdict, room = str(found["site_id"]), found["verdict"], found["capacity_ha"]
        if verdict not in {"certain", "possible"} or (site, str(found["function"])) in taken:
            continue
        row = context.sites.get(site)
        if row is None:
            continue
        park = parks.setdefault(
            str(row["park_id"]),
            {
                "name": row["park_name"],
                "place": context.municipality(row["municipality_code"]),
                "sites": {},
                "certain": False,
            },
        )
        park["sites"][site] = max(park["sites"].get(site, 0.0), float(room or 0.0))
        park["certain"] |= verdict == "certain"
    if not parks:
        yield Paragraph("Geen andere plek die niet al is gekozen, is geschikt voor deze functies.")
        return
    ordered = sorted(parks.items(), key=lambda item: (-sum(item[1]["sites"].values()), item[0]))
    rows = tuple(
        (
            str(park["name"]),
            park["place"],
            count(len(park["sites"])),
            hectares(sum(park["sites"].values())),
            "zeker" if park["certain"] else "mogelijk",
        )
        for _, park in ordered[:MOST_PARKS]
    )
    more = "" if len(ordered) <= MOST_PARKS else f" (de grootste {MOST_PARKS} van {len(ordered)})"
    columns = (
        Column("Terrein"),
        Column("Gemeente"),
        Column("Plekken", "right"),
        Column("Ruimte", "right"),
        Column("Oordeel"),
    )
    yield Table(f"Waar het ook past en niet is gekozen{more}", columns, rows)
    yield Paragraph(
        "Dat een plek hier niet is gekozen, maakt haar niet ongeschikt. Met een andere weging van tekort, "
        "mensen en geschiktheid kan de keuze anders uitvallen."
    )


def _amount(value: float, unit: str) -> str:
    """Write by how much a site missed a rule."""
    if unit == "share":
        return f"{number_nl(100 * value)} % van de plek"
    one, many = COUNTED.get(unit, (unit, unit))
    if unit in COUNTED:
        return f"{number_nl(value)} {one if value == 1 else many}"
    if 0 < value < SMALLEST:
        return f"minder dan 0,1 {unit}"
    return f"{number_nl(value, 1 if value < 10 else 0)} {unit}"  # noqa: PLR2004 where a decimal says nothing
