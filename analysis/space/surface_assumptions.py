"""What the surface and the exploration areas rest on, as rows of the table of assumptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.restrictions import read_hardness_classes, read_protected_kinds

if TYPE_CHECKING:
    from analysis.space.exploration_near import ExplorationSettings
    from analysis.space.surface_rules import SurfaceSettings
    from layers.parameters import Parameters

COLUMNS = ("assumption_id", "name_nl", "name_en", "value", "unit", "status", "source")


def surface_assumptions(
    parameters: Parameters, surface: SurfaceSettings, exploration: ExplorationSettings
) -> pd.DataFrame:
    """List the settings, hardness classes and kinds with their status and source.

    Returns
    -------
    DataFrame
        Columns as in the table ``assumptions`` of `layers.results`.
    """
    water = parameters.water_near_m if exploration.near_water_m is None else exploration.near_water_m
    category = exploration.category or parameters.hmc_threshold
    settings: tuple[tuple[str, str, str, Any, str | None], ...] = (
        (
            "built_up_m",
            "Afstand tot een gevoelig object die bebouwd gebied heet",
            "Built-up area: distance to a sensitive object",
            surface.built_up_m,
            "m",
        ),
        (
            "minimum_ha",
            "Kleinste verkenningsgebied",
            "Smallest exploration area",
            exploration.minimum_ha,
            "ha",
        ),
        (
            "minimum_width_m",
            "Smalste verkenningsgebied",
            "Narrowest exploration area",
            exploration.minimum_width_m,
            "m",
        ),
        (
            "category",
            "Categorie die in een verkenningsgebied past",
            "Category that fits in an exploration area",
            category,
            None,
        ),
        (
            "near_water_m",
            "Verkenningsgebied nabij water: afstand",
            "Exploration area near water: distance",
            water,
            "m",
        ),
        (
            "near_main_road_m",
            "Verkenningsgebied nabij hoofdweg: afstand",
            "Exploration area near main road: distance",
            exploration.near_main_road_m,
            "m",
        ),
        (
            "beside_barrier_m",
            "Strook naast de as van hoofdweg, spoor of dijk die erbij hoort",
            "Strip beside the axis of main road, railway or dike that belongs to it",
            exploration.beside_barrier_m,
            "m",
        ),
        (
            "adjoins_m",
            "Afstand tot een bedrijventerrein die aansluiten heet",
            "Distance to a business park called adjoining",
            exploration.adjoins_m,
            "m",
        ),
    )
    rows = [
        (f"surface_{name}", dutch, english, str(value), unit, "assumption", "instelling van kringruimte")
        for name, dutch, english, value, unit in settings
    ]
    for item in read_hardness_classes(surface.hardness_classes).to_dict("records"):
        names = (f"Beperking {item['label_nl']}", f"Restriction {item['label_en']}")
        rows.append(
            (f"hardness_{item['hardness']}", *names, item["treatment"], None, item["status"], item["source"])
        )
    for item in read_protected_kinds(surface.protected_kinds).to_dict("records"):
        names = (f"Hardheid van {item['label_nl']}", f"Hardness of {item['label_en']}")
        rows.append(
            (f"protected_{item['keyword']}", *names, item["hardness"], None, item["status"], item["source"])
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))
