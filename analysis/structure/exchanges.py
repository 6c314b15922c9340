"""The chains of materials in steps, and how much one function passes on to the next: data files.

A chain says which steps must follow each other; an exchange says what share of the tonnes of one function
goes to another, whether that can go by ship, and over which distance it makes sense.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.data_files import Field, Range, range_fields, read_data_file
from analysis.space.quantities import STATUSES
from analysis.structure.rules import check_items, split
from gis.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Pair = tuple[str, str]

_CHAIN_FIELDS: Final = (
    Field("chain_id"),
    Field("name_nl"),
    Field("name_en"),
    Field("step", "number", minimum=1),
    Field("functions"),
    Field("step_nl"),
    Field("status", allowed=STATUSES),
    Field("source"),
)
_EXCHANGE_FIELDS: Final = (
    Field("from_function"),
    Field("to_function"),
    *(
        Field(f"share_{item.name}", item.kind, minimum=item.minimum, maximum=1.0)
        for item in range_fields("")[:3]
    ),
    Field("by_water", allowed=("yes", "no")),
    Field("reach_km", "number", minimum=0),
    Field("status", allowed=STATUSES),
    Field("source"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain: any of its functions will do."""

    number: int
    functions: tuple[str, ...]
    name_nl: str
    status: str


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that a material takes one after another, in their order."""

    chain_id: str
    name_nl: str
    name_en: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one function passes on to another.

    Attributes
    ----------
    share
        Share of the tonnes of `from_function`.
    by_water
        Whether the material is bulk that goes by ship.
    reach_km
        Kilometres over the road beyond which the exchange makes no sense.
    """

    from_function: str
    to_function: str
    share: Range
    by_water: bool
    reach_km: float


def load_exchanges(
    path: Path | None = None, *, links: Iterable[Pair], functions: Iterable[str]
) -> dict[Pair, Exchange]:
    """Read the exchanges; each must be a link between functions, and every link must have its exchange.

    Parameters
    ----------
    path
        The province's own file instead of ``structure_exchanges.csv``.
    links
        As `analysis.space.profile.load_chains` gives them.

    Raises
    ------
    InputError
        With every problem of the file; shares of one function that add up to more than all of it too.
    """
    file = read_data_file("structure_exchanges", path, _EXCHANGE_FIELDS, ("from_function", "to_function"))
    known = list(functions)
    for column in ("from_function", "to_function"):
        file.check_known(column, known, "the function")
    low, mid, high = (file.numbers(f"share_{bound}") for bound in ("low", "mid", "high"))
    wrong = (low > mid) | (mid > high)
    file.report("the shares do not ascend", "Order them: low <= mid <= high.", "share_low", wrong)
    given = list(zip(file.texts("from_function"), file.texts("to_function"), strict=True))
    if len(file.table):
        total = file.table.groupby("from_function")["share_mid"].sum()
        over = file.table["from_function"].isin(total.index[total > 1.0 + 1e-9]).to_numpy(dtype=bool)
        file.report(
            "shares of one function add up to more than 1", "Lower share_mid of these.", "share_mid", over
        )
        lacking = tuple(f"{one}>{two}" for one, two in sorted(set(links) - set(given)))
        if lacking:
            repair = "Add a row for each, or take the link out of chain_links."
            file.problems.append(
                Problem("links between functions have no exchange", repair, file.name, rows=lacking)
            )
    strange = np.array([pair not in set(links) for pair in given], dtype=bool)
    file.report("these functions are no link of chain_links", "Add the link there.", "to_function", strange)
    file.stop()
    ranges = [
        Range(float(one), float(two), float(three), "share", status, source)
        for one, two, three, status, source in zip(
            low, mid, high, file.texts("status"), file.texts("source"), strict=True
        )
    ]
    rows = zip(given, ranges, file.texts("by_water"), file.numbers("reach_km").tolist(), strict=True)
    made = {pair: Exchange(*pair, share, water == "yes", reach) for pair, share, water, reach in rows}
    return dict(sorted(made.items()))


def load_material_chains(
    path: Path | None = None, *, exchanges: Mapping[Pair, Exchange], functions: Iterable[str]
) -> tuple[Chain, ...]:
    """Read the chains, sorted by id.

    Parameters
    ----------
    path
        The province's own file instead of ``structure_chains.csv``.

    Raises
    ------
    InputError
        With every problem: steps that are not 1, 2, 3, a function that is not known, two steps that pass
        nothing on to each other.
    """
    file = read_data_file("structure_chains", path, _CHAIN_FIELDS, ("chain_id", "step"))
    check_items(file, "functions", functions, "the function")
    file.stop()
    table = file.table.sort_values(["chain_id", "step"], kind="stable")
    chains, problems = [], []
    for name, rows in table.groupby("chain_id", sort=True):
        steps = tuple(
            Step(int(row["step"]), split(str(row["functions"])), str(row["step_nl"]), str(row["status"]))
            for row in rows.to_dict("records")
        )
        if [step.number for step in steps] != list(range(1, len(steps) + 1)):
            repair = "Number the steps 1, 2, 3 and so on."
            problems.append(
                Problem("the steps of a chain are not in sequence", repair, file.name, rows=(str(name),))
            )
        for one, two in pairwise(steps):
            if not any((first, second) in exchanges for first in one.functions for second in two.functions):
                message = "two steps of a chain pass nothing on to each other"
                repair = "Add the exchange to structure_exchanges, or change the steps."
                rows_named = (f"{name}.{one.number}", f"{name}.{two.number}")
                problems.append(Problem(message, repair, file.name, field="functions", rows=rows_named))
        first_row = rows.iloc[0]
        chains.append(Chain(str(name), str(first_row["name_nl"]), str(first_row["name_en"]), steps))
    if problems:
        raise InputError(*problems)
    return tuple(chains)
