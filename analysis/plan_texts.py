"""The sentences of a plan test, in Dutch and in English, with places for what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analysis.plan_words import Language

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "no_data": ("Daarvoor zijn hier geen gegevens.", "There are no data for this here."),
    "reservations_met": (
        "Het plan raakt geen van de {total} bestaande reserveringen.",
        "The plan touches none of the {total} existing reservations.",
    ),
    "reservations_not_met": (
        "Het plan raakt {touched} van de {total} bestaande reserveringen ({names}), samen {ha}.",
        "The plan touches {touched} of the {total} existing reservations ({names}), together {ha}.",
    ),
    "plan_zones_met": (
        "Het plan raakt geen zone om te behouden, toe te wijzen of te reserveren.",
        "The plan touches no zone to keep, allocate or reserve.",
    ),
    "plan_zones_not_met": (
        "In het plangebied ligt volgens het conceptplan: {parts}.",
        "According to the draft plan the plan area holds: {parts}.",
    ),
    "distance_met": (
        (
            "Het plan ligt niet binnen de richtafstand van een kavel of terrein met categorie {threshold} of "
            "hoger (ten hoogste {reach})."
        ),
        (
            "The plan does not lie within the guide distance of a plot or park with category {threshold} or "
            "higher (at most {reach})."
        ),
    ),
    "distance_not_met": (
        (
            "De richtafstand van {rights} kavels of terreinen met categorie {threshold} of hoger reikt tot "
            "in het plan. Het meest knelt {worst}: de afstand is {distance}, de richtafstand {required}."
        ),
        (
            "The guide distance of {rights} plots or parks with category {threshold} or higher reaches into "
            "the plan. Most pressing is {worst}: the distance is {distance}, the guide distance {required}."
        ),
    ),
    "distance_unknown": (
        (
            "Geen bekend recht knelt, maar van {unknown} kavels of terreinen binnen {reach} is de toegestane "
            "categorie niet bekend."
        ),
        (
            "No known right is in the way, but of {unknown} plots or parks within {reach} the permitted "
            "category is not known."
        ),
    ),
    "room_met": ("Er verdwijnt geen ruimte{note}.", "No room is lost{note}."),
    "room_not_met": (
        "Er verdwijnt {lost}, verdeeld over {parks} bedrijventerreinen{note}.",
        "What is lost is {lost}, spread over {parks} business parks{note}.",
    ),
    "water": (
        "In het plangebied: bedrijfsgrond aan het water {land}; kade {quay}.",
        "In the plan area: business land at the water {land}; quay {quay}.",
    ),
    "water_partly": (
        (
            "In het plangebied: bedrijfsgrond aan het water {land}; kade {quay}. Van {unknown} is de ligging "
            "aan het water niet beoordeeld."
        ),
        (
            "In the plan area: business land at the water {land}; quay {quay}. Of {unknown} it was not "
            "assessed whether it lies at the water."
        ),
    ),
    "zoned_met": (
        "Het plan ligt niet op een gezoneerd terrein.",
        "The plan does not lie on a zoned estate.",
    ),
    "zoned_not_met": (
        (
            "Van het plan ligt {ha} op gezoneerd terrein. Daar bepaalt de geluidzone wat kan, niet de "
            "richtafstand."
        ),
        "Of the plan {ha} lie on a zoned estate. There the noise zone governs, not the guide distance.",
    ),
    "housing_met": (
        "Geen van de {total} bekende plannen overlapt met dit plan.",
        "None of the {total} known plans overlaps this plan.",
    ),
    "housing_not_met": (
        "Van de {total} bekende plannen overlappen er {touched} ({names}), samen {ha}.",
        "Of the {total} known plans {touched} overlap ({names}), together {ha}.",
    ),
    "concept": ("Concept voor overleg, geen besluit.", "Draft for consultation, no decision."),
    "size": (
        "Het plangebied is {area} groot; daarvan is {parks_overlap} bedrijventerrein{where}.",
        "The plan area measures {area}; of this, {parks_overlap} is business park{where}.",
    ),
    "lost": (
        (
            "Komen hier woningen of andere gevoelige gebouwen, dan verdwijnt naar schatting {heavy_lost} "
            "ruimte voor bedrijven met categorie {threshold} of hoger."
        ),
        (
            "If homes or other sensitive buildings come here, an estimated {heavy_lost} of room for firms of "
            "category {threshold} or higher is lost."
        ),
    ),
    "lost_unknown": (
        "Of er ruimte verdwijnt voor bedrijven met categorie {threshold} of hoger, is niet beoordeeld.",
        "Whether room for firms of category {threshold} or higher is lost was not assessed.",
    ),
    "inside": (
        (
            "In het plangebied ligt {quay} kade; het aantal bedrijven is {firms} en het aantal woningen en "
            "andere gevoelige objecten {objects}."
        ),
        (
            "The plan area holds {quay} of quay; the number of firms is {firms} and the number of homes and "
            "other sensitive objects {objects}."
        ),
    ),
    "inside_unknown": (
        (
            "In het plangebied zijn kade: {quay}; bedrijven: {firms}; woningen en andere gevoelige objecten: "
            "{objects}."
        ),
        "In the plan area: quay: {quay}; firms: {firms}; homes and other sensitive objects: {objects}.",
    ),
    "rights": (
        (
            "Het aantal bestaande rechten dat het plan hindert is {rights}; hun richtafstand beslaat "
            "{hindered} van het plangebied."
        ),
        (
            "The number of existing rights that hinder the plan is {rights}; their guide distance covers "
            "{hindered} of the plan area."
        ),
    ),
    "rules": ("Van de {total} getoetste regels: {parts}.", "Of the {total} rules: {parts}."),
    "rules_met": ("{count} gehaald", "{count} met"),
    "rules_not_met": ("{count} niet gehaald ({names})", "{count} not met ({names})"),
    "rules_perhaps": ("{count} misschien niet gehaald ({names})", "{count} perhaps not met ({names})"),
    "rules_not_assessed": ("{count} niet beoordeeld ({names})", "{count} not assessed ({names})"),
    "method": (
        (
            "De afstanden zijn richtafstanden (VNG, 2009) en dus indicatief; waar gegevens ontbreken staat "
            "een laagste en een hoogste waarde."
        ),
        (
            "The distances are guide distances (VNG, 2009) and so indicative; where data are missing there "
            "is a lowest and a highest value."
        ),
    ),
    "source": (
        "Bron: Kringruimte, uitgave {release}, gegevens per {date}, status: {status}{sample}.",
        "Source: Kringruimte, release {release}, data as of {date}, status: {status}{sample}.",
    ),
    "sample": (
        "; voorbeeldgegevens, niet geschikt voor een besluit",
        "; sample data, not fit for a decision",
    ),
}


def write(key: str, language: Language, **values: Any) -> str:
    """Fill the places of a sentence."""
    dutch, english = TEXTS[key]
    return (dutch if language == "nl" else english).format_map(values)
