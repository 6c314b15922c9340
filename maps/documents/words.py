"""The few words that drawing adds to what a document says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.documents import Tone


@dataclass(frozen=True, slots=True)
class Words:
    """Words in one language."""

    article: str
    concept: str
    contents: str
    figure: str
    of: str
    page: str
    skip: str
    source: str
    status: str
    table: str
    warning: str


WORDS: Final[Mapping[str, Words]] = {
    "nl": Words(
        article="Artikel",
        concept="Concept",
        contents="Inhoud",
        figure="Kaart",
        of="van",
        page="Pagina",
        skip="Naar de inhoud",
        source="Bron",
        status="Status",
        table="Tabel",
        warning="Let op",
    ),
    "en": Words(
        article="Article",
        concept="Draft",
        contents="Contents",
        figure="Map",
        of="of",
        page="Page",
        skip="To the contents",
        source="Source",
        status="Status",
        table="Table",
        warning="Note",
    ),
}
LOCALES: Final = {"nl": "nl-NL", "en": "en-GB"}


def words_of(language: str) -> Words:
    """Give the words of a language; Dutch for one that is not here."""
    return WORDS.get(language, WORDS["nl"])


def prefix(tone: Tone, text: str, words: Words) -> str:
    """Give the word before a text that says in words what its colour says; empty when the text says so."""
    word = {"warning": words.warning, "concept": words.concept, "source": words.source}.get(tone, "")
    return "" if not word or text.casefold().startswith(word.casefold()) else f"{word}: "
