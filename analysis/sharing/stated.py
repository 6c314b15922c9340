"""The figures of our own that the sharing of functions rests on, each with its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.sharing.instance import UNSERVED_MINUTES
from analysis.sharing.places import DOUBT_MINUTES, UNFIT_MINUTES
from analysis.sharing.travel import APPROXIMATION, FURTHEST_SNAP_M

if TYPE_CHECKING:
    from analysis.sharing.travel import Travel
    from layers.parameters import Parameters


def stated_assumptions(parameters: Parameters, travel: Travel) -> pd.DataFrame:
    """List them, as `layers.results_sharing` describes ``shared_assumptions``."""
    sharing = parameters.sharing
    way = (
        "Reistijd: rechte lijn maal omrijfactor, gedeeld door snelheid; het project heeft geen wegennet."
        if travel.basis == APPROXIMATION
        else f"Reistijd over het wegennet; {travel.roads_without_speed} wegen zonder snelheid kregen deze."
    )
    rows = [
        ("sharing_speed", "Snelheid van deur tot deur", "Door to door speed", sharing.speed_kmh, "km/h", way),
        ("sharing_detour", "Omrijfactor", "Detour", sharing.detour, None, way),
        (
            "sharing_snap",
            "Grootste afstand tot het wegennet",
            "Furthest from the road network",
            FURTHEST_SNAP_M,
            "m",
            "Verder weg: reistijd niet beoordeeld.",
        ),
        (
            "sharing_unfit",
            "Wat een ongeschikte plek telt",
            "What an unsuitable place counts",
            UNFIT_MINUTES,
            "min",
            "Geschiktheid 0 tegenover 1, in minuten voor de inwoners van een verzorgingsgebied.",
        ),
        (
            "sharing_doubt",
            "Wat een mogelijk geschikte plek telt",
            "What a possible place counts",
            DOUBT_MINUTES,
            "min",
            "Alleen in de ruime lezing geschikt, tegenover zeker geschikt.",
        ),
        (
            "sharing_unserved",
            "Wat een inwoner zonder voorziening telt",
            "What an inhabitant without a facility counts",
            UNSERVED_MINUTES,
            "min",
            "Ver boven elke reistijd, zodat een tekort het eerst wordt verkleind.",
        ),
        (
            "sharing_burdens",
            "Zware voorzieningen per gemeente, hoogstens",
            "Heavy facilities per municipality, at most",
            sharing.burdens_per_host,
            None,
            f"Zwaar: milieucategorie {parameters.hmc_threshold} of hoger.",
        ),
        (
            "sharing_tail",
            "Aandeel inwoners dat het slechtst bediend heet",
            "Share of inhabitants called worst served",
            sharing.tail_share,
            "share",
            "Hun gemiddelde reistijd is de maat van eerlijkheid.",
        ),
    ]
    columns = ["assumption_id", "name_nl", "name_en", "value", "unit", "note_nl"]
    table = pd.DataFrame(rows, columns=columns).assign(status="assumption")
    table["value"] = table["value"].map(lambda value: f"{value:g}")
    return table
