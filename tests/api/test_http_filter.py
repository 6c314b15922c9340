"""Filters in CQL2: against masks written by hand in plain Python, and limits that hold in time."""

from __future__ import annotations

import fnmatch
import random
import re
import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.http.cql_guard import MAXIMUM_LENGTH, FilterError
from api.http.cql_reader import read_filter
from api.http.crs import CRS84, ETRS89, RD_NEW, WEB_MERCATOR
from api.http.evaluate import like_matcher
from api.http.memory import MemorySource
from api.http.snapshot import FeatureCollection
from api.http.source import Area, Query, Selection
from gis.planes import to_plane
from layers.schema import Column, Layer

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = (
    Column("id", "text", "Id", "Id"),
    Column("naam", "text", "Naam", "Name"),
    Column("ha", "number", "Oppervlakte", "Area", unit="ha"),
    Column("jaar", "year", "Jaar", "Year"),
    Column("kade", "boolean", "Kade", "Quay"),
    Column("dag", "date", "Dag", "Day"),
    Column("cat", "category", "Categorie", "Category"),
)
LAYER = Layer("parks", "Terreinen", "Parks", "any", "id", COLUMNS)
NAMES = ["Lage Weide", "lage weide", "De Wieken", "50% vol", "a_b", "axb", "Straße", "STRASSE", "", None]
CATEGORIES = ["3.2", "4.1", "4.2", "5.1", None]


def make_frame() -> gpd.GeoDataFrame:
    rng = random.Random(7)
    rows = []
    for n in range(120):
        x, y = 130_000 + 100 * rng.randrange(20), 450_000 + 100 * rng.randrange(20)
        shape: Any = [
            shapely.box(x, y, x + 300, y + 200),
            shapely.LineString([(x, y), (x + 400, y + 100)]),
            shapely.Point(x, y),
            None,
        ][n % 4]
        rows.append(
            {
                "id": f"P{n:03}",
                "naam": NAMES[n % 10],
                "ha": None if n % 11 == 5 else (n % 9) / 2,
                "jaar": None if n % 13 == 1 else 2015 + n % 6,
                "kade": [True, False, None][n % 3],
                "dag": None if n % 17 == 2 else f"202{n % 6}-0{1 + n % 9}-15",
                "cat": CATEGORIES[n % 5],
                "geometry": shape,
            }
        )
    frame = pd.DataFrame(rows)
    frame = frame.astype(
        {
            "ha": "float64",
            "jaar": "Int64",
            "kade": "boolean",
            "naam": "string",
            "dag": "string",
            "cat": "string",
        }
    )
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:28992")


FRAME = make_frame()
SOURCE = MemorySource(LAYER, FRAME)
COLLECTION = FeatureCollection(LAYER, COLUMNS, SOURCE)
ROWS: list[dict[str, Any]] = FRAME.astype(object).where(FRAME.notna(), None).to_dict("records")
PLACED = [row for row in ROWS if row["geometry"] is not None]


def read(text: str, crs: Any = RD_NEW, language: Any = "cql2-text") -> Any:
    return read_filter(text, language, COLLECTION.types, crs, placed=True)


def found(text: str, crs: Any = RD_NEW, language: Any = "cql2-text") -> list[str]:
    page = SOURCE.page(Query(1000, None, Selection(where=read(text, crs, language))), CRS84)
    ids = [orjson.loads(feature)["id"] for feature in page.features]
    assert page.matched == len(ids)
    return ids


def by_hand(mask: Callable[[dict[str, Any]], bool]) -> list[str]:
    return [row["id"] for row in ROWS if mask(row)]


def some(*values: Any) -> bool:
    return all(value is not None for value in values)


