"""Bodies as they travel, unpacked in small steps so that a small answer cannot become a flood."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from layers.sources.faults import FetchError
from layers.sources.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

STEP: Final = MIB
RATIO_COUNTS_FROM: Final = 16 * MIB
_GZIP_BITS: Final = 16 + zlib.MAX_WBITS
ENCODINGS: Final = ("", "identity", "gzip", "x-gzip")


class Unpacker:
    """Turns what travels into what was meant, and keeps count.

    Parameters
    ----------
    encoding
        Content-Encoding of the answer.
    limit
        Bytes that the unpacked answer may have.
    ratio
        How often larger than what travelled it may be, from 16 MiB on.

    Raises
    ------
    FetchError
        ``encoding`` when the packing is none that was offered.
    """

    def __init__(self, encoding: str, limit: int, ratio: int) -> None:
        self._name = encoding.strip().lower()
        if self._name not in ENCODINGS:
            raise FetchError("encoding", f"Content-Encoding {self._name[:40]!r} was not offered")
        self._zip = zlib.decompressobj(_GZIP_BITS) if self._name.endswith("gzip") else None
        self._limit = limit
        self._ratio = ratio
        self.travelled = 0
        self.size = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Give the unpacked pieces of one chunk, each at most 1 MiB when it was packed.

        Raises
        ------
        FetchError
            ``too_large``, ``expands`` or ``cut_short`` (damaged).
        """
        self.travelled += len(chunk)
        if self._zip is None:
            yield self._counted(chunk)
            return
        while chunk:
            if self._zip.eof:
                # a gzip body may consist of several members
                self._zip = zlib.decompressobj(_GZIP_BITS)
            try:
                piece = self._zip.decompress(chunk, STEP)
            except zlib.error as error:
                raise FetchError("cut_short", f"the gzip is damaged: {error}", again=True) from error
            chunk = self._zip.unused_data if self._zip.eof else self._zip.unconsumed_tail
            if piece:
                yield self._counted(piece)

    def finish(self) -> None:
        """Refuse a packed body that ends before its end."""
        if self._zip is not None and self.travelled and not self._zip.eof:
            raise FetchError("cut_short", "the gzip ends before its end", again=True)

    def _counted(self, piece: bytes) -> bytes:
        self.size += len(piece)
        if self.size > self._limit:
            raise FetchError("too_large", f"more than {self._limit:,} bytes")
        if self._zip is not None and self.size > max(RATIO_COUNTS_FROM, self._ratio * self.travelled):
            message = f"{self.travelled:,} bytes unpack to more than {self.size:,}"
            raise FetchError("expands", message)
        return piece
