"""What people type is kept without what a reader cannot see."""

from __future__ import annotations

import pytest

from api.jobs.free_text import clean_line, clean_lines


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Plan  Tappersheul\t2023 ", "Plan Tappersheul 2023"),
        ("een\r\ntwee\u2028drie", "een twee drie"),
        ("kade \u202egnilekaf\u202c weg", "kade gnilekaf weg"),
        ("a\u200bb\u2066c\u2069\x00\x1b[31md\ufeff", "abc[31md"),
        ("cafe\u0301", "café"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\ud800x", "x"),
        ("", ""),
    ],
)
def test_one_line(text: str, kept: str) -> None:
    assert clean_line(text) == kept
    assert clean_line(kept) == kept


def test_lines_stay_lines() -> None:
    assert clean_lines(" een \r\n\r\n\r\n\r\n twee\rdrie\n\n") == "een\n\ntwee\ndrie"
    assert clean_lines("a\n \n \n\u200b\nb") == "a\n\nb"
