from __future__ import annotations

import csv
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gis.errors import InputError
from layers.block_texts import NAMES, Filling, placeholders, stray_braces
from layers.building_blocks import DIALECTS, OPTIONS, Blocks, read_blocks
from layers.instruction_rules import read_instruction_rules
from layers.municipal_facts import fact_kinds

if TYPE_CHECKING:
    from layers.block_model import Block

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
IDS = [f"B{number:02d}" for number in range(1, 26)]
PLAN_RULES = ("B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11", "B14", "B18")
PROVINCE_ONLY = {"B19", "B22", "B23", "B24"}


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    return read_blocks()


def test_all_twenty_five_are_there_one_file_each(blocks: Blocks) -> None:
    assert list(blocks.by_id) == IDS
    names = sorted(path.name for path in (files("layers") / "data" / "building_blocks").iterdir())
    assert names == [f"{block}.toml" for block in IDS]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared folder with facts is not beside the checkout")
def test_who_can_adopt_agrees_with_the_catalogue_of_facts(blocks: Blocks) -> None:
    with (SHARED / "facts" / "building_blocks.csv").open(encoding="utf-8") as stream:
        rows = {row["id"]: row["addressee"] for row in csv.DictReader(stream)}
    assert set(rows) == set(blocks.by_id)
    for block in blocks:
        named = rows[block.id]
        if "municip" in named or named == "council":
            assert block.municipal, block.id
        if named == "province":
            assert not block.municipal, block.id


def test_what_only_the_province_adopts_says_its_consequence(blocks: Blocks) -> None:
    assert {block.id for block in blocks if not block.municipal} == PROVINCE_ONLY
    assert all(blocks[block].consequence for block in PROVINCE_ONLY)


def filling_of(block: Block, option: str) -> Filling:
    said = {
        name: parameter.say(parameter.default_for(option)) for name, parameter in block.parameters.items()
    }
    return Filling({**dict.fromkeys(NAMES, "naam"), **said}, dict.fromkeys(fact_kinds(), 2.0))


@pytest.mark.parametrize(("block_id", "option", "dialect"), list(product(IDS, OPTIONS, DIALECTS)))
def test_every_option_in_both_dialects_gives_text_without_leftovers(
    blocks: Blocks, block_id: str, option: str, dialect: str
) -> None:
    block = blocks[block_id]
    filling = filling_of(block, option)
    clauses = [
        clause.say(dialect)  # type: ignore[arg-type]
        for article in block.articles
        if option in article.options
        for clause in article.clauses
        if option in clause.options
    ]
    assert clauses
    other = {"category": "milieugebruiksruimte", "space": "milieucategorie"}[dialect]
    for text, parts in clauses:
        for piece in (text, *parts):
            filled = filling.fill(piece)
            assert "{" not in filled
            assert "}" not in filled
            assert other not in filled, f"{block_id} {option} {dialect}: {filled}"
            assert not set("<>") & set(filled)
        assert text[-1] in ".:;", text
    # no article of an option is left without a clause
    for article in block.articles:
        if option in article.options:
            assert any(option in clause.options for clause in article.clauses), (block_id, article.title)


def test_the_list_of_rules_about_activities_is_complete(blocks: Blocks) -> None:
    found = [block.id for block in blocks if block.form == "rule" and block.lands_in == "omgevingsplan"]
    assert found == ["B01", *PLAN_RULES]
    assert all(blocks[block].activity for block in PLAN_RULES)


def test_the_dialects_differ_in_every_block(blocks: Blocks) -> None:
    for block in blocks:
        clauses = [clause for article in block.articles for clause in article.clauses]
        assert any(clause.say("category") != clause.say("space") for clause in clauses), block.id


@pytest.mark.parametrize(("block_id", "option"), list(product(PLAN_RULES, OPTIONS)))
def test_rules_follow_the_skeleton_of_an_article(blocks: Blocks, block_id: str, option: str) -> None:
    block = blocks[block_id]
    kept = [article for article in block.articles if option in article.options]
    roles = {article.role for article in kept}
    text = " ".join(clause.say("category")[0] for article in kept for clause in article.clauses)
    assert roles & {"scope", "function"}, "toepassingsbereik or function"
    assert "purpose" in roles
    if option != "light" or block.id != "B18":
        assert "transition" in roles, "overgangsrecht"
    if "permit" in roles:
        assert "wordt alleen verleend" in text
        assert "Het is" in text
        assert "verboden zonder omgevingsvergunning" in text
    if "prohibition" in roles:
        assert "verboden" in text


def test_placeholders_are_declared_and_parameters_are_used(blocks: Blocks) -> None:
    known = {*NAMES, *fact_kinds()}
    for block in blocks:
        in_rules = {
            name
            for article in block.articles
            for text in (
                article.title,
                *(piece for clause in article.clauses for piece in clause.every_text()),
            )
            for name, _ in placeholders(text)
        }
        assert in_rules <= known | set(block.parameters)
        # a parameter that only stands in an explanation would change nothing
        assert set(block.parameters) <= in_rules, block.id
        assert not any(stray_braces(text) for text in block.every_text())