CASES: list[tuple[str, Callable[[dict[str, Any]], bool]]] = [
    ("ha = 2", lambda r: r["ha"] == 2),
    ("ha <> 2", lambda r: some(r["ha"]) and r["ha"] != 2),
    ("2 < ha", lambda r: some(r["ha"]) and r["ha"] > 2),
    ("ha >= 1.5 AND ha < 3", lambda r: some(r["ha"]) and 1.5 <= r["ha"] < 3),
    ("ha <= -1", lambda _: False),
    ("jaar = 2017 OR jaar = 2019", lambda r: r["jaar"] in {2017, 2019}),
    ("NOT jaar = 2017", lambda r: some(r["jaar"]) and r["jaar"] != 2017),
    ("NOT (jaar = 2017 AND ha = 1)", lambda r: (some(r["jaar"]) and r["jaar"] != 2017) or (some(r["ha"]) and r["ha"] != 1)),
    ("NOT (jaar = 2017 OR ha = 1)", lambda r: some(r["jaar"], r["ha"]) and r["jaar"] != 2017 and r["ha"] != 1),
    ("ha IS NULL", lambda r: r["ha"] is None),
    ("ha IS NOT NULL AND naam IS NULL", lambda r: r["ha"] is not None and r["naam"] is None),
    ("geometry IS NULL", lambda r: r["geometry"] is None),
    ("ha BETWEEN 1 AND 2", lambda r: some(r["ha"]) and 1 <= r["ha"] <= 2),
    ("ha NOT BETWEEN 1 AND 2", lambda r: some(r["ha"]) and not 1 <= r["ha"] <= 2),
    ("ha BETWEEN 3 AND 1", lambda _: False),
    ("naam IN ('De Wieken', 'axb')", lambda r: r["naam"] in {"De Wieken", "axb"}),
    ("naam NOT IN ('De Wieken', 'axb')", lambda r: some(r["naam"]) and r["naam"] not in {"De Wieken", "axb"}),
    ("jaar IN (2016, 2018)", lambda r: r["jaar"] in {2016, 2018}),
    ("kade", lambda r: r["kade"] is True),
    ("NOT kade", lambda r: r["kade"] is False),
    ("kade = false", lambda r: r["kade"] is False),
    ("kade IN (true)", lambda r: r["kade"] is True),
    ("naam LIKE 'Lage%'", lambda r: some(r["naam"]) and r["naam"].startswith("Lage")),
    ("naam LIKE '%e%e%'", lambda r: some(r["naam"]) and r["naam"].count("e") >= 2),
    ("naam LIKE 'a_b'", lambda r: r["naam"] in {"a_b", "axb"}),
    (r"naam LIKE 'a\_b'", lambda r: r["naam"] == "a_b"),
    (r"naam LIKE '50\%%'", lambda r: r["naam"] == "50% vol"),
    ("naam NOT LIKE '%e%'", lambda r: some(r["naam"]) and "e" not in r["naam"]),
    ("naam = ''", lambda r: r["naam"] == ""),
    ("CASEI(naam) = CASEI('LAGE weide')", lambda r: some(r["naam"]) and r["naam"].lower() == "lage weide"),
    ("CASEI(naam) = CASEI('strasse')", lambda r: r["naam"] in {"Straße", "STRASSE"}),
    ("CASEI(naam) LIKE CASEI('LAGE%')", lambda r: some(r["naam"]) and r["naam"][:4].lower() == "lage"),
    ("CASEI(naam) IN (CASEI('DE WIEKEN'))", lambda r: r["naam"] == "De Wieken"),
    ("naam > 'L'", lambda r: some(r["naam"]) and r["naam"].encode() > b"L"),
    ("cat >= '4.2'", lambda r: r["cat"] in {"4.2", "5.1"}),
    ("dag > DATE('2023-05-15')", lambda r: some(r["dag"]) and r["dag"] > "2023-05-15"),
    ("dag = '2020-01-15'", lambda r: r["dag"] == "2020-01-15"),
    ("dag BETWEEN DATE('2021-01-01') AND DATE('2022-12-31')", lambda r: some(r["dag"]) and r["dag"][:4] in {"2021", "2022"}),
    ("naam = cat", lambda _: False),
    ("ha <> jaar", lambda r: some(r["ha"], r["jaar"])),
    ('"naam" = \'axb\'', lambda r: r["naam"] == "axb"),
    ("naam = 'x'' OR ''1''=''1'", lambda _: False),
]  # fmt: skip


