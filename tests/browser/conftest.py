"""A real browser and a running service; both go away with the module, and so does playwright's event loop."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.browsing import FLAGS, running, visit
from tests.support.needs import need
from tests.support.town import make_town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Playwright

    from tests.support.browsing import Visited
    from tests.support.town import Town

SLOW_MS = 60_000
"""How long a busy machine may take for an answer, milliseconds."""
# a click does not wait for the page that it leads to; what follows it is expected, in this time
expect.set_options(timeout=SLOW_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of the browser; skips the test where there is none, fails it when it is required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    need("chromium", found, "there is no chromium on this machine (Debian: chromium)")
    return str(found)


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


@pytest.fixture(scope="module")
def town(planned_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Give a service as a province runs it; its tests carry ``xdist_group("plan")``."""
    return make_town(planned_release, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    """Run that service and give its address."""
    with running(town.app) as root:
        yield root


@pytest.fixture
def person(browser: Browser, address: str, town: Town) -> Iterator[Callable[..., Visited]]:
    """Give a browser of somebody, signed in by name or not at all."""
    contexts = []

    def made(name: str | None = None, **options: Any) -> Visited:
        context, found = visit(browser, address, **options)
        context.set_default_timeout(SLOW_MS)
        contexts.append(context)
        if name is not None:
            found.goto("/inloggen")
            found.page.get_by_label("Sleutel").fill(town.keys[name])
            found.page.get_by_role("button", name="Inloggen").click()
            found.page.get_by_role("button", name="Uitloggen").wait_for()
        return found

    yield made
    for context in contexts:
        context.close()


@pytest.fixture
def visited(browser: Browser, site: str) -> Iterator[Callable[..., Visited]]:
    """Give what opens pages of the site, each in a context of its own."""
    contexts = []

    def opened(**options: Any) -> Visited:
        context, found = visit(browser, site, **options)
        context.set_default_timeout(SLOW_MS)
        contexts.append(context)
        return found

    yield opened
    for context in contexts:
        context.close()
