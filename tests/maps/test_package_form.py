"""What the form of the composer makes of what people type."""

from __future__ import annotations

from typing import Any

import pytest

from layers.building_blocks import Blocks, read_blocks
from layers.selection import selection_of
from maps.site.package_form import choices_of, given_of_form, given_of_selection

CODE = "GM0589"


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    return read_blocks()


def form(**values: str | list[str]) -> dict[str, list[str]]:
    chosen = {"vorm": "category", "bouwsteen": ["B09"], "keuze-B09": "firm", **values}
    return {name: value if isinstance(value, list) else [value] for name, value in chosen.items()}


TYPED: dict[str, Any] = {
    "4": 4, "2,5": 2.5, "2.5": 2.5, " 3 ": 3, "0,3": 0.3, "1 000": 1000, "-1": -1, "1.000,5": 1000.5,
    "2,55": "ten hoogste 1 cijfer achter de komma", "1.000": "schrijf 1000, zonder punt",
    "1e3": "een getal", "\u0661": "een getal", "0x10": "een getal", "nan": "een getal", "1,2,3": "een getal",
    "9999999999999": "een getal", "": None,
}  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_numbers_read_as_dutch_people_write_them(blocks: Blocks, typed: str) -> None:
    given = given_of_form(form(**{"waarde-B09-grootste_ha": typed}), blocks)
    raw, _, faults = choices_of(given, blocks, CODE)
    wanted = TYPED[typed]
    if isinstance(wanted, str):
        assert [fault.field for fault in faults] == ["waarde-B09-grootste_ha"]
        assert wanted in faults[0].text
        return
    assert faults == ()
    found = raw[CODE]["blocks"]["B09"].get("parameters", {}).get("grootste_ha")
    assert found == wanted
    # whole numbers stay whole, so that a file looks as one would write it
    assert type(found) is type(wanted)


def test_faults_in_english_name_no_dutch_sentence_of_ours(blocks: Blocks) -> None:
    given = given_of_form(form(vorm="", **{"keuze-B09": "", "waarde-B09-open_van": "x"}), blocks)
    texts = [fault.text for fault in choices_of(given, blocks, CODE, "en")[2]]
    assert texts == [
        "Choose what your environmental plan works with.",
        "B09: choose light, firm or strict.",
        "B09: Openingstijd, van must be a number, such as 12 or 2.5.",
    ]


def test_choices_of_a_file_fill_in_the_form_and_come_out_the_same(blocks: Blocks) -> None:
    raw = {
        CODE: {
            "dialect": "space",
            "blocks": {
                "B01": {"option": "firm", "parameters": {"aandeel_water": 33}},
                "B09": {"option": "strict", "dialect": "category", "parameters": {"grootste_ha": 2.5}},
            },
        }
    }
    own = selection_of(raw, blocks).of(CODE)
    assert own is not None
    usual = given_of_form(
        {"vorm": ["category"], **{f"keuze-{block.id}": ["firm"] for block in blocks}}, blocks
    )
    filled = given_of_selection(own, usual, blocks)
    assert filled.blocks["B09"].values == {"grootste_ha": "2,5"}
    assert not filled.blocks["B03"].taken
    made, selection, faults = choices_of(filled, blocks, CODE)
    assert faults == ()
    assert made == raw
    assert selection == selection_of(raw, blocks)
