"""The choice package of one municipality as content: tables, documents and exchange files, not drawn yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from analysis.package.booklet import booklet
from analysis.package.changes import compare, state_of
from analysis.package.context import CONCEPT, Context
from analysis.package.council import council_papers
from analysis.package.facts import municipal_facts
from analysis.package.judge import Judged, Judgement, judge
from analysis.package.names import words_of
from analysis.package.one_page import one_page
from analysis.package.places import Places, locations
from analysis.package.rules_json import rules_json
from analysis.package.words import (
    DIALECTS,
    GRADES,
    LANDS,
    OPTIONS,
    REGIONAL,
    STATUSES,
    VERDICTS,
    bodies_nl,
    rule_nl,
)
from gis.errors import InputError, Problem
from layers.instruction_rules import InstructionRule, read_instruction_rules
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from analysis.package.settings import PackageSettings
    from layers.building_blocks import Blocks
    from layers.documents import Document
    from layers.municipal_facts import Facts
    from layers.selection import Selection

NEEDED: Final = ("municipalities", "park_evidence")


@dataclass(frozen=True, slots=True)
class Package:
    """The package of one municipality.

    Attributes
    ----------
    municipality, name
        Code and name.
    blocks
        One row per block: verdict, reason, choice, who adopts, whom it binds, agreement, conditions, risk.
    facts
        One row per fact: value, unit, status; text as people read it.
    locations
        Working areas, EPSG:28992, with the blocks that work there.
    documents
        keuzepakket, een-a4, and raadsvoorstel and raadsbesluit when there is something to decide.
    regels
        Content of the VNG exchange files, by file name.
    changes
        Against an earlier package.
    state
        What the next package compares itself with; plain values for a JSON file.
    warnings
        In Dutch.
    """

    municipality: str
    name: str
    blocks: pd.DataFrame
    facts: pd.DataFrame
    locations: gpd.GeoDataFrame
    documents: tuple[Document, ...]
    regels: dict[str, list[dict[str, Any]]]
    changes: pd.DataFrame
    state: dict[str, Any]
    warnings: tuple[str, ...]


def make_package(
    tables: Mapping[str, pd.DataFrame],
    blocks: Blocks,
    municipality: str,
    *,
    settings: PackageSettings,
    selection: Selection | None = None,
    previous: Mapping[str, Any] | None = None,
    rules: Sequence[InstructionRule] | None = None,
) -> Package:
    """Make the package of one municipality.

    Parameters
    ----------
    tables
        Tables of a release by name; ``municipalities`` and ``park_evidence`` are needed, of every other one
        that is absent the numbers are not assessed.
    blocks
        Building blocks.
    municipality
        Its code.
    settings
        Who makes the package, of which release.
    selection
        Choices of councils; None, or none for this municipality, for what the evidence recommends.
    previous
        `Package.state` of an earlier package.
    rules
        Provincial rules in force; None for those that ship.

    Returns
    -------
    Package
        The same for the same arguments.

    Raises
    ------
    InputError
        When the municipality is not in the tables, a needed table is absent, or the earlier state is of
        another municipality or cannot be read.
    """
    _check(tables, municipality)
    judgement, facts, words = judged_blocks(
        tables, blocks, municipality, settings=settings, selection=selection, rules=rules
    )
    where = locations([(judged.block.id, judged.places) for judged in judgement.chosen], settings)
    state = state_of(municipality, judgement, where, facts)
    changes = compare(previous, state)
    context = Context(
        tables=tables,
        code=municipality,
        name=words["gemeente"],
        facts=facts,
        words=words,
        judgement=judgement,
        locations=where,
        changes=changes,
        has_earlier=previous is not None,
        settings=settings,
    )
    return Package(
        municipality=municipality,
        name=context.name,
        blocks=block_table(judgement),
        facts=fact_table(facts),
        locations=where,
        documents=(booklet(context), one_page(context), *council_papers(context)),
        regels=rules_json(judgement.chosen, municipality, context.name, settings),
        changes=changes,
        state=state,
        warnings=judgement.warnings,
    )


def judged_blocks(
    tables: Mapping[str, pd.DataFrame],
    blocks: Blocks,
    municipality: str,
    *,
    settings: PackageSettings,
    selection: Selection | None = None,
    rules: Sequence[InstructionRule] | None = None,
) -> tuple[Judgement, Facts, dict[str, str]]:
    """Judge the blocks of one municipality; gives verdicts, facts and names."""
    facts = municipal_facts(
        tables, municipality, smaller_below=settings.smaller_below, threshold=settings.threshold
    )
    words = words_of(tables, municipality, facts, settings.reference_date)
    judgement = judge(
        blocks,
        facts,
        Places(tables, municipality, settings),
        words,
        read_instruction_rules() if rules is None else rules,
        settings=settings,
        selection=None if selection is None else selection.of(municipality),
    )
    return judgement, facts, words


def block_table(judgement: Judgement) -> pd.DataFrame:
    """Give one row per block, in the order of the ids; codes and what people read."""
    rows = [
        {
            "block_id": judged.block.id,
            "title": judged.block.title,
            "verdict": judged.verdict,
            "verdict_nl": VERDICTS[judged.verdict],
            "reason_nl": judged.reason,
            "chosen": judged.chosen,
            "option": judged.option if judged.chosen else None,
            "option_nl": OPTIONS[judged.option] if judged.chosen else None,
            "dialect": judged.dialect if judged.chosen else None,
            "dialect_nl": DIALECTS[judged.dialect] if judged.chosen else None,
            "lands_in": LANDS[judged.block.lands_in],
            "who_adopts": bodies_nl(judged.block.adopts),
            "council_can_adopt": judged.block.municipal,
            "binds": judged.block.binds,
            "consequence_nl": judged.fill(judged.block.consequence or "") or None,
            "regional_agreement": judged.agreement,
            "regional_nl": f"{REGIONAL[judged.agreement]}. {judged.agreement_why}",
            "conditions": conditions_nl(judged),
            "legal_risk": judged.block.risk_level,
            "legal_risk_nl": f"{GRADES[judged.block.risk_level]}. {judged.fill(judged.block.legal_risk)}",
            "locations": len(judged.places),
            "status": CONCEPT,
        }
        for judged in judgement.blocks
    ]
    return pd.DataFrame(rows)


def conditions_nl(judged: Judged) -> str | None:
    """Give the provincial conditions that bite on a block, behind each other; None when there is none."""
    return " | ".join(f"{rule_nl(rule)}: {show}" for rule, show in judged.conditions) or None


def fact_table(facts: Facts) -> pd.DataFrame:
    """Give one row per fact, with its value (missing: not assessed), unit and status."""
    rows = [
        {
            "fact": name,
            "label_nl": kind.label_nl,
            "label_en": kind.label_en,
            "value": facts.get(name),
            "unit": kind.unit,
            "text_nl": kind.say(facts.get(name)),
            "status": kind.status,
            "status_nl": STATUSES[kind.status],
            "table": kind.table,
        }
        for name, kind in fact_kinds().items()
    ]
    return pd.DataFrame(rows)


def _check(tables: Mapping[str, pd.DataFrame], municipality: str) -> None:
    absent = [name for name in NEEDED if name not in tables]
    problems = [
        Problem("the release has no such table", "Make a release with the main job.", layer=name)
        for name in absent
    ]
    if "municipalities" in tables:
        known = tables["municipalities"]["municipality_code"].astype(str)
        if municipality not in set(known):
            message = f"no municipality {municipality}"
            repair = f"Choose from {', '.join(sorted(known))}."
            problems.append(Problem(message, repair, layer="municipalities", field="municipality_code"))
    if problems:
        raise InputError(*problems)
