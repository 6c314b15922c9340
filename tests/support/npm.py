"""Tools from npm that check what the service says; none of them is a dependency of the product."""

from __future__ import annotations

import shutil

from tests.support.needs import need


def npm_tool(name: str, package: str) -> str:
    """Find a command that an npm package brings.

    Skips the test when it is not on the path; fails it when KRING_REQUIRE names npm.
    """
    found = shutil.which(name)
    need("npm", found, f"{name} is not on the path (npm: {package})")
    return str(found)
