"""Tools from npm that check what the service says; none of them is a dependency of the product."""

from __future__ import annotations

import os
import shutil

import pytest


def npm_tool(name: str, package: str) -> str:
    """Find a command that an npm package brings.

    Skips the test when it is not on the path; fails it when KRING_REQUIRE names npm.
    """
    found = shutil.which(name)
    if found is not None:
        return found
    if "npm" in os.environ.get("KRING_REQUIRE", "").split(","):
        pytest.fail(f"KRING_REQUIRE names npm, and {name} is not on the path")
    pytest.skip(f"{name} is not installed (npm: {package})")
