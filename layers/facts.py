"""The fact tables that ship with the product, read on demand; every figure keeps its status and source."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd


def read_facts(name: str) -> pd.DataFrame:
    """Read a fact table of ``layers/data`` with every column as text, empty cells missing.

    Parameters
    ----------
    name
        File name without ``.csv``, such as ``"environmental_categories"``.
    """
    with (files("layers") / "data" / f"{name}.csv").open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype="string", keep_default_na=False, na_values=[""])
