"""Archives of ready-made tiles (PMTiles 3): written with the same bytes every time, read without a copy.

The library's own reader unpacks directories anew for every tile (16 ms); here each is unpacked once. Archives
of the RD grid use the container with the numbers of another grid than the format means, so they say so in
their metadata and are for this service only.
"""

from __future__ import annotations

import mmap
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import orjson
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType, deserialize_directory, find_tile, zxy_to_tileid
from pmtiles.writer import Writer

from gis.errors import ReleaseError
from layers.tiles.tileset import from_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from layers.tiles.grids import Bounds
    from layers.tiles.tileset import TileSet

DEPTH: Final = 4
"""Directories from the root down, at most (PMTiles 3, 4)."""
DIRECTORIES: Final = 512
"""Directories of one archive that are kept unpacked."""
E7: Final = 10_000_000


class Archive:
    """One archive, opened for reading; safe to be used by several threads.

    Parameters
    ----------
    path
        The file. It may be replaced or removed while it is open: what was opened stays readable.

    Raises
    ------
    ReleaseError
        When it cannot be read as an archive of tiles of ours.
    """

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as stream:
                self._data = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
                reader = Reader(MmapSource(stream))  # type: ignore[no-untyped-call]
                self._header = reader.header()  # type: ignore[no-untyped-call]
                self.metadata: dict[str, Any] = reader.metadata()  # type: ignore[no-untyped-call]
            self.tiles: TileSet = from_metadata(self.metadata, self.read)
        except Exception as error:  # the library raises whatever the bytes lead it to
            raise ReleaseError(
                f"{path} cannot be read as an archive of tiles: {error}. Make the views of the release again."
            ) from error
        self._directory = lru_cache(DIRECTORIES)(self._unpack)

    def read(self, zoom: int, row: int, col: int) -> bytes:
        """Give a tile as gzip, as it is stored; empty when the archive has none there."""
        return self.read_number(zxy_to_tileid(zoom, col, row))

    def read_number(self, tile: int) -> bytes:
        """Give a tile by its number, see `tile_number`; empty when the archive has none."""
        place = (self._header["root_offset"], self._header["root_length"])
        for _ in range(DEPTH):
            entry = find_tile(self._directory(*place), tile)
            if entry is None:
                return b""
            if entry.run_length:
                start = self._header["tile_data_offset"] + entry.offset
                return self._data[start : start + entry.length]
            place = (self._header["leaf_directory_offset"] + entry.offset, entry.length)
        return b""

    def _unpack(self, offset: int, length: int) -> Any:
        return deserialize_directory(self._data[offset : offset + length])


def write_archive(
    path: Path, tiles: Iterable[tuple[int, bytes]], metadata: Mapping[str, Any], bounds: Bounds
) -> None:
    """Write an archive.

    Parameters
    ----------
    path
        The file; one that is there is replaced.
    tiles
        Tile numbers as `tile_number` gives them, growing, with the tile as gzip; at least one. Equal tiles
        are stored once.
    metadata
        See `layers.tiles.tileset.to_metadata`.
    bounds
        West, south, east, north in degrees.
    """
    west, south, east, north = (round(edge * E7) for edge in bounds)
    header = {
        "tile_type": TileType.MVT,
        "tile_compression": Compression.GZIP,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
    }
    with path.open("wb") as stream:
        writer = Writer(stream)  # type: ignore[no-untyped-call]
        for number, tile in tiles:
            writer.write_tile(number, tile)  # type: ignore[no-untyped-call]
        # plain values only, whatever objects the metadata was made of
        writer.finalize(header, orjson.loads(orjson.dumps(metadata)))  # type: ignore[no-untyped-call]


def tile_number(zoom: int, row: int, col: int) -> int:
    """Give the number under which an archive stores a tile; growing with the zoom level."""
    return zxy_to_tileid(zoom, col, row)
