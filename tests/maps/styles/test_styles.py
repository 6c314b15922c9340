"""Styles and legends: every language says the same rules, checked by hand, by other programs and by evaluation."""

from __future__ import annotations

import io
import json
import re
import subprocess
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import matplotlib.image
import numpy as np
import pytest
import shapely

from layers.catalogue import ALL_CLASSES, ALL_LAYERS
from layers.exports.gio.xml import parse
from layers.exports.qml import styles_of
from layers.exports.themes import housing_class, shortage_class
from layers.schema import Column, Level
from maps.styles.legend import PATTERNS_NL, legend, legend_png, legend_svg
from maps.styles.maplibre import style
from maps.styles.rules import LayerStyle, Shape, layer_styles, qml
from maps.styles.sld import sld
from maps.styles.sprite import picture_name, sprite_index, sprite_png
from tests.support.npm import npm_tool
from tests.support.qgis import ask_qgis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from layers.schema import Layer

BY_NAME = {layer.name: layer for layer in ALL_LAYERS}
SE = "{http://www.opengis.net/se}"
SLD = "{http://www.opengis.net/sld}"
OGC = "{http://www.opengis.net/ogc}"
TILES = "https://example.org/v1/tiles/WebMercatorQuad?f=tilejson"
SPRITE = "https://example.org/v1/styles/sprite"


def classes(theme: str) -> Any:
    """Give the classes of the catalogue."""
    return ALL_CLASSES[theme]


def shape_of(layer: Layer) -> Shape:
    """Take mixed layers for areas."""
    return layer.shape if layer.shape in {"line", "point"} else "polygon"


def of(name: str, number: int = 0, columns: Sequence[Column] | None = None) -> LayerStyle:
    """Give one style of a layer."""
    layer = BY_NAME[name]
    return layer_styles(layer, layer.columns if columns is None else columns, classes, shape_of(layer))[
        number
    ]


def every() -> list[LayerStyle]:
    """Give all styles of all layers, those of sub-areas with shortages included."""
    found = [
        one for layer in ALL_LAYERS for one in layer_styles(layer, layer.columns, classes, shape_of(layer))
    ]
    shortages = [
        Column(f"shortage_{year}_total_p50_ha", "number", f"Tekort {year}", "Shortage")
        for year in (2030, 2040, 2050)
    ]
    return [*found, *layer_styles(BY_NAME["sub_areas"], shortages, classes, "polygon")]


ALL_STYLES = every()


def read_xml(data: bytes | str) -> Any:
    """Read a document as strictly as those that come from anybody."""
    return parse(data if isinstance(data, bytes) else data.encode(), "style", doctype=True)


def evaluate(expression: Any, feature: dict[str, Any]) -> Any:
    """Evaluate the few operators of the MapLibre specification that are used, on a feature of a tile."""
    if not isinstance(expression, list):
        return expression
    operator, *rest = expression
    lazy = (evaluate(part, feature) for part in rest)
    match operator:
        case "get" | "has":
            found = feature.get(rest[0]) if operator == "get" else rest[0] in feature
        case "geometry-type":
            found = feature["$type"]
        case "case":
            # a test, its value, the next test, its value, and so on; the last one stands alone
            pairs = zip(rest[:-1:2], rest[1::2], strict=True)
            found = next((evaluate(value, feature) for test, value in pairs if evaluate(test, feature)), None)
            found = evaluate(rest[-1], feature) if found is None else found
        case "number":
            found = next(lazy)
            assert isinstance(found, float), "the specification raises an error here"
        case _:
            found = OPERATORS[operator](lazy)
    return found


OPERATORS: dict[str, Callable[[Iterator[Any]], Any]] = {
    "all": all,
    "any": any,
    "!": lambda values: not next(values),
    "coalesce": lambda values: next(value for value in values if value is not None),
    "==": lambda values: eq(*values),
    ">": lambda values: gt(*values),
    ">=": lambda values: ge(*values),
    "<": lambda values: lt(*values),
    "<=": lambda values: le(*values),
}


def fills(one: LayerStyle, feature: dict[str, Any]) -> tuple[str, str]:
    """Give the fill and the pattern that MapLibre draws a feature in; empty where its filter leaves it out."""
    drawn = {
        layer["id"].rpartition("/")[2]: layer
        for layer in style([one], title="", tiles=TILES, sprite=SPRITE)["layers"]
    }
    known = {**feature, "$type": "Polygon"}
    colour = evaluate(drawn["polygon"]["paint"]["fill-color"], known)
    pattern = drawn.get("pattern")
    hatched = pattern is not None and evaluate(pattern["filter"], known)
    return colour, evaluate(pattern["paint"]["fill-pattern"], known) if pattern and hatched else ""


