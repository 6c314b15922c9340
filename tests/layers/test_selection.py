from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import InputError
from layers.block_parameters import Limit
from layers.building_blocks import Blocks, read_blocks
from layers.selection import read_selection, selection_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    return read_blocks()


def choose(**chosen: dict[str, Any]) -> dict[str, Any]:
    return {"GM0589": {"blocks": chosen}}


def test_a_good_file_is_read(tmp_path: Path, blocks: Blocks) -> None:
    path = tmp_path / "keuze.toml"
    path.write_text(
        """
[GM0589]
dialect = "space"
[GM0589.blocks.B01]
option = "firm"
[GM0589.blocks.B03]
option = "strict"
parameters = { ondergrens_afstand = 150, ondersteunend_m2 = 250 }
[GM0589.blocks.B15]
parameters = { einde_geheim = 2026-12-31 }
""",
        encoding="utf-8",
    )
    own = read_selection(path, blocks).of("GM0589")
    assert own is not None
    assert own.dialect == "space"
    assert list(own.choices) == ["B01", "B03", "B15"]
    assert own.choices["B03"].parameters == {"ondergrens_afstand": 150, "ondersteunend_m2": 250}
    assert own.choices["B15"].parameters == {"einde_geheim": dt.date(2026, 12, 31)}
    assert own.warnings == ()
    assert read_selection(path, blocks).of("GM0344") is None


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown block": (choose(B99={}), "no such building block", "GM0589.blocks.B99"),
    "provincial block": (choose(B19={}), "only the province can adopt", "GM0589.blocks.B19"),
    "provincial pre-emption": (choose(B24={"option": "firm"}), "only the province", "GM0589.blocks.B24"),
    "unknown option": (choose(B03={"option": "zwaar"}), "option must be one of", "GM0589.blocks.B03.option"),
    "unknown dialect": ({"GM0589": {"dialect": "frans"}}, "dialect must be", "GM0589.dialect"),
    "unknown parameter": (
        choose(B03={"parameters": {"hoogte": 3}}), "no such parameter", "GM0589.blocks.B03.parameters.hoogte",
    ),
    "text for a number": (
        choose(B05={"parameters": {"zone_afstand": "ver"}}), "een getal", "GM0589.blocks.B05.parameters.zone_afstand",
    ),
    "yes for a number": (choose(B05={"parameters": {"zone_afstand": True}}), "een getal", "zone_afstand"),
    "no number": (choose(B05={"parameters": {"zone_afstand": float("nan")}}), "een getal", "zone_afstand"),
    "choice that is none": (choose(B03={"parameters": {"ondergrens": "7"}}), "een keuze uit de lijst", "ondergrens"),
    "number for a choice": (choose(B03={"parameters": {"ondergrens": 3.2}}), "een keuze", "ondergrens"),
    "text for a date": (choose(B15={"parameters": {"einde_geheim": "straks"}}), "een datum", "einde_geheim"),
    "text with braces": (choose(B09={"parameters": {"bedient": "{gemeente}"}}), "tekst", "bedient"),
    "empty text": (choose(B09={"parameters": {"bedient": " "}}), "tekst", "bedient"),
    "no municipality code": ({"Oudewater": {}}, "not a municipality code", "Oudewater"),
    "unknown key": ({"GM0589": {"bouwstenen": {}}}, "unknown key", "GM0589.bouwstenen"),
    "block that is no table": (choose(B03="ja"), "must be a table", "GM0589.blocks.B03"),  # type: ignore[arg-type]
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_the_field(blocks: Blocks, case: str) -> None:
    raw, message, field = REFUSED[case]
    with pytest.raises(InputError) as caught:
        selection_of(raw, blocks, file="keuze.toml")
    problem = caught.value.problems[0]
    assert message in problem.message
    assert problem.field is not None
    assert problem.field.endswith(field)
    assert problem.file == "keuze.toml"
    assert problem.repair


def test_every_problem_comes_at_once(blocks: Blocks) -> None:
    raw = choose(
        B99={}, B19={}, B03={"option": "x", "parameters": {"a": 1}}, B05={"parameters": {"zone_afstand": ""}}
    )
    with pytest.raises(InputError) as caught:
        selection_of(raw, blocks)
    assert len(caught.value.problems) == 5


def pairs() -> list[tuple[str, str, str, str]]:
    return [
        (block.id, rule.own[0], rule.block, rule.other[0])
        for block in read_blocks()
        for rule in block.contradicts
    ]


@pytest.mark.parametrize(("one", "option", "other", "other_option"), pairs())
def test_each_contradiction_is_refused_with_its_reason(
    blocks: Blocks, one: str, option: str, other: str, other_option: str
) -> None:
    raw = choose(**{one: {"option": option}, other: {"option": other_option}})
    why = next(rule.why for rule in blocks[one].contradicts if rule.block == other)
    with pytest.raises(InputError) as caught:
        selection_of(raw, blocks)
    assert any(why in problem.message for problem in caught.value.problems)


def test_no_contradiction_where_the_option_is_another(blocks: Blocks) -> None:
    own = selection_of(choose(B01={}, B03={"option": "firm"}, B10={"option": "firm"}), blocks).of("GM0589")
    assert own is not None
    assert list(own.choices) == ["B01", "B03", "B10"]


def test_zoning_blocks_speak_one_dialect(blocks: Blocks) -> None:
    raw = choose(B01={"dialect": "space"}, B03={"dialect": "space"}, B04={"dialect": "category"})
    with pytest.raises(InputError, match="dezelfde vorm van het plan"):
        selection_of(raw, blocks)


def test_an_unusual_number_is_warned_about_and_kept(blocks: Blocks) -> None:
    own = selection_of(choose(B01={}, B05={"parameters": {"zone_afstand": 900}}), blocks).of("GM0589")
    assert own is not None
    assert own.choices["B05"].parameters == {"zone_afstand": 900}
    assert len(own.warnings) == 1
    assert "gebruikelijk is 50 tot 700 m (aanname)" in own.warnings[0]


def test_only_a_sourced_legal_limit_refuses(blocks: Blocks) -> None:
    raw = choose(B16={"parameters": {"maanden": 30}})
    # article 4.14, fourth paragraph: rules of protection lapse after a year and six months
    with pytest.raises(InputError, match="de wet zegt ten hoogste 18 maanden"):
        selection_of(raw, blocks)
    block = blocks["B16"]
    limit = Limit(high=18, law="artikel 4.14", status="to_verify", source="uit het hoofd")
    months = block.parameters["maanden"].model_copy(update={"limit": limit})
    unsure = block.model_copy(update={"parameters": {**block.parameters, "maanden": months}})
    own = selection_of(raw, Blocks({**blocks.by_id, "B16": unsure})).of("GM0589")
    assert own is not None
    assert "nog niet geverifieerd" in own.warnings[0]


def test_a_block_whose_terms_were_not_chosen_is_warned_about(blocks: Blocks) -> None:
    own = selection_of(choose(B03={}), blocks).of("GM0589")
    assert own is not None
    assert "B03 gebruikt B01" in own.warnings[0]


def test_an_unreadable_file_is_refused(tmp_path: Path, blocks: Blocks) -> None:
    path = tmp_path / "keuze.toml"
    path.write_text("[GM0589", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        read_selection(path, blocks)
    with pytest.raises(InputError, match="cannot be read"):
        read_selection(tmp_path / "weg.toml", blocks)
