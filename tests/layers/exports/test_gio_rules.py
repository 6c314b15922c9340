"""Every rule finds a package that breaks it, and nothing in one that does not."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
import shapely

from layers.exports.gio.check import check_files
from layers.exports.gio.findings import ERROR, as_table, rules
from tests.support.package_region import SHARED, box

if TYPE_CHECKING:
    from pathlib import Path

    from layers.exports.gio.ow import Purpose
    from layers.exports.import_package import ImportPackage

STEM = "reservering-visie-voorstel"
PARTS = {
    "gml": f"gio/{STEM}.gml",
    "xml": f"gio/GIO_{STEM}.xml",
    "areas": "ow/owGebieden.xml",
    "group": "ow/owGebiedengroepen.xml",
    "mark": "ow/owGebiedsaanwijzingen.xml",
    "texts": "ow/owTekstdelen.xml",
    "manifest": "ow/manifest-ow.xml",
}
Files = dict[str, bytes]
Change = tuple[str, str, str]
"""Which file (``both`` for GML and companion), a pattern, and what the first match becomes."""

GROUPS = r"(?s)<geo:groepen>.*?</geo:groepen>"
QUAY = "132300.000 456100.000 132500.000 456100.000 132500.000 456300.000 132300.000 456300.000 132300.000 456100.000"
GROUP_ID = r"<geo:groepID>reserveren</geo:groepID>(?=\s*</geo:Locatie>)"
NORM = "<geo:normlabel>hoogte</geo:normlabel><geo:normID>n1</geo:normID>"
UNIT = "<geo:eenheidlabel>meter</geo:eenheidlabel><geo:eenheidID>m</geo:eenheidID>"
AMOUNT = "<geo:kwantitatieveNormwaarde>12</geo:kwantitatieveNormwaarde>"
WORD = "<geo:kwalitatieveNormwaarde>hoog</geo:kwalitatieveNormwaarde>"


def norms(value: str, head: str) -> list[Change]:
    """Make a GIO with norm values in place of groups, drawn by one plain rule."""
    return [
        ("gml", GROUPS, head),
        ("gml*", r"<geo:groepID>\w+</geo:groepID>", value),
        ("xml", r"(?s)<FeatureTypeStyle.*?</FeatureTypeStyle>", ""),
    ]


def renamed(old: str, new: str) -> list[Change]:
    """Change an identifier wherever it stands in the GIO and its companion."""
    return [("gml*", old, new), ("xml*", old, new)]


def regulation(work: str) -> list[Change]:
    """Make the companion speak of a regulation."""
    return [
        ("xml", "<FRBRWork>[^<]*", f"<FRBRWork>{work}"),
        ("xml", "<FRBRExpression>[^<]*", f"<FRBRExpression>{work}/nld@2026-03-01;1"),
        ("xml", "work_010", "work_019"),
    ]


BROKEN: list[tuple[str, list[Change], set[str]]] = [
    ("STOP3000", [("gml", GROUP_ID, "")], set()),
    ("STOP3001", [("gml", GROUP_ID, "<geo:groepID>elders</geo:groepID>")], set()),
    ("STOP3003", [("gml", "<geo:groepen>", "<geo:groepen><geo:Groep><geo:groepID>behouden</geo:groepID><geo:label>x</geo:label></geo:Groep>")], set()),
    ("STOP3004", [("gml", "<geo:label>Toewijzen[^<]*", "<geo:label>Behouden: de ruimte die er is mag niet verloren gaan")], set()),
    ("STOP3005", [("gml", "<geo:groepen>", "<geo:groepen><geo:Groep><geo:groepID>leeg</geo:groepID><geo:label>x</geo:label></geo:Groep>")], {"STOP3023"}),
    ("STOP3006", [*norms(AMOUNT, NORM + UNIT), ("gml", AMOUNT, "")], set()),
    ("STOP3007", [*norms(WORD, NORM), ("gml", WORD, "")], {"STOP3029"}),
    ("STOP3008", [*norms(AMOUNT, NORM + UNIT), ("gml*", AMOUNT, AMOUNT + WORD)], {"STOP3015", "STOP3029"}),
    ("STOP3009", norms(AMOUNT, NORM), set()),
    ("STOP3010", [*norms(WORD, NORM), ("gml", ">hoog<", "> <")], {"STOP3029"}),
    ("STOP3011", norms(AMOUNT, UNIT), set()),
    ("STOP3012", [("gml*", r"(?=</geo:Locatie>)", AMOUNT), ("gml", GROUPS, NORM + UNIT + r"\g<0>")], set()),
    ("STOP3013", [("gml", "<basisgeo:id>78c5d5c7[^<]*", "<basisgeo:id>65bba669-8e49-552c-bc49-dcc45a82b8df")], {"STOP3018", "TPOD2601"}),
    ("STOP3015", norms(WORD, NORM + UNIT), {"STOP3029"}),
    ("STOP3016", [("gml", GROUPS, NORM + r"\g<0>")], set()),
    ("STOP3018", [("gml", "<basisgeo:id>78c5d5c7[^<]*", "<basisgeo:id>65bba669-8e49-552c-bc49-dcc45a82b8df")], {"STOP3013", "TPOD2601"}),
    ("STOP3019", [("gml", QUAY, "")], {"GEOMETRY.03.1"}),
    ("STOP3020", [("gml*", "EPSG::28992", "EPSG::4326")], set()),
    ("STOP3021", [("gml", "EPSG::28992", "EPSG::4258")], set()),
    ("STOP3023", [("xml*", "#0072b2", "#5d2d86"), ("xml*", "#00405f", "#351a55")], set()),
    ("STOP3025", [("gml", QUAY, QUAY.replace("132300.000", "132290.000"))], set()),
    ("STOP3026", [("gml", GROUP_ID, r"\g<0><geo:groepID>behouden</geo:groepID>")], {"STOP3000"}),
    ("STOP3029", norms(WORD, NORM), set()),
    ("STOP3070", [("gml", r"<gio:achtergrondActualiteit>[^<]*</gio:achtergrondActualiteit>", "")], set()),
    ("STOP3090", [("gml", "<geo:Locatie>", "<geo:Locatie><gml:name>x</gml:name>")], set()),
    ("STOP1000", renamed(STEM, "reservering.visie"), {"LVBB2017", "LVBB2020", "LVBB3008"}),
    ("STOP1001", [("gml", "<geo:FRBRWork>[^<]*", "<geo:FRBRWork>/join/id/regdata/pv99/2026/anders")], set()),
    ("STOP1002", regulation("/akn/be/act/pv99/2026/visie"), {"LVBB2009", "STOP2025"}),
    ("STOP1003", renamed("/join/id/regdata", "/join/ib/regdata"), {"LVBB2011", "STOP1015"}),
    ("STOP1004", renamed("/join/id/regdata", "/join/id/data"), {"LVBB2012"}),
    ("STOP1006", renamed("/pv99/2026/", "/pv99/26/"), {"LVBB2013", "STOP1008"}),
    ("STOP1007", renamed("nld@2026-03-01", "nld@2026-02-30"), set()),
    ("STOP1008", renamed("nld@2026-03-01", "nld@2025-03-01"), {"LVBB2015"}),
    ("STOP1009", renamed("/nld@", "/dut@"), {"LVBB2016"}),
    ("STOP1010", renamed("regdata/pv99/", "regdata/utrecht/"), set()),
    ("STOP1011", [("xml", "work_010", "work_015")], {"STOP1017", "STOP2024"}),
    ("STOP1012", regulation("/akn/nl/doc/pv99/2026/visie"), {"STOP2025"}),
    ("STOP1013", [("xml", "work_010", "work_003")], {"STOP2024"}),
    ("STOP1014", renamed("/join/id/regdata", "/id/id/regdata"), {"LVBB2008", "STOP1015"}),
    ("STOP1015", [("xml", "<officieleTitel>[^<]*", "<officieleTitel>Titel")], {"STOP2025"}),
    ("STOP1017", [("xml", "work_010", "work_015")], {"STOP1011", "STOP2024"}),
    ("STOP1060", [("xml", "/akn/nl/act", "/akn/nl/bill")], set()),
    ("STOP1071", renamed("(?<=2026-03-01;1)", "/deel"), set()),
    ("STOP1074", [("xml", "TeConsolideren", "AlleenBekendTeMaken")], {"STOP2026"}),
    ("LVBB2008", [("xml", "/akn/nl/act", "/wet/nl/act")], {"STOP1060"}),
    ("LVBB2009", [("xml", "/akn/nl/act", "/akn/de/act")], {"STOP1060"}),
    ("LVBB2010", [("xml", "/akn/nl/act", "/akn/nl/wet")], {"STOP1060"}),
    ("LVBB2011", renamed("/join/id/regdata", "/join/x/regdata"), {"STOP1003", "STOP1015"}),
    ("LVBB2012", renamed("/join/id/regdata", "/join/id/reg"), {"STOP1004"}),
    ("LVBB2013", renamed("/pv99/2026/", "/pv99/2026-13-01/"), {"STOP1006", "STOP1008"}),
    ("LVBB2015", renamed("/pv99/2026/", "/pv99/2027/"), {"STOP1008"}),
    ("LVBB2016", renamed("/nld@", "/nl@"), {"STOP1009"}),
    ("LVBB2017", [("xml", "CONCEPT-omgevingsvisie", "visie.v1")], {"STOP1000", "LVBB2020"}),
    ("LVBB2019", renamed("/pv99/2026/", "/pv99/2026/deel/"), {"LVBB2016", "LVBB2020", "STOP1007", "STOP1008", "STOP1009", "STOP1071"}),
    ("LVBB2020", renamed(STEM, "reservering-"), {"LVBB3008"}),
    ("LVBB2021", renamed(STEM, "r" * 129), {"LVBB3008"}),
    ("STOP2023", [("xml", "<heeftGeboorteregeling>[^<]*</heeftGeboorteregeling>", "")], set()),
    ("STOP2024", [("xml", "work_010", "work_099")], set()),
    ("STOP2025", [("xml", "<officieleTitel>[^<]*", "<officieleTitel>Reservering")], {"STOP1015"}),
    ("STOP2026", [("xml", "TeConsolideren", "Informatief")], {"STOP1074"}),
    ("LVBB3008", [("xml", "<hash>.", "<hash>g")], set()),
    ("LVBB3515", [("gml", "(?=</geo:GeoInformatieObjectVaststelling>)", "<geo:wasID>/join/id/regdata/pv99/2025/anders/nld@2025-01-01;1</geo:wasID>")], set()),
    ("STOP3102", [("xml", "geo:Locatie<", "geo:Gebied<")], set()),
    ("STOP3103", [("xml", "geo:groepID<", "geo:groep<")], {"STOP3114", "STOP3115"}),
    ("STOP3114", [("xml", "geo:groepID<", "geo:geometrie<")], {"STOP3115"}),
    ("STOP3115", [("xml", "<PropertyName>groepID", "<PropertyName>naam")], set()),
    ("STOP3126", [("xml", "<Title>[^<]*", "<Title>")], set()),
    ("STOP3140", [("xml", '"stroke">#351a55', '"stroke">#351A55')], set()),
    ("STOP3143", [("xml", '(?=<SvgParameter name="stroke-linejoin")', '<SvgParameter name="stroke-linecap">round</SvgParameter>')], set()),
    ("STOP3145", [("xml", "round", "bevel")], set()),
    ("STOP3147", [("xml", '"fill">#5d2d86', '"fill">paars')], set()),
    ("STOP3148", [("xml", '"fill-opacity">0.5', '"fill-opacity">0.555')], set()),
    ("TPOD1892", [("areas", r"(?<=nl\.imow-)pv99", "xx99")], {"TPOD2601"}),
    ("TPOD2110", [("texts", "<vt:idealisatie>[^<]*</vt:idealisatie>", "")], set()),
    ("TPOD2230", [("areas", 'GeometrieRef xlink:href="65bba669', 'GeometrieRef xlink:href="00000000')], {"TPOD2601"}),
    ("TPOD2489", [("group", r"(?s)<sl:stand>", '<sl:stand><ow-dc:owObject><r:Activiteit xmlns:r="http://www.geostandaarden.nl/imow/regels"><r:identificatie>nl.imow-pv99.activiteit.1</r:identificatie></r:Activiteit></ow-dc:owObject></sl:stand><sl:stand>')], set()),
    ("TPOD2503", [("mark", "concept/RuimtelijkGebruik", "concept/Gebouw")], set()),
    ("TPOD2504", [("mark", "concept/RuimtelijkGebruik", "concept/Functie")], set()),
    ("TPOD2600", [("xml", "(?s)<Object>.*?</Object>", r"\g<0>\g<0>")], set()),
    ("TPOD2601", [("group", r"<l:GebiedRef[^>]*/>", "")], set()),
    ("TPOD2602", [], set()),
    ("TPOD2603", [("xml", r"nl\.imow-pv99\.gebiedsaanwijzing\.\w+", "GROUP")], set()),
    ("TPOD2604", [("gml*", "GeoInformatieObjectVaststelling", "GeoInformatieObjectMutatie"), ("xml", "(?s)<JuridischeBorgingVan.*?</JuridischeBorgingVan>", "")], set()),
    ("TPOD2700", [("gml", QUAY, QUAY.replace("45", "95"))], set()),
    ("OZON0069", [("gml", "<gml:Polygon>", '<gml:Polygon srsName="urn:ogc:def:crs:EPSG::4258">')], {"STOP3021"}),
    ("OZON0132", [], set()),
    ("OZON0370", [("areas", 'GeometrieRef xlink:href="78c5d5c7[^"]*', 'GeometrieRef xlink:href="65bba669-8e49-552c-bc49-dcc45a82b8df')], {"TPOD2230", "TPOD2601"}),
    ("GEOMETRY.03.1", [("gml", r"(?s)<gml:MultiSurface.*?</gml:MultiSurface>", "")], {"STOP3019"}),
    ("GEOMETRY.03.2", [("gml", QUAY, "132300.000 456100.000 132500.000 456300.000 132500.000 456100.000 132300.000 456300.000 132300.000 456100.000")], set()),
    ("LVBB1026", [("manifest", "owGebieden.xml", "gebieden.gml")], set()),
    ("KRING02", [("gml", QUAY, " ".join([*QUAY.split()[:2], *QUAY.split()[:2], *QUAY.split()[2:]]))], set()),
]  # fmt: skip


def broken(files: Files, changes: list[Change]) -> Files:
    """Change files, and write the checksum of the GML again."""
    result = dict(files)
    group = re.search(r"nl\.imow-pv99\.gebiedengroep\.\w+", files[PARTS["group"]].decode())
    assert group is not None
    for part, pattern, new in changes:
        path = PARTS[part.rstrip("*")]
        count = 0 if part.endswith("*") else 1
        text, number = re.subn(pattern, new.replace("GROUP", group[0]), result[path].decode(), count=count)
        assert number, pattern
        result[path] = text.encode()
    if result[PARTS["gml"]] != files[PARTS["gml"]]:
        stated = re.sub(
            "<hash>[0-9a-f]*",
            f"<hash>{hashlib.sha512(result[PARTS['gml']]).hexdigest()}",
            result[PARTS["xml"]].decode(),
        )
        result[PARTS["xml"]] = stated.encode()
    return result


def codes(
    files: Files, purpose: Purpose = "visie", *, own: bool = False, before: Files | None = None
) -> set[str]:
    shapes = {}
    if before is not None:
        shapes = {"65bba669-8e49-552c-bc49-dcc45a82b8df": box(0, 0, 50, 50)}
    return {finding.code for finding in check_files(files, purpose=purpose, own=own, earlier=shapes)}


@pytest.fixture
def sound(vision: ImportPackage) -> Files:
    return {path: data for path, data in vision.files.items() if path.startswith(("gio/", "ow/"))}


def test_a_sound_package_breaks_no_rule(sound: Files) -> None:
    assert check_files(sound, purpose="visie", own=True) == []
    assert check_files(sound) == []


@pytest.mark.parametrize(("code", "changes", "also"), BROKEN, ids=[row[0] for row in BROKEN])
def test_a_broken_package_breaks_its_rule_and_no_other(
    sound: Files, code: str, changes: list[Change], also: set[str]
) -> None:
    files = broken(sound, changes)
    if code == "TPOD2602":
        # a second GIO with another name and other ids, secured by the same OW object
        second = {
            path.replace(STEM, "tweede"): data.replace(STEM.encode(), b"tweede")
            for path, data in files.items()
            if path.startswith("gio/")
        }
        name = "gio/GIO_tweede.xml"
        stated = hashlib.sha512(second["gio/tweede.gml"]).hexdigest().encode()
        second[name] = re.sub(b"<hash>[0-9a-f]*", b"<hash>" + stated, second[name])
        files |= second
    purpose: Purpose = "verordening" if code == "TPOD2503" else "visie"
    found = codes(files, purpose, own=code == "KRING02", before=files if code == "OZON0132" else None)
    assert found == {code} | also


def test_the_table_has_every_rule_that_is_checked(sound: Files) -> None:
    # these two are about the whole package or the settings and have tests of their own
    apart = {"CONCEPT", "KRING01"}
    checked = {code for code, rule in rules().items() if rule.checked == "ja"} - apart
    assert {row[0] for row in BROKEN} == checked
    assert len(BROKEN) >= 40


def test_every_finding_says_what_is_wrong_and_what_to_do_in_two_languages(sound: Files) -> None:
    table = as_table(check_files(broken(sound, renamed(STEM, "reservering.visie")), purpose="visie"))
    assert set(table["ernst"]) == {ERROR}
    for name in ("melding_nl", "melding_en", "herstel_nl", "herstel_en"):
        assert table[name].str.len().min() > 5
    for rule in rules().values():
        assert all([rule.title_nl, rule.title_en, rule.repair_nl, rule.repair_en, rule.source])
        assert rule.severity in {"fout", "waarschuwing"}


@pytest.mark.parametrize("kind", ["Arc", "Circle", "ArcString"])
def test_arcs_are_found(sound: Files, kind: str) -> None:
    arc = f"<gml:Ring><gml:curveMember><gml:Curve><gml:segments><gml:{kind}><gml:posList>{QUAY}</gml:posList></gml:{kind}></gml:segments></gml:Curve></gml:curveMember></gml:Ring>"
    ring = rf"(?s)<gml:LinearRing>\s*<gml:posList>{QUAY}</gml:posList>\s*</gml:LinearRing>"
    assert codes(broken(sound, [("gml", ring, arc)])) == {"GEOMETRY.03.2"}


@pytest.mark.parametrize(
    "text",
    [
        QUAY.rpartition(" ")[0],
        QUAY.replace("132300.000 456100.000 132500", "geen 456100.000 132500"),
        "132300.000 456100.000 132500.000 456300.000 132300.000 456100.000",
        " ".join(QUAY.split()[:-2]),
        QUAY.replace("456300.000", "inf"),
    ],
    ids=["odd", "text", "short", "open", "infinite"],
)
def test_rings_that_cannot_be_read_are_found(sound: Files, text: str) -> None:
    found = codes(broken(sound, [("gml", QUAY, text)]))
    assert found & {"GEOMETRY.03.2", "GEOMETRY.03.1"}


@pytest.mark.parametrize(
    "change",
    [
        ("gml", "456100.000 132300.000 456300.000", "456100.0001 132300.000 456300.000"),
        (
            "gml",
            QUAY,
            " ".join(f"{x} {y}" for x, y in zip(QUAY.split()[-2::-2], QUAY.split()[::-2], strict=True)),
        ),
        ("gml", "<gml:Polygon>", '<gml:Polygon srsName="urn:ogc:def:crs:EPSG::28992">'),
    ],
    ids=["decimals", "clockwise", "system twice"],
)
def test_what_only_we_promise_is_no_fault_in_a_gio_of_somebody_else(sound: Files, change: Change) -> None:
    files = broken(sound, [change])
    assert codes(files) == set()
    assert codes(files, own=True) == {"KRING02"}


def test_neighbours_that_share_a_border_do_not_overlap_and_slivers_are_no_fault(sound: Files) -> None:
    sliver = QUAY.replace("132300.000", "132299.999")
    assert codes(broken(sound, [("gml", QUAY, sliver)])) == set()


def test_locations_of_one_group_may_overlap(sound: Files) -> None:
    border = QUAY.replace("132500.000", "132950.000").replace("456300.000", "456550.000")
    assert codes(broken(sound, [("gml", QUAY, border)])) == set()


def test_a_schema_error_is_found_when_a_schema_folder_is_given(sound: Files) -> None:
    from layers.exports.gio.schemas import check_schemas

    folder = SHARED / "data" / "stop" / "schema"
    if not folder.exists():
        pytest.skip("the shared folder with the official schemas is not beside the checkout")
    assert check_schemas(sound, folder) == []
    files = broken(sound, [("gml", "<geo:naam>", "<geo:titel>x</geo:titel><geo:naam>")])
    assert [(item.code, item.file) for item in check_schemas(files, folder)] == [("LVBB2003", PARTS["gml"])]


def test_a_document_type_is_refused() -> None:
    from gis.errors import InputError

    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    with pytest.raises(InputError, match="DTD"):
        check_files({"a.xml": bomb})


def test_a_file_that_is_no_xml_is_refused() -> None:
    from gis.errors import InputError

    with pytest.raises(InputError, match="well-formed"):
        check_files({"a.gml": b"<geo:"})


def test_an_external_entity_is_not_read(tmp_path: Path) -> None:
    from gis.errors import InputError

    secret = tmp_path / "secret.txt"
    secret.write_text("geheim", encoding="utf-8")
    data = f'<!DOCTYPE a [<!ENTITY b SYSTEM "{secret.as_uri()}">]><a>&b;</a>'
    with pytest.raises(InputError) as caught:
        check_files({"a.xml": data.encode()})
    assert "geheim" not in str(caught.value)


def test_shapes_of_an_earlier_package_that_kept_their_id_are_no_fault(sound: Files) -> None:
    shape = shapely.MultiPolygon([box(100, 100, 300, 300)])
    found = check_files(sound, purpose="visie", earlier={"65bba669-8e49-552c-bc49-dcc45a82b8df": shape})
    assert found == []
