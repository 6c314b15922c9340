"""Activity codes (SBI): which exist, and which firms fall under them.

A code is a beginning: ``38`` covers ``3811`` and ``383202``. Codes of another version never match, because
SBI 2025 moved many activities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.facts import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

VERSIONS = ("SBI-2008", "SBI-2025")
CHECKED_VERSION = "SBI-2008"
"""The version whose divisions and groups are known here; of another one only the form is checked."""
DIVISION, GROUP, LONGEST = 2, 3, 6


def split_codes(text: str) -> tuple[str, ...]:
    """Split a list of codes such as ``"4671;4730"``; dots inside a code are left out."""
    return tuple(
        "".join(code.split(".")) for code in text.replace(",", ";").replace(" ", "").split(";") if code
    )


def known_groups() -> frozenset[str]:
    """Give the groups (three digits) of SBI 2008."""
    return frozenset(read_facts("sbi2008_groups")["group"])


def unknown_codes(codes: Iterable[str], version: str, groups: frozenset[str]) -> list[str]:
    """Give the codes that cannot exist in this version."""
    divisions = {group[:DIVISION] for group in groups}

    def exists(code: str) -> bool:
        if not code.isdecimal() or not DIVISION <= len(code) <= LONGEST:
            return False
        if version != CHECKED_VERSION:
            return True
        return code[:DIVISION] in divisions if len(code) == DIVISION else code[:GROUP] in groups

    return [code for code in codes if not exists(code)]


def digits(codes: pd.Series[str]) -> NDArray[np.object_]:
    """Give each code without dots and blanks, empty where it is missing."""
    return codes.fillna("").astype(str).str.replace(r"\D", "", regex=True).to_numpy(dtype=object)


def under(
    codes: NDArray[np.object_], versions: pd.Series[str], prefixes: Iterable[str], version: str
) -> NDArray[np.bool_]:
    """Tell which firms fall under one of the codes.

    Parameters
    ----------
    codes
        As `digits` gives.
    versions
        The version of each code; a missing one counts as SBI 2008.
    prefixes, version
        The codes looked for and their version.
    """
    begins = tuple(prefixes)
    stated = versions.fillna(CHECKED_VERSION)
    return np.array(
        [
            same == version and bool(begins) and str(code).startswith(begins)
            for code, same in zip(codes, stated, strict=True)
        ],
        dtype=bool,
    )
