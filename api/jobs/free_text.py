"""Text that people type: kept as plain text, without what a reader cannot see."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Controls, marks that turn the direction of a line, halves of characters and what has no meaning."""
_LINES: Final = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_MANY: Final = re.compile(r"\n{3,}")


def clean_line(text: str) -> str:
    """Give text as one line: hidden characters out, white space single."""
    return " ".join(_visible(_LINES.sub(" ", text).replace("\t", " ").replace("\n", " ")).split())


def clean_lines(text: str) -> str:
    """Give text with its lines: hidden characters out, at most one empty line between two others."""
    lines = _LINES.sub("\n", text).split("\n")
    return _MANY.sub("\n\n", "\n".join(clean_line(line) for line in lines)).strip("\n")


def _visible(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in composed if unicodedata.category(letter) not in _HIDDEN)
