"""Checks of the catalogue that look across rows: every problem is named, nothing is computed from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis import sbi
from analysis.space.function_figures import FIGURES, FLOWS, NEEDS, VARIANTS
from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.data_files import DataFile
    from analysis.space.functions import Catalogue

SHARE_TOLERANCE = 1e-6
OF_THE_FUNCTION = (
    "name_nl",
    "name_en",
    "scale",
    "strategy",
    "selection",
    "selection_nl",
    "selection_status",
    "selection_source",
    "lead_method",
    "counts_secondary",
    "shifts",
    "note_nl",
)
"""Columns that every variant of a function repeats."""
OF_THE_LAND = (
    "category",
    "category_status",
    "category_source",
    "water_need",
    "water_status",
    "water_source",
)
"""Columns that say which land a variant asks; only shifting space has none of its own."""


def check_functions(rows: DataFile, strategies: Iterable[str] | None) -> None:
    """Check the rows of the catalogue: one story per function, codes that exist, a class per variant."""
    table = rows.table
    for name in OF_THE_FUNCTION:
        several = table.groupby("function_id")[name].transform("nunique").to_numpy() > 1
        message = "the variants of one function differ in what belongs to the function"
        rows.report(message, "Give all its variants the same value.", name, several)
    placed = np.array(rows.texts("lead_method"), dtype=object) != "share"
    for name in OF_THE_LAND:
        empty = np.array(rows.texts(name), dtype=object) == ""
        rows.report("a value is missing", "Fill it in.", name, empty & placed)
    if strategies is not None:
        rows.check_known("strategy", (*strategies, "shifting"), "the strategy")
    groups = sbi.known_groups()
    for row, (codes, version) in enumerate(zip(rows.texts("sbi"), rows.texts("sbi_version"), strict=True)):
        at = np.arange(len(table)) == row
        if codes and not version:
            rows.report("the SBI codes have no version", "Write SBI-2008 or SBI-2025.", "sbi_version", at)
        wrong = sbi.unknown_codes(sbi.split_codes(codes), version, groups) if version else []
        if wrong:
            message = f"the SBI code {', '.join(wrong)} does not exist in {version}"
            rows.report(message, "Look the code up at cbs.nl and correct it.", "sbi", at)


def check_figures(numbers: DataFile, rows: DataFile, flows: Iterable[str] | None) -> None:
    """Check each figure against what it is: its unit, its bounds and what it is about."""
    numbers.check_order()
    numbers.check_known("function_id", sorted(set(rows.texts("function_id"))), "the function")
    figures = np.array(numbers.texts("figure"), dtype=object)
    subjects = np.array(numbers.texts("subject"), dtype=object)
    units = np.array(numbers.texts("unit"), dtype=object)
    known: dict[str, Iterable[str] | None] = {FLOWS: flows, VARIANTS: rows.texts("variant_id"), "": ()}
    for name, figure in FIGURES.items():
        of = figures == name
        for bound in ("low", "mid", "high"):
            message = f"a value of {name} lies above {figure.maximum:g}"
            above = of & (numbers.numbers(bound) > figure.maximum)
            numbers.report(message, f"Give at most {figure.maximum:g}.", bound, above)
        if figure.above_zero:
            zero = of & (numbers.numbers("low") <= 0)
            numbers.report(f"{name} must be above zero", "Correct the value.", "low", zero)
        other = of & (units != figure.unit)
        numbers.report(f"{name} is not in {figure.unit}", f"Convert it to {figure.unit}.", "unit", other)
        bare = of & (subjects == "") & bool(figure.subject)
        numbers.report(f"{name} does not say of what", f"Name the {figure.subject}.", "subject", bare)
        choices = known[figure.subject]
        if choices is not None:
            strange = of & ~np.isin(subjects.astype(str), [*choices, ""])
            what = figure.subject or "subject"
            repair = f"Name an existing {what}." if figure.subject else "Leave it empty."
            numbers.report(f"the {what} of {name} does not exist", repair, "subject", strange)


def check_lead(catalogue: Catalogue, file: str) -> list[Problem]:
    """Check that what takes part has the figures of its lead method and its net/gross factor."""
    found = []
    for name, function in catalogue.functions.items():
        needed = NEEDS.get(function.lead_method, ("shifting_share",)) if function.selected else ()
        missing = [figure for figure in (*needed, "net_gross") if not catalogue.subjects(name, figure)]
        if missing:
            message = f"the lead method {function.lead_method} has no figure for {', '.join(missing)}"
            repair = "Add it to the file of figures or choose another lead method."
            found.append(Problem(message, repair, file, None, "lead_method", (name,)))
    return found


def check_sums(catalogue: Catalogue, file: str) -> list[Problem]:
    """Check that shares of variants add up to one, and shares of a flow never to more than one."""
    found = []

    def note(message: str, repair: str, field: str, row: str) -> None:
        found.append(Problem(message, repair, file, None, field, (row,)))

    taken: dict[str, float] = {}
    for name, function in catalogue.functions.items():
        variants = catalogue.variants_of(name)
        absent = set(variants) - set(catalogue.subjects(name, "variant_share"))
        for variant in sorted(absent) if len(variants) > 1 else ():
            note(
                "a variant has no share of its function",
                "Add variant_share for it.",
                "variant_share",
                variant,
            )
        shares = [
            catalogue.figures[name, "variant_share", variant].mid
            for variant in variants
            if variant not in absent
        ]
        if shares and not absent and abs(sum(shares) - 1.0) > SHARE_TOLERANCE:
            message = f"the middle shares of its variants add up to {sum(shares):g}"
            note(message, "Make them add up to 1.", "variant_share", name)
        for flow in catalogue.subjects(name, "flow_share") if function.strategy != "logistics" else ():
            taken[flow] = taken.get(flow, 0.0) + catalogue.figures[name, "flow_share", flow].mid
    for flow, total in sorted(taken.items()):
        if total > 1.0 + SHARE_TOLERANCE:
            message = f"the functions together take {total:g} of this flow"
            note(message, "Bring the middle shares to at most 1.", "flow_share", flow)
    return found
