"""What people read in an import package: LEESMIJ, the pages of validation and of changes, the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
import pandas as pd

from layers.dutch import number_nl
from layers.export_settings import CONCEPT, MISSING_NL, UNDECIDED, slug
from layers.exports.gio.findings import ERROR, WARNING, rules
from layers.exports.gio.xml import clean
from layers.exports.kinds import STATUS_LABELS
from layers.exports.locations import concept_line
from layers.exports.plain import NOTHING, Page, as_csv, missing, shown
from layers.exports.was_wordt import CHANGED, GONE, NEW, SAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.export_settings import ExportSettings
    from layers.exports.gio.ow import Purpose
    from layers.exports.locations import Locations

IN_ORDER: Final = "in orde"
NOT_CHECKED: Final = "niet gecontroleerd"
LABELS: Final = {
    "locatie_id": "Id van de locatie (basisgeo:id)",
    "zone_id": "Zone",
    "naam": "Naam",
    "groep_id": "Beschermingsvorm (groep)",
    "beschermingsvorm": "Wat de beschermingsvorm inhoudt",
    "procedurestatus": "Status in de procedure",
    "status": "Wat dit is",
    "terrein_id": "Nummer van het bedrijventerrein",
    "terrein": "Bedrijventerrein",
    "gemeentecode": "Gemeentecode",
    "gemeente": "Gemeente",
    "ligt_in": "Ligt in",
    "deelgebied": "Deelgebied",
    "oppervlakte_ha": "Oppervlakte (ha)",
    "categorie_niet_beoordeeld_ha": "Categorie niet beoordeeld (ha)",
    "categorie_tot_en_met_3_2_ha": "Categorie tot en met 3.2 (ha)",
    "categorie_4_1_ha": "Categorie 4.1 (ha)",
    "categorie_4_2_ha": "Categorie 4.2 (ha)",
    "categorie_5_1_en_hoger_ha": "Categorie 5.1 en hoger (ha)",
    "aan_water_ha": "Aan water (ha)",
    "nabij_water_ha": "Nabij water (ha)",
    "niet_aan_water_ha": "Niet aan water (ha)",
    "water_niet_beoordeeld_ha": "Water niet beoordeeld (ha)",
    "zware_grond_ha": "Zware grond (ha)",
    "natte_grond_ha": "Natte grond (ha)",
    "stroomnet_vol_ha": "Stroomnet nog vol (ha)",
    "vanaf_jaar": "Vanaf",
    "functies": "Functies (motivering)",
    "reden": "Reden",
    "score": "Geschiktheid (0 tot 1)",
    "bouwstenen": "Passende bouwstenen",
    "oordeel": "Oordeel",
    "verandering": "Verandering",
    "wat": "Wat er veranderde",
    "was_ha": "Was (ha)",
    "wordt_ha": "Wordt (ha)",
    "verschil_ha": "Verschil (ha)",
    "erbij_ha": "Erbij (ha)",
    "eraf_ha": "Eraf (ha)",
}
"""Column to what readers see."""
WHAT: Final = ("naam", "groep_id", "oppervlakte_ha", "vanaf_jaar", "functies", "reden", "score")
"""Columns of the first table of a page: what and why."""
CLASSES: Final = (
    "naam", "categorie_tot_en_met_3_2_ha", "categorie_4_1_ha", "categorie_4_2_ha",
    "categorie_5_1_en_hoger_ha", "categorie_niet_beoordeeld_ha", "aan_water_ha", "nabij_water_ha",
    "niet_aan_water_ha", "water_niet_beoordeeld_ha",
)  # fmt: skip
"""Columns of the second: hectares per class."""
FIND: Final = ("naam", "ligt_in", "procedurestatus", "bouwstenen", "locatie_id")
"""Columns of the third: where it lies, how far it is, how it is found in other files."""
KEEP: Final = "behouden"
CHANGE_LABELS: Final = {
    "naam": "Naam",
    "verandering": "Verandering",
    "wat": "Wat er veranderde",
    "groep_was": "Beschermingsvorm was",
    "groep_id": "Beschermingsvorm wordt",
    "was_ha": "Was (ha)",
    "wordt_ha": "Wordt (ha)",
    "verschil_ha": "Verschil (ha)",
    "locatie_id_was": "Id was",
    "locatie_id": "Id wordt",
}


def outcome_of(code: str, findings: pd.DataFrame, *, schemas: bool) -> str:
    """Say how a rule came out."""
    rule = rules()[code]
    found = int((findings["code"] == code).sum())
    if found:
        return f"{found} {rule.severity if found == 1 else _plural(rule.severity)}"
    if rule.checked == "nee" or (rule.checked == "met schemamap" and not schemas):
        return NOT_CHECKED
    return IN_ORDER


def _plural(severity: str) -> str:
    return "fouten" if severity == ERROR else "waarschuwingen"


def validation_json(
    findings: pd.DataFrame, settings: ExportSettings, purpose: Purpose, *, schemas: bool
) -> bytes:
    """Write what was checked and found, for programs."""
    content = {
        "format": "kringruimte-validatie",
        "format_version": 1,
        "expressie": settings.expression_of(purpose),
        "doel": f"omgevings{purpose}",
        "release": settings.release.name,
        "fouten": int((findings["ernst"] == ERROR).sum()),
        "waarschuwingen": int((findings["ernst"] == WARNING).sum()),
        "schemas_gecontroleerd": schemas,
        "regels": [
            {
                "code": rule.code,
                "ernst": rule.severity,
                "regel_nl": rule.title_nl,
                "regel_en": rule.title_en,
                "bron": rule.source,
                "uitkomst": outcome_of(rule.code, findings, schemas=schemas),
            }
            for rule in rules().values()
        ],
        "bevindingen": [
            {name: (None if value is pd.NA else value) for name, value in row.items()}
            for row in findings.to_dict("records")
        ],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def validation_page(
    findings: pd.DataFrame, settings: ExportSettings, purpose: Purpose, *, schemas: bool
) -> bytes:
    """Write the same for people."""
    page = Page(f"Validatie van het importpakket voor de omgevings{purpose}", concept_line(settings))
    errors = int((findings["ernst"] == ERROR).sum())
    warnings = int((findings["ernst"] == WARNING).sum())
    checked = sum(outcome_of(code, findings, schemas=schemas) != NOT_CHECKED for code in rules())
    page.paragraph(
        f"Het pakket is gecontroleerd op {checked} van {len(rules())} regels; de andere gaan over wat niet "
        f"in het pakket zit en staan hieronder. Gevonden: {errors} fouten en {warnings} waarschuwingen. Bij "
        "een fout wordt geen pakket gemaakt."
    )
    schema = "zijn ook gebruikt" if schemas else "zijn niet gebruikt: er is geen schemamap ingesteld"
    page.paragraph(f"De officiële schema's (XSD) {schema}.")
    if len(findings):
        page.heading("Bevindingen")
        names = {
            "code": "Regel", "ernst": "Ernst", "bestand": "Bestand", "plaats": "Plaats",
            "bevinding": "Gevonden", "melding_nl": "Wat er is", "herstel_nl": "Wat te doen",
        }  # fmt: skip
        page.table("Wat is gevonden en wat er te doen is", names, findings.fillna(""))
    page.heading("Alle regels")
    rows = pd.DataFrame(
        [
            (rule.code, rule.title_nl, outcome_of(rule.code, findings, schemas=schemas), rule.source)
            for rule in rules().values()
        ],
        columns=["code", "regel", "uitkomst", "bron"],
    )
    names = {"code": "Regel", "regel": "Wat fout zou zijn", "uitkomst": "Uitkomst", "bron": "Bron"}
    page.table("Elke regel met haar uitkomst", names, rows)
    return page.write()


def changes_page(changes: pd.DataFrame, settings: ExportSettings, before: str) -> bytes:
    """Write the page of what changed."""
    page = Page("Was en wordt", concept_line(settings))
    counts = {kind: int((changes["verandering"] == kind).sum()) for kind in (NEW, CHANGED, GONE, SAME)}
    page.paragraph(f"Vergeleken met: {before}.")
    page.paragraph(", ".join(f"{number} {kind}" for kind, number in counts.items()) + ".")
    rows = pd.DataFrame(changes[changes["verandering"] != SAME].drop(columns="geometry"))
    rows["naam"] = [
        old if missing(new) else new for old, new in zip(rows["naam_was"], rows["naam"], strict=True)
    ]
    for name in ("wat", "groep_was", "groep_id", "locatie_id_was", "locatie_id"):
        rows[name] = ["-" if missing(value) else value for value in rows[name]]
    if len(rows):
        hectares = [name for name in CHANGE_LABELS if name.endswith("_ha")]
        page.table("Locaties die nieuw, gewijzigd of vervallen zijn", CHANGE_LABELS, rows, hectares)
    return page.write()


def tables_of(locations: Locations, settings: ExportSettings) -> Iterator[tuple[str, bytes]]:
    """Write the table of all locations and one per municipality, as CSV and as page.

    A location across a border is in the table of each municipality that it lies in, with its hectares there.
    """
    proposed = pd.DataFrame(locations.proposed.drop(columns="geometry"))
    yield "tabellen/locaties.csv", as_csv(proposed)
    yield "tabellen/locaties.html", _page("Alle voorgestelde locaties", proposed, settings)
    yield "tabellen/bronnen.csv", as_csv(locations.sources)
    for code, town in locations.towns.items():
        part = locations.municipalities[locations.municipalities["gemeentecode"] == code]
        there = dict(zip(part["locatie_id"], part["oppervlakte_ha"], strict=True))
        own = proposed[proposed["locatie_id"].isin(there)].reset_index(drop=True)
        place = list(own.columns).index("oppervlakte_ha") + 1
        own.insert(place, "in_gemeente_ha", [float(there[key]) for key in own["locatie_id"]])
        stem = f"tabellen/gemeenten/{code.lower()}-{slug(town)}"
        yield f"{stem}.csv", as_csv(own)
        yield f"{stem}.html", _page(f"Voorgestelde locaties in {town}", own, settings)


def _page(title: str, frame: pd.DataFrame, settings: ExportSettings) -> bytes:
    page = Page(title, concept_line(settings))
    if not len(frame):
        page.paragraph("In deze gemeente zijn geen locaties voorgesteld.")
        return page.write()
    area = "in_gemeente_ha" if "in_gemeente_ha" in frame else "oppervlakte_ha"
    page.paragraph(
        f"{len(frame)} locaties, samen {number_nl(float(frame[area].sum()), 1)} ha. Hectares zijn afgerond."
    )
    rows = frame.assign(
        functies=_texts(frame, "functies", "geen: de ruimte zelf blijft behouden"),
        vanaf_jaar=_texts(frame, "vanaf_jaar", "nu"),
        score=_texts(frame, "score", "niet van toepassing"),
    )
    what = {name: LABELS[name] for name in WHAT}
    if "in_gemeente_ha" in frame:
        what = _after(what, "oppervlakte_ha", "in_gemeente_ha", "Waarvan in deze gemeente (ha)")
    tables = (
        ("Wat is voorgesteld en waarom", what),
        ("Hectares per milieucategorie en per ligging aan water", {name: LABELS[name] for name in CLASSES}),
        ("Waar het ligt en hoe het heet in de andere bestanden", {name: LABELS[name] for name in FIND}),
    )
    for caption, labels in tables:
        page.heading(caption)
        page.table(
            f"{title}: {caption.lower()}", labels, rows, [name for name in labels if name.endswith("_ha")]
        )
    return page.write()


def _after(labels: dict[str, str], name: str, new: str, label: str) -> dict[str, str]:
    result = {}
    for key, value in labels.items():
        result[key] = value
        if key == name:
            result[new] = label
    return result


def _texts(frame: pd.DataFrame, name: str, of_kept: str) -> list[str]:
    """Write a column whose empty cells mean something else for land that is kept."""
    values = frame[name].astype(object)
    empty = [of_kept if group == KEEP else NOTHING for group in frame["groep_id"]]
    return [
        otherwise if missing(value) else shown(value, 2) if isinstance(value, float) else str(value)
        for value, otherwise in zip(values, empty, strict=True)
    ]


def _secret(settings: ExportSettings) -> str:
    undecided = settings.release.procedure_status in UNDECIDED
    return " Niet openbaar: deel dit pakket niet verder." if undecided else ""


def readme(settings: ExportSettings, purpose: Purpose, counts: dict[str, int], name: str) -> bytes:
    """Write LEESMIJ: what is in the package and what to do with it, in plain Dutch."""
    absent = [MISSING_NL[name] for name in settings.missing(purpose)]
    concept = (
        [
            f"Nog in te vullen door de provincie; tot dan staat er {CONCEPT} of een standaard:",
            *(f"- {text}" for text in absent),
        ]
        if absent
        else ["Alle gegevens van de provincie zijn ingevuld."]
    )
    made_up = (
        [
            "LET OP: dit is een voorbeeld. De gegevens zijn verzonnen en de overheid in de ids bestaat niet.",
            "",
        ]
        if settings.release.sample
        else []
    )
    extra = (
        "en het tekstdeel (idealisatie: indicatief)"
        if purpose == "visie"
        else "(type en groep: een instelling)"
    )
    lines = [
        f"IMPORTPAKKET VOOR DE OMGEVINGS{purpose.upper()}",
        clean(f"{settings.title} - alternatief: {settings.alternative}"),
        "",
        *made_up,
        "Wat is dit?",
        f"Dit pakket bevat {counts['voorgesteld']} voorgestelde locaties voor circulaire bedrijvigheid.",
        "Het is een onderbouwd alternatief en geen besluit. De tekst en de kaart zijn een concept en moeten",
        "juridisch worden getoetst. Elk alternatief heeft een eigen pakket.",
        f"Status in de procedure: {STATUS_LABELS[settings.release.procedure_status]}.{_secret(settings)}",
        f"Peildatum: {settings.release.reference_date.isoformat()}. Release: {settings.release.name or '-'}.",
        *concept,
        "",
        "Wat zit erin?",
        "- reservering.gpkg: alle lagen voor QGIS, met stijl en metadata. De voorgestelde locaties staan",
        "  in 'voorgesteld'. Wat is gewogen en niet voorgesteld staat in 'kandidaten' en 'afgewezen', en",
        "  nergens anders.",
        f"- gio/{name}.gml: de locaties als GIO (STOP 1.3.0).",
        f"  {name}.gfs moet ernaast staan, anders leest QGIS het GIO niet.",
        f"  {name}.sld is de stijl.",
        f"  GIO_{name}.xml gaat mee bij de aanlevering.",
        "- ow/: een concept van de annotatie: gebieden, gebiedengroep, gebiedsaanwijzing",
        f"  {extra}.",
        "- was-wordt.csv, .geojson en .html: wat veranderde sinds het vorige pakket.",
        "- validatie.json en validatie.html: elke regel die is gecontroleerd, met de officiële code.",
        "- metadata.xml: de beschrijving van de gegevens (ISO 19115, Nederlands profiel 2.1.0).",
        "- tabellen/: alle locaties en per gemeente een tabel, als CSV en als webpagina.",
        "",
        "Hoe gebruikt u dit?",
        "1. Kijk eerst in validatie.html of er waarschuwingen zijn.",
        "2. Bekijk de locaties in reservering.gpkg of in tabellen/locaties.html.",
        "3. Lees gio/ en ow/ in met de plansoftware. Die geeft de definitieve ids van de regeling.",
        "4. Een locatie die niet verandert houdt haar id. Bewaar dit pakket: het volgende wordt ermee",
        "   vergeleken.",
        "",
        "Wat betekent de geschiktheid?",
        "Een getal van 0 tot 1 voor de gekozen grond in de locatie, met de gewichten van het project. Waar",
        "niets staat is zij niet beoordeeld; voor grond die behouden blijft geldt zij niet. Richtafstanden",
        "zijn een aanwijzing en geen recht.",
    ]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
