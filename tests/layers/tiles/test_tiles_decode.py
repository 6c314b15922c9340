"""A whole tile is told from a damaged one; tiles come from another encoder."""

from __future__ import annotations

import gzip

import mapbox_vector_tile
import pytest

from layers.tiles.decode import layer_names

LAYER = {"features": [{"geometry": "POINT(1 2)", "properties": {"a": 1.5, "b": "x" * 300, "c": True}}]}
TILE = mapbox_vector_tile.encode([{"name": "één", **LAYER}, {"name": "two", **LAYER}])


def test_names_of_another_encoder() -> None:
    assert layer_names(gzip.compress(TILE)) == ("één", "two")
    assert layer_names(b"") == ()


@pytest.mark.parametrize("cut", range(1, len(TILE), 37))
def test_a_tile_that_was_cut_off_is_refused(cut: int) -> None:
    # what is left may end just behind a layer; then it is a whole tile of fewer layers
    try:
        names = layer_names(gzip.compress(TILE[:cut]))
    except ValueError:
        return
    assert names in {(), ("één",)}


NO_TILES = {
    "no gzip": b"x",
    "no protocol buffer": gzip.compress(b"x"),
    "gzip cut off": gzip.compress(TILE)[:-9],
    "a number without end": gzip.compress(b"\xff" * 99),
}


@pytest.mark.parametrize("name", NO_TILES)
def test_what_is_no_tile_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        layer_names(NO_TILES[name])