def test_styles_are_those_of_the_geopackage() -> None:
    """Same titles in the same order, so a reader finds the same choice everywhere."""
    for layer in ALL_LAYERS:
        own = layer_styles(layer, layer.columns, classes, shape_of(layer))
        theirs = styles_of(layer, layer.columns, classes, shape_of(layer))
        assert [(one.title, one.default) for one in own] == [(one.name, one.default) for one in theirs]
        for one, other in zip(own, theirs, strict=True):
            assert qml(layer, layer.columns, classes, one) == other.qml
            found = read_xml(other.qml)
            shown = [item.get("label") for item in (*found.iter("category"), *found.iter("rule"))]
            if shown:
                assert shown == [rule.look.label_nl for rule in one.rules]


def test_identifiers_are_unique_and_fit_in_an_address() -> None:
    identifiers = [one.id for one in ALL_STYLES]
    # sub-areas have a plain style and, once there is a balance, styles of their shortage
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[a-z0-9_-]+", identifier) for identifier in identifiers)
    assert len(identifiers) > 40


def test_a_style_asks_for_no_column_that_the_reader_may_not_see() -> None:
    for layer in ALL_LAYERS:
        visible = layer.visible(Level.PUBLIC)
        hidden = {column.name for column in layer.columns} - {column.name for column in visible}
        for one in layer_styles(layer, visible, classes, shape_of(layer)):
            document = json.dumps(style([one], title="", tiles=TILES, sprite=SPRITE)["layers"])
            used = set(re.findall(r'\["(?:get|has)", "(\w+)"\]', document))
            assert not used & hidden
            assert used <= {column.name for column in visible}


@pytest.mark.parametrize("code", [look.code for look in ALL_CLASSES["category"]])
def test_maplibre_draws_each_category_in_its_own_look(code: str) -> None:
    look = next(one for one in ALL_CLASSES["category"] if one.code == code)
    assert fills(of("park_evidence", 1), {"permitted_low": code}) == (look.fill, picture_name(look))


def test_maplibre_draws_what_has_no_value_as_not_assessed() -> None:
    assert fills(of("park_evidence"), {}) == ("#d9d9d9", "horizontal-6b6b6b")


def test_maplibre_draws_one_answer_of_the_zones_only() -> None:
    one = of("usable_blocks", 1)
    assert one.id == "usable_blocks-high-with_inside"
    assert fills(one, {"reading": "high", "objects": "with_inside", "category": "6"})[0] == "#2e0d4b"
    for other in (
        {"reading": "low", "objects": "with_inside"},
        {"reading": "high", "objects": "without_inside"},
    ):
        assert fills(one, {**other, "category": "6"}) == ("rgba(0, 0, 0, 0)", "")


@pytest.mark.parametrize("lost", [0.0, 0.0005, 0.0006, 1.0, 5.0, 5.001, 80.0, None])
def test_maplibre_puts_hectares_in_the_class_of_the_report(lost: float | None) -> None:
    feature = {} if lost is None else {"lost_alone_high_ha": lost}
    look = next(one for one in ALL_CLASSES["housing"] if one.code == housing_class(lost))
    assert fills(of("housing_effects"), feature)[0] == look.fill


@pytest.mark.parametrize("short", [0.0, 2.499, 2.5, 22.4, 22.5, 47.5, 400.0, None])
def test_maplibre_puts_shortages_in_the_class_of_the_charts(short: float | None) -> None:
    one = next(one for one in ALL_STYLES if one.id.startswith("sub_areas-shortage"))
    assert one.id == "sub_areas-shortage_2040_total_p50_ha"
    rule = next(rule for rule in one.rules if rule.look.code == shortage_class(short))
    feature = {} if short is None else {"shortage_2040_total_p50_ha": short}
    assert fills(one, feature)[0] == rule.look.fill


def test_maplibre_style_is_whole_and_without_text() -> None:
    document = style(ALL_STYLES, title="Alles", tiles=TILES, sprite=SPRITE, attribution="Provincie")
    assert document["version"] == 8
    assert document["sources"]["kringruimte"] == {"type": "vector", "url": TILES, "attribution": "Provincie"}
    assert "glyphs" not in document
    identifiers = [layer["id"] for layer in document["layers"]]
    assert len(set(identifiers)) == len(identifiers)
    assert {layer["type"] for layer in document["layers"]} == {"fill", "line", "circle"}
    assert {layer["source-layer"] for layer in document["layers"]} == {one.layer for one in ALL_STYLES}
    used = set(re.findall(r'"((?:diagonal|cross|dots|horizontal)-[0-9a-f]{6})"', json.dumps(document)))
    assert used <= set(sprite_index(rule.look for one in ALL_STYLES for rule in one.rules))
    assert used


