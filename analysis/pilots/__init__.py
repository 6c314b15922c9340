"""Redevelopment pilots: which parks to begin with, why, and where it could be repeated."""

from analysis.pilots.find import find_pilots

__all__ = ["find_pilots"]
