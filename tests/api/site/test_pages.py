"""The pages of a release: what they say, and that nobody finds on them what is not for that reader."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from api.http.running import app_of_release
from layers.catalogue import ALL_LAYERS
from layers.schema import Level
from tests.support.served import OF_B, serve
from tests.support.two_municipalities import CODES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import httpx

    from tests.api.site.conftest import Visitor
    from tests.support.served import Served

A, B = CODES["A"], CODES["B"]
GENERAL = ("/", "/gemeenten", "/gemeenten?naam=b", "/lagen", "/onbekend", "/vergelijken", "/toegankelijkheid")
ABOUT_A = (f"/gemeenten/{A}", "/terreinen/A-park_id")
ABOUT_B = (f"/gemeenten/{B}", "/terreinen/B-park_id")
LAYERS = tuple(f"/lagen/{layer.name}" for layer in ALL_LAYERS)
WRITTEN_OF_B = re.compile(rf"{OF_B.pattern}|\b1[.,]000[.,]\d{{3}}\b")
"""Also as people write numbers."""
NAMED = frozenset(
    {"/", "/gemeenten", "/gemeenten?naam=b", "/lagen/municipalities", f"/gemeenten/{A}", f"/gemeenten/{B}"}
)
"""Pages that name municipalities, which everybody may know."""
PAGES = (*GENERAL, *ABOUT_A, *ABOUT_B, *LAYERS)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """Give the service over a draft of which nothing but the borders is public."""
    return serve(tmp_path_factory.mktemp("closed"), status="draft", raised=Level.MUNICIPALITY)


@pytest.fixture(scope="module")
def sample(sample_release: Path, client_of: Any) -> Any:
    return client_of(app_of_release(sample_release))


def text_of(answer: httpx.Response) -> str:
    """Give a page without what it repeats of the address."""
    return re.sub(r'(?:href|action|value)="[^"]*"', "", answer.text)


def names(path: str) -> set[str]:
    """Give what a page may say of others: the inhabitants and names of municipalities are public."""
    if path == "/lagen/municipalities" or path.startswith("/gemeenten/"):
        return {"A-name", "B-name", "1.000.004", "1,000,004", "1000004.0"}
    return {"A-name", "B-name"} if path in NAMED else set()


@pytest.mark.parametrize("start", ["", "/en"])
def test_a_municipality_finds_nothing_of_another_one(
    closed: Served, visitor: Callable[[Served, str | None], Visitor], start: str
) -> None:
    browser = visitor(closed, "a")
    found = {path: browser.ask(f"{start}{path}") for path in PAGES}
    for path, answer in found.items():
        assert set(WRITTEN_OF_B.findall(text_of(answer))) <= names(path), path
    assert found[f"/gemeenten/{A}"].status_code == 200
    assert found["/terreinen/A-park_id"].status_code == 200
    assert found["/terreinen/B-park_id"].status_code == 404
    nowhere = browser.ask(f"{start}/terreinen/nothing")
    assert found["/terreinen/B-park_id"].text == nowhere.text.replace("nothing", "B-park_id"), (
        "as one that never was"
    )


def test_a_stranger_finds_nothing_that_is_not_public(
    closed: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    browser = visitor(closed, None)
    for path in PAGES:
        answer = browser.ask(path)
        assert set(re.findall(r"\b[AB]-[a-z_]+", text_of(answer))) <= names(path), path


def test_a_release_in_which_nothing_was_decided_does_not_exist_for_a_stranger_or_a_municipality(
    secret: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    for who in (None, "a", "guest"):
        browser = visitor(secret, who)
        for path in PAGES:
            if path != "/toegankelijkheid":
                assert browser.ask(path).status_code == 404, (who, path)
        named = browser.ask(f"/releases/{secret.release.name}/")
        never = browser.ask(f"/releases/{'f' * 16}/")
        assert named.status_code == 404
        assert named.text.replace(secret.release.name, "f" * 16) == never.text
    planner = visitor(secret, "province")
    assert planner.ask("/").status_code == 200
    assert planner.ask(f"/releases/{secret.release.name}/lagen").status_code == 200


def test_links_of_a_named_release_and_of_english_stay_there(
    served: Served, visitor: Callable[[Served, str | None], Visitor]
) -> None:
    name = served.release.name
    text = visitor(served, "a").ask(f"/releases/{name}/en/gemeenten/{A}").text
    assert f'href="/releases/{name}/en/lagen"' in text
    assert f'href="/releases/{name}/gemeenten/{A}"' in text, "the other language"
    assert 'href="/lagen"' not in text
    assert '<html lang="en">' in text


def test_english_does_not_reach_the_service_for_programs(served: Served) -> None:
    assert served.ask("/en/v1").status_code == 404


def test_the_start_page_leads_to_a_municipality_by_its_name(sample: Any) -> None:
    answer = sample.get("/gemeenten?naam= OUDEWATER ", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/gemeenten/GM0589")
    several = sample.get("/gemeenten?naam=w")
    assert several.status_code == 200
    assert "Wijk bij Duurstede" in several.text
    odd = sample.get("/gemeenten", params={"naam": '"><script>x</script>'})
    assert "<script>x" not in odd.text


def test_the_page_of_a_municipality_says_what_the_tables_hold(sample: Any, sample_release: Path) -> None:
    import pandas as pd

    evidence = pd.read_parquet(sample_release / "data" / "park_evidence.parquet")
    own = evidence[evidence["municipality_code"] == "GM0321"]
    text = sample.get("/gemeenten/GM0321").text
    for park_id, name in zip(own["park_id"], own["name"], strict=True):
        assert f'<tr data-id="{park_id}">' in text
        assert f'<a href="/terreinen/{park_id}">{name}</a>' in text
    assert text.count("data-id=") == len(own)
    assert "Houten" in text


def test_what_is_not_assessed_says_so_and_is_no_zero(sample: Any, sample_release: Path) -> None:
    import pandas as pd

    evidence = pd.read_parquet(sample_release / "data" / "park_evidence.parquet")
    lacking = evidence[evidence["in_use_low"].isna()].iloc[0]
    text = sample.get(f"/terreinen/{lacking['park_id']}").text
    assert re.search(r'<dt>In gebruik</dt><dd><span class="not-assessed">niet beoordeeld', text)


def test_a_category_that_comes_from_a_plan_says_so(sample: Any, sample_release: Path) -> None:
    import pandas as pd

    evidence = pd.read_parquet(sample_release / "data" / "park_evidence.parquet")
    park = evidence.loc[evidence["permitted_source"] == "plan", "park_id"].iloc[0]
    assert "<dt>Bron toegestaan</dt><dd>plan</dd>" in sample.get(f"/terreinen/{park}").text


def test_a_layer_is_searched_sorted_and_paged_by_the_service(sample: Any, sample_release: Path) -> None:
    import pandas as pd

    parks = pd.read_parquet(sample_release / "data" / "park_evidence.parquet")

    def ids(query: str) -> list[str]:
        return re.findall(r'<tr data-id="([^"]*)">', sample.get(f"/lagen/park_evidence?{query}").text)

    largest = parks.sort_values("area_ha", ascending=False, kind="stable")["park_id"].tolist()
    assert ids("sorteer=area_ha&af=1") == largest[:50]
    assert ids("sorteer=area_ha&af=1&pagina=2") == largest[50:]
    assert ids("pagina=99") == ids("pagina=2"), "the last page"
    isselt = parks.loc[parks["name"].str.contains("issel", case=False), "park_id"].tolist()
    assert set(isselt) <= set(ids("zoek=ISSEL"))
    assert ids("zoek=%25%5B") == []
    for odd in (
        "sorteer=geometry",
        "sorteer=x",
        "pagina=-1",
        "pagina=x",
        "pagina=" + "9" * 50,
        "af=2",
        "zoek=%00",
    ):
        assert sample.get(f"/lagen/park_evidence?{odd}").status_code == 200, odd


def test_pages_are_small_and_follow_their_policy(sample: Any) -> None:
    for path in ("/", "/gemeenten/GM0344", "/terreinen/VB001", "/lagen", "/onbekend"):
        answer = sample.get(path, headers={"Accept-Encoding": "br"})
        assert int(answer.headers["content-length"]) < 60_000, path
        assert answer.headers["referrer-policy"] == "same-origin"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<(?:script|style)(?![^>]*\bsrc=)(?![^>]*application/json)", answer.text), path
        assert not re.search(r'\son[a-z]+="|\sstyle="|(?:src|href)="(?:https?:)?//', answer.text), path


def test_the_same_page_is_not_sent_twice(served: Served) -> None:
    first = served.ask("/lagen")
    again = served.ask("/lagen", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_a_stored_text_is_never_markup() -> None:
    from maps.site.drawing import draw
    from maps.site.frame import Frame, Reader

    bad = "\"><script>alert(1)</script><img src=x onerror='y'>"
    frame = Frame(title=bad, note=bad, reader=Reader(bad, "province"), release="x", path="/" + bad)
    text = draw("problem.html", frame, status=404, detail=bad, dutch=True)
    assert "<script>alert" not in text
    assert "<img src=x" not in text


def test_problems_are_pages_for_people_and_documents_for_programs(served: Served) -> None:
    page, document = served.ask("/nergens"), served.ask("/v1/nergens")
    assert page.status_code == document.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Deze pagina bestaat niet" in page.text
    assert document.json()["status"] == 404
    odd = served.ask("/v1/collections/a%0Ab/tiles/%0A")
    assert odd.headers["content-type"] == "application/problem+json", (
        "also where the address holds a line break"
    )
    assert "This page does not exist" in served.ask("/en/nowhere").text
    assert served.ask("/nergens", method="HEAD").content == b""
