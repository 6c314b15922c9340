"""Errors of the solvers."""

from __future__ import annotations

from gis.errors import KringError


class SolverError(KringError):
    """A solver ended otherwise than with a solution and a finite bound, or a proof that there is none."""


class NoSolutionError(SolverError):
    """The rules of a model exclude each other."""
