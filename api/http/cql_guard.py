"""What stands before the parser of CQL2 text: limits that keep it from running out of stack or time.

The parser calls itself for every bracket, NOT and minus; some thousands of them in a row end the process, so
they are counted before it sees them. Texts in quotes do not count.
"""

from __future__ import annotations

import re
from typing import Any, Final

import cql2

MAXIMUM_LENGTH: Final = 30_000
MAXIMUM_DEPTH: Final = 24
MAXIMUM_OPERATORS: Final = 1_000

_QUOTED: Final = re.compile(r"'[^']*'|\"[^\"]*\"")
_OPERATORS: Final = re.compile(r"[=<>+*/%^]|\b(?:not|and|or|div|like|in|between|is)\b", re.IGNORECASE)
_TWO_MINUSES: Final = re.compile(r"-\s*-")
_TWO_NOTS: Final = re.compile(r"(?:\bnot\s+){5}", re.IGNORECASE)


class FilterError(ValueError):
    """A condition that cannot be used, with one Dutch sentence that says why and what would be right."""


def parse_text(text: str) -> Any:
    """Parse CQL2 text to its JSON form; FilterError when it is no CQL2 or beyond the limits."""
    bare = _QUOTED.sub("''", text)
    if _depth(bare) > MAXIMUM_DEPTH or _TWO_MINUSES.search(bare) or _TWO_NOTS.search(bare):
        raise FilterError("filter is te diep genest; schrijf de voorwaarde vlakker.")
    if sum(1 for _ in _OPERATORS.finditer(bare)) > MAXIMUM_OPERATORS:
        raise FilterError("filter heeft te veel voorwaarden; gebruik IN of vraag minder.")
    try:
        return cql2.parse_text(text).to_json()
    except (cql2.ParseError, cql2.ValidationError, ValueError, RecursionError) as error:
        raise FilterError(f"filter is geen geldige CQL2-tekst{_where(str(error))}.") from error


def too_deep(tree: Any) -> bool:
    """Tell whether a JSON tree is nested deeper than a condition within the limits can be."""
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > 3 * MAXIMUM_DEPTH:
            return True
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return False


def _depth(text: str) -> int:
    deepest = depth = 0
    for character in text:
        if character == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif character == ")":
            depth -= 1
    return deepest


def _where(message: str) -> str:
    """Take the column out of the parser's message, and nothing else of it."""
    found = re.search(r"-->\s*\d+:(\d+)", message)
    return f", bij teken {found.group(1)}" if found else ""
