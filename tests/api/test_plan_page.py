"""The pages of the plan test over HTTP: what everybody, a municipality and the province get, and bad uploads."""

from __future__ import annotations

import asyncio
import io
import re
import tempfile
import threading
import time
import zipfile
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import orjson
import pytest
import shapely

from api.http.access.caller import EVERYBODY, AccessSettings
from api.http.access.rate import Limiter, Rate
from api.http.access.signing_in import SignIn
from api.http.answers import House
from api.http.app import create_app
from api.http.current import Fixed, Held
from api.http.guard import Guard
from api.http.metrics import Metrics
from api.http.middleware import surround
from api.http.problems import RequestError
from api.http.running import Service, entry_of
from api.http.settings import Settings
from api.http.shown import Showing
from api.http.site.outside import create_outside
from api.http.site.plan_desk import PlanDesk
from api.jobs.keys import KeyRing, add_key
from api.jobs.publication import PublishedProject
from api.jobs.roles import Role
from gis.crs import rd_to_lonlat
from layers.release import open_release
from tests.support.served import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

    from layers.release import Release

A = "GM0356"
SQUARE = shapely.box(136_000, 447_200, 136_300, 447_500)
"""On the park Het Klooster, in municipality A."""
POINTS = "\n".join(f"{x} {y}" for x, y in list(SQUARE.exterior.coords)[:-1])


class Site:
    """The service, and a key for each kind of reader."""

    def __init__(self, folder: Path, release: Release) -> None:
        self.keys = {
            name: add_key(
                folder / "keys.json", name, role, frozenset(codes), until=NOW + timedelta(days=9), now=NOW
            )
            for name, role, codes in (("a", Role.MUNICIPALITY, {A}), ("province", Role.PROVINCE, set()))
        }
        ring, sign_in = KeyRing(folder / "keys.json"), SignIn(bytes(32))
        house = House(everybody=EVERYBODY, keys=ring, sign_in=sign_in)
        app = create_app(Showing(release), house)
        entry = entry_of(release)
        listed = PublishedProject.model_construct(key="proef", title="Proef", entries=(entry,))
        service = Service(Fixed(Held(listed, (entry, app))), Metrics(), None, outside=create_outside(house))
        access = AccessSettings(ring, None, None, EVERYBODY, sign_in)
        guarded = Guard(service, access, Limiter(Rate(1_000_000, 1_000_000)), None, lambda: NOW)
        settings = Settings.model_validate({"release": "nowhere"})
        self.app: ASGIApp = surround(guarded, settings, Metrics())
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, who: str | None = None, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.keys[who]}"

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("203.0.113.9", 1))
            async with httpx.AsyncClient(
                transport=transport, base_url="http://127.0.0.1", cookies=self.cookies
            ) as client:
                return await client.request(method, path, headers=headers, **options)

        return asyncio.run(send())

    def test(self, who: str | None = None, path: str = "/plantoets", **given: Any) -> httpx.Response:
        """Send the form: text as fields, bytes as the file."""
        files = [
            (name, ("plan", value) if isinstance(value, bytes) else (None, value))
            for name, value in given.items()
        ]
        return self.ask("POST", path, who, files=files or {"leeg": (None, "")})