@pytest.mark.parametrize(("text", "mask"), CASES, ids=[text for text, _ in CASES])
def test_a_condition_selects_what_the_mask_by_hand_selects(text: str, mask: Any) -> None:
    assert found(text) == by_hand(mask)


def test_the_cases_select_something_and_not_everything() -> None:
    counts = [len(by_hand(mask)) for _, mask in CASES]
    assert sum(0 < count < len(ROWS) for count in counts) > 35


SHAPES = [
    "POLYGON((130500 450500,131500 450500,131500 451500,130500 451500,130500 450500))",
    "POLYGON((130500 450500,131500 450500,131000 451900,130500 450500))",
    "LINESTRING(130000 450000,132000 452000)",
    "POINT(130800 450700)",
    "MULTIPOINT((130800 450700),(131100 451000))",
    "MULTIPOLYGON(((130000 450000,130400 450000,130400 450300,130000 450000)),((131000 451000,131900 451000,131900 451900,131000 451000)))",
    "GEOMETRYCOLLECTION(POINT(130800 450700),LINESTRING(130000 451000,132000 451000))",
]
OPERATORS = ["intersects", "within", "contains", "disjoint", "equals", "touches", "crosses", "overlaps"]


@pytest.mark.parametrize("name", OPERATORS)
def test_a_spatial_operator_selects_what_shapely_says_one_by_one(name: str) -> None:
    # besides fixed shapes, the shapes of the features themselves, so that equals and touches find something
    literals = SHAPES + [row["geometry"].wkt for row in ROWS[:24] if row["geometry"] is not None]
    total = 0
    for wkt in literals:
        literal = shapely.from_wkt(wkt)
        expected = [row["id"] for row in PLACED if getattr(row["geometry"], name)(literal)]
        assert found(f"S_{name.upper()}(geometry, {wkt})") == expected
        turned = [row["id"] for row in PLACED if getattr(literal, name)(row["geometry"])]
        assert found(f"S_{name.upper()}({wkt}, geometry)") == turned
        total += len(expected)
    assert total > 0


def test_not_disjoint_leaves_out_what_has_no_place() -> None:
    assert found(f"NOT S_DISJOINT(geometry, {SHAPES[0]})") == found(f"S_INTERSECTS(geometry, {SHAPES[0]})")


def test_a_box_in_a_filter_equals_the_parameter_bbox() -> None:
    page = SOURCE.page(
        Query(1000, None, Selection(Area("rd", shapely.box(130_300, 450_300, 131_000, 451_000)))), CRS84
    )
    ids = [orjson.loads(feature)["id"] for feature in page.features]
    assert ids
    assert found("S_INTERSECTS(geometry, BBOX(130300,450300,131000,451000))") == ids
    assert found("S_INTERSECTS(geometry, BBOX(130300,450300,-5,131000,451000,9))") == ids


def test_literals_in_each_system_are_compared_with_what_is_served_in_it() -> None:
    lonlat = to_plane(FRAME.geometry.to_numpy(), "lonlat")
    for position in (0, 4, 8):
        own = FRAME["id"].iloc[position]
        ring = shapely.get_coordinates(lonlat[position]).tolist()
        texts = {
            CRS84: ",".join(f"{x!r} {y!r}" for x, y in ring),
            ETRS89: ",".join(f"{y!r} {x!r}" for x, y in ring),
        }
        for crs, text in texts.items():
            assert own in found(f"S_EQUALS(geometry, POLYGON(({text})))", crs)
    x, y = 6378137 * np.radians(lonlat[2].x), 6378137 * np.arctanh(np.sin(np.radians(lonlat[2].y)))
    inside = f"POLYGON(({x - 1} {y - 1},{x + 1} {y - 1},{x + 1} {y + 1},{x - 1} {y + 1},{x - 1} {y - 1}))"
    assert "P002" in found(f"S_WITHIN(geometry, {inside})", WEB_MERCATOR)


def test_text_and_json_say_the_same() -> None:
    import cql2

    for text, _ in CASES:
        tree = cql2.parse_text(text).to_json()
        assert found(orjson.dumps(tree).decode(), language="cql2-json") == found(text)


