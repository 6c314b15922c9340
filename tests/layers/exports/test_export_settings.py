"""Settings of an import package: what may be left out, what may not, and what the sample forbids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gis.errors import InputError
from layers.export_settings import export_settings, slug
from tests.support.package_region import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

REAL = PROJECT | {"sample": False}


def test_without_settings_the_sample_goes_out_under_an_authority_that_does_not_exist() -> None:
    settings = export_settings(PROJECT, "r1")
    assert settings.authority_code == "pv99"
    assert "verzonnen" in settings.authority_name
    assert settings.authority == "/tooi/id/provincie/pv99"
    assert settings.work_of("visie") == "/join/id/regdata/pv99/2026/reservering-visie-voorstel"
    assert settings.expression_of("visie").endswith("/nld@2026-03-01;1")


def test_the_sample_cannot_go_out_under_a_code_that_exists() -> None:
    with pytest.raises(InputError, match="made up"):
        export_settings(PROJECT, "r1", authority_code="pv26")


def test_real_data_needs_the_code_of_its_authority() -> None:
    with pytest.raises(InputError, match="code of the authority is needed"):
        export_settings(REAL, "r1")
    settings = export_settings(REAL, "r1", authority_code="pv26")
    assert settings.authority_name == "Proefprovincie"
    assert export_settings(REAL, "r1", authority_code="gm0589").authority == "/tooi/id/gemeente/gm0589"
    assert export_settings(REAL, "r1", authority_code="mnre1034").authority == "/tooi/id/ministerie/mnre1034"


def test_a_file_is_read_and_the_command_line_wins(tmp_path: Path) -> None:
    path = tmp_path / "export.toml"
    text = (
        'authority_code = "pv26"\nalternative = "Minder hinder"\nregulation = "/akn/nl/act/pv26/2025/visie"\n'
        'goal = "/join/id/proces/pv26/2026/x"\ntext_wid = "pv26_1__content_o_1"\nbackground = "TOP10NL"\n'
        'background_date = 2026-05-01\nexpression_date = 2026-06-01\nwork_year = 2025\nlicence = "https://x.invalid"\n'
        '[contact]\nemail = "geo@provincie.invalid"\n'
    )
    path.write_text(text, encoding="utf-8")
    settings = export_settings(REAL, "r1", path, alternative="Meer ruimte")
    assert settings.expression_of("verordening") == (
        "/join/id/regdata/pv26/2025/reservering-verordening-meer-ruimte/nld@2026-06-01;1"
    )
    assert settings.missing("visie") == ()
    assert settings.goal_of("visie") == "/join/id/proces/pv26/2026/x"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = ", "TOML"),
        ('colour = "red"', "colour"),
        ('background = "OSM"', "background"),
        ("version = 0", "version"),
        ('authority_code = "utrecht"', "no code of an authority"),
        ('annotation = "functie"', "no annotation"),
        ("[release]\nname = 'x'", "cannot be set"),
    ],
)
def test_mistakes_in_the_file_are_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "export.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        export_settings(PROJECT, "r1", path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        export_settings(PROJECT, "r1", tmp_path / "weg.toml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Voorstel 2.1 (Eém)", "voorstel-2-1-eem"),
        ("", "naamloos"),
        ("日本", "naamloos"),
        ("a" * 90, "a" * 60),
    ],
)
def test_a_slug_is_letters_digits_and_hyphens(text: str, expected: Any) -> None:
    assert slug(text) == expected
