"""Sentences that return in every document: what a municipality has, and what it is served by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.package.words import BODIES
from layers.dutch import list_nl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.package.context import Context
    from analysis.package.judge import Judged


def answer(context: Context, policy: Sequence[Judged]) -> str:
    """Give the answer in one or two sentences: what the region needs here, and what there is to decide."""
    say, has = context.say, context.has
    if has("heavy_any_ha") and has("quay_m"):
        text = say(
            "{gemeente} heeft {heavy_any_ha} zware grond en {quay_m} kade. Die ruimte is in de regio schaars."
        )
    elif has("heavy_any_ha"):
        text = say("{gemeente} heeft {heavy_any_ha} zware grond. Die ruimte is in de regio schaars.")
    elif has("quay_m") or has("wet_ha"):
        text = say("{gemeente} heeft geen zware grond, maar wel grond aan bevaarbaar water.")
    elif context.facts.get("heavy_any_ha") is None:
        text = say("Of {gemeente} zware grond heeft, is niet beoordeeld.")
    else:
        text = say("{gemeente} heeft geen zware grond en geen kade.")
    if not policy:
        return f"{text} Er is nu niets dat de raad moet besluiten."
    noun = "bouwsteen" if len(policy) == 1 else "bouwstenen"
    if context.judgement.selected:
        return f"{text} De raad heeft {len(policy)} {noun} gekozen."
    return f"{text} De cijfers geven reden om {len(policy)} {noun} te kiezen."


def situation(context: Context) -> list[str]:
    """Say what there is, one sentence per subject, only what matters."""
    say, has = context.say, context.has
    if not has("parks"):
        return [say("{gemeente} heeft geen bedrijventerrein in de gegevens.")]
    found = [say("{gemeente} heeft {parks}, {parks|van|met samen} {park_ha}.")]
    found.append(heavy(context))
    found.append(water(context))
    if has("zones"):
        found.append(say("In dit voorstel {zones|is|zijn} {zones} voorgesteld ({zones_ha}): {zonesoorten}."))
    if has("housing_plans"):
        found.append(
            say(
                "{housing_plans} van de gemeente zelf ({housing_plans|met|samen} {dwellings}) "
                "{housing_plans|raakt|raken} "
                "ten hoogste "
                "{housing_ha} ruimte voor bedrijven."
            )
        )
    return found


def heavy(context: Context) -> str:
    """Say how much heavy land there is, and how sure."""
    say, has, floor = context.say, context.has, context.settings.threshold
    if context.facts.get("heavy_any_ha") is None:
        return "Of er ruimte is voor zware bedrijven, is niet beoordeeld."
    if not has("heavy_any_ha"):
        return f"Daar is geen ruimte voor zware bedrijven (milieucategorie {floor} of hoger)."
    text = f"Zware grond is grond waar milieucategorie {floor} of hoger mag en ook kan. "
    text += say("Daarvan is er {heavy_any_ha}: {zwaar_zeker}.")
    if has("underuse_ha"):
        text += say(" Op {underuse_ha} grond waar zware bedrijven mogen, zit nu een lichter bedrijf.")
    return text


def water(context: Context) -> str:
    """Say what there is of water, shore and quay."""
    say, has = context.say, context.has
    if context.facts.get("wet_ha") is None and context.facts.get("shore_m") is None:
        return "De ligging aan het water is niet beoordeeld."
    if not has("wet_ha") and not has("quay_m"):
        return "Geen kavel ligt aan bevaarbaar water."
    text = say("Aan bevaarbaar water ligt {wet_ha} kavel, met {shore_m} oever.")
    if not has("quay_m"):
        return f"{text} Een kade is niet bekend."
    return text + say(" Er is {quay_m} kade; {kade_bevestigd}.")


def shared(context: Context) -> list[str]:
    """Say what the municipality does for others, and what it is served by."""
    say, has = context.say, context.has
    if context.facts.get("hosted") is None:
        return ["De verdeling van regionale voorzieningen is niet beoordeeld."]
    found = [say("In dit voorstel {hosted|ligt|liggen} in {gemeente} {voorzieningen_zin}.")]
    if not has("hosted"):
        found = [say("In dit voorstel ligt in {gemeente} geen regionale voorziening.")]
    if has("served_elsewhere"):
        found.append(say("Voor {served_elsewhere} gaan inwoners naar een andere gemeente: {bediend_door}."))
    if has("unserved"):
        found.append(say("Voor {unserved} is in de regio nog geen plek gevonden."))
    return found


def smaller(context: Context) -> str | None:
    """Say whether it is a smaller municipality, and what that means; None when it is not."""
    if not context.has("smaller"):
        return None
    limit = f"{context.settings.smaller_below:,.0f}".replace(",", ".")
    size = context.say("{gemeente} heeft {inhabitants} en telt in dit pakket als kleinere gemeente")
    return (
        f"{size} (minder dan {limit} inwoners; dat is een instelling en geen wet). Waar dat kan, is de "
        f"lichte "
        "keuze ingevuld."
    )


def regional(chosen: list[Judged], need: str) -> str:
    """Name the chosen blocks with this need for regional agreement."""
    return list_nl([judged.block.id for judged in chosen if judged.agreement == need])


def titles(blocks: list[Judged], most: int) -> list[str]:
    """Give the titles of blocks as list items, with how many more there are."""
    shown = [f"{judged.block.title} ({judged.block.id})" for judged in blocks[:most]]
    if len(blocks) > most:
        shown.append(f"en nog {len(blocks) - most} andere")
    return shown


def adopters(judged: Judged) -> str:
    """Say who of the municipality can adopt a block."""
    own = [body for body in judged.block.adopts if not body.startswith("provincial_")]
    return " of ".join(BODIES[body] for body in own or judged.block.adopts)


def two_dialects(judged: Judged) -> bool:
    """Say whether the text of the chosen option differs between the two kinds of plan."""
    return any(
        wording.category is not None and judged.option in wording.options
        for article in judged.block.articles
        if judged.option in article.options
        for wording in article.clauses
    )


def accompanying(context: Context) -> str:
    """Name the chosen blocks that come along, such as the definitions; empty when there are none."""
    along = [
        judged
        for judged in context.judgement.chosen
        if judged.block.ground == "none" and judged.block.form == "rule"
    ]
    return list_nl([f"{judged.block.id} ({judged.block.title})" for judged in along])
