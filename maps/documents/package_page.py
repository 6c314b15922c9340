"""The page on top of a municipality's package: every file, what it is for and how large it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from markupsafe import Markup

from maps import wording
from maps.documents.content import clean_text
from maps.documents.html import style_sheet, template
from maps.webmap import content_policy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NAME: Final = "index.html"
"""What the page is called in the package."""
KILO: Final = 1000
KINDS: Final = {
    ".docx": "Word, te bewerken",
    ".pdf": "PDF, toegankelijk",
    ".html": "webpagina",
    ".gpkg": "GeoPackage (RD)",
    ".geojson": "GeoJSON (RD)",
    ".json": "JSON (uitwisseling)",
    ".csv": "CSV (tabel)",
    ".txt": "tekst",
    ".toml": "instellingen",
    ".md": "tekst",
}
"""End of a file name to what readers see."""
PURPOSES: Final[tuple[tuple[str, str, str], ...]] = (
    ("een-a4", "Eén A4", "Wat dit betekent, wat u besluit en wat er gebeurt als u niets doet."),
    ("raadsvoorstel", "Raadsvoorstel", "Voorstel van het college aan de raad."),
    ("raadsbesluit", "Raadsbesluit", "Besluit dat de raad kan nemen."),
    ("keuzepakket", "Keuzepakket", "Het hele pakket: kaarten, bewijs, bouwstenen met tekst en motivering."),
    (
        "locatiedossier",
        "Locatiedossier",
        "Eén plek: bewijs, alternatieven, gezondheid, regels en zienswijzen.",
    ),
    ("wijzigingen", "Wijzigingen", "Wat er is veranderd sinds het vorige pakket."),
    ("keuze", "Keuzes", "De keuzes waarmee dit pakket is gemaakt; pas ze aan en maak het opnieuw."),
    ("werkingsgebieden", "Werkingsgebieden", "Waar elke bouwsteen geldt, als kaartlagen."),
    ("regels", "Regels bij activiteiten", "Voor plansoftware: uitwisselbestand van de VNG."),
    ("stand", "Stand van dit pakket", "Bewaar dit bestand: het volgende pakket vergelijkt zich ermee."),
)
"""Begin of a file name to what it is called and what it is for."""
DOSSIER: Final = "locatiedossier"
SEVERAL: Final = frozenset({DOSSIER, "regels"})
"""Of these there are several, so that they bear their own name."""
BY_END: Final = {
    ".gpkg": "Werkingsgebieden als kaartlagen, voor QGIS en andere kaartsoftware.",
    ".geojson": "Werkingsgebieden voor websites en kaartsoftware.",
    ".json": "Gegevens voor plansoftware.",
}
GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    "lezen": ("Om te lezen en te besluiten", "Dezelfde tekst als Word, PDF en webpagina."),
    "plekken": ("Per plek", "Van elke voorgestelde plek een dossier."),
    "kaarten": ("Kaartbestanden", "De werkingsgebieden in het Rijksdriehoeksstelsel (EPSG:28992)."),
    "software": ("Voor software", "Om de tekst en de keuzes in te lezen in andere programma's."),
}
"""Anchor of each group of files to its title and a remark."""
READ: Final = (".docx", ".pdf", ".html")
MAPS: Final = (".gpkg", ".geojson")
ORDER: Final = tuple(begin for begin, _, _ in PURPOSES)


@dataclass(frozen=True, slots=True)
class PackageHead:
    """What stands on top of the page.

    Attributes
    ----------
    municipality
        Its name.
    status
        What the package is and is not.
    lead
        The answer in a sentence or two.
    notes
        What a reader must know.
    purposes, titles
        Path to what it is for and what it is called, where the usual text does not do.
    """

    municipality: str
    status: str
    lead: str = ""
    notes: tuple[str, ...] = ()
    purposes: Mapping[str, str] | None = None
    titles: Mapping[str, str] | None = None


def package_page(head: PackageHead, files: Mapping[str, bytes]) -> bytes:
    """Write the page.

    Parameters
    ----------
    head
        What stands on top.
    files
        Path in the package to content; the page itself is left out.

    Returns
    -------
    bytes
        HTML 5 in UTF-8 without script or remote reference; links are relative to the package.
    """
    style = style_sheet()
    return template("package_page.html.j2").render(
        csp=content_policy([], [style]),
        style=Markup(style),  # noqa: S704 - a file of ours
        title=f"Keuzepakket voor {clean_text(head.municipality)}",
        subtitle="Bouwstenen voor circulaire ruimte op bedrijventerreinen",
        status=clean_text(head.status),
        lead=clean_text(head.lead),
        groups=_groups(head, files),
        notes=[clean_text(note) for note in head.notes],
    ).encode()  # fmt: skip


def size_text(count: int) -> str:
    """Write the size of a file: 950 bytes, 12 kB or 1,4 MB."""
    if count < KILO:
        return "1 byte" if count == 1 else f"{count} bytes"
    if count < KILO**2:
        return f"{wording.number(Decimal(count) / KILO)} kB"
    whole = (Decimal(count) / KILO**2).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    return f"{wording.number(whole, 1)} MB"


def _groups(head: PackageHead, files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    stems: dict[str, dict[str, list[str]]] = {anchor: {} for anchor in GROUPS}
    for path in sorted((path for path in files if path != NAME), key=_place):
        stems[_group(path)].setdefault(path.rpartition(".")[0], []).append(path)
    return [
        {
            "anchor": anchor,
            "title": title,
            "says": says,
            "rows": [_row(head, paths, files) for paths in stems[anchor].values()],
        }
        for anchor, (title, says) in GROUPS.items()
        if stems[anchor]
    ]


def _group(path: str) -> str:
    if _is(path, DOSSIER):
        return "plekken"
    if path.endswith(MAPS):
        return "kaarten"
    return "lezen" if path.endswith(READ) else "software"


def _row(head: PackageHead, paths: Sequence[str], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Give one piece with the files in which it comes."""
    first, purposes, titles = paths[0], head.purposes or {}, head.titles or {}
    name = first.rpartition("/")[2]
    begin, title, says = next((known for known in PURPOSES if _is(first, known[0])), ("", "", ""))
    own = next((purposes[path] for path in paths if path in purposes), "")
    called = next((titles[path] for path in paths if path in titles), "")
    stem = name.rpartition(".")[0]
    return {
        "title": clean_text(called or (title if title and begin not in SEVERAL else stem)),
        "purpose": clean_text(own or says or _by_end(first, BY_END.items())),
        "files": [
            {
                "path": path,
                "address": quote(path),
                "kind": _by_end(path, KINDS.items()),
                "size": size_text(len(files[path])),
            }
            for path in paths
        ],
    }


def _is(path: str, begin: str) -> bool:
    """Tell whether a file, or the folder in which it stands, begins with a name."""
    return path.startswith(f"{begin}/") or path.rpartition("/")[2].startswith(begin)


def _by_end(path: str, known: Iterable[tuple[str, str]]) -> str:
    return next((text for end, text in known if path.endswith(end)), "bestand")


def _place(path: str) -> tuple[int, str, int]:
    """Put what is read first on top, and of one document Word before PDF before web page."""
    begin = next((place for place, begin in enumerate(ORDER) if _is(path, begin)), len(ORDER))
    end = next((place for place, end in enumerate(READ) if path.endswith(end)), len(READ))
    return begin, path.rpartition(".")[0], end
