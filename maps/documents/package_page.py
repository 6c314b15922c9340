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
PURPOSES: Final[tuple[tuple[str, str], ...]] = (
    ("een-a4", "Op één bladzijde: wat dit betekent, wat u besluit en wat er gebeurt als u niets doet."),
    ("raadsvoorstel", "Voorstel van het college aan de raad."),
    ("raadsbesluit", "Besluit dat de raad kan nemen."),
    ("keuzepakket", "Het hele pakket: kaarten, bewijs, bouwstenen met tekst en motivering per plek."),
    ("locatiedossier", "Dossier van één plek: bewijs, alternatieven, gezondheid, regels en zienswijzen."),
    ("wijzigingen", "Wat er is veranderd sinds het vorige pakket."),
    ("keuze", "De keuzes waarmee dit pakket is gemaakt; pas aan en maak het opnieuw."),
    ("regels", "Regels bij activiteiten, voor plansoftware (VNG-uitwisselbestand)."),
)
"""Begin of a file name to what the file is for."""
BY_END: Final = {
    ".gpkg": "Werkingsgebieden als kaartlagen, voor QGIS en andere kaartsoftware.",
    ".geojson": "Werkingsgebieden voor websites en kaartsoftware.",
    ".json": "Gegevens voor plansoftware.",
}
GROUPS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("lezen", "Om te lezen en te besluiten", "Dezelfde tekst als Word, PDF en webpagina.",
     (".docx", ".pdf", ".html")),
    ("kaarten", "Kaartbestanden", "De werkingsgebieden in het Rijksdriehoeksstelsel (EPSG:28992).",
     (".gpkg", ".geojson")),
    ("software", "Voor software", "Om de tekst en de keuzes in te lezen in andere programma's.", ()),
)  # fmt: skip
"""Anchor, title, remark and file ends of each group; the last one takes what is left."""
ORDER: Final = tuple(begin for begin, _ in PURPOSES)


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
    purposes
        Path to what it is for, where the usual text does not do.
    """

    municipality: str
    status: str
    lead: str = ""
    notes: tuple[str, ...] = ()
    purposes: Mapping[str, str] | None = None


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
    left = sorted((path for path in files if path != NAME), key=_place)
    found = []
    for anchor, title, says, ends in GROUPS:
        own = [path for path in left if not ends or path.endswith(ends)]
        left = [path for path in left if path not in own]
        if own:
            shown = [_file(path, len(files[path]), head.purposes or {}) for path in own]
            found.append({"anchor": anchor, "title": title, "says": says, "files": shown})
    return found


def _file(path: str, size: int, purposes: Mapping[str, str]) -> dict[str, str]:
    return {
        "path": path,
        "address": quote(path),
        "purpose": clean_text(purposes.get(path) or _purpose(path)),
        "kind": _by_end(path, KINDS.items()),
        "size": size_text(size),
    }


def _purpose(path: str) -> str:
    name = path.rpartition("/")[2]
    known = next((text for begin, text in PURPOSES if name.startswith(begin)), "")
    return known or _by_end(path, BY_END.items())


def _by_end(path: str, known: Iterable[tuple[str, str]]) -> str:
    return next((text for end, text in known if path.endswith(end)), "bestand")


def _place(path: str) -> tuple[int, str, int]:
    """Put what is read first on top, and of one document Word before PDF before web page."""
    name = path.rpartition("/")[2]
    begin = next((place for place, begin in enumerate(ORDER) if name.startswith(begin)), len(ORDER))
    ends: Sequence[str] = (".docx", ".pdf", ".html")
    end = next((place for place, end in enumerate(ends) if path.endswith(end)), len(ends))
    return begin, path.rpartition(".")[0], end