def test_maplibre_style_by_the_validator_of_its_specification(tmp_path: Path) -> None:
    validator = npm_tool("gl-style-validate", "@maplibre/maplibre-gl-style-spec")
    path = tmp_path / "style.json"
    document = style(ALL_STYLES, title="Alles", tiles=TILES, sprite=SPRITE)
    path.write_text(json.dumps(document), encoding="utf-8")
    done = subprocess.run([validator, str(path)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    document["layers"][0]["paint"]["fill-colour"] = "#000000"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert (
        subprocess.run([validator, str(path)], capture_output=True, check=False, timeout=60).returncode != 0
    )


@pytest.mark.parametrize("ratio", [1, 2])
def test_sprite_holds_the_picture_of_every_pattern(ratio: int) -> None:
    looks = [rule.look for one in ALL_STYLES for rule in one.rules]
    pixels = matplotlib.image.imread(io.BytesIO(sprite_png(looks, ratio)))
    index = sprite_index(looks, ratio)
    assert pixels.shape == (8 * ratio, 8 * ratio * len(index), 4)
    shares = {"diagonal": 1 / 8, "cross": 15 / 64, "horizontal": 1 / 4, "dots": 8 / 64}
    for name, place in index.items():
        assert place["pixelRatio"] == ratio
        picture = pixels[:, place["x"] : place["x"] + place["width"]]
        pattern, colour = name.split("-")
        on = picture[..., 3] > 0
        # by hand, on 8 by 8 pixels: a diagonal has 8, two have 15 or 16, two lines have 16, two dots have 8
        assert on.mean() == pytest.approx(shares[pattern], abs=0.02)
        expected = [int(colour[start : start + 2], 16) / 255 for start in (0, 2, 4)]
        assert np.allclose(picture[on][:, :3], expected, atol=0.01)


def test_sprite_without_patterns_is_still_a_picture() -> None:
    assert sprite_index([]) == {}
    assert matplotlib.image.imread(io.BytesIO(sprite_png([]))).shape == (8, 8, 4)


def test_sld_11_says_every_rule() -> None:
    one = of("park_evidence", 1)
    top = read_xml(sld(one))
    assert top.get("version") == "1.1.0"
    assert top.findtext(f"{SLD}NamedLayer/{SE}Name") == "park_evidence"
    rules = list(top.iter(f"{SE}Rule"))
    assert [rule.findtext(f"{SE}Description/{SE}Title") for rule in rules] == [
        rule.look.label_nl for rule in one.rules
    ]
    for rule, own in zip(rules, one.rules, strict=True):
        assert own.look.code in {element.text for element in rule.iter(f"{OGC}Literal")}
        assert {element.text for element in rule.iter(f"{OGC}PropertyName")} == {"permitted_low"}
        colours = [element.text for element in rule.iter(f"{SE}SvgParameter")]
        assert colours[0] == own.look.fill
        marks = [element.text for element in rule.iter(f"{SE}WellKnownName")]
        expected = {
            "diagonal": ["horline"],
            "cross": ["horline"] * 2,
            "horizontal": ["horline"],
            "dots": ["circle"],
        }
        assert marks == expected.get(own.look.pattern, [])
    assert len(list(rules[-1].iter(f"{OGC}PropertyIsNull"))) == 1


def test_sld_10_says_the_same_in_its_own_words() -> None:
    for one in ALL_STYLES:
        new, old = read_xml(sld(one)), read_xml(sld(one, "1.0.0"))
        assert old.get("version") == "1.0.0"
        assert not [element for element in old.iter() if element.tag.startswith(SE)]
        assert [element.text for element in old.iter(f"{SLD}CssParameter")] == [
            element.text for element in new.iter(f"{SE}SvgParameter")
        ]
        assert [(element.tag, element.text) for element in old.iter() if element.tag.startswith(OGC)] == [
            (element.tag, element.text) for element in new.iter() if element.tag.startswith(OGC)
        ]


def test_sld_ranges() -> None:
    top = read_xml(sld(of("housing_effects")))
    signs = [
        [(element.tag.removeprefix(OGC), element.findtext(f"{OGC}Literal")) for element in rule.iter() if element.tag.startswith(f"{OGC}PropertyIs")]
        for rule in top.iter(f"{SE}Rule")
    ]  # fmt: skip
    assert signs == [
        [("PropertyIsLessThanOrEqualTo", "0.0005")],
        [("PropertyIsGreaterThan", "0.0005"), ("PropertyIsLessThanOrEqualTo", "5")],
        [("PropertyIsGreaterThan", "5")],
        [("PropertyIsNull", None)],
    ]


LOAD = """
from qgis.core import QgsExpression, QgsExpressionContext, QgsExpressionContextUtils, QgsRenderContext
for name in sys.argv[2:]:
    layer = QgsVectorLayer(sys.argv[1], name, "ogr")
    told, done = layer.loadSldStyle(name) if name.endswith(".sld") else layer.loadNamedStyle(name)[::1]
    renderer = layer.renderer().clone()
    context = QgsRenderContext()
    context.expressionContext().appendScopes(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    renderer.startRender(context, layer.fields())
    drawn = {}
    for feature in layer.getFeatures():
        context.expressionContext().setFeature(feature)
        symbols = renderer.symbolsForFeature(feature, context)
        drawn[str(feature["park_id"])] = [symbol.symbolLayer(0).fillColor().name() for symbol in symbols]
    renderer.stopRender(context)
    answer[name.rpartition("/")[2]] = [bool(done), drawn]
"""


def test_qgis_draws_sld_as_qml(tmp_path: Path) -> None:
    """QGIS itself chooses the fill of each park, by both versions of the SLD and by the QML."""
    codes = [look.code for look in ALL_CLASSES["category"]] + [None]
    frame = gpd.GeoDataFrame(
        {"park_id": [f"P{number}" for number in range(len(codes))], "permitted_low": codes},
        geometry=[shapely.box(number, 0, number + 1, 1) for number in range(len(codes))],
        crs="EPSG:28992",
    )
    frame.to_file(tmp_path / "parks.gpkg")
    one = of("park_evidence", 1)
    (tmp_path / "new.sld").write_bytes(sld(one))
    (tmp_path / "old.sld").write_bytes(sld(one, "1.0.0"))
    layer = BY_NAME["park_evidence"]
    (tmp_path / "own.qml").write_text(qml(layer, layer.columns, classes, one), encoding="utf-8")
    names = ["new.sld", "old.sld", "own.qml"]
    answer = ask_qgis(
        LOAD, str(tmp_path / "parks.gpkg"), *(str(tmp_path / name) for name in names), home=tmp_path
    )
    expected = {
        f"P{number}": [look.fill]
        for number, look in enumerate([*ALL_CLASSES["category"], ALL_CLASSES["category"][-1]])
    }
    for name in names:
        assert answer[name][0]
        assert answer[name][1] == expected, name


def test_legend_names_every_class_with_its_pattern() -> None:
    document = legend(of("park_evidence", 3))
    assert document["title"] == BY_NAME["park_evidence"].by_name["connection"].label_nl
    assert [item["label"] for item in document["items"]] == [
        look.label_nl for look in ALL_CLASSES["connection"]
    ]
    assert document["items"][0] == {
        "code": "own_quay", "label": "eigen kade", "label_en": "own quay", "fill": "#08519c", "line": "#062f5c",
        "pattern": "solid", "pattern_nl": "vol",
    }  # fmt: skip
    assert {item["pattern_nl"] for item in document["items"]} <= set(PATTERNS_NL.values())


def test_legend_as_drawing_can_be_read_aloud_and_holds_no_code() -> None:
    for one in ALL_STYLES:
        drawing = read_xml(legend_svg(one))
        space = "{http://www.w3.org/2000/svg}"
        texts = [element.text for element in drawing.iter(f"{space}text")]
        assert texts == [one.title, *(rule.look.label_nl for rule in one.rules)]
        assert drawing.get("role") == "img"
        assert one.title in (drawing.findtext(f"{space}title") or "")
        allowed = {"svg", "title", "desc", "defs", "pattern", "rect", "g", "path", "text", "circle"}
        assert {element.tag.removeprefix(space) for element in drawing.iter()} <= allowed
        own = {element.get("id") for element in drawing.iter(f"{space}pattern")}
        used = set(re.findall(r"url\(#([^)]+)\)", legend_svg(one)))
        assert used <= own


def test_legend_as_drawing_escapes_labels() -> None:
    look = ALL_CLASSES["verdict"][0]
    one = of("park_evidence")
    hostile = type(look)(look.code, "<script>&", "x", look.fill, look.line, look.pattern)
    changed = LayerStyle(
        one.id, 'Titel "<b>"', one.layer, one.shape, (type(one.rules[0])(hostile),), default=True
    )
    drawing = read_xml(legend_svg(changed))
    assert not list(drawing.iter("{http://www.w3.org/2000/svg}script"))
    assert b"&lt;script&gt;&amp;" in sld(changed)


@pytest.mark.parametrize(("name", "number"), [("park_evidence", 1), ("roads", 0), ("businesses", 0)])
def test_legend_as_picture_shows_each_fill(name: str, number: int) -> None:
    one = of(name, number)
    data = legend_png(one)
    assert data == legend_png(one)
    pixels = (matplotlib.image.imread(io.BytesIO(data))[..., :3] * 255).round().astype(int)
    there = {tuple(pixel) for pixel in pixels.reshape(-1, 3).tolist()}
    for rule in one.rules:
        colour = rule.look.line if one.shape == "line" else rule.look.fill
        assert tuple(int(colour[start : start + 2], 16) for start in (1, 3, 5)) in there
