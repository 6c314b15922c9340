"""What a map shows: what an address may ask, in which order layers lie, and that no text gets out of its place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from layers.catalogue import ALL_LAYERS
from layers.classes import CLASS_STYLES
from layers.layer_looks import LOOKS, look_of
from maps.site.drawing import draw
from maps.site.frame import Frame
from maps.site.map_state import NETHERLANDS, Ground, MapState, Sheet, map_state
from maps.site.map_wish import Wish, read_wish
from maps.styles.rules import layer_styles

if TYPE_CHECKING:
    from maps.site.frame import Language

BY_NAME = {layer.name: layer for layer in ALL_LAYERS}
HOSTILE = "</script><script>alert(1)</script>\"'<b>"
PAGE = Frame(title=HOSTILE, authority=HOSTILE, release="0" * 16, date="2026-01-01", status="exploration")


def classes(theme: str) -> tuple[object, ...]:
    return CLASS_STYLES[theme]


def sheet(name: str, rows: int = 3, **changes: object) -> Sheet:
    layer = replace(BY_NAME[name], **changes)  # type: ignore[arg-type]
    shape = layer.shape if layer.shape in {"polygon", "line", "point"} else "polygon"
    styles = layer_styles(layer, layer.columns, classes, shape)  # type: ignore[arg-type]
    return Sheet(layer, layer.columns, styles, rows, (4.0, 52.0, 5.0, 53.0))


SHEETS = [
    sheet(name) for name in ("park_evidence", "plots", "municipalities", "waterways", "businesses", "roads")
]


def state_of(**options: object) -> MapState:
    return map_state(SHEETS, title="Kaart", language="nl", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "wish"),
    [
        ([], Wish()),
        ([("lagen", "")], Wish(frozenset())),
        ([("lagen", "a,b"), ("lagen", "c")], Wish(frozenset("abc"))),
        ([("kleur", "a-b,c_d")], Wish(None, frozenset({"a-b", "c_d"}))),
        ([("kies", "parks:VB:1/2")], Wish(None, frozenset(), ("parks", "VB:1/2"))),
        ([("kies", "parks")], Wish()),
        ([("kies", f"parks:{'x' * 300}")], Wish()),
        ([("lagen", "a,../b,c'd,<e>")], Wish(frozenset("a"))),
        ([("onbekend", "x"), ("midden", "52,5")], Wish()),
    ],
)
def test_an_address_asks_for_names_only(query: list[tuple[str, str]], wish: Wish) -> None:
    assert read_wish(query) == wish


def test_a_map_shows_what_is_usual_unless_it_is_asked_for_something_else() -> None:
    assert {one.name for one in state_of().shown} == {"park_evidence", "municipalities", "waterways"}
    assert state_of(wish=Wish(frozenset())).shown == ()
    asked = state_of(wish=Wish(frozenset({"plots", "nooit"}), frozenset({"park_evidence-connection"})))
    assert [one.name for one in asked.shown] == ["plots"]
    assert asked.layers[0].style == "park_evidence-connection"


def test_the_row_that_is_asked_for_switches_its_layer_on_when_there_is_such_a_layer() -> None:
    chosen = state_of(wish=Wish(frozenset(), frozenset(), ("plots", "P1")))
    assert (chosen.chosen, [one.name for one in chosen.shown]) == (("plots", "P1"), ["plots"])
    unknown = state_of(wish=Wish(frozenset(), frozenset(), ("nooit", "P1")))
    assert (unknown.chosen, unknown.shown) == (None, ())


def test_points_lie_over_lines_over_areas_and_parts_over_wholes() -> None:
    drawn = [layer["name"] for layer in state_of().for_script()["layers"]]
    assert drawn == ["municipalities", "park_evidence", "plots", "roads", "waterways", "businesses"]
    # borders go over the three layers of areas and under the rest
    assert 2 < state_of().for_script()["above"] < 3


def test_a_map_begins_where_the_parks_are_or_in_the_netherlands() -> None:
    assert state_of().bounds == (4.0, 52.0, 5.0, 53.0)
    assert map_state([], title="", language="nl").bounds == NETHERLANDS


class Parser(HTMLParser):
    """Collects elements, ids and the data block."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.handlers: list[str] = []
        self.inside = False
        self.data = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.inside = tag == "script" and ("type", "application/json") in attrs

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.data += data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 (as the parser calls it)
        self.inside = False


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_text_gets_out_of_its_place(language: Language) -> None:
    hostile = [
        sheet("park_evidence", label_nl=HOSTILE, label_en=HOSTILE, description_nl=HOSTILE),
        *SHEETS[1:],
    ]
    ground = Ground("https://x.test/{z}/{x}/{y}", HOSTILE)
    state = map_state(hostile, title=HOSTILE, language=language, ground=ground, tables="t")
    page = draw("map_page.html", replace(PAGE, language=language), state=state, twins=())
    found = Parser()
    found.feed(page)
    # site.js, map.js and the data block
    assert found.tags.count("script") == 3
    assert "b" not in found.tags
    assert found.handlers == []
    assert len(found.ids) == len(set(found.ids))
    told = json.loads(found.data)
    assert {one["label"] for one in told["layers"]} >= {HOSTILE}
    assert told["ground"] == "https://x.test/{z}/{x}/{y}"


def test_every_picture_of_the_legend_finds_its_pattern() -> None:
    page = draw("map_page.html", PAGE, state=state_of(tables="t"), twins=())
    defined = re.findall(r'<pattern id="([^"]+)"', page)
    assert len(defined) == len(set(defined)) > 5
    assert set(re.findall(r'fill="url\(#([^)]+)\)"', page)) <= set(defined)
    # verdict, category (twice) and connection (twice): classes that look alike share a pattern
    assert len(re.findall(r'class="swatch"', page)) > len(defined)


def test_layers_of_areas_that_can_lie_over_each_other_look_different() -> None:
    areas = [name for name in LOOKS if BY_NAME[name].shape == "polygon"]
    looks = [look_of(BY_NAME[name], "polygon") for name in areas]
    for one, other in combinations(looks, 2):
        assert (one.fill, one.line, one.pattern) != (other.fill, other.line, other.pattern)
    assert set(LOOKS) <= set(BY_NAME)