@pytest.fixture(scope="module")
def site(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    found = open_release(sample_release)
    release = replace(found, project={**found.project, "procedure_status": "adopted"}).remembering()
    return Site(tmp_path_factory.mktemp("plan-page"), release)


@pytest.fixture(autouse=True)
def _nothing_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def text_of(answer: httpx.Response) -> str:
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    assert main is not None
    return " ".join(unescape(re.sub("<[^>]*>", " ", main[0])).split())


def row_of(answer: httpx.Response, name: str) -> list[str]:
    """Give the cells of the row of a table that begins with a name."""
    found = re.search(
        rf"<th scope=\"row\"[^>]*>(?:<a[^>]*>)?{re.escape(name)}.*?</tr>", answer.text, re.DOTALL
    )
    assert found is not None, name
    cells = re.findall(r"<td[^>]*>(.*?)</td>", found[0], re.DOTALL)
    return [unescape(re.sub("<[^>]*>", "", cell)).strip() for cell in cells]


def geojson(shape: shapely.Geometry) -> bytes:
    return orjson.dumps(
        {"type": "Feature", "properties": {}, "geometry": orjson.loads(shapely.to_geojson(shape))}
    )


def test_the_form_works_without_script_and_is_for_everybody(site: Site) -> None:
    answer = site.ask("GET", "/plantoets?terrein=VB006")
    assert answer.status_code == 200
    assert "public" in answer.headers["cache-control"]
    assert '<option value="VB006" selected>' in answer.text
    assert 'enctype="multipart/form-data"' in answer.text
    for field in ("bestand", "terrein", "kavel", "grens"):
        assert f'<label for="{field}">' in answer.text
        assert f'id="{field}"' in answer.text
    assert "alleen voor wie is ingelogd" in text_of(answer)
    assert "alleen voor wie is ingelogd" not in text_of(site.ask("GET", "/plantoets", "a"))
    assert " style=" not in answer.text, "the policy of our pages forbids styles in the page"
    assert "onclick" not in answer.text


@pytest.mark.parametrize("way", ["points", "rd", "degrees", "wkt"])
def test_a_square_of_nine_hectares(site: Site, way: str) -> None:
    degrees = rd_to_lonlat(np.array([SQUARE], dtype=object))[0]
    ways: dict[str, dict[str, Any]] = {
        "points": {"grens": POINTS}, "rd": {"bestand": geojson(SQUARE)},
        "degrees": {"bestand": geojson(degrees)}, "wkt": {"grens": SQUARE.wkt},
    }  # fmt: skip
    answer = site.test(**ways[way])
    assert answer.status_code == 200
    assert row_of(answer, "Oppervlakte plan")[:3] == ["9,0", "9,0", "ha"]
    assert row_of(answer, "Waarvan bedrijventerrein")[:3] == ["9,0", "9,0", "ha"]
    assert "Het plangebied is 9,0 hectare groot" in text_of(answer)
    assert "no-store" in answer.headers["cache-control"]
    said = "WGS84 of ETRS89" if way == "degrees" else "RD New"
    assert f"gelezen als {said}" in text_of(answer)
    assert " style=" not in answer.text


def test_a_park_and_a_plot_by_their_names(site: Site) -> None:
    park = site.test(terrein="VB006")
    assert row_of(park, "Het Klooster")[0] == "117,1"
    assert 'href="/terreinen/VB006"' in park.text
    plot = site.test(kavel="VB006-K12")
    assert plot.status_code == 200
    assert "gelezen als" not in text_of(plot)
    for wrong in ({"terrein": "VB999"}, {"kavel": "<script>alert(1)</script>"}):
        answer = site.test(**wrong)
        assert answer.status_code == 422
        assert "Dit terrein of deze kavel is er niet" in text_of(answer)
        assert "<script>alert" not in answer.text


def test_homes_and_firms_by_reader(site: Site) -> None:
    firms = {
        who: row_of(site.test(who, grens=POINTS), "Bedrijven in het plangebied")
        for who in (None, "a", "province")
    }
    assert firms[None][0] == "niet beoordeeld"
    assert "alleen na inloggen" in firms[None][4]
    assert "vaste vakken" in firms["a"][4]
    assert firms["province"][0] == firms["province"][1]
    low, high = (int(value) for value in firms["a"][:2])
    assert low <= int(firms["province"][0]) <= high
    # who may not see the layer gets no link to it
    assert firms["a"][5] == firms[None][5] == ""
    assert firms["province"][5] == "Bedrijven"


def test_the_same_in_english(site: Site) -> None:
    answer = site.test(path="/en/plantoets", grens=POINTS)
    assert row_of(answer, "Area of the plan")[:3] == ["9.0", "9.0", "ha"]
    said = text_of(answer)
    assert "The plan area measures 9.0 hectares" in said
    assert '<p lang="nl">Concept' in answer.text, "the Dutch paragraph stands beside it"
    wrong = site.test(path="/en/plantoets", grens="1 2\nhere")
    assert "cannot be read in line 2" in text_of(wrong)


def test_the_boundary_can_be_changed_and_tested_again(site: Site) -> None:
    first = site.test(terrein="VB006")
    again = re.search(r"<textarea id=\"grens\"[^>]*>(.*?)</textarea>", first.text, re.DOTALL)
    assert again is not None
    second = site.test(grens=unescape(again[1]))
    for name in ("Oppervlakte plan", "Hoge categorie die verdwijnt", "Rechten die het plan hinderen"):
        assert row_of(first, name)[:3] == row_of(second, name)[:3]


def zipped(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def ring(count: int) -> bytes:
    angle = np.linspace(0, 2 * np.pi, count)
    spots = np.column_stack((136_000 + 300 * np.cos(angle), 447_200 + 300 * np.sin(angle))).round(1)
    return orjson.dumps({"type": "Polygon", "coordinates": [spots.tolist()]})


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert("here")</script></svg>'
BAD: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "nothing": (dict, "Er is niets gegeven"),
    "20,001 points": (lambda: {"bestand": ring(20_001)}, "meer dan 20.000 punten"),
    "300,000 points": (lambda: {"bestand": ring(300_000)}, "groter dan 5 MB"),
    "a zip bomb": (lambda: {"bestand": zipped("a.shp", bytes(60_000_000))}, "te groot"),
    "a script in an SVG": (lambda: {"bestand": SVG}, "SVG"),
    "another system": (lambda: {"bestand": geojson(shapely.box(570_000, 6_800_000, 570_100, 6_800_100))}, "in welk stelsel"),
    "outside the province": (lambda: {"bestand": geojson(shapely.box(90_000, 400_000, 90_100, 400_100))}, "buiten de provincie"),
    "crossing itself": (lambda: {"grens": "136000 447200\n136300 447500\n136300 447200\n136000 447500"}, "kruist zichzelf bij 136.150, 447.350"),
    "a word": (lambda: {"grens": "<img src=x onerror=alert(1)>"}, "XML-bestand"),
    "two at once": (lambda: {"grens": POINTS, "terrein": "VB006"}, "op meer dan één manier"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_tested_gets_one_clear_answer_in_dutch(site: Site, what: str) -> None:
    given, says = BAD[what]
    begun = time.perf_counter()
    answer = site.test(**given())
    assert answer.status_code == 422
    assert time.perf_counter() - begun < 5
    block = re.search(r'id="fouten">.*?</div>', answer.text, re.DOTALL)
    assert block is not None
    assert says in unescape(block[0])
    assert block[0].count("<li>") == 1
    field = re.search(r'<a href="#(\w+)">', block[0])
    assert field is not None
    assert f'id="{field[1]}-fout"' in answer.text, "the field says it too"
    assert "<img" not in answer.text.replace('<img src="/statisch/', "")
    assert "alert(" not in answer.text.replace("&lt;img src=x onerror=alert(1)&gt;", "")
    assert "no-store" in answer.headers["cache-control"]


def test_a_million_points_are_refused_before_they_are_read(site: Site) -> None:
    answer = site.test(bestand=ring(1_000_000))
    assert answer.status_code == 413
    assert "<h1>" in answer.text
    assert "groter dan" in text_of(answer)


def test_only_the_plan_test_takes_large_bodies(site: Site) -> None:
    assert site.ask("POST", "/inloggen", content=b"x" * 2_000_000).status_code == 413
    assert site.ask("POST", "/plantoets", content=b"x" * 2_000_000).status_code == 400


def test_a_form_of_somebody_else_is_refused(site: Site) -> None:
    away = {"Origin": "https://example.org"}
    assert site.ask("POST", "/plantoets", headers=away, files={"grens": (None, POINTS)}).status_code == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert site.ask("POST", "/plantoets", headers=cross, files={"grens": (None, POINTS)}).status_code == 403
    signed = site.ask("POST", "/inloggen", data={"sleutel": site.keys["a"]})
    site.cookies = {"kring": signed.cookies["kring"]}
    try:
        assert site.test(grens=POINTS).status_code == 403, "signed in, a form needs its token"
        form = site.ask("GET", "/plantoets")
        token = re.search(r'name="token" value="([^"]+)"', form.text)
        assert token is not None
        answer = site.test(grens=POINTS, token=token[1])
        assert answer.status_code == 200
        assert "vaste vakken" in answer.text
    finally:
        site.cookies = {}


def test_an_answer_comes_within_two_seconds(site: Site) -> None:
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        assert site.test("province", terrein="VB006").status_code == 200
        took.append(time.perf_counter() - begun)
    assert min(took) < 2.0


# the desk


def test_who_finds_no_place_is_told_and_work_keeps_its_place_until_it_is_done() -> None:
    desk, go_on = PlanDesk(at_once=1, wait_s=0.1, deadline_s=0.2), threading.Event()

    async def scene() -> None:
        with pytest.raises(RequestError) as late:
            await desk.work(lambda: go_on.wait(10))
        assert late.value.status == 503
        assert "duurde te lang" in late.value.detail
        with pytest.raises(RequestError) as busy:
            await desk.work(lambda: 1)
        assert "andere plannen" in busy.value.detail
        assert busy.value.headers["Retry-After"] == "5"
        go_on.set()
        await asyncio.sleep(0.1)
        assert await desk.work(lambda: 2) == 2
        with pytest.raises(ZeroDivisionError):
            await desk.work(lambda: 1 // 0)
        assert await desk.work(lambda: 3) == 3

    asyncio.run(scene())
