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


@pytest.mark.parametrize(
    "data", [b"x", gzip.compress(b"x"), gzip.compress(TILE)[:-9], gzip.compress(b"\xff" * 99)]
)
def test_what_is_no_tile_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        layer_names(data)
