"""The roles that a caller of the service can have."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from layers.schema import Level

CODE: Final = re.compile(r"GM\d{4}")


class Role(StrEnum):
    """Who somebody is to the service, from everybody to the editors."""

    PUBLIC = "public"
    SESSION = "session"
    """Sees what everybody sees and what sessions share: a water board, an environment agency."""
    MUNICIPALITY = "municipality"
    PROVINCE = "province"
    EDITOR = "editor"

    @property
    def level(self) -> Level:
        """The level up to which this role sees by itself."""
        return Level.PUBLIC if self is Role.SESSION else Level(self.value)

    @property
    def sees_undecided(self) -> bool:
        """Whether releases in which nothing was decided exist for this role by itself."""
        return self in {Role.PROVINCE, Role.EDITOR}


def territory_problem(role: Role, codes: frozenset[str]) -> str | None:
    """Tell what is wrong with the municipalities of somebody with a role; None when nothing is."""
    wrong = sorted(code for code in codes if not CODE.fullmatch(code))
    if wrong:
        return f"{', '.join(wrong)} is not the code of a municipality, such as GM0344"
    if role is Role.MUNICIPALITY and not codes:
        return "role municipality needs the code of at least one municipality"
    if role is not Role.MUNICIPALITY and codes:
        return f"role {role} has no municipalities of its own"
    return None