def test_every_number_has_a_status_a_source_a_unit_and_a_usual_range(blocks: Blocks) -> None:
    for block in blocks:
        assert block.trigger.source
        for name, parameter in block.parameters.items():
            assert parameter.source, (block.id, name)
            if parameter.type == "number":
                assert parameter.unit, (block.id, name)
                assert parameter.usual is not None
                assert parameter.usual[0] < parameter.usual[1]
            if parameter.limit is not None and parameter.limit.status == "sourced":
                assert parameter.limit.law


def test_guards_name_the_laws_that_they_are_about(blocks: Blocks) -> None:
    together = " ".join(block.guards.necessity for block in blocks)
    assert together.count("Dienstenrichtlijn") >= 8
    assert sum("Besluit bouwwerken leefomgeving" in block.guards.building for block in blocks) >= 10
    assert sum("nadeelcompensatie" in block.guards.compensation for block in blocks) >= 5
    assert sum("5.129g" in block.guards.ladder for block in blocks) >= 4
    for block in blocks:
        for guard in ("necessity", "building", "compensation", "transition", "ladder"):
            assert len(getattr(block.guards, guard)) > 10, block.id


def test_defaults_never_contradict_each_other(blocks: Blocks) -> None:
    for smaller in (False, True):
        options = {
            block.id: (block.smaller_option if smaller and block.smaller_option else block.default_option)
            for block in blocks
        }
        for block in blocks:
            for rule in block.contradicts:
                clash = options[block.id] in rule.own and options[rule.block] in rule.other
                assert not clash, (block.id, rule.block, smaller)


def test_provincial_rules_in_force_name_blocks_that_exist(blocks: Blocks) -> None:
    rules = read_instruction_rules()
    assert {"9.16 voorwaarde 4", "9.18", "9.19", "9.20"} <= {rule.rule_id for rule in rules}
    for rule in rules:
        assert set(rule.blocks) <= set(blocks.by_id)
        assert rule.status == "to_verify"
        assert "check the text before use" in rule.source


BROKEN = {
    "no toml": ("id = ", "cannot be read"),
    "unknown fact": ('fact = "heavy_any_ha"', 'fact = "gold_ha"', "gold_ha"),
    "two comparisons": ("above = 0 }, { fact", "above = 0, below = 3 }, { fact", "exactly one"),
    "unknown placeholder": ("{hoge_categorie}", "{dit_bestaat_niet}", "dit_bestaat_niet"),
    "stray brace": ("circulaire activiteit:", "circulaire } activiteit:", "no placeholder"),
    "default outside the usual range": ("usual = [100, 500]", "usual = [300, 500]", "default"),
    "number without usual range": ("usual = [100, 500]\n", "", "usual range"),
    "choice that is none of the choices": ('default = "4.1"', 'default = "9.9"', "default"),
    "unknown key": ('goal = "', 'doel = "x"\ngoal = "', "doel"),
    "unknown body": ('adopts = ["council"]', 'adopts = ["king"]', "adopts"),
    "unknown block named": ('block = "B03"', 'block = "B99"', "B99"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_block_is_refused_with_file_and_reason(tmp_path: Path, case: str) -> None:
    text = (files("layers") / "data" / "building_blocks" / "B01.toml").read_text(encoding="utf-8")
    *change, expected = BROKEN[case]
    broken = text.replace(change[0], change[1]) if len(change) == 2 else change[0]
    assert broken != text
    (tmp_path / "eigen.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_blocks(tmp_path)
    assert expected in str(caught.value)
    assert all(problem.file in {"eigen.toml", "B01.toml"} for problem in caught.value.problems)


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("id = ", encoding="utf-8")
    (tmp_path / "b.toml").write_text('id = "B01"', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_blocks(tmp_path)
    assert {problem.file for problem in caught.value.problems} == {"a.toml", "b.toml"}
    assert len(caught.value.problems) > 10


def test_an_own_folder_adds_and_replaces(tmp_path: Path) -> None:
    text = (files("layers") / "data" / "building_blocks" / "B18.toml").read_text(encoding="utf-8")
    (tmp_path / "eigen.toml").write_text(text.replace('id = "B18"', 'id = "X01"'), encoding="utf-8")
    (tmp_path / "ander.toml").write_text(text.replace("Bijhouden wie", "Volgen wie"), encoding="utf-8")
    found = read_blocks(tmp_path)
    assert len(found) == 26
    assert found["B18"].title.startswith("Volgen wie")
    assert "X01" in found


def test_the_same_id_twice_in_a_folder_and_an_absent_folder_are_refused(tmp_path: Path) -> None:
    text = (files("layers") / "data" / "building_blocks" / "B18.toml").read_text(encoding="utf-8")
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    (tmp_path / "b.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="also stands"):
        read_blocks(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        read_blocks(tmp_path / "nergens")
