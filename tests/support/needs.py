"""Programs that a test needs from the machine: without one it is skipped, or fails where it is required."""

from __future__ import annotations

import os

import pytest


def required(name: str) -> bool:
    """Whether ``KRING_REQUIRE`` names a program: a comma between two."""
    return name in os.environ.get("KRING_REQUIRE", "").split(",")


def need(name: str, present: object, missing: str) -> None:
    """Go on where a program is there.

    Parameters
    ----------
    name
        As in ``KRING_REQUIRE``.
    present
        True in a condition when it is there.
    missing
        What is missing, and where it comes from: the reason of the skip.
    """
    if present:
        return
    if required(name):
        pytest.fail(f"KRING_REQUIRE names {name}, but {missing}")
    pytest.skip(missing)
