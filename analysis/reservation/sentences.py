"""Sentences made from numbers: each has an id and its values, so that nobody writes free text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SENTENCES = "data/explanation_sentences.csv"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement.

    Attributes
    ----------
    sentence_id
        Which one; the words stand in ``layers/data/explanation_sentences.csv``.
    values
        What it was made of: numbers, ids and names.
    text_nl
        As people read it.
    """

    sentence_id: str
    values: Mapping[str, Any]
    text_nl: str

    def plain(self) -> dict[str, Any]:
        """Give plain values for JSON."""
        return {"id": self.sentence_id, "values": dict(self.values), "text_nl": self.text_nl}


def say(sentence_id: str, shown: Mapping[str, str] | None = None, **values: Any) -> Sentence:
    """Make a sentence.

    Parameters
    ----------
    shown
        Words for values that are not shown as they are, such as numbers in Dutch.
    values
        The values, under the names of the blanks.
    """
    words = {name: str(value) for name, value in values.items()} | dict(shown or {})
    return Sentence(sentence_id, values, _wording()[sentence_id].format(**words))


def plain_sentences(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Give sentences as plain values for JSON."""
    return [sentence.plain() for sentence in sentences]


@cache
def _wording() -> dict[str, str]:
    with files("layers").joinpath(SENTENCES).open(encoding="utf-8") as stream:
        table = pd.read_csv(stream, dtype="string", keep_default_na=False)
    return dict(zip(table["sentence_id"].astype(str), table["text_nl"].astype(str), strict=True))
