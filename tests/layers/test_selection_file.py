from __future__ import annotations

import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gis.errors import InputError
from layers.building_blocks import read_blocks
from layers.selection import parse_selection, selection_of
from layers.selection_file import selection_toml


def test_a_file_reads_as_one_would_write_it() -> None:
    raw = {
        "GM0589": {
            "dialect": "space",
            "blocks": {
                "B01": {"option": "firm"},
                "B09": {"option": "light", "dialect": "category", "parameters": {"grootste_ha": 2.5, "open_van": 8}},
                "B15": {"parameters": {"einde_geheim": dt.date(2026, 12, 31)}},
            },
        }
    }  # fmt: skip
    assert selection_toml(raw, "Keuzes\nvan Oudewater") == (
        "# Keuzes\n# van Oudewater\n\n"
        '[GM0589]\ndialect = "space"\n\n'
        '[GM0589.blocks.B01]\noption = "firm"\n\n'
        '[GM0589.blocks.B09]\noption = "light"\ndialect = "category"\n'
        "parameters = { grootste_ha = 2.5, open_van = 8 }\n\n"
        "[GM0589.blocks.B15]\nparameters = { einde_geheim = 2026-12-31 }\n"
    )


@given(
    some.text(some.characters(exclude_categories=["Cs"]), max_size=40),
    some.floats(allow_nan=False, allow_infinity=False),
    some.integers(-(10**15), 10**15),
    some.dates(),
)
def test_whatever_is_written_is_read_back(text: str, number: float, whole: int, day: dt.date) -> None:
    values = {"a": text, "b": number, "c": whole, "d": day}
    raw = {"GM0001": {"blocks": {"B01": {"option": "firm", "parameters": values}}}}
    assert tomllib.loads(selection_toml(raw)) == raw


@pytest.mark.parametrize(
    "content",
    [b"\xff", b"a=1" + b"0" * 9000, b"a=" + b"[" * 30000, b"[GM0589\n", b"a=2026-99-99"],
    ids=["no text", "thousands of digits", "nesting", "no toml", "no date"],
)
def test_what_cannot_be_read_is_one_clear_error(content: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        parse_selection(content, read_blocks())


@pytest.mark.parametrize("value", ["a\x00b", "a\x07b", "a\x7fb", "a\ud800b", 10**400, -(10**400)])
def test_no_document_holds_a_control_character_or_a_number_without_end(value: object) -> None:
    name = "bedient" if isinstance(value, str) else "open_van"
    raw = {"GM0589": {"blocks": {"B09": {"parameters": {name: value}}}}}
    with pytest.raises(InputError, match="moet"):
        selection_of(raw, read_blocks())
