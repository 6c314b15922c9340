"""The errors that a user may cause, each with its repair; everything else is a defect of ours."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what came in, and what to do about it.

    Attributes
    ----------
    message
        What is wrong, one sentence.
    repair
        What the user can do about it, one sentence.
    file, layer, field
        Where it is; None where that does not apply.
    rows
        Row ids (or row numbers, first row 1) concerned; at most the first ten are shown.
    """

    message: str
    repair: str
    file: str | None = None
    layer: str | None = None
    field: str | None = None
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give one line: place, message, rows and repair."""
        place = ", ".join(
            f"{name} {value}"
            for name, value in (("file", self.file), ("layer", self.layer), ("field", self.field))
            if value is not None
        )
        shown = ", ".join(self.rows[:SHOWN_ROWS])
        more = f" and {len(self.rows) - SHOWN_ROWS} more" if len(self.rows) > SHOWN_ROWS else ""
        rows = f" (rows {shown}{more})" if self.rows else ""
        return f"{place + ': ' if place else ''}{self.message}{rows}. {self.repair}"


class KringError(Exception):
    """Base of every error that is shown to a user without a traceback."""


class InputError(KringError):
    """Something that came in cannot be used; holds every problem found, not only the first."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


class ReleaseError(KringError):
    """A release cannot be read or written."""


class DatabaseError(KringError):
    """A database cannot be reached, refuses, or holds something else; never with a password in it."""
