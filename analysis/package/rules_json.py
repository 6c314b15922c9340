"""The exchange files of the VNG standard "Regels bij activiteiten" 1.0: rules, activities and locations.

Every id is derived from what the thing is (municipality, block, place in the block, shape), never drawn, so
that it stays the same between runs and while the wording changes. Coordinates are EPSG:28992, in metres with
three decimals.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analysis.package.judge import Judged
    from analysis.package.settings import PackageSettings
    from layers.block_model import Activity
    from layers.documents import Article, Clause

FILES: Final = ("regelteksten", "juridischeregelsvooriedereen", "activiteiten", "locaties")
WORK_PACKAGE: Final = "KEUZEPAKKET-CONCEPT"
PLAN_TYPE: Final = {"code": "/join/id/stop/regelingtype_003", "waarde": "Omgevingsplan"}
PARENT: Final = "nl.imow-mnre1034.activiteit.ActInOmgevingsplan"
QUALIFICATIONS: Final = {
    "Vergunningplicht": "vergunningplicht",
    "Verbod": "verbod",
    "Toegestaan": "toegestaan",
    "Informatieplicht": "informatieplicht",
    "Meldingsplicht": "meldingsplicht",
    "AndersGeduid": "anders geduid",
}
NORMING: Final = ("permit", "prohibition", "information", "norm")
"""Roles of articles that say what is asked of the activity."""
ID_LENGTH: Final = 32
DECIMALS: Final = 3


def rules_json(
    chosen: Sequence[Judged], municipality: str, name: str, settings: PackageSettings
) -> dict[str, list[dict[str, Any]]]:
    """Write the rules of the chosen blocks that land in the municipal plan as articles.

    Parameters
    ----------
    chosen
        Filled-in blocks.
    municipality, name
        Code and name.
    settings
        Of the package; a sample gets a fictitious authority.

    Returns
    -------
    dict
        The content of the four files, each under its own name.
    """
    writer = _Writer(municipality, name, settings)
    number = 1
    for judged in chosen:
        articles = judged.articles(number)
        # the same numbers as in the choice package
        number += len(articles) if judged.block.form == "rule" else 0
        if judged.block.form == "rule" and judged.block.lands_in == "omgevingsplan":
            writer.block(judged, articles)
    return writer.content


class _Writer:
    """Collects the four files."""

    def __init__(self, municipality: str, name: str, settings: PackageSettings) -> None:
        self._code = settings.municipal_code(municipality)
        self._municipality = municipality
        self._name = name
        self._date = settings.reference_date.isoformat()
        self._sample = settings.sample
        self._seen: set[str] = set()
        self.content: dict[str, list[dict[str, Any]]] = {file: [] for file in FILES}

    def block(self, judged: Judged, articles: Sequence[Article]) -> None:
        """Write one block."""
        block = judged.block
        places = sorted(judged.places, key=lambda place: place.id)
        areas = [self._id("gebied", place.id) for place in places]
        for area, where in zip(areas, places, strict=True):
            if area not in self._seen:
                self._seen.add(area)
                self.content["locaties"].append(self._location(area, where.name, where.shape))
        if not areas:
            areas = [self._id("ambtsgebied", "hele gemeente")]
        activity = self._id("activiteit", block.id)
        rules: list[str] = []
        roles = [article.role for article in block.articles if judged.option in article.options]
        for order, (article, role) in enumerate(zip(articles, roles, strict=True)):
            normed = self._normed(block.activity, block.id, activity, areas) if role in NORMING else []
            for place, (number, text) in enumerate(_pieces(article)):
                # not the wording and not the number: those may change while the rule stays the same
                key = f"{block.id}/{role}/{roles[:order].count(role)}/{place}"
                rule_text, rule = self._id("regeltekst", key), self._id("juridischeregel", key)
                self.content["regelteksten"].append(self._text(rule_text, article, number, text, areas))
                self.content["juridischeregelsvooriedereen"].append(
                    self._rule(rule, rule_text, areas, normed)
                )
                if normed:
                    rules.append(rule)
        if block.activity is not None and rules:
            self.content["activiteiten"].append(self._activity(block.activity, activity, rules))

    def _id(self, kind: str, key: str) -> str:
        digest = hashlib.sha256(f"kringruimte/{self._municipality}/{kind}/{key}".encode()).hexdigest()
        return f"nl.imow-{self._code}.{kind}.{digest[:ID_LENGTH]}"

    def _location(self, area: str, name: str, shape: shapely.MultiPolygon) -> dict[str, Any]:
        parts = [_rings(part) for part in shape.geoms]
        geometry = (
            {"polygon": {"type": "Polygon", "coordinates": parts[0]}}
            if len(parts) == 1
            else {"multiPolygon": {"type": "MultiPolygon", "coordinates": parts}}
        )
        noun = f"{name} (voorbeeld)" if self._sample else name
        return {
            "identificatie": area,
            "noemer": noun,
            "type": "gebied",
            "geometrie": geometry,
            "werkpakketCode": WORK_PACKAGE,
        }

    def _text(
        self, key: str, article: Article, number: int | None, text: str, areas: list[str]
    ) -> dict[str, Any]:
        stem = f"{self._code}_CONCEPT__art_{article.number}"
        return {
            "identificatie": key,
            "documentComponent": {
                "identificatie": stem if number is None else f"{stem}__para_{number}",
                "kop": {"label": "Artikel", "nummer": article.number, "opschrift": article.title},
                "omgevingsdocument": {
                    "codeBevoegdGezag": f"/tooi/id/gemeente/{self._code}",
                    "identificatie": f"/akn/nl/bill/{self._code}/{self._date[:4]}/CONCEPT-keuzepakket",
                    "opschrift": f"Omgevingsplan {self._name} (concept, juridisch te toetsen)",
                    "type": PLAN_TYPE,
                },
                "type": "artikel" if number is None else "lid",
                "volgordeNummer": number or 0,
                "vervallen": False,
            },
            "locatieIdentificaties": areas,
            "omschrijving": text,
            "werkpakketCode": WORK_PACKAGE,
            "laatsteWijzigingsdatum": self._date,
        }

    def _rule(
        self, key: str, rule_text: str, areas: list[str], normed: list[dict[str, Any]]
    ) -> dict[str, Any]:
        return {
            "identificatie": key,
            "regeltekstIdentificatie": rule_text,
            "gedefinieerdeLocatieIdentificaties": areas,
            "idealisatie": {"code": "Exact", "waarde": "exact"},
            "normeertActiviteiten": normed,
            "omschrijving": "Concept, juridisch te toetsen",
        }

    def _normed(
        self, activity: Activity | None, block: str, key: str, areas: list[str]
    ) -> list[dict[str, Any]]:
        if activity is None:
            return []
        code = activity.qualification
        return [
            {
                "activiteitIdentificatie": key,
                "activiteitLocatieIdentificatie": self._id("activiteitlocatieaanduiding", block),
                "activiteitregelkwalificatie": {"code": code, "waarde": QUALIFICATIONS[code]},
                "gekwalificeerdeLocatieIdentificaties": areas,
            }
        ]

    def _activity(self, activity: Activity, key: str, rules: list[str]) -> dict[str, Any]:
        return {
            "identificatie": key,
            "naam": activity.name,
            "groep": {"code": activity.group, "waarde": activity.group_label},
            "bovenliggendeActiviteitIdentificatie": PARENT,
            "juridischeRegelVoorIedereenIdentificaties": rules,
            "laatsteWijzigingsdatum": self._date,
        }


def _pieces(article: Article) -> Iterator[tuple[int | None, str]]:
    """Give the numbered clauses of an article as running text, one without number when there is one."""
    if len(article.clauses) == 1:
        yield None, _whole(article.clauses[0])
        return
    for number, clause in enumerate(article.clauses, start=1):
        yield number, _whole(clause)


def _whole(clause: Clause) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    return " ".join(
        [clause.text, *(f"{letter}. {part}" for letter, part in zip(letters, clause.parts, strict=False))]
    )


def _rings(part: shapely.Polygon) -> list[list[list[float]]]:
    return [
        [[round(float(x), DECIMALS), round(float(y), DECIMALS)] for x, y in shapely.get_coordinates(ring)]
        for ring in (part.exterior, *part.interiors)
    ]
