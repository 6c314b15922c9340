"""What each figure of a function is: its unit, its bounds, how it is called and which question it leaves."""

from __future__ import annotations

from dataclasses import dataclass

FLOWS, VARIANTS = "flow", "variant"
UNBOUNDED = float("inf")
NEEDS = {"flow": ("m2_per_t", "flow_share"), "facilities": ("catchment", "plot_ha"), "jobs": ("m2_per_job",)}
"""Figures without which a method cannot be computed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One kind of figure.

    Attributes
    ----------
    subject
        What it is about beside the function: ``"flow"``, ``"variant"`` or nothing.
    above_zero
        Whether zero makes no sense, because it is divided by.
    falling
        Whether a higher value means less land.
    """

    unit: str
    label_nl: str
    label_en: str
    question_nl: str
    maximum: float = UNBOUNDED
    subject: str = ""
    above_zero: bool = False
    falling: bool = False
    group: str = ""


FIGURES: dict[str, Figure] = {
    "catchment": Figure(
        "inhabitants",
        "inwoners per voorziening",
        "inhabitants per facility",
        "Hoeveel inwoners bedient één voorziening in de praktijk: {name}?",
        above_zero=True,
        falling=True,
    ),
    "plot_ha": Figure(
        "ha",
        "kavel per voorziening",
        "plot per facility",
        "Hoe groot zijn de kavels van bestaande voorzieningen: {name}?",
    ),
    "throughput_kt": Figure(
        "kt/yr",
        "doorzet per voorziening",
        "throughput per facility",
        "Hoeveel ton per jaar verwerkt een voorziening: {name}?",
    ),
    "m2_per_t": Figure(
        "m2 per t/yr",
        "kavel per ton per jaar",
        "plot per tonne per year",
        "Hoeveel m2 kavel vraagt een ton per jaar, gemeten bij bestaande bedrijven: {name}?",
    ),
    "m2_per_job": Figure(
        "m2 per job",
        "vloer of kavel per baan",
        "floor or plot per job",
        "Hoeveel m2 heeft een baan nodig: {name}?",
    ),
    "plot_per_floor": Figure(
        "m2 per m2",
        "kavel per m2 vloer",
        "plot per m2 of floor",
        "Hoe dicht kan er gebouwd en gestapeld worden: {name}?",
    ),
    "job_share": Figure(
        "share",
        "deel van de banen dat circulair werk is",
        "share of jobs that is circular work",
        "Welk deel van de banen in deze SBI-codes is circulair werk: {name}?",
        1.0,
    ),
    "flow_share": Figure(
        "share",
        "deel van de stroom dat langs deze functie gaat",
        "share of the flow that passes this function",
        "Welk deel van de stroom {subject} gaat langs deze functie: {name}?",
        1.0,
        FLOWS,
    ),
    "variant_share": Figure(
        "share",
        "deel van de ruimte in deze variant",
        "share of the land in this variant",
        "Welk deel van de ruimte is van deze soort: {name}, {subject}?",
        1.0,
        VARIANTS,
    ),
    "net_gross": Figure(
        "share",
        "netto van bruto",
        "net of gross",
        "Hoeveel van een bruto hectare is uitgeefbaar op terreinen voor deze functies?",
        1.0,
        above_zero=True,
        falling=True,
        group="net_gross",
    ),
    "present_share": Figure(
        "share",
        "deel van de behoefte van nu dat al een plek heeft",
        "share of today's need that has a place already",
        "Hoeveel ruimte heeft deze functie nu al in de provincie: {name}?",
        1.0,
        falling=True,
    ),
    "in_place_share": Figure(
        "share",
        "deel dat ter plaatse uit een lineair bedrijf ontstaat",
        "share that grows out of a linear firm in its place",
        "Welk deel ontstaat door omschakeling van bestaande bedrijven op hun eigen kavel: {name}?",
        1.0,
        falling=True,
    ),
    "secondary_abiotic_share": Figure(
        "share",
        "secundair abiotisch materiaal per ton doorzet",
        "secondary abiotic material per tonne of throughput",
        "Hoeveel secundair abiotisch materiaal levert een ton doorzet: {name}?",
        1.0,
    ),
    "shifting_share": Figure(
        "share",
        "schuifruimte als deel van de ruimtevraag",
        "shifting space as a share of the demand",
        "Hoeveel schuifruimte is nodig om te verplaatsen en te herbouwen terwijl het werk doorgaat?",
        1.0,
    ),
}


def figure_name(function: str, figure: str, subject: str = "") -> str:
    """Name the quantity of a figure, such as ``"demand.F06.m2_per_t"``."""
    return f"demand.{function}.{figure}" + (f".{subject}" if subject else "")
