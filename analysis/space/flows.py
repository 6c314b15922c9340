"""Material flows per inhabitant, and the keys that carry national figures to the region.

A flow is what comes free or is made per inhabitant and year; its capture is the share that goes to circular
processing now. The company key is calibrated on reported provincial waste.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.data_files import DataFile, Field, Range, range_fields, read_data_file
from analysis.space.bases import based, bases_of, load_bases
from analysis.space.quantities import Quantities, quantities_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from analysis.space.bases import Base, Region

BASES = ("household", "company", "product")
MATERIALS = ("abiotic", "biotic", "mixed")
KG_UNIT = "kg per inhabitant per year"

_FLOW_FIELDS = (
    Field("flow_id"),
    Field("name_nl"),
    Field("name_en"),
    Field("basis", allowed=BASES),
    Field("material", allowed=MATERIALS),
    Field("national_kt", "number", filled=False, minimum=0),
    Field("national_inhabitants", "number", filled=False, minimum=1),
    Field("national_year", "number", filled=False, minimum=1900, maximum=2200),
    *range_fields("kg_"),
    *range_fields("capture_", maximum=1),
)
_KEY_FIELDS = (Field("basis", allowed=BASES), Field("name_nl"), Field("name_en"), *range_fields(""))


@dataclass(frozen=True, slots=True)
class Flow:
    """One material flow.

    Attributes
    ----------
    basis
        ``household`` or ``company`` waste, or a ``product`` that takes up secondary material.
    kg
        Kilograms per inhabitant per year.
    capture
        Share of it that is processed in a circular way now.
    """

    name_nl: str
    name_en: str
    basis: str
    material: str
    kg: Range
    capture: Range


@dataclass(frozen=True, slots=True)
class Key:
    """The ratio of this province's flow per inhabitant to the nation's."""

    name_nl: str
    name_en: str
    ratio: Range


@dataclass(frozen=True)
class Flows:
    """The flows by identifier and the regional keys by basis, both sorted."""

    by_id: dict[str, Flow]
    keys: dict[str, Key]

    def quantities(self, flows: Iterable[str]) -> Quantities:
        """Give the uncertain inputs of some flows, with the keys of their bases."""
        chosen = sorted(set(flows))
        rows = []
        for name in chosen:
            flow = self.by_id[name]
            rows += [
                flow.kg.quantity(
                    flow_name(name, "kg"),
                    f"{flow.name_nl}: hoeveelheid per inwoner",
                    f"{flow.name_en}: quantity per inhabitant",
                    f"Hoeveel kilo per inwoner per jaar is deze stroom in de provincie: {flow.name_nl}?",
                ),
                flow.capture.quantity(
                    flow_name(name, "capture"),
                    f"{flow.name_nl}: deel dat circulair wordt verwerkt",
                    f"{flow.name_en}: share processed in a circular way",
                    f"Welk deel van deze stroom wordt nu circulair verwerkt: {flow.name_nl}?",
                ),
            ]
        for basis in sorted({self.by_id[name].basis for name in chosen}):
            key = self.keys[basis]
            question = f"Hoe verhoudt de provincie zich hierin tot Nederland: {key.name_nl}?"
            rows.append(key.ratio.quantity(key_name(basis), key.name_nl, key.name_en, question))
        return quantities_of(rows)


def flow_name(flow: str, part: str) -> str:
    """Name a quantity of a flow: ``kg`` or ``capture``."""
    return f"demand.{flow}.{part}"


def key_name(basis: str) -> str:
    """Name the regional key of a basis."""
    return f"demand.key.{basis}"


def load_flows(
    flows: Path | None = None,
    keys: Path | None = None,
    *,
    region: Region | None = None,
    bases: Path | None = None,
) -> Flows:
    """Read the flows and the regional keys.

    A key with a base was measured there: it holds in that region, and in a part of it as an assumption. In
    any other region the row without a base counts.

    Parameters
    ----------
    flows, keys, bases
        The user's own files instead of those that ship with the product.
    region
        The region of the project; None takes the keys that were measured.

    Raises
    ------
    InputError
        With every problem of both files.
    """
    file = read_data_file("material_flows", flows, _FLOW_FIELDS, ("flow_id",))
    for prefix in ("kg_", "capture_"):
        file.check_order(prefix)
    _check_national(file)
    regions = load_bases(bases)
    ratios = _read_keys(keys)
    ratios.check_order()
    origins = bases_of(ratios, regions)
    if not file.problems and not ratios.problems:
        everywhere = [
            basis for basis, base in zip(ratios.texts("basis"), origins, strict=True) if base is None
        ]
        missing = ~np.isin(file.texts("basis"), everywhere)
        file.report("the basis has no regional key", f"Add it to {ratios.name}.", "basis", missing)
    file.problems += ratios.problems
    file.stop()
    names = zip(
        *(file.texts(name) for name in ("flow_id", "name_nl", "name_en", "basis", "material")), strict=True
    )
    ranges = zip(file.ranges("kg_", KG_UNIT), file.ranges("capture_", "share"), strict=True)
    by_id = {
        flow: Flow(name_nl, name_en, basis, material, kg, capture)
        for (flow, name_nl, name_en, basis, material), (kg, capture) in zip(names, ranges, strict=True)
    }
    return Flows(dict(sorted(by_id.items())), dict(sorted(_keys_of(ratios, origins, region).items())))


def _read_keys(path: Path | None) -> DataFile:
    fields = based("regional_keys", _KEY_FIELDS, path)
    identifier = ("basis", "base") if len(fields) > len(_KEY_FIELDS) else ("basis",)
    return read_data_file("regional_keys", path, fields, identifier)


def _keys_of(ratios: DataFile, origins: list[Base | None], region: Region | None) -> dict[str, Key]:
    """Choose per basis the key that was measured here, else the one that holds everywhere."""
    rows = zip(
        *(ratios.texts(name) for name in ("basis", "name_nl", "name_en")),
        ratios.ranges("", "ratio"),
        origins,
        strict=True,
    )
    chosen: dict[str, Key] = {}
    measured: dict[str, Key] = {}
    for basis, name_nl, name_en, ratio, base in rows:
        if base is None:
            chosen[basis] = Key(name_nl, name_en, ratio)
        elif base.relation(region) != "other":
            measured[basis] = Key(name_nl, name_en, base.borrowed(ratio, region))
    return chosen | measured


def _check_national(file: DataFile) -> None:
    """Check that a national tonnage comes with its inhabitants and agrees with the kilograms."""
    tonnes, inhabitants = file.numbers("national_kt"), file.numbers("national_inhabitants")
    repair = "Give both national_kt and national_inhabitants, or neither."
    half = np.isnan(tonnes) != np.isnan(inhabitants)
    file.report("a national tonnage needs its number of inhabitants", repair, "national_kt", half)
    kg = tonnes * 1e6 / inhabitants
    outside = (kg < file.numbers("kg_low")) | (kg > file.numbers("kg_high"))
    message = "the national tonnage per inhabitant lies outside the range of kilograms"
    file.report(message, "Correct the tonnage, the inhabitants or the range.", "kg_mid", outside)
