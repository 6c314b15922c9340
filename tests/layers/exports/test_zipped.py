from __future__ import annotations

import io
import time
import zipfile

import pytest

from layers.exports.zipped import pack

FILES = {"[Content_Types].xml": b"<a/>", "map/één & twee.txt": "tekst ë".encode(), "b.txt": b""}


def test_files_come_out_as_they_went_in_and_in_the_order_given() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(FILES))) as archive:
        assert archive.namelist() == list(FILES)
        assert {name: archive.read(name) for name in archive.namelist()} == FILES
        assert archive.testzip() is None


def test_the_same_files_give_the_same_bytes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pack(FILES)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 10_000_000)
    assert pack(dict(FILES)) == first


def test_every_entry_bears_the_earliest_date_and_can_be_read_by_everybody() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(FILES))) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.external_attr >> 16 == 0o100644
            assert entry.create_system == 3


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../buiten.txt", "a/../../b", "a//b", "./a", "a\\b", "C:/a", "map/", "a\0b"]
)
def test_a_path_that_would_land_outside_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no path inside a zip"):
        pack({path: b""})


def test_names_that_windows_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="capitals"):
        pack({"Kaart.pdf": b"", "kaart.PDF": b""})