@pytest.mark.parametrize(
    "literal", ["BBOX(1000000,1000000,2000000,2000000)", "POINT(130000 450000)", "POINT(5 91)"]
)
def test_degrees_that_do_not_exist_are_refused(literal: str) -> None:
    with pytest.raises(FilterError, match=r"bestaat niet in .*CRS84"):
        read(f"S_INTERSECTS(geometry, {literal})", CRS84)


def test_filter_box_and_paging_together_are_exact() -> None:
    where = read("ha >= 1 OR kade")
    area = Area("rd", shapely.box(130_000, 450_000, 131_200, 451_200))
    expected = by_hand(
        lambda r: ((some(r["ha"]) and r["ha"] >= 1) or r["kade"] is True)
        and r["geometry"] is not None and r["geometry"].intersects(area.geometry)
    )  # fmt: skip
    assert len(expected) > 10
    ids, after = [], None
    while True:
        page = SOURCE.page(Query(4, after, Selection(area, where)), CRS84)
        assert page.matched == len(expected)
        ids += [orjson.loads(feature)["id"] for feature in page.features]
        after = page.after
        if after is None:
            break
    assert ids == expected


WRONG = {
    "onbekend = 1": "id, naam, ha, jaar, kade, dag, cat, geometry",
    "ha = 'veel'": "ha is een getal",
    "naam = 3": "naam is een tekst",
    "kade > 3": "dezelfde soort",
    "dag = DATE('2023-02-30')": "DATE",
    "dag = '2023-W05-1'": "DATE",
    "dag = TIMESTAMP('2023-01-01T00:00:00Z')": "DATE",
    "ha": "op zichzelf",
    "ha = NULL": "een waarde is",
    "ha + 1 = 2": "een waarde is",
    "geometry = 1": "ruimtelijke bewerking",
    "S_INTERSECTS(geometry, geometry)": "één geometrie",
    "S_INTERSECTS(naam, POINT(1 2))": "één geometrie",
    "S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0,0 2,0 0)))": "ongeldig",
    "S_INTERSECTS(geometry, POLYGON((0 0,2 2,2 0)))": "ongeldig",
    "S_INTERSECTS(geometry, BBOX(2,2,1,1))": "BBOX",
    "S_INTERSECTS(geometry, BBOX(1,2,3))": "filter",
    "S_DWITHIN(geometry, POINT(1 2))": "niet ondersteund",
    "T_AFTER(dag, DATE('2023-01-01'))": "niet ondersteund",
    "ACCENTI(naam) = 'a'": "een waarde is",
    "drop(naam) = 1": "een waarde is",
    "CASEI(ha) = 1": "CASEI",
    "ha LIKE '1%'": "LIKE",
    "naam LIKE cat": "LIKE",
    r"naam LIKE 'a\'": "losse",
    "naam IN (cat)": "waarden",
    "naam =": "teken 7",
    "naam = 'x'; DROP TABLE parks": "geen geldige CQL2",
    "": "geen geldige CQL2",
    "naam = 'a\0b'": "filter",
}


@pytest.mark.parametrize(("text", "part"), WRONG.items(), ids=map(repr, WRONG))
def test_what_cannot_be_asked_is_refused_with_a_reason(text: str, part: str) -> None:
    with pytest.raises(FilterError, match=re.escape(part)):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "1", '"a"', "null", "{}", '{"op":"="}', '{"op":1,"args":[]}', '{"op":"and","args":[true]}',
        '{"op":"=","args":[{"property":"ha"}]}', '{"op":"in","args":[{"property":"ha"},[]]}',
        '{"op":"=","args":[{"property":["ha"]},1]}', '{"op":"=","args":[{"property":"ha"},[1]]}',
        '{"op":"=","args":[{"property":"ha"},{"date":1}]}', '{"op":"casei","args":["a"]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Point","coordinates":["a"]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Circle"}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"type":"Polygon","coordinates":[]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":[1,2,3,1e400]}]}',
        '{"op":"s_intersects","args":[{"property":"geometry"},{"bbox":["a",2,3,4]}]}',
        '{"op":"like","args":[{"property":"naam"},"a\\u0000"]}',
        '{"op":"=","args":[{"property":"ha"},1e308],"extra":1, "op":"weg"}',
    ],
)  # fmt: skip
def test_json_that_is_no_condition_is_refused(text: str) -> None:
    with pytest.raises(FilterError):
        read(text, language="cql2-json")


