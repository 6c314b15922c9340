"""Everything that the documents of one municipality are written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from layers.block_texts import Filling
from layers.documents import Paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from analysis.package.judge import Judged, Judgement
    from analysis.package.settings import PackageSettings
    from layers.municipal_facts import Facts

CONCEPT: Final = "Concept, juridisch te toetsen"
CONCEPT_LONG: Final = (
    "Concept, juridisch te toetsen. De teksten zijn bouwmateriaal en geen juridisch advies. Laat een "
    "jurist ze "
    "nakijken voordat u ze gebruikt."
)


@dataclass(frozen=True, slots=True)
class Context:
    """What a document may use.

    Attributes
    ----------
    tables
        Of the release.
    code, name
        Of the municipality.
    facts
        Its numbers.
    words
        Names for texts.
    judgement
        Verdicts and chosen blocks.
    locations
        Working areas.
    changes
        Against an earlier package.
    has_earlier
        Whether there was one.
    """

    tables: Mapping[str, pd.DataFrame]
    code: str
    name: str
    facts: Facts
    words: Mapping[str, str]
    judgement: Judgement
    locations: gpd.GeoDataFrame
    changes: pd.DataFrame
    has_earlier: bool
    settings: PackageSettings

    def say(self, text: str) -> str:
        """Fill a sentence with facts and names."""
        return Filling(self.words, self.facts).fill(text)

    def has(self, fact: str) -> bool:
        """Tell whether a fact is known and more than nothing."""
        return (self.facts.get(fact) or 0) > 0

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to adopt."""
        return not self.judgement.chosen and not self.of("recommended", "optional")

    def of(self, *verdicts: str) -> list[Judged]:
        """Give the blocks with one of these verdicts, in order."""
        return [judged for judged in self.judgement.blocks if judged.verdict in verdicts]

    @property
    def status(self) -> str:
        """Status on top of every document."""
        place = f"procedure: {self.settings.status_nl}"
        return f"{CONCEPT}; {place}" + ("; voorbeeld met verzonnen gegevens" if self.settings.sample else "")

    def concept(self) -> Paragraph:
        """Give the paragraph that says what the texts are."""
        return Paragraph(CONCEPT_LONG, tone="concept")

    def source(self) -> Paragraph:
        """Give where the numbers come from."""
        day = self.settings.reference_date
        text = (
            f"Bron: release {self.settings.release} van {self.settings.province}, peildatum "
            f"{day.day}-{day.month}-{day.year}. De meeste cijfers rusten op aannames; hun status staat "
            f"erbij in het "
            "keuzepakket."
        )
        note = f" {self.settings.note}" if self.settings.sample and self.settings.note else ""
        return Paragraph(text + note, tone="source")
