"""How large pages are and how long readers wait, in a real browser that draws without a graphics card.

Run with ``python -m tests.benchmarks.pages [RELEASE]``, a release with a plan; every number is the median of three.
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import shapely
from playwright.sync_api import sync_playwright

from api.http.running import make_service
from api.http.settings import Settings
from api.jobs.changes import Changes
from api.jobs.reserve import reserve
from api.jobs.run import run
from layers.project import load_project
from layers.sample.build import write_sample
from tests.support.browsing import FLAGS, running, visit
from tests.support.town import OUDEWATER, make_town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import Browser

ROUNDS = 3
MANY = 20_000
PAGES = (
    "/",
    f"/gemeenten/{OUDEWATER}",
    "/terreinen/VB010",
    "/lagen/park_evidence",
    "/onbekend",
    "/plantoets",
)
SQUARE = "131000 458000\n131400 458000\n131400 458400\n131000 458400"
TOKEN = re.compile(r'name="token" value="([^"]*)"')
STEP = re.compile(r'name="stap" value="([^"]*)"')


def median_s(once: Callable[[], object]) -> float:
    """Give the median of the seconds that something takes."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        once()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def sizes(root: str) -> Iterable[tuple[str, int]]:
    """Give the bytes of each page with its style sheet, script and icon, as they are sent."""
    with httpx.Client(base_url=root, headers={"Accept-Encoding": "br, gzip"}) as client:

        def sent(address: str) -> int:
            with client.stream("GET", address) as answer:
                return sum(len(part) for part in answer.iter_raw())

        for path in PAGES:
            text = client.get(path).text
            used = set(re.findall(r'(?:href|src)="(/statisch/[^"]*/(?:site\.css|site\.js|icon\.svg))"', text))
            yield path, sent(path) + sum(sent(one) for one in used)


def useful_s(browser: Browser, root: str, path: str) -> float:
    """Give seconds from the request until a fresh reader has words on the screen (first contentful paint)."""
    found = []
    for _ in range(ROUNDS):
        context, seen = visit(browser, root)
        seen.page.goto(root + path)
        # the entry is written a little after the paint that it tells of
        seen.page.wait_for_timeout(1000)
        painted = seen.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        found.append(painted / 1000)
        context.close()
    return float(statistics.median(found))


def idle_s(browser: Browser, root: str, path: str) -> float:
    """Give seconds until a map has drawn everything, for a fresh reader."""

    def once() -> None:
        context, seen = visit(browser, root)
        seen.map(path, seconds=60)
        context.close()

    return median_s(once)


def answers(root: str, keys: dict[str, str]) -> Iterable[tuple[str, float]]:
    """Give seconds of a plan test, and of steps on the screen of a session."""
    with httpx.Client(base_url=root, timeout=120) as client:
        for who in (None, "oudewater", "provincie"):
            signed = httpx.Client(base_url=root, timeout=120)
            if who is not None:
                signed.post("/inloggen", data={"sleutel": keys[who], "verder": "/"})
            found = TOKEN.search(signed.get("/plantoets").text)
            form = {"token": found[1] if found else "", "grens": SQUARE}

            def test(signed: httpx.Client = signed, form: dict[str, str] = form) -> None:
                empty = {"bestand": ("", b"", "application/octet-stream")}
                answer = signed.post("/plantoets", data=form, files=empty)
                assert answer.status_code == 200, answer.status_code

            yield f"plan test, {who or 'everybody'}", median_s(test)
        client.post("/inloggen", data={"sleutel": keys["leider"], "verder": "/"})
        yield from steps(client)


def steps(client: httpx.Client) -> Iterable[tuple[str, float]]:
    """Lock places out one after the other, then change weights."""
    address = "/sessies/west"
    page = client.get(address).text
    locks = re.findall(r'name="rij" value="(lock_out [^"]+)"', page)

    def step(**asked: str) -> None:
        text = client.get(address).text
        token, seen = TOKEN.search(text), STEP.search(text)
        assert token is not None
        assert seen is not None
        begun.append(time.perf_counter())
        answer = client.post(address, data={"token": token[1], "stap": seen[1], **asked})
        ended.append(time.perf_counter())
        assert answer.status_code == 303, (asked, answer.status_code)

    begun: list[float] = []
    ended: list[float] = []
    for lock in locks[:ROUNDS]:
        step(rij=lock)
    yield "session, a lock", statistics.median(b - a for a, b in zip(begun, ended, strict=True))
    begun.clear()
    ended.clear()
    for people in ("5", "1", "4"):
        weights = dict(re.findall(r'name="(gewicht_[a-z_]+)"[^>]*value="([^"]*)"', page))
        step(doe="weights", **{**weights, "gewicht_people": people})
    yield "session, weights", statistics.median(b - a for a, b in zip(begun, ended, strict=True))


def crowded(folder: Path) -> Path:
    """Write a release with many plots."""
    path = Path(__file__).parents[1] / "layers" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hand_made_tables", path)
    assert spec is not None
    assert spec.loader is not None
    hand: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hand)
    rows = [
        {
            "plot_id": f"P{n:05}",
            "park_id": f"RIN{1 + n % 2}",
            "area_ha": 0.6,
            "geometry": shapely.box(
                x := 125_000 + 130 * (n % 200), y := 445_000 + 130 * (n // 200), x + 90, y + 70
            ),
        }
        for n in range(MANY)
    ]
    made: Path = hand.write_release(folder, plot_evidence=hand.make_table("plot_evidence", rows)).path
    return made


def sample_plan(folder: Path) -> Path:
    """Make a release of the sample region with a plan."""
    first = run(load_project(write_sample(folder)), folder / "releases")
    return reserve(first, folder / "releases", Changes()).path


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "release", type=Path, nargs="?", help="folder of a release with a plan; else one is made"
    )
    given = parser.parse_args().release
    chromium = shutil.which("chromium")
    if chromium is None:
        raise SystemExit("chromium is needed (Debian: chromium)")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        town = make_town(given or sample_plan(Path(folder) / "sample"), Path(folder) / "town")
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        with running(town.app) as root:
            for path, size in sizes(root):
                print(f"{path:28} {size / 1000:6.1f} kB  {useful_s(browser, root, path):5.2f} s")
            print(f"{'map, sample region':28} {'':9}  {idle_s(browser, root, '/kaart'):5.2f} s until idle")
            for name, seconds in answers(root, town.keys):
                print(f"{name:28} {'':9}  {seconds:5.2f} s")
        with running(make_service(Settings(release=crowded(Path(folder) / "crowded"), burst=1e6))) as root:
            taken = idle_s(browser, root, "/kaart?lagen=plot_evidence")
            print(f"{'map, 20,000 areas':28} {'':9}  {taken:5.2f} s until idle")
        browser.close()


if __name__ == "__main__":
    main()
