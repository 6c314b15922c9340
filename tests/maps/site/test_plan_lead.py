"""The first sentence of a plan test: what it costs, and no rule left out of the count."""

from __future__ import annotations

import math

import pytest

from maps.site.frame import Frame
from maps.site.plan_test import Rule, lead_of

WORDS = {"met": "gehaald", "not_met": "niet gehaald", "perhaps": "misschien niet gehaald", "not_assessed": "niet beoordeeld"}  # fmt: skip


def lost(low: float, high: float) -> list[dict[str, object]]:
    return [{"figure": "area", "low": 9.0, "high": 9.0}, {"figure": "heavy_lost", "low": low, "high": high}]


def rules(*outcomes: str) -> list[Rule]:
    return [Rule("regel", outcome, WORDS[outcome], "") for outcome in outcomes]


@pytest.mark.parametrize(
    ("low", "high", "outcomes", "text"),
    [
        (0.0, 0.0, ["met", "met", "not_assessed"],
         "Dit plan kost geen ruimte voor hoge categorie. Van de 3 regels: 1 niet beoordeeld, 2 gehaald."),
        (1.5, 4.0, ["met", "not_met", "perhaps"],
         ("Dit plan kost 1,5 tot 4,0 hectare ruimte voor hoge categorie. "
          "Van de 3 regels: 1 niet gehaald, 1 misschien niet gehaald, 1 gehaald.")),
        (math.nan, math.nan, ["not_assessed", "not_assessed"],
         "Het verlies aan ruimte is niet beoordeeld. Van de 2 regels: 2 niet beoordeeld."),
    ],
)  # fmt: skip
def test_the_lead_says_the_cost_and_counts_every_rule(
    low: float, high: float, outcomes: list[str], text: str
) -> None:
    frame = Frame(language="nl", title="Proef")
    assert lead_of(lost(low, high), rules(*outcomes), frame) == text
