"""What circular functions ask of land: the size variants of a function, gathered by weight class.

The catalogue has size variants, and the category depends on the size: a small rubble crusher is category 4.2,
a large one 5.2. One requirement for a whole function would either hide the shortage of heavy land (land for
the light variant does not serve the heavy one) or ask heavy land for everything. A plot per variant would be
the other mistake: the demand of a variant is often a fraction of a plot. So the variants of a function are
gathered by the weight classes of the balance: light (below the high threshold), high, and very high (5.1 and
heavier). Within a class the heaviest variant sets the requirement, which serves the lighter ones too. A
function with one class keeps its own id (``F05``); otherwise the main category follows (``F06-4``,
``F06-5``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import sbi
from analysis.categories import load_categories, required_distance
from analysis.space.functions import WATER_NEEDS
from gis.errors import InputError, Problem
from layers.facts import read_facts
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from analysis.categories import CategorySystem
    from layers.parameters import Parameters

NEEDED_TABLES = ("circular_functions", "demand_figures", "land_demand", "demand_bands")
WATER_WORDS = {"at_water": "required", "near": "preferred", "dry": "none"}
VERY_HIGH = "5.1"
"""From here on the balance counts land as a group of its own."""
PLANNED = "planned"
ROLES = (PLANNED, "not_in_province", "not_assessed")
_NOISE = ("no", "unknown", "yes")


def find_classes(tables: Mapping[str, pd.DataFrame], parameters: Parameters) -> pd.DataFrame:
    """Gather the variants of every function by weight class.

    Parameters
    ----------
    tables
        Of a release with land demand: `NEEDED_TABLES`.

    Returns
    -------
    DataFrame
        Sorted by ``function`` (id of the class), one row per class: ``function_id``, ``name_nl``,
        ``name_en``, ``variants`` (ids), ``scale``, ``role``, ``reason_nl``, ``category`` (required),
        ``weight_class``, ``water_need``, ``needs_water``, ``large_noise_maker``, ``distance_quiet_m``,
        ``distance_mixed_m`` (guide distances; in mixed surroundings all themes but danger go one step down),
        ``minimum_ha``, ``typical_ha``, ``status``. Functions that are not selected for this
        province, or whose demand was not assessed, have another role than ``planned`` and say why.

    Raises
    ------
    InputError
        When the release holds no land demand.
    """
    _check_tables(tables)
    variants = _variants(tables["circular_functions"], tables["land_demand"], parameters)
    system = load_categories()
    activities = read_facts("activities_sbi2008")
    rows = []
    for function, group in variants.groupby("function_id", sort=True):
        bands = group.groupby("weight_class", sort=True)
        for band, members in bands:
            name = str(function) if len(bands) == 1 else f"{function}-{band}"
            rows.append(_class_row(name, members, system, activities))
    table = pd.DataFrame(rows).sort_values("function", ignore_index=True)
    figures = tables["demand_figures"].set_index("name")
    return _with_areas(table, figures, parameters).assign(status="assumption")


def class_of_rows(rows: pd.DataFrame, classes: pd.DataFrame, parameters: Parameters) -> pd.Series[str]:
    """Give the class of rows of land demand by their function and category; missing for an unknown one.

    Parameters
    ----------
    rows
        With ``function_id`` and ``category``.
    classes
        As `find_classes` gives.
    """
    names = zip(classes["function_id"], classes["weight_class"], strict=True)
    known = dict(zip(names, classes["function"], strict=True))
    keys = zip(rows["function_id"], rows["category"].map(weight_classes(parameters)), strict=True)
    return pd.Series([known.get(key) for key in keys], index=rows.index, dtype="string")


def classes_of(functions: Sequence[str], name: str) -> tuple[int, ...]:
    """Give the positions of the classes that a function or class id means; empty for an unknown one."""
    exact = tuple(place for place, other in enumerate(functions) if other == name)
    return exact or tuple(place for place, other in enumerate(functions) if function_of(other) == name)


def function_of(name: str) -> str:
    """Give the function of a class id."""
    return name.split("-", maxsplit=1)[0]


def known_names(functions: Iterable[str]) -> list[str]:
    """Give all ids by which functions and classes can be named."""
    every = list(functions)
    return sorted({*every, *(function_of(name) for name in every)})


def _check_tables(tables: Mapping[str, pd.DataFrame]) -> None:
    lacking = tuple(name for name in NEEDED_TABLES if name not in tables)
    if lacking:
        raise InputError(
            Problem(
                "a reservation plan needs the land demand of circular functions",
                "Set assess = true in [parameters.space] and run again.",
                field="parameters.space.assess",
                rows=lacking,
            )
        )


def weight_classes(parameters: Parameters) -> dict[str, str]:
    """Give the weight class of every category: light (3), high (4) or very high (5)."""
    labels: tuple[str, ...] = CATEGORIES
    high, top = labels.index(parameters.hmc_threshold), labels.index(VERY_HIGH)
    return {
        name: "5" if place >= max(top, high) else "4" if place >= high else "3"
        for place, name in enumerate(labels)
    }


def _variants(functions: pd.DataFrame, demand: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """List variants with a category each; a function without categories takes those of its demand."""
    lead = demand[demand["lead"]]
    table = functions.copy()
    bands = weight_classes(parameters)
    table["large_noise_maker"] = table["large_noise_maker"].fillna("unknown").astype(object)
    borrowed = table[table["category"].isna()]
    parts = [table[table["category"].notna()].assign(whole=False)]
    for row in borrowed.to_dict("records"):
        found = lead[lead["function_id"] == row["function_id"]]
        last = found[found["year"] == found["year"].max()]
        for category, group in last.groupby("category", sort=True):
            light = bands[str(category)] == "3"
            parts.append(
                pd.DataFrame(
                    [
                        row
                        | {
                            "category": category,
                            "water_need": _majority_water(group),
                            "large_noise_maker": "no" if light else "unknown",
                            "weight": float(group["net_mid_ha"].sum()),
                            "whole": True,
                        }
                    ]
                )
            )
        if not len(last):
            parts.append(pd.DataFrame([row | {"whole": True}]))
    every = pd.concat(parts, ignore_index=True)
    every["weight_class"] = every["category"].map(bands).fillna("3")
    every["assessed"] = every["function_id"].isin(set(lead["function_id"]))
    return every


def _majority_water(rows: pd.DataFrame) -> str:
    """Give the water need of most of the hectares."""
    sums = rows.groupby("water")["net_mid_ha"].sum()
    total = float(sums.sum())
    wet, near = float(sums.get("at_water", 0.0)), float(sums.get("near", 0.0))
    if total > 0 and wet >= total / 2:
        return "required"
    return "preferred" if total > 0 and wet + near >= total / 2 else "none"


def _class_row(
    name: str, members: pd.DataFrame, system: CategorySystem, activities: pd.DataFrame
) -> dict[str, Any]:
    first = members.iloc[0]
    known = members[members["category"].notna()]
    rank = max((system.rank(str(label)) for label in known["category"]), default=0)
    need = _water_need(members)
    noise = max((str(word) for word in members["large_noise_maker"]), key=_NOISE.index)
    mixed = [_mixed_distance(row, system, activities) for row in known.to_dict("records")]
    role, reason = _role(first)
    several = name != str(first["function_id"])
    category = system.labels[rank] if rank else None
    return {
        "function": name,
        "function_id": str(first["function_id"]),
        "name_nl": f"{first['name_nl']} (tot en met {category})" if several else str(first["name_nl"]),
        "name_en": f"{first['name_en']} (up to {category})" if several else str(first["name_en"]),
        "variants": ";".join(sorted({str(item) for item in members["variant_id"]})),
        "scale": str(first["scale"]),
        "role": role,
        "reason_nl": reason,
        "category": category,
        "weight_class": first["weight_class"],
        "water_need": need,
        "needs_water": need == "required",
        "large_noise_maker": noise,
        "distance_quiet_m": float(system.quiet[rank - 1]) if rank else np.nan,
        "distance_mixed_m": max(mixed, default=np.nan),
    }


def _water_need(members: pd.DataFrame) -> str:
    """Take the need of most hectares where they are known, else the greatest need of the variants."""
    if members["whole"].all() and "weight" in members:
        by_need = members.groupby("water_need")["weight"].sum()
        return str(by_need.sort_index().idxmax()) if len(by_need) else "none"
    needs = [str(word) for word in members["water_need"].dropna()]
    return max(needs, key=WATER_NEEDS.index, default="none")


def _role(row: pd.Series[Any]) -> tuple[str, str | None]:
    if row["selection"] == "not_in_province":
        return "not_in_province", "Niet gekozen voor deze provincie: geen ruimtevraag en geen reservering."
    if not row["assessed"]:
        return "not_assessed", "De ruimtevraag is niet beoordeeld: er ontbreken gegevens."
    return PLANNED, None


def _mixed_distance(row: Mapping[Hashable, Any], system: CategorySystem, activities: pd.DataFrame) -> float:
    """Give the guide distance in mixed surroundings of a variant, by its activities in the VNG list.

    Source: VNG, Bedrijven en milieuzonering (2009): one step down for odour, dust and noise, not for danger.
    """
    label = str(row["category"])
    step = float(system.mixed[system.rank(label) - 1])
    codes = sbi.split_codes(str(row["sbi"])) if isinstance(row["sbi"], str) else ()
    alike = activities["category"] == label
    ours = alike & activities["sbi"].map(lambda code: any(str(code).startswith(own) for own in codes))
    themes = activities.loc[ours, ["odour_m", "dust_m", "noise_m", "danger_m"]].to_numpy(dtype=np.float64)
    asked = [
        required_distance(odour, dust, noise, danger, surroundings="mixed", system=system)
        for odour, dust, noise, danger in themes.tolist()
    ]
    return max(asked, default=step)


def _with_areas(table: pd.DataFrame, figures: pd.DataFrame, parameters: Parameters) -> pd.DataFrame:
    """Add the smallest and the usual plot: low and mid of what a facility takes."""
    names = "demand." + table["function_id"].astype(str) + ".plot_ha"
    low, mid = (names.map(figures[bound]) for bound in ("low", "mid"))
    # a function without a plot of its own, such as shifting space, asks what counts as room at all
    return table.assign(
        minimum_ha=low.fillna(parameters.minimum_room_ha).astype(float), typical_ha=mid.astype(float)
    )
