"""The catalogue of circular functions: why each is selected, how large it is, what land it asks.

Two files that users edit or replace: one row per size variant, and one row per number with its unit, status
and source. A function without size variants has one variant with its own id.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analysis import sbi
from analysis.data_files import DataFile, Field, Range, range_fields, read_data_file
from analysis.space.function_checks import check_figures, check_functions, check_lead, check_sums
from analysis.space.function_figures import FIGURES, NEEDS, figure_name
from analysis.space.quantities import STATUSES, Quantities, quantities_of
from gis.errors import InputError
from layers.parameters import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SELECTIONS = ("necessary", "strengthens_profile", "both", "not_in_province")
SCALES = ("local", "regional", "supraregional", "national")
LEAD_METHODS = ("flow", "facilities", "jobs", "share")
WATER_NEEDS = ("none", "plus", "preferred", "required")
WATER_CLASS = {"none": 0, "plus": 0, "preferred": 1, "required": 2}
"""Dry, near and at water: a water need that is only a plus does not ask for a place near water."""
NO_CLASS = -1

_YES_NO = ("yes", "no")
_FUNCTION_FIELDS = (
    Field("function_id"),
    Field("name_nl"),
    Field("name_en"),
    Field("scale", allowed=SCALES),
    Field("strategy"),
    Field("selection", allowed=SELECTIONS),
    Field("selection_nl"),
    Field("selection_status", allowed=STATUSES),
    Field("selection_source"),
    Field("lead_method", allowed=LEAD_METHODS),
    Field("counts_secondary", allowed=_YES_NO),
    Field("shifts", allowed=_YES_NO),
    Field("note_nl", filled=False),
)
_VARIANT_FIELDS = (
    Field("variant_id"),
    Field("variant_nl"),
    Field("variant_en"),
    Field("category", filled=False, allowed=CATEGORIES),
    Field("category_status", filled=False, allowed=STATUSES),
    Field("category_source", filled=False),
    Field("water_need", filled=False, allowed=WATER_NEEDS),
    Field("water_status", filled=False, allowed=STATUSES),
    Field("water_source", filled=False),
    Field("sbi", filled=False),
    Field("sbi_version", filled=False, allowed=sbi.VERSIONS),
    Field("sbi_status", filled=False, allowed=STATUSES),
    Field("large_noise_maker", allowed=("yes", "no", "unknown")),
    Field("noise_status", allowed=STATUSES),
)
_FIGURE_FIELDS = (
    Field("function_id"),
    Field("figure", allowed=tuple(FIGURES)),
    Field("subject", filled=False),
    *range_fields(""),
    Field("unit"),
    Field("same_origin_as", filled=False),
)


@dataclass(frozen=True, slots=True)
class Function:
    """One circular function; ``selection_nl`` is the evidence for its ground of selection."""

    name_nl: str
    name_en: str
    scale: str
    strategy: str
    selection: str
    selection_nl: str
    selection_status: str
    selection_source: str
    lead_method: str
    counts_secondary: str
    shifts: str
    note_nl: str

    @property
    def selected(self) -> bool:
        """Tell whether it is to have a place in this province."""
        return self.selection != "not_in_province"


@dataclass(frozen=True, slots=True)
class Variant:
    """One size variant of a function, and the land that it asks."""

    function_id: str
    variant_nl: str
    variant_en: str
    category: str
    category_status: str
    category_source: str
    water_need: str
    water_status: str
    water_source: str
    sbi: str
    sbi_version: str
    sbi_status: str
    large_noise_maker: str
    noise_status: str

    @property
    def category_index(self) -> int:
        """Give the category as 0 (lightest) to 9, -1 where the variant has none of its own."""
        return CATEGORIES.index(self.category) if self.category in CATEGORIES else NO_CLASS

    @property
    def water_index(self) -> int:
        """Give the water class: 0 dry, 1 near, 2 at water, -1 where the variant has none of its own."""
        return WATER_CLASS.get(self.water_need, NO_CLASS)


FigureKey = tuple[str, str, str]
"""Function, figure and what the figure is about (a flow, a variant or nothing)."""


@dataclass(frozen=True)
class Catalogue:
    """The functions, their size variants and their figures, sorted by identifier.

    Attributes
    ----------
    origins
        Per figure the name of another figure of the same function that it was derived from, so that
        methods which use one each do not confirm each other.
    """

    functions: dict[str, Function]
    variants: dict[str, Variant]
    figures: dict[FigureKey, Range]
    origins: dict[FigureKey, str]

    @cached_property
    def _subjects(self) -> dict[tuple[str, str], list[str]]:
        found: dict[tuple[str, str], list[str]] = {}
        for function, figure, subject in self.figures:
            found.setdefault((function, figure), []).append(subject)
        return found

    def subjects(self, function: str, figure: str) -> list[str]:
        """Give the subjects of a figure, such as the flows that a function takes."""
        return self._subjects.get((function, figure), [])

    def variants_of(self, function: str) -> list[str]:
        """Give the size variants of a function."""
        return [name for name, variant in self.variants.items() if variant.function_id == function]

    def assessable(self, function: str, method: str) -> bool:
        """Tell whether the figures that a method needs are there."""
        return all(self.subjects(function, figure) for figure in NEEDS.get(method, ()))

    def codes(self, function: str) -> dict[str, frozenset[str]]:
        """Give the SBI codes of a function by version, those of all its variants together."""
        found: dict[str, set[str]] = {}
        for name in self.variants_of(function):
            variant = self.variants[name]
            if variant.sbi:
                found.setdefault(variant.sbi_version, set()).update(sbi.split_codes(variant.sbi))
        return {version: frozenset(codes) for version, codes in sorted(found.items())}

    def shares_codes_with(self, function: str) -> list[str]:
        """Give the functions that have a code in common, so that firms cannot be told apart by code."""
        own = self.codes(function)
        return [name for name in self.functions if name != function and _meet(own, self.codes(name))]

    def quantities(self, keys: Iterable[FigureKey]) -> Quantities:
        """Give figures as uncertain inputs."""
        rows = []
        for key in sorted(set(keys)):
            function, name, subject = key
            figure, shown = FIGURES[name], self.functions[function].name_nl
            about = self.variants[subject].variant_nl if subject in self.variants else subject
            mark = f" ({about})" if about else ""
            rows.append(
                self.figures[key].quantity(
                    figure_name(*key),
                    f"{shown}{mark}: {figure.label_nl}",
                    f"{self.functions[function].name_en}: {figure.label_en} {subject}".strip(),
                    figure.question_nl.format(name=shown, subject=about),
                    figure.group,
                )
            )
        return quantities_of(rows)


def _meet(left: dict[str, frozenset[str]], right: dict[str, frozenset[str]]) -> bool:
    return any(
        one.startswith(two) or two.startswith(one)
        for version in left.keys() & right.keys()
        for one in left[version]
        for two in right[version]
    )


def load_catalogue(
    functions: Path | None = None,
    figures: Path | None = None,
    *,
    flows: Iterable[str] | None = None,
    strategies: Iterable[str] | None = None,
) -> Catalogue:
    """Read the catalogue.

    Parameters
    ----------
    functions, figures
        The user's own files instead of those that ship with the product.
    flows, strategies
        Flows and strategies that exist elsewhere, to check references; None skips the check.

    Raises
    ------
    InputError
        With every problem of both files: negative areas, low above high, unknown SBI codes, a category that
        does not exist, shares above 1, figures that a method lacks.
    """
    rows = read_data_file(
        "circular_functions", functions, (*_FUNCTION_FIELDS, *_VARIANT_FIELDS), ("variant_id",)
    )
    identity = ("function_id", "figure", "subject")
    numbers = read_data_file("function_figures", figures, _FIGURE_FIELDS, identity)
    check_functions(rows, strategies)
    check_figures(numbers, rows, flows)
    problems = [*rows.problems, *numbers.problems]
    # what follows needs sound tables: a second message about one mistake helps nobody
    if not problems:
        catalogue = _assemble(rows, numbers)
        problems = [*check_lead(catalogue, rows.name), *check_sums(catalogue, numbers.name)]
    if problems:
        raise InputError(*problems)
    return catalogue


def _assemble(rows: DataFile, numbers: DataFile) -> Catalogue:
    functions, variants = {}, {}
    for row in rows.table.to_dict("records"):
        texts = {str(key): str(value) for key, value in row.items()}
        functions[texts["function_id"]] = Function(**{name: texts[name] for name in Function.__slots__})
        variants[texts["variant_id"]] = Variant(**{name: texts[name] for name in Variant.__slots__})
    keys = list(zip(*(numbers.texts(name) for name in ("function_id", "figure", "subject")), strict=True))
    figures = dict(sorted(zip(keys, numbers.ranges(), strict=True)))
    origins = {key: other for key, other in zip(keys, numbers.texts("same_origin_as"), strict=True) if other}
    return Catalogue(dict(sorted(functions.items())), dict(sorted(variants.items())), figures, origins)
