"""The checks and the reader hold on any XML: they find things, or refuse, and never break."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import InputError
from layers.exports.gio.check import check_files
from layers.exports.gio.findings import as_table
from layers.exports.gio.geometry import build_shape
from layers.exports.gio.parsed import parse_gio
from layers.exports.gio.reader import read_gio_bytes
from layers.exports.gio.write import Gio, Location, write_gio
from layers.exports.gio.xml import parse, write
from layers.exports.location_id import exact_shape, location_id, namespace_of

if TYPE_CHECKING:
    from layers.exports.import_package import ImportPackage

TEXTS = (
    "",
    " ",
    "x",
    "-1",
    "nan",
    "1e400",
    "1 2 3",
    "é" * 50,
    "/join/id/",
    "@",
    ";",
    "//////////",
    "http://x/#",
)


def spoiled(data: bytes, chance: random.Random) -> bytes:
    """Change a document in one to four places that keep it well-formed."""
    root = parse(data, "a")
    for _ in range(chance.randint(1, 4)):
        elements: list[Any] = list(root.iter())
        element = chance.choice(elements)
        parent = element.getparent()
        match chance.randint(0, 5):
            case 0 if parent is not None:
                parent.remove(element)
            case 1 if parent is not None:
                parent.append(parse(write(element), "a"))
            case 2:
                element.text = chance.choice(TEXTS)
            case 3 if len(element.attrib):
                del element.attrib[chance.choice(list(element.attrib))]
            case 4 if len(element.attrib):
                element.attrib[chance.choice(list(element.attrib))] = chance.choice(TEXTS)
            case _:
                element.tag = chance.choice(elements).tag
    return write(root)


@pytest.mark.parametrize("seed", range(60))
def test_no_document_breaks_the_checks_or_the_reader(vision: ImportPackage, seed: int) -> None:
    chance = random.Random(seed)
    sound = {path: data for path, data in vision.files.items() if path.startswith(("gio/", "ow/"))}
    files = dict(sound)
    xml = [path for path in sound if path.endswith((".gml", ".xml"))]
    for path in chance.sample(xml, 2):
        files[path] = spoiled(sound[path], chance)
    as_table(check_files(files, purpose="visie", own=True))
    for path in xml:
        if path.endswith(".gml"):
            with contextlib.suppress(InputError):
                read_gio_bytes(files[path], path)


corner = st.tuples(st.floats(100_000, 150_000, allow_nan=False), st.floats(440_000, 470_000, allow_nan=False))


@settings(max_examples=60, deadline=None)
@given(st.lists(corner, min_size=3, max_size=12))
def test_any_area_comes_back_as_it_was_written(corners: list[tuple[float, float]]) -> None:
    hull = shapely.MultiPoint(corners).convex_hull.buffer(3.3, quad_segs=5)
    shape = exact_shape(hull - shapely.centroid(hull).buffer(0.7, quad_segs=3))
    namespace = namespace_of("pv99")
    key = str(location_id(shape, namespace))
    gio = Gio(
        "/join/id/regdata/pv99/2026/a", "/join/id/regdata/pv99/2026/a/nld@2026-01-01;1", "BGT",
        dt.date(2026, 1, 1), None, {"behouden": "b"}, (Location(key, "n", "behouden", shape),),
    )  # fmt: skip
    data = write_gio(gio)
    assert check_files({"a.gml": data}, own=True) == []
    back = read_gio_bytes(data, "a.gml")
    assert back["id"].tolist() == [key]
    assert str(location_id(back.geometry.iloc[0], namespace)) == key
    assert shapely.hausdorff_distance(back.geometry.iloc[0], shape) < 0.0005


def test_a_deep_document_is_refused_or_read() -> None:
    deep = b"<a>" * 300 + b"</a>" * 300
    with contextlib.suppress(InputError):
        check_files({"a.gml": deep})


def test_a_location_without_anything_in_it_is_read_as_such() -> None:
    root = parse(
        b'<geo:GeoInformatieObjectVersie xmlns:geo="https://standaarden.overheid.nl/stop/imop/geo/">'
        b"<geo:Locatie/></geo:GeoInformatieObjectVersie>",
        "a",
    )
    gio = parse_gio(root, "a")
    assert gio.locations[0].place == "locatie 1 (zonder id)"
    assert build_shape(gio.locations[0].raw) is None
