"""A plan that every machine makes the same: it stops on gap or nodes, and draws no views."""

from __future__ import annotations

from typing import Any

SHORT: dict[str, Any] = {"seconds": None, "gap": 0.02, "nodes": 20, "aims": ("shortage", "people")}
"""Settings of the plan."""


def no_views(*_: object) -> None:
    """Make no views."""
