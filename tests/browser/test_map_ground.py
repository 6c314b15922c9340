"""A background of another host: only where it is set, and then named, and let in by the policy of pages."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from api.http.running import make_service
from api.http.settings import Settings, read_settings
from gis.errors import InputError
from tests.support.browsing import running, visit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

HOST = "tiles.example.test"
ADDRESS = f"https://{HOST}/grijs/{{z}}/{{x}}/{{y}}.png"
WHOSE = "Kadaster <b>(BRT)</b>"


@pytest.fixture(scope="module")
def grounded(sample_release: Path) -> Iterator[str]:
    settings = Settings(release=sample_release, ground=ADDRESS, ground_attribution=WHOSE, burst=100_000)
    with running(make_service(settings)) as root:
        yield root


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (256, 256), (10, 200, 30)).save(target, "PNG")
    return target.getvalue()


def test_the_background_comes_from_the_host_that_was_set_and_no_other(
    browser: Browser, grounded: str
) -> None:
    context, seen = visit(browser, grounded)
    allowed = {"Access-Control-Allow-Origin": "*"}
    context.route(
        re.compile(rf"https://{HOST}/"),
        lambda route: route.fulfill(body=picture(), content_type="image/png", headers=allowed),
    )
    page = seen.map("/kaart?lagen=")
    assert {urlsplit(one).netloc for one in seen.elsewhere} == {HOST}
    assert WHOSE in page.locator(".map-source").inner_text()
    assert seen.complaints == []
    shot = Image.open(io.BytesIO(page.locator(".map-canvas").screenshot())).convert("RGB")
    assert shot.getpixel((shot.width // 2, shot.height // 2)) == (10, 200, 30)
    context.close()


def test_the_policy_names_that_host_only_where_it_is_set(site: str, grounded: str) -> None:
    without, with_it = (
        httpx.get(f"{root}/kaart", trust_env=False).headers["content-security-policy"]
        for root in (site, grounded)
    )
    assert "http" not in without
    parts = dict(part.strip().partition(" ")[::2] for part in with_it.split(";"))
    assert {name for name, value in parts.items() if HOST in value} == {"img-src", "connect-src"}
    assert parts["script-src"] == "'self'"


@pytest.mark.parametrize(
    "given",
    [
        {"ground": "http://plain.test/{z}/{x}/{y}.png", "ground_attribution": "x"},
        {"ground": "https://x.test/{z}/{x}.png", "ground_attribution": "x"},
        {"ground": "https://x.test/{z}/{x}/{y}; script-src *", "ground_attribution": "x"},
        {"ground": "https://x.test *", "ground_attribution": "x"},
        {"ground": ADDRESS},
    ],
)
def test_a_background_that_cannot_be_is_refused_at_the_start(given: dict[str, str], tmp_path: Path) -> None:
    environment = {f"KRING_{name.upper()}": value for name, value in given.items()}
    with pytest.raises(InputError):
        read_settings({"KRING_RELEASE": str(tmp_path), **environment})
