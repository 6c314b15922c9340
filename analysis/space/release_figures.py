"""What holds for all released land: how late it comes free, and how much of it is of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.data_files import Field, Range, range_fields, read_data_file

if TYPE_CHECKING:
    from pathlib import Path

USABLE = ("usable_soil", "usable_plot_shape", "usable_ownership")
FIGURES = ("lag_years", *USABLE, "usable_grid")
QUESTIONS = {
    "lag_years": "Hoe lang duurt het van krimp tot er grond vrijkomt?",
    "usable_soil": "Hoeveel van de vrijkomende grond is na sanering bruikbaar?",
    "usable_plot_shape": "Hoeveel vrijkomende kavels zijn groot en recht genoeg voor circulaire functies?",
    "usable_ownership": "Welke eigenaren van krimpende bedrijven verkopen of verpachten hun grond?",
    "usable_grid": "Hoeveel vrijkomende grond is bruikbaar zolang het stroomnet vol is?",
}


def load_release_figures(path: Path | None = None) -> dict[str, tuple[str, str, Range]]:
    """Read the lag and the usable shares: figure to Dutch name, English name and range.

    Raises
    ------
    InputError
        With every problem of the file: a share above 1, low above high, a figure that is lacking.
    """
    fields = (
        Field("figure", allowed=FIGURES),
        Field("name_nl"),
        Field("name_en"),
        *range_fields(""),
        Field("unit", allowed=("years", "share")),
    )
    file = read_data_file("release_figures", path, fields, ("figure",))
    file.check_order()
    share = np.array(file.texts("unit"), dtype=object) == "share"
    file.report("a share lies above 1", "Give at most 1.", "high", share & (file.numbers("high") > 1))
    time = np.array(file.texts("figure"), dtype=object) == "lag_years"
    file.report(
        "the figure has another unit", "Give lag_years in years, the others as share.", "unit", time == share
    )
    lacking = [name for name in FIGURES if name not in file.texts("figure")]
    if lacking and not file.problems:
        wrong = np.ones(len(file.table), dtype=bool)
        file.report(f"the figures {', '.join(lacking)} are lacking", "Add a row for each.", "figure", wrong)
    file.stop()
    names = zip(*(file.texts(name) for name in ("figure", "name_nl", "name_en")), strict=True)
    return {figure: (nl, en, value) for (figure, nl, en), value in zip(names, file.ranges(), strict=True)}
