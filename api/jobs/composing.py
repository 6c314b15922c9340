"""Compose a choice package: what a council may choose, and the package of its choices in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.package.content import judged_blocks
from analysis.package.sentences import adopters
from analysis.package.words import GRADES, LANDS, REGIONAL, rule_nl
from layers.dutch import list_nl
from layers.exports.zipped import pack
from maps.site.package_offer import Offer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.package.judge import Judged
    from api.jobs.package import Packer
    from layers.municipal_facts import Facts

EVERYWHERE = "de hele gemeente"


def offers_of(packer: Packer, code: str) -> tuple[Offer, ...]:
    """Tell of every block whether it is advised here, and what may be chosen in it.

    Parameters
    ----------
    packer
        Of the release, without choices: what is ticked is then what the evidence recommends.
    code
        Of the municipality.

    Raises
    ------
    InputError
        When the release lacks what a package is made from.
    """
    judgement, facts, words = judged_blocks(packer.tables, packer.blocks, code, settings=packer.settings)
    return tuple(_offer(judged, words, facts) for judged in judgement.blocks)


def packed(packer: Packer, code: str) -> tuple[str, bytes]:
    """Make the package of one municipality in memory: its file name, and the same zip as `make_packages`."""
    _, files = packer.files(code)
    return f"{packer.stem(code)}.zip", pack(files)


def _offer(judged: Judged, words: Mapping[str, str], facts: Facts) -> Offer:
    block = judged.block
    known = {name: parameter.known_for(words, facts) for name, parameter in block.parameters.items()}
    return Offer(
        block=block,
        verdict=judged.verdict,
        reason=judged.reason,
        taken=judged.chosen,
        option=judged.option,
        goal=judged.fill(block.goal),
        explanation=judged.fill(block.explanation),
        if_nothing=judged.fill(block.if_nothing),
        risk=judged.fill(block.legal_risk),
        consequence=judged.fill(block.consequence or ""),
        facts=(
            ("Waar", list_nl(list(dict.fromkeys(place.name for place in judged.places))) or EVERYWHERE),
            ("Komt in", f"{LANDS[block.lands_in]}: {block.place}"),
            ("Wie stelt vast", adopters(judged)),
            ("Wie is gebonden", block.binds),
            ("Regionale afspraak", f"{REGIONAL[judged.agreement]}. {judged.agreement_why}"),
            ("Juridische houdbaarheid", f"{GRADES[block.solidity]}. {block.solidity_why}"),
        ),
        conditions=tuple(f"{rule_nl(rule)}: {show}" for rule, show in judged.conditions),
        known={name: value for name, value in known.items() if value is not None},
        two_dialects=_two_dialects(judged),
    )


def _two_dialects(judged: Judged) -> bool:
    """Say whether the text of any option differs between the two kinds of plan."""
    return any(
        wording.category is not None for article in judged.block.articles for wording in article.clauses
    )
