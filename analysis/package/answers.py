"""Which rules a municipality can adopt, with which map, which motivation and which legal risk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from analysis.package.content import conditions_nl, judged_blocks
from analysis.package.words import GRADES, LANDS, REGIONAL, VERDICTS, bodies_nl
from layers.dutch import list_nl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.package.settings import PackageSettings
    from layers.building_blocks import Blocks
    from layers.instruction_rules import InstructionRule
    from layers.selection import Selection

COLUMNS: Final = (
    "block_id", "rule_nl", "verdict", "verdict_nl", "who_adopts", "lands_in", "map_nl", "location_ids",
    "motivation_nl", "conditions_nl", "regional_nl", "legal_risk", "legal_risk_nl", "status",
)  # fmt: skip


def can_adopt(
    tables: Mapping[str, pd.DataFrame],
    blocks: Blocks,
    municipality: str,
    *,
    settings: PackageSettings,
    selection: Selection | None = None,
    rules: Sequence[InstructionRule] | None = None,
) -> pd.DataFrame:
    """Answer question 6 of a planner.

    Parameters
    ----------
    tables
        Of a release, by name.
    blocks
        Building blocks.
    municipality
        Its code.
    settings
        Of a package.
    selection
        Choices of councils.
    rules
        Provincial rules in force; None for those that ship.

    Returns
    -------
    DataFrame
        One row per block that the municipality itself can adopt and that applies, recommended first. The map
        is named by its locations (`location_ids`, joined by semicolons, as in the package).
    """
    judgement, _, _ = judged_blocks(
        tables, blocks, municipality, settings=settings, selection=selection, rules=rules
    )
    order = ("recommended", "optional", "not_assessed")
    mine = [judged for judged in judgement.blocks if judged.block.municipal and judged.verdict in order]
    rows = [
        (
            judged.block.id,
            judged.block.title,
            judged.verdict,
            VERDICTS[judged.verdict],
            bodies_nl(judged.block.adopts),
            LANDS[judged.block.lands_in],
            list_nl(list(dict.fromkeys(place.name for place in judged.places))) or "hele gemeente",
            ";".join(place.id for place in judged.places),
            " ".join((judged.reason, *judged.motivation())),
            conditions_nl(judged) or "geen bekende voorwaarde",
            REGIONAL[judged.agreement],
            judged.block.risk_level,
            f"{GRADES[judged.block.risk_level]}. {judged.fill(judged.block.legal_risk)}",
            "Concept, juridisch te toetsen",
        )
        for judged in sorted(mine, key=lambda judged: (order.index(judged.verdict), judged.block.id))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
