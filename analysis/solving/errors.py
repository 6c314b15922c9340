"""Errors of the solvers."""

from __future__ import annotations

from gis.errors import KringError


class SolverError(KringError):
    """A solver ended in another way than with a solution and a finite bound, or with a proof that none exists."""


class NoSolutionError(SolverError):
    """The rules of a model exclude each other."""
