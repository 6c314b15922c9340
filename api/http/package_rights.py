"""Whose choice package is for which reader: one rule for packages made beforehand and for those composed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.http.shown import files_level
from api.jobs.package import package_stem
from layers.schema import Level

if TYPE_CHECKING:
    from api.http.shown import Shown

MUNICIPALITIES: Final = "municipalities"


def package_stems(shown: Shown) -> dict[str, str]:
    """Give the municipalities whose package is for this reader, as code to stem of the file.

    All for who sees the region, else the own ones. A package holds what the plan says, also what is of the
    level of the province: nobody gets one who sees only what is public, and nobody who sees a part of a
    release in which nothing was decided.
    """
    scope, release = shown.scope, shown.release
    if not scope.level.allows(Level.MUNICIPALITY) or files_level(release, scope) is None:
        return {}
    if MUNICIPALITIES not in release.names:
        return {}
    table = release.table(MUNICIPALITIES)
    codes, called = (table[column].astype(str) for column in ("municipality_code", "name"))
    names = dict(zip(codes, called, strict=True))
    own = (code for code in sorted(names) if scope.territory is None or code in scope.territory)
    return {code: package_stem(names, code) for code in own}