HEAVY = {
    "clauses": " OR ".join(["ha = 1"] * 10_000),
    "clauses within the length": " OR ".join(["ha=1"] * 3_000),
    "brackets": "(" * 9_000 + "ha = 1" + ")" * 9_000,
    "nots": "NOT " * 7_000 + "kade",
    "nots in brackets": "NOT (" * 4_000 + "kade" + ")" * 4_000,
    "spread nots": "NOT\n" * 4_000 + "kade",
    "minuses": "ha = " + "-" * 20_000 + "1",
    "minuses apart": "ha = " + "- " * 10_000 + "1",
    "places": " OR ".join(["S_INTERSECTS(geometry, POINT(1 2))"] * 21),
    "functions": "CASEI(" * 4_000 + "naam" + ")" * 4_000 + " = 'a'",
    "sums": "ha = " + "+".join(["1"] * 9_000),
    "powers": "ha = " + "^".join(["1"] * 9_000),
    "equals": "=".join(["ha"] * 9_000),
    "quotes": "'" * 29_999,
    "length": "naam = '" + "x" * MAXIMUM_LENGTH + "'",
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_condition_is_refused_at_once(name: str) -> None:
    begin = time.perf_counter()
    with pytest.raises(FilterError):
        read(HEAVY[name])
    assert time.perf_counter() - begin < 1


def test_deep_json_is_refused_at_once() -> None:
    text = '{"op":"not","args":[' * 300 + "true" + "]}" * 300
    begin = time.perf_counter()
    with pytest.raises(FilterError, match="diep"):
        read(text, language="cql2-json")
    assert time.perf_counter() - begin < 0.5


def test_many_values_in_a_list_are_fine() -> None:
    listed = ",".join(f"'P{n:03}'" for n in range(0, 1000, 2))
    assert found(f"id IN ({listed})") == by_hand(lambda r: int(r["id"][1:]) % 2 == 0)


@pytest.mark.parametrize("pattern", ["%a" * 200 + "b", "%_" * 300 + "b", "_%" * 300, "a%" * 500])
def test_patterns_that_break_backtracking_take_no_time(pattern: str) -> None:
    matcher = like_matcher(pattern)
    begin = time.perf_counter()
    assert not matcher("a" * 400 + "c") or "b" not in pattern
    assert time.perf_counter() - begin < 0.1


@given(st.text("ab%_*?", max_size=8), st.text("ab", max_size=8))
def test_like_agrees_with_file_name_patterns(pattern: str, text: str) -> None:
    translated = "".join({"%": "*", "_": "?"}.get(character, f"[{character}]") for character in pattern)
    assert like_matcher(pattern)(text) == fnmatch.fnmatchcase(text, translated)


def test_the_service_filters_and_tells_what_is_wrong(release: Any, client_of: Any) -> None:
    from api.http.running import app_of_release

    client = client_of(app_of_release(release.path))
    address = "/v1/collections/park_evidence/items"
    good = client.get(address, params={"filter": "connection = 'own_quay' AND area_ha > 5"}).json()
    assert [feature["id"] for feature in good["features"]] == ["RIN1"]
    hidden = client.get("/v1/collections/plots/items", params={"filter": "owner_kind = 'gemeente'"})
    absent = client.get("/v1/collections/plots/items", params={"filter": "nergens_kind = 'gemeente'"})
    assert hidden.status_code == absent.status_code == 400
    assert hidden.json()["detail"].replace("owner_kind", "X") == absent.json()["detail"].replace(
        "nergens_kind", "X"
    )
    table = client.get(
        "/v1/collections/summary/items", params={"filter": "S_INTERSECTS(geometry, POINT(5 52))"}
    )
    assert table.status_code == 400
    assert "geen geometrie" in table.json()["detail"]
