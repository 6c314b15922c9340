"""What the terminal tells of shortages that changed."""

from __future__ import annotations

import io
from typing import Any

from rich.console import Console

from api.cli.cause_tables import print_causes


def told(balance: dict[str, Any] | None) -> str:
    """Print an answer that holds a balance and nothing else."""
    answer: dict[str, Any] = {
        "parks": {kind: [] for kind in ("vanished", "category", "frontage", "homes")},
        "verdicts": [], "totals": [], "reserved": None, "balance": balance, "layers": [], "parameters": [],
        "not_assessed": None, "limits": ["Grens"],
    }  # fmt: skip
    console = Console(file=io.StringIO(), width=140)
    print_causes(console, answer)
    return " ".join(console.file.getvalue().split())  # type: ignore[attr-defined]


def shortage(scope: str, area: str, group: str, **terms: float) -> dict[str, Any]:
    return {
        "scope": scope, "area": area, "year": 2035, "group": group, "before": [0.0, 5.0, 10.0],
        "after": [5.0, 10.0, None], "terms": terms,
    }  # fmt: skip


def test_less_supply_and_more_growth_raise_a_shortage() -> None:
    rows = [
        shortage("province", "province", "5.1+", growth_ha=1.25, supply_ha=11.2, released_ha=-2.0),
        shortage("sub_area", "Oost", "4.1", supply_ha=1.0),
        shortage("sub_area", "Oost", "total", circular_ha=-3.0),
    ]
    text = told({"shortages": rows, "cause": "figures", "why_nl": "Omdat."})
    assert "hele provincie 2035 5.1 en zwaarder 0 - 5 - 10 5 - 10 - n.b." in text
    assert "meer groei 1,3, minder aanbod 11,2, meer vrijgekomen ruimte 2,0" in text
    assert "Oost 2035 Totaal" in text
    assert "minder circulaire vraag 3,0" in text
    assert "minder aanbod 1,0" not in text, "of a sub-area its total is told"
    assert "Oorzaak: eigen cijfers. Omdat." in text
    assert "Grens" in text


def test_equal_shortages_are_said_to_be_equal() -> None:
    assert "De tekorten zijn gelijk." in told({"shortages": [], "cause": None, "why_nl": None})
    assert told(None) == ""
