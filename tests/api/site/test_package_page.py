"""The composer of the choice package: who gets it, what it offers, what it refuses, and the zip it gives."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
import tomllib
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from api.http import turns as turns_module
from api.http.running import make_service
from api.http.settings import Settings
from api.jobs.keys import add_key
from api.jobs.package import Order, make_packages
from api.jobs.roles import Role
from api.jobs.sessions import Session, open_session
from layers.release import open_release
from tests.support.visitor import HOST, Page, Visitor

if TYPE_CHECKING:
    from starlette.types import ASGIApp

CODE, NEIGHBOUR = "GM0589", "GM0632"
PATH = f"/gemeenten/{CODE}/keuzepakket"
NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNTIL = NOW + timedelta(days=30)
PROVINCIAL = {"B19", "B22", "B23", "B24"}
"""Blocks that only the province can adopt."""


@dataclass
class Place:
    """The service over one release, with a key for every kind of reader."""

    folder: Path
    release: Path

    @cached_property
    def keys(self) -> dict[str, str]:
        wanted: tuple[tuple[str, Role, set[str]], ...] = (
            ("oudewater", Role.MUNICIPALITY, {CODE}),
            ("woerden", Role.MUNICIPALITY, {NEIGHBOUR}),
            ("waterschap", Role.SESSION, set()),
            ("provincie", Role.PROVINCE, set()),
            ("redactie", Role.EDITOR, set()),
        )
        return {
            name: add_key(self.folder / "keys.json", name, role, frozenset(codes), until=UNTIL, now=NOW)
            for name, role, codes in wanted
        }

    @cached_property
    def app(self) -> ASGIApp:
        assert self.keys
        sessions = self.folder / "sessions.json"
        release = open_release(self.release)
        session = Session(
            "proef", "Proef", release.name, frozenset({CODE}), frozenset({"park_evidence"}), NOW, UNTIL,
            frozenset({"key:waterschap", "key:oudewater"}), secret_because="Woo 5.1",  # noqa: S106
        )  # fmt: skip
        open_session(sessions, session, release, NOW)
        settings = Settings(release=self.release, keys=self.folder / "keys.json", sessions=sessions)
        return make_service(settings, now=lambda: NOW)

    def visitor(self, who: str | None = None) -> Visitor:
        visitor = Visitor(self.app)
        return visitor if who is None else visitor.sign_in(self.keys[who])


def place_of(release: Path, folder: Path, status: str) -> Place:
    """Serve a copy of a release in another status of the procedure."""
    copy = Path(shutil.copytree(release, folder / "releases" / release.name))
    project = json.loads((copy / "data" / "project.json").read_text("utf-8")) | {"procedure_status": status}
    (copy / "data" / "project.json").write_text(json.dumps(project), "utf-8")
    return Place(folder, copy)


@pytest.fixture(scope="module")
def decided(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_of(sample_release, tmp_path_factory.mktemp("decided"), "draft")


@pytest.fixture(scope="module")
def undecided(sample_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return place_of(sample_release, tmp_path_factory.mktemp("undecided"), "candidate")


@pytest.fixture(scope="module")
def officer(decided: Place) -> Visitor:
    return decided.visitor("oudewater")


def filled(visitor: Visitor, **changes: Any) -> dict[str, Any]:
    """Fill in the form as the page gives it, with other values for some fields; None leaves a field out."""
    form: dict[str, Any] = Page(visitor.get(PATH).text).form_with("vorm")
    for name, value in changes.items():
        if value is None:
            form.pop(name, None)
        else:
            form[name] = value
    return form


def send(visitor: Visitor, form: dict[str, Any], action: str = "pakket", path: str = PATH) -> httpx.Response:
    return visitor.ask("POST", path, data={**form, "actie": action})


ROLES = (None, "oudewater", "woerden", "waterschap", "provincie", "redactie")


@pytest.mark.parametrize("who", ROLES)
def test_of_a_decided_release_a_package_is_for_its_municipality_and_the_province(
    decided: Place, who: str | None
) -> None:
    allowed = who in {"oudewater", "provincie", "redactie"}
    visitor = decided.visitor(who)
    assert visitor.get(PATH).status_code == (200 if allowed else 404)
    # the page of the municipality is for everybody and tells nobody of what is not for them
    page = visitor.get(f"/gemeenten/{CODE}")
    assert page.status_code == 200
    assert (PATH in Page(page.text).links) == allowed
    if not allowed:
        assert "euzepakket" not in page.text
        answer = send(visitor, {"vorm": "category", "bouwsteen": "B01", "keuze-B01": "firm"})
        assert answer.status_code == 404
        assert visitor.get("/gemeenten/GM9999/keuzepakket").text.replace("GM9999", CODE) == (
            visitor.get(PATH).text
        )


@pytest.mark.parametrize("who", ROLES)
def test_of_an_undecided_release_a_package_is_for_who_sees_the_whole_region(
    undecided: Place, who: str | None
) -> None:
    # a session shares a part of it with oudewater and waterschap: no reason to give a package
    allowed = who in {"provincie", "redactie"}
    visitor = undecided.visitor(who)
    assert visitor.get(PATH).status_code == (200 if allowed else 404)
    form = {"vorm": "category", "bouwsteen": "B01", "keuze-B01": "firm"}
    if not allowed:
        assert send(visitor, form).status_code == 404
        assert PATH not in visitor.get(f"/gemeenten/{CODE}").text


def test_the_page_offers_every_block_with_what_the_figures_say(officer: Visitor, decided: Place) -> None:
    answer = officer.get(PATH)
    page = Page(answer.text)
    assert answer.headers["cache-control"] == "private, no-store"
    boxes = {
        name.removeprefix("neem-") for name in page.ids if name.startswith("neem-") and "fout" not in name
    }
    assert boxes == {f"B{number:02}" for number in range(1, 26)} - PROVINCIAL
    for block in boxes:
        chosen = [one for one in ("light", "firm", "strict") if f"keuze-{block}-{one}" in page.checked]
        assert len(chosen) == 1
    # by hand: the rows of the two parks of Oudewater, added up without the code of the package
    table = open_release(decided.release).table("park_evidence")
    own = table[table["municipality_code"] == CODE]
    heavy = sum(own[f"heavy_{kind}_ha"].sum() for kind in ("certain", "possible", "governed"))
    under = own["underuse_certain_ha"].sum()
    assert heavy >= 1
    assert under >= 1
    # so the floor rule is recommended, and in a smaller municipality its light option
    assert {"neem-B01", "neem-B03", "keuze-B03-light", "vorm-category"} <= page.checked
    assert f"Oudewater heeft {heavy:.0f} ha zware grond" in page.words
    assert f"Op {under:.0f} ha grond waar zware bedrijven mogen, zit zeker een lichter bedrijf" in page.words
    # a measure that is decided on apart is never ticked
    assert not {"neem-B15", "neem-B16"} & page.checked
    # B16: the law allows eighteen months of protection at most, and says so
    assert "De wet zegt: ten hoogste 18 maanden" in page.words
    assert "Leeg betekent: licht 6, stevig 12, streng 12 maanden." in page.words


def test_every_field_has_a_label_every_id_is_one_of_a_kind_and_no_script_is_in_the_page(
    officer: Visitor,
) -> None:
    for path in (PATH, f"/en{PATH}"):
        html = officer.get(path).text
        page = Page(html)
        assert len(page.ids) == len(set(page.ids))
        fields = {name for name in page.ids if name in page.names or name.startswith(("neem-", "keuze-B"))}
        fields = {name for name in fields if not name.endswith(("-hulp", "-fout"))}
        groups = {name for name in fields if name.startswith("keuze-") and name.count("-") == 1}
        assert fields - groups <= page.labelled
        assert all(script.get("src") for script in page.scripts)
        assert "style=" not in html
        anchors = {link[1:] for link in page.links if link.startswith("#")}
        assert anchors <= set(page.ids)
    assert '<html lang="en">' in html
    assert "Take this block" in html
    assert '<span lang="nl">Oudewater heeft' in html


def test_the_package_is_the_one_that_the_command_line_makes_of_the_saved_choices(
    planned_release: Path, tmp_path: Path
) -> None:
    place = place_of(planned_release, tmp_path, "draft")
    visitor = place.visitor("oudewater")
    form = filled(visitor, **{
        "vorm": "space", "bouwsteen": ["B01", "B03", "B09", "B16"], "keuze-B03": "firm",
        "waarde-B03-ondergrens": "3.2", "waarde-B03-aanbod_maanden": "18", "waarde-B09-grootste_ha": "2,5",
        "waarde-B09-voorziening": 'een "markt" \\ <b>hal</b> & werf', "vorm-B09": "category",
        "waarde-B16-maanden": "18", "waarde-B10-termijn_jaren": "99999",
    })  # fmt: skip
    saved = send(visitor, form, "bewaren")
    assert saved.headers["content-disposition"] == 'attachment; filename="keuzes-keuzepakket-oudewater.toml"'
    own = tomllib.loads(saved.text)
    # what was typed at a block that is not taken is no choice
    assert set(own) == {CODE}
    assert own[CODE]["dialect"] == "space"
    assert set(own[CODE]["blocks"]) == {"B01", "B03", "B09", "B16"}
    assert own[CODE]["blocks"]["B03"] == {
        "option": "firm", "parameters": {"ondergrens": "3.2", "aanbod_maanden": 18},
    }  # fmt: skip
    assert own[CODE]["blocks"]["B09"]["parameters"] == {
        "voorziening": 'een "markt" \\ <b>hal</b> & werf', "grootste_ha": 2.5,
    }  # fmt: skip
    (tmp_path / "keuzes.toml").write_bytes(saved.content)
    order = Order(place.release, selection=tmp_path / "keuzes.toml")
    (made,) = make_packages(order, [CODE], tmp_path / "out")
    answer = send(visitor, form)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{made.path.name}"'
    assert made.path.name == "keuzepakket-oudewater.zip"
    assert answer.content == made.path.read_bytes()
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        html = archive.read("keuzepakket.html").decode()
    # eighteen months instead of twelve stands in the rule, and what was typed is text and no markup
    assert "ten minste 18 maanden openbaar is aangeboden" in html
    assert "<b>hal</b>" not in html
    # and the file fills in the form as it was
    again = visitor.ask(
        "POST", PATH, data={"token": form["token"], "actie": "laden"}, files={"bestand": saved.content}
    )
    assert again.status_code == 200
    loaded = Page(again.text).form_with("vorm")
    wanted = {"bouwsteen", "vorm", "keuze-B03", "waarde-B03-ondergrens", "waarde-B09-grootste_ha", "vorm-B09"}
    assert {name: loaded[name] for name in wanted} == {
        "bouwsteen": ["B01", "B03", "B09", "B16"], "vorm": ["space"], "keuze-B03": ["firm"],
        "waarde-B03-ondergrens": ["3.2"], "waarde-B09-grootste_ha": ["2,5"], "vorm-B09": ["category"],
    }  # fmt: skip
    assert loaded["waarde-B09-voorziening"] == ['een "markt" \\ <b>hal</b> & werf']
    # nothing was left behind but what the command line wrote
    assert list(tmp_path.rglob("*.zip")) == [made.path]


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing chosen": ({"bouwsteen": None}, "bouwstenen", "Kies ten minste één bouwsteen"),
    "no dialect": ({"vorm": "frans"}, "vorm-category", "Kies waar uw omgevingsplan mee werkt"),
    "no option": ({"keuze-B03": "zwaar"}, "keuze-B03-light", "B03: kies licht, stevig of streng"),
    "unknown block": ({"bouwsteen": ["B01", "B99"]}, "", "Bouwsteen B99 bestaat niet"),
    "block of the province": ({"bouwsteen": "B19"}, "", "B19 kan alleen de provincie vaststellen"),
    "no number": ({"waarde-B03-aanbod_maanden": "veel"}, "waarde-B03-aanbod_maanden", "moet een getal zijn"),
    "half a month": (
        {"waarde-B03-aanbod_maanden": "6,5"}, "waarde-B03-aanbod_maanden", "geef een geheel getal",
    ),
    "a point too many": (
        {"waarde-B03-ondersteunend_m2": "1.000"}, "waarde-B03-ondersteunend_m2", "schrijf 1000, zonder punt",
    ),
    "beyond the law": (
        {"bouwsteen": ["B16"], "waarde-B16-maanden": "19"}, "waarde-B16-maanden", "ten hoogste 18 maanden",
    ),
    "not in the list": ({"waarde-B03-ondergrens": "6"}, "waarde-B03-ondergrens", "3.1, 3.2, 4.1, 4.2"),
    "braces": (
        {"waarde-B01-definitie_circulair": "{gemeente}"}, "waarde-B01-definitie_circulair", "geen accolades",
    ),
    "no date": (
        {"bouwsteen": ["B15"], "waarde-B15-einde_geheim": "morgen"}, "waarde-B15-einde_geheim", "een datum",
    ),
    # by hand from B03.toml: a ban does not go with a wide way out (B14 light)
    "contradiction": (
        {"bouwsteen": ["B01", "B03", "B14"], "keuze-B03": "strict", "keuze-B14": "light"},
        "keuze-B03-strict", "B03 (streng) gaat niet samen met B14 (licht)",
    ),
    "two forms of one plan": (
        {"bouwsteen": ["B01", "B03"], "vorm-B03": "space"}, "", "dezelfde vorm van het plan",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_at_its_field_and_everything_filled_in_stays(
    officer: Visitor, case: str
) -> None:
    changes, field, text = WRONG[case]
    form = filled(officer, **{"waarde-B04-geluid_rand": "51", **changes})
    answer = send(officer, form)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("text/html")
    assert text in Page(answer.text).words
    page = Page(answer.text)
    assert "fouten" in page.ids
    if field:
        assert f"#{field}" in page.links
        assert field in page.ids
    if field.startswith("waarde-"):
        assert f'aria-describedby="{field}-hulp {field}-fout" aria-invalid="true"' in answer.text
    kept = page.form_with("waarde-B04-geluid_rand")
    assert kept["waarde-B04-geluid_rand"] == ["51"]
    for name, value in changes.items():
        if name.startswith("waarde-"):
            assert kept[name] == [value]


def test_odd_input_comes_back_as_text(officer: Visitor) -> None:
    bad = "\"><script>alert(1)</script>'{{7*7}}"
    form = filled(officer, **{
        "bouwsteen": ["B01", "B09", bad], "waarde-B09-voorziening": bad, "waarde-B09-bedient": "a\x00b",
        "waarde-B03-ondergrens": bad, "keuze-B01": bad, "vorm": bad, "vorm-B09": bad, "vreemd": bad,
    })  # fmt: skip
    answer = send(officer, form)
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert Page(answer.text).form_with("waarde-B09-voorziening")["waarde-B09-voorziening"] == [bad]
    many = send(officer, {**form, "bouwsteen": [f"B{number}" for number in range(100, 4000)]})
    assert many.status_code in {400, 413, 422}
    assert len(many.content) < 400_000


FILES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Kies eerst een bestand"),
    "no toml": (b"<html>", "niet te lezen"),
    "no text": (b"\xff\xfe\x00", "niet te lezen"),
    "another municipality": (b"[GM0632.blocks.B01]\n", "geen keuzes van GM0589"),
    "unknown block": (b"[GM0589.blocks.B77]\n", "deze bouwsteen bestaat niet"),
    "of the province": (b"[GM0589.blocks.B19]\n", "alleen de provincie kan deze bouwsteen vaststellen"),
    "no code": (b"[Oudewater]\n", "dit is geen gemeentecode"),
    "beyond the law": (b"[GM0589.blocks.B16]\nparameters={maanden=24}\n", "ten hoogste 18 maanden"),
    "no end to a number": (b"[GM0589.blocks.B16]\nparameters={maanden=1" + b"0" * 400 + b"}\n", "een getal"),
    "a number of thousands of digits": (b"a=1" + b"0" * 9000, "niet te lezen"),
    "nesting without end": (b"a=" + b"[" * 30000, "niet te lezen"),
    "a hidden sign": (b'[GM0589.blocks.B09]\nparameters={bedient="a\\u0000b"}\n', "moet tekst zijn"),
    "too large": (b"#" * (64 * 1024 + 1), "te groot"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_used_is_refused_and_changes_nothing(officer: Visitor, case: str) -> None:
    content, text = FILES[case]
    before = Page(officer.get(PATH).text).form_with("vorm")
    data = {"token": before["token"][0], "actie": "laden"}
    answer = officer.ask("POST", PATH, data=data, files={"bestand": ("keuzes.toml", content)})
    assert answer.status_code == 422
    page = Page(answer.text)
    assert text in page.words
    assert "#bestand" in page.links
    after = page.form_with("vorm")
    assert {**after, "token": []} == {**before, "token": []}


def test_a_form_of_who_is_signed_in_needs_its_token_and_comes_from_here(
    officer: Visitor, decided: Place
) -> None:
    form = filled(officer)
    for changed in ({"token": ""}, {"token": "x" * 43}):
        assert send(officer, {**form, **changed}).status_code == 403
    other = Page(decided.visitor("provincie").get(PATH).text).form_with("vorm")["token"]
    assert send(officer, {**form, "token": other}).status_code == 403
    for headers in ({"Origin": "https://elders.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = officer.ask("POST", PATH, data={**form, "actie": "bewaren"}, headers=headers)
        assert answer.status_code == 403
    assert send(officer, form, "bewaren").status_code == 200


def test_who_comes_when_too_many_packages_are_made_is_told_so_and_keeps_the_choices(
    officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = filled(officer, **{"waarde-B03-aanbod_maanden": "17"})

    async def full(_: turns_module.Turns) -> None:
        await asyncio.sleep(0)
        raise turns_module.busy()

    monkeypatch.setattr(turns_module.Turns, "_take", full)
    answer = send(officer, form)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    page = Page(answer.text)
    assert "De dienst is nu bezig" in page.words
    assert page.form_with("vorm")["waarde-B03-aanbod_maanden"] == ["17"]
    # the choices can be saved meanwhile
    assert send(officer, form, "bewaren").status_code == 200


def test_packages_are_made_a_few_at_a_time(
    decided: Place, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.http.site import routes_package

    form = filled(officer)
    inside, most = [0], [0]

    def slow(*_: object) -> tuple[str, bytes]:
        import time

        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.2)
        inside[0] -= 1
        return "x.zip", b"PK"

    monkeypatch.setattr(routes_package, "_make", slow)

    async def together() -> list[int]:
        transport = httpx.ASGITransport(decided.app, client=("203.0.113.9", 1))
        async with httpx.AsyncClient(
            transport=transport, base_url=HOST, cookies=officer.cookies, timeout=60
        ) as client:
            asked = [client.post(PATH, data={**form, "actie": "pakket"}) for _ in range(5)]
            return [answer.status_code for answer in await asyncio.gather(*asked)]

    assert asyncio.run(together()) == [200] * 5
    assert most[0] == 2
