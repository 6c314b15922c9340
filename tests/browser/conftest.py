"""A real browser and a running service; both go away with the module, and so does playwright's event loop."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browsing import FLAGS, running, visit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

    from tests.support.browsing import Visited


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the browser; skips the test where there is none, fails it when it is required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and "chromium" in os.environ.get("KRING_REQUIRE", "").split(","):
        pytest.fail("KRING_REQUIRE names chromium, and there is none")
    if found is None:
        pytest.skip("no chromium on this machine (Debian: chromium)")
    return found


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Run playwright for the tests of a module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """Run a browser that draws maps without a graphics card."""
    found = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    try:
        yield found
    finally:
        found.close()


@pytest.fixture(scope="module")
def site(sample_release: Path) -> Iterator[str]:
    """Run the service over a release of the sample region, and give its address."""
    from api.http.running import make_service
    from api.http.settings import Settings

    with running(make_service(Settings(release=sample_release, burst=100_000))) as root:
        yield root


@pytest.fixture
def visited(browser: Browser, site: str) -> Iterator[Callable[..., Visited]]:
    """Give what opens pages of the site, each in a context of its own."""
    contexts = []

    def opened(**options: Any) -> Visited:
        context, found = visit(browser, site, **options)
        contexts.append(context)
        return found

    yield opened
    for context in contexts:
        context.close()
